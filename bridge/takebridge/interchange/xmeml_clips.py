"""One `<clipitem>` or `<generatoritem>` as a clip."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from lxml import etree
from pydantic import JsonValue

from takebridge.cut.model import Clip, ClipKind, Cut, Frame, Media, Span, whole
from takebridge.cut.stamp import find_stamps, majority
from takebridge.interchange.xmeml_markers import markers_of
from takebridge.interchange.xmeml_media import kind_of
from takebridge.interchange.xmeml_parse import Element, is_true, serialized, text_of, words_of
from takebridge.interchange.xmeml_speed import Retime, is_timeremap, retime_of
from takebridge.interchange.xmeml_times import (
    TICKS_PER_SECOND,
    number_at,
    rate_of,
    rescaled,
    to_frames,
    to_seconds,
)
from takebridge.timebase import FrameRate


class Sources(Protocol):
    """What a clip needs of its document."""

    losses: list[str]
    known_files: Mapping[str, str]

    def file_of(self, stub: Element) -> Element | None:
        """Return the definition of a `<file>`."""
        ...

    def media_of(self, stub: Element, rate: FrameRate, name: str) -> Media | None:
        """Return the media of a `<file>`."""
        ...

    def nested(self, stub: Element, name: str) -> Cut | None:
        """Return the cut of a `<sequence>` in a clip."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item lies: its record range, and how far ``in``/``out`` reach beyond it.

    They do where start or end is −1: the item then lasts to the far end of the transition beside it.
    """

    record: Span
    head: Frame = 0
    tail: Frame = 0


def clip_of(item: Element, place: Place, sequence_rate: FrameRate, sources: Sources) -> Clip:
    """Read an item. Its link and the values to compare later are added when its sequence is complete."""
    rate = rate_of(item) or sequence_rate
    name = words_of(item, "name")
    kind, media, inner = _shown(item, rate, name, sources)
    name = name or (media.name if media else "")
    retime = retime_of(item.findall("filter"))
    source = _source(item, place, (rate, sequence_rate), retime, (media, inner), sources, name)
    if is_true(item, "stillframe", default=False):
        kind = "still" if kind == "clip" and media and media.frame_count in (None, 1) else kind
    source_rate = inner.rate if inner else media.rate if media and media.rate else sequence_rate
    return Clip(
        name=name,
        record=place.record,
        media=media,
        source=source,
        kind=kind,
        enabled=is_true(item, "enabled", default=True),
        speed=retime.speed,
        ramp=retime.ramp,
        stamp=_stamp(item, media, sources.known_files),
        ids=tuple(("uuid", text) for text in (text_of(item, "uuid"),) if text),
        markers=markers_of(item.findall("marker"), lambda frame: rescaled(frame, rate, source_rate)),
        inner=inner,
        look=_look(item),
        extras={"xmeml": _kept(item)},
    )


def _kept(item: Element) -> dict[str, JsonValue]:
    return {
        "element": serialized(item),
        "id": item.get("id", ""),
        "links": [text_of(one, "linkclipref") for one in item.findall("link")],
        "label": text_of(item, "labels/label2"),
    }


def _shown(item: Element, rate: FrameRate, name: str, sources: Sources) -> tuple[ClipKind, Media | None, Cut | None]:
    if item.tag == "generatoritem":
        effect = " ".join(text_of(item, f"effect/{tag}").lower() for tag in ("effectid", "name", "effectcategory"))
        return ("title" if "text" in effect or "title" in effect else "generator"), None, None
    nested = item.find("sequence")
    if nested is not None:
        return "nested", None, sources.nested(nested, name)
    file = item.find("file")
    if file is not None:
        defined = sources.file_of(file)
        kind = kind_of(defined, name) if defined is not None else "clip"
        return kind, sources.media_of(file, rate, name), None
    angle = _active_angle(item)
    if angle is not None:
        return "multicam", sources.media_of(angle, rate, name), None
    return ("multicam" if item.find("multiclip") is not None else "missing"), None, None


def _active_angle(item: Element) -> Element | None:
    """Return the `<file>` of the angle a multiclip shows."""
    angles = item.findall("multiclip/angle")
    active = [one for one in angles if is_true(one, "activevideoangle", default=False)]
    return next((file for one in active or angles[:1] for file in one.iter("file")), None)


def _source(
    item: Element,
    place: Place,
    rates: tuple[FrameRate, FrameRate],
    retime: Retime,
    shown: tuple[Media | None, Cut | None],
    sources: Sources,
    name: str,
) -> Span | None:
    """Return what is used of the media, in its own frames: ``in``/``out`` without the reach of transitions, retimed."""
    reach = place.head + place.record.duration + place.tail
    length = to_seconds(reach, rates[1])
    times = _in_out(item, rates, length, retime, sources, name)
    if times is None:
        return None
    start = times[0] + to_seconds(place.head, rates[1])
    end = max(start, times[1] - to_seconds(place.tail, rates[1]))
    media, inner = shown
    wanted = inner.rate if inner else media.rate if media and media.rate else rates[1]
    if retime.speed == 0:
        frame = to_frames(start, wanted)
        return Span.of(frame, 1)
    start, end = sorted(_retimed(start, end, retime, _total(item, rates[0], retime, shown), rates[0]))
    played = None if retime.speed is None else to_seconds(place.record.duration, rates[1]) * abs(retime.speed)
    return _span(start, end, played, wanted)


def _span(start: Fraction, end: Fraction, played: Fraction | None, rate: FrameRate) -> Span:
    """Return seconds as frames. What lasts as long as is played lasts exactly that: ticks are rounded."""
    first, last = to_frames(start, rate), to_frames(end, rate)
    if played is not None and abs(end - start - played) < Fraction(1, 10**7):
        length = whole(played * rate.fraction)
        if isinstance(first, int) or not isinstance(last, int):
            return Span.of(first, length)
        return Span(whole(last - length), last)
    return Span(first, last)


def _retimed(
    start: Fraction, end: Fraction, retime: Retime, total: Fraction, rate: FrameRate
) -> tuple[Fraction, Fraction]:
    if retime.speed is not None:
        return retime.source(start, end, total)
    frames = retime.source(start * rate.fraction, end * rate.fraction, total)
    return frames[0] / rate.fraction, frames[1] / rate.fraction


def _total(item: Element, rate: FrameRate, retime: Retime, shown: tuple[Media | None, Cut | None]) -> Fraction:
    """Return the seconds of media a reversed clip counts back from: of the filter, the media, or the item itself."""
    media, inner = shown
    if retime.total:
        return to_seconds(retime.total, rate)
    if inner is not None:
        return to_seconds(inner.end, inner.rate)
    if media is not None and media.frame_count and media.rate:
        return to_seconds(media.frame_count, media.rate)
    return to_seconds(number_at(item, "duration") or 0, rate) * abs(retime.speed or Fraction(1))


def _in_out(
    item: Element,
    rates: tuple[FrameRate, FrameRate],
    length: Fraction,
    retime: Retime,
    sources: Sources,
    name: str,
) -> tuple[Fraction, Fraction] | None:
    """Return in and out in seconds of the (retimed) media, a subclip's offset included. None where neither is said."""
    first, last = number_at(item, "in"), number_at(item, "out")
    if first is None and last is None and number_at(item, "pproTicksIn") is None:
        return None
    offset = number_at(item, "subclipinfo/startoffset") or 0
    ticks = _ticks(item)
    if ticks is not None and not (_agree(ticks[0], first, rates) and _agree(ticks[1], last, rates)):
        # Programs and people that edit in and out leave Premiere's ticks behind.
        sources.losses.append(f"“{name}”: its ticks and its in and out disagree; in {first}, out {last} count.")
        ticks = None
    if ticks is not None:
        start, end = ticks
    else:
        first = 0 if first is None or first == -1 else first
        rate = _frames_of(first, last, rates, length)
        start = to_seconds(first, rate)
        end = start + length if last is None or last < first else to_seconds(last, rate)
    shift = to_seconds(offset, rates[0]) if offset > 0 else Fraction(0)
    scale = abs(retime.speed or Fraction(1))
    if ticks is None and scale != 1 and abs(end - start - length * scale) < abs(end - start - length) / 2:
        # Written as frames of the media as it is, not of the retimed clip.
        start, end = start / scale, end / scale
    return start + shift, max(start, end) + shift


def _ticks(item: Element) -> tuple[Fraction, Fraction] | None:
    first, last = number_at(item, "pproTicksIn"), number_at(item, "pproTicksOut")
    if first is None or last is None or last < first:
        return None
    return Fraction(first) / TICKS_PER_SECOND, Fraction(last) / TICKS_PER_SECOND


def _agree(seconds: Fraction, said: Frame | None, rates: Iterable[FrameRate]) -> bool:
    """Say whether ticks and an in- or out-point mean the same frame, counted in either rate."""
    return said is None or said == -1 or any(abs(seconds * rate.fraction - said) <= 1 for rate in rates)


def _frames_of(first: Frame, last: Frame | None, rates: tuple[FrameRate, FrameRate], length: Fraction) -> FrameRate:
    """Return the rate in and out count in: the item's own, unless the length fits the sequence's alone."""
    own, sequence = rates
    if last is None or own == sequence:
        return own
    frames = Fraction(last - first)
    misfit = {rate: abs(frames / rate.fraction - length) * rate.fraction for rate in rates}
    return sequence if misfit[sequence] <= Fraction(1, 2) < 1 < misfit[own] else own


def _stamp(item: Element, media: Media | None, known_files: Mapping[str, str]) -> str:
    """Return our id of the clip: of its comments and logging, its markers, its name or its file."""
    notes = " ".join(text for tag in ("comments", "logginginfo") for part in item.findall(tag) for text in _texts(part))
    markers = " ".join(text for part in item.findall("marker") for text in _texts(part))
    names = f"{text_of(item, 'name')} {media.name if media else ''} {media.location if media else ''}"
    noted, marked, named = ((find_stamps(text) or ("",))[0] for text in (notes, markers, names))
    file = media.location.replace("\\", "/").rpartition("/")[2] if media else ""
    return majority([noted, marked, named or known_files.get(file, "")])


def _texts(element: Element) -> list[str]:
    return [str(text) for text in element.itertext()]


def _look(item: Element) -> str:
    """Return filters other than speed, and how the clip is laid over others, as opaque text."""
    filters = [one for one in item.findall("filter") if not is_timeremap(one)]
    parts = filters + item.findall("compositemode") + (item.findall("effect") if item.tag == "generatoritem" else [])
    if not parts:
        return ""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(etree.tostring(part, method="c14n2", strip_text=True))
    names = [text_of(one, "effect/name") or text_of(one, "name") for one in parts]
    return f"{', '.join(name for name in names if name)} #{digest.hexdigest()[:16]}"
