"""Whatever is planted is either still there and legal, said in other words, or named in the loss report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.support.fcpxml import corpus_files, corpus_folder
from tests.support.fcpxml_plants import document, plant, versions_of

from takebridge_fcpxml import place, root_of
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.loss import LossReport
from takebridge_fcpxml.versions import WRITABLE, to_version
from takebridge_fcpxml.versions.history import HISTORY, Life

CASES = [
    pytest.param(life, version, id=f"{life.construct}={life.value or life.child or '*'}-{version}")
    for life in HISTORY
    for version in versions_of(life)
    if life.aspect != "default"
]


def _has(root: etree._Element, life: Life) -> bool:
    for element in root.iter(life.element):
        if life.aspect == "repeats" and len(element.findall(life.child)) > 1:
            return True
        if life.aspect == "optional" and element.get(life.attribute) is None:
            return True
        if life.aspect != "exists":
            continue
        if life.child and element.find(life.child) is not None:
            return True
        if life.attribute and (element.get(life.attribute) or "") == (life.value or element.get(life.attribute)):
            return True
        if not life.attribute and not life.child:
            return True
    return False


def _is_named(report: LossReport, life: Life) -> bool:
    """Under its own name, or with the element it was an attribute of, or in the sentence of what it was inside of."""
    return any(
        loss.construct in (life.construct, life.element) or f" 1 {life.construct}" in loss.detail for loss in report
    )


#: What says the same in the wanted version, as a test on the result; nothing is lost then.
SAME: dict[str, Callable[[etree._Element], bool]] = {
    "asset@src": lambda root: root.find(".//media-rep").get("src") == "file:///media/a.mov",
    "media-rep": lambda root: root.find(".//asset").get("src") == "file:///media/a.mov",
    "bookmark": lambda root: root.findtext(".//media-rep/bookmark") == "AA==",
    "asset-clip": lambda root: root.find(".//clip/video/audio").get("srcCh") == "1, 2",
    "audio-source": lambda root: root.find(".//audio-channel-source").get("srcCh") == "1, 2",
    "audio-channel-source": lambda root: root.find(".//clip/audio-source").get("srcCh") == "1, 2",
    "multicam@renderColorSpace": lambda root: root.find(".//format").get("colorSpace") == "1-1-1 (Rec. 709)",
}


@cache
def _dtd(version: str) -> etree.DTD | None:
    path = Path(corpus_folder(), "dtd", f"FCPXMLv{version.replace('.', '_')}.dtd")
    return etree.DTD(str(path)) if path.is_file() else None


def _assert_valid(found: Document) -> None:
    dtd = _dtd(found.version)
    if dtd is not None:
        assert dtd.validate(Document.parse(found.to_bytes()).root), dtd.error_log[0].message


@pytest.mark.parametrize(("life", "version"), CASES)
def test_a_planted_construct_is_kept_or_said_or_reported(life: Life, version: str) -> None:
    source = plant(life, version)
    assert _has(source.root, life), "the plant does not hold its construct"
    # No DTD declares info-asc-cdl; everything else planted is legal where it is planted.
    if life.child != "info-asc-cdl":
        _assert_valid(source)
    before = source.to_bytes()
    for wanted in WRITABLE:
        result, report = to_version(source, wanted)
        named = {loss.construct for loss in report}
        if life.holds(wanted):
            assert _has(result.root, life), f"{life.construct} is legal in {wanted} and gone"
            assert life.construct not in named
        else:
            assert not _has(result.root, life), f"{life.construct} is illegal in {wanted} and still there"
            if life.element == "fcpxml":
                assert "library" in named
            elif life.construct in SAME and life.construct not in named:
                assert SAME[life.construct](result.root), f"{life.construct} is neither said nor reported in {wanted}"
            else:
                assert _is_named(report, life), f"{life.construct} went silently in {wanted}"
        if life.child != "info-asc-cdl":
            _assert_valid(result)
        for loss in report:
            assert loss.path.startswith("fcpxml") and loss.line, loss
    assert source.to_bytes() == before


STORY = (
    '<asset-clip ref="a1" {place} start="7s">'
    '<caption lane="1" offset="8s" duration="1s"/><marker start="8s" value="m"/></asset-clip>',
    '<asset-clip ref="a1" {place} srcEnable="audio"/>',
    '<asset-clip ref="a1" {place} start="2s"><conform-rate srcFrameRate="25"/>'
    '<live-drawing lane="1" offset="3s" duration="1s"><title ref="t1" lane="1" offset="0s" duration="1s"/>'
    "</live-drawing></asset-clip>",
    '<live-drawing {place} start="5s"><title ref="t1" lane="1" offset="6s" duration="1s"/></live-drawing>',
    '<sync-clip {place}><spine><asset-clip ref="a1" offset="0s" duration="9s"/></spine>'
    '<sync-source sourceID="connected"/></sync-clip>',
    '<video ref="a1" {place}><timeMap frameSampling="optical-flow-frc"/><hidden-clip-marker/></video>',
    '<title ref="t1" {place}><text position="0 0">Words</text></title>',
    '<mc-clip ref="m1" {place}><mc-source angleID="A"><audio-role-source role="dialogue"/></mc-source></mc-clip>',
    "<gap {place}/>",
)


@st.composite
def storylines(draw: st.DrawFn) -> str:
    at, pieces = Fraction(0), []
    for _ in range(draw(st.integers(1, 6))):
        frames = draw(st.integers(24, 200))
        where = f'offset="{at.numerator}/{at.denominator}s" ' if draw(st.booleans()) else ""
        pieces.append(draw(st.sampled_from(STORY)).format(place=f'{where}duration="{frames}/24s"'))
        at += Fraction(frames, 24)
    return "".join(pieces)


def _storyline(found: Document) -> Iterator[tuple[Fraction, Fraction]]:
    for item in place(root_of(found).projects[0].sequence):
        if item.host is None:
            yield item.record_start, item.record_end


def _titles(found: Document) -> list[Fraction]:
    return sorted(item.record_start for item in place(root_of(found).projects[0].sequence) if item.item.tag == "title")


@given(storyline=storylines(), wanted=st.sampled_from(WRITABLE))
@settings(max_examples=150, deadline=None)
def test_no_conversion_moves_anything(storyline: str, wanted: str) -> None:
    """Storyline items keep their place whatever goes; a title connected to what goes stays where it was."""
    source = document("1.14", timeline=storyline)
    result, _report = to_version(source, wanted)
    assert list(_storyline(result)) == list(_storyline(source))
    assert _titles(result) == _titles(source)
    _assert_valid(result)
    back, _ = to_version(result, wanted)
    assert back.to_bytes() == result.to_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: path.stem)
def test_real_files_stay_valid_and_in_place_in_every_version(path: Path) -> None:
    _check_real_file(path, WRITABLE)


@pytest.mark.parametrize("path", corpus_files()[::7], ids=lambda path: path.stem)
def test_some_real_files_stay_valid_and_in_place(path: Path) -> None:
    _check_real_file(path, ("1.5", "1.8", "1.9", "1.10", "1.14"))


def _check_real_file(path: Path, wanted: tuple[str, ...]) -> None:
    source = Document.read(path)
    before, valid = source.to_bytes(), _dtd(source.version)
    was_valid = valid is not None and valid.validate(source.root)
    for version in wanted:
        result, report = to_version(source, version)
        if was_valid:
            _assert_valid(result)
        timings = [_timings(found, WRITABLE.index(version) < WRITABLE.index("1.9")) for found in (source, result)]
        assert timings[0] == timings[1], version
        if not report and WRITABLE.index(version) >= 4 <= WRITABLE.index(source.version):
            stamped = before.replace(f'version="{source.version}"'.encode(), f'version="{version}"'.encode(), 1)
            assert result.to_bytes() == stamped
    assert source.to_bytes() == before


def _timings(found: Document, storyline_only: bool) -> list[tuple[object, ...]]:
    """Below 1.9 clips get components and captions go, so only what stands in a storyline is compared."""
    return sorted(
        (item.record_start, item.duration, item.lane, item.item.start)
        for sequence in root_of(found).sequences
        for item in place(sequence)
        if not storyline_only or item.host is None
    )
