"""Review: what a person decides about a job whose outcome is open, and asking once more for one that failed."""

from __future__ import annotations

from takebridge.errors import BridgeError, PreconditionError, UnknownNodeError
from takebridge.ids import BlobHash, JobId, new_id
from takebridge.jobs.dispatch import Dispatcher
from takebridge.jobs.port import JobQueue
from takebridge.services import outcomes
from takebridge.services.bridge import Bridge
from takebridge.services.fitting import agree
from takebridge.services.generate import Asked, consent, hold, keep
from takebridge.services.job_facts import announce, can_retry, choices_of
from takebridge.services.requests import price_of
from takebridge.store.jobs import Choice, JobError, JobRecord
from takebridge.store.ledger import now_text

_RETURNED = ("released", "refunded")
_DECIDED = frozenset({outcomes.GIVEN_UP.code, outcomes.SUBMITTED_AGAIN.code, outcomes.CANCELLED.code})


def resolve(
    bridge: Bridge,
    dispatcher: Dispatcher,
    job_id: JobId,
    choice: Choice,
    *,
    author: str,
    max_micros: int | None = None,
) -> JobRecord:
    """Carry out one of the job's choices and return the job that goes on: the same, or the new one.

    ``look_again`` and ``continue`` spend nothing. ``submit_again`` may pay twice: what was held for the old job stays
    counted. Raises PreconditionError when the job does not offer this choice (any more), and what `start` raises.
    """
    record = _must_offer(bridge.jobs.get(job_id), choice)
    if choice == "submit_again":
        return _submit_again(bridge, dispatcher, record, author, max_micros)
    if choice in ("continue", "give_up"):
        dispatcher.forget(job_id)
    if choice == "give_up":
        return _give_up(bridge, record)
    going_on = {"choices": (), "error": None, "ended_at": "", "waiting_since": None, "cancel_requested": False}
    again = _decide(bridge, record, choice, {**going_on, "state": "queued", "attempt": record.attempt + 1})
    dispatcher.enqueue(again)
    return again


def retry(bridge: Bridge, queue: JobQueue, job_id: JobId, *, author: str, max_micros: int | None = None) -> JobRecord:
    """Ask once more for a job that failed or was cancelled: the same recipe and variant as another job.

    The consent given to the first one holds if that one cost nothing; otherwise ``max_micros`` is needed again.
    Raises PreconditionError for a job that cannot be retried, and what `start` raises.
    """
    record = bridge.jobs.get(job_id)
    if not can_retry(record):
        raise PreconditionError(
            "Only a job that failed can be retried, and a refused one not as it is.",
            hint="Change the node and generate it again.",
            job=job_id,
        )
    again = _once_more(bridge, record, author, max_micros if max_micros is not None else _still_agreed(bridge, record))
    return keep(bridge, queue, again)


# --- choices --------------------------------------------------------------------------------------------


def _must_offer(record: JobRecord, choice: Choice) -> JobRecord:
    offered = choices_of(record)
    if choice not in offered:
        raise PreconditionError(
            "This job does not wait for that decision (any more).",
            hint=f"It offers: {', '.join(offered) or 'nothing'}.",
            job=record.id,
        )
    return record


def _decide(bridge: Bridge, record: JobRecord, choice: Choice, values: dict[str, object]) -> JobRecord:
    """Change the job unless somebody else decided in this moment."""

    def edit(now: JobRecord) -> JobRecord:
        return _must_offer(now, choice).model_copy(update=values)

    changed = bridge.jobs.change(record.id, edit)
    announce(bridge, changed)
    return changed


def _give_up(bridge: Bridge, record: JobRecord) -> JobRecord:
    entry = bridge.ledger.find(record.id)
    sent = entry is not None and entry.state not in ("reserved", "released")
    closing = _closing(bridge, record, "give_up", outcomes.GIVEN_UP if sent else outcomes.CANCELLED)
    return finish(bridge, closing)


def _submit_again(bridge: Bridge, queue: JobQueue, record: JobRecord, author: str, max_micros: int | None) -> JobRecord:
    again = _once_more(bridge, record, author, record.max_micros if max_micros is None else max_micros)
    try:
        closing = _closing(bridge, record, "submit_again", outcomes.SUBMITTED_AGAIN)
    except BridgeError:
        bridge.ledger.release(again.id)
        raise
    try:
        return keep(bridge, queue, again, join=False)
    finally:
        finish(bridge, closing)


def _closing(bridge: Bridge, record: JobRecord, choice: Choice, error: JobError) -> JobRecord:
    """Take the decision; nobody joins the job any more.

    Job and money are in two files: until `finish` the job counts as under way, so that the next process finishes it
    when this one dies.
    """

    def edit(now: JobRecord) -> JobRecord:
        closing = {"state": "queued", "choices": (), "error": error, "ended_at": "", "cancel_requested": True}
        return _must_offer(now, choice).model_copy(update=closing)

    return bridge.jobs.change(record.id, edit)


def is_closing(record: JobRecord) -> bool:
    """Say whether somebody decided about this job and a process died before it was finished."""
    return record.error is not None and record.error.code in _DECIDED


def finish(bridge: Bridge, record: JobRecord) -> JobRecord:
    """Carry a decision out to its end; repeating is harmless. A job whose successor was never kept is open again."""
    values: dict[str, object] = {"state": "failed", "ended_at": now_text(), "cancel_requested": False}
    again = record.error is not None and record.error.code == outcomes.SUBMITTED_AGAIN.code
    if again and all(one.retry_of != record.id for one in bridge.jobs.all(record.canvas_id)):
        values |= {"state": "unknown", "error": outcomes.UNKNOWN, "choices": ("submit_again", "give_up")}
    else:
        _close(bridge, record)
    ended = bridge.jobs.change(record.id, lambda old: old.model_copy(update=values))
    announce(bridge, ended)
    return ended


def _close(bridge: Bridge, record: JobRecord) -> None:
    """Nobody will know what it cost: it counts as what was held for it. What was never sent costs nothing."""
    entry = bridge.ledger.find(record.id)
    if entry is None:
        return
    if entry.state in ("reserved", "released"):
        bridge.ledger.release(record.id)
        return
    if entry.state == "intent":
        bridge.ledger.mark_unknown(record.id)
    if entry.state not in _RETURNED:
        bridge.ledger.settle(record.id, 0 if entry.high_micros == 0 else None)


# --- once more ------------------------------------------------------------------------------------------


def _once_more(bridge: Bridge, record: JobRecord, author: str, max_micros: int | None) -> JobRecord:
    """Return a new job for the frozen recipe of an old one, its money held."""
    view = bridge.desk.view(record.canvas_id)
    node = view.canvas.nodes.get(record.node_id)
    if node is None:
        raise UnknownNodeError("The node of this job was removed.", hint="Undo that first.", node=record.node_id)
    if node.locked:
        raise PreconditionError(f"“{node.title}” is locked.", hint="Unlock it first.", node=node.id)
    profile = bridge.providers.profile(record.request.model)
    job_id = JobId(new_id("job"))
    request = record.request.model_copy(update={"token": job_id})
    for one in request.inputs:
        bridge.blobs.path_of(BlobHash(one.content))
    request = agree(profile, request, others=bridge.providers.of_kind(profile.kind)).request
    price = price_of(profile, request)
    fresh = JobRecord(
        id=job_id,
        canvas_id=record.canvas_id,
        node_id=record.node_id,
        provider=profile.provider,
        request=request,
        recipe=record.recipe,
        recipe_fp=record.recipe_fp,
        node_fp=record.node_fp,
        variant=record.variant,
        pin_at_submission=node.pin,
        pinning=record.pinning,
        author=author,
        run_id=record.run_id,
        fan_id=record.fan_id,
        fan_index=record.fan_index,
        retry_of=record.id,
        priority=record.priority,
        total=record.total,
        currency=price.currency,
        low_micros=price.low_micros,
        high_micros=price.high_micros,
        notes=record.notes,
        keep_ms=record.keep_ms,
        created_at=now_text(),
    )
    agreed = consent(Asked(fresh, profile, price), fresh, max_micros)
    hold(bridge, agreed, view.canvas)
    return agreed


def _still_agreed(bridge: Bridge, record: JobRecord) -> int | None:
    entry = bridge.ledger.find(record.id)
    unpaid = entry is None or entry.state in _RETURNED or entry.actual_micros == 0
    return record.max_micros if unpaid else None
