"""Sound of its own: a clip's sound as a connected clip below it, so that another picture can play over it.

Final Cut Pro calls it detaching audio. Only asset clips and compounds can play their picture alone (``srcEnable``,
DTD 1.6); other clips keep their picture and are made silent, and their sound plays from a copy without picture.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from takebridge_fcpxml import grammar, layout
from takebridge_fcpxml.edit.build import copy_of
from takebridge_fcpxml.edit.checks import connected_to, local_offset
from takebridge_fcpxml.edit.plan import Edited, put_place, set_in_order
from takebridge_fcpxml.times import format_time
from takebridge_fcpxml.view import (
    AssetClip,
    Audio,
    Audition,
    Clip,
    Item,
    Mark,
    RefClip,
    Spine,
    SyncClip,
    Video,
    View,
    view_of,
)

SILENT = "-96dB"
"""The lowest level Final Cut Pro has."""

_PICTURE = ("adjust-", "filter-video", "object-tracker")
_KEPT = frozenset({"adjust-volume", "adjust-panner", "adjust-loudness", "adjust-noiseReduction", "adjust-humReduction",
                   "adjust-EQ", "adjust-matchEQ", "adjust-voiceIsolation"})  # fmt: skip

HEARD = (*sorted(_KEPT), "filter-audio", "audio-channel-source")
"""What of an asset clip says how it is heard."""


def has_sound(item: Item) -> bool:
    """Whether an item itself plays sound; what is connected to it does not count."""
    if isinstance(item, Audition):
        return has_sound(item.pick)
    if isinstance(item, AssetClip):
        asset = item.asset
        return item.element.get("srcEnable") != "video" and asset is not None and asset.has_audio
    if isinstance(item, RefClip):
        return item.element.get("srcEnable") != "video" and _plays_sound(item.media.sequence if item.media else None)
    if isinstance(item, Clip):
        return not _is_silent(item) and any(True for _ in _sounds(item))
    if isinstance(item, SyncClip):
        return not _is_silent(item) and any(_plays_sound(one) for one in item.story if one.lane == 0)
    return isinstance(item, Audio)


def _sounds(clip: Clip) -> Iterator[Audio]:
    """The sound components of a clip: in it, or hanging on its picture."""
    for one in clip.story:
        yield from [one] if isinstance(one, Audio) else []
        if isinstance(one, Video) and one.lane == 0:
            yield from (part for part in one.story if isinstance(part, Audio))


def _plays_sound(view: View | None) -> bool:
    if view is None:
        return False
    inside = [*view.descendants(Item), *([view] if isinstance(view, Item) else [])]
    return any(isinstance(one, Audio) or (isinstance(one, AssetClip) and has_sound(one)) for one in inside)


def _is_silent(item: Item) -> bool:
    volume = item.element.find("adjust-volume")
    return volume is not None and volume.get("amount") == SILENT


def detach_sound(item: Item) -> Edited[Item | None]:
    """Let the sound of an item play from a connected clip in the first free lane below; the item keeps its picture.

    ``item`` of the result is that clip, None for an item without sound. Levels, roles and channels go with it.
    """
    own = item.pick if isinstance(item, Audition) else item
    if not has_sound(own):
        return Edited(None)
    sound = copy_of(own)
    for child in connected_to(sound):
        child.remove()
    for mark in sound.children(Mark):
        mark.remove()
    for element in list(sound.element.iterchildren("note", "metadata")):
        view_of(element, sound.document).remove()
    _only_sound(sound)
    lane = min((child.lane for child in connected_to(own)), default=0)
    put_place(sound, str(min(lane, 0) - 1), own.element.get("start") or format_time(own.start))
    grammar.insert(own.element, sound.element)
    _only_picture(own)
    return Edited(sound)


def _only_sound(sound: Item) -> None:
    for element in list(sound.element):
        if isinstance(element.tag, str) and element.tag.startswith(_PICTURE) and element.tag not in _KEPT:
            view_of(element, sound.document).remove()
    if isinstance(sound, AssetClip | RefClip):
        set_in_order(sound, "srcEnable", "audio")
        sound.element.attrib.pop("videoRole", None)
    elif isinstance(sound, Clip):
        _hoist(sound)
    else:
        for part in sound.story:
            _silence_picture(part)


def _silence_picture(part: Item | Spine) -> None:
    """Let a part of a synchronised clip give its sound alone; what has none keeps its place as a gap."""
    for one in part.items if isinstance(part, Spine) else [part]:
        if isinstance(one, Item) and not isinstance(one, Audio) and _plays_sound(one):
            _only_sound(one)
        elif isinstance(one, Item) and one.tag not in ("audio", "gap", "transition", "caption"):
            _to_gap(one)


def _to_gap(item: Item) -> None:
    if item.lane:
        item.remove()
        return
    gap = etree.Element("gap", name="Gap")
    for name in ("offset", "start", "duration"):
        if value := item.element.get(name):
            gap.set(name, value)
    layout.replace(item.element, gap)


def _gap_in(clip: Clip) -> etree._Element:
    """A gap as long as a clip, to hang sound on that was connected to its picture."""
    at = clip.element.get("start", "0s")
    return etree.Element("gap", name="Gap", offset=at, start=at, duration=format_time(clip.length))


def _hoist(clip: Clip) -> None:
    """Take the picture out of a clip; the sound inside it stands in the clip itself, where it was heard."""
    for picture in [one for one in clip.story if isinstance(one, Video)]:
        for part in [one for one in picture.story if isinstance(one, Audio)]:
            part.remove()
            at = local_offset(picture) + local_offset(part) - picture.start
            put_place(part, part.element.get("lane"), format_time(at))
            grammar.insert(clip.element, part.element, picture.element)
        picture.remove()
    inside = [one for one in clip.story if isinstance(one, Audio)]
    if inside and not any(one.lane == 0 for one in inside):
        inside[0].element.attrib.pop("lane", None)
    elif clip.story and not any(one.lane == 0 for one in clip.story):
        grammar.insert(clip.element, _gap_in(clip), clip.story[0].element)


def _only_picture(item: Item) -> None:
    if isinstance(item, AssetClip | RefClip):
        set_in_order(item, "srcEnable", "video")
        return
    volume = item.element.find("adjust-volume")
    for element in [] if volume is None else [volume]:
        view_of(element, item.document).remove()
    item.add("adjust-volume", amount=SILENT)
