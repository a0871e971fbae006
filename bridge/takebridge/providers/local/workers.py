"""The parent's side: starts workers, one a work folder at most, restarts those that died, ends those cancelled.

Whoever starts or ends a worker holds the folder's ``spawn.lock``; the worker holds ``worker.lock`` as long as
it lives. Two bridges on one data folder therefore see the same truth and never run a job twice.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from takebridge.errors import JobFailedError, ProviderUnavailableError
from takebridge.providers.local.locks import is_held, locked, wait_until_free
from takebridge.providers.local.workfolder import Attempt, Failure, WorkFolder

MOST_DEATHS = 3
"""Workers that may die in a row without finishing a frame in between. A restart of the bridge in the middle of
a long job ends a worker too, but frames were finished before it, so it is not held against the job."""

TERM_GRACE_SECONDS = 8.0
"""Longer than ffmpeg's own grace (3 s) and the largest tile of the network."""

# PR_SET_PDEATHSIG follows the thread that forked: this one lives as long as the process, a caller's may not.
_SPAWNER = ThreadPoolExecutor(1, "takebridge-spawn")


class Workers:
    """The workers this process started. Safe to use from any thread."""

    def __init__(self) -> None:
        self._children: dict[Path, subprocess.Popen[bytes]] = {}
        self._guard = Lock()

    def ensure(self, folder: WorkFolder) -> None:
        """Return with a worker running, or with the folder settled: done, cancelled or given up."""
        with locked(folder.spawn_lock):
            if is_held(folder.worker_lock):
                return
            self._reap(folder)
            if folder.is_settled:
                return
            if _hopeless(folder.attempts()):
                folder.write_failure(_given_up(folder))
                return
            self._start(folder)

    def end(self, folder: WorkFolder) -> None:
        """Return when no worker of this folder runs any more: TERM to its group, a grace time, KILL."""
        with locked(folder.spawn_lock):
            pid = folder.pid()
            if is_held(folder.worker_lock) and pid is not None:
                _signal_group(pid, hard=False)
                if not wait_until_free(folder.worker_lock, TERM_GRACE_SECONDS):
                    _signal_group(pid, hard=True)
                    wait_until_free(folder.worker_lock, TERM_GRACE_SECONDS)
            self._reap(folder)

    def close(self) -> None:
        """End every worker of this process; the jobs stay and go on when they are polled again."""
        with self._guard:
            folders = [WorkFolder(root) for root in self._children]
        for folder in folders:
            self.end(folder)

    def _start(self, folder: WorkFolder) -> None:
        folder.add_attempt(Attempt(done=folder.finished_frames()))
        child = _SPAWNER.submit(_spawn, folder).result()
        with self._guard:
            self._children[folder.root] = child
        assert child.stdout is not None
        # "ready" once it holds the lock, nothing when it died first: the next poll looks at that.
        child.stdout.readline()
        child.stdout.close()

    def _reap(self, folder: WorkFolder) -> None:
        with self._guard:
            child = self._children.pop(folder.root, None)
        if child is None:
            return
        if child.stdin is not None:
            with contextlib.suppress(OSError):
                child.stdin.close()
        child.wait()


def _spawn(folder: WorkFolder) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "takebridge.providers.local.worker", str(folder.root)]
    # ncnn's OpenMP threads spin at every layer's end otherwise; with a busy core beside them a frame of 64 x 36
    # took 0.75 to 1.9 s instead of 0.025 (ncnn 1.0.20261020, libgomp).
    environ = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ}
    try:
        with folder.stderr.open("ab") as told:
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=told,
                env=environ,
                start_new_session=sys.platform != "win32",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
    except OSError as error:
        raise ProviderUnavailableError(
            f"The worker could not be started: {error.strerror}.", hint="Check free memory and drive space, then retry."
        ) from error


def _hopeless(attempts: Sequence[Attempt]) -> bool:
    last = attempts[-MOST_DEATHS:]
    return len(last) == MOST_DEATHS and len({attempt.done for attempt in last}) == 1


def _given_up(folder: WorkFolder) -> Failure:
    told = folder.stderr_tail()
    return Failure(
        code=JobFailedError.code,
        message=f"The worker died {MOST_DEATHS} times in a row.{f' Its last words: {told}' if told else ''}",
        hint="Often too little memory: close other programs, or use a smaller or shorter clip. Then generate again.",
    )


def _signal_group(pid: int, *, hard: bool) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            os.kill(pid, signal.SIGTERM)  # TerminateProcess: Windows has nothing softer for a process without window
        else:
            os.killpg(pid, signal.SIGKILL if hard else signal.SIGTERM)
