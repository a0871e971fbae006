"""The listener for other machines under a crowd: one address never takes all the room, this machine's stays open."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.people import PUBLIC_NAME, TlsBridge, cookie_of, invited, owner_session, tls_bridge
from tests.support.raw_http import RawAnswer, read_answer, request_bytes
from tests.support.server import PATIENCE
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from takebridge_server.api import live
from takebridge_server.doorkeeper import Doorkeeper, address_of, fitting
from takebridge_server.listen import Room

ROOM = Room(of_address=6, told=2, altogether=9, shaking=2, handshake_seconds=1.0, turn_seconds=PATIENCE)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsBridge]:
    with tls_bridge(tmp_path_factory.mktemp("crowd"), ROOM) as running:
        yield running


def dialled(tls: TlsBridge) -> socket.socket:
    return socket.create_connection(("127.0.0.1", tls.port), timeout=PATIENCE)


def secured(tls: TlsBridge, plain: socket.socket) -> ssl.SSLSocket:
    return tls.context.wrap_socket(plain, server_hostname=PUBLIC_NAME)


def asked(tls: TlsBridge, connection: socket.socket) -> RawAnswer:
    connection.sendall(request_bytes("GET", "/healthz", [("Host", f"{PUBLIC_NAME}:{tls.port}")]))
    return read_answer(connection)


def is_closed(connection: socket.socket) -> bool:
    """Wait for the other end to hang up without a word."""
    try:
        return connection.recv(1) == b""
    except (ConnectionResetError, ssl.SSLEOFError):
        return True


def keeper_of(tls: TlsBridge) -> Doorkeeper:
    outside = tls.running.server._outside
    assert outside is not None and outside[0].keeper is not None
    return outside[0].keeper


def empty(tls: TlsBridge) -> None:
    """Wait until the listener has nobody."""
    tls.running.wait_until(lambda: keeper_of(tls).count() == 0)


def test_beyond_its_room_an_address_is_told_so_and_then_not_let_in(tls: TlsBridge) -> None:
    empty(tls)
    with contextlib.ExitStack() as open_ones:
        for _ in range(ROOM.of_address):
            one = open_ones.enter_context(secured(tls, dialled(tls)))
            assert asked(tls, one).status == 200
        for number in range(ROOM.told):
            told = secured(tls, dialled(tls))
            open_ones.enter_context(told)
            if number == 0:
                continue  # it says nothing, and keeps its place
            answer = asked(tls, told)
            assert (answer.status, answer.headers["retry-after"]) == (429, "5")
            said = json.loads(answer.body)
            assert (said["code"], said["retryable"]) == ("too_many_requests", True)
            assert "Too many connections" in said["message"] and said["hint"]
            assert is_closed(told)
            told.close()
            tls.running.wait_until(lambda: keeper_of(tls).count() == ROOM.of_address + 1)
        again = open_ones.enter_context(secured(tls, dialled(tls)))
        refused = open_ones.enter_context(dialled(tls))
        assert is_closed(refused)
        with tls.running.client() as inside:
            assert inside.get("/api/session").status_code == 200  # this machine has its own door
        again.close()
    empty(tls)
    with secured(tls, dialled(tls)) as one:
        assert asked(tls, one).status == 200  # whoever leaves makes room


def test_who_shakes_hands_slowly_is_let_go_and_others_get_their_turn(tls: TlsBridge) -> None:
    """More connections than turns begin TLS and say no more; somebody who means it comes in behind them."""
    empty(tls)
    with contextlib.ExitStack() as slow:
        crowd = [slow.enter_context(dialled(tls)) for _ in range(ROOM.shaking + 1)]
        for one in crowd:
            one.sendall(b"\x16\x03\x01\x02\x00\x01\x00")  # the beginning of a hello
        with secured(tls, dialled(tls)) as person:
            assert asked(tls, person).status == 200
        assert all(is_closed(one) for one in crowd)


def test_a_hello_that_drips_is_given_so_long(tls: TlsBridge) -> None:
    empty(tls)
    with dialled(tls) as one, contextlib.suppress(BrokenPipeError, ConnectionResetError):
        one.settimeout(0.2)
        for byte in b"\x16\x03\x01\x02\x00\x01\x00" + b"\x00" * 200:
            one.sendall(bytes([byte]))
            with contextlib.suppress(TimeoutError):
                assert one.recv(1) == b""
                break
        else:
            pytest.fail("the handshake went on for ever")


def test_what_comes_with_the_end_of_the_handshake_is_heard(tls: TlsBridge) -> None:
    """A client may send its request in the flight that ends the handshake."""
    empty(tls)
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = tls.context.wrap_bio(coming, going, server_hostname=PUBLIC_NAME)
    with dialled(tls) as plain:
        while True:
            try:
                client.do_handshake()
                break
            except ssl.SSLWantReadError:
                plain.sendall(going.read())
                coming.write(plain.recv(65536))
        client.write(request_bytes("GET", "/healthz", [("Host", f"{PUBLIC_NAME}:{tls.port}")]))
        plain.sendall(going.read())  # the last words of the handshake and the request, in one piece
        heard = b""
        while b"true" not in heard:
            got = plain.recv(65536)
            assert got, heard
            coming.write(got)
            with contextlib.suppress(ssl.SSLWantReadError):
                while True:  # one read gives one record, and one piece may hold several
                    heard += client.read(65536)
    assert heard.startswith(b"HTTP/1.1 200")


def test_one_browser_listens_so_often(tls: TlsBridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_EARS", 2)
    empty(tls)
    _, secret = invited(tls.running, "viewer", "Many tabs")

    def listening() -> ClientConnection:
        return connect(
            f"wss://{PUBLIC_NAME}:{tls.port}/live",
            sock=dialled(tls),
            ssl=tls.context,
            origin=Origin(tls.origin),
            additional_headers={"Cookie": cookie_of(tls.running, secret)},
            proxy=None,
            open_timeout=PATIENCE,
        )

    with listening() as first, listening() as second:
        for one in (first, second):
            assert json.loads(one.recv(timeout=PATIENCE))["type"] == "hello"
        with listening() as third, pytest.raises(ConnectionClosedError) as closed:
            third.recv(timeout=PATIENCE)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, "pages" in closed.value.rcvd.reason) == (1013, True)
    with contextlib.ExitStack() as tabs:  # on this machine nobody counts
        secret = owner_session(tls.running)
        for _ in range(3):
            tab = connect(
                f"ws://127.0.0.1:{tls.running.port}/live",
                origin=Origin(tls.running.url),
                additional_headers={"Cookie": cookie_of(tls.running, secret)},
                subprotocols=[Subprotocol("takebridge.v1")],
                proxy=None,
            )
            assert json.loads(tabs.enter_context(tab).recv(timeout=PATIENCE))["type"] == "hello"


@pytest.mark.parametrize(
    ("host", "whose"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_whose_an_address_is(host: str, whose: str) -> None:
    assert address_of(host) == whose


def test_the_machine_keeps_files_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    limits = (256, 256)
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    assert 0 < fitting(Room()).altogether <= 128
    limits = (100_000, 100_000)
    assert fitting(Room()).altogether == Room().altogether


def test_stopping_does_not_wait_for_who_has_not_come_in(tmp_path: Path) -> None:
    with contextlib.ExitStack() as after:
        with tls_bridge(tmp_path, Room(handshake_seconds=3600, turn_seconds=3600)) as running:
            one = after.enter_context(dialled(running))
            one.sendall(b"\x16\x03\x01")
            running.running.wait_until(lambda: keeper_of(running).knocking)
        assert is_closed(one)
