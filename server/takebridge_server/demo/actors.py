"""The processes of the demo: the bridge server, and the emulator with the agent inside. Both end with the demo."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any, Self

from takebridge.client.http import BridgeClient
from takebridge.errors import HostOfflineError, StoreError, UsageError, from_wire
from takebridge_server.watch import live

_PATIENCE_SECONDS = 60


class _Process:
    """A child that speaks JSON lines on stdout; its stderr goes to a log file."""

    def __init__(self, argv: list[str], home: Path, log: Path) -> None:
        self._log = log.open("ab")
        self._child = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, "TAKEBRIDGE_HOME": str(home)},
            text=True,
            encoding="utf-8",
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, args=(self._child.stdout,), daemon=True).start()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._child.pid

    def _read(self, stream: IO[str] | None) -> None:
        for line in stream or ():
            self._lines.put(line)
        self._lines.put("")

    def line(self) -> dict[str, Any]:
        """Return the next line of JSON. Raises StoreError, with the log's end, when the child is silent or gone."""
        try:
            text = self._lines.get(timeout=_PATIENCE_SECONDS)
        except queue.Empty:
            text = ""
        if not text:
            raise StoreError(f"The process did not start: {self.tail()}", hint=f"See {self._log.name}.")
        return dict(json.loads(text))

    def say(self, request: dict[str, Any]) -> None:
        """Send one line of JSON."""
        if self._child.stdin is None:
            return
        with contextlib.suppress(OSError):  # a child that has ended says so by its last line
            self._child.stdin.write(json.dumps(request) + "\n")
            self._child.stdin.flush()

    def tail(self) -> str:
        """Return the end of the log."""
        self._log.flush()
        lines = Path(str(self._log.name)).read_text("utf-8", "replace").splitlines()
        return " / ".join(lines[-3:]) or "no message"

    def kill(self) -> None:
        """SIGKILL, as a crash."""
        self._child.kill()
        self._child.wait()

    def end(self) -> None:
        """Ask to stop, wait, then insist."""
        if self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self._child.kill()
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout, self._log):
            if stream is not None:
                stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


class Server(_Process):
    """A real bridge server; constructed when it accepts connections."""

    def __init__(self, home: Path, log: Path) -> None:
        argv = [sys.executable, "-m", "takebridge_server", "serve", "--json", "--attended", "--port", "0"]
        super().__init__(argv, home, log)
        said = self.line()
        if "error" in said:
            self.end()
            raise from_wire(said["error"], StoreError)
        self.url = str(said["url"])


class Emulator(_Process):
    """The stand-in Resolve with a real agent, "python" or "lua"; constructed when it runs.

    Raises UsageError for a wrong profile.
    """

    def __init__(self, spec: Path, profile: str, home: Path, log: Path, agent: str = "python") -> None:
        argv = [sys.executable, "-m", "takebridge_resolve.emulator", "--spec", str(spec), "--profile", profile]
        super().__init__([*argv, "--agent", agent, "--home", str(home)], home, log)
        try:
            self.do("state")
        except StoreError as error:
            reason = self.tail().rsplit("error: ", 1)[-1]
            self.end()
            raise UsageError(
                f"The emulated Resolve did not start: {reason}",
                hint="--profile takes a version from 18.5 on, for example '19.1' or '21.0 free'.",
            ) from error

    def do(self, verb: str, **arguments: Any) -> Any:  # noqa: ANN401 - JSON
        """Run one control request past the agent and return its result."""
        self.say({"id": 1, "do": verb, **arguments})
        answer = self.line()
        if not answer["ok"]:
            raise StoreError(f"The emulator refused “{verb}”: {answer['error']}")
        return answer["result"]

    def timeline(self) -> dict[str, Any]:
        """The true timeline, whatever the agent says."""
        return dict(self.do("state")["timeline"])


def wait_for_agent(client: BridgeClient, agent: str = "") -> dict[str, Any]:
    """Return the connected host's status, once an agent (of this name) has said hello. Raises HostOfflineError."""
    with live(client) as socket:
        while True:
            hosts = [host for host in client.get("/api/status")["hosts"] if agent in ("", host["agent"])]
            if hosts:
                return dict(hosts[-1])
            try:
                socket.recv(timeout=_PATIENCE_SECONDS)
            except TimeoutError:
                raise HostOfflineError("The agent did not connect.") from None
