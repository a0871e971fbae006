"""A plan in the verbs one host has: what it cannot do becomes something it can, a new timeline version, or a file.

Capabilities are the host's op names. What a host keeps with a clip (grade, effects, transform) is lost when the clip is
placed anew, so takes are preferred, and a clip with a look is placed anew only where that is allowed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from takebridge.cut.edit_bench import Bench
from takebridge.cut.edit_between import ordered, plan_between
from takebridge.cut.edit_content import free_key
from takebridge.cut.edit_plan import make, said
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
    Rename,
    Replace,
    Reshape,
    SelectTake,
    SetEnabled,
    Stamp,
    Subject,
)
from takebridge.cut.match import Match
from takebridge.cut.model import Address, Clip, Cut, Media, Span, Take

Way: TypeAlias = Literal["in_place", "new_version", "file"]

_NEEDS: dict[type[object], str] = {
    Import: "media.import",
    AddTrack: "track.add",
    AddTake: "clip.add_take",
    SelectTake: "clip.select_take",
    Reshape: "clip.reshape",
    Replace: "clip.replace",
    Place: "clip.place",
    Delete: "clip.delete",
    SetEnabled: "clip.set_enabled",
    Rename: "clip.rename",
    Stamp: "clip.stamp",
    Join: "transition.add",
}

_LABELS = (Stamp, Rename, Mark)
"""Edits the picture does not depend on: left out with a note where a host cannot make them."""


_DOES: dict[type[object], str] = {
    AddTake: "show another take on",
    SelectTake: "show another take on",
    Replace: "show other media on",
    Reshape: "move, trim or retime",
    Delete: "delete",
    Rename: "rename",
    Stamp: "stamp",
}


@dataclass(frozen=True, slots=True)
class Lowered:
    """What a host is to be given.

    ``in_place``: run ``edits`` on (a copy of) the timeline; `apply_plan` of them is what must come out.
    ``new_version``: write the merged cut to a file and import it as a new timeline. ``file``: write it for a person to
    import. Both then have no edits. ``notes`` say what is different from the plan, and why, in words.
    """

    edits: tuple[Edit, ...]
    way: Way
    notes: tuple[str, ...] = ()


def lower(plan: EditPlan, capabilities: frozenset[str], cut: Cut, *, allow_look_loss: bool = False) -> Lowered:
    """Return a plan in the verbs a host has, for the cut it starts from.

    A host that cannot reshape or replace gets the clip deleted and placed as it is to be; ``allow_look_loss`` says
    that this may cost a clip its grade and effects. Raises CutMismatchError where the plan does not fit the cut.
    """
    if not plan.edits:
        return Lowered((), "in_place")
    lowering = _Lowering(plan, capabilities, cut, allow_look_loss)
    edits = lowering.edits()
    if not lowering.stops:
        return Lowered(edits, "in_place", tuple(lowering.notes))
    why = tuple(dict.fromkeys(lowering.stops))
    if "timeline.import" in capabilities:
        return Lowered((), "new_version", (*why, "So the result comes as a new timeline; the old one stays as it is."))
    return Lowered((), "file", (*why, "So the result is a file to import by hand; the timeline stays as it is."))


def inverse(plan: EditPlan, cut: Cut) -> EditPlan:
    """Return the plan that takes the result of a plan back to the cut it started from, in the result's addresses.

    Takes are only ever added: those the plan added stay in the tray, not shown; so do tracks it added, empty. All else
    is as before. Raises CutMismatchError where the plan does not fit the cut.
    """
    bench = Bench(cut)
    for number, edit in enumerate(plan.edits, start=1):
        make(bench, edit, number)
    merged = bench.cut()
    pairs = [Match(there, start, "same", 1000) for start, there in bench.addresses().items()]
    return plan_between(merged, cut, pairs, keep_takes=True)


class _Lowering:
    """One plan being lowered; ``stops`` are the reasons why it cannot be run in place."""

    def __init__(self, plan: EditPlan, capabilities: frozenset[str], cut: Cut, allow_look_loss: bool) -> None:
        self._plan, self._can, self._cut, self._allow = plan, capabilities, cut, allow_look_loss
        self._start, self._end = Bench(cut), Bench(cut)
        for number, edit in enumerate(plan.edits, start=1):
            make(self._end, edit, number)
        self.notes: list[str] = []
        self.stops: list[str] = []
        self._anew = self._placed_anew()

    def edits(self) -> tuple[Edit, ...]:
        """Return the edits in order; of no use once there are `stops`."""
        made = [one for edit in self._plan.edits if not isinstance(edit, Import) for one in self._one(edit)]
        made.extend(edit for subject in self._anew for edit in self._replacement(subject))
        plan = ordered(made, self._cut)
        if self._anew and not self.stops:
            self._check_room(plan)
        if "media.import" not in self._can:
            return tuple(edit for edit in plan.edits if not isinstance(edit, Import))
        return plan.edits

    def _check_room(self, plan: EditPlan) -> None:
        """Stop where a clip cannot be placed anew because another lies over its place: changed in place it could stay.

        A plan's own placements have room (`EditPlan`); clips of the editor may overlap.
        """
        bench = Bench(self._cut)
        for number, edit in enumerate(plan.edits, start=1):
            if isinstance(edit, Place) and not bench.free(edit.kind, edit.track, edit.clip.record):
                name = edit.clip.name or "A clip"
                self.stops.append(f"{name} would have to be placed anew, and another clip lies over its place.")
                return
            make(bench, edit, number)

    def _one(self, edit: Edit) -> Iterator[Edit]:
        if _clip_of(edit) in self._anew:
            return
        if isinstance(edit, Place) and "clip.place" in self._can:
            yield from self._place(edit)
        elif self._does(edit):
            yield edit
        elif self._swaps(edit):
            yield from self._swap_instead(edit)
        elif isinstance(edit, Replace) and self._takes(edit):
            yield from self._take_instead(edit)
        elif isinstance(edit, _LABELS):
            self.notes.append(f"Left out, because the host cannot: {_words(edit)}.")
        else:
            self.stops.append(f"The host cannot {_words(edit)}.")

    def _does(self, edit: Edit) -> bool:
        subject = _clip_of(edit)
        if subject is not None and not isinstance(subject, str) and len(subject) > 3:
            return False
        if isinstance(edit, AddTrack) and "clip.place:new-track" in self._can:
            return True
        verb = f"marker.{edit.action}" if isinstance(edit, Mark) else _NEEDS[type(edit)]
        return verb in self._can

    def _swaps(self, edit: Edit) -> bool:
        """Say whether a host without native takes can change what the clip shows, in its place (`clip.swap`)."""
        if "clip.swap" not in self._can or not isinstance(edit, AddTake | SelectTake | Replace):
            return False
        subject, (media, source) = edit.clip, self._shown(edit)
        picture = isinstance(subject, str) or (subject[0] == "video" and len(subject) == 3)
        clip = self._start.clip(subject)
        plain = clip is not None and clip.speed == 1 and not clip.ramp and clip.inner is None
        return picture and plain and media is not None and source is not None

    def _shown(self, edit: AddTake | SelectTake | Replace) -> tuple[Media | None, Span | None]:
        """Return what a clip is to show: media and source range."""
        if isinstance(edit, AddTake):
            return edit.take.media, edit.take.source
        if isinstance(edit, Replace):
            return edit.media, edit.source
        clip = self._start.clip(edit.clip)
        take = next((one for one in clip.takes if one.key == edit.key), None) if clip else None
        return (take.media, edit.source or take.source) if take else (None, None)

    def _swap_instead(self, edit: Edit) -> Iterator[Edit]:
        assert isinstance(edit, AddTake | SelectTake | Replace)
        clip = self._start.clip(edit.clip)
        self.notes.append(f"{clip.name if clip else 'A clip'}: other media in its place, the host has no takes.")
        yield Replace(edit.clip, *self._shown(edit))

    def _take_instead(self, edit: Replace) -> Iterator[Edit]:
        clip = self._start.clip(edit.clip)
        assert clip is not None and edit.media is not None
        self.notes.append(f"{clip.name}: what it showed stays as a take, so that its grade and effects stay.")
        yield AddTake(edit.clip, Take(free_key(clip, edit.media.name or "take"), edit.media, edit.source))

    def _place(self, edit: Place) -> Iterator[Edit]:
        why = _unplaceable(edit.clip)
        if why is not None:
            self.stops.append(f"The host cannot place {edit.clip.name or 'a clip'}: {why}.")
            return
        if len(edit.clip.takes) > 1:
            self.notes.append(f"{edit.clip.name}: only the take it shows is placed.")
        yield replace(edit, clip=_bare(edit.clip))

    def _placed_anew(self) -> dict[Subject, None]:
        """Return the clips that are to be deleted and placed as the plan leaves them, in order."""
        anew: dict[Subject, None] = {}
        for edit in self._plan.edits:
            subject = _clip_of(edit)
            if subject is None or isinstance(edit, (Delete, *_LABELS)) or self._does(edit):
                continue
            if (isinstance(edit, Replace) and self._takes(edit)) or self._swaps(edit):
                continue
            if {"clip.place", "clip.delete"} <= self._can and self._may_lose(subject, edit):
                anew[subject] = None
        return anew

    def _takes(self, edit: Replace) -> bool:
        """Say whether new media can come as a take instead: on pictures, where the host has takes."""
        subject = edit.clip
        picture = isinstance(subject, str) or (subject[0] == "video" and len(subject) == 3)
        return picture and edit.media is not None and "clip.add_take" in self._can

    def _may_lose(self, subject: Subject, edit: Edit) -> bool:
        clip = self._start.clip(subject)
        if clip is None or (not isinstance(subject, str) and len(subject) > 3):
            return False
        if clip.look and not self._allow:
            self.stops.append(
                f"{clip.name} would have to be placed anew to {_words(edit)}, and would lose its grade and effects."
            )
            return False
        return True

    def _replacement(self, subject: Subject) -> Iterator[Edit]:
        clip, spot = self._end.clip(subject), self._end.where(subject)
        if clip is None or spot is None:
            return
        why = _unplaceable(clip)
        if why is not None:
            self.stops.append(f"The host cannot place {clip.name or 'a clip'} anew: {why}.")
            return
        lost = "; grade and effects of the old one are lost" if clip.look else ""
        self.notes.append(f"{clip.name} is placed anew, because the host cannot change it where it lies{lost}.")
        if len(clip.takes) > 1:
            self.notes.append(f"{clip.name}: only the take it shows is placed.")
        if not isinstance(subject, str):
            yield Delete(subject)
        yield Place(f"anew {said(subject)}", *spot, _bare(clip))


def _bare(clip: Clip) -> Clip:
    """A clip as a host places it: what it shows, without what only the old instance had."""
    return replace(clip, key="", ids=(), look="", takes=(), active=0)


def _unplaceable(clip: Clip) -> str | None:
    """Say why a host cannot place a clip from its media alone, None where it can."""
    if clip.media is None or clip.inner is not None:
        return "it has no media file of its own"
    return None if clip.speed == 1 and not clip.ramp else "it is retimed"


def _clip_of(edit: Edit) -> Subject | None:
    match edit:
        case Import() | AddTrack() | Place() | Join() | Mark(clip=None):
            return None
        case _:
            return edit.clip


def _words(edit: Edit) -> str:
    """Say what an edit does, as the end of a sentence."""
    match edit:
        case Import(media=media):
            return f"bring in {media.name or media.location}"
        case AddTrack(kind=kind):
            return f"add a {kind} track"
        case Place(clip=clip):
            return f"place {clip.name or 'a clip'}"
        case Join(action=action):
            return f"{action} a transition"
        case SetEnabled(enabled=enabled):
            return f"{'enable' if enabled else 'disable'} {_place(edit.clip)}"
        case Mark(action=action):
            return f"{action} a marker on {_place(edit.clip)}"
        case _:
            return f"{_DOES[type(edit)]} {_place(edit.clip)}"


def _place(subject: Address | str | None) -> str:
    return "the timeline" if subject is None else said(subject)
