"""What the demo verified: one row per fact, before and after, read back and not assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image
from rich.markup import escape
from rich.table import Table

from takebridge.media.frames import Picture


@dataclass(frozen=True, slots=True)
class Fact:
    """One verified fact. ``source`` says whose word it is: "editor" (the emulator's own state), "file", "bridge"."""

    what: str
    before: str
    after: str
    ok: bool
    source: str


@dataclass(slots=True)
class Verdict:
    """All facts, and where the results are."""

    facts: list[Fact] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def same(self, what: str, before: object, after: object, source: str = "editor") -> None:
        """The two must be equal."""
        self.facts.append(Fact(what, _short(before), _short(after), before == after, source))

    def became(self, what: str, before: object, after: object, wanted: object, source: str = "editor") -> None:
        """``after`` must be ``wanted``."""
        self.facts.append(Fact(what, _short(before), _short(after), after == wanted, source))

    @property
    def passed(self) -> bool:
        """Everything holds."""
        return bool(self.facts) and all(fact.ok for fact in self.facts)

    def table(self) -> Table:
        """The facts for people."""
        table = Table(title="Read back and compared", title_justify="left")
        for column in ("", "what", "before", "after", "read from"):
            table.add_column(column)
        for fact in self.facts:
            mark = "[green]ok[/green]" if fact.ok else "[red]OFF[/red]"
            table.add_row(mark, escape(fact.what), escape(fact.before), escape(fact.after), fact.source)
        return table

    def document(self) -> dict[str, Any]:
        """The verdict as JSON."""
        facts = [
            {"what": f.what, "before": f.before, "after": f.after, "ok": f.ok, "source": f.source} for f in self.facts
        ]
        return {"passed": self.passed, "facts": facts, "files": self.files}


def _short(value: object) -> str:
    if isinstance(value, tuple) and len(value) == 2:
        return f"{value[0]}–{value[1]}"
    if isinstance(value, dict | list | tuple):
        return f"{len(value)} {'value' if len(value) == 1 else 'values'}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return text if len(text) <= 34 else text[:33] + "…"


def best_match(picture: Picture, candidates: Sequence[Picture]) -> int:
    """Return which candidate shows the same moment as ``picture``, comparing small copies of the same aspect."""
    small = _small(picture)
    distances = [float(np.abs(small - _small(candidate)).mean()) for candidate in candidates]
    return int(np.argmin(distances))


def _small(picture: Picture) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.asarray(Image.fromarray(picture).resize((192, 108), Image.Resampling.BOX), np.float32)
