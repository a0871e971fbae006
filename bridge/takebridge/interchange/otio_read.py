"""OTIO's JSON as a cut. Indices of items are the indices of OTIO's children; every object's JSON travels along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

from takebridge.cut.model import (
    Clip,
    Cut,
    Frame,
    Gap,
    Item,
    Marker,
    Media,
    Span,
    Track,
    TrackKind,
    Transition,
    whole,
)
from takebridge.cut.stamp import find_stamps, majority
from takebridge.errors import InvalidDocumentError
from takebridge.interchange.otio_facts import (
    CARRIED,
    OURS,
    RESOLVE,
    carried_xml,
    ids_of,
    link_of,
    look_in,
    look_of,
    metadata_of,
    note_of,
    objects,
    ramp_in,
    schema,
    section,
    speed_of,
    stamp_in,
    text_of,
)
from takebridge.interchange.otio_json import MAX_NESTED
from takebridge.interchange.otio_media import (
    FORMAT,
    kind_of,
    media_of,
    references_of,
    takes_of,
    used_of,
    with_other_places,
)
from takebridge.interchange.otio_time import Json, edit_rate_of, frames_of, range_of, rate_of
from takebridge.interchange.otio_trim import trimmed, window_of
from takebridge.timebase import FrameRate
from takebridge_fcpxml import urls

_FALLBACK = FrameRate(24)
_STAMP_NAME = "TakeBridge"
_COMPOSITIONS = frozenset({"Stack", "Track"})
_KINDS: dict[str, TrackKind] = {"Video": "video", "Audio": "audio"}


@dataclass(slots=True)
class Reading:
    """What one reading knows: the cut's rate, delivered files by name, and what was lost so far."""

    rate: FrameRate
    known_files: Mapping[str, str] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)
    exact: Fraction = field(init=False)

    def __post_init__(self) -> None:
        self.exact = self.rate.fraction

    def lose(self, line: str) -> None:
        """Report a loss; who hands the losses out says each line once."""
        self.losses.append(line)


class Root(NamedTuple):
    """A timeline's JSON taken apart."""

    timeline: Json
    stack: Json


def cut_of_json(
    value: Json,
    *,
    rate: FrameRate | None = None,
    known_files: Mapping[str, str] | None = None,
    timeline: str = "",
) -> tuple[Cut, list[str]]:
    """Return the cut of a timeline, stack, track or collection, and what the cut does not say.

    ``rate`` overrides what the document says; ``timeline`` names the one to read of several, else the
    first. Raises InvalidDocumentError where there is no timeline in it.
    """
    losses: list[str] = []
    root = _root(value, losses, timeline)
    children = objects(root.stack, "children", "the timeline")
    begin = root.timeline.get("global_start_time")
    told = rate or edit_rate_of(begin) or _commonest(children, edit=True) or rate_of(begin)
    told = told or _commonest(children, edit=False)
    if told is None:
        losses.append("The document names no frame rate: 24 is taken.")
    reading = Reading(told or _FALLBACK, known_files or {}, losses)
    start = 0 if begin is None else frames_of(begin, reading.exact, "The start of the timeline")
    tracks = tuple(track_of(child, reading, 0) for child in children)
    ours = section(root.timeline, OURS)
    known: Json = {"timeline": root.timeline, "stack": _bare(root.stack)}
    cut = Cut(
        name=text_of(root.timeline, "name"),
        rate=reading.rate,
        tracks=tracks,
        start=start,
        drop_frame=ours.get("drop_frame") is True or ";" in text_of(ours, "start_timecode"),
        width=_count(ours, "width"),
        height=_count(ours, "height"),
        markers=tuple(marker_of(one, reading.exact, 0, "The timeline") for one in _marks(root.stack, "the timeline")),
        project_id=text_of(ours, "project_id"),
        project_name=text_of(ours, "project"),
        timeline_id=text_of(ours, "timeline_id"),
        revision=text_of(ours, "revision"),
        extras={**_others(ours), FORMAT: known},
    )
    return cut, list(dict.fromkeys(losses))


def _root(value: Json, losses: list[str], wanted: str) -> Root:
    kind = schema(value)
    if kind == "SerializableCollection":
        return _root(_chosen(value, losses, wanted), losses, "")
    if kind == "Timeline":
        stack = value.get("tracks")
        if stack is None:
            stack = {"OTIO_SCHEMA": "Stack.1", "children": []}
        if not isinstance(stack, dict):
            raise InvalidDocumentError("The timeline's tracks are not what they should be.", hint="Export it again.")
        return Root({key: one for key, one in value.items() if key != "tracks"}, stack)
    timeline: Json = {"OTIO_SCHEMA": "Timeline.1", "name": text_of(value, "name"), "metadata": {}}
    if kind == "Stack":
        return Root(timeline, value)
    if kind in ("Track", "Clip"):
        return Root(timeline, {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": [value]})
    raise InvalidDocumentError(f"A {kind or 'nameless object'} is no timeline.", hint="Export a timeline.")


def _chosen(value: Json, losses: list[str], wanted: str) -> Json:
    """The timeline of a collection that is named, else the first that shows something."""
    inside = [one for one in objects(value, "children", "the collection") if schema(one) == "Timeline"]
    if not inside:
        raise InvalidDocumentError("There is no timeline in it.", hint="Export a timeline, not single clips.")
    names = [text_of(one, "name") for one in inside]
    if wanted and wanted not in names:
        known = ", ".join(f"“{name}”" for name in names)
        raise InvalidDocumentError(f"There is no timeline “{wanted}” in it.", hint=f"There are {known}.")
    shown = (number for number, one in enumerate(inside) if (one.get("tracks") or {}).get("children"))
    index = names.index(wanted) if wanted else next(shown, 0)
    others = ", ".join(f"“{name}”" for number, name in enumerate(names[:6]) if number != index)
    if len(inside) > 1 and not wanted:
        losses.append(f"There are {len(inside)} timelines in it: “{names[index]}” was read, not {others}.")
    return inside[index]


def _commonest(children: list[Json], *, edit: bool) -> FrameRate | None:
    """The commonest rate of the first video track that has one, else of any track."""
    pick = edit_rate_of if edit else rate_of
    for only_video in (True, False):
        for track in children:
            if only_video and text_of(track, "kind") not in ("Video", ""):
                continue
            inside = objects(track, "children", "a track") if schema(track) in _COMPOSITIONS else [track]
            found = Counter(known for item in inside if (known := pick(_length(item))) is not None)
            if found:
                return max(found, key=lambda one: found[one])
    return None


def _length(item: Json) -> object:
    span = item.get("source_range")
    if not isinstance(span, dict) and schema(item) == "Clip":
        found = references_of(item, "a clip")
        span = found.by_key.get(found.active, {}).get("available_range")
    return span.get("duration") if isinstance(span, dict) else None


def track_of(child: Json, reading: Reading, depth: int) -> Track:
    """Return a track; what stands in a stack without one becomes a track of one item."""
    if schema(child) != "Track":
        return Track("video", (item_of(child, 0, reading, depth),), extras={FORMAT: {"bare": True}})
    name = text_of(child, "name")
    where = f"track “{name}”"
    items: list[Item] = []
    at: Frame = 0
    for one in objects(child, "children", where):
        item = item_of(one, at, reading, depth)
        items.append(item)
        at = at if isinstance(item, Transition) else item.record.end
    bare = _bare(child)
    window = window_of(child, tuple(items), reading.exact, where)
    if window is not None:
        items = list(trimmed(tuple(items), window, reading.rate, reading.lose))
        reading.lose(f"The {where} shows only {window.duration} frames from {window.start} on: the rest is not read.")
        bare["source_range"] = None
    return Track(
        kind=_KINDS.get(text_of(child, "kind") or "Video", "subtitle"),
        items=tuple(items),
        name=name,
        enabled=child.get("enabled") is not False,
        locked=section(child, RESOLVE).get("Locked") is True or section(child, OURS).get("locked") is True,
        extras={FORMAT: bare},
    )


def item_of(value: Json, at: Frame, reading: Reading, depth: int) -> Item:
    """Return one child of a track that begins at timeline frame ``at``."""
    kind = schema(value)
    if kind == "Transition":
        return _transition(value, at, reading)
    if kind in _COMPOSITIONS:
        return _nested(value, at, reading, depth)
    if kind == "Gap":
        return _gap(value, at, reading)
    if kind not in ("Clip", "Item"):
        raise InvalidDocumentError(f"A {kind[:60]} stands on a track.", hint="Export the timeline again.")
    return clip_of(value, at, reading)


def _transition(value: Json, at: Frame, reading: Reading) -> Transition:
    name = text_of(value, "name")
    where = f"The transition “{name}”"
    before, after = (
        frames_of(value.get(side), reading.exact, where) if value.get(side) is not None else 0
        for side in ("in_offset", "out_offset")
    )
    if before + after < 0:
        raise InvalidDocumentError(f"{where} ends before it starts.", hint="Export the timeline again.")
    record = Span(whole(at - before), whole(at + after))
    return Transition(record, at, name, text_of(value, "transition_type"), {FORMAT: value})


def _gap(value: Json, at: Frame, reading: Reading) -> Gap:
    where = f"A gap at frame {at}"
    span = range_of(value.get("source_range"), where)
    length = frames_of(span[1], reading.exact, where) if span else 0
    markers = tuple(marker_of(one, reading.exact, 0, where) for one in _marks(value, "a gap"))
    return Gap(Span.of(at, length), text_of(value, "name"), markers, {FORMAT: value})


def _nested(value: Json, at: Frame, reading: Reading, depth: int) -> Clip:
    where = f"“{text_of(value, 'name')}”"
    if depth >= MAX_NESTED // 2:
        raise InvalidDocumentError("Cuts are nested too deeply.", hint="Flatten the timeline first.")
    inner = _inner(value, reading, depth, where)
    span = range_of(value.get("source_range"), where)
    effects = objects(value, "effects", where)
    speed, ramp = speed_of(effects)
    start = frames_of(span[0], reading.exact, where) if span else 0
    length = frames_of(span[1], reading.exact, where) if span else inner.end
    clip = Clip(
        name=text_of(value, "name"),
        record=Span.of(at, length),
        source=Span.of(start, length if not speed else whole(length * abs(speed))),
        kind="nested",
        enabled=value.get("enabled") is not False,
        speed=speed,
        ramp=ramp,
        role=role_of(value),
        markers=tuple(marker_of(one, reading.exact, 0, where) for one in _marks(value, where)),
        inner=inner,
        look=look_of(effects),
        extras={FORMAT: _bare(value)},
    )
    return _identified(clip, value, reading)


def _inner(value: Json, reading: Reading, depth: int, where: str) -> Cut:
    """The nested cut; its frames are those of the cut around it."""
    alone = schema(value) == "Track"
    children = [{**value, "source_range": None}] if alone else objects(value, "children", where)
    return Cut(text_of(value, "name"), reading.rate, tuple(track_of(child, reading, depth + 1) for child in children))


def clip_of(value: Json, at: Frame, reading: Reading) -> Clip:
    """Return a clip that begins at timeline frame ``at``."""
    where = f"“{text_of(value, 'name')}”"
    found = references_of(value, where)
    reference = found.by_key.get(found.active)
    media = _rated(media_of(reference, reading.rate, where), value, reading)
    media = with_other_places(media, found)
    effects = objects(value, "effects", where)
    carried = carried_xml(value)
    speed, ramp = speed_of(effects, ramp_in(carried))
    rate = reading.exact if media is None or media.rate is None else media.rate.fraction
    used = used_of(value, media, rate, speed, where)
    takes, active = takes_of(found, media, used.source, reading.rate, where)
    clip = Clip(
        name=text_of(value, "name"),
        record=Span.of(at, _duration(value, reference, reading, where)),
        media=media,
        source=used.source,
        kind=kind_of(value, reference, media),
        enabled=value.get("enabled") is not False,
        speed=speed,
        ramp=ramp,
        takes=takes,
        active=active,
        role=role_of(value),
        markers=tuple(marker_of(one, rate, used.offset, where) for one in _marks(value, where)),
        look=look_of(effects) + look_in(carried),
        extras={FORMAT: value},
    )
    return _identified(clip, value, reading)


def _rated(media: Media | None, value: Json, reading: Reading) -> Media | None:
    """Media that says no rate counts as its clip's source range does, where that is not the cut's rate."""
    span = value.get("source_range")
    if media is None or media.rate is not None or not isinstance(span, dict):
        return media
    counted = rate_of(span.get("start_time"))
    return media if counted is None or counted == reading.rate else replace(media, rate=counted)


def _duration(value: Json, reference: Json | None, reading: Reading, where: str) -> Frame:
    span = range_of(value.get("source_range"), where)
    if span is None and reference is not None:
        span = range_of(reference.get("available_range"), where)
    if span is None:
        reading.lose(f"{where} says nowhere how long it is: it takes no time.")
        return 0
    return frames_of(span[1], reading.exact, where)


def marker_of(value: Json, rate: Fraction, offset: Frame, where: str) -> Marker:
    """Return a marker; its time counts from ``offset`` at ``rate``."""
    span = range_of(value.get("marked_range"), f"A marker of {where}")
    at = frames_of(span[0], rate, where) if span else offset
    color = value.get("color")
    return Marker(
        at=whole(at - offset),
        duration=frames_of(span[1], rate, where) if span else 0,
        name=text_of(value, "name"),
        note=note_of(value),
        color=color if isinstance(color, str) else "",
        kind=text_of(section(value, CARRIED), "kind") or text_of(section(value, OURS), "kind"),
        extras={FORMAT: value},
    )


def _marks(value: Json, where: str) -> list[Json]:
    """Markers of people; those that only carry our stamp are no markers of the cut."""
    return [one for one in objects(value, "markers", where) if "stamp" not in section(one, OURS) and not _is_mark(one)]


def stamp_marker(stamp: str, span: Json) -> Json:
    """The marker that carries a stamp where hosts drop metadata."""
    made: Json = {"OTIO_SCHEMA": "Marker.2", "name": _STAMP_NAME, "comment": stamp, "color": "PURPLE"}
    return {**made, "marked_range": span, "metadata": {OURS: {"stamp": stamp}, RESOLVE: {"Note": stamp}}}


def _is_mark(marker: Json) -> bool:
    return text_of(marker, "name") == _STAMP_NAME and bool(find_stamps(note_of(marker)))


def _identified(clip: Clip, value: Json, reading: Reading) -> Clip:
    """Ids, links and stamps: in metadata, in the markers, by the file's name; the majority says."""
    ours = section(value, OURS)
    marked = "".join(f"{text_of(one, 'name')} {note_of(one)} " for one in objects(value, "markers", clip.name))
    keywords = section(value, CARRIED).get("keywords")
    words = " ".join(str(word) for word in keywords) if isinstance(keywords, list) else ""
    file = urls.file_name(clip.media.location) if clip.media and clip.media.location else ""
    file_says = _first(file) or reading.known_files.get(file, "")
    written = _first(text_of(ours, "stamp")) or stamp_in(text_of(section(value, CARRIED), "xml"))
    keyword = _first(words)
    places = (written, _among(marked, (written, keyword, file_says)), keyword, file_says)
    if not metadata_of(value) and not any(places):
        return clip
    key, ids = text_of(ours, "clip_key"), (*_own_ids(ours), *ids_of(value))
    extras = {**_others(ours), **clip.extras}
    return replace(clip, key=key, stamp=majority(places), ids=ids, link=link_of(value), extras=extras)


def _own_ids(ours: Json) -> tuple[tuple[str, str], ...]:
    """Ids of other formats that we carry."""
    found = ours.get("ids")
    pairs = found if isinstance(found, list) else []
    return tuple((str(one[0]), str(one[1])) for one in pairs if isinstance(one, list) and len(one) == 2)


def _others(ours: Json) -> Json:
    """What other formats said, as we carry it."""
    found = ours.get("extras")
    return {name: one for name, one in found.items() if name != FORMAT} if isinstance(found, dict) else {}


def _first(text: str) -> str:
    return next(iter(find_stamps(text)), "")


def _among(text: str, others: tuple[str, ...]) -> str:
    """The stamp a clip's markers say; of several, because one was copied along, that of another place."""
    found = find_stamps(text)
    return next((one for one in found if one in others), found[0] if found else "")


def role_of(value: Json) -> str:
    """The role an item plays: ours, or the first FCPXML says."""
    roles = section(value, CARRIED).get("roles")
    first = str(roles[0]) if isinstance(roles, list) and roles else ""
    return text_of(section(value, OURS), "role") or first


def _bare(value: Json) -> Json:
    return {key: one for key, one in value.items() if key != "children"}


def _count(ours: Json, name: str) -> int:
    found = ours.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= 2**20 else 0
