"""Attributes of an element as typed values: ``clip.start`` is a Fraction, ``clip.enabled`` a bool.

Reading never changes the tree. Setting writes the attribute only when its value differs from what stands there, so the
spelling of an equal value is kept; a new time keeps the denominator the old one was spelled with where that is exact.
Setting None removes the attribute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Self, overload

from lxml import etree

from takebridge_fcpxml.errors import BadValueError, TimeValueError
from takebridge_fcpxml.times import format_time, parse_time, timescale_of

_ZERO = Fraction(0)

if TYPE_CHECKING:
    from takebridge_fcpxml.view.base import View


_WHOLE = re.compile(r"\s*[+-]?\d{1,18}\s*", re.ASCII)


class Text:
    """An attribute that is text, None when it is absent."""

    def __init__(self, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, view: None, owner: type[View]) -> Self: ...
    @overload
    def __get__(self, view: View, owner: type[View]) -> str | None: ...
    def __get__(self, view: View | None, owner: type[View]) -> Self | str | None:
        return self if view is None else view.element.get(self.name)

    def __set__(self, view: View, value: str | None) -> None:
        write(view, self.name, value)


class Name:
    """An attribute that is text, ``""`` when it is absent."""

    def __init__(self, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, view: None, owner: type[View]) -> Self: ...
    @overload
    def __get__(self, view: View, owner: type[View]) -> str: ...
    def __get__(self, view: View | None, owner: type[View]) -> Self | str:
        return self if view is None else view.element.get(self.name, "")

    def __set__(self, view: View, value: str | None) -> None:
        write(view, self.name, value)


class Time:
    """An attribute of rational seconds, None when it is absent. Raises TimeValueError with path and line."""

    def __init__(self, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, view: None, owner: type[View]) -> Self: ...
    @overload
    def __get__(self, view: View, owner: type[View]) -> Fraction | None: ...
    def __get__(self, view: View | None, owner: type[View]) -> Self | Fraction | None:
        return self if view is None else read_time(view, self.name)

    def __set__(self, view: View, value: Fraction | int | None) -> None:
        write_time(view, self.name, value)


class TimeOrZero:
    """An attribute of rational seconds whose default is 0 (DTD: ``start``)."""

    def __init__(self, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, view: None, owner: type[View]) -> Self: ...
    @overload
    def __get__(self, view: View, owner: type[View]) -> Fraction: ...
    def __get__(self, view: View | None, owner: type[View]) -> Self | Fraction:
        if view is None:
            return self
        text = view.element.get(self.name)
        if text is None:
            return _ZERO
        try:
            return parse_time(text)
        except TimeValueError as error:
            raise _placed(error, view, self.name) from None

    def __set__(self, view: View, value: Fraction | int | None) -> None:
        if view.element.get(self.name) is None and value == 0:
            return
        write_time(view, self.name, value)


class Flag:
    """An attribute that is ``0`` or ``1``, with the DTD's default."""

    def __init__(self, name: str, default: bool) -> None:
        self.name, self.default = name, default

    @overload
    def __get__(self, view: None, owner: type[View]) -> Self: ...
    @overload
    def __get__(self, view: View, owner: type[View]) -> bool: ...
    def __get__(self, view: View | None, owner: type[View]) -> Self | bool:
        if view is None:
            return self
        text = view.element.get(self.name)
        return self.default if text is None else text.strip() not in ("0", "")

    def __set__(self, view: View, value: bool) -> None:
        if self.__get__(view, type(view)) != value:
            write(view, self.name, None if value == self.default else "01"[value])


class Whole:
    """An attribute that is a whole number, with a default. Raises BadValueError with path and line."""

    def __init__(self, name: str, default: int = 0) -> None:
        self.name, self.default = name, default

    @overload
    def __get__(self, view: None, owner: type[View]) -> Self: ...
    @overload
    def __get__(self, view: View, owner: type[View]) -> int: ...
    def __get__(self, view: View | None, owner: type[View]) -> Self | int:
        return self if view is None else read_whole(view, self.name, self.default)

    def __set__(self, view: View, value: int | None) -> None:
        text = view.element.get(self.name)
        if value is None or text is None or not _WHOLE.fullmatch(text) or int(text) != value:
            write(view, self.name, None if value in (None, self.default) else str(value))


def write(view: View, name: str, value: str | None) -> None:
    """Set or remove an attribute; nothing happens when it already says so."""
    if value is None:
        view.element.attrib.pop(name, None)
    elif view.element.get(name) != value:
        with legible(name):
            view.element.set(name, value)


@contextmanager
def legible(what: str) -> Iterator[None]:
    """Turns lxml's refusal of text that XML cannot hold into BadValueError."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise BadValueError(
            f"{what} holds characters that XML cannot.", hint="Give text without control characters."
        ) from error


def check_words(what: str, value: str) -> None:
    """Raises BadValueError for text XML cannot hold; lxml itself would have taken the old text away by then."""
    with legible(what):
        etree.Element("words").text = value


def read_time(view: View, name: str) -> Fraction | None:
    """The seconds of an attribute, None when it is absent. Raises TimeValueError with path and line."""
    text = view.element.get(name)
    if text is None:
        return None
    try:
        return parse_time(text)
    except TimeValueError as error:
        raise _placed(error, view, name) from None


def _placed(error: TimeValueError, view: View, name: str) -> TimeValueError:
    return TimeValueError(error.message, hint=error.hint, path=f"{view.path}@{name}", line=view.line)


def write_time(view: View, name: str, value: Fraction | int | None) -> None:
    """Set a time, keeping the spelling of an equal value. Raises BadValueError for floats, TimeValueError for width."""
    if value is None:
        write(view, name, None)
        return
    if isinstance(value, float) or not isinstance(value, (Fraction, int)):
        raise BadValueError(f"{name} is {value!r}, not an exact time.", hint="Use fractions.Fraction seconds.")
    old = view.element.get(name)
    if old is not None:
        try:
            if parse_time(old) == value:
                return
        except TimeValueError:
            pass
    write(view, name, format_time(value, timescale_of(old)))


def read_whole(view: View, name: str, default: int) -> int:
    """The whole number of an attribute, ``default`` when it is absent. Raises BadValueError with path and line."""
    text = view.element.get(name)
    if text is None:
        return default
    if not _WHOLE.fullmatch(text):
        raise BadValueError(
            f"{name} is {text[:40]!r}, not a whole number.",
            hint="Export the file again.",
            path=f"{view.path}@{name}",
            line=view.line,
        )
    return int(text)
