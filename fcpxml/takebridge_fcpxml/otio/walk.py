"""Which story items of a sequence become OTIO items of their own, and where each stands.

Items of the primary storyline, of connected storylines, and single connected items do, however deep they are connected.
What is connected to an audition's pick stands for itself too. What belongs inside an item (components of a clip, the
other takes of an audition with all that hangs on them, captions) stays in that item's own XML.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from lxml import etree

from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.grammar import ANCHORED, ITEMS
from takebridge_fcpxml.loss import LossLog
from takebridge_fcpxml.placement import Placed, Problem, place
from takebridge_fcpxml.view import Audition, Item, Sequence

_STAYS = frozenset({"caption"})


@dataclass(slots=True)
class Entry:
    """A story item on its way to a track. ``lane`` is absolute: of its host chain together.

    ``storyline`` names what it stands in: ``p…`` a primary storyline, ``s…`` a connected one, empty for a single item.
    """

    key: str
    placed: Placed
    host: str
    storyline: str
    lane: int

    @property
    def element(self) -> etree._Element:
        """Its element."""
        return self.placed.item.element

    @property
    def played(self) -> Item:
        """What is seen: the item, or the pick of an audition."""
        item = self.placed.item
        return item.pick if isinstance(item, Audition) else item

    @property
    def start(self) -> Fraction:
        """Record start."""
        return self.placed.record_start

    @property
    def end(self) -> Fraction:
        """Record end, exclusive."""
        return self.placed.record_end

    @property
    def is_transition(self) -> bool:
        """Whether it takes no time of its own."""
        return self.element.tag == "transition"


class Walker:
    """Collects the entries of one sequence. Keys count up over a whole document: pass the last one on."""

    def __init__(self, sequence: Sequence, log: LossLog, first_key: int) -> None:
        problems: list[Problem] = []
        self._placed = {placed.item.element: placed for placed in place(sequence, problems=problems)}
        self._number = first_key
        self._origin = sequence.tc_start if not problems else _or_zero(sequence)
        self.entries: list[Entry] = []
        for problem in problems:
            log.add(
                "approximated",
                f"{problem.element.tag!s} time",
                f"A value could not be read and counts as 0: {problem.error.message}",
                path=sequence.document.element_path(problem.element),
                line=problem.element.sourceline,
            )
        spine = sequence.element.find("spine")
        if spine is not None:
            self._storyline(spine, self._next("p"), "", 0)

    @property
    def last_key(self) -> int:
        """The number the next walker starts from."""
        return self._number

    def _next(self, letter: str = "") -> str:
        self._number += 1
        return f"{letter}{self._number}"

    def _storyline(self, spine: etree._Element, name: str, host: str, lane: int) -> None:
        for child in spine:
            if child.tag in ITEMS and child.tag not in _STAYS:
                self._item(child, name, host, lane)

    def _item(self, element: etree._Element, storyline: str, host: str, lane: int) -> None:
        placed = self._placed.get(element)
        if (
            placed is None
            or placed.duration < 0
            or (placed.record_start < self._origin and element.tag != "transition")
        ):
            return
        if element.tag == "audition" and not any(child.tag in ITEMS for child in element):
            return
        key = self._next()
        entry = Entry(key, placed, host, storyline, lane)
        self.entries.append(entry)
        for child in entry.played.element:
            if child.tag not in ANCHORED or child.tag in _STAYS:
                continue
            own = _lane(child)
            if own == 0:
                continue
            if child.tag == "spine":
                self._storyline(child, self._next("s"), key, lane + own)
            else:
                self._item(child, "", key, lane + own)


def _lane(element: etree._Element) -> int:
    text = (element.get("lane") or "0").strip()
    return int(text) if text.lstrip("+-").isdigit() and len(text) < 10 else 0


def _or_zero(sequence: Sequence) -> Fraction:
    try:
        return sequence.tc_start
    except FcpxmlError:
        return Fraction(0)
