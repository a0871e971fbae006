"""Who is next: pure values and functions. Priority first, then people in turn, then who asked first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from takebridge.ids import CanvasId, JobId
from takebridge.store.jobs import JobRecord
from takebridge.store.pauses import Pause

MOST_RUNNING = 200
"""Running jobs of all providers together: each one holds a thread."""

Turns = Mapping[tuple[str, str], int]
"""When a person last had a turn at a provider: (provider, author) → number of the turn."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job in the queue."""

    job_id: JobId
    workflow_id: str
    provider: str
    canvas_id: CanvasId
    author: str
    priority: int
    created_at: str


@dataclass(frozen=True, slots=True)
class Room:
    """Where jobs may start now. ``slots`` are the free ones of each provider, without those out of tokens."""

    slots: Mapping[str, int]
    total: int
    paused_everything: bool = False
    paused_canvases: Collection[str] = field(default_factory=frozenset)
    paused_providers: Collection[str] = field(default_factory=frozenset)

    def lets(self, job: Waiting) -> bool:
        """Say whether this job may start."""
        return (
            not self.paused_everything
            and self.total > 0
            and self.slots.get(job.provider, 0) > 0
            and job.canvas_id not in self.paused_canvases
            and job.provider not in self.paused_providers
        )


def waiting_of(record: JobRecord) -> Waiting:
    """Return what the queue has to know of a job."""
    return Waiting(
        job_id=record.id,
        workflow_id=record.workflow_id,
        provider=record.provider,
        canvas_id=record.canvas_id,
        author=record.author,
        priority=record.priority,
        created_at=record.created_at,
    )


def room(free: Mapping[str, int], total: int, pauses: Iterable[Pause]) -> Room:
    """Return the room that pauses leave."""
    kept = tuple(pauses)
    return Room(
        slots=free,
        total=total,
        paused_everything=any(one.scope == "all" for one in kept),
        paused_canvases=frozenset(one.key for one in kept if one.scope == "canvas"),
        paused_providers=frozenset(one.key for one in kept if one.scope == "provider"),
    )


def choose(waiting: Iterable[Waiting], space: Room, turns: Turns) -> Waiting | None:
    """Return the job that starts next, or None when none may.

    The lowest priority number first; among equals the person whose last turn at that provider is longest ago (never
    comes first), and of one person's the oldest. Somebody who queues 200 jobs therefore delays another person's job
    by one, not by 200.
    """
    startable = (job for job in waiting if space.lets(job))
    return min(startable, key=lambda job: _rank(job, turns), default=None)


def _rank(job: Waiting, turns: Turns) -> tuple[int, int, str, str]:
    return job.priority, turns.get((job.provider, job.author), -1), job.created_at, job.job_id
