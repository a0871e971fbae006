"""What changed from one cut to another, clip by clip and as a whole: `diff`. docs/cut-diff.md says what words mean."""

from __future__ import annotations

from takebridge.cut.collecting import collection_paused
from takebridge.cut.diff_cut import cut_changes, track_name
from takebridge.cut.diff_media import files_replaced_as_a_whole
from takebridge.cut.diff_pairs import Twin, twins
from takebridge.cut.diff_places import lanes, place
from takebridge.cut.diff_words import changes, in_frames, joins
from takebridge.cut.identity import identify_laid_out
from takebridge.cut.identity_nodes import clock_of, lay_out
from takebridge.cut.match import Change, CutDiff, Match, Pair, Ripple
from takebridge.cut.model import Address, Cut, Frame, TrackKind

_ADDED = (Change("added", "added"),)
_COPIED = (Change("added", "added"), Change("duplicated", "a copy of a clip that was there"))
_REMOVED = (Change("removed", "removed"),)


def diff(a: Cut, b: Cut, matches: tuple[Match, ...] | None = None) -> CutDiff:
    """Return every change from ``a`` to ``b``; ``matches`` are those of ``identify(a, b)`` if the caller has them.

    Frames are record frames of ``a``. Every clip of either cut is in at least one pair.
    """
    with collection_paused():
        return _diff(a, b, matches)


def _diff(a: Cut, b: Cut, matches: tuple[Match, ...] | None) -> CutDiff:
    if matches is None:
        found, side_a, side_b = identify_laid_out(a, b)
    else:
        clock = clock_of(a, b)
        found, side_a, side_b = matches, lay_out(a, clock), lay_out(b, clock)
    matched = twins(side_a, side_b, found)
    tracks = lanes(side_a, side_b, matched.values())
    place(matched.values(), tracks)
    files = files_replaced_as_a_whole(matched.values())
    joins_a, joins_b = joins(a), joins(b)
    pairs = []
    for index, match in enumerate(found):
        twin = matched.get(index)
        if twin is None:
            pairs.append(Pair(match, _alone(match)))
            continue
        other = track_name(twin.b.lane) if tracks[twin.a.lane] != twin.b.lane else ""
        beside_a, beside_b = joins_a.get(twin.a.address, _NONE), joins_b.get(twin.b.address, _NONE)
        if _untouched(twin) and not other and beside_a is beside_b:
            pairs.append(Pair(match))
        else:
            pairs.append(Pair(match, changes(twin, side_a.frame, files, beside_a, beside_b, other)))
    same = {twin.a.address: twin.b.address for twin in matched.values()}
    return CutDiff(tuple(pairs), _ripples(list(matched.values()), side_a.frame), tuple(cut_changes(a, b, same, tracks)))


_NONE = (None, None)


def _untouched(twin: Twin) -> bool:
    """Say whether a clip is the very same, cheaply."""
    if twin.start or twin.end or twin.head or twin.tail or twin.piece or not twin.carried:
        return False
    mine, theirs = twin.a.clip, twin.b.clip
    return mine is theirs or mine == theirs


def _alone(match: Match) -> tuple[Change, ...]:
    if match.b is None:
        return _REMOVED
    return _COPIED if match.relation == "copy" else _ADDED


# --- ripples --------------------------------------------------------------------------------------------


def _ripples(matched: list[Twin], unit: Frame) -> tuple[Ripple, ...]:
    """Join clips that were carried by the same amount one after the other; linked tracks that went along join them."""
    rows: dict[Address, list[list[Twin]]] = {}
    for twin in sorted(matched, key=lambda twin: (twin.a.index, twin.b.index)):
        if len(twin.a.lane) != 2 or len(twin.b.lane) != 2:
            continue
        row = rows.setdefault(twin.a.lane, [[]])
        if twin.shift and twin.carried:
            if row[-1] and row[-1][-1].shift != twin.shift:
                row.append([])
            row[-1].append(twin)
        elif row[-1] and twin.carried:
            row.append([])
    groups = [group for row in rows.values() for group in row if group]
    joined = _with_linked(groups)
    return tuple(_ripple(group, unit) for group in joined)


def _with_linked(groups: list[list[Twin]]) -> list[list[Twin]]:
    """Join runs of several tracks that went as far at the same time."""
    joined: list[list[Twin]] = []
    latest: dict[Frame, list[tuple[Frame, Frame, list[Twin]]]] = {}
    for group in groups:
        start, end = group[0].a.start, group[-1].a.end
        home = next(
            (run for begins, ends, run in latest.get(group[0].shift, ()) if begins < end and start < ends), None
        )
        if home is None:
            home = list(group)
            joined.append(home)
            latest.setdefault(group[0].shift, []).append((start, end, home))
        else:
            home.extend(group)
    return joined


def _ripple(group: list[Twin], unit: Frame) -> Ripple:
    first = group[0]
    at, frames = in_frames(min(twin.a.start for twin in group), unit), in_frames(first.shift, unit)
    count = len({twin.a.index for twin in group})
    tracks = sorted({twin.a.lane for twin in group}, key=repr, reverse=True)
    kind, number = first.a.lane[0], first.a.lane[1]
    on = ", ".join(track_name(lane) for lane in tracks)
    text = (
        f"{count} {'clip' if count == 1 else 'clips'} from frame {at} on {on} shifted {abs(frames)} "
        f"{'frame' if abs(frames) == 1 else 'frames'} {'later' if frames > 0 else 'earlier'}"
    )
    return Ripple(_kind(kind), int(number), at, frames, count, text)


def _kind(kind: object) -> TrackKind:
    return "audio" if kind == "audio" else "subtitle" if kind == "subtitle" else "video"
