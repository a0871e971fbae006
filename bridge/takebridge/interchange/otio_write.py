"""A cut as OTIO's JSON, the plain flavour: everything, for our own tools and for hosts that read OTIO well.

What came from OTIO and did not change goes back as it was read, to the spelling of its times; only what differs from it
is written anew. What OTIO has no word for stands in one metadata key of ours and comes back from there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from takebridge.cut.model import Clip, Cut, Extras, Frame, Gap, Item, Marker, Media, Span, Track, Transition
from takebridge.errors import InterchangeError, UsageError
from takebridge.interchange.otio_facts import OURS, TIME_EFFECTS, ids_of, objects, schema, section
from takebridge.interchange.otio_media import DEFAULT_KEY, FORMAT, media_of, references_of, used_of
from takebridge.interchange.otio_read import Reading, clip_of, cut_of_json, item_of, marker_of, stamp_marker
from takebridge.interchange.otio_time import Json, spell_range, spell_time
from takebridge.timebase import FrameRate
from takebridge_fcpxml import urls

_KINDS = {"video": "Video", "audio": "Audio", "subtitle": "Subtitle"}
_PLAIN_KINDS = ("clip", "missing", "nested")


@dataclass(slots=True)
class Writing:
    """One writing: the cut's rate and what was lost so far."""

    rate: FrameRate
    losses: list[str] = field(default_factory=list)

    def lose(self, line: str) -> None:
        """Report a loss; who hands the losses out says each line once."""
        self.losses.append(line)

    def seconds(self, frames: Frame) -> Fraction:
        """Timeline frames in seconds."""
        return Fraction(frames) / self.rate.fraction


def timeline_json(cut: Cut) -> tuple[Json, list[str]]:
    """Return the timeline's JSON and what it could not hold, one line each."""
    writing = Writing(cut.rate)
    base = cut.extras.get(FORMAT)
    base = base if isinstance(base, dict) else {}
    timeline, stack = _dict(base.get("timeline")), _dict(base.get("stack"))
    stack = {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "metadata": {}, **stack}
    value: Json = {"OTIO_SCHEMA": "Timeline.1", "metadata": {}, **timeline}
    before = _head(value, stack, cut.rate)
    value["name"] = cut.name
    if before is None or before.start != cut.start or (not timeline and cut.start == 0):
        value["global_start_time"] = spell_time(writing.seconds(cut.start), cut.rate)
    _say(value, _facts_of_cut(cut), {} if before is None else _facts_of_cut(before))
    if before is None or before.markers != cut.markers:
        stack["markers"] = [marker_json(marker, cut.rate, 0) for marker in cut.markers]
    stack["children"] = [one for track in cut.tracks for one in tracks_json(track, writing)]
    value["tracks"] = stack
    return value, list(dict.fromkeys(writing.losses))


def _head(timeline: Json, stack: Json, rate: FrameRate) -> Cut | None:
    try:
        return cut_of_json({**timeline, "tracks": {**stack, "children": []}}, rate=rate)[0]
    except (InterchangeError, UsageError):
        return None


def _facts_of_cut(cut: Cut) -> Json:
    return {
        "project": cut.project_name,
        "project_id": cut.project_id,
        "timeline_id": cut.timeline_id,
        "revision": cut.revision,
        "drop_frame": cut.drop_frame,
        "width": cut.width or None,
        "height": cut.height or None,
        "extras": others_of(cut.extras),
    }


def tracks_json(track: Track, writing: Writing) -> list[Json]:
    """Return a track's JSON: one object, and one more for each layer of clips that lie over others."""
    base = _dict(track.extras.get(FORMAT))
    if base.get("bare") is True and len(track.items) == 1 and _begins(track.items[0]) == 0:
        return [item_json(track.items[0], writing)]
    layers = layers_of(track, writing)
    return [
        _track(replace(track, items=tuple(items)), items, base if not number else {}, writing)
        for number, items in enumerate(layers)
    ]


def _track(track: Track, items: list[Item], base: Json, writing: Writing) -> Json:
    value: Json = {"OTIO_SCHEMA": "Track.1", "metadata": {}, **{k: v for k, v in base.items() if k != "bare"}}
    kind = _KINDS[track.kind]
    if kind != "Subtitle" or value.get("kind") in (None, "Video", "Audio"):
        value["kind"] = kind  # Other applications spell subtitle tracks in ways of their own.
    value["name"] = track.name
    if (value.get("enabled") is not False) != track.enabled:
        value["enabled"] = track.enabled
    before = {"locked": section(value, "Resolve_OTIO").get("Locked") is True or section(value, OURS).get("locked")}
    _say(value, {"locked": track.locked or None}, {"locked": before["locked"] or None})
    value["children"] = filled_by(items, lambda item: item_json(item, writing))
    return value


def layers_of(track: Track, writing: Writing) -> list[list[Item]]:
    """Items that follow each other; a clip that lies over another goes to a layer of its own."""
    layers: list[list[Item]] = [[]]
    ends: list[Frame] = [0]
    for item in track.items:
        if isinstance(item, Transition):
            layers[0].append(item)
            continue
        fits = next((number for number, end in enumerate(ends) if _begins(item) >= end), len(ends))
        if isinstance(item, Gap) and fits:
            continue
        if fits:
            writing.lose(f"“{item.name}” lies over another clip: it is written on a track above it.")
        if fits == len(ends):
            layers.append([])
            ends.append(0)
        layers[fits].append(item)
        ends[fits] = item.record.end
    return layers


def _begins(item: Item) -> Frame:
    return item.cut if isinstance(item, Transition) else item.record.start


def filled_by(items: Iterable[Item], make: Callable[[Item], Json]) -> list[Json]:
    """Return items as children of a track, each made by ``make``: holes become gaps."""
    children: list[Json] = []
    at: Frame = 0
    for item in items:
        if _begins(item) > at:
            children.append(make(Gap(Span(at, _begins(item)))))
            at = _begins(item)
        children.append(make(item))
        at = at if isinstance(item, Transition) else item.record.end
    return children


def item_json(item: Item, writing: Writing) -> Json:
    """Return one child of a track."""
    if isinstance(item, Transition):
        return _transition(item, writing)
    return gap_json(item, writing) if isinstance(item, Gap) else _clip(item, writing)


def _before(base: Json, at: Frame, writing: Writing) -> Item | None:
    """The item as its own JSON says it, None where it has none."""
    if not base:
        return None
    try:
        return item_of(base, at, Reading(writing.rate), 0)
    except (InterchangeError, UsageError):
        return None


def _transition(item: Transition, writing: Writing) -> Json:
    base = _dict(item.extras.get(FORMAT))
    before = _before(base, item.cut, writing)
    if before == item:
        return base
    value: Json = {"OTIO_SCHEMA": "Transition.1", "metadata": {}, **base}
    value["name"], value["transition_type"] = item.name, item.style or "SMPTE_Dissolve"
    if not isinstance(before, Transition) or (before.record, before.cut) != (item.record, item.cut):
        value["in_offset"] = spell_time(writing.seconds(item.cut - item.record.start), writing.rate)
        value["out_offset"] = spell_time(writing.seconds(item.record.end - item.cut), writing.rate)
    return value


def gap_json(item: Gap, writing: Writing) -> Json:
    """Return a gap."""
    base = _dict(item.extras.get(FORMAT))
    before = _before(base, item.record.start, writing)
    if before == item:
        return base
    value: Json = {"OTIO_SCHEMA": "Gap.1", "metadata": {}, **base, "name": item.name}
    if not isinstance(before, Gap) or before.record != item.record:
        value["source_range"] = spell_range(Fraction(0), writing.seconds(item.record.duration), writing.rate)
    if not isinstance(before, Gap) or before.markers != item.markers:
        value["markers"] = [marker_json(marker, writing.rate, 0) for marker in item.markers]
    return value


def _clip(clip: Clip, writing: Writing) -> Json:
    base = _dict(clip.extras.get(FORMAT))
    was = clip_of(base, clip.record.start, Reading(writing.rate)) if schema(base) == "Clip" else None
    if clip.inner is not None:
        return _nested(clip, clip.inner, base, writing)
    if was == clip:
        return base
    value: Json = {"OTIO_SCHEMA": "Clip.2", "metadata": {}, **(base if was else {}), "name": clip.name}
    value["enabled"] = clip.enabled if was is None or was.enabled != clip.enabled else value.get("enabled", True)
    rate = clip.media.rate if clip.media and clip.media.rate else writing.rate
    offset = _offset(clip, was, value, rate, writing)
    if was is None or _timing(was) != _timing(clip) or was.media != clip.media:
        value["source_range"] = _source_range(clip, offset, rate, writing)
    if was is None or (was.takes, was.active, was.media) != (clip.takes, clip.active, clip.media):
        _set_references(value, clip, was, writing)
    _set_effects(value, clip, was, writing)
    if was is None or was.markers != clip.markers or was.stamp != clip.stamp:
        value["markers"] = [marker_json(marker, rate, offset) for marker in clip.markers]
        if clip.stamp:
            first = Fraction(offset) + (clip.source.start if clip.source else 0)
            value["markers"].append(stamp_marker(clip.stamp, spell_range(first / rate.fraction, Fraction(0), rate)))
    _say(value, facts_of(clip), {} if was is None else facts_of(was))
    return value


def _nested(clip: Clip, inner: Cut, base: Json, writing: Writing) -> Json:
    inside = Writing(inner.rate, writing.losses)
    kind = schema(base) if schema(base) in ("Stack", "Track") else "Stack"
    value: Json = {"OTIO_SCHEMA": "Stack.1", "metadata": {}, **(base if schema(base) == kind else {})}
    tracks = [one for track in inner.tracks for one in tracks_json(track, inside)]
    value["children"] = tracks
    if kind == "Track":
        value["children"] = tracks[0].get("children", []) if tracks else []
    before = _before(value, clip.record.start, writing)
    was = before if isinstance(before, Clip) and schema(base) == kind else None
    value["name"] = clip.name
    if was is None or was.enabled != clip.enabled:
        value["enabled"] = clip.enabled
    if was is None or _timing(was) != _timing(clip):
        start = Fraction(clip.source.start if clip.source else 0) / inner.rate.fraction
        value["source_range"] = spell_range(start, writing.seconds(clip.record.duration), writing.rate, inner.rate)
    _set_effects(value, clip, was, writing)
    if was is None or was.markers != clip.markers or was.stamp != clip.stamp:
        value["markers"] = [marker_json(marker, inner.rate, 0) for marker in clip.markers]
        if clip.stamp:
            start = Fraction(clip.source.start if clip.source else 0) / inner.rate.fraction
            value["markers"].append(stamp_marker(clip.stamp, spell_range(start, Fraction(0), inner.rate)))
    _say(value, facts_of(clip), {} if was is None else facts_of(was))
    return value


def _timing(clip: Clip) -> tuple[object, ...]:
    return clip.record.duration, clip.source, clip.speed


def _offset(clip: Clip, was: Clip | None, value: Json, rate: FrameRate, writing: Writing) -> Frame:
    """What the document's own numbers count from: as it was while the media is, else the media's timecode."""
    if was is not None and was.media == clip.media:
        return used_of(value, clip.media, rate.fraction, was.speed, clip.name).offset
    return clip.media.start or 0 if clip.media else 0


def _source_range(clip: Clip, offset: Frame, rate: FrameRate, writing: Writing) -> Json:
    start = Fraction(offset + (clip.source.start if clip.source else 0)) / rate.fraction
    return spell_range(start, writing.seconds(clip.record.duration), rate, writing.rate)


def _set_references(value: Json, clip: Clip, was: Clip | None, writing: Writing) -> None:
    value.pop("media_reference", None)
    if not clip.takes:
        old = references_of(value, clip.name) if was is not None else None
        base = old.by_key.get(old.active, {}) if old else {}
        value["media_references"] = {DEFAULT_KEY: reference_json(clip, clip.media, base, writing)}
        value["active_media_reference_key"] = DEFAULT_KEY
        return
    has_default = any(take.key == DEFAULT_KEY for take in clip.takes)
    found: Json = {}
    for place, take in enumerate(clip.takes):
        key = take.key or f"take {place + 1}"
        if place == clip.active and not has_default:
            key = DEFAULT_KEY
        while key in found:
            key += "'"
        made = reference_json(clip, take.media, _dict(take.extras.get(FORMAT)), writing)
        span = take.source if place != clip.active else None
        facts: Json = {
            "place": place,
            "key": take.key if key != take.key else None,
            "name": take.name,
            "take_id": take.take_id,
            "source_start": None if span is None else str(span.start),
            "source_end": None if span is None else str(span.end),
        }
        _say(made, facts, {})
        found[key] = made
        if place == clip.active:
            value["active_media_reference_key"] = key
    value["media_references"] = found


def reference_json(clip: Clip, media: Media | None, base: Json, writing: Writing) -> Json:
    """Return the reference of some media of a clip; ``base`` is the one it came from, used where it still says so."""
    if base and media_of(base, writing.rate, clip.name) == media:
        return dict(base)
    if media is None and base and schema(base) == "GeneratorReference":
        return dict(base)
    if media is None:
        kind = "GeneratorReference.1" if clip.kind in ("title", "generator") else "MissingReference.1"
        made: Json = {"OTIO_SCHEMA": kind, "metadata": {}, "name": clip.name, "available_range": None}
        if kind == "GeneratorReference.1":
            made |= {"generator_kind": clip.kind, "parameters": {}}
        return made
    rate = media.rate or writing.rate
    available = None
    if media.frame_count is not None:
        start = Fraction(media.start or 0) / rate.fraction
        available = spell_range(start, Fraction(media.frame_count) / rate.fraction, rate)
    kept = {key: one for key, one in base.items() if key == "metadata"} if schema(base) == "ExternalReference" else {}
    made = {"OTIO_SCHEMA": "MissingReference.1", "metadata": {}, **kept, "name": media.name}
    made["available_range"] = available
    unknown = "unknown" if available is not None and media.start is None else None
    if media.location:
        made |= {"OTIO_SCHEMA": "ExternalReference.1", "target_url": url_of(media.location)}
    _say(made, {"media_id": media.id, "others": list(media.others), "start": unknown}, {})
    return made


def url_of(location: str) -> str:
    """The URL of a path (POSIX, Windows drive or share), or a URL or relative path as it is."""
    if location.startswith(("\\\\", "//")):
        return "file:" + quote(location.replace("\\", "/"), safe="/")
    if location.startswith("/") or (len(location) > 2 and location[1] == ":" and location[2] in "\\/"):
        return urls.to_url(location)
    return location


def _set_effects(value: Json, clip: Clip, was: Clip | None, writing: Writing) -> None:
    """Time effects where speed or ramp changed; looks are taken from their text when it is OTIO's."""
    effects = objects(value, "effects", clip.name)
    others = [effect for effect in effects if schema(effect) not in TIME_EFFECTS]
    timed = [effect for effect in effects if schema(effect) in TIME_EFFECTS]
    if (was is None and clip.look) or (was is not None and was.look != clip.look):
        others = _parsed(clip.look)
        if clip.look and not others:
            writing.lose(f"“{clip.name}”: its effects and adjustments are not written.")
    if was is None or (was.speed, was.ramp) != (clip.speed, clip.ramp):
        timed = time_effects(clip, writing)
    if timed + others != effects or "effects" not in value:
        value["effects"] = timed + others


def time_effects(clip: Clip, writing: Writing) -> list[Json]:
    """The effects that give a clip its speed; none at 100 %, because hosts mishandle one that does nothing."""
    if clip.speed is None:
        ramps = [one for line in clip.ramp.splitlines() for one in _parsed(f"[{line}]")]
        if not ramps:
            writing.lose(f"“{clip.name}”: its speed ramp is not written; it plays at 100 %.")
        return ramps
    if clip.speed == 1:
        return []
    freeze = clip.speed == 0
    label, name = ("FreezeFrame.1", "freeze") if freeze else ("LinearTimeWarp.1", "retime")
    made: Json = {"OTIO_SCHEMA": label, "metadata": {}, "name": name, "effect_name": label.partition(".")[0]}
    return [{**made, "time_scalar": float(clip.speed)}]


def _parsed(text: str) -> list[Json]:
    try:
        found = json.loads(text) if text.startswith("[") else []
    except (ValueError, RecursionError):
        return []
    good = isinstance(found, list) and all(isinstance(one, dict) and schema(one) in _EFFECTS for one in found)
    return found if good else []


_EFFECTS = TIME_EFFECTS | {"Effect"}


def marker_json(marker: Marker, rate: FrameRate, offset: Frame) -> Json:
    """Return a marker; ``offset`` is what the document's numbers count from."""
    base = _dict(marker.extras.get(FORMAT))
    if base and marker_of(base, rate.fraction, offset, marker.name) == marker:
        return base
    span = spell_range(Fraction(marker.at + offset) / rate.fraction, Fraction(marker.duration) / rate.fraction, rate)
    made: Json = {"OTIO_SCHEMA": "Marker.2", "metadata": {}, **base, "name": marker.name, "marked_range": span}
    made |= {"comment": marker.note, "color": marker.color or "RED"}
    _say(made, {"kind": marker.kind}, {})
    return made


def facts_of(clip: Clip) -> Json:
    """What our metadata says of a clip."""
    return {
        "clip_key": clip.key,
        "stamp": clip.stamp,
        "link": clip.link,
        "role": clip.role,
        "kind": "" if clip.kind in _PLAIN_KINDS else clip.kind,
        "ids": [list(pair) for pair in clip.ids if list(pair) not in _read_ids(clip)],
        "extras": others_of(clip.extras),
    }


def _read_ids(clip: Clip) -> list[list[str]]:
    """Ids that stand in the clip's own metadata: they need no second place."""
    return [list(pair) for pair in ids_of(_dict(clip.extras.get(FORMAT)))]


def others_of(extras: Extras) -> Json:
    """What other formats say beyond the model; OTIO's own part is the document itself."""
    return {name: value for name, value in extras.items() if name != FORMAT}


def _say(value: Json, facts: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Write facts into our metadata key where they differ from what the object says already."""
    changed = {name: one for name, one in facts.items() if _said(one) != _said(before.get(name))}
    if not changed:
        return
    metadata = _dict(value.get("metadata"))
    ours = {**_dict(metadata.get(OURS)), **changed}
    ours = {name: one for name, one in ours.items() if _said(one) is not None}
    value["metadata"] = {**{key: one for key, one in metadata.items() if key != OURS}, **({OURS: ours} if ours else {})}


def _said(fact: Any) -> Any:  # noqa: ANN401 - any JSON
    """A fact, None for one that says nothing; 0 says something."""
    return None if fact is False or fact in ("", [], {}) else fact


def _dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}
