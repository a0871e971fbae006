"""What an exchange folder remembers, by content: which documents are answers of ours, to which exports, and which
exports have been dealt with.

It lies in ``.takebridge/known.json`` in the folder itself, so that it goes where the folder goes. Every change is
written beside it and renamed; a file that is gone or broken counts as empty: at worst an export is answered again.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from takebridge.errors import BridgeError, DiskFullError, InterchangeError
from takebridge.hosts.folder_scan import STATE_FOLDER

_FILE = "known.json"
_MOST = 10_000

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

Given = tuple[str, str]
"""An answer that was written: its file name and digest."""


Offered = tuple[str, str, str]
"""A take in an answer: the stamp of its shot, its id, and "shown" or "waiting"."""


@dataclass(frozen=True, slots=True)
class Known:
    """Digests of answers and of exports dealt with; answers by the revision of the export they are to."""

    answers: frozenset[str] = frozenset()
    handled: frozenset[str] = frozenset()
    given: Mapping[str, tuple[Given, ...]] = field(default_factory=dict)
    trays: Mapping[tuple[str, str], tuple[Offered, ...]] = field(default_factory=dict)
    """What answers offered, by timeline and answer number."""


class Memory:
    """The memory of one exchange folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def place(self) -> Path:
        """Return the folder's own place in it, made where it is missing. Raises InterchangeError, DiskFullError."""
        place = self._folder / STATE_FOLDER
        try:
            place.mkdir(exist_ok=True)
        except OSError as error:
            raise in_words(error, STATE_FOLDER) from error
        return place

    def known(self) -> Known:
        """Return what is remembered."""
        said = self._said()
        given: dict[str, list[Given]] = {}
        for revision, name, digest in said["given"]:
            given.setdefault(revision, []).append((name, digest))
        answers = frozenset(digest for _, _, digest in said["given"])
        handled = frozenset(revision for revision, *_ in said["handled"])
        trays: dict[tuple[str, str], list[Offered]] = {}
        for timeline, number, stamp, take, how in said["trays"]:
            trays.setdefault((timeline, number), []).append((stamp, take, how))
        return Known(answers, handled, _tuples(given), _tuples(trays))

    def answered(self, revision: str, name: str, digest: str) -> None:
        """Remember an answer that is about to be written. Raises OSError."""
        self._add("given", [revision, name, digest])

    def handled(self, revision: str) -> None:
        """Remember that an export has been dealt with. Raises OSError."""
        self._add("handled", [revision])

    def offered(self, timeline: str, number: int, takes: Iterable[Offered]) -> None:
        """Remember what an answer that is about to be written offers. Raises OSError."""
        self._add("trays", *([timeline, str(number), *one] for one in takes))

    def _add(self, what: str, *entries: list[str]) -> None:
        said = self._said()
        said[what] = [*(one for one in said[what] if one not in entries), *entries][-_MOST:]
        target = self.place() / _FILE
        part = target.with_name(f"{uuid4().hex}.part")
        try:
            part.write_text(json.dumps(said, indent=0), encoding="utf-8")
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def _said(self) -> dict[str, list[list[str]]]:
        try:
            said = json.loads((self._folder / STATE_FOLDER / _FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            said = {}
        lists = said if isinstance(said, dict) else {}
        return {"given": _rows(lists.get("given"), 3), "handled": _rows(lists.get("handled"), 1),
                "trays": _rows(lists.get("trays"), 5)}  # fmt: skip


def _tuples(lists: dict[_Key, list[_Value]]) -> dict[_Key, tuple[_Value, ...]]:
    return {key: tuple(values) for key, values in lists.items()}


def _rows(said: object, width: int) -> list[list[str]]:
    rows = said if isinstance(said, list) else []
    return [row for row in rows if isinstance(row, list) and len(row) == width and all(isinstance(t, str) for t in row)]


def in_words(error: OSError, name: str) -> BridgeError:
    """Return what went wrong with a file of the folder, for people."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(
            f"There is no space left in the exchange folder to write {name}.",
            hint="Free some space on its drive; it is tried again by itself.",
        )
    return InterchangeError(
        f"{name} in the exchange folder: {error.strerror or error}.",
        hint="Check that the folder exists and may be written.",
    )
