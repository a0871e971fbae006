"""``takebridge install premiere`` on computers made up for it: with Adobe's installer, without it, with nothing."""

from __future__ import annotations

import errno
import json
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.premiere_machine import (
    AdobeInstaller,
    add_creative_cloud,
    add_premiere,
    linux,
    mac,
    windows,
)
from typer.testing import CliRunner

from takebridge.errors import BridgeError, DiskFullError, HostRejectedError, UnsafeFolderError
from takebridge_premiere import PANEL_VERSION
from takebridge_premiere.building import build
from takebridge_premiere.install import (
    InstallerFailed,
    Machine,
    Said,
    found_premieres,
    installer_of,
    listed,
    plugins_in,
    run,
    unpacked,
)
from takebridge_server import premiere_setup
from takebridge_server.cli import app
from takebridge_server.premiere_setup import set_up, take_out

MACHINES = {"macOS": mac, "Windows": windows}
MARKS = {"macOS": "--", "Windows": "/"}
CCX = "org.takebridge.premiere_premierepro.ccx"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "data"


def never(command: object) -> Said:
    raise AssertionError(f"{command} was run")


# --- finding --------------------------------------------------------------------------------------------


def test_adobes_installer_is_known_by_its_place_alone(tmp_path: Path) -> None:
    for machine in (mac(tmp_path / "m"), windows(tmp_path / "w")):
        assert installer_of(machine) is None
        path = add_creative_cloud(machine)
        assert installer_of(machine) == path
        path.unlink()
        path.mkdir()
        assert installer_of(machine) is None
    assert installer_of(linux(tmp_path / "m")) is None


def test_windows_without_its_variables_has_the_usual_place(tmp_path: Path) -> None:
    path = add_creative_cloud(windows(tmp_path))
    assert installer_of(Machine("win32", tmp_path, {}, tmp_path)) == path


def test_every_premiere_is_found_newest_name_first(tmp_path: Path) -> None:
    apple = mac(tmp_path / "m")
    for name, version in [
        ("Adobe Premiere Pro 2025", "25.6.3"),
        ("Adobe Premiere Pro (Beta)", "26.5.0"),
        ("Adobe Premiere 2026", ""),
        ("Adobe Premiere Rush", "2.0"),
        ("Adobe Premiere Elements 2026", "26"),
    ]:
        add_premiere(apple, name, version)
    found = [(one.path.stem, one.version, one.beta) for one in found_premieres(apple)]
    assert found == [
        ("Adobe Premiere Pro 2025", "25.6.3", False),
        ("Adobe Premiere Pro (Beta)", "26.5.0", True),
        ("Adobe Premiere 2026", "26", False),
    ]
    microsoft = windows(tmp_path / "w")
    add_premiere(microsoft, "Adobe Premiere Pro 2025")
    add_premiere(microsoft, "Adobe Premiere Pro 2020")
    (microsoft.root / "Program Files/Adobe/Adobe Premiere Pro 2026").mkdir()  # what an uninstall leaves
    found = [(one.path.name, one.version, one.beta) for one in found_premieres(microsoft)]
    assert found == [("Adobe Premiere Pro 2025", "25", False), ("Adobe Premiere Pro 2020", "", False)]


def test_facts_that_cannot_be_read_are_not_guessed(tmp_path: Path) -> None:
    apple = mac(tmp_path)
    bundle = add_premiere(apple, "Adobe Premiere Pro 2026", "26.3")
    for broken in (b"", b"<plist>", b"\xff" * 100):
        (bundle / "Contents/Info.plist").write_bytes(broken)
        assert [one.version for one in found_premieres(apple)] == ["26"]
    assert found_premieres(linux(tmp_path)) == ()
    assert found_premieres(mac(tmp_path / "empty")) == ()


def test_what_adobes_installer_unpacked_is_seen_without_it(tmp_path: Path) -> None:
    apple, microsoft = mac(tmp_path / "m"), windows(tmp_path / "w")
    places = (apple.home / "Library/Application Support", microsoft.home / "AppData/Roaming")
    for machine, place in zip((apple, microsoft), places, strict=True):
        assert unpacked(machine, "org.takebridge.premiere") == ()
        for name in ("org.takebridge.premiere_0.1.0", "org.takebridge.premiere_0.0.9", "com.other_1.0.0"):
            (place / "Adobe/UXP/Plugins/External" / name).mkdir(parents=True)
        assert unpacked(machine, "org.takebridge.premiere") == ("0.0.9", "0.1.0")
    assert unpacked(linux(tmp_path), "org.takebridge.premiere") == ()


# --- the list -------------------------------------------------------------------------------------------

TOLD = """Some line before

2 extensions installed for Photoshop 2026 (ver 27.1.0)
 Status                        Extension Name                         Version
=========                    ==================                     =========
 Enabled    TakeBridge                                                   9.9.9
 Disabled   A tool for 2 hosts                                           1.0

1 extension installed for Premiere Pro (ver 26.3.2)
 Status Extension Name Version
 Enabled TakeBridge 0.1.0
0 extensions installed for Others
"""


def test_a_list_is_read_by_host() -> None:
    rows = [(one.title, one.version, one.host, one.host_version, one.enabled) for one in plugins_in(TOLD)]
    assert rows == [
        ("TakeBridge", "9.9.9", "Photoshop 2026", "27.1.0", True),
        ("A tool for 2 hosts", "1.0", "Photoshop 2026", "27.1.0", False),
        ("TakeBridge", "0.1.0", "Premiere Pro", "26.3.2", True),
    ]
    assert plugins_in("") == plugins_in("Enabled TakeBridge 0.1.0") == ()


@pytest.mark.parametrize("said", [Said(0, ""), Said(None, "It did not end."), Said(1, "no such option"), Said(0, "\0")])
def test_a_list_that_lists_nothing_is_no_list(said: Said, tmp_path: Path) -> None:
    with pytest.raises(InstallerFailed):
        listed(mac(tmp_path), Path("a"), lambda _: said)


def test_a_program_that_is_not_there_or_fails_says_so() -> None:
    assert run(["/nowhere/at/all"]).code is None
    script = "import sys; print('out'); sys.stderr.write(sys.stdin.read() + 'err'); sys.exit(3)"
    done = run([sys.executable, "-c", script])
    assert (done.code, done.text.split()) == (3, ["out", "err"])


# --- installing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("system", MACHINES)
def test_with_adobes_installer(system: str, tmp_path: Path, home: Path) -> None:
    machine, adobe = MACHINES[system](tmp_path), AdobeInstaller()
    add_premiere(machine, "Adobe Premiere Pro 2026", "26.3.2")
    installer = add_creative_cloud(machine)
    report = set_up(machine, home, runner=adobe)
    package = home / "premiere" / CCX
    assert (report.done, report.package, report.installer) == ("installed", str(package), str(installer))
    assert package.read_bytes() == build().data
    assert adobe.plugins == [("TakeBridge", PANEL_VERSION)]
    mark = MARKS[system]
    assert adobe.calls == [[f"{mark}list", "all"], [f"{mark}install", str(package)]]
    assert any("start it again" in line for line in report.advice)
    assert any("takebridge pair" in line for line in report.advice)
    assert set_up(machine, home, runner=adobe).done == "installed"
    assert adobe.plugins == [("TakeBridge", PANEL_VERSION)]


@pytest.mark.parametrize("system", MACHINES)
def test_without_adobes_installer_both_ways_are_explained(system: str, tmp_path: Path, home: Path) -> None:
    machine = MACHINES[system](tmp_path)
    report = set_up(machine, home, runner=never)
    said = " ".join(report.advice)
    assert (report.done, report.installer) == ("written", "")
    assert (home / "premiere" / CCX).is_file()
    assert "Double-click".casefold() in said.casefold() and "UXP Developer Tool" in said and "developer mode" in said
    assert "No Premiere was found" in said


def test_where_premiere_does_not_run_the_package_is_made_all_the_same(tmp_path: Path) -> None:
    report = set_up(linux(tmp_path), tmp_path / "data", to=tmp_path / "out", runner=never)
    assert report.package == str(tmp_path / "out" / CCX)
    assert "macOS and Windows" in report.advice[0]
    with zipfile.ZipFile(report.package) as archive:
        assert dict(report.files) == {one.filename: one.file_size for one in archive.infolist()}


def test_a_dry_run_lists_the_package_and_touches_nothing(tmp_path: Path, home: Path) -> None:
    machine = mac(tmp_path)
    add_creative_cloud(machine)
    report = set_up(machine, home, dry_run=True, runner=never)
    assert (report.done, report.dry_run) == ("installed", True)
    assert "manifest.json" in dict(report.files)
    assert not home.exists()


def test_a_newer_panel_is_taken_out_before_an_older_one_comes(tmp_path: Path, home: Path) -> None:
    machine, adobe = mac(tmp_path), AdobeInstaller(plugins=[("TakeBridge", "99.0.0"), ("Other", "1.0.0")])
    add_creative_cloud(machine)
    set_up(machine, home, runner=adobe)
    assert adobe.plugins == [("Other", "1.0.0"), ("TakeBridge", PANEL_VERSION)]


def test_a_list_that_cannot_be_had_does_not_keep_it_from_being_installed(tmp_path: Path, home: Path) -> None:
    machine = mac(tmp_path)
    add_creative_cloud(machine)
    answers = iter([Said(0, "what?"), Said(0, "Installation Successful")])
    assert set_up(machine, home, runner=lambda _: next(answers)).done == "installed"


@pytest.mark.parametrize(("status", "hint"), [("-631", "Sign in"), ("-267", "Update"), ("-5", "Double-click")])
def test_a_refusal_is_an_error_although_the_program_ends_with_0(
    status: str, hint: str, tmp_path: Path, home: Path
) -> None:
    machine = mac(tmp_path)
    add_creative_cloud(machine)
    with pytest.raises(HostRejectedError) as caught:
        set_up(machine, home, runner=AdobeInstaller(refuses=status))
    assert status in caught.value.message and hint in caught.value.hint
    assert (home / "premiere" / CCX).is_file()


@pytest.mark.parametrize("said", ["", "Installing extension...", "Une erreur"])
def test_silence_is_no_success(said: str, tmp_path: Path, home: Path) -> None:
    machine = windows(tmp_path)
    add_creative_cloud(machine)
    with pytest.raises(HostRejectedError):
        set_up(machine, home, runner=AdobeInstaller(broken=said))


# --- taking it out --------------------------------------------------------------------------------------


@pytest.mark.parametrize("system", MACHINES)
def test_every_version_goes_and_nothing_of_others(system: str, tmp_path: Path, home: Path) -> None:
    machine = MACHINES[system](tmp_path)
    add_creative_cloud(machine)
    adobe = AdobeInstaller(plugins=[("TakeBridge", "0.0.8"), ("Other", "1.0.0"), ("TakeBridge", "0.0.9")])
    set_up(machine, home, runner=adobe)
    report = take_out(machine, home, runner=adobe)
    assert (report.done, adobe.plugins) == ("removed", [("Other", "1.0.0")])
    assert not (home / "premiere" / CCX).exists()
    assert any("takebridge panels" in line for line in report.advice)
    assert take_out(machine, home, runner=adobe).done == "nothing"


def test_a_dry_removal_only_looks(tmp_path: Path, home: Path) -> None:
    machine, adobe = mac(tmp_path), AdobeInstaller()
    add_creative_cloud(machine)
    set_up(machine, home, runner=adobe)
    adobe.calls.clear()
    report = take_out(machine, home, dry_run=True, runner=adobe)
    assert (report.done, adobe.calls) == ("removed", [["--list", "all"]])
    assert (home / "premiere" / CCX).is_file()


def test_a_removal_that_removes_nothing_ends(tmp_path: Path, home: Path) -> None:
    machine, adobe = mac(tmp_path), AdobeInstaller(plugins=[("TakeBridge", "0.0.9")], stubborn=True)
    add_creative_cloud(machine)
    with pytest.raises(HostRejectedError, match="-204"):
        take_out(machine, home, runner=adobe)


def test_without_adobes_installer_only_the_package_goes(tmp_path: Path, home: Path) -> None:
    machine = windows(tmp_path)
    set_up(machine, home, runner=never)
    report = take_out(machine, home, runner=never)
    assert report.done == "removed" and not (home / "premiere" / CCX).exists()
    assert any("Creative Cloud" in line for line in report.advice)


# --- folders --------------------------------------------------------------------------------------------


def test_a_file_where_a_folder_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(UnsafeFolderError) as caught:
        set_up(linux(tmp_path), tmp_path / "data", to=tmp_path / "out")
    assert "--to" in caught.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(("number", "kind"), [(errno.ENOSPC, DiskFullError), (errno.EACCES, UnsafeFolderError)])
def test_a_folder_that_cannot_be_written(
    number: int, kind: type[BridgeError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(premiere_setup, "write", full)
    with pytest.raises(kind):
        set_up(linux(tmp_path), tmp_path / "data")


# --- the command ----------------------------------------------------------------------------------------


@pytest.fixture
def invoke(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    def call(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["install", "premiere", "--home", str(tmp_path / "data"), *words])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.stdout

    return call


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it would ask Adobe's installer")
def test_the_command_prints_one_document_or_words(invoke: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    code, said = invoke("--dry-run")
    assert code == 0 and "would be written" in said and "manifest.json" in said and "main.js" in said
    assert not (tmp_path / "data" / "premiere").exists()
    code, said = invoke("--json", "--to", str(tmp_path / "Für Ännes Mac"))
    report = json.loads(said)
    assert code == 0 and Path(report["package"]).read_bytes() == build().data
    assert (report["done"], report["version"]) == ("written", PANEL_VERSION)
    code, said = invoke("--uninstall", "--json", "--to", str(tmp_path / "Für Ännes Mac"))
    assert (code, json.loads(said)["done"]) == (0, "removed")
    code, said = invoke("--uninstall")
    assert code == 0 and "nothing to remove" in said
    (tmp_path / "file").touch()
    code, said = invoke("--json", "--to", str(tmp_path / "file" / "below"))
    assert code == 1 and json.loads(said)["error"]["code"] == "unsafe_folder"
