"""Reading the JSON description of a world (docs/emulator.md lists every key). Wrong descriptions raise SpecError."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fractions import Fraction

from .media_facts import MediaFacts, read_facts
from .placing import insert, is_free, link, source_span
from .state import NO_MEDIA_KINDS, TRACK_TYPES, Bin, Grade, Item, Media, Project, Take, Timeline
from .takes import select_take
from .timecode import parse_rate, parse_timecode
from .timeline import add_track
from .world import add_timeline

KINDS = frozenset({"clip", "still", "compound", "fusion", "multicam", "nested"}) | NO_MEDIA_KINDS
_TYPE_NAMES = {"compound": "Compound", "fusion": "Fusion", "multicam": "Multicam", "nested": "Timeline"}
_PROJECT_KEYS = {"project", "timeline", "clips", "playhead", "locked", "marks", "pool"}
_PROJECT_KEYS |= {"other_timelines", "other_projects", "settings"}
_CLIP_KEYS = {"kind", "name", "path", "bin", "media", "track", "track_type", "audio_track", "audio", "takes"}
_CLIP_KEYS |= {"timeline_start", "duration", "source_start", "speed_percent", "reversed", "properties", "color"}
_CLIP_KEYS |= {"grade_nodes", "flags", "enabled", "fades", "fusion_comps", "selected_take"}
_CLIP_KEYS |= {"misreport", "unknown_source", "inner"}

Spec = Mapping[str, object]


class SpecError(ValueError):
    """The description of a world is wrong; the message names the entry."""


def read_projects(spec: Spec) -> list[Project]:
    """The open project first, then ``other_projects``."""
    try:
        others = [_project(entry) for entry in _entries(spec, "other_projects")]
        return [_project(spec), *others]
    except SpecError:
        raise
    except (LookupError, TypeError, ValueError) as error:
        raise SpecError(f"The description is wrong: {error!r}") from error


def _entries(spec: Spec, key: str) -> list[Spec]:
    found = spec.get(key, [])
    if not isinstance(found, list) or not all(isinstance(entry, Mapping) for entry in found):
        raise SpecError(f"{key!r} is a list of objects.")
    return found


def _known(spec: Spec, keys: set[str], what: str) -> None:
    if unknown := spec.keys() - keys:
        raise SpecError(f"{what} knows no {', '.join(sorted(unknown))}.")


def _project(spec: Spec) -> Project:
    _known(spec, _PROJECT_KEYS, "A project")
    main = _object(spec, "timeline")
    rate = parse_rate(_text(main, "rate", "24"))
    settings = {
        "timelineResolutionWidth": str(_number(main, "width", 1920)),
        "timelineResolutionHeight": str(_number(main, "height", 1080)),
        "timelineDropFrameTimecode": "1" if main.get("drop_frame") else "0",
    }
    project = Project(_text(spec, "project", "Demo"), rate, settings)
    for entry in _entries(spec, "pool"):
        _media(project, entry, "clip")
    for entry in ([spec] if main else []) + _entries(spec, "other_timelines"):
        _timeline(project, entry)
    project.current_timeline = project.timelines[0] if project.timelines else None
    return project


def _timeline(project: Project, spec: Spec) -> Timeline:
    facts = _object(spec, "timeline")
    _known(facts, {"name", "rate", "drop_frame", "start_timecode", "width", "height"}, "A timeline")
    rate = parse_rate(_text(facts, "rate", "24"))
    drop = bool(facts.get("drop_frame", False))
    start = parse_timecode(_text(facts, "start_timecode", "01:00:00:00"), rate, drop)
    size = _number(facts, "width", 1920), _number(facts, "height", 1080)
    timeline = Timeline(_text(facts, "name", "Timeline 1"), rate, drop, start, *size)
    add_track(timeline, "video")
    add_track(timeline, "audio")
    for clip in _entries(spec, "clips"):
        _clip(project, timeline, clip)
    if "playhead" in spec:
        timeline.playhead = parse_timecode(_text(spec, "playhead", ""), rate, drop) - start
    if isinstance(marks := spec.get("marks"), list):
        timeline.marks = (int(marks[0]), int(marks[1]))
    for lock in _entries(spec, "locked"):
        kind, index = _text(lock, "type", "video"), _number(lock, "index", 1)
        if not 1 <= index <= len(timeline.tracks.get(kind, [])):
            raise SpecError(f"There is no {kind} track {index} to lock.")
        timeline.tracks[kind][index - 1].locked = True
    add_timeline(project, timeline)
    return timeline


# --- clips ---


def _clip(project: Project, timeline: Timeline, spec: Spec) -> None:
    _known(spec, _CLIP_KEYS, "A clip")
    kind = _text(spec, "kind", "clip")
    if kind not in KINDS:
        raise SpecError(f"A clip cannot be a {kind!r}.")
    media = None if kind in NO_MEDIA_KINDS else _media(project, spec, kind)
    if media is not None and media.facts.is_still:
        kind = "still"
    if "inner" in spec:
        _fill(project, timeline, media, spec)
    track_type = _text(spec, "track_type", "video")
    item = _item(timeline, spec, kind, track_type, media)
    _land(timeline, item, _number(spec, "track", 1))
    if spec.get("audio"):
        if media is None or not media.facts.has_audio:
            raise SpecError(f"{spec.get('path', kind)}: there is no sound to link.")
        sound = _item(timeline, spec, kind, "audio", media)
        _land(timeline, sound, _number(spec, "audio_track", _number(spec, "track", 1)))
        link(item, sound)
    _takes(project, timeline, item, spec)


def _fill(project: Project, timeline: Timeline, media: Media | None, spec: Spec) -> None:
    """Put the clips of ``inner`` into a compound: a timeline of the outer one's rate, from frame 0."""
    if media is None or media.path:
        raise SpecError("Only a clip without a file has something inside.")
    size = timeline.width, timeline.height
    inner = Timeline(media.name, timeline.rate, timeline.drop_frame, 0, *size)
    add_track(inner, "video")
    add_track(inner, "audio")
    for clip in _entries(spec, "inner"):
        _clip(project, inner, clip)
    media.inner = inner
    media.facts = MediaFacts(True, True, rate=inner.rate, frame_count=inner.end, width=size[0], height=size[1])


def _item(timeline: Timeline, spec: Spec, kind: str, track_type: str, media: Media | None) -> Item:
    percent = Fraction(str(spec.get("speed_percent", 100)))
    if percent == 0:
        raise SpecError("speed_percent is not zero.")
    duration = _number(spec, "duration", 0)
    if duration < 1:
        raise SpecError("A clip has a duration of at least one frame.")
    item = Item(kind, track_type, _number(spec, "timeline_start", 0), duration, media)
    item.speed = abs(percent) / 100
    item.reversed = bool(spec.get("reversed")) or percent < 0
    item.name = _text(spec, "name", "")
    item.enabled = bool(spec.get("enabled", True))
    item.misreport = _number(spec, "misreport", 0)
    item.ghost = kind == "ghost"
    item.unknown_source = bool(spec.get("unknown_source"))
    if media is not None:
        _point_at(timeline, item, media, _number(spec, "source_start", 0))
    if track_type == "video":
        _look(item, spec)
    return item


def _point_at(timeline: Timeline, item: Item, media: Media, source_start: int) -> None:
    item.source_start = 0 if media.facts.is_still else source_start
    span = 1 if media.facts.is_still else source_span(item.duration, media, timeline, item.speed)
    item.source_end = item.source_start + span
    if source_start < 0 or item.source_end > media.frame_count:
        raise SpecError(
            f"{media.name} has {media.frame_count} frames; {source_start} to {item.source_end} were asked for."
        )


def _look(item: Item, spec: Spec) -> None:
    item.properties = dict(_object(spec, "properties"))
    item.color = _text(spec, "color", "")
    item.grade = Grade({"Version 1": _number(spec, "grade_nodes", 1)})
    item.fusion_comps = _number(spec, "fusion_comps", 1 if item.kind == "fusion" else 0)
    if isinstance(flags := spec.get("flags"), list):
        item.flags = [str(flag) for flag in flags]
    if isinstance(fades := spec.get("fades"), list):
        item.fades = (int(fades[0]), int(fades[1]))


def _land(timeline: Timeline, item: Item, index: int) -> None:
    if item.track_type not in TRACK_TYPES or not 1 <= index <= 64:
        raise SpecError(f"No {item.track_type} track {index}.")
    tracks = timeline.tracks[item.track_type]
    while len(tracks) < index:
        add_track(timeline, item.track_type)
    if item.kind not in ("transition", "ghost") and not is_free(tracks[index - 1], item.start, item.duration):
        raise SpecError(f"{item.label} at {item.start} lies on another clip of {item.track_type} track {index}.")
    insert(tracks[index - 1], item)


def _takes(project: Project, timeline: Timeline, item: Item, spec: Spec) -> None:
    entries = _entries(spec, "takes")
    if not entries or item.media is None:
        return
    item.takes = [Take(item.media, item.source_start, item.source_end)]
    for entry in entries:
        media = _media(project, entry, "clip")
        start = _number(entry, "start", 0)
        item.takes.append(Take(media, start, _number(entry, "end", media.frame_count)))
    item.selected_take = 1
    if (wanted := _number(spec, "selected_take", 1)) != 1:
        if not 1 <= wanted <= len(item.takes):
            raise SpecError(f"There is no take {wanted}.")
        select_take(timeline, item, wanted)


# --- media ---


def _media(project: Project, spec: Spec, kind: str) -> Media:
    """The pool item of a clip: one per path and bin, a fresh one for compounds and their like."""
    path = _text(spec, "path", "")
    folder = _bin(project, spec.get("bin", []))
    existing = [m for m in folder.media if path and m.path == path]
    if existing:
        return existing[0]
    facts = _facts(path, spec, kind)
    name = os.path.basename(path) or _text(spec, "name", kind.title())
    media = Media(name, path, facts, project.rate, _TYPE_NAMES.get(kind, ""))
    folder.media.append(media)
    return media


def _facts(path: str, spec: Spec, kind: str) -> MediaFacts:
    if path and "media" not in spec:
        facts = read_facts(path)
        if facts is None:
            raise SpecError(f"{path} is no media; give 'media' facts for an offline clip.")
        return facts
    if kind == "clip" and "media" not in spec:
        raise SpecError("A clip has a path, or 'media' facts when it is offline.")
    given = _object(spec, "media")
    _known(given, {"rate", "frames", "width", "height", "start_timecode", "audio_channels"}, "'media'")
    rate = parse_rate(_text(given, "rate", "24"))
    frames = _number(given, "frames", 1_000_000)
    channels = _number(given, "audio_channels", 0)
    return MediaFacts(
        True,
        channels > 0,
        False,
        rate,
        frames,
        frames / rate,
        _number(given, "width", 1920),
        _number(given, "height", 1080),
        _text(given, "start_timecode", "00:00:00:00"),
        "",
        channels,
        48000 if channels else 0,
    )


def _bin(project: Project, names: object) -> Bin:
    if not isinstance(names, list):
        raise SpecError("'bin' is a list of bin names.")
    folder = project.root
    for name in map(str, names):
        child = next((child for child in folder.bins if child.name == name), None)
        if child is None:
            child = Bin(name)
            folder.bins.append(child)
        folder = child
    return folder


# --- single values ---


def _text(spec: Spec, key: str, default: str) -> str:
    value = spec.get(key, default)
    if not isinstance(value, str):
        raise SpecError(f"{key!r} is text, not {value!r}.")
    return value


def _number(spec: Spec, key: str, default: int) -> int:
    value = spec.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise SpecError(f"{key!r} is a whole number, not {value!r}.")
    return value


def _object(spec: Spec, key: str) -> Spec:
    value = spec.get(key, {})
    if not isinstance(value, Mapping):
        raise SpecError(f"{key!r} is an object.")
    return value
