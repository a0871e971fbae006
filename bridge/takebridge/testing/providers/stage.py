"""What a contract server does next, and what it has seen. Written by tests, read by the server's thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Act = Literal[
    "ok",
    "slow",
    "failed",
    "lost",
    "rate_limit",
    "throttled",
    "auth",
    "quota",
    "retired",
    "invalid",
    "moderated_in",
    "moderated_out",
    "server_error",
    "shed",
    "garbage",
    "drop",
    "poll_errors",
    "poll_garbage",
    "expired_url",
    "truncated",
    "oversized",
    "drip",
    "redirect_loopback",
    "wrong_type",
    "foreign_host",
]
"""What becomes of the next job.

Refused at submit: ``rate_limit`` (429 with Retry-After), ``auth``, ``quota``, ``retired`` (model gone), ``invalid``,
``server_error`` (500), ``shed`` (503), ``garbage`` (200 with a page of HTML; charged), ``drop`` (accepted and charged,
then the connection breaks). ``moderated_in`` wherever the vendor says so. Later: ``slow`` (runs until released),
``throttled`` (the vendor's "waits for your own limit", then done), ``failed``, ``lost`` (nobody knows the job),
``moderated_out``, ``poll_errors`` (three 5xx, then on), ``poll_garbage``. At the download: ``expired_url`` (the first
address is dead), ``truncated``, ``oversized``, ``drip``, ``redirect_loopback``, ``wrong_type`` (HTML),
``foreign_host`` (another origin).
"""

REFUSED: frozenset[str] = frozenset({"rate_limit", "auth", "quota", "retired", "invalid", "server_error", "shed"})
"""Acts in which nothing is accepted and nothing charged."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came: ``headers`` lower case, ``path`` with the query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float


@dataclass
class FakeJob:
    """A job of a contract server. ``seed`` is the one it used; ``micros`` what it was charged."""

    id: str
    act: Act
    body: dict[str, Any]
    model: str = ""
    polls: int = 0
    errors: int = 0
    fetches: int = 0
    links: int = 1
    cancelled: bool = False
    seed: int = 4711
    micros: int = 50_000
    refunded: bool = False
    began: float = field(default_factory=time.monotonic)


class Stage:
    """The script and the log of one contract server.

    A job is queued at the first look, runs at the second and is done at the third; with ``seconds`` it is done that
    long after it was accepted, however often it is looked at.
    """

    def __init__(self, *, seconds: float | None = None) -> None:
        self.seconds = seconds
        self.seen: list[Seen] = []
        self.jobs: dict[str, FakeJob] = {}
        self.foreign = ""
        """Origin of another server, for ``redirect_loopback`` and ``foreign_host``."""
        self._acts: deque[Act] = deque()
        self._released = threading.Event()
        self._lock = threading.Lock()

    def play(self, *acts: Act) -> None:
        """Let the next submits become these, in order; after them all is ``ok``."""
        with self._lock:
            self._acts.extend(acts)

    def release(self) -> None:
        """Let ``slow`` jobs finish."""
        self._released.set()

    def next_act(self) -> Act:
        """Take the next act."""
        with self._lock:
            return self._acts.popleft() if self._acts else "ok"

    def accept(self, job_id: str, act: Act, body: dict[str, Any], model: str = "") -> FakeJob:
        """Remember (and charge) a job."""
        with self._lock:
            job = self.jobs[job_id] = FakeJob(id=job_id, act=act, body=body, model=model)
            return job

    def phase(self, job: FakeJob) -> Literal["queued", "running", "done"]:
        """Count a look at a job and say how far it is. ``slow`` jobs run until `release`."""
        with self._lock:
            job.polls += 1
        if job.act == "slow" and not self._released.is_set():
            return "queued" if job.polls == 1 else "running"
        if self.seconds is not None:
            return "done" if time.monotonic() - job.began >= self.seconds else "running"
        return ("queued", "running", "done")[min(job.polls, 3) - 1]

    @property
    def charged(self) -> int:
        """How many jobs were charged and not given back."""
        with self._lock:
            return sum(not job.refunded for job in self.jobs.values())

    def note(self, seen: Seen) -> None:
        """Log a request."""
        with self._lock:
            self.seen.append(seen)
