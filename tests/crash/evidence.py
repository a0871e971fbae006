"""What is there after a round, read from outside: the API, the three databases, the provider, files and processes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash.actors import MARK, Bridge, Provider, StuckError, wait_for
from tests.support.scripted_provider.scripted_script import read_script

DATABASES = ("project.db", "ledger.db", "jobs.db")
_GONE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it as plain values. ``labels`` are the requests of people by job id; ``tokens`` job ids by token.

    ``remote`` are the provider's jobs, ``litter`` files that nobody needs, ``strays`` processes that outlived theirs.
    """

    jobs: dict[str, dict[str, Any]]
    labels: dict[str, str]
    canvases: dict[str, dict[str, Any]]
    ledger: dict[str, dict[str, Any]]
    remote: list[dict[str, Any]]
    integrity: dict[str, list[str]]
    litter: list[str]
    strays: list[str]

    @property
    def tokens(self) -> dict[str, str]:
        """Job ids by the tokens the provider saw."""
        return {token: entry["job_id"] for token, entry in self.ledger.items()}


def gather(bridge: Bridge, provider: Provider) -> Evidence:
    """Read everything of an idle bridge. Raises GoneError when it is not alive."""
    return Evidence(
        jobs={job["job"]: job for job in bridge.get("/api/jobs")},
        labels=labels(bridge.home),
        canvases={canvas: bridge.get(f"/api/canvases/{canvas}") for canvas in bridge.get("/api/canvases")},
        ledger=ledger(bridge.home),
        remote=provider.jobs(),
        integrity={name: _integrity(bridge.home / name) for name in DATABASES},
        litter=sorted(litter(bridge.home)),
        strays=strays(bridge),
    )


def labels(home: Path) -> dict[str, str]:
    """Labels of the scripts in the jobs' prompts, by job id."""
    found = {}
    for (body,) in _rows(home / "project.db", "SELECT body FROM job"):
        job = json.loads(body)
        script = read_script(job["request"]["prompt"])
        found[job["id"]] = script.label if script else ""
    return found


def ledger(home: Path) -> dict[str, dict[str, Any]]:
    """The ledger's entries by token."""
    with closing(sqlite3.connect(f"file:{home / 'ledger.db'}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return {row["token"]: dict(row) for row in connection.execute("SELECT * FROM entry")}


def _rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


def _integrity(path: Path) -> list[str]:
    return [row[0] for row in _rows(path, "PRAGMA integrity_check")]


def litter(home: Path) -> Iterator[str]:
    """Files and folders that only an interrupted write leaves."""
    yield from (f"scratch/{path.name}" for path in (home / "scratch").iterdir())
    for folder in ("media", "work", "takes"):
        for path in (home / folder).rglob("*"):
            unfinished = ".part" in path.suffixes or path.name.startswith((".draft-", ".doomed-"))
            if unfinished:
                yield str(path.relative_to(home))
    for frames in (home / "work").glob("*/frames"):
        if (frames.parent / "result.json").exists() or (frames.parent / "cancelled").exists():
            yield str(frames.relative_to(home))


def strays(bridge: Bridge) -> list[str]:
    """Processes the rig caused to be, besides the bridge; those of a dead one get time to notice.

    Once none was seen there are none: what begins later is the living bridge's own, such as a preview of a new take.
    """
    try:
        wait_for("the end of the workers", lambda: not _marked(bridge), _GONE_SECONDS)
    except StuckError:
        return _marked(bridge)
    return []


def _marked(bridge: Bridge) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == bridge.pid:
            continue
        with suppress(OSError):
            if f"{MARK}={bridge.mark}".encode() in (entry / "environ").read_bytes():
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                if command:  # a zombie has none: it waits only to be counted
                    found.append(f"{entry.name}: {command}")
    return found
