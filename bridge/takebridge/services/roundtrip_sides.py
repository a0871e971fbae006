"""A round trip clip by clip: conflicts side by side with their choices, what is done to each clip, how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from takebridge.canvas.model import Canvas
from takebridge.cut.diff import diff
from takebridge.cut.edit_clip import ClipEdit, changed
from takebridge.cut.edit_types import AddTake, Delete, Edit, Place, Replace, SelectTake
from takebridge.cut.match import Pair
from takebridge.cut.merge_types import Addresses, Choice, Conflict, EditNote
from takebridge.cut.model import Address, Clip, Cut, Frame, clips_of
from takebridge.cut.trip_types import Certainty, ChoiceFacts, Decision, SideFacts, TripClip
from takebridge.errors import CutMismatchError
from takebridge.ids import TakeId
from takebridge.services.cut_steps import printable
from takebridge.services.cut_view import shown_take, with_names
from takebridge.services.cut_view_pictures import Files, Pictures
from takebridge.services.roundtrip_canvas import Shot, ShotIndex, placeholder_of
from takebridge.services.roundtrip_plan import EVERY, Planned

_WAYS: tuple[Choice, ...] = ("editor", "canvas", "both")
_NEEDS: Mapping[str, tuple[frozenset[str], str]] = {
    "content": (frozenset({"clip.add_take", "clip.replace"}), "show another take on a clip"),
    "deleted_by_editor": (frozenset({"clip.place"}), "put clips on the timeline"),
    "dropped_by_canvas": (frozenset({"clip.delete"}), "take clips off the timeline"),
}
"""What an editor must offer, one of them, for a conflict to be decided for the canvas."""
_NO_CHOICE: Mapping[str, str] = {
    "time": "The editor owns the timing: the canvas's is named only.",
    "no_room": "There is no room for it on the timeline.",
    "state": "The editor's stands: it is named only.",
    "content": "It is named only: nothing of the canvas can be shown in its place.",
}
_NOT_BOTH = "There is nothing to keep side by side: only where both show a picture can one join as a take."
_KEPT = "The editor's stays as it is."
Where = dict[Address, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, slots=True)
class Sides:
    """The three cuts of a plan with their clips by address, what each side did, and where pictures are."""

    planned: Planned
    index: ShotIndex
    clips: Mapping[str, Mapping[Address, Clip]]
    did: Mapping[str, Where]
    pictures: Pictures
    capabilities: frozenset[str]
    product: str

    def clip(self, side: str, at: Address | None) -> Clip | None:
        """Return a clip of a side."""
        return self.clips[side].get(at) if at is not None else None

    def shot(self, about: Addresses) -> Shot | None:
        """Return the shot an entry is about, by whichever side knows it."""
        for side, at in (("editor", about.editor), ("base", about.base), ("canvas", about.canvas)):
            clip = self.clip(side, at)
            if clip is not None and (shot := self.index.of(clip)) is not None:
                return shot
        return None


def sides_of(planned: Planned, canvas: Canvas, session: str, capabilities: frozenset[str], product: str) -> Sides:
    """Collect what the reports below are made of. Compares the base with both sides; looks at media files."""
    cuts = {"base": planned.base.cut, "editor": planned.editor, "canvas": planned.side.cut}
    clips = {side: dict(clips_of(cut)) for side, cut in cuts.items()}
    pictures = Pictures(
        session=session,
        host_cut=planned.host_cut,
        canvas=canvas,
        rate=planned.editor.rate,
        reels={str(key): reel for key, reel in planned.side.reels.items()},
        clips={str(clip.key): clip for clip in planned.host_cut.clips},
        files=Files(),
    )
    asked = bool(planned.merge.conflicts)
    did = {side: _did(planned.base.cut, cuts[side]) if asked else {} for side in ("editor", "canvas")}
    index = ShotIndex(planned.side.shots)
    return Sides(planned, index, clips, {"base": {}, **did}, pictures, capabilities, product)


def _did(base: Cut, cut: Cut) -> Where:
    """What was done to the clips of a side since the base: sentences with frames, by address."""
    try:
        found = diff(base, cut)
    except CutMismatchError:
        return {}
    before, after = dict(clips_of(base)), dict(clips_of(cut))

    def said(pair: Pair) -> tuple[tuple[str, int], ...]:
        one, other = (clips.get(at) if at else None for clips, at in ((before, pair.match.a), (after, pair.match.b)))
        return tuple((printable(with_names(it.text, one, other)), _frames(it.frames)) for it in pair.changes)

    return {pair.match.b: said(pair) for pair in found.pairs if pair.match.b is not None and pair.changes}


# --- decisions --------------------------------------------------------------------------------------------


def decisions(sides: Sides, choices: Mapping[str, Choice]) -> list[Decision]:
    """Return every conflict of a plan side by side, in the order of the merge."""
    return [_decision(sides, one, choices) for one in sides.planned.merge.conflicts]


def _decision(sides: Sides, one: Conflict, choices: Mapping[str, Choice]) -> Decision:
    shot, about = sides.shot(one.clip), one.clip
    return Decision(
        id=printable(one.id),
        name=printable(one.name),
        shot=shot.link.shot if shot else "",
        link_id=shot.id if shot else None,
        node=shot.node.id if shot and shot.node else None,
        text=printable(one.text),
        base=_side(sides, "base", about.base, shot),
        editor=_side(sides, "editor", about.editor, shot),
        canvas=_side(sides, "canvas", about.canvas, shot),
        choices=tuple(_choice(sides, one, way) for way in _WAYS),
        decided=one.id in choices or (choices.get(EVERY) in one.choices),
    )


def _side(sides: Sides, side: str, at: Address | None, shot: Shot | None) -> SideFacts | None:
    clip = sides.clip(side, at)
    if clip is None or at is None:
        return None
    find = sides.pictures.in_editor if side == "editor" else sides.pictures.of
    picture, why = find(clip, shot)
    start = sides.planned.editor.start
    did = sides.did[side].get(at, ())
    return SideFacts(
        name=printable(clip.name),
        clip=clip.key if side == "editor" else "",
        record_start=_frames(start + clip.record.start),
        record_end=_frames(start + clip.record.end),
        source_start=None if clip.source is None else _frames(clip.source.start),
        media=printable(clip.media.name) if clip.media else "",
        take=_take(clip, shot),
        enabled=clip.enabled,
        did=tuple(text for text, _ in did),
        frames=tuple(frames for _, frames in did),
        picture=picture,
        no_picture=why,
    )


def _take(clip: Clip, shot: Shot | None) -> TakeId | None:
    if named := placeholder_of(clip.media):
        return named[1]
    return shown_take(clip, shot) if shot else None


def _choice(sides: Sides, one: Conflict, way: Choice) -> ChoiceFacts:
    why = _why_not(sides, one, way)
    chosen = one.chosen == way and way in one.choices
    return ChoiceFacts(id=way, words=_words(sides, one, way), possible=not why, why_not=why, chosen=chosen)


def _why_not(sides: Sides, one: Conflict, way: Choice) -> str:
    if way not in one.choices:
        return _NOT_BOTH if way == "both" else _NO_CHOICE.get(one.what, "It is named only.")
    needed, words = _NEEDS.get(one.what, (frozenset(), ""))
    if way != "editor" and needed and sides.capabilities and not needed & sides.capabilities:
        return f"{sides.product or 'This editor'} cannot {words}: do it by hand, or import the merged cut."
    return ""


def _words(sides: Sides, one: Conflict, way: Choice) -> str:
    mine, theirs = _shown(sides, "editor", one.clip.editor), _shown(sides, "canvas", one.clip.canvas)
    match one.what, way:
        case "deleted_by_editor", "editor":
            return "It stays deleted."
        case "deleted_by_editor", _:
            return f"It is put back and shows {theirs}."
        case "dropped_by_canvas", "editor":
            return "It stays on the timeline."
        case "dropped_by_canvas", _:
            return "It is taken off the timeline; the gap stays."
        case "content", "editor":
            return f"It shows {mine}, as in the editor."
        case "content", "canvas":
            return f"It shows {theirs}, as on the canvas."
        case _, "both":
            return f"It shows {mine}; {theirs} joins as a take that is not selected."
        case _, "editor":
            return _KEPT
    return "It becomes as the canvas has it."


def _shown(sides: Sides, side: str, at: Address | None) -> str:
    clip = sides.clip(side, at)
    return f"“{printable(clip.media.name)}”" if clip is not None and clip.media else "nothing"


# --- clip by clip -----------------------------------------------------------------------------------------


def trip_clips(sides: Sides, state: Certainty, reason: str = "") -> list[TripClip]:
    """Return what the plan does to each clip, in the order of its notes; ``state`` and ``reason`` say how it ended."""
    grouped: dict[tuple[object, ...], list[EditNote]] = {}
    for note in sides.planned.merge.notes:
        about = note.clip
        grouped.setdefault((about.editor, about.base, about.canvas, note.name), []).append(note)
    by_place = {(one.clip.base, one.clip.editor): one.id for one in sides.planned.merge.conflicts}
    return [_trip_clip(sides, notes, by_place, state, reason) for notes in grouped.values()]


def _trip_clip(
    sides: Sides,
    notes: list[EditNote],
    conflicts: Mapping[tuple[Address | None, Address | None], str],
    state: Certainty,
    reason: str,
) -> TripClip:
    first, about = notes[0], notes[0].clip
    shot, mine = sides.shot(about), sides.clip("editor", about.editor)
    edits = [sides.planned.plan.edits[index] for note in notes for index in note.edits]
    then = _afterwards(sides, about, edits)
    start = sides.planned.editor.start
    shows_other = any(isinstance(edit, AddTake | SelectTake | Replace | Place) for edit in edits)
    find = sides.pictures.of if shows_other else sides.pictures.in_editor
    return TripClip(
        name=printable(first.name),
        clip=mine.key if mine else "",
        shot=shot.link.shot if shot else "",
        link_id=shot.id if shot else None,
        node=shot.node.id if shot and shot.node else None,
        take=_take(then, shot) if then else None,
        record_start=_frames(start + then.record.start) if then else None,
        record_end=_frames(start + then.record.end) if then else None,
        does=tuple(dict.fromkeys(printable(note.text) for note in notes)),
        conflict=printable(conflicts.get((about.base, about.editor), "")),
        state=state,
        words=words_of(state, reason),
        picture=find(then, shot)[0] if then else None,
    )


def _afterwards(sides: Sides, about: Addresses, edits: Iterable[Edit]) -> Clip | None:
    """The clip as these edits leave it, what they do to its sound aside; None when it is taken off."""
    clip, names = sides.clip("editor", about.editor), [about.editor, ""]
    kind = next((at[0] for at in (about.editor, about.canvas, about.base) if at), "video")
    for edit in edits:
        if isinstance(edit, Place) and edit.kind == kind:
            clip, names[1] = edit.clip, edit.handle
        elif isinstance(edit, Delete) and edit.clip in names:
            clip = None
        elif isinstance(edit, ClipEdit) and edit.clip in names and clip is not None:
            clip = changed(clip, edit)
    return clip


def words_of(state: Certainty, reason: str = "") -> str:
    """Say how a clip ended, for people."""
    if state == "verified":
        return "Verified"
    if state == "unconfirmed":
        return f"Placed, not confirmed: {reason}" if reason else "Placed, not confirmed"
    if state == "not_applied":
        return f"Not applied: {reason or 'nothing was changed.'}"
    return ""


def _frames(value: Frame) -> int:
    return floor(Fraction(value))
