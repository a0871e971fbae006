"""Real files: read as a cut, written in their own format; walkers of their own say that record times are exact."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from lxml import etree
from tests.support.fcpxml import corpus_files, require_corpus

from takebridge.errors import InvalidDocumentError
from takebridge.interchange.documents import read_cut, write_cut

UNREADABLE = {"dissolve_test_fail.edl": "two events of one transition have different numbers"}


def short(path: Path) -> str:
    return path.name.split("__")[-1]


def trip(path: Path, tmp_path: Path) -> Path:
    out = tmp_path / f"out{path.suffix}"
    write_cut(read_cut(path).cut, out)
    return out


# --- OTIO ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", corpus_files("otio"), ids=short)
def test_otio_is_equal_to_what_otio_itself_reads(path: Path, tmp_path: Path) -> None:
    written = json.loads(trip(path, tmp_path).read_text())
    source = json.loads(path.read_text().replace('"Marker.3"', '"Marker.2"'))
    one, two = (otio.core.deserialize_json_from_string(json.dumps(uncolored(value))) for value in (source, written))
    assert two.is_equivalent_to(one)


def uncolored(value: Any) -> Any:
    """Without the colours of markers: OTIO 0.18 has names for what 0.19 writes as red, green and blue."""
    if isinstance(value, list):
        return [uncolored(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: uncolored(one) for name, one in value.items() if name != "color"}


# --- FCPXML: every story item by its own offset, host and start -----------------------------------------------

STORY = {"asset-clip", "clip", "video", "audio", "title", "caption", "ref-clip", "mc-clip", "sync-clip", "gap"}
TIMED = ("offset", "start", "duration", "lane")


def seconds(text: str | None) -> Fraction | None:
    if text is None:
        return None
    match = re.fullmatch(r"\s*([+-]?[\d.]+)(?:/(\d+))?s\s*", text)
    return Fraction(match[1]) / int(match[2] or 1) if match else None


def story(path: Path) -> list[tuple[Any, ...]]:
    """Every story item in document order: its chain of parents and the values of its times."""
    root = etree.parse(str(path)).getroot()
    found: list[tuple[Any, ...]] = []
    for item in root.iter(*STORY, "transition", "audition", "spine", "sequence", "multicam"):
        chain = tuple(parent.tag for parent in item.iterancestors())
        times = tuple(seconds(item.get(name)) if name != "lane" else item.get(name) for name in TIMED)
        found.append((item.tag, item.get("name"), item.get("ref"), chain, times, seconds(item.get("tcStart"))))
    return found


@pytest.mark.parametrize("path", corpus_files("fcpxml"), ids=short)
def test_fcpxml_keeps_every_item_at_its_place(path: Path, tmp_path: Path) -> None:
    out = trip(path, tmp_path)
    assert story(out) == story(path)
    one, two = (Counter(element.tag for element in etree.parse(str(one)).iter()) for one in (path, out))
    assert one == two, "nothing else went either"


# --- EDL: record and source timecode of every event -----------------------------------------------------------

EVENT = re.compile(r"^\s*\d+\s+(\S+)\s+(\S+)\s+(\S+)\s+(\d+\s+)?(\d\d:\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s*$")


def events(path: Path) -> list[tuple[str, ...]]:
    """(kind, source in, record in, record out) of every event that takes time, zero-length sides of dissolves aside."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    rows = [match for line in lines if (match := EVENT.match(line))]
    return [(row[3], (row[4] or "").strip(), row[5], row[7], row[8]) for row in rows if row[7] != row[8]]


@pytest.mark.parametrize("path", corpus_files("edl"), ids=short)
def test_edl_keeps_every_event_at_its_timecode(path: Path, tmp_path: Path) -> None:
    if short(path) in UNREADABLE:
        with pytest.raises(InvalidDocumentError):
            read_cut(path)
        return
    assert events(trip(path, tmp_path)) == events(path)


# --- AAF: what the adapter says of either file ------------------------------------------------------------------


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)


def places(path: Path) -> list[tuple[str, list[tuple[str, Fraction, Fraction]]]]:
    """Track kinds with name, start and length of their clips in seconds, by OTIO's own arithmetic, rounded to µs."""
    with quiet():
        timeline: Any = otio.adapters.read_from_file(str(path), "AAF")
    return sorted(
        (
            str(track.kind),
            sorted(
                (item.name, _rounded(span.start_time), _rounded(span.duration))
                for item, span in track.range_of_all_children().items()
                if isinstance(item, (otio.schema.Clip, otio.schema.Stack))
            ),
        )
        for track in timeline.tracks
    )


def _rounded(time: Any) -> Fraction:
    return Fraction(round(time.to_seconds() * 1000), 1000)


@pytest.mark.parametrize("path", corpus_files("aaf"), ids=short)
def test_aaf_keeps_every_clip_at_its_place(path: Path, tmp_path: Path) -> None:
    assert places(trip(path, tmp_path)) == places(path)


def test_the_files_were_there() -> None:
    for kind in ("otio", "fcpxml", "edl", "aaf"):
        require_corpus(kind)
