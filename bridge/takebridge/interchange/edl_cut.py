"""CMX 3600 EDL as a cut and back, through the OTIO adapter, with the rate always explicit.

An EDL names no frame rate: it is given, or guessed from its frame numbers and told. It holds one video track.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import opentimelineio as otio

from takebridge.cut.model import Clip, Cut, Frame, Item, Media, whole
from takebridge.cut.stamp import find_stamps
from takebridge.errors import InvalidDocumentError, InvalidTimeError, UnknownRateError
from takebridge.interchange.adapters import ask_reader
from takebridge.interchange.otio_facts import objects, section, text_of
from takebridge.interchange.otio_json import plain_json
from takebridge.interchange.otio_media import FORMAT
from takebridge.interchange.otio_read import cut_of_json
from takebridge.interchange.otio_time import Json, seconds_of
from takebridge.timebase import FrameRate, format_timecode, parse_edit_rate, parse_timecode

ADAPTER = "cmx_3600"
"""The OTIO adapter, and its key in metadata."""
_EVENT = re.compile(r"^\s*\d{1,6}\s+\S+\s+\S+\s+\S+.*\d\d[:;]\d\d[:;]\d\d[:;.]\d\d")
_TIMECODE = re.compile(r"\b(\d\d)[:;](\d\d)[:;](\d\d)([:;.])(\d\d)\b")
_BESIDE = re.compile(r"^\s*(?:\*\s*LOC\s*:|M2\s)", re.IGNORECASE)
_DROP = re.compile(r"^\s*FCM\s*:\s*DROP", re.IGNORECASE)
_MODE = re.compile(r"^\s*FCM\s*:", re.IGNORECASE)
RATE_TOLD = re.compile(r"^\s*\*?\s*(?:frame\s*rate|timebase|fps)\s*[:=]\s*(\d{2,3}(?:\.\d{1,3})?)", re.IGNORECASE)
_NTSC_30 = FrameRate(30000, 1001)


def read_edl(
    data: bytes, name: str, *, rate: FrameRate | None = None, known_files: Mapping[str, str] | None = None
) -> tuple[Cut, list[str]]:
    """Return an EDL's cut and what it does not say. Raises InvalidDocumentError in words."""
    text = _decoded(data, name)
    found, losses = (rate, []) if rate else _guess(text)
    drop = found.allows_drop and any(_DROP.match(line) for line in text.splitlines())
    value, fallback = _adapted(_with_drop(text, found) if drop else text, name, found)
    losses += fallback
    start = _record_start(value)
    cut, said = cut_of_json(_unranged(value), rate=found, known_files=known_files)
    tracks = tuple(replace(track, items=tuple(_reeled(item) for item in track.items)) for track in cut.tracks)
    cut = replace(cut, start=start(found) if cut.start == 0 else cut.start, tracks=tracks, drop_frame=drop)
    return cut, [*losses, *said]


def _unranged(value: Json) -> Json:
    """The timeline without the ranges the adapter gives its tracks: they say record timecode, not what shows."""
    stack = value["tracks"]
    tracks = [{**track, "source_range": None} for track in stack.get("children") or []]
    return {**value, "tracks": {**stack, "children": tracks}}


def _decoded(data: bytes, name: str) -> str:
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidDocumentError(f"{name} is no text, so it is no EDL.", hint="Export the EDL again.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeError:
        return data.decode("cp1252", "replace")


def _guess(text: str) -> tuple[FrameRate, list[str]]:
    """The rate an EDL is likely in: what a comment says, drop-frame, else by its highest frame number."""
    lines = text.splitlines()
    for line in lines:
        told = RATE_TOLD.match(line)
        if told is not None:
            try:
                return parse_edit_rate(told[1]), []
            except UnknownRateError:
                continue
    events = [line for line in lines if _EVENT.match(line)]
    codes = [code for line in events for code in _TIMECODE.findall(line)]
    highest = max((int(code[4]) for code in codes), default=0)
    if any(_DROP.match(line) for line in lines) or any(code[3] == ";" for code in codes):
        rate = _NTSC_30 if highest < 30 else FrameRate(60000, 1001)
        return rate, [f"No rate in the file: {_spoken(rate)} is taken, because it counts drop-frame."]
    rate = next((FrameRate(number) for number in (24, 25, 30, 50) if highest < number), FrameRate(60))
    return rate, [f"No rate in the file: {rate} is taken (the highest frame number is {highest})."]


def _spoken(rate: FrameRate) -> str:
    return f"{float(rate.fraction):.2f}".rstrip("0").rstrip(".")


def _with_drop(text: str, rate: FrameRate) -> str:
    """Timecodes of drop-frame sections as the adapter heeds them: events with the sign that says so, locators and
    retimes, where it knows no such sign, by their frame."""
    lines, drop = [], False
    for line in text.splitlines():
        if _MODE.match(line):
            drop = bool(_DROP.match(line))
        elif drop and _EVENT.match(line):
            line = _TIMECODE.sub(r"\1:\2:\3;\5", line)
        elif drop and _BESIDE.match(line):
            line = _TIMECODE.sub(lambda match: _counted(match, rate), line)
        lines.append(line)
    return "\n".join(lines) + "\n"


def _counted(match: re.Match[str], rate: FrameRate) -> str:
    try:
        frame = parse_timecode(f"{match[1]}:{match[2]}:{match[3]};{match[5]}", rate)
    except InvalidTimeError:
        return match[0]
    return format_timecode(frame, rate)


def _adapted(text: str, name: str, rate: FrameRate) -> tuple[Json, list[str]]:
    """What the adapter reads; where source and record lengths differ without a retime, the record side is right."""
    speed = rate.numerator / rate.denominator

    def read(told: str, *, ignore: bool = False) -> Json:
        options: dict[str, Any] = {"rate": speed, "ignore_timecode_mismatch": ignore}
        return plain_json(ask_reader(name, lambda: otio.adapters.read_from_string(told, ADAPTER, **options)))

    try:
        return read(text), []
    except InvalidDocumentError as first:
        evened, count = _evened(text, rate)
        line = "Events lie over each other: each begins where the one before it ends."
        if count:
            line = f"Source and record lengths of {count} events differ: the record side is followed."
        for told, ignore in ((evened, False), (evened, True)):
            try:
                return read(told, ignore=ignore), [line]
            except InvalidDocumentError:
                continue
        raise first


def _evened(text: str, rate: FrameRate) -> tuple[str, int]:
    """Events whose source is as long as their record range, where no retime explains the difference; how many."""
    lines = text.splitlines()
    changed = 0
    for number, line in enumerate(lines):
        codes = list(_TIMECODE.finditer(line)) if _EVENT.match(line) else []
        if len(codes) != 4 or _is_retimed(lines[number + 1 :]):
            continue
        try:
            first, last, begin, end = (parse_timecode(code[0], rate) for code in codes)
        except InvalidTimeError:
            continue
        if last - first != end - begin >= 0:
            drop = ";" in codes[1][0]
            code = format_timecode(first + end - begin, rate, drop=drop)
            lines[number] = line[: codes[1].start()] + code + line[codes[1].end() :]
            changed += 1
    return "\n".join(lines) + "\n", changed


def _is_retimed(following: list[str]) -> bool:
    for line in following:
        if _EVENT.match(line):
            return False
        if line.lstrip().startswith("M2"):
            return True
    return False


def _record_start(value: Json) -> Any:  # noqa: ANN401
    """How to tell the record frame of the first event: the adapter keeps it as the track's own start, negative."""
    tracks = objects(value.get("tracks") or {}, "children", "the timeline")
    span = tracks[0].get("source_range") if tracks else None

    def start(rate: FrameRate) -> Frame:
        if not isinstance(span, dict):
            return 0
        return whole(abs(seconds_of(span.get("start_time"), "The track")) * rate.fraction)

    return start


def _reeled(item: Item) -> Item:
    """A clip whose media has no file is known by its reel; its stamp stands in a comment."""
    if not isinstance(item, Clip):
        return item
    base = item.extras.get(FORMAT)
    comments = section(base, ADAPTER).get("comments") if isinstance(base, dict) else None
    if isinstance(comments, list) and (stamps := find_stamps(" ".join(str(one) for one in comments))):
        item = replace(item, stamp=item.stamp or stamps[0])
    reel = text_of(section(base, ADAPTER), "reel") if isinstance(base, dict) else ""
    if not reel or item.media is not None:
        return item
    return replace(item, media=Media(reel, extras={"reel": True}))
