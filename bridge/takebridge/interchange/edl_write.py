"""A cut as CMX 3600 EDLs, one for each video track, in the dialect the OTIO adapter reads (Avid's comments).

The events are written here and not by the adapter: it counts 29.97 as drop-frame whatever the cut says, gives retimed
events the wrong length of source, makes dissolves of wipes and fails on a fade in (1.0.0). The adapter reads every EDL
back before it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import PurePosixPath

from takebridge.cut.model import Clip, Cut, Frame, Gap, Item, Span, Track, Transition, source_rate, tile
from takebridge.errors import InterchangeError, InvalidTimeError
from takebridge.interchange.edl_cut import ADAPTER, RATE_TOLD, read_edl
from takebridge.interchange.otio_facts import section, text_of
from takebridge.interchange.otio_media import FORMAT
from takebridge.interchange.otio_time import Json
from takebridge.timebase import FrameRate, format_timecode

WIPE = "SMPTE_Wipe"
_REEL = 8


def write_edl(cut: Cut) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Return (part of the file name, EDL) for each video track that shows something, the lowest first with no part.

    An EDL holds one video track and no sound. Raises InterchangeError for a cut without a picture, or one whose times
    an EDL cannot say.
    """
    pictures = [track for track in cut.tracks if track.kind == "video"]
    numbered = [(number, track) for number, track in enumerate(pictures, 1) if track.clips]
    if not numbered:
        raise InterchangeError("The cut has no picture, and an EDL holds only one picture track.", hint="Write .otio.")
    losses = _losses(cut)
    files: list[tuple[str, bytes]] = []
    for place, (number, track) in enumerate(numbered):
        part = f"_V{number}" if place else ""
        if place:
            losses.append(f"An EDL holds one video track: V{number} is written beside it, as “…{part}.edl”.")
        files.append((part, _track(cut, track, losses)))
    return files, losses


def _losses(cut: Cut) -> list[str]:
    losses: list[str] = []
    for kind in ("audio", "subtitle"):
        tracks = [track for track in cut.tracks if track.kind == kind and track.clips]
        if tracks:
            clips = sum(len(track.clips) for track in tracks)
            losses.append(f"{len(tracks)} {kind} tracks with {clips} clips are not written: an EDL is picture only.")
    return losses + [f"The timeline marker “{marker.name}” is not written." for marker in cut.markers]


def _track(cut: Cut, track: Track, losses: list[str]) -> bytes:
    items = _without_fade_in(tile(_fitted(item, losses) for item in track.items), losses)
    drop = cut.drop_frame and cut.rate.allows_drop
    try:
        lines = list(_Writer(cut, items, drop, losses).lines())
    except InvalidTimeError as error:
        raise InterchangeError(f"An EDL cannot say this time: {error.message}", hint="Write .otio or .xml.") from error
    mode = "DROP FRAME" if drop else "NON-DROP FRAME"
    head = [f"TITLE: {_flat(cut.name)}", f"FCM: {mode}"]
    data = ("\n".join([*head, *lines]) + "\n").encode("utf-8")
    _check(data, cut, items)
    return data


def _without_fade_in(items: tuple[Item, ...], losses: list[str]) -> tuple[Item, ...]:
    """Nothing to come from: readers refuse a transition before the first event."""
    kept: list[Item] = []
    for item in items:
        if isinstance(item, Transition) and not any(isinstance(one, Clip) for one in kept):
            losses.append(f"The transition “{item.name or item.style}” before the first clip is not written.")
        else:
            kept.append(item)
    return tuple(kept)


def _spoken(rate: FrameRate) -> str:
    return str(rate) if rate.denominator == 1 else f"{float(rate.fraction):.3f}"


def _fitted(item: Item, losses: list[str]) -> Item:
    """An item as an EDL can say it: on frames, enabled, at one speed."""
    record = Span(_frame(item.record.start), _frame(item.record.end))
    if isinstance(item, Transition):
        name = item.name or item.style
        if item.style not in ("", "SMPTE_Dissolve", WIPE):
            losses.append(f"The transition “{name}” at frame {item.cut} becomes a dissolve.")
        if item.record.start != item.cut:
            line = "is written as an EDL has it: the incoming clip begins with it."
            losses.append(f"The transition “{name}” at frame {item.cut} {line}")
        return replace(item, record=record, cut=_frame(item.cut))
    if isinstance(item, Gap):
        return Gap(record)
    name = f"“{item.name}”"
    if record != item.record:
        losses.append(f"{name} stands between frames; it is put on the nearest.")
    if not item.enabled:
        losses.append(f"{name} is disabled: its place stays empty.")
        return Gap(record)
    if not record.duration:
        losses.append(f"{name} has no length and is not written.")
        return Gap(record)
    losses += _of_clip(item, name)
    return replace(item, record=record)


def _of_clip(clip: Clip, name: str) -> list[str]:
    said = [
        (clip.inner is not None, f"{name} is a nested cut: it is written as one event without what is inside."),
        (clip.speed is None, f"{name}: its speed ramp is not written; it plays at 100 %."),
        (len(clip.takes) > 1, f"{name}: {len(clip.takes) - 1} waiting takes are not written."),
        (bool(clip.look), f"{name}: its effects and adjustments are not written."),
        (bool(clip.role), f"{name}: its role “{clip.role}” is not written."),
        (clip.kind in _FILELESS, f"{name} ({clip.kind}) is written as an event without file."),
        (any(marker.duration for marker in clip.markers), f"{name}: its markers lose their length."),
    ]
    return [line for true, line in said if true]


_FILELESS = ("title", "generator", "adjustment", "caption")


def _frame(value: Frame) -> int:
    """The nearest frame."""
    exact = Fraction(value)
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


@dataclass(slots=True)
class _Writer:
    """Writes the events of one track. Everything is in the cut's rate: an EDL has one."""

    cut: Cut
    items: tuple[Item, ...]
    drop: bool
    losses: list[str]
    places: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.places = {id(item): place for place, item in enumerate(self.items)}

    def lines(self) -> Iterator[str]:
        """Event lines and their comments."""
        number = 0
        last: Item | None = None
        for index, item in enumerate(self.items):
            if isinstance(item, Transition):
                continue
            before, after = self._transition(index - 1), self._transition(index + 1)
            if before is None and isinstance(item, Gap):
                last = item
                continue
            number += 1
            head = 0 if before is None else _frame(before.cut - before.record.start)
            tail = 0 if after is None else _frame(after.cut - after.record.start)
            start, end = _frame(item.record.start) - head, _frame(item.record.end) - tail
            if isinstance(item, Gap) and before is not None:
                end = _frame(before.record.end)
            if end <= start:
                raise InvalidTimeError(f"The transitions of “{item.name}” leave nothing of it.")
            if before is not None:
                yield self._from(number, last, start)
                yield self._event(number, item, start, end, head, self._code(before))
                yield from self._comments(last, "FROM")
                yield from self._comments(item, "TO")
            else:
                yield self._event(number, item, start, end, 0, "C       ")
                yield from self._comments(item, "FROM")
            if number == 1:
                yield f"* FRAME RATE: {_spoken(self.cut.rate)}"  # A comment of the first event: readers know no other.
            last = item

    def _transition(self, index: int) -> Transition | None:
        found = self.items[index] if 0 <= index < len(self.items) else None
        return found if isinstance(found, Transition) else None

    def _code(self, transition: Transition) -> str:
        length = f"{_frame(transition.record.duration):03d}"
        number = text_of(section(_base(transition), ADAPTER), "transition")
        wipe = number if re.fullmatch(r"W\d{3}", number) else "W001"
        return f"{wipe if transition.style == WIPE else 'D   '} {length}"

    def _from(self, number: int, item: Item | None, at: int) -> str:
        """The outgoing side of a transition: nothing of it, where it ends."""
        place = self._used(item, at, at)[0] if isinstance(item, Clip) else 0
        return self._line(number, item, "C       ", (place, place), (at, at))

    def _event(self, number: int, item: Item, start: int, end: int, head: int, code: str) -> str:
        used = self._used(item, start, end) if isinstance(item, Clip) else (0, end - start)
        return self._line(number, item, code, used, (start, end))

    def _used(self, clip: Clip, start: int, end: int) -> tuple[int, int]:
        """Media timecode frames shown from ``start`` to ``end``, in the cut's rate."""
        rate = source_rate(clip, self.cut)
        begin = clip.media.start or 0 if clip.media else 0
        first = (Fraction(begin) + (clip.source.start if clip.source else 0)) / rate.fraction * self.cut.rate.fraction
        speed = Fraction(1) if clip.speed is None else abs(clip.speed)
        exact = first + (start - clip.record.start) * speed
        low = _frame(exact)
        if low != exact and start == clip.record.start:
            self.losses.append(f"“{clip.name}” begins between frames of its media; the EDL says the nearest.")
        if low < 0:
            self.losses.append(f"“{clip.name}” begins {-low} frames before its media; an EDL counts from 0.")
            low = 0
        return low, low + (1 if clip.speed == 0 else max(_frame((end - start) * speed), 0))

    def _line(self, number: int, item: Item | None, code: str, used: tuple[int, int], at: tuple[int, int]) -> str:
        record = (_frame(self.cut.start) + frame for frame in at)
        codes = " ".join(format_timecode(frame, self.cut.rate, drop=self.drop) for frame in (*used, *record))
        return f"{number:03d}  {_reel(item):8} V     {code} {codes}"

    def _comments(self, item: Item | None, side: str) -> Iterator[str]:
        if not isinstance(item, Clip):
            return
        if item.speed is not None and item.speed not in (0, 1):
            first = self._label(self._used(item, _frame(item.record.start), _frame(item.record.end))[0])
            yield f"M2   {_reel(item):8}       {float(item.speed * self.cut.rate.nominal):.6g}                {first}"
        freeze = item.speed == 0
        yield f"* {side} CLIP NAME:  {_flat(item.name)}{' FF' if freeze else ''}"
        if freeze:
            yield "* * FREEZE FRAME"
        if item.media is not None and item.media.location:
            yield f"* {side} CLIP: {_flat(item.media.location)}"
        if side == "TO" or not isinstance(self._after(item), Transition):
            yield from self._notes(item)

    def _label(self, frame: int) -> str:
        """Timecode beside events: with a colon always, as readers want it."""
        return format_timecode(frame, self.cut.rate, drop=self.drop).replace(";", ":")

    def _after(self, item: Item) -> Item | None:
        index = self.places[id(item)]
        return self.items[index + 1] if index + 1 < len(self.items) else None

    def _notes(self, clip: Clip) -> Iterator[str]:
        base = _base(clip)
        yield from _cdl(base)
        rate = source_rate(clip, self.cut)
        begin = clip.media.start or 0 if clip.media else 0
        for marker in clip.markers:
            at = _frame((Fraction(begin) + marker.at) / rate.fraction * self.cut.rate.fraction)
            code = self._label(max(at, 0))
            text = _flat(f"{marker.name} {marker.note}" if marker.note else marker.name)
            yield f"* LOC: {code} {marker.color or 'RED':7} {text}"
        if clip.stamp:
            yield f"* {clip.stamp}"
        comments = section(base, ADAPTER).get("comments")
        for comment in comments if isinstance(comments, list) else []:
            if str(comment) != clip.stamp and not RATE_TOLD.match(str(comment)):
                yield f"* {_flat(str(comment))}"


def _cdl(base: Json) -> Iterator[str]:
    """Colour decisions, as the adapter reads them."""
    cdl = section(base, "cdl")
    sop, sat = cdl.get("asc_sop"), cdl.get("asc_sat")
    if isinstance(sop, dict):
        parts = [sop.get(name) for name in ("slope", "offset", "power")]
        if all(isinstance(part, list) and len(part) == 3 for part in parts):
            triples = (" ".join(str(value) for value in part) for part in parts if part)
            yield f"*ASC_SOP {' '.join(f'({triple})' for triple in triples)}"
    if isinstance(sat, int | float):
        yield f"*ASC_SAT {sat}"


def _base(item: Item) -> Json:
    found = item.extras.get(FORMAT)
    return found if isinstance(found, dict) else {}


def _reel(item: Item | None) -> str:
    """Eight characters: the reel it came with, else of the file's name; BL is black."""
    if not isinstance(item, Clip):
        return "BL"
    told = text_of(section(_base(item), ADAPTER), "reel")
    if told:
        return told
    file = PurePosixPath(item.media.location.replace("\\", "/")).stem if item.media else ""
    return re.sub(r"[^A-Za-z0-9_.-]", "", file)[:_REEL] or "AX"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _check(data: bytes, cut: Cut, items: tuple[Item, ...]) -> None:
    """Read it back: an EDL that says other times than the cut is none."""
    back, _ = read_edl(data, "The EDL", rate=cut.rate)
    early = any(isinstance(item, Transition) and item.record.start != item.cut for item in items)
    clips = [item for item in items if isinstance(item, Clip)]
    found = [clip for track in back.tracks for clip in track.clips]
    if early:
        return
    for number, clip in enumerate(clips):
        one = found[number].record.shifted(back.start - cut.start) if number < len(found) else None
        if one != clip.record:
            raise InterchangeError(f"An EDL cannot say the times of “{clip.name}”.", hint="Write .otio or .xml.")
