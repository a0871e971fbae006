"""Which outputs of the built-in kinds fit which inputs, and that earlier canvases stay what they were."""

from __future__ import annotations

import hashlib
import json

import pytest
from tests.support.canvases import EMPTY, KINDS, add, content, do, imported, pinned, wire, with_import

from takebridge.canvas.fingerprint import fingerprint, recipe_of
from takebridge.canvas.model import Canvas, FrameRange, Output
from takebridge.canvas.ops import AddTake, SetBestRange
from takebridge.canvas.state import Status, derive
from takebridge.errors import InvalidWireError
from takebridge.ids import NodeId


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("script.shot.s03", "image.direction"),
        ("script.shot.s03", "video.direction"),
        ("script.line.l01", "voice.line"),
        ("script.line.l01", "captions.lines"),
        ("script.script", "captions.script"),
        ("script.script", "storyboard.script"),
        ("brief.text", "script.brief"),
        ("brief.text", "music.direction"),
        ("reference.image", "image.references"),
        ("reference.image", "video_edit.references"),
        ("reference.style", "image.style"),
        ("reference.audio", "voice.voice_sample"),
        ("image.image", "video.start_frame"),
        ("image.image", "storyboard.panels"),
        ("image.image", "nle_export.clips"),
        ("image.image", "lip_sync.picture"),
        ("image.image", "model_3d.images"),
        ("image_edit.image", "image_edit.mask"),
        ("video.video", "lip_sync.picture"),
        ("video.video", "trim.source"),
        ("video.video", "music.picture"),
        ("video.video", "nle_export.clips"),
        ("source_clip.video", "video_edit.source"),
        ("source_clip.video", "breakdown.source"),
        ("breakdown.shot.s01", "video_edit.source"),
        ("breakdown.script", "captions.script"),
        ("extract_frames.frame.first", "video.start_frame"),
        ("extract_frames.frame.best", "image.references"),
        ("storyboard.animatic", "nle_export.clips"),
        ("voice.audio", "lip_sync.audio"),
        ("voice.audio", "captions.audio"),
        ("voice.audio", "nle_export.dialogue"),
        ("music.audio", "nle_export.music"),
        ("sfx.audio", "nle_export.sfx"),
        ("captions.captions", "nle_export.captions"),
    ],
)
def test_what_fits(source: str, target: str) -> None:
    assert len(between(source, target).wires) == 1


@pytest.mark.parametrize(
    ("source", "target", "told"),
    [
        ("voice.audio", "video.start_frame", "No input of Video takes audio"),
        ("image.image", "upscale.source", "No input of Upscale takes image"),
        ("script.script", "image.direction", "No input of Image takes script"),
        ("brief.text", "image.style", "the input direction"),
        ("nle_export.timeline", "lip_sync.picture", "takes timeline"),
        ("world.world", "model_3d.images", "takes world"),
        ("video.video", "nle_export.music", "the input clips"),
        ("script.shot", "image.direction", "shot"),
        ("image.image.a", "video.start_frame", "image (image)"),
    ],
)
def test_what_does_not_fit_is_refused_and_told_what_would(source: str, target: str, told: str) -> None:
    with pytest.raises(InvalidWireError) as caught:
        between(source, target)
    assert told in f"{caught.value.message} {caught.value.hint}"
    assert caught.value.details["node"] in ("a", "b")


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.key)
def test_every_input_can_be_fed_by_some_kind(kind: object) -> None:
    given = {media for one in KINDS.values() for port in one.outputs for media in port.types}
    assert all(port.types <= given for port in KINDS[kind.key].inputs)  # type: ignore[attr-defined]


def between(source: str, target: str) -> Canvas:
    """Lay one wire between two new nodes, ``kind.port`` to ``kind.port``; parts are ``kind.port.part``."""
    (src, _, out), (dst, _, into) = source.partition("."), target.partition(".")
    canvas = do(EMPTY, add(src, "a"), add(dst, "b"))
    laid = wire("a.x", "b.x").model_copy(update={"src_port": out, "dst_port": into})
    return do(canvas, laid)


def test_a_take_of_a_reference_fills_only_what_it_has() -> None:
    canvas = do(EMPTY, add("reference", "voice", role="voice"), add("voice", "says"))
    canvas = do(canvas, wire("voice.audio", "says.voice_sample"))
    canvas = with_import(canvas, "voice", 7, "audio")
    assert [item.content for item in recipe_of(canvas, NodeId("says"), KINDS).inputs] == [content(7)]


def test_notes_and_groups_are_fresh_and_take_no_part() -> None:
    canvas = do(EMPTY, add("note", "n", text="buy milk"), add("group", "g"))
    assert {state.status for state in derive(canvas, KINDS).values()} == {Status.FRESH}


@pytest.mark.parametrize("target", ["cut.clips", "less.source"])
def test_only_the_best_range_is_used_where_an_input_is_ranged(target: str) -> None:
    canvas = do(EMPTY, add("source_clip", "clip"), add("nle_export", "cut"), add("trim", "less"))
    canvas = do(canvas, wire("clip.video", target))
    take = imported(canvas, "clip", 1)
    ten = take.model_copy(update={"outputs": {"video": Output(content=content(1), facts={"frame_count": 10})}})
    canvas = do(pinned(canvas, ten), SetBestRange(take=take.id, best=FrameRange(start=3, end=9)))
    (used,) = recipe_of(canvas, NodeId(target.partition(".")[0]), KINDS).inputs
    assert used.used == FrameRange(start=3, end=9)


# --- canvases of release 0.1 ----------------------------------------------------------------------------


def documented(kind: str, params: dict[str, object], inputs: list[list[object]], route: str) -> str:
    """Hash the structure of docs/canvas.md §2 with the standard encoder."""
    body = json.dumps(["fp/1", kind, 1, params, inputs, route], sort_keys=True, separators=(",", ":"))
    return "fp/1:" + hashlib.sha256(body.encode()).hexdigest()


def test_takes_made_before_there_were_more_kinds_stay_fresh() -> None:
    canvas = do(EMPTY, add("source_clip", "clip"), add("upscale", "up"), add("previz", "panel"))
    canvas = do(canvas, wire("clip.video", "up.source"), wire("clip.video", "panel.source"))
    canvas = with_import(canvas, "clip", 1)
    feeds: list[list[object]] = [["source", 0, content(1)]]
    panel = {"prompt": "", "style": "panel", "title": "", "camera_note": "", "seed": "random"}
    expected = {
        "up": documented("upscale", {"scale": 2}, feeds, "local/span-x2"),
        "panel": documented("previz", panel, feeds, "local/previz-1"),
    }
    assert {node: fingerprint(recipe_of(canvas, NodeId(node), KINDS)) for node in expected} == expected


def test_an_export_and_a_reference_of_release_0_1_still_load() -> None:
    written = """{"id":"c","title":"","takes":{},"nodes":{
        "cut":{"id":"cut","kind":"nle_export","title":"Cut","params":{},"model":""},
        "clip":{"id":"clip","kind":"source_clip","params":{}},
        "hero":{"id":"hero","kind":"reference","params":{}}},
        "wires":{"w":{"id":"w","src_node":"clip","src_port":"video","dst_node":"cut","dst_port":"clips","order":5}}}"""
    canvas = Canvas.model_validate_json(written)
    canvas = with_import(canvas, "clip", 1)
    canvas = do(canvas, AddTake(take=imported(canvas, "hero", 2, "image")))
    states = derive(canvas, KINDS)
    assert [states[NodeId(node)].problem for node in ("cut", "clip", "hero")] == ["", "", ""]
    recipe = recipe_of(canvas, NodeId("cut"), KINDS)
    assert recipe.params == {"rate": "auto", "width": 0, "height": 0, "edits": ""}
