"""The worker's side of "dies with its parent": a signal from the kernel, and an end of file on every system."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading

_PR_SET_PDEATHSIG = 1
_LAST_WORDS_SECONDS = 5.0


def follow_parent(stop: threading.Event) -> None:
    """Arrange that this process ends soon after its parent, and that TERM and INT set ``stop``.

    Linux: the kernel sends KILL when the *thread* that started us ends (prctl(2)), which is why the parent
    starts workers from a thread that lives as long as it does. Everywhere: standard input is a pipe that only
    the parent holds; its end sets ``stop``, and a few seconds later the process leaves in any case.
    """
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    threading.Thread(target=_watch_stdin, args=(stop,), daemon=True).start()


def _watch_stdin(stop: threading.Event) -> None:
    while os.read(0, 1024):
        continue
    stop.set()
    threading.Event().wait(_LAST_WORDS_SECONDS)
    os._exit(75)  # EX_TEMPFAIL: whoever polls next starts another worker
