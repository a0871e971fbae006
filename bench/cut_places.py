"""Edits of time and order: trim, slip, slide, roll, move, swap, duplicate (see `cut_ground` for what an edit is)."""

from __future__ import annotations

from cut_ground import around, grow, is_free, like, note, pick, ripple, room
from cut_records import Part, Shot, State


def trim(state: State) -> bool:
    """Trim a head or a tail, shorter or longer, rippling or not."""
    rng, shot = state.rng, pick(state)
    if shot is None:
        return False
    head, rippling = rng.random() < 0.5, rng.random() < 0.6
    frames = _trim_frames(state, shot, head, rippling)
    if frames == 0:
        return False
    end = shot.end
    grow(state, shot, *((frames, 0) if head else (0, frames)))
    if rippling:
        ripple(state, shot.lane, end, frames)
    elif head:
        shot.start -= frames
    note(shot, "trim_head" if head else "trim_tail", "trimmed_head" if head else "trimmed_tail")
    return True


def _trim_frames(state: State, shot: Shot, head: bool, rippling: bool) -> int:
    """By how much: negative shorter, positive longer, 0 where it cannot be."""
    rng = state.rng
    if rng.random() < 0.6:
        return -rng.randrange(1, max(2, shot.length * 3 // 5)) if shot.length > 3 else 0
    most = room(state, shot)[0 if head else 1]
    if not rippling:
        before, after = around(state, shot)
        if head:
            most = min(most, shot.start - (before.end if before else 0))
        elif after:
            most = min(most, after.start - shot.end)
    return rng.randrange(1, min(most, 60) + 1) if most >= 1 else 0


def slip(state: State) -> bool:
    """Show another part of the same media in the same place."""
    rng, shot = state.rng, pick(state, moving=True)
    if shot is None:
        return False
    before, after = room(state, shot)
    frames = rng.choice((-1, 1)) * rng.randrange(1, 60)
    earlier = frames < 0 if shot.speed > 0 else frames > 0
    if abs(frames) > (before if earlier else after):
        return False
    shot.low += frames * state.ratio(shot)
    note(shot, "slip", "slipped")
    return True


def slide(state: State) -> bool:
    """Move a shot between its neighbours, which make way and follow."""
    rng, shot = state.rng, pick(state)
    before, after = around(state, shot) if shot else (None, None)
    if not (shot and before and after) or before.end != shot.start or shot.end != after.start:
        return False
    frames = rng.choice((-1, 1)) * rng.randrange(1, 25)
    if before.inner or after.inner or not _can_roll(state, before, after, frames):
        return False
    shot.start += frames
    _roll(state, before, after, frames)
    note(shot, "slide", "moved|shifted")
    note(before, "slide", "trimmed_tail")
    note(after, "slide", "trimmed_head")
    return True


def roll(state: State) -> bool:
    """Move the cut between two shots."""
    rng, left = state.rng, pick(state)
    right = around(state, left)[1] if left else None
    frames = rng.choice((-1, 1)) * rng.randrange(1, 30)
    if not (left and right) or right.inner or left.end != right.start or not _can_roll(state, left, right, frames):
        return False
    _roll(state, left, right, frames)
    note(left, "roll", "trimmed_tail")
    note(right, "roll", "trimmed_head")
    return True


def _can_roll(state: State, left: Shot, right: Shot, frames: int) -> bool:
    if frames > 0:
        return room(state, left)[1] >= frames and right.length > frames + 1
    return room(state, right)[0] >= -frames and left.length > -frames + 1


def _roll(state: State, left: Shot, right: Shot, frames: int) -> None:
    grow(state, left, 0, frames)
    grow(state, right, -frames, 0)
    right.start += frames


# --- order -----------------------------------------------------------------------------------------------


def move(state: State) -> bool:
    """Lift a shot and put it into a gap, onto another lane, at the end, or between two others."""
    rng, shot = state.rng, pick(state)
    if shot is None:
        return False
    lane, start = shot.lane, shot.start
    how = rng.choice((_to_gap, _to_lane, _to_cut, _to_cut, _to_end))
    starts = [(one, one.start) for one in state.shots]
    state.shots.remove(shot)
    if how is not _to_lane and rng.random() < 0.4:
        ripple(state, lane, shot.end, -shot.length)
    place = how(state, shot)
    state.shots.append(shot)
    if place is None or place == (lane, start):
        for one, was in starts:
            one.start = was
        return False
    shot.lane, shot.start = place
    note(shot, "move", "retracked|moved retracked" if shot.lane != lane else "moved|shifted")
    return True


def _to_gap(state: State, shot: Shot) -> tuple[int, int] | None:
    """A place where it fits, up to a few hundred frames off."""
    rng = state.rng
    for _ in range(12):
        start = shot.start + rng.choice((-1, 1)) * rng.randrange(1, 400)
        if is_free(state, shot.lane, start, start + shot.length):
            return shot.lane, start
    return None


def _to_lane(state: State, shot: Shot) -> tuple[int, int] | None:
    """Another lane that has the tracks for it, mostly at the same time."""
    rng = state.rng
    mine = [part.kind for part in shot.parts]
    able = [
        number
        for number, lane in enumerate(state.lanes)
        if number != shot.lane and all(mine.count(kind) <= sum(t[0] == kind for t in lane.tracks) for kind in set(mine))
    ]
    if not able:
        return None
    lane = rng.choice(able)
    start = shot.start + (0 if rng.random() < 0.7 else rng.randrange(-100, 100))
    return (lane, start) if is_free(state, lane, start, start + shot.length) else None


def _to_cut(state: State, shot: Shot) -> tuple[int, int] | None:
    """Between two others, which make room."""
    others = state.lane_shots(shot.lane)
    if len(others) < 2:
        return None
    at = state.rng.choice(others).start
    ripple(state, shot.lane, at, shot.length)
    return shot.lane, at


def _to_end(state: State, shot: Shot) -> tuple[int, int] | None:
    end = max((one.end for one in state.shots if one.lane == shot.lane), default=0)
    return shot.lane, end + state.rng.choice((0, 0, 24))


def swap(state: State) -> bool:
    """Let two shots of a lane change places; what lies between keeps its order."""
    rng, one = state.rng, pick(state)
    lane = [shot for shot in state.lane_shots(one.lane) if not shot.inner] if one else []
    if one is None or len(lane) < 2:
        return False
    at = lane.index(one)
    other = lane[(at + rng.choice((1, 1, 2, 5))) % len(lane)]
    if other is one:
        return False
    first, last = sorted((one, other), key=lambda shot: shot.start)
    between = [shot for shot in state.lane_shots(one.lane) if first.end <= shot.start and shot.end <= last.start]
    shift = last.length - first.length
    last.start, first.start = first.start, last.start + shift
    for shot in between:
        shot.start += shift
    for shot in (first, last):
        note(shot, "swap", "moved|shifted|")
    return True


def duplicate(state: State) -> bool:
    """Copy a shot and paste it at the end, into a gap, or between two others."""
    rng, shot = state.rng, pick(state)
    if shot is None:
        return False
    twin = copy_of(state, shot)
    place = rng.choice((_to_gap, _to_cut, _to_end))(state, twin)
    if place is None:
        return False
    twin.lane, twin.start = place
    state.shots.append(twin)
    twin.edits, twin.notes = [], []
    note(twin, "duplicate", "duplicated|added|added duplicated")
    return True


def copy_of(state: State, shot: Shot) -> Shot:
    """Return a pasted copy, not yet on a lane: parts of its own, host ids new or, as some hosts do it, copied."""
    twin = like(shot)
    twin.number = state.next_number()
    keyed = state.rng.random() < state.keyed_copies
    twin.parts = [
        Part(
            state.next_number(),
            part.kind,
            part.channel,
            part.key if keyed else state.new_key(),
            None,
            part.origin if part.origin is not None else part.copy_of,
        )
        for part in shot.parts
    ]
    return twin
