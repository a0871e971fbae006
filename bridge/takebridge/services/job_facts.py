"""What people and clients see of a job, and how they hear of it."""

from __future__ import annotations

from typing import Literal

from takebridge.errors import BridgeError
from takebridge.events import JsonValue
from takebridge.services.bridge import Bridge
from takebridge.store.jobs import Choice, JobError, JobRecord

Status = Literal["Pending", "InProgress", "Complete", "Failed", "PendingReview"]

_STATUS: dict[str, Status] = {
    "queued": "Pending",
    "running": "InProgress",
    "done": "Complete",
    "failed": "Failed",
    "cancelled": "Failed",
    "unknown": "PendingReview",
}
_CANCELLED = JobError(code="job_cancelled", message="The job was cancelled.", hint="Generate again if it is wanted.")
_FOR_GOOD = frozenset({"refused", "given_up", "submitted_again"})
"""Error codes after which asking for the same again makes no sense, or was done already."""


def status_of(record: JobRecord) -> Status:
    """Return the word people see."""
    return _STATUS[record.state]


def choices_of(record: JobRecord) -> tuple[Choice, ...]:
    """Return what a person can decide now; nothing unless the job waits for a decision."""
    if record.state != "unknown":
        return ()
    return record.choices or ("submit_again", "give_up")  # jobs of release 0.1 say no choices


def can_retry(record: JobRecord) -> bool:
    """Say whether a failed or cancelled job can be asked for once more, with the recipe it had."""
    return record.state in ("failed", "cancelled") and (record.error is None or record.error.code not in _FOR_GOOD)


def job_facts(record: JobRecord) -> dict[str, JsonValue]:
    """What clients see of a job."""
    error = record.error or (_CANCELLED if record.state == "cancelled" else None)
    choices: list[JsonValue] = [*choices_of(record)]
    return {
        "job": record.id,
        "canvas": record.canvas_id,
        "node": record.node_id,
        "model": record.request.model,
        "provider": record.provider,
        "author": record.author,
        "origin": record.origin,
        "run": record.run_id,
        "fan": record.fan_id,
        "retry_of": record.retry_of,
        "priority": record.priority,
        "state": record.state,
        "status": status_of(record),
        "choices": choices,
        "can_retry": can_retry(record),
        "done": record.done,
        "total": record.total,
        "starts": record.starts,
        "take": record.take_id,
        "late": record.late,
        "error": error.model_dump() if error else None,
        "currency": record.currency,
        "low_micros": record.low_micros,
        "high_micros": record.high_micros,
        "max_micros": record.max_micros,
        "actual_micros": record.actual_micros,
        "notes": [*record.notes],
        "cancel_requested": record.cancel_requested and record.state in ("queued", "running"),
        "created_at": record.created_at,
        "started_at": record.started_at,
        "ended_at": record.ended_at,
    }


def announce(bridge: Bridge, record: JobRecord) -> None:
    """Publish a job's state (a state event: never dropped)."""
    bridge.events.publish("job.changed", job_facts(record))


def job_error(error: BridgeError) -> JobError:
    """Return an error of the tree as a job keeps it."""
    return JobError(code=error.code, message=error.message, hint=error.hint)
