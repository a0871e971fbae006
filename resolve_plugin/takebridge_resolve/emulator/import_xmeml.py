"""Final Cut Pro 7 XML as Resolve reads it: ``in`` and ``out`` at the sequence's rate whatever the clip's rate says.

A ``<video>`` without ``<format>`` is refused (formats.md §2). An edge of -1 lies under a transition.
"""

from __future__ import annotations

from fractions import Fraction
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from .drafts import Draft, DraftError, DraftItem, DraftTrack


def read_xmeml(root: ET.Element) -> Draft:
    """Read a document's first sequence. Raises DraftError."""
    sequence = root.find("sequence")
    if sequence is None:
        sequence = root.find(".//sequence")
    if sequence is None or sequence.find("media/video/format") is None:
        raise DraftError("No sequence with a video format.")
    files = {file.get("id", ""): file for file in root.iter("file") if file.find("pathurl") is not None}
    return _sequence(sequence, files)


def _sequence(sequence: ET.Element, files: dict[str, ET.Element]) -> Draft:
    start = int(sequence.findtext("timecode/frame") or 0)
    drop = sequence.findtext("timecode/displayformat") == "DF"
    draft = Draft(sequence.findtext("name") or "", _rate(sequence.find("rate")), start, drop)
    shape = "media/video/format/samplecharacteristics"
    draft.width, draft.height = (int(sequence.findtext(f"{shape}/{key}") or 0) for key in ("width", "height"))
    for kind in ("video", "audio"):
        for index, track in enumerate(sequence.findall(f"media/{kind}/track"), 1):
            locked, enabled = track.findtext("locked") == "TRUE", track.findtext("enabled") != "FALSE"
            draft.tracks[kind].append(DraftTrack("", enabled, locked))
            Reading(draft, files, kind, index).track(track)
    return draft


class Reading:
    """Reads one track."""

    def __init__(self, draft: Draft, files: dict[str, ET.Element], kind: str, index: int) -> None:
        self._draft = draft
        self._files = files
        self._kind = kind
        self._index = index

    def track(self, track: ET.Element) -> None:
        """Add every item of the track to the draft."""
        elements = list(track)
        for place, element in enumerate(elements):
            if element.tag == "transitionitem":
                start, end = _frame(element, "start"), _frame(element, "end")
                name = element.findtext("effect/name") or "Cross Dissolve"
                self._draft.items.append(self._item("transition", start, end - start, name))
            elif element.tag in ("clipitem", "generatoritem"):
                self._clip(element, elements[:place], elements[place + 1 :])

    def _item(self, kind: str, start: int, duration: int, name: str) -> DraftItem:
        return DraftItem(kind, self._kind, self._index, start, duration, name)

    def _clip(self, element: ET.Element, before: list[ET.Element], after: list[ET.Element]) -> None:
        start, end, first = _frame(element, "start"), _frame(element, "end"), _frame(element, "in")
        if start < 0:
            lying = next(one for one in reversed(before) if one.tag == "transitionitem")
            start = _cut(lying)
            first += start - _frame(lying, "start")
        if end < 0:
            end = _cut(next(one for one in after if one.tag == "transitionitem"))
        item = self._item("clip", start, end - start, element.findtext("name") or "")
        item.enabled = element.findtext("enabled") != "FALSE"
        item.absolute = False
        _speed(item, element)
        item.source = Fraction(max(0, first)) / self._draft.rate * item.speed
        item.from_end = item.reversed
        links = sorted({link.text or "" for link in element.findall("link/linkclipref")})
        item.link = "|".join(links) if len(links) > 1 else ""
        self._media(item, element)
        if item.duration > 0:
            self._draft.items.append(item)

    def _media(self, item: DraftItem, element: ET.Element) -> None:
        file, nested = element.find("file"), element.find("sequence")
        if nested is not None:
            item.kind, item.inner = "compound", _sequence(nested, self._files)
        elif file is not None:
            known = self._files.get(file.get("id", ""), file)
            item.path = _path(known.findtext("pathurl") or "")
        else:
            item.kind = "title"


def _cut(transition: ET.Element) -> int:
    start, end = _frame(transition, "start"), _frame(transition, "end")
    where = transition.findtext("alignment") or "center"
    if where.startswith("start"):
        return start
    return end if where.startswith("end") else (start + end) // 2


def _speed(item: DraftItem, element: ET.Element) -> None:
    for effect in element.findall("filter/effect"):
        if effect.findtext("effectid") != "timeremap":
            continue
        values = {one.findtext("parameterid"): one.findtext("value") for one in effect.findall("parameter")}
        speed = Fraction(values.get("speed") or "100") / 100
        item.reversed = speed < 0 or values.get("reverse") == "TRUE"
        item.unreadable_source = speed == 0 or values.get("variablespeed") == "1"
        item.speed = abs(speed) or Fraction(1)


def _frame(element: ET.Element, tag: str) -> int:
    text = element.findtext(tag)
    if text is None:
        raise DraftError(f"A {element.tag} has no {tag}.")
    return int(text)


def _rate(element: ET.Element | None) -> Fraction:
    base = int(element.findtext("timebase") or 0) if element is not None else 0
    if element is None or base < 1:
        raise DraftError("The sequence has no rate.")
    return Fraction(base * 1000, 1001) if element.findtext("ntsc") == "TRUE" else Fraction(base)


def _path(url: str) -> str:
    return unquote(urlsplit(url).path)
