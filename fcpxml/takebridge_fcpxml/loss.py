"""What a conversion could not carry over, by construct, with places: nothing is lost silently.

``dropped``: gone from the result. ``approximated``: something near it stands in its place. ``carried``: the target has
no word for it, so it travels as metadata that only this library reads back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["dropped", "approximated", "carried"]
KINDS: tuple[Kind, ...] = ("dropped", "approximated", "carried")


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing at one place. ``construct`` is an element name, ``element@attribute``, or a word of the target format.

    ``path`` and ``line`` say where it stood in the source; ``detail`` is what happened, as a sentence.
    """

    kind: Kind
    construct: str
    detail: str
    path: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class LossReport:
    """All losses of one conversion, in the order they were met."""

    losses: tuple[Loss, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.losses)

    def __iter__(self) -> Iterator[Loss]:
        return iter(self.losses)

    def __len__(self) -> int:
        return len(self.losses)

    def __add__(self, other: LossReport) -> LossReport:
        return LossReport(self.losses + other.losses)

    def only(self, *kinds: Kind) -> LossReport:
        """The losses of these kinds."""
        return LossReport(tuple(loss for loss in self.losses if loss.kind in kinds))

    def counts(self) -> dict[tuple[Kind, str], int]:
        """How often each construct was met, worst kind first, then by name."""
        counted = Counter((loss.kind, loss.construct) for loss in self.losses)
        return dict(sorted(counted.items(), key=lambda entry: (KINDS.index(entry[0][0]), entry[0][1])))

    def rows(self) -> list[tuple[Kind, str, int, str, str]]:
        """Kind, construct, count, detail and places for a table; one row a construct and detail."""
        return [(*key[:2], len(losses), key[2], _places(losses)) for key, losses in self._groups()]

    def to_json(self) -> list[dict[str, object]]:
        """Plain data, one entry a construct and detail, with every place."""
        return [
            {
                "kind": kind,
                "construct": construct,
                "count": len(losses),
                "detail": detail,
                "places": [{"path": loss.path, "line": loss.line} for loss in losses],
            }
            for (kind, construct, detail), losses in self._groups()
        ]

    def _groups(self) -> list[tuple[tuple[Kind, str, str], list[Loss]]]:
        groups: dict[tuple[Kind, str, str], list[Loss]] = {}
        for loss in self.losses:
            groups.setdefault((loss.kind, loss.construct, loss.detail), []).append(loss)
        order = sorted(groups, key=lambda key: (KINDS.index(key[0]), key[1], key[2]))
        return [(key, groups[key]) for key in order]


def _places(losses: list[Loss], shown: int = 4) -> str:
    lines = [f"line {loss.line}" if loss.line else loss.path for loss in losses[:shown]]
    rest = len(losses) - shown
    return ", ".join(filter(None, lines)) + (f" and {rest} more" if rest > 0 else "")


class LossLog:
    """Collects losses while a conversion runs; ``report()`` closes it."""

    def __init__(self) -> None:
        self._losses: list[Loss] = []

    def add(self, kind: Kind, construct: str, detail: str, *, path: str = "", line: int | None = None) -> None:
        """Note one loss."""
        self._losses.append(Loss(kind, construct, detail, path, line))

    def extend(self, losses: Iterable[Loss]) -> None:
        """Take over losses noted elsewhere."""
        self._losses.extend(losses)

    def report(self) -> LossReport:
        """What was noted so far."""
        return LossReport(tuple(self._losses))
