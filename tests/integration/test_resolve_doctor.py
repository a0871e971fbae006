"""``takebridge doctor resolve`` as a person runs it: what keeps Resolve and the bridge apart, one thing to do next."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.resolve_person import SECRET, Person, person, until, world
from tests.support.server import ScriptedAgent, hello_of
from tests.support.whole_bridge import whole_bridge

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the script folders are those of Linux")


@pytest.fixture
def ann(tmp_path: Path) -> Iterator[Person]:
    with person(tmp_path) as found:
        yield found


def test_nothing_installed_and_no_bridge(ann: Person) -> None:
    code, named, first = ann.doctor()
    assert code == 1 and first is not None
    assert (first["name"], "takebridge install resolve" in first["hint"]) == ("Agent file", True)
    assert "takebridge serve" in named["Bridge"][0]["hint"]
    code, said = ann.say("doctor", "resolve")
    assert code == 1 and "takebridge install resolve" in said


def test_from_nothing_to_connected(ann: Person) -> None:
    """Install, bridge, agent, dialog, no dialog, a second agent: each time the doctor names the next thing."""
    assert ann.run("install", "resolve")[0] == 0
    code, named, first = ann.doctor()
    assert (code, first and first["name"]) == (1, "Bridge")
    assert all(check["ok"] for check in named["Agent file"])

    server = ann.start_bridge()
    code, named, first = ann.doctor()
    assert code == 1 and first is not None and first["name"] == "Connection"
    assert "Workspace > Scripts" in first["hint"]

    emulator = ann.start_resolve(world(), "20.3")
    code, named, first = ann.doctor()
    (found,) = [checks[0] for name, checks in named.items() if name.startswith("DaVinci Resolve Studio 20.3.2")]
    assert (code, found["ok"]) == (0, True), first
    assert "Studio" in found["message"] and f"{SECRET} Schnitt" in found["message"]
    before = emulator.tell("state")

    emulator.tell("modal")
    code, _named, first = ann.doctor()
    assert code == 1 and first is not None
    assert "busy" in first["message"] and "Close dialogs" in first["hint"]
    assert "Resolve is busy" in ann.say("doctor", "resolve")[1]
    emulator.tell("dismiss_modal")
    assert ann.doctor()[0] == 0
    now = emulator.tell("state")
    assert {**before, "calls": 0} == {**now, "calls": 0}  # looking left no trace
    assert list((ann.home / "scratch").iterdir()) == []

    ann.start_resolve(world(), "21.0 free", "two")
    code, named, first = ann.doctor()
    assert code == 0 and first is not None
    assert "2 agents are connected" in first["message"] and "restart Resolve" in first["hint"]
    (found,) = [checks[0] for name, checks in named.items() if name.startswith("DaVinci Resolve 21.0.3")]
    assert "free edition" in found["message"]
    server.wait_until(lambda: len(server.shell.hub.list()) == 2)


def test_no_timeline_is_open(ann: Person) -> None:
    ann.run("install", "resolve")
    ann.start_bridge()
    ann.start_resolve({"project": SECRET})
    code, _named, first = ann.doctor()
    assert code == 0 and first is not None
    assert "no timeline is open" in first["message"] and first["hint"] == "Open a timeline in Resolve."


def test_an_agent_of_another_version_is_to_be_installed_again(ann: Person) -> None:
    ann.run("install", "resolve")
    server = ann.start_bridge()
    with server.client() as http:
        agent = ScriptedAgent(http)
        old = hello_of(agent="takebridge-resolve-python").model_copy(update={"agent_version": "0.0.9"})
        agent.hello(old.model_copy(update={"capabilities": ["agent.ping"]}))
        _code, named, _first = ann.doctor()
    (told,) = [check for checks in named.values() for check in checks if "0.0.9" in check["message"] and check["hint"]]
    assert "takebridge install resolve" in told["hint"] and "start the agent again" in told["hint"]


def test_an_agent_that_fell_silent_says_its_last_words(ann: Person) -> None:
    ann.run("install", "resolve")
    server = ann.start_bridge()
    ann.start_resolve(world())
    session = server.on_loop(server.shell.hub.current).session
    with server.client() as http:
        assert http.post(f"/api/hosts/{session}/stop", json={}).status_code == 200
    until(lambda: not server.on_loop(server.shell.hub.list))
    _code, named, first = ann.doctor()
    assert first is not None and first["name"] == "Connection"
    assert "stop" in named["Agent log"][0]["message"].casefold()


def _moved(value: Any, port: int, other: int) -> Any:
    """A value of bridge.json with the other port."""
    if isinstance(value, str):
        return value.replace(f":{port}", f":{other}")
    return other if value == port else value


def test_a_port_that_is_blocked_is_told_from_a_bridge_that_does_not_run(ann: Person) -> None:
    """Nothing answers at the address, as behind a filter; the process of the file is alive."""
    ann.run("install", "resolve")
    server = ann.start_bridge()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets it, nobody answers
        said = json.loads((ann.home / "bridge.json").read_text("utf-8"))
        moved = {key: _moved(value, server.port, taken.getsockname()[1]) for key, value in said.items()}
        (ann.home / "bridge.json").write_text(json.dumps(moved), "utf-8")
        _code, named, first = ann.doctor()
    assert first is not None and first["name"] == "Port", named
    assert "security software" in first["hint"]


def test_a_mailbox_that_cannot_be_used_is_named(ann: Person) -> None:
    ann.run("install", "resolve")
    (ann.home / "mailbox").write_text("a file")
    ann.start_bridge()
    _code, named, _first = ann.doctor()
    assert not named["Mailbox"][0]["ok"]


def test_there_is_no_doctor_for_other_editors(ann: Person) -> None:
    code, document = ann.run("doctor", "avid")
    assert code != 0 and "doctor resolve" in document["error"]["hint"]


def test_a_mailbox_another_bridge_uses_is_named_until_that_one_stops(ann: Person) -> None:
    """TAKEBRIDGE_MAILBOX is set for everything a person starts: their second bridge meets the first one's folder."""
    shared = ann.folder / "shared mailbox"
    with whole_bridge(ann.folder / "first", mailbox=shared) as first, whole_bridge(ann.home, mailbox=shared) as second:
        first.wait_until((shared / "bridge.lua").exists)
        before = (shared / "bridge.lua").read_text("utf-8")
        second.wait_until((ann.home / "bridge.json").exists)
        ann.server = second
        _code, named, _first = ann.doctor(TAKEBRIDGE_MAILBOX=str(shared))
        (told,) = named["Mailbox"]
        assert str(shared) in told["message"] and "Another bridge" in told["message"]
        assert "Stop that bridge" in told["hint"]
        _code, document = ann.run("doctor")
        assert [check["name"] for check in document["checks"] if "shared mailbox" in check["message"]] == ["Mailbox"]
        with first.client() as one, second.client() as two:
            assert [http.get("/api/status").json()["problems"] != [] for http in (one, two)] == [False, True]
        assert (shared / "bridge.lua").read_text("utf-8") == before
