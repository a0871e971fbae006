"""Real xmeml files: nothing is lost, record times and in-points are exact, another reader sees the same times."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from lxml import etree
from tests.support.fcpxml import corpus_files, require_corpus
from tests.support.xmeml import Row, bare, walk

from takebridge.cut.model import Cut, Gap, Transition, clips_of
from takebridge.interchange.xmeml_in import read_xmeml
from takebridge.interchange.xmeml_out import write_xmeml

FILES = corpus_files("xmeml")


def _canonical(data: bytes) -> bytes:
    root = etree.fromstring(data, etree.XMLParser(remove_comments=True))
    return bytes(etree.tostring(root, method="c14n2", strip_text=True))


def _rows(cut: Cut) -> list[Row]:
    """Our reading in the walker's words: in-points in frames of the item, which is the media's rate or said so."""
    rows: list[Row] = []
    for address, clip in clips_of(cut):
        if len(address) == 3:
            kind, track, _ = address
            first = clip.source.start if clip.source else 0
            rows.append(
                Row(str(kind), int(track), clip.name, int(clip.record.start), int(clip.record.end), Fraction(first))
            )
    return rows


def test_the_corpus_is_there() -> None:
    assert require_corpus("xmeml")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_untouched_file_is_written_as_it_was(path: Path) -> None:
    data = path.read_bytes()
    cut, _ = read_xmeml(data)
    written, losses = write_xmeml(cut)
    assert _canonical(written) == _canonical(data)
    assert losses == ()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_record_times_and_in_points_are_what_the_document_says(path: Path) -> None:
    if b"<sequence" not in path.read_bytes():
        pytest.skip("a fragment without a sequence")
    cut, _ = read_xmeml(path.read_bytes())
    assert _rows(cut) == sorted_by_start(walk(path.read_bytes()))


def sorted_by_start(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.kind != "video", row.track, row.start))


def test_an_item_of_its_own_rate_counts_in_and_out_in_it() -> None:
    """The Premiere file has an item at 15 in a sequence of 30: out 50 is 3 1/3 s, 100 frames of its 30 fps media."""
    path = next((one for one in FILES if one.name.endswith("premiere_example.xml")), None)
    if path is None:
        pytest.skip("the Premiere file is absent")
    cut, _ = read_xmeml(path.read_bytes())
    clip = cut.tracks[0].clips[0]
    assert (clip.record.start, clip.record.end) == (536, 636)
    assert clip.source is not None and (clip.source.start, clip.source.end) == (0, 100)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.parametrize("fresh", [False, True], ids=["kept", "rebuilt"])
def test_another_reader_sees_the_same_record_times(path: Path, fresh: bool) -> None:
    """The reader of OpenTimelineIO, of pictures: of stereo sound it leaves one side out."""
    cut, _ = read_xmeml(path.read_bytes())
    if not cut.tracks or not cut.tracks[0].items:
        pytest.skip("no items")
    if fresh:
        cut = bare(cut)
    written, _ = write_xmeml(cut)
    rate = cut.rate.numerator / cut.rate.denominator

    def frame(time: otio.opentime.RationalTime) -> float:
        return float(time.rescaled_to(rate).value)

    timeline = otio.adapters.read_from_string(written.decode(), "fcp_xml")
    theirs = [
        (frame(span.start_time), frame(span.start_time) + frame(span.duration))
        for track in timeline.tracks
        if track.kind == otio.schema.TrackKind.Video
        for item in track
        if isinstance(item, otio.schema.Clip | otio.schema.Stack)
        for span in [track.range_of_child(item)]
    ]
    ours = [
        (item.record.start, item.record.end)
        for track in cut.tracks
        if track.kind == "video"
        for item in track.items
        if not isinstance(item, Gap | Transition)
    ]
    assert theirs == ours
