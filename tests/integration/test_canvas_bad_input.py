"""Bad input over HTTP against the whole bridge: one clear answer that names the node, and nothing changed or paid."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.film_over_http import Film, bridge_over_http, new_film, nothing_changes, refused

PROMPT = {"op": "set_param", "node": "panel", "name": "prompt", "value": "Dusk"}


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with bridge_over_http(tmp_path_factory.mktemp("bridge") / "home") as client:
        yield client


@pytest.fixture
def film(http: httpx.Client) -> Film:
    return new_film(http)


# --- ops --------------------------------------------------------------------------------------------------


def op(name: str, /, **fields: Any) -> dict[str, Any]:
    return {"op": name, **fields}


def connect(source: str, target: str) -> dict[str, Any]:
    (src, out), (dst, into) = source.split(".", 1), target.split(".", 1)
    ends = {"src_node": src, "src_port": out, "dst_node": dst, "dst_port": into}
    return op("connect", id=f"{source}>{target}", **ends)


def graph_node(node: str, **fields: Any) -> dict[str, Any]:
    return {"id": node, "kind": "brief", **fields}


BAD_OPS: dict[str, tuple[dict[str, Any], int, str, dict[str, object]]] = {
    "a circle": (connect("frame.frame.first", "panel.references"), 422, "cycle", {"node": "panel"}),
    "a wire to itself": (connect("still.image", "still.references"), 422, "cycle", {"node": "still"}),
    "words into pictures": (connect("brief.text", "panel.references"), 422, "invalid_wire", {"node": "panel"}),
    "an output that is not there": (connect("brief.video", "script.brief"), 422, "invalid_wire", {"node": "brief"}),
    "an input that is not there": (connect("brief.text", "script.nose"), 422, "invalid_wire", {"node": "script"}),
    "an input that is taken": (connect("panel.video", "frame.source"), 409, "precondition", {}),
    "a wire from nowhere": (connect("ghost.text", "script.brief"), 404, "unknown_node", {"node": "ghost"}),
    "a wire to nowhere": (connect("brief.text", "ghost.brief"), 404, "unknown_node", {"node": "ghost"}),
    "a wire with a take that is not there": (
        {**connect("brief.text", "still.direction"), "take": "take_ghost"},
        404,
        "unknown_take",
        {"node": "brief"},
    ),
    "a graph with a dangling wire": (
        op(
            "insert_graph",
            nodes=[graph_node("new")],
            wires=[{"id": "w", "src_node": "new", "src_port": "text", "dst_node": "ghost", "dst_port": "brief"}],
        ),
        404,
        "unknown_node",
        {"wire": "w"},
    ),
    "an unknown kind": (op("add_node", id="new", kind="teleport"), 404, "unknown_node", {"node": "new"}),
    "an unknown kind in a graph": (
        op("insert_graph", nodes=[graph_node("new", kind="teleport")]),
        404,
        "unknown_node",
        {"node": "new"},
    ),
    "an unknown parameter": (
        op("add_node", id="new", kind="previz", params={"nose": 1}),
        422,
        "invalid_param",
        {},
    ),
    "a value of the wrong type": (
        op("set_param", node="panel", name="prompt", value=7),
        422,
        "invalid_param",
        {},
    ),
    "a broken number": (
        op("set_param", node="panel", name="seed", value=1.5),
        422,
        "invalid_request",
        {"node": "panel"},
    ),
    "a model where none runs": (
        op("set_model", node="brief", model="local/x"),
        404,
        "unknown_model",
        {"node": "brief"},
    ),
    "an unknown node": (op("set_title", node="ghost", title="x"), 404, "unknown_node", {"node": "ghost"}),
    "an id in use": (op("add_node", id="brief", kind="brief"), 409, "precondition", {"node": "brief"}),
    "a pin somebody moved": (
        op("pin", node="panel", take=None, expected="take_1"),
        409,
        "precondition",
        {"node": "panel"},
    ),
    "an op nobody knows": (op("explode", node="panel"), 422, "invalid_request", {"node": "panel"}),
    "an op without a name": ({"node": "panel"}, 422, "invalid_request", {"node": "panel"}),
    "a field nobody knows": ({**PROMPT, "colour": 1}, 422, "invalid_request", {"node": "panel"}),
    "a field in a node of a graph": (
        op("insert_graph", nodes=[graph_node("first"), graph_node("second", nose=1)]),
        422,
        "invalid_request",
        {"node": "second"},
    ),
    "a title of two lines": (op("set_title", node="panel", title="a\nb"), 422, "invalid_request", {"node": "panel"}),
    "a title that steers a terminal": (
        op("add_node", id="new", kind="brief", title="\x1b[2J"),
        422,
        "invalid_request",
        {"node": "new"},
    ),
    "a canvas title with a control character": (op("set_canvas_title", title="\x85"), 422, "invalid_request", {}),
    "a title too long": (op("set_title", node="panel", title="x" * 201), 422, "invalid_request", {"node": "panel"}),
    "an empty graph": (op("insert_graph", nodes=[]), 422, "invalid_request", {}),
    "a rating nobody gives": (op("rate_take", take="t", rating="splendid"), 422, "invalid_request", {}),
    "a range without a frame": (
        op("set_best_range", take="t", best={"start": 5, "end": 5}),
        422,
        "invalid_request",
        {},
    ),
}


@pytest.mark.parametrize("name", BAD_OPS)
def test_a_bad_op_takes_the_good_ones_beside_it_with_it(film: Film, name: str) -> None:
    """The bad one comes last: those before it, fine by themselves, must leave no trace."""
    bad, status, code, details = BAD_OPS[name]
    good = op("add_node", id="good", kind="brief")
    with nothing_changes(film):
        refused(film.ops(PROMPT, good, bad), status, code, **details)
    assert film.ops(PROMPT, good).status_code == 200, "the same ops without the bad one are fine"


def test_a_circle_names_its_way_round(film: Film) -> None:
    message = refused(film.ops(connect("frame.frame.first", "panel.references")), 422, "cycle").message
    assert message == "This wire would close a circle: panel → frame → panel."


def test_what_would_fit_is_said(film: Film) -> None:
    body = refused(film.ops(connect("brief.text", "panel.references")), 422, "invalid_wire")
    assert body.message == "“brief” gives text; “references” of “panel” takes image."
    assert body.hint == "No input of Previz takes text. Its inputs: references (image), source (video)."


# --- numbers, text and JSON that other readers would read differently -------------------------------------

BAD_JSON: dict[str, tuple[bytes, str]] = {
    "NaN": (b'{"ops": [{"op": "move_node", "node": "panel", "x": NaN, "y": 0}]}', "NaN is not a number"),
    "Infinity": (b'{"ops": [{"op": "move_node", "node": "panel", "x": 0, "y": -Infinity}]}', "-Infinity is not"),
    "1e999": (b'{"ops": [{"op": "move_node", "node": "panel", "x": 1e999, "y": 0}]}', "1e999 is too large"),
    "2^53": (b'{"ops": [{"op": "move_node", "node": "panel", "x": 9007199254740992, "y": 0}]}', "2^53"),
    "5,000 digits": (b'{"ops": [{"op": "move_node", "node": "panel", "x": %s, "y": 0}]}' % (b"7" * 5000), "2^53"),
    "a key twice": (b'{"author": "Ann", "author": "Bob", "ops": []}', "“author” is given twice"),
    "a key twice, deep": (b'{"ops": [{"op": "set_title", "node": "panel", "title": "a", "title": "b"}]}', "“title”"),
    "half a surrogate pair": (b'{"ops": [{"op": "set_title", "node": "panel", "title": "\\ud83c"}]}', "surrogate"),
    "half a surrogate pair as a name": (b'{"ops": [], "\\udfff": 1}', "surrogate"),
    "half a surrogate pair as bytes": (b'{"author": "\xed\xa0\x80", "ops": []}', "is not UTF-8"),
    "NUL": (b'{"author": "a\\u0000b", "ops": []}', "“author” holds a NUL"),
    "Latin-1": (b'{"author": "Andr\xe9", "ops": []}', "is not UTF-8"),
    "UTF-8 with a mark": (b'\xef\xbb\xbf{"ops": []}', "not JSON"),
    "half a document": (b'{"ops": [', "it is not JSON"),
    "two documents": (b'{"ops": []} {}', "it is not JSON"),
    "a comment": (b'{"ops": [] /* none */}', "it is not JSON"),
    "single quotes": (b"{'ops': []}", "it is not JSON"),
}


@pytest.mark.parametrize("name", BAD_JSON)
def test_json_that_readers_disagree_about_is_refused(film: Film, name: str) -> None:
    body, words = BAD_JSON[name]
    with nothing_changes(film):
        answer = film.raw(body)
    assert words in refused(answer, 422, "invalid_request").message


def test_a_whole_pair_and_every_other_letter_arrive(film: Film) -> None:
    """The control of the table above: an emoji as an escaped pair, combining marks, right to left, a NUL spelt out."""
    title = "🎬 café \u202eabc\u202c \\u0000"
    body = json.dumps({"ops": [op("set_title", node="panel", title=title)]})
    assert "\\ud83c\\udfac" in body and "\\\\u0000" in body
    assert film.raw(body).status_code == 200
    assert film.http.get(film.path).json()["canvas"]["nodes"]["panel"]["title"] == title


@pytest.mark.parametrize("depth", [65, 10_000])
def test_deep_json_is_refused_before_it_is_read(film: Film, depth: int) -> None:
    with nothing_changes(film):
        refused(film.raw(b'{"ops":' + b"[" * depth + b"]" * depth + b"}"), 413, "too_large")


def test_a_wrong_form_is_refused_in_words(film: Film) -> None:
    for body, words in ((b"[]", "must be an object"), (b'"ops"', "must be an object"), (b"{}", "ops is missing")):
        assert words in refused(film.raw(body), 422, "invalid_request").message
    refused(film.raw(b""), 422, "invalid_request")
    assert "at least 1" in refused(film.ops(), 422, "invalid_request").message


# --- size -------------------------------------------------------------------------------------------------


def test_a_prompt_of_five_megabytes_is_refused(film: Film) -> None:
    with nothing_changes(film):
        body = refused(film.ops({**PROMPT, "value": "x" * 5_000_000}), 422, "invalid_param")
    assert "at most" in body.message


def test_a_body_beyond_the_cap_is_refused(film: Film) -> None:
    with nothing_changes(film):
        refused(film.raw(b'{"author": "' + b"x" * 17_000_000 + b'"}'), 413, "too_large")


def test_a_hundred_thousand_nodes_are_refused_quickly(film: Film) -> None:
    nodes = [graph_node(f"n{number}") for number in range(100_000)]
    body = json.dumps({"ops": [op("insert_graph", nodes=nodes)]})
    assert len(body) < 16 * 2**20, "the cap on bytes is not what is tried here"
    with nothing_changes(film):
        began = time.monotonic()
        answer = film.raw(body)
        took = time.monotonic() - began
    assert "more than 20000 entries" in refused(answer, 422, "invalid_request").message
    assert took < 10, f"{took:.1f} s"


def test_more_nodes_than_a_canvas_holds_are_refused_together(film: Film) -> None:
    """20,000 fit into one op, but not beside the five that are there."""
    nodes = [graph_node(f"n{number}") for number in range(20_000)]
    with nothing_changes(film):
        body = refused(film.ops(op("insert_graph", nodes=nodes)), 409, "precondition")
    assert body.message == "A canvas holds at most 20,000 nodes; this one has 5."


def test_too_many_ops_at_once(film: Film) -> None:
    with nothing_changes(film):
        refused(film.ops(*[PROMPT] * 501), 422, "invalid_request")


# --- epochs, revisions, op ids ------------------------------------------------------------------------------


def now(film: Film) -> tuple[str, int]:
    found = film.http.get(film.path).json()
    return found["epoch"], found["rev"]


def test_an_old_revision_is_fine_a_future_one_and_another_epoch_are_not(film: Film) -> None:
    epoch, rev = now(film)
    assert film.ops(PROMPT, epoch=epoch, base_rev=0).json()["rev"] == rev + 1
    with nothing_changes(film):
        refused(film.ops(PROMPT, epoch=epoch, base_rev=rev + 2), 409, "conflict", canvas=film.id)
        refused(film.ops(PROMPT, epoch="another", base_rev=rev), 409, "conflict", canvas=film.id)
        refused(film.ops(PROMPT, epoch=epoch), 400, "usage")
        refused(film.ops(PROMPT, base_rev=rev), 400, "usage")
        refused(film.ops(PROMPT, epoch=epoch, base_rev=-1), 422, "invalid_request")


def test_an_op_id_used_again_changes_nothing(film: Film) -> None:
    first = film.ops(PROMPT, op_id="once").json()
    with nothing_changes(film):
        refused(film.ops({**PROMPT, "value": "Night"}, op_id="once"), 409, "conflict")
        again = film.ops(PROMPT, op_id="once")
        assert (again.status_code, again.json()["rev"], again.json()["states"]) == (200, first["rev"], {})
        for bad in ("", "a b", "x" * 81, "ü", "a\nb"):
            refused(film.ops(PROMPT, op_id=bad), 422, "invalid_request")


def test_replay_of_what_never_was_says_so(film: Film) -> None:
    epoch, rev = now(film)
    for query in ({"epoch": epoch, "since": rev + 1}, {"epoch": "another", "since": 0}):
        page = film.http.get(f"{film.path}/ops", params=query).json()
        assert (page["complete"], page["ops"], page["rev"]) == (False, [], rev)
    refused(film.http.get(f"{film.path}/ops", params={"epoch": epoch, "since": -1}), 422, "invalid_request")


# --- people and names -------------------------------------------------------------------------------------


@pytest.mark.parametrize("author", ["", "x" * 81, "a\nb", "\x1b[31mAnn", "a\x7f", "a\u2028b", 7, None, ["Ann"]])
def test_who_did_it_is_one_line(film: Film, author: object) -> None:
    with nothing_changes(film):
        assert "author" in refused(film.ops(PROMPT, author=author), 422, "invalid_request").message


def test_a_canvas_has_a_title_of_one_line(film: Film) -> None:
    with nothing_changes(film):
        for title in ("", "x" * 201, "a\tb", "\r", 7):
            refused(film.http.post("/api/canvases", json={"title": title}), 422, "invalid_request")


# --- unknown fields and parameters --------------------------------------------------------------------------


def writes(http: httpx.Client) -> list[tuple[str, str]]:
    paths = http.get("/openapi.json").json()["paths"]
    return [
        (method, path)
        for path, methods in paths.items()
        for method, operation in methods.items()
        if path.startswith("/api/") and "application/json" in operation.get("requestBody", {}).get("content", {})
    ]


def test_a_field_nobody_knows_is_refused_everywhere(film: Film) -> None:
    found = writes(film.http)
    assert len(found) > 20
    with nothing_changes(film):
        for method, path in found:
            answer = film.http.request(method, path.format_map(Ids(film.id)), json={"no_such_field": 1})
            body = refused(answer, 422, "invalid_request")
            assert "no_such_field is not known here" in str(body.details["problems"]), (path, body)


class Ids(dict[str, str]):
    def __init__(self, canvas: str) -> None:
        super().__init__(canvas_id=canvas)

    def __missing__(self, key: str) -> str:
        return "panel"


def test_a_query_parameter_nobody_knows_is_refused(film: Film) -> None:
    """Misspelt, it would answer another question than the one that was asked."""
    for path in ("/api/jobs?canvas=x", "/api/ledger/entries?open=true", f"{film.path}?rev=3", "/api/kinds?a"):
        assert "is not known here" in refused(film.http.get(path), 422, "invalid_request").message
    refused(film.http.get("/api/ledger/entries?open_only=perhaps"), 422, "invalid_request")


# --- money and jobs ---------------------------------------------------------------------------------------


def jobs_body(film: Film, **more: Any) -> dict[str, Any]:
    return {"canvas_id": film.id, "node_id": "panel", **more}


@pytest.mark.parametrize(
    "more",
    [
        {"max_micros": -1},
        {"max_micros": 1.5},
        {"max_micros": "free"},
        {"max_micros": 2**53 - 1 + 1},
        {"priority": 10**9},
        {"priority": -(10**9)},
        {"priority": 0.5},
        {"seed": -1},
        {"again": "perhaps"},
        {"model": "x" * 121},
        {"author": "a\0b"},
    ],
    ids=str,
)
def test_absurd_amounts_priorities_and_seeds_start_nothing(film: Film, more: dict[str, Any]) -> None:
    with nothing_changes(film):
        refused(film.http.post("/api/jobs", json=jobs_body(film, **more)), 422, "invalid_request")


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"canvas_id": "ghost"}, 404, "not_found"),
        ({"node_id": "ghost"}, 404, "unknown_node"),
        ({"model": "nobody/nothing"}, 404, "unknown_model"),
        ({"model": "local/span-x2"}, 422, "capability"),
        ({"node_id": "brief"}, 422, "capability"),
        ({"node_id": "frame"}, 409, "precondition"),
    ],
    ids=str,
)
def test_what_cannot_be_generated_starts_nothing(film: Film, more: dict[str, Any], status: int, code: str) -> None:
    with nothing_changes(film):
        refused(film.http.post("/api/jobs", json=jobs_body(film, **more)), status, code)


def test_a_node_set_to_a_model_nobody_has_starts_nothing(film: Film) -> None:
    """Bringing one is allowed: a canvas may come from where there are other models."""
    assert film.ops(op("add_node", id="foreign", kind="previz", model="nobody/nothing")).status_code == 200
    plan = {"scope": {"kind": "node", "nodes": ["foreign"]}}
    with nothing_changes(film):
        asked = {"canvas_id": film.id, "node_id": "foreign"}
        body = refused(film.http.post("/api/jobs", json=asked), 404, "unknown_model")
        skipped = film.http.post(f"{film.path}/plan", json=plan).raise_for_status().json()
    assert "nobody/nothing" in body.message
    assert not skipped["groups"] and [one["reason"] for one in skipped["skipped"]] == ["no_provider"]


def test_a_job_that_is_not_there_and_choices_nobody_offers(film: Film) -> None:
    with nothing_changes(film):
        for verb, body in (
            ("cancel", {}),
            ("retry", {}),
            ("resolve", {"choice": "give_up"}),
            ("priority", {"priority": 1}),
        ):
            refused(film.http.post(f"/api/jobs/ghost/{verb}", json=body), 404, "not_found")
        answer = film.http.post("/api/jobs/ghost/resolve", json={"choice": "pay_again"})
        assert "choice must be 'look_again'" in refused(answer, 422, "invalid_request").message


@pytest.mark.parametrize(
    "cap",
    [
        {"currency": "Euro"},
        {"currency": "usd"},
        {"currency": ""},
        {"limit_micros": -1},
        {"limit_micros": 0.5},
        {"scope": "world"},
        {"key": "x" * 81},
    ],
    ids=str,
)
def test_a_cap_nobody_could_hold_anything_against_is_refused(film: Film, cap: dict[str, Any]) -> None:
    with nothing_changes(film):
        body = {"scope": "day", "limit_micros": 1, **cap}
        refused(film.http.put("/api/ledger/caps", json=body), 422, "invalid_request")


@pytest.mark.parametrize("day", ["2026-99-99", "2026-02-30", "yesterday", "2026-1-1", "", "20261121"])
def test_spending_is_asked_for_by_days_there_are(film: Film, day: str) -> None:
    refused(film.http.get("/api/ledger/spend", params={"since": day}), 422, "invalid_request")
    refused(film.http.get("/api/ledger/spend", params={"until": day}), 422, "invalid_request")


def test_fan_outs_beyond_reason_start_nothing(film: Film) -> None:
    def fan(**more: Any) -> httpx.Response:
        return film.http.post("/api/fans", json=jobs_body(film, **more))

    with nothing_changes(film):
        refused(fan(seeds=list(range(1000))), 422, "invalid_request")
        refused(fan(seeds=list(range(24)), models=["local/previz-1", "local/span-x2"]), 400, "usage")
        refused(fan(seeds=[1, -1]), 422, "invalid_request")
        refused(fan(models=["nobody/nothing"], seeds=[1, 2]), 404, "unknown_model")
        refused(fan(seeds=[1], max_micros=-1), 422, "invalid_request")
        refused(film.http.get("/api/fans/ghost"), 404, "not_found")
        refused(film.http.get("/api/fans/ghost/sheet"), 404, "not_found")


def test_plans_and_runs_of_what_is_not_there_start_nothing(film: Film) -> None:
    def ask(verb: str, **scope: Any) -> httpx.Response:
        return film.http.post(f"{film.path}/{verb}", json={"scope": scope})

    with nothing_changes(film):
        for verb in ("plan", "runs"):
            refused(ask(verb, kind="node", nodes=["ghost"]), 404, "unknown_node", node="ghost")
            refused(ask(verb, kind="selection", nodes=["panel", "ghost"]), 404, "unknown_node", node="ghost")
            refused(ask(verb, kind="node", nodes=["panel", "still"]), 422, "invalid_request")
            refused(ask(verb, kind="selection", nodes=[]), 422, "invalid_request")
            refused(ask(verb, kind="everything"), 422, "invalid_request")
        refused(film.http.post("/api/runs/ghost/pause", json={}), 404, "not_found")
        consent = {"scope": {"kind": "node", "nodes": ["panel"]}, "consent": {"max_micros": -1}}
        refused(film.http.post(f"{film.path}/runs", json=consent), 422, "invalid_request")


def test_a_run_that_was_not_agreed_to_in_this_form_starts_nothing(film: Film) -> None:
    body = {"scope": {"kind": "node", "nodes": ["panel"]}, "consent": {"digest": "of another plan"}}
    with nothing_changes(film):
        refused(film.http.post(f"{film.path}/runs", json=body), 409, "precondition")


# --- the editor ---------------------------------------------------------------------------------------------


def test_without_an_editor_clips_say_so_at_once(film: Film) -> None:
    requests = {
        "/api/clips/push": {"canvas_id": film.id},
        "/api/clips/pull": {"link_id": "ghost", "take_id": "ghost"},
        "/api/clips/export": {"path": "/tmp/never.otio"},
        "/api/hosts/ghost/ping": {},
        "/api/hosts/ghost/stop": {},
    }
    with nothing_changes(film):
        for path, body in requests.items():
            answer = film.http.post(path, json=body)
            assert (answer.status_code, answer.json()["code"]) == (503, "host_offline"), answer.text
            assert answer.json()["retryable"] and answer.json()["hint"]
    assert not Path("/tmp/never.otio").exists()


# --- takes a client brings ------------------------------------------------------------------------------


def brought(film: Film, **fields: Any) -> dict[str, Any]:
    """A take of the brief as a client would add it, its words in the media store unless ``outputs`` says otherwise."""
    kept = film.write("brief", "A lamp that waits.").json()["outputs"]
    take = {"id": "mine", "node_id": "brief", "seq": 2, "origin": "manual", "outputs": kept}
    return op("add_take", take={**take, **fields})


def test_a_take_whose_media_are_not_here_is_refused(film: Film) -> None:
    good = brought(film)
    missing = {"text": {"content": "b3:" + "0" * 64, "facts": {}}}
    refused(film.ops(brought(film, outputs=missing)), 410, "blob_missing", node="brief")
    whole = {**graph_node("pasted"), "kind": "brief", "params": {}, "model": ""}
    pasted = {**good["take"], "id": "theirs", "node_id": "pasted", "seq": 1, "outputs": missing}
    refused(film.ops(op("insert_graph", nodes=[whole], takes=[pasted])), 410, "blob_missing")
    assert film.ops(good).status_code == 200


def test_a_take_cannot_name_a_job(film: Film) -> None:
    refused(film.ops(brought(film, job_id="job_1")), 409, "precondition")


@pytest.mark.parametrize(
    ("model", "status", "code"),
    [
        ("elsewhere/x", 404, "unknown_model"),
        ("local/assemble", 422, "capability"),
        ("x" * 5000, 422, "invalid_request"),
    ],
)
def test_a_model_is_one_that_makes_what_the_node_is_for(film: Film, model: str, status: int, code: str) -> None:
    with nothing_changes(film):
        refused(film.ops(op("set_model", node="still", model=model)), status, code)
