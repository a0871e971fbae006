"""OTIO as Resolve takes it, which is not all of OTIO (resolve.md §3.2, §5.18).

Refused whole: a schema Resolve does not know or in another version than it writes, no ``global_start_time``, no
reference under DEFAULT_MEDIA, a MissingReference (re-import of titles hard-fails), a ``file://`` URL or a relative
path, a source range that is not in the media's timecode, a file that is not there. A clip whose name and whose
reference's name both differ from the file's comes in offline; unknown metadata is dropped, takes too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from fractions import Fraction

import opentimelineio as otio

from .drafts import Draft, DraftError, DraftItem, DraftTrack, snapped
from .export_otio import DEFAULT_KEY, META
from .state import MARKER_COLOURS, Marker
from .timeline_item import DEFAULT_PROPERTIES

SCHEMAS = frozenset(
    [
        "Timeline.1",
        "Stack.1",
        "Track.1",
        "Clip.2",
        "Gap.1",
        "Transition.1",
        "Marker.2",
        "Effect.1",
        "TimeEffect.1",
        "LinearTimeWarp.1",
        "ExternalReference.1",
        "ImageSequenceReference.1",
        "RationalTime.1",
        "TimeRange.1",
        "Box2d.1",
        "V2d.1",
    ]
)
_KINDS = {"Video": "video", "Audio": "audio"}


def read_otio(path: str) -> Draft:
    """Read a file. Raises DraftError and OSError."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        _check_shape(json.loads(text))
        read = otio.adapters.read_from_string(text, "otio_json")
    except (ValueError, TypeError, LookupError, otio.exceptions.OTIOError) as error:
        raise DraftError(f"No OTIO: {error}") from error
    if not isinstance(read, otio.schema.Timeline) or read.global_start_time is None:
        raise DraftError("No timeline with a global_start_time.")
    rate = snapped(read.global_start_time.rate)
    draft = Draft(read.name, rate, round(_seconds(read.global_start_time) * rate), strict=True)
    _stack(draft, read.tracks)
    draft.markers = {frame: mark for at, mark in _markers(read.tracks.markers) if (frame := round(at * rate)) >= 0}
    return draft


def _check_shape(value: object) -> None:
    for label in _labels(value):
        if label not in SCHEMAS:
            raise DraftError(f"Resolve does not read {label}.")


def _labels(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _labels(one)
    elif isinstance(value, dict):
        if isinstance(label := value.get("OTIO_SCHEMA"), str):
            yield label
        for one in value.values():
            yield from _labels(one)


def _stack(draft: Draft, stack: otio.schema.Stack) -> None:
    for track in stack:
        if not isinstance(track, otio.schema.Track) or track.kind not in _KINDS:
            raise DraftError("A stack holds picture and sound tracks.")
        kind = _KINDS[track.kind]
        said = _said(track)
        sub_type = str(said.get("Audio Type", "")).lower()
        draft.tracks[kind].append(DraftTrack(track.name, track.enabled, bool(said.get("Locked")), sub_type))
        _track(draft, track, kind, len(draft.tracks[kind]))


def _track(draft: Draft, track: otio.schema.Track, kind: str, index: int) -> None:
    at = Fraction(0)
    for child in track:
        if isinstance(child, otio.schema.Transition):
            draft.items.append(_transition(draft, child, kind, index, at))
            continue
        length = _seconds(child.trimmed_range().duration)
        start, end = (int(moment * draft.rate + Fraction(1, 1000)) for moment in (at, at + length))
        at += length
        if isinstance(child, otio.schema.Gap) or end <= start:
            continue
        item = DraftItem("clip", kind, index, start, end - start, child.name, enabled=child.enabled)
        item.link = str(_said(child).get("Link Group ID", ""))
        _effects(item, child)
        if isinstance(child, otio.schema.Stack):
            _nested(draft, item, child)
        else:
            _clip(item, child)
        draft.items.append(item)


def _transition(draft: Draft, child: otio.schema.Transition, kind: str, index: int, at: Fraction) -> DraftItem:
    before, after = (round(_seconds(part) * draft.rate) for part in (child.in_offset, child.out_offset))
    cut = round(at * draft.rate)
    return DraftItem("transition", kind, index, cut - before, before + after, child.name)


def _nested(draft: Draft, item: DraftItem, stack: otio.schema.Stack) -> None:
    item.kind, item.absolute = "compound", False
    item.inner = Draft(stack.name, draft.rate, 0, width=draft.width, height=draft.height, strict=draft.strict)
    if stack.source_range is not None:
        item.source = _seconds(stack.source_range.start_time)
    _stack(item.inner, stack)


def _clip(item: DraftItem, clip: otio.schema.Clip) -> None:
    if clip.active_media_reference_key != DEFAULT_KEY:
        raise DraftError(f"“{clip.name}” has no reference under {DEFAULT_KEY}.")
    reference = clip.media_reference
    if clip.source_range is None:
        raise DraftError(f"“{clip.name}” has no source range.")
    item.source = _seconds(clip.source_range.start_time)
    item.markers = [(at, mark) for at, mark in _markers(clip.markers)]
    if isinstance(reference, otio.schema.ImageSequenceReference):
        return  # sequences are often not recognised (ayon-core#44): offline
    if not isinstance(reference, otio.schema.ExternalReference) or reference.available_range is None:
        raise DraftError(f"“{clip.name}” has no file.")
    url = reference.target_url
    if not os.path.isabs(url):
        raise DraftError(f"{url} is no bare absolute path.")
    if os.path.basename(url) in (clip.name, reference.name):
        item.path = url


def _effects(item: DraftItem, child: otio.core.Item) -> None:
    for effect in child.effects:
        if isinstance(effect, otio.schema.LinearTimeWarp):
            scalar = Fraction(effect.time_scalar).limit_denominator(1_000_000)
            item.unreadable_source = scalar == 0
            item.speed, item.reversed = abs(scalar) or Fraction(1), scalar < 0
        elif isinstance(effect, otio.schema.TimeEffect):
            item.unreadable_source = True
        else:
            item.properties |= _parameters(effect)


def _parameters(effect: otio.schema.Effect) -> dict[str, object]:
    listed = _said(effect).get("Parameters")
    found: dict[str, object] = {}
    for one in listed if isinstance(listed, list) else []:
        key = one.get("Parameter ID") if isinstance(one, dict) else None
        if isinstance(key, str) and key in DEFAULT_PROPERTIES:
            found[key] = one.get("Parameter Value")
    return found


def _markers(markers: list[otio.schema.Marker]) -> Iterator[tuple[Fraction, Marker]]:
    """(seconds, marker); the note is Resolve's own, a plain ``comment`` is ignored (21)."""
    for one in markers:
        span = one.marked_range
        frames = round(_seconds(span.duration) * snapped(span.start_time.rate))
        colour = str(one.color or "Blue").title()
        if colour not in MARKER_COLOURS:
            colour = "Blue"
        yield _seconds(span.start_time), Marker(colour, one.name, str(_said(one).get("Note", "")), max(1, frames))


def _seconds(time: otio.opentime.RationalTime) -> Fraction:
    """Exact: the rate is what its double means, the value a whole number or a fraction of a frame."""
    return Fraction(time.value).limit_denominator(1_000_000) / snapped(time.rate)


def _said(value: otio.core.SerializableObjectWithMetadata) -> dict[str, object]:
    """Resolve's own metadata; a plain list inside is one, whatever OTIO's wrapper calls it."""
    found = json.loads(otio.core.serialize_json_to_string(value.metadata.get(META, {})))
    return found if isinstance(found, dict) else {}
