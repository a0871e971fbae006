"""A storyline as slots in order, and how a new order of slots goes back into the document.

An edit of a storyline lays out the slots anew; ``commit`` then writes offsets, durations and starts that changed, takes
out and puts in elements, mends transitions and the sequence's duration.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Slots
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from lxml import etree

from takebridge_fcpxml import layout
from takebridge_fcpxml.edit.checks import (
    Storyline,
    frame_of,
    origin_of,
    refuse,
    scale_of,
    storyline_base,
    timescale_around,
)
from takebridge_fcpxml.edit.media import missing
from takebridge_fcpxml.edit.plan import Plan
from takebridge_fcpxml.times import snap
from takebridge_fcpxml.view import Audition, Gap, Item, Sequence, Transition

ZERO = Fraction(0)


class Slot(NamedTuple):
    """An item with its place in storyline time; ``plays`` is itself or an audition's pick, beginning at ``start``."""

    item: Item
    offset: Fraction
    duration: Fraction
    start: Fraction
    plays: Item

    @property
    def end(self) -> Fraction:
        """Where it ends, exclusive; for a transition too."""
        return self.offset + self.duration

    @property
    def is_transition(self) -> bool:
        """Whether it takes no time of its own."""
        return isinstance(self.item, Transition)

    @property
    def is_gap(self) -> bool:
        """Whether nothing plays."""
        return isinstance(self.item, Gap)


def slot_of(item: Item, offset: Fraction) -> Slot:
    """A slot of an item as it is."""
    own = item.pick if isinstance(item, Audition) else item
    return Slot(item, offset, item.length, own.start, own)


class Line:
    """A storyline: its slots now, its frame duration, and the record time of its local 0."""

    def __init__(self, view: Storyline) -> None:
        self.view = view
        self.frame = frame_of(view)
        self.rate = 1 / self.frame
        self.base = storyline_base(view)
        self.origin = origin_of(view)
        slots: list[Slot] = []
        cursor = self.origin
        for item in view.items:
            offset = item.offset
            slot = slot_of(item, cursor if offset is None else offset)
            slots.append(slot)
            if not slot.is_transition:
                cursor = slot.end
        self.slots = tuple(slots)

    @property
    def end(self) -> Fraction:
        """Where the last clip ends, in storyline time."""
        return end_of(self.slots, self.origin)

    def index(self, item: Item) -> int:
        """Which slot an item has."""
        return next(index for index, slot in enumerate(self.slots) if slot.item == item)

    def grid(self, value: Fraction) -> Fraction:
        """A length on the frame grid."""
        return snap(value, self.frame)


def line_of(item: Item) -> Line | None:
    """The storyline an item stands in, None when it is connected or inside something else."""
    above = item.parent
    return Line(above) if isinstance(above, Storyline) else None


def end_of(slots: Slots[Slot], origin: Fraction) -> Fraction:
    """The end of the last clip."""
    return next((slot.end for slot in reversed(slots) if not slot.is_transition), origin)


def before(slots: Slots[Slot], index: int) -> Slot | None:
    """The clip before an index, transitions left out."""
    return next((slots[place] for place in range(index - 1, -1, -1) if not slots[place].is_transition), None)


def after(slots: Slots[Slot], index: int) -> Slot | None:
    """The clip after an index, transitions left out."""
    return next((slots[place] for place in range(index + 1, len(slots)) if not slots[place].is_transition), None)


def shift(slots: Slots[Slot], by: Fraction) -> list[Slot]:
    """Slots moved along the storyline."""
    return [slot._replace(offset=slot.offset + by) for slot in slots]


class _Cut(NamedTuple):
    left: Slot | None
    right: Slot | None
    at: Fraction


def _cut(slots: Slots[Slot], index: int) -> _Cut | None:
    left, right = before(slots, index), after(slots, index)
    if left is not None:
        return _Cut(left, right, left.end)
    return None if right is None else _Cut(None, right, right.offset)


def _stands(transition: Slot, cut: _Cut | None, rate: Fraction) -> bool:
    """Whether a transition is legal at its cut: within its neighbours, with media for the part beyond the cut."""
    if cut is None or not transition.offset <= cut.at <= transition.end:
        return False
    lead, trail = cut.at - transition.offset, transition.end - cut.at
    left, right = cut.left, cut.right
    if left is None or right is None:
        inside = right or left
        return inside is not None and (lead if left is None else trail) == 0 and transition.duration <= inside.duration
    if lead > left.duration or trail > right.duration:
        return False
    return not (_lacks(left, ZERO, trail, rate) or _lacks(right, lead, ZERO, rate))


def _lacks(slot: Slot, lead: Fraction, trail: Fraction, rate: Fraction) -> bool:
    scale = scale_of(slot.plays, rate)
    want = missing(slot.plays, slot.start - lead * scale, slot.duration + lead + trail, scale)
    return bool(want.head if lead else want.tail if trail else 0)


def settle(line: Line, slots: Slots[Slot], notes: list[str]) -> list[Slot]:
    """The slots with their transitions moved with their cuts, and those removed that are no longer legal.

    A transition that was not legal before (real exports have some that reach past their media) is left as it was.
    """
    old = {slot.item: (_cut(line.slots, index), slot) for index, slot in enumerate(line.slots) if slot.is_transition}
    result: list[Slot] = []
    for index, slot in enumerate(slots):
        if not slot.is_transition:
            result.append(slot)
            continue
        cut = _cut(slots, index)
        was, stood = old[slot.item]
        if cut is None or was is None:
            doubled = True
        else:
            slot = slot._replace(offset=cut.at + (stood.offset - was.at))
            doubled = index > 0 and bool(result) and result[-1].is_transition
        legal_before = _stands(stood, was, line.rate)
        if doubled or (legal_before and not _stands(slot, cut, line.rate)):
            notes.append(f"The transition {slot.item.name or 'without a name'} no longer fits its cut and was removed.")
        else:
            result.append(slot)
    return result


def strained(item: Item) -> set[Item]:
    """The transitions beside an item of a storyline that are not legal as things stand."""
    line = line_of(item)
    if line is None:
        return set()
    index = line.index(item)
    beside = [place for place in (index - 1, index + 1) if 0 <= place < len(line.slots)]
    return {
        line.slots[place].item
        for place in beside
        if line.slots[place].is_transition and not _stands(line.slots[place], _cut(line.slots, place), line.rate)
    }


def strain_notes(item: Item, already: set[Item]) -> list[str]:
    """A sentence for each transition beside an item that got too little media; it is left, so that a change back
    finds it."""
    names = [transition.name or "without a name" for transition in strained(item) - already]
    return [f"The transition {name} has too little media now." for name in names]


def commit(plan: Plan, line: Line, slots: Slots[Slot], moved: Item | None = None, *, lengths: bool = True) -> None:
    """Plan that the storyline becomes these slots: elements out, elements in, times, the sequence's duration.

    Items in both keep their order among themselves, but for the one ``moved``. Without ``lengths``,
    durations stay as they are written.
    """
    known = {slot.item: slot for slot in line.slots}
    wanted = {slot.item for slot in slots}
    for slot in line.slots:
        if slot.item not in wanted:
            plan.do(_taking_out(slot.item.element))
    following: etree._Element | None = None
    for slot in reversed(slots):
        if slot.item not in known or slot.item == moved:
            plan.do(_putting_in(line.view.element, slot.item.element, following))
        following = slot.item.element
    _write(plan, line, slots, known, lengths)
    above = line.view.parent
    if isinstance(above, Sequence) and above.duration is not None:
        grown = end_of(slots, line.origin) - line.end
        plan.time(above, "duration", above.duration + grown, timescale_around(line.view))


def _taking_out(element: etree._Element) -> Callable[[], object]:
    return lambda: layout.remove(element)


def _putting_in(
    parent: etree._Element, element: etree._Element, following: etree._Element | None
) -> Callable[[], object]:
    def put() -> None:
        if element.getparent() is not None:
            layout.remove(element)
        layout.put(parent, following, element)

    return put


def _write(plan: Plan, line: Line, slots: Slots[Slot], known: dict[Item, Slot], lengths: bool) -> None:
    scale = timescale_around(line.view)
    cursor = line.origin
    for slot in slots:
        old = known.get(slot.item)
        follows = slot.item.offset is None and old is not None and slot.offset == cursor
        if not follows:
            plan.time(slot.item, "offset", slot.offset, scale)
        if not slot.is_transition:
            cursor = slot.end
            if lengths and (old is None or slot.duration != old.duration):
                plan_duration(plan, slot.item, slot.duration, scale)
        if isinstance(slot.item, Gap) and slot.start != slot.item.start:
            plan.time(slot.item, "start", slot.start, scale)


def plan_duration(plan: Plan, item: Item, duration: Fraction, timescale: int) -> None:
    """Plan an item's duration; an audition has none of its own, its takes of that length have."""
    for take in takes_of(item):
        plan.time(take, "duration", duration, timescale)


def takes_of(item: Item) -> list[Item]:
    """The item alone; of an audition, the pick and the takes as long as it. A take of another length keeps its own."""
    if not isinstance(item, Audition):
        return [item]
    return [take for take in item.items if take.length == item.length]


def contiguous(line: Line, first: int, last: int) -> None:
    """Raise EditError when the clips of these slots do not follow one another without hole or overlap."""
    clips = [slot for slot in line.slots[first : last + 1] if not slot.is_transition]
    for one, two in pairwise(clips):
        if one.end != two.offset:
            refuse(two.item, "The storyline has a hole or an overlap here.", "Lint the document and mend it first.")
