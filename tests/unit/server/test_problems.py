from __future__ import annotations

from typing import Any

import pytest

from takebridge_server.api.problems import in_words, node_at

GRAPH = {"op": "insert_graph", "nodes": [{"id": "a", "kind": "brief"}, {"id": "b", "kind": "brief", "nose": 1}]}
TAKE = {"op": "add_take", "take": {"id": "t", "node_id": "n", "outputs": {"video": {}}}}
CONNECT = {"op": "connect", "id": "w", "src_node": "a", "dst_node": "b", "order": "x"}


@pytest.mark.parametrize(
    ("body", "place", "node"),
    [
        ({"ops": [{"op": "set_param", "node": "a"}]}, ("ops", 0, "set_param", "value"), "a"),
        ({"ops": [GRAPH]}, ("ops", 0, "insert_graph", "nodes", 1, "nose"), "b"),
        ({"ops": [GRAPH]}, ("ops", 0, "insert_graph", "nodes"), None),
        ({"ops": [TAKE]}, ("ops", 0, "add_take", "take", "outputs", "video", "content"), "n"),
        ({"ops": [CONNECT]}, ("ops", 0, "connect", "order"), "b"),
        ({"ops": [{"op": "add_node", "id": "new"}]}, ("ops", 0, "add_node", "kind"), "new"),
        ({"ops": [{"op": "disconnect", "wire": 7}]}, ("ops", 0, "disconnect", "wire"), None),
        ({"node_id": "panel", "seed": -1}, ("seed",), "panel"),
        ({"ops": [{"op": "set_title", "node": 7}]}, ("ops", 0, "set_title", "node"), None),
        ({"ops": []}, ("ops", 3, "title"), None),
        ("text", ("ops",), None),
        (None, (), None),
        ({"ops": [{"op": "set_title", "node": "\ud800" * 300}]}, ("ops", 0, "title"), "\\ud800" * 80),
    ],
)
def test_the_innermost_node_is_found(body: Any, place: tuple[int | str, ...], node: str | None) -> None:
    assert node_at(body, place) == node


def problem(kind: str, *place: int | str, **context: Any) -> dict[str, Any]:
    return {"type": kind, "loc": ("body", *place), "msg": "pydantic's words", "ctx": context}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (problem("missing", "ops"), "ops is missing"),
        (problem("extra_forbidden", "ops", 0, "nose"), "ops.0.nose is not known here"),
        (problem("less_than_equal", "seed", le=9), "seed must be at most 9"),
        (problem("missing"), "body is missing"),
        (problem("never_heard_of", "x"), "x is not right: pydantic's words"),
        (problem("too_long", "nodes"), "nodes is not right: pydantic's words"),
        ({"type": "missing", "loc": ("query", "epoch"), "msg": ""}, "query.epoch is missing"),
    ],
)
def test_problems_in_words(told: dict[str, Any], words: str) -> None:
    assert in_words(told) == words


def test_a_name_that_cannot_be_sent_is_made_so() -> None:
    assert in_words(problem("extra_forbidden", "\ud800")).encode() == b"\\ud800 is not known here"
