"""Clips that took another's place: what stands between the same neighbours as what is gone shows something new there.

Media of another name and length has nothing in common with what it replaced but its place in the story. On the canvas
that is a new take of the shot, not a shot dropped and another added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from takebridge.cut.edit_content import place_of, same_media
from takebridge.cut.merge_sides import CutSide, Lineage, in_order, track_of
from takebridge.cut.model import Address, Clip, Media, TrackKind


def with_successors(base: CutSide, side: CutSide, lineage: Lineage) -> Lineage:
    """Return what became of the base's clips with those that were succeeded in their place."""
    of = {there: one for one, found in lineage.of.items() for there in found}
    gone = dict(_runs(base, {one for one, found in lineage.of.items() if found}, {}))
    found: dict[Address, Address] = {}
    for ends, run in _runs(side, set(of), of):
        before = gone.get(ends)
        if before is not None:
            found.update(_paired(base, before, side, [one for one in run if one not in lineage.copies]))
    if not found:
        return lineage
    taken = set(found.values())
    return replace(
        lineage,
        of={one: [found[one]] if one in found else there for one, there in lineage.of.items()},
        added=[one for one in lineage.added if one not in taken],
        doubtful={one: rivals for one, rivals in lineage.doubtful.items() if one not in found},
    )


def without_idle_doubts(base: CutSide, side: CutSide, lineage: Lineage) -> Lineage:
    """Return matches without the doubt in those that have no rival and stand between the same clips on both sides.

    The other answer would be that the clip is gone and a new one came, in the same place: that is the same clip too.
    """
    if not any(not rivals for rivals in lineage.doubtful.values()):
        return lineage
    before, after = _neighbours(base), _neighbours(side)
    of = {one: found[0] for one, found in lineage.of.items() if len(found) == 1}

    def stands(one: Address) -> bool:
        there = of.get(one)
        if there is None or one not in before or there not in after:
            return False
        known = zip(before[one], after[there], strict=True)
        return all(mine is their is None or (mine is not None and of.get(mine) == their) for mine, their in known)

    left = {one: rivals for one, rivals in lineage.doubtful.items() if rivals or not stands(one)}
    return replace(lineage, doubtful=left)


def without_hollow_matches(base: CutSide, side: CutSide, lineage: Lineage) -> Lineage:
    """Return matches without the uncertain ones of clips that have nothing in common but that both were left over.

    Such a clip counts as gone, and the other as new, so that both are named.
    """
    hollow = {
        one: there
        for one in lineage.doubtful
        if len(there := lineage.of.get(one, [])) == 1 and not _in_common(base.clips[one], side.clips[there[0]])
    }
    if not hollow:
        return lineage
    return replace(
        lineage,
        of={one: [] if one in hollow else there for one, there in lineage.of.items()},
        added=sorted((*lineage.added, *(there[0] for there in hollow.values())), key=in_order),
        doubtful={one: rivals for one, rivals in lineage.doubtful.items() if one not in hollow},
    )


def without_pieces_of_whole(base: CutSide, side: CutSide, lineage: Lineage) -> Lineage:
    """Return matches in which a clip that is there whole has no further pieces: those are new, or copies of it."""
    of, copies, added = dict(lineage.of), dict(lineage.copies), list(lineage.added)
    for one, found in lineage.of.items():
        whole = next((there for there in found if _is_whole(base.clips[one], side.clips[there])), None)
        if len(found) < 2 or whole is None:
            continue
        of[one] = [whole]
        others = [there for there in found if there != whole]
        added.extend(others)
        copies.update((there, one) for there in others if _in_common(base.clips[one], side.clips[there]))
    if len(added) == len(lineage.added):
        return lineage
    doubtful = {one: rivals for one, rivals in lineage.doubtful.items() if len(of[one]) == len(lineage.of[one])}
    return replace(lineage, of=of, copies=copies, added=sorted(added, key=in_order), doubtful=doubtful)


def _is_whole(one: Clip, other: Clip) -> bool:
    """Say whether a clip shows all the frames it did."""
    if one.source is None or other.source is None or not same_media(one.media, other.media):
        return False
    return other.source.contains(one.source) and other.record.duration == one.record.duration


def _in_common(one: Clip, other: Clip) -> bool:
    if one.inner is not None or other.inner is not None or one.record == other.record:
        return True
    if any(mine and mine == theirs for mine, theirs in ((one.key, other.key), (one.stamp, other.stamp))):
        return True
    shown = {place_of(media.location) or media.name for media in _media(one)}
    theirs_shown = {place_of(media.location) or media.name for media in _media(other)}
    return one.name == other.name or not shown or not shown.isdisjoint(theirs_shown)


def _media(clip: Clip) -> Iterator[Media]:
    yield from (media for media in (clip.media, *(take.media for take in clip.takes)) if media is not None)


def _neighbours(side: CutSide) -> dict[Address, tuple[Address | None, Address | None]]:
    found: dict[Address, tuple[Address | None, Address | None]] = {}
    for row in _rows(side).values():
        for before, one, after in zip([None, *row], row, [*row[1:], None], strict=False):
            found[one] = (before, after)
    return found


def _rows(side: CutSide) -> dict[tuple[TrackKind, int], list[Address]]:
    rows: dict[tuple[TrackKind, int], list[Address]] = defaultdict(list)
    for address in sorted((one for one in side.clips if len(one) == 3), key=in_order):
        rows[track_of(address)].append(address)
    return rows


def _runs(
    side: CutSide, known: set[Address], of: dict[Address, Address]
) -> Iterator[tuple[tuple[object, ...], list[Address]]]:
    """Yield every run of unknown clips of a track, named by the known clips (of the base) around it.

    A run at the end of a track is named by its kind and number as well.
    """
    for track, row in _rows(side).items():
        before: Address | None = None
        run: list[Address] = []
        for address in (*row, None):
            if address is not None and address not in known:
                run.append(address)
                continue
            after = None if address is None else of.get(address, address)
            if run:
                ends = (before, after) if before and after else (before, after, track)
                yield ends, run
            before, run = after, []


def _paired(
    base: CutSide, gone: list[Address], side: CutSide, come: list[Address]
) -> Iterator[tuple[Address, Address]]:
    """Pair what is gone with what came, in order: as many as there were, each alike in kind and one end's place."""
    if len(gone) != len(come):
        return
    pairs = [(base.clips[one], side.clips[other]) for one, other in zip(gone, come, strict=True)]
    if all(_may_succeed(one, other) for one, other in pairs) and _lie_alike(pairs):
        yield from zip(gone, come, strict=True)


def _may_succeed(one: Clip, other: Clip) -> bool:
    pictures = ("clip", "still", "missing")
    return (one.kind == other.kind or {one.kind, other.kind} <= set(pictures)) and one.inner is None is other.inner


def _lie_alike(pairs: list[tuple[Clip, Clip]]) -> bool:
    """Say whether the gaps within are the same, or every clip has what it succeeds among its takes."""
    if all(any(same_media(one.media, take.media) for take in other.takes) for one, other in pairs):
        return True
    gaps = [[after[at].record.start - before[at].record.end for before, after in pairwise(pairs)] for at in (0, 1)]
    return gaps[0] == gaps[1]
