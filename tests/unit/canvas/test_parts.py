"""Parts of an output, best ranges of a take, groups and notes, and what they do to states."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from tests.support.canvases import EMPTY, KINDS, add, content, do, pinned, shot, with_import, with_take

from takebridge.canvas.fingerprint import fingerprint, recipe_of
from takebridge.canvas.model import Canvas, FrameRange, Output, Take
from takebridge.canvas.ops import AddTake, Connect, RateTake, SetBestRange, SetGroup, SetPolicy, apply
from takebridge.canvas.state import Status, derive, why_stale
from takebridge.errors import InvalidParamError, InvalidWireError, PreconditionError
from takebridge.ids import NodeId, TakeId, WireId

SCRIPT, WIDE, CLOSE = NodeId("script"), NodeId("wide"), NodeId("close")


def part(source: str, port: str, target: str, into: str) -> Connect:
    return Connect(
        id=WireId(f"{port}>{target}"), src_node=NodeId(source), src_port=port, dst_node=NodeId(target), dst_port=into
    )


def written(canvas: Canvas, *numbers: int, gone: str = "") -> Canvas:
    """Pin a script take whose parts have these contents: the whole, shot s1, shot s2."""
    names = ("script", "shot.s1", "shot.s2")
    outputs = {name: Output(content=content(n)) for name, n in zip(names, numbers, strict=True) if name != gone}
    recipe = recipe_of(canvas, SCRIPT, KINDS)
    seq = canvas.next_seq(SCRIPT)
    take = Take(
        id=TakeId(f"script/{seq}"),
        node_id=SCRIPT,
        seq=seq,
        origin="manual",
        recipe=recipe,
        recipe_fp=fingerprint(recipe),
        outputs=outputs,
    )
    return pinned(canvas, take)


def story() -> Canvas:
    canvas = do(
        EMPTY,
        add("script", "script"),
        add("image", "wide"),
        add("image", "close"),
        part("script", "shot.s1", "wide", "direction"),
        part("script", "shot.s2", "close", "direction"),
    )
    canvas = written(canvas, 10, 11, 12)
    return with_take(with_take(canvas, "wide", 21, "image"), "close", 22, "image")


def statuses(canvas: Canvas) -> dict[str, str]:
    return {str(node): state.status.value for node, state in derive(canvas, KINDS).items()}


def test_another_scene_two_makes_only_what_hangs_on_it_stale() -> None:
    canvas = story()
    assert statuses(canvas) == {"script": "fresh", "wide": "fresh", "close": "fresh"}
    edited = written(canvas, 13, 11, 14)
    assert statuses(edited) == {"script": "fresh", "wide": "fresh", "close": "stale"}
    (change,) = why_stale(edited, CLOSE, KINDS)
    assert (change.path, change.before, change.after) == ("inputs.direction[0]", "script/1", "script/2")


def test_a_part_that_is_gone_blocks_although_its_input_is_optional() -> None:
    state = derive(written(story(), 15, 11, 12, gone="shot.s2"), KINDS)[CLOSE]
    assert (state.status, state.blocked_by) == (Status.BLOCKED, ("direction",))


def test_a_script_without_a_take_leaves_an_optional_input_blocked_too() -> None:
    canvas = do(EMPTY, add("script", "script"), add("image", "wide"), part("script", "shot.s1", "wide", "direction"))
    assert statuses(canvas) == {"script": "empty", "wide": "blocked"}


def test_a_port_with_parts_is_not_wired_as_a_whole() -> None:
    with pytest.raises(InvalidWireError) as caught:
        do(EMPTY, add("script", "script"), add("image", "w"), part("script", "shot", "w", "direction"))
    assert "shot.<part>" in caught.value.hint
    with pytest.raises(InvalidWireError):
        do(EMPTY, add("brief", "brief"), add("image", "w"), part("brief", "text.s1", "w", "direction"))


def test_takes_may_not_fill_a_port_with_parts_as_a_whole() -> None:
    take = Take(id=TakeId("t"), node_id=SCRIPT, seq=1, origin="manual", outputs={"shot": Output(content=content(1))})
    with pytest.raises(InvalidParamError, match="shot"):
        pinned(do(EMPTY, add("script", "script")), take)


def framed(canvas: Canvas, node: str, number: int, frames: int) -> Canvas:
    take = Take(
        id=TakeId(f"{node}/{number}"),
        node_id=NodeId(node),
        seq=canvas.next_seq(NodeId(node)),
        origin="imported",
        outputs={"video": Output(content=content(number), facts={"frame_count": frames})},
    )
    return pinned(canvas, take)


def clip_and_trim() -> Canvas:
    canvas = do(EMPTY, add("source_clip", "clip"), add("trim", "trim"), add("upscale", "up"))
    canvas = do(canvas, part("clip", "video", "trim", "source"), part("clip", "video", "up", "source"))
    canvas = framed(canvas, "clip", 1, 240)
    return with_take(with_take(canvas, "trim", 2), "up", 3)


def test_a_best_range_makes_stale_what_uses_it_and_nothing_else() -> None:
    canvas = clip_and_trim()
    chosen = do(canvas, SetBestRange(take=TakeId("clip/1"), best=FrameRange(start=48, end=120)))
    assert statuses(chosen) == {"clip": "fresh", "trim": "stale", "up": "fresh"}
    (change,) = why_stale(chosen, NodeId("trim"), KINDS)
    assert (change.path, change.before, change.after) == ("inputs.source[0].best", None, "48-120")
    back = do(chosen, SetBestRange(take=TakeId("clip/1"), best=None))
    assert back == canvas


def test_the_range_is_part_of_the_fingerprint_exactly() -> None:
    canvas = do(clip_and_trim(), SetBestRange(take=TakeId("clip/1"), best=FrameRange(start=48, end=120)))
    recipe = recipe_of(canvas, NodeId("trim"), KINDS)
    assert recipe.inputs[0].used == FrameRange(start=48, end=120)
    assert fingerprint(recipe) == derive(canvas, KINDS)[NodeId("trim")].expected_fp
    other = do(canvas, SetBestRange(take=TakeId("clip/1"), best=FrameRange(start=48, end=121)))
    assert fingerprint(recipe_of(other, NodeId("trim"), KINDS)) != fingerprint(recipe)


def test_ranges_lie_within_the_take() -> None:
    canvas = clip_and_trim()
    with pytest.raises(InvalidParamError, match="240 frames"):
        do(canvas, SetBestRange(take=TakeId("clip/1"), best=FrameRange(start=0, end=241)))
    with pytest.raises(PreconditionError):
        do(shot(), SetBestRange(take=TakeId("clip/1"), best=FrameRange(start=0, end=1)))  # no frames known
    for start, end in ((5, 5), (6, 5), (-1, 3)):
        with pytest.raises(ValidationError):
            FrameRange(start=start, end=end)


def test_notes_and_groups_are_fresh_and_disturb_nothing() -> None:
    canvas = do(shot(), add("note", "n"), add("group", "g"), SetGroup(node=NodeId("up"), group=NodeId("g")))
    assert statuses(canvas) == {**statuses(shot()), "n": "fresh", "g": "fresh"}


def test_groups_hold_nodes_and_not_groups() -> None:
    canvas = do(shot(), add("group", "g"), add("group", "h"))
    for node, group in (("up", "clip"), ("h", "g"), ("g", "g")):
        with pytest.raises(PreconditionError):
            do(canvas, SetGroup(node=NodeId(node), group=NodeId(group)))


@pytest.mark.parametrize(
    "op",
    [
        SetPolicy(node=NodeId("up"), policy="free"),
        RateTake(take=TakeId("up/2"), rating="useful_weird"),
    ],
)
def test_policy_and_rating_are_undone(op: SetPolicy | RateTake) -> None:
    done = apply(shot(), op, KINDS)
    assert done.canvas != shot()
    assert derive(done.canvas, KINDS) == derive(shot(), KINDS)
    assert apply(done.canvas, done.inverse, KINDS).canvas == shot()


def test_an_import_with_a_recipe_of_its_own_is_fresh() -> None:
    canvas = written(do(EMPTY, add("script", "script")), 1, 2, 3)
    assert statuses(canvas) == {"script": "fresh"}
    assert statuses(with_import(do(EMPTY, add("brief", "b")), "b", 1, "text")) == {"b": "fresh"}


@pytest.mark.parametrize("port", ["shot.S1", "shot.s 1", "shot.é", "shot." + "a" * 60, "shot.s1\n"])
def test_a_part_that_no_database_row_could_name_is_refused(port: str) -> None:
    with pytest.raises(InvalidWireError, match="no output") as caught:
        do(story(), part("script", port, "wide", "references"))
    assert caught.value.details["node"] == "script"


def test_a_best_range_lies_within_every_output() -> None:
    canvas = do(EMPTY, add("source_clip", "clip"), add("breakdown", "cut"), part("clip", "video", "cut", "source"))
    canvas = framed(canvas, "clip", 1, 240)
    shots = {
        f"shot.{name}": Output(content=content(n), facts={"frame_count": n}) for name, n in (("a", 100), ("b", 30))
    }
    take = Take(id=TakeId("cut/1"), node_id=NodeId("cut"), seq=1, origin="manual", outputs=shots)
    canvas = pinned(canvas, take)
    with pytest.raises(InvalidParamError, match="30 frames"):
        do(canvas, SetBestRange(take=take.id, best=FrameRange(start=20, end=31)))
    best = FrameRange(start=20, end=30)
    assert do(canvas, SetBestRange(take=take.id, best=best)).takes[take.id].best == best


@pytest.mark.parametrize(("best", "frames"), [(FrameRange(start=0, end=25), 24), (FrameRange(start=0, end=1), None)])
def test_a_take_does_not_arrive_with_a_range_it_does_not_have(best: FrameRange, frames: int | None) -> None:
    canvas = do(EMPTY, add("source_clip", "clip"))
    facts = {} if frames is None else {"frame_count": frames}
    take = Take(
        id=TakeId("t"),
        node_id=NodeId("clip"),
        seq=1,
        origin="imported",
        outputs={"video": Output(content=content(1), facts=facts)},
        best=best,
    )
    with pytest.raises((InvalidParamError, PreconditionError), match="frames"):
        do(canvas, AddTake(take=take))
