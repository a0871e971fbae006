"""Connected items that get another host and keep their record places."""

from __future__ import annotations

from collections.abc import Sequence as Slots
from fractions import Fraction

from takebridge_fcpxml import grammar, layout
from takebridge_fcpxml.edit.checks import connected_to, item_of, local_offset, locate, scale_of, timescale_around
from takebridge_fcpxml.edit.line import Line, Slot
from takebridge_fcpxml.edit.plan import Plan, counted
from takebridge_fcpxml.placement import Placed
from takebridge_fcpxml.view import Item, Spine


def record_of(child: Item | Spine, host: Placed) -> Fraction:
    """Where something connected to ``host`` stands."""
    return host.to_record(local_offset(child))


def plan_move(plan: Plan, child: Item | Spine, host: Item, offset: Fraction) -> None:
    """Plan that ``child`` hangs on ``host`` at this local offset."""
    plan.time(child, "offset", offset, timescale_around(host) or timescale_around(child))

    def move() -> None:
        layout.remove(child.element)
        grammar.insert(host.element, child.element)

    plan.do(move)


def standing(slots: Slots[Slot], offset: Fraction) -> Slot | None:
    """The clip that stands at a storyline time; past the end the last one, before the beginning the first."""
    clips = [slot for slot in slots if not slot.is_transition]
    inside = next((slot for slot in clips if slot.offset <= offset < slot.end), None)
    if inside is not None or not clips:
        return inside
    return clips[0] if offset < clips[0].offset else clips[-1]


def plan_rehost(plan: Plan, line: Line, slots: Slots[Slot], item: Item) -> list[str]:
    """Plan that what hangs on ``item`` hangs on what stands at its record place in ``slots``; sentences come back.

    ``slots`` must hold a clip.
    """
    placed = locate(item_of(item))
    children = connected_to(item)
    for child in children:
        record = record_of(child, placed)
        slot = standing(slots, record - line.base)
        assert slot is not None
        host = item_of(slot.item)
        scale = scale_of(host, line.rate)
        plan_move(plan, child, host, slot.start + (record - line.base - slot.offset) * scale)
    return [f"On another host now, in the same place: {counted(len(children), 'connected item')}."] if children else []
