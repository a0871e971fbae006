"""What changed in OTIO, applied to an item's own element; what did not change keeps its spelling."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeGuard

import opentimelineio as otio

from takebridge_fcpxml import urls
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.loss import LossLog
from takebridge_fcpxml.otio import marks, speed, trays
from takebridge_fcpxml.otio.flatten import Found
from takebridge_fcpxml.otio.make import Maker
from takebridge_fcpxml.otio.marks import clean
from takebridge_fcpxml.otio.rational import of_text
from takebridge_fcpxml.otio.references import url_of
from takebridge_fcpxml.otio.source import Source, length_of, source_of, source_start
from takebridge_fcpxml.times import fits, format_time, timescale_of
from takebridge_fcpxml.view import Audition, Item, MediaItem, Title

ZERO = Fraction(0)


def apply(item: Item, found: Found, maker: Maker, scale: Fraction) -> None:
    """Make an item say what OTIO says: length, source range, name, markers, speed, media.

    Raises FcpxmlError where the carried XML cannot be understood; the caller then makes the item anew.
    """
    thing, log = found.thing, maker.log
    if isinstance(thing, otio.schema.Transition):
        _duration(item, found)
        return
    takes = trays.arrange(item, thing, maker, found) if _is_tray(item, thing) else {}
    played = next(iter(takes), item.items[0] if isinstance(item, Audition) and item.items else item)
    same_pick = not isinstance(item, Audition) or played == item.pick
    source = source_of(played)
    written = of_text(found.tag.get("source"))
    own = trays.steps_back(played, thing, source) if not takes else None
    begun = played.start
    if same_pick:
        _duration(played, found)
        # Markers first: they are read against the item's start as it was written.
        if isinstance(thing, otio.core.Item):
            base = found.source if written is None else written
            marks.sync(played, list(thing.markers), marks.Frame(begun, base, scale), log)
        if own is None:
            _source(played, found, source, written, log)
        else:
            _begin(played, own)
    if isinstance(item, Audition):
        _tray(item, takes, found, None if same_pick else played)
    _name(played, thing, same_pick)
    if isinstance(thing, (otio.schema.Clip, otio.schema.Stack)) and thing.enabled != played.enabled:
        played.enabled = bool(thing.enabled)
    if isinstance(thing, otio.schema.Clip) and same_pick:
        _retime(played, thing, source, found, maker)
        if isinstance(item, Audition) or not trays.collect(item, thing, source, found, maker):
            _relink(played, thing, source, found, maker)


def _is_tray(item: Item, thing: otio.core.Composable) -> TypeGuard[Audition]:
    return isinstance(item, Audition) and isinstance(thing, otio.schema.Clip)


def _tray(
    audition: Audition, takes: Mapping[Item, otio.core.MediaReference], found: Found, chosen: Item | None
) -> None:
    """Let waiting takes begin where they are told to; those as long as the slot was are as long as it is now.

    ``chosen`` is the take that is to play instead of the one that does, its begin told or in the source range.
    """
    written, length = of_text(found.tag.get("source")), of_text(found.tag.get("duration"))
    for item, reference in takes.items():
        if item == chosen and found.source != written:
            _move(item, found.source)
        elif chosen is not None or item != audition.pick:
            _begin(item, reference)
    for item in audition.items:
        if item == chosen or (found.duration != length and length_of(item) == length):
            set_time(item, "duration", found.duration)


def _begin(item: Item, reference: otio.core.MediaReference) -> None:
    """Let a take begin with the media time its reference tells; where it tells none it stays as it is."""
    _move(item, trays.told(reference))


def _move(item: Item, begin: Fraction | None) -> None:
    source = source_of(item)
    if begin is None or source.speed == 0:
        return
    moved = begin - source_start(item, source)
    if moved:
        set_time(item, "start", item.start + moved / source.speed)


def set_time(item: Item, name: str, value: Fraction) -> bool:
    """Write a time; False when it has no spelling."""
    if not fits(value):
        return False
    old = item.element.get(name)
    try:
        if old is not None and getattr(item, name) == value:
            return True
    except FcpxmlError:
        pass
    item.element.set(name, format_time(value, timescale_of(old)))
    return True


def _duration(item: Item, found: Found) -> None:
    if found.duration != of_text(found.tag.get("duration")):
        set_time(item, "duration", found.duration)


def _source(item: Item, found: Found, source: Source, written: Fraction | None, log: LossLog) -> None:
    """Slip: what OTIO moved in media time moves the item's local start."""
    if written is None or found.source == written:
        return
    moved = found.source - written
    if source.speed == 0:
        log.add("approximated", "FreezeFrame", "The frozen frame was moved; it stays as it was.", path=item.name)
        return
    if not set_time(item, "start", item.start + moved / source.speed):
        log.add("approximated", "source_range", "The source start has no spelling in FCPXML.", path=item.name)


def _name(item: Item, thing: otio.core.Composable, same_pick: bool) -> None:
    if same_pick and thing.name != item.name:
        item.name = clean(thing.name)


def _retime(item: Item, thing: otio.schema.Clip, source: Source, found: Found, maker: Maker) -> None:
    now = speed.speed_of(list(thing.effects), maker.log, thing.name)
    if speed.same_speed(source, now):
        return
    if source.asset is None or item.tag != "asset-clip":
        detail = "The speed changed and this kind of clip cannot be retimed from outside."
        maker.log.add("dropped", "LinearTimeWarp", detail, path=thing.name)
    elif now == 1:
        speed.remove(item)
        set_time(item, "start", found.source)
    else:
        asset = source.asset
        if not speed.retime(item, now, found.source, asset.start, asset.duration or found.duration):
            maker.log.add("dropped", "LinearTimeWarp", "This speed cannot be written.", path=thing.name)


def _relink(item: Item, thing: otio.schema.Clip, source: Source, found: Found, maker: Maker) -> None:
    reference = thing.media_reference
    if isinstance(reference, otio.schema.GeneratorReference):
        words = reference.parameters.get("text") if "text" in reference.parameters else None
        if isinstance(item, Title) and isinstance(words, str) and words != item.words:
            item.set_words(clean(words))
        return
    new, old = url_of(reference), (source.asset.src or "") if source.asset else ""
    if not new or (old and urls.same_media(new, old)):
        return
    if isinstance(item, MediaItem) and item.effect is None:
        asset = maker.registry.asset(reference, maker.rate, found.name)
        item.element.set("ref", asset.id)
        maker.check(found, asset)
    else:
        detail = "The media of a clip of components cannot be replaced from outside; it plays what it played."
        maker.log.add("dropped", "media_reference", detail, path=thing.name)
