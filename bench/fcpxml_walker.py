"""An independent reading of FCPXML timelines, to judge every library by the same measure.

Nothing here uses takebridge_fcpxml. Times are Fractions of seconds, places are record time by the parent rule:
``parent record start + (offset − parent start) / scale``. What a timeline holds is a multiset of ``Place``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from lxml import etree

CLIPS = {
    "asset-clip",
    "clip",
    "video",
    "audio",
    "title",
    "caption",
    "ref-clip",
    "mc-clip",
    "sync-clip",
    "live-drawing",
}
STORY = CLIPS | {"gap", "transition", "audition"}
_TIME = re.compile(r"\s*([+-]?\d+)(?:/(\d+)|(\.\d+))?s\s*")
_PULL = Fraction(1001, 1000)
#: (srcFrameRate, nominal sequence rate, sequence is NTSC) → local seconds a record second, as seen in exports.
_SCALES = {
    ("23.98", 24, False): _PULL,
    ("23.98", 25, False): _PULL,
    ("23.98", 30, False): _PULL,
    ("23.98", 50, False): _PULL,
    ("23.98", 60, False): _PULL,
    ("23.98", 30, True): _PULL,
    ("23.98", 60, True): _PULL,
    ("29.97", 24, True): 1 / _PULL,
    ("25", 24, False): Fraction(24, 25),
}


class Place(NamedTuple):
    """One story item. ``lane`` is that of the connected storyline for the items in one."""

    record_start: Fraction
    duration: Fraction
    source_start: Fraction
    name: str
    lane: int


class Told(NamedTuple):
    """A story item. ``component`` is True for the lane-0 contents of a clip: some writers wrap media in a clip."""

    place: Place
    element: etree._Element
    component: bool


def seconds(text: str | None, default: Fraction | None = Fraction(0)) -> Fraction:
    """A time attribute. Raises ValueError when it is absent without a default, or no time."""
    if text is None:
        if default is None:
            raise ValueError("no time")
        return default
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no time")
    whole, below, decimals = match.groups()
    return Fraction(whole + (decimals or "")) / int(below or 1)


def elements(parent: etree._Element) -> Iterator[etree._Element]:
    """Child elements without comments."""
    return parent.iterchildren(tag=etree.Element)


def timelines(root: etree._Element, *, projects_only: bool) -> Iterator[tuple[etree._Element, list[Told]]]:
    """Each sequence (of projects, and unless told otherwise of compounds and multicams) with its items."""
    resources = {element.get("id"): element for element in root.iterfind("resources/*")}
    for timeline in root.iter("sequence", "multicam"):
        above = timeline.getparent()
        if projects_only and (above is None or above.tag != "project"):
            continue
        walk = _Walk(resources, frame_duration(timeline, resources))
        for storyline in timeline.iterchildren("spine", "mc-angle"):
            walk.storyline(storyline, Fraction(0), seconds(timeline.get("tcStart")), 0)
        yield timeline, walk.told


def frame_duration(timeline: etree._Element, resources: dict[str | None, etree._Element]) -> Fraction | None:
    """Seconds a frame by the timeline's format, None when it names none."""
    form = resources.get(timeline.get("format"))
    text = "" if form is None else form.get("frameDuration", "")
    return seconds(text) if text.strip() else None


def is_ntsc(frame: Fraction | None) -> bool:
    """Whether a frame lasts a multiple of 1.001 of a whole rate's."""
    return frame is not None and frame.numerator % 1001 == 0


class _Walk:
    def __init__(self, resources: dict[str | None, etree._Element], frame: Fraction | None) -> None:
        self.resources = resources
        self.frame = frame
        self.told: list[Told] = []

    def storyline(self, spine: etree._Element, base: Fraction, cursor: Fraction, lane: int) -> None:
        for child in elements(spine):
            if child.tag in STORY:
                offset = child.get("offset")
                start = cursor if offset is None else base + seconds(offset)
                length = self.item(child, start, lane)
                cursor = cursor if child.tag == "transition" else start + length

    def item(self, element: etree._Element, start: Fraction, lane: int, component: bool = False) -> Fraction:
        length = self.length(element)
        place = Place(start, length, seconds(element.get("start")), element.get("name", ""), lane)
        self.told.append(Told(place, element, component))
        if element.tag == "audition":
            for pick in list(elements(element))[:1]:
                self.item(pick, start, lane, component)
            return length
        origin, scale, cursor = place.source_start, self.scale(element), start
        for child in elements(element):
            if child.tag not in STORY and child.tag != "spine":
                continue
            own = int(child.get("lane", "0"))
            offset = child.get("offset")
            where = (start if own else cursor) if offset is None else start + (seconds(offset) - origin) / scale
            if child.tag == "spine":
                self.storyline(child, where, where, own)
            else:
                inner = self.item(child, where, own, component or own == 0)
                cursor = cursor if own else where + inner
        return length

    def length(self, element: etree._Element) -> Fraction:
        if element.tag == "audition":
            return self.length(next(elements(element)))
        if element.get("duration") is not None or element.tag not in ("asset-clip", "ref-clip"):
            return seconds(element.get("duration"))
        asset = self.resources.get(element.get("ref"))
        if asset is None:
            return Fraction(0)
        inside = seconds(element.get("start"), seconds(asset.get("start"))) - seconds(asset.get("start"))
        return seconds(asset.get("duration")) - inside

    def scale(self, element: etree._Element) -> Fraction:
        conform = element.find("conform-rate")
        if conform is None or conform.get("scaleEnabled") == "0" or not self.frame:
            return Fraction(1)
        key = (conform.get("srcFrameRate", ""), round(1 / self.frame), is_ntsc(self.frame))
        return _SCALES.get(key, Fraction(1))


def multiset(root: etree._Element, *, projects_only: bool, clips_only: bool) -> Counter[Place]:
    """Every story item of every timeline; ``clips_only`` leaves gaps, transitions, wrappers and components out."""
    kinds = CLIPS if clips_only else STORY
    return Counter(
        item.place
        for _, told in timelines(root, projects_only=projects_only)
        for item in told
        if item.element.tag in kinds and not (clips_only and item.component)
    )


def at_ntsc(root: etree._Element) -> bool:
    """Whether a project of the document runs at a rate over 1.001."""
    resources = {element.get("id"): element for element in root.iterfind("resources/*")}
    return any(is_ntsc(frame_duration(timeline, resources)) for timeline in root.iterfind(".//project/sequence"))


_ROLES = ("role", "audioRole", "videoRole")
_TAGS = {
    "markers": ("marker",),
    "chapter markers": ("chapter-marker",),
    "keywords": ("keyword",),
    "ratings": ("rating",),
    "notes": ("note",),
    "metadata md": ("md",),
    "titles": ("title",),
    "captions": ("caption",),
    "compound (ref-clip)": ("ref-clip",),
    "multicam (mc-clip)": ("mc-clip",),
    "sync clips": ("sync-clip",),
    "auditions": ("audition",),
    "transitions": ("transition",),
    "timeMap": ("timeMap",),
    "conform-rate": ("conform-rate",),
    "audio channel sources": ("audio-channel-source", "audio-role-source"),
    "transform": ("adjust-transform",),
    "volume": ("adjust-volume",),
    "filters": ("filter-video", "filter-audio", "filter-video-mask"),
}
CONSTRUCTS = (*_TAGS, "roles", "connected (lane)", "disabled", "all elements", "all attributes")


def constructs(root: etree._Element) -> dict[str, int]:
    """How often each construct stands in a document, keys as in CONSTRUCTS."""
    everything = list(root.iter(etree.Element))
    tags = Counter(element.tag for element in everything)
    found = {name: sum(tags[tag] for tag in of) for name, of in _TAGS.items()}
    found["roles"] = sum(1 for element in everything for name in _ROLES if element.get(name))
    found["connected (lane)"] = sum(1 for element in everything if element.get("lane", "0") != "0")
    found["disabled"] = sum(1 for element in everything if element.tag in STORY and element.get("enabled") == "0")
    found["all elements"] = len(everything)
    found["all attributes"] = sum(len(element.attrib) for element in everything)
    return found
