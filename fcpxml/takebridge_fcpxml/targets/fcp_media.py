"""Clips inside their media: a range that reaches over is an "invalid edit with no respective media" in Final Cut Pro.

The part with media stays where it is in record time. In a storyline a gap takes the place of the rest, so nothing else
moves. A range counted from the beginning of a file whose timecode begins elsewhere is moved to that timecode.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from lxml import etree

from takebridge_fcpxml import layout
from takebridge_fcpxml.conversion import Conversion
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.targets.fcp_grid import frame_duration
from takebridge_fcpxml.targets.local_time import shift_local_time
from takebridge_fcpxml.times import format_time
from takebridge_fcpxml.versions.items import lane_of, scale_of, seconds, set_time
from takebridge_fcpxml.view import Asset, view_of

_ZERO = Fraction(0)
_CLIPS = ("asset-clip", "video", "audio")
_STORYLINES = frozenset({"spine", "mc-angle"})


def clamp_clips(change: Conversion) -> None:
    """Bring every clip on a timeline that shows one file at normal speed inside that file."""
    for clip in list(change.root.iter(*_CLIPS)):
        parent = clip.getparent()
        on_timeline = parent is not None and (parent.tag in _STORYLINES or parent.tag == "audition" or lane_of(clip))
        # Without a duration an asset clip ends with its file; a time map may hold its last frame.
        if on_timeline and clip.find("timeMap") is None:
            _clamp(change, clip)


def _clamp(change: Conversion, clip: etree._Element) -> None:
    asset = change.document.resource(clip.get("ref"))
    duration = seconds(clip, "duration")
    if asset is None or duration is None or not _runs(change, asset):
        return
    low = seconds(asset, "start", _ZERO) or _ZERO
    whole = seconds(asset, "duration")
    if not whole:
        return
    high, scale = low + whole, scale_of(change, clip)
    start = seconds(clip, "start", _ZERO) or _ZERO
    end = start + duration * scale
    frame = frame_duration(change, clip)
    # How many frames a conformed clip has at its end is Final Cut Pro's rounding, not an error.
    slack = frame * scale if frame and clip.find("conform-rate") is not None else _ZERO
    if low <= start and end <= high + slack:
        return
    if start >= high or end <= low:
        _move_to_timecode(change, clip, (start, end), (low, high))
    else:
        _trim(change, clip, max(low - start, _ZERO) / scale, max(end - high, _ZERO) / scale)


def _runs(change: Conversion, resource: etree._Element) -> bool:
    """Whether a resource is media with a length; a still shows as long as it is wanted."""
    view = view_of(resource, change.document)
    try:
        return isinstance(view, Asset) and not view.is_still
    except FcpxmlError:
        return False


def _move_to_timecode(
    change: Conversion, clip: etree._Element, shown: tuple[Fraction, Fraction], media: tuple[Fraction, Fraction]
) -> None:
    (start, end), (low, high) = shown, media
    construct = f"{clip.tag!s}@start"
    if start >= 0 and end + low <= high:
        words = "The range was counted from the beginning of the file; it is counted from its timecode now."
        change.loss("approximated", construct, words, clip)
        shift_local_time(clip, low)
        return
    words = "The clip shows nothing of its media: Final Cut Pro refuses it. Relink or remove it."
    change.loss("approximated", construct, words, clip)


def _trim(change: Conversion, clip: etree._Element, head: Fraction, tail: Fraction) -> None:
    """Cut what has no media, ``head`` and ``tail`` in record seconds, in whole frames where the clip was on frames."""
    frame, duration = frame_duration(change, clip), seconds(clip, "duration") or _ZERO
    scale = scale_of(change, clip)
    if frame:
        head = ceil(head / frame) * frame
        if (duration / frame).denominator == 1:
            tail = ceil(tail / frame) * frame
    kept = duration - head - tail
    construct = f"{clip.tag!s}@duration"
    if kept <= 0:
        words = "Less than a frame of the clip has media: Final Cut Pro refuses it. Relink or remove it."
        change.loss("approximated", construct, words, clip)
        return
    slot = _slot(clip)
    words = "The clip reached over its media; the part without media was cut"
    words += " and a gap holds its place." if slot is not None else "."
    change.loss("approximated", construct, words, clip)
    if head:
        set_time(clip, "start", (seconds(clip, "start", _ZERO) or _ZERO) + head * scale)
    set_time(clip, "duration", kept)
    if slot is not None:
        _fill(slot, head, tail, kept)
    elif head:
        _move_connected(change, clip, head)


def _slot(clip: etree._Element) -> etree._Element | None:
    """What holds the clip's place in a storyline: itself or, for the pick of an audition, the audition."""
    parent = clip.getparent()
    slot = clip
    if parent is not None and parent.tag == "audition":
        if next(layout.elements(parent)) is not clip:
            return None
        slot, parent = parent, parent.getparent()
    return slot if parent is not None and parent.tag in _STORYLINES else None


def _fill(slot: etree._Element, head: Fraction, tail: Fraction, kept: Fraction) -> None:
    parent, offset = slot.getparent(), seconds(slot, "offset")
    assert parent is not None
    if head:
        layout.insert(parent, parent.index(slot), _gap(offset, head))
        if offset is not None:
            set_time(slot, "offset", offset + head)
    if tail:
        layout.insert(parent, parent.index(slot) + 1, _gap(None if offset is None else offset + head + kept, tail))


def _gap(offset: Fraction | None, duration: Fraction) -> etree._Element:
    gap = etree.Element("gap", {"name": "Gap"})
    if offset is not None:
        gap.set("offset", format_time(offset))
    gap.set("duration", format_time(duration))
    return gap


def _move_connected(change: Conversion, clip: etree._Element, head: Fraction) -> None:
    """A connected item that lost its head begins later in the local time of its host.

    The takes of an audition have no place of their own: one that waits, or is connected, just begins with its media.
    """
    parent, offset = clip.getparent(), seconds(clip, "offset")
    if parent is not None and parent.tag != "audition" and offset is not None:
        set_time(clip, "offset", offset + head * scale_of(change, parent))
