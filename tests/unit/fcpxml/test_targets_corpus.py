"""Real files for both hosts: valid, in place, and showing the same media."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from lxml import etree
from tests.support.fcpxml import corpus_files, corpus_folder, require_corpus

from takebridge_fcpxml import Placed, place, root_of
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.targets import TARGETS, for_target

FILES = corpus_files()


@cache
def _dtd(version: str) -> etree.DTD | None:
    path = Path(corpus_folder(), "dtd", f"FCPXMLv{version.replace('.', '_')}.dtd")
    return etree.DTD(str(path)) if path.is_file() else None


def _shown(item: Placed) -> tuple[Fraction, Fraction]:
    begin, end = item.item.start, item.item.start + item.local_duration
    retiming = item.item.time_map
    if retiming is None or len(retiming.points) < 2:
        return begin, end
    return retiming.original(begin), retiming.original(end)


def _timings(document: Document) -> list[tuple[object, ...]]:
    """Auditions are looked at through their pick: Resolve gets that alone."""
    return sorted(
        (item.record_start, item.duration, item.lane, _shown(item))
        for sequence in root_of(document).sequences
        for item in place(sequence)
        if item.item.tag != "audition"
    )


def test_there_are_real_files() -> None:
    assert require_corpus()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_real_file_stays_valid_in_place_and_shows_the_same(path: Path, target: str) -> None:
    source = Document.read(path)
    before = source.to_bytes()
    result, report = for_target(source, target)
    mended = {loss.construct for loss in report} & {"gap@offset", "asset-clip@duration", "asset-clip@start"}
    if not mended:
        assert _timings(result) == _timings(source)
    own, written = _dtd(source.version), _dtd(result.version)
    if own is not None and written is not None and own.validate(source.root):
        assert written.validate(Document.parse(result.to_bytes()).root), written.error_log[0].message
    assert source.to_bytes() == before
