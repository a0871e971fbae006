"""The queue as people see it: opening it, pausing, priorities, cancelling, what waits."""

from __future__ import annotations

from takebridge.errors import ConflictError, NotFoundError, PreconditionError, UsageError
from takebridge.events import JsonValue
from takebridge.ids import CanvasId, JobId
from takebridge.jobs.dispatch import Dispatcher, Limit
from takebridge.jobs.port import JobQueue
from takebridge.providers.registry import ProviderRegistry
from takebridge.services import outcomes
from takebridge.services.bridge import Bridge
from takebridge.services.job_facts import announce
from takebridge.store.jobs import ENDED, JobRecord
from takebridge.store.ledger import now_text
from takebridge.store.pauses import Pause, PauseScope

MOST_URGENT, LEAST_URGENT = -1000, 1000


def limits_of(providers: ProviderRegistry) -> dict[str, Limit]:
    """Return what each provider takes at a time and a minute, as its profiles say."""
    found: dict[str, Limit] = {}
    for profile in providers.profiles():
        found[profile.provider] = Limit(profile.concurrency, profile.per_minute)
    return found


def open_queue(bridge: Bridge, dispatcher: Dispatcher) -> None:
    """Go on where the last process stopped.

    Jobs of another workflow version wait for a person, money held for jobs that will never run is given back, and
    everything else that has not ended goes on.
    """
    for job_id in dispatcher.open():
        _set_aside(bridge, job_id)
    _release_orphans(bridge)
    dispatcher.start()


def cancel(bridge: Bridge, queue: JobQueue, job_id: JobId) -> JobRecord:
    """Stop a job. One that waits ends at once and costs nothing; one that runs ends when its provider has stopped it.

    An ended job stays as it ended.
    """
    waited = queue.withdraw(job_id)

    def edit(old: JobRecord) -> JobRecord:
        if old.state in ENDED:
            return old
        ended = {"state": "cancelled", "error": outcomes.CANCELLED, "ended_at": now_text(), "actual_micros": 0}
        return old.model_copy(update={"cancel_requested": True, **(ended if at_once else {})})

    at_once = waited and not _was_submitted(bridge, job_id)
    record = bridge.jobs.change(job_id, edit)
    if at_once:
        bridge.ledger.release(job_id)
        announce(bridge, record)
    elif waited and record.state not in ENDED:
        queue.enqueue(record)  # its provider has it already: the runner stops it there
    return record


def set_priority(bridge: Bridge, queue: JobQueue, job_id: JobId, priority: int) -> JobRecord:
    """Let a waiting job run earlier (a lower number) or later. Raises PreconditionError when it waits no more."""
    if not MOST_URGENT <= priority <= LEAST_URGENT:
        raise UsageError(f"A priority lies between {MOST_URGENT} and {LEAST_URGENT}; 0 is usual.")
    bridge.jobs.get(job_id)
    if not queue.withdraw(job_id):
        raise PreconditionError("This job does not wait any more.", hint="Only waiting jobs have a turn.", job=job_id)
    record = bridge.jobs.change(job_id, lambda old: old.model_copy(update={"priority": priority}))
    queue.enqueue(record)
    announce(bridge, record)
    return record


# --- pauses ---------------------------------------------------------------------------------------------


def pause(bridge: Bridge, queue: JobQueue, scope: PauseScope, key: str = "", *, author: str) -> tuple[Pause, ...]:
    """Let no further job start: none at all, none of a canvas, none of a provider. Running ones are not touched.

    Returns all pauses. Raises UsageError or NotFoundError for what cannot be paused.
    """
    _check(bridge, scope, key)
    bridge.pauses.add(Pause(scope=scope, key=key, author=author, at=now_text()))
    return _changed(bridge, queue, author)


def resume(bridge: Bridge, queue: JobQueue, scope: PauseScope, key: str = "", *, author: str) -> tuple[Pause, ...]:
    """End a pause; nothing happens when there is none. Returns the pauses that are left."""
    bridge.pauses.remove(scope, key)
    return _changed(bridge, queue, author)


def queue_facts(bridge: Bridge, dispatcher: Dispatcher) -> dict[str, JsonValue]:
    """What clients see of the queue: pauses, and by provider how many wait, run and may run at a time."""
    waiting, running = dispatcher.counts()
    limits = limits_of(bridge.providers)
    names = sorted({*waiting, *running, *limits} - {""})
    return {
        "pauses": _pause_facts(bridge),
        "providers": {
            name: {
                "waiting": waiting.get(name, 0),
                "running": running.get(name, 0),
                "concurrency": limits.get(name, Limit()).concurrency,
                "per_minute": limits.get(name, Limit()).per_minute,
            }
            for name in names
        },
    }


def _check(bridge: Bridge, scope: PauseScope, key: str) -> None:
    if scope == "all" and key:
        raise UsageError("Everything is paused without a name.", hint="Leave the name out, or pause a provider.")
    if scope == "canvas":
        bridge.desk.view(CanvasId(key))
    if scope == "provider" and key not in bridge.providers.providers:
        there = ", ".join(bridge.providers.providers)
        raise NotFoundError(f"No provider is called “{key}”.", hint=f"There is {there}.")


def _changed(bridge: Bridge, queue: JobQueue, author: str) -> tuple[Pause, ...]:
    queue.reconsider()
    bridge.events.publish("queue.changed", {"author": author, "pauses": _pause_facts(bridge)})
    return bridge.pauses.all()


def _pause_facts(bridge: Bridge) -> list[JsonValue]:
    return [one.model_dump() for one in bridge.pauses.all()]


# --- starting up ----------------------------------------------------------------------------------------


def _set_aside(bridge: Bridge, job_id: JobId) -> None:
    """A job of another workflow version waits for a person; one that has ended is left alone."""

    def edit(old: JobRecord) -> JobRecord:
        if old.state in ENDED:
            return old
        values = {"state": "unknown", "error": outcomes.OTHER_VERSION, "choices": ("continue", "give_up")}
        return old.model_copy(update={**values, "ended_at": now_text()})

    try:
        bridge.jobs.change(job_id, edit)
    except NotFoundError:
        return  # the engine's file is older than the project's: there is nothing to go on with


def _release_orphans(bridge: Bridge) -> None:
    """Give back what is held for jobs that were never kept, or ended before anything was sent."""
    states = {record.id: record.state for record in bridge.jobs.all()}
    for entry in bridge.ledger.open_entries():
        state = states.get(JobId(entry.job_id), "failed")
        if entry.state == "reserved" and state in ("failed", "cancelled"):
            try:
                bridge.ledger.release(entry.token)
            except ConflictError:
                continue


def _was_submitted(bridge: Bridge, job_id: JobId) -> bool:
    entry = bridge.ledger.find(job_id)
    return entry is not None and entry.state not in ("reserved", "released")
