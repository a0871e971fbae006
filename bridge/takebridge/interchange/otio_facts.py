"""What metadata and markers of OTIO's JSON say: ids, stamps, links, speed, look. All tolerant, nothing is changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from lxml import etree

from takebridge.cut.stamp import find_stamps
from takebridge.errors import InvalidDocumentError
from takebridge.interchange.otio_json import MAX_NESTED
from takebridge.interchange.otio_time import Json
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.otio import carry
from takebridge_fcpxml.otio.speed import exact_speed
from takebridge_fcpxml.times import parse_time

OURS = "takebridge"
"""Our one key in metadata; foreign keys are never touched."""
CARRIED = "takebridge_fcpxml"
RESOLVE = "Resolve_OTIO"
_ID_KEY = re.compile(r"(?:^|[_\-. ])(?:id|uid|uuid|guid|umid|key)$|(?:clip|mob|item|media)id$")
_STAMP_ENTRY = re.compile(r'<md [^<>]*"com\.takebridge\.stamp"[^<>]*>')
_MOST_IDS = 32
_LONGEST_ID = 200


def metadata_of(value: Json) -> Json:
    """The metadata of an object, empty where it has none."""
    found = value.get("metadata")
    return found if isinstance(found, dict) else {}


def section(value: Json, name: str) -> Json:
    """One application's part of an object's metadata."""
    found = metadata_of(value).get(name)
    return found if isinstance(found, dict) else {}


def text_of(value: Json, name: str) -> str:
    """A text field, "" where it is absent or something else."""
    found = value.get(name)
    return found if isinstance(found, str) else ""


def objects(value: Json, name: str, where: str) -> list[Json]:
    """A list of objects. Raises InvalidDocumentError where it is anything else."""
    found = value.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) and _label(one) for one in found):
        raise InvalidDocumentError(f"{name} of {where} is not what it should be.", hint="Export the timeline again.")
    return found


def schema(value: Json) -> str:
    """The schema's name without its version."""
    return _label(value).partition(".")[0]


def ids_of(value: Json) -> tuple[tuple[str, str], ...]:
    """Ids other applications left in an object's metadata, as (path, value); ours and links are not among them."""
    found: list[tuple[str, str]] = []
    for path, key, leaf in _leaves(metadata_of(value), "", 0):
        if len(found) >= _MOST_IDS:
            break
        if isinstance(leaf, str | int) and not isinstance(leaf, bool) and _is_id_key(key) and len(str(leaf)) > 0:
            found.append((path, str(leaf)[:_LONGEST_ID]))
    return tuple(found)


def _is_id_key(key: str) -> bool:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()
    return bool(_ID_KEY.search(spaced)) and "link" not in spaced and "parameter" not in spaced


def _leaves(value: Any, path: str, depth: int) -> Iterator[tuple[str, str, Any]]:  # noqa: ANN401 - any JSON
    """Leaves of mappings with their path; lists are walked for their depth alone."""
    if depth > MAX_NESTED:
        raise InvalidDocumentError("Metadata is nested too deeply.", hint="Export the timeline without it.")
    if isinstance(value, list):
        for one in value:
            if isinstance(one, dict | list):
                for _ in _leaves(one, path, depth + 1):
                    pass
        return
    for key, inner in value.items():
        below = f"{path}.{key}" if path else key
        if isinstance(inner, dict | list):
            if depth or key not in (OURS, CARRIED):
                yield from _leaves(inner, below, depth + 1)
        else:
            yield below, key, inner


def note_of(marker: Json) -> str:
    """A marker's note: its comment, or where Resolve keeps it."""
    return text_of(marker, "comment") or text_of(section(marker, RESOLVE), "Note")


def link_of(value: Json) -> str:
    """What links picture and sound: ours, Resolve's link group, or the picture a sound belongs to."""
    ours, carried = section(value, OURS), section(value, CARRIED)
    if link := text_of(ours, "link"):
        return link
    linked = ours.get("linked")
    if isinstance(linked, list) and linked and (key := text_of(ours, "clip_key")):
        return min([key, *(str(one) for one in linked)])
    group = section(value, RESOLVE).get("Link Group ID")
    if isinstance(group, str | int) and not isinstance(group, bool) and str(group) not in ("", "0", "-1"):
        return str(group)
    companion = carried.get("companion")
    if companion is True:
        return f"fcpxml:{text_of(carried, 'key')}"
    return f"fcpxml:{companion}" if isinstance(companion, str) and companion else ""


TIME_EFFECTS = frozenset({"LinearTimeWarp", "FreezeFrame", "TimeEffect"})


def speed_of(effects: list[Json], carried_ramp: str = "") -> tuple[Fraction | None, str]:
    """Speed and the text of a ramp. Several constant effects multiply; a disabled one does nothing."""
    speed, ramps = Fraction(1), [carried_ramp] if carried_ramp else []
    for effect in effects:
        name = schema(effect)
        if name not in TIME_EFFECTS or effect.get("enabled") is False:
            continue
        scalar = effect.get("time_scalar")
        if name == "FreezeFrame":
            speed = Fraction(0)
        elif name == "LinearTimeWarp" and isinstance(scalar, int | float) and abs(scalar) < 1e6:
            speed *= exact_speed(float(scalar))
        else:
            ramps.append(stable(effect))
    return (None, "\n".join(ramps)) if ramps else (speed, "")


def look_of(effects: list[Json]) -> str:
    """Stable text of every effect that is not about time, "" for none."""
    rest = [effect for effect in effects if schema(effect) not in TIME_EFFECTS]
    return stable(rest) if rest else ""


def carried_xml(value: Json) -> etree._Element | None:
    """The FCPXML element an item was made of, where its metadata carries one that says more than OTIO does."""
    xml = text_of(section(value, CARRIED), "xml")
    return carry.parse_item(xml) if any(word in xml for word in ("<timeMap", "<adjust-", "<filter-")) else None


def stamp_in(xml: str) -> str:
    """The stamp in the metadata of an FCPXML element, "" for none."""
    entry = _STAMP_ENTRY.search(xml)
    return next(iter(find_stamps(entry[0])), "") if entry else ""


def ramp_in(element: etree._Element | None) -> str:
    """The time map of an FCPXML element where its speed varies, else ""."""
    found = None if element is None else element.find("timeMap")
    if found is None:
        return ""
    points = [(_seconds(one.get("time")), _seconds(one.get("value"))) for one in found.iterfind("timept")]
    speeds = {(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(points) if b[0] != a[0]}
    return etree.tostring(found, encoding="unicode", with_tail=False) if len(speeds) > 1 else ""


def look_in(element: etree._Element | None) -> str:
    """Text of the adjustments and filters of an FCPXML element, "" for none."""
    if element is None:
        return ""
    looks = [one for one in element.iterchildren(etree.Element) if str(one.tag).startswith(("adjust-", "filter-"))]
    return "".join(etree.tostring(one, encoding="unicode", with_tail=False) for one in looks)


def _seconds(text: str | None) -> Fraction:
    try:
        return parse_time(text or "0s")
    except FcpxmlError:
        return Fraction(0)


def stable(value: Any) -> str:  # noqa: ANN401 - any JSON
    """Text that is equal for equal JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _label(value: Json) -> str:
    found = value.get("OTIO_SCHEMA")
    return found if isinstance(found, str) else ""
