"""References that a clip got in OTIO: it becomes an audition with its own media as one of the takes.

What hangs on a clip comes back only when everything stands in the tree: until then the takes wait in ``Maker.trays``.
"""

from __future__ import annotations

import opentimelineio as otio

from takebridge_fcpxml import layout, urls
from takebridge_fcpxml.edit import pick, to_audition
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.grammar import PICKS
from takebridge_fcpxml.otio.flatten import Found
from takebridge_fcpxml.otio.make import Maker, Tray, tray_order
from takebridge_fcpxml.otio.references import source_url, url_of
from takebridge_fcpxml.otio.source import Source, is_sound
from takebridge_fcpxml.view import Item


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


def wrap(maker: Maker) -> None:
    """Turn the clips noted into auditions, the active take first. They stand in the tree by now."""
    for tray in maker.trays:
        try:
            length = tray.item.element.get("duration")
            audition = to_audition(tray.item).item
            for take in tray.takes:
                # The grid may have moved the ends of the slot since.
                if length is not None:
                    take.element.set("duration", length)
                layout.insert(audition.element, len(audition.element), take.element)
            if tray.active is not None:
                pick(audition, tray.active)
        except FcpxmlError as error:
            maker.log.add("dropped", "media_references", error.message, path=tray.item.name)
    maker.trays.clear()


def _own(references: dict[str, otio.core.MediaReference], active: str, source: Source) -> str | None:
    """The key of what the clip itself plays, the active one before others."""
    url = source_url(source)
    for key in sorted(references, key=lambda key: (key != active, tray_order(key))):
        reference = references[key]
        if urls.same_media(url_of(reference), url) if url else isinstance(reference, otio.schema.GeneratorReference):
            return key
    return None
