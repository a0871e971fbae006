"""Live events over a real WebSocket: order, resync, filters, presence, subprotocol, and a client that never reads."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.raw_http import WEBSOCKET_HEADERS, read_answer, request_bytes
from tests.support.server import PATIENCE, RunningServer, running_server
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from takebridge.events import EventBus


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path / "home", bus=EventBus(history=100)) as running:
        yield running


def listen(server: RunningServer, query: str = "", **options: Any) -> ClientConnection:
    return connect(
        f"ws://127.0.0.1:{server.port}/live{query}",
        subprotocols=["takebridge.v1", f"bearer.{server.token}"],
        compression=None,
        proxy=None,
        open_timeout=PATIENCE,
        **options,
    )


def next_message(client: ClientConnection) -> dict[str, Any]:
    return json.loads(client.recv(timeout=PATIENCE))


def hello_of(client: ClientConnection) -> dict[str, Any]:
    """The first message, which is always a hello."""
    hello = next_message(client)
    assert hello["type"] == "hello"
    return hello


def place(hello: dict[str, Any]) -> tuple[int, bool]:
    return hello["seq"], hello["complete"]


def test_the_token_travels_as_a_subprotocol_and_is_not_answered(server: RunningServer) -> None:
    with listen(server) as client:
        assert client.subprotocol == "takebridge.v1"
        assert server.token not in str(client.response.headers)
        hello = next_message(client)
    assert hello.pop("client")
    assert hello == {"type": "hello", "stream": server.shell.bus.stream, "seq": 0, "complete": True, "present": []}


def test_a_client_without_subprotocol_may_send_the_header(server: RunningServer) -> None:
    url = f"ws://127.0.0.1:{server.port}/live"
    with connect(url, additional_headers=server.auth, compression=None, proxy=None) as client:
        assert client.subprotocol is None
        assert next_message(client)["type"] == "hello"


def test_events_arrive_in_order_with_their_numbers(server: RunningServer) -> None:
    with listen(server) as client:
        next_message(client)
        for index in range(50):
            server.shell.bus.publish("take.added", {"index": index})
        messages = [next_message(client) for _ in range(50)]
    assert messages == [
        {"type": "event", "seq": index + 1, "topic": "take.added", "data": {"index": index}} for index in range(50)
    ]


def test_a_client_that_comes_back_gets_what_it_missed(server: RunningServer) -> None:
    for index in range(10):
        server.shell.bus.publish("take.added", {"index": index})
    with listen(server, f"?since=7&stream={server.shell.bus.stream}") as client:
        assert place(hello_of(client)) == (10, True)
        assert [next_message(client)["seq"] for _ in range(3)] == [8, 9, 10]


def test_a_client_away_too_long_is_told_to_load_a_snapshot(server: RunningServer) -> None:
    for index in range(150):
        server.shell.bus.publish("take.added", {"index": index})
    with listen(server, f"?since=7&stream={server.shell.bus.stream}") as client:
        assert place(hello_of(client)) == (150, False)


@pytest.mark.parametrize("stream", ["", "&stream=stream_of_the_bridge_before"])
def test_a_number_of_another_run_of_the_bridge_is_never_complete(server: RunningServer, stream: str) -> None:
    for index in range(10):
        server.shell.bus.publish("take.added", {"index": index})
    with listen(server, f"?since=7{stream}") as client:
        assert place(hello_of(client)) == (10, False)
        server.shell.bus.publish("take.added", {})
        assert next_message(client)["seq"] == 11


def test_a_client_of_one_canvas_is_not_sent_the_others(server: RunningServer) -> None:
    with listen(server, "?canvas=a&canvas=b&topics=canvas&topics=job") as client:
        hello_of(client)
        bus = server.shell.bus
        for topic, canvas in [("canvas.changed", "a"), ("canvas.changed", "c"), ("pull.progress", "a")]:
            bus.publish(topic, {"canvas": canvas})
        bus.publish("job.changed", {"canvas": "b"})
        assert [next_message(client)["seq"] for _ in range(2)] == [1, 4]


@pytest.mark.parametrize(
    "query",
    [
        "?since=-1",
        "?since=x",
        "?since=1.5",
        "?topics=Job",
        "?topics=",
        "?canvas=",
        f"?canvas={'c' * 81}",
        f"?stream={'s' * 81}",
        "?" + "&".join(["topics=job"] * 65),
    ],
)
def test_a_senseless_question_is_refused(server: RunningServer, query: str) -> None:
    with pytest.raises(InvalidStatus) as refused, listen(server, query):
        pass
    assert refused.value.response.status_code == 403


def test_an_unknown_socket_is_refused(server: RunningServer) -> None:
    url = f"ws://127.0.0.1:{server.port}/nowhere"
    options = {"additional_headers": server.auth, "compression": None, "proxy": None}
    with pytest.raises(InvalidStatus), connect(url, **options):
        pass


def test_a_burst_too_large_for_the_queue_closes_with_try_again(server: RunningServer) -> None:
    with listen(server) as client:
        next_message(client)

        def burst() -> None:  # on the server's loop: no sender runs in between
            for index in range(257):
                server.shell.bus.publish("take.added", {"index": index})

        server.on_loop(burst)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                client.recv(timeout=PATIENCE)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1013


def test_progress_is_coalesced_instead_of_overrunning(server: RunningServer) -> None:
    with listen(server) as client:
        next_message(client)

        def burst() -> None:
            for done in range(1000):
                server.shell.bus.publish("job.progress", {"done": done}, coalesce="job_1")

        server.on_loop(burst)
        assert next_message(client)["data"] == {"done": 999}


def test_a_message_too_large_closes_the_connection(server: RunningServer) -> None:
    with listen(server) as client:
        next_message(client)
        with pytest.raises(ConnectionClosed) as closed:
            client.send("x" * (2**20 + 1))
            client.recv(timeout=PATIENCE)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


def test_a_client_that_leaves_is_forgotten(server: RunningServer) -> None:
    with listen(server) as client:
        next_message(client)
        assert len(server.shell.bus._subscriptions) == 1
    server.wait_until(lambda: not server.shell.bus._subscriptions)


# --- presence -----------------------------------------------------------------------------------------------


def say(client: ClientConnection, canvas: str = "a", **facts: Any) -> None:
    client.send(json.dumps({"type": "presence", "canvas": canvas, **facts}))


def test_presence_reaches_the_others_and_whoever_comes_later(server: RunningServer) -> None:
    facts = {
        "name": "Ada",
        "cursor": [-3, 40],
        "selection": ["node_1", "node_2"],
        "editing": {"node": "node_1", "param": "prompt"},
    }
    with listen(server) as ada, listen(server) as bob:
        name = hello_of(ada)["client"]
        hello_of(bob)
        say(ada, **facts)
        heard = next_message(bob)
        assert heard == {
            "type": "event",
            "seq": 1,
            "topic": "presence",
            "data": {"client": name, "canvas": "a", **facts},
        }
        with listen(server) as late:
            assert hello_of(late)["present"] == [heard["data"]]


def test_a_client_that_goes_is_taken_off_the_board(server: RunningServer) -> None:
    with listen(server) as bob:
        hello_of(bob)
        with listen(server) as ada:
            name = hello_of(ada)["client"]
            say(ada)
            assert next_message(bob)["topic"] == "presence"
        left = next_message(bob)
        assert (left["topic"], left["data"]) == ("presence.left", {"client": name, "canvas": "a"})
        with listen(server) as late:
            assert hello_of(late)["present"] == []


def test_going_to_another_canvas_is_leaving_the_first(server: RunningServer) -> None:
    with listen(server, "?canvas=a") as stays, listen(server) as goes:
        hello_of(stays)
        name = hello_of(goes)["client"]
        say(goes, "a")
        assert next_message(stays)["topic"] == "presence"
        say(goes, "b")
        left = next_message(stays)
        assert (left["topic"], left["data"]["canvas"]) == ("presence.left", "a")
        server.wait_until(lambda: server.shell.bus._seq == 3)
        with listen(server, "?canvas=b") as late:
            assert [found["client"] for found in hello_of(late)["present"]] == [name]
        with listen(server, "?canvas=a") as late:
            assert hello_of(late)["present"] == []


def test_presence_is_never_replayed(server: RunningServer) -> None:
    bus = server.shell.bus
    with listen(server) as ada:
        hello_of(ada)
        say(ada, cursor=[1, 1])
        assert next_message(ada)["topic"] == "presence"
    server.wait_until(lambda: bus._seq == 2)  # presence, presence.left
    bus.publish("take.added", {})
    with listen(server, f"?since=0&stream={bus.stream}") as late:
        assert place(hello_of(late)) == (3, True)
        assert next_message(late)["seq"] == 3


def test_the_same_place_again_is_not_announced_again(server: RunningServer) -> None:
    with listen(server) as ada:
        hello_of(ada)
        say(ada, cursor=[1, 1])
        assert next_message(ada)["seq"] == 1
        for _ in range(3):
            say(ada, cursor=[1, 1])
        say(ada, cursor=[2, 2])
        moved = next_message(ada)
        assert (moved["seq"], moved["data"]["cursor"]) == (2, [2, 2])


NODES = [f"node_{number}" for number in range(501)]


@pytest.mark.parametrize(
    "message",
    [
        "hello?",
        b"\x00\xff",
        "[]",
        "null",
        '{"type": "presence"}',
        '{"type": "absence", "canvas": "a"}',
        '{"type": "presence", "canvas": ""}',
        '{"type": "presence", "canvas": "a", "colour": "red"}',
        '{"type": "presence", "canvas": "a", "cursor": [1.5, 2]}',
        '{"type": "presence", "canvas": "a", "cursor": [true, 2]}',
        '{"type": "presence", "canvas": "a", "cursor": [1]}',
        '{"type": "presence", "canvas": "a", "cursor": [NaN, 2]}',
        '{"type": "presence", "canvas": "a", "cursor": [2147483648, 2]}',
        json.dumps({"type": "presence", "canvas": "a", "name": "n" * 81}),
        json.dumps({"type": "presence", "canvas": "a", "selection": NODES}),
        json.dumps({"type": "presence", "canvas": "a", "selection": ["n" * 81]}),
        '{"type": "presence", "canvas": "a", "editing": {"node": "n"}}',
        "[" * 60_000,
        "x" * 70_000,
    ],
    ids=lambda message: repr(message[:60]),
)
def test_a_bad_message_gets_one_error_and_changes_nothing(server: RunningServer, message: str | bytes) -> None:
    with listen(server) as client:
        hello_of(client)
        client.send(message)
        error = next_message(client)
        assert (error["type"], error["code"]) == ("error", "usage")
        assert error["message"] and error["hint"]
        assert len(json.dumps(error)) < 1000, "what was sent is not echoed"
        server.shell.bus.publish("take.added", {})
        assert next_message(client)["seq"] == 1
        say(client, selection=NODES[:500])
        assert next_message(client)["data"]["selection"] == NODES[:500]


def test_a_flood_of_presence_is_thinned_out_and_ends_at_the_last_place(server: RunningServer) -> None:
    """2,000 messages at once: the allowance passes, the newest of the rest follows, nothing piles up."""
    with listen(server) as client, listen(server) as other:
        hello_of(client)
        hello_of(other)
        for number in range(2000):
            say(client, cursor=[number, 0])
        seen = []
        while not seen or seen[-1] != 1999:
            seen.append(next_message(other)["data"]["cursor"][0])
    assert seen == sorted(seen)
    assert server.shell.bus._seq < 1000, "every message was announced"


# --- a client that never reads --------------------------------------------------------------------------

BATCH = 50
MOST_BATCHES = 60
PADDING = "x" * 8000


class HealthyClient:
    """Reads everything in a thread and says how far it is."""

    def __init__(self, server: RunningServer) -> None:
        self.seen: list[int] = []
        self.progress = threading.Condition()
        self._stack = contextlib.ExitStack()
        self._connection = self._stack.enter_context(listen(server, max_queue=None))
        next_message(self._connection)
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        try:
            for message in self._connection:
                with self.progress:
                    self.seen.append(json.loads(message)["seq"])
                    self.progress.notify()
        except ConnectionClosed:
            pass

    def wait_for(self, seq: int) -> None:
        with self.progress:
            assert self.progress.wait_for(lambda: self.seen and self.seen[-1] >= seq, PATIENCE)

    def close(self) -> None:
        self._stack.close()
        self._thread.join(PATIENCE)


def never_reading(server: RunningServer) -> socket.socket:
    stuck = socket.socket()
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stuck.settimeout(PATIENCE)
    stuck.connect(("127.0.0.1", server.port))
    headers = [("Host", f"127.0.0.1:{server.port}"), *server.auth.items(), *WEBSOCKET_HEADERS]
    stuck.sendall(request_bytes("GET", "/live", headers))
    assert read_answer(stuck).status == 101
    return stuck


def drained_to_its_end(stuck: socket.socket) -> int:
    """Read until the server's end is closed; returns the bytes."""
    size = 0
    try:
        while chunk := stuck.recv(65536):
            size += len(chunk)
    except ConnectionResetError:
        pass
    return size


def test_a_client_that_never_reads_is_cut_off_and_holds_up_nobody(server: RunningServer) -> None:
    """Work is bounded: batches go out only as fast as the healthy clients read, and at most 60 of them."""
    stuck = never_reading(server)
    healthy = [HealthyClient(server) for _ in range(3)]
    bus = server.shell.bus
    batches = 0
    while len(bus._subscriptions) > len(healthy):
        assert batches < MOST_BATCHES, "the stuck client was never cut off"
        last = [bus.publish("take.added", {"padding": PADDING}).seq for _ in range(BATCH)][-1]
        for client in healthy:
            client.wait_for(last)
        batches += 1
    for client in healthy:
        client.close()
        assert client.seen == list(range(1, batches * BATCH + 1))
    # Given up although the client has read nothing yet.
    server.wait_until(lambda: not server.server.server_state.connections)
    assert drained_to_its_end(stuck) < batches * BATCH * len(PADDING)
    stuck.close()
