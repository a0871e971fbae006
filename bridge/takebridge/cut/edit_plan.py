"""Edit plans made true on a cut, step by step, with what each step needs and what it leaves.

``apply_plan`` is the pure twin of what a host does; ``is_done`` and ``precondition`` are asked before each step, of a
cut read afresh, so that a plan can go on after a crash. Addresses of a plan name clips of the cut it starts from: where
that is another value than the cut asked about, give it as ``start``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from takebridge.cut.edit_bench import Bench
from takebridge.cut.edit_between import brought_by, plan_between
from takebridge.cut.edit_clip import ClipEdit, changed, clip_refuses, clip_says, marked, same_marker
from takebridge.cut.edit_content import same_media
from takebridge.cut.edit_find import Finder
from takebridge.cut.edit_same import differences, same_cut
from takebridge.cut.edit_types import (
    AddTake,
    AddTrack,
    Delete,
    Edit,
    EditPlan,
    Import,
    Join,
    Mark,
    Place,
    Replace,
    Reshape,
    SelectTake,
    Subject,
)
from takebridge.cut.model import Clip, Cut, Media, clips_of
from takebridge.errors import CutMismatchError

__all__ = ["apply_plan", "differences", "is_done", "plan_between", "precondition", "rest_of", "same_cut"]


def apply_plan(cut: Cut, plan: EditPlan) -> Cut:
    """Return the cut with a plan's edits made, in order. The addresses are those of ``cut``.

    An edit that is already done changes nothing. Raises CutMismatchError, saying which edit cannot be made and why;
    nothing is changed then, ``cut`` being a value.
    """
    bench = Bench(cut)
    for number, edit in enumerate(plan.edits, start=1):
        make(bench, edit, number)
    return bench.cut()


def make(bench: Bench, edit: Edit, number: int = 1) -> None:
    """Make one edit on the bench. Raises CutMismatchError as `apply_plan`."""
    if _done(bench, edit):
        return
    why = _refusal(bench, edit)
    if why is not None:
        raise _refused(number, why)
    _make(bench, edit)


def is_done(edit: Edit, cut: Cut, start: Cut | None = None) -> bool:
    """Say whether a cut already is as this edit leaves it.

    ``start`` is the cut the plan starts from, where ``cut`` was read later and its addresses may have shifted. An
    import counts as done once the cut shows the media or has it as a take.
    """
    if isinstance(edit, Import):
        return any(_shows(clip, edit.media) for _, clip in clips_of(cut))
    finder = Finder(start or cut, cut)
    if isinstance(edit, Place):
        return finder.placed(edit) is not None
    placed = finder.readdressed(edit)
    return isinstance(edit, Delete) if placed is None else _done(Bench(cut), placed)


def precondition(edit: Edit, cut: Cut, start: Cut | None = None) -> str | None:
    """Say in words why an edit cannot be made on a cut now, None where it can (or is done). ``start`` as `is_done`."""
    if is_done(edit, cut, start):
        return None
    placed = Finder(start or cut, cut).readdressed(edit)
    return "its clip is no longer on the timeline" if placed is None else _refusal(Bench(cut), placed)


def rest_of(plan: EditPlan, cut: Cut, start: Cut) -> EditPlan:
    """Return what is left to do of a plan on a cut it was partly made on, in ``cut``'s own addresses.

    The plan is followed in order: whether a step is done is asked as the steps before leave the cut. Raises
    CutMismatchError when a step is neither done nor can be made.
    """
    finder, bench = Finder(start, cut), Bench(cut)
    shown = _content_edits(plan)
    left: list[Edit] = []
    for number, edit in enumerate(plan.edits, start=1):
        placed = finder.readdressed(edit)
        if placed is None and isinstance(edit, Delete):
            continue
        if placed is None:
            raise _refused(number, "its clip is no longer on the timeline")
        if isinstance(edit, Place) and (there := finder.placed(edit)) and bench.clip(there) is not None:
            finder.learn(edit.handle, there)
        elif isinstance(edit, Reshape) and _overtaken(bench, placed, shown.get(edit.clip, ())):
            continue
        elif isinstance(edit, Import) or not _done(bench, placed):
            make(bench, placed, number)
            left.append(placed)
    return EditPlan(tuple(edit for edit in left if not isinstance(edit, Import) or _wanted(edit, left)))


def _content_edits(plan: EditPlan) -> dict[Subject, list[ClipEdit]]:
    """The edits of a plan after which a clip shows something else, by its clip."""
    found: dict[Subject, list[ClipEdit]] = {}
    for edit in plan.edits:
        if isinstance(edit, (AddTake, SelectTake, Replace)):
            found.setdefault(edit.clip, []).append(edit)
    return found


def _overtaken(bench: Bench, edit: Edit, shown: Iterable[ClipEdit]) -> bool:
    """Say whether a reshaped clip shows other frames only because an edit after it (``shown``) is made already.

    Reshapes come before takes: once a take of the plan is there, its clip was reshaped.
    """
    if not isinstance(edit, Reshape) or (clip := bench.clip(edit.clip)) is None:
        return False
    if bench.where(edit.clip) != (edit.kind, edit.track) or not clip_says(replace(clip, source=edit.source), edit):
        return False
    return any(_done(bench, replace(one, clip=edit.clip)) for one in shown)


def _wanted(edit: Import, left: list[Edit]) -> bool:
    """Say whether an edit that is left brings this media onto the timeline."""
    return any(edit.media in brought_by(other) for other in left)


def _refused(number: int, why: str) -> CutMismatchError:
    return CutMismatchError(
        f"Step {number} of the plan cannot be made: {why}.",
        hint="The timeline is not the one the plan was made for. Read it again and merge again; nothing was changed.",
    )


# --- one edit on the bench ----------------------------------------------------------------------------


def _make(bench: Bench, edit: Edit) -> None:
    match edit:
        case Import():
            return
        case AddTrack(kind=kind, name=name):
            bench.add_track(kind, name)
        case Place(handle=handle, kind=kind, track=track, clip=clip):
            bench.place(handle, kind, track, clip)
        case Delete(clip=subject):
            bench.delete(subject)
        case Join(kind=kind, track=track, transition=transition, action=action):
            (bench.join if action == "add" else bench.part)(kind, track, transition)
        case Mark(clip=None):
            bench.markers = marked(bench.markers, edit)
        case _:
            _change(bench, edit)


def _change(bench: Bench, edit: ClipEdit) -> None:
    subject = _subject(edit)
    clip = bench.clip(subject)
    assert clip is not None
    bench.set(subject, changed(clip, edit))
    if isinstance(edit, Reshape) and not _nested(subject):
        bench.move(subject, edit.kind, edit.track)


def _subject(edit: ClipEdit | Delete) -> Subject:
    assert edit.clip is not None
    return edit.clip


def _nested(subject: Subject) -> bool:
    return not isinstance(subject, str) and len(subject) > 3


def _done(bench: Bench, edit: Edit) -> bool:
    match edit:
        case Import():
            return False
        case AddTrack(kind=kind, track=track):
            return bench.track_count(kind) > track
        case Place(handle=handle):
            return bench.clip(handle) is not None
        case Delete(clip=subject):
            return bench.clip(subject) is None
        case Join(kind=kind, track=track, transition=transition, action=action):
            return bench.joins(kind, track, transition) == (action == "add")
        case Mark(clip=None, marker=marker, action=action):
            return any(same_marker(one, marker) for one in bench.markers) == (action == "add")
        case _:
            clip = bench.clip(_subject(edit))
            if clip is None or not clip_says(clip, edit):
                return False
            return not isinstance(edit, Reshape) or bench.where(_subject(edit)) == (edit.kind, edit.track)


def _refusal(bench: Bench, edit: Edit) -> str | None:
    match edit:
        case Import():
            return None
        case AddTrack(kind=kind, track=track):
            return None if bench.track_count(kind) == track else f"there is no {kind} track below number {track + 1}"
        case Place(kind=kind, track=track, clip=clip):
            if bench.free(kind, track, clip.record):
                return None
            return f"{kind} track {track + 1} has no room for {clip.name or 'the clip'} at frame {clip.record.start}"
        case Join(kind=kind, track=track):
            return None if track < bench.track_count(kind) else f"there is no {kind} track {track + 1}"
        case Mark(clip=None) | Delete():
            return None
        case _:
            return _clip_refusal(bench, edit)


def _clip_refusal(bench: Bench, edit: ClipEdit) -> str | None:
    clip = bench.clip(_subject(edit))
    if clip is None:
        return f"there is no clip at {said(_subject(edit))}"
    if isinstance(edit, Reshape) and not edit.track < bench.track_count(edit.kind):
        return f"there is no {edit.kind} track {edit.track + 1}"
    return clip_refuses(clip, edit)


def said(subject: Subject) -> str:
    """Say where a subject is, as an editor counts: ``video track 1, item 3``."""
    if isinstance(subject, str):
        return subject
    kind, track, item = subject[0], subject[1], subject[2]
    assert isinstance(track, int) and isinstance(item, int)
    inside = " (in a nested cut)" if len(subject) > 3 else ""
    return f"{kind} track {track + 1}, item {item + 1}{inside}"


def _shows(clip: Clip, media: Media) -> bool:
    return same_media(clip.media, media) or any(same_media(take.media, media) for take in clip.takes)
