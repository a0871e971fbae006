"""Requests of a panel through its socket, long texts in parts, and frames nobody can read."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.panel_line import PICTURE, Bench, Panel, Probes, panel_bench
from tests.support.server import PATIENCE, ScriptedAgent

from takebridge.hosts.protocol import PingArgs


@pytest.fixture
def probes() -> Probes:
    return Probes()


@pytest.fixture
def bench(tmp_path: Path, probes: Probes) -> Iterator[Bench]:
    with panel_bench(tmp_path / "home", add=probes.add) as made:
        yield made


@pytest.fixture
def panel(bench: Bench) -> Iterator[Panel]:
    with bench.paired() as made:
        yield made.hello()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One server for what leaves nothing behind in it."""
    with panel_bench(tmp_path_factory.mktemp("lasting") / "home", add=Probes().add) as made:
        yield made


@pytest.fixture(scope="module")
def lasting_panel(lasting: Bench) -> Iterator[Panel]:
    with lasting.paired() as made:
        yield made.hello()


@pytest.fixture
def line(lasting_panel: Panel) -> Panel:
    """A panel that other tests have used, and use after this one."""
    assert lasting_panel.is_there()
    lasting_panel.put_by.clear()
    return lasting_panel


def call(bench: Bench, verb: Any = "agent.ping", args: Any = None, **options: Any) -> Any:
    """Start an op of the current host on the server's loop; a future of the answer."""
    return bench.running.start(bench.hub.current().call(verb, args or PingArgs(), **options))


# --- requests -------------------------------------------------------------------------------------------


def answer_pings(panel: Panel) -> None:
    panel.answer(panel.hear("op")["op"]["id"])


def test_each_panel_means_its_own_editor(bench: Bench) -> None:
    """The agent of Resolve said hello last: over HTTP it is meant, through a socket never."""
    with bench.paired("one") as one, bench.paired("two") as two, bench.running.client() as client:
        one.hello()
        two.hello()
        agent = ScriptedAgent(client)
        agent.hello()
        assert len({one.session, two.session, agent.session}) == 3
        for panel in (one, two):
            panel.say("request", id="mine", method="GET", path="/api/probe/editor")
        for panel in (two, one):
            answer_pings(panel)
            assert panel.hear("response", id="mine")["body"] == panel.session
            assert panel.ask("GET", "/api/probe/in-a-thread")["body"] == panel.session
        assert client.get("/api/probe/in-a-thread").json() == agent.session


def test_a_panel_whose_session_was_taken_over_means_nobody_elses(bench: Bench, panel: Panel) -> None:
    with bench.paired("another") as another:
        another.hello()
        bench.running.on_loop(lambda: bench.hub.leave(panel.session))
        assert panel.closed_with() == 1001
        assert bench.hub.current().session == another.session


def test_json_comes_as_json_and_pictures_as_base64(line: Panel) -> None:
    body = {"text": "Ümläut 😀 \u2028", "deep": [[1, 2.5, None, True]]}
    said = line.ask("POST", "/api/probe/echo", body)
    assert (said["status"], said["body"]) == (200, body)
    said = line.ask("GET", "/api/probe/picture")
    assert base64.b64decode(said["data"]) == PICTURE
    assert (said["media_type"], "body" in said) == ("image/jpeg", False)
    assert said["headers"]["x-takebridge-cells"] == "5x4"
    assert "x-other" not in said["headers"] and "content-type" not in said["headers"]


def test_queries_and_errors_go_through_as_over_http(line: Panel) -> None:
    assert line.ask("GET", "/api/probe/editor?then_sync=perhaps")["status"] == 422
    assert line.ask("GET", "/api/probe/picture?wide=1")["body"]["code"] == "invalid_request"
    assert line.ask("DELETE", "/api/probe/picture")["status"] == 405
    assert line.ask("POST", "/api/probe/echo")["status"] == 422
    assert line.ask("POST", "/api/probe/echo", [1])["status"] == 422
    fault = line.ask("GET", "/api/probe/fault")
    assert (fault["status"], fault["body"]["code"]) == (500, "internal")
    assert "canary" not in str(fault)


@pytest.mark.parametrize(
    "path",
    [
        "/agent/hello",
        "/live",
        "/panel",
        "/healthz",
        "/openapi.json",
        "/api",
        "/api/panels",
        "/api/panels/",
        "/api/panels/pair",
        "/api/%70anels/pair",
        "/api/panels%2Fpair",
        "/api/panels?x=1",
        "/api/keys",
        "/api/keys/fal",
        "//api/panels",
        "api/panels",
        "http://127.0.0.1/api/panels",
    ],
)
def test_what_panels_have_no_use_for_is_out_of_reach(line: Panel, path: str) -> None:
    for method in ("GET", "POST"):
        said = line.ask(method, path, {} if method == "POST" else None)
        assert (said["status"], said["body"]["code"]) == (403, "forbidden")


@pytest.mark.parametrize("path", ["/api/../agent/hello", "/api/%2e%2e/api/panels", "/api//panels", "/api/./panels"])
def test_no_detour_leads_there(line: Panel, path: str) -> None:
    assert line.ask("POST", path, {})["status"] in (404, 405)


def test_sixteen_requests_at_once_and_no_id_twice(bench: Bench, panel: Panel, probes: Probes) -> None:
    for number in range(16):
        panel.say("request", id=number, method="GET", path="/api/probe/hold")
    bench.running.wait_until(lambda: probes.waiting == 16)
    assert panel.ask("GET", "/api/probe/picture", id=99)["body"]["code"] == "too_many_requests"
    assert panel.is_there(), "the socket answers while requests wait"
    bench.running.on_loop(lambda: probes.go and probes.go.set())
    for number in range(16):
        assert panel.hear("response", id=number)["body"] == "done"
    assert panel.ask("GET", "/api/probe/picture", id=0)["status"] == 200


def test_an_id_in_use_is_refused(bench: Bench, panel: Panel, probes: Probes) -> None:
    panel.say("request", id="a", method="GET", path="/api/probe/hold")
    bench.running.wait_until(lambda: probes.waiting == 1)
    assert panel.ask("GET", "/api/probe/picture", id="a")["body"]["code"] == "conflict"


def test_requests_end_with_the_socket_and_a_change_is_let_finish(bench: Bench, panel: Panel, probes: Probes) -> None:
    panel.say("request", id=1, method="GET", path="/api/probe/hold")
    panel.say("request", id=2, method="POST", path="/api/probe/hold", body={})
    bench.running.wait_until(lambda: probes.waiting == 2)
    panel.close()
    bench.running.wait_until(lambda: probes.ended == ["cancelled"])
    bench.running.on_loop(lambda: probes.go and probes.go.set())
    bench.running.wait_until(lambda: probes.ended == ["cancelled", "done"])


def test_the_limits_of_a_body_hold(line: Panel) -> None:
    deep: Any = "x"
    for _ in range(62):  # two more levels are the frame's and the body's own
        deep = [deep]
    assert line.ask("POST", "/api/probe/echo", {"a": deep})["status"] == 200
    line.say("request", id=2, method="POST", path="/api/probe/echo", body={"a": [deep]})
    assert "64 levels" in line.hear("error")["error"]["message"]
    in_parts(
        line, {"type": "request", "id": 3, "method": "POST", "path": "/api/probe/echo", "body": {"a": "x" * 2**24}}
    )
    assert line.hear("response", id=3)["body"]["code"] == "too_large"


def test_an_answer_too_large_for_the_socket_is_said_in_words(line: Panel) -> None:
    assert len(base64.b64decode(line.ask("GET", "/api/probe/large?megabytes=3")["data"])) == 3 * 2**20
    said = line.ask("GET", "/api/probe/large?megabytes=48")
    assert (said["status"], said["body"]["code"]) == (413, "too_large")
    assert line.is_there()


# --- parts ----------------------------------------------------------------------------------------------


def in_parts(panel: Panel, message: dict[str, Any], size: int = 400_000, of: str = "p") -> None:
    text = json.dumps(message)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    for number, piece in enumerate(pieces):
        panel.say("part", of=of, n=number, count=len(pieces), text=piece)


def echo_of(text: str, id: int = 5) -> dict[str, Any]:
    return {"type": "request", "id": id, "method": "POST", "path": "/api/probe/echo", "body": {"text": text}}


def test_long_texts_go_in_parts_both_ways(line: Panel) -> None:
    text = 'äß😀\\"\n' * 300_000
    in_parts(line, echo_of(text))
    assert line.hear("response", id=5)["body"] == {"text": text}


def test_javascript_may_cut_a_pair_of_surrogates_in_two(line: Panel) -> None:
    """``"😀".slice(0, 1)`` is half a character, and JSON.stringify escapes it."""
    units = json.dumps(echo_of("a😀b"), ensure_ascii=False).encode("utf-16-le")
    cut = units.index("😀".encode("utf-16-le")) + 2
    for number, piece in enumerate((units[:cut], units[cut:])):
        line.say("part", of="x", n=number, count=2, text=piece.decode("utf-16-le", "surrogatepass"))
    assert line.hear("response", id=5)["body"] == {"text": "a😀b"}


def test_parts_of_several_texts_may_be_mixed(line: Panel) -> None:
    texts = {of: json.dumps(echo_of(of, number)) for number, of in enumerate(("one", "two"))}
    for number, half in enumerate((slice(0, 9), slice(9, None))):
        for of, text in texts.items():
            line.say("part", of=of, n=number, count=2, text=text[half])
    assert {line.hear("response", id=number)["body"]["text"] for number in (0, 1)} == {"one", "two"}


@pytest.mark.parametrize(
    "parts",
    [
        [(1, 2, "x")],
        [(0, 3, "x"), (2, 3, "x")],
        [(0, 3, "x"), (1, 2, "x")],
        [(0, 0, "x")],
        [(-1, 2, "x")],
        [(0, 10**9, "x")],
        [(0, 1, "not JSON")],
        [(0, 1, '{"type": "part", "of": "q", "n": 0, "count": 1, "text": ""}')],
        [(True, 2, "x")],
        [(0, 1, 7)],
    ],
)
def test_parts_out_of_order_are_refused_and_dropped(line: Panel, parts: list[Any]) -> None:
    for n, count, text in parts:
        line.say("part", of="p", n=n, count=count, text=text)
    assert line.hear("error")["error"]["hint"]
    in_parts(line, echo_of("after it"), 20)
    assert line.hear("response", id=5)["body"] == {"text": "after it"}


def test_parts_never_pile_up(panel: Panel) -> None:
    for number in range(5):
        panel.say("part", of=f"p{number}", n=0, count=2, text="x")
    assert "on their way" in panel.hear("error")["error"]["message"]
    piece = "x" * 900_000
    for number in range(75):  # 67.5 million bytes, and 64 MiB are 67.1 million
        panel.say("part", of="p0", n=number, count=100, text=piece)
    assert "64 MiB" in panel.hear("error")["error"]["message"]
    assert panel.is_there()


def test_a_frame_beyond_a_mebibyte_closes_the_socket_and_not_the_server(bench: Bench, panel: Panel) -> None:
    panel.wire.send("x" * (2**20 + 1))
    assert panel.closed_with() == 1009
    with bench.back(panel.token) as again:
        assert again.is_there()


# --- bad input ------------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
KINDS = st.sampled_from(["pair", "auth", "hello", "answer", "status", "request", "follow", "ping", "part", "op"])
FIELDS = st.sampled_from(["hello", "answer", "status", "id", "method", "path", "body", "topics", "n", "of", "token"])
MESSAGES = st.one_of(
    st.builds(lambda kind, rest: {**rest, "type": kind}, KINDS, st.dictionaries(FIELDS, VALUES, max_size=4)),
    VALUES,
)
HOSTILE = st.one_of(
    MESSAGES.map(json.dumps),
    st.text(max_size=200),
    st.binary(max_size=200),
    st.integers(1, 4000).map(lambda depth: "[" * depth),
    st.integers(65, 400).map(lambda depth: '{"type":' * depth + "1" + "}" * depth),
)


def test_hostile_frames_are_answered_in_words_and_end_nothing(bench: Bench, panel: Panel) -> None:
    @settings(max_examples=250, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(HOSTILE)
    def run(message: str | bytes) -> None:
        panel.wire.send(message)
        assert panel.is_there()
        for said in panel.put_by:
            assert said["type"] in {"error", "response", "ack", "pong", "live"}, said
            if said["type"] == "error":
                assert said["error"]["message"] and said["error"]["hint"] and len(json.dumps(said)) < 2000
        panel.put_by.clear()

    run()
    pending = call(bench)
    panel.answer(panel.hear("op")["op"]["id"])
    assert pending.result(PATIENCE).outcome == "verified"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"id": 1, "method": "TRACE", "path": "/api/status"}, 422),
        ({"id": "x", "path": "/api/status"}, 422),
        ({"id": 1, "method": "GET", "path": "/api/status", "headers": {}}, 422),
        ({"id": 1, "method": "GET", "path": "/api/status#x"}, 400),
        ({"id": 1, "method": "GET", "path": "/api/a%0d%0ab"}, 400),
    ],
)
def test_a_request_nobody_can_read_is_answered_under_its_id(line: Panel, request_: dict[str, Any], status: int) -> None:
    line.say("request", **request_)
    said = line.hear("response", id=request_["id"])
    assert said["status"] == status
    assert said["body"]["message"] and said["body"]["hint"]
