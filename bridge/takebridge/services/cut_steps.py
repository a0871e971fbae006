"""The edits of a plan as JSON values: the name of each and what it says, without what only a host would read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from fractions import Fraction
from typing import Any

from pydantic import JsonValue

from takebridge.cut.edit_types import Edit
from takebridge.cut.model import Clip, Cut, Marker, Media, Span, Take, Transition
from takebridge.timebase import FrameRate

_LEFT_OUT = frozenset({"extras", "look"})
"""Opaque text of one format; a plan for people need not repeat it."""


def edit_facts(edit: Edit) -> dict[str, JsonValue]:
    """Return ``{"op": "add_take", …}`` with the edit's own fields; what is empty is left out."""
    return {"op": _snake(type(edit).__name__), **_fields(edit)}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _fields(value: Any) -> dict[str, JsonValue]:  # noqa: ANN401 - any of our frozen dataclasses
    said = {one.name: getattr(value, one.name) for one in fields(value) if one.name not in _LEFT_OUT}
    return {name: _json(part) for name, part in said.items() if part not in (None, "", ())}


def _span(span: Span) -> JsonValue:
    return [_json(span.start), _json(span.end)]


def printable(text: str) -> str:
    """Return ``text`` with half surrogate pairs, which no JSON text can hold, replaced by "?"."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _json(value: object) -> JsonValue:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, bool | int):
        return value
    shape = _SHAPES.get(type(value))
    if shape is None and isinstance(value, tuple | list):
        return [_json(one) for one in value]
    return shape(value) if shape else printable(str(value))


def _fraction(value: Fraction) -> JsonValue:
    return value.numerator if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def _nest(cut: Cut) -> JsonValue:
    return {"name": printable(cut.name), "rate": str(cut.rate), "frames": _json(cut.end)}


_SHAPES: dict[type, Callable[[Any], JsonValue]] = {
    Span: _span,
    Fraction: _fraction,
    FrameRate: str,
    Cut: _nest,
    Clip: _fields,
    Media: _fields,
    Take: _fields,
    Marker: _fields,
    Transition: _fields,
}
