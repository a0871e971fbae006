"""Edits that cut, delete, put in and change what is shown (see `cut_ground` for what an edit is)."""

from __future__ import annotations

from fractions import Fraction

from cut_ground import around, grow, kill, like, note, pick, ripple
from cut_records import File, Join, Part, Shot, State, base_shot, every_shot, fold, join, new_file


def razor(state: State) -> bool:
    """Cut a shot in two."""
    shot = pick(state)
    if shot is None or shot.length < 5:
        return False
    split(state, shot, state.rng.randrange(2, shot.length - 1), "razor")
    return True


def split(state: State, shot: Shot, left: int, edit: str) -> Shot:
    """Cut a shot ``left`` record frames after its start and return the right piece."""
    right = like(shot)
    right.number = state.next_number()
    keyed = state.rng.random() < state.keyed_copies
    right.parts = [
        Part(
            state.next_number(),
            part.kind,
            part.channel,
            part.key if keyed else state.new_key(),
            part.origin,
            part.copy_of,
        )
        for part in shot.parts
    ]
    whole = shot.length
    grow(state, shot, 0, left - whole)
    right.start += left
    grow(state, right, -left, 0)
    for piece in (shot, right):
        high = piece.low + state.used(piece)
        piece.markers = [marker for marker in piece.markers if piece.low <= marker[0] < high]
        note(piece, edit, "razored")
    state.joins = [Join(right.number, j.right, j.before, j.after) if j.left == shot.number else j for j in state.joins]
    state.shots.append(right)
    return right


def ripple_delete(state: State) -> bool:
    """Delete a shot and close the gap."""
    shot = pick(state)
    if shot is None or len(state.shots) < 8:
        return False
    kill(state, shot, "ripple_delete")
    ripple(state, shot.lane, shot.end, -shot.length)
    return True


def insert(state: State) -> bool:
    """Put a new shot between others (now and then into one); only its own lane makes room."""
    return _insert(state, "insert", sync=False)


def ripple_insert(state: State) -> bool:
    """Put a new shot between others; all lanes make room."""
    return _insert(state, "ripple_insert", sync=True)


def _insert(state: State, edit: str, *, sync: bool) -> bool:
    rng, host = state.rng, pick(state)
    if host is None:
        return False
    at = host.start
    if rng.random() < 0.2 and host.length > 6:
        at = split(state, host, rng.randrange(3, host.length - 2), edit).start
    shot = base_shot(state, host.lane, at, None)
    ripple(state, host.lane, at, shot.length, sync=sync)
    state.shots.append(shot)
    note(shot, edit, "added")
    return True


def overwrite(state: State) -> bool:
    """Put a new shot over what is there: trimmed, cut in two, or gone."""
    rng, host = state.rng, pick(state)
    if host is None or host.length < 8:
        return False
    start = host.start + rng.randrange(2, host.length - 3)
    shot = base_shot(state, host.lane, start, None)
    under = [one for one in state.lane_shots(host.lane) if one.start < shot.end and shot.start < one.end]
    if any(one.inner or one.end - 2 < shot.end < one.end or shot.end == one.end for one in under):
        return False
    for one in under:
        _make_way(state, one, shot)
    state.shots.append(shot)
    note(shot, "overwrite", "added")
    return True


def _make_way(state: State, under: Shot, over: Shot) -> None:
    if over.start <= under.start and under.end <= over.end:
        kill(state, under, "overwrite")
    elif under.start < over.start and over.end < under.end:
        right = split(state, under, over.start - under.start, "overwrite")
        gone = over.end - right.start
        grow(state, right, -gone, 0)
        right.start += gone
    elif under.start < over.start:
        grow(state, under, 0, over.start - under.end)
        note(under, "overwrite", "trimmed_tail")
    else:
        gone = over.end - under.start
        grow(state, under, -gone, 0)
        under.start += gone
        note(under, "overwrite", "trimmed_head")


# --- what is shown ---------------------------------------------------------------------------------------


def replace_media(state: State) -> bool:
    """Show another file in the same place."""
    rng, shot = state.rng, pick(state, moving=True)
    if shot is None:
        return False
    used = state.used(shot) * (shot.file.rate.fraction**-1 if shot.file else 1)
    file = new_file(state)
    file.frames = max(file.frames, int(used * file.rate.fraction) + 50)
    shot.file, shot.markers = file, []
    shot.low = Fraction(rng.randrange(0, int(file.frames - state.used(shot)) + 1))
    if rng.random() < 0.7:
        shot.name = file.name if state.extension_in_names else file.name.rpartition(".")[0]
    note(shot, "replace_media", "media_replaced")
    return True


def relink(state: State) -> bool:
    """Point a file at another folder: all its uses follow."""
    shot = pick(state, moving=True)
    if shot is None or shot.file is None:
        return False
    file = shot.file
    root = state.rng.choice(("/Volumes/Archive 2/Feature", "/Users/edit/Movies/Feature", "/mnt/nas/feature/online"))
    file.folder = f"{root}/{file.folder.rpartition('/')[2]}"
    _note_uses(state, file, "relink", "relinked")
    return True


def rename_file(state: State) -> bool:
    """Rename a file on disk: all its uses follow, their clip names in some hosts too."""
    rng, shot = state.rng, pick(state, moving=True)
    if shot is None or shot.file is None:
        return False
    file = shot.file
    old, suffix = file.name, file.name.rpartition(".")[2]
    file.name = (
        f"{rng.choice(('SC', 'Sc_', 'scene'))}{rng.randrange(1, 90):02}_{file.number:03}_{rng.choice('ABC')}.{suffix}"
    )
    follow = rng.random() < 0.5
    for one in every_shot(state.shots):
        if follow and one.file is file and one.name in (old, old.rpartition(".")[0]):
            one.name = file.name if state.extension_in_names else file.name.rpartition(".")[0]
    _note_uses(state, file, "rename_file", "relinked|renamed|renamed relinked")
    return True


def _note_uses(state: State, file: File, edit: str, words: str) -> None:
    for one in every_shot(state.shots):
        if one.file is file:
            one.edits.append(edit)
            one.notes.append(words)


def rename_clip(state: State) -> bool:
    """Give a shot another name."""
    shot = pick(state)
    if shot is None:
        return False
    shot.name = f"SC{state.rng.randrange(60, 99)}_SH{state.next_number():04}"
    note(shot, "rename_clip", "renamed")
    return True


def enable(state: State) -> bool:
    """Disable a shot, or enable it again."""
    shot = pick(state)
    if shot is None:
        return False
    shot.enabled = not shot.enabled
    note(shot, "enable", "enabled" if shot.enabled else "disabled")
    return True


def retime(state: State) -> bool:
    """Give a shot another speed; it takes the time its source range then needs, and the rest ripples."""
    rng, shot = state.rng, pick(state, moving=True)
    if shot is None or shot.file is None:
        return False
    speed = rng.choice((Fraction(1, 2), Fraction(2), Fraction(4, 5), Fraction(5, 4), Fraction(3, 2), Fraction(-1)))
    used, end = state.used(shot), shot.end
    was = shot.speed, shot.length
    if speed == shot.speed:
        speed = Fraction(1)
    shot.speed = speed
    length = int(used / state.ratio(shot)) if abs(speed) != abs(was[0]) else shot.length
    if length < 2:
        shot.speed = was[0]
        return False
    shot.length = length
    ripple(state, shot.lane, end, length - was[1])
    note(shot, "retime", "retimed")
    return True


def transition(state: State) -> bool:
    """Add a transition on a cut, or take one away."""
    rng = state.rng
    if state.joins and rng.random() < 0.4:
        gone = rng.choice(state.joins)
        state.joins.remove(gone)
        sides = [shot for shot in state.shots if shot.number in (gone.left, gone.right)]
        joined = [shot for shot in sides if not shot.inner]
    else:
        left = pick(state)
        right = around(state, left)[1] if left else None
        if not (left and right) or right.inner or not join(state, left, right):
            return False
        joined = [left, right]
    for shot in joined:
        note(shot, "transition", "transition_changed|")
    return True


def nest(state: State) -> bool:
    """Make a nested clip of two to four neighbours."""
    rng, first = state.rng, pick(state)
    if first is None or state.lanes[first.lane].tracks[0][0] != "video" or len(state.shots) < 12:
        return False
    run = [first]
    while len(run) < rng.randrange(2, 5):
        after = around(state, run[-1])[1]
        if after is None or after.start != run[-1].end or after.inner:
            break
        run.append(after)
    if len(run) < 2 or not all(any(part.kind == "video" for part in shot.parts) for shot in run):
        return False
    for shot in run:
        note(shot, "nest", "nested")
    made = fold(state, run, base=False)
    made.edits, made.notes = ["nest"], ["added"]
    return True
