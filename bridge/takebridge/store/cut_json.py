"""Cuts and edits as compressed JSON, exact: a Fraction is ``{"n/d": "1001/24"}``, every value says what ``is`` it.

Only the classes listed here are ever made, whatever a file says.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from fractions import Fraction
from typing import Any, TypeVar

from takebridge.cut import edit_types, model
from takebridge.errors import StoreError
from takebridge.timebase import FrameRate

VERSION = 1
_MOST_BYTES = 512 << 20
_CUT = (model.Span, model.Media, model.Take, model.Marker, model.Clip, model.Gap, model.Transition, model.Track)
_EDITS = (
    edit_types.Import,
    edit_types.AddTrack,
    edit_types.AddTake,
    edit_types.SelectTake,
    edit_types.Replace,
    edit_types.Reshape,
    edit_types.Place,
    edit_types.Delete,
    edit_types.SetEnabled,
    edit_types.Rename,
    edit_types.Stamp,
    edit_types.Mark,
    edit_types.Join,
    edit_types.EditPlan,
)
_CLASSES: Mapping[str, type] = {made.__name__: made for made in (*_CUT, *_EDITS, model.Cut, FrameRate)}

T = TypeVar("T")


def pack(value: object) -> bytes:
    """Return a cut, an edit plan or a tuple of them as bytes for `unpack`."""
    text = json.dumps({"version": VERSION, "value": _plain(value)}, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 6)


def unpack(data: bytes, wanted: type[T]) -> T:
    """Return what `pack` was given. Raises StoreError for anything else, and for what a newer release wrote."""
    try:
        found = json.loads(_inflated(data))
        if found["version"] != VERSION:
            raise StoreError("This cut was kept by a newer TakeBridge.", hint="Update TakeBridge.")
        value = _value(found["value"])
    except (ValueError, KeyError, TypeError, RecursionError, zlib.error) as error:
        raise _damaged() from error
    if not isinstance(value, wanted):
        raise _damaged()
    return value


def _damaged() -> StoreError:
    return StoreError("A cut that was kept cannot be read.", hint="Run 'takebridge roundtrip --new-base' to keep anew.")


def _inflated(data: bytes) -> bytes:
    reader = zlib.decompressobj()
    text = reader.decompress(data, _MOST_BYTES)
    if reader.unconsumed_tail or not reader.eof:
        raise ValueError("not one whole stream")
    return text


# --- to plain JSON --------------------------------------------------------------------------------------


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Fraction):
        return {"n/d": f"{value.numerator}/{value.denominator}"}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {"json": dict(value)}
    if is_dataclass(value) and type(value).__name__ in _CLASSES:
        said = {one.name: getattr(value, one.name) for one in fields(value)}
        kept = {one.name: _plain(said[one.name]) for one in fields(value) if said[one.name] != _default(one)}
        return {"is": type(value).__name__, **kept}
    raise TypeError(f"{type(value).__name__} is no part of a cut")


def _default(one: Field[Any]) -> object:
    return one.default_factory() if one.default_factory is not MISSING else one.default


# --- and back -------------------------------------------------------------------------------------------


def _value(plain: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(plain, list):
        return tuple(_value(one) for one in plain)
    if not isinstance(plain, dict):
        return plain
    if "n/d" in plain:
        return Fraction(plain["n/d"])
    if "json" in plain:
        return plain["json"]
    made = _CLASSES[plain["is"]]
    return made(**{name: _value(part) for name, part in plain.items() if name != "is"})
