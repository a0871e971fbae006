"""A canvas held in step: changes followed one by one, gaps and new epochs loaded, other clients seen."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.canvas_server import CanvasServer, canvas_server
from tests.support.canvases import add, do
from tests.support.server import PATIENCE

from takebridge.canvas.model import Canvas
from takebridge.canvas.ops import MoveNode, RemoveNode, SetTitle
from takebridge.client.http import BridgeClient
from takebridge.client.mirror import CanvasMirror, Seen, advanced
from takebridge.client.presence import Presence
from takebridge.client.replies import CanvasChanged, StateFacts
from takebridge.errors import BridgeError, NotFoundError, PreconditionError, UnknownNodeError
from takebridge.ids import CanvasId, NodeId, OpId
from takebridge.nodes.registry import builtin_kinds

KINDS = builtin_kinds()
A, B = NodeId("a"), NodeId("b")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[CanvasServer]:
    with canvas_server(tmp_path / "home") as running:
        yield running


@pytest.fixture
def mirror(server: CanvasServer) -> Iterator[CanvasMirror]:
    with server.client() as client, CanvasMirror(client, server.canvas) as found:
        yield found


def assert_in_step(mirror: CanvasMirror, server: CanvasServer) -> None:
    view = server.desk.view(server.canvas)
    seen = mirror.wait_for(lambda seen: (seen.epoch, seen.rev) == (view.epoch, view.rev), PATIENCE)
    assert seen.canvas.model_dump(mode="json") == view.canvas.model_dump(mode="json")
    assert {node: state.status for node, state in seen.states.items()} == {
        node: state.status.value for node, state in view.states.items()
    }


# --- one change, without a server ---------------------------------------------------------------------------


def seen_at(rev: int, canvas: Canvas) -> Seen:
    return Seen("epoch_1", rev, canvas, {NodeId("old"): StateFacts(status="empty")})


def change(from_rev: int, rev: int, epoch: str = "epoch_1", **facts: object) -> CanvasChanged:
    ops = [add("reference", f"node_{number}").model_dump() for number in range(from_rev, rev)]
    wire_form = {"canvas": "c", "epoch": epoch, "from_rev": from_rev, "rev": rev, "ops": ops, "states": {}, **facts}
    return CanvasChanged.model_validate(wire_form)


def refused(_: Seen, __: int) -> tuple[()]:
    raise AssertionError("the ops were in the event")


def test_a_change_that_continues_is_applied_with_the_states_the_bridge_gave() -> None:
    canvas = Canvas(id=CanvasId("c"))
    states = {"node_4": {"status": "empty", "a_newer_field": 1}, "old": None}
    after = advanced(seen_at(4, canvas), change(4, 6, states=states), KINDS, refused)
    assert after.rev == 6
    assert after.canvas == do(canvas, add("reference", "node_4"), add("reference", "node_5"))
    assert after.states == {"node_4": StateFacts(status="empty")}


def test_a_change_that_is_here_already_changes_nothing() -> None:
    seen = seen_at(4, Canvas(id=CanvasId("c")))
    assert advanced(seen, change(1, 4), KINDS, refused) is seen


@pytest.mark.parametrize(
    "changed",
    [change(5, 6), change(3, 6), change(4, 5, epoch="epoch_2"), change(4, 6, ops=[]), change(1, 2, epoch="epoch_2")],
    ids=["later", "overlapping", "new epoch", "ops missing", "old number of a new epoch"],
)
def test_a_change_that_does_not_continue_is_not_applied(changed: CanvasChanged) -> None:
    with pytest.raises(BridgeError):
        advanced(seen_at(4, Canvas(id=CanvasId("c"))), changed, KINDS, refused)


def test_ops_too_large_for_an_event_are_asked_for() -> None:
    asked: list[tuple[int, int]] = []

    def ops_between(seen: Seen, rev: int) -> tuple[object, ...]:
        asked.append((seen.rev, rev))
        return (add("reference", "a"),)

    after = advanced(seen_at(4, Canvas(id=CanvasId("c"))), change(4, 5, ops=None), KINDS, ops_between)  # type: ignore[arg-type]
    assert asked == [(4, 5)] and set(after.canvas.nodes) == {A}


# --- over a real server -------------------------------------------------------------------------------------


def test_changes_are_followed_without_loading_again(server: CanvasServer, mirror: CanvasMirror) -> None:
    mirror.apply([add("reference", "a"), add("upscale", "b")], author="ada")
    mirror.apply([MoveNode(node=A, x=3, y=4)], author="ada")
    mirror.apply([RemoveNode(node=B)], author="bob")
    assert_in_step(mirror, server)
    assert mirror.rev == 4 and set(mirror.canvas.nodes) == {A} == set(mirror.states)
    assert mirror.loads == 1


def test_an_answer_names_only_the_states_that_changed(mirror: CanvasMirror) -> None:
    first = mirror.apply([add("reference", "a"), add("upscale", "b")])
    assert (first.rev, set(first.states)) == (2, {A, B})
    second = mirror.apply([SetTitle(node=A, title="Café")])
    assert (second.rev, second.states) == (3, {})


def test_the_same_ops_sent_twice_count_once(mirror: CanvasMirror) -> None:
    for _ in range(2):
        assert mirror.apply([add("reference", "a")], op_id=OpId("op_1")).rev == 1


def test_an_impossible_edit_raises_what_the_desk_raised(mirror: CanvasMirror) -> None:
    with pytest.raises(UnknownNodeError) as caught:
        mirror.apply([add("reference", "a"), MoveNode(node=NodeId("ghost"), x=0, y=0)])
    assert caught.value.details["node"] == "ghost"
    assert mirror.api.canvas(mirror.canvas_id).rev == 0, "half of it was applied"


def test_what_was_missed_during_a_cut_is_followed_after_it(server: CanvasServer, mirror: CanvasMirror) -> None:
    mirror.apply([add("reference", "a")])
    assert_in_step(mirror, server)
    mirror.live.drop()
    for number in range(5):
        mirror.apply([MoveNode(node=A, x=number, y=0)])
    assert_in_step(mirror, server)
    assert mirror.loads == 1


def test_a_mirror_too_far_behind_loads_the_canvas(tmp_path: Path) -> None:
    with (
        canvas_server(tmp_path / "home", history=3) as server,
        server.client() as client,
        CanvasMirror(client, server.canvas) as mirror,
    ):
        server.running.on_loop(lambda: hurry(server))
        assert_in_step(mirror, server)
        assert mirror.loads > 1


def hurry(server: CanvasServer) -> None:
    """Change the canvas 300 times before any sender gets a turn."""
    server.desk.apply(server.canvas, [add("reference", "a")], author="ada")
    for number in range(300):
        server.desk.apply(server.canvas, [MoveNode(node=A, x=number, y=0)], author="ada")


def test_ops_too_large_for_everybody_are_fetched(server: CanvasServer, mirror: CanvasMirror) -> None:
    mirror.apply([add("previz", f"n{number}", prompt="é" * 4000) for number in range(100)])
    assert_in_step(mirror, server)
    assert mirror.rev == 100 and mirror.loads == 1


def test_a_kind_this_client_does_not_know_makes_it_load(server: CanvasServer) -> None:
    known = {key: kind for key, kind in KINDS.items() if key != "upscale"}
    with server.client() as client, CanvasMirror(client, server.canvas, kinds=known) as mirror:
        mirror.apply([add("reference", "a")])
        assert_in_step(mirror, server)
        assert mirror.loads == 1
        mirror.apply([add("upscale", "b")])
        assert_in_step(mirror, server)
        assert mirror.loads == 2


def test_a_restarted_bridge_with_another_epoch_is_followed(tmp_path: Path) -> None:
    home, database = tmp_path / "home", tmp_path / "project.db"
    with contextlib.ExitStack() as stack:
        with canvas_server(home, database=database) as first:
            client = stack.enter_context(BridgeClient(home))
            mirror = stack.enter_context(CanvasMirror(client, first.canvas))
            mirror.apply([add("reference", "a"), add("upscale", "b")])
            assert_in_step(mirror, first)
        with canvas_server(home, database=database, canvas=first.canvas, new_epoch=True) as second:
            second.desk.apply(second.canvas, [RemoveNode(node=A)], author="ada")
            assert_in_step(mirror, second)


def test_an_unknown_canvas_is_said(server: CanvasServer) -> None:
    with server.client() as client, pytest.raises(NotFoundError), CanvasMirror(client, CanvasId("ghost")):
        pass


def test_a_bridge_that_stays_away_ends_the_mirror(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        with canvas_server(tmp_path / "home") as server:
            client = stack.enter_context(server.client())
            mirror = stack.enter_context(CanvasMirror(client, server.canvas, patience=0))
        with pytest.raises(NotFoundError):
            mirror.wait_for(lambda seen: seen.rev == 1, PATIENCE)
        assert mirror.rev == 0, "what was seen last stays readable"


def test_an_edit_made_for_another_epoch_is_refused(mirror: CanvasMirror) -> None:
    api, canvas = mirror.api, mirror.canvas_id
    with pytest.raises(BridgeError) as caught:
        api.apply(canvas, [add("reference", "a")], base=("epoch_of_a_backup", 0))
    assert caught.value.code == "conflict"
    assert api.apply(canvas, [add("reference", "a")], base=(mirror.seen.epoch, 0)).rev == 1


def test_edits_are_taken_back_and_made_again(server: CanvasServer, mirror: CanvasMirror) -> None:
    api, canvas = mirror.api, mirror.canvas_id
    mirror.apply([add("reference", "a")], author="ada")
    assert api.history(canvas, author="ada").undo == 1
    api.undo(canvas, author="ada")
    assert_in_step(mirror, server)
    assert not mirror.canvas.nodes
    api.redo(canvas, author="ada")
    assert_in_step(mirror, server)
    assert set(mirror.canvas.nodes) == {A}
    with pytest.raises(PreconditionError):
        api.redo(canvas, author="ada")


def test_others_are_seen_come_and_go(server: CanvasServer, mirror: CanvasMirror) -> None:
    with server.client() as client, CanvasMirror(client, server.canvas) as other:
        other.say(Presence(canvas=server.canvas, name="Bob"))
        mirror.wait_for(lambda _: [place["name"] for place in mirror.present] == ["Bob"], PATIENCE)
    mirror.wait_for(lambda _: not mirror.present, PATIENCE)
