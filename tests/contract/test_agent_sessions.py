"""Agent sessions over real HTTP: every way an op can go, and every way it can get lost."""

from __future__ import annotations

import concurrent.futures
import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.server import (
    PATIENCE,
    RunningServer,
    ScriptedAgent,
    hello_of,
    resolve_status,
    running_server,
)

from takebridge.errors import HostOfflineError, HostRejectedError, HostTimeoutError, UnsupportedOpError
from takebridge.events import EventBus
from takebridge.hosts.protocol import (
    OpAnswer,
    PingArgs,
    Poll,
    PollReply,
    SelectionArgs,
    StatusArgs,
    StopArgs,
    Verb,
    WireModel,
)
from takebridge_server.sessions import AgentHub


class TestClock:
    """A clock the test moves."""

    __test__ = False

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def server(tmp_path: Path, clock: TestClock) -> Iterator[RunningServer]:
    bus = EventBus()
    with running_server(tmp_path / "home", bus=bus, hub=AgentHub(bus, clock=clock, poll_seconds=20)) as running:
        yield running


@pytest.fixture
def agent(server: RunningServer) -> Iterator[ScriptedAgent]:
    with server.client() as client:
        scripted = ScriptedAgent(client)
        assert scripted.hello().status_code == 200
        yield scripted


def topics(server: RunningServer) -> list[tuple[str, str]]:
    subscription, _, complete = server.shell.bus.subscribe(lambda: None, since=0)
    assert complete
    return [(event.topic, str(event.data.get("reason", ""))) for event in subscription.drain()]


def ping(server: RunningServer, agent: ScriptedAgent, **options: int) -> concurrent.futures.Future[OpAnswer]:
    return server.start(server.shell.hub.get(agent.session).call("agent.ping", PingArgs(), **options))


def test_an_op_goes_out_and_its_answer_comes_back(server: RunningServer, agent: ScriptedAgent) -> None:
    call = ping(server, agent)
    op = agent.poll().op
    assert op is not None
    assert op.verb == "agent.ping"
    ack = agent.answer(op.id, result={"alive": True})
    assert ack.json() == {"known": True}
    assert call.result(PATIENCE).result == {"alive": True}


def test_a_held_poll_gets_an_op_asked_for_later(server: RunningServer, agent: ScriptedAgent) -> None:
    session = server.shell.hub.get(agent.session)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request(
        "POST",
        "/agent/poll",
        json.dumps({"session": agent.session}),
        {**server.auth, "Content-Type": "application/json"},
    )
    wait_until_held(server, agent)
    call = server.start(session.call("agent.ping", PingArgs()))
    op = json.loads(connection.getresponse().read())["op"]
    connection.close()
    agent.answer(op["id"])
    assert call.result(PATIENCE).outcome == "verified"


def wait_until_held(server: RunningServer, agent: ScriptedAgent) -> None:
    session = server.shell.hub.get(agent.session)
    server.wait_until(lambda: session._held is not None)


def test_one_op_at_a_time_in_the_order_asked(server: RunningServer, agent: ScriptedAgent) -> None:
    calls = [ping(server, agent) for _ in range(5)]
    order = []
    for _ in calls:
        op = agent.poll().op
        assert op is not None
        order.append(op.id)
        agent.answer(op.id)
    assert [call.result(PATIENCE).op_id for call in calls] == order


def test_a_lost_poll_reply_is_sent_again(server: RunningServer, agent: ScriptedAgent) -> None:
    call = ping(server, agent)
    first = agent.poll().op
    again = agent.poll(received="").op
    assert first is not None
    assert again == first
    agent.answer(first.id)
    assert call.result(PATIENCE).op_id == first.id


def test_an_op_being_executed_is_not_sent_again(server: RunningServer, agent: ScriptedAgent, clock: TestClock) -> None:
    call = ping(server, agent, timeout_seconds=600)
    op = agent.poll().op
    assert op is not None
    clock.now += 0.5
    heartbeat = server.start(poll_empty(server, agent, op.id))
    wait_until_held(server, agent)
    clock.now += 20
    assert heartbeat.result(PATIENCE).op is None
    agent.answer(op.id)
    assert call.result(PATIENCE).op_id == op.id


async def poll_empty(server: RunningServer, agent: ScriptedAgent, busy_with: str) -> PollReply:
    return await server.shell.hub.poll(Poll(session=agent.session, received=busy_with, busy_with=busy_with))


def test_a_poll_is_answered_empty_after_poll_seconds(
    server: RunningServer, agent: ScriptedAgent, clock: TestClock
) -> None:
    held = server.start(poll_empty(server, agent, ""))
    wait_until_held(server, agent)
    clock.now += 19.9
    server.on_loop(server.shell.hub.sweep)
    assert not held.done()
    clock.now += 0.2
    server.on_loop(server.shell.hub.sweep)
    assert held.result(PATIENCE).op is None


def test_a_client_that_hangs_up_leaves_the_op_for_the_next_poll(server: RunningServer, agent: ScriptedAgent) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    headers = {**server.auth, "Content-Type": "application/json"}
    connection.request("POST", "/agent/poll", json.dumps({"session": agent.session}), headers)
    wait_until_held(server, agent)
    connection.close()

    session = server.shell.hub.get(agent.session)
    server.wait_until(lambda: session._held is None)
    call = ping(server, agent)
    op = agent.poll().op
    assert op is not None
    agent.answer(op.id)
    assert call.result(PATIENCE).op_id == op.id


def test_an_answer_too_late_is_not_known_and_its_op_never_goes_out_again(
    server: RunningServer, agent: ScriptedAgent, clock: TestClock
) -> None:
    call = ping(server, agent, timeout_seconds=5)
    op = agent.poll().op
    assert op is not None
    clock.now += 5
    with pytest.raises(HostTimeoutError):
        call.result(PATIENCE)
    following = ping(server, agent)
    busy = server.start(poll_empty(server, agent, op.id))
    wait_until_held(server, agent)
    assert not busy.done(), "nothing goes out while the agent is still at the abandoned op"
    assert agent.answer(op.id).json() == {"known": False}
    handed = busy.result(PATIENCE).op
    assert handed is not None
    assert handed.id != op.id
    agent.answer(handed.id)
    assert following.result(PATIENCE).op_id == handed.id


def test_an_abandoned_op_whose_reply_was_lost_is_dropped(
    server: RunningServer, agent: ScriptedAgent, clock: TestClock
) -> None:
    call = ping(server, agent, timeout_seconds=5)
    assert agent.poll().op is not None
    clock.now += 5
    with pytest.raises(HostTimeoutError):
        call.result(PATIENCE)
    following = ping(server, agent)
    op = agent.poll(received="").op
    assert op is not None
    assert agent.seen[0] != op.id
    agent.answer(op.id)
    assert following.result(PATIENCE).op_id == op.id


def test_a_silent_agent_goes_offline_and_what_waited_fails_untouched(
    server: RunningServer, agent: ScriptedAgent, clock: TestClock
) -> None:
    call = ping(server, agent, timeout_seconds=600)
    clock.now += 50.1
    with pytest.raises(HostOfflineError):
        call.result(PATIENCE)
    with pytest.raises(HostOfflineError) as offline:
        server.on_loop(server.shell.hub.current)
    assert offline.value.hint
    assert topics(server) == [
        ("host.connected", ""),
        ("host.heartbeat-lost", ""),
        ("host.disconnected", "silent"),
    ]
    response = agent.post("poll", Poll(session=agent.session))
    assert (response.status_code, response.json()["code"]) == (409, "unknown_session")


def test_a_busy_agent_may_be_silent_until_its_op_times_out(
    server: RunningServer, agent: ScriptedAgent, clock: TestClock
) -> None:
    call = ping(server, agent, timeout_seconds=300)
    op = agent.poll().op
    assert op is not None
    clock.now += 200
    server.on_loop(server.shell.hub.sweep)
    assert server.on_loop(server.shell.hub.current).session == agent.session
    assert topics(server)[-1] == ("host.heartbeat-lost", "")
    clock.now += 100
    with pytest.raises(HostTimeoutError):
        call.result(PATIENCE)
    assert topics(server)[-1] == ("host.disconnected", "silent")


def test_a_second_hello_of_the_same_agent_replaces_the_first(server: RunningServer, agent: ScriptedAgent) -> None:
    taken = ping(server, agent)
    assert agent.poll().op is not None
    queued = ping(server, agent)
    old = agent.session
    assert agent.hello().status_code == 200
    assert agent.session != old
    with pytest.raises(HostTimeoutError):
        taken.result(PATIENCE)
    with pytest.raises(HostOfflineError):
        queued.result(PATIENCE)
    assert [session.session for session in server.on_loop(server.shell.hub.list)] == [agent.session]
    assert topics(server) == [("host.connected", ""), ("host.disconnected", "replaced"), ("host.connected", "")]


def test_another_process_gets_a_session_beside_the_first(server: RunningServer, agent: ScriptedAgent) -> None:
    first = agent.session
    agent.hello(hello_of(pid=1))
    assert [session.session for session in server.on_loop(server.shell.hub.list)] == [first, agent.session]
    assert server.on_loop(server.shell.hub.current).session == agent.session
    assert server.on_loop(lambda: server.shell.hub.get(first)).session == first


@pytest.mark.parametrize(
    ("verb", "args", "outcome", "fields"),
    [
        ("host.status", StatusArgs(), "verified", {"result": {"product": "Resolve"}}),
        ("host.status", StatusArgs(), "verified", {"result": {**resolve_status().model_dump(), "extra": 1}}),
        ("host.status", StatusArgs(), "verified", {}),
        ("agent.ping", PingArgs(), "not_applied", {}),
        ("agent.ping", PingArgs(), "verified", {"error": {"code": "host", "message": "no"}}),
    ],
)
def test_nonsense_never_reaches_the_caller(
    server: RunningServer, agent: ScriptedAgent, verb: Verb, args: WireModel, outcome: str, fields: dict[str, object]
) -> None:
    call = server.start(server.shell.hub.get(agent.session).call(verb, args))
    op = agent.poll().op
    assert op is not None
    assert agent.answer(op.id, outcome, **fields).json() == {"known": True}
    with pytest.raises(HostRejectedError) as rejected:
        call.result(PATIENCE)
    assert "nonsense" in rejected.value.message
    assert rejected.value.hint


def test_an_error_answer_is_the_callers_to_read(server: RunningServer, agent: ScriptedAgent) -> None:
    call = server.start(server.shell.hub.get(agent.session).call("host.status", StatusArgs()))
    op = agent.poll().op
    assert op is not None
    agent.answer(op.id, "not_applied", error={"code": "host_busy", "message": "A dialog is open."})
    answer = call.result(PATIENCE)
    assert (answer.outcome, answer.error.code) == ("not_applied", "host_busy")


def test_a_status_answer_updates_the_session(server: RunningServer, agent: ScriptedAgent) -> None:
    session = server.shell.hub.get(agent.session)
    call = server.start(session.call("host.status", StatusArgs()))
    op = agent.poll().op
    assert op is not None
    agent.answer(op.id, result=resolve_status(page="color").model_dump())
    call.result(PATIENCE)
    assert session.status.page == "color"


def test_what_was_not_offered_is_never_asked(server: RunningServer, agent: ScriptedAgent) -> None:
    agent.hello(hello_of(capabilities=["agent.ping", "selection.get"]))
    session = server.shell.hub.get(agent.session)
    for work in (
        session.call("host.status", StatusArgs()),
        session.call("selection.get", SelectionArgs(mode="selected")),
    ):
        with pytest.raises(UnsupportedOpError):
            server.start(work).result(PATIENCE)
    asked = server.start(session.call("selection.get", SelectionArgs(mode="playhead")))
    op = agent.poll().op
    assert op is not None
    assert op.args == {"mode": "playhead"}
    agent.answer(op.id, "not_applied", error={"code": "host", "message": "nothing there"})
    asked.result(PATIENCE)


def test_a_stopped_agent_is_gone_at_once(server: RunningServer, agent: ScriptedAgent) -> None:
    call = server.start(server.shell.hub.get(agent.session).call("agent.stop", StopArgs()))
    op = agent.poll().op
    assert op is not None
    agent.answer(op.id)
    assert call.result(PATIENCE).outcome == "verified"
    assert server.on_loop(server.shell.hub.list) == ()
    assert topics(server)[-1] == ("host.disconnected", "stopped")


@pytest.mark.parametrize("spoken", ["2.0", "0.9", "", "x" * 200])
def test_another_protocol_is_refused_even_when_its_hello_looks_different(server: RunningServer, spoken: str) -> None:
    with server.client() as client:
        response = client.post("/agent/hello", json={"protocol": spoken, "something": "else"})
    assert response.status_code == 426
    assert response.json()["code"] == "protocol_version"
    assert response.json()["hint"]


def test_an_answer_of_an_unknown_session_asks_for_a_new_hello(server: RunningServer, agent: ScriptedAgent) -> None:
    agent.session = "ses_gone"
    response = agent.answer("op_x")
    assert (response.status_code, response.json()["code"]) == (409, "unknown_session")


def test_stopping_the_server_ends_held_polls(tmp_path: Path) -> None:
    with running_server(tmp_path / "home") as server, server.client() as client:
        agent = ScriptedAgent(client)
        agent.hello()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        headers = {**server.auth, "Content-Type": "application/json"}
        connection.request("POST", "/agent/poll", json.dumps({"session": agent.session}), headers)
        wait_until_held(server, agent)
        server.server.should_exit = True
        response = connection.getresponse()
        assert (response.status, json.loads(response.read())) == (200, {"op": None})
        connection.close()
