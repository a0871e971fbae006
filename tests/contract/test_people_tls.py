"""The second listener: people on other machines come in over TLS with a session of theirs; nothing else does."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.support.people import (
    PUBLIC_NAME,
    TlsBridge,
    certificate,
    cookie_of,
    door_of,
    invited,
    owner_session,
    tls_bridge,
)
from tests.support.raw_http import WEBSOCKET_HEADERS, RawAnswer, read_answer, request_bytes
from tests.support.server import PATIENCE
from websockets.sync.client import connect
from websockets.typing import Origin

from takebridge.errors import UsageError
from takebridge_server.listen import Outside, outside_of
from takebridge_server.outside import check_certificate, doorway_of, outside_listener
from takebridge_server.settings import load_settings

Headers = list[tuple[str, str]]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsBridge]:
    with tls_bridge(tmp_path_factory.mktemp("tls")) as running:
        yield running


def over_tls(tls: TlsBridge, method: str, path: str, headers: Headers, body: bytes = b"") -> RawAnswer:
    with (
        socket.create_connection(("127.0.0.1", tls.port), timeout=PATIENCE) as plain,
        tls.context.wrap_socket(plain, server_hostname=PUBLIC_NAME) as connection,
    ):
        connection.sendall(request_bytes(method, path, headers, body))
        return read_answer(connection, with_body=method != "HEAD")


def page(tls: TlsBridge, secret: str = "") -> Headers:
    headers = [("Host", f"{PUBLIC_NAME}:{tls.port}"), ("Origin", tls.origin), ("X-TakeBridge", "1")]
    return [*headers, ("Cookie", cookie_of(tls.running, secret))] if secret else headers


def test_an_invite_leads_there_and_its_cookie_is_for_tls_alone(tls: TlsBridge) -> None:
    with tls.running.client() as owner:
        link = owner.post("/api/people/invites", json={"role": "editor"}).json()["link"]
    address, _, invite = link.partition("/join#invite=")
    assert address == tls.origin
    with tls.client() as browser:
        answer = browser.post("/api/session", json={"invite": invite, "name": "Far away"})
        assert (answer.status_code, answer.json()["name"]) == (200, "Far away")
        flags = {flag.lower() for flag in answer.headers["set-cookie"].split("; ")[1:]}
        assert {"secure", "httponly", "samesite=strict"} <= flags
        secret = answer.headers["set-cookie"].partition(";")[0].partition("=")[2]
    with tls.client(secret) as browser:
        assert browser.get("/api/session").json()["role"] == "editor"
        assert browser.post("/api/canvases", json={"title": "From afar"}).status_code == 201


def test_the_bridges_token_does_not_count_there(tls: TlsBridge) -> None:
    token = [("Authorization", f"Bearer {tls.running.token}")]
    for method, path in (("GET", "/api/session"), ("GET", "/api/canvases"), ("POST", "/agent/hello")):
        body = b"{}" if method == "POST" else b""
        headers = [*page(tls), *token, ("Content-Type", "application/json")]
        assert over_tls(tls, method, path, headers, body).status == 401
    beside = [*page(tls, owner_session(tls.running)), *token]
    assert over_tls(tls, "GET", "/api/session", beside).status == 401
    protocols = [("Sec-WebSocket-Protocol", f"takebridge.v1, bearer.{tls.running.token}")]
    assert over_tls(tls, "GET", "/live", [*page(tls), *protocols, *WEBSOCKET_HEADERS]).status == 401
    with tls.running.client() as inside:
        assert inside.get("/api/session").status_code == 200  # the control: here it does


def test_agents_and_panels_are_for_the_machine_itself(tls: TlsBridge) -> None:
    secret = owner_session(tls.running)
    for headers in (page(tls)[:1], page(tls, secret)):
        assert over_tls(tls, "GET", "/panel", [*headers, *WEBSOCKET_HEADERS]).status == 403
    with tls.client(secret) as browser:
        for path in ("/agent/hello", "/agent/poll", "/agent/answer", "/api/session/key"):
            answer = browser.post(path, json={})
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), path


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("Host", "127.0.0.1:{inside}", 421),
        ("Host", "localhost:{port}", 421),
        ("Host", "evil.com:{port}", 421),
        ("Host", PUBLIC_NAME, 421),
        ("Origin", "http://{name}:{port}", 403),
        ("Origin", "http://127.0.0.1:{inside}", 403),
        ("Origin", "https://evil.com", 403),
        ("Origin", "null", 403),
        ("Origin", "https://127.0.0.1:{port}", 403),
        ("Cookie", "{cookie}=0", 401),
    ],
)
def test_it_answers_to_its_own_name_and_pages_only(tls: TlsBridge, name: str, value: str, status: int) -> None:
    secret = owner_session(tls.running)
    filled = value.format(inside=tls.running.port, port=tls.port, name=PUBLIC_NAME, cookie=door_of(tls.running).cookie)
    headers = [pair for pair in page(tls, secret) if pair[0] != name] + [(name, filled)]
    body = json.dumps({"name": "Mallory"}).encode()
    headers.append(("Content-Type", "application/json"))
    assert over_tls(tls, "PATCH", "/api/people/owner", headers, body).status == status


def test_the_address_is_a_name_of_its_own(tls: TlsBridge) -> None:
    secret = owner_session(tls.running)
    headers = [("Host", f"127.0.0.1:{tls.port}"), ("Cookie", cookie_of(tls.running, secret))]
    assert over_tls(tls, "GET", "/api/session", headers).status == 200


def test_the_listener_of_the_machine_does_not_take_its_names(tls: TlsBridge) -> None:
    answer = httpx.get(f"{tls.running.url}/healthz", headers={"Host": f"{PUBLIC_NAME}:{tls.port}"}, trust_env=False)
    assert answer.status_code == 421


def test_without_tls_it_says_nothing(tls: TlsBridge) -> None:
    with socket.create_connection(("127.0.0.1", tls.port), timeout=PATIENCE) as plain:
        plain.sendall(request_bytes("GET", "/healthz", [("Host", f"{PUBLIC_NAME}:{tls.port}")]))
        try:
            said = plain.recv(1024)
        except ConnectionResetError:
            said = b""
    assert b"HTTP" not in said


def test_old_tls_is_refused(tls: TlsBridge) -> None:
    old = ssl.create_default_context(cafile=None)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with (
        socket.create_connection(("127.0.0.1", tls.port), timeout=PATIENCE) as plain,
        old.wrap_socket(plain, server_hostname=PUBLIC_NAME) as connection,
    ):
        assert connection.version() == "TLSv1.2"  # the oldest there is


def test_live_events_come_over_tls(tls: TlsBridge) -> None:
    person, secret = invited(tls.running, "viewer", "Listens from afar")
    with (
        socket.create_connection(("127.0.0.1", tls.port), timeout=PATIENCE) as plain,
        connect(
            f"wss://{PUBLIC_NAME}:{tls.port}/live",
            sock=plain,
            ssl=tls.context,
            origin=Origin(tls.origin),
            additional_headers={"Cookie": cookie_of(tls.running, secret)},
            proxy=None,
            open_timeout=PATIENCE,
        ) as client,
    ):
        assert json.loads(client.recv(timeout=PATIENCE))["type"] == "hello"
    assert person.startswith("person-")


# --- starting it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listen", "cert", "key", "name", "said"),
    [
        ("192.168.1.20:8443", None, None, None, "needs TLS"),
        ("192.168.1.20:8443", "a.crt", None, None, "needs TLS"),
        ("192.168.1.20:8443", None, "a.key", "bridge.example.com", "needs TLS"),
        ("0.0.0.0:8443", "a.crt", "a.key", None, "every address"),
        ("[::]:8443", "a.crt", "a.key", None, "every address"),
        ("192.168.1.20", "a.crt", "a.key", None, "not an address and port"),
        ("192.168.1.20:99999", "a.crt", "a.key", None, "not an address and port"),
        ("bridge.example.com:8443", "a.crt", "a.key", None, "not an address and port"),
        (":8443", "a.crt", "a.key", None, "not an address and port"),
        ("192.168.1.20:8443", "a.crt", "a.key", "https://bridge.example.com", "not the name of a host"),
        ("192.168.1.20:8443", "a.crt", "a.key", "bridge.example.com:8443", "not the name of a host"),
        (None, "a.crt", "a.key", None, "nowhere to listen"),
        (None, None, None, "bridge.example.com", "nowhere to listen"),
    ],
)
def test_listening_elsewhere_needs_all_of_it(
    listen: str | None, cert: str | None, key: str | None, name: str | None, said: str
) -> None:
    paths = {"tls_cert": cert and Path("/tls", cert), "tls_key": key and Path("/tls", key)}
    with pytest.raises(UsageError, match=said) as caught:
        load_settings({"HOME": "/home/ada"}, listen=listen, public_name=name, **paths)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("listen", "name", "port", "hosts", "url"),
    [
        ("192.168.1.20:8443", None, 8443, {"192.168.1.20:8443"}, "https://192.168.1.20:8443"),
        (
            "192.168.1.20:8443",
            "Bridge.Example.com.",
            8443,
            {"192.168.1.20:8443", "bridge.example.com:8443"},
            "https://bridge.example.com:8443",
        ),
        ("0.0.0.0:443", "studio", 443, {"studio", "studio:443"}, "https://studio"),
        ("[fd00::20]:8443", None, 8443, {"[fd00::20]:8443"}, "https://[fd00::20]:8443"),
    ],
)
def test_what_it_answers_to(listen: str, name: str | None, port: int, hosts: set[str], url: str) -> None:
    outside = outside_of(listen, Path("/tls/a.crt"), Path("/tls/a.key"), name)
    assert outside is not None
    doorway = doorway_of(outside, port)
    assert set(doorway.hosts) == hosts
    assert (doorway.url, doorway.takes_token) == (url, False)
    assert doorway.origins == {f"https://{host}" for host in hosts}


def test_a_certificate_that_does_not_do_is_said_in_words(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    (tmp_path / "no.crt").write_text("not a certificate")
    other = tmp_path / "other"
    other.mkdir()
    for wrong, said in (
        (Outside("127.0.0.1", 0, tmp_path / "missing.crt", key), "cannot be read"),
        (Outside("127.0.0.1", 0, cert, tmp_path / "missing.key"), "cannot be read"),
        (Outside("127.0.0.1", 0, tmp_path / "no.crt", key), "do not work together"),
        (Outside("127.0.0.1", 0, cert, certificate(other)[1]), "do not work together"),
    ):
        with pytest.raises(UsageError, match=said):
            check_certificate(wrong)
    check_certificate(Outside("127.0.0.1", 0, cert, key))


def test_a_port_that_is_taken_is_said_in_words(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    with (
        outside_listener(Outside("127.0.0.1", 0, cert, key)) as first,
        pytest.raises(UsageError, match="cannot be used"),
    ):
        assert first is not None
        with outside_listener(Outside("127.0.0.1", first.getsockname()[1], cert, key)):
            pass
