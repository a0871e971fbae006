"""The emulator as a process: ``python -m takebridge_resolve.emulator --spec FILE.json [--agent [lua]] [--home DIR]``.

Control requests come on stdin, answers go to stdout, everything else (the agent's prints too) to stderr. The agent
runs on the main thread, as a menu script does. The process ends at "quit", at the end of stdin and when its parent
is gone; an agent inside ends with it, as a script does when Resolve closes.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import runpy
import shutil
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from takebridge_resolve.building import FILE_NAME, write_agent

from .control import Control, Request
from .spec import SpecError
from .world import World

AGENT: Path | None = None
"""Another script to run in the agent's place; None is the agent as it is installed: joined to one file."""
_FOLDERS: list[Path] = []
"""Temporary folders of this process."""
PARENT_CHECK_SECONDS = 0.5


class Runner:
    """Runs the agent file on the thread that calls `run`, once for every request."""

    def __init__(self, world: World, lua_home: Path | None = None) -> None:
        self._world = world
        self._lua_home = lua_home
        self._requests: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.agent = "none"
        """"none", "starting", "running", "ended" or "failed: …"."""

    def request(self, _: Request | None = None) -> str:
        """Start the agent, as choosing it in the Scripts menu does; it is one at a time."""
        if self.agent in ("starting", "running"):
            raise ValueError("The agent runs already.")
        self.agent = "starting"
        self._requests.put(None)
        return self.agent

    def run(self) -> None:
        """Serve start requests for ever."""
        while True:
            self._requests.get()
            self.agent = "running"
            self.agent = self._run_once()

    def _run_once(self) -> str:
        try:
            if self._lua_home is not None:
                return _run_lua(self._world, self._lua_home)
            script = AGENT or built_agent()
            runpy.run_path(str(script), init_globals={"resolve": self._world.resolve}, run_name="__main__")
        except SystemExit as leaving:
            return f"failed: exit {leaving.code}" if leaving.code else "ended"
        except BaseException as error:  # noqa: BLE001 - a crashed script must not take Resolve with it
            traceback.print_exc()
            return f"failed: {type(error).__name__}: {error}"
        return "ended"


def _run_lua(world: World, home: Path) -> str:
    """Run the Lua agent until it ends. Mailbox and preferences are in ``home`` unless the environment names them."""
    from .lua_host import run_lua_agent  # needs lupa, which only tests and the demo have

    mailbox, prefs = (os.environ.get(name) for name in ("TAKEBRIDGE_MAILBOX", "TAKEBRIDGE_FUSION_PREFS"))
    said = run_lua_agent(world, home, Path(mailbox) if mailbox else None, Path(prefs) if prefs else None)
    return said if said.startswith("failed") else "ended"


def built_agent() -> Path:
    """The agent in one file, in a temporary folder that goes with this process."""
    folder = Path(tempfile.mkdtemp(prefix="takebridge-emulator-"))
    _FOLDERS.append(folder)
    return write_agent(folder / FILE_NAME)


def serve(control: Control, requests: TextIO, answers: TextIO) -> None:
    """Answer every line until the end of the stream, then end the process."""
    for line in requests:
        if line.strip():
            answer = control.answer(line)
            answers.write(json.dumps(answer, default=str) + "\n")
            answers.flush()
            if answer.get("result") == "bye":
                break
    leave()


def leave() -> None:
    """End at once, whatever the agent does: Resolve asks no script before it quits."""
    for folder in _FOLDERS:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stderr.flush()
    os._exit(0)


def watch_parent(parent: int) -> None:
    """End when the parent is gone: another process may still hold our stdin open."""
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_SECONDS)
    leave()


def main(argv: Sequence[str] | None = None) -> None:
    """Start the process; exit code 2 and one line on stderr when the description or the profile is wrong."""
    parser = argparse.ArgumentParser(prog="takebridge_resolve.emulator", description="A stand-in DaVinci Resolve.")
    parser.add_argument("--spec", required=True, type=Path, help="JSON description of the world")
    parser.add_argument("--profile", default="20.3", help="version and edition, e.g. '21.0 free'")
    parser.add_argument("--agent", nargs="?", const="python", choices=("python", "lua"), help="run an agent inside")
    parser.add_argument("--home", type=Path, help="TakeBridge's data folder, for the agent")
    options = parser.parse_args(argv)
    if options.agent == "lua" and not options.home:
        parser.error("--agent lua needs --home: its mailbox is there")
    if options.home:
        os.environ["TAKEBRIDGE_HOME"] = str(options.home)
    try:
        world = World.from_spec(json.loads(options.spec.read_text("utf-8")), options.profile)
    except (OSError, SpecError, ValueError) as error:
        parser.error(str(error))
    runner = Runner(world, options.home if options.agent == "lua" else None)
    verbs = {
        "quit": lambda _: "bye",
        "crash": lambda _: leave(),
        "agent": lambda _: runner.agent,
        "run_agent": runner.request,
    }
    answers, sys.stdout = sys.stdout, sys.stderr
    threading.Thread(target=watch_parent, args=(os.getppid(),), daemon=True, name="parent").start()
    arguments = (Control(world, verbs), sys.stdin, answers)
    threading.Thread(target=serve, args=arguments, daemon=True, name="control").start()
    if options.agent:
        runner.request()
    runner.run()


if __name__ == "__main__":
    main()
