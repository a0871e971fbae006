"""A timeline as FCPXML 1.8, 1.9 or 1.10, by the format's own rules and not by the bridge's library.

Picture of video track 1 is the spine; what lies above hangs on it in lanes, sound below. Sound that plays with its own
picture is part of the picture's clip. Takes, markers and clip colours are not written, and of several audio tracks the
last is dropped (measured on 19.1.3, resolve.md §3.1). 1.10 is a folder with ``Info.fcpxml``.
"""

from __future__ import annotations

import os
from fractions import Fraction
from urllib.parse import quote
from xml.etree import ElementTree as ET

from .layout import Hole, cut_of, inner_of, media_seconds, solid, tiled
from .profiles import Profile
from .state import Item, Media, Timeline, Track

BUNDLED = "1.10"


def write_fcpxml(profile: Profile, timeline: Timeline, path: str, version: str) -> None:
    """Write the file, or the folder for 1.10. Raises OSError, also when the folder exists."""
    text = Document(profile, timeline, version).text()
    if version == BUNDLED:
        os.mkdir(path)
        path = os.path.join(path, "Info.fcpxml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def spelled(seconds: Fraction) -> str:
    """``"1001/24000s"``, ``"5s"``."""
    return f"{seconds.numerator}s" if seconds.denominator == 1 else f"{seconds.numerator}/{seconds.denominator}s"


class Document:
    """One FCPXML document being made."""

    def __init__(self, profile: Profile, timeline: Timeline, version: str) -> None:
        self._profile = profile
        self._timeline = timeline
        self._version = version
        self._resources = ET.Element("resources")
        self._ids: dict[object, str] = {}

    def text(self) -> str:
        """The document."""
        root = ET.Element("fcpxml", version=self._version)
        root.append(self._resources)
        event = ET.SubElement(ET.SubElement(root, "library"), "event", name=self._timeline.name)
        project = ET.SubElement(event, "project", name=self._timeline.name)
        project.append(self._sequence(self._timeline))
        ET.indent(root, "    ")
        return '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n' + ET.tostring(root, "unicode") + "\n"

    # --- resources ---

    def _resource(self, key: object, tag: str, **attributes: str) -> tuple[str, ET.Element | None]:
        """Id of a resource, and its element when it is new."""
        if key in self._ids:
            return self._ids[key], None
        self._ids[key] = f"r{len(self._ids)}"
        made = ET.SubElement(self._resources, tag, {"id": self._ids[key], **attributes})
        return self._ids[key], made

    def _format(self, rate: Fraction, width: int, height: int) -> str:
        name = f"FFVideoFormat{height}p{round(float(rate) * 100) if rate.denominator > 1 else rate.numerator}"
        attributes = {"name": name, "frameDuration": spelled(1 / rate), "width": str(width), "height": str(height)}
        return self._resource(("format", rate, width, height), "format", **attributes)[0]

    def _asset(self, media: Media) -> str:
        facts = media.facts
        shape = self._format(media.rate, facts.width, facts.height) if facts.has_video and not facts.is_still else ""
        still = facts.is_still
        length = Fraction(0) if still else _length(media)
        start = Fraction(0) if still else media_seconds(media, 0)
        identity, made = self._resource(("asset", media.id), "asset", name=media.name, start=spelled(start))
        if made is None:
            return identity
        made.set("duration", spelled(length))
        if facts.has_video:
            made.set("hasVideo", "1")
            made.set("format", shape or self._still_format(media))
        if facts.has_audio:
            sound = {"hasAudio": "1", "audioSources": "1", "audioChannels": str(facts.audio_channels or 2)}
            made.attrib.update(sound)
        if self._version == "1.8":
            made.set("src", _url(media.path))
        else:
            ET.SubElement(made, "media-rep", kind="original-media", src=_url(media.path))
        return identity

    def _still_format(self, media: Media) -> str:
        size = {"width": str(media.facts.width), "height": str(media.facts.height)}
        return self._resource(("still", *size.values()), "format", name="FFVideoFormatRateUndefined", **size)[0]

    def _effect(self, name: str, uid: str) -> str:
        return self._resource(("effect", name), "effect", name=name, uid=uid)[0]

    def _compound(self, media: Media, inner: Timeline) -> str:
        if ("media", media.id) in self._ids:
            return self._ids["media", media.id]
        sequence = self._sequence(inner)
        identity, made = self._resource(("media", media.id), "media", name=media.name)
        if made is not None:
            made.append(sequence)
        return identity

    # --- the story ---

    def _sequence(self, timeline: Timeline) -> ET.Element:
        start = Fraction(timeline.start_frame) / timeline.rate
        shape = self._format(timeline.rate, timeline.width, timeline.height)
        drop = "DF" if timeline.drop_frame else "NDF"
        made = ET.Element("sequence", format=shape, tcStart=spelled(start), tcFormat=drop)
        made.set("duration", spelled(Fraction(timeline.end) / timeline.rate))
        Spine(self, timeline, ET.SubElement(made, "spine")).fill()
        return made

    def clip(self, timeline: Timeline, item: Item, enable: str) -> ET.Element:
        """The element of an item, without its offset; ``enable`` is "all", "video" or "audio"."""
        lasting = spelled(Fraction(item.duration) / timeline.rate)
        media, inner = item.media, inner_of(item)
        if media is not None and inner is not None:
            made = ET.Element("ref-clip", ref=self._compound(media, inner), name=item.label, duration=lasting)
            inside = Fraction(inner.start_frame + item.source_start) / inner.rate
            made.set("start", spelled(inside))
        elif media is None or not media.path:
            made = self._title(item, lasting)
        elif media.facts.is_still:
            made = ET.Element("video", ref=self._asset(media), name=item.label, start="0s", duration=lasting)
        else:
            made = self._asset_clip(timeline, item, media, lasting, enable)
        if not item.enabled:
            made.set("enabled", "0")
        _transform(made, item)
        return made

    def tray(self, timeline: Timeline, item: Item, made: ET.Element) -> ET.Element:
        """The clip itself, or an audition of its takes where a probe has found that."""
        if not self._profile.habits.takes_in_fcpxml or not item.takes:
            return made
        outer = ET.Element("audition")
        outer.append(made)
        for number, take in enumerate(item.takes, 1):
            if number != item.selected_take:
                end = take.start + item.duration
                other = Item(item.kind, item.track_type, item.start, item.duration, take.media, take.start, end)
                outer.append(self.clip(timeline, other, "all"))
        return outer

    def _title(self, item: Item, lasting: str) -> ET.Element:
        tag, uid = ("title", ".../Titles.localized/Basic Text.moti") if item.kind == "title" else ("video", "Solid")
        ref = self._effect(item.label, uid)
        return ET.Element(tag, ref=ref, name=item.label, start="0s", duration=lasting)

    def _asset_clip(self, timeline: Timeline, item: Item, media: Media, lasting: str, enable: str) -> ET.Element:
        made = ET.Element("asset-clip", ref=self._asset(media), name=item.label, duration=lasting)
        made.set("start", spelled(_head(item, media)))
        if enable != "all":
            made.set("srcEnable", enable)
        if media.facts.has_video and media.rate != timeline.rate:
            ET.SubElement(made, "conform-rate", scaleEnabled="0")
        if item.speed != 1 or item.reversed:
            made.append(_time_map(item, media))
        return made


class Spine:
    """The spine of one sequence and what hangs on it."""

    def __init__(self, document: Document, timeline: Timeline, spine: ET.Element) -> None:
        self._document = document
        self._timeline = timeline
        self._spine = spine
        self._parents: list[tuple[int, int, Fraction, ET.Element]] = []
        """(first, end, local start, element) of every spine item."""

    def fill(self) -> None:
        """Write video track 1, then hang every other track on it."""
        timeline = self._timeline
        main, *above = timeline.tracks["video"] or [Track("Video 1")]
        sounds = timeline.tracks["audio"]
        with_picture = _with_picture(timeline, main)
        for one in tiled(main):
            self._story(main, one, with_picture)
        self._pad(main)
        for lane, track in enumerate(above, 1):
            for item in solid(track):
                self._hang(item, lane, "video" if item.media and item.media.facts.has_audio else "all")
        for lane, track in enumerate(sounds[: max(1, len(sounds) - 1)], 1):
            for item in solid(track):
                if item.id not in with_picture:
                    self._hang(item, -lane, "audio" if item.media and item.media.facts.has_video else "all")

    def _story(self, track: Track, one: Item | Hole, with_picture: set[str]) -> None:
        if isinstance(one, Hole):
            return self._gap(one.start, one.end)
        if one.kind == "transition":
            return self._transition(track, one)
        silent = one.media and one.media.facts.has_audio and not one.linked & with_picture
        made = self._document.clip(self._timeline, one, "video" if silent else "all")
        outer = self._document.tray(self._timeline, one, made)
        outer.set("offset", spelled(self._at(one.start)))
        self._spine.append(outer)
        self._parents.append((one.start, one.end, _local(made), made))
        return None

    def _gap(self, start: int, end: int) -> None:
        lasting = spelled(Fraction(end - start) / self._timeline.rate)
        made = ET.SubElement(self._spine, "gap", name="Gap", offset=spelled(self._at(start)), start="0s")
        made.set("duration", lasting)
        self._parents.append((start, end, Fraction(0), made))

    def _pad(self, main: Track) -> None:
        """A gap to the end, so that everything has something to hang on."""
        end = max((item.end for item in solid(main)), default=0)
        if self._timeline.end > end:
            self._gap(end, self._timeline.end)

    def _transition(self, track: Track, item: Item) -> None:
        lasting = spelled(Fraction(item.duration) / self._timeline.rate)
        offset = spelled(self._at(item.start))
        name = item.name or "Cross Dissolve"
        made = ET.SubElement(self._spine, "transition", name=name, offset=offset, duration=lasting)
        uid = "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265"
        ET.SubElement(made, "filter-video", ref=self._document._effect(name, uid), name=name)
        assert cut_of(track, item) >= 0

    def _hang(self, item: Item, lane: int, enable: str) -> None:
        first, _, local, parent = next(one for one in self._parents if one[0] <= item.start < one[1])
        made = self._document.clip(self._timeline, item, enable)
        made.set("lane", str(lane))
        made.set("offset", spelled(local + Fraction(item.start - first) / self._timeline.rate))
        parent.append(made)

    def _at(self, timeline_frame: int) -> Fraction:
        return Fraction(self._timeline.start_frame + timeline_frame) / self._timeline.rate


def _local(made: ET.Element) -> Fraction:
    return Fraction(made.get("start", "0s").removesuffix("s"))


def _with_picture(timeline: Timeline, main: Track) -> set[str]:
    """Ids of the sound that plays exactly with its linked picture on video track 1."""
    found: set[str] = set()
    for picture in solid(main):
        for other_id in picture.linked:
            other = timeline.item(other_id)
            if other and other.track_type == "audio" and _same(picture, other):
                found.add(other.id)
    return found


def _same(one: Item, other: Item) -> bool:
    def place(item: Item) -> tuple[object, ...]:
        return item.start, item.duration, item.source_start, item.speed, item.reversed, item.enabled

    return one.media is other.media and place(one) == place(other)


def _length(media: Media) -> Fraction:
    return Fraction(media.frame_count) / media.rate


def _head(item: Item, media: Media) -> Fraction:
    """The clip's own time at its head: media time at 100 %, the time map's otherwise."""
    if item.reversed:
        return Fraction(media.frame_count - item.source_end) / media.rate / item.speed
    return media_seconds(media, item.source_start) / item.speed


def _time_map(item: Item, media: Media) -> ET.Element:
    """A map over the whole media, so that the clip's ``start`` windows it."""
    first, last = media_seconds(media, 0), media_seconds(media, 0) + _length(media)
    if item.reversed:
        points = [(Fraction(0), last), (_length(media) / item.speed, first)]
    else:
        points = [(first / item.speed, first), (last / item.speed, last)]
    made = ET.Element("timeMap")
    for time, value in points:
        ET.SubElement(made, "timept", time=spelled(time), value=spelled(value), interp="linear")
    return made


def _transform(made: ET.Element, item: Item) -> None:
    values = item.properties
    told = {}
    if "ZoomX" in values or "ZoomY" in values:
        told["scale"] = f"{values.get('ZoomX', 1.0)} {values.get('ZoomY', 1.0)}"
    if "Pan" in values or "Tilt" in values:
        told["position"] = f"{values.get('Pan', 0.0)} {values.get('Tilt', 0.0)}"
    if "RotationAngle" in values:
        told["rotation"] = str(values["RotationAngle"])
    if told:
        ET.SubElement(made, "adjust-transform", told)


def _url(path: str) -> str:
    return "file://" + quote(path, safe="/")
