"""Undo for each author: newest first, never over somebody else's work."""

from __future__ import annotations

import pytest
from tests.support.canvases import EMPTY, KINDS, add, wire

from takebridge.canvas.history import Batch, Origin, depth, to_redo, to_undo
from takebridge.canvas.model import Canvas, Node
from takebridge.canvas.ops import AddNode, InsertGraph, MoveNode, Op, RemoveNode, SetParam, SetTitle, apply
from takebridge.errors import PreconditionError
from takebridge.ids import NodeId


class Sheet:
    """A canvas with the log of its batches."""

    def __init__(self) -> None:
        self.canvas: Canvas = EMPTY
        self.log: list[Batch] = []

    def edit(self, author: str, *ops: Op, origin: Origin = "user", undoes: str | None = None) -> str:
        inverses: list[Op] = []
        for op in ops:
            done = apply(self.canvas, op, KINDS)
            self.canvas = done.canvas
            inverses.append(done.inverse)
        name = f"b{len(self.log)}"
        self.log.append(Batch(name, len(self.log) + 1, author, origin, ops, tuple(inverses), undoes))
        return name

    def undo(self, author: str, batch: str | None = None) -> None:
        target = to_undo(self.log, author, batch)
        self.edit(author, *target.reversal, origin="undo", undoes=target.id)

    def redo(self, author: str) -> None:
        target = to_redo(self.log, author)
        self.edit(author, *target.reversal, origin="redo", undoes=target.id)


def param(node: str, scale: int) -> SetParam:
    return SetParam(node=NodeId(node), name="scale", value=scale)


def title(node: str, text: str) -> SetTitle:
    return SetTitle(node=NodeId(node), title=text)


@pytest.fixture
def sheet() -> Sheet:
    made = Sheet()
    made.edit("ann", add("upscale", "up"))
    return made


def test_undo_and_redo_walk_to_and_fro(sheet: Sheet) -> None:
    seen = [sheet.canvas]
    for text in ("one", "two", "three"):
        sheet.edit("ann", title("up", text), MoveNode(node=NodeId("up"), x=len(seen), y=0))
        seen.append(sheet.canvas)
    for before in (2, 1, 0):
        sheet.undo("ann")
        assert sheet.canvas == seen[before]
    for after in (1, 2):
        sheet.redo("ann")
        assert sheet.canvas == seen[after]
    sheet.undo("ann")
    assert sheet.canvas == seen[1]
    assert depth(sheet.log, "ann") == (2, 2)


def test_a_new_edit_ends_redo(sheet: Sheet) -> None:
    sheet.edit("ann", title("up", "one"))
    sheet.undo("ann")
    sheet.edit("ann", title("up", "two"))
    with pytest.raises(PreconditionError, match="nothing of ann to redo"):
        sheet.redo("ann")


def test_undo_takes_back_only_ones_own_and_leaves_others_work(sheet: Sheet) -> None:
    sheet.edit("ann", title("up", "ann's"))
    sheet.edit("ben", param("up", 4))
    sheet.undo("ann")
    node = sheet.canvas.nodes[NodeId("up")]
    assert (node.title, node.params["scale"]) == ("up", 4)
    with pytest.raises(PreconditionError, match="nothing of cleo to undo"):
        sheet.undo("cleo")


def test_undo_over_somebody_elses_later_change_is_refused_and_names_them(sheet: Sheet) -> None:
    sheet.edit("ann", title("up", "ann's"))
    sheet.edit("ben", title("up", "ben's"))
    with pytest.raises(PreconditionError, match="ben has changed the same thing"):
        sheet.undo("ann")
    assert sheet.canvas.nodes[NodeId("up")].title == "ben's"
    sheet.undo("ben")  # what ben took back is in nobody's way
    sheet.undo("ann")
    assert sheet.canvas.nodes[NodeId("up")].title == "up"


def test_a_redone_change_is_in_the_way_again(sheet: Sheet) -> None:
    sheet.edit("ann", title("up", "ann's"))
    sheet.edit("ben", title("up", "ben's"))
    sheet.undo("ben")
    sheet.redo("ben")
    with pytest.raises(PreconditionError, match="ben"):
        sheet.undo("ann")


def test_adding_a_node_is_not_undone_under_somebody_who_uses_it(sheet: Sheet) -> None:
    sheet.edit("ben", add("upscale", "mine"), wire("up.video", "mine.source"))
    with pytest.raises(PreconditionError, match="ben"):
        sheet.undo("ann")


def test_a_node_removed_by_somebody_else_cannot_be_edited_back(sheet: Sheet) -> None:
    sheet.edit("ann", title("up", "x"))
    sheet.edit("ben", RemoveNode(node=NodeId("up")))
    with pytest.raises(PreconditionError, match="ben"):
        sheet.undo("ann")


def test_an_older_edit_can_be_named_when_the_newest_is_in_the_way(sheet: Sheet) -> None:
    scaled = sheet.edit("ann", param("up", 4))
    sheet.edit("ann", title("up", "ann's"))
    sheet.edit("ben", title("up", "ben's"))
    with pytest.raises(PreconditionError):
        sheet.undo("ann")
    sheet.undo("ann", scaled)
    assert sheet.canvas.nodes[NodeId("up")].params["scale"] == 2


def test_what_jobs_and_syncs_did_is_on_nobodys_list(sheet: Sheet) -> None:
    sheet.edit("ann", title("up", "by the job"), origin="job")
    sheet.edit("ann", title("up", "by the sync"), origin="sync")
    assert depth(sheet.log, "ann") == (1, 0)
    assert depth([], "ann") == (0, 0)


def test_an_inserted_template_is_undone_like_an_edit(sheet: Sheet) -> None:
    sheet.edit("ann", add("note", "n"), origin="import")
    sheet.undo("ann")
    assert set(sheet.canvas.nodes) == {"up"}


def test_a_group_somebody_pasted_into_is_not_undone(sheet: Sheet) -> None:
    sheet.edit("ann", AddNode(id=NodeId("box"), kind="group"))
    sheet.edit("ben", InsertGraph(nodes=(Node(id=NodeId("n"), kind="note", group=NodeId("box")),)))
    with pytest.raises(PreconditionError, match="ben"):
        sheet.undo("ann")


def test_an_undo_of_something_older_is_in_the_way_of_redo(sheet: Sheet) -> None:
    """ben took his edit back, then ann took back the node itself: there is nothing ben could redo on."""
    sheet.edit("ben", title("up", "ben's"))
    sheet.undo("ben")
    sheet.undo("ann")
    with pytest.raises(PreconditionError, match="ann has changed the same thing"):
        sheet.redo("ben")
    sheet.redo("ann")
    sheet.redo("ben")
    assert sheet.canvas.nodes[NodeId("up")].title == "ben's"
