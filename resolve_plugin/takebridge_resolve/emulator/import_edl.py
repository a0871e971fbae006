"""CMX 3600 EDLs: cuts, dissolves and M2 speeds of one picture and one sound track, at the project's rate."""

from __future__ import annotations

import re
from fractions import Fraction

from .drafts import Draft, DraftError, DraftItem
from .timecode import nominal, parse_timecode

_EVENT = re.compile(r"(\d{1,6})\s+(\S+)\s+(\S+)\s+(C|D|W\d+)\s+(\d+\s+)?(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s*$")
_M2 = re.compile(r"M2\s+(\S+)\s+(-?\d+(?:\.\d+)?)\s")
_NAME = re.compile(r"\*\s*(FROM|TO) CLIP NAME:\s*(.*)")


def read_edl(path: str, rate: Fraction) -> Draft:
    """Read a file at the project's rate. Raises DraftError and OSError."""
    with open(path, encoding="utf-8", errors="replace") as file:
        lines = file.read().splitlines()
    title = next((line[6:].strip() for line in lines if line.startswith("TITLE:")), "")
    drop = any(line.startswith("FCM: DROP") for line in lines)
    draft = Draft(title, rate, parse_timecode("01:00:00;00" if drop else "01:00:00:00", rate, drop), drop)
    try:
        _events(draft, lines)
    except ValueError as error:
        raise DraftError(str(error)) from error
    if not draft.items:
        raise DraftError("The EDL has no events.")
    first = min(item.start for item in draft.items)
    if first < draft.start_frame:
        draft.start_frame = 0
    for item in draft.items:
        item.start -= draft.start_frame
        if item.reversed:  # the event names the frame shown first, which is the last of the range
            item.source -= (item.duration * item.speed - 1) / rate
    return draft


def _events(draft: Draft, lines: list[str]) -> None:
    now: list[DraftItem] = []
    for line in lines:
        if match := _EVENT.match(line.strip()):
            now = _event(draft, match)
        elif (match := _NAME.match(line.strip())) and now:
            wanted = now[-1] if match[1] == "TO" or len(now) == 1 else now[0]
            wanted.name = match[2].strip()
        elif (match := _M2.match(line.strip())) and now:
            speed = Fraction(match[2]) / nominal(draft.rate)
            now[-1].unreadable_source = speed == 0
            now[-1].speed, now[-1].reversed = _near(abs(speed)) or Fraction(1), speed < 0


def _near(speed: Fraction) -> Fraction:
    """An M2 line has one decimal of frames a second; the speed is the percentage it stands for."""
    return Fraction(round(speed * 100), 100)


def _event(draft: Draft, match: re.Match[str]) -> list[DraftItem]:
    kind = "audio" if match[3].startswith("A") else "video"
    source, _, first, end = (parse_timecode(match[n], draft.rate, draft.drop_frame) for n in (6, 7, 8, 9))
    before = next((one for one in reversed(draft.items) if one.track_type == kind and one.kind == "clip"), None)
    if end <= first:  # the outgoing side of a dissolve: nothing of its own
        return [before] if before is not None else []
    wide = int(match[5] or 0)
    late = wide // 2 if match[4] != "C" else 0
    item = DraftItem("clip", kind, 1, first + late, end - first - late)
    item.source = Fraction(source + late) / draft.rate
    if late and before is not None:
        before.duration += late
        draft.items.append(DraftItem("transition", kind, 1, first, wide, "Cross Dissolve"))
    draft.items.append(item)
    return [item]
