"""People at the guard: cookies, one-time links and invites, over real requests to the whole bridge.

The attacks are those a page of another origin, another program of the machine or somebody with an old link can make.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx
import pytest
from tests.support.people import browser, cookie_of, door_of, invited, owner_session
from tests.support.raw_http import WEBSOCKET_HEADERS, RawAnswer, exchange, request_bytes
from tests.support.server import RunningServer
from tests.support.whole_bridge import whole_bridge

Headers = list[tuple[str, str]]


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with whole_bridge(tmp_path_factory.mktemp("people") / "home") as running:
        yield running


@pytest.fixture(scope="module")
def cookie(bridge: RunningServer) -> str:
    return owner_session(bridge)


def key_of(bridge: RunningServer) -> str:
    """A fresh key, asked for as `takebridge open` does."""
    with bridge.client() as client:
        made = client.post("/api/session/key", json={}).json()
    link, _, key = made["link"].partition("#key=")
    assert (link, made["seconds"]) == (f"{bridge.url}/", 600)
    return str(key)


def page_headers(bridge: RunningServer, cookie: str) -> Headers:
    """What a page of ours sends."""
    return [
        ("Host", f"127.0.0.1:{bridge.port}"),
        ("Origin", bridge.url),
        ("X-TakeBridge", "1"),
        ("Cookie", cookie_of(bridge, cookie)),
        ("Content-Type", "application/json"),
    ]


def changed(headers: Headers, name: str, value: str | None) -> Headers:
    kept = [pair for pair in headers if pair[0] != name]
    return kept if value is None else [*kept, (name, value)]


def send(bridge: RunningServer, method: str, path: str, headers: Headers, body: object = None) -> RawAnswer:
    data = b"" if body is None else json.dumps(body).encode()
    return exchange(bridge.port, request_bytes(method, path, headers, data))


# --- signing in ---------------------------------------------------------------------------------------------


def test_a_key_signs_the_owner_in_once(bridge: RunningServer) -> None:
    key = key_of(bridge)
    with browser(bridge) as page:
        first = page.post("/api/session", json={"key": key})
        assert first.status_code == 200
        assert (first.json()["id"], first.json()["role"]) == ("owner", "owner")
        flags = first.headers["set-cookie"].split("; ")
        assert re.match(r"takebridge_[0-9a-f]{8}=", flags[0]) and len(flags[0]) > 40
        assert {flag.lower() for flag in flags[1:]} == {"httponly", "samesite=strict", "path=/", "max-age=2592000"}
        again = page.get("/api/session")
        assert again.json() == first.json()
        assert again.headers["set-cookie"].partition(";")[0] == flags[0]  # and lives on
    with browser(bridge) as other:
        second = other.post("/api/session", json={"key": key})
    assert (second.status_code, second.json()["code"]) == (403, "sign_in")
    assert "set-cookie" not in second.headers


def test_an_invite_signs_somebody_in_under_their_name(bridge: RunningServer, cookie: str) -> None:
    with browser(bridge, secret=cookie) as owner:
        made = owner.post("/api/people/invites", json={"role": "reviewer", "note": "the agency"}).json()
        assert (made["role"], made["note"]) == ("reviewer", "the agency")
        assert made["link"].startswith(f"{bridge.url}/join#invite=")
        waiting = owner.get("/api/people/invites").json()
        assert [one["link"] for one in waiting if one["id"] == made["id"]] == [""]
        invite = made["link"].partition("#invite=")[2]
        with browser(bridge) as page:
            me = page.post("/api/session", json={"invite": invite, "name": "  Margaret   Hamilton "}).json()
            assert (me["name"], me["role"]) == ("Margaret Hamilton", "reviewer")
            assert page.get("/api/session").json()["id"] == me["id"]
            refused = page.post("/api/session", json={"invite": invite, "name": "Eve"})
            assert (refused.status_code, refused.json()["code"]) == (403, "sign_in")
        known = {one["name"]: one for one in owner.get("/api/people").json()}
    assert known["Margaret Hamilton"]["sessions"][0]["device"] == "Firefox on Linux"
    assert made["id"] not in {one["id"] for one in waiting if one["role"] == "owner"}


def test_an_invite_says_what_it_is_for_until_it_is_used(bridge: RunningServer, cookie: str) -> None:
    with browser(bridge, secret=cookie) as owner:
        host = owner.get("/api/session").json()["name"]
        made = owner.post("/api/people/invites", json={"role": "editor", "note": "for nobody's eyes"}).json()
    invite = made["link"].partition("#invite=")[2]
    with browser(bridge) as page:
        for _ in range(2):
            seen = page.post("/api/session/invite", json={"invite": invite})
            assert seen.status_code == 200
            assert seen.json() == {"by": host, "role": "editor", "expires_at": made["expires_at"]}
            assert "set-cookie" not in seen.headers
        assert page.get("/api/session").status_code == 401  # a look lets nobody in
        assert page.post("/api/session", json={"invite": invite, "name": "Hedy"}).status_code == 200
        spent = page.post("/api/session/invite", json={"invite": invite})
        assert (spent.status_code, spent.json()["code"]) == (403, "sign_in")
        for body in ({}, {"invite": ""}, {"invite": "x" * 201}, {"invite": "a", "name": "b"}, []):
            assert page.post("/api/session/invite", json=body).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"key": ""},
        {"key": None},
        {"key": "a", "invite": "b", "name": "c"},
        {"invite": "a"},
        {"key": "a", "name": "b"},
        {"invite": "a", "name": "\u202eadA"},
        {"invite": "a", "name": " "},
        {"key": ["a"]},
        {"key": "x" * 201},
        {"key": "a", "role": "owner"},
        [],
    ],
)
def test_what_is_no_way_to_sign_in_is_refused_before_it_counts_as_a_try(bridge: RunningServer, body: object) -> None:
    with browser(bridge) as page:
        answer = page.post("/api/session", json=body)
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers


def test_signing_in_keeps_the_rules_of_the_guard(bridge: RunningServer) -> None:
    key = key_of(bridge)
    good = page_headers(bridge, "")
    body = {"key": key}
    assert send(bridge, "POST", "/api/session", changed(good, "Origin", "https://evil.com"), body).status == 403
    assert send(bridge, "POST", "/api/session", changed(good, "Origin", "null"), body).status == 403
    assert send(bridge, "POST", "/api/session", changed(good, "Host", "evil.com"), body).status == 421
    assert send(bridge, "POST", "/api/session", [*good, ("Sec-Fetch-Site", "cross-site")], body).status == 403
    form = changed(changed(good, "Content-Type", "text/plain"), "X-TakeBridge", None)
    assert send(bridge, "POST", "/api/session", form, body).status == 415
    assert send(bridge, "POST", "/api/session", good, body).status == 200  # none of that has spent it
    look = {"invite": "a guess"}
    for name, value in (("Origin", "https://evil.com"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")):
        assert send(bridge, "POST", "/api/session/invite", changed(good, name, value), look).status == 403
    assert send(bridge, "POST", "/api/session/invite", changed(good, "Host", "evil.com"), look).status == 421
    assert send(bridge, "POST", "/api/session/invite", form, look).status == 415


def test_guessing_ends_after_ten_tries(bridge: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = door_of(bridge).tries
    monkeypatch.setattr(tries, "_clock", lambda: 1_000_000.0)  # a minute of its own
    key = key_of(bridge)
    with browser(bridge) as page:
        answers = [page.post("/api/session", json={"key": f"guess {number}"}) for number in range(10)]
        assert {answer.status_code for answer in answers} == {403}
        late = page.post("/api/session", json={"key": key})
        assert (late.status_code, late.json()["code"], late.json()["retryable"]) == (429, "too_many_tries", True)
        monkeypatch.setattr(tries, "_clock", lambda: 1_000_060.0)
        assert page.post("/api/session", json={"key": key}).status_code == 200


def test_looking_at_invites_is_guessing_too(bridge: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = door_of(bridge).tries
    monkeypatch.setattr(tries, "_clock", lambda: 2_000_000.0)  # a minute of its own
    with browser(bridge) as page:
        guesses = [page.post("/api/session/invite", json={"invite": f"guess {number}"}) for number in range(10)]
        assert {answer.json()["code"] for answer in guesses} == {"sign_in"}
        for late in (
            page.post("/api/session/invite", json={"invite": "one more"}),
            page.post("/api/session", json={"key": key_of(bridge)}),
        ):
            assert (late.status_code, late.json()["code"]) == (429, "too_many_tries")
        monkeypatch.setattr(tries, "_clock", lambda: 2_000_060.0)


def test_only_the_bridges_own_token_makes_the_owners_key(bridge: RunningServer, cookie: str) -> None:
    for secret in (cookie, invited(bridge, "producer", "Keymaker")[1]):
        with browser(bridge, secret=secret) as page:
            answer = page.post("/api/session/key", json={})
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


# --- cookies ------------------------------------------------------------------------------------------------

FORGED = {
    "foreign origin": ("Origin", "https://evil.com"),
    "null origin": ("Origin", "null"),
    "no origin": ("Origin", None),
    "another name of ours": ("Origin", "http://localhost:{port}"),
    "our name over https": ("Origin", "https://127.0.0.1:{port}"),
    "another port": ("Origin", "http://127.0.0.1:1"),
    "no header of ours": ("X-TakeBridge", None),
    "another header": ("X-TakeBridge", "true"),
    "cross-site": ("Sec-Fetch-Site", "cross-site"),
    "same-site": ("Sec-Fetch-Site", "same-site"),
}


def wanting(bridge: RunningServer, name: str, headers: Headers) -> Headers:
    header, value = FORGED[name]
    return changed(headers, header, value and value.format(port=bridge.port))


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_request_with_the_cookie_changes_nothing(bridge: RunningServer, cookie: str, name: str) -> None:
    headers = wanting(bridge, name, page_headers(bridge, cookie))
    before = door_of(bridge).store.person("owner").name
    for method, path, body in (
        ("PATCH", "/api/people/owner", {"name": "Mallory"}),
        ("POST", "/api/canvases", {"title": "Forged"}),
        ("DELETE", "/api/session", None),
    ):
        answer = send(bridge, method, path, headers, body)
        assert answer.status == 403, (name, method, path, answer)
        assert json.loads(answer.body)["code"] == "forbidden"
    assert door_of(bridge).store.person("owner").name == before
    assert door_of(bridge).signed(cookie)


@pytest.mark.parametrize("name", [name for name in FORGED if "header" not in name])
def test_a_forged_websocket_with_the_cookie_does_not_open(bridge: RunningServer, cookie: str, name: str) -> None:
    headers = wanting(bridge, name, [*page_headers(bridge, cookie)[:2], ("Cookie", cookie_of(bridge, cookie))])
    answer = exchange(bridge.port, request_bytes("GET", "/live", [*headers, *WEBSOCKET_HEADERS]))
    assert answer.status == 403, answer


def test_the_page_itself_gets_in(bridge: RunningServer, cookie: str) -> None:
    """The control of the two above."""
    headers = page_headers(bridge, cookie)
    assert send(bridge, "POST", "/api/canvases", headers, {"title": "Ours"}).status == 201
    opened = request_bytes("GET", "/live", [*headers[:2], headers[3], *WEBSOCKET_HEADERS])
    assert exchange(bridge.port, opened).status == 101


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "{name}=",
        "{name}=0",
        "{name}={sha}",
        "other={cookie}",
        "takebridge={cookie}",
        "{name}0={cookie}",
        "{other_case}={cookie}",
        "{name}={cookie}0",
    ],
)
def test_what_is_no_session_is_nobody(bridge: RunningServer, cookie: str, sent: str) -> None:
    kept = (bridge.home / "people.json").read_text("utf-8")
    sha, name = json.loads(kept)["sessions"][0]["secret_sha256"], door_of(bridge).cookie
    headers = changed(
        page_headers(bridge, cookie), "Cookie", sent.format(cookie=cookie, sha=sha, name=name, other_case=name.title())
    )
    assert send(bridge, "GET", "/api/canvases", headers).status == 401


def test_a_cookie_beside_a_wrong_token_does_not_count(bridge: RunningServer, cookie: str) -> None:
    headers = [*page_headers(bridge, cookie), ("Authorization", "Bearer " + "0" * 64)]
    assert send(bridge, "GET", "/api/canvases", headers).status == 401


def test_a_cookie_another_server_has_set_does_not_shut_ours_out(bridge: RunningServer, cookie: str) -> None:
    name = door_of(bridge).cookie
    headers = changed(page_headers(bridge, cookie), "Cookie", f"{name}=tossed; a=b; {name}={cookie}")
    assert send(bridge, "GET", "/api/canvases", headers).status == 200


def test_signing_out_ends_the_session(bridge: RunningServer) -> None:
    secret = owner_session(bridge)
    with browser(bridge, secret=secret) as page:
        answer = page.delete("/api/session")
        assert (answer.status_code, answer.json()) == (200, {"signed_out": True})
        assert (
            f'{door_of(bridge).cookie}=""' in answer.headers["set-cookie"]
            and "Max-Age=0" in answer.headers["set-cookie"]
        )
    with browser(bridge, secret=secret) as page:
        assert page.get("/api/session").status_code == 401


# --- the page -----------------------------------------------------------------------------------------------


def test_the_page_needs_nobody_and_the_rest_somebody(bridge: RunningServer) -> None:
    host = [("Host", f"127.0.0.1:{bridge.port}")]
    for path in ("/", "/c/canvas-1", "/people", "/join"):
        for method in ("GET", "HEAD"):
            assert send(bridge, method, path, host).status not in (401, 403), path
        assert send(bridge, "POST", path, [*host, ("Content-Type", "application/json")], {}).status == 401
    for path in ("/api/session", "/api/people", "/openapi.json", "/live", "/peoples", "/c", "/API/session"):
        assert send(bridge, "GET", path, host).status == 401, path


def test_an_answer_that_is_no_page_keeps_the_strict_policy(bridge: RunningServer, cookie: str) -> None:
    answer = send(bridge, "GET", "/api/session", page_headers(bridge, cookie))
    assert answer.headers["content-security-policy"] == "default-src 'self'; frame-ancestors 'none'"
    page = send(bridge, "GET", "/", [("Host", f"127.0.0.1:{bridge.port}")])
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "content-disposition" not in page.headers


def test_the_token_is_the_owner(bridge: RunningServer) -> None:
    with bridge.client() as client:
        me = client.get("/api/session")
    assert (me.json()["id"], me.json()["role"]) == ("owner", "owner")
    assert "set-cookie" not in me.headers


def test_no_answer_and_no_log_holds_a_secret(
    bridge: RunningServer, cookie: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"), browser(bridge, secret=cookie) as page:
        answers: list[httpx.Response] = [page.get("/api/people"), page.get("/api/status")]
    assert cookie not in caplog.text
    assert not any(cookie in answer.text for answer in answers)
