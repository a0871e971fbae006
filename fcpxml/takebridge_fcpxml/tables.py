"""Plain text tables as wide as the terminal: aligned, wrapped, nothing a terminal could choke on.

Only ASCII is added to what the caller gives. Control characters in names (a file can hold anything) are shown, not
sent to the terminal.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

#: Where there is no terminal: in a pipe, in a file.
WIDTH = 100
_NARROWEST, _WIDEST = 60, 160
_GAP = "  "
_MARK = "..."
_LEAST = 8


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``fit`` says what happens to text wider than its share: wrapped at words, or cut in the middle.

    ``middle`` suits paths: their beginning and their file name stay. ``keep`` is never narrowed.
    """

    title: str
    fit: Literal["keep", "wrap", "middle"] = "keep"
    right: bool = False


def terminal_width() -> int:
    """Columns of the terminal that stdout is, within reason; ``WIDTH`` when it is none."""
    try:
        columns = os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError, AttributeError):
        return WIDTH
    return max(_NARROWEST, min(columns, _WIDEST)) if columns else WIDTH


def table(
    columns: Sequence[Column], rows: Iterable[Sequence[object]], *, width: int | None = None, indent: int = 0
) -> str:
    """The rows under their titles, each line at most ``width`` columns (only kept columns can exceed it).

    ``width`` is that of the terminal unless given. Columns that are empty in every row are left out. An empty table is
    an empty text.
    """
    cells = [[clean(cell) for cell in row] for row in rows]
    if not cells:
        return ""
    used = [index for index in range(len(columns)) if any(row[index] for row in cells)]
    shown = [columns[index] for index in used]
    cells = [[row[index] for index in used] for row in cells]
    widths = _widths(shown, cells, (terminal_width() if width is None else width) - indent)
    lines = [_line([column.title for column in shown], shown, widths, indent)]
    for row in cells:
        blocks = [_fit(text, column, size) for text, column, size in zip(row, shown, widths, strict=True)]
        for number in range(max(map(len, blocks))):
            parts = [block[number] if number < len(block) else "" for block in blocks]
            lines.append(_line(parts, shown, widths, indent))
    return "\n".join(lines)


def clean(value: object) -> str:
    """A cell's text: None as nothing, control and direction characters escaped, line ends as spaces."""
    text = "" if value is None else str(value)
    if text.isascii() and text.isprintable():
        return text
    text = " ".join(text.splitlines())
    return "".join(
        char if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn") else _escaped(char) for char in text
    )


def _escaped(char: str) -> str:
    return " " if char == "\t" else char.encode("unicode_escape").decode("ascii")


def display_width(text: str) -> int:
    """How many terminal columns the text takes: two for East Asian wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def shorten(text: str, width: int) -> str:
    """At most ``width`` columns: the middle is left out; more of the end stays, where file names are."""
    if display_width(text) <= width:
        return text
    room = max(0, width - len(_MARK))
    head = _take(text, room // 3)
    tail = _take(text[::-1], room - display_width(head))[::-1]
    return (head + _MARK + tail) if room else _take(text, width)


def wrap(text: str, width: int, *, indent: str = "") -> list[str]:
    """Lines of at most ``width`` columns, broken at spaces, words longer than a line cut; ``indent`` from line 2 on."""
    lines: list[str] = []
    current = ""
    for word in text.split(" "):
        start = f"{current} {word}" if current else word
        if display_width(start) <= width:
            current = start
            continue
        if current.strip():
            lines.append(current)
            word = indent + word
        while display_width(word) > width:
            part = _take(word, width) or word[:1]
            lines.append(part)
            word = indent + word[len(part) :] if len(part) > len(indent) else word[len(part) :]
        current = word
    return [*lines, current] if current or not lines else lines


def _take(text: str, width: int) -> str:
    used = 0
    for index, char in enumerate(text):
        used += _char_width(char)
        if used > width:
            return text[:index]
    return text


def _widths(columns: Sequence[Column], rows: list[list[str]], width: int) -> list[int]:
    wanted = [max(display_width(text) for text in column) for column in zip(*rows, strict=True)]
    titles = [len(column.title) for column in columns]
    widths = [min(max(pair), 4 * width) for pair in zip(wanted, titles, strict=True)]
    spare = width - len(_GAP) * (len(columns) - 1)
    elastic = [index for index, column in enumerate(columns) if column.fit != "keep"]
    # The widest gives way first, so that short columns stay whole and long ones end up alike.
    while sum(widths) > spare:
        wide = [index for index in elastic if widths[index] > max(titles[index], _LEAST)]
        if not wide:
            break
        widths[max(wide, key=lambda index: widths[index])] -= 1
    return widths


def _fit(text: str, column: Column, width: int) -> list[str]:
    if column.fit == "middle":
        return [shorten(text, width)]
    return wrap(text, width) if column.fit == "wrap" else [text]


def _line(parts: Sequence[str], columns: Sequence[Column], widths: Sequence[int], indent: int) -> str:
    padded = []
    for text, column, width in zip(parts, columns, widths, strict=True):
        space = " " * max(0, width - display_width(text))
        padded.append(space + text if column.right else text + space)
    return (" " * indent + _GAP.join(padded)).rstrip()
