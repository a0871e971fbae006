"""The picture of a clip's edge is the very frame that edge shows, at every rate: frames say their numbers."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.support.cut_view_rig import CutRig, pictures
from tests.support.roundtrip_rig import CLIP_FRAMES, CLIP_START

from takebridge.cut.view_types import CutLayer, CutLayers, Picture
from takebridge.media.previews import frame_jpeg
from takebridge.media.testcard import read_frame_number

CAMERA, TAKE = 1, 2
"""What the camera's file and the take call themselves in their pictures."""
HANDLES = 12


@pytest.fixture(params=["23.976", "25", "29.97"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> CutRig:
    return CutRig(tmp_path, str(request.param), clips=3)


def said(rig: CutRig, picture: Picture | None) -> tuple[int, int]:
    """Which file a picture is of, and which of its frames: as a page is given it."""
    assert picture is not None
    if picture.content:
        data = frame_jpeg(rig.bridge.blobs.path_of(picture.content), picture.frame, 160)
    else:
        data = rig.frame(picture.clip, picture.record_frame)
    with Image.open(io.BytesIO(data)) as image:
        return read_frame_number(np.asarray(image.convert("RGB")))


def of(rig: CutRig, layer: CutLayer | None, name: str) -> tuple[int, int]:
    assert layer is not None
    return said(rig, next(item.picture for item in layer.tracks[0].clips if item.name == name))


def layers_of(rig: CutRig, name: str) -> list[tuple[int, int]]:
    found: CutLayers = rig.layers()
    return [of(rig, layer, name) for layer in (found.base, found.editor, found.canvas)]


def test_both_edges_of_a_clip_in_the_editor(rig: CutRig) -> None:
    rig.ui.trim_item(rig.item(2).id, head=3, tail=4)
    for item in (one for one in pictures(rig.view()) if one.kind == "clip"):
        first = CLIP_START + 5 * (int(item.name[-1]) - 1) + (3 if item.name == "shot 2" else 0)
        length = CLIP_FRAMES - (7 if item.name == "shot 2" else 0)
        assert item.record_end - item.record_start == length
        at = Picture(session="session", clip=item.key, record_frame=item.record_start)
        assert said(rig, at) == (CAMERA, first)
        last = at.model_copy(update={"record_frame": item.record_end - 1})
        assert said(rig, last) == (CAMERA, first + length - 1)


def test_a_layer_shows_the_first_frame_its_clip_has_there(rig: CutRig) -> None:
    rig.push_all()
    rig.take(2)
    first = CLIP_START + 5
    assert layers_of(rig, "shot 2") == [(CAMERA, first), (CAMERA, first), (TAKE, HANDLES)]
    rig.ui.trim_item(rig.item(2).id, head=3)
    assert layers_of(rig, "shot 2") == [(CAMERA, first), (CAMERA, first + 3), (TAKE, HANDLES)]
    rig.ui.slip_item(rig.items()[1].id, 4)
    assert layers_of(rig, "shot 2") == [(CAMERA, first), (CAMERA, first + 7), (TAKE, HANDLES)]


def test_what_a_clip_shows_then_is_what_it_shows_then(rig: CutRig) -> None:
    """The editor owns the time: a take lies in the clip as it was trimmed and slipped there."""
    rig.push_all()
    rig.take(2)
    rig.ui.trim_item(rig.item(2).id, head=3)
    rig.ui.slip_item(rig.items()[1].id, 4)
    planned = next(clip for clip in rig.dry().clips if clip.name == "shot 2")
    assert said(rig, planned.picture) == (TAKE, HANDLES + 7)
    assert rig.trip().outcome == "applied"
    shown = next(item for item in pictures(rig.view()) if item.name == "shot 2")
    at = Picture(session="session", clip=shown.key, record_frame=shown.record_start)
    assert said(rig, at) == (TAKE, HANDLES + 7)


def test_a_conflict_shows_what_each_side_has(rig: CutRig) -> None:
    rig.push_all()
    rig.take(2)
    assert rig.trip().outcome == "applied"
    rig.ui.trim_item(rig.item(2).id, head=3)
    rig.ui.delete_item(rig.item(3).id)
    rig.take(3, number=3)
    (decision,) = rig.dry().decisions
    assert decision.editor is None
    assert decision.base is not None
    assert decision.canvas is not None
    assert said(rig, decision.base.picture) == (CAMERA, CLIP_START + 10)
    assert said(rig, decision.canvas.picture) == (3, HANDLES)
