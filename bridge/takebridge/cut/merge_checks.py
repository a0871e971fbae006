"""Refusals: three cuts that cannot be merged because they are not three states of one cut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from takebridge.cut.edit_content import place_of, same_media
from takebridge.cut.edit_same import same_cut
from takebridge.cut.merge_sides import CutSide, Lineage
from takebridge.cut.model import Address, Clip, Cut
from takebridge.errors import CutMismatchError

_MANY = 10
"""Cuts with fewer clips say too little to be told apart by how much they share."""

_NAMES = {"base": "base", "editor": "editor's cut", "canvas": "canvas's cut"}


def check_rates(base: Cut, editor: Cut, canvas: Cut) -> None:
    """Raise CutMismatchError when the cuts do not run at one rate."""
    if base.rate == editor.rate == canvas.rate:
        return
    raise CutMismatchError(
        f"The cuts run at different rates: the base at {base.rate}, the editor's at {editor.rate}, "
        f"the canvas's at {canvas.rate} frames per second.",
        hint="Export all three from timelines of one rate; frames of different rates cannot be merged exactly.",
    )


def check_project(base: CutSide, side: CutSide, lineage: Lineage) -> None:
    """Raise CutMismatchError when a cut has hardly anything of the base, whatever its ids say."""
    fewer = min(len(base.clips), len(side.clips))
    if fewer < _MANY:
        return
    alike = sum(1 for one, there in _pairs(lineage) if _alike(one, there, base, side))
    if 10 * alike >= fewer:
        return
    ids = "their ids agree, but " if any(lineage.of.values()) else ""
    raise CutMismatchError(
        f"The {_NAMES[side.side]} is not a state of the base: {ids}of {fewer} clips only {alike} show "
        "the same media, bear the same name or lie in the same place.",
        hint="Choose cuts of one project: the base must be the cut both sides started from.",
    )


def _pairs(lineage: Lineage) -> Iterator[tuple[Address, Address]]:
    return ((one, there) for one, found in lineage.of.items() for there in found[:1])


def _alike(one: Address, there: Address, base: CutSide, side: CutSide) -> bool:
    mine, theirs = base.clips[one], side.clips[there]
    if mine.media is not None and same_media(mine.media, theirs.media):
        return True
    if mine.stamp and mine.stamp == theirs.stamp:
        return True
    if mine.record == theirs.record and one[:2] == there[:2]:
        return True
    return bool(mine.name) and mine.name == theirs.name


def check_ancestor(base: CutSide, editor: CutSide, canvas: CutSide) -> None:
    """Raise CutMismatchError when editor and canvas share far more with each other than with the base."""
    fewer = min(len(editor.clips), len(canvas.clips))
    if fewer < _MANY:
        return
    counted = [_counted(side.clips.values()) for side in (base, editor, canvas)]
    both = (counted[1] & counted[2]).total()
    known = ((counted[1] & counted[2]) & counted[0]).total()
    if 2 * both < fewer or 2 * known >= both or same_cut(editor.cut, canvas.cut):
        return
    raise CutMismatchError(
        f"The base is older than it should be: editor and canvas have {both} clips in common, but the base has only "
        f"{known} of them.",
        hint="Take the cut both sides last agreed on as the base: the one of the last round trip.",
    )


def _counted(clips: Iterable[Clip]) -> Counter[tuple[object, ...]]:
    return Counter(_signature(clip) for clip in clips)


def _signature(clip: Clip) -> tuple[object, ...]:
    """What a clip shows and from where: trims of the tail, moves and ripples do not touch it."""
    media = clip.media
    shown = (place_of(media.location) or media.name) if media else clip.name
    return (shown, clip.source.start if clip.source else None)
