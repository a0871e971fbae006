"""Every op: what it does, what it refuses and in which words, and that its inverse undoes it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from tests.support.canvases import EMPTY, KINDS, add, board, content, do, generated, imported, shot, wire, with_import

from takebridge.canvas.model import Canvas, Node, Output, Wire
from takebridge.canvas.ops import (
    OP,
    Accept,
    AddNode,
    AddTake,
    Connect,
    Disconnect,
    MoveNode,
    Op,
    Pin,
    RateTake,
    RemoveNode,
    Reorder,
    RestoreNode,
    SetLocked,
    SetModel,
    SetParam,
    SetTakeHidden,
    SetTitle,
    SetWireTake,
    Unaccept,
    apply,
    apply_all,
)
from takebridge.canvas.state import derive
from takebridge.errors import (
    CycleError,
    InvalidParamError,
    InvalidWireError,
    PreconditionError,
    UnknownModelError,
    UnknownNodeError,
    UnknownTakeError,
    UsageError,
)
from takebridge.ids import JobId, NodeId, TakeId, WireId

CLIP, UP, UP2, CUT = (NodeId(name) for name in ("clip", "up", "up2", "cut"))
FIRST = WireId("clip.video>up.source")


def refused(canvas: Canvas, op: Op, error: type[UsageError]) -> UsageError:
    """Apply the op, see it refused, and return the error."""
    before = canvas.model_dump_json()
    with pytest.raises(error) as caught:
        apply(canvas, op, KINDS)
    assert canvas.model_dump_json() == before
    assert type(caught.value) is error
    return caught.value


def expected_fp(canvas: Canvas, node: NodeId) -> str:
    fp = derive(canvas, KINDS)[node].expected_fp
    assert fp is not None
    return fp


def stale_shot() -> Canvas:
    return do(shot(), SetParam(node=UP, name="scale", value=4))


UNDOABLE: list[Op] = [
    add("previz", "new", prompt="x"),
    RemoveNode(node=UP),
    SetParam(node=UP, name="scale", value=2),
    SetParam(node=UP, name="scale", value=None),
    SetTitle(node=UP, title="Bigger"),
    MoveNode(node=UP, x=10, y=-3),
    SetModel(node=UP, model="elsewhere/x"),
    wire("clip.video", "cut.clips"),
    wire("clip.video", "cut.clips", -4, take="clip/1"),
    Disconnect(wire=FIRST),
    Reorder(wire=FIRST, order=12),
    SetWireTake(wire=FIRST, take=TakeId("clip/1")),
    Pin(node=UP, take=None, expected=TakeId("up/2")),
    SetLocked(node=UP, locked=True),
    RateTake(take=TakeId("up/2"), rating=5),
    Accept(node=UP, take=TakeId("up/2"), fp=expected_fp(stale_shot(), UP)),
    Unaccept(node=UP, take=TakeId("up/2"), fp=expected_fp(stale_shot(), UP)),
]


@pytest.mark.parametrize("op", UNDOABLE, ids=lambda op: op.op)
def test_undo_brings_back_exactly_what_was(op: Op) -> None:
    before = stale_shot()
    done = apply(before, op, KINDS)
    undone = apply(done.canvas, done.inverse, KINDS)
    assert undone.canvas == before
    assert apply(undone.canvas, undone.inverse, KINDS).canvas == done.canvas


@pytest.mark.parametrize("op", UNDOABLE, ids=lambda op: op.op)
def test_an_op_and_its_inverse_survive_json(op: Op) -> None:
    inverse = apply(stale_shot(), op, KINDS).inverse
    for value in (op, inverse):
        assert OP.validate_json(OP.dump_json(value)) == value


def test_an_op_with_an_unknown_field_or_name_is_refused() -> None:
    with pytest.raises(ValidationError):
        OP.validate_json('{"op":"set_title","node":"a","title":"b","colour":"red"}')
    with pytest.raises(ValidationError):
        OP.validate_json('{"op":"explode","node":"a"}')


def test_several_ops_apply_whole_or_not_at_all() -> None:
    before = shot()
    with pytest.raises(UnknownNodeError):
        apply_all(before, [SetTitle(node=UP, title="x"), RemoveNode(node=NodeId("ghost"))], KINDS)
    done = apply_all(before, [SetTitle(node=UP, title="x"), SetTitle(node=UP, title="y"), RemoveNode(node=UP2)], KINDS)
    assert done.canvas.nodes[UP].title == "y"
    assert apply_all(done.canvas, done.inverses, KINDS).canvas == before


# --- nodes ----------------------------------------------------------------------------------------------


def test_a_new_node_gets_the_kinds_defaults() -> None:
    canvas = do(EMPTY, AddNode(id=NodeId("n"), kind="upscale", x=1, y=2))
    assert canvas.nodes[NodeId("n")] == Node(
        id=NodeId("n"), kind="upscale", title="Upscale", x=1, y=2, params={"scale": 2}, model="local/span-x2"
    )


def test_a_node_of_an_unknown_kind_is_refused_and_the_installed_ones_named() -> None:
    error = refused(EMPTY, AddNode(id=NodeId("n"), kind="lipsync"), UnknownNodeError)
    assert "lipsync" in error.message
    assert "upscale" in error.hint


@pytest.mark.parametrize(
    ("kind", "params", "words"),
    [
        ("upscale", {"scale": 3}, "must be one of 2, 4"),
        ("upscale", {"scale": True}, "must be one of 2, 4"),
        ("upscale", {"scale": "2"}, "must be one of 2, 4"),
        ("upscale", {"size": 2}, "no parameter “size”"),
        ("previz", {"seed": "any"}, "must be a whole number or random"),
        ("previz", {"seed": -1}, "must be between 0"),
        ("previz", {"seed": 2**53}, "must be between 0"),
        ("previz", {"seed": True}, "must be a whole number or random"),
        ("previz", {"prompt": 5}, "must be text"),
        ("previz", {"title": "x" * 201}, "at most 200 characters"),
    ],
)
def test_a_parameter_the_kind_does_not_accept_is_refused(kind: str, params: dict[str, int | str], words: str) -> None:
    error = refused(EMPTY, AddNode(id=NodeId("n"), kind=kind, params=params), InvalidParamError)
    assert words in error.message


def test_a_float_never_gets_into_an_op() -> None:
    for text in ("2.0", "2.5", "NaN"):
        with pytest.raises(ValidationError):
            OP.validate_json(f'{{"op":"set_param","node":"a","name":"scale","value":{text}}}')


def test_a_node_id_is_used_once() -> None:
    refused(shot(), add("upscale", "up"), PreconditionError)
    removed = do(shot(), RemoveNode(node=UP))
    assert "undo the removal" in refused(removed, add("upscale", "up"), PreconditionError).hint


def test_a_kind_without_models_takes_no_model() -> None:
    refused(EMPTY, AddNode(id=NodeId("n"), kind="source_clip", model="m"), UnknownModelError)
    refused(shot(), SetModel(node=CLIP, model="m"), UnknownModelError)


def test_ops_on_a_missing_node_say_so() -> None:
    ghost = NodeId("ghost")
    for op in (SetTitle(node=ghost, title=""), RemoveNode(node=ghost), Pin(node=ghost, take=None, expected=None)):
        assert "ghost" in refused(shot(), op, UnknownNodeError).message


def test_removing_a_node_cascades_its_wires_and_keeps_its_takes_as_orphans() -> None:
    canvas = do(shot(), RemoveNode(node=UP))
    assert set(canvas.wires) == {"up2.video>cut.clips"}
    assert [take.id for take in canvas.orphans()] == ["up/2"]
    assert "undo brings it back" in refused(canvas, SetTitle(node=UP, title="x"), UnknownNodeError).hint


def test_restoring_a_node_checks_it_like_a_new_one() -> None:
    canvas = do(shot(), RemoveNode(node=UP))
    up = shot().nodes[UP]
    refused(shot(), RestoreNode(node=up), PreconditionError)
    stolen = up.model_copy(update={"pin": TakeId("clip/1")})
    refused(canvas, RestoreNode(node=stolen), UnknownTakeError)
    approved = up.model_copy(update={"accepted": frozenset({(TakeId("clip/1"), "fp")})})
    refused(canvas, RestoreNode(node=approved), UnknownTakeError)
    refused(canvas, RestoreNode(node=up.model_copy(update={"params": {"scale": 9}})), InvalidParamError)
    stray = Wire(id=WireId("w"), src_node=CLIP, src_port="video", dst_node=CUT, dst_port="clips")
    refused(canvas, RestoreNode(node=up, wires=(stray,)), InvalidWireError)


def test_setting_a_parameter_to_nothing_goes_back_to_the_default() -> None:
    canvas = do(stale_shot(), SetParam(node=UP, name="scale", value=None))
    assert "scale" not in canvas.nodes[UP].params
    assert derive(canvas, KINDS) == derive(shot(), KINDS)
    refused(shot(), SetParam(node=UP, name="size", value=None), InvalidParamError)


# --- wires ----------------------------------------------------------------------------------------------


def test_a_port_that_does_not_fit_is_refused_with_what_would() -> None:
    canvas = do(board(), add("source_clip", "clip"))
    error = refused(canvas, wire("clip.video", "panel.references"), InvalidWireError)
    assert error.message == "“clip” gives video; “references” of “panel” takes image."
    assert error.hint == "For video, Previz has the input source."
    assert error.details == {"node": "panel", "port": "references"}


def test_a_node_with_no_fitting_input_lists_what_it_has() -> None:
    canvas = do(shot(), add("reference", "hero"))
    error = refused(canvas, wire("hero.image", "up.source"), InvalidWireError)
    assert error.hint == "No input of Upscale takes image. Its inputs: source (video)."


def test_ports_that_do_not_exist_are_refused() -> None:
    assert "no output “audio”" in refused(shot(), wire("clip.audio", "cut.clips"), InvalidWireError).message
    error = refused(shot(), wire("clip.video", "cut.reel"), InvalidWireError)
    assert ("no input “reel”" in error.message, error.hint) == (
        True,
        "For video, Export to editor has the input clips.",
    )


def test_an_input_for_one_wire_takes_one() -> None:
    error = refused(shot(), wire("clip.video", "up2.source"), InvalidWireError)
    assert "already has a wire" in error.message
    assert error.details["wire"] == "up.video>up2.source"


def test_one_clip_may_be_exported_twice() -> None:
    twice = wire("up2.video", "cut.clips").model_copy(update={"id": WireId("again")})
    assert len(do(shot(), twice).wires) == 4


def test_a_circle_names_its_path() -> None:
    canvas = do(shot(), Disconnect(wire=FIRST))
    error = refused(canvas, wire("up2.video", "up.source"), CycleError)
    assert error.message == "This wire would close a circle: up → up2 → up."
    canvas = do(EMPTY, add("upscale", "a"))
    assert "a → a" in refused(canvas, wire("a.video", "a.source"), CycleError).message


def test_wire_ids_are_used_once_and_missing_wires_named() -> None:
    twin = wire("clip.video", "cut.clips").model_copy(update={"id": FIRST})
    refused(shot(), twin, PreconditionError)
    for op in (Disconnect(wire=WireId("w9")), Reorder(wire=WireId("w9"), order=1)):
        assert "w9" in refused(shot(), op, UnknownNodeError).message


def test_a_wire_without_an_order_becomes_the_last_of_its_port() -> None:
    canvas = do(shot(), wire("clip.video", "cut.clips", 7), wire("up.video", "cut.clips"))
    assert canvas.wires[WireId("up.video>cut.clips")].order == 8


def test_a_wire_carries_only_takes_of_its_source() -> None:
    refused(shot(), wire("clip.video", "cut.clips", take="up/2"), UnknownTakeError)
    refused(shot(), SetWireTake(wire=FIRST, take=TakeId("up/2")), UnknownTakeError)
    refused(shot(), SetWireTake(wire=FIRST, take=TakeId("ghost")), UnknownTakeError)


# --- pins -----------------------------------------------------------------------------------------------


def test_a_pin_is_compare_and_set() -> None:
    canvas = do(shot(), AddTake(take=generated(shot(), "up", 20)))
    error = refused(canvas, Pin(node=UP, take=TakeId("up/20"), expected=None), PreconditionError)
    assert error.details == {"node": "up", "take": "up/2"}
    assert do(canvas, Pin(node=UP, take=TakeId("up/20"), expected=TakeId("up/2"))).nodes[UP].pin == "up/20"


def test_a_take_of_another_node_cannot_be_pinned() -> None:
    error = refused(shot(), Pin(node=UP, take=TakeId("clip/1"), expected=TakeId("up/2")), UnknownTakeError)
    assert error.message == "Take “clip/1” belongs to “clip”, not to “up”."
    assert error.details == {"node": "up", "take": "clip/1"}


def test_a_take_that_does_not_exist_cannot_be_pinned() -> None:
    refused(shot(), Pin(node=UP, take=TakeId("ghost"), expected=TakeId("up/2")), UnknownTakeError)


def test_accepting_is_compare_and_set_on_pin_and_recipe() -> None:
    canvas, pin = stale_shot(), TakeId("up/2")
    fp = expected_fp(canvas, UP)
    for kind in (Accept, Unaccept):
        refused(canvas, kind(node=UP, take=TakeId("clip/1"), fp=fp), PreconditionError)
        refused(canvas, kind(node=UP, take=pin, fp=expected_fp(shot(), UP)), PreconditionError)
        refused(canvas, kind(node=CLIP, take=TakeId("clip/1"), fp=fp), PreconditionError)
    refused(do(canvas, Disconnect(wire=FIRST)), Accept(node=UP, take=pin, fp=fp), PreconditionError)


def test_accepting_twice_and_undoing_once_leaves_it_accepted() -> None:
    canvas = stale_shot()
    accept = Accept(node=UP, take=TakeId("up/2"), fp=expected_fp(canvas, UP))
    once = do(canvas, accept)
    twice = apply(once, accept, KINDS)
    assert apply(twice.canvas, twice.inverse, KINDS).canvas == once


# --- takes ----------------------------------------------------------------------------------------------


def test_a_take_is_undone_by_hiding_it() -> None:
    take = generated(shot(), "up", 20)
    done = apply(shot(), AddTake(take=take), KINDS)
    undone = apply(done.canvas, done.inverse, KINDS)
    assert undone.canvas.takes[take.id] == take.model_copy(update={"hidden": True})
    assert undone.canvas.model_copy(update={"takes": shot().takes}) == shot()
    assert apply(undone.canvas, undone.inverse, KINDS).canvas == done.canvas


def test_a_take_is_written_once_and_numbered_in_order() -> None:
    refused(shot(), AddTake(take=shot().takes[TakeId("up/2")]), PreconditionError)
    late = generated(shot(), "up", 20).model_copy(update={"seq": 5})
    assert "the next one is 2" in refused(shot(), AddTake(take=late), PreconditionError).message


def test_a_take_brings_a_file_on_the_nodes_own_outputs() -> None:
    take = imported(shot(), "up", 20, "image")
    assert "video" in refused(shot(), AddTake(take=take), InvalidParamError).message
    refused(shot(), AddTake(take=take.model_copy(update={"outputs": {}})), InvalidParamError)


def test_a_takes_fingerprint_is_that_of_its_recipe() -> None:
    forged = generated(shot(), "up", 20).model_copy(update={"recipe_fp": "fp/1:0"})
    refused(shot(), AddTake(take=forged), UsageError)


def test_what_a_job_made_for_a_removed_node_is_kept_as_an_orphan() -> None:
    take = generated(shot(), "up", 20).model_copy(update={"job_id": JobId("job_1")})
    gone = do(shot(), RemoveNode(node=UP))
    assert {t.id for t in do(gone, AddTake(take=take)).orphans()} == {"up/2", "up/20"}
    refused(gone, AddTake(take=take.model_copy(update={"job_id": None})), UnknownNodeError)


def test_a_pinned_take_cannot_be_hidden() -> None:
    error = refused(shot(), SetTakeHidden(take=TakeId("up/2"), hidden=True), PreconditionError)
    assert (error.message, error.hint) == ("Take 1 of “up” is pinned.", "Pin another take first.")


def test_a_take_a_wire_carries_cannot_be_hidden() -> None:
    canvas = do(shot(), AddTake(take=imported(shot(), "clip", 9)), SetWireTake(wire=FIRST, take=TakeId("clip/9")))
    error = refused(canvas, SetTakeHidden(take=TakeId("clip/9"), hidden=True), PreconditionError)
    assert error.details["wire"] == FIRST


def test_a_hidden_take_is_neither_pinned_nor_wired_until_shown() -> None:
    canvas = do(shot(), AddTake(take=imported(shot(), "clip", 9)), SetTakeHidden(take=TakeId("clip/9"), hidden=True))
    refused(canvas, Pin(node=CLIP, take=TakeId("clip/9"), expected=TakeId("clip/1")), UnknownTakeError)
    refused(canvas, SetWireTake(wire=FIRST, take=TakeId("clip/9")), UnknownTakeError)
    shown = do(canvas, SetTakeHidden(take=TakeId("clip/9"), hidden=False))
    assert do(shown, Pin(node=CLIP, take=TakeId("clip/9"), expected=TakeId("clip/1"))).nodes[CLIP].pin == "clip/9"


def test_the_pin_of_a_removed_node_may_be_hidden_and_then_the_node_comes_back_only_without_it() -> None:
    removed = apply(shot(), RemoveNode(node=UP), KINDS)
    canvas = do(removed.canvas, SetTakeHidden(take=TakeId("up/2"), hidden=True))
    refused(canvas, removed.inverse, UnknownTakeError)


def test_ratings_are_words_and_the_stars_of_release_0_1_are_read_as_words() -> None:
    for wrong in (6, 0, True, "great"):
        with pytest.raises(ValidationError):
            RateTake.model_validate({"take": "up/2", "rating": wrong})
    refused(shot(), RateTake(take=TakeId("ghost"), rating="keep"), UnknownTakeError)
    rated = do(shot(), RateTake.model_validate({"take": "up/2", "rating": 3}))
    assert rated.takes[TakeId("up/2")].rating == "almost"


def test_every_value_of_a_busy_canvas_survives_json() -> None:
    canvas = stale_shot()
    canvas = do(canvas, Accept(node=UP, take=TakeId("up/2"), fp=expected_fp(canvas, UP)))
    canvas = with_import(canvas, "clip", 9)
    take = canvas.takes[TakeId("up/2")].model_copy(
        update={
            "cost_actual_micros": 40_000,
            "outputs": {"video": Output(content=content(2), facts={"width": 640, "rate": "24", "vfr": False})},
        }
    )
    canvas = canvas.with_take(take)
    back = Canvas.model_validate_json(canvas.model_dump_json())
    assert back == canvas
    assert back.model_dump_json() == canvas.model_dump_json()
    assert derive(back, KINDS) == derive(canvas, KINDS)


def test_connect_takes_any_name_and_answers_with_words_rather_than_a_pattern() -> None:
    odd = Connect(id=WireId("w"), src_node=CLIP, src_port="Video!", dst_node=CUT, dst_port="clips")
    assert "“Video!”" in refused(shot(), odd, InvalidWireError).message
