"""One story item as one OTIO item."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio

from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.loss import LossLog
from takebridge_fcpxml.otio.marks import Frame, to_markers
from takebridge_fcpxml.otio.rational import can_hold, rational_time, text_of, time_range
from takebridge_fcpxml.otio.references import asset_rate, reference_of, tray
from takebridge_fcpxml.otio.source import source_of, source_start
from takebridge_fcpxml.otio.speed import warp_of
from takebridge_fcpxml.otio.tags import Tag
from takebridge_fcpxml.otio.walk import Entry
from takebridge_fcpxml.placement import local_scale
from takebridge_fcpxml.view import Audition, Item, McClip, SyncClip

DISSOLVE = "SMPTE_Dissolve"
CUSTOM = "Custom_Transition"


def tag_of(entry: Entry, document_id: str, track: str) -> Tag:
    """Our metadata of an item, still without its XML; roles and keywords are there to be read by others."""
    played = entry.played
    keywords = [word for keyword in played.keywords for word in keyword.words]
    return {
        "id": document_id,
        "key": entry.key,
        "host": entry.host or None,
        "storyline": entry.storyline or None,
        "track": track,
        "record": text_of(entry.start),
        "duration": text_of(entry.placed.duration),
        "kind": entry.element.tag,
        "roles": list(played.roles) or None,
        "keywords": keywords or None,
    }


def transition_of(entry: Entry, cut: Fraction, rate: Fraction | None) -> otio.schema.Transition:
    """A transition around the cut at record time ``cut``."""
    name = entry.placed.item.name
    return otio.schema.Transition(
        name=name,
        transition_type=DISSOLVE if name == "Cross Dissolve" else CUSTOM,
        in_offset=rational_time(cut - entry.start, rate),
        out_offset=rational_time(entry.end - cut, rate),
    )


def gap_of(entry: Entry, rate: Fraction | None) -> otio.schema.Gap:
    """A gap with its markers."""
    item = entry.placed.item
    gap = otio.schema.Gap(name=item.name, source_range=time_range(item.start, entry.placed.duration, rate))
    gap.markers[:] = to_markers(item, Frame(item.start, item.start, entry.placed.scale), rate)
    return gap


def clip_of(entry: Entry, rate: Fraction | None, tag: Tag, log: LossLog) -> otio.schema.Clip:
    """A clip with its media, markers and speed; ``tag`` learns the source time as written."""
    played = entry.played
    clip = otio.schema.Clip(name=played.name)
    decorate(clip, entry, rate, tag)
    if isinstance(entry.placed.item, Audition):
        references = tray(entry.placed.item, rate)
        clip.set_media_references(references, next(iter(references)))
    else:
        clip.media_reference = reference_of(played, rate)
    clip.enabled = played.enabled
    _report(entry, played, log)
    report_conform(played, rate, log)
    return clip


def decorate(clip: otio.core.Item, entry: Entry, rate: Fraction | None, tag: Tag) -> None:
    """Source range, speed and markers."""
    played = entry.played
    source = source_of(played)
    start = source_start(played, source)
    # One rate for both where one holds both: tools that add them without a thought for rates go wrong otherwise.
    rates = (rate, asset_rate(source.asset))
    clip.source_range = time_range(start, entry.placed.duration, *rates)
    tag["source"] = text_of(start)
    warp = warp_of(source)
    if warp is not None:
        clip.effects.append(warp)
    scale = entry.placed.scale if played == entry.placed.item else local_scale(played, rate)
    clip.markers[:] = to_markers(played, Frame(played.start, start, scale), *rates)


_NEAR: dict[type[Item], tuple[str, str]] = {
    McClip: ("mc-clip", "The angle that plays stands for the multicam clip; the others are in the carried document."),
    SyncClip: ("sync-clip", "The main media stands for the synchronised clip; the rest is in its carried XML."),
}


def _report(entry: Entry, played: Item, log: LossLog) -> None:
    found: list[tuple[str, str]] = []
    if type(played) in _NEAR:
        found.append(_NEAR[type(played)])
    if source_of(played).variable:
        detail = "OTIO has only constant speed: the mean stands for the curve, which is in the item's carried XML."
        found.append(("timeMap", detail))
    if not all(can_hold(value, None) for value in (entry.start, entry.placed.duration, _start(played))):
        detail = "OTIO's numbers cannot hold this time exactly; its carried XML can."
        found.append((f"{played.tag} time", detail))
    for construct, detail in found:
        log.add("approximated", construct, detail, path=played.path, line=played.line)


def report_conform(played: Item, rate: Fraction | None, log: LossLog) -> None:
    """Say so where Final Cut Pro plays media faster or slower to fit the sequence's rate: OTIO has no word for it."""
    scale = local_scale(played, rate)
    if scale != 1:
        detail = (
            f"Final Cut Pro plays {scale} s of its media in a second here; others play it in real time and show other "
            f"frames towards its end."
        )
        log.add("approximated", "conform-rate", detail, path=played.path, line=played.line)


def _start(item: Item) -> Fraction:
    try:
        return item.start
    except FcpxmlError:
        return Fraction(0)
