"""Names in an exchange folder: which exports are versions of one timeline, and what an answer is called.

Editors number their versions by hand (``Film v03``, ``Film_12``, ``Film copy``) and import our answers as timelines of
their own (``Film v03 TakeBridge 2``), which they export again. All of them are one timeline, “Film”.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_ANSWER = re.compile(r"[ _-]*TakeBridge[ _-]*(\d{1,4})$", re.IGNORECASE)
_VERSION = re.compile(r"(?:[ _.-]+v?|(?<=[^\W\d])v)(\d{1,4})$|[ _-]*\((\d{1,4})\)$", re.IGNORECASE)
_COPY = re.compile(r"[ _-]+copy(?:[ _-]+\d{1,3})?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class VersionedName:
    """A timeline's name taken apart: ``Film v03 TakeBridge 2`` is title “Film”, version 3, answer 2."""

    title: str
    version: int | None = None
    answer: int | None = None


def take_apart(name: str) -> VersionedName:
    """Read title, version and answer number out of a timeline's or file's name."""
    rest, answer = _cut_off(name.strip(), _ANSWER)
    rest = _COPY.sub("", rest)
    rest, version = _cut_off(rest, _VERSION)
    return VersionedName(rest or name.strip(), version, answer)


def timeline_id(project: str, title: str) -> str:
    """Return the id of a timeline known by its names only; case and Unicode form do not matter."""
    text = "\n".join(unicodedata.normalize("NFC", part).casefold().strip() for part in (project, title))
    return f"file-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def answer_name(name: str, taken: Callable[[str], bool]) -> str:
    """Return the name of the next answer to an export: ``… TakeBridge n`` with the first n that is not taken."""
    plain, _ = _cut_off(name.strip(), _ANSWER)
    number = 1
    while taken(f"{plain} TakeBridge {number}"):
        number += 1
    return f"{plain} TakeBridge {number}"


def _cut_off(name: str, pattern: re.Pattern[str]) -> tuple[str, int | None]:
    """Return the name without its ending and the ending's number. A name that is nothing else stays whole."""
    match = pattern.search(name)
    if match is None or not match.start():
        return name, None
    number = next((group for group in match.groups() if group), None)
    return name[: match.start()].rstrip(), int(number) if number else None
