"""The real Premiere agent over the strict fake, in a Node process of its own: JSON lines there and back."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tests.support import node_tests
from tests.support.premiere_probe import draw, media_facts

PANEL = Path(__file__).parents[2] / "premiere_panel"
RUNNER = PANEL / "fake" / "stdio.js"
AGENT = PANEL / "takebridge_premiere" / "plugin" / "agent" / "desk.js"
PATIENCE = 60
"""Seconds until a silent process counts as hung."""
MINIMUM = 18


class PremiereFault(AssertionError):
    """The agent did what Premiere would not take, or the runner broke."""


@cache
def node() -> str:
    """A Node for the fake: TAKEBRIDGE_NODE, the machine's, or the one `scripts/node.py` installs; "" for none."""
    named = [os.environ.get("TAKEBRIDGE_NODE"), shutil.which("node"), str(PANEL.parent / ".node" / "bin" / "node")]
    return next((path for path in named if path and _major(path) >= MINIMUM), "")


def _major(path: str) -> int:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
        return int(said.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return 0


def missing() -> str:
    """Why the fake cannot run here, or ""."""
    return (
        "" if node() else f"no Node {MINIMUM} or later: Premiere's agent is JavaScript (python3 scripts/node.py setup)"
    )


def need_node() -> None:
    """Skip, saying why, where there is no Node; with CI=true fail."""
    if why := missing():
        node_tests.missing(why)


class PremiereRunner:
    """One Node process. `ask` from one thread at a time; `close` ends the process. Use as a context manager."""

    def __init__(self, version: str, film: dict[str, Any], **options: Any) -> None:
        """``options``: latencyMs, lanes, quirks."""
        self.version = version
        self._answers: dict[str, Callable[[dict[str, Any]], Any]] = {
            "probe": lambda asked: media_facts(asked["path"]),
            "draw": draw,
        }
        self._process = subprocess.Popen(
            [node(), str(RUNNER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._complaints: list[str] = []
        self._threads = [
            threading.Thread(target=self._listen, daemon=True),
            threading.Thread(target=self._overhear, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        self._count = 0
        self.open(film, **options)

    def open(self, film: dict[str, Any], **options: Any) -> None:
        """Begin again with another film, and a new agent."""
        self.ask("open", version=self.version, film=film, **options)

    def __enter__(self) -> PremiereRunner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process; it is ended hard when it does not leave."""
        if self._process.poll() is None:
            assert self._process.stdin is not None
            try:
                self._process.stdin.write('{"do":"quit"}\n')
                self._process.stdin.close()
                self._process.wait(5)
            except (OSError, subprocess.TimeoutExpired):
                self._process.kill()
                self._process.wait(5)
        for thread in self._threads:
            thread.join(5)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def ask(self, do: str, **facts: Any) -> Any:
        """Send one request and return its result; questions that come back are answered meanwhile.

        Raises PremiereFault when the request failed, or when the agent did what Premiere would not take.
        """
        self._count += 1
        number = self._count
        self._send({"id": number, "do": do, **facts})
        while True:
            message = json.loads(self._next())
            if "ask" in message:
                self._send({"answer": message["n"], "result": self._answers[message["ask"]](message)})
                continue
            assert message["id"] == number, message
            if "failed" in message:
                raise PremiereFault(message["failed"])
            if message["faults"]:
                raise PremiereFault("; ".join(message["faults"]))
            return message["result"]

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def _next(self) -> str:
        try:
            line = self._lines.get(timeout=PATIENCE)
        except queue.Empty:
            raise PremiereFault(f"The agent said nothing for {PATIENCE} s.") from None
        if not line:
            raise PremiereFault("The process has ended: " + "".join(self._complaints)[-2000:])
        return line

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def _overhear(self) -> None:
        assert self._process.stderr is not None
        self._complaints.extend(self._process.stderr)
