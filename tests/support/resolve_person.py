"""A person with Resolve at the command line: the whole bridge, the emulated Resolve, commands run in this process."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support.resolve_world import EmulatorProcess
from tests.support.server import PATIENCE, RunningServer
from tests.support.whole_bridge import whole_bridge
from typer.testing import CliRunner

from takebridge_server.cli import app

SECRET = "Geheimer Kunde"
"""Stands in every name of the world: nothing of it may leave the machine."""


def world(*clips: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A project whose every name is nobody's business."""
    title = {"kind": "title", "name": f"{SECRET} Titel", "track": 2, "timeline_start": 0, "duration": 24}
    timeline = {"name": f"{SECRET} Schnitt", "rate": "24", "start_timecode": "01:00:00:00", "width": 320, "height": 180}
    return {
        "project": f"{SECRET} Film",
        "timeline": timeline,
        "clips": [*clips, title],
        "playhead": "01:00:00:12",
        **more,
    }


@dataclass
class Person:
    """``home`` is the data folder, ``ann`` the person's HOME."""

    home: Path
    ann: Path
    folder: Path
    stack: ExitStack
    server: RunningServer | None = None

    def start_bridge(self) -> RunningServer:
        """Serve the data folder until the end of the test."""
        self.server = self.stack.enter_context(whole_bridge(self.home))
        self.server.wait_until((self.home / "bridge.json").exists)
        return self.server

    def start_resolve(
        self, spec: dict[str, Any], profile: str = "20.3", name: str = "one", agent: str = "python"
    ) -> EmulatorProcess:
        """An emulated Resolve with its agent ("python" or "lua"), connected. One that ended is not counted."""
        assert self.server is not None
        hub = self.server.shell.hub
        before = {session.session for session in self.server.on_loop(hub.list)}
        folder = self.folder / name
        folder.mkdir()
        words = ("--profile", profile, "--agent", agent, "--home", str(self.home))
        emulator = self.stack.enter_context(EmulatorProcess(folder, spec, *words))
        self.server.wait_until(lambda: {session.session for session in hub.list()} - before)
        return emulator

    def run(self, *words: str, **environ: str) -> tuple[int, Any]:
        """Exit code and the one document of ``--json``."""
        code, said = self._invoke(*words, "--json", **environ)
        return code, json.loads(said)

    def say(self, *words: str, **environ: str) -> tuple[int, str]:
        """Exit code and what a person reads, in one line."""
        code, said = self._invoke(*words, **environ)
        return code, " ".join(said.split())

    def _invoke(self, *words: str, **environ: str) -> tuple[int, str]:
        with pytest.MonkeyPatch.context() as patched:
            for name in [name for name in os.environ if name.startswith(("TAKEBRIDGE_", "RESOLVE_"))]:
                patched.delenv(name)
            for name, value in {"HOME": str(self.ann), "TAKEBRIDGE_HOME": str(self.home), **environ}.items():
                patched.setenv(name, value)
            done = CliRunner().invoke(app, [*words])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.stdout

    def doctor(self, **environ: str) -> tuple[int, dict[str, list[dict[str, Any]]], dict[str, Any] | None]:
        """Exit code, findings by name, the first thing to fix."""
        code, document = self.run("doctor", "resolve", **environ)
        named: dict[str, list[dict[str, Any]]] = {}
        for check in document["checks"]:
            named.setdefault(check["name"], []).append(check)
            assert check["ok"] or check["hint"], check
        return code, named, document["first"]


@contextmanager
def person(folder: Path) -> Iterator[Person]:
    """Nothing is installed, nothing runs."""
    ann = folder / "Änne"
    ann.mkdir()
    with ExitStack() as stack:
        yield Person(folder / "data", ann, folder, stack)


def until(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Ask a process from outside until it says so."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
    return found
