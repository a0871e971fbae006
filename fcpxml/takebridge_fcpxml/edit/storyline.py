"""Inserting, deleting and moving items of a storyline, with ripple or with gaps."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from takebridge_fcpxml.edit.build import gap_of
from takebridge_fcpxml.edit.checks import (
    Storyline,
    connected_to,
    detached,
    exact,
    frame_of,
    item_of,
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
    commit,
    contiguous,
    line_of,
    plan_duration,
    settle,
    shift,
    slot_of,
    takes_of,
)
from takebridge_fcpxml.edit.media import lacking, missing
from takebridge_fcpxml.edit.plan import Edited, Plan, counted
from takebridge_fcpxml.edit.rehost import plan_move, plan_rehost, record_of
from takebridge_fcpxml.view import Audition, Caption, Gap, Item, Sequence, Transition


def insert(where: Sequence | Storyline, at: int | Fraction, item: Item, *, ripple: bool = True) -> Edited[Item]:
    """Put a detached item into a storyline.

    ``at`` is an int, the number of clips before it, or a Fraction, the record time of a cut, of a place inside a gap or
    beyond the end (a gap then fills the hole). With ``ripple`` what follows moves by the item's length; without, the
    item must fit into a gap or stand at the end. Its duration is rounded to the frame grid. A transition on the cut is
    removed, with a note. Raises EditError.
    """
    view = where.spine if isinstance(where, Sequence) else where
    detached(item, view)
    if isinstance(item, (Transition, Caption)) or (isinstance(item, Audition) and not item.items):
        refuse(view, f"<{item.tag}> cannot stand in a storyline by itself.", "Insert a clip, title or gap.")
    line = Line(view)
    slot = _measured(line, item)
    plan, notes, gaps = Plan(), list[str](), Gaps(line)
    slots, index, removed = _opened(gaps, at, None if ripple else slot.duration)
    slot = slot._replace(offset=slots[index].offset if index < len(slots) else _end(line, slots))
    if removed is not None:
        slot = slot._replace(offset=removed.offset)
        slots.pop(index)
    slots, index = _without_transition(slots, index, notes)
    tail = shift(slots[index:], slot.duration) if ripple else slots[index:]
    laid = [*slots[:index], slot, *tail]
    notes.extend(gaps.plan(plan, laid, [removed] if removed else []))
    plan.text(item, "lane", None)
    plan_duration(plan, item, slot.duration, timescale_around(view))
    commit(plan, line, settle(line, laid, notes))
    plan.apply()
    return Edited(item, tuple(notes))


def _measured(line: Line, item: Item) -> Slot:
    length = line.grid(item.length)
    if length <= 0:
        refuse(line.view, f"{item.name or item.tag} is shorter than a frame.", "Give it a duration.")
    for take in takes_of(item):
        scale = scale_of(take, line.rate)
        want = missing(take, take.start, length, scale)
        if want.head or want.tail:
            lacking(take, want, line.frame, scale)
    return slot_of(item, line.origin)._replace(duration=length)


def _end(line: Line, slots: list[Slot]) -> Fraction:
    return next((slot.end for slot in reversed(slots) if not slot.is_transition), line.origin)


def _opened(gaps: Gaps, at: int | Fraction, room: Fraction | None) -> tuple[list[Slot], int, Slot | None]:
    """The slots with a place opened at ``at``: before which slot, and the piece of gap that gives way to ``room``."""
    line = gaps.line
    slots = list(line.slots)
    clips = [index for index, slot in enumerate(slots) if not slot.is_transition]
    if isinstance(at, int) and not isinstance(at, bool):
        if not 0 <= at <= len(clips):
            refuse(line.view, f"There are {len(clips)} clips in the storyline.", "Count from 0.")
        offset = slots[clips[at]].offset if at < len(clips) else line.end
    else:
        offset = line.grid(exact(line.view, at, "place") - line.base - line.origin) + line.origin
    index = next((place for place in clips if slots[place].end > offset), len(slots))
    if index == len(slots):
        if offset > line.end:
            slots.append(gaps.fresh(offset - line.end, line.end))
        return slots, len(slots), None
    found = slots[index]
    if found.offset > offset:
        refuse(line.view, "That time is before the storyline, or in a hole of it.", "Choose a cut.")
    if found.offset < offset and not found.is_gap:
        refuse(found.item, "That time is inside a clip.", "Choose a cut or a gap, or trim the clip first.")
    if room is None:
        if found.offset < offset:
            slots[index : index + 1] = gaps.split(found, offset)
            index += 1
        return slots, index, None
    if not found.is_gap or found.end - offset < room:
        refuse(found.item, "There is no gap of that length at that time.", "Ripple, or make room first.")
    head, middle, tail = gaps.cut_out(found, offset, offset + room)
    slots[index : index + 1] = [*head, middle, *tail]
    return slots, index + len(head), middle


def _without_transition(slots: list[Slot], index: int, notes: list[str]) -> tuple[list[Slot], int]:
    """Without the transitions at the cut before ``slots[index]``: something else stands there now."""
    while index > 0 and slots[index - 1].is_transition:
        name = slots[index - 1].item.name or "without a name"
        notes.append(f"The transition {name} stood on the cut and was removed.")
        slots = [*slots[: index - 1], *slots[index:]]
        index -= 1
    return slots, index


def delete(item: Item, *, ripple: bool = True, connected: Literal["keep", "drop"] = "keep") -> Edited[Gap | None]:
    """Take an item out of the document.

    In a storyline, with ``ripple`` what follows moves up; without, a gap of the same length stands there and is
    returned. ``connected`` keeps what hangs on it at its record place (on the gap, or on the item that stands there
    then) or drops it. A connected storyline left without items goes too. A connected item leaves nothing behind; what
    hangs on it then hangs on its host. A transition that no longer fits is removed, with a note. Raises EditError.
    """
    if isinstance(item.parent, Audition):
        refuse(item, "The item is a take of an audition.", "Use remove_take, or delete the audition.")
    line = line_of(item)
    plan, notes = Plan(), list[str]()
    if isinstance(item, Transition):
        plan.do(item.remove)
        plan.apply()
        return Edited(None)
    if line is None:
        notes.extend(_plan_delete_connected(plan, item, connected))
        plan.apply()
        return Edited(None, tuple(notes))
    index = line.index(item)
    slot = line.slots[index]
    gap: Gap | None = None
    if ripple:
        laid = [*line.slots[:index], *shift(line.slots[index + 1 :], -slot.duration)]
    else:
        gap = gap_of(line.view, slot.duration, line.frame)
        laid = [*line.slots[:index], slot_of(gap, slot.offset), *line.slots[index + 1 :]]
    notes.extend(_children(plan, line, laid, item, connected))
    if not any(not left.is_transition for left in laid) and isinstance(line.view.parent, Item):
        plan.do(line.view.remove)
        notes.append("The connected storyline was empty and was removed.")
    else:
        commit(plan, line, settle(line, laid, notes))
    plan.apply()
    return Edited(gap, tuple(notes))


def _children(plan: Plan, line: Line, laid: list[Slot], item: Item, connected: str) -> list[str]:
    children = connected_to(item)
    if not children:
        return []
    if connected == "drop":
        return [f"Removed with it: {counted(len(children), 'connected item')}."]
    if any(not slot.is_transition for slot in laid):
        return plan_rehost(plan, line, laid, item)
    above = line.view.parent
    if isinstance(above, Item):
        return _to_host(plan, item, above)
    refuse(item, "Nothing is left for the connected items to hang on.", "Delete without ripple, or drop them.")


def _to_host(plan: Plan, item: Item, host: Item) -> list[str]:
    placed, around = locate(item_of(item)), locate(host)
    children = connected_to(item)
    for child in children:
        plan_move(plan, child, host, around.to_local(record_of(child, placed)))
    return [f"On another host now, in the same place: {counted(len(children), 'connected item')}."]


def _plan_delete_connected(plan: Plan, item: Item, connected: str) -> list[str]:
    above = item.parent
    notes = []
    if isinstance(above, Item):
        if item.lane == 0:
            refuse(item, "The item is a part of a clip.", "Delete the clip around it.")
        if connected_to(item):
            if connected == "drop":
                notes.append(f"Removed with it: {counted(len(connected_to(item)), 'connected item')}.")
            else:
                notes.extend(_to_host(plan, item, above))
    plan.do(item.remove)
    return notes


def move(item: Item, to: Fraction | None = None, *, frames: int | None = None, ripple: bool = True) -> Edited[Item]:
    """Move an item to a record time, or by frames of its timeline.

    In a storyline with ``ripple``, ``to`` is a cut of the storyline as it stands; the item goes there and those between
    close up, so nothing outside changes. Without, a gap stays behind and the item must fit into a gap or stand at the
    end. What is connected to it goes along. A connected item moves freely; when another item of the storyline it hangs
    on stands there, it hangs on that one from then on. Raises EditError.
    """
    target = _target(item, to, frames)
    line = line_of(item)
    if line is None:
        return _move_connected(item, target)
    plan, notes = Plan(), list[str]()
    index = line.index(item)
    slot = line.slots[index]
    offset = line.grid(target - line.base - line.origin) + line.origin
    if slot.offset <= offset <= slot.end and (ripple or offset == slot.offset):
        if offset not in (slot.offset, slot.end):
            refuse(item, "The item stands at that time itself.", "Choose a cut of the storyline, or use slip.")
        return Edited(item)
    laid = _rippled(line, index, offset, notes) if ripple else _lifted(plan, line, index, offset, notes)
    commit(plan, line, settle(line, laid, notes), item)
    plan.apply()
    return Edited(item, tuple(notes))


def _target(item: Item, to: Fraction | None, frames: int | None) -> Fraction:
    if (to is None) == (frames is None):
        refuse(item, "Say where to: a record time or a number of frames.", "Give one of to and frames.")
    above = item.parent
    if isinstance(item, Transition) or not isinstance(above, (Storyline, Item)) or isinstance(above, Audition):
        refuse(item, f"<{item.tag}> has no place of its own to move.", "Move the clip or audition it belongs to.")
    if frames is None:
        return exact(item, to if to is not None else 0, "place")
    placed = locate(item)
    return placed.record_start + whole_frames(item, frames) * frame_of(item)


def _rippled(line: Line, index: int, offset: Fraction, notes: list[str]) -> list[Slot]:
    slots = list(line.slots)
    clips = [place for place, slot in enumerate(slots) if not slot.is_transition]
    cuts = {slots[place].offset: place for place in clips} | {line.end: len(slots)}
    if offset not in cuts:
        refuse(slots[index].item, "That time is inside another clip.", "Choose a cut of the storyline.")
    at = cuts[offset]
    contiguous(line, min(index, at), max(index, at))
    slot = slots[index]
    first, last = min(slot.offset, offset), max(slot.end, offset)
    rest, at = _without_transition(slots, at, notes)
    own = rest.index(slot)
    rest.pop(own)
    at -= own < at
    cursor, result = first, list[Slot]()
    for each in [*rest[:at], slot, *rest[at:]]:
        if not each.is_transition and first <= each.offset < last:
            each = each._replace(offset=cursor)
            cursor = each.end
        result.append(each)
    return result


def _lifted(plan: Plan, line: Line, index: int, offset: Fraction, notes: list[str]) -> list[Slot]:
    """The slots with a gap where the item stood and the item in a gap, or at the end, of the others."""
    slot, gaps = line.slots[index], Gaps(line)
    last = not any(not other.is_transition for other in line.slots[index + 1 :])
    slots = [*line.slots[:index], gaps.fresh(slot.duration, slot.offset), *line.slots[index + 1 :]]
    end = offset + slot.duration
    covered = [other for other in slots if not other.is_transition and other.offset < end and other.end > offset]
    if offset < line.origin or any(not other.is_gap for other in covered):
        refuse(slot.item, "Another clip stands there.", "Ripple, or make room first.")
    laid, gone = list[Slot](), list[Slot]()
    for other in slots:
        if other not in covered:
            laid.append(other)
            continue
        head, middle, tail = gaps.cut_out(other, offset, end)
        laid += [*head, *tail]
        gone.append(middle)
    laid.append(slot._replace(offset=offset))
    reach = _end(line, slots)
    if offset > reach:
        laid.append(gaps.fresh(offset - reach, reach))
    laid.sort(key=lambda each: each.offset if not each.is_transition else _place(slots, each))
    if last:
        laid = _trimmed_end(laid)
    notes.extend(gaps.plan(plan, laid, gone))
    return laid


def _place(slots: list[Slot], transition: Slot) -> Fraction:
    at = slots.index(transition)
    following = next((slot for slot in slots[at:] if not slot.is_transition), None)
    return following.offset if following else transition.end


def _trimmed_end(slots: list[Slot]) -> list[Slot]:
    """Without a fresh gap at the end: the storyline just ends earlier."""
    while slots and slots[-1].is_gap and slots[-1].item.element.getparent() is None:
        slots = slots[:-1]
    return slots


def _move_connected(item: Item, target: Fraction) -> Edited[Item]:
    placed = locate(item)
    host = placed.host
    if host is None or item.lane == 0 or placed.storyline is not None:
        refuse(item, "The item is a part of a clip.", "Move the clip around it.")
    plan = Plan()
    new_host = _host_at(host.item, target)
    if new_host == host.item:
        plan.time(item, "offset", host.to_local(target), timescale_around(item))
        plan.apply()
        return Edited(item)
    plan_move(plan, item, new_host, locate(new_host).to_local(target))
    plan.apply()
    return Edited(item, (f"It hangs on {new_host.name or new_host.tag} now.",))


def _host_at(host: Item, target: Fraction) -> Item:
    """The neighbour of a host that stands at a record time, or the host where there is none."""
    outer = host.parent if isinstance(host.parent, Audition) else host
    line = outer.parent
    if not isinstance(line, Storyline):
        return host
    own = Line(line)
    slots = [slot for slot in own.slots if not slot.is_transition]
    found = next((slot for slot in slots if slot.offset <= target - own.base < slot.end), None)
    return host if found is None or found.item == outer else item_of(found.item)
