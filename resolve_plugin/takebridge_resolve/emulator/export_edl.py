"""A timeline as a CMX 3600 EDL: video track 1 and audio track 1, dissolves, constant speed, no paths.

Measured on 19.1.3 (resolve.md §3.1): one picture and one sound track, nothing to relink by.
"""

from __future__ import annotations

from fractions import Fraction

from .layout import cut_of, media_seconds, solid
from .state import Item, Timeline, Track
from .timecode import timecode

CHANNELS = {"video": "V", "audio": "A"}


def write_edl(timeline: Timeline, path: str) -> None:
    """Write the file. Raises OSError."""
    lines = [f"TITLE: {timeline.name}", f"FCM: {'DROP FRAME' if timeline.drop_frame else 'NON-DROP FRAME'}", ""]
    number = 0
    for kind, channel in CHANNELS.items():
        for track in timeline.tracks[kind][:1]:
            for item in solid(track):
                number += 1
                lines += [*_event(timeline, track, item, f"{number:03}", channel), ""]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def _event(timeline: Timeline, track: Track, item: Item, number: str, channel: str) -> list[str]:
    """A cut, or a dissolve from the item before; an EDL's dissolve begins with the incoming clip."""
    lead = _lead(track, item)
    tail = _tail(track, item)
    record = (item.start - lead, item.end - tail)
    source = _source(timeline, item)
    shown = (source - lead, source - lead + round((record[1] - record[0]) * item.speed))
    before = next((one for one in solid(track) if one.end == item.start), None)
    lines = []
    head = f"{number}  {_reel(item):<8} {channel:<5} "
    if lead and before is not None:
        out = _source(timeline, before) + before.duration - lead
        place = _times(timeline, (out, out), (record[0], record[0]))
        lines.append(f"{number}  {_reel(before):<8} {channel:<5} C        {place}")
        lines.append(f"{head}D    {_dissolve(track, item):03} {_times(timeline, shown, record)}")
        lines.append(f"* FROM CLIP NAME: {before.label}")
        lines.append(f"* TO CLIP NAME: {item.label}")
    else:
        lines.append(f"{head}C        {_times(timeline, shown, record)}")
        lines.append(f"* FROM CLIP NAME: {item.label}")
    if item.speed != 1 or item.reversed:
        fps = float(item.speed * timeline.rate) * (-1 if item.reversed else 1)
        lines.insert(-1, f"M2   {_reel(item):<8}       {fps:05.1f}                {_label(timeline, source)}")
    return lines


def _transition(track: Track, cut: int) -> Item | None:
    return next((one for one in track.items if one.kind == "transition" and cut_of(track, one) == cut), None)


def _lead(track: Track, item: Item) -> int:
    found = _transition(track, item.start)
    return item.start - found.start if found else 0


def _tail(track: Track, item: Item) -> int:
    """Frames the next item's dissolve takes off this one's end."""
    found = _transition(track, item.end)
    return item.end - found.start if found else 0


def _dissolve(track: Track, item: Item) -> int:
    found = _transition(track, item.start)
    return found.duration if found else 0


def _reel(item: Item) -> str:
    return "AX" if item.media is not None and item.media.path else "BL" if item.media is None else "AX"


def _source(timeline: Timeline, item: Item) -> int:
    """Source in-point in media timecode, told at the timeline's rate."""
    if item.media is None or item.media.facts.is_still:
        return 0
    at = item.source_end - 1 if item.reversed else item.source_start
    return round(Fraction(media_seconds(item.media, at)) * timeline.rate)


def _times(timeline: Timeline, source: tuple[int, int], record: tuple[int, int]) -> str:
    shown = [_label(timeline, frame) for frame in source]
    placed = [_label(timeline, timeline.start_frame + frame) for frame in record]
    return " ".join([*shown, *placed])


def _label(timeline: Timeline, frame: int) -> str:
    return timecode(max(frame, 0), timeline.rate, timeline.drop_frame)
