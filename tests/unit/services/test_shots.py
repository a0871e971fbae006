"""The film in its order, and what is known of each shot: on canvases small enough to say the answers by heart."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest
from tests.support.canvases import EMPTY, KINDS, add, content, do, wire

from takebridge.canvas.model import Canvas, FrameRange, Output, ParamValue, Take
from takebridge.canvas.ops import AddTake, MoveNode, Op, Pin, SetBestRange, SetParam, SetTitle, SetWireTake
from takebridge.canvas.state import derive_next
from takebridge.errors import UnknownNodeError, UsageError
from takebridge.ids import BlobHash, NodeId, TakeId, WireId
from takebridge.services.desk import View
from takebridge.services.shot_facts import Shot, length_words, shots_of
from takebridge.services.shots import film_order, shot_number
from takebridge.services.where_used import where_used
from takebridge.timebase import FrameRate

WORDS: dict[BlobHash, str] = {}


def titled(kind: str, title: str, x: int = 0, y: int = 0, **params: bool | int | str) -> list[Op]:
    node = NodeId(title)
    return [add(kind, title, **params), MoveNode(node=node, x=x, y=y), SetTitle(node=node, title=title)]


def taken(canvas: Canvas, node: str, number: int, outputs: Mapping[str, Mapping[str, ParamValue]]) -> Canvas:
    """Pin a take ``node/number`` whose outputs have these facts."""
    made = Take(
        id=TakeId(f"{node}/{number}"),
        node_id=NodeId(node),
        seq=canvas.next_seq(NodeId(node)),
        origin="imported",
        outputs={name: Output(content=content(number), facts=facts) for name, facts in outputs.items()},
        model_requested="fal/kling",
        cost_actual_micros=250_000,
    )
    return do(canvas, AddTake(take=made), Pin(node=made.node_id, take=made.id, expected=canvas.nodes[made.node_id].pin))


def film(count: int, rate: str, number: int = 1) -> dict[str, Mapping[str, ParamValue]]:
    return {"video": {"frame_count": count, "rate": rate}}


def shots(canvas: Canvas, export: str | None = None) -> tuple[Shot, ...]:
    view = View("epoch", 1, derive_next(None, canvas, KINDS))
    return shots_of(view, KINDS, lambda found: WORDS.get(found, ""), NodeId(export) if export else None)


def nodes(canvas: Canvas, export: str | None = None) -> list[str]:
    return [step.node.id for step in film_order(canvas, KINDS, NodeId(export) if export else None)]


# --- the order ------------------------------------------------------------------------------------------


def three() -> Canvas:
    """Stills a, b, c; the export has c, a; the storyboard b, c, a."""
    return do(
        EMPTY,
        *(add("image", name) for name in "abc"),
        add("nle_export", "export"),
        add("storyboard", "board"),
        *(wire(f"{name}.image", "export.clips") for name in "ca"),
        *(wire(f"{name}.image", "board.panels") for name in "bca"),
    )


def test_the_wires_of_the_export_are_the_order() -> None:
    assert nodes(three()) == ["c", "a"] == nodes(three(), "export")
    assert nodes(three(), "board") == ["b", "c", "a"]


def test_without_an_export_the_storyboard_says_the_order() -> None:
    canvas = do(three(), add("nle_export", "first, yet empty"))
    unwired = {key: one for key, one in canvas.wires.items() if one.dst_node != "export"}
    canvas = canvas.model_copy(update={"wires": unwired})
    assert nodes(canvas) == ["b", "c", "a"]
    assert nodes(canvas, "export") == []


def test_of_two_exports_the_left_one_comes_first() -> None:
    canvas = do(three(), add("nle_export", "other"), wire("b.image", "other.clips"))
    assert nodes(do(canvas, MoveNode(node=NodeId("export"), x=10, y=0))) == ["b"]
    assert nodes(do(canvas, MoveNode(node=NodeId("other"), x=10, y=0))) == ["c", "a"]


def test_without_either_numbers_of_titles_come_before_places() -> None:
    canvas = do(
        EMPTY,
        *titled("image", "Untitled right", 900, 0),
        *titled("image", "Untitled left", 100, 500),
        *titled("video", "S02A Quay", 0, 0),
        *titled("video", "Scene 1, shot 10", 0, 0),
        *titled("video", "s1 sh2", 0, 0),
        *titled("image", "01B Letter", 50, 50),
        *titled("image", "01B Letter again", 50, 0),
        *titled("brief", "S00 words are no shot"),
        *titled("reference", "S00 nor is a reference"),
    )
    # 1 < 1b < 1.2 < 1.10 < 2a, equal numbers by place, then what has no number by place
    assert nodes(canvas) == [
        "s1 sh2",
        "Scene 1, shot 10",
        "01B Letter again",
        "01B Letter",
        "S02A Quay",
        "Untitled left",
        "Untitled right",
    ]


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("S01A Ferry deck", ((1, "a"),)),
        ("SH010 source", ((10, ""),)),
        ("Shot 3", ((3, ""),)),
        ("Scene 2, shot 10b: the lamp", ((2, ""), (10, "b"))),
        ("s01_sh020", ((1, ""), (20, ""))),
        ("#7", ((7, ""),)),
        ("1.2.3", ((1, ""), (2, ""), (3, ""))),
        ("12", ((12, ""),)),
        ("Ines at 50 mm", ()),
        ("2nd unit", ()),
        ("source", ()),
        ("", ()),
    ],
)
def test_the_number_is_what_a_title_begins_with(title: str, number: tuple[tuple[int, str], ...]) -> None:
    assert shot_number(title) == number


def test_what_feeds_another_shot_is_a_part_of_it() -> None:
    canvas = do(
        EMPTY,
        *(add(kind, name) for kind, name in (("image", "still"), ("video", "moving"), ("upscale", "large"))),
        wire("still.image", "moving.start_frame"),
        wire("moving.video", "large.source"),
    )
    assert nodes(canvas) == ["large"]


def test_what_orders_nothing_is_refused() -> None:
    with pytest.raises(UsageError):
        nodes(three(), "a")
    with pytest.raises(UnknownNodeError):
        nodes(three(), "ghost")


# --- what is known of a shot ----------------------------------------------------------------------------


def test_an_empty_canvas_has_no_shots() -> None:
    assert shots(EMPTY) == ()


def test_a_shot_without_a_take_says_so() -> None:
    canvas = do(EMPTY, add("video", "shot", prompt="A quay", duration_ms=2500), add("nle_export", "export"))
    canvas = do(canvas, wire("shot.video", "export.clips"))
    found = shots(canvas)[0]
    assert (found.take, found.take_number, found.still, found.takes, found.cost_actual_micros) == (
        None,
        None,
        "",
        0,
        None,
    )
    assert (found.rank, found.kind, found.model, found.prompt) == (0, "video", "local/previz-video", "A quay")
    assert (found.wire, found.state) == ("shot.video>export.clips", "empty")
    # 2.5 s at 24 frames a second
    assert (found.length.frames, found.length.source, found.length.start, found.length.words) == (
        60,
        "asked",
        0,
        "2 s 12 f",
    )


def test_the_pinned_take_is_shown_unless_the_wire_carries_another() -> None:
    canvas = do(EMPTY, add("video", "shot"), add("nle_export", "export"), wire("shot.video", "export.clips"))
    canvas = taken(taken(canvas, "shot", 1, film(24, "24")), "shot", 2, film(48, "24"))
    found = shots(canvas)[0]
    assert (found.take, found.take_number, found.takes, found.still) == ("shot/2", 2, 2, content(2))
    assert (found.model, found.cost_actual_micros, found.still_frame) == ("fal/kling", 250_000, 24)
    held = do(canvas, SetWireTake(wire=WireId("shot.video>export.clips"), take=TakeId("shot/1")))
    assert (shots(held)[0].take, shots(held)[0].length.frames) == ("shot/1", 24)


def cut() -> Canvas:
    """A film of 100 frames at 24000/1001, a still, and a film of 50 frames at 25."""
    canvas = do(
        EMPTY,
        add("video", "one"),
        add("image", "two"),
        add("video", "three"),
        add("nle_export", "export"),
        *(
            wire(f"{name}.{port}", "export.clips")
            for name, port in (("one", "video"), ("two", "image"), ("three", "video"))
        ),
    )
    canvas = taken(canvas, "one", 1, film(100, "24000/1001"))
    canvas = taken(canvas, "two", 2, {"image": {"width": 64, "height": 36}})
    return taken(canvas, "three", 3, film(50, "25"))


def test_lengths_count_in_the_films_own_rate() -> None:
    # 50 frames at 25 last 2 s; in 2 s begin 47 whole frames at 24000/1001 (2 x 23.976 = 47.95). A still lasts 48.
    assert int(Fraction(50, 25) * Fraction(24000, 1001)) == 47
    found = [shot.length for shot in shots(cut())]
    assert [(one.frames, one.start, one.source) for one in found] == [
        (100, 0, "take"),
        (48, 100, "edits"),
        (47, 148, "take"),
    ]
    assert {one.rate for one in found} == {FrameRate(24000, 1001)}
    assert [one.words for one in found] == ["4 s 04 f", "2 s 00 f", "1 s 23 f"]


def test_the_edits_and_the_best_range_decide() -> None:
    canvas = do(
        cut(),
        SetParam(node=NodeId("export"), name="edits", value="0: length 30\n1: dissolve 10\nall: still 60"),
        SetBestRange(take=TakeId("three/3"), best=FrameRange(start=10, end=20)),
        SetParam(node=NodeId("export"), name="rate", value="25/1"),
    )
    found = shots(canvas)
    # Ten frames of a dissolve are seen twice: the second begins before the first has ended.
    assert [(one.length.frames, one.length.start) for one in found] == [(30, 0), (60, 20), (10, 80)]
    assert [one.length.source for one in found] == ["edits", "edits", "take"]
    assert found[2].still_frame == 15 and found[2].best == FrameRange(start=10, end=20)


def test_edits_that_do_not_fit_hide_no_length() -> None:
    for edits in ("9: length 3", "0: length 5000", "0: dissolve 99, length 2", "nonsense"):
        canvas = do(cut(), SetParam(node=NodeId("export"), name="edits", value=edits))
        found = [shot.length.frames for shot in shots(canvas)]
        assert found[1:] == [48, 47] and found[0] in (100, 2)


def test_one_unknown_length_leaves_the_places_open() -> None:
    canvas = do(cut(), add("video", "four"), wire("four.video", "export.clips"))
    found = [(shot.length.frames, shot.length.start, shot.length.source) for shot in shots(canvas)]
    assert found == [(100, None, "take"), (48, None, "edits"), (47, None, "take"), (None, None, "unknown")]
    assert shots(canvas)[3].length.words == ""


def test_panels_of_a_storyboard_are_held_equally_long() -> None:
    canvas = do(three(), SetParam(node=NodeId("board"), name="panel_ms", value=1520))
    # Edges at 1.52 s x n x 24: 0, 36.48, 72.96, 109.44
    found = [(one.length.start, one.length.frames, one.length.source) for one in shots(canvas, "board")]
    assert found == [(0, 36, "panel"), (36, 36, "panel"), (72, 37, "panel")]


@pytest.mark.parametrize(
    ("frames", "rate", "words"),
    [
        (80, FrameRate(24), "3 s 08 f"),
        (0, FrameRate(25), "0 s 00 f"),
        (24, FrameRate(24000, 1001), "1 s 00 f"),
        (1799, FrameRate(30000, 1001), "59 s 29 f"),
        (125, FrameRate(120), "1 s 005 f"),
        (None, FrameRate(24), ""),
    ],
)
def test_lengths_in_words(frames: int | None, rate: FrameRate, words: str) -> None:
    assert length_words(frames, rate) == words


# --- words ----------------------------------------------------------------------------------------------


def scripted() -> Canvas:
    """A script's shot s01a → still → film → upscale → export."""
    canvas = do(
        EMPTY,
        add("script", "script"),
        add("image", "still", prompt="35 mm"),
        add("video", "moving"),
        add("upscale", "large"),
        add("nle_export", "export"),
        wire("still.image", "moving.start_frame"),
        wire("moving.video", "large.source"),
        wire("large.video", "export.clips"),
    )
    WORDS[content(1)] = "EXT. QUAY – DUSK\n\nWide, static\n\nOne lamp."
    canvas = taken(canvas, "script", 1, {"script": {}, "shot.s01a": {}})
    return do(canvas, wire("script.shot", "still.direction").model_copy(update={"src_port": "shot.s01a"}))


def test_a_shot_has_the_scene_and_words_of_what_it_goes_on_from() -> None:
    found = shots(scripted())[0]
    assert (found.scene, found.script_shot) == ("EXT. QUAY – DUSK", "s01a")
    assert found.prompt == "EXT. QUAY – DUSK\n\nWide, static\n\nOne lamp.\n\n35 mm"


def test_its_own_words_come_first() -> None:
    canvas = do(scripted(), SetParam(node=NodeId("moving"), name="prompt", value="Slow push in"))
    found = shots(canvas)[0]
    assert (found.prompt, found.scene) == ("Slow push in", "EXT. QUAY – DUSK")


def test_a_script_that_lost_its_words_leaves_the_shot_where_it_is() -> None:
    canvas = scripted()
    WORDS.clear()
    unpinned = do(canvas, Pin(node=NodeId("script"), take=None, expected=TakeId("script/1")))
    for one in (canvas, unpinned):
        found = shots(one)[0]
        assert (found.script_shot, found.scene, found.prompt) == ("s01a", "", "35 mm")


# --- where references are used --------------------------------------------------------------------------


def test_where_a_reference_is_used_down_to_the_shots() -> None:
    canvas = do(
        EMPTY,
        add("reference", "hero", role="character"),
        add("reference", "spare", role="voice"),
        *(add("image", name) for name in ("one", "two")),
        add("video", "moving"),
        add("nle_export", "export"),
        wire("hero.image", "one.references"),
        wire("hero.image", "moving.references"),
        wire("one.image", "moving.start_frame"),
        wire("two.image", "export.clips"),
        wire("moving.video", "export.clips"),
    )
    canvas = taken(canvas, "hero", 5, {"image": {}})
    hero, spare = where_used(canvas, KINDS)
    assert (hero.title, hero.role, hero.content, hero.shows) == ("hero", "character", content(5), "image")
    assert [(use.node, use.port, use.title) for use in hero.used_by] == [
        ("moving", "references", "moving"),
        ("one", "references", "one"),
    ]
    assert [(shot.node, shot.rank, shot.title) for shot in hero.shots] == [("moving", 1, "moving")]
    assert (spare.role, spare.content, spare.used_by, spare.shots) == ("voice", "", (), ())
