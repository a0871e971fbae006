"""A finished job becomes a take, and where nobody has to choose, the pin."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from takebridge.canvas.model import Canvas, FrameRange, Output, Recipe, Take
from takebridge.canvas.ops import AddTake, Op
from takebridge.canvas.pins import auto_pin
from takebridge.canvas.state import state_of
from takebridge.errors import PreconditionError, UnknownNodeError
from takebridge.ids import JobId, TakeId
from takebridge.providers.capability import rate_of
from takebridge.providers.protocol import JobUpdate
from takebridge.services.bridge import Bridge
from takebridge.services.desk import Desk
from takebridge.store.jobs import JobRecord
from takebridge.store.ledger import now_text

_RETRY_LIMIT = 3


def take_id_of(job_id: JobId) -> TakeId:
    """Return the id of a job's take: it follows from the job's, so that the take can be added only once."""
    return TakeId(f"take_{job_id.removeprefix('job_')}")


def is_late(record: JobRecord, canvas: Canvas, desk: Desk) -> bool:
    """Say whether the node expects something else by now than when the job was asked for, or is gone."""
    if record.node_id not in canvas.nodes:
        return True
    try:
        expected = state_of(canvas, record.node_id, desk.kinds).expected_fp
    except UnknownNodeError:
        return True
    return expected != (record.node_fp or record.recipe_fp)


def take_of(
    bridge: Bridge, record: JobRecord, outputs: Mapping[str, Output], update: JobUpdate, cost: int | None
) -> Take:
    """Return the take of a finished job; `add_take` gives it its number."""
    recipe = Recipe.model_validate_json(record.recipe)
    profile = bridge.providers.profile(record.request.model)
    return Take(
        id=take_id_of(record.id),
        node_id=record.node_id,
        seq=1,
        origin="generated",
        recipe=recipe,
        recipe_fp=record.recipe_fp,
        outputs=outputs,
        provider=record.provider,
        model_requested=record.request.model,
        model_reported=update.model_reported,
        seed_used=update.seed_used,
        cost_estimated_micros=record.high_micros,
        cost_actual_micros=cost,
        currency=record.currency,
        job_id=record.id,
        author=record.author,
        created_at=now_text(),
        previz=profile.previz,
        notes=record.notes,
        best=_asked_for(record, outputs),
    )


def _asked_for(record: JobRecord, outputs: Mapping[str, Output]) -> FrameRange | None:
    """The frames that were asked for, where the model made more; the rest stays as a handle."""
    if record.keep_ms is None:
        return None
    for output in outputs.values():
        frames, rate = output.facts.get("frame_count"), rate_of(str(output.facts.get("rate", "")))
        if isinstance(frames, int) and rate is not None:
            wanted = max(1, ceil(record.keep_ms * rate / 1000))
            return FrameRange(start=0, end=wanted) if wanted < frames else None
    return None


def add_take(bridge: Bridge, record: JobRecord, take: Take) -> None:
    """Add the take and, where it may, pin it: together, so that a crash leaves no take that nobody pinned."""
    desk = bridge.desk
    for attempt in range(1, _RETRY_LIMIT + 1):
        canvas = desk.view(record.canvas_id).canvas
        numbered = take.model_copy(update={"seq": canvas.next_seq(take.node_id)})
        ops: list[Op] = [AddTake(take=numbered)]
        if record.pinning:
            after = canvas.with_take(numbered)
            pin = auto_pin(after, numbered, desk.kinds, pin_at_submission=record.pin_at_submission)
            ops += [pin] if pin else []
        try:
            desk.apply(record.canvas_id, ops, author=record.author, origin="job")
        except PreconditionError:  # somebody added or pinned a take in this moment: look again
            if attempt == _RETRY_LIMIT:
                raise
        else:
            return
