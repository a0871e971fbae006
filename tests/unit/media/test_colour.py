"""Red stays red: whatever matrix, range and tags a source has, what is written is BT.709 limited and says so."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from tests.support.media import R24, ffmpeg, mean_colour, patch

from takebridge.media.conform import Slot, conform
from takebridge.media.cut import cut_with_handles
from takebridge.media.frames import read_frames, write_frames
from takebridge.media.info import BT709
from takebridge.media.probe import probe
from takebridge.timebase import FrameRange

RED, SKIN, SEA = (220, 24, 32), (201, 142, 110), (20, 110, 160)


def luma_of(path: Path) -> float:
    """Mean 8-bit luma code in the middle of the stored pixels, no conversion: shows the matrix really used."""
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        plane = np.frombuffer(frame.planes[0], np.uint8).reshape(frame.height, frame.planes[0].line_size)
        return float(plane[frame.height // 3 : frame.height * 2 // 3, frame.width // 3 : frame.width * 2 // 3].mean())


def bt709_luma(rgb: tuple[int, int, int]) -> float:
    """BT.709 item 3.4: 8-bit code 16 + 219 x (0.2126 R + 0.7152 G + 0.0722 B)."""
    return 16 + 219 * (0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]) / 255


@pytest.mark.parametrize("rgb", [RED, SKIN, SEA], ids=["red", "skin", "sea"])
@pytest.mark.parametrize(
    ("matrix", "levels", "tags", "size", "words"),
    [
        ("bt601", "tv", True, "320x240", "BT.601 to BT.709"),
        ("bt601", "tv", False, "320x240", "BT.601 is assumed"),
        ("bt709", "tv", False, "1280x720", "BT.709 is assumed"),
        ("bt709", "pc", True, "320x240", "Full-range"),
        ("bt601", "pc", True, "320x240", "Full-range"),
        ("bt709", "tv", True, "320x240", None),
        ("bt601", "tv", True, "1280x720", "BT.601 to BT.709"),
    ],
)
def test_colour_survives_and_is_tagged(
    tmp_path: Path, rgb: tuple[int, int, int], matrix: str, levels: str, tags: bool, size: str, words: str | None
) -> None:
    source = patch(tmp_path / "source.mp4", rgb, matrix=matrix, levels=levels, tags=tags, size=size)
    assert np.abs(mean_colour(source) - rgb).max() <= 2, "read_frames undoes the source's own matrix"
    report = conform(source, tmp_path / "slot.mov", Slot(R24, 8, 320, 240))
    cut = cut_with_handles(source, tmp_path / "cut.mov", FrameRange(2, 8), handles=0)
    for dst in (tmp_path / "slot.mov", tmp_path / "cut.mov"):
        assert probe(dst).colour == BT709
        assert abs(luma_of(dst) - bt709_luma(rgb)) <= 1.5, "the stored pixels, not only the tags"
        assert np.abs(mean_colour(dst) - rgb).max() <= 3
    for notes in (report.notes, cut.notes):
        assert (words is None) == (not any("BT." in n or "range" in n for n in notes))
        assert words is None or any(words in note for note in notes)


@pytest.mark.parametrize(("codec", "name"), [("dnxhr_lb", "a.mov"), ("prores_aw", "a.mov"), ("x264", "a.mp4")])
def test_written_frames_come_back_the_same_colour(tmp_path: Path, codec: str, name: str) -> None:
    for rgb in (RED, SKIN, SEA, (255, 255, 255), (0, 0, 0)):
        flat = np.full((144, 256, 3), rgb, np.uint8)
        write_frames(tmp_path / name, [flat] * 3, R24, codec=codec)
        assert np.abs(next(read_frames(tmp_path / name)).astype(int) - rgb).max() <= 2
        assert probe(tmp_path / name).colour == BT709
        if codec == "x264":
            assert abs(luma_of(tmp_path / name) - bt709_luma(rgb)) <= 1


def test_rgb_and_alpha_sources_are_converted(tmp_path: Path) -> None:
    source = tmp_path / "rgb.mov"
    ffmpeg(
        "-f", "lavfi", "-i", "color=c=0xdc1820:s=320x180:r=24,format=argb", "-frames:v", "6", "-c:v", "qtrle", source
    )
    assert probe(source).is_rgb
    conform(source, tmp_path / "a.mov", Slot(R24, 6, 320, 180))
    assert np.abs(mean_colour(tmp_path / "a.mov") - RED).max() <= 3
    assert abs(luma_of(tmp_path / "a.mov") - bt709_luma(RED)) <= 1.5


def test_ten_bit_and_444_sources_are_converted_to_the_slots_format(tmp_path: Path) -> None:
    for pixels in ("yuv420p10le", "yuv444p", "yuv422p10le"):
        source = tmp_path / f"{pixels}.mov"
        convert = f"scale=out_color_matrix=bt709:out_range=tv,format={pixels},setparams=colorspace=bt709:range=tv"
        ffmpeg("-f", "lavfi", "-i", f"color=c=0xdc1820:s=320x180:r=24,{convert}", "-frames:v", "6", "-qp", "0", source)
        conform(source, tmp_path / "a.mp4", Slot(R24, 6, 320, 180), codec="x264")
        assert probe(tmp_path / "a.mp4").pixel_format == "yuv420p"
        assert np.abs(mean_colour(tmp_path / "a.mp4") - RED).max() <= 3


def test_hdr_is_carried_and_said(tmp_path: Path) -> None:
    source = tmp_path / "hdr.mov"
    tags = "setparams=colorspace=bt2020nc:color_primaries=bt2020:color_trc=smpte2084:range=tv"
    ffmpeg("-f", "lavfi", "-i", f"color=c=gray:s=320x180:r=24,format=yuv422p10le,{tags}", "-frames:v", "6",
           "-c:v", "prores_aw", source)  # fmt: skip
    report = conform(source, tmp_path / "a.mov", Slot(R24, 6, 320, 180))
    assert any("HDR" in note for note in report.notes)
    assert probe(tmp_path / "a.mov").colour == BT709
