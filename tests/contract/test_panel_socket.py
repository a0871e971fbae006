"""Who the panels' socket lets in: codes, tokens, web pages, over real WebSockets."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.panel_line import Bench, Panel, Probes, opened, panel_bench
from tests.support.raw_http import WEBSOCKET_HEADERS, RawAnswer, exchange, request_bytes
from tests.support.server import PATIENCE
from websockets.exceptions import InvalidStatus

from takebridge.errors import HostTimeoutError
from takebridge.hosts.protocol import PROTOCOL_VERSION, PingArgs
from takebridge_premiere import PANEL_VERSION
from takebridge_server.panel_door import MOST_STRANGERS, Pace


@pytest.fixture
def probes() -> Probes:
    return Probes()


@pytest.fixture
def bench(tmp_path: Path, probes: Probes) -> Iterator[Bench]:
    with panel_bench(tmp_path / "home", add=probes.add) as made:
        yield made


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One server for what leaves nothing behind in it."""
    with panel_bench(tmp_path_factory.mktemp("lasting") / "home", add=Probes().add) as made:
        yield made


def turned_away(panel: Panel) -> dict[str, Any]:
    """The words of a refusal; the connection is closed after it."""
    error = dict(panel.hear("refused")["error"])
    assert panel.closed_with() == 4001
    assert error["message"] and error["hint"]
    return error


def call(bench: Bench, verb: Any = "agent.ping", args: Any = None, **options: Any) -> Any:
    """Start an op of the current host on the server's loop; a future of the answer."""
    return bench.running.start(bench.hub.current().call(verb, args or PingArgs(), **options))


# --- letting in -----------------------------------------------------------------------------------------


def test_the_bridge_says_who_it_is_before_anybody_says_a_token(bench: Bench) -> None:
    with bench.dial() as first, bench.dial() as second:
        assert first.greeting == second.greeting
        assert (first.greeting["protocol"], first.greeting["panel"]) == (PROTOCOL_VERSION, PANEL_VERSION)
        assert first.greeting["bridge"].startswith("bridge-")
        assert first.wire.subprotocol is None


def test_a_paired_panel_comes_back_and_only_a_hash_of_its_token_is_kept(bench: Bench) -> None:
    with bench.paired("Premiere on desk") as panel:
        greeted = panel.greeting["bridge"]
        assert len(bytes.fromhex(panel.token)) == 32
    file = bench.running.home / "panels.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert panel.token not in file.read_text()
    with bench.back(panel.token) as again:
        assert (again.id, again.greeting["bridge"]) == (panel.id, greeted)
        again.hello()
    with bench.running.client() as client:
        [told] = client.get("/api/panels").json()
    assert (told["id"], told["name"], told["editor"]) == (panel.id, "Premiere on desk", "premiere")
    assert "token" not in str(told)


def test_a_wrong_code_is_refused_and_the_right_one_still_counts(bench: Bench) -> None:
    code = bench.code()
    with bench.dial() as guess:
        guess.say("pair", code=f"{(int(code) + 1) % 10**6:06d}", name="x")
        assert turned_away(guess)["code"] == "pairing"
    with bench.dial() as panel:
        panel.say("pair", code=f"{code[:3]} {code[3:]}", name="x")
        assert panel.hear("paired")["id"].startswith("panel-")


def test_a_code_is_used_once(bench: Bench) -> None:
    code = bench.code()
    with bench.dial() as first:
        first.say("pair", code=code, name="first")
        first.hear("paired")
        with bench.dial() as replay:
            replay.say("pair", code=code, name="replay")
            turned_away(replay)
    assert len(bench.door.store.panels()) == 1


@pytest.mark.parametrize(("seconds", "good"), [(59, True), (60, False)])
def test_a_code_lives_for_a_minute(bench: Bench, seconds: int, good: bool) -> None:
    code = bench.code()
    bench.clock.now += seconds
    with bench.dial() as panel:
        panel.say("pair", code=code, name="x")
        if good:
            panel.hear("paired")
        else:
            turned_away(panel)


def test_five_wrong_tries_void_the_code_and_no_code_is_answered_in_the_same_words(bench: Bench) -> None:
    said = []
    with bench.dial() as early:
        early.say("pair", code="123456", name="x")
        said.append(turned_away(early))
    code = bench.code()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for tried in [wrong] * 5 + [code]:
        with bench.dial() as guess:
            guess.say("pair", code=tried, name="x")
            said.append(turned_away(guess))
    assert said == [said[0]] * 7, "the words tell whether a code is live"
    assert bench.door.store.panels() == []


@pytest.mark.parametrize("token", ["", "0" * 64, "ä" * 64])
def test_an_unknown_token_is_refused(bench: Bench, token: str) -> None:
    bench.paired().close()
    with bench.dial() as panel:
        panel.say("auth", token=token)
        assert turned_away(panel)["code"] == "unknown_panel"


@pytest.mark.parametrize(
    "first",
    [
        '{"type": "hello", "hello": {}}',
        '{"type": "request", "id": 1, "method": "GET", "path": "/api/status"}',
        '{"type": "follow"}',
        '{"type": "part", "of": "a", "n": 0, "count": 1, "text": "{}"}',
        '{"type": "pair", "name": "x"}',
        '{"type": "pair", "code": "1", "name": "two\\nlines"}',
        '{"type": "auth", "token": "t", "extra": 1}',
        "not JSON",
        "[]",
        json.dumps({"type": "pair", "code": "1", "ü" * 400: 1}),
        json.dumps({"type": "x" * 4000}),
        b"\x00",
    ],
)
def test_nobody_gets_past_the_door_without_saying_who_it_is(lasting: Bench, first: str | bytes) -> None:
    with lasting.dial() as stranger:
        stranger.wire.send(first)
        turned_away(stranger)


def test_who_says_nothing_is_turned_away(tmp_path: Path) -> None:
    with panel_bench(tmp_path / "home", pace=Pace(introduce=0.2)) as bench, bench.dial() as stranger:
        turned_away(stranger)


def test_strangers_are_counted(bench: Bench) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(MOST_STRANGERS):
            stack.enter_context(bench.dial())
        assert Panel(opened(bench.running.port)).closed_with() == 1013
    bench.running.wait_until(lambda: bench.door._strangers == 0)
    bench.dial().close()


def test_a_panels_file_others_can_read_counts_as_no_panels_and_is_said_in_words(bench: Bench) -> None:
    with bench.paired() as panel:
        known = panel.greeting["bridge"]
    (bench.running.home / "panels.json").chmod(0o644)
    with bench.dial() as again:
        assert again.greeting["bridge"] != known, "a panel would say its token"
        again.say("auth", token=panel.token)
        turned_away(again)
    with bench.running.client() as client:
        for asked in (client.get("/api/panels"), client.post("/api/panels/pair", json={})):
            assert (asked.status_code, asked.json()["code"]) == (500, "unsafe_folder")
            assert "chmod 600" in asked.json()["hint"]


def test_revoking_closes_the_panel_at_once_and_for_good(bench: Bench) -> None:
    with bench.paired() as panel, bench.running.client() as client:
        panel.hello()
        pending = call(bench)
        panel.hear("op")
        assert client.delete(f"/api/panels/{panel.id}", headers={"X-TakeBridge": "1"}).json()["id"] == panel.id
        assert panel.closed_with() == 4003
        with pytest.raises(HostTimeoutError):
            pending.result(PATIENCE)
        assert client.get("/api/panels").json() == []
        with bench.dial() as again:
            again.say("auth", token=panel.token)
            turned_away(again)
        missing = client.delete(f"/api/panels/{panel.id}", headers={"X-TakeBridge": "1"})
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


# --- web pages ------------------------------------------------------------------------------------------

Headers = list[tuple[str, str]]


def knock(bench: Bench, headers: Headers, target: str = "/panel") -> RawAnswer:
    host = [] if any(name == "Host" for name, _ in headers) else [("Host", f"127.0.0.1:{bench.running.port}")]
    return exchange(bench.running.port, request_bytes("GET", target, [*host, *headers, *WEBSOCKET_HEADERS]))


PAGES = [
    "https://evil.com",
    "http://127.0.0.1:{port}",
    "http://localhost:{port}",
    "HTTPS://EVIL.COM",
    "ws://127.0.0.1:{port}",
    "wss://evil.com",
    "chrome-extension://abcdefghijklmnop",
    "moz-extension://0b1c2d3e",
    "safari-web-extension://0B1C2D3E",
    "chrome://newtab",
    "devtools://devtools",
    "blob:https://evil.com/0b1c",
    "data:text/html,x",
    "about:blank",
    "javascript://x",
    "evil.com",
    "null ",
    "nullx",
    "null null",
    "",
    "file:",
    "://",
    "1plugin://x",
]


@pytest.mark.parametrize("origin", PAGES)
def test_web_pages_are_refused_before_the_socket_opens(lasting: Bench, origin: str) -> None:
    said = knock(lasting, [("Origin", origin.format(port=lasting.running.port))])
    if origin.strip() == "null":  # blanks around a header's value are not part of it (RFC 9110 5.5)
        assert said.status == 101
    else:
        assert said.status == 403
        assert json.loads(said.body)["code"] == "forbidden"


@pytest.mark.parametrize("token", [False, True])
def test_the_bridges_token_opens_nothing_for_a_page_there(lasting: Bench, token: bool) -> None:
    headers = [("Origin", "https://evil.com"), *(lasting.running.auth.items() if token else ())]
    assert knock(lasting, headers).status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin", "garbage"])
@pytest.mark.parametrize("origin", [[], [("Origin", "null")], [("Origin", "file://")]])
def test_what_a_browser_says_of_a_page_counts(lasting: Bench, origin: Headers, site: str) -> None:
    assert knock(lasting, [*origin, ("Sec-Fetch-Site", site)]).status == 403


@pytest.mark.parametrize("origin", [[], ["null"], ["file://"], ["file:///C:/plugin"], ["uxp://com.x"], ["app://x"]])
def test_panels_may_knock_and_must_still_prove_themselves(lasting: Bench, origin: list[str]) -> None:
    with lasting.dial(additional_headers=[("Origin", one) for one in origin]) as stranger:
        stranger.say("request", id=1, method="GET", path="/api/status")
        turned_away(stranger)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([("Host", "evil.com:{port}")], 421),
        ([("Host", "127.0.0.1")], 421),
        ([("Origin", "null"), ("Origin", "https://evil.com")], 400),
    ],
)
def test_the_other_questions_of_the_guard_stand(lasting: Bench, headers: Headers, status: int) -> None:
    filled = [(name, value.format(port=lasting.running.port)) for name, value in headers]
    assert knock(lasting, filled).status == status


@pytest.mark.parametrize("target", ["/panel/", "/panels", "/panel/x", "//panel", "/live", "/agent/hello"])
def test_only_this_one_path_needs_no_token(lasting: Bench, target: str) -> None:
    assert knock(lasting, [("Origin", "null")], target).status == 403
    assert knock(lasting, [], target).status == 401


def test_over_http_there_is_no_such_door(lasting: Bench) -> None:
    request = request_bytes("GET", "/panel", [("Host", f"127.0.0.1:{lasting.running.port}")])
    assert exchange(lasting.running.port, request).status == 401


def test_a_token_in_the_url_lets_nobody_in(bench: Bench) -> None:
    with bench.paired() as panel, Panel(opened(bench.running.port, f"/panel?token={panel.token}")) as stranger:
        stranger.hear("bridge")
        stranger.say("hello", hello={})
        turned_away(stranger)


def test_the_live_socket_still_asks_for_the_token(lasting: Bench) -> None:
    with pytest.raises(InvalidStatus):
        opened(lasting.running.port, "/live")
