"""What of a computer keeps Resolve's scripts from running, on computers made up for it."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from takebridge.errors import DiskFullError, UnsafeFolderError
from takebridge_resolve.install import CopyFailed, Found, Machine, found_resolves
from takebridge_server import resolve_setup
from takebridge_server.doctor import Check
from takebridge_server.resolve_doctor import diagnose_resolve
from takebridge_server.resolve_machine import left_over_checks, listed, orphans, preference_checks, python_checks
from takebridge_server.resolve_setup import set_up

CONFIGS = {
    "darwin": "ann/Library/Preferences/Blackmagic Design/DaVinci Resolve/config.dat",
    "win32": "ann/AppData/Roaming/Blackmagic Design/DaVinci Resolve/Preferences/config.dat",
    "linux": "ann/.local/share/DaVinciResolve/configs/config.dat",
}
PYTHONS = {
    "darwin": "top/Library/Frameworks/Python.framework/Versions/Current/bin/python3",
    "win32": "top/Program Files/Python312/python.exe",
    "linux": "top/usr/bin/python3",
}
PLATFORMS = tuple(CONFIGS)


def machine(platform: str, folder: Path, **environ: str) -> Machine:
    return Machine(platform, folder / "ann", environ, folder / "top")


def put(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def only(checks: Sequence[Check] | object) -> Check:
    (check,) = checks  # type: ignore[misc]
    return check  # type: ignore[no-any-return]


# --- External scripting ---------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(("mode", "ok"), [(0, False), (1, True), (2, False)])
def test_the_preference_is_read_where_resolve_keeps_it(platform: str, mode: int, ok: bool, tmp_path: Path) -> None:
    put(tmp_path / CONFIGS[platform], f"Local.GPU.Scopes = 1\n  System.Scripting.Mode = {mode}\nSite.Count = 1\n")
    check = only(preference_checks(machine(platform, tmp_path), (), connected=False))
    assert (check.name, check.ok, check.fatal) == ("External scripting", ok, ok)
    assert ok or "Local" in check.hint


def test_an_agent_that_is_connected_needs_no_preference(tmp_path: Path) -> None:
    put(tmp_path / CONFIGS["linux"], "System.Scripting.Mode = 0\n")
    assert only(preference_checks(machine("linux", tmp_path), (), connected=True)).ok


def test_the_free_edition_has_no_such_preference(tmp_path: Path) -> None:
    put(tmp_path / CONFIGS["darwin"], "System.Scripting.Mode = 0\n")
    free = (Found(Path("a"), "20.3", "free"),)
    assert list(preference_checks(machine("darwin", tmp_path), free, connected=False)) == []


@pytest.mark.parametrize("text", [None, "", "System.Scripting.Mode\n", "Other.System.Scripting.Mode = 0\n", "\0\xff"])
def test_a_preference_nothing_says_is_not_guessed(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        put(tmp_path / CONFIGS["linux"], text)
    assert list(preference_checks(machine("linux", tmp_path), (), connected=False)) == []


# --- Python ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_python_in_its_place_is_found(platform: str, tmp_path: Path) -> None:
    place = put(tmp_path / PYTHONS[platform])
    check = only(python_checks(machine(platform, tmp_path), ()))
    assert check.ok and str(place) in check.message


@pytest.mark.parametrize(("platform", "variable"), [("darwin", "PYTHON3HOME"), ("win32", "FUSION_PYTHON3_HOME")])
def test_the_variable_wins_and_a_wrong_one_is_named(platform: str, variable: str, tmp_path: Path) -> None:
    put(tmp_path / PYTHONS[platform])
    (tmp_path / "mine").mkdir()
    right = only(python_checks(machine(platform, tmp_path, **{variable: str(tmp_path / "mine")}), ()))
    assert right.ok and str(tmp_path / "mine") in right.message
    wrong = only(python_checks(machine(platform, tmp_path, **{variable: str(tmp_path / "gone")}), ()))
    assert not wrong.ok and variable in wrong.hint and str(tmp_path / "gone") in wrong.message


def test_windows_takes_the_highest(tmp_path: Path) -> None:
    for name in ("Python39", "Python313", "Python38"):
        put(tmp_path / "top/Program Files" / name / "python.exe")
    assert "Python313" in only(python_checks(machine("win32", tmp_path), ())).message


@pytest.mark.parametrize(("edition", "said"), [("studio", 0), ("free", 1)])
def test_from_21_1_no_python_of_the_computer_is_wanted(edition: str, said: int, tmp_path: Path) -> None:
    checks = list(python_checks(machine("win32", tmp_path), (Found(Path("a"), "21.1.0", edition),)))
    assert len(checks) == said
    assert all(check.ok and "Lua" in check.message for check in checks)


# --- left-over helpers ----------------------------------------------------------------------------------

PS = """    1     0 /sbin/launchd
  300     1 /Applications/DaVinci Resolve/DaVinci Resolve.app/Contents/MacOS/Resolve
  301   300 /Applications/DaVinci Resolve/DaVinci Resolve.app/Contents/Libraries/Fusion/fuscript -l py3 TakeBridge.py
  120     1 /opt/fuscript -l py3 old.py
  121     1 /usr/bin/grep fuscript
garbage
"""
TASKS = """"System Idle Process","0","Services","0","8 K"
"fuscript.exe","4711","Console","1","20,480 K"
"Über ""Tool"".exe","12","Console","1","1 K"
"Resolve.exe","900","Console","1","1,000,000 K"
"""


def test_a_helper_whose_resolve_is_gone(tmp_path: Path) -> None:
    mac = machine("darwin", tmp_path)
    assert [pid for pid, _command in orphans(mac, lambda _: PS)] == [120]
    without = "\n".join(line for line in PS.splitlines() if "MacOS/Resolve" not in line)
    assert [pid for pid, _command in orphans(mac, lambda _: without)] == [301, 120]


def test_a_helper_on_windows_is_told_by_resolve_not_running(tmp_path: Path) -> None:
    windows = machine("win32", tmp_path)
    assert orphans(windows, lambda _: TASKS) == ()
    gone = "\n".join(line for line in TASKS.splitlines() if "Resolve.exe" not in line)
    assert orphans(windows, lambda _: gone) == ((4711, "fuscript.exe"),)
    check = only(left_over_checks(windows, lambda _: gone))
    assert not check.ok and not check.fatal and "4711" in check.hint and "Task Manager" in check.hint


@pytest.mark.parametrize("said", ["", "INFO: No tasks are running.", '"half', "1 2\n\n", "\0"])
def test_a_list_that_says_nothing_finds_nothing(said: str, tmp_path: Path) -> None:
    assert orphans(machine("win32", tmp_path), lambda _: said.replace("\0", "")) == ()
    assert orphans(machine("linux", tmp_path), lambda _: said) == ()


def test_a_program_that_is_not_there_lists_nothing() -> None:
    assert listed(["/nowhere/at/all"]) == ""


# --- where Resolve is -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "program", "library"),
    [
        ("win32", "D/Apps/Resolve/Resolve.exe", "D/Apps/Resolve/fusionscript.dll"),
        ("linux", "srv/resolve/bin/resolve", "srv/resolve/libs/Fusion/fusionscript.so"),
        ("darwin", "Volumes/X/R.app/Contents/Info.plist", "Volumes/X/R.app/Contents/Libraries/Fusion/fusionscript.so"),
    ],
)
def test_an_installation_on_a_drive_of_its_own(platform: str, program: str, library: str, tmp_path: Path) -> None:
    put(tmp_path / program)
    assert found_resolves(machine(platform, tmp_path)) == ()
    (found,) = found_resolves(machine(platform, tmp_path, RESOLVE_SCRIPT_LIB=str(tmp_path / library)))
    assert (tmp_path / program).is_relative_to(found.path)
    for nonsense in ("", "x", str(tmp_path / "no/where.so")):
        assert found_resolves(machine(platform, tmp_path, RESOLVE_SCRIPT_LIB=nonsense)) == ()


def test_not_found_names_the_variable_and_the_way_without(tmp_path: Path) -> None:
    checks = diagnose_resolve(tmp_path / "data", machine("win32", tmp_path), listing=lambda _: "").checks
    check = next(check for check in checks if check.name == "Resolve")
    assert not check.ok and not check.fatal
    assert "RESOLVE_SCRIPT_LIB" in check.hint and "export --for resolve" in check.hint


# --- what keeps a copy from being written ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "scope", "error", "way"),
    [
        (errno.ENOSPC, "user", DiskFullError, "Free some space"),
        (errno.EACCES, "all", UnsafeFolderError, "without --all-users"),
        (errno.EACCES, "user", UnsafeFolderError, "Quit Resolve"),
        (errno.ENOTDIR, "user", UnsafeFolderError, "Move it away"),
    ],
)
def test_each_reason_has_its_way_out(
    number: int, scope: str, error: type[Exception], way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_steps: object) -> object:
        raise CopyFailed(tmp_path / "x", OSError(number, os.strerror(number)))

    monkeypatch.setattr(resolve_setup, "apply", fails)
    with pytest.raises(error) as caught:
        set_up(
            machine("linux", tmp_path),
            tmp_path / "data",
            scope=scope,  # type: ignore[arg-type]
            agents="both",
            dry_run=False,
        )
    assert way in caught.value.hint  # type: ignore[attr-defined]


def test_a_second_folder_that_cannot_be_written_leaves_the_first_as_it_was(tmp_path: Path) -> None:
    """The App Store's container is there, and a file lies where its scripts would go."""
    mac = machine("darwin", tmp_path)
    data = tmp_path / "ann/Library/Containers/com.blackmagic-design.DaVinciResolveLite/Data"
    put(data / "Library/Application Support/Fusion", "in the way")
    with pytest.raises(UnsafeFolderError, match="Fusion is in the way"):
        set_up(mac, tmp_path / "data", scope="user", agents="both", dry_run=False)
    assert [path for path in tmp_path.rglob("*TakeBridge*") if path.is_file()] == []


def test_an_agent_for_everybody_looks_in_each_persons_own_data_folder(tmp_path: Path) -> None:
    here = machine("linux", tmp_path)
    set_up(here, tmp_path / "data", scope="all", agents="both", dry_run=False)
    text = (tmp_path / "top/opt/resolve/Fusion/Scripts/Utility/TakeBridge Lua.lua").read_text("utf-8")
    assert str(tmp_path) not in text and 'MAILBOX = ""' in text
    versions = diagnose_resolve(tmp_path / "data", here, listing=lambda _: "").checks
    assert [check.ok for check in versions if check.name == "Agent file"] == [True, True]


def test_an_app_store_python_agent_that_cannot_see_the_bridge(tmp_path: Path) -> None:
    mac = machine("darwin", tmp_path)
    (tmp_path / "ann/Library/Containers/com.blackmagic-design.DaVinciResolveAppStore/Data").mkdir(parents=True)
    set_up(mac, tmp_path / "data", scope="user", agents="both", dry_run=False)
    checks = diagnose_resolve(tmp_path / "data", mac, listing=lambda _: "").checks
    check = next(check for check in checks if check.name == "App Store")
    assert not check.ok and "Movies" in check.hint
    movies = tmp_path / "ann/Movies/TakeBridge"
    set_up(mac, movies, scope="user", agents="both", dry_run=False)
    assert "App Store" not in {check.name for check in diagnose_resolve(movies, mac, listing=lambda _: "").checks}


def test_an_agent_made_for_another_mailbox_is_told(tmp_path: Path) -> None:
    here = machine("linux", tmp_path)
    set_up(here, tmp_path / "data", scope="user", agents="lua", dry_run=False)
    checks = diagnose_resolve(tmp_path / "data", here, mailbox=tmp_path / "other", listing=lambda _: "").checks
    assert any("another data folder" in check.message for check in checks if not check.ok)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_finding_has_its_next_step(platform: str, tmp_path: Path) -> None:
    checks = diagnose_resolve(tmp_path / "data", machine(platform, tmp_path), listing=lambda _: "").checks
    assert [check.name for check in checks if not check.ok and not check.hint] == []
