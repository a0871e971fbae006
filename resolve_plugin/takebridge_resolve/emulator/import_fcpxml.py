"""FCPXML 1.8 to 1.10 as Resolve reads it: the story, what hangs on it, constant speeds. Of an audition the first.

Sound of a clip that has both lands on the audio track below its picture, or the next free one, linked with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from .drafts import Draft, DraftError, DraftItem

VERSIONS = frozenset({"1.8", "1.9", "1.10"})
_STORY = frozenset({"asset-clip", "clip", "video", "audio", "ref-clip", "sync-clip", "mc-clip", "title", "gap"})


def read_fcpxml(root: ET.Element) -> Draft:
    """Read a document's first project. Raises DraftError."""
    if root.get("version") not in VERSIONS:
        raise DraftError(f"FCPXML {root.get('version')} is not read.")
    project = root.find(".//project")
    sequence = root.find(".//project/sequence")
    if project is None or sequence is None:
        raise DraftError("The document has no project.")
    resources = {one.get("id", ""): one for one in root.iterfind("resources/*")}
    return _sequence(sequence, project.get("name") or "", resources)


def _sequence(sequence: ET.Element, name: str, resources: dict[str, ET.Element]) -> Draft:
    shape = resources.get(sequence.get("format", ""))
    if shape is None or shape.get("frameDuration") is None:
        raise DraftError("The sequence's format has no frame duration.")
    rate = 1 / seconds(shape.get("frameDuration"))
    start = seconds(sequence.get("tcStart"))
    draft = Draft(name, rate, round(start * rate), sequence.get("tcFormat") == "DF")
    draft.width, draft.height = int(shape.get("width", "0")), int(shape.get("height", "0"))
    spine = sequence.find("spine")
    if spine is not None:
        Story(draft, resources).spine(spine, start, start, 0)
    return draft


class Story:
    """Reads one sequence's spine into a draft."""

    def __init__(self, draft: Draft, resources: dict[str, ET.Element]) -> None:
        self._draft = draft
        self._resources = resources
        self._links = 0

    def spine(self, spine: ET.Element, origin: Fraction, begins: Fraction, lane: int) -> None:
        """Read a storyline. ``origin`` is the time frame 0 has in its offsets, ``begins`` where it starts itself."""
        at = begins
        for element in spine:
            found = element if element.tag in _STORY else next(_inside(element), None)
            if element.tag == "transition":
                self._transition(element, seconds(element.get("offset")) - origin, lane)
            elif found is not None:
                at = seconds(element.get("offset")) if element.get("offset") else at
                self._item(found, at - origin, lane)
                at += seconds(found.get("duration"))

    def _transition(self, element: ET.Element, at: Fraction, lane: int) -> None:
        start, length = self._frame(at), self._frame(seconds(element.get("duration")))
        name = element.get("name") or "Cross Dissolve"
        self._draft.items.append(DraftItem("transition", "video", lane + 1, start, length, name))

    def _item(self, element: ET.Element, at: Fraction, lane: int) -> None:
        """An element ``at`` seconds from frame 0, with everything that hangs on it."""
        if element.tag != "gap":
            self._clip(element, at, lane)
        local = self._local(element)
        for child in element:
            found = child if child.tag in _STORY else next(_inside(child), None)
            if not child.get("lane") and not (found is not None and found.get("lane")):
                continue
            offset = at + seconds(child.get("offset")) - local
            hangs = int(child.get("lane") or (found.get("lane") if found is not None else None) or 0)
            if child.tag == "spine":
                self.spine(child, -offset, Fraction(0), hangs)
            elif found is not None:
                self._item(found, offset, hangs)

    def _local(self, element: ET.Element) -> Fraction:
        if element.get("start") is not None:
            return seconds(element.get("start"))
        asset = self._resources.get(element.get("ref", ""))
        return seconds(asset.get("start")) if asset is not None and asset.tag == "asset" else Fraction(0)

    def _frame(self, time: Fraction) -> int:
        return round(time * self._draft.rate)

    def _clip(self, element: ET.Element, at: Fraction, lane: int) -> None:
        start, length = self._frame(at), self._frame(seconds(element.get("duration")))
        if length < 1:
            return
        item = DraftItem("clip", "video", lane + 1, start, length, element.get("name") or "")
        item.enabled = element.get("enabled") != "0"
        inner = element.find(".//*[@ref]") if element.tag == "clip" else element
        asset = self._resources.get(inner.get("ref", "")) if inner is not None else None
        if asset is not None and asset.tag == "media":
            self._nested(item, element, asset)
        elif asset is not None and asset.tag == "asset":
            self._of_asset(item, element, asset)
            self._heard(item, element, asset, lane)
            return
        else:
            item.kind = "title" if element.tag == "title" else "generator"
        self._draft.items.append(item)

    def _nested(self, item: DraftItem, element: ET.Element, media: ET.Element) -> None:
        sequence = media.find("sequence")
        if sequence is None:
            return
        item.kind, item.absolute = "compound", False
        item.inner = _sequence(sequence, media.get("name") or item.name, self._resources)
        begins = Fraction(item.inner.start_frame) / item.inner.rate
        if element.get("start"):
            item.source = seconds(element.get("start")) - begins

    def _of_asset(self, item: DraftItem, element: ET.Element, asset: ET.Element) -> None:
        item.path = _path(asset)
        local = self._local(element)
        points = [(seconds(one.get("time")), seconds(one.get("value"))) for one in element.findall("timeMap/timept")]
        if len(points) < 2:
            item.source = local
        else:
            _retime(item, points, local, seconds(element.get("duration")))

    def _heard(self, item: DraftItem, element: ET.Element, asset: ET.Element, lane: int) -> None:
        """Picture, sound or both of an asset."""
        wanted = element.get("srcEnable") or "all"
        picture = asset.get("hasVideo") == "1" and wanted != "audio" and element.tag != "audio"
        sound = asset.get("hasAudio") == "1" and wanted != "video" and element.tag != "video"
        self._links += 1
        if picture:
            self._draft.items.append(item)
        if sound:
            track = -lane if lane < 0 else lane + 1
            twin = DraftItem(**vars(item))
            twin.track_type, twin.track = "audio", self._free_track(track, item.start, item.start + item.duration)
            if picture:
                item.link = twin.link = f"story-{self._links}"
            self._draft.items.append(twin)

    def _free_track(self, wanted: int, start: int, end: int) -> int:
        sounds = [one for one in self._draft.items if one.track_type == "audio"]
        while any(one.track == wanted and one.start < end and start < one.start + one.duration for one in sounds):
            wanted += 1
        return wanted


def _retime(item: DraftItem, points: list[tuple[Fraction, Fraction]], local: Fraction, lasting: Fraction) -> None:
    """Two points are a constant speed; more are a ramp, which nobody reads out."""
    (time, value), (last_time, last_value) = points[0], points[-1]
    slope = (last_value - value) / (last_time - time) if last_time != time else Fraction(0)
    item.unreadable_source = len(points) > 2 or slope == 0
    item.speed, item.reversed = abs(slope) or Fraction(1), slope < 0
    ends = [value + (moment - time) * slope for moment in (local, local + lasting)]
    item.source = min(ends)


def _inside(element: ET.Element) -> Iterator[ET.Element]:
    """The alternatives of an audition, the active one first."""
    if element.tag == "audition":
        yield from (one for one in element if one.tag in _STORY)


def _path(asset: ET.Element) -> str:
    source = asset.get("src") or next((one.get("src", "") for one in asset.findall("media-rep")), "")
    return unquote(urlsplit(source).path)


def seconds(text: str | None) -> Fraction:
    """``"1001/24000s"`` → exact seconds, 0 without text. Raises DraftError."""
    try:
        return Fraction((text or "0s").strip().removesuffix("s"))
    except (ValueError, ZeroDivisionError) as error:
        raise DraftError(f"{text} is no time.") from error
