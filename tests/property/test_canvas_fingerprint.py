"""Laws of the fingerprint: what it must not see, and what it must."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.support.canvases import KINDS, add, board, content, do, shot, wire, with_import

from takebridge.canvas.fingerprint import explain, fingerprint, recipe_of
from takebridge.canvas.model import Canvas, Node, ParamValue, Recipe, RecipeInput
from takebridge.canvas.ops import MoveNode, Reorder, SetLocked, SetTitle
from takebridge.canvas.state import derive
from takebridge.ids import NodeId, TakeId, WireId

PANEL = NodeId("panel")
text = st.text(st.characters(codec="utf-8"), max_size=20)
values: st.SearchStrategy[ParamValue] = st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | text
keys = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
params = st.dictionaries(keys, values, max_size=6)
inputs = st.lists(st.tuples(st.sampled_from(["source", "references"]), st.integers(1, 4)), max_size=5)


def recipe_with(
    fields: dict[str, ParamValue], feeds: list[tuple[str, int]], route: str = "m", version: int = 1
) -> Recipe:
    counted: dict[str, int] = {}
    items = []
    for number, (port, file) in enumerate(feeds):
        rank = counted[port] = counted.get(port, -1) + 1
        items.append(RecipeInput(port=port, rank=rank, take=TakeId(f"t{number}"), content=content(file)))
    return Recipe(kind="previz", semantic_version=version, params=fields, inputs=tuple(items), route=route)


recipes = st.builds(recipe_with, params, inputs, text, st.integers(1, 3))


def naive(recipe: Recipe) -> str:
    """Hash the documented structure with the standard encoder."""
    fields = {
        name: unicodedata.normalize("NFC", value) if isinstance(value, str) else value
        for name, value in recipe.params.items()
    }
    feeds = sorted([item.port, item.rank, item.content] for item in recipe.inputs)
    whole: list[Any] = ["fp/1", recipe.kind, recipe.semantic_version, fields, feeds, recipe.route]
    body = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "fp/1:" + hashlib.sha256(body.encode()).hexdigest()


@given(recipes)
def test_any_fingerprint_is_the_hash_of_the_documented_json(recipe: Recipe) -> None:
    assert fingerprint(recipe) == naive(recipe)


@given(recipes, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_written_down_does_not_matter(recipe: Recipe, random: Any) -> None:
    names, feeds = list(recipe.params), list(recipe.inputs)
    random.shuffle(names)
    random.shuffle(feeds)
    shuffled = recipe.model_copy(
        update={"params": {name: recipe.params[name] for name in names}, "inputs": tuple(feeds)}
    )
    assert fingerprint(shuffled) == fingerprint(recipe)
    assert explain(recipe, shuffled) == ()


@given(recipes)
def test_a_recipe_and_its_fingerprint_survive_json(recipe: Recipe) -> None:
    back = Recipe.model_validate_json(recipe.model_dump_json())
    assert back == recipe
    assert fingerprint(back) == fingerprint(recipe)


@given(recipes, recipes)
def test_two_recipes_share_a_fingerprint_exactly_when_nothing_explains_a_difference(one: Recipe, other: Recipe) -> None:
    assert (fingerprint(one) == fingerprint(other)) is (explain(one, other) == ())


@given(recipes, keys, values, values)
def test_every_parameter_counts(recipe: Recipe, name: str, one: ParamValue, other: ParamValue) -> None:
    def normal(value: ParamValue) -> tuple[type, ParamValue]:
        return type(value), unicodedata.normalize("NFC", value) if isinstance(value, str) else value

    assume(normal(one) != normal(other))
    with_one = recipe.model_copy(update={"params": {**recipe.params, name: one}})
    with_other = recipe.model_copy(update={"params": {**recipe.params, name: other}})
    without = recipe.model_copy(update={"params": {key: v for key, v in recipe.params.items() if key != name}})
    assert len({fingerprint(with_one), fingerprint(with_other), fingerprint(without)}) == 3
    assert [change.path for change in explain(with_one, with_other)] == [f"params.{name}"]


@given(recipes, text)
def test_kind_version_and_route_count(recipe: Recipe, route: str) -> None:
    assume(route != recipe.route)
    others = [
        recipe.model_copy(update={"kind": "upscale"}),
        recipe.model_copy(update={"semantic_version": recipe.semantic_version + 1}),
        recipe.model_copy(update={"route": route}),
    ]
    assert len({fingerprint(item) for item in (recipe, *others)}) == 4
    assert [explain(recipe, item)[0].path for item in others] == ["kind", "version", "model"]


@given(recipes, st.data())
def test_every_inputs_content_counts_and_its_take_does_not(recipe: Recipe, data: st.DataObject) -> None:
    assume(recipe.inputs)
    at = data.draw(st.integers(0, len(recipe.inputs) - 1))
    item = recipe.inputs[at]

    def with_item(changed: RecipeInput) -> Recipe:
        return recipe.model_copy(update={"inputs": (*recipe.inputs[:at], changed, *recipe.inputs[at + 1 :])})

    assert fingerprint(with_item(item.model_copy(update={"take": TakeId("other")}))) == fingerprint(recipe)
    assert fingerprint(with_item(item.model_copy(update={"content": content(99)}))) != fingerprint(recipe)
    shorter = recipe.model_copy(update={"inputs": (*recipe.inputs[:at], *recipe.inputs[at + 1 :])})
    assert fingerprint(shorter) != fingerprint(recipe)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=2, max_size=6, unique=True), st.integers(1, 1000))
def test_order_keys_count_only_by_the_order_they_make(orders: list[int], stretch: int) -> None:
    def panel(keys_: list[int]) -> str:
        canvas = board()
        for number, key in enumerate(keys_):
            canvas = do(canvas, add("reference", f"ref{number}"))
            canvas = with_import(canvas, f"ref{number}", 100 + number, "image")
            canvas = do(canvas, wire(f"ref{number}.image", "panel.references", key))
        return fingerprint(recipe_of(canvas, PANEL, KINDS))

    def moved(key: int) -> int:
        # Keeps every order, also that to the two wires of the board itself (keys 0 and 1).
        return key if key in (0, 1) else key * stretch

    assume(not {0, 1} & set(orders))
    assert panel(orders) == panel([moved(key) for key in orders])
    swapped = [orders[1], orders[0], *orders[2:]]
    assert panel(swapped) != panel(orders)


cosmetic = st.one_of(
    st.builds(MoveNode, node=st.just(PANEL), x=st.integers(-999, 999), y=st.integers(-999, 999)),
    st.builds(SetTitle, node=st.sampled_from([PANEL, NodeId("hero")]), title=text),
    st.builds(SetLocked, node=st.sampled_from([PANEL, NodeId("hero")]), locked=st.booleans()),
    st.builds(Reorder, wire=st.just(WireId("hero.image>panel.references")), order=st.integers(-99, 0)),
    st.builds(Reorder, wire=st.just(WireId("place.image>panel.references")), order=st.integers(1, 99)),
)


@given(st.lists(cosmetic, max_size=6))
def test_no_run_of_cosmetic_edits_changes_a_fingerprint(edits: list[Any]) -> None:
    before, after = board(), do(board(), *edits)
    assert fingerprint(recipe_of(after, PANEL, KINDS)) == fingerprint(recipe_of(before, PANEL, KINDS))


@given(st.permutations(list(shot().nodes)), st.permutations(list(shot().wires)))
def test_the_order_of_nodes_and_wires_does_not_change_a_state(nodes: list[NodeId], wires: list[WireId]) -> None:
    canvas = shot()
    other = canvas.model_copy(
        update={
            "nodes": {node: canvas.nodes[node] for node in nodes},
            "wires": {wire_id: canvas.wires[wire_id] for wire_id in wires},
        }
    )
    assert derive(other, KINDS) == derive(canvas, KINDS)


@given(params)
def test_a_node_survives_json(fields: dict[str, ParamValue]) -> None:
    node = Node(
        id=NodeId("n"), kind="previz", params=fields, accepted=frozenset({(TakeId("b"), "2"), (TakeId("a"), "1")})
    )
    assert Node.model_validate_json(node.model_dump_json()) == node
    canvas = Canvas(id=board().id, nodes={node.id: node})
    assert Canvas.model_validate_json(canvas.model_dump_json()).nodes[node.id].params == fields
