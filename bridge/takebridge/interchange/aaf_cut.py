"""AAF as a cut and back, through the OTIO adapter: cuts, tracks and media, without markers and effects."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from takebridge.cut.model import Clip, Cut, Gap, Span, clips_of
from takebridge.errors import InterchangeError
from takebridge.interchange.adapters import ask_reader, ask_writer
from takebridge.interchange.otio_facts import metadata_of, schema, text_of
from takebridge.interchange.otio_json import plain_json, rebuild
from takebridge.interchange.otio_read import cut_of_json
from takebridge.interchange.otio_time import Json, seconds_of, spell_range, spell_time
from takebridge.interchange.otio_write import timeline_json
from takebridge.timebase import FrameRate

_ADAPTER = "AAF"


def read_aaf(
    path: Path, *, rate: FrameRate | None = None, known_files: Mapping[str, str] | None = None
) -> tuple[Cut, list[str]]:
    """Return an AAF's cut and what it does not say. Raises InvalidDocumentError in words."""
    found: Any = ask_reader(path.name, lambda: otio.adapters.read_from_file(str(path), _ADAPTER))
    cut, losses = cut_of_json(plain_json(found), rate=rate, known_files=known_files)
    return cut, ["Effects and their curves are read by name only; some markers are not read.", *losses]


def write_aaf(cut: Cut) -> tuple[bytes, list[str]]:
    """Return the AAF of a cut and what it does not hold.

    The adapter writes what came from AAF and cuts of one rate. What it wrote is read back: other times than the cut's
    are refused. Raises InterchangeError with its reason.
    """
    cut, losses = _without_captions(cut)
    value, said = timeline_json(cut)
    losses += said
    value = copy.deepcopy(value)  # What came from AAF is in the cut's extras, which stay as they are.
    losses += _adapt(value)
    _one_rate(value, cut, losses)
    timeline = rebuild(value, cut.name or "The cut")
    with tempfile.TemporaryDirectory(prefix="takebridge-aaf-") as folder:
        path = Path(folder) / "cut.aaf"
        ask_writer(
            "The AAF",
            lambda: otio.adapters.write_to_file(timeline, str(path), _ADAPTER, use_empty_mob_ids=True),
        )
        back, _ = read_aaf(path, rate=cut.rate)
        if _places(back) != _places(cut):
            raise InterchangeError("An AAF of this cut would say other times.", hint="Write .otio, .xml or .edl.")
        return path.read_bytes(), [*losses, *_losses(cut)]


def _without_captions(cut: Cut) -> tuple[Cut, list[str]]:
    """The adapter refuses tracks that are neither picture nor sound."""
    count = sum(len(track.clips) for track in cut.tracks if track.kind == "subtitle")
    tracks = tuple(track for track in cut.tracks if track.kind != "subtitle")
    return replace(cut, tracks=tracks), [f"{count} captions are not written."] if count else []


def _adapt(value: Json) -> list[str]:
    """Make of what is no AAF yet what the adapter writes (2.0.0): every clip needs an available range and no generator,
    a transition the operation an AAF had. Returns what that costs."""
    losses: list[str] = []
    stack = [value["tracks"]]
    while stack:
        one = stack.pop()
        children = one.get("children")
        if isinstance(children, list):
            one["children"] = [child for child in children if not _refused(child, losses)]
            stack.extend(one["children"])
        elif schema(one) == "Clip":
            found = one.get("media_references") or {}
            one["media_references"] = {key: _reference(one, held, losses) for key, held in found.items()}
        elif schema(one) == "Track":
            one["children"] = []
    return losses


def _refused(child: Json, losses: list[str]) -> bool:
    if schema(child) != "Transition" or "AAF" in metadata_of(child):
        return False
    losses.append(f"The transition “{text_of(child, 'name')}” is not written: the cut stays.")
    return True


def _reference(clip: Json, held: Json, losses: list[str]) -> Json:
    if schema(held) == "GeneratorReference":
        losses.append(f"“{text_of(clip, 'name')}” is written as a clip without file.")
        kept = ("name", "available_range")
        held = {"OTIO_SCHEMA": "MissingReference.1", "metadata": {}, **{name: held.get(name) for name in kept}}
    if held.get("available_range") is None:
        held = {**held, "available_range": clip.get("source_range")}
    return held


def _one_rate(value: Json, cut: Cut, losses: list[str]) -> None:
    """Every range of clips at the cut's rate: the adapter refuses any other (2.0.0)."""
    value["global_start_time"] = spell_time(Fraction(cut.start) / cut.rate.fraction, cut.rate)
    stack = [value["tracks"]]
    rounded = False
    while stack:
        one = stack.pop()
        stack.extend(child for child in one.get("children") or [])
        holders = [one, *(one.get("media_references") or {}).values()]
        for number, holder in enumerate(holders):
            name = "available_range" if number else "source_range"
            if holder.get(name) is not None and not _at_rate(holder[name], cut):
                holders_range, exact = _on_grid(holder[name], cut)
                holder[name] = holders_range
                rounded = rounded or not exact
    if rounded:
        losses.append("Media of other rates than the cut's is counted in the cut's frames, to the nearest.")


def _at_rate(span: Json, cut: Cut) -> bool:
    speed = cut.rate.numerator / cut.rate.denominator
    return all(span[name]["rate"] == speed for name in ("start_time", "duration"))


def _on_grid(span: Json, cut: Cut) -> tuple[Json, bool]:
    times = [seconds_of(span[name], "A range") * cut.rate.fraction for name in ("start_time", "duration")]
    start, duration = (round(time) / cut.rate.fraction for time in times)
    return spell_range(start, duration, cut.rate), all(time.denominator == 1 for time in times)


def _places(cut: Cut) -> list[list[Span]]:
    """Where clips stand, track by track; the adapter may reorder tracks of different kinds."""
    tracks = [track for track in cut.tracks if track.clips]
    return [[clip.record for clip in track.clips] for track in sorted(tracks, key=lambda one: one.kind)]


def _losses(cut: Cut) -> list[str]:
    losses = [f"The timeline marker “{marker.name}” is not written." for marker in cut.markers]
    for _, clip in clips_of(cut):
        losses += _of_clip(clip)
    gaps = [item for track in cut.tracks for item in track.items if isinstance(item, Gap) and item.markers]
    losses += [f"The markers of a gap at frame {gap.record.start} are not written." for gap in gaps]
    return losses


def _of_clip(clip: Clip) -> list[str]:
    name = f"“{clip.name}”"
    said = [
        (bool(clip.markers), f"{name}: {len(clip.markers)} markers are not written."),
        (len(clip.takes) > 1, f"{name}: {len(clip.takes) - 1} waiting takes are not written."),
        (clip.speed is None, f"{name}: its speed ramp is not written."),
        (bool(clip.look), f"{name}: its effects and adjustments are not written."),
        (not clip.enabled, f"{name} is disabled, which an AAF here does not say."),
        (bool(clip.stamp), f"{name}: its stamp is not written beside the name of its file."),
    ]
    return [line for true, line in said if true]
