"""The door for documents: sniffed by content, refused in words, written whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from takebridge.cut.model import Clip, Cut, Media, Span, Track
from takebridge.errors import BridgeError, InterchangeError, InvalidDocumentError, UnsupportedFormatError
from takebridge.interchange.documents import FORMATS, TARGETS, read_cut, write_cut
from takebridge.interchange.sniffing import sniff
from takebridge.timebase import FrameRate

R25 = FrameRate(25)
MEDIA = Media("a.mov", "/m/a.mov", R25, 500, 0)
CUT = Cut("Film", R25, (Track("video", (Clip("a", Span(0, 20), MEDIA, Span(5, 25)),), "V1"),), start=90000)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'\xef\xbb\xbf  {"OTIO_SCHEMA": "Timeline.1"}', "otio"),
        (b'<?xml version="1.0"?>\n<!-- made by hand -->\n<!DOCTYPE fcpxml>\n<fcpxml version="1.10"/>', "fcpxml"),
        (b'<?xml version="1.0"?><!DOCTYPE xmeml><xmeml version="4"/>', "xmeml"),
        ('<?xml version="1.0" encoding="UTF-16"?><xmeml version="4"/>'.encode("utf-16"), "xmeml"),
        (b"TITLE: Film\nFCM: NON-DROP FRAME\n", "edl"),
        (b"001  AX       V     C        01:00:00:00 01:00:01:00 00:00:00:00 00:00:01:00\n", "edl"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "aaf"),
    ],
    ids=["otio", "fcpxml", "xmeml", "xmeml utf-16", "edl", "edl without title", "aaf"],
)
def test_content_says_what_a_file_is(data: bytes, kind: str) -> None:
    assert sniff(data, "film.txt") == kind


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.otio", b"", InvalidDocumentError),
        ("a.otio", b" \n ", InvalidDocumentError),
        ("a.otioz", b"PK\x03\x04...", UnsupportedFormatError),
        ("a.xml", b"<html><body/></html>", UnsupportedFormatError),
        ("a.xml", b"<", UnsupportedFormatError),
        ("a.mov", b"\0\0\0\x20ftypqt  " + bytes(range(256)), UnsupportedFormatError),
        ("a.txt", b"just words", UnsupportedFormatError),
        ("a.aaf", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 2000, InvalidDocumentError),
        ("a.edl", b"TITLE: x\n001  AX V Q 1 2 3 4\n", InvalidDocumentError),
        ("a.fcpxml", b'<fcpxml version="1.10"><resources>', InvalidDocumentError),
        ("a.fcpxml", b'<!DOCTYPE fcpxml [<!ENTITY a "b">]><fcpxml version="1.10">&a;</fcpxml>', InvalidDocumentError),
        ("a.xml", b'<!DOCTYPE xmeml [<!ENTITY a "b">]><xmeml version="4">&a;</xmeml>', InvalidDocumentError),
        ("a.otio", b'{"OTIO_SCHEMA": "Timeline.1", "tracks": 1e999}', InvalidDocumentError),
    ],
)
def test_what_is_no_timeline_is_refused_in_words(tmp_path: Path, name: str, data: bytes, error: type) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(error) as caught:
        read_cut(path)
    assert isinstance(caught.value, BridgeError)
    assert caught.value.hint
    assert "Traceback" not in caught.value.message


def test_folders_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(InterchangeError, match="does not exist"):
        read_cut(tmp_path / "none.otio")
    with pytest.raises(UnsupportedFormatError, match="folder"):
        read_cut(tmp_path)
    (tmp_path / "a.otiod").mkdir()
    with pytest.raises(UnsupportedFormatError) as caught:
        read_cut(tmp_path / "a.otiod")
    assert ".otio" in caught.value.hint


@pytest.mark.parametrize("suffix", [".otio", ".fcpxml", ".xml", ".edl", ".aaf"])
def test_every_format_says_the_same_times(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"film{suffix}"
    write_cut(CUT, path)
    read = read_cut(path)
    clip = next(clip for track in read.cut.tracks for clip in track.clips)
    assert read.format in FORMATS
    assert (read.cut.rate, read.cut.start, clip.record) == (R25, 90000, Span(0, 20))
    assert clip.source is not None and clip.source.duration == 20
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("target", TARGETS)
def test_targets_take_what_they_import(tmp_path: Path, target: str) -> None:
    written = []
    for suffix in (".otio", ".fcpxml", ".xml", ".edl", ".aaf"):
        try:
            write_cut(CUT, tmp_path / f"film{suffix}", target=target)
            written.append(suffix)
        except UnsupportedFormatError as error:
            assert target in error.message and error.hint.startswith("Write .")
    assert (
        written
        == {
            "resolve": [".otio", ".fcpxml", ".xml", ".edl", ".aaf"],
            "premiere": [".otio", ".xml", ".edl", ".aaf"],
            "fcp": [".fcpxml", ".xml"],
            "avid": [".edl", ".aaf"],
            "plain": [".otio", ".fcpxml", ".xml", ".edl", ".aaf"],
        }[target]
    )


def test_unknown_targets_and_suffixes(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormatError, match="tape"):
        write_cut(CUT, tmp_path / "a.otio", target="tape")
    with pytest.raises(UnsupportedFormatError, match=r"\.doc"):
        write_cut(CUT, tmp_path / "a.doc")


def test_a_refused_cut_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.edl"
    path.write_text("old")
    with pytest.raises(InterchangeError, match="no picture"):
        write_cut(replace(CUT, tracks=()), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_aaf_and_an_edl_say_what_they_leave_out_of_captions_and_in_points(tmp_path: Path) -> None:
    """Captions once ended the AAF; media of 25 frames cannot begin between frames of 24."""
    media = Media("a.mov", "/m/a.mov", FrameRate(25), 500, 0)
    clip = Clip("shot", Span(0, 24), media, Span(17, 42))
    caption = Clip("hello", Span(2, 20), kind="caption")
    cut = Cut("film", FrameRate(24), (Track("video", (clip,)), Track("subtitle", (caption,))))
    said = write_cut(cut, tmp_path / "out.aaf")
    assert any("1 captions are not written" in line for line in said)
    assert any("“shot” begins between frames" in line for line in write_cut(cut, tmp_path / "out.edl"))
