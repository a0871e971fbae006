"""The client's calls: errors come back as what they are, and nothing that may have arrived is sent twice."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.server import PATIENCE, RunningServer, running_server

from takebridge.client.address import BridgeAddress
from takebridge.client.http import BridgeClient, is_away
from takebridge.errors import BridgeError, NotFoundError, PreconditionError, UsageError
from takebridge_server.shell import Shell


def routes(shell: Shell) -> None:
    @shell.get("/there")
    def there() -> dict[str, bool]:
        return {"there": True}

    @shell.api_route("/echo", methods=["POST", "PUT"])
    def echo(body: dict[str, int]) -> dict[str, int]:
        return body

    @shell.delete("/gone", status_code=204)
    def gone() -> None:
        return None

    @shell.get("/queried")
    def queried(word: str = "none", many: str = "") -> list[str]:
        return [word, many]

    @shell.get("/moved-on")
    def moved_on() -> None:
        raise PreconditionError("Somebody pinned another take.", hint="Look again.", node="node_7", rev=3)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path / "home", add=routes) as running:
        yield running


@pytest.fixture
def client(server: RunningServer) -> Iterator[BridgeClient]:
    with BridgeClient(server.home) as found:
        yield found


def test_json_goes_there_and_back(client: BridgeClient) -> None:
    assert client.get("/there") == {"there": True}
    assert client.post("/echo", {"a": 1}) == client.put("/echo", {"a": 1}) == {"a": 1}
    assert client.delete("/gone") is None
    assert client.get("/queried", word="a b&c", many=None) == ["a b&c", ""]


def test_an_error_of_the_bridge_is_raised_as_what_it_is(client: BridgeClient) -> None:
    with pytest.raises(PreconditionError) as caught:
        client.get("/moved-on")
    error = caught.value
    assert (error.message, error.hint) == ("Somebody pinned another take.", "Look again.")
    assert error.details == {"node": "node_7", "rev": 3}
    assert not is_away(error)


def test_what_is_no_error_of_the_tree_keeps_its_words(client: BridgeClient) -> None:
    with pytest.raises(UsageError) as caught:
        client.get("/nowhere")
    assert caught.value.message == "Not Found"
    with pytest.raises(UsageError) as caught:
        client.post("/echo", {"a": "x"})
    assert "body" in str(caught.value.details) or "a" in caught.value.message


def test_an_address_without_a_bridge_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        BridgeClient(tmp_path)
    assert "takebridge serve" in caught.value.hint
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    address = BridgeAddress(url=f"http://127.0.0.1:{port}", token="a" * 64, pid=1)
    with BridgeClient.at(address) as client, pytest.raises(NotFoundError) as caught:
        client.get("/there")
    assert is_away(caught.value) and "takebridge serve" in caught.value.hint


def test_a_restarted_bridge_is_found_again_for_what_may_be_repeated(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running_server(home, add=routes):
        clients = [BridgeClient(home) for _ in range(4)]
        assert clients[0].get("/there") == {"there": True}  # with a connection kept open to the first bridge
    getting, posting, repeating, fixed = clients[0], clients[1], clients[2], BridgeClient.at(clients[3].address)
    with running_server(home, add=routes) as second:
        assert getting.get("/there") == {"there": True}
        assert getting.address == second.address
        with pytest.raises(NotFoundError):
            posting.post("/echo", {"a": 1})
        assert repeating.post("/echo", {"a": 1}, repeatable=True) == {"a": 1}
        with pytest.raises(NotFoundError):
            fixed.get("/there")
    for client in (*clients, fixed):
        client.close()


def test_an_earlier_token_is_replaced_by_the_one_in_the_file(server: RunningServer, client: BridgeClient) -> None:
    stale = server.address.model_copy(update={"token": "f" * 64})
    client.address = stale
    with pytest.raises(UsageError) as caught:
        client.post("/echo", {"a": 1})
    assert caught.value.message
    client.address = stale
    assert client.get("/there") == {"there": True}
    with BridgeClient.at(stale) as fixed, pytest.raises(UsageError):
        fixed.get("/there")


def hanging_up(listener: socket.socket, seen: list[bytes]) -> None:
    """Take every request and hang up without a word."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            seen.append(connection.recv(65536))


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.get("/there"),
        lambda client: client.put("/echo", {"a": 1}),
        lambda client: client.post("/echo", {"a": 1}, repeatable=True),
    ],
    ids=["get", "put", "post"],
)
def test_a_request_that_may_have_arrived_is_sent_once(
    server: RunningServer, client: BridgeClient, call: Callable[[BridgeClient], object]
) -> None:
    """Another bridge would answer, and even so: nobody knows what the silent one did."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        silent = BridgeAddress(url=f"http://127.0.0.1:{listener.getsockname()[1]}", token="a" * 64, pid=1)
        client.address = silent
        thread = threading.Thread(target=hanging_up, args=(listener, seen))
        thread.start()
        try:
            with pytest.raises(BridgeError) as caught:
                call(client)
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE)
    assert is_away(caught.value)
    assert len(seen) == 1
    assert client.address == silent
