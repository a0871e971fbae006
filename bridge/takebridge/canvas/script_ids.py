"""Ids of the parts of a script: carried over from the text before, so that an insertion renames nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from takebridge.canvas.script_rows import MAX_ID, Row, RowKind

_ALIKE = 0.6
"""Ratio from which two parts are the same one, edited; unrelated sentences score 0.2 to 0.5."""

_COMPARED = 600
"""Characters of a part that are compared: a rewritten scene is recognised by how it begins."""

_SHORT = 120
"""Up to this length parts are compared letter by letter, beyond it word by word, which costs far less."""

_LETTERS, _DIGITS = re.compile(r"[a-z]{1,4}"), re.compile(r"[0-9]{1,6}")

_PAIRS = 3_000
"""Comparisons at most. Where more would be due, each part is compared with those around its old place."""


@dataclass(frozen=True, slots=True)
class _Part:
    row: Row
    words: str
    parent: str
    """Id of the scene or shot it lies in."""


def identified(rows: Sequence[Row], before: Sequence[Row], used: Collection[str]) -> Iterator[Row]:
    """Give back the rows that are parts, each with an id; see `takebridge.canvas.script.with_ids`."""
    known = list(rows)
    for kind in ("scene", "shot", "line"):
        taken = {row.id for row in (*known, *before) if row.kind == kind and row.id}
        taken |= {port.partition(".")[2] for port in used if port.startswith(f"{kind}.")}
        parts = _parts(known, kind)
        carried = _carried(parts, _parts(before, kind))
        fresh = _Fresh(kind, taken)
        for part in parts:
            at = part.row.number - 1
            if not part.row.id:
                known[at] = replace(part.row, id=carried.get(part.row.number) or fresh.id_in(part.parent))
    return (row for row in known if row.kind in ("scene", "shot", "line"))


def _parts(rows: Sequence[Row], kind: RowKind) -> list[_Part]:
    """Return the parts of one kind with all their words, ids left out."""
    parts: list[_Part] = []
    scene = shot = ""
    for at, row in enumerate(rows):
        if row.kind == kind:
            parent = {"scene": "", "shot": scene, "line": shot}[kind]
            parts.append(_Part(row, _words(rows, at), parent))
        scene = row.id if row.kind == "scene" else scene
        shot = row.id if row.kind == "shot" else shot
    return parts


def _words(rows: Sequence[Row], at: int) -> str:
    row = rows[at]
    if row.kind == "line":
        return f"{row.speaker}: {row.text}"
    ends = ("scene",) if row.kind == "scene" else ("scene", "shot")
    words = [row.text]
    for index in range(at + 1, len(rows)):
        other = rows[index]
        if other.kind in ends:
            break
        words.append(f"{other.speaker}: {other.text}" if other.speaker else other.text)
    return "\n".join(word for word in words if word)


def _carried(parts: Sequence[_Part], before: Sequence[_Part]) -> dict[int, str]:
    """Return the ids that parts without one had before, by line number: equal ones first, then the most alike."""
    explicit = {part.row.id for part in parts if part.row.id}
    free = [part for part in before if part.row.id and part.row.id not in explicit]
    found = {number: part_id for number, part_id in _unmoved(parts, before).items() if part_id not in explicit}
    for same_parent in (True, False):
        found |= _equal([p for p in parts if not p.row.id and p.row.number not in found], free, found, same_parent)
    for number, part_id in _alike([p for p in parts if not p.row.id and p.row.number not in found], free):
        if number not in found and part_id not in found.values():
            found[number] = part_id
    return found


def _unmoved(parts: Sequence[_Part], before: Sequence[_Part]) -> dict[int, str]:
    """Match what is equal from the start and from the end on: of two equal parts each keeps its own id."""
    room = min(len(parts), len(before))
    head = 0
    while head < room and _same(parts[head], before[head]):
        head += 1
    tail = 0
    while tail < room - head and _same(parts[-1 - tail], before[-1 - tail]):
        tail += 1
    places = [*range(head), *range(-tail, 0)]
    pairs = [(parts[place], before[place]) for place in places]
    return {one.row.number: other.row.id for one, other in pairs if not one.row.id and other.row.id}


def _same(one: _Part, other: _Part) -> bool:
    return (one.words, one.parent) == (other.words, other.parent)


def _equal(parts: Iterable[_Part], free: Iterable[_Part], found: dict[int, str], same_parent: bool) -> dict[int, str]:
    gone = set(found.values())
    by_words: dict[tuple[str, str], list[str]] = {}
    for part in free:
        if part.row.id not in gone:
            by_words.setdefault((part.words, part.parent if same_parent else ""), []).append(part.row.id)
    matched: dict[int, str] = {}
    for part in parts:
        if ids := by_words.get((part.words, part.parent if same_parent else "")):
            matched[part.row.number] = ids.pop(0)
    return matched


def _alike(parts: Sequence[_Part], free: Sequence[_Part]) -> list[tuple[int, str]]:
    """Return pairs (line number, id) that are alike enough, the best first; neighbours win a tie."""
    reach = _PAIRS // max(1, len(parts))
    scored: list[tuple[float, bool, int, int, str]] = []
    for at, part in enumerate(parts):
        middle = at * len(free) // max(1, len(parts))
        for place in range(max(0, middle - reach // 2), min(len(free), middle + reach // 2 + 1)):
            other = free[place]
            if (ratio := _ratio(part.words, other.words)) >= _ALIKE:
                moved = part.parent != other.parent
                scored.append((-ratio, moved, abs(place - middle), part.row.number, other.row.id))
    return [(number, part_id) for _, _, _, number, part_id in sorted(scored)]


def _ratio(one: str, other: str) -> float:
    short = max(len(one), len(other)) <= _SHORT
    matcher = SequenceMatcher(None, _pieces(one, short), _pieces(other, short), autojunk=False)
    # The first two are upper bounds that cost next to nothing, and most parts have little in common.
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    return matcher.ratio()


def _pieces(text: str, short: bool) -> Sequence[str]:
    return text if short else text[:_COMPARED].split()


# --- new ids --------------------------------------------------------------------------------------------


class _Fresh:
    """Ids after the last one taken: s09, s03c, s03a4. A number that was given up never comes back."""

    def __init__(self, kind: RowKind, taken: Iterable[str]) -> None:
        self._kind = kind
        self._taken = frozenset(taken)
        self._last: dict[str, int] = {}

    def id_in(self, parent: str) -> str:
        """Return a new id for a part that lies in ``parent``."""
        stem = self._stem(parent)
        if stem not in self._last:
            labels = (name.removeprefix(stem) for name in self._taken if name.startswith(stem))
            self._last[stem] = max((_rank(label) for label in labels if self._is_label(label)), default=0)
        while True:
            self._last[stem] += 1
            name = stem + _label(self._kind, self._last[stem])
            if name not in self._taken:
                return name

    def _stem(self, parent: str) -> str:
        if self._kind == "scene":
            return "s"
        stem = parent[: MAX_ID - 12]
        # The label must not run into the name: kitchen_a, tea1, but s03_1 for a line of a shot s03.
        return stem + ("_" if stem[-1:].isdigit() != (self._kind == "shot") else "")

    def _is_label(self, label: str) -> bool:
        return bool((_LETTERS if self._kind == "shot" else _DIGITS).fullmatch(label))


def _label(kind: RowKind, number: int) -> str:
    return _letters(number) if kind == "shot" else f"{number:02}" if kind == "scene" else str(number)


def _rank(label: str) -> int:
    if label.isdigit():
        return int(label)
    rank = 0
    for letter in label:
        rank = rank * 26 + ord(letter) - ord("a") + 1
    return rank


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
