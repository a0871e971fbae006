"""The scripted provider: a real HTTP server in a process of its own, which outlives every crash of the bridge.

``python scripted_server.py CLIP`` prints its URL, serves until standard input closes. It charges when it accepts, and
its books are what the checks believe.
"""

from __future__ import annotations

import itertools
import json
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from scripted_script import PRICE_MICROS, Script, read_script

_SLOW_SECONDS = 1.0
_SEEN_SECONDS = 10.0
_PIECES = 8
_FRAMES = 8


@dataclass
class Remote:
    """One accepted job."""

    id: str
    token: str
    model: str
    script: Script
    accepted: float
    polls: int = 0
    downloads: int = 0
    cancelled: bool = False
    delivered: bool = False


@dataclass
class Books:
    """Everything the provider knows, in the order it happened. ``charges`` are job ids."""

    jobs: dict[str, Remote] = field(default_factory=dict)
    charges: list[str] = field(default_factory=list)
    turned_away: set[str] = field(default_factory=set)
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    changed: threading.Condition = field(default_factory=threading.Condition)

    def accept(self, token: str, model: str, script: Script, *, once: bool) -> Remote:
        """Make a job and charge it; with ``once`` a token that is known gives the job it made before."""
        with self.changed:
            known = next((job for job in self.jobs.values() if once and job.token == token), None)
            if known is not None:
                return known
            job = Remote(f"r{next(self.numbers)}", token, model, script, time.monotonic())
            self.jobs[job.id] = job
            self.charges.append(job.id)
            self.changed.notify_all()
            return job

    def repeated(self, token: str) -> bool:
        """Say whether this token is known and repeated for the first time."""
        with self.changed:
            known = [job for job in self.jobs.values() if job.token == token]
            first = bool(known) and token not in self.turned_away
            self.turned_away |= {token} if first else set()
            return first

    def seen(self, token: str) -> bool:
        """Wait until a job of this token was charged."""
        with self.changed:
            return self.changed.wait_for(lambda: any(job.token == token for job in self.jobs.values()), _SEEN_SECONDS)

    def look(self, job: Remote) -> dict[str, Any]:
        """Answer a poll."""
        with self.changed:
            job.polls += 1
            told = _told(job)
            job.delivered = job.delivered or (told["status"] == "done" and job.script.delivers)
            return told

    def listed(self) -> dict[str, Any]:
        """Return all of it as JSON."""
        with self.changed:
            jobs = [
                {
                    "id": job.id,
                    "token": job.token,
                    "model": job.model,
                    "script": asdict(job.script),
                    "polls": job.polls,
                    "downloads": job.downloads,
                    "cancelled": job.cancelled,
                    "delivered": job.delivered,
                    "charged": self.charges.count(job.id) * PRICE_MICROS,
                }
                for job in self.jobs.values()
            ]
        return {"jobs": jobs}


def _told(job: Remote) -> dict[str, Any]:
    script = job.script
    worked = (time.monotonic() - job.accepted) * 1000
    cost = PRICE_MICROS if script.cost is None else script.cost
    if job.cancelled:
        return {"status": "cancelled"}
    if worked < script.work_ms or script.ending == "never":
        done = (job.polls * 5 if script.jumble else job.polls) % _FRAMES
        status = "queued" if script.jumble and job.polls % 2 == 0 else "running"
        return {"status": status, "done": done, "total": _FRAMES}
    if script.ending == "failed":
        return {"status": "failed", "error": "The model could not make it.", "cost": cost}
    artifact = {"port": "video", "media_type": "video/mp4", "path": f"/artifacts/{job.id}"}
    listed = [] if script.ending == "empty" else [artifact] * (2 if script.twice else 1)
    error = "internal error 77" if script.ending == "done_with_error" else ""
    if error:
        listed = []
    return {
        "status": "done",
        "done": _FRAMES,
        "total": _FRAMES,
        "artifacts": listed,
        "error": error,
        "cost": cost,
    }


class Handler(BaseHTTPRequestHandler):
    """Routes: /jobs /jobs/ID /jobs/ID/cancel /artifacts/ID /seen/TOKEN /books."""

    protocol_version = "HTTP/1.1"
    books: Books
    clip: bytes

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer a question."""
        what, _, name = self.path.strip("/").partition("/")
        if what == "books":
            self._answer(200, self.books.listed())
        elif what == "seen":
            self._answer(200 if self.books.seen(name) else 404, {})
        elif (job := self.books.jobs.get(name)) is None:
            self._answer(404, {"error": "there is no such job"})
        elif what == "artifacts":
            self._artifact(job)
        else:
            self._answer(200, self.books.look(job))

    def do_POST(self) -> None:
        """Take an order, or a cancellation."""
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
        parts = self.path.strip("/").split("/")
        if parts == ["jobs"]:
            self._order(body)
            return
        self.books.jobs[parts[1]].cancelled = True
        self._answer(200, {})

    def _order(self, body: dict[str, Any]) -> None:
        script = read_script(body["prompt"]) or Script(label=body["prompt"])
        if script.submit == "refuse":
            self._answer(422, {"error": "The prompt was refused."})
            return
        if script.submit == "away":
            self._answer(503, {"error": "Overloaded; nothing was accepted."})
            return
        if script.flaky and self.books.repeated(body["token"]):
            self._answer(503, {"error": "Overloaded; nothing was accepted."})
            return
        job = self.books.accept(body["token"], body["model"], script, once=body["once"])
        if script.submit == "drop":
            self.close_connection = True
            return
        if body.get("hold") or script.submit == "slow":
            threading.Event().wait(_SLOW_SECONDS)
        self._answer(201, {"id": job.id})

    def _artifact(self, job: Remote) -> None:
        job.downloads += 1
        if job.downloads <= job.script.missing:
            self._answer(503, {"error": "not there yet"})
            return
        # Every job's clip has bytes of its own: the store must not be able to mistake one for another.
        media = self.clip + (16).to_bytes(4, "big") + b"free" + f"{job.id:>8}".encode()
        content = media if job.script.ending == "done" else b"<html>Sorry, something went wrong.</html>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        size = max(1, -(-len(content) // _PIECES))
        for start in range(0, len(content), size):
            self.wfile.write(content[start : start + size])
            self.wfile.flush()
            threading.Event().wait(job.script.piece_ms / 1000)

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:  # whoever asked is dead: that is what this server is for
            self.close_connection = True

    def handle(self) -> None:
        """Serve a connection; one that breaks is no error here."""
        try:
            super().handle()
        except OSError:
            self.close_connection = True


def main(clip: str) -> None:
    """Serve until standard input closes."""
    Handler.books = Books()
    Handler.clip = Path(clip).read_bytes()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
