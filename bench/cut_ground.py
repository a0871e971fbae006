"""What all edits of `cut_places` and `cut_content` stand on: free places, ripples, room in the media, notes.

An edit returns False, and has changed nothing, where it cannot be made at the place drawn. It writes its kind into
``Shot.edits`` of every shot it touches directly, and beside it into ``Shot.notes`` the change words it means for that
shot, as alternatives: ``"moved|shifted"``; "" where no word must follow. A shot a ripple shifts is not touched.
"""

from __future__ import annotations

import copy

from cut_records import Shot, State, every_shot, timed


def note(shot: Shot, edit: str, words: str) -> None:
    """Write down that an edit touched a shot, and all that is nested in it, and what that is called."""
    for one in every_shot([shot]):
        one.edits.append(edit)
        one.notes.append(words)


def pick(state: State, *, moving: bool = False) -> Shot | None:
    """Draw a shot; nested clips are left as they are."""
    found = [shot for shot in state.shots if not shot.inner and (timed(shot) or not moving)]
    return state.rng.choice(found) if found else None


def around(state: State, shot: Shot) -> tuple[Shot | None, Shot | None]:
    """Return what comes before and after it on its lane."""
    lane = state.lane_shots(shot.lane)
    at = lane.index(shot)
    return (lane[at - 1] if at else None), (lane[at + 1] if at + 1 < len(lane) else None)


def is_free(state: State, lane: int, start: int, end: int, but: tuple[Shot, ...] = ()) -> bool:
    """Say whether nothing lies in this part of a lane."""
    others = (shot for shot in state.shots if shot.lane == lane and shot not in but)
    return start >= 0 and all(shot.end <= start or end <= shot.start for shot in others)


def ripple(state: State, lane: int, at: int, frames: int, *, sync: bool | None = None) -> None:
    """Shift all that begins at or after ``at``, on other lanes too where they are free for it."""
    for number in range(len(state.lanes)):
        if number != lane and not (state.sync if sync is None else sync):
            continue
        if number != lane and frames < 0 and not is_free(state, number, at + frames, at):
            continue
        for shot in state.shots:
            if shot.lane == number and shot.start >= at:
                shot.start += frames


def room(state: State, shot: Shot) -> tuple[int, int]:
    """Record frames by which the media reaches beyond the shot at its head and its tail."""
    if not timed(shot):
        return 10_000, 10_000
    assert shot.file is not None
    ratio = state.ratio(shot)
    below, above = int(shot.low / ratio), int((shot.file.frames - shot.low - state.used(shot)) / ratio)
    return (below, above) if shot.speed > 0 else (above, below)


def grow(state: State, shot: Shot, head: int, tail: int) -> None:
    """Lengthen by so many record frames at each end (negative: shorten); ``start`` stays where it is."""
    lowered = head if shot.speed > 0 else tail
    if timed(shot):
        shot.low -= lowered * state.ratio(shot)
    shot.length += head + tail


def kill(state: State, shot: Shot, edit: str) -> None:
    """Delete a shot; its place stays empty."""
    note(shot, edit, "removed")
    state.shots.remove(shot)
    state.dead.append(shot)


def like(shot: Shot) -> Shot:
    """Return a shot with the same values and lists of its own; the file stays shared."""
    twin = copy.copy(shot)
    twin.markers, twin.edits, twin.notes = list(shot.markers), list(shot.edits), list(shot.notes)
    return twin
