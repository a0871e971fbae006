"""The journal of round trips as clients see it."""

from __future__ import annotations

from collections.abc import Sequence

from takebridge.cut.edit_types import Edit, Place, Subject
from takebridge.cut.link import ClipLink
from takebridge.cut.model import Clip, clips_of
from takebridge.cut.trip_types import Certainty, TripClip, TripFacts
from takebridge.services.bridge import Bridge
from takebridge.services.roundtrip_sides import words_of
from takebridge.store.cuts import Trip, TripStep, Work

_WAITS = "it was not its turn yet."


def trip_facts(trip: Trip) -> TripFacts:
    """Return what clients see of a trip."""
    return TripFacts(
        trip=trip.id,
        canvas=trip.canvas_id,
        timeline=trip.timeline_name,
        state=trip.state,
        steps=[step.text for step in trip.steps],
        done=sum(step.state == "done" for step in trip.steps),
        copy_name=trip.copy_name if trip.copy_id else "",
        reason=trip.reason,
        created_at=trip.created_at,
        ended_at=trip.ended_at,
    )


def trip_in_full(bridge: Bridge, trip_id: str) -> TripFacts:
    """Return a trip with what became of each clip. Raises NotFoundError."""
    trip = bridge.cuts.get(trip_id)
    links = bridge.links.of_canvas(trip.canvas_id)
    return trip_facts(trip).model_copy(update={"clips": _clips(trip, bridge.cuts.work(trip_id), links)})


def _clips(trip: Trip, work: Work, links: Sequence[ClipLink]) -> list[TripClip]:
    """What became of each clip a trip was about, by its steps: one edit is one step."""
    clips: dict[Subject, Clip] = dict(clips_of(work.editor))
    placed: dict[Subject, Clip] = {edit.handle: edit.clip for edit in work.plan.edits if isinstance(edit, Place)}
    steps: dict[Subject, list[TripStep]] = {}
    for edit, step in zip(work.plan.edits, trip.steps, strict=False):
        if (subject := _subject(edit)) is not None:
            steps.setdefault(subject, []).append(step)
    by_key = {str(link.clip_key): link for link in links if link.clip_key}
    by_place = {(link.start_record_frame, link.end_record_frame): link for link in links}
    start, found = work.editor.start, list[TripClip]()
    for subject, made in steps.items():
        clip = clips.get(subject) or placed.get(subject)
        if clip is None:
            continue
        state, reason = _ended(trip, made)
        place = (int(start + clip.record.start), int(start + clip.record.end))
        link = by_key.get(clip.key) or by_place.get(place)  # one that was placed has another key by now
        found.append(
            TripClip(
                name=clip.name,
                clip=clip.key,
                shot=link.shot if link else "",
                link_id=link.id if link else None,
                record_start=place[0],
                record_end=place[1],
                does=tuple(step.text for step in made),
                state=state,
                words=words_of(state, reason),
            )
        )
    return found


def _subject(edit: Edit) -> Subject | None:
    return edit.handle if isinstance(edit, Place) else getattr(edit, "clip", None)


def _ended(trip: Trip, steps: Sequence[TripStep]) -> tuple[Certainty, str]:
    if trip.state == "done":
        return "verified", ""
    if trip.state == "rolled_back" or all(step.state == "waiting" for step in steps):
        return "not_applied", trip.reason or _WAITS
    return "unconfirmed", trip.reason


def cut_off(bridge: Bridge) -> list[str]:
    """Return one line for every round trip that neither ended nor was undone."""
    return [
        f"A round trip of “{trip.timeline_name}” was cut off: with it open, 'takebridge roundtrip --resume' ends it."
        for trip in bridge.cuts.open_trips()
    ]
