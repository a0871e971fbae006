"""Companions: the sound of a clip that plays picture and sound, as a clip of its own for other hosts.

FCPXML says both in one ``asset-clip``; an OTIO host hears only what stands on an audio track. A companion that still
lies as written folds back into its clip, wherever that went; one that was moved or trimmed becomes a connected clip.
"""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
from lxml import etree

from takebridge_fcpxml import grammar
from takebridge_fcpxml.edit.sound import HEARD
from takebridge_fcpxml.otio import tags
from takebridge_fcpxml.otio.rational import text_of, time_range
from takebridge_fcpxml.otio.references import asset_rate, reference_of
from takebridge_fcpxml.otio.source import source_of, source_start
from takebridge_fcpxml.otio.speed import warp_of
from takebridge_fcpxml.otio.walk import Entry
from takebridge_fcpxml.view import Item

_MAX_HEARD = 1024 * 1024


def companion_of(entry: Entry, document_id: str, rate: Fraction | None, nested: bool) -> otio.schema.Clip:
    """The sound of an entry on an audio track."""
    played = entry.played
    source = source_of(played)
    start = source_start(played, source)
    clip = otio.schema.Clip(
        name=played.name,
        media_reference=reference_of(played, rate),
        source_range=time_range(start, entry.placed.duration, rate, asset_rate(source.asset)),
    )
    warp = warp_of(source)
    if warp is not None:
        clip.effects.append(warp)
    clip.enabled = played.enabled
    if not nested:
        tags.write(
            clip,
            {
                "id": document_id,
                "companion": entry.key,
                "record": text_of(entry.start),
                "duration": text_of(entry.placed.duration),
                "source": text_of(start),
                "heard": _heard_of(played),
            },
        )
    return clip


def _heard_of(item: Item) -> str | None:
    """How an item is heard: its audio role, levels, sound effects and channels as XML; None where it says nothing."""
    made = etree.Element(item.tag)
    if role := item.element.get("audioRole"):
        made.set("audioRole", role)
    for child in item.element.iterchildren(*HEARD):
        part = etree.fromstring(etree.tostring(child, with_tail=False))
        made.append(part)
    return etree.tostring(made, encoding="unicode") if made.attrib or len(made) else None


def hear(sound: Item, tag: tags.Tag) -> None:
    """Let a sound made anew be heard as the companion of this tag was: with its role, levels and channels."""
    text = tags.text(tag, "heard")
    if not text or len(text) > _MAX_HEARD or "<!" in text or sound.tag != "asset-clip":
        return
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        heard = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError):
        return
    if role := heard.get("audioRole"):
        sound.element.set("audioRole", role)
    for child in list(heard.iterchildren(*HEARD)):
        grammar.insert(sound.element, child)
