"""Gaps that are split or give way while a storyline is laid out anew, with what hangs on them.

Nothing moves in the document before the plan is applied, so what will hang on which piece is kept here meanwhile.
"""

from __future__ import annotations

from fractions import Fraction

from takebridge_fcpxml import grammar, layout
from takebridge_fcpxml.edit.build import gap_of
from takebridge_fcpxml.edit.checks import connected_to, item_of, local_offset, scale_of, timescale_around
from takebridge_fcpxml.edit.line import Line, Slot, slot_of
from takebridge_fcpxml.edit.plan import Plan, counted
from takebridge_fcpxml.edit.rehost import standing
from takebridge_fcpxml.view import Item, Mark, Spine, View
from takebridge_fcpxml.view.attributes import read_time


def _place_of(piece: View) -> str:
    return "start" if isinstance(piece, Mark) else "offset"


def _local(piece: View, gap: Slot) -> Fraction:
    if isinstance(piece, (Item, Spine)):
        return local_offset(piece)
    # A keyword without a start spans the whole gap.
    at = read_time(piece, _place_of(piece))
    return gap.start if at is None else at


class Gaps:
    """The pieces of gaps of one storyline, and what hangs on each."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._hanging: dict[Item, list[View]] = {}

    def fresh(self, duration: Fraction, offset: Fraction) -> Slot:
        """A new gap with nothing on it."""
        slot = slot_of(gap_of(self.line.view, duration, self.line.frame), offset)
        self._hanging[slot.item] = []
        return slot

    def hanging(self, gap: Item) -> list[View]:
        """What hangs on a gap: connected items and marks."""
        return self._hanging[gap] if gap in self._hanging else [*connected_to(gap), *gap.marks]

    def split(self, gap: Slot, offset: Fraction) -> list[Slot]:
        """Two gaps out of one at a storyline time inside it; what hangs on its later part goes with that."""
        length = offset - gap.offset
        later = self.fresh(gap.end - offset, offset)
        at = gap.start + length
        hanging = self.hanging(gap.item)
        moved = [piece for piece in hanging if _local(piece, gap) >= at]
        self._hanging[gap.item] = [piece for piece in hanging if piece not in moved]
        self._hanging[later.item] = moved
        # With something in its local time, that time goes on; an empty gap begins at its own hour.
        return [gap._replace(duration=length), later._replace(start=at) if moved else later]

    def cut_out(self, gap: Slot, start: Fraction, end: Fraction) -> tuple[list[Slot], Slot, list[Slot]]:
        """A gap in three: what stays before, what lies between two storyline times, what stays after."""
        head, tail = list[Slot](), list[Slot]()
        if gap.offset < start:
            first, gap = self.split(gap, start)
            head.append(first)
        if gap.end > end:
            gap, last = self.split(gap, end)
            tail.append(last)
        return head, gap, tail

    def plan(self, plan: Plan, laid: list[Slot], gone: list[Slot]) -> list[str]:
        """Plan that pieces hang where they should: on their gap, or, when that is gone, on what stands there."""
        before = {slot.item for slot in self.line.slots}
        for slot in laid:
            if slot.is_gap and slot.item not in before:
                for piece in self._hanging.get(slot.item, []):
                    self._move(plan, piece, slot.item, _local(piece, slot))
        moved = 0
        for gap in gone:
            for piece in self.hanging(gap.item):
                local = _local(piece, gap)
                at = gap.offset + local - gap.start
                there = standing(laid, at)
                assert there is not None
                host = item_of(there.item)
                self._move(plan, piece, host, there.start + (at - there.offset) * scale_of(host, self.line.rate))
                moved += not isinstance(piece, Mark)
        return [f"On another host now, in the same place: {counted(moved, 'connected item')}."] if moved else []

    def _move(self, plan: Plan, piece: View, host: Item, local: Fraction) -> None:
        plan.time(piece, _place_of(piece), local, timescale_around(self.line.view))

        def move() -> None:
            layout.remove(piece.element)
            grammar.insert(host.element, piece.element)

        plan.do(move)
