"""What may be pinned without asking, and what can be had back for nothing (docs/canvas.md §4)."""

from __future__ import annotations

from tests.support.canvases import EMPTY, KINDS, add, do, generated, imported, shot, wire, with_import, with_take

from takebridge.canvas.model import Canvas, Take
from takebridge.canvas.ops import Accept, AddTake, Pin, RemoveNode, SetLocked, SetParam, SetTakeHidden
from takebridge.canvas.pins import auto_pin, revert_candidate
from takebridge.canvas.state import derive
from takebridge.ids import NodeId, TakeId

CLIP, UP = NodeId("clip"), NodeId("up")


def offer(canvas: Canvas, take: Take, pin_at_submission: str | None) -> Pin | None:
    at_submission = TakeId(pin_at_submission) if pin_at_submission else None
    return auto_pin(do(canvas, AddTake(take=take)), take, KINDS, pin_at_submission=at_submission)


def scale(value: int) -> SetParam:
    return SetParam(node=UP, name="scale", value=value)


def unpinned() -> Canvas:
    canvas = do(EMPTY, add("source_clip", "clip"), add("upscale", "up"), wire("clip.video", "up.source"))
    return with_import(canvas, "clip", 1)


def test_the_first_import_pins() -> None:
    canvas = do(EMPTY, add("source_clip", "clip"))
    assert offer(canvas, imported(canvas, "clip", 1), None) == Pin(node=CLIP, take=TakeId("clip/1"), expected=None)


def test_the_first_take_pins_and_is_fresh() -> None:
    canvas = unpinned()
    take = generated(canvas, "up", 2)
    pin = offer(canvas, take, None)
    assert pin == Pin(node=UP, take=TakeId("up/2"), expected=None)
    assert derive(do(canvas, AddTake(take=take), pin), KINDS)[UP].status == "fresh"


def test_a_take_for_a_stale_node_pins() -> None:
    canvas = do(shot(), scale(4))
    assert offer(canvas, generated(canvas, "up", 20), "up/2") == Pin(
        node=UP, take=TakeId("up/20"), expected=TakeId("up/2")
    )


def test_a_stale_node_whose_pin_changed_since_submission_is_left_alone() -> None:
    canvas = with_take(shot(), "up", 15)
    canvas = do(canvas, scale(4))
    assert offer(canvas, generated(canvas, "up", 20), "up/2") is None


def test_a_node_unpinned_since_submission_is_left_alone() -> None:
    canvas = do(shot(), scale(4), Pin(node=UP, take=None, expected=TakeId("up/2")))
    assert offer(canvas, generated(canvas, "up", 20), "up/2") is None


def test_a_late_result_is_not_pinned() -> None:
    asked = do(shot(), scale(4))
    late = generated(asked, "up", 20)
    assert offer(with_import(asked, "clip", 9), late, "up/2") is None


def test_a_late_result_is_not_pinned_on_an_empty_node_either() -> None:
    late = generated(unpinned(), "up", 20)
    assert offer(do(unpinned(), scale(4)), late, None) is None


def test_a_fresh_pin_is_never_displaced() -> None:
    assert offer(shot(), generated(shot(), "up", 20), "up/2") is None


def test_a_fresh_pin_below_a_stale_node_is_never_displaced() -> None:
    canvas = do(shot(), scale(4))
    assert derive(canvas, KINDS)[NodeId("up2")].status == "upstream"
    assert offer(canvas, generated(canvas, "up2", 20), "up2/3") is None


def test_an_accepted_pin_is_never_displaced() -> None:
    canvas = do(shot(), scale(4))
    fp = derive(canvas, KINDS)[UP].expected_fp
    canvas = do(canvas, Accept(node=UP, take=TakeId("up/2"), fp=fp or ""))
    assert offer(canvas, generated(canvas, "up", 20), "up/2") is None


def test_a_locked_node_is_never_pinned() -> None:
    canvas = do(shot(), scale(4), SetLocked(node=UP, locked=True))
    assert offer(canvas, generated(canvas, "up", 20), "up/2") is None
    canvas = do(unpinned(), SetLocked(node=UP, locked=True))
    assert offer(canvas, generated(canvas, "up", 20), None) is None


def test_an_import_never_displaces_a_pin() -> None:
    canvas = do(shot(), scale(4))
    assert offer(canvas, imported(canvas, "up", 20), "up/2") is None
    assert offer(shot(), imported(shot(), "clip", 20), "clip/1") is None


def test_a_take_of_a_removed_node_pins_nothing() -> None:
    take = generated(shot(), "up", 20)
    assert auto_pin(do(shot(), RemoveNode(node=UP)), take, KINDS, pin_at_submission=TakeId("up/2")) is None


# --- revert ---------------------------------------------------------------------------------------------


def candidate(canvas: Canvas) -> str | None:
    take = revert_candidate(canvas, UP, KINDS)
    return take.id if take else None


def back_and_forth() -> Canvas:
    """Build the shot with takes for scale 2 (up/2, up/3) and 4 (up/20, pinned), asked for scale 2 again."""
    canvas = do(shot(), AddTake(take=generated(shot(), "up", 3)), scale(4))
    return do(with_take(canvas, "up", 20), scale(2))


def test_the_newest_take_made_for_this_recipe_is_offered() -> None:
    assert candidate(back_and_forth()) == "up/3"


def test_pinning_the_candidate_makes_the_node_fresh() -> None:
    canvas = do(back_and_forth(), Pin(node=UP, take=TakeId("up/3"), expected=TakeId("up/20")))
    assert derive(canvas, KINDS)[UP].status == "fresh"


def test_hidden_takes_are_not_offered() -> None:
    assert candidate(do(back_and_forth(), SetTakeHidden(take=TakeId("up/3"), hidden=True))) == "up/2"


def test_nothing_is_offered_to_a_fresh_a_locked_or_a_blocked_node_or_without_a_fitting_take() -> None:
    assert candidate(shot()) is None
    assert candidate(do(back_and_forth(), SetLocked(node=UP, locked=True))) is None
    assert candidate(do(shot(), scale(4))) is None
    assert candidate(do(EMPTY, add("upscale", "up"))) is None


def test_an_empty_node_is_offered_what_it_has() -> None:
    assert candidate(do(shot(), Pin(node=UP, take=None, expected=TakeId("up/2")))) == "up/2"
