"""What changed in OTIO, applied to an item's own element; what did not change keeps its spelling."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio

from takebridge_fcpxml import layout, urls
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.loss import LossLog
from takebridge_fcpxml.otio import marks, speed, trays
from takebridge_fcpxml.otio.flatten import Found
from takebridge_fcpxml.otio.make import Maker, pick_index
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
    played = _pick(item, thing, maker, found) if isinstance(item, Audition) else item
    same_pick = not isinstance(item, Audition) or (item.items[:1] == [played] and not _moved(thing))
    source = source_of(played)
    written = of_text(found.tag.get("source")) if same_pick else source_start(played, source)
    begun = played.start
    if same_pick:
        _duration(played, found)
        # Markers first: they are read against the item's start as it was written.
        if isinstance(thing, otio.core.Item):
            base = found.source if written is None else written
            marks.sync(played, list(thing.markers), marks.Frame(begun, base, scale), log)
        _source(played, found, source, written, log)
    elif found.duration != of_text(found.tag.get("duration")) or length_of(played) != found.duration:
        set_time(played, "duration", found.duration)
    _name(played, thing, same_pick)
    if isinstance(thing, (otio.schema.Clip, otio.schema.Stack)) and thing.enabled != played.enabled:
        played.enabled = bool(thing.enabled)
    if isinstance(thing, otio.schema.Clip) and same_pick:
        _retime(played, thing, source, found, maker)
        if isinstance(item, Audition) or not trays.collect(item, thing, source, found, maker):
            _relink(played, thing, source, found, maker)


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


def _moved(thing: otio.core.Composable) -> bool:
    """Whether the active reference is another than the pick as written."""
    return isinstance(thing, otio.schema.Clip) and pick_index(thing.media_reference) != 0


def _pick(audition: Audition, thing: otio.core.Composable, maker: Maker, found: Found) -> Item:
    """Bring the tray in line with the references: the active one first, removed ones out, new ones last."""
    old = audition.items
    if not isinstance(thing, otio.schema.Clip):
        return old[0]
    wanted: list[Item] = []
    references = thing.media_references()
    active = thing.active_media_reference_key
    for key in sorted(references, key=lambda key: (key != active, _place(references[key]), key)):
        index = pick_index(references[key])
        if index is not None and 0 <= index < len(old) and old[index] not in wanted:
            wanted.append(old[index])
        else:
            wanted.append(maker.alternate(references[key], found))
    if not wanted:
        return old[0]
    if wanted != old:
        for item in old:
            layout.remove(item.element)
        for place, item in enumerate(wanted):
            layout.insert(audition.element, place, item.element)
    return wanted[0]


def _place(reference: otio.core.MediaReference) -> int:
    index = pick_index(reference)
    return 1 << 30 if index is None else index
