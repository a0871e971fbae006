"""What a person does to takes, as ops of the canvas, and what the tray looks like once they are done. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from takebridge.canvas.model import FrameRange, Rating, Take
from takebridge.canvas.op_types import (
    Accept,
    AddTake,
    InsertGraph,
    Op,
    Pin,
    RateTake,
    RestoreNode,
    SetBestRange,
    SetLocked,
    SetTakeHidden,
    SetTitle,
)
from takebridge.ids import TakeId
from takebridge_resolve.panel import take_notes
from takebridge_resolve.panel.tiles import TrayFacts


def pin(facts: TrayFacts, take: Take) -> list[Op]:
    """Choose a take. The pin that was seen goes along: if somebody chose another one meanwhile, nothing happens."""
    return [Pin(node=facts.node_id, take=take.id, expected=facts.pin)] if facts.pin != take.id else []


def rate(take: Take, judged: Rating | None) -> list[Op]:
    """Judge a take; a rejected one that is judged worth something comes back."""
    ops: list[Op] = [] if take.rating == judged else [RateTake(take=take.id, rating=judged)]
    if take.hidden and judged is not None:
        ops.append(SetTakeHidden(take=take.id, hidden=False))
    return ops


def reject(take: Take) -> list[Op]:
    """Hide a take. Nothing is deleted."""
    return [] if take.hidden else [SetTakeHidden(take=take.id, hidden=True)]


def clear(take: Take) -> list[Op]:
    """No judgement, and not rejected."""
    ops: list[Op] = [SetTakeHidden(take=take.id, hidden=False)] if take.hidden else []
    return [*ops, *([RateTake(take=take.id, rating=None)] if take.rating else [])]


def mark(take: Take, best: FrameRange | None) -> list[Op]:
    """Say which frames are worth using; None: all."""
    return [] if take.best == best else [SetBestRange(take=take.id, best=best)]


def keep_as_is(facts: TrayFacts) -> list[Op]:
    """Let the pinned take pass although the recipe has changed."""
    expected = facts.state.expected_fp if facts.state else None
    if facts.pin is None or expected is None or facts.state is None or facts.state.status != "stale":
        return []
    return [Accept(node=facts.node_id, take=facts.pin, fp=expected)]


def lock(facts: TrayFacts) -> list[Op]:
    """Lock the node, or unlock it."""
    return [SetLocked(node=facts.node_id, locked=not facts.locked)]


def note(facts: TrayFacts, take: Take, frame: int, text: str) -> list[Op]:
    """Post a note on a frame of a take."""
    mine = {one.id for one in facts.takes}
    there = sum(one.take in mine for one in facts.notes.values())
    return take_notes.post(take, frame, text, facts.title, facts.place, there)


def done(facts: TrayFacts, ops: Iterable[Op]) -> TrayFacts:
    """Return the tray as it is after ``ops``. Ops of other nodes change nothing, and the same ops twice count once."""
    for op in ops:
        facts = _done(facts, op)
        notes = take_notes.after(facts.notes, (op,))
        if notes != facts.notes:
            facts = replace(facts, notes=notes)
    return facts


def brings_unknown(ops: Iterable[Op], facts: TrayFacts) -> bool:
    """Say whether ops may bring takes that they do not spell out here, so that the tray has to be loaded."""
    return any(isinstance(op, InsertGraph | RestoreNode) for op in ops)


def _done(facts: TrayFacts, op: Op) -> TrayFacts:
    if isinstance(op, RateTake):
        return _with(facts, op.take, rating=op.rating)
    if isinstance(op, SetTakeHidden):
        return _with(facts, op.take, hidden=op.hidden)
    if isinstance(op, SetBestRange):
        return _with(facts, op.take, best=op.best)
    if isinstance(op, AddTake):
        return facts.with_take(op.take) if op.take.node_id == facts.node_id else facts
    return _node_done(facts, op)


def _node_done(facts: TrayFacts, op: Op) -> TrayFacts:
    if not isinstance(op, Accept | Pin | SetLocked | SetTitle) or op.node != facts.node_id:
        return facts
    if isinstance(op, Accept):
        state = facts.state.model_copy(update={"status": "accepted"}) if facts.state else None
        return replace(facts, state=state)
    if isinstance(op, Pin):
        return replace(facts, pin=op.take)
    if isinstance(op, SetLocked):
        return replace(facts, locked=op.locked)
    return replace(facts, title=op.title)


def _with(facts: TrayFacts, take_id: TakeId, **fields: object) -> TrayFacts:
    take = facts.take(take_id)
    return facts if take is None else facts.with_take(take.model_copy(update=fields))
