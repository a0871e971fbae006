"""What a provider answered is on the drive before anybody hears of it: answers of synchronous APIs, and remote ids.

One folder a token below ``<home>/remote``. A submit whose process died after the answer came finds it here again.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from takebridge.errors import NotFoundError
from takebridge.media.publish import publishing
from takebridge.providers.protocol import RemoteJob

SCHEME = "shelf:"
KEEP_SECONDS = 48 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,80}")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,80}")


class Shelf:
    """The folder ``<home>/remote``; nothing is written before the first `keep`."""

    def __init__(self, home: Path) -> None:
        self._root = home / "remote"

    def keep(self, token: str, name: str, data: bytes) -> str:
        """Store a file of a token; return its location (``shelf:<token>/<name>``). Raises DiskFullError."""
        target = self._folder(token) / name
        with publishing(target) as part:
            part.write_bytes(data)
        return f"{SCHEME}{token}/{name}"

    def note(self, job: RemoteJob, token: str) -> RemoteJob:
        """Remember which job a token started; return it. Raises DiskFullError."""
        self.keep(token, "job.json", job.model_dump_json().encode())
        return job

    def noted(self, token: str) -> RemoteJob | None:
        """Return the job a token started, as far as this machine saw the answer."""
        try:
            return RemoteJob.model_validate_json((self._root / token / "job.json").read_bytes())
        except (OSError, ValueError):
            return None

    def keep_facts(self, token: str, facts: dict[str, Any]) -> None:
        """Store what a synchronous answer says beside its files (ports, seed, cost …)."""
        self.keep(token, "answer.json", json.dumps(facts).encode())

    def facts(self, token: str) -> dict[str, Any] | None:
        """Return what was stored by `keep_facts`; None when nothing was."""
        try:
            value = json.loads((self._root / token / "answer.json").read_bytes())
        except (OSError, ValueError):
            return None
        return value if isinstance(value, dict) else None

    def path_of(self, location: str) -> Path:
        """Return the file of a location. Raises NotFoundError."""
        token, _, name = location.removeprefix(SCHEME).partition("/")
        path = self._root / token / name
        if not _TOKEN.fullmatch(token) or not _NAME.fullmatch(name) or not path.is_file():
            raise NotFoundError("This answer is no longer kept.", hint="Generate it again.")
        return path

    def sweep(self, now: float | None = None) -> None:
        """Delete what is older than two days."""
        edge = (time.time() if now is None else now) - KEEP_SECONDS
        for folder in self._root.iterdir() if self._root.is_dir() else ():
            with suppress(OSError):  # another sweep may have been faster
                if folder.stat().st_mtime < edge:
                    shutil.rmtree(folder, ignore_errors=True)

    def _folder(self, token: str) -> Path:
        if not _TOKEN.fullmatch(token):
            raise NotFoundError("This is no job of ours.", hint="Generate it again.")
        folder = self._root / token
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder
