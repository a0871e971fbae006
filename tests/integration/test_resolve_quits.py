"""Resolve quits in the middle of an op, an old agent, a stranger at the agent's door: what the caller is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.resolve_person import Person, person, world
from tests.support.server import PATIENCE, ScriptedAgent, hello_of
from tests.support.trip import card

from takebridge.errors import BridgeError, HostOfflineError, HostTimeoutError, UnsupportedOpError
from takebridge.hosts import calls, tool_calls
from takebridge.hosts.protocol import PingArgs, ProbeArgs, SaveProjectArgs, SnapshotArgs
from takebridge.timebase import FrameRate


@pytest.fixture
def ann(tmp_path: Path) -> Iterator[Person]:
    with person(tmp_path) as found:
        found.start_bridge()
        yield found


@pytest.mark.parametrize("call", ["AddTake", "AppendToTimeline", "AddRenderJob"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.slow
def test_a_crash_in_the_middle_is_an_unknown_outcome_and_the_next_one_starts_clean(
    call: str, when: str, ann: Person, tmp_path: Path
) -> None:
    """The probe makes all of these calls; the person's Resolve is gone, a new one is heard beside the lost one."""
    assert ann.server is not None
    film = card(tmp_path / "film.mp4", 60, rate=FrameRate(24))
    clip = {"kind": "clip", "path": str(film), "track": 1, "timeline_start": 0, "duration": 48}
    clips = [str(card(tmp_path / f"p{count}.mov", count, rate=FrameRate(24))) for count in (96, 192)]
    emulator = ann.start_resolve(world(clip))
    first = ann.server.on_loop(ann.server.shell.hub.current)
    emulator.tell("on_call", name=call, when=when, then={"do": "crash"})
    asked = ann.server.start(first.call("host.probe", ProbeArgs(media=clips, folder=str(tmp_path)), timeout_seconds=12))
    with pytest.raises(HostTimeoutError):
        asked.result(PATIENCE)
    ann.start_resolve(world(clip), name="again")
    second = ann.server.on_loop(ann.server.shell.hub.current)
    assert second.session != first.session
    answer = ann.server.start(second.call("timeline.snapshot", SnapshotArgs())).result(PATIENCE)
    assert answer.outcome == "verified"


@pytest.fixture
def old(ann: Person) -> Iterator[ScriptedAgent]:
    """An agent of an earlier release: it says hello and has none of the newer verbs."""
    assert ann.server is not None
    verbs = ["agent.ping", "agent.stop", "host.status", "timeline.snapshot", "selection.get"]
    with ann.server.client() as http:
        agent = ScriptedAgent(http)
        hello = hello_of(agent="takebridge-resolve-python", capabilities=verbs)
        assert agent.hello(hello.model_copy(update={"agent_version": "0.0.9"})).status_code == 200
        yield agent


def test_an_old_agent_is_to_be_updated(ann: Person, old: ScriptedAgent) -> None:
    """A verb it does not have is refused before it is asked, and the next step is to update it."""
    assert ann.server is not None
    session = ann.server.on_loop(ann.server.shell.hub.current)
    asked: list[Any] = [
        session.call("project.save", SaveProjectArgs()),
        tool_calls.probe(session, ProbeArgs()),
    ]
    for call in asked:
        with pytest.raises(UnsupportedOpError) as caught:
            ann.server.start(call).result(PATIENCE)
        assert "takebridge install resolve" in caught.value.hint
    code, document = ann.run("probe", "resolve", "--read-only", "--out", str(ann.folder / "p.json"))
    assert code == 1 and "takebridge install resolve" in document["error"]["hint"]
    assert old.seen == []


def test_a_verb_an_edition_lacks_is_not_called_an_old_agent(ann: Person) -> None:
    assert ann.server is not None
    with ann.server.client() as http:
        ScriptedAgent(http).hello(hello_of(capabilities=["agent.ping"]))
        session = ann.server.on_loop(ann.server.shell.hub.current)
        with pytest.raises(UnsupportedOpError) as caught:
            ann.server.start(session.call("project.save", SaveProjectArgs())).result(PATIENCE)
    assert "install" not in caught.value.hint and caught.value.hint


def test_a_newer_agent_offers_more_than_this_bridge_knows(ann: Person) -> None:
    """Its hello is taken, what both know works, and verbs nobody here knows do no harm."""
    assert ann.server is not None
    with ann.server.client() as http:
        agent = ScriptedAgent(http)
        hello = hello_of(protocol="1.9", capabilities=["agent.ping", "clip.teleport", "selection.get:psychic"])
        assert agent.hello(hello.model_copy(update={"agent_version": "9.0.0"})).status_code == 200
        session = ann.server.on_loop(ann.server.shell.hub.current)
        asked = ann.server.start(session.call("agent.ping", PingArgs()))
        op = agent.poll().op
        assert op is not None
        agent.answer(op.id, result={"alive": True})
        assert asked.result(PATIENCE).outcome == "verified"


@pytest.mark.parametrize("door", ["hello", "poll", "answer"])
@pytest.mark.parametrize("token", [None, "0" * 64, "of-another-user"])
def test_a_stranger_at_the_agents_door(door: str, token: str | None, ann: Person) -> None:
    """Without this bridge's token nothing is heard, said or answered; the agent that is there goes on."""
    assert ann.server is not None
    with ann.server.client() as http, ann.server.client() as stranger:
        agent = ScriptedAgent(http)
        agent.hello()
        session = ann.server.on_loop(ann.server.shell.hub.current)
        asked = ann.server.start(session.call("agent.ping", PingArgs()))
        op = agent.poll().op
        assert op is not None
        stranger.headers.pop("Authorization")
        if token is not None:
            stranger.headers["Authorization"] = f"Bearer {token}"
        bodies = {
            "hello": hello_of().model_dump(mode="json"),
            "poll": {"session": agent.session, "received": "", "busy_with": ""},
            "answer": {"session": agent.session, "op_id": op.id, "outcome": "verified", "result": {"alive": False}},
        }
        assert stranger.post(f"/agent/{door}", json=bodies[door]).status_code == 401
        assert not asked.done() and len(ann.server.shell.hub.list()) == 1
        agent.answer(op.id, result={"alive": True})
        assert asked.result(PATIENCE).result == {"alive": True}


def test_an_answer_of_any_size_does_not_hang_the_caller(ann: Person) -> None:
    """17 MiB are refused while they come; the caller is told the outcome is unknown, not what was in them."""
    assert ann.server is not None
    with ann.server.client() as http:
        agent = ScriptedAgent(http)
        agent.hello()
        session = ann.server.on_loop(ann.server.shell.hub.current)
        asked = ann.server.start(session.call("agent.ping", PingArgs(), timeout_seconds=3))
        op = agent.poll().op
        assert op is not None
        body = {"session": agent.session, "op_id": op.id, "outcome": "verified", "result": {"alive": "x" * (17 << 20)}}
        assert http.post("/agent/answer", content=json.dumps(body).encode()).status_code in (413, 415)
        with pytest.raises(HostTimeoutError):
            asked.result(PATIENCE)


def test_a_bridge_that_is_gone_leaves_the_agent_waiting_for_the_next(ann: Person) -> None:
    assert ann.server is not None
    ann.start_resolve(world())
    ann.server.on_loop(ann.server.shell.hub.close)
    ann.server.wait_until(lambda: len(ann.server.shell.hub.list()) == 1)  # type: ignore[union-attr]
    session = ann.server.on_loop(ann.server.shell.hub.current)
    try:
        assert ann.server.start(calls.ping(session)).result(PATIENCE) is None
    except (HostOfflineError, BridgeError) as error:
        raise AssertionError(error) from error
