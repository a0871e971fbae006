"""Real files through an .otio file and back: everything where it was, every construct kept, the rest reported."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio
import pytest
from lxml import etree
from tests.support.fcpxml import corpus_files, dtd_folder, require_corpus
from tests.support.fcpxml_story import ITEMS, counts, seconds, stands

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.otio import from_otio, read_otio, to_otio, write_otio
from takebridge_fcpxml.otio.survey import _NATIVE

FILES = corpus_files()


def test_there_are_real_files() -> None:
    assert require_corpus()


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_a_real_file_comes_back_from_otio_as_it_was(path: Path, tmp_path: Path) -> None:
    before = Document.read(path)
    original = before.to_bytes()
    found, _ = to_otio(before)
    write_otio(found, tmp_path / "film.otio")
    read, tolerated = read_otio(tmp_path / "film.otio")
    after, losses = from_otio(read)
    assert stands(after.root) == stands(before.root)
    assert counts(after.root) == counts(before.root)
    assert not tolerated and not losses, losses.rows()
    assert before.to_bytes() == original


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_what_otio_has_no_word_for_is_in_the_report(path: Path) -> None:
    document = Document.read(path)
    found, losses = to_otio(document)
    named = {loss.construct for loss in losses}
    children = found.find_children() if isinstance(found, otio.schema.SerializableCollection) else None
    everything = list(found.tracks.find_children()) if children is None else list(children)
    kinds = {one.metadata["takebridge_fcpxml"].get("kind") for one in everything if "takebridge_fcpxml" in one.metadata}
    expressed = kinds | _NATIVE | {"spine"} | {"marker", "chapter-marker"}
    missing = set(counts(document.root)) - named - expressed
    picks = {str(child.tag) for audition in document.root.iter("audition") for child in audition}
    assert not missing - picks


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_otio_itself_shows_the_primary_storyline_where_it_stands(path: Path) -> None:
    """Read with OTIO alone, as another host would: record start and duration of every storyline item, to the frame."""
    document = Document.read(path)
    found, _ = to_otio(document)
    timelines = [found] if isinstance(found, otio.schema.Timeline) else found.find_children(otio.schema.Timeline)
    wanted = stands(document.root)
    for timeline in timelines:
        track = next(track for track in timeline.video_tracks() if track.name == "Primary Storyline")
        origin = timeline.global_start_time.to_seconds()
        for item, span in track.range_of_all_children().items():
            tag = item.metadata["takebridge_fcpxml"].get("kind")
            if tag is None or tag == "transition":
                continue
            start, length = origin + span.start_time.to_seconds(), span.duration.to_seconds()
            names = [
                stand
                for stand in wanted
                if stand.tag == tag
                and abs(float(stand.start) - start) < 1e-5
                and (stand.duration is None or abs(float(stand.duration) - length) < 1e-5)
            ]
            assert names, f"{item.name} at {start}"


@pytest.mark.parametrize("path", corpus_files("otio"), ids=[path.name for path in corpus_files("otio")])
def test_a_real_otio_file_becomes_a_valid_document_or_a_clean_error(path: Path) -> None:
    try:
        found, _ = read_otio(path)
        document, _ = from_otio(found)
    except FcpxmlError as error:
        assert error.hint
        return
    with (dtd_folder() / "FCPXMLv1_10.dtd").open("rb") as file:
        dtd = etree.DTD(file)
    assert dtd.validate(etree.fromstring(document.to_bytes())), dtd.error_log
    for sequence in document.root.iter("sequence"):
        assert_contiguous(document, sequence)


def assert_contiguous(document: Document, sequence: etree._Element) -> None:
    """The primary storyline has no holes and every cut is on a frame."""
    frame = next(seconds(one.get("frameDuration")) for one in document.root.iter("format"))
    assert frame is not None
    cursor = seconds(sequence.get("tcStart"))
    spine = sequence.find("spine")
    assert spine is not None
    for item in spine:
        offset, length = seconds(item.get("offset")), seconds(item.get("duration"))
        assert offset is not None
        if item.tag in ITEMS - {"transition"}:
            length = seconds(item[0].get("duration")) if item.tag == "audition" else length
            assert offset == cursor and length
            assert (offset / frame).denominator == 1
            cursor = offset + length
