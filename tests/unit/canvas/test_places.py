"""Where new nodes go: seen together with the rest, touching nothing, the same each time."""

from __future__ import annotations

import pytest

from takebridge.canvas.model import Canvas, Node
from takebridge.canvas.places import COLUMN, ROW, Place, before, behind, new_row
from takebridge.ids import CanvasId, NodeId

CARD = (264, 208)


def canvas(*nodes: tuple[str, int, int], **params: int) -> Canvas:
    made = [
        Node(id=NodeId(f"n{number}"), kind=kind, x=x, y=y, params=params if kind == "group" else {})
        for number, (kind, x, y) in enumerate(nodes)
    ]
    return Canvas(id=CanvasId("c"), nodes={node.id: node for node in made})


def touching(place: Place, there: Canvas) -> list[str]:
    sizes = {node.id: (640, 480) if node.kind == "group" else CARD for node in there.nodes.values()}
    return [
        node.id
        for node in there.nodes.values()
        if place.x < node.x + sizes[node.id][0]
        and node.x < place.x + CARD[0]
        and place.y < node.y + sizes[node.id][1]
        and node.y < place.y + CARD[1]
    ]


def test_the_first_row_of_an_empty_canvas_is_at_its_origin() -> None:
    assert new_row(canvas(), {}, "source_clip", columns=2) == (0, 0)


def test_a_row_goes_below_a_wide_graph_and_beside_a_tall_one() -> None:
    wide = canvas(*(("image", COLUMN * column, 100) for column in range(8)))
    assert new_row(wide, {}, "source_clip") == (0, 100 + ROW)
    tall = canvas(*(("image", 50, ROW * row) for row in range(30)))
    assert new_row(tall, {}, "source_clip") == (50 + COLUMN, 0)


def test_rows_follow_one_another_however_many_nodes_there_are() -> None:
    there = canvas(
        *(("source_clip", 0, ROW * row) for row in range(3)), *(("upscale", COLUMN, ROW * n) for n in range(3))
    )
    assert new_row(there, {}, "source_clip", columns=2) == (0, 3 * ROW)


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_a_row_steps_over_what_stands_in_its_way(columns: int) -> None:
    there = canvas(("source_clip", 0, 0), ("note", 300, ROW + 40), ("group", 0, 3 * ROW), ("image", COLUMN, 900))
    place = new_row(there, {}, "source_clip", columns=columns)
    assert place.y > 0
    for column in range(columns):
        assert touching(Place(place.x + COLUMN * column, place.y), there) == []


def test_a_step_goes_behind_its_source_where_nothing_stands() -> None:
    there = canvas(("source_clip", 0, 0), ("upscale", COLUMN, 0))
    assert behind(there, {}, NodeId("n0")) == (2 * COLUMN, 0)
    assert behind(there, {}, NodeId("n0"), [Place(2 * COLUMN, 0)]) == (3 * COLUMN, 0)


def test_a_reference_goes_before_what_it_feeds() -> None:
    there = canvas(("image", 1000, 500), ("reference", 1000 - COLUMN, 500))
    place = before(there, {}, NodeId("n0"))
    assert place.x == 1000 - COLUMN
    assert place.y > 500
    assert touching(place, there) == []
