"""Auditions on their way back from OTIO: references that a clip got make it one, with its own media among the takes;
in one that is there, takes come, go and begin where they are told to.

What hangs on a clip comes back only when everything stands in the tree: until then a change of pick waits in
``Maker.trays``, so that it goes over with all that is connected.
"""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio

from takebridge_fcpxml import layout, urls
from takebridge_fcpxml.edit import pick, to_audition
from takebridge_fcpxml.edit.sound import detach_sound, has_sound
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.grammar import PICKS
from takebridge_fcpxml.otio import tags
from takebridge_fcpxml.otio.flatten import Found
from takebridge_fcpxml.otio.make import Maker, Tray, pick_index, tray_order
from takebridge_fcpxml.otio.rational import of_text
from takebridge_fcpxml.otio.references import source_url, url_of
from takebridge_fcpxml.otio.source import Source, is_sound
from takebridge_fcpxml.view import Audition, Item


def collect(item: Item, thing: otio.schema.Clip, source: Source, found: Found, maker: Maker) -> bool:
    """Note the references a clip has beside its own; whether its own media is still among them.

    Its own media then stays on it, active or not. Raises FcpxmlError where a take cannot be made.
    """
    references = thing.media_references()
    if len(references) < 2:
        return False
    if item.tag not in PICKS or is_sound(item):
        detail = "No audition can hold this kind of clip: only the active one was taken."
        maker.log.add("dropped", "media_references", detail, path=thing.name)
        return False
    active = thing.active_media_reference_key
    own = _own(references, active, source)
    others = sorted((key for key in references if key != (own or active)), key=tray_order)
    takes = {key: maker.alternate(references[key], found) for key in others}
    maker.trays.append(Tray(item, list(takes.values()), takes.get(active)))
    return own is not None


def steps_back(item: Item, thing: otio.core.Composable, source: Source) -> otio.core.MediaReference | None:
    """The reference of a clip's own media when it becomes a waiting take: the source range then counts in the media of
    the one that plays. None for any other clip."""
    if not isinstance(thing, otio.schema.Clip) or item.tag not in PICKS or is_sound(item):
        return None
    references = thing.media_references()
    own = _own(references, thing.active_media_reference_key, source) if len(references) > 1 else None
    return None if own is None or own == thing.active_media_reference_key else references[own]


def told(reference: otio.core.MediaReference) -> Fraction | None:
    """The media time a take begins with, as its reference says it."""
    return of_text(tags.read(reference).get("in"))


def arrange(
    audition: Audition, thing: otio.schema.Clip, maker: Maker, found: Found
) -> dict[Item, otio.core.MediaReference]:
    """Bring an audition in line with its references: removed takes out, new ones last; another pick waits for `wrap`.

    Returns the takes there are with their references, the one that is to play first; empty for no references.
    """
    old, references, active = audition.items, thing.media_references(), thing.active_media_reference_key
    wanted: dict[Item, otio.core.MediaReference] = {}
    for key in sorted(references, key=lambda key: (key != active, _place(references[key]), key)):
        index = pick_index(references[key])
        known = old[index] if index is not None and 0 <= index < len(old) else None
        own = known if known is not None and known not in wanted else maker.alternate(references[key], found)
        wanted[own] = references[key]
    if not wanted:
        return {}
    order = [old[0], *(item for item in wanted if item != old[0])]
    if order != old:
        for item in old:
            layout.remove(item.element)
        for place, item in enumerate(order):
            layout.insert(audition.element, place, item.element)
    if (shown := next(iter(wanted))) != old[0]:
        maker.trays.append(Tray(audition, [], shown, None if old[0] in wanted else old[0]))
    return wanted


def _place(reference: otio.core.MediaReference) -> int:
    index = pick_index(reference)
    return 1 << 30 if index is None else index


def wrap(maker: Maker) -> None:
    """Turn the clips noted into auditions and let the active takes play. They stand in the tree by now."""
    for tray in maker.trays:
        try:
            _wrap(tray)
        except FcpxmlError as error:
            maker.log.add("dropped", "media_references", error.message, path=tray.item.name)
    maker.trays.clear()


def _wrap(tray: Tray) -> None:
    audition = tray.item if isinstance(tray.item, Audition) else to_audition(tray.item).item
    length = audition.pick.element.get("duration")
    for take in tray.takes:
        # The grid may have moved the ends of the slot since.
        if length is not None:
            take.element.set("duration", length)
        layout.insert(audition.element, len(audition.element), take.element)
    if tray.active is None:
        return
    if length is not None:
        tray.active.element.set("duration", length)
    if has_sound(audition.pick) and not has_sound(tray.active):
        detach_sound(audition)
    pick(audition, tray.active)
    if tray.gone is not None:
        layout.remove(tray.gone.element)


def _own(references: dict[str, otio.core.MediaReference], active: str, source: Source) -> str | None:
    """The key of what the clip itself plays, the active one before others."""
    url = source_url(source)
    for key in sorted(references, key=lambda key: (key != active, tray_order(key))):
        reference = references[key]
        if urls.same_media(url_of(reference), url) if url else isinstance(reference, otio.schema.GeneratorReference):
            return key
    return None
