"""Storylines on the frame grid: Final Cut Pro puts a gap and a warning where an edit falls between two frames.

Only offset and duration of storyline items are snapped, each boundary to its nearest frame and lengths as the frames
between two boundaries, so that nothing adds up. ``start``, connected items and sound are never touched.
"""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

from takebridge_fcpxml import grammar, layout
from takebridge_fcpxml.conversion import Conversion
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.times import on_grid, snap_frames
from takebridge_fcpxml.versions.items import lane_of, length, seconds, set_time
from takebridge_fcpxml.view import Sequence, view_of

_ZERO = Fraction(0)


def frame_duration(change: Conversion, element: etree._Element) -> Fraction | None:
    """Seconds a frame of the sequence around an element, None when its format has none or is missing."""
    for above in element.iterancestors("sequence"):
        sequence = view_of(above, change.document)
        assert isinstance(sequence, Sequence)
        try:
            duration = sequence.frame_duration
        except FcpxmlError:
            return None
        return duration if duration and duration > 0 else None
    return None


def snap_storylines(change: Conversion) -> None:
    """Snap the items of every primary and connected storyline."""
    for spine in change.root.iter("spine"):
        parent = spine.getparent()
        frame = frame_duration(change, spine)
        if parent is None or frame is None:
            continue
        if parent.tag == "sequence":
            begin = seconds(parent, "tcStart", _ZERO) or _ZERO
            # A timecode origin between two frames shifts the whole grid; its edits are on frames all the same.
            _Snapper(change, frame, _ZERO if on_grid(begin, frame) else begin).run(spine, begin)
        elif lane_of(spine):
            _Snapper(change, frame, _ZERO).run(spine, _ZERO)


class _Snapper:
    def __init__(self, change: Conversion, frame: Fraction, origin: Fraction) -> None:
        self.change, self.frame, self.origin = change, frame, origin

    def frames(self, time: Fraction) -> int:
        return snap_frames(time - self.origin, self.frame)

    def time(self, frames: int) -> Fraction:
        return self.origin + frames * self.frame

    def run(self, spine: etree._Element, begin: Fraction) -> None:
        end, end_frame = begin, self.frames(begin)
        for item in layout.elements(spine):
            duration = length(self.change, item) if item.tag in grammar.ITEMS else None
            if duration is None:
                continue
            start = seconds(item, "offset")
            if start is None:
                start = end
            first = end_frame if start == end else self.frames(start)
            last = self.frames(start + duration)
            if duration > 0:
                last = max(last, first + 1)
            self.offset(item, self.time(first))
            self.duration(item, duration, (last - first) * self.frame)
            if item.tag != "transition":
                end, end_frame = start + duration, last

    def offset(self, item: etree._Element, value: Fraction) -> None:
        old = seconds(item, "offset")
        if old is not None and old != value:
            self.tell(item, "offset")
            set_time(item, "offset", value)

    def duration(self, item: etree._Element, old: Fraction, value: Fraction) -> None:
        if old == value:
            return
        takes = [child for child in layout.elements(item) if child.tag in grammar.ITEMS]
        for one in takes if item.tag == "audition" else [item]:
            if length(self.change, one) == old:
                self.tell(one, "duration")
                set_time(one, "duration", value)

    def tell(self, item: etree._Element, name: str) -> None:
        words = f"The {name} fell between two frames; it was moved to the nearest."
        self.change.loss("approximated", f"{item.tag!s}@{name}", words, item)
