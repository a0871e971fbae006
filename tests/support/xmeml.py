"""Cuts and documents for tests of Final Cut Pro 7 XML, and a walker that reads item times without our reader."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from xml.etree import ElementTree

from takebridge.cut.model import Clip, Cut, Item, tracks_of


@dataclass(frozen=True)
class Row:
    """What a document says of one item, −1 resolved by its neighbours' transitions: record and in frames."""

    kind: str
    track: int
    name: str
    start: int
    end: int
    first: Fraction


def walk(data: bytes) -> list[Row]:
    """Read the items of the first sequence with the standard library alone, in sequence frames and item in-points."""
    root = ElementTree.fromstring(data)
    sequence = root if root.tag == "sequence" else next(root.iter("sequence"))
    rows: list[Row] = []
    for kind in ("video", "audio"):
        for number, track in enumerate(sequence.findall(f"media/{kind}/track")):
            rows += _rows(kind, number, track)
    return rows


def _rows(kind: str, number: int, track: ElementTree.Element) -> list[Row]:
    items = [one for one in track if one.tag in ("clipitem", "generatoritem", "transitionitem")]
    rows = []
    for index, item in enumerate(items):
        if item.tag == "transitionitem":
            continue
        start, end, first = (int(item.findtext(tag) or 0) for tag in ("start", "end", "in"))
        reach = 0
        if start == -1:
            start = _middle(items[index - 1])
            reach = start - int(items[index - 1].findtext("start") or 0)
        if end == -1:
            end = _middle(items[index + 1])
        rows.append(Row(kind, number, item.findtext("name") or "", start, end, Fraction(first + reach)))
    return rows


def _middle(transition: ElementTree.Element) -> int:
    start, end = int(transition.findtext("start") or 0), int(transition.findtext("end") or 0)
    alignment = transition.findtext("alignment") or ""
    if alignment.startswith("start"):
        return start
    return end if alignment.startswith("end") else (start + end) // 2


def bare(cut: Cut) -> Cut:
    """Return a cut with what a foreign document cannot keep taken away: extras, ids, the names of links."""
    links: dict[str, str] = {}
    tracks = []
    for kind, number, track in tracks_of(cut):
        items = []
        for index, item in enumerate(track.items):
            if isinstance(item, Clip) and item.link:
                links.setdefault(item.link, f"{kind} {number} {index}")
            items.append(_bare_item(item, links))
        tracks.append(replace(track, items=tuple(items), extras={}))
    return replace(
        cut,
        tracks=tuple(tracks),
        markers=tuple(replace(one, extras={}) for one in cut.markers),
        timeline_id="",
        extras={},
    )


def _bare_item(item: Item, links: dict[str, str]) -> Item:
    if not isinstance(item, Clip):
        return replace(item, extras={})
    media = item.media
    return replace(
        item,
        media=None if media is None else replace(media, id="", extras={}),
        markers=tuple(replace(one, extras={}) for one in item.markers),
        link=links.get(item.link, ""),
        inner=None if item.inner is None else bare(item.inner),
        extras={},
    )


def clips(cut: Cut) -> list[Clip]:
    """Return the clips of a cut's own tracks in order."""
    return [clip for track in cut.tracks for clip in track.clips]
