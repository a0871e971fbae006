"""A timeline as Final Cut Pro 7 XML, by the format's own rules and not by the bridge's writer.

``in`` and ``out`` count at the sequence's rate whatever the media's rate is, as Resolve reads them. A clip's edge
under a transition is -1 and its ``in`` or ``out`` lies where the transition begins or ends. Clip colours, markers and
takes are not written (measured on 19.1.3, resolve.md §3.1); titles and generators become generator items.
"""

from __future__ import annotations

from fractions import Fraction
from urllib.parse import quote
from xml.etree import ElementTree as ET

from .layout import Hole, cut_of, inner_of, media_start, tiled
from .state import Item, Media, Timeline, Track
from .timecode import nominal, timecode


def write_xmeml(timeline: Timeline, path: str) -> None:
    """Write the file. Raises OSError."""
    root = ET.Element("xmeml", version="5")
    root.append(Sequence(timeline, Files(), "sequence-1").element())
    ET.indent(root, "    ")
    with open(path, "w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n')
        file.write(ET.tostring(root, "unicode") + "\n")


class Files:
    """The files of a document: each is described where it first stands."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def element(self, media: Media) -> ET.Element:
        """``<file>``, in full the first time."""
        if media.id in self._ids:
            return ET.Element("file", id=self._ids[media.id])
        self._ids[media.id] = f"file-{len(self._ids) + 1}"
        made = ET.Element("file", id=self._ids[media.id])
        _add(made, "duration", media.frame_count)
        made.append(rate_of(media.rate))
        _add(made, "name", media.name)
        _add(made, "pathurl", "file://localhost" + quote(media.path, safe="/"))
        made.append(_timecode(media_start(media), media.rate, ";" in media.facts.start_timecode))
        inside = ET.SubElement(made, "media")
        if media.facts.has_video:
            _size(ET.SubElement(inside, "video"), media.facts.width, media.facts.height)
        if media.facts.has_audio:
            _add(ET.SubElement(inside, "audio"), "channelcount", media.facts.audio_channels or 2)
        return made


class Sequence:
    """One ``<sequence>`` being made."""

    def __init__(self, timeline: Timeline, files: Files, identity: str) -> None:
        self._timeline = timeline
        self._files = files
        self._identity = identity

    def element(self) -> ET.Element:
        """The sequence with its tracks."""
        timeline = self._timeline
        made = ET.Element("sequence", id=self._identity)
        _add(made, "name", timeline.name)
        _add(made, "duration", timeline.end)
        made.append(rate_of(timeline.rate))
        _add(made, "in", -1)
        _add(made, "out", -1)
        made.append(_timecode(timeline.start_frame, timeline.rate, timeline.drop_frame))
        media = ET.SubElement(made, "media")
        video = ET.SubElement(media, "video")
        shape = ET.SubElement(video, "format")
        _size(shape, timeline.width, timeline.height)
        shape[0].insert(0, rate_of(timeline.rate))
        audio = ET.SubElement(media, "audio")
        for kind, holder in (("video", video), ("audio", audio)):
            for track in timeline.tracks[kind]:
                holder.append(self._track(track))
        return made

    def _track(self, track: Track) -> ET.Element:
        made = ET.Element("track")
        for one in tiled(track):
            if not isinstance(one, Hole):
                made.append(self._transition(track, one) if one.kind == "transition" else self._clip(track, one))
        _add(made, "enabled", _said(track.enabled))
        _add(made, "locked", _said(track.locked))
        return made

    def _transition(self, track: Track, item: Item) -> ET.Element:
        cut = cut_of(track, item)
        made = ET.Element("transitionitem")
        made.append(rate_of(self._timeline.rate))
        _add(made, "start", item.start)
        _add(made, "end", item.end)
        _add(made, "alignment", {item.start: "start", item.end: "end"}.get(cut, "center"))
        effect = ET.SubElement(made, "effect")
        for tag, text in (("name", item.name or "Cross Dissolve"), ("effectid", "Cross Dissolve")):
            _add(effect, tag, text)
        for tag, text in (("effecttype", "transition"), ("effectcategory", "Dissolve"), ("mediatype", "video")):
            _add(effect, tag, text)
        return made

    def _clip(self, track: Track, item: Item) -> ET.Element:
        media, inner = item.media, inner_of(item)
        plain = media is not None and (media.path or inner is not None)
        made = ET.Element("clipitem" if plain else "generatoritem", id=item.id)
        _add(made, "name", item.label)
        head, tail = self._overlaps(track, item)
        first, last = self._source(item)
        _add(made, "duration", self._told(media, media.frame_count) if media else item.duration)
        made.append(rate_of(self._timeline.rate))
        _add(made, "start", -1 if head else item.start)
        _add(made, "end", -1 if tail else item.end)
        _add(made, "enabled", _said(item.enabled))
        _add(made, "in", first - head)
        _add(made, "out", last + tail)
        if media is not None and inner is not None:
            made.append(Sequence(inner, self._files, f"sequence-{media.id}").element())
        elif media is not None and media.path:
            made.append(self._files.element(media))
        self._more(made, item)
        return made

    def _more(self, made: ET.Element, item: Item) -> None:
        if item.track_type == "audio":
            source = ET.SubElement(made, "sourcetrack")
            _add(source, "mediatype", "audio")
            _add(source, "trackindex", 1)
        if item.speed != 1 or item.reversed:
            made.append(_speed(item))
        if item.properties.keys() & {"ZoomX", "Pan", "Tilt", "RotationAngle"}:
            made.append(_motion(item))
        for other in sorted(item.linked | {item.id}) if item.linked else []:
            linked = ET.SubElement(made, "link")
            _add(linked, "linkclipref", other)

    def _overlaps(self, track: Track, item: Item) -> tuple[int, int]:
        """Frames of transitions before the head and after the tail."""
        head = tail = 0
        for one in track.items:
            if one.kind == "transition" and (cut := cut_of(track, one)) in (item.start, item.end):
                if cut == item.start:
                    head = max(head, cut - one.start)
                else:
                    tail = max(tail, one.end - cut)
        return head, tail

    def _source(self, item: Item) -> tuple[int, int]:
        """``in`` and ``out`` at 100 %; in the warped domain on retimed clips, as Resolve writes them (trap 9)."""
        media = item.media
        if media is None:
            return 0, item.duration
        hidden = media.frame_count - item.source_end if item.reversed else item.source_start
        first = self._told(media, hidden / item.speed)
        return first, first + item.duration

    def _told(self, media: Media, frames: Fraction | int) -> int:
        return round(Fraction(frames) / media.rate * self._timeline.rate)


def rate_of(rate: Fraction) -> ET.Element:
    """``<rate>``."""
    made = ET.Element("rate")
    _add(made, "timebase", nominal(rate))
    _add(made, "ntsc", _said(rate.denominator == 1001))
    return made


def _timecode(frame: int, rate: Fraction, drop: bool) -> ET.Element:
    made = ET.Element("timecode")
    _add(made, "string", timecode(frame, rate, drop))
    _add(made, "frame", frame)
    _add(made, "displayformat", "DF" if drop else "NDF")
    made.append(rate_of(rate))
    return made


def _size(holder: ET.Element, width: int, height: int) -> None:
    made = ET.SubElement(holder, "samplecharacteristics")
    _add(made, "width", width)
    _add(made, "height", height)
    _add(made, "pixelaspectratio", "square")


def _speed(item: Item) -> ET.Element:
    percent = float(item.speed * 100)
    rows = [("speed", f"{-percent if item.reversed else percent:g}"), ("reverse", _said(item.reversed))]
    rows += [("variablespeed", "0"), ("frameblending", "FALSE")]
    return _filter("Time Remap", "timeremap", rows)


def _motion(item: Item) -> ET.Element:
    zoom = item.properties.get("ZoomX", 1.0)
    angle = item.properties.get("RotationAngle", 0.0)
    scale = float(zoom) * 100 if isinstance(zoom, int | float) else 100.0
    return _filter("Basic Motion", "basic", [("scale", f"{scale:g}"), ("rotation", str(angle))])


def _filter(name: str, identity: str, rows: list[tuple[str, str]]) -> ET.Element:
    made = ET.Element("filter")
    effect = ET.SubElement(made, "effect")
    for tag, text in (("name", name), ("effectid", identity), ("effecttype", "motion"), ("mediatype", "video")):
        _add(effect, tag, text)
    for key, value in rows:
        row = ET.SubElement(effect, "parameter")
        _add(row, "parameterid", key)
        _add(row, "name", key)
        _add(row, "value", value)
    return made


def _said(value: bool) -> str:
    return "TRUE" if value else "FALSE"


def _add(parent: ET.Element, tag: str, text: object) -> None:
    ET.SubElement(parent, tag).text = str(text)
