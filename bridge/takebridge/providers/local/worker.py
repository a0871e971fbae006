"""The child process that does one job: ``python -m takebridge.providers.local.worker <work folder>``.

It says ``ready`` on standard output once it holds the folder's lock, ``busy`` when another worker does.
Exit codes: 0 settled or busy, 1 given up (``failed.json`` says why), 143 stopped.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from takebridge.errors import BridgeError, CancelledError
from takebridge.providers.local.lifeline import follow_parent
from takebridge.providers.local.locks import try_lock
from takebridge.providers.local.workfolder import Failure, WorkFolder


def main(root: Path) -> int:
    """Work on one folder and return the exit code."""
    folder = WorkFolder(root)
    stop = threading.Event()
    follow_parent(stop)
    # Never released: the system frees it when the process is gone, and that is what others wait for.
    if try_lock(folder.worker_lock) is None:
        _say("busy")
        return 0
    folder.write_pid()
    _say("ready")
    return 0 if folder.is_settled else _settle(folder, stop)


def _settle(folder: WorkFolder, stop: threading.Event) -> int:
    # Imported late: the parent waits for "ready", and numpy, OpenCV, PyAV and ncnn take half a second.
    from takebridge.providers.local.job import STOPPED, do_job

    try:
        do_job(folder, stop)
    except CancelledError:
        return STOPPED
    except BridgeError as error:
        folder.write_failure(Failure(code=error.code, message=error.message, hint=error.hint))
        return 1
    return 0


def _say(word: str) -> None:
    """Tell the parent, then send everything later printed to the log: nobody reads the pipe any more."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()
    os.dup2(2, 1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
