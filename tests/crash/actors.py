"""The processes of the crash test: the scripted provider that survives everything, and the bridge that does not."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import httpx

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "tests" / "support" / "scripted_provider"
MARK = "TAKEBRIDGE_TEST_RIG"
"""Environment variable that names the rig: every process it caused to be is found by it."""

START_SECONDS = 40.0
_PAUSE = 0.05


class GoneError(Exception):
    """The bridge died before it answered."""


class StuckError(Exception):
    """Something that should have come did not come in time."""


def wait_for(what: str, condition: Any, seconds: float) -> Any:
    """Ask ``condition`` until it gives something true; StuckError after ``seconds``."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            raise StuckError(f"{what} did not come within {seconds:.0f} s")
        time.sleep(_PAUSE)
    return found


class Provider:
    """The scripted provider's process. Use as a context manager."""

    def __init__(self, clip: Path) -> None:
        command = [sys.executable, str(PLUGIN / "scripted_server.py"), str(clip)]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._child.stdout is not None
        self.url = self._child.stdout.readline().strip()
        self._http = httpx.Client(base_url=self.url, trust_env=False, timeout=20)

    def jobs(self) -> list[dict[str, Any]]:
        """Every accepted job with what was charged for it."""
        return list(self._http.get("/books").json()["jobs"])

    def __enter__(self) -> Provider:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()
        self._child.communicate("", timeout=10)


class Bridge:
    """``takebridge serve`` on one data folder, started and killed again and again. Use as a context manager."""

    def __init__(self, home: Path, provider: Provider, *, broken: str = "") -> None:
        self.home = home
        self.mark = uuid4().hex
        self.starts = 0
        self._kill_file = home.with_name(f"{home.name}.kill")
        self._kill_log = home.with_name(f"{home.name}.killed")
        self.log = home.with_name(f"{home.name}.log")
        self._provider = provider
        self._broken = broken
        self._child: subprocess.Popen[bytes] | None = None
        self._http: httpx.Client | None = None

    # --- life and death

    @property
    def pid(self) -> int | None:
        """Process id of the running bridge."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def launch(self, kill: str = "", *, bare: bool = False) -> None:
        """Start the process and return at once; ``kill`` arms a point for its whole life.

        ``bare``: without the scripted provider, as if its package had been removed.
        """
        self.close_client()
        self.starts += 1
        self._kill_file.write_text("")
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "takebridge_server", "serve", "--home", str(self.home), "--json"],
                env=self.environment(kill, bare=bare),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                cwd=self.home.parent,
            )

    def environment(self, kill: str = "", *, bare: bool = False) -> dict[str, str]:
        """What the bridge finds in its environment."""
        paths = [*([] if bare else [str(PLUGIN)]), *filter(None, [os.environ.get("PYTHONPATH")])]
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "TAKEBRIDGE_TEST_PROVIDER": self._provider.url,
            "TAKEBRIDGE_TEST_KILL": kill,
            "TAKEBRIDGE_TEST_KILL_FILE": str(self._kill_file),
            "TAKEBRIDGE_TEST_KILL_LOG": str(self._kill_log),
            "TAKEBRIDGE_TEST_BROKEN": self._broken,
            MARK: self.mark,
        }

    def ready(self) -> bool:
        """Wait until it says its URL; False when it died first. Raises StuckError."""
        assert self._child is not None and self._child.stdout is not None
        line = _line(self._child.stdout, START_SECONDS)
        if not line:
            self._child.wait()
            return False
        told = json.loads(line)
        if "url" not in told:
            raise StuckError(f"the bridge did not start: {line.decode()}")
        token = json.loads((self.home / "bridge.json").read_text())["token"]
        auth = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=told["url"], headers=auth, timeout=30, trust_env=False)
        return True

    def start(self, kill: str = "") -> bool:
        """`launch` and `ready`. Raises StuckError when a bridge that nobody killed does not start."""
        before = len(self.deaths())
        self.launch(kill)
        if self.ready():
            return True
        if len(self.deaths()) == before:
            raise StuckError(f"the bridge ended by itself: {self.log.read_text('utf-8', 'replace')[-600:]}")
        return False

    def arm(self, told: str) -> None:
        """Kill at ``point:nth`` from now on; nothing disarms."""
        part = self._kill_file.with_suffix(".new")
        part.write_text(told)
        part.replace(self._kill_file)

    def kill(self) -> None:
        """SIGKILL, from outside; a dead bridge stays dead."""
        if self._child is not None and self._child.poll() is None:
            os.kill(self._child.pid, signal.SIGKILL)
        self.buried()

    def buried(self) -> None:
        """Wait until the dead process is gone from the process table."""
        if self._child is not None:
            self._child.wait()

    def deaths(self) -> list[dict[str, Any]]:
        """What the faults noted: deaths, and points that are missing."""
        if not self._kill_log.exists():
            return []
        return [json.loads(line) for line in self._kill_log.read_text().splitlines()]

    def second_refused(self) -> str:
        """Start a second bridge on the same folder; returns what is wrong, or nothing when it was refused."""
        done = subprocess.run(
            [sys.executable, "-m", "takebridge_server", "serve", "--home", str(self.home), "--json"],
            env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=START_SECONDS, check=False,
        )  # fmt: skip
        said = done.stdout.decode()
        refused = done.returncode == 1 and '"data_folder_locked"' in said and str(self.pid) in said
        return "" if refused else f"a second bridge answered {done.returncode}: {said[:300]}"

    def __enter__(self) -> Bridge:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.close_client()

    def close_client(self) -> None:
        """Forget the connection to a dead bridge."""
        if self._http is not None:
            self._http.close()
            self._http = None
        if self._child is not None and self._child.stdout is not None:
            self._child.stdout.close()

    # --- talking

    def get(self, path: str) -> Any:
        """Return the JSON. Raises GoneError."""
        return self._answered("GET", path)[1]

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        """Return status and JSON. Raises GoneError."""
        return self._answered("POST", path, json=body)

    def _answered(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        if self._http is None:
            raise GoneError
        try:
            reply = self._http.request(method, path, **options)
            return reply.status_code, reply.json()
        except (httpx.TransportError, ValueError):
            self.buried_soon()
            raise GoneError from None

    def buried_soon(self) -> None:
        """A broken connection means a dead process; one that lives on is another fault. Raises StuckError."""
        wait_for("the end of a bridge that hung up", lambda: self.pid is None, 5)


def _line(stream: IO[bytes], seconds: float) -> bytes:
    """Read one line of a pipe; empty at its end. Raises StuckError."""
    end = time.monotonic() + seconds
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([stream], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            raise StuckError("the bridge said nothing")
        piece = os.read(stream.fileno(), 4096)
        if not piece:
            return b""
        line += piece
    return line
