"""What services know of the queue and the job engine, and what the engine needs from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from takebridge.ids import JobId
from takebridge.store.jobs import JobRecord


class EngineStopping(BaseException):
    """Raised inside a step when the bridge is shutting down."""


class GenerateSteps(Protocol):
    """The steps of one generation. Each is safe to run again after a crash in the middle of it.

    A step returns False when the job has ended (failed, cancelled, unknown) and that has been recorded.
    """

    def submit(self, job_id: JobId) -> bool:
        """Commit the intent, submit it once, record the provider's job."""
        ...

    def wait(self, job_id: JobId) -> bool:
        """Poll until the provider is done, publishing progress; obeys cancel and `EngineStopping`."""
        ...

    def collect(self, job_id: JobId) -> bool:
        """Download, store, add the take and settle; a take that was added already is not added again."""
        ...

    def crashed(self, job_id: JobId, reason: str) -> None:
        """Record an unexpected error."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """A workflow the engine has not finished. ``resumes``: it goes on with it by itself (its own protocol version)."""

    workflow_id: str
    resumes: bool


class JobEngine(Protocol):
    """Durable execution of generations: at most once per workflow id, resumed after a crash."""

    def start(self) -> None:
        """Begin working; unfinished workflows of this protocol version go on."""
        ...

    def watch(self, left: Callable[[str], None]) -> None:
        """Call ``left`` with its id, from any thread, whenever a workflow has left. Before `start`."""
        ...

    def begin(self, workflow_id: str) -> None:
        """Run the job's steps at once; an id that was begun before is not begun again."""
        ...

    def knows(self, workflow_id: str) -> bool:
        """Say whether this id was ever begun."""
        ...

    def unfinished(self) -> list[Held]:
        """Workflows that were begun and have not finished, those of other protocol versions included."""
        ...

    def forget(self, workflow_id: str) -> None:
        """Never run this one again; what it did stays recorded."""
        ...

    def stop(self) -> None:
        """Let running steps leave and return; their workflows stay pending for the next start."""
        ...


class JobQueue(Protocol):
    """Jobs wait here for a slot of their provider."""

    def enqueue(self, record: JobRecord) -> None:
        """Let a job wait for its turn; again: with the priority it has now."""
        ...

    def withdraw(self, job_id: JobId) -> bool:
        """Take a waiting job out. False: it is not waiting (any more)."""
        ...

    def reconsider(self) -> None:
        """Something that decides who may start has changed."""
        ...
