"""Attacks on the bridge from web pages and other users, over raw sockets, on every route and the WebSocket.

Each attack is one request a browser or a local program could be made to send (server.md §4.2 and §4.3, lines 1,
2, 5, 6, 7 and 14). The routes are read from the server's own OpenAPI document, so a new route is attacked too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psutil
import pytest
from fastapi import Request, Response
from tests.support.raw_http import WEBSOCKET_HEADERS, RawAnswer, exchange, request_bytes
from tests.support.server import RunningServer, running_server
from tests.support.whole_bridge import whole_bridge

from takebridge_server.guard import Limits
from takebridge_server.shell import Shell

Headers = list[tuple[str, str]]
LIMITS = Limits(json_bytes=64 * 1024, binary_bytes=256 * 1024, json_depth=64)


def add_probes(shell: Shell) -> None:
    @shell.post("/probe/json")
    async def take_json(body: dict[str, object]) -> int:
        return len(body)

    @shell.patch("/api/uploads/probe")
    async def upload(request: Request) -> int:
        return sum([len(part) async for part in request.stream()])

    @shell.delete("/probe/thing")
    async def delete() -> str:
        return "deleted"

    @shell.get("/probe/picture/{kind}")
    async def picture(kind: str) -> Response:
        return Response("<x/>", media_type={"svg": "image/svg+xml", "html": "text/html"}[kind])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    home = tmp_path_factory.mktemp("bridge") / "home"
    with running_server(home, add=add_probes, limits=LIMITS) as running:
        yield running


@pytest.fixture(scope="module", params=["shell", "bridge"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Both the bare shell with probes and the whole bridge; for attacks, which reach neither."""
    if request.param == "shell":
        yield request.getfixturevalue("server")
    else:
        with whole_bridge(tmp_path_factory.mktemp("whole") / "home") as running:
            yield running


@dataclass(frozen=True)
class Route:
    method: str
    path: str


def routes_of(server: RunningServer) -> list[Route]:
    with server.client() as client:
        paths = client.get("/openapi.json").json()["paths"]
    return [
        Route(method.upper(), path.replace("{", "").replace("}", ""))
        for path, methods in paths.items()
        for method in methods
    ]


def good_headers(server: RunningServer) -> Headers:
    return [("Host", f"127.0.0.1:{server.port}"), ("Authorization", f"Bearer {server.token}")]


def send(server: RunningServer, route: Route, headers: Headers, *, target: str | None = None) -> RawAnswer:
    body = b"{}" if route.method in ("POST", "PUT", "PATCH") else b""
    if body and "content-type" not in {name.lower() for name, _ in headers}:
        headers = [*headers, ("Content-Type", "application/json")]
    return exchange(server.port, request_bytes(route.method, target or route.path, headers, body))


def shake_hands(server: RunningServer, headers: Headers, *, target: str = "/live") -> RawAnswer:
    return exchange(server.port, request_bytes("GET", target, [*headers, *WEBSOCKET_HEADERS]))


Attack = Callable[[RunningServer], Headers]


def changed(name: str, value: str) -> Attack:
    """The good request with one header replaced or added; ``{port}`` and ``{token}`` are filled in."""

    def build(server: RunningServer) -> Headers:
        kept = [pair for pair in good_headers(server) if pair[0] != name]
        return [*kept, (name, value.format(port=server.port, token=server.token))]

    return build


def without(name: str) -> Attack:
    return lambda server: [pair for pair in good_headers(server) if pair[0] != name]


def twice(name: str, value: str) -> Attack:
    return lambda server: [*good_headers(server), (name, value.format(port=server.port))]


ATTACKS: dict[str, tuple[Attack, int]] = {
    "no token": (without("Authorization"), 401),
    "empty token": (changed("Authorization", "Bearer "), 401),
    "wrong token of the right shape": (changed("Authorization", "Bearer " + "0" * 64), 401),
    "token cut short": (changed("Authorization", "Bearer {token:.63}"), 401),
    "token and more": (changed("Authorization", "Bearer {token}0"), 401),
    "token under another scheme": (changed("Authorization", "Basic {token}"), 401),
    "token with bytes beyond ASCII": (changed("Authorization", "Bearer \xff\xfe"), 401),
    "rebinding, bare name": (changed("Host", "evil.com"), 421),
    "rebinding, our port": (changed("Host", "evil.com:{port}"), 421),
    "rebinding, our name in front": (changed("Host", "127.0.0.1:{port}.evil.com"), 421),
    "all interfaces": (changed("Host", "0.0.0.0:{port}"), 421),
    "all interfaces, version 6": (changed("Host", "[::]:{port}"), 421),
    "dotted localhost": (changed("Host", "localhost.:{port}"), 421),
    "other loopback name": (changed("Host", "127.0.0.2:{port}"), 421),
    "address as a number": (changed("Host", "2130706433:{port}"), 421),
    "no port": (changed("Host", "127.0.0.1"), 421),
    "port of another server": (changed("Host", "127.0.0.1:1"), 421),
    "user in the host": (changed("Host", "127.0.0.1:{port}@evil.com"), 421),
    "empty host": (changed("Host", ""), 421),
    "no host": (without("Host"), 421),
    "two hosts": (twice("Host", "evil.com"), 400),
    "two tokens": (twice("Authorization", "Bearer 0"), 400),
    "two origins": (
        lambda server: [*changed("Origin", "http://127.0.0.1:{port}")(server), ("Origin", "https://evil.com")],
        400,
    ),
    "foreign origin": (changed("Origin", "https://evil.com"), 403),
    "foreign origin on our port": (changed("Origin", "http://evil.com:{port}"), 403),
    "null origin": (changed("Origin", "null"), 403),
    "empty origin": (changed("Origin", ""), 403),
    "page of another local server": (changed("Origin", "http://127.0.0.1:1"), 403),
    "our name over https": (changed("Origin", "https://127.0.0.1:{port}"), 403),
    "our name in front": (changed("Origin", "http://127.0.0.1:{port}.evil.com"), 403),
    "dotted origin": (changed("Origin", "http://localhost.:{port}"), 403),
    "file page": (changed("Origin", "file://"), 403),
    "cross-site request": (changed("Sec-Fetch-Site", "cross-site"), 403),
    "same-site request": (changed("Sec-Fetch-Site", "same-site"), 403),
}


def assert_sealed(answer: RawAnswer) -> None:
    """The headers every answer carries, and those none may."""
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'self'; frame-ancestors 'none'"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def assert_refused(answer: RawAnswer, status: int, what: object) -> None:
    assert answer.status == status, f"{what}: {answer}"
    assert_sealed(answer)
    body = json.loads(answer.body)
    assert set(body) == {"code", "message", "hint", "retryable", "details"}


SIGN_IN = (Route("POST", "/api/session"), Route("POST", "/api/session/invite"))


def test_the_matrix_reaches_what_spends_money_and_writes_files(target: RunningServer) -> None:
    """A document that lost its routes would make every attack below pass."""
    attacked = {f"{route.method} {route.path}" for route in routes_of(target)}
    if any(" /probe/" in name for name in attacked):
        assert {"POST /agent/hello", "POST /probe/json", "PATCH /api/uploads/probe", "DELETE /probe/thing"} <= attacked
    else:
        assert {"POST /api/jobs", "POST /api/fans", "PUT /api/ledger/caps", "POST /api/graphs/load"} <= attacked
        assert len(attacked) > 50


@pytest.mark.parametrize("name", ATTACKS)
def test_every_route_refuses(target: RunningServer, name: str) -> None:
    attack, status = ATTACKS[name]
    for route in routes_of(target):
        answer = send(target, route, attack(target))
        if status == 401 and route in SIGN_IN:
            assert answer.status == 422, "who signs in needs no token, but a key or an invite"
        elif status == 401 and route == Route("GET", "/healthz"):
            assert answer.status == 200
        else:
            assert_refused(answer, status, route)
    assert target.on_loop(target.shell.hub.list) == ()


@pytest.mark.parametrize("name", ATTACKS)
def test_the_websocket_refuses(target: RunningServer, name: str) -> None:
    attack, status = ATTACKS[name]
    answer = shake_hands(target, attack(target))
    if name == "two origins":  # refused by the handshake's own parser, before the guard
        assert answer.status == status
    else:
        assert_refused(answer, status, name)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Host", "localhost:{port}")],
        [("Host", "LOCALHOST:{port}")],
        [("Host", "[::1]:{port}")],
        [("Origin", "http://127.0.0.1:{port}")],
        [("Origin", "http://localhost:{port}")],
        [("Origin", "http://[::1]:{port}")],
        [("Sec-Fetch-Site", "same-origin")],
        [("Sec-Fetch-Site", "none")],
        [("Authorization", "bearer {token}")],
    ],
)
def test_the_owner_gets_in(server: RunningServer, headers: Headers) -> None:
    """The control of the matrix: the same requests without the attack are let in."""
    filled = [(name, value.format(port=server.port, token=server.token)) for name, value in headers]
    names = {name for name, _ in filled}
    complete = [*[pair for pair in good_headers(server) if pair[0] not in names], *filled]
    for route in routes_of(server):
        if route.path == "/probe/thing":
            complete = [*complete, ("X-TakeBridge", "1")]
        answer = send(server, route, complete)
        assert answer.status not in (400, 401, 403, 413, 415, 421), (route, answer)
        assert_sealed(answer)
    assert shake_hands(server, complete).status == 101


@pytest.mark.parametrize("url", ["{path}?token={token}", "{path}?access_token={token}", "{path}?{token}"])
def test_the_token_never_counts_in_the_url(target: RunningServer, url: str) -> None:
    headers = without("Authorization")(target)
    for route in routes_of(target):
        if route not in (Route("GET", "/healthz"), *SIGN_IN):
            filled = url.format(path=route.path, token=target.token)
            assert_refused(send(target, route, headers, target=filled), 401, route)
    assert_refused(shake_hands(target, headers, target=url.format(path="/live", token=target.token)), 401, "ws")


def test_an_empty_query_token_is_no_token(server: RunningServer) -> None:
    protocols = ("Sec-WebSocket-Protocol", "takebridge.v1, bearer.")
    assert_refused(shake_hands(server, [*without("Authorization")(server), protocols]), 401, "ws")


# --- writes ---------------------------------------------------------------------------------------------

FORMS = [
    [("Content-Type", "text/plain")],
    [("Content-Type", "text/plain;application/json")],
    [("Content-Type", "application/x-www-form-urlencoded")],
    [("Content-Type", "multipart/form-data; boundary=x")],
    [("Content-Type", "application/jsonp")],
    [("Content-Type", "")],
    [("Content-Type", "application/octet-stream")],
    [("Content-Type", "application/octet-stream"), ("X-TakeBridge", "0")],
    [("Content-Type", "text/plain"), ("X-TakeBridge", "1")],
]


@pytest.mark.parametrize("headers", FORMS)
def test_no_form_can_write(target: RunningServer, headers: Headers) -> None:
    writes = [route for route in routes_of(target) if route.method not in ("GET", "HEAD")]
    assert writes
    for route in writes:
        complete = [*good_headers(target), *headers]
        answer = exchange(target.port, request_bytes(route.method, route.path, complete, b"a=1"))
        assert_refused(answer, 415, route)


def test_a_write_without_body_needs_a_header_pages_cannot_send(server: RunningServer) -> None:
    bare = request_bytes("DELETE", "/probe/thing", good_headers(server))
    assert_refused(exchange(server.port, bare), 415, "bare")
    ours = request_bytes("DELETE", "/probe/thing", [*good_headers(server), ("X-TakeBridge", "1")])
    assert exchange(server.port, ours).status == 200


def test_a_preflight_gets_no_permission(target: RunningServer) -> None:
    for route in routes_of(target):
        headers = [
            ("Host", f"127.0.0.1:{target.port}"),
            ("Origin", "https://evil.com"),
            ("Access-Control-Request-Method", route.method),
        ]
        assert_refused(exchange(target.port, request_bytes("OPTIONS", route.path, headers)), 403, route)


def test_reading_changes_nothing(target: RunningServer) -> None:
    """Routes that change something cannot be reached by GET or HEAD, which answer about something else at most."""
    routes = routes_of(target)
    readable = {route.path for route in routes if route.method == "GET"}
    for route in routes:
        # Read, “sign” is the name of a stored file, of which there is none.
        if route.path not in readable and route.path != "/api/media/sign":
            for method in ("GET", "HEAD"):
                answer = exchange(target.port, request_bytes(method, route.path, good_headers(target)))
                assert answer.status == 405, route


# --- front page, public page, markup ---------------------------------------------------------------------


def test_only_a_navigation_may_come_across_sites_and_only_to_the_page(server: RunningServer) -> None:
    """The shell has no page, so what is let in finds nothing there."""
    across = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")]
    host = good_headers(server)[:1]
    framed = [*across[:2], ("Sec-Fetch-Dest", "iframe")]
    for page in ("/", "/c/canvas-1", "/people", "/join"):
        assert exchange(server.port, request_bytes("GET", page, [*host, *across])).status == 404, page
        assert exchange(server.port, request_bytes("GET", page, [*host, *framed])).status == 403, page
    for other in ("/assets/index.js", "/m/x/poster", "/api/canvases", "/openapi.json", "/joined", "/c"):
        assert exchange(server.port, request_bytes("GET", other, [*host, *across])).status == 403, other
    assert exchange(server.port, request_bytes("GET", "/healthz", [*host, *across])).status == 403
    assert exchange(server.port, request_bytes("POST", "/", [*host, *across])).status == 403


def test_healthz_says_nothing_but_ok(server: RunningServer) -> None:
    answer = exchange(server.port, request_bytes("GET", "/healthz", good_headers(server)[:1]))
    assert (answer.status, json.loads(answer.body)) == (200, {"ok": True})
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    "target", ["/healthz/", "//healthz", "/healthz/../openapi.json", "/HEALTHZ", "/healthz%2f", "/openapi.json"]
)
def test_nothing_beside_healthz_is_public(server: RunningServer, target: str) -> None:
    answer = exchange(server.port, request_bytes("GET", target, good_headers(server)[:1]))
    assert_refused(answer, 401, target)


def test_healthz_is_public_for_reading_only(server: RunningServer) -> None:
    for method in ("HEAD", "POST", "OPTIONS"):
        answer = exchange(server.port, request_bytes(method, "/healthz", good_headers(server)[:1]))
        assert answer.status == 401


@pytest.mark.parametrize("kind", ["svg", "html"])
def test_markup_is_a_download(server: RunningServer, kind: str) -> None:
    answer = exchange(server.port, request_bytes("GET", f"/probe/picture/{kind}", good_headers(server)))
    assert answer.status == 200
    assert answer.headers["content-disposition"] == "attachment"


def test_an_unknown_route_is_404_in_the_one_shape(server: RunningServer) -> None:
    answer = exchange(server.port, request_bytes("GET", "/nowhere", good_headers(server)))
    assert_refused(answer, 404, "/nowhere")


# --- bind and caps ---------------------------------------------------------------------------------------


def test_it_listens_on_the_loopback_interface_only(server: RunningServer) -> None:
    listening = [
        connection.laddr.ip
        for connection in psutil.Process().net_connections("inet")
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == server.port
    ]
    assert listening == ["127.0.0.1"]


def chunked(*parts: bytes) -> tuple[bytes, ...]:
    return (*(b"%x\r\n%s\r\n" % (len(part), part) for part in parts), b"0\r\n\r\n")


JSON = ("Content-Type", "application/json")
BINARY = [("Content-Type", "application/octet-stream"), ("X-TakeBridge", "1")]
CHUNKED = ("Transfer-Encoding", "chunked")


@pytest.mark.parametrize("length", [LIMITS.json_bytes + 1, 10**30])
def test_a_large_body_is_refused_before_it_is_sent(server: RunningServer, length: int) -> None:
    headers = [*good_headers(server), JSON, ("Content-Length", str(length))]
    answer = exchange(server.port, request_bytes("POST", "/probe/json", headers))
    assert answer.status in (400, 413), answer
    if length < 2**63:  # beyond that the HTTP parser itself refuses
        assert_refused(answer, 413, length)


def test_a_large_body_is_counted_while_it_streams(server: RunningServer) -> None:
    headers = [*good_headers(server), JSON, CHUNKED]
    parts = chunked(*[b" " * 4096] * (LIMITS.json_bytes // 4096 + 1))
    request = request_bytes("POST", "/probe/json", headers)
    assert_refused(exchange(server.port, request, body_parts=parts), 413, "json")
    upload = request_bytes("PATCH", "/api/uploads/probe", [*good_headers(server), *BINARY, CHUNKED])
    parts = chunked(*[b" " * 4096] * (LIMITS.binary_bytes // 4096 + 1))
    assert_refused(exchange(server.port, upload, body_parts=parts), 413, "upload")


def test_bodies_within_the_caps_arrive_whole(server: RunningServer) -> None:
    body = json.dumps({"a": "x" * (LIMITS.json_bytes - 10)}).encode().ljust(LIMITS.json_bytes)
    small = request_bytes("POST", "/probe/json", [*good_headers(server), JSON], body)
    assert exchange(server.port, small).body == b"1"
    upload = request_bytes("PATCH", "/api/uploads/probe", [*good_headers(server), *BINARY, CHUNKED])
    parts = chunked(*[b" " * 4096] * (LIMITS.binary_bytes // 4096))
    assert exchange(server.port, upload, body_parts=parts).body == str(LIMITS.binary_bytes).encode()


def nested(depth: int, *, inner: str = "1") -> bytes:
    return ('{"a":' + "[" * (depth - 1) + inner + "]" * (depth - 1) + "}").encode()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (nested(64), 200),
        (nested(65), 413),
        (b"[" * 30000, 413),
        (b'{"a":' * 10000, 413),
        (nested(65).decode().encode("utf-16"), 400),
        # As UTF-16 the ∀ holds the byte of a quotation mark, which hides the brackets from who reads bytes.
        (nested(65).decode().replace("a", "∀").encode("utf-16"), 400),
        (nested(3, inner=json.dumps("[" * 500 + '"\\')), 200),
        (b'{"a":' + b'"\\' * 20000, 422),
        (b'{"a": 1', 422),
        (b'{"a": [1}', 422),
        (b"not json", 422),
        (b"\xff\xfe", 422),
        (b"", 422),
    ],
)
def test_json_depth(server: RunningServer, body: bytes, status: int) -> None:
    answer = exchange(server.port, request_bytes("POST", "/probe/json", [*good_headers(server), JSON], body))
    assert answer.status == status, answer
    assert_sealed(answer)


def test_a_body_on_a_safe_method_is_capped_too(server: RunningServer) -> None:
    headers = [*good_headers(server), ("Content-Length", str(LIMITS.json_bytes + 1))]
    assert_refused(exchange(server.port, request_bytes("GET", "/openapi.json", headers)), 413, "GET")
