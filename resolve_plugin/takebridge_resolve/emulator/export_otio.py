"""A timeline as Resolve writes OTIO (resolve.md §3.2).

Measured by others: Timeline.1 with its start, Clip.2 with one reference under DEFAULT_MEDIA, bare absolute paths,
ranges in the media's timecode, "Resolve_OTIO" metadata with link groups, LinearTimeWarp with the record span, nested
stacks, MissingReference for titles, no takes. Assumed: a source range starts at the media's rate and lasts at the
timeline's, which is the only way to say both exactly.
"""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio

from .layout import Hole, cut_of, inner_of, link_groups, media_start, tiled
from .media_facts import ImageSequence
from .profiles import Profile
from .state import Item, Marker, Media, Take, Timeline, Track

META = "Resolve_OTIO"
_KINDS = {"video": otio.schema.TrackKind.Video, "audio": otio.schema.TrackKind.Audio}
_AUDIO_TYPES = {"mono": "Mono", "stereo": "Stereo", "5.1": "5.1", "7.1": "7.1"}
_DEFAULTS = {"ZoomX": 1.0, "ZoomY": 1.0, "Pan": 0.0, "Tilt": 0.0, "RotationAngle": 0.0, "Opacity": 100.0}
DEFAULT_KEY = otio.schema.Clip.DEFAULT_MEDIA_KEY


def write_otio(profile: Profile, timeline: Timeline, path: str) -> None:
    """Write the file. Raises OSError."""
    text = otio.adapters.write_to_string(otio_timeline(profile, timeline), "otio_json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def otio_timeline(profile: Profile, timeline: Timeline) -> otio.schema.Timeline:
    """The whole timeline; subtitle tracks are not written."""
    made = otio.schema.Timeline(timeline.name, global_start_time=time_of(timeline.start_frame, timeline.rate))
    made.metadata[META] = {"Resolve OTIO Meta Version": "1.0"}
    made.tracks.markers.extend(
        _marker(mark, span_of(frame, mark.duration, timeline.rate)) for frame, mark in sorted(timeline.markers.items())
    )
    made.tracks.extend(_tracks(profile, timeline, link_groups(timeline)))
    return made


def time_of(frames: Fraction | int, rate: Fraction) -> otio.opentime.RationalTime:
    """Frames at a rate in OTIO's doubles."""
    return otio.opentime.RationalTime(float(frames), float(rate))


def span_of(start: int, duration: int, rate: Fraction, lasting: Fraction | None = None) -> otio.opentime.TimeRange:
    """A range: its start at ``rate``, its duration at ``lasting``, the same where nothing is said."""
    return otio.opentime.TimeRange(time_of(start, rate), time_of(duration, lasting or rate))


def _tracks(profile: Profile, timeline: Timeline, links: dict[str, int]) -> list[otio.schema.Track]:
    return [
        _track(profile, timeline, track, kind, links) for kind in ("video", "audio") for track in timeline.tracks[kind]
    ]


def _track(profile: Profile, timeline: Timeline, track: Track, kind: str, links: dict[str, int]) -> otio.schema.Track:
    made = otio.schema.Track(track.name, kind=_KINDS[kind])
    made.enabled = track.enabled
    said: dict[str, object] = {"Locked": track.locked}
    if kind == "audio":
        said |= {"Audio Type": _AUDIO_TYPES.get(track.sub_type, "Stereo"), "SoloOn": False}
    made.metadata[META] = said
    made.extend(_child(profile, timeline, track, one, links) for one in tiled(track))
    return made


def _child(
    profile: Profile, timeline: Timeline, track: Track, one: Item | Hole, links: dict[str, int]
) -> otio.core.Composable:
    if isinstance(one, Hole):
        return otio.schema.Gap(source_range=span_of(0, one.end - one.start, timeline.rate))
    if one.kind == "transition":
        return _transition(timeline, track, one)
    inner = inner_of(one)
    made = _stack(profile, timeline, one, inner) if inner else _clip(profile, timeline, one)
    made.enabled = one.enabled
    if one.id in links:
        made.metadata.setdefault(META, {})["Link Group ID"] = links[one.id]
    return made


def _transition(timeline: Timeline, track: Track, item: Item) -> otio.schema.Transition:
    cut = cut_of(track, item)
    return otio.schema.Transition(
        item.name or "Cross Dissolve",
        otio.schema.TransitionTypes.SMPTE_Dissolve,
        time_of(cut - item.start, timeline.rate),
        time_of(item.end - cut, timeline.rate),
        {META: {"Effects": {"Alignment": "Center", "Effect Name": item.name or "Cross Dissolve"}}},
    )


def _stack(profile: Profile, timeline: Timeline, item: Item, inner: Timeline) -> otio.schema.Stack:
    made = otio.schema.Stack(item.label, source_range=span_of(item.source_start, item.duration, inner.rate))
    made.source_range = span_of(item.source_start, item.duration, inner.rate, timeline.rate)
    made.extend(_tracks(profile, inner, link_groups(inner)))
    made.effects.extend(_effects(item))
    return made


def _clip(profile: Profile, timeline: Timeline, item: Item) -> otio.schema.Clip:
    media = item.media
    if media is None or not media.path:
        made = otio.schema.Clip(item.label, otio.schema.MissingReference())
        made.source_range = span_of(0, item.duration, timeline.rate)
    else:
        made = otio.schema.Clip(item.label)
        made.set_media_references(_references(profile, item, media), DEFAULT_KEY)
        made.source_range = _source(item, media, timeline)
    made.effects.extend(_effects(item))
    made.markers.extend(_item_markers(item))
    return made


def _source(item: Item, media: Media, timeline: Timeline) -> otio.opentime.TimeRange:
    """Timecode-absolute; a still counts from nothing."""
    start = 0 if media.facts.is_still else media_start(media) + item.source_start
    return span_of(start, item.duration, media.rate, timeline.rate)


def _references(profile: Profile, item: Item, media: Media) -> dict[str, otio.core.MediaReference]:
    """The selected source alone; the other takes beside it only where a probe has found that."""
    found: dict[str, otio.core.MediaReference] = {DEFAULT_KEY: _reference(media)}
    if profile.habits.takes_in_otio:
        others: list[tuple[int, Take]] = [(number, take) for number, take in enumerate(item.takes, 1)]
        found |= {f"Take {number}": _reference(take.media) for number, take in others if number != item.selected_take}
    return found


def _reference(media: Media) -> otio.core.MediaReference:
    if media.facts.sequence:
        return _sequence(media, media.facts.sequence)
    start = 0 if media.facts.is_still else media_start(media)
    made = otio.schema.ExternalReference(media.path, span_of(start, media.frame_count, media.rate))
    made.name = media.name
    return made


def _sequence(media: Media, images: ImageSequence) -> otio.schema.ImageSequenceReference:
    """An image sequence: its range starts at 0, whatever its first number is (resolve.md §3.2)."""
    made = otio.schema.ImageSequenceReference(
        target_url_base=images.folder,
        name_prefix=images.prefix,
        name_suffix=images.suffix,
        start_frame=images.first,
        frame_step=1,
        rate=float(media.rate),
        frame_zero_padding=images.digits,
        available_range=span_of(0, media.frame_count, media.rate),
    )
    made.name = media.name
    return made


def _effects(item: Item) -> list[otio.schema.Effect]:
    found: list[otio.schema.Effect] = []
    changed = {key: value for key, value in item.properties.items() if _DEFAULTS.get(key, value) != value}
    if changed:
        parameters = [
            {
                "Parameter ID": key,
                "Parameter Value": value,
                "Default Parameter Value": _DEFAULTS.get(key, 0),
                "Key Frames": {},
            }
            for key, value in sorted(changed.items())
        ]
        said = {"Effect Name": "Transform", "Name": "Transform", "Type": 2, "Enabled": True, "Parameters": parameters}
        found.append(otio.schema.Effect(effect_name="Resolve Effect", metadata={META: said}))
    if item.speed != 1 or item.reversed:
        found.append(otio.schema.LinearTimeWarp(time_scalar=float(-item.speed if item.reversed else item.speed)))
    return found


def _item_markers(item: Item) -> list[otio.schema.Marker]:
    """Clip-local: an item's marker counts in its media, so its range is in the media's timecode."""
    media = item.media
    if media is None:
        return []
    start = 0 if media.facts.is_still else media_start(media)
    return [
        _marker(mark, span_of(start + frame, mark.duration, media.rate)) for frame, mark in sorted(item.markers.items())
    ]


def _marker(mark: Marker, span: otio.opentime.TimeRange) -> otio.schema.Marker:
    made = otio.schema.Marker(mark.name, span, mark.color)
    made.metadata[META] = {"Note": mark.note, "Keywords": []}
    return made
