"""What services know of the job engine, and what the engine needs from them."""

from __future__ import annotations

from typing import Protocol

from takebridge.ids import JobId


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


class JobEngine(Protocol):
    """Durable execution of generations: at most once per job id, resumed after a crash."""

    def start(self) -> None:
        """Begin working; unfinished jobs of an earlier process go on."""
        ...

    def enqueue(self, job_id: JobId, provider: str) -> None:
        """Queue a job; the same id again does nothing."""
        ...

    def unfinished(self) -> list[JobId]:
        """Job ids that are queued or running, other protocol versions included."""
        ...

    def stop(self) -> None:
        """Stop claiming and return; running jobs stay pending for the next start."""
        ...
