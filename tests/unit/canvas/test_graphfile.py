"""Graph files: what goes along, what comes back, what is refused and in which words, and files of older releases."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from tests.support.canvases import EMPTY, KINDS, add, board, content, do, shot, wire, with_import, with_take

from takebridge.canvas.graphfile import (
    GraphFile,
    MediaEntry,
    read_graph,
    save_graph,
    to_ops,
    wires_cut,
    without_contents,
)
from takebridge.canvas.graphfile_versions import VERSION
from takebridge.canvas.model import MAX_NODES, Canvas
from takebridge.canvas.op_types import InsertGraph
from takebridge.canvas.ops import (
    Accept,
    SetGroup,
    SetLocked,
    SetParam,
    SetPolicy,
    SetTakeHidden,
    SetWireTake,
    apply,
    apply_all,
)
from takebridge.canvas.state import Status, derive
from takebridge.errors import CycleError, InvalidDocumentError, InvalidParamError, UnknownNodeError
from takebridge.ids import JobId, NodeId, TakeId, WireId

CLIP, UP, UP2, CUT = (NodeId(name) for name in ("clip", "up", "up2", "cut"))


def ids() -> Any:
    numbers = itertools.count(1)
    return lambda prefix: f"{prefix}{next(numbers)}"


def inserted(graph: GraphFile, at: tuple[int, int] = (0, 0)) -> InsertGraph:
    (op,) = to_ops(graph, KINDS, ids(), at)
    assert isinstance(op, InsertGraph)
    return op


def placed(graph: GraphFile, canvas: Canvas = EMPTY) -> Canvas:
    return apply(canvas, inserted(graph), KINDS).canvas


def states(canvas: Canvas) -> dict[str, Status]:
    return {canvas.nodes[node].title: state.status for node, state in derive(canvas, KINDS).items()}


def document(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(save_graph(shot()).model_dump_json())
    return {**found, **changes}


def refusal(text: str) -> InvalidDocumentError:
    with pytest.raises(InvalidDocumentError) as caught:
        read_graph(text)
    assert caught.value.hint
    return caught.value


# --- there and back -------------------------------------------------------------------------------------


def test_a_canvas_comes_back_as_it_was() -> None:
    graph = read_graph(save_graph(shot(), takes="all").model_dump_json())
    assert graph == save_graph(shot(), takes="all")
    copy = placed(graph)
    assert states(copy) == states(shot()) == dict.fromkeys(("clip", "up", "up2", "cut"), Status.FRESH)
    assert [take.seq for take in copy.takes.values()] == [1, 1, 1, 1]
    assert graph.media == {content(number): MediaEntry() for number in (1, 2, 3, 4)}


def test_everything_gets_a_new_id_and_fingerprints_stay() -> None:
    canvas = shot()
    op = inserted(save_graph(canvas))
    assert {node.id for node in op.nodes} == {"node1", "node2", "node3", "node4"}
    assert {wire.id for wire in op.wires} == {"wire9", "wire10", "wire11"}
    assert {take.id for take in op.takes} == {"take5", "take6", "take7", "take8"}
    assert [take.recipe_fp for take in op.takes] == [take.recipe_fp for take in canvas.takes.values()]
    up = next(take for take in op.takes if take.node_id == op.nodes[1].id)
    assert up.recipe is not None
    assert [item.take for item in up.recipe.inputs] == [op.nodes[0].pin]


def test_the_same_file_goes_in_twice() -> None:
    graph = save_graph(board())
    twice = apply(placed(graph), to_ops(graph, KINDS, ids_from(100), (0, 500))[0], KINDS).canvas
    assert len(twice.nodes) == 2 * len(graph.nodes)
    assert len(twice.takes) == 2 * len(graph.takes)


def ids_from(start: int) -> Any:
    numbers = itertools.count(start)
    return lambda prefix: f"{prefix}{next(numbers)}"


def test_the_upper_left_corner_lands_where_it_was_asked() -> None:
    canvas = do(EMPTY, add("note", "one").model_copy(update={"x": -40, "y": 30}), add("note", "two"))
    op = inserted(save_graph(canvas), at=(1000, 2000))
    assert [(node.x, node.y) for node in op.nodes] == [(1000, 2030), (1040, 2000)]


def test_what_comes_in_starts_nothing() -> None:
    canvas = do(shot(), SetParam(node=UP, name="scale", value=4), SetPolicy(node=UP, policy="budget"))
    fp = derive(canvas, KINDS)[UP].expected_fp
    assert fp is not None
    canvas = do(canvas, Accept(node=UP, take=TakeId("up/2"), fp=fp), SetLocked(node=UP2, locked=True))
    canvas = canvas.with_take(canvas.takes[TakeId("up/2")].model_copy(update={"job_id": JobId("job")}))
    op = inserted(save_graph(canvas))
    assert {node.policy for node in op.nodes} == {"manual"}
    assert {node.accepted for node in op.nodes} == {frozenset()}
    assert {take.job_id for take in op.takes} == {None}
    assert [node.locked for node in op.nodes] == [False, False, True, False]


# --- what goes along ------------------------------------------------------------------------------------


def test_a_selection_loses_the_wires_that_lead_out_and_says_which() -> None:
    graph = save_graph(shot(), {UP, UP2})
    assert [node.id for node in graph.nodes] == ["up", "up2"]
    assert [wire.id for wire in graph.wires] == ["up.video>up2.source"]
    assert {take.id for take in graph.takes} == {"up/2", "up2/3"}
    assert {wire.id for wire in wires_cut(shot(), {UP, UP2})} == {"clip.video>up.source", "up2.video>cut.clips"}
    assert wires_cut(shot(), None) == ()
    copy = placed(graph)
    up = next(take for take in copy.takes.values() if take.recipe and take.outputs["video"].content == content(2))
    assert up.recipe is not None
    assert [item.take for item in up.recipe.inputs] == ["clip/1"]  # provenance of a take that stayed behind


def test_pinned_takes_and_those_on_wires_go_along_or_all_or_none() -> None:
    canvas = with_take(with_import(shot(), "clip", 5), "up", 6)
    canvas = do(canvas, SetWireTake(wire=WireId("up.video>up2.source"), take=TakeId("up/2")))
    assert {take.id for take in save_graph(canvas).takes} == {"clip/5", "up/6", "up/2", "up2/3", "cut/4"}
    assert {take.id for take in save_graph(canvas, takes="all").takes} == set(canvas.takes)
    bare = save_graph(canvas, takes="none")
    assert (bare.takes, bare.media) == ((), {})
    assert {node.pin for node in bare.nodes} == {None}
    assert {wire.take for wire in bare.wires} == {None}
    assert len(placed(bare).nodes) == 4


def test_groups_go_along_with_their_nodes_only() -> None:
    canvas = do(shot(), add("group", "g"), SetGroup(node=UP, group=NodeId("g")))
    whole = placed(save_graph(canvas))
    group = next(node for node in whole.nodes.values() if node.kind == "group")
    assert [node.title for node in whole.nodes.values() if node.group == group.id] == ["up"]
    assert [node.group for node in save_graph(canvas, {UP}).nodes] == [None]


def test_saving_nothing_or_what_is_not_there_says_so() -> None:
    for nodes in (None, set[NodeId]()):
        with pytest.raises(UnknownNodeError, match="nothing"):
            save_graph(EMPTY, nodes)
    with pytest.raises(UnknownNodeError, match="none"):
        save_graph(shot(), {NodeId("none")})


def test_takes_whose_files_are_missing_stay_out_with_their_pins() -> None:
    canvas = do(shot(), SetWireTake(wire=WireId("up.video>up2.source"), take=TakeId("up/2")))
    graph = without_contents(save_graph(canvas), {content(2)})
    assert [node.pin for node in graph.nodes] == ["clip/1", None, "up2/3", "cut/4"]
    assert content(2) not in graph.media
    assert read_graph(graph.model_dump_json()) == graph
    assert states(placed(graph))["up"] is Status.EMPTY


# --- bad input ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 200_000, "nested"),
        ("[]", "not a TakeBridge graph"),
        ('{"format": "takebridge.graph"}', "not a TakeBridge graph"),
        ('{"format": "other", "version": 1}', "not a TakeBridge graph"),
        ('{"format": "takebridge.graph", "version": true}', "not a TakeBridge graph"),
        ('{"format": "takebridge.graph", "version": NaN}', "NaN is not a number"),
        ('{"format": "takebridge.graph", "version": 1, "nodes": []}', "nodes"),
        ('{"rev": 1, "canvas": {"nodes": []}}', "not a table"),
        ('{"format": "takebridge.graph", "version": 1, "n": ' + "9" * 5000 + "}", "beyond"),
    ],
)
def test_what_is_no_graph_file_is_refused(text: str, word: str) -> None:
    assert word in refusal(text).message


def test_a_file_of_a_newer_release_says_to_update() -> None:
    error = refusal(json.dumps(document(version=VERSION + 1)))
    assert "newer TakeBridge" in error.message
    assert "Update" in error.hint


def test_too_many_nodes_are_refused_before_any_is_read() -> None:
    error = refusal(json.dumps(document(nodes=[None] * (MAX_NODES + 1))))
    assert "20,001" in error.message


def broken(where: str, **changes: Any) -> str:
    """A graph file whose second node, wire or take says something else."""
    found = document()
    found[where][1] = {**found[where][1], **changes}
    return json.dumps(found)


@pytest.mark.parametrize(
    ("text", "node", "word"),
    [
        (broken("nodes", x="far"), "up", "nodes.1.x"),
        (broken("nodes", colour="red"), "up", "colour"),
        (broken("nodes", params={"scale": 2.5}), "up", "params.scale"),
        (broken("nodes", pin="cut/4"), "up", "not among its takes"),
        (broken("nodes", pin="gone"), "up", "not among its takes"),
        (broken("nodes", group="gone"), "up", "group"),
        (broken("wires", src_node="gone"), "up2", "not in the file"),
        (broken("wires", take="clip/1"), "up2", "does not have"),
        (broken("takes", outputs={"video": {"content": content(77)}}), "up", "not in “media”"),
        (broken("takes", outputs={"video": {"content": "../../etc/passwd"}}), "up", "content"),
        (broken("takes", seq=0), "up", "seq"),
    ],
)
def test_a_fault_is_said_with_its_node(text: str, node: str, word: str) -> None:
    error = refusal(text)
    assert error.details["node"] == node
    assert word in error.message


@pytest.mark.parametrize("where", ["nodes", "wires", "takes"])
def test_an_id_given_twice_is_refused(where: str) -> None:
    found = document()
    found[where].append(found[where][0])
    assert "two" in refusal(json.dumps(found)).message


def test_wires_and_takes_of_no_node_are_refused() -> None:
    found = document()
    found["wires"][0] |= {"src_node": "x", "dst_node": "y"}
    assert "“x”" in refusal(json.dumps(found)).message
    found = document()
    found["takes"][0]["node_id"] = "x"
    found["nodes"][0]["pin"] = None
    assert "no node" in refusal(json.dumps(found)).message


@pytest.mark.parametrize("name", ["../x", "a/b", "con", "b3", "x" * 64, "a" * 64 + ".MOV", "a" * 64 + "/../x"])
def test_a_media_name_leads_nowhere_else(name: str) -> None:
    media = {content(number): {"name": name} for number in (1, 2, 3, 4)}
    assert "media" in refusal(json.dumps(document(media=media))).message


def test_kinds_parameters_and_circles_are_refused_with_their_node() -> None:
    with pytest.raises(UnknownNodeError) as unknown:
        placed(read_graph(broken("nodes", kind="teleport")))
    assert unknown.value.details["node"] == "up"
    with pytest.raises(InvalidParamError) as impossible:
        placed(read_graph(broken("nodes", params={"scale": 3})))
    assert impossible.value.details["node"] == "up"
    assert "“up”" in impossible.value.message
    with pytest.raises(InvalidParamError):
        placed(read_graph(broken("nodes", params={"sharpness": 3})))
    found = document()
    found["wires"][0] |= {"src_node": "up2"}
    with pytest.raises(CycleError):
        placed(read_graph(json.dumps(found)))


# --- older files ----------------------------------------------------------------------------------------


def test_a_canvas_saved_by_the_first_release_is_read() -> None:
    canvas = do(shot(), add("upscale", "gone"), wire("clip.video", "gone.source"))
    canvas = with_take(canvas, "gone", 9)
    orphaned = canvas.model_copy(
        update={
            "title": "Old film",
            "nodes": {key: node for key, node in canvas.nodes.items() if key != "gone"},
            "wires": {key: wire for key, wire in canvas.wires.items() if wire.dst_node != "gone"},
        }
    )
    dump = json.loads(orphaned.model_dump_json())
    for node in dump["nodes"].values():  # these came with the second release
        del node["policy"], node["group"]
    for take in dump["takes"].values():
        del take["best"]
        take["rating"] = 5
    graph = read_graph(json.dumps({"rev": 12, "canvas": dump, "states": {}}))
    assert (graph.title, graph.version) == ("Old film", VERSION)
    assert set(graph.media) == {content(number) for number in (1, 2, 3, 4)}
    assert {take.rating for take in graph.takes} == {"keep"}
    assert set(states(placed(graph)).values()) == {Status.FRESH}


def test_hidden_takes_stay_hidden() -> None:
    canvas = with_import(shot(), "clip", 5)
    canvas = do(canvas, SetTakeHidden(take=TakeId("clip/1"), hidden=True))
    copy = apply_all(EMPTY, to_ops(save_graph(canvas, takes="all"), KINDS, ids(), (0, 0)), KINDS).canvas
    clip = next(node.id for node in copy.nodes.values() if node.title == "clip")
    assert [(take.seq, take.hidden) for take in copy.takes_of(clip)] == [(1, True), (2, False)]


@pytest.mark.parametrize("broken", [[], {}, None, 7])
def test_a_canvas_of_the_first_release_with_broken_ids_is_refused(broken: object) -> None:
    node = {"id": broken, "kind": "note"}
    take = {"id": "t", "node_id": broken, "seq": 1, "origin": "imported", "outputs": {}}
    text = json.dumps({"rev": 1, "canvas": {"nodes": {"a": node}, "wires": {}, "takes": {"t": take}}})
    assert "does not fit" in refusal(text).message


def test_half_of_a_surrogate_pair_is_refused_in_words_that_can_be_shown() -> None:
    text = '{"format": "takebridge.graph", "version": 1, "nodes": [{"id": "a", "kind": "note", "title": "\\ud83d"}]}'
    assert "surrogate" in refusal(text).message
    whole = text.replace("\\ud83d", "\\ud83d\\ude00")
    assert read_graph(whole).nodes[0].title == "😀"


def test_more_wires_than_one_edit_may_bring_are_refused() -> None:
    wire = {"id": "w", "src_node": "a", "src_port": "video", "dst_node": "b", "dst_port": "clips"}
    nodes = [{"id": "a", "kind": "source_clip"}, {"id": "b", "kind": "nle_export"}]
    document = {"format": "takebridge.graph", "version": 1, "nodes": nodes, "wires": [wire] * 200_001}
    assert "200,001 wires" in refusal(json.dumps(document)).message


def test_places_stay_numbers_that_every_peer_can_hold() -> None:
    far = 2**53 - 1
    nodes = [{"id": "a", "kind": "note", "x": -far, "y": far}, {"id": "b", "kind": "note", "x": far, "y": -far}]
    graph = read_graph(json.dumps({"format": "takebridge.graph", "version": 1, "nodes": nodes}))
    op = inserted(graph)
    assert [(node.x, node.y) for node in op.nodes] == [(0, far), (far, 0)]


def test_wires_with_equal_order_keys_stay_in_their_order() -> None:
    canvas = do(
        EMPTY,
        add("source_clip", "one"),
        add("source_clip", "two"),
        add("nle_export", "cut"),
        wire("one.video", "cut.clips", 3),
        wire("two.video", "cut.clips", 3),
    )
    canvas = with_take(with_import(with_import(canvas, "one", 1), "two", 2), "cut", 3, "timeline")
    names = itertools.count(1000, -1)  # new ids sort the other way round
    (op,) = to_ops(save_graph(canvas), KINDS, lambda prefix: f"{prefix}_{next(names)}", (0, 0))
    loaded = do(EMPTY, op)
    assert {state.status for state in derive(loaded, KINDS).values()} == {Status.FRESH}
