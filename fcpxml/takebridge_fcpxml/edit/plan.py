"""Changes worked out first and made together: nothing in the document moves before ``apply``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from takebridge_fcpxml.errors import BadValueError, FcpxmlError
from takebridge_fcpxml.grammar import ITEMS
from takebridge_fcpxml.times import format_time, parse_time, timescale_of
from takebridge_fcpxml.view import View

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Edited(Generic[T_co]):
    """What an edit made: ``item`` is the item edited or new; ``notes`` are sentences on everything else it touched."""

    item: T_co
    notes: tuple[str, ...] = ()


class Plan:
    """Steps to take, in order. Planning a value that FCPXML cannot hold raises; applying does not."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], object]] = []

    def do(self, step: Callable[[], object]) -> None:
        """Take this step when the plan is applied; it must not fail."""
        self._steps.append(step)

    def time(self, view: View, name: str, value: Fraction, timescale: int = 0) -> None:
        """Set a time unless it says so already; it keeps its denominator, or takes ``timescale`` where that is exact.

        An item's ``start`` of 0 is left out, as Final Cut Pro does. Raises TimeValueError when it does not fit.
        """
        old = view.element.get(name)
        if _says(old, value):
            return
        if value == 0 and name == "start" and view.tag in ITEMS:
            self.text(view, name, None)
            return
        own = timescale_of(old)
        scale = own if own and own % value.denominator == 0 else timescale
        self.text(view, name, format_time(value, scale))

    def text(self, view: View, name: str, value: str | None) -> None:
        """Set or, with None, remove an attribute. Raises BadValueError for characters XML cannot hold."""
        if value is None:
            self.do(lambda: view.element.attrib.pop(name, None))
        elif view.element.get(name) != value:
            checked = legal_text(value, name)
            self.do(lambda: set_in_order(view, name, checked))

    def apply(self) -> None:
        """Take all steps, once."""
        steps, self._steps = self._steps, []
        for step in steps:
            step()


def _says(text: str | None, value: Fraction) -> bool:
    if text is None:
        return False
    try:
        return parse_time(text) == value
    except FcpxmlError:
        return False


def legal_text(value: str, name: str) -> str:
    """``value``, when XML can hold it. Raises BadValueError."""
    if any(
        ch not in "\t\n\r" and (ord(ch) < 32 or 0xD800 <= ord(ch) < 0xE000 or ord(ch) in (0xFFFE, 0xFFFF))
        for ch in value
    ):
        raise BadValueError(
            f"{name} holds characters that XML cannot.", hint="Remove control characters from the text."
        )
    return value


# The order Final Cut Pro gives the attributes of an item; a gap's name comes before its place.
_ORDER = ("ref", "lane", "offset", "name", "start", "duration", "audioStart", "audioDuration", "format")
_GAP_ORDER = ("name", "offset", "start", "duration")


def set_in_order(view: View, name: str, value: str) -> None:
    """Set an attribute; a new one of an item goes where Final Cut Pro would write it."""
    element = view.element
    order = _GAP_ORDER if view.tag == "gap" else _ORDER
    if name in element.attrib or name not in order:
        element.set(name, value)
        return
    old = dict(element.attrib)
    earlier = order[: order.index(name)]
    present = [key for key in old if key in earlier]
    element.attrib.clear()
    if not present:
        element.set(name, value)
    for key, text in old.items():
        element.set(key, text)
        if present and key == present[-1]:
            element.set(name, value)


def put_place(view: View, lane: str | None, offset: str | None) -> None:
    """Set or take away ``lane`` and ``offset``, in the order Final Cut Pro gives attributes."""
    for name, value in (("lane", lane), ("offset", offset)):
        view.element.attrib.pop(name, None)
        if value is not None:
            set_in_order(view, name, value)


def counted(number: int, thing: str) -> str:
    """``1 take``, ``2 takes``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
