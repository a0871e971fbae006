"""Real files read as a cut and written in the same format, judged by walkers that share no code with the readers.

A walker says where the items of a document lie: ``(track kind, record start, record end)``. xmeml and EDL are walked by
their own text, FCPXML by `fcpxml_walker`, OTIO by opentimelineio, AAF by what the installed AAF adapter reads of both.
Record times are exact where both documents give the same multiset.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import fcpxml_walker
import opentimelineio as otio
from lxml import etree

from takebridge.errors import BridgeError
from takebridge.interchange.documents import read_cut, write_cut

Places = Counter[tuple[object, ...]]
FORMATS = {"xmeml": ".xml", "fcpxml": ".fcpxml", "otio": ".otio", "edl": ".edl", "aaf": ".aaf"}
_PARSER = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True)


@dataclass(slots=True)
class Kept:
    """What became of one format's files; ``inexact`` and ``refused`` name files with the reason."""

    files: int = 0
    with_items: int = 0
    exact: int = 0
    items: int = 0
    items_exact: int = 0
    points: int = 0
    points_exact: int = 0
    points_files: int = 0
    inexact: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def corpus(folder: Path) -> dict[str, Kept]:
    """Return what this bridge keeps, by format."""
    return {name: _format(folder / name, name, ours) for name in FORMATS}


def xmeml_adapter(folder: Path) -> Kept:
    """Return what otio-fcp-adapter keeps of the xmeml files."""
    return _format(folder / "xmeml", "xmeml", adapter)


def ours(source: Path, target: Path) -> None:
    """Read as a cut and write. Raises BridgeError."""
    write_cut(read_cut(source).cut, target)


def adapter(source: Path, target: Path) -> None:
    """Read and write by OTIO's adapter for xmeml."""
    timeline = otio.adapters.read_from_file(str(source), adapter_name="fcp_xml")
    otio.adapters.write_to_file(timeline, str(target), adapter_name="fcp_xml")


def _format(folder: Path, name: str, trip: Callable[[Path, Path], None]) -> Kept:
    kept = Kept()
    for source in sorted(folder.glob("*")):
        kept.files += 1
        with tempfile.TemporaryDirectory(prefix="cut-corpus-") as temporary:
            target = Path(temporary) / f"again{FORMATS[name]}"
            try:
                trip(source, target)
            except BridgeError as error:
                kept.refused.append(f"{source.name}: {error.message}")
            except Exception as error:  # noqa: BLE001 - a peer may raise anything
                kept.refused.append(f"{source.name}: {type(error).__name__}: {error}")
            else:
                _compare(kept, name, source, target)
    return kept


def _compare(kept: Kept, name: str, source: Path, target: Path) -> None:
    before, after = WALKERS[name](source), WALKERS[name](target)
    kept.items += before.total()
    kept.items_exact += (before & after).total()
    kept.with_items += bool(before)
    kept.exact += bool(before) and before == after
    if before != after:
        lost, new = before - after, after - before
        kept.inexact.append(f"{source.name}: lost {_some(lost)}, new {_some(new)}")
    if name == "xmeml" and before:
        mine, again = in_points(source), in_points(target)
        kept.points += mine.total()
        kept.points_exact += (mine & again).total()
        kept.points_files += mine == again


def _some(places: Places) -> str:
    return f"{places.total()} {[tuple(map(str, place)) for place in list(places)[:3]]}"


# --- walkers ---------------------------------------------------------------------------------------------


def _fcpxml(path: Path) -> Places:
    root = etree.parse(str(path / "Info.fcpxml" if path.is_dir() else path), _PARSER).getroot()
    found: Places = Counter()
    for place, count in fcpxml_walker.multiset(root, projects_only=True, clips_only=True).items():
        found[place.record_start, place.duration] += count
    return found


def _otio(path: Path) -> Places:
    """Markers say nothing about places, and their newest schema is more than the installed OTIO reads."""
    bare = _without_markers(json.loads(path.read_text("utf-8")))
    return _timeline(otio.adapters.read_from_string(json.dumps(bare), "otio_json"))


def _without_markers(value: object) -> object:
    if isinstance(value, list):
        return [_without_markers(one) for one in value]
    if isinstance(value, dict):
        return {key: [] if key == "markers" else _without_markers(one) for key, one in value.items()}
    return value


def _aaf(path: Path) -> Places:
    return _timeline(otio.adapters.read_from_file(str(path), adapter_name="AAF"))


def _timeline(value: object) -> Places:
    if isinstance(value, otio.schema.SerializableCollection):
        value = next(iter(value), None)
    found: Places = Counter()
    if not isinstance(value, otio.schema.Timeline):
        return found
    for track in value.tracks:
        if not isinstance(track, otio.schema.Track):
            continue
        for index, item in enumerate(track):
            if not isinstance(item, (otio.schema.Gap, otio.schema.Transition)):
                place = track.range_of_child_at_index(index)
                found[track.kind, _nominal(place.start_time), _nominal(place.duration)] += 1
    return found


def _nominal(time: otio.opentime.RationalTime) -> Fraction:
    """Frames over frames counted per second: the same for 23.976 and 24000/1001."""
    rate: int = max(1, round(time.rate))
    return Fraction(time.value).limit_denominator(100_000) / rate


_EVENT = re.compile(r"^\s*\d+\s+\S+\s+(\S+)\s+(C|D|W\d+|K\S*).*?((?:\d+[:;]){3}\d+)\s+((?:\d+[:;]){3}\d+)\s*$", re.M)


def _edl(path: Path) -> Places:
    """Events of picture by their record timecodes, as written; a multi-track cut is several files."""
    found: Places = Counter()
    for one in sorted(path.parent.glob(f"{path.stem}*{path.suffix}")) if path.stem == "again" else [path]:
        for channel, _how, start, end in _EVENT.findall(one.read_text("utf-8", errors="replace")):
            if not channel.startswith("A") and start != end:
                found[start.replace(";", ":"), end.replace(";", ":")] += 1
    return found


def _xmeml_clips(path: Path) -> list[tuple[tuple[object, ...], etree._Element]]:
    found: list[tuple[tuple[object, ...], etree._Element]] = []
    root = etree.parse(str(path), _PARSER).getroot()
    for track in root.iter("track"):
        above = track.getparent()
        kind = above.tag if above is not None else ""
        items = [item for item in track if item.tag in ("clipitem", "generatoritem", "transitionitem")]
        for at, item in enumerate(items):
            if item.tag != "transitionitem":
                found.append(((kind, _edge(items, at, "start"), _edge(items, at, "end")), item))
    return found


def _edge(items: list[etree._Element], at: int, name: str) -> int | None:
    """A record edge: −1 means that of the transition beside it."""
    value = _number(items[at], name)
    if value != -1:
        return value
    beside = at - 1 if name == "start" else at + 1
    joined = 0 <= beside < len(items) and items[beside].tag == "transitionitem"
    return _number(items[beside], name) if joined else None


def _number(item: etree._Element, name: str) -> int | None:
    text = (item.findtext(name) or "").strip()
    return int(text) if re.fullmatch(r"-?\d+", text) else None


def _xmeml(path: Path) -> Places:
    return Counter(place for place, _ in _xmeml_clips(path))


def in_points(path: Path) -> Places:
    """Where the clips of an xmeml document lie and which frames of their media they show, with the rate they count."""
    found: Places = Counter()
    for place, item in _xmeml_clips(path):
        counts = (item.findtext("rate/timebase") or "").strip(), (item.findtext("rate/ntsc") or "").strip().upper()
        found[(*place, _number(item, "in"), _number(item, "out"), counts)] += 1
    return found


WALKERS: dict[str, Callable[[Path], Places]] = {
    "xmeml": _xmeml,
    "fcpxml": _fcpxml,
    "otio": _otio,
    "edl": _edl,
    "aaf": _aaf,
}
