"""Carrying out a round trip: journal, safety copy, edit by edit, then a fresh reading compared with what was wanted.

What is written down before the first write is enough to finish or to undo the trip after a crash of either side
(docs/roundtrip.md §5). A trip ends with the merged cut or with the timeline as it was, and says which.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import anyio.to_thread

from takebridge.cut.model import Clip, Cut, items_of
from takebridge.errors import (
    BridgeError,
    HostError,
    HostOfflineError,
    HostTimeoutError,
    PlanNotAppliedError,
    TimelineChangedError,
    TimelineSwitchedError,
    UnsupportedOpError,
)
from takebridge.hosts import calls
from takebridge.hosts.edit_ops import SAFETY_MARK
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import Expectation
from takebridge.ids import ClipKey
from takebridge.services.bridge import Bridge
from takebridge.services.roundtrip_canvas import shots_of, with_known_takes
from takebridge.services.roundtrip_foreign import edited_by_hand
from takebridge.services.roundtrip_hand import CONTENT, Hand, keys_touched, read_whole
from takebridge.services.roundtrip_undo import adopt_copy, take_back
from takebridge.services.roundtrip_verify import off
from takebridge.store.cuts import Trip, TripState, TripStep, Work

_GONE = (HostOfflineError, HostTimeoutError)
_SAID = 3


def copy_name(timeline: str, number: int, trip_id: str) -> str:
    """Return what a safety copy is called; the words in it let the agent delete it again.

    The number is for people. Other bridges count too, and a copy may have been kept: the letters make it this trip's.
    """
    return f"{timeline[:180]} ({SAFETY_MARK} copy {number}-{trip_id[-4:]})"


async def carry_out(bridge: Bridge, host: Host, trip: Trip, work: Work) -> Trip:
    """Make a trip's edits, verify, and end it as done. The trip is in the journal already.

    Raises PlanNotAppliedError when the timeline was put back, TimelineChangedError when somebody edited meanwhile and
    only our own edits were taken back; HostOfflineError and HostTimeoutError leave the trip open: `settle` goes on.
    """
    try:
        trip = await _safety_copy(bridge, host, trip, work)
        trip = await _edits(bridge, host, trip, work)
        fresh = await _verified(host, trip, work)
    except _GONE as error:
        error.hint = f"{error.hint} Then 'takebridge roundtrip --resume' finishes the trip or undoes it.".strip()
        error.details["trip"] = trip.id
        raise
    except HostError as error:
        ended = await roll_back(bridge, host, trip, work, error)
        raise _told(error, ended) from error
    return await _finish(bridge, host, trip, work, fresh)


async def settle(bridge: Bridge, host: Host, trip: Trip) -> Trip:
    """Finish a trip that a crash cut off, or undo it. Raises what `carry_out` raises."""
    work = await anyio.to_thread.run_sync(bridge.cuts.work, trip.id)
    if trip.state == "undoing":
        ended = await roll_back(bridge, host, trip, work, PlanNotAppliedError(trip.reason or "It was interrupted."))
        raise _told(PlanNotAppliedError(trip.reason or "It was interrupted."), ended)
    await _back_to_the_timeline(host, trip)
    now = await read_whole(host, trip.project_id, trip.timeline_id)
    if strange := _strange(host, trip, work, now):
        error = TimelineChangedError(f"The timeline was edited after the interruption: {_listed(strange)}.")
        ended = await roll_back(bridge, host, trip, work, error)
        raise _told(error, ended)
    return await carry_out(bridge, host, trip, work)


async def _back_to_the_timeline(host: Host, trip: Trip) -> None:
    """An editor that died while it copied the timeline has the copy open: go back to the original."""
    status = await calls.status(host)
    if status.timeline is not None and status.timeline.timeline_name == trip.copy_name:
        here = Expectation(project_id=trip.project_id, timeline_id=status.timeline.timeline_id)
        await calls.select_timeline(host, trip.timeline_id, here)


# --- forward --------------------------------------------------------------------------------------------


async def _safety_copy(bridge: Bridge, host: Host, trip: Trip, work: Work) -> Trip:
    """Copy the timeline once; without that verb only edits that are undone one by one may follow."""
    if trip.copy_id or any(step.state != "waiting" for step in trip.steps):
        return trip
    if "timeline.duplicate" not in host.capabilities:
        if all(isinstance(edit, CONTENT) for edit in work.plan.edits):
            return trip
        raise UnsupportedOpError(
            "This editor cannot make a safety copy of the timeline, and the plan moves clips.",
            hint="Duplicate the timeline by hand, or merge its exported document: 'takebridge merge'.",
        )
    made = await calls.duplicate_timeline(host, trip.copy_name, _expect(trip))
    return await _note(bridge, trip, lambda one: one.model_copy(update={"copy_id": made.timeline_id}))


async def _edits(bridge: Bridge, host: Host, trip: Trip, work: Work) -> Trip:
    hand = Hand(host, work.editor)
    edits = work.plan.edits
    for number, edit in enumerate(edits):
        # A step that was started may be made already: making it again finds that out, and learns the clip it placed.
        trip = await _note(bridge, trip, _step(number, "started"))
        await hand.make(edit, next(iter(edits[number + 1 :]), None))
        trip = await _note(bridge, trip, _step(number, "done"))
    return trip


def _step(number: int, state: str) -> Callable[[Trip], Trip]:
    def edit(one: Trip) -> Trip:
        step = TripStep.model_validate({"text": one.steps[number].text, "state": state})
        return one.model_copy(update={"steps": (*one.steps[:number], step, *one.steps[number + 1 :])})

    return edit


async def _verified(host: Host, trip: Trip, work: Work) -> Cut:
    fresh = await read_whole(host, work.editor.project_id, work.editor.timeline_id)
    if wrong := off(work.wanted, fresh):
        if strange := _strange(host, trip, work, fresh):
            raise TimelineChangedError(f"The timeline was edited while the cut was being changed: {_listed(strange)}.")
        raise PlanNotAppliedError(f"The timeline did not become the merged cut: {_listed(wrong)}.")
    return fresh


def _strange(host: Host, trip: Trip, work: Work, now: Cut) -> tuple[str, ...]:
    return edited_by_hand(work, trip, now, keys_touched(Hand(host, work.editor), work.plan.edits))


def _listed(lines: tuple[str, ...]) -> str:
    more = f" and {len(lines) - _SAID} more" if len(lines) > _SAID else ""
    return "; ".join(lines[:_SAID]) + more


async def _finish(bridge: Bridge, host: Host, trip: Trip, work: Work, fresh: Cut) -> Trip:
    def agree() -> Trip:
        retie(bridge, trip, work.wanted, fresh)
        bridge.cuts.agree(known(bridge, trip, fresh), trip.pins)
        return bridge.cuts.end(trip.id, "done")

    ended = await anyio.to_thread.run_sync(agree)
    announce(bridge, ended)
    return await sweep_copy(bridge, host, ended)


async def sweep_copy(bridge: Bridge, host: Host, trip: Trip) -> Trip:
    """Delete the safety copy of an ended trip unless it is to be kept; a refusal leaves it for the next trip."""
    if not trip.copy_id or trip.keep_copy or trip.state not in ("done", "rolled_back"):
        return trip
    try:
        await calls.delete_timeline(host, trip.copy_id, _expect(trip))
    except HostError:
        return trip
    return await _note(bridge, trip, lambda one: one.model_copy(update={"copy_id": ""}))


def known(bridge: Bridge, trip: Trip, cut: Cut) -> Cut:
    """Return a cut with the canvas takes its clips show, by the files delivered for them."""
    canvas = bridge.desk.view(trip.canvas_id).canvas
    links = bridge.links.of_timeline(trip.canvas_id, cut.project_id, cut.timeline_id)
    return with_known_takes(cut, shots_of(bridge, canvas, links))


def retie(bridge: Bridge, trip: Trip, wanted: Cut, found: Cut) -> None:
    """Tie every link of the timeline to its clip as it is called now, found by its place in ``wanted``."""
    there = {_place(at[0], at[1], clip): clip for at, clip in _clips(found)}
    names = {clip.key: (at, clip) for at, clip in _clips(wanted) if clip.key}
    for link in bridge.links.on_timeline(trip.project_id, trip.timeline_id):
        update: dict[str, object] = {"timeline_id": found.timeline_id, "timeline_name": found.name}
        if link.clip_key in names:
            at, clip = names[link.clip_key]
            update |= _tie(there.get(_place(at[0], at[1], clip)), int(at[1]), found)
        fresh = link.model_copy(update=update)
        if fresh != link:
            bridge.links.replace(fresh)


def _tie(clip: Clip | None, track: int, cut: Cut) -> dict[str, object]:
    if clip is None or not clip.key:
        return {}
    return {
        "clip_key": ClipKey(clip.key),
        "track_index": track + 1,
        "start_record_frame": int(clip.record.start + cut.start),
        "end_record_frame": int(clip.record.end + cut.start),
    }


def _clips(cut: Cut) -> list[tuple[tuple[str | int, ...], Clip]]:
    return [(tuple(at), item) for at, item in items_of(cut) if isinstance(item, Clip)]


def _place(kind: str | int, track: str | int, clip: Clip) -> tuple[object, ...]:
    return kind, track, clip.record.start, clip.record.end


# --- back -----------------------------------------------------------------------------------------------


async def roll_back(bridge: Bridge, host: Host, trip: Trip, work: Work, why: BridgeError) -> Trip:
    """Bring the timeline back as it was before the trip, and end the trip.

    Content edits are taken back one by one, so that the clips keep their ids; else the safety copy takes the
    timeline's place. Where somebody edited meanwhile only our own edits are taken back. Raises HostOfflineError and
    HostTimeoutError; then the trip stays open.
    """
    trip = await _note(bridge, trip, lambda one: one.model_copy(update={"state": "undoing", "reason": why.message}))
    status = await calls.status(host)
    current = status.timeline.timeline_id if status.timeline else ""
    if trip.copy_id and current == trip.copy_id:
        return await _adopted(bridge, host, trip, work)
    await _back_to_the_timeline(host, trip)
    now = await read_whole(host, trip.project_id, trip.timeline_id)
    if not off(work.editor, now):
        return await _ended(bridge, host, trip, "rolled_back", work)
    by_hand = _strange(host, trip, work, now)
    started = [edit for edit, step in zip(work.plan.edits, trip.steps, strict=True) if step.state != "waiting"]
    small = all(isinstance(edit, CONTENT) for edit in started)
    if trip.copy_id and not small and not by_hand:
        return await _adopted(bridge, host, trip, work)
    left = await take_back(host, work.editor, started)
    after = await read_whole(host, trip.project_id, trip.timeline_id)
    state: TripState = "rolled_back" if not left and (by_hand or not off(work.editor, after)) else "left"
    return await _ended(bridge, host, trip, state, work, keep=bool(by_hand) and not small)


async def _adopted(bridge: Bridge, host: Host, trip: Trip, work: Work) -> Trip:
    """Let the safety copy take the timeline's place and name; links and base go along."""
    copy = await adopt_copy(host, trip, work.editor)
    if copy is None:
        return await _ended(bridge, host, trip, "left", work)

    def move() -> Trip:
        retie(bridge, trip, work.editor, copy)
        base = bridge.cuts.base(trip.project_id, trip.timeline_id)
        if base is not None:
            bridge.cuts.agree(rekeyed(base.cut, work.editor, copy), base.pins)
        edit = {"timeline_id": copy.timeline_id, "copy_id": ""}
        bridge.cuts.change(trip.id, lambda one: one.model_copy(update=edit))
        return bridge.cuts.end(trip.id, "rolled_back", trip.reason)

    ended = await anyio.to_thread.run_sync(move)
    announce(bridge, ended)
    return ended


def rekeyed(base: Cut, before: Cut, after: Cut) -> Cut:
    """Return a base for a copied timeline: clips that are on the copy get the ids they have there."""
    there = {_place(at[0], at[1], clip): clip.key for at, clip in _clips(after)}
    names = {clip.key: there.get(_place(at[0], at[1], clip), "") for at, clip in _clips(before) if clip.key}
    tracks = tuple(
        replace(
            track,
            items=tuple(
                replace(item, key=names.get(item.key, item.key)) if isinstance(item, Clip) else item
                for item in track.items
            ),
        )
        for track in base.tracks
    )
    return replace(base, tracks=tracks, timeline_id=after.timeline_id, revision=after.revision)


async def _ended(bridge: Bridge, host: Host, trip: Trip, state: TripState, work: Work, *, keep: bool = False) -> Trip:
    def end() -> Trip:
        if keep:
            bridge.cuts.change(trip.id, lambda one: one.model_copy(update={"keep_copy": True}))
        return bridge.cuts.end(trip.id, state, trip.reason)

    ended = await anyio.to_thread.run_sync(end)
    announce(bridge, ended)
    return await sweep_copy(bridge, host, ended)


def _told(error: HostError, ended: Trip) -> HostError:
    """Return the error a person gets: what happened, and how the timeline is now."""
    edited = isinstance(error, TimelineChangedError | TimelineSwitchedError)
    if ended.state == "left":
        kept = f" The cut as it was is the timeline “{ended.copy_name}”." if ended.copy_id else ""
        return PlanNotAppliedError(
            f"{error.message} Not everything could be put back.{kept}",
            hint="Look at the timeline, then run 'takebridge roundtrip --new-base' once it is as you want it.",
            trip=ended.id,
        )
    was = "Your edit stays, ours were taken back." if edited else "The timeline is as it was."
    kept = f" A copy from before is the timeline “{ended.copy_name}”." if ended.copy_id else ""
    made = TimelineChangedError if edited else PlanNotAppliedError
    return made(f"{error.message} {was}{kept}", hint=_hint(error, edited=edited), trip=ended.id)


def _hint(error: HostError, *, edited: bool) -> str:
    if edited:
        return "Run the round trip again: it works on the timeline as it is now."
    return error.hint or PlanNotAppliedError.default_hint


# --- the journal ----------------------------------------------------------------------------------------


async def _note(bridge: Bridge, trip: Trip, edit: Callable[[Trip], Trip]) -> Trip:
    noted = await anyio.to_thread.run_sync(bridge.cuts.change, trip.id, edit)
    announce(bridge, noted)
    return noted


def announce(bridge: Bridge, trip: Trip) -> None:
    """Tell clients how far a trip is."""
    done = sum(step.state == "done" for step in trip.steps)
    bridge.events.publish(
        "roundtrip.changed",
        {"trip": trip.id, "canvas": trip.canvas_id, "state": trip.state, "done": done, "total": len(trip.steps)},
    )


def _expect(trip: Trip) -> Expectation:
    return Expectation(project_id=trip.project_id, timeline_id=trip.timeline_id)
