"""The client's live events: one subscription over many connections, and a word whenever something was missed."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.server import PATIENCE, RunningServer, running_server
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

from takebridge.client.address import BridgeAddress
from takebridge.client.http import BridgeClient
from takebridge.client.live import Hello, Live, LiveEvent
from takebridge.client.presence import Editing, Presence
from takebridge.errors import NotFoundError
from takebridge.events import EventBus


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path / "home", bus=EventBus(history=400)) as running:
        yield running


@pytest.fixture
def client(server: RunningServer) -> Iterator[BridgeClient]:
    with BridgeClient(server.home) as found:
        yield found


def hello(live: Live) -> Hello:
    message = live.receive(PATIENCE)
    assert isinstance(message, Hello)
    return message


def event(live: Live) -> LiveEvent:
    message = live.receive(PATIENCE)
    assert isinstance(message, LiveEvent)
    return message


def publish(server: RunningServer, count: int, topic: str = "take.added") -> None:
    for _ in range(count):
        server.shell.bus.publish(topic, {"canvas": "a"})


def test_a_subscription_begins_with_a_hello_and_goes_on_with_events(
    server: RunningServer, client: BridgeClient
) -> None:
    publish(server, 2)
    with Live(client) as live:
        first = hello(live)
        assert (first.stream, first.seq, first.complete) == (server.shell.bus.stream, 2, True)
        publish(server, 1)
        assert event(live) == LiveEvent(seq=3, topic="take.added", data={"canvas": "a"})
        with pytest.raises(TimeoutError):
            live.receive(0)


def test_only_what_was_asked_for_arrives(server: RunningServer, client: BridgeClient) -> None:
    with Live(client, canvases=["a"], topics=["job", "presence"]) as live:
        hello(live)
        bus = server.shell.bus
        bus.publish("job.changed", {"canvas": "b"})
        bus.publish("canvas.changed", {"canvas": "a"})
        bus.publish("job.changed", {"canvas": "a"})
        assert event(live).seq == 3


def test_what_happened_during_a_cut_connection_is_heard_after_it(server: RunningServer, client: BridgeClient) -> None:
    with Live(client) as live:
        hello(live)
        publish(server, 3)
        assert [event(live).seq for _ in range(3)] == [1, 2, 3]
        live.drop()
        server.wait_until(lambda: not server.shell.bus._subscriptions)
        publish(server, 4)
        again = hello(live)
        assert (again.seq, again.complete) == (7, True)
        assert [event(live).seq for _ in range(4)] == [4, 5, 6, 7]


def test_a_connection_cut_in_the_middle_of_a_replay_continues_there(
    server: RunningServer, client: BridgeClient
) -> None:
    def cut() -> None:
        for connection in list(server.server.server_state.connections):
            connection.transport.abort()

    with Live(client) as live:
        hello(live)
        live.drop()
        server.wait_until(lambda: not server.shell.bus._subscriptions)
        for _ in range(200):
            server.shell.bus.publish("take.added", {"padding": "x" * 100_000})  # 20 MB: more than sockets hold
        hello(live)
        seen = [event(live).seq for _ in range(5)]
        server.on_loop(cut)
        hellos = 0
        while seen[-1] != 200:
            message = live.receive(PATIENCE)
            if isinstance(message, LiveEvent):
                seen.append(message.seq)
            else:
                assert message is not None and message.complete
                hellos += 1
        assert seen == list(range(1, 201))
        assert hellos == 1, "the cut came too late to be one"


def test_a_promised_replay_that_never_came_is_asked_for_again() -> None:
    """A hello says what will follow, not what has arrived: the place moves with the events alone."""
    asked: list[str] = []

    def talk(connection: ServerConnection) -> None:
        assert connection.request is not None
        asked.append(connection.request.path)
        first = len(asked) == 1
        greeting = {"type": "hello", "stream": "s", "seq": 3 if first else 200, "complete": True, "client": "c"}
        connection.send(json.dumps(greeting))
        if first:
            connection.send(json.dumps({"type": "event", "seq": 4, "topic": "x", "data": {}}))
            connection.send(json.dumps({"type": "something newer"}))

    with serve(talk, "127.0.0.1", 0, subprotocols=[Subprotocol("takebridge.v1")]) as endpoint:
        thread = threading.Thread(target=endpoint.serve_forever)
        thread.start()
        address = BridgeAddress(url=f"http://127.0.0.1:{endpoint.socket.getsockname()[1]}", token="a" * 64, pid=1)
        with BridgeClient.at(address) as client, Live(client) as live:
            assert [hello(live).seq, event(live).seq, hello(live).seq, hello(live).seq] == [3, 4, 200, 200]
        endpoint.shutdown()
        thread.join(PATIENCE)
    assert asked[:3] == ["/live", "/live?stream=s&since=4", "/live?stream=s&since=4"]


def test_a_client_that_was_too_slow_is_told_to_load_again_and_goes_on(
    server: RunningServer, client: BridgeClient
) -> None:
    with Live(client) as live:
        hello(live)
        server.on_loop(lambda: publish(server, 257))  # no sender runs in between: the queue of 256 overruns
        again = hello(live)
        assert (again.seq, again.complete) == (257, False)
        publish(server, 1)
        assert event(live).seq == 258


def test_a_restarted_bridge_is_found_and_its_numbers_are_not_mistaken(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with contextlib.ExitStack() as stack:
        with running_server(home) as first:
            client = stack.enter_context(BridgeClient(home))
            live = stack.enter_context(Live(client))
            hello(live)
            publish(first, 5)
            assert [event(live).seq for _ in range(5)] == [1, 2, 3, 4, 5]
        with running_server(home, bus=counted(9)) as second:  # past the old number: only the stream tells
            again = hello(live)
            assert (again.stream, again.seq, again.complete) == (second.shell.bus.stream, 9, False)
            publish(second, 1)
            assert event(live).seq == 10


def counted(events: int) -> EventBus:
    bus = EventBus()
    for _ in range(events):
        bus.publish("take.added", {})
    return bus


def test_a_bridge_that_stays_away_is_reported(tmp_path: Path) -> None:
    with running_server(tmp_path / "home") as server, BridgeClient(server.home) as client:
        live = Live(client, patience=0)
        live.__enter__()
        hello(live)
    with pytest.raises(NotFoundError) as caught:
        live.receive(PATIENCE)
    assert caught.value.hint


def test_without_a_bridge_a_subscription_does_not_begin() -> None:
    nobody = BridgeAddress(url="http://127.0.0.1:9", token="a" * 64, pid=1)
    with BridgeClient.at(nobody) as client, pytest.raises(NotFoundError), Live(client):
        pass


def test_closing_ends_the_iteration_of_another_thread(client: BridgeClient) -> None:
    with concurrent.futures.ThreadPoolExecutor(1) as pool, Live(client) as live:
        messages = pool.submit(list, live)
        live.close()
        assert all(isinstance(message, Hello) for message in messages.result(PATIENCE))
        assert live.receive() is None


def test_presence_is_said_again_after_every_cut(server: RunningServer, client: BridgeClient) -> None:
    here = Presence(canvas="a", name="Ada", cursor=(1, 2), editing=Editing(node="n", param="prompt"))
    with Live(client) as watching, Live(client) as live:
        hello(watching)
        live.say(here)
        name = hello(live).client
        shown = here.model_dump(mode="json", exclude={"type"})
        assert event(watching).data == {"client": name, **shown}
        live.drop()
        assert event(watching).topic == "presence.left"
        while not isinstance(live.receive(PATIENCE), Hello):
            pass
        again = event(watching)
        assert again.topic == "presence"
        assert again.data["client"] != name and {**again.data, "client": 0} == {"client": 0, **shown}


def test_a_refused_presence_is_kept_and_ends_nothing(server: RunningServer, client: BridgeClient) -> None:
    with Live(client) as live:
        hello(live)
        live.say(Presence.model_construct(canvas="", name="Ada"))
        publish(server, 1)
        event(live)
        while live.refused is None:
            with pytest.raises(TimeoutError):
                live.receive(0.05)
        assert live.refused.code == "usage" and live.refused.hint
