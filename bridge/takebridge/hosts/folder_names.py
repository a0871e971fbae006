"""Names in an exchange folder: which exports are versions of one timeline, and what an answer is called.

Editors number their versions by hand (``Film v03``, ``Film_12``, ``Film copy``) and import our answers as timelines of
their own (``Film v03 TakeBridge 2``), which they export again, maybe as ``Film v03 TakeBridge 2 copy``. All of them are
one timeline, “Film”. ``Reel 2`` is no version of ``Reel 1``: what is counted by such words are parts.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_SUFFIX = r"(?:[ _.-]+v?\d{1,4}|[ _-]*\(\d{1,4}\)|[ _-]+copy(?:[ _-]+\d{1,3})?)"
_ANSWER = re.compile(rf"[ _-]*TakeBridge[ _-]*v?(\d{{1,4}}){_SUFFIX}{{0,8}}$", re.IGNORECASE)
_HOST = re.compile(r"[ _]*\(Resolve\)$", re.IGNORECASE)
"""What Resolve writes behind the names of timeline and event."""

_PARTS = re.compile(
    r"(?:^|[\W_])(?:reel|rolle|scene|sc|szene|episode|ep|folge|act|akt|part|teil|day|tag|spot|sequence|seq|chapter|kapitel"
    r"|shot|season|staffel|roll|vol|volume|bobine|partie|acto|parte|capitulo|escena)[ _.-]*\d{1,4}$",
    re.IGNORECASE,
)
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
    name = _HOST.sub("", name.strip()) or name
    rest, answer = _cut_off(name, _ANSWER)
    rest = _COPY.sub("", rest)
    rest, version = (rest, None) if _PARTS.search(rest) else _cut_off(rest, _VERSION)
    return VersionedName(rest or name.strip(), version, answer)


def project_of(project: str, title: str) -> str:
    """Return the name of a timeline's project; "" where it is only the timeline's name again, as some editors and
    writers call an event after the timeline in it, version and all."""
    return "" if take_apart(project).title.casefold() == title.casefold() else project


def timeline_id(project: str, title: str) -> str:
    """Return the id of a timeline known by its names only; case and Unicode form do not matter."""
    text = "\n".join(unicodedata.normalize("NFC", part).casefold().strip() for part in (project, title))
    return f"file-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class AnswerName:
    """What an answer's file is called (without its suffix), and the timeline in it."""

    file: str
    timeline: str


def answer_name(file: str, timeline: str, taken: Callable[[str], bool]) -> AnswerName:
    """Name the next answer to an export by its file's and timeline's names: ``… TakeBridge n``, the first n whose file
    name is not taken.

    The timeline is called like the file, so that it is found again after the import, unless the file's name is about
    something else.
    """
    plain, _ = _cut_off(file.strip(), _ANSWER)
    own, _ = _cut_off(timeline.strip(), _ANSWER)
    alike = not own or take_apart(plain).title.casefold() == take_apart(own).title.casefold()
    number = 1
    while taken(f"{plain} TakeBridge {number}"):
        number += 1
    return AnswerName(f"{plain} TakeBridge {number}", f"{plain if alike else own} TakeBridge {number}")


def _cut_off(name: str, pattern: re.Pattern[str]) -> tuple[str, int | None]:
    """Return the name without its ending and the ending's number. A name that is nothing else stays whole."""
    match = pattern.search(name)
    if match is None or not match.start():
        return name, None
    number = next((group for group in match.groups() if group), None)
    return name[: match.start()].rstrip(), int(number) if number else None
