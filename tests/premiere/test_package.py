"""The .ccx: the same bytes everywhere, only what a panel needs, and nothing Premiere would refuse."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from takebridge_premiere import PANEL_VERSION, plugin_folder
from takebridge_premiere.building import PackagingError, build, listing, main, write, zipped
from takebridge_premiere.manifest import manifest_faults

PANEL = plugin_folder().parents[1]
NAMES = ("index.html", "icons/a@1x.png", "icons/a@2x.png")
ICON = {"width": 24, "height": 24, "path": "icons/a.png", "scale": [1, 2]}


def manifest(**changes: Any) -> dict[str, Any]:
    """A manifest nothing is wrong with, changed as told."""
    sound = {
        "manifestVersion": 5,
        "id": "org.example.panel",
        "name": "Example",
        "version": "1.2.3",
        "main": "index.html",
        "host": {"app": "premierepro", "minVersion": "25.6.0"},
        "entrypoints": [{"type": "panel", "id": "one", "label": {"default": "One"}, "icons": [ICON]}],
        "icons": [ICON],
        "requiredPermissions": {"network": {"domains": "all"}, "localFileSystem": "plugin"},
    }
    return {**sound, **changes}


def entry(**changes: Any) -> list[dict[str, Any]]:
    return [{**manifest()["entrypoints"][0], **changes}]


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A plugin folder nothing is wrong with."""
    folder = tmp_path / "plugin"
    (folder / "icons").mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(manifest()))
    for name in NAMES:
        (folder / name).write_bytes(b"x")
    (folder / "agent").mkdir()
    (folder / "agent" / "desk.js").write_text("go();\n")
    return folder


# --- the bytes ------------------------------------------------------------------------------------------


def test_the_same_files_give_the_same_bytes_wherever_and_whenever(plugin: Path, tmp_path: Path) -> None:
    first = build(plugin, "1.2.3")
    other = tmp_path / "elsewhere"
    shutil.copytree(plugin, other)
    for path in other.rglob("*"):
        os.utime(path, (1_900_000_000, 1_900_000_000))
        path.chmod(0o700 if path.is_dir() else 0o600)
    assert build(other, "1.2.3").data == first.data
    (other / "agent" / "desk.js").write_text("go(1);\n")
    assert build(other, "1.2.3").data != first.data


def test_the_order_files_were_read_in_says_nothing() -> None:
    files = {"b.js": b"2", "a.js": b"1", "manifest.json": b"{}"}
    assert zipped(files) == zipped(dict(reversed(list(files.items()))))


def test_a_package_is_a_plain_zip_with_the_manifest_at_its_root(plugin: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(build(plugin, "1.2.3").data)) as archive:
        entries = archive.infolist()
        assert archive.testzip() is None
        assert json.loads(archive.read("manifest.json")) == manifest()
    assert [one.filename for one in entries] == [
        "agent/desk.js",
        "icons/a@1x.png",
        "icons/a@2x.png",
        "index.html",
        "manifest.json",
    ]
    assert {one.date_time for one in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {stat.filemode(one.external_attr >> 16) for one in entries} == {"-rw-r--r--"}
    assert {one.create_system for one in entries} == {3}


def test_the_name_says_plugin_and_application(plugin: Path, tmp_path: Path) -> None:
    package = build(plugin, "1.2.3")
    assert package.name == "org.example.panel_premierepro.ccx"
    path = write(package, tmp_path / "new" / "folder")
    assert (path.name, path.read_bytes()) == (package.name, package.data)
    assert [one.name for one in path.parent.iterdir()] == [package.name]


def test_the_listing_says_every_file_and_the_sum(plugin: Path) -> None:
    lines = [line.split() for line in listing(build(plugin, "1.2.3")).splitlines()]
    assert ["6", "agent/desk.js"] in lines
    size = 6 + 3 + len(json.dumps(manifest()))
    assert lines[-1] == [str(size), "in", "5", "files"]


# --- what may be in it ----------------------------------------------------------------------------------


def test_what_systems_leave_behind_is_passed_over(plugin: Path) -> None:
    before = build(plugin, "1.2.3").data
    (plugin / ".DS_Store").write_bytes(b"x")
    (plugin / "agent" / "Thumbs.db").write_bytes(b"x")
    assert build(plugin, "1.2.3").data == before


def _make(name: str, size: int = 1) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)

    return make


HOSTILE: dict[str, Callable[[Path], object]] = {
    "a link to a file": lambda folder: (folder / "a.js").symlink_to("/etc/passwd"),
    "a link to a folder": lambda folder: (folder / "sub").symlink_to("/etc"),
    "a pipe": lambda folder: os.mkfifo(folder / "a.js"),
    "a hidden file": _make(".env"),
    "a key": _make("key.pem"),
    "a source map": _make("agent/desk.js.map"),
    "a binary": _make("agent/native.uxpaddon"),
    "no suffix": _make("LICENCE"),
    "a second manifest": _make("agent/manifest.json"),
    "a name with a line feed": _make("a\nb.js"),
    "a name with a backslash": _make("..\\..\\a.js"),
    "a name with a colon": _make("c:a.js"),
    "a name that ends with a dot": _make("agent./desk.js"),
    "two dots": _make("a..js"),
    "a blank": _make("my panel.js"),
    "an accent": _make("é.js"),
    "a device of Windows": _make("CON.js"),
    "a folder that is a device": _make("aux/desk.js"),
    "a name of 81 characters": _make("a" * 78 + ".js"),
    "a file of 3 MiB": _make("big.js", 3 << 20),
    "two names, one file on most disks": _make("agent/Desk.js"),
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_may_not_be_shipped_is_refused_by_name(make: Callable[[Path], object], plugin: Path) -> None:
    make(plugin)
    with pytest.raises(PackagingError) as caught:
        build(plugin, "1.2.3")
    assert len(caught.value.faults) == 1


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000, b"[]", b"null", b"5"])
def test_a_manifest_that_is_none(data: bytes, plugin: Path) -> None:
    (plugin / "manifest.json").write_bytes(data)
    with pytest.raises(PackagingError):
        build(plugin, "1.2.3")


def test_no_manifest_and_no_folder(plugin: Path, tmp_path: Path) -> None:
    (plugin / "manifest.json").unlink()
    with pytest.raises(PackagingError, match=r"manifest\.json is missing"):
        build(plugin, "1.2.3")
    with pytest.raises(PackagingError, match="not a folder"):
        build(tmp_path / "gone", "1.2.3")
    (tmp_path / "link").symlink_to(plugin)
    with pytest.raises(PackagingError, match="not a folder"):
        build(tmp_path / "link", "1.2.3")


# --- the manifest ---------------------------------------------------------------------------------------

FAULTY: dict[str, tuple[dict[str, Any], str]] = {
    "schema": ({"manifestVersion": 4}, "manifestVersion"),
    "schema as text": ({"manifestVersion": "5"}, "manifestVersion"),
    "id of one word": ({"id": "panel"}, "id"),
    "id that climbs": ({"id": "org/../panel"}, "id"),
    "id missing": ({"id": None}, "id"),
    "name": ({"name": "ab"}, "name"),
    "name of 46": ({"name": "a" * 46}, "name"),
    "version of two numbers": ({"version": "1.2"}, "version"),
    "version 1000": ({"version": "1.2.1000"}, "version"),
    "another version": ({"version": "1.2.4"}, "version is 1.2.4"),
    "hosts in a list": ({"host": [{"app": "premierepro", "minVersion": "25.6.0"}]}, "host is not one object"),
    "another host": ({"host": {"app": "PS", "minVersion": "25.6.0"}}, "host.app"),
    "host too old": ({"host": {"app": "premierepro", "minVersion": "25.5.9"}}, "below 25.6.0"),
    "host of two numbers": ({"host": {"app": "premierepro", "minVersion": "25.6"}}, "minVersion"),
    "page missing": ({"main": "gone.html"}, "gone.html"),
    "page a list": ({"main": ["index.html"]}, "main"),
    "no entrypoints": ({"entrypoints": []}, "entrypoints"),
    "entrypoints an object": ({"entrypoints": {}}, "entrypoints"),
    "entrypoint a word": ({"entrypoints": ["panel"]}, "entrypoints[0]"),
    "entrypoint of no kind": ({"entrypoints": entry(type=["panel"], icons=[ICON])}, "type"),
    "entrypoint twice": ({"entrypoints": entry() * 2}, "entrypoints[1].id"),
    "label as text": ({"entrypoints": entry(label="One")}, "label"),
    "size of one edge": ({"entrypoints": entry(minimumSize={"width": 100})}, "minimumSize"),
    "size of nothing": ({"entrypoints": entry(minimumSize={"width": 100, "height": 0})}, "minimumSize"),
    "panel without icons": ({"entrypoints": entry(icons=[])}, "entrypoints[0].icons"),
    "no icons": ({"icons": []}, "icons"),
    "icon without a path": ({"icons": [{"width": 1, "height": 1}]}, "icons[0] has no path"),
    "icon without a size": ({"icons": [{"path": "icons/a.png", "scale": [1]}]}, "width"),
    "icon at a scale that is not there": ({"icons": [{**ICON, "scale": [1, 3]}]}, "icons/a@3x.png"),
    "icon at no scale": ({"icons": [{**ICON, "scale": "1"}]}, "scale"),
    "icon of a strange theme": ({"icons": [{**ICON, "theme": ["night"]}]}, "theme"),
    "icon of themes that are none": ({"icons": [{**ICON, "theme": [{}]}]}, "theme"),
    "a list of domains": ({"requiredPermissions": {"network": {"domains": ["ws://127.0.0.1"]}}}, "domains"),
    "“all” in a list": ({"requiredPermissions": {"network": {"domains": ["all"]}}}, "domains"),
    "no permissions": ({"requiredPermissions": {}}, "domains"),
    "permissions a list": ({"requiredPermissions": []}, "requiredPermissions"),
    "files of a strange kind": (
        {"requiredPermissions": {"network": {"domains": "all"}, "localFileSystem": []}},
        "localFileSystem",
    ),
    "a clipboard of a strange kind": (
        {"requiredPermissions": {"network": {"domains": "all"}, "clipboard": True}},
        "clipboard",
    ),
    "launches of a strange kind": (
        {"requiredPermissions": {"network": {"domains": "all"}, "launchProcess": {"schemes": ["file"]}}},
        "launchProcess",
    ),
    "code from strings": (
        {"requiredPermissions": {"network": {"domains": "all"}, "allowCodeGenerationFromStrings": True}},
        "allowCodeGenerationFromStrings",
    ),
}


@pytest.mark.parametrize(("changes", "said"), FAULTY.values(), ids=FAULTY.keys())
def test_each_fault_of_a_manifest_is_said_alone(changes: dict[str, Any], said: str) -> None:
    faults = manifest_faults(manifest(**changes), NAMES, "1.2.3")
    assert len(faults) == 1 and said in faults[0], faults


def test_what_later_hosts_allow_is_no_fault() -> None:
    later = manifest(
        host={"app": "premierepro", "minVersion": "26.2.0"},
        entrypoints=[*entry(), {"type": "command", "id": "two", "label": {"default": "Two"}}],
        requiredPermissions={"network": {"domains": "all"}, "launchProcess": {"schemes": ["https"]}},
    )
    assert manifest_faults(manifest(), NAMES, "1.2.3") == ()
    assert manifest_faults(later, NAMES, "1.2.3") == ()


# --- ours -----------------------------------------------------------------------------------------------


def test_our_panel_is_packed_and_says_one_version() -> None:
    package = build()
    told = json.loads((plugin_folder() / "manifest.json").read_text("utf-8"))
    assert told["version"] == PANEL_VERSION == package.version
    assert json.loads((PANEL / "package.json").read_text("utf-8"))["version"] == PANEL_VERSION
    assert (package.id, package.title) == ("org.takebridge.premiere", "TakeBridge")
    assert build().data == package.data


def test_nothing_of_the_workshop_is_in_the_package() -> None:
    names = [name for name, _size in build().files]
    folders = {name.split("/")[0] for name in names if "/" in name}
    assert folders <= {"agent", "icons", "link", "ui"}
    assert not [name for name in names if "test" in name or "fake" in name or "node_modules" in name]


def test_our_icons_are_as_large_as_the_manifest_says() -> None:
    told = json.loads((plugin_folder() / "manifest.json").read_text("utf-8"))
    for icon in [*told["icons"], *(icon for one in told["entrypoints"] for icon in one["icons"])]:
        stem = icon["path"].removesuffix(".png")
        for scale in icon["scale"]:
            with Image.open(plugin_folder() / f"{stem}@{scale}x.png") as picture:
                assert picture.size == (icon["width"] * scale, icon["height"] * scale)


def test_the_package_is_built_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "org.takebridge.premiere_premierepro.ccx" in said and "manifest.json" in said
    assert main([]) == 2
    (tmp_path / "file").touch()
    assert main([str(tmp_path / "file" / "out")]) == 1
