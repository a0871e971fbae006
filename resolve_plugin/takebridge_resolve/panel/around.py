"""The shots either side: which films, and which frames of them, stand before and after a shot. Pure.

Known of a neighbour is what was pushed of it: its place and frames are those of its clip link, its picture is the take
pinned for it, else the clip as it was pushed. Shots that were never pushed are not here, and what an editor moved or
trimmed since shows in the editor alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from takebridge.canvas.model import Canvas, Take
from takebridge.cut.link import ClipLink
from takebridge.ids import LinkId, TakeId
from takebridge_resolve.panel import take_facts
from takebridge_resolve.panel.trip_sides import behind, offset_of

EITHER_SIDE = 2


@dataclass(frozen=True, slots=True)
class Segment:
    """Frames ``start`` to ``end`` (exclusive, on the take's own grid) of a shot's take."""

    shot: str
    take: Take
    start: int
    end: int


def around(links: Sequence[ClipLink], canvas: Canvas, own: LinkId, take: Take) -> tuple[Segment, ...]:
    """Return the segments to play, in record order, with ``take`` in the place of the shot ``own``.

    Empty when the shot is not known; the shot alone when nothing beside it is.
    """
    mine = next((one for one in links if one.id == own), None)
    middle = _segment(mine, take, canvas) if mine is not None else None
    if mine is None or middle is None:
        return ()
    line = sorted((one for one in links if _is_beside(one, mine)), key=lambda one: one.start_record_frame)
    before = [one for one in line if one.start_record_frame < mine.start_record_frame][-EITHER_SIDE:]
    after = [one for one in line if one.start_record_frame > mine.start_record_frame][:EITHER_SIDE]
    found = [_of_link(one, canvas) for one in before], [_of_link(one, canvas) for one in after]
    return (*filter(None, found[0]), middle, *filter(None, found[1]))


def _is_beside(one: ClipLink, mine: ClipLink) -> bool:
    same = (one.timeline_id, one.track_type, one.track_index) == (mine.timeline_id, mine.track_type, mine.track_index)
    return same and one.id != mine.id


def _of_link(link: ClipLink, canvas: Canvas) -> Segment | None:
    take = _shown(link, canvas)
    return _segment(link, take, canvas) if take is not None else None


def _shown(link: ClipLink, canvas: Canvas) -> Take | None:
    """The take pinned last behind the shot's source; the pushed clip where there is none."""
    pins = [canvas.takes[pin] for node in behind(link.node_id, canvas) if (pin := canvas.nodes[node].pin)]
    films = [take for take in pins if (take_facts.frame_count(take) or 0) > 1]
    made = [take for take in films if take.node_id != link.node_id or link.fills_gap]
    return made[-1] if made else canvas.takes.get(TakeId(link.source_take_id))


def _segment(link: ClipLink, take: Take, canvas: Canvas) -> Segment | None:
    """The frames of a take that stand in the shot's slot; None where that is not known, or there are none."""
    count, rate = take_facts.frame_count(take), take_facts.rate(take)
    if count is None or count < 2 or rate is None or take_facts.picture_content(take) is None:
        return None
    media_rate = rate.fraction if link.fills_gap else Fraction(link.media_rate)
    if media_rate != rate.fraction:
        return None
    start = 0 if link.fills_gap else link.source_start_frame - offset_of(take, link, canvas)
    length = link.end_record_frame - link.start_record_frame
    start, end = max(0, start), min(count, start + length)
    return Segment(link.shot, take, start, end) if start < end else None


def words(segments: Sequence[Segment], at: int) -> str:
    """Return what stands over the picture: ``IN CONTEXT 2 of 5 · SH_0420 take 3``."""
    one = segments[at]
    return f"IN CONTEXT {at + 1} of {len(segments)} · {one.shot} take {one.take.seq}"
