"""Conform: a take becomes exactly the slot of the cut: its rate, its count, its size, BT.709.

The chain is the measured one of media_performance §3–4: floor semantics, exact count, tags at both ends.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from takebridge.errors import ConformError, RangeError, UsageError
from takebridge.media import chains
from takebridge.media.chains import Box, Entry
from takebridge.media.codecs import codec_for
from takebridge.media.encode import encode
from takebridge.media.ffmpeg import Filter, Progress
from takebridge.media.info import BT709, ColourTags, MediaInfo
from takebridge.media.notes import picture_notes
from takebridge.media.probe import edit_rate, probe
from takebridge.media.sound import sample_at, sound_chain
from takebridge.media.verify import Expected
from takebridge.timebase import FrameRate, frame_at, frames_covering, to_seconds

AUDIO_RATE = 48_000
MOST_CLONED = 2
"""Missing frames that holding the last one may hide; a longer freeze is an editorial decision."""

_PULLED = (Fraction(1000, 1001), Fraction(1001, 1000))


@dataclass(frozen=True, slots=True)
class Slot:
    """What the cut needs: ``frame_count`` frames at ``rate``, ``width`` x ``height`` square pixels.

    ``fit`` keeps the whole picture with bars, ``fill`` covers the slot and crops.
    """

    rate: FrameRate
    frame_count: int
    width: int
    height: int
    fit: Literal["fit", "fill"] = "fit"


@dataclass(frozen=True, slots=True)
class ConformReport:
    """What was written. ``cloned_tail``: frames at the end that repeat the take's last one."""

    path: Path
    frame_count: int
    rate: FrameRate
    width: int
    height: int
    colour: ColourTags
    cloned_tail: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How the picture is timed: ways to begin decoding, links, frames missing at the end,
    and how long the last frame may be held at most."""

    ways: tuple[Entry, ...]
    timing: list[Filter]
    missing: int
    hold: int


def conform(
    src: Path,
    dst: Path,
    slot: Slot,
    *,
    start: Fraction = Fraction(0),
    codec: str = "dnxhr_lb",
    reinterpret: bool = False,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> ConformReport:
    """Write ``src`` to ``dst`` as exactly ``slot``.

    ``start``: seconds into the take where slot frame 0 looks. Slot frame k shows the take's last frame that
    began at or before ``start + k/slot.rate``. ``reinterpret`` keeps every frame once instead (24 → 23.976 and
    the like); sound follows by resampling. Sound is carried only when the take has it.

    Raises ConformError when more than two frames are missing, RangeError when ``start`` lies outside, UsageError
    for a slot or codec that cannot be, and what `probe` and ffmpeg raise. Nothing is left behind on an error.
    """
    info = probe(src)
    chosen = codec_for(codec, dst, slot.width, slot.height)
    _check(info, slot, start)
    plan = _reinterpreted(info, slot, start) if reinterpret else _sampled(info, slot, start)
    _refuse_short(info, slot, plan.missing)
    box = chains.slot_box(info, slot.width, slot.height, fill=slot.fit == "fill")
    links = _links(info, plan, slot, box, chosen.pixel_format)
    pictures = [chains.picture(info, entry, links) for entry in plan.ways]
    stretch = edit_rate(info).fraction / slot.rate.fraction if reinterpret else Fraction(1)
    samples = sample_at(slot.frame_count, slot.rate, AUDIO_RATE) if info.has_audio else None
    sound = None
    if samples is not None:
        sound = sound_chain(info, first=info.video_start + start, samples=samples, rate=AUDIO_RATE, stretch=stretch)
    expected = Expected(slot.frame_count, slot.rate, slot.width, slot.height, samples)
    encode(dst, pictures, sound, chosen, expected, progress=progress, cancel=cancel)
    notes = (*picture_notes(info), *_slot_notes(info, slot, box, plan.missing, reinterpret))
    return ConformReport(dst, slot.frame_count, slot.rate, slot.width, slot.height, BT709, max(plan.missing, 0), notes)


def _links(info: MediaInfo, plan: Plan, slot: Slot, box: Box, pixel_format: str) -> list[Filter]:
    """The costly size chain stands where there are fewer frames: before repeating, behind leaving out."""
    size = chains.to_box(info, box, pixel_format)
    rising = slot.rate.fraction > edit_rate(info).fraction
    count = chains.exactly(slot.frame_count, plan.hold)
    return [*size, *plan.timing, *count] if rising else [*plan.timing, *size, *count]


def _sampled(info: MediaInfo, slot: Slot, start: Fraction) -> Plan:
    rate = edit_rate(info)
    available = frames_covering(info.duration - start, slot.rate)
    hold = frames_covering(to_seconds(1, rate), slot.rate) + MOST_CLONED
    if info.is_vfr:
        # A variable file's frame may stand for long: the verified count of its frames guards against damage.
        return Plan((Entry(None),), chains.on_grid_by_stamp(info, start, slot.rate), slot.frame_count - available, -1)
    ways = chains.entries(info, frame_at(start, rate))
    return Plan(ways, chains.on_grid(info, start, slot.rate), slot.frame_count - available, hold)


def _reinterpreted(info: MediaInfo, slot: Slot, start: Fraction) -> Plan:
    rate = edit_rate(info)
    if info.is_vfr or slot.rate.fraction / rate.fraction not in (*_PULLED, Fraction(1)):
        raise ConformError(
            f"A take at {rate} cannot be reinterpreted at {slot.rate}: the speed would change visibly.",
            hint="Conform it without reinterpreting; that is only for 24 → 23.976, 30 → 29.97 and the like.",
        )
    first = frame_at(start, rate)
    missing = slot.frame_count - (info.frame_count - first)
    return Plan(chains.entries(info, first), chains.one_to_one(slot.rate), missing, MOST_CLONED)


def _check(info: MediaInfo, slot: Slot, start: Fraction) -> None:
    if not info.has_video or info.is_still:
        raise ConformError(
            f"“{info.path.name}” has no moving picture.", hint="Turn a still into a clip of the wanted length first."
        )
    if slot.frame_count < 1 or slot.width % 2 or slot.height % 2:
        raise UsageError("A slot needs at least one frame and even sides.", hint="Use the timeline's own size.")
    if not 0 <= start < info.duration:
        raise RangeError(
            f"The in-point lies {'before' if start < 0 else 'behind'} the take, which lasts {_seconds(info.duration)}.",
            hint="Start inside the take.",
        )


def _refuse_short(info: MediaInfo, slot: Slot, missing: int) -> None:
    if missing > MOST_CLONED:
        raise ConformError(
            f"“{info.path.name}” is {missing} frames too short for a slot of {slot.frame_count} frames at {slot.rate}.",
            hint="Generate a longer take, shorten the clip in the cut, or start earlier in the take.",
            missing=missing,
        )


def _slot_notes(info: MediaInfo, slot: Slot, box: Box, missing: int, reinterpret: bool) -> list[str]:
    rate = edit_rate(info)
    notes = []
    if reinterpret and rate != slot.rate:
        notes.append(f"Reinterpreted from {rate} to {slot.rate} frames per second: every frame kept once, 0.1 % speed.")
    elif rate != slot.rate:
        notes.append(f"Sampled from {rate} to {slot.rate} frames per second: frames are repeated or left out.")
    if missing > 0:
        notes.append(f"The take was {missing} frame{'s' * (missing > 1)} short: its last frame is held that long.")
    if box.inner != (slot.width, slot.height):
        notes.append("Covered the slot and cropped." if slot.fit == "fill" else "Fitted into the slot with bars.")
    return notes


def _seconds(value: Fraction) -> str:
    return f"{float(value):.3f} s"
