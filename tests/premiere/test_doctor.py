"""``takebridge doctor premiere``: each thing that keeps a panel from the bridge, with one thing to do next."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from tests.support.panel_line import Panel, dial
from tests.support.premiere_machine import (
    AdobeInstaller,
    add_creative_cloud,
    add_premiere,
    linux,
    mac,
    windows,
)
from tests.support.server import PATIENCE, RunningServer
from tests.support.whole_bridge import whole_bridge
from typer.testing import CliRunner
from websockets.exceptions import ConnectionClosed

from takebridge_premiere import PANEL_VERSION
from takebridge_premiere.install import Machine, Said
from takebridge_server.cli import app
from takebridge_server.doctor import Check, Diagnosis
from takebridge_server.premiere_doctor import diagnose_premiere
from takebridge_server.premiere_setup import set_up

OURS = ("TakeBridge", PANEL_VERSION)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "data"


def looked(found: Diagnosis, name: str) -> list[tuple[bool, str, str]]:
    return [(check.ok, check.message, check.hint) for check in found.checks if check.name == name]


def only(found: Diagnosis, name: str) -> Check:
    (check,) = [check for check in found.checks if check.name == name]
    return check


def first(found: Diagnosis) -> Check:
    assert found.first is not None
    return found.first


def ready(machine: Machine, *plugins: tuple[str, str], host: str = "26.3.2") -> AdobeInstaller:
    """Premiere and Creative Cloud with these plugins."""
    add_premiere(machine, "Adobe Premiere Pro 2026", host)
    add_creative_cloud(machine)
    return AdobeInstaller(host=host, plugins=list(plugins))


# --- from outside ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [mac, windows])
def test_nothing_is_there(make: Callable[[Path], Machine], tmp_path: Path, home: Path) -> None:
    found = diagnose_premiere(home, make(tmp_path))
    assert (first(found).name, first(found).hint) == (
        "Panel",
        "Run 'takebridge install premiere', then restart Premiere.",
    )
    premiere, cloud = only(found, "Premiere"), only(found, "Creative Cloud")
    assert not premiere.ok and not premiere.fatal and "25.6" in premiere.hint
    assert not cloud.ok and not cloud.fatal
    assert "takebridge serve" in only(found, "Bridge").hint


def test_where_premiere_does_not_run_only_the_bridge_is_looked_at(tmp_path: Path, home: Path) -> None:
    found = diagnose_premiere(home, linux(tmp_path))
    assert only(found, "Premiere").ok
    assert [check.name for check in found.checks] == ["Premiere", "Bridge"]


@pytest.mark.parametrize(
    ("version", "ok"), [("25.5.9", False), ("25.6.0", True), ("26.0.1", True), ("26", True), ("24.6.1", False)]
)
def test_a_premiere_that_is_too_old(version: str, ok: bool, tmp_path: Path, home: Path) -> None:
    machine = mac(tmp_path)
    add_premiere(machine, "Adobe Premiere Pro 2025", version)
    check = only(diagnose_premiere(home, machine), "Premiere")
    assert (check.ok, check.fatal) == (ok, True) and version in check.message
    assert ok or "Update Premiere" in check.hint


def test_a_year_is_given_the_benefit_of_the_doubt_and_an_older_one_is_not(tmp_path: Path, home: Path) -> None:
    for name, ok in (("Adobe Premiere Pro 2024", False), ("Adobe Premiere Pro 2025", True)):
        machine = windows(tmp_path / name)
        add_premiere(machine, name)
        assert only(diagnose_premiere(home, machine), "Premiere").ok is ok


def test_one_that_is_new_enough_is_enough(tmp_path: Path, home: Path) -> None:
    machine = mac(tmp_path)
    add_premiere(machine, "Adobe Premiere Pro 2024", "24.6")
    add_premiere(machine, "Adobe Premiere Pro 2025", "25.6.1")
    assert only(diagnose_premiere(home, machine), "Premiere").ok


def test_adobes_installer_knows_the_version_best(tmp_path: Path, home: Path) -> None:
    machine = windows(tmp_path)
    adobe = ready(machine, OURS, host="25.4.0")
    check = only(diagnose_premiere(home, machine, runner=adobe), "Premiere")
    assert not check.ok and "25.4.0" in check.message


# --- the plugin -----------------------------------------------------------------------------------------


def test_installed_and_of_this_release(tmp_path: Path, home: Path) -> None:
    machine = mac(tmp_path)
    adobe = ready(machine)
    set_up(machine, home, runner=adobe)
    found = diagnose_premiere(home, machine, runner=adobe)
    assert only(found, "Panel").ok and only(found, "Package").ok
    assert only(found, "Developer mode").ok
    assert first(found).name == "Bridge"


@pytest.mark.parametrize(
    ("plugins", "said", "hint"),
    [
        ([], "not installed", "install premiere'"),
        ([("Other", "1.0.0")], "not installed", "install premiere'"),
        ([("TakeBridge", "0.0.9")], "0.0.9 is installed, this release has", "install premiere'"),
        ([("TakeBridge", "0.0.9"), OURS], "at once", "--uninstall"),
    ],
)
def test_what_is_wrong_with_the_plugin(
    plugins: list[tuple[str, str]], said: str, hint: str, tmp_path: Path, home: Path
) -> None:
    machine = windows(tmp_path)
    check = only(diagnose_premiere(home, machine, runner=ready(machine, *plugins)), "Panel")
    assert not check.ok and said in check.message and hint in check.hint


def test_a_plugin_that_is_switched_off(tmp_path: Path, home: Path) -> None:
    machine = mac(tmp_path)
    adobe = ready(machine, OURS)
    adobe.disabled.add(PANEL_VERSION)
    check = only(diagnose_premiere(home, machine, runner=adobe), "Panel")
    assert not check.ok and "switched off" in check.message and "switch TakeBridge on" in check.hint


def test_without_adobes_installer_the_folder_is_looked_at(tmp_path: Path, home: Path) -> None:
    machine = mac(tmp_path)
    folder = machine.home / "Library/Application Support/Adobe/UXP/Plugins/External"
    (folder / f"org.takebridge.premiere_{PANEL_VERSION}").mkdir(parents=True)
    assert only(diagnose_premiere(home, machine), "Panel").ok


def test_an_installer_that_does_not_answer_is_named(tmp_path: Path, home: Path) -> None:
    machine = mac(tmp_path)
    add_creative_cloud(machine)
    found = diagnose_premiere(home, machine, runner=lambda _: Said(None, "It did not end within 180 seconds."))
    assert not only(found, "Creative Cloud").ok and "180 seconds" in only(found, "Creative Cloud").message


def test_a_package_of_another_release(tmp_path: Path, home: Path) -> None:
    machine = linux(tmp_path)
    report = set_up(machine, home)
    assert only(diagnose_premiere(home, machine), "Package").ok
    Path(report.package).write_bytes(b"old")
    check = only(diagnose_premiere(home, machine), "Package")
    assert not check.ok and not check.fatal and "install premiere" in check.hint


# --- what runs ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One bridge for all: starting one takes a second."""
    home = tmp_path_factory.mktemp("doctor") / "data"
    with whole_bridge(home) as running:
        running.wait_until((home / "bridge.json").exists)
        yield running


@pytest.fixture
def bridge(served: RunningServer) -> RunningServer:
    """A bridge no panel is paired with."""
    with served.client() as client:
        for panel in client.get("/api/panels").json():
            client.delete(f"/api/panels/{panel['id']}", headers={"X-TakeBridge": "1"}).raise_for_status()
    return served


def paired(server: RunningServer) -> Panel:
    """A panel on its socket, paired with a code as a person types it."""
    with server.client() as client:
        code = client.post("/api/panels/pair", json={}).raise_for_status().json()["code"]
    panel = dial(server.port)
    panel.say("pair", code=code, name="Premiere on Änne's Mac")
    panel.hear("paired")
    return panel


def answering(panel: Panel, status: dict[str, Any], error: dict[str, Any] | None) -> None:
    """Answer every op with the status, or with an error, until the socket closes."""
    with suppress(ConnectionClosed):
        while True:
            op = panel.hear("op")["op"]
            if error is None:
                panel.answer(op["id"], result=status)
            else:
                panel.answer(op["id"], "not_applied", error=error)


@contextmanager
def connected(
    server: RunningServer, version: str = PANEL_VERSION, error: dict[str, Any] | None = None, **changes: Any
) -> Iterator[None]:
    """A panel that says hello and then its status whenever it is asked."""
    status = {"host": "premiere", "product": "Adobe Premiere", "version": "26.3.2", "edition": "unknown", **changes}
    with paired(server) as panel:
        panel.hello(agent_version=version, status=status, capabilities=["agent.ping", "host.status"])
        thread = threading.Thread(target=answering, args=(panel, status, error))
        thread.start()
        yield
        panel.close()
        thread.join(PATIENCE)


SEQUENCE = {
    "project_id": "p",
    "project_name": "Film",
    "timeline_id": "s",
    "timeline_name": "Schnitt 3",
    "rate": "25",
    "width": 1920,
    "height": 1080,
    "start_record_frame": 90000,
    "end_record_frame": 90100,
}


def test_a_bridge_nobody_is_paired_with(bridge: RunningServer, tmp_path: Path) -> None:
    machine = mac(tmp_path / "m")
    found = diagnose_premiere(bridge.home, machine, runner=ready(machine, OURS))
    assert (first(found).name, "takebridge pair" in first(found).hint) == ("Paired panels", True)
    assert str(bridge.port) in only(found, "Port").message
    assert "Window > UXP Plugins" in only(found, "Connection").hint


def test_paired_and_not_open(bridge: RunningServer, tmp_path: Path) -> None:
    machine = mac(tmp_path / "m")
    paired(bridge).close()
    found = diagnose_premiere(bridge.home, machine, runner=ready(machine, OURS))
    assert "Änne" in only(found, "Paired panels").message
    assert (first(found).name, first(found).message) == ("Connection", "No panel is connected.")


def test_a_panel_of_another_release_works_and_is_to_be_updated(bridge: RunningServer, tmp_path: Path) -> None:
    machine = mac(tmp_path / "m")
    with connected(bridge, "0.0.9", timeline=SEQUENCE):
        found = diagnose_premiere(bridge.home, machine, runner=ready(machine))
    told = [check for check in found.checks if "0.0.9" in check.message]
    assert len(told) == 1 and not told[0].fatal and "install premiere" in told[0].hint
    assert only(found, "Panel").ok and "Developer Tool" in only(found, "Panel").message
    assert "Connection" not in {check.name for check in found.checks}


def test_a_panel_newer_than_the_bridge(bridge: RunningServer, tmp_path: Path) -> None:
    with connected(bridge, "99.0.0"):
        found = diagnose_premiere(bridge.home, linux(tmp_path / "l"))
    (told,) = [check for check in found.checks if "99.0.0" in check.message]
    assert "Update TakeBridge" in told.hint


def test_all_is_well(bridge: RunningServer, tmp_path: Path) -> None:
    machine = mac(tmp_path / "m")
    with connected(bridge, timeline=SEQUENCE):
        found = diagnose_premiere(bridge.home, machine, runner=ready(machine, OURS))
    assert found.first is None
    assert looked(found, "Adobe Premiere 26.3.2") == [(True, "The panel answers, “Schnitt 3” is open", "")]


def test_without_a_sequence(bridge: RunningServer, tmp_path: Path) -> None:
    with connected(bridge):
        found = diagnose_premiere(bridge.home, linux(tmp_path / "l"))
    (told,) = looked(found, "Adobe Premiere 26.3.2")
    assert told == (False, "The panel answers, no sequence is open.", "Open a sequence in Premiere.")
    assert not first(found).fatal


def test_a_premiere_behind_a_dialog(bridge: RunningServer, tmp_path: Path) -> None:
    busy = {"code": "host_busy", "message": "Busy.", "hint": "Wait.", "retryable": True, "details": {}}
    with connected(bridge, error=busy):
        found = diagnose_premiere(bridge.home, linux(tmp_path / "l"))
    assert "busy" in first(found).message and "Close dialogs" in first(found).hint


# --- the command ----------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it would ask Adobe's installer")
def test_the_command_says_what_to_do_first(home: Path) -> None:
    done = CliRunner().invoke(app, ["doctor", "premiere", "--home", str(home)])
    assert done.exit_code == 1 and "takebridge serve" in done.stdout
    done = CliRunner().invoke(app, ["doctor", "premiere", "--json", "--home", str(home)])
    assert (done.exit_code, json.loads(done.stdout)["first"]["name"]) == (1, "Bridge")
    done = CliRunner().invoke(app, ["doctor", "avid", "--json", "--home", str(home)])
    assert done.exit_code == 1 and "doctor premiere" in json.loads(done.stdout)["error"]["hint"]
