"""Opening a document in Final Cut Pro: by Apple event on macOS, by hand elsewhere.

Final Cut has no API: it opens a document it is given and says nothing more. Exit 0 of the Apple event means delivered;
that the project is there is seen by asking for the names of the projects in the open libraries (premiere_fcp_capcut.md
§5). The first event needs a person's consent (System Settings > Privacy & Security > Automation; error -1743).
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

APP = "Final Cut Pro"
_ASK_SECONDS, _OPEN_SECONDS = 10.0, 120.0
_POLLS, _POLL_SECONDS = 20, 0.5

Arrival = Literal["imported", "delivered", "by_hand"]
"""``delivered``: Final Cut took the document; nobody saw the project yet."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended. ``code`` is its exit code, 127 where it could not be run, 124 where it took too long."""

    code: int
    out: str = ""
    err: str = ""


Runner = Callable[[Sequence[str], float], Ran]
"""Runs a command for at most so many seconds; never raises."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a document: how far it came, and what a person is to know or do, in words."""

    arrival: Arrival
    text: str


def run(argv: Sequence[str], seconds: float) -> Ran:
    """Run a command, its output taken."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return Ran(124, err="It took too long.")
    except OSError as error:
        return Ran(127, err=error.strerror or str(error))
    return Ran(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True, slots=True)
class Opener:
    """Brings documents to Final Cut. ``platform`` is as `sys.platform`; ``pause`` waits so many seconds."""

    platform: str = sys.platform
    runner: Runner = run
    pause: Callable[[float], None] = time.sleep

    def open(self, path: Path, project: str, *, library: str = "") -> Opened:
        """Let Final Cut import a document whose project has a name nothing else has. Never raises."""
        if self.platform != "darwin":
            return Opened("by_hand", by_hand(path))
        if not library:
            return Opened("by_hand", f"{_NO_LIBRARY} {by_hand(path)}")
        asked = self.runner(["osascript", "-e", _RUNNING], _ASK_SECONDS)
        if asked.code == 0 and asked.out.strip() == "false":
            return Opened("by_hand", f"Final Cut is not running. Start it, then: {by_hand(path)}")
        sent = self.runner(["osascript", "-e", _OPEN, str(path)], _OPEN_SECONDS)
        if sent.code:
            return Opened("by_hand", f"{_why(sent)} {by_hand(path)}")
        return self._arrived(path, project)

    def _arrived(self, path: Path, project: str) -> Opened:
        for _ in range(_POLLS):
            names = self.projects()
            if names is None:
                break
            if project in names:
                return Opened("imported", f"Final Cut has imported “{project}”.")
            self.pause(_POLL_SECONDS)
        said = f"Final Cut was given “{path.name}” and has not shown “{project}” yet: look whether it asks something."
        return Opened("delivered", f"{said} Else {by_hand(path)[0].lower()}{by_hand(path)[1:]}")

    def projects(self) -> list[str] | None:
        """Return the names of the projects in the open libraries; None where Final Cut does not say."""
        asked = self.runner(["osascript", "-e", _PROJECTS], _ASK_SECONDS)
        return [line.strip() for line in asked.out.splitlines() if line.strip()] if asked.code == 0 else None


def by_hand(path: Path) -> str:
    """How a person imports a document."""
    return f"Import it in Final Cut: File > Import > XML, choose “{path.name}” in “{path.parent}”."


_NO_LIBRARY = (
    "No library is known, and without one Final Cut imports nothing: export from the library, or start the bridge with "
    "--final-cut-library PATH.fcpbundle."
)

# Asking whether it runs does not start it.
_RUNNING = f'application "{APP}" is running'

# The path goes in as an argument: nothing of it is read as AppleScript.
_OPEN = f"""on run argv
  set theFile to POSIX file (item 1 of argv)
  tell application "{APP}" to open theFile
end run"""

_PROJECTS = f"""set found to ""
tell application "{APP}"
  repeat with aLibrary in libraries
    repeat with anEvent in events of aLibrary
      repeat with aProject in projects of anEvent
        set found to found & (name of aProject) & linefeed
      end repeat
    end repeat
  end repeat
end tell
return found"""


def _why(ran: Ran) -> str:
    """What went wrong with an Apple event, in words. The numbers are those of OSA and Apple events."""
    if "-1743" in ran.err:
        return (
            "macOS does not let TakeBridge speak to Final Cut yet: System Settings > Privacy & Security > Automation, "
            "switch on Final Cut Pro below the program the bridge runs in."
        )
    if "-600" in ran.err or "-609" in ran.err or "not running" in ran.err.casefold():
        return "Final Cut is not running."
    if "-1728" in ran.err or "-10814" in ran.err or "-1700" in ran.err:
        return "Final Cut Pro is not installed under that name."
    if "-1712" in ran.err or ran.code == 124:
        return "Final Cut did not answer in time: look whether it shows a dialog."
    said = " ".join(ran.err.split())[:200]
    return f"Final Cut was not reached{f' ({said})' if said else ''}."
