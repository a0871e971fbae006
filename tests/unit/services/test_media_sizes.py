"""Files in documents for Premiere say their own picture size, not the timeline's."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from takebridge.cut.model import Clip, Cut, Media, Span, Take, Track, tile
from takebridge.interchange.documents import write_cut
from takebridge.media.testcard import render_test_clip
from takebridge.services.cuts import convert
from takebridge.timebase import FrameRate

RATE = FrameRate(25)


def sizes(path: Path) -> dict[str, tuple[str | None, str | None]]:
    files = [one for one in etree.parse(path).getroot().iter("file") if len(one)]
    facts = "media/video/samplecharacteristics"
    return {
        str(one.findtext("name")): (one.findtext(f"{facts}/width"), one.findtext(f"{facts}/height")) for one in files
    }


def test_a_file_says_its_own_size_and_a_missing_one_the_timeline_s(tmp_path: Path) -> None:
    small = render_test_clip(tmp_path / "small.mp4", clip_id=1, frame_count=30, rate=RATE, width=96, height=64)
    take = render_test_clip(tmp_path / "take.mp4", clip_id=2, frame_count=30, rate=RATE, width=128, height=72)
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    names = {
        "small.mp4": str(small),
        "broken.mp4": str(tmp_path / "broken.mp4"),
        "gone.mp4": str(tmp_path / "gone.mp4"),
    }
    clips = [
        Clip(name, Span(at * 20, at * 20 + 20), Media(name, path, RATE, 30), Span(0, 20))
        for at, (name, path) in enumerate(names.items())
    ]
    other = Take("2", Media("take.mp4", str(take), RATE, 30), Span(0, 20))
    first = Clip(
        "small.mp4", clips[0].record, clips[0].media, clips[0].source, takes=(Take("1", clips[0].media), other)
    )
    cut = Cut("Film", RATE, (Track("video", tile([first, *clips[1:]])),), width=1920, height=1080)
    write_cut(cut, tmp_path / "film.otio")
    convert(tmp_path / "film.otio", tmp_path / "film.xml", target="premiere", alternates=True)
    assert sizes(tmp_path / "film.xml") == {
        "small.mp4": ("96", "64"),
        "take.mp4": ("128", "72"),
        "broken.mp4": ("1920", "1080"),
        "gone.mp4": ("1920", "1080"),
    }
