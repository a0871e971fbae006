"""What one edit does to one clip: clip in, clip out. Places on tracks are `edit_bench`'s affair."""

from __future__ import annotations

from dataclasses import replace

from takebridge.cut.edit_content import FIRST_TAKE, as_take, tray
from takebridge.cut.edit_types import AddTake, Mark, Rename, Replace, Reshape, SelectTake, SetEnabled, Stamp
from takebridge.cut.model import Clip, ClipKind, Marker, Media, Span, Take

ClipEdit = AddTake | SelectTake | Replace | Reshape | SetEnabled | Rename | Stamp | Mark


def changed(clip: Clip, edit: ClipEdit) -> Clip:
    """Return the clip as the edit leaves it. Doing it twice changes nothing more."""
    match edit:
        case AddTake(take=take):
            return _with_take(clip, take)
        case SelectTake(key=key, source=source):
            return _showing(clip, key, source)
        case Replace(media=media, source=source):
            return _replaced(clip, media, source)
        case Reshape():
            return _told(replace(clip, record=edit.record, source=edit.source, speed=edit.speed, ramp=edit.ramp))
        case SetEnabled(enabled=enabled):
            return replace(clip, enabled=enabled)
        case Rename(name=name):
            return replace(clip, name=name)
        case Stamp(stamp=stamp):
            return replace(clip, stamp=stamp)
        case Mark():
            return replace(clip, markers=marked(clip.markers, edit))


def clip_says(clip: Clip, edit: ClipEdit) -> bool:
    """Say whether a clip already is as the edit would leave it. A take that was added need not be shown any more."""
    match edit:
        case AddTake(take=take):
            return any(one.key == take.key and one.media == take.media for one in clip.takes)
        case SelectTake(key=key, source=source):
            return _key_shown(clip) == key and (source is None or clip.source == source)
        case Mark():
            return any(same_marker(one, edit.marker) for one in clip.markers) == (edit.action == "add")
        case Reshape():
            wanted = (edit.record, edit.source, edit.speed, edit.ramp)
            return (clip.record, clip.source, clip.speed, clip.ramp) == wanted
        case _:
            return changed(clip, edit) == clip


def clip_refuses(clip: Clip, edit: ClipEdit) -> str | None:
    """Say in words why this clip cannot have this edit, None where it can."""
    name = clip.name or "The clip"
    match edit:
        case AddTake(take=take) if any(one.key == take.key and one.media != take.media for one in clip.takes):
            return f"{name} already has another take under the key {take.key}"
        case SelectTake(key=key) if key != FIRST_TAKE and all(one.key != key for one in clip.takes):
            return f"{name} has no take {key}"
        case SelectTake(key=key) if clip.takes and all(one.key != key for one in clip.takes):
            return f"{name} has no take {key}"
        case Mark(action="remove", marker=marker) if not any(same_marker(one, marker) for one in clip.markers):
            return f"{name} has no marker {marker.name or marker.note or 'there'}"
        case _:
            return None


def same_marker(one: Marker, other: Marker) -> bool:
    """Say whether two markers are the same to the eye."""
    return marker_facts(one) == marker_facts(other)


def marker_facts(marker: Marker) -> tuple[object, ...]:
    """Return what an editor sees of a marker."""
    return (marker.at, marker.duration, marker.name, marker.note, marker.color, marker.kind)


def marked(markers: tuple[Marker, ...], edit: Mark) -> tuple[Marker, ...]:
    """Return markers with one added in its place, or the first like it removed; the others keep their order."""
    found = next((index for index, one in enumerate(markers) if same_marker(one, edit.marker)), None)
    if edit.action == "remove":
        return markers if found is None else markers[:found] + markers[found + 1 :]
    if found is not None:
        return markers
    later = next((index for index, one in enumerate(markers) if one.at > edit.marker.at), len(markers))
    return (*markers[:later], edit.marker, *markers[later:])


def _key_shown(clip: Clip) -> str:
    return clip.takes[clip.active].key if 0 <= clip.active < len(clip.takes) else FIRST_TAKE


def _told(clip: Clip) -> Clip:
    """A clip whose shown take says which frames the clip shows (`Clip.takes`)."""
    if not (0 <= clip.active < len(clip.takes)) or clip.takes[clip.active].source == clip.source:
        return clip
    shown = replace(clip.takes[clip.active], source=clip.source)
    return replace(clip, takes=(*clip.takes[: clip.active], shown, *clip.takes[clip.active + 1 :]))


def _with_take(clip: Clip, take: Take) -> Clip:
    if any(one.key == take.key and one.media == take.media for one in clip.takes):
        return clip
    takes = (*tray(clip), take)
    source = clip.source if take.source is None else take.source
    kind = kind_with(clip, take.media)
    return _told(replace(clip, takes=takes, active=len(takes) - 1, media=take.media, source=source, kind=kind))


def _showing(clip: Clip, key: str, source: Span | None) -> Clip:
    index = next((number for number, take in enumerate(clip.takes) if take.key == key), None)
    if index is None:
        return clip if source is None else replace(clip, source=source)
    take = clip.takes[index]
    shown, kind = source or take.source or clip.source, kind_with(clip, take.media)
    return _told(replace(clip, active=index, media=take.media, source=shown, kind=kind))


def _replaced(clip: Clip, media: Media | None, source: Span | None) -> Clip:
    made = replace(clip, media=media, source=source, kind=kind_with(clip, media))
    if not (0 <= clip.active < len(clip.takes)):
        return made
    take = replace(as_take(clip), media=media, source=source, take_id="")
    return replace(made, takes=(*clip.takes[: clip.active], take, *clip.takes[clip.active + 1 :]))


def kind_with(clip: Clip, media: Media | None) -> ClipKind:
    """Return what a clip is once it shows this media: a still that got a moving take is a clip."""
    if media is None:
        return "missing" if clip.kind in ("clip", "still") else clip.kind
    if clip.kind == "missing":
        return "clip"
    if clip.kind == "still" and media.frame_count is not None and media.frame_count > 1:
        return "clip"
    return clip.kind
