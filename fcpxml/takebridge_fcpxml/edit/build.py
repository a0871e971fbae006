"""New items that stand nowhere yet, ready to be inserted, connected or offered as takes."""

from __future__ import annotations

import copy
from fractions import Fraction
from uuid import uuid4

from lxml import etree

from takebridge_fcpxml.edit.checks import exact, refuse, timescale_around
from takebridge_fcpxml.edit.conform import conform_element, local_scale_of, wants_conform
from takebridge_fcpxml.edit.media import Missing, asset_range, lacking
from takebridge_fcpxml.edit.plan import legal_text
from takebridge_fcpxml.placement import sequence_rate
from takebridge_fcpxml.times import format_time, snap
from takebridge_fcpxml.view import Asset, Gap, Item, MediaItem, Spine, Timeline, View, view_of

HOUR = Fraction(3600)


def new_item(around: View, tag: str, attributes: dict[str, str]) -> Item:
    """A detached item of the document ``around`` belongs to."""
    item = view_of(etree.Element(tag, attributes), around.document)
    assert isinstance(item, Item)
    return item


def local_hour(frame: Fraction) -> Fraction:
    """Where gaps, titles and stills begin by convention: one hour, on the frame grid."""
    return snap(HOUR, frame)


def gap_of(around: View, duration: Fraction, frame: Fraction) -> Gap:
    """A gap as Final Cut Pro writes one."""
    start = local_hour(frame)
    scale = timescale_around(around)
    attributes = {"name": "Gap", "start": format_time(start, scale), "duration": format_time(duration, scale)}
    gap = new_item(around, "gap", attributes)
    assert isinstance(gap, Gap)
    return gap


def clip_of(
    asset: Asset,
    timeline: Timeline | Spine,
    duration: Fraction,
    *,
    start: Fraction | None = None,
    name: str | None = None,
    audio_role: str | None = None,
    video_role: str | None = None,
) -> MediaItem:
    """A detached clip that plays ``asset`` for ``duration`` record seconds: ``asset-clip``, or ``video`` for a still.

    ``start`` is the media time it begins with, the beginning of the media by default. ``conform-rate`` is there when
    the rates differ. Raises EditError when the media is too short; the message says by how many frames.
    """
    duration = exact(timeline, duration, "duration")
    rate = sequence_rate(timeline)
    if rate is None:
        refuse(timeline, "The timeline has no frame duration.", "Give its format a frameDuration first.")
    if duration <= 0:
        refuse(timeline, "The clip has no length.", "Give at least a frame.")
    scale = timescale_around(timeline)
    if start is None:
        start = local_hour(1 / rate) if asset.is_still else asset.start
    attributes = {"ref": asset.id, "name": legal_text(asset.name if name is None else name, "name")}
    if start != 0:
        attributes["start"] = format_time(exact(timeline, start, "start"), scale)
    attributes["duration"] = format_time(duration, scale)
    still = asset.is_still
    if not still and asset.format_id and asset.format_id != _format_id(timeline):
        attributes["format"] = asset.format_id
    roles = {"role": video_role} if still else {"audioRole": audio_role, "videoRole": video_role}
    attributes |= {key: legal_text(role, key) for key, role in roles.items() if role}
    item = new_item(timeline, "video" if still else "asset-clip", attributes)
    assert isinstance(item, MediaItem)
    if wants_conform(asset, rate):
        item.element.append(conform_element(asset, rate, timeline))
    bounds = asset_range(asset)
    if bounds is not None:
        conform = local_scale_of(asset, rate)
        want = Missing(max(Fraction(0), bounds[0] - start), max(Fraction(0), start + duration * conform - bounds[1]))
        if want.head or want.tail:
            lacking(item, want, 1 / rate, conform)
    return item


def _format_id(view: View) -> str | None:
    around = next((e for e in (view.element, *view.element.iterancestors()) if e.tag in ("sequence", "multicam")), None)
    return None if around is None else around.get("format")


def copy_of(item: Item) -> Item:
    """A detached copy with everything inside, its place left out, its text styles under new ids."""
    element = copy.deepcopy(item.element)
    element.tail = None
    for name in ("offset", "lane"):
        element.attrib.pop(name, None)
    # Not numbered: several copies may wait at once without standing in the document.
    renamed = {
        style.get("id"): f"ts{uuid4().hex[:12]}"
        for style in element.iter("text-style-def")
        if style.get("id") is not None
    }
    for style in element.iter("text-style-def"):
        if style.get("id") in renamed:
            style.set("id", renamed[style.get("id")])
    for run in element.iter("text-style"):
        if run.get("ref") in renamed:
            run.set("ref", renamed[run.get("ref")])
    copied = view_of(element, item.document)
    assert isinstance(copied, Item)
    return copied
