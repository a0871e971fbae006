"""Pictures of a storyboard are those of its takes: the frame a person marked, in a size for paper."""

from __future__ import annotations

import asyncio
import io
from contextlib import closing
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pypdfium2
from PIL import Image
from tests.support.canvases import add, wire
from tests.support.desks import desk_bridge

from takebridge.canvas.model import FrameRange, Output, Take
from takebridge.canvas.ops import AddTake, Op, Pin, SetBestRange
from takebridge.ids import NodeId, TakeId
from takebridge.media.testcard import read_frame_number, render_test_clip
from takebridge.services.previews import Previews
from takebridge.services.shot_facts import shots_of, stored_words
from takebridge.services.storyboard import pictures_of, print_storyboard, total_words
from takebridge.timebase import FrameRate

TAKE, MODEL = TakeId("take_1"), "local/previz-video"


def number_on(jpeg: bytes) -> int:
    with Image.open(io.BytesIO(jpeg)) as picture:
        return read_frame_number(np.asarray(picture.convert("RGB")))[1]


def test_a_film_is_shown_in_the_middle_of_what_is_best(tmp_path: Path) -> None:
    bridge = desk_bridge(tmp_path / "home")
    bridge.providers = SimpleNamespace(profiles=lambda: [SimpleNamespace(id=MODEL, title="Previz shot")])  # type: ignore[assignment, misc]
    clip = render_test_clip(tmp_path / "clip.mp4", clip_id=7, frame_count=48, rate=FrameRate(24), width=640, height=360)
    content = bridge.blobs.add_foreign(clip).hash
    canvas = bridge.desk.create("Film").canvas.id
    outputs = {"video": Output(content=content, facts={"frame_count": 48, "rate": "24"})}
    take = Take(id=TAKE, node_id=NodeId("shot"), seq=1, origin="imported", outputs=outputs, model_requested=MODEL)
    ops: list[Op] = [
        add("video", "shot"),
        add("nle_export", "export"),
        wire("shot.video", "export.clips"),
        AddTake(take=take),
        Pin(node=NodeId("shot"), take=TAKE, expected=None),
    ]
    bridge.desk.apply(canvas, ops, author="Ada")
    previews = Previews(bridge.blobs, tmp_path / "previews")

    def shown() -> tuple[int, str]:
        shots = shots_of(bridge.desk.view(canvas), bridge.desk.kinds, stored_words(bridge.blobs))
        pictures = asyncio.run(pictures_of(bridge, previews, shots))
        assert pictures.lacking == {}
        [jpeg] = pictures.found.values()
        return number_on(jpeg), total_words(shots)

    try:
        assert shown() == (24, "2 s 00 f")
        bridge.desk.apply(canvas, [SetBestRange(take=TAKE, best=FrameRange(start=30, end=41))], author="Ada")
        assert shown() == (35, "0 s 11 f")
        printed = asyncio.run(print_storyboard(bridge, previews, canvas, day=date(2026, 11, 22)))
        assert printed.losses == () and printed.pdf.startswith(b"%PDF-")
        with closing(pypdfium2.PdfDocument(printed.pdf)) as paper:
            words = paper[0].get_textpage().get_text_range()
        assert "Previz shot" in words and MODEL not in words  # what people call the model
    finally:
        previews.stop()
