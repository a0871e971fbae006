"""A panel's session through its socket: hello, ops, live events, slow and frozen panels."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.panel_line import Bench, Panel, Probes, dial, panel_bench
from tests.support.server import PATIENCE, ScriptedAgent

from takebridge.errors import HostBusyError, HostOfflineError, HostTimeoutError, UnsupportedOpError
from takebridge.hosts.protocol import PROTOCOL_VERSION, PingArgs, StatusArgs, StopArgs
from takebridge_server.panel_door import Pace
from takebridge_server.sessions import HUNG_UP_SECONDS, POLL_SECONDS, SILENT_POLLS, AgentSession


@pytest.fixture
def probes() -> Probes:
    return Probes()


@pytest.fixture
def bench(tmp_path: Path, probes: Probes) -> Iterator[Bench]:
    with panel_bench(tmp_path / "home", add=probes.add) as made:
        yield made


@pytest.fixture
def panel(bench: Bench) -> Iterator[Panel]:
    with bench.paired() as made:
        yield made.hello()


def call(bench: Bench, verb: Any = "agent.ping", args: Any = None, **options: Any) -> Any:
    """Start an op of the current host on the server's loop; a future of the answer."""
    return bench.running.start(bench.hub.current().call(verb, args or PingArgs(), **options))


# --- the session ----------------------------------------------------------------------------------------


def test_an_op_goes_there_and_back(bench: Bench, panel: Panel) -> None:
    pending = call(bench)
    op = panel.hear("op")["op"]
    assert (op["verb"], op["args"], op["expect"]) == ("agent.ping", {}, None)
    assert panel.answer(op["id"], result={"said": "pong"})["known"] is True
    assert pending.result(PATIENCE).result == {"said": "pong"}
    assert panel.answer(op["id"])["known"] is False, "nobody waits any more"


def test_ops_go_one_at_a_time_in_order(bench: Bench, panel: Panel) -> None:
    first, second = call(bench), call(bench, "host.status", StatusArgs())
    op = panel.hear("op")["op"]
    assert panel.is_there()
    assert [one for one in panel.put_by if one["type"] == "op"] == [], "the second came before the first was answered"
    panel.answer(op["id"])
    follower = panel.hear("op")["op"]
    assert (op["verb"], follower["verb"]) == ("agent.ping", "host.status")
    error = {"code": "host_busy", "message": "A dialog is open."}
    panel.answer(follower["id"], "not_applied", error=error)
    assert first.result(PATIENCE).outcome == "verified"
    assert second.result(PATIENCE).error.message == "A dialog is open."


def test_another_major_version_is_refused_with_its_own_code(bench: Bench) -> None:
    with bench.paired() as panel:
        panel.say("hello", hello={"protocol": "2.0", "what": "is new there"})
        error = panel.hear("refused")["error"]
        assert panel.closed_with() == 4002
    assert error["code"] == "protocol_version"
    assert error["message"] == f"The agent speaks protocol 2.0, the server {PROTOCOL_VERSION}."
    assert bench.hub.list() == ()


def test_a_hello_that_is_none_is_said_in_words_and_may_be_said_better(bench: Bench) -> None:
    with bench.paired() as panel:
        panel.say("hello", hello={"protocol": "1.2"})
        assert "agent is missing" in panel.hear("error")["error"]["message"]
        panel.hello()
        assert bench.hub.current().session == panel.session
        panel.say("hello", hello={"protocol": "1.2"})
        assert "already" in panel.hear("error")["error"]["message"]


def test_a_verb_it_does_not_offer_is_never_sent(bench: Bench) -> None:
    with bench.paired() as panel:
        panel.hello(capabilities=["agent.ping"])
        with pytest.raises(UnsupportedOpError) as refused:
            call(bench, "host.status", StatusArgs()).result(PATIENCE)
        assert "resolve" not in refused.value.hint.lower()


def test_a_socket_cut_in_the_middle_of_an_op_leaves_its_outcome_unknown(bench: Bench, panel: Panel) -> None:
    taken, queued = call(bench), call(bench)
    panel.hear("op")
    panel.wire.socket.shutdown(socket.SHUT_RDWR)
    with pytest.raises(HostTimeoutError):
        taken.result(PATIENCE)
    with pytest.raises(HostOfflineError):
        queued.result(PATIENCE)
    bench.running.wait_until(lambda: bench.hub.list() == ())
    with pytest.raises(HostOfflineError) as gone:
        bench.running.on_loop(bench.hub.current)
    assert "Adobe Premiere 26.3.0 was closed" in gone.value.message
    assert "panel" in gone.value.hint and "Resolve" not in gone.value.hint


def test_a_frozen_panel_is_busy_and_nothing_is_sent_to_it_twice(tmp_path: Path) -> None:
    """Premiere shows a dialog for an hour: its socket stands, its JavaScript does not run."""
    now = [0.0]
    with panel_bench(tmp_path / "home", hub_clock=lambda: now[0]) as bench, bench.paired() as panel:
        panel.hello()
        first = call(bench)
        op = panel.hear("op")["op"]
        later = call(bench, timeout_seconds=1200)
        steps = int(SILENT_POLLS * POLL_SECONDS + HUNG_UP_SECONDS)
        for _ in range(3600 // steps + 1):
            now[0] += steps
            bench.running.on_loop(bench.hub.sweep)
        with pytest.raises(HostTimeoutError):
            first.result(PATIENCE)
        with pytest.raises(HostBusyError):
            later.result(PATIENCE)
        [session] = bench.hub.list()
        assert not session.silent() and not session.gone()
        following = call(bench)
        assert panel.is_there() and not [one for one in panel.put_by if one["type"] == "op"]
        assert panel.answer(op["id"])["known"] is False
        assert panel.answer(panel.hear("op")["op"]["id"])["known"] is True
        assert following.result(PATIENCE).outcome == "verified"


def test_an_answer_nobody_can_read_leaves_the_op_undecided(bench: Bench, panel: Panel) -> None:
    pending = call(bench)
    op = panel.hear("op")["op"]
    panel.say("answer", answer={"op_id": op["id"], "outcome": "marvellous"})
    assert "outcome" in panel.hear("error")["error"]["message"]
    assert panel.hear("ack")["known"] is True
    answer = pending.result(PATIENCE)
    assert (answer.outcome, answer.error.code) == ("committed_unverified", "agent_fault")
    following = call(bench)
    panel.answer(panel.hear("op")["op"]["id"])
    assert following.result(PATIENCE).outcome == "verified"


def test_answers_of_an_earlier_session_and_to_nothing_are_not_known(bench: Bench, panel: Panel) -> None:
    panel.say("answer", answer={"session": "ses_earlier", "op_id": "op_1", "outcome": "verified"})
    assert panel.hear("ack") == {"type": "ack", "op_id": "op_1", "known": False}
    panel.say("answer", answer={"outcome": "verified"})
    assert "op_id" in panel.hear("error")["error"]["message"]


def test_a_panel_asked_to_stop_is_let_go(bench: Bench, panel: Panel) -> None:
    pending = call(bench, "agent.stop", StopArgs())
    assert panel.answer(panel.hear("op")["op"]["id"])["known"] is True
    assert pending.result(PATIENCE).outcome == "verified"
    assert panel.closed_with() == 1000


def test_the_newest_connection_of_a_panel_is_the_one_that_counts(bench: Bench, panel: Panel) -> None:
    with bench.back(panel.token) as newer:
        newer.hello()
        assert panel.closed_with() == 4004
        assert [session.session for session in bench.hub.list()] == [newer.session]


def test_what_a_panel_tells_of_its_editor_is_known_and_announced(bench: Bench, panel: Panel) -> None:
    panel.say("follow", topics=["host"])
    assert panel.hear("live")["message"]["type"] == "hello"
    status = {"host": "premiere", "product": "Adobe Premiere", "version": "26.3.0", "edition": "unknown", "page": "two"}
    panel.say("status", status=status)
    event = panel.hear("live")["message"]
    assert (event["topic"], event["data"]["session"], event["data"]["page"]) == ("host.changed", panel.session, "two")
    assert bench.hub.current().status.page == "two"
    panel.say("status", status={**status, "host": "cinema"})
    assert "host" in panel.hear("error")["error"]["message"]
    assert bench.hub.current().status.page == "two"


def test_nothing_of_a_session_is_taken_before_hello(bench: Bench) -> None:
    with bench.paired() as panel:
        for kind, fields in (("status", {"status": {}}), ("answer", {"answer": {}})):
            panel.say(kind, **fields)
            assert "hello" in panel.hear("error")["error"]["message"]
        assert panel.ask("GET", "/api/probe/editor")["status"] == 503
        panel.say("auth", token=panel.token)
        assert "already" in panel.hear("error")["error"]["message"]


# --- live events ----------------------------------------------------------------------------------------


def test_live_events_come_as_the_live_socket_sends_them(bench: Bench, panel: Panel) -> None:
    bus = bench.running.shell.bus
    panel.say("follow", topics=["job"], canvases=["a"])
    hello = panel.hear("live")["message"]
    assert {"type", "stream", "seq", "complete", "client", "present"} == hello.keys()
    for topic, canvas in (("job.changed", "b"), ("jobs.x", "a"), ("job.changed", "a"), ("job.changed", None)):
        bus.publish(topic, {"canvas": canvas})
    seen = [panel.hear("live")["message"] for _ in range(2)]
    assert [one["data"]["canvas"] for one in seen] == ["a", None]
    bus.publish("job.changed", {"canvas": "a", "missed": True})
    panel.hear("live")
    panel.say("follow", topics=["job"], since=seen[-1]["seq"], stream=hello["stream"])
    assert panel.hear("live")["message"]["complete"] is True
    assert panel.hear("live")["message"]["data"]["missed"] is True
    panel.say("follow", since=1, stream="stream_of_another_run")
    assert panel.hear("live")["message"]["complete"] is False


def test_a_panel_that_falls_behind_starts_over_and_keeps_its_session(bench: Bench, panel: Panel) -> None:
    panel.say("follow", topics=["take"])
    panel.hear("live")

    def flood() -> None:
        for number in range(300):  # 256 may wait
            bench.running.shell.bus.publish("take.added", {"number": number})

    bench.running.on_loop(flood)
    again = panel.hear("live")["message"]
    assert (again["type"], again["complete"]) == ("hello", False)
    seq = bench.running.shell.bus.publish("take.added", {"number": 300}).seq
    assert (panel.hear("live")["message"]["seq"], again["seq"]) == (seq, seq - 1)
    assert [one.session for one in bench.hub.list()] == [panel.session]


@pytest.mark.parametrize(
    "asked", [{"topics": ["UPPER"]}, {"topics": "job"}, {"canvases": [""]}, {"since": -1}, {"since": 1.0}, {"what": 1}]
)
def test_a_wrong_wish_is_said_in_words(panel: Panel, asked: dict[str, Any]) -> None:
    panel.say("follow", **asked)
    assert panel.hear("error")["error"]["code"] == "usage"
    assert panel.is_there()


# --- ends ---


def test_a_panel_that_reads_nothing_is_cut_off_and_holds_up_nobody(tmp_path: Path, probes: Probes) -> None:
    with panel_bench(tmp_path / "home", pace=Pace(send=0.5), add=probes.add) as bench:
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.connect(("127.0.0.1", bench.running.port))
        stuck = dial(bench.running.port, sock=narrow, max_queue=1)
        stuck.say("pair", code=bench.code(), name="stuck")
        stuck.hear("paired")
        stuck.hello()
        pending = call(bench)
        stuck.hear("op")
        for number in range(8):
            stuck.say("request", id=number, method="GET", path="/api/probe/large?megabytes=8")
        with bench.paired("healthy") as healthy:
            healthy.hello()
            assert healthy.ask("GET", "/api/probe/picture")["status"] == 200
            with pytest.raises(HostTimeoutError):
                pending.result(PATIENCE)
            bench.running.wait_until(lambda: [one.session for one in bench.hub.list()] == [healthy.session])
            bench.running.wait_until(lambda: len(bench.running.server.server_state.connections) <= 2)
            assert healthy.is_there()
        narrow.close()


def test_a_stopping_bridge_says_so(tmp_path: Path) -> None:
    with panel_bench(tmp_path / "home") as bench:
        panel = bench.paired().hello()
        bench.running.server.should_exit = True
        assert panel.closed_with() in (1001, 1012)


def test_sessions_of_panels_are_told_from_those_that_poll(bench: Bench, panel: Panel) -> None:
    """Both say process 0: neither takes the other's place, and the panel is not looked for among the processes."""
    with bench.running.client() as client:
        agent = ScriptedAgent(client)
        with bench.paired("another") as another:
            another.hello()
            agent.hello()
            found: tuple[AgentSession, ...] = bench.hub.list()
            assert [one.panel for one in found] == [panel.id, another.id, ""]
