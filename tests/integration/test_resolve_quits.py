"""Resolve quits in the middle of an op, an old agent, a stranger at the agent's door: what the caller is told."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.resolve_person import SECRET, Person, person, world
from tests.support.resolve_world import EmulatorProcess
from tests.support.server import PATIENCE, ScriptedAgent, hello_of
from tests.support.trip import card

from takebridge.errors import (
    BridgeError,
    HostError,
    HostOfflineError,
    HostTimeoutError,
    NotFoundError,
    UnsupportedOpError,
)
from takebridge.hosts import calls, tool_calls
from takebridge.hosts.protocol import Expectation, PingArgs, ProbeArgs, SaveProjectArgs, SnapshotArgs
from takebridge.hosts.reading import read_cut
from takebridge.hosts.tool_ops import (
    ExportTimelineArgs,
    ImportTimelineArgs,
    RenderRangeArgs,
    RenderResult,
    RenderWay,
)
from takebridge.timebase import FrameRate
from takebridge_server.sessions import AgentSession

SOON = 5
"""Seconds within which the end of Resolve's process is told; a poll is held for 30, an agent given up after 75."""


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


def ask(ann: Person, call: Coroutine[Any, Any, Any]) -> Any:
    """Let the bridge ask an agent, and wait."""
    assert ann.server is not None
    return ann.server.start(call).result(PATIENCE)


def newest(ann: Person) -> AgentSession:
    assert ann.server is not None
    found: AgentSession = ann.server.on_loop(ann.server.shell.hub.current)
    return found


def one_clip(folder: Path) -> dict[str, Any]:
    """A timeline of one clip and nothing else: titles do not come through an OTIO."""
    film = card(folder / "film.mp4", 60, rate=FrameRate(24))
    return {**world(), "clips": [{"kind": "clip", "path": str(film), "track": 1, "timeline_start": 0, "duration": 48}]}


def open_timeline(ann: Person, session: AgentSession) -> Expectation:
    """What a change is asked on."""
    return calls.expectation(read_cut(ask(ann, calls.snapshot(session))))


def lost(ann: Person, call: Coroutine[Any, Any, Any]) -> str:
    """Ask for what Resolve does not survive; the outcome must be told as unknown, and soon. Returns the words."""
    began = time.monotonic()
    with pytest.raises(HostTimeoutError) as caught:
        ask(ann, call)
    assert time.monotonic() - began < SOON
    assert "has quit" in caught.value.message and "unknown" in caught.value.message and caught.value.hint
    return caught.value.message


@pytest.mark.parametrize(
    ("agent", "when"),
    [
        ("python", "after"),
        pytest.param("python", "before", marks=pytest.mark.slow),
        pytest.param("lua", "after", marks=pytest.mark.slow),
        pytest.param("lua", "before", marks=pytest.mark.slow),
    ],
)
def test_resolve_quits_inside_a_timeline_import(agent: str, when: str, ann: Person, tmp_path: Path) -> None:
    """What was not saved went with it; in the next Resolve the same import makes one timeline, and ours stays open."""
    profile = "21.1 free" if agent == "lua" else "20.3"
    cut = one_clip(tmp_path)
    emulator = ann.start_resolve(cut, profile, agent=agent)
    first = newest(ann)
    export = ExportTimelineArgs(path=str(tmp_path / "cut.otio"), format="otio")
    made = ask(ann, tool_calls.export_timeline(first, export))
    expect = open_timeline(ann, first)
    args = ImportTimelineArgs(path=made.path, name="Brought")
    emulator.tell("on_call", name="ImportTimelineFromFile", when=when, then={"do": "crash"})
    lost(ann, tool_calls.import_timeline(first, args, expect))

    emulator = ann.start_resolve(cut, profile, name="again", agent=agent)
    second = newest(ann)
    assert second.session != first.session
    with pytest.raises(HostError) as caught:  # the ids of the project that is gone
        ask(ann, tool_calls.import_timeline(second, args, expect))
    assert caught.value.code == "timeline_switched"
    ask(ann, tool_calls.import_timeline(second, args, open_timeline(ann, second)))
    state = emulator.tell("state")
    assert sorted(line["name"] for line in state["timelines"]) == ["Brought", f"{SECRET} Schnitt"]
    assert state["timeline"]["name"] == f"{SECRET} Schnitt"


def range_of(folder: Path, way: RenderWay) -> RenderRangeArgs:
    """The first second."""
    return RenderRangeArgs(start_record_frame=86400, end_record_frame=86424, folder=str(folder), name="shot", way=way)


@pytest.mark.parametrize(
    ("call", "when", "way"),
    [
        ("StartRendering", "after", "queue"),
        pytest.param("StartRendering", "before", "queue", marks=pytest.mark.slow),
        pytest.param("SaveAsNewRenderPreset", "after", "queue", marks=pytest.mark.slow),
        pytest.param("RenderWithQuickExport", "before", "quick", marks=pytest.mark.slow),
        pytest.param("RenderWithQuickExport", "after", "quick", marks=pytest.mark.slow),
    ],
)
def test_resolve_quits_around_the_start_of_a_render(
    call: str, when: str, way: RenderWay, ann: Person, tmp_path: Path
) -> None:
    """A file that is there all the same is never written over: the next render says so, or makes its own."""
    cut, out = one_clip(tmp_path), tmp_path / "renders"
    out.mkdir()
    emulator = ann.start_resolve(cut)
    emulator.tell("on_call", name=call, when=when, then={"do": "crash"})
    lost(ann, tool_calls.render_range(newest(ann), range_of(out, way)))

    left = {path: path.read_bytes() for path in out.iterdir()}
    emulator = ann.start_resolve(cut, name="again")
    before = delivery(emulator)
    if left:
        with pytest.raises(HostError) as caught:
            ask(ann, tool_calls.render_range(newest(ann), range_of(out, way)))
        assert caught.value.code == "host_rejected" and "another name" in caught.value.hint
        assert {path: path.read_bytes() for path in out.iterdir()} == left
        return
    done = rendered(ann, out, way)
    assert Path(done.path).stat().st_size > 0
    assert delivery(emulator) == before


def delivery(emulator: EmulatorProcess) -> dict[str, Any]:
    """What a person has set on the Deliver page; where to, and the name of what was loaded last, are the job's."""
    return {key: emulator.tell("state")["deliver"][key] for key in ("format", "codec", "mode", "own_presets")}


def rendered(ann: Person, out: Path, way: RenderWay) -> RenderResult:
    """Render to the end."""
    found: RenderResult = ask(ann, tool_calls.render_range(newest(ann), range_of(out, way)))
    end = time.monotonic() + PATIENCE
    while found.state in ("ready", "rendering"):
        assert time.monotonic() < end, found
        found = ask(ann, tool_calls.render_status(newest(ann), found.job))
    assert found.state == "complete", found
    return found


def test_resolve_quits_while_it_renders(ann: Person, tmp_path: Path) -> None:
    """The job went with its queue: asked for again it is not there, and no half file counts as a render."""
    cut, out = one_clip(tmp_path), tmp_path / "renders"
    out.mkdir()
    emulator = ann.start_resolve(cut)
    emulator.tell("knobs", render_polls=1000)
    first = newest(ann)
    begun = ask(ann, tool_calls.render_range(first, range_of(out, "queue")))
    assert begun.state == "rendering" and begun.path == ""
    emulator.process.kill()
    emulator.process.wait()
    began = time.monotonic()
    with pytest.raises(HostError) as caught:
        ask(ann, tool_calls.render_status(first, begun.job))
    assert isinstance(caught.value, HostOfflineError | HostTimeoutError) and time.monotonic() - began < SOON
    (out / "shot.mov").write_bytes(b"half a film")

    emulator = ann.start_resolve(cut, name="again")
    with pytest.raises(NotFoundError) as gone:
        ask(ann, tool_calls.render_status(newest(ann), begun.job))
    assert "render again" in gone.value.hint
    assert ask(ann, tool_calls.cancel_render(newest(ann), begun.job)).state == "cancelled"
    with pytest.raises(HostError) as caught:
        ask(ann, tool_calls.render_range(newest(ann), range_of(out, "queue")))
    assert caught.value.code == "host_rejected" and "nothing is overwritten" in caught.value.message
    assert (out / "shot.mov").read_bytes() == b"half a film"
    (out / "shot.mov").unlink()
    assert rendered(ann, out, "queue").path == str(out / "shot.mov")


def test_an_agent_that_is_killed_between_two_polls_is_missed_within_seconds(ann: Person) -> None:
    """75 s by its polls alone: none is held, so no connection breaks. Asking costs the agent nothing."""
    assert ann.server is not None
    with ann.server.client() as http, child() as process:
        agent = ScriptedAgent(http)
        agent.hello(hello_of(pid=process.pid))
        session = newest(ann)
        asked = ann.server.start(session.call("agent.ping", PingArgs()))
        agent.poll()
        waiting = ann.server.start(session.call("agent.ping", PingArgs()))
        began = time.monotonic()
        process.kill()
        process.wait()
        with pytest.raises(HostTimeoutError, match="has quit"):
            asked.result(PATIENCE)
        with pytest.raises(HostOfflineError, match="has quit"):
            waiting.result(PATIENCE)
        with pytest.raises(HostOfflineError) as caught:
            newest(ann)
        assert caught.value.message.startswith("No editor is connected. DaVinci Resolve 20.3.1 has quit")
        assert time.monotonic() - began < SOON and "Workspace > Scripts" in caught.value.hint
        hosts = http.get("/api/status").json()["hosts"]
        assert hosts == []


def child() -> subprocess.Popen[bytes]:
    """A process that stands for an agent's."""
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("agent", ["python", pytest.param("lua", marks=pytest.mark.slow)])
def test_an_idle_agent_that_is_killed_is_missed_within_seconds(agent: str, ann: Person) -> None:
    """kill -9, no good-bye: by its connection or its process, whichever tells first."""
    assert ann.server is not None
    emulator = ann.start_resolve(world(), "21.1 free" if agent == "lua" else "20.3", agent=agent)
    hub = ann.server.shell.hub
    assert len(ann.server.on_loop(hub.list)) == 1
    began = time.monotonic()
    emulator.process.kill()
    emulator.process.wait()
    ann.server.wait_until(lambda: not hub.list())
    assert time.monotonic() - began < SOON
    with pytest.raises(HostOfflineError, match="has quit"):
        newest(ann)


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
