"""Companions: the sound of a clip that plays picture and sound, as a clip of its own for other hosts.

FCPXML says both in one ``asset-clip``; an OTIO host hears only what stands on an audio track. A companion that still
lies as written folds back into its clip, wherever that went; one that was moved or trimmed becomes a connected clip.
"""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio

from takebridge_fcpxml.otio import tags
from takebridge_fcpxml.otio.rational import text_of, time_range
from takebridge_fcpxml.otio.references import asset_rate, reference_of
from takebridge_fcpxml.otio.source import source_of, source_start
from takebridge_fcpxml.otio.speed import warp_of
from takebridge_fcpxml.otio.walk import Entry


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
            },
        )
    return clip
