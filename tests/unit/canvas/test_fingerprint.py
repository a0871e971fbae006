"""The rules of docs/canvas.md §2, one test each."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError
from tests.support.canvases import EMPTY, KINDS, add, board, content, do, generated, imported, shot, wire, with_import

from takebridge.canvas.fingerprint import (
    Change,
    expectation,
    explain,
    fingerprint,
    recipe_of,
    semantic_params,
)
from takebridge.canvas.graph import wires_into
from takebridge.canvas.model import Canvas, Node, NodeKind, Output, ParamSpec, Port, Recipe, RecipeInput
from takebridge.canvas.ops import (
    AddTake,
    MoveNode,
    Op,
    Pin,
    Reorder,
    SetLocked,
    SetModel,
    SetParam,
    SetTitle,
    SetWireTake,
)
from takebridge.errors import InvalidParamError, PreconditionError, UnknownNodeError
from takebridge.ids import NodeId, TakeId, WireId

PANEL = NodeId("panel")


def fp(canvas: Canvas, node: str = "panel") -> str:
    return fingerprint(recipe_of(canvas, NodeId(node), KINDS))


def expected(canvas: Canvas, node: Node, kind: NodeKind) -> str:
    found, missing = expectation(canvas, node, kind, wires_into(canvas, node.id))
    assert missing == ()
    return found


def test_the_fingerprint_is_the_hash_of_the_documented_text() -> None:
    canvas = do(board(), SetParam(node=PANEL, name="camera_note", value="Schluß: café"))
    text = (
        '["fp/1","previz",1,'
        '{"camera_note":"Schluß: café","prompt":"she waits","seed":"random","style":"panel","title":""},'
        f'[["references",0,"b3:{1:064x}"],["references",1,"b3:{2:064x}"]],'
        '"local/previz-1"]'
    )
    assert fp(canvas) == "fp/1:" + hashlib.sha256(text.encode("utf-8")).hexdigest()


def test_the_pass_and_the_recipe_give_one_fingerprint() -> None:
    canvas = board()
    assert expected(canvas, canvas.nodes[PANEL], KINDS["previz"]) == fp(canvas)


def test_defaults_are_filled_in_before_hashing() -> None:
    canvas = board()
    bare = canvas.nodes[PANEL].model_copy(update={"params": {"prompt": "she waits"}})
    assert set(canvas.nodes[PANEL].params) > {"prompt"}
    assert fp(canvas.with_node(bare)) == fp(canvas)


def test_a_new_node_writes_its_defaults_down_so_that_a_later_default_does_not_dirty_it() -> None:
    canvas = board()
    previz = KINDS["previz"]
    calmer = previz.model_copy(
        update={
            "params": tuple(
                spec.model_copy(update={"default": "parallax"}) if spec.name == "style" else spec
                for spec in previz.params
            )
        }
    )
    later = {**KINDS, "previz": calmer}
    assert fingerprint(recipe_of(canvas, PANEL, later)) == fp(canvas)


@pytest.mark.parametrize(
    "op",
    [
        MoveNode(node=PANEL, x=400, y=-20),
        SetTitle(node=PANEL, title="Opening"),
        SetLocked(node=PANEL, locked=True),
        SetTitle(node=NodeId("hero"), title="Anna"),
        Reorder(wire=WireId("hero.image>panel.references"), order=-7),
        Reorder(wire=WireId("place.image>panel.references"), order=900),
    ],
    ids=lambda op: f"{op.op}-{getattr(op, 'order', '')}",
)
def test_what_does_not_change_the_picture_is_not_hashed(op: Op) -> None:
    assert fp(do(board(), op)) == fp(board())


@pytest.mark.parametrize(
    "op",
    [
        SetParam(node=PANEL, name="prompt", value="she leaves"),
        SetParam(node=PANEL, name="style", value="kenburns"),
        SetParam(node=PANEL, name="seed", value=7),
        SetModel(node=PANEL, model="elsewhere/previz-2"),
        Reorder(wire=WireId("hero.image>panel.references"), order=900),
    ],
    ids=["prompt", "style", "seed", "model", "order of the references"],
)
def test_what_changes_the_picture_is_hashed(op: Op) -> None:
    assert fp(do(board(), op)) != fp(board())


def test_the_semantic_version_is_hashed_and_the_kinds_title_is_not() -> None:
    renamed = {**KINDS, "previz": KINDS["previz"].model_copy(update={"title": "Storyboard"})}
    bumped = {**KINDS, "previz": KINDS["previz"].model_copy(update={"semantic_version": 2})}
    assert fingerprint(recipe_of(board(), PANEL, renamed)) == fp(board())
    assert fingerprint(recipe_of(board(), PANEL, bumped)) != fp(board())


def test_content_is_hashed_and_take_ids_are_not() -> None:
    canvas = board()
    twin = imported(canvas, "hero", 99, "image").model_copy(update={"outputs": {"image": Output(content=content(1))}})
    other = imported(canvas, "hero", 98, "image")
    as_twin = do(canvas, AddTake(take=twin), Pin(node=NodeId("hero"), take=twin.id, expected=TakeId("hero/1")))
    as_other = do(canvas, AddTake(take=other), Pin(node=NodeId("hero"), take=other.id, expected=TakeId("hero/1")))
    assert fp(as_twin) == fp(canvas)
    assert fp(as_other) != fp(canvas)


def test_facts_of_the_file_are_not_hashed() -> None:
    canvas = board()
    take = canvas.takes[TakeId("hero/1")]
    told = take.model_copy(update={"outputs": {"image": Output(content=content(1), facts={"width": 640})}})
    assert fp(canvas.with_take(told)) == fp(canvas)


def test_a_wires_own_take_is_hashed_instead_of_the_pin() -> None:
    canvas = board()
    canvas = do(canvas, AddTake(take=imported(canvas, "hero", 50, "image")))
    held = do(canvas, SetWireTake(wire=WireId("hero.image>panel.references"), take=TakeId("hero/50")))
    repinned = do(canvas, Pin(node=NodeId("hero"), take=TakeId("hero/50"), expected=TakeId("hero/1")))
    assert fp(held) == fp(repinned) != fp(canvas)


def test_rank_is_counted_within_each_port_and_skips_what_is_not_there() -> None:
    canvas = do(board(), add("reference", "prop"), wire("prop.image", "panel.references", -5))
    assert fp(canvas) == fp(board())
    ranks = [(item.port, item.rank, item.take) for item in recipe_of(canvas, PANEL, KINDS).inputs]
    assert ranks == [("references", 0, "hero/1"), ("references", 1, "place/2")]


def test_text_is_hashed_in_its_composed_form() -> None:
    composed = do(board(), SetParam(node=PANEL, name="prompt", value="caf\u00e9"))
    spelled_out = do(board(), SetParam(node=PANEL, name="prompt", value="cafe\u0301"))
    assert fp(composed) == fp(spelled_out)
    assert recipe_of(spelled_out, PANEL, KINDS).params["prompt"] == unicodedata.normalize("NFC", "cafe\u0301")


def test_a_random_seed_hashes_as_the_word() -> None:
    assert recipe_of(board(), PANEL, KINDS).params["seed"] == "random"


def test_parameters_that_are_not_semantic_are_left_out() -> None:
    kind = NodeKind(
        key="note",
        title="Note",
        category="deterministic",
        params=(
            ParamSpec(name="text", type="str", default=""),
            ParamSpec(name="colour", type="str", default="grey", semantic=False),
        ),
    )
    assert semantic_params(kind, {"colour": "red", "text": "x"}) == {"text": "x"}
    node = Node(id=NodeId("n"), kind="note", params={"text": "x"})
    red = node.model_copy(update={"params": {"text": "x", "colour": "red"}})
    assert expected(EMPTY, node, kind) == expected(EMPTY, red, kind)


def test_true_and_one_are_two_values() -> None:
    # Python finds them equal, and so would a memory keyed on them alone.
    def kind(type_: Any, default: int | bool) -> NodeKind:
        spec = ParamSpec(name="v", type="choice", default=default, choices=(True, False, 1, 0))
        return NodeKind(key="k", title="K", category="deterministic", params=(spec,))

    same = kind("choice", 0)
    fps = {expected(EMPTY, Node(id=NodeId("n"), kind="k", params={"v": v}), same) for v in (True, 1, False, 0)}
    assert len(fps) == 4


@pytest.mark.parametrize("bad", [1.0, 0.5, float("nan"), float("inf"), None, [1], 2**53], ids=repr)
def test_values_canonical_json_does_not_have_are_refused(bad: Any) -> None:
    recipe = Recipe.model_construct(kind="previz", semantic_version=1, params={"x": bad}, inputs=(), route="")
    with pytest.raises(InvalidParamError):
        fingerprint(recipe)


@pytest.mark.parametrize("bad", [1.0, 0.5, float("nan"), None], ids=repr)
def test_a_model_takes_no_float_for_a_parameter(bad: Any) -> None:
    with pytest.raises(ValidationError):
        Node(id=NodeId("n"), kind="previz", params={"x": bad})


def test_unknown_parameters_are_refused_and_the_known_ones_named() -> None:
    with pytest.raises(InvalidParamError) as caught:
        semantic_params(KINDS["upscale"], {"scal": 2})
    assert "scal" in caught.value.message
    assert "scale" in caught.value.hint


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(InvalidParamError):
        semantic_params(KINDS["previz"], {"prompt": "\ud83d"})


def test_a_recipe_keeps_take_ids_as_provenance() -> None:
    assert recipe_of(shot(), NodeId("up"), KINDS).inputs == (
        RecipeInput(port="source", rank=0, take=TakeId("clip/1"), content=content(1)),
    )


def test_a_recipe_of_a_blocked_node_names_the_missing_input() -> None:
    canvas = do(EMPTY, add("upscale", "up"))
    with pytest.raises(PreconditionError) as caught:
        recipe_of(canvas, NodeId("up"), KINDS)
    assert "source" in caught.value.message
    assert caught.value.details == {"node": "up", "ports": "source"}


def test_a_recipe_of_nothing_is_an_unknown_node() -> None:
    with pytest.raises(UnknownNodeError):
        recipe_of(EMPTY, NodeId("ghost"), KINDS)


def test_the_same_request_twice_is_one_fingerprint_and_two_takes() -> None:
    canvas = shot()
    again = generated(canvas, "up", 20)
    assert again.recipe_fp == canvas.takes[TakeId("up/2")].recipe_fp
    assert do(canvas, AddTake(take=again)).takes_of(NodeId("up"))[1].id == "up/20"


# --- explain --------------------------------------------------------------------------------------------


def changes(*edits: Callable[[Canvas], Canvas] | Op) -> tuple[Change, ...]:
    canvas = board()
    for edit in edits:
        canvas = edit(canvas) if callable(edit) else do(canvas, edit)
    return explain(recipe_of(board(), PANEL, KINDS), recipe_of(canvas, PANEL, KINDS))


def test_explain_finds_nothing_between_equal_recipes() -> None:
    assert changes() == ()


def test_explain_names_parameters_model_and_inputs() -> None:
    found = changes(
        SetParam(node=PANEL, name="prompt", value="she leaves"),
        SetParam(node=PANEL, name="seed", value=1),
        SetModel(node=PANEL, model="m"),
        lambda canvas: with_import(canvas, "place", 9, "image"),
    )
    assert found == (
        Change(path="params.prompt", before="she waits", after="she leaves"),
        Change(path="params.seed", before="random", after=1),
        Change(path="model", before="local/previz-1", after="m"),
        Change(path="inputs.references[1]", before="place/2", after="place/9"),
    )


def test_explain_names_inputs_that_came_and_went() -> None:
    old = recipe_of(board(), PANEL, KINDS)
    fewer = old.model_copy(update={"inputs": old.inputs[:1]})
    assert explain(old, fewer) == (Change(path="inputs.references[1]", before="place/2", after=None),)
    assert explain(fewer, old) == (Change(path="inputs.references[1]", before=None, after="place/2"),)


def test_explain_passes_over_another_take_with_the_same_content() -> None:
    old = recipe_of(board(), PANEL, KINDS)
    twin = old.inputs[0].model_copy(update={"take": TakeId("other")})
    assert explain(old, old.model_copy(update={"inputs": (twin, *old.inputs[1:])})) == ()


def test_ports_must_be_plain_names_because_they_are_hashed_unescaped() -> None:
    with pytest.raises(ValidationError):
        Port(name='a"b', types=frozenset({"video"}))


def test_a_parameter_that_came_later_counts_only_once_it_is_used() -> None:
    old = next(kind for kind in KINDS.values() if kind.params)
    later = ParamSpec(name="consent", type="str", default="", maximum=20, later=True)
    grown = old.model_copy(update={"params": (*old.params, later)})
    assert semantic_params(grown, {}) == semantic_params(old, {})
    assert semantic_params(grown, {"consent": ""}) == semantic_params(old, {})
    assert semantic_params(grown, {"consent": "Ann agreed"}) == {**semantic_params(old, {}), "consent": "Ann agreed"}
