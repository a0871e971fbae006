"""The lines of a script as people type it (docs/script.md): which are headings, speech, action.

    # Title
    ## [s03] INT. KITCHEN – DAY        a scene
    ### [s03a] Wide, slow push in      a shot
    > [s03a1] ANNA: Hello there.       a line of dialogue
    anything else                      action of the scene or shot above

The id in brackets may be left out. A line of action that would read as something else begins with a backslash.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from takebridge.errors import InvalidParamError

RowKind = Literal["title", "scene", "shot", "line", "action"]

MAX_PARTS = 2000
"""A script has at most this many scenes, shots and lines together: each is content of its own."""

MAX_HEADING = 1000
"""Longest heading in characters: that of a scene is repeated in the content of each of its shots."""

MAX_ID = 56
"""Longest id: ``scene.`` and the id together still are a port's name."""

_ID = re.compile(rf"[a-z][a-z0-9_]{{0,{MAX_ID - 1}}}")
_HEADING = re.compile(r"(#+)(?:\s+(.*))?")
_BRACKETS = re.compile(r"\[([^\]]*)\]\s*(.*)")
_LEVELS: dict[str, RowKind] = {"#": "title", "##": "scene", "###": "shot"}
_NAMES: dict[RowKind, str] = {"title": "title", "scene": "scene", "shot": "shot", "line": "line of dialogue"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line. ``number`` counts from 1; ``id`` is "" where none is written; ``speaker`` is a line's alone."""

    number: int
    kind: RowKind
    text: str
    id: str = ""
    speaker: str = ""


def canonical(text: str) -> str:
    """Return the text in NFC with LF, no blanks at line ends and no empty lines around it.

    Raises InvalidParamError for characters no text file can hold.
    """
    if any(character == "\0" or unicodedata.category(character) == "Cs" for character in text):
        raise InvalidParamError(
            "The text holds characters that no text file can store.", hint="Paste it again as plain text.", param="text"
        )
    plain = unicodedata.normalize("NFC", text).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.rstrip() for line in plain.split("\n")).strip("\n")


def read_rows(text: str) -> tuple[Row, ...]:
    """Return the lines of a canonical text. Raises InvalidParamError that names the line and what would fit."""
    rows = tuple(_row(number, line) for number, line in enumerate(text.split("\n"), start=1))
    _check_places(rows)
    _check_ids(rows)
    return rows


def written(row: Row) -> str:
    """Return the line as it is typed."""
    mark = f"[{row.id}] " if row.id else ""
    if row.kind == "line":
        return f"> {mark}{row.speaker}: {row.text}"
    if row.kind == "action":
        return f"\\{row.text}" if _reads_otherwise(row.text) else row.text
    return f"{'#' * (1 + ('title', 'scene', 'shot').index(row.kind))} {mark}{row.text}"


def refused(number: int, what: str, fits: str) -> InvalidParamError:
    """Return the error for line ``number``."""
    return InvalidParamError(f"Line {number} of the script: {what}.", hint=fits, param="text", line=number)


def _row(number: int, line: str) -> Row:
    start = line.lstrip()
    if start.startswith("\\"):
        return Row(number, "action", start[1:])
    if start.startswith(">"):
        return _speech(number, start[1:].strip())
    if _is_heading(start):
        return _heading(number, start)
    return Row(number, "action", line)


def _is_heading(start: str) -> bool:
    # “#1 on the charts” and “#launch” are words; “##Kitchen” is a heading somebody typed in a hurry.
    hashes = len(start) - len(start.lstrip("#"))
    return hashes > 1 or (hashes == 1 and (len(start) == 1 or start[1].isspace()))


def _heading(number: int, line: str) -> Row:
    match = _HEADING.fullmatch(line)
    if match is None:
        raise refused(number, "the # signs and the words stand together", "Put a space after the # signs.")
    kind = _LEVELS.get(match[1])
    if kind is None:
        raise refused(
            number, f"{len(match[1])} # signs mean nothing here", "Use # for the title, ## for a scene, ### for a shot."
        )
    part, words = ("", match[2] or "") if kind == "title" else _marked(number, kind, match[2] or "")
    if not words:
        raise refused(number, f"this {_NAMES[kind]} has no words", f"Write for example: {_EXAMPLES[kind]}")
    if len(words) > MAX_HEADING:
        raise refused(
            number,
            f"the words of this {_NAMES[kind]} are longer than {MAX_HEADING:,} characters",
            "Keep the heading short and write what happens on the lines below it.",
        )
    return Row(number, kind, words, part)


_EXAMPLES: dict[RowKind, str] = {
    "title": "# The film's title",
    "scene": "## INT. KITCHEN – DAY",
    "shot": "### Wide, slow push in",
    "line": "> ANNA: Hello there.",
}


def _speech(number: int, words: str) -> Row:
    part, said = _marked(number, "line", words)
    speaker, colon, text = (piece.strip() for piece in said.partition(":"))
    if not colon or not speaker or not text:
        lacks = "who speaks, then a colon" if not colon or not speaker else "what is said"
        raise refused(number, f"this line of dialogue lacks {lacks}", f"Write for example: {_EXAMPLES['line']}")
    return Row(number, "line", text, part, speaker)


def _marked(number: int, kind: RowKind, words: str) -> tuple[str, str]:
    words = words.strip()
    match = _BRACKETS.fullmatch(words)
    if match is None:
        return "", words
    if not _ID.fullmatch(match[1]):
        raise refused(
            number,
            f"“[{match[1][:60]}]” cannot be the id of this {_NAMES[kind]}",
            f"An id is small letters, digits and _, begins with a letter and has at most {MAX_ID} characters: [s03a]. "
            "Leave it out and one is written for you.",
        )
    return match[1], match[2].strip()


def _check_places(rows: tuple[Row, ...]) -> None:
    seen: set[RowKind] = set()
    parts = 0
    for row in rows:
        parts += row.kind in ("scene", "shot", "line")
        if reason := _misplaced(row, seen):
            raise refused(row.number, *reason)
        if parts > MAX_PARTS:
            raise refused(row.number, f"there are more than {MAX_PARTS} scenes, shots and lines", "Split the script.")
        if row.kind == "scene":
            seen.discard("shot")
        seen.add(row.kind)


def _misplaced(row: Row, seen: set[RowKind]) -> tuple[str, str] | None:
    if row.kind == "title" and seen & {"title", "scene"}:
        return "the title comes once, before the first scene", "Make it a scene (##) or a shot (###)."
    if row.kind == "shot" and "scene" not in seen:
        return "this shot belongs to no scene", f"Put a scene above it, for example: {_EXAMPLES['scene']}"
    if row.kind == "line" and "shot" not in seen:
        return "this line of dialogue belongs to no shot", f"Put a shot above it, for example: {_EXAMPLES['shot']}"
    if row.kind == "action" and row.text and "scene" not in seen:
        return (
            f"“{row.text.strip()[:40]}” stands before the first scene",
            f"Put a scene above it, for example: {_EXAMPLES['scene']}; the title is {_EXAMPLES['title']}",
        )
    return None


def _check_ids(rows: tuple[Row, ...]) -> None:
    first: dict[tuple[RowKind, str], int] = {}
    for row in rows:
        if not row.id:
            continue
        if (row.kind, row.id) in first:
            raise refused(
                row.number,
                f"the id [{row.id}] is that of the {_NAMES[row.kind]} in line {first[row.kind, row.id]} already",
                "Remove the brackets from the copy: it gets an id of its own.",
            )
        first[row.kind, row.id] = row.number


def _reads_otherwise(text: str) -> bool:
    start = text.lstrip()
    return start.startswith(("\\", ">")) or _is_heading(start)
