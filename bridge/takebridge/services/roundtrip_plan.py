"""Planning a round trip: base × editor × canvas, and what of the canvas's takes fits the slots as they are now.

A take that does not reach is held back: the clip keeps what it shows, and a request names the frames that are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import Literal

from takebridge.canvas.model import Canvas
from takebridge.cut.edit_content import free_key
from takebridge.cut.edit_types import AddTake, EditPlan
from takebridge.cut.hosted import HostCut
from takebridge.cut.merge import merge
from takebridge.cut.merge_types import Addresses, Choice, Conflict, EditNote, Merge, Request
from takebridge.cut.model import Address, Clip, Cut, Frame, clips_of, items_of
from takebridge.cut.trip_types import TakeRequest
from takebridge.errors import CutMismatchError, RangeError, UsageError
from takebridge.ids import CanvasId, LinkId, TakeId
from takebridge.services.bridge import Bridge
from takebridge.services.roundtrip_canvas import (
    CanvasSide,
    Shot,
    ShotIndex,
    canvas_side,
    clip_seconds,
    length_of,
    made_from,
    reel_of,
    shots_of,
    showing,
    shows,
    with_known_takes,
    without,
)
from takebridge.services.roundtrip_fill import reaches, wanted_takes
from takebridge.services.roundtrip_pulled import with_pulled
from takebridge.services.roundtrip_regenerate import Longer, longer
from takebridge.store.cuts import Base
from takebridge.timebase import FrameRate, frame_at, to_seconds

NEW_BASE = "Look at the timeline; to start from it as it is now: takebridge roundtrip --new-base"
EVERY = "all"
"""Stands for every conflict among choices."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A round trip thought through. ``plan`` turns ``editor`` into the merged cut, its takes still placeholders.

    ``undecided`` are the conflicts nobody chose about, ``longer`` the shots whose takes would have to be made anew,
    ``pins`` what both sides agree on once the plan is done.
    """

    host_cut: HostCut
    editor: Cut
    base: Base
    side: CanvasSide
    merge: Merge
    plan: EditPlan
    requests: tuple[TakeRequest, ...]
    longer: tuple[Longer, ...]
    undecided: tuple[Conflict, ...]
    pins: Mapping[LinkId, TakeId]
    notes: tuple[str, ...]


def plan_trip(
    bridge: Bridge, canvas_id: CanvasId, host_cut: HostCut, editor: Cut, base: Base, choices: Mapping[str, Choice]
) -> Planned:
    """Plan the round trip of an open timeline, as a snapshot and as the cut it is. Changes nothing.

    Raises CutMismatchError when the base is not this timeline's, UsageError for a choice about nothing, StoreError.
    """
    canvas = bridge.desk.view(canvas_id).canvas
    links = bridge.links.of_timeline(canvas_id, host_cut.project_id, host_cut.timeline_id)
    shots = shots_of(bridge, canvas, links)
    editor = with_known_takes(editor, shots)
    base = with_pulled(replace(base, cut=with_known_takes(base.cut, shots)), editor, shots)
    return _Planning(bridge, canvas, host_cut, editor, base, choices).plan(shots)


class _Planning:
    def __init__(
        self,
        bridge: Bridge,
        canvas: Canvas,
        host_cut: HostCut,
        editor: Cut,
        base: Base,
        choices: Mapping[str, Choice],
    ) -> None:
        self._bridge, self._canvas, self._host_cut = bridge, canvas, host_cut
        self._editor, self._base, self._choices = editor, base, choices

    def plan(self, shots: Mapping[LinkId, Shot]) -> Planned:
        first = side = canvas_side(self._bridge, self._canvas, self._base, shots)
        asked = found = self._merged(side)
        held: dict[LinkId, list[tuple[Clip, RangeError]]] = {}
        while True:
            side, found, notes = self._with_new(side, found)
            short = self._short(side, found.plan)
            if not short:
                break
            held |= short
            side = canvas_side(self._bridge, self._canvas, self._base, without(first, self._base, held))
            found = self._merged(side)
        known = {conflict.id for conflict in (*asked.conflicts, *found.conflicts)}
        check_choices(self._choices, known)
        requests, wanted = self._requests(first, asked.requests, held)
        return Planned(
            host_cut=self._host_cut,
            editor=self._editor,
            base=self._base,
            side=side,
            merge=found,
            plan=found.plan,
            requests=requests,
            longer=wanted,
            undecided=tuple(one for one in found.conflicts if one.id not in self._picked(found.conflicts)),
            pins=self._agreed(side),
            notes=(*side.notes, *notes),
        )

    # --- merging

    def _merged(self, side: CanvasSide) -> Merge:
        try:
            found = merge(self._base.cut, self._editor, side.cut, {})
            picked = self._picked(found.conflicts)
            return merge(self._base.cut, self._editor, side.cut, picked) if picked else found
        except CutMismatchError as error:
            error.hint = NEW_BASE
            raise

    def _picked(self, conflicts: Iterable[Conflict]) -> dict[str, Choice]:
        every = self._choices.get(EVERY)
        found: dict[str, Choice] = {}
        for one in conflicts:
            choice = self._choices.get(one.id) or (every if every in one.choices else None)
            if choice is not None:
                found[one.id] = choice
        return found

    def _with_new(self, side: CanvasSide, found: Merge) -> tuple[CanvasSide, Merge, list[str]]:
        """Add the takes of clips that were pushed after the base was kept: the merge knows them as the editor's."""
        index, rate = ShotIndex(side.shots), self._base.cut.rate
        old = {shot.id for _, clip in clips_of(self._base.cut) if (shot := index.of(clip))}
        reels, edits, notes, said = dict(side.reels), list(found.plan.edits), list(found.notes), list[str]()
        for at, clip in _pictures(self._editor):
            shot = index.of(clip)
            if shot is None or shot.id in old or shot.take is None or self._base.pins.get(shot.id) == shot.take.id:
                continue
            if shows(clip, shot) or any(take.take_id == shot.take.id for take in clip.takes):
                continue
            seconds = clip_seconds(clip, shot, rate)
            if seconds is None:
                said.append(f"{shot.link.shot}: “{clip.name}” is retimed or shows other media; left alone.")
                continue
            reel = reels.setdefault(shot.id, reel_of(self._bridge, self._canvas, shot, seconds, rate))
            shown = showing(clip, shot, reel, seconds, rate)
            take = replace(shown.takes[shown.active], key=free_key(clip, shot.take.id))
            text = f"{shot.link.shot}: show take {shot.take.seq} of “{_title(shot)}”"
            notes.append(EditNote(clip.name, Addresses(editor=at), text, (len(edits),)))
            edits.append(AddTake(at, take))
        made = replace(found, plan=EditPlan(tuple(edits)), notes=tuple(notes))
        return replace(side, reels=reels), made, said

    def _short(self, side: CanvasSide, plan: EditPlan) -> dict[LinkId, list[tuple[Clip, RangeError]]]:
        """Return the shots whose take does not fill a slot of the plan."""
        index, found = ShotIndex(side.shots), dict[LinkId, list[tuple[Clip, RangeError]]]()
        for clip, take in wanted_takes(plan, self._editor):
            error = reaches(clip, take, side)
            shot = index.of(replace(clip, takes=(take,), media=take.media)) if error else None
            if error and shot:
                found.setdefault(shot.id, []).append((clip, error))
        return found

    # --- what is asked for

    def _requests(
        self,
        side: CanvasSide,
        merged: Iterable[Request],
        held: Mapping[LinkId, list[tuple[Clip, RangeError]]],
    ) -> tuple[tuple[TakeRequest, ...], tuple[Longer, ...]]:
        index, clips = ShotIndex(side.shots), dict(clips_of(self._editor))
        asked: list[tuple[Shot | None, TakeRequest]] = []
        for one in merged:
            clip = clips.get(one.clip.editor) if one.clip.editor else None
            shot = index.of(clip) if clip else None
            asked.append((shot, _of_merge(one, shot)))
        told = {(shot.id, one.edge) for shot, one in asked if shot and one.kind == "media"}
        for key, errors in held.items():
            for clip, error in errors:
                request = _of_error(side.shots[key], clip, error)
                if (key, request.edge) not in told:
                    asked.append((side.shots[key], request))
                    told.add((key, request.edge))
        asked += [(shot, other) for shot in side.shots.values() if (other := self._other_length(shot, side))]
        wanted = self._longer([shot for shot, one in asked if shot and one.kind == "media"], index)
        listed = tuple(_with_hope(shot, one, wanted) for shot, one in asked)
        return listed, tuple(one for one in wanted.values() if isinstance(one, Longer))

    def _longer(self, shots: Iterable[Shot], index: ShotIndex) -> dict[LinkId, Longer | str]:
        clips: dict[LinkId, list[Clip]] = {}
        for _, clip in _pictures(self._editor):
            if shot := index.of(clip):
                clips.setdefault(shot.id, []).append(clip)
        rate = self._base.cut.rate
        return {shot.id: longer(self._bridge, shot, clips.get(shot.id, ()), rate) for shot in shots}

    def _other_length(self, shot: Shot, side: CanvasSide) -> TakeRequest | None:
        """Name a new take of another length than the source it was made from; the editor's timing stands."""
        length = length_of(shot.take) if shot.take else None
        if shot.take is None or length is None or shot.id not in side.reels:
            return None
        rate = self._base.cut.rate
        frames, than = frame_at(to_seconds(*length), rate), "what it was made from"
        more = frames - _given_frames(shot, self._canvas, rate)
        if abs(more) <= 1:
            than, more = "the one before", frames - self._frames_before(shot, frames)
        if abs(more) <= 1:
            return None
        word = "longer" if more > 0 else "shorter"
        return TakeRequest(
            name=shot.link.shot,
            shot=shot.link.shot,
            link_id=shot.id,
            node=shot.node.id if shot.node else None,
            take=shot.take.id,
            kind="slot",
            edge="tail",
            needs_frames=abs(more),
            text=f"Take {shot.take.seq} of “{_title(shot)}” is {abs(more)} frames {word} than {than}; "
            "the editor's timing stands.",
        )

    def _frames_before(self, shot: Shot, frames: int) -> int:
        """Length of the source the shot had when the base was kept, in timeline frames.

        ``frames`` where that is unknown, or where the editor's own clip has grown beyond it and so asked for more.
        """
        rate, at = self._base.cut.rate, self._base.at
        takes = [take for take in self._canvas.takes.values() if take.node_id == shot.link.node_id]
        older = [take for take in takes if take.created_at and take.created_at <= at]
        length = length_of(max(older, key=lambda take: take.seq)) if older else None
        if length is None:
            return frames
        before, index = frame_at(to_seconds(*length), rate), ShotIndex({shot.id: shot})
        shown = [clip.record.duration for _, clip in _pictures(self._editor) if index.of(clip)]
        return frames if any(duration > before for duration in shown) else before

    def _agreed(self, side: CanvasSide) -> dict[LinkId, TakeId]:
        """What is pinned counts as agreed on once its take went through a merge; what was held back does not."""
        shown = {take.take_id for _, clip in clips_of(self._editor) for take in clip.takes if take.take_id}
        fresh = {
            shot.id: shot.take.id
            for shot in side.shots.values()
            if shot.take and (shot.id in side.reels or shot.take.id in shown)
        }
        return {**self._base.pins, **fresh}


def check_choices(choices: Mapping[str, Choice], known: set[str]) -> None:
    """Raise UsageError for choices about conflicts there are not; its detail ``unknown`` has their ids, space apart."""
    unknown = sorted(set(choices) - known - {EVERY})
    if unknown:
        listed = ", ".join(sorted(known)[:12])
        hint = f"The conflicts are {listed}, or “all”." if known else "There is no conflict: leave --choose out."
        message = f"“{unknown[0][:80]}” is no conflict of this round trip; nothing was changed."
        raise UsageError(message, hint=hint, unknown=" ".join(unknown))


def _pictures(cut: Cut) -> list[tuple[Address, Clip]]:
    return [(at, item) for at, item in items_of(cut) if at[0] == "video" and isinstance(item, Clip)]


def _title(shot: Shot) -> str:
    return (shot.node.title or shot.node.id) if shot.node else shot.link.shot


def _given_frames(shot: Shot, canvas: Canvas, rate: FrameRate) -> int:
    """Length of the source take the pinned take was made from, in timeline frames."""
    source = canvas.takes.get(shot.link.source_take_id)
    own = next(iter(made_from(canvas, shot.link, shot.take)), source) if shot.take else source
    length = length_of(own) if own else None
    if length is None:
        return frame_at(to_seconds(shot.link.given.duration, shot.link.rate), rate)
    return frame_at(to_seconds(*length), rate)


def _of_merge(one: Request, shot: Shot | None) -> TakeRequest:
    return TakeRequest(
        name=one.name,
        shot=shot.link.shot if shot else "",
        link_id=shot.id if shot else None,
        node=shot.node.id if shot and shot.node else None,
        take=shot.take.id if shot and shot.take else None,
        kind=one.kind,
        edge=one.edge,
        needs_frames=_whole(one.needs_frames),
        text=one.text,
    )


def _whole(frames: Frame) -> int:
    return ceil(Fraction(frames))


def _of_error(shot: Shot, clip: Clip, error: RangeError) -> TakeRequest:
    frames = error.details.get("frames")
    edge: Literal["head", "tail"] = "head" if error.details.get("where") == "head" else "tail"
    return TakeRequest(
        name=clip.name,
        shot=shot.link.shot,
        link_id=shot.id,
        node=shot.node.id if shot.node else None,
        take=shot.take.id if shot.take else None,
        kind="media",
        edge=edge,
        needs_frames=max(1, frames) if isinstance(frames, int) else 1,
        text=f"{shot.link.shot}: {error.message} It keeps what it shows until a take reaches.",
    )


def _with_hope(shot: Shot | None, one: TakeRequest, wanted: Mapping[LinkId, Longer | str]) -> TakeRequest:
    answer = wanted.get(shot.id) if shot and one.kind == "media" else None
    if answer is None:
        return one
    if isinstance(answer, Longer):
        return one.model_copy(update={"possible": True})
    return one.model_copy(update={"text": f"{one.text} {answer}"})
