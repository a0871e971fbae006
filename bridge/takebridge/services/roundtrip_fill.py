"""A plan's takes become files: every placeholder is conformed to its clip's slot before the timeline is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from takebridge.cut.edit_types import AddTake, Edit, EditPlan, Import, Place
from takebridge.cut.model import Address, Clip, Cut, Media, Span, Take, clips_of
from takebridge.errors import PlanNotAppliedError, RangeError, UnknownTakeError
from takebridge.services.bridge import Bridge
from takebridge.services.delivery import conformed, slot_for
from takebridge.services.roundtrip_canvas import CanvasSide, Shot, clip_seconds, placeholder_of, slot_on

CalledOff = Callable[[], bool]
"""Says whether whoever asked for a trip has left."""


def never() -> bool:
    """Nobody calls it off."""
    return False


def still_wanted(gone: CalledOff) -> None:
    """Raise PlanNotAppliedError once a trip is called off; asked only while nothing was changed yet."""
    if gone():
        raise PlanNotAppliedError(
            "The round trip was called off before the timeline was touched.",
            hint="Run 'takebridge roundtrip' again: files that were made are found again.",
        )


def wanted_takes(plan: EditPlan, editor: Cut) -> Iterator[tuple[Clip, Take]]:
    """Yield the takes of a plan that are no files yet, each with the clip it is for."""
    clips = dict(clips_of(editor))
    for edit in plan.edits:
        if isinstance(edit, AddTake) and placeholder_of(edit.take.media):
            clip = _subject(edit, clips, plan)
            if clip is not None:
                yield clip, edit.take
        if isinstance(edit, Place):
            yield from ((edit.clip, take) for take in _trays(edit.clip) if placeholder_of(take.media))


def _trays(clip: Clip) -> tuple[Take, ...]:
    return clip.takes or (Take("", clip.media, clip.source),)


def _subject(edit: AddTake, clips: Mapping[Address, Clip], plan: EditPlan) -> Clip | None:
    if not isinstance(edit.clip, str):
        return clips.get(edit.clip)
    return next((one.clip for one in plan.edits if isinstance(one, Place) and one.handle == edit.clip), None)


def reaches(clip: Clip, take: Take, side: CanvasSide) -> RangeError | None:
    """Return why a take cannot fill a clip's slot, None where it can. Makes no file."""
    named = placeholder_of(take.media)
    shot = side.shots.get(named[0]) if named else None
    reel = side.reels.get(named[0]) if named else None
    if shot is None or reel is None:
        return None
    if clip.speed != 1:
        return RangeError(f"“{clip.name}” is retimed.", hint="Render it in place, push it again, then generate.")
    shown = replace(clip, media=reel.media, source=_source(clip, take, shot, side))
    try:
        slot_on(reel, shown, side.cut.rate)
    except RangeError as error:
        return error
    return None


def fill(bridge: Bridge, plan: EditPlan, editor: Cut, side: CanvasSide, gone: CalledOff = never) -> EditPlan:
    """Return the plan with files in the place of takes; each is made once per slot.

    Raises RangeError, MediaError, StoreError, PlanNotAppliedError when it is called off; then files may be
    there, and are found again.
    """
    filling = _Filling(bridge, plan, editor, side, gone)
    return EditPlan(tuple(filling.edit(edit) for edit in plan.edits if not _is_empty_import(edit)))


def _is_empty_import(edit: Edit) -> bool:
    return isinstance(edit, Import) and placeholder_of(edit.media) is not None


def _source(clip: Clip, take: Take, shot: Shot, side: CanvasSide) -> Span:
    """The frames of the reel a clip shows: by what the clip shows now, else as the plan says."""
    reel, rate = side.reels[shot.id], side.cut.rate
    seconds = clip_seconds(clip, shot, rate)
    if seconds is None:
        return take.source or Span.of(0, clip.record.duration)
    return Span.of((seconds - reel.origin) * rate.fraction, clip.record.duration)


class _Filling:
    def __init__(self, bridge: Bridge, plan: EditPlan, editor: Cut, side: CanvasSide, gone: CalledOff) -> None:
        self._gone = gone
        self._bridge, self._plan, self._editor, self._side = bridge, plan, editor, side
        self._clips = dict(clips_of(editor))

    def edit(self, edit: Edit) -> Edit:
        if isinstance(edit, AddTake) and placeholder_of(edit.take.media):
            clip = _subject(edit, self._clips, self._plan)
            return edit if clip is None else replace(edit, take=self._file(clip, edit.take))
        return replace(edit, clip=self._placed(edit.clip)) if isinstance(edit, Place) else edit

    def _placed(self, clip: Clip) -> Clip:
        takes = tuple(self._file(clip, take) if placeholder_of(take.media) else take for take in _trays(clip))
        shown = takes[clip.active if clip.takes else 0]
        return replace(clip, takes=takes if clip.takes else (), media=shown.media, source=shown.source or clip.source)

    def _file(self, clip: Clip, take: Take) -> Take:
        still_wanted(self._gone)
        named = placeholder_of(take.media)
        assert named is not None
        shot, rate = self._side.shots[named[0]], self._side.cut.rate
        made = self._bridge.desk.view(shot.link.canvas_id).canvas.takes.get(named[1])
        if made is None:
            raise UnknownTakeError(f"A take of {shot.link.shot} is no longer on the canvas.", take=named[1])
        reel = self._side.reels[shot.id]
        seconds = reel.origin + Fraction(_source(clip, take, shot, self._side).start) / rate.fraction
        slot = slot_for(
            self._bridge, shot.link, made, clip_seconds=seconds, clip_frames=int(clip.record.duration), rate=rate
        )
        size = (self._editor.width, self._editor.height)
        delivery, _notes = conformed(self._bridge, shot.link, made, slot, size, None)
        name = Path(delivery.path).name
        media = Media(name=name, location=delivery.path, rate=rate, frame_count=delivery.frame_count)
        return replace(take, media=media, source=Span(slot.used.start, slot.used.end), take_id=made.id)
