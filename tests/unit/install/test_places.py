"""Where the agents go, per system: the folders of resolve.md §2 and of the App Store builds."""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import Any

import pytest

from takebridge_resolve.install import Machine, found_resolves, mailbox_for, script_folders

SUITE = "Blackmagic Design/DaVinci Resolve"


def machine(platform: str, top: Path, **environ: str) -> Machine:
    return Machine(platform, top / "home" / "ann", environ, top)


@pytest.mark.parametrize(
    ("platform", "scope", "below"),
    [
        ("darwin", "user", f"home/ann/Library/Application Support/{SUITE}/Fusion/Scripts/Utility"),
        ("darwin", "all", f"Library/Application Support/{SUITE}/Fusion/Scripts/Utility"),
        ("win32", "user", f"roaming/{SUITE}/Support/Fusion/Scripts/Utility"),
        ("win32", "all", f"programdata/{SUITE}/Fusion/Scripts/Utility"),
        ("linux", "user", "home/ann/.local/share/DaVinciResolve/Fusion/Scripts/Utility"),
        ("linux", "all", "opt/resolve/Fusion/Scripts/Utility"),
    ],
)
def test_the_folder_of_each_system(platform: str, scope: Any, below: str, tmp_path: Path) -> None:
    here = machine(platform, tmp_path, APPDATA=str(tmp_path / "roaming"), PROGRAMDATA=str(tmp_path / "programdata"))
    assert [folder.path for folder in script_folders(here, scope)] == [tmp_path / below]


def test_windows_without_its_variables_uses_the_places_they_stand_for(tmp_path: Path) -> None:
    (folder,) = script_folders(machine("win32", tmp_path), "user")
    assert folder.path == tmp_path / f"home/ann/AppData/Roaming/{SUITE}/Support/Fusion/Scripts/Utility"


def test_linux_where_resolve_lives_in_a_home(tmp_path: Path) -> None:
    (tmp_path / "home/resolve").mkdir(parents=True)
    (folder,) = script_folders(machine("linux", tmp_path), "all")
    assert folder.path == tmp_path / "home/resolve/Fusion/Scripts/Utility"


@pytest.mark.parametrize(
    ("bundle", "edition"),
    [("com.blackmagic-design.DaVinciResolveLite", "free"), ("com.blackmagic-design.DaVinciResolveAppStore", "studio")],
)
def test_an_app_store_build_has_a_folder_in_its_container(bundle: str, edition: str, tmp_path: Path) -> None:
    data = tmp_path / "home/ann/Library/Containers" / bundle / "Data"
    data.mkdir(parents=True)
    ordinary, store = script_folders(machine("darwin", tmp_path), "user")
    assert store.path == data / "Library/Application Support/Fusion/Scripts/Utility"
    assert edition in store.title
    assert mailbox_for((ordinary, store), tmp_path / "data").is_relative_to(data)


def test_without_a_container_the_mailbox_is_in_the_data_folder(tmp_path: Path) -> None:
    folders = script_folders(machine("linux", tmp_path), "user")
    assert mailbox_for(folders, tmp_path / "data") == tmp_path / "data" / "mailbox"


def _bundle(top: Path, version: str, identifier: str, *, store: bool) -> None:
    contents = top / "Applications/DaVinci Resolve/DaVinci Resolve.app/Contents"
    contents.mkdir(parents=True)
    facts = {"CFBundleIdentifier": identifier, "CFBundleShortVersionString": version}
    (contents / "Info.plist").write_bytes(plistlib.dumps(facts))
    if store:
        (contents / "_MASReceipt").mkdir()


def test_macos_says_version_and_app_store_edition(tmp_path: Path) -> None:
    _bundle(tmp_path, "21.1.0", "com.blackmagic-design.DaVinciResolveLite", store=True)
    (found,) = found_resolves(machine("darwin", tmp_path))
    assert (found.version, found.edition, found.app_store) == ("21.1.0", "free", True)


def test_a_downloaded_build_does_not_say_its_edition(tmp_path: Path) -> None:
    _bundle(tmp_path, "20.3.2", "com.blackmagic-design.DaVinciResolve", store=False)
    (found,) = found_resolves(machine("darwin", tmp_path))
    assert (found.version, found.edition, found.app_store) == ("20.3.2", "", False)


def test_a_broken_property_list_is_a_resolve_of_unknown_version(tmp_path: Path) -> None:
    _bundle(tmp_path, "20.3.2", "x", store=False)
    next(tmp_path.rglob("Info.plist")).write_bytes(b"bplist00 not one")
    (found,) = found_resolves(machine("darwin", tmp_path))
    assert found.version == ""


def test_linux_and_windows_tell_21_1_by_its_own_python(tmp_path: Path) -> None:
    (tmp_path / "opt/resolve/bin").mkdir(parents=True)
    (tmp_path / "opt/resolve/bin/resolve").touch()
    assert [one.bundled_python for one in found_resolves(machine("linux", tmp_path))] == [False]
    (tmp_path / "opt/resolve/ResolvePython").mkdir()
    assert [one.bundled_python for one in found_resolves(machine("linux", tmp_path))] == [True]
    assert found_resolves(machine("win32", tmp_path)) == ()
