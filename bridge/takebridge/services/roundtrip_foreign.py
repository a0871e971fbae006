"""Who else was there: what of a timeline neither the cut a trip began with nor the trip's own steps explain.

Asked before anything is made whole by the safety copy: the copy knows nothing of what a person did meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from takebridge.cut.edit_content import place_of
from takebridge.cut.edit_plan import apply_plan
from takebridge.cut.edit_types import AddTake, Edit, EditPlan, Place
from takebridge.cut.model import Clip, Cut, Frame, Marker, Media, Transition, tracks_of
from takebridge.store.cuts import Trip, Work

Where = tuple[str, int, Frame, Frame]
"""Kind, track, and record frames of a clip: hosts give other ids to a copy, never another place."""


def edited_by_hand(work: Work, trip: Trip, now: Cut, touched: Iterable[str]) -> tuple[str, ...]:
    """Return what somebody else did to the timeline since ``work.editor`` was read, one line each.

    A clip may be as it was, as the trip's steps so far leave it, or in between; ``touched`` are the keys of the clips
    that steps are about. Anything else is a person's: a clip that came, went, moved, was trimmed, slipped, switched,
    a marker, a transition.
    """
    begun = [edit for edit, step in zip(work.plan.edits, trip.steps, strict=True) if step.state != "waiting"]
    known = _Known(work.editor, apply_plan(work.editor, EditPlan(tuple(begun))), begun, frozenset(touched))
    return tuple(dict.fromkeys(known.strange(now)))


@dataclass(frozen=True, slots=True)
class _Looks:
    """What a clip of one place may be: pairs of media and first source frame, speeds, switches, names."""

    shown: set[tuple[str, Frame | None]] = field(default_factory=set)
    takes: set[str] = field(default_factory=set)
    speeds: set[object] = field(default_factory=set)
    enabled: set[bool] = field(default_factory=set)

    def learn(self, clip: Clip) -> None:
        self.shown.add((_media(clip.media), clip.source.start if clip.source else None))
        for take in clip.takes:
            self.shown.add((_media(take.media), take.source.start if take.source else None))
            self.takes.add(_media(take.media))
        self.takes.add(_media(clip.media))
        self.speeds.add(clip.speed)
        self.enabled.add(clip.enabled)

    def strange(self, clip: Clip) -> Iterator[str]:
        shown, start = _media(clip.media), clip.source.start if clip.source else None
        starts = {known for media, known in self.shown if media == shown}
        if not starts:
            yield f"“{clip.name}” shows something else"
        elif start is not None and None not in starts and start not in starts:
            yield f"“{clip.name}” was slipped"
        if clip.speed not in self.speeds:
            yield f"“{clip.name}” plays at another speed"
        if clip.enabled not in self.enabled:
            yield f"“{clip.name}” was {'enabled' if clip.enabled else 'disabled'}"
        if {_media(take.media) for take in clip.takes} - self.takes:
            yield f"“{clip.name}” got another take"


class _Known:
    """What a timeline may hold between ``editor`` and ``reached``."""

    def __init__(self, editor: Cut, reached: Cut, begun: Sequence[Edit], touched: frozenset[str]) -> None:
        self._editor, self._reached, self._touched = editor, reached, touched
        self._old, self._new = _by_place(editor), _by_place(reached)
        self._looks: dict[Where, _Looks] = {}
        for places in (self._old, self._new):
            for where, clip in places.items():
                self._looks.setdefault(where, _Looks()).learn(clip)
        for edit in begun:
            if isinstance(edit, Place):
                self._placed(edit)
            elif isinstance(edit, AddTake):
                self._added(edit)

    def _placed(self, edit: Place) -> None:
        record = edit.clip.record
        self._looks.setdefault((edit.kind, edit.track, record.start, record.end), _Looks()).learn(edit.clip)
        self._looks[edit.kind, edit.track, record.start, record.end].enabled.add(True)  # placed, then disabled

    def _added(self, edit: AddTake) -> None:
        for looks in self._looks.values():
            if _media(edit.take.media) in looks.takes and edit.take.source is not None:
                looks.shown.add((_media(edit.take.media), edit.take.source.start))

    def strange(self, now: Cut) -> Iterator[str]:
        found = _by_place(now)
        for where, clip in self._old.items():
            if where in self._new and where not in found:
                yield f"“{clip.name}” was moved, trimmed or deleted"
        for where, clip in found.items():
            looks = self._looks.get(where)
            if looks is None:
                yield f"“{clip.name}” was put in, moved or trimmed"
            else:
                yield from looks.strange(clip)
                yield from self._untouched(where, clip)
        yield from self._marks(now)
        yield from self._joins(now)

    def _untouched(self, where: Where, clip: Clip) -> Iterator[str]:
        was = self._old.get(where)
        if was is None or was.key != clip.key or clip.key in self._touched:
            return
        if was.name != clip.name:
            yield f"“{was.name}” was renamed “{clip.name}”"
        if {_media(take.media) for take in was.takes} - _takes(clip):
            yield f"“{clip.name}” lost a take"
        if _marks(was.markers) != _marks(clip.markers):
            yield f"the markers of “{clip.name}” were changed"

    def _marks(self, now: Cut) -> Iterator[str]:
        old, new, found = _marks(self._editor.markers), _marks(self._reached.markers), _marks(now.markers)
        if found - old - new or (old & new) - found:
            yield "the markers of the timeline were changed"

    def _joins(self, now: Cut) -> Iterator[str]:
        old, new, found = _joins(self._editor), _joins(self._reached), _joins(now)
        if found - old - new or (old & new) - found:
            yield "a transition was changed"


def _by_place(cut: Cut) -> Mapping[Where, Clip]:
    return {
        (kind, number, clip.record.start, clip.record.end): clip
        for kind, number, track in tracks_of(cut)
        for clip in track.clips
    }


def _media(media: Media | None) -> str:
    return "" if media is None else place_of(media.location) or media.name


def _takes(clip: Clip) -> set[str]:
    return {_media(take.media) for take in clip.takes} | {_media(clip.media)}


def _marks(markers: Iterable[Marker]) -> set[tuple[object, ...]]:
    return {(marker.at, marker.name, marker.note, marker.color) for marker in markers}


def _joins(cut: Cut) -> set[tuple[object, ...]]:
    return {
        (kind, number, item.cut)
        for kind, number, track in tracks_of(cut)
        for item in track.items
        if isinstance(item, Transition)
    }
