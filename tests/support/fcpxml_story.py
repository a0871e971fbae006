"""An independent reading of where story items stand, for tests that compare a document before and after.

Written against the format's rules alone, not with ``takebridge_fcpxml.placement``.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import NamedTuple

from lxml import etree

ITEMS = {
    "asset-clip",
    "clip",
    "video",
    "audio",
    "title",
    "caption",
    "ref-clip",
    "mc-clip",
    "sync-clip",
    "audition",
    "gap",
    "transition",
    "live-drawing",
}
_RATES = {
    "23.98": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
    "50": Fraction(50),
    "59.94": Fraction(60000, 1001),
    "60": Fraction(60),
}


class Stand(NamedTuple):
    """One story item of one project."""

    project: str
    tag: str
    start: Fraction
    duration: Fraction | None
    source: Fraction
    name: str
    lane: int


def seconds(text: str | None) -> Fraction | None:
    """``1001/24000s`` as a fraction."""
    return None if text is None else Fraction(text.strip().rstrip("s"))


def stands(root: etree._Element) -> Counter[Stand]:
    """Every story item of every project, the waiting children of auditions left out."""
    found: list[Stand] = []
    rates = {one.get("id"): seconds(one.get("frameDuration")) for one in root.iter("format")}
    for project in root.iter("project"):
        for sequence in project.iterchildren("sequence"):
            frame = rates.get(sequence.get("format"))
            walk = _Walk(project.get("name", ""), 1 / frame if frame else None, found)
            for spine in sequence.iterchildren("spine"):
                walk.storyline(spine, Fraction(0), seconds(sequence.get("tcStart")) or Fraction(0), 0)
    return Counter(found)


class _Walk:
    def __init__(self, project: str, rate: Fraction | None, found: list[Stand]) -> None:
        self.project, self.rate, self.found = project, rate, found

    def storyline(self, spine: etree._Element, base: Fraction, cursor: Fraction, lane: int) -> None:
        for item in spine:
            if item.tag in ITEMS:
                offset = seconds(item.get("offset"))
                at = cursor if offset is None else base + offset
                self.item(item, at, lane)
                if item.tag != "transition":
                    cursor = at + (_length(item) or 0)

    def item(self, item: etree._Element, at: Fraction, lane: int) -> None:
        start = seconds(item.get("start")) or Fraction(0)
        self.found.append(Stand(self.project, str(item.tag), at, _length(item), start, item.get("name", ""), lane))
        children = [child for child in item if child.tag in ITEMS or child.tag == "spine"]
        if item.tag == "audition":
            for pick in children[:1]:
                self.item(pick, at, lane)
            return
        scale = self.scale(item)
        for child in children:
            own = int(child.get("lane") or 0)
            # Inside an item a missing offset is 0s, the default of the DTD.
            begin = at + ((seconds(child.get("offset")) or Fraction(0)) - start) / scale
            if child.tag == "spine":
                self.storyline(child, begin, begin, own)
            else:
                self.item(child, begin, own)

    def scale(self, item: etree._Element) -> Fraction:
        """Local seconds a record second; the pairs real files hold (25 in 24, 23.98 in whole rates, 29.97 in 23.98)."""
        conform = item.find("conform-rate")
        if conform is None or conform.get("scaleEnabled") == "0" or self.rate is None:
            return Fraction(1)
        source = _RATES.get(conform.get("srcFrameRate", ""))
        if source is None or source == self.rate:
            return Fraction(1)
        if {source, self.rate} == {Fraction(24), Fraction(25)}:
            return self.rate / source
        slow, film = Fraction(1001, 1000), Fraction(24000, 1001)
        if source.denominator == 1001 and self.rate.denominator == 1001:
            return slow if source == film else (1 / slow if self.rate == film else Fraction(1))
        if source.denominator == 1001:
            return slow
        if self.rate.denominator == 1001:
            return 1 / slow
        return Fraction(1)


def _length(item: etree._Element) -> Fraction | None:
    told = seconds(item.get("duration"))
    if told is None and item.tag == "audition":
        pick = next((child for child in item if child.tag in ITEMS), None)
        return None if pick is None else _length(pick)
    return told


def counts(root: etree._Element) -> Counter[str]:
    """How often each element stands in a document."""
    return Counter(str(element.tag) for element in root.iter(tag=etree.Element))
