"""Trims and slips: other frames of the same media.

Frames are frames of the timeline. A trim of ``n`` takes ``n`` frames off; a trim of ``-n`` gives them back, when the
media has them. What is connected to a trimmed item, its marks and its split sound stay with its media; a slip moves the
media under its connected items, marks moving with it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from takebridge_fcpxml.edit.build import gap_of
from takebridge_fcpxml.edit.checks import (
    Storyline,
    frame_of,
    local_offset,
    locate,
    refuse,
    scale_of,
    timescale_around,
    whole_frames,
)
from takebridge_fcpxml.edit.gaps import Gaps
from takebridge_fcpxml.edit.line import (
    Line,
    Slot,
    after,
    before,
    commit,
    line_of,
    plan_duration,
    settle,
    shift,
    slot_of,
    takes_of,
)
from takebridge_fcpxml.edit.local import Rebase, plan_connected
from takebridge_fcpxml.edit.media import check_media
from takebridge_fcpxml.edit.plan import Edited, Plan, counted
from takebridge_fcpxml.view import AssetClip, Audition, Caption, Clip, Gap, Item, Title, Transition


class _Trim(NamedTuple):
    item: Item
    head: int
    tail: int
    frame: Fraction
    duration: Fraction
    line: Line | None


def trim_head(item: Item, frames: int, *, ripple: bool = True) -> Edited[Item]:
    """Take ``frames`` off the beginning, or give them back when negative.

    In a storyline with ``ripple`` the item stays where it begins and what follows moves; without, its end stays and a
    gap opens before it (or the gap before it gives way). A connected item's end stays. Of an audition, the pick and the
    takes as long as it are trimmed. Raises EditError when no frame would be left, when the media or the gap has too
    few, or for items inside clips and auditions.
    """
    return _trim(item, whole_frames(item, frames), 0, ripple)


def trim_tail(item: Item, frames: int, *, ripple: bool = True) -> Edited[Item]:
    """Take ``frames`` off the end, or give them back when negative; else as ``trim_head``.

    The last item of a storyline opens no gap: the storyline ends earlier.
    """
    return _trim(item, 0, whole_frames(item, frames), ripple)


def _trim(item: Item, head: int, tail: int, ripple: bool) -> Edited[Item]:
    trim = _checked(item, head, tail)
    if head == 0 and tail == 0:
        return Edited(item)
    plan, notes = Plan(), list[str]()
    _plan_starts(plan, trim)
    if trim.line is None:
        scale = timescale_around(item)
        plan_duration(plan, item, trim.duration, scale)
        if head:
            host = locate(item).host
            assert host is not None
            plan.time(item, "offset", local_offset(item) + head * trim.frame * host.scale, scale)
    else:
        line = trim.line
        slots = _rippled(line, trim) if ripple else _in_place(plan, line, trim, notes)
        commit(plan, line, settle(line, slots, notes))
    plan.apply()
    return Edited(item, tuple(notes))


def _checked(item: Item, head: int, tail: int) -> _Trim:
    if isinstance(item, Transition):
        refuse(item, "A transition is not trimmed like a clip.", "Trim the clips beside it.")
    if isinstance(item.parent, Audition):
        refuse(item, "A take is as long as its audition.", "Trim the audition.")
    above = item.parent
    connected = isinstance(above, Item) and item.lane != 0
    if not connected and not isinstance(above, Storyline):
        refuse(item, "The item is a part of a clip or stands on no timeline.", "Trim the clip around it.")
    frame = frame_of(item)
    line = line_of(item)
    now = line.grid(item.length) if line else item.length
    duration = now - (head + tail) * frame
    if duration < frame and head + tail > 0:
        left = -(-now // frame)
        refuse(item, f"{head + tail} frames of {left} would leave nothing.", f"Take off {left - 1} frames at most.")
    for take in takes_of(item):
        scale = scale_of(take, 1 / frame)
        start = take.start + head * frame * scale
        check_media(take, start, duration, scale, frame)
    return _Trim(item, head, tail, frame, duration, line)


def _plan_starts(plan: Plan, trim: _Trim) -> None:
    if trim.head == 0 or isinstance(trim.item, Gap):
        # A gap's start goes with its slot in a storyline.
        return
    for take in takes_of(trim.item):
        scale = scale_of(take, 1 / trim.frame)
        plan.time(take, "start", take.start + trim.head * trim.frame * scale, timescale_around(take))


def _new_slot(line: Line, trim: _Trim) -> tuple[int, Slot]:
    index = line.index(trim.item)
    slot = line.slots[index]
    first = takes_of(trim.item)[0]
    start = slot.start + trim.head * trim.frame * scale_of(first, line.rate)
    return index, slot._replace(duration=trim.duration, start=start)


def _rippled(line: Line, trim: _Trim) -> list[Slot]:
    index, slot = _new_slot(line, trim)
    rest = shift(line.slots[index + 1 :], slot.end - line.slots[index].end)
    return [*line.slots[:index], slot, *rest]


def _in_place(plan: Plan, line: Line, trim: _Trim, notes: list[str]) -> list[Slot]:
    index, slot = _new_slot(line, trim)
    old = line.slots[index]
    slots = list(line.slots)
    if trim.head:
        slots[index] = slot._replace(offset=old.end - slot.duration)
        return _give_head(plan, line, slots, index, slots[index].offset - old.offset, notes)
    slots[index] = slot
    return _give_tail(plan, line, slots, index, old.end - slot.end, notes)


def _give_head(plan: Plan, line: Line, slots: list[Slot], index: int, room: Fraction, notes: list[str]) -> list[Slot]:
    """Give ``room`` to the gap before a slot, or take it from there when negative."""
    gap = before(slots, index)
    if gap is not None and gap.is_gap and gap.duration + room > 0:
        at = slots.index(gap)
        return [*slots[:at], gap._replace(duration=gap.duration + room), *slots[at + 1 :]]
    if room < 0:
        _check_room(slots[index].item, gap, room, line.frame)
        return _without_gap(plan, line, slots, gap, notes)
    start = slots[index].offset - room
    return [*slots[:index], slot_of(gap_of(line.view, room, line.frame), start), *slots[index:]]


def _give_tail(plan: Plan, line: Line, slots: list[Slot], index: int, room: Fraction, notes: list[str]) -> list[Slot]:
    """Give ``room`` to the gap after a slot, or take it from there when negative."""
    gap = after(slots, index)
    if gap is None:
        return slots
    at = slots.index(gap)
    if gap.is_gap and gap.duration + room > 0:
        # With something in its local time, the gap's own time keeps step with the record; empty, it may stay.
        busy = bool(gap.item.story or gap.item.marks)
        start = gap.start - room if busy else gap.start
        wider = gap._replace(offset=gap.offset - room, duration=gap.duration + room, start=start)
        return [*slots[:at], wider, *slots[at + 1 :]]
    if room < 0:
        _check_room(slots[index].item, gap, room, line.frame)
        return _without_gap(plan, line, slots, gap, notes)
    return [*slots[:at], slot_of(gap_of(line.view, room, line.frame), slots[index].end), *slots[at:]]


def _check_room(item: Item, gap: Slot | None, room: Fraction, frame: Fraction) -> None:
    has = gap.duration if gap is not None and gap.is_gap else Fraction(0)
    if has + room < 0:
        short = -(-(-room - has) // frame)
        refuse(
            item,
            f"The gap beside the item is {counted(short, 'frame')} too short.",
            "Ripple, or move the item beside it.",
        )


def _without_gap(plan: Plan, line: Line, slots: list[Slot], gap: Slot | None, notes: list[str]) -> list[Slot]:
    assert gap is not None
    left = [slot for slot in slots if slot is not gap]
    notes.extend(Gaps(line).plan(plan, left, [gap]))
    return left


def slip(item: Item, frames: int) -> Edited[Item]:
    """Show media that is ``frames`` later (earlier when negative) in the same place; an audition's pick is slipped.

    Marks and split sound move with the media, connected items keep their record places. Raises EditError when the media
    has too few frames, or for items without media.
    """
    count = whole_frames(item, frames)
    own = item.pick if isinstance(item, Audition) else item
    if isinstance(own, (Gap, Transition, Title, Caption)):
        refuse(item, f"<{own.tag}> has no media to slip.", "Slip a clip.")
    frame = frame_of(item)
    scale = scale_of(own, 1 / frame)
    by = count * frame * scale
    if by == 0:
        return Edited(item)
    check_media(own, own.start + by, own.length, scale, frame)
    plan, notes = Plan(), list[str]()
    plan.time(own, "start", own.start + by, timescale_around(own))
    if isinstance(own, (AssetClip, Clip)) and own.audio_start is not None:
        plan.time(own, "audioStart", own.audio_start + by)
    plan_connected(plan, own, Rebase(own.start, scale, own.start + by, scale))
    outer = own.parent if isinstance(own.parent, Audition) else own
    line = line_of(outer)
    if line is not None and (not isinstance(outer, Audition) or outer.pick == own):
        slots = [slot._replace(start=slot.start + by) if slot.item == outer else slot for slot in line.slots]
        commit(plan, line, settle(line, slots, notes))
    plan.apply()
    return Edited(item, tuple(notes))
