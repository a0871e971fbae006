"""What somebody with little or nothing to show tries on a bridge: to fill it, to hold it up, to outlast their session.

Over real connections to the whole bridge. Each attack has its control beside it: the same thing done rightly works.
"""

from __future__ import annotations

import io
import json
import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from PIL import Image
from tests.support.people import browser, cookie_of, door_of, invited, owner_session
from tests.support.raw_http import WEBSOCKET_HEADERS, RawAnswer, exchange, read_answer, request_bytes
from tests.support.server import PATIENCE, RunningServer
from tests.support.whole_bridge import whole_bridge

from takebridge.store.blobs import BlobStore
from takebridge_server import heads
from takebridge_server.people.store import PeopleStore

Headers = list[tuple[str, str]]
MEGA = 1 << 20
BINARY = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with whole_bridge(tmp_path_factory.mktemp("attacked") / "home") as running:
        yield running


def host(bridge: RunningServer) -> Headers:
    return [("Host", f"127.0.0.1:{bridge.port}")]


def page(bridge: RunningServer, secret: str) -> Headers:
    return [*host(bridge), ("Origin", bridge.url), ("X-TakeBridge", "1"), ("Cookie", cookie_of(bridge, secret))]


def dial(bridge: RunningServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", bridge.port), timeout=PATIENCE)


def rest_of(connection: socket.socket) -> bytes:
    """Read until the server closes."""
    found = b""
    try:
        while chunk := connection.recv(1 << 16):
            found += chunk
    except ConnectionResetError:
        pass
    return found


# --- two bridges on one machine ---------------------------------------------------------------------------------


def test_two_bridges_of_one_machine_do_not_sign_each_other_out(
    bridge: RunningServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One browser, one host, two ports: its cookies go to both."""
    with whole_bridge(tmp_path_factory.mktemp("second") / "home") as second:
        with httpx.Client(timeout=PATIENCE, trust_env=False) as jar:
            for one in (bridge, second):
                key = door_of(one).keys.new("owner")
                headers = {"Origin": one.url, "X-TakeBridge": "1"}
                assert jar.post(f"{one.url}/api/session", json={"key": key}, headers=headers).status_code == 200
            for one in (bridge, second, bridge):
                assert jar.get(f"{one.url}/api/session").status_code == 200
            gone = jar.delete(f"{second.url}/api/session", headers={"Origin": second.url, "X-TakeBridge": "1"})
            assert gone.json() == {"signed_out": True}
            assert jar.get(f"{second.url}/api/session").status_code == 401
            assert jar.get(f"{bridge.url}/api/session").status_code == 200
        stolen = [*host(second), ("Cookie", cookie_of(second, owner_session(bridge)))]
        assert exchange(second.port, request_bytes("GET", "/api/session", stolen)).status == 401


def test_the_name_of_the_cookie_stays_over_restarts_and_is_in_the_document(bridge: RunningServer) -> None:
    invited(bridge, "viewer", "Somebody who is kept")
    later = PeopleStore(bridge.home)
    assert later.bridge_id() == door_of(bridge).store.bridge_id()
    assert door_of(bridge).cookie == f"takebridge_{later.bridge_id().removeprefix('bridge-')[:8]}"
    with bridge.client() as owner:
        assert owner.get("/api/session").json()["bridge"] == later.bridge_id()
    schemes = bridge.shell.openapi()["components"]["securitySchemes"]
    assert schemes["session"]["name"] == door_of(bridge).cookie


# --- filling the bridge -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["nobody", "viewer"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/session"),
        ("POST", "/api/session/invite"),
        ("POST", "/api/media/sign"),
        ("POST", "/api/jobs"),
        ("PUT", "/api/ledger/caps"),
    ],
)
def test_only_parts_of_uploads_are_binary(bridge: RunningServer, who: str, method: str, path: str) -> None:
    """Whatever else reads a body holds it in memory whole: of 8 GiB nothing would be left."""
    secret = invited(bridge, "viewer", f"Fills {path} with {method}")[1] if who == "viewer" else ""
    headers = [*page(bridge, secret), *BINARY.items(), ("Transfer-Encoding", "chunked")]
    with dial(bridge) as connection:
        connection.sendall(request_bytes(method, path, headers))
        answer = read_answer(connection)  # nothing of the body was sent: it need not come to be refused
    assert answer.status == (415 if who == "viewer" or path.startswith("/api/session") else 401), answer


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/session"), ("GET", "/"), ("GET", "/healthz")])
def test_who_is_not_signed_in_says_little(bridge: RunningServer, method: str, path: str) -> None:
    headers = [*host(bridge), ("Content-Type", "application/json"), ("Content-Length", str(MEGA))]
    assert exchange(bridge.port, request_bytes(method, path, headers)).status == 413
    small = json.dumps({"invite": "x" * 200, "name": "é" * 80}).encode()
    headers[-1] = ("Content-Length", str(len(small)))
    assert exchange(bridge.port, request_bytes(method, path, headers, small)).status in (200, 403)


def test_headers_that_never_end_are_cut(bridge: RunningServer) -> None:
    with dial(bridge) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        try:
            for number in range(4096):
                connection.sendall(b"X-%d: %s\r\n" % (number, b"a" * 1000))
        except (BrokenPipeError, ConnectionResetError):
            return  # closed before all was sent
        assert b" 431 " in rest_of(connection) or not rest_of(connection)
        pytest.fail("4 MB of headers were taken")


@pytest.mark.parametrize("zeros", [4000, 20_000])
def test_a_length_of_many_digits_is_no_fault_of_ours(bridge: RunningServer, zeros: int) -> None:
    headers = [*host(bridge), ("Content-Type", "application/json"), ("Content-Length", "0" * zeros + "2")]
    answer = exchange(bridge.port, request_bytes("POST", "/api/session", headers, b"{}"))
    assert answer.status in (400, 413, 422, 431), answer


# --- holding it up ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [b"", b"\r\n", b"POST /api/session HTTP/1.1\r\nHost: ", b"GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\nGET / HT"],
    ids=["nothing", "blank lines", "half a head", "half a second head"],
)
def test_who_never_finishes_asking_is_let_go(
    bridge: RunningServer, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(heads, "HEAD_SECONDS", 0.3)
    with dial(bridge) as connection:
        connection.sendall(said.replace(b"{host}", b"127.0.0.1:%d" % bridge.port))
        found = rest_of(connection)
    assert found.count(b"HTTP/1.1 200") == said.count(b"healthz")


def test_who_has_asked_may_wait_and_come_again(bridge: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: an answer that takes long, a body that comes late, a pause between two requests, a live socket."""
    monkeypatch.setattr(heads, "HEAD_SECONDS", 0.2)
    waiting = threading.Event()
    secret = owner_session(bridge)
    body = b'{"title": "Late"}'
    head = request_bytes(
        "POST",
        "/api/canvases",
        [*page(bridge, secret), ("Content-Type", "application/json"), ("Content-Length", str(len(body)))],
    )
    with dial(bridge) as connection, dial(bridge) as live:
        live.sendall(request_bytes("GET", "/live", [*page(bridge, secret), *WEBSOCKET_HEADERS]))
        assert read_answer(live).status == 101
        for _ in range(2):
            connection.sendall(head)
            waiting.wait(0.5)
            connection.sendall(body)
            assert read_answer(connection).status == 201
            waiting.wait(0.5)
        live.settimeout(0.5)
        while live.recv(1 << 16):  # b"" would be its end
            try:
                live.recv(1 << 16)
            except TimeoutError:
                return
        pytest.fail("the live socket was closed")


# --- outlasting a session ---------------------------------------------------------------------------------------


def test_an_upload_ends_with_the_session_that_sends_it(bridge: RunningServer) -> None:
    person, secret = invited(bridge, "editor", "Uploads on")
    made = io.BytesIO()
    Image.effect_noise((64, 64), 40).save(made, "PNG")
    data = made.getvalue() + bytes(8 * MEGA)
    with browser(bridge, secret=secret) as editor:
        upload = editor.post("/api/uploads", json={"name": "still.png", "bytes": len(data)}).json()["id"]
    headers = [*page(bridge, secret), *BINARY.items(), ("Content-Length", str(len(data)))]
    with dial(bridge) as connection, bridge.client() as owner:
        connection.sendall(request_bytes("PATCH", f"/api/uploads/{upload}?offset=0", headers))
        connection.sendall(data[:MEGA])
        door_of(bridge).remove(person)
        try:
            connection.sendall(data[MEGA:])
            read_answer(connection)
        except (BrokenPipeError, ConnectionResetError):
            pass
        held = owner.get(f"/api/uploads/{upload}").json()["offset"]
    assert held < len(data)


def test_a_download_ends_with_the_session_it_is_for(bridge: RunningServer) -> None:
    """What the two sockets hold has gone out; of the rest nothing follows."""
    person, secret = invited(bridge, "viewer", "Downloads on")
    size = 48 * MEGA
    stored = BlobStore(bridge.home / "media").add_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(size - 8), ".png").hash
    with browser(bridge, secret=secret) as viewer:
        url = viewer.post("/api/media/sign", json={"contents": [stored]}).json()["urls"][stored]["original"]
    with dial(bridge) as connection:
        connection.sendall(request_bytes("GET", url, [*host(bridge), ("Range", f"bytes=0-{size - 1}")]))
        assert b" 206 " in connection.recv(4096)
        door_of(bridge).remove(person)
        assert len(rest_of(connection)) < size - 16 * MEGA
    assert exchange(bridge.port, request_bytes("GET", url, host(bridge))).status == 403


def test_a_role_that_is_lowered_counts_from_the_next_request(bridge: RunningServer) -> None:
    person, secret = invited(bridge, "producer", "Falls")
    with browser(bridge, secret=secret) as fallen:
        assert fallen.get("/api/people/invites").status_code == 200
        door_of(bridge).change(person, name=None, role="reviewer")
        for method, path, body in (
            ("GET", "/api/people/invites", None),
            ("POST", "/api/canvases", {"title": "No"}),
            ("POST", "/api/uploads", {"name": "a.png", "bytes": 10}),
            ("PUT", "/api/ledger/caps", {}),
        ):
            assert fallen.request(method, path, json=body).json()["code"] == "not_allowed", path
        assert fallen.get("/api/session").json()["role"] == "reviewer"


# --- coming in twice --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["key", "invite"])
def test_a_link_raced_by_many_lets_one_in(bridge: RunningServer, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    door = door_of(bridge)
    monkeypatch.setattr(door.tries, "_clock", lambda: 5e6 if way == "key" else 6e6)  # a minute of its own
    _, link = door.invite("viewer", "", "Owner")
    invite, key = link.partition("#invite=")[2], door.keys.new("owner")
    start = threading.Barrier(8)

    def come(number: int) -> int:
        body: dict[str, Any] = {"key": key} if way == "key" else {"invite": invite, "name": f"Racer {number}"}
        with browser(bridge) as one:
            start.wait(PATIENCE)
            return one.post("/api/session", json=body).status_code

    with ThreadPoolExecutor(8) as racers:
        answers = sorted(racers.map(come, range(8)))
    assert answers == [200] + [403] * 7
    names = [one.name for one in door.store.people() if one.name.startswith("Racer")]
    assert len(names) == (1 if way == "invite" else len(names))


def test_a_socket_with_a_cookie_and_no_origin_does_not_open(bridge: RunningServer) -> None:
    headers = [*host(bridge), ("Cookie", cookie_of(bridge, owner_session(bridge))), *WEBSOCKET_HEADERS]
    answer: RawAnswer = exchange(bridge.port, request_bytes("GET", "/live", headers))
    assert answer.status == 403


# --- under another name, by another role ------------------------------------------------------------------------


def canvas_of(editor: httpx.Client) -> str:
    canvas = str(editor.post("/api/canvases", json={"title": "Smuggled"}).json()["canvas"]["id"])
    assert commit(editor, canvas, {"op": "add_node", "id": "words", "kind": "brief"}).status_code == 200
    return canvas


def commit(who: httpx.Client, canvas: str, *ops: dict[str, Any], **more: Any) -> httpx.Response:
    return who.post(f"/api/canvases/{canvas}/ops", json={"ops": ops, **more})


def test_a_take_is_not_slipped_in_under_another_name(bridge: RunningServer) -> None:
    """Pasted copies of a colleague's take stay the colleague's; what nobody made is of who brings it."""
    with (
        browser(bridge, secret=invited(bridge, "editor", "Forger")[1]) as forger,
        browser(bridge, secret=invited(bridge, "editor", "Colleague")[1]) as colleague,
    ):
        canvas = canvas_of(colleague)
        made = colleague.post(f"/api/canvases/{canvas}/nodes/words/text", json={"text": "A cap comes back."}).json()
        snapshot = forger.get(f"/api/canvases/{canvas}").json()["canvas"]
        node, take = snapshot["nodes"]["words"], snapshot["takes"][made["id"]]
        assert take["author"] == "Colleague"
        for name, author, outputs, shown in (
            ("copied", "Colleague", take["outputs"], "Colleague"),
            ("named", "Grace Hopper", take["outputs"], "Forger"),
        ):
            pasted = {**node, "id": name, "pin": None}
            brought = {**take, "id": f"take-{name}", "node_id": name, "author": author, "outputs": outputs}
            op = {"op": "insert_graph", "nodes": [pasted], "takes": [brought]}
            answer = commit(forger, canvas, op)
            assert answer.status_code == 200, answer.text
            now = forger.get(f"/api/canvases/{canvas}").json()["canvas"]["takes"][f"take-{name}"]
            assert now["author"] == shown


def test_undo_asks_about_the_edit_it_takes_back(bridge: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who may only review by now sends undo twice at once: the second is for an edit of the graph."""
    person, secret = invited(bridge, "editor", "Once an editor")
    with browser(bridge, secret=secret) as page:
        canvas = canvas_of(page)
        take = page.post(f"/api/canvases/{canvas}/nodes/words/text", json={"text": "A cap comes back."}).json()["id"]
        door_of(bridge).change(person, name=None, role="reviewer")
        assert commit(page, canvas, {"op": "rate_take", "take": take, "rating": "keep"}).status_code == 200
        with ThreadPoolExecutor(4) as both:
            undone = [both.submit(page.post, f"/api/canvases/{canvas}/undo", json={}) for _ in range(4)]
        assert sorted(one.result().status_code for one in undone) == [200, 403, 403, 403]
        left = page.get(f"/api/canvases/{canvas}").json()["canvas"]
    assert left["nodes"].keys() == {"words"} and left["takes"].keys() == {take}
    assert left["takes"][take].get("rating") is None


def test_words_that_do_harm_elsewhere_are_only_words_here(bridge: RunningServer) -> None:
    with (
        browser(bridge, secret=invited(bridge, "reviewer", "Writes")[1]) as writer,
        browser(bridge, secret=invited(bridge, "editor", "Corrects")[1]) as other,
    ):
        canvas = canvas_of(other)
        path = f"/api/canvases/{canvas}/comments"
        said = writer.post(path, json={"node": "words", "text": "<script>alert(1)</script>", "author": "Corrects"})
        assert (said.status_code, said.json()["author"]) == (201, "Writes")
        one = f"{path}/{said.json()['id']}"
        assert other.patch(one, json={"text": "No.", "author": "Writes"}).json()["code"] == "not_allowed"
        assert other.delete(one, params={"author": "Writes"}).json()["code"] == "not_allowed"
        assert writer.post(path, json={"node": "words", "text": "x" * 100_000}).status_code == 422
        assert [kept["text"] for kept in other.get(path).json()] == ["<script>alert(1)</script>"]
