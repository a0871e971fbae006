"""Razored halves: pieces of a clip that one side deleted or that the merged cut has cut elsewhere.

Where a host names its clips, a razor leaves the name (the key) with one piece and gives the others new ones. So a clip
whose key is gone and of which only some frames are left was cut and partly deleted; one that keeps its key was trimmed.
Without keys the two are the same to every eye, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from takebridge.cut.edit_content import same_media
from takebridge.cut.merge_content import Three, media_words
from takebridge.cut.merge_sides import CutSide, Lineage
from takebridge.cut.model import Clip, Frame, Span


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one side. ``hold``: a clip that is as it was has the key it had, so that other keys mean something.

    They do not in a timeline that was imported anew or duplicated: there every clip has a new key.
    """

    here: frozenset[str]
    hold: bool

    @classmethod
    def of(cls, base: CutSide, side: CutSide, lineage: Lineage) -> Keys:
        """Look at the clips that are as they were, and at those that kept their key."""
        pairs = [(base.clips[one], side.clips[found[0]]) for one, found in lineage.of.items() if len(found) == 1]
        keyed = [(one, other) for one, other in pairs if one.key and other.key]
        kept = sum(1 for one, other in keyed if one.key == other.key)
        anew = sum(1 for one, other in keyed if one.key != other.key and _lies_as_it_did(one, other))
        same_timeline = base.cut.timeline_id == side.cut.timeline_id
        return cls(frozenset(clip.key for clip in side.clips.values()), kept >= anew and (same_timeline or kept > 0))

    def lack(self, clip: Clip) -> bool:
        """Say whether a clip that had a key is here no more under it."""
        return self.hold and bool(clip.key) and clip.key not in self.here


def _lies_as_it_did(one: Clip, other: Clip) -> bool:
    return (one.record, one.source) == (other.record, other.source) and same_media(one.media, other.media)


def cut_off_words(base: Clip, pieces: Sequence[Clip]) -> str:
    """Say what is left of a clip of which only these pieces are; "" when they show all of it (or that is unknown)."""
    if not all(piece.key for piece in pieces):
        return ""
    shown = [piece for piece in pieces if same_media(base.media, piece.media)]
    if not shown:
        return f"The editor put {media_words(pieces[0])} in its place."
    left = _left(base, shown)
    if left is None:
        shorter = sum(Fraction(piece.record.duration) for piece in shown) < base.record.duration
        return "The editor cut it and kept only a part of it." if shorter else ""
    assert base.source is not None
    if base.source.duration - left < _near(base):
        return ""
    return f"The editor cut it and kept only a part of it: {round(left)} of {round(base.source.duration)} frames."


def _left(base: Clip, pieces: Sequence[Clip]) -> Fraction | None:
    """How many of a clip's source frames its pieces show; None where the documents do not say."""
    if base.source is None:
        return None
    spans: list[Span] = []
    for piece in pieces:
        if piece.source is None or (base.media and piece.media and base.media.rate != piece.media.rate):
            return None
        if piece.source.overlaps(base.source):
            low, high = max(piece.source.start, base.source.start), min(piece.source.end, base.source.end)
            spans.append(Span(low, high))
    return _covered(spans)


def _covered(spans: Iterable[Span]) -> Fraction:
    """The frames several spans cover, each counted once."""
    total = Fraction(0)
    at: Frame | None = None
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        begins = span.start if at is None else max(span.start, at)
        if span.end > begins:
            total += span.end - begins
            at = span.end
    return total


def kept_another_part(three: Three, editors: Sequence[Clip], keys: tuple[Keys, Keys]) -> bool:
    """Say whether the canvas's clip is a piece of the base's, as long as the editor's slot, that nothing else names.

    ``keys`` are the editor's and the canvas's.
    """
    base, canvas = three.base, three.canvas
    if (three.canvas_changed and not three.agree) or canvas.record.duration == base.record.duration:
        return False
    if not (keys[1].lack(base) and canvas.key and canvas.key not in keys[0].here):
        return False
    slot = sum(Fraction(clip.record.duration) for clip in editors)
    return slot == canvas.record.duration and not any(same_frames(one, canvas) for one in editors)


def same_frames(one: Clip, other: Clip) -> bool:
    """Say whether two clips of one media show the same frames, give or take what rounding leaves."""
    if one.source is None or other.source is None:
        return True
    ends = (one.source.start, other.source.start), (one.source.end, other.source.end)
    return all(abs(Fraction(mine) - Fraction(theirs)) < _near(one) for mine, theirs in ends)


def _near(clip: Clip) -> Fraction:
    """Source frames in a record frame, one at least: less is rounding between rates."""
    if clip.source is None or not clip.record.duration:
        return Fraction(1)
    return max(Fraction(1), Fraction(clip.source.duration) / Fraction(clip.record.duration))
