"""How people name places in a cut: tracks as V1 and A2, times as timecode, addresses as both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from takebridge.cut.report_types import AddressJson, CutFacts, DiffReport, Exact, PairFacts
from takebridge.errors import InvalidTimeError
from takebridge.timebase import FrameRate, format_timecode

LETTERS: Mapping[str, str] = {"video": "V", "audio": "A", "subtitle": "S"}

Key = tuple[str | int, ...]
"""An address as a key."""


def number(value: Exact) -> Fraction:
    """Return the number an exact value of a report stands for."""
    return Fraction(value)


def signed(frames: Exact) -> str:
    """Return a number of frames with its sign, "+12", "-1/2"."""
    return f"+{frames}" if number(frames) > 0 else str(frames).replace("-", "−", 1)


def track_label(address: Sequence[str | int]) -> str:
    """Return ``V1`` for the lowest video track, as editors count; a clip in a nest keeps its nest's track."""
    kind, track = address[0], address[1]
    nested = " nest" if len(address) > 3 else ""
    return f"{LETTERS.get(str(kind), str(kind))}{int(track) + 1}{nested}"


def timecode(cut: CutFacts, frame: Exact) -> str:
    """Return the record timecode at a timeline frame; a frame without one says its number."""
    at = (number(cut.start) + number(frame)).__floor__()
    rate = FrameRate.of_media(Fraction(cut.rate))
    try:
        return format_timecode(at, rate, drop=cut.drop_frame and rate.allows_drop)
    except InvalidTimeError:
        return f"frame {at}"


def key_of(address: AddressJson) -> Key:
    """Return an address as a key."""
    return tuple(address)


class Places:
    """What stands where on both sides, so that an address can be said in words."""

    def __init__(self, report: DiffReport) -> None:
        self._cuts = {"a": report.a, "b": report.b}
        self._known: dict[tuple[str, Key], PairFacts] = {}
        for pair in report.pairs:
            for side, address in (("a", pair.a), ("b", pair.b)):
                if address is not None:
                    self._known.setdefault((side, key_of(address)), pair)

    def say(self, side: str, address: AddressJson) -> str:
        """Return "V1 01:00:10:00 SH_0420", or as much of it as is known."""
        pair = self._known.get((side, key_of(address)))
        record = None if pair is None else pair.record.a if side == "a" else pair.record.b
        if pair is None or record is None:
            return f"{track_label(address)} item {address[2]}"
        at = "" if len(address) > 3 else f" {timecode(self._cuts[side], record[0])}"
        return f"{track_label(address)}{at} {pair.name}".rstrip()
