"""The bundle beside every draft: exact frames, one SRT, and a README that says where everything belongs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image
from tests.support.capcut import HEIGHT, R25, WIDTH, film, picture
from tests.support.full_disk import small_drive

from takebridge.cut.model import Clip, Cut, Media, Span, Track, tile
from takebridge.errors import DiskFullError
from takebridge.interchange.capcut_bundle import Bundle, write_bundle
from takebridge.media.frames import read_frames
from takebridge.media.probe import probe
from takebridge.media.testcard import read_frame_number


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def bundle(media: Path, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return write_bundle(film(media), tmp_path_factory.mktemp("out"))


def shown(path: Path) -> list[int]:
    """The numbers of the frames a file shows."""
    found = [read_frame_number(one) for one in read_frames(path)]
    assert all(one is not None and one[0] == 3 for one in found)
    return [one[1] for one in found if one is not None]


def test_the_files_in_the_order_of_the_cut(bundle: Bundle) -> None:
    assert sorted(path.name for path in bundle.folder.iterdir()) == [
        "001_SH010.mp4",
        "002_logo.mp4",
        "003_SH020-e.mp4",
        "004_SH030.mp4",
        "A001_song.wav",
        "A002_line.wav",
        "README.txt",
        "captions.srt",
    ]


def test_each_clip_has_exactly_its_frames(bundle: Bundle) -> None:
    """SH030 plays at double speed from frame 10 on: every second frame."""
    assert shown(bundle.folder / "001_SH010.mp4") == list(range(5, 25))
    assert shown(bundle.folder / "003_SH020-e.mp4") == list(range(7, 20))
    assert shown(bundle.folder / "004_SH030.mp4") == list(range(10, 30, 2))
    for name, count in (("001_SH010.mp4", 20), ("002_logo.mp4", 5)):
        info = probe(bundle.folder / name)
        assert (info.codec, info.frame_count, info.rate) == ("h264", count, R25)
        assert (info.width, info.height, info.has_audio) == (WIDTH, HEIGHT, True)


def test_sounds_are_exact_to_the_sample(bundle: Bundle) -> None:
    assert probe(bundle.folder / "A001_song.wav").audio_samples == 40 * 1920
    assert probe(bundle.folder / "A002_line.wav").audio_samples == 10 * 1920


def test_the_captions(bundle: Bundle) -> None:
    assert (bundle.folder / "captions.srt").read_text("utf-8") == (
        "1\n00:00:00,080 --> 00:00:00,760\nGuten Tag,\nWelt\n\n2\n00:00:00,760 --> 00:00:01,200\nEnde\n"
    )


def test_the_readme_says_places_order_and_losses(bundle: Bundle) -> None:
    text = (bundle.folder / "README.txt").read_text("utf-8")
    assert "experimental: structurally tested, never opened in CapCut here" in text
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "00:00:00:00 - 00:00:00:20 Takes 001_SH010.mp4" in lines
    assert "00:00:00:10 - 00:00:00:15 Overlay 1 002_logo.mp4" in lines
    assert "00:00:01:15 - 00:00:02:00 Takes 004_SH030.mp4" in lines
    assert "00:00:00:03 - 00:00:01:18 Music A001_song.wav" in lines
    assert "captions.srt" in text and "“SH040”" in text and "Cross Dissolve" in text


def test_backwards_frozen_and_still(media: Path, tmp_path: Path) -> None:
    source = Media("a", str(picture(media)), R25, 50, 0)
    still = tmp_path / "still.png"
    Image.new("RGB", (64, 36), "teal").save(still)
    clips = [
        Clip("back", Span(0, 30), source, Span(10, 40), speed=Fraction(-1)),
        Clip("freeze", Span(30, 34), source, Span(17, 17), speed=Fraction(0)),
        Clip("still", Span(34, 41), Media("still.png", str(still)), Span(0, 7), kind="still"),
    ]
    done = write_bundle(Cut("x", R25, (Track("video", tile(clips)),)), tmp_path)
    assert shown(done.folder / "001_back.mp4") == list(range(39, 9, -1))
    assert shown(done.folder / "002_freeze.mp4") == [17] * 4
    assert probe(done.folder / "003_still.mp4").frame_count == 7
    told = "\n".join(done.losses)
    assert "plays forwards in the draft" in told and "freeze" in told


def test_a_bundle_takes_the_next_free_name(media: Path, tmp_path: Path) -> None:
    small = replace(film(media), tracks=film(media).tracks[1:2])
    names = [write_bundle(small, tmp_path).folder.name for _ in range(2)]
    assert names == ["Der-Fum for CapCut bundle", "Der-Fum for CapCut bundle 2"]


def test_a_full_drive_leaves_nothing(media: Path, tmp_path: Path) -> None:
    with small_drive(tmp_path / "drive", 64) as drive:
        with pytest.raises(DiskFullError):
            write_bundle(film(media), drive)
        assert list(drive.iterdir()) == []
