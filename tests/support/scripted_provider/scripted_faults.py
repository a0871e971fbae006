"""Kills the bridge's process at a named point: loaded by the plug-in only, so the product holds no hook for it.

``TAKEBRIDGE_TEST_KILL=<point>:<nth>`` arms it at the start; what is written to the file named by
``TAKEBRIDGE_TEST_KILL_FILE`` arms it at any time, counting from then. Every death is noted in
``TAKEBRIDGE_TEST_KILL_LOG`` first. A point whose method is gone is noted too: a rig that no longer kills must say so.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

Filter = Callable[[tuple[Any, ...], dict[str, Any]], bool]


def _always(_args: tuple[Any, ...], _named: dict[str, Any]) -> bool:
    return True


def _brings_a_take(args: tuple[Any, ...], _named: dict[str, Any]) -> bool:
    """Say whether this commit of a canvas adds a generated take."""
    before, after = args[1], args[2]
    return any(after.takes[name].origin == "generated" for name in set(after.takes) - set(before.takes))


def _in_a_draft(args: tuple[Any, ...], _named: dict[str, Any]) -> bool:
    """Say whether this writes into a work folder that has no name yet."""
    return str(args[0].parent.name).startswith(".draft-")


WRAPPED: dict[str, tuple[str, str, Filter]] = {
    "reserve": ("takebridge.store.ledger", "Ledger.reserve", _always),
    "keep": ("takebridge.store.jobs", "JobStore.add_or_join", _always),
    "dispatch": ("takebridge.jobs.dbos_engine", "DbosEngine.begin", _always),
    "intend": ("takebridge.store.ledger", "Ledger.intend", _always),
    "submitted": ("takebridge.store.ledger", "Ledger.submitted", _always),
    "blob": ("takebridge.store.blobs", "BlobStore.add_own", _always),
    "take": ("takebridge.store.canvases", "CanvasStore.commit", _brings_a_take),
    "settle": ("takebridge.store.ledger", "Ledger.settle", _always),
    "add": ("takebridge.store.jobs", "JobStore.add", _always),
    "change": ("takebridge.store.jobs", "JobStore.change", _always),
    "unknown": ("takebridge.store.ledger", "Ledger.mark_unknown", _always),
    "part": ("takebridge.store.blobs", "_bring", _always),
    "draft": ("takebridge.providers.local.workfolder", "_replace", _in_a_draft),
    "worker": ("takebridge.providers.local.workers", "Workers._start", _always),
}
"""Durable steps of a job: a point ``.before`` and one ``.after`` each."""

OWN = ("submit.before", "submit.sent", "submit.answered", "poll.before", "poll.after")
OWN_DOWNLOAD = ("download.before", "download.middle", "download.after")
"""Points inside the scripted provider's own verbs."""

WORKER_ONLY = "worker.killed"
"""Kills the local worker, not the server."""

POINTS = (*(f"{name}.{when}" for name in WRAPPED for when in ("before", "after")), *OWN, *OWN_DOWNLOAD, WORKER_ONLY)


class Trap:
    """Counts how often the armed point is passed and kills at the right time. Safe from threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._file = Path(os.environ.get("TAKEBRIDGE_TEST_KILL_FILE", "/nonexistent"))
        self._log = os.environ.get("TAKEBRIDGE_TEST_KILL_LOG", os.devnull)
        self._told = os.environ.get("TAKEBRIDGE_TEST_KILL", "")
        self._stamp = self._read_stamp()
        self._left = 0
        self._point = ""
        self._arm(self._told)

    def armed(self, point: str) -> bool:
        """Say whether the next pass of this point kills. Takes the count."""
        with self._lock:
            self._look()
            if point != self._point:
                return False
            self._left -= 1
            return self._left == 0

    def passed(self, point: str) -> None:
        """Die here, if it is this point's turn."""
        if self.armed(point):
            self.die(point)

    def die(self, point: str) -> None:
        """Note it and kill this process: nothing is flushed, closed or said."""
        self.note(died=point)
        os.kill(os.getpid(), signal.SIGKILL)

    def note(self, **facts: object) -> None:
        """Append a line to the log."""
        with open(self._log, "a", encoding="utf-8") as file:
            file.write(json.dumps({"pid": os.getpid(), **facts}) + "\n")

    def _look(self) -> None:
        stamp = self._read_stamp()
        if stamp != self._stamp:
            self._stamp = stamp
            self._arm(stamp[1])

    def _arm(self, told: str) -> None:
        point, _, nth = told.strip().rpartition(":")
        self._point, self._left = point, int(nth) if point else 0

    def _read_stamp(self) -> tuple[int, str]:
        try:
            return self._file.stat().st_mtime_ns, self._file.read_text()
        except OSError:
            return 0, ""


TRAP = Trap()


def install() -> None:
    """Wrap the methods of `WRAPPED` and the local provider's poll."""
    for name, (module, dotted, wanted) in WRAPPED.items():
        try:
            _wrap(name, module, dotted, wanted)
        except (ImportError, AttributeError) as error:
            TRAP.note(missing=name, error=str(error))
    try:
        _wrap_local_poll()
    except (ImportError, AttributeError) as error:
        TRAP.note(missing=WORKER_ONLY, error=str(error))


def _wrap(name: str, module: str, dotted: str, wanted: Filter) -> None:
    owner: Any = importlib.import_module(module)
    *owners, method = dotted.split(".")
    for name_of_owner in owners:
        owner = getattr(owner, name_of_owner)
    function = getattr(owner, method)

    @functools.wraps(function)
    def wrapped(*args: Any, **named: Any) -> Any:
        if not wanted(args, named):
            return function(*args, **named)
        TRAP.passed(f"{name}.before")
        result = function(*args, **named)
        TRAP.passed(f"{name}.after")
        return result

    setattr(owner, method, wrapped)


def _wrap_local_poll() -> None:
    """The nth poll of a local job with a living worker kills that worker."""
    local = importlib.import_module("takebridge.providers.local.provider")
    folders = importlib.import_module("takebridge.providers.local.workfolder")
    locks = importlib.import_module("takebridge.providers.local.locks")
    function = local.LocalProvider._poll

    @functools.wraps(function)
    def wrapped(self: Any, job: Any) -> Any:
        seen = function(self, job)
        folder = folders.folder_of(self._work, job.id)
        pid = folder.pid()
        if pid is not None and locks.is_held(folder.worker_lock) and TRAP.armed(WORKER_ONLY):
            TRAP.note(died=WORKER_ONLY, worker=pid)
            os.kill(pid, signal.SIGKILL)
        return seen

    local.LocalProvider._poll = wrapped
