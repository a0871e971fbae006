"""OTIO files from newer releases than the one installed, made readable.

OTIO refuses a whole file for one object of a known schema in a newer version (``Marker.3``, 0.19). Here such objects
are taken down to the newest version the installed release knows, keeping every field it knows, before OTIO sees them.
Objects of unknown schemas stay where OTIO keeps them (metadata, collections); elsewhere they would end the reading.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import opentimelineio as otio

from takebridge_fcpxml.errors import OtioError
from takebridge_fcpxml.loss import LossLog

MAX_DEPTH = 400
_SCHEMA = "OTIO_SCHEMA"
# Fields that hold one object, or a list of them.
_OBJECTS = (
    "media_reference",
    "tracks",
    "source_range",
    "available_range",
    "marked_range",
    "start_time",
    "in_offset",
    "out_offset",
    "global_start_time",
)
_LISTS = ("children", "effects", "markers")
# Names OTIO still reads and no longer lists.
_OLD_NAMES = {"Sequence": 1, "Filler": 1, "SerializeableCollection": 1}
_COMPOSITIONS = ("Track.", "Sequence.", "Stack.", "Composition.")
# Marker colours by name, OTIO 0.18: a newer marker has red, green and blue instead.
_COLORS = {
    "RED": (1.0, 0.0, 0.0),
    "PINK": (1.0, 0.0, 1.0),
    "ORANGE": (1.0, 0.5, 0.0),
    "YELLOW": (1.0, 1.0, 0.0),
    "GREEN": (0.0, 1.0, 0.0),
    "CYAN": (0.0, 1.0, 1.0),
    "BLUE": (0.0, 0.0, 1.0),
    "PURPLE": (0.5, 0.0, 0.5),
    "MAGENTA": (1.0, 0.0, 1.0),
    "BLACK": (0.0, 0.0, 0.0),
    "WHITE": (1.0, 1.0, 1.0),
}


def known_versions() -> dict[str, int]:
    """Schema names of the installed release and their newest version."""
    versions = otio.core.type_version_map()
    return {**_OLD_NAMES, **{str(name): int(versions[name]) for name in versions}}


def downgrade(data: Any, log: LossLog) -> Any:  # noqa: ANN401 - any JSON
    """The same data with schemas the installed OTIO reads; what was taken down is reported once a schema.

    The data is changed in place. Raises OtioError for nesting deeper than any editor writes.
    """
    known = known_versions()
    lowered: Counter[tuple[str, str]] = Counter()
    lost: Counter[str] = Counter()
    stack: list[tuple[Any, int]] = [(data, 0)]
    while stack:
        value, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise OtioError(f"The JSON is nested more than {MAX_DEPTH} deep.", hint="Flatten the timeline first.")
        if isinstance(value, dict):
            _check(value)
            _lower(value, known, lowered)
            _replace_unknown(value, known, lost)
            stack.extend((inner, depth + 1) for inner in value.values())
        elif isinstance(value, list):
            stack.extend((inner, depth + 1) for inner in value)
    for name, count in sorted(lost.items()):
        detail = f"The installed OpenTimelineIO {otio.__version__} does not know it; on a track a gap keeps its time."
        for _ in range(count):
            log.add("dropped", name, detail)
    for (newer, older), count in sorted(lowered.items()):
        detail = f"It is newer than the installed OpenTimelineIO {otio.__version__}: read as {older}."
        for _ in range(count):
            log.add("approximated", newer, detail)
    return data


def _check(value: dict[str, Any]) -> None:
    """Refuse fields of the wrong shape: OTIO's own upgrade of ``Clip.1`` ends the process on some of them (0.18.1)."""
    if _SCHEMA not in value:
        return
    objects = [(name, value.get(name)) for name in _OBJECTS]
    for name in _LISTS:
        listed = value.get(name)
        if listed is not None and not isinstance(listed, list):
            raise _misshapen(name, value)
        objects.extend((name, one) for one in listed or [])
    references = value.get("media_references")
    if references is not None and not isinstance(references, dict):
        raise _misshapen("media_references", value)
    objects.extend(("media_references", one) for one in (references or {}).values())
    for name, one in objects:
        if one is not None and not (isinstance(one, dict) and isinstance(one.get(_SCHEMA), str)):
            raise _misshapen(name, value)
    if not isinstance(value.get("metadata") or {}, dict):
        raise _misshapen("metadata", value)


def _misshapen(field: str, value: dict[str, Any]) -> OtioError:
    return OtioError(
        f"{field} of a {str(value.get(_SCHEMA))[:60]} is not what it should be.",
        hint="Export the timeline as .otio again.",
    )


def _lower(value: dict[str, Any], known: dict[str, int], lowered: Counter[tuple[str, str]]) -> None:
    label = value.get(_SCHEMA)
    if not isinstance(label, str):
        return
    name, _, version = label.partition(".")
    if name == "Marker" and isinstance(value.get("color"), dict) and known.get(name, 0) < 3:
        value["color"] = _color_name(value["color"])
    if name in known and version.isdigit() and len(version) < 10 and int(version) > known[name]:
        older = f"{name}.{known[name]}"
        value[_SCHEMA] = older
        lowered[label, older] += 1


def _replace_unknown(value: dict[str, Any], known: dict[str, int], lost: Counter[str]) -> None:
    """OTIO keeps unknown objects in metadata, but refuses a file that has one where an item, effect, marker or media
    reference belongs (0.18.1)."""
    children = value.get("children")
    if isinstance(children, list) and str(value.get(_SCHEMA)).startswith(_COMPOSITIONS):
        for index, child in enumerate(children):
            if (name := _unknown(child, known)) is not None:
                lost[name] += 1
                children[index] = _gap(child)
    for field in ("effects", "markers"):
        listed = value.get(field)
        if isinstance(listed, list) and _SCHEMA in value:
            lost.update(name for one in listed if (name := _unknown(one, known)) is not None)
            value[field] = [one for one in listed if _unknown(one, known) is None]
    references = value.get("media_references")
    named = references if isinstance(references, dict) and _SCHEMA in value else {}
    for holder, key in [(named, key) for key in named] + [(value, "media_reference")]:
        if (name := _unknown(holder.get(key), known)) is not None:
            lost[name] += 1
            holder[key] = {_SCHEMA: "MissingReference.1", "metadata": {}, "name": str(holder[key].get("name") or "")}


def _unknown(value: Any, known: dict[str, int]) -> str | None:  # noqa: ANN401 - any JSON
    label = value.get(_SCHEMA) if isinstance(value, dict) else None
    name = label.partition(".")[0] if isinstance(label, str) else None
    return None if name is None or name in known else name


def _gap(child: dict[str, Any]) -> dict[str, Any]:
    """A gap as long as an unknown item, of no length when it does not say."""
    span = child.get("source_range")
    if not isinstance(span, dict):
        zero = {_SCHEMA: "RationalTime.1", "rate": 1.0, "value": 0.0}
        span = {_SCHEMA: "TimeRange.1", "start_time": zero, "duration": dict(zero)}
    return {_SCHEMA: "Gap.1", "metadata": {}, "name": str(child.get("name") or ""), "source_range": span}


def _color_name(color: dict[str, Any]) -> str:
    """The named colour nearest to red, green and blue, or the name a colour object itself carries."""
    name = color.get("name")
    if isinstance(name, str) and name.upper() in _COLORS:
        return name.upper()
    channels = tuple(color.get(channel) for channel in ("r", "g", "b"))
    numbers = [float(one) if isinstance(one, (int, float)) else 0.0 for one in channels]

    def away(entry: tuple[str, tuple[float, float, float]]) -> float:
        return sum((one - other) ** 2 for one, other in zip(numbers, entry[1], strict=True))

    return min(_COLORS.items(), key=away)[0]
