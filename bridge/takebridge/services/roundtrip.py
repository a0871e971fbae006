"""The round trip: the open timeline and the canvas, both changed since their base, become one cut again.

1. end what a crash cut off   2. read the timeline   3. base × editor × canvas → merged cut, plan, requests, conflicts
4. with consent: longer sources, new takes, and 3 again   5. conform every take   6. carry out, verify, agree.
A dry run ends after 3 and changes nothing. See docs/roundtrip.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Never

import anyio.to_thread

from takebridge.cut.edit_plan import apply_plan
from takebridge.cut.edit_types import EditPlan
from takebridge.cut.lowering import Lowered, lower
from takebridge.cut.model import Cut
from takebridge.cut.trip_types import Certainty, Outcome, Price, RoundTrip, RoundTripRequest, TripFacts
from takebridge.errors import PlanNotAppliedError, TimelineChangedError
from takebridge.hosts import calls
from takebridge.hosts.final_cut import FinalCutHost
from takebridge.hosts.opened import opened
from takebridge.hosts.port import DocumentHost, Host
from takebridge.hosts.protocol import TimelineInfo
from takebridge.hosts.reading import read_cut
from takebridge.ids import LinkId, TakeId, new_id
from takebridge.interchange.documents import write_cut
from takebridge.services.bridge import Bridge
from takebridge.services.cut_reports import Document, merge_report
from takebridge.services.final_cut import Picks, agreed_on, chosen_picks, pin_picks, read_picks, with_trays
from takebridge.services.looking import Looks
from takebridge.services.naming import plain
from takebridge.services.roundtrip_apply import announce, carry_out, copy_name, settle, sweep_copy
from takebridge.services.roundtrip_canvas import takes_shown, with_imported
from takebridge.services.roundtrip_fill import CalledOff, fill, never, still_wanted
from takebridge.services.roundtrip_hand import read_whole
from takebridge.services.roundtrip_plan import Planned, plan_trip
from takebridge.services.roundtrip_regenerate import agreed, generate, price_of, push_longer, under_way
from takebridge.services.roundtrip_report import cut_off, trip_facts
from takebridge.services.roundtrip_sides import decisions, sides_of, trip_clips
from takebridge.services.roundtrip_verify import off
from takebridge.services.roundtrip_words import sentence, steps_of
from takebridge.services.runs import Consent, Runs
from takebridge.store.cuts import Base, Trip, TripStep, Work
from takebridge.store.data_folder import private_folder
from takebridge.store.ledger import now_text
from takebridge.store.runs import OPEN_RUNS, Run

_TRIES = 3

BY_ITSELF = "exchange"
"""The author of round trips nobody asked for: takes that only wait are no reason to answer then."""


async def roundtrip(
    bridge: Bridge,
    runs: Runs,
    host: Host,
    request: RoundTripRequest,
    gone: CalledOff = never,
    looks: Looks | None = None,
) -> RoundTrip:
    """Make a round trip of the open timeline with a canvas, or (by default) say what it would do.

    ``gone`` says whether whoever asked has left: until the first write the trip is called off then (the takes of a run
    that was started are still made), after it the trip is finished all the same. ``looks`` remembers the clips that
    were read, so that frames of them are shown.
    Raises PlanNotAppliedError when the timeline was put back as it was, TimelineChangedError when somebody edited it
    meanwhile, CutMismatchError for a base that does not fit, UsageError, HostError, MediaError, BudgetError.
    """
    bridge.desk.view(request.canvas_id)
    async with bridge.turns.of("round trips"):
        settled = [] if request.dry_run else await settle_all(bridge, host)
        if request.resume:
            return await _resumed(host, request, settled)
        for attempt in range(1, _TRIES + 1):
            try:
                return await _once(bridge, runs, host, request, settled, gone, looks)
            except _EditedMeanwhile as error:
                if attempt == _TRIES:
                    raise TimelineChangedError(error.message) from error
    raise AssertionError("unreachable")


class _EditedMeanwhile(TimelineChangedError):
    """The timeline was edited while files were made: nothing was done yet, plan again."""


async def _once(
    bridge: Bridge,
    runs: Runs,
    host: Host,
    request: RoundTripRequest,
    settled: list[TripFacts],
    gone: CalledOff,
    looks: Looks | None,
) -> RoundTrip:
    host_cut, editor = await opened(host)
    if looks is not None:
        seen = looks.of(host.session).looks
        seen.pop("round trip", None)
        seen["round trip"] = (host_cut, {clip.key: clip for clip in host_cut.clips})
    base = await anyio.to_thread.run_sync(bridge.cuts.base, host_cut.project_id, host_cut.timeline_id)
    if base is None or request.new_base:
        return await _base_first(bridge, request, editor, settled)
    if isinstance(host, DocumentHost):
        base = await anyio.to_thread.run_sync(with_imported, bridge, request.canvas_id, editor, base)
    picks = Picks(base)
    if isinstance(host, FinalCutHost):
        picks = await anyio.to_thread.run_sync(_picked, bridge, host, request, editor, base)
        base = picks.base if request.dry_run else agreed_on(picks)
    planned = await anyio.to_thread.run_sync(
        plan_trip, bridge, request.canvas_id, host_cut, editor, base, dict(request.choices)
    )
    planned = replace(planned, notes=(*picks.notes, *planned.notes))
    price = await anyio.to_thread.run_sync(price_of, bridge, request.canvas_id, planned.longer)
    if request.dry_run or planned.undecided:
        outcome: Outcome = "planned" if request.dry_run else "undecided"
        answer = _answer(
            request, planned, outcome, price, settled, open_trips=cut_off(bridge) if request.dry_run else []
        )
        return await _clip_by_clip(bridge, host, request, planned, answer)
    run: Run | None = None
    if request.generate and planned.longer:
        run = await _new_takes(bridge, runs, request, planned, gone)
        if run.state in OPEN_RUNS:
            answer = _answer(request, planned, "waiting", price, settled, run=run)
            return await _clip_by_clip(bridge, host, request, planned, answer)
        host_cut, editor = await opened(host)
        planned = await anyio.to_thread.run_sync(
            plan_trip, bridge, request.canvas_id, host_cut, editor, base, dict(request.choices)
        )
        if planned.undecided:
            answer = _answer(request, planned, "undecided", price, settled, run=run)
            return await _clip_by_clip(bridge, host, request, planned, answer)
    if isinstance(host, DocumentHost):
        nothing = _answer(request, planned, "nothing", price, settled)
        answer = await _by_document(bridge, host, request, planned, picks, nothing)
        return await _clip_by_clip(bridge, host, request, planned, answer)
    trip = await _apply(bridge, host, request, planned, gone)
    answer = _answer(request, planned, "applied" if trip else "nothing", price, settled, run=run, trip=trip)
    return await _clip_by_clip(bridge, host, request, planned, answer)


def _picked(bridge: Bridge, host: FinalCutHost, request: RoundTripRequest, editor: Cut, base: Base) -> Picks:
    """Read the picks of Final Cut's auditions; those the canvas did not change too are pinned, unless this is dry."""
    picks = read_picks(bridge, request.canvas_id, editor, base, host.offered())
    if not request.dry_run:
        pin_picks(bridge, request.canvas_id, picks.pin, author=request.author)
    return picks


async def _by_document(
    bridge: Bridge, host: DocumentHost, request: RoundTripRequest, planned: Planned, picks: Picks, nothing: RoundTrip
) -> RoundTrip:
    """Write the merged cut where the editor finds it.

    Nobody knows whether a person imports it. So the base is what the editor exported, and only takes that are in it
    count as agreed on: whatever is exported next, the rest is merged again.
    """
    filled = await anyio.to_thread.run_sync(fill, bridge, planned.plan, planned.editor, planned.side)
    wanted, due = apply_plan(planned.editor, filled), bool(filled.edits)
    said: tuple[str, ...] = ()
    chosen: Mapping[LinkId, TakeId] = {}
    if isinstance(host, FinalCutHost):
        chosen = chosen_picks(picks, planned.side, wanted)
        before = wanted
        given = (bridge, wanted, planned.editor, planned.side, host.offered())
        wanted, said = await anyio.to_thread.run_sync(with_trays, *given)
        due = due or (wanted != before and request.author != BY_ITSELF)
    path, losses = await host.answer(wanted) if due else ("", ())
    shown = takes_shown(planned.editor, planned.side.shots)
    pins = {link: take for link, take in planned.pins.items() if take in shown or planned.base.pins.get(link) == take}
    await anyio.to_thread.run_sync(bridge.cuts.agree, planned.editor, {**planned.base.pins, **pins, **chosen})
    if chosen:
        await anyio.to_thread.run_sync(partial(pin_picks, bridge, request.canvas_id, chosen, author=request.author))
    losses = (*said, *losses)
    if not path:
        return nothing
    return nothing.model_copy(update={"outcome": "applied", "answer": path, "notes": [*nothing.notes, *losses]})


async def _base_first(bridge: Bridge, request: RoundTripRequest, editor: Cut, settled: list[TripFacts]) -> RoundTrip:
    """Without a base there is nothing to merge: the cut as it is now becomes one, unless this is a dry run."""

    def answer(outcome: Outcome, text: str) -> RoundTrip:
        return RoundTrip(
            outcome=outcome,
            dry_run=request.dry_run,
            canvas_id=request.canvas_id,
            project=editor.project_name,
            timeline=editor.name,
            sentence=text,
            settled=settled,
        )

    if request.dry_run:
        what = "This" if request.new_base else "The first round trip of a timeline"
        return answer("no_base", f"{what} takes the cut as it is now as the base and merges nothing.")
    old = await anyio.to_thread.run_sync(bridge.cuts.base, editor.project_id, editor.timeline_id)
    await anyio.to_thread.run_sync(bridge.cuts.agree, editor, old.pins if old else {})
    return answer(
        "base_kept", "The cut as it is now is the base, nothing was merged: what changes from here on will be."
    )


async def _new_takes(bridge: Bridge, runs: Runs, request: RoundTripRequest, planned: Planned, gone: CalledOff) -> Run:
    still_wanted(gone)
    consent = Consent(max_micros=request.max_micros, allow_unknown=request.allow_unknown)
    if await anyio.to_thread.run_sync(under_way, runs, request.canvas_id, planned.longer) is None:
        await anyio.to_thread.run_sync(agreed, bridge, request.canvas_id, planned.longer, consent)
    push = (bridge, planned.host_cut, request.canvas_id, planned.longer, request.author)
    await anyio.to_thread.run_sync(push_longer, *push)
    return await generate(bridge, runs, request.canvas_id, list(planned.longer), consent, request.author, gone)


# --- carrying out ---------------------------------------------------------------------------------------


async def _apply(
    bridge: Bridge, host: Host, request: RoundTripRequest, planned: Planned, gone: CalledOff
) -> Trip | None:
    """Make every file, write the journal, change the timeline. None when there is nothing to change on it."""
    editor = planned.editor
    filled = await anyio.to_thread.run_sync(fill, bridge, planned.plan, editor, planned.side, gone)
    if not filled.edits:
        await anyio.to_thread.run_sync(bridge.cuts.agree, editor, planned.pins)
        return None
    lowered = lower(filled, host.capabilities, editor)
    if lowered.way != "in_place":
        await anyio.to_thread.run_sync(_write_merged, bridge, apply_plan(editor, filled), lowered, host.status.host)
    plan = EditPlan(lowered.edits)
    wanted = apply_plan(editor, plan)
    async with bridge.turns.of(f"timeline {editor.timeline_id}"):
        now = await read_whole(host, editor.project_id, editor.timeline_id)
        if changed := off(editor, now):
            raise _EditedMeanwhile(f"The timeline was edited while takes were prepared: {changed[0]}.")
        still_wanted(gone)
        trip = await anyio.to_thread.run_sync(_begin, bridge, request, planned, Work(editor, wanted, plan))
        return await carry_out(bridge, host, trip, Work(editor, wanted, plan))


def _write_merged(bridge: Bridge, wanted: Cut, way: Lowered, editor: str) -> Never:
    """Write the merged cut as a file to import. Raises PlanNotAppliedError, which names it; nothing else was done."""
    folder = private_folder(bridge.layout.home / "roundtrips")
    suffix, target = (".xml", "premiere") if editor == "premiere" else (".otio", "resolve")
    path = folder / f"{plain(wanted.name)}_{new_id('cut')[-8:]}{suffix}"
    write_cut(wanted, path, target=target)
    raise PlanNotAppliedError(
        f"This editor cannot make these edits in place: {' '.join(way.notes)} The timeline was not touched.",
        hint=f"Import the merged cut by hand: {path}",
        path=str(path),
    )


def _begin(bridge: Bridge, request: RoundTripRequest, planned: Planned, work: Work) -> Trip:
    editor = planned.editor
    number = 1 + sum(one.timeline_id == editor.timeline_id for one in bridge.cuts.trips(newest=10_000))
    trip_id = new_id("trip")
    trip = Trip(
        id=trip_id,
        canvas_id=request.canvas_id,
        author=request.author,
        project_id=editor.project_id,
        project_name=editor.project_name,
        timeline_id=editor.timeline_id,
        timeline_name=editor.name,
        steps=tuple(TripStep(text=text) for text in steps_of(work.plan, editor)),
        copy_name=copy_name(editor.name, number, trip_id),
        keep_copy=request.keep_copy,
        pins=dict(planned.pins),
        created_at=now_text(),
    )
    bridge.cuts.begin(trip, work)
    announce(bridge, trip)
    return trip


# --- after a crash --------------------------------------------------------------------------------------


async def settle_all(bridge: Bridge, host: Host) -> list[TripFacts]:
    """Finish or undo every trip that was cut off on the timeline that is open now, and sweep up old safety copies.

    Returns how they ended. Raises HostOfflineError, HostTimeoutError when the editor went away: they stay open.
    """
    status = await calls.status(host)
    if status.timeline is None:
        return []
    here = {status.timeline.timeline_id}
    ended: list[TripFacts] = []
    for trip in await anyio.to_thread.run_sync(bridge.cuts.open_trips):
        if is_open_here(trip, status.timeline):
            async with bridge.turns.of(f"timeline {trip.timeline_id}"):
                ended.append(trip_facts(await _settled(bridge, host, trip)))
    for trip in await anyio.to_thread.run_sync(bridge.cuts.trips):
        if trip.timeline_id in here:
            await sweep_copy(bridge, host, trip)
    return ended


async def settle_on_connect(bridge: Bridge, host: Host) -> list[TripFacts]:
    """Do `settle_all` for an editor that has just connected, after any round trip that is under way."""
    if not await anyio.to_thread.run_sync(bridge.cuts.open_trips):
        return []
    async with bridge.turns.of("round trips"):
        return await settle_all(bridge, host)


def is_open_here(trip: Trip, timeline: TimelineInfo) -> bool:
    """Say whether a trip is about this timeline, or this is the safety copy of its timeline."""
    if trip.project_id != timeline.project_id:
        return False
    return timeline.timeline_id in (trip.timeline_id, trip.copy_id) or timeline.timeline_name == trip.copy_name


async def _settled(bridge: Bridge, host: Host, trip: Trip) -> Trip:
    try:
        return await settle(bridge, host, trip)
    except (PlanNotAppliedError, TimelineChangedError):
        ended = await anyio.to_thread.run_sync(bridge.cuts.get, trip.id)
        if not ended.ended_at:
            raise
        return ended


async def _resumed(host: Host, request: RoundTripRequest, settled: list[TripFacts]) -> RoundTrip:
    cut = read_cut(await calls.snapshot(host, detail=()))
    done = any(one.state == "done" for one in settled)
    ways = {"done": "finished", "rolled_back": "undone", "left": "left for you to look at"}
    said = "; ".join(f"the trip of {one.created_at[:16]} was {ways.get(one.state, one.state)}" for one in settled)
    return RoundTrip(
        outcome="applied" if done else "nothing",
        dry_run=request.dry_run,
        canvas_id=request.canvas_id,
        project=cut.project_name,
        timeline=cut.timeline_name,
        sentence=f"Resumed: {said}." if said else "No round trip was cut off on this timeline.",
        settled=settled,
    )


# --- the answer -----------------------------------------------------------------------------------------

_ENDED: Mapping[Outcome, tuple[Certainty, str]] = {
    "planned": ("would", ""),
    "undecided": ("not_applied", "conflicts wait for a choice."),
    "waiting": ("not_applied", "its takes are still being made."),
    "nothing": ("not_applied", "both sides agree already."),
    "applied": ("verified", ""),
}
_BY_HAND: tuple[Certainty, str] = ("unconfirmed", "import the answer in the editor.")


async def _clip_by_clip(
    bridge: Bridge, host: Host, request: RoundTripRequest, planned: Planned, answer: RoundTrip
) -> RoundTrip:
    """Add to an answer the conflicts side by side, and what became of each clip."""
    state, reason = _BY_HAND if answer.answer else _ENDED[answer.outcome]

    def told() -> RoundTrip:
        canvas = bridge.desk.view(request.canvas_id).canvas
        in_place = frozenset() if isinstance(host, DocumentHost) else host.capabilities
        sides = sides_of(planned, canvas, host.session, in_place, host.status.product)
        found = {"decisions": decisions(sides, request.choices), "clips": trip_clips(sides, state, reason)}
        return answer.model_copy(update=found)

    return await anyio.to_thread.run_sync(told)


def _answer(
    request: RoundTripRequest,
    planned: Planned,
    outcome: Outcome,
    price: Price | None,
    settled: list[TripFacts],
    *,
    run: Run | None = None,
    trip: Trip | None = None,
    open_trips: list[str] | None = None,
) -> RoundTrip:
    base, editor, canvas, merged = (
        Document(cut, "", "") for cut in (planned.base.cut, planned.editor, planned.side.cut, planned.merge.cut)
    )
    report = merge_report(base, editor, canvas, merged, planned.merge)
    notes = [*planned.notes, *(open_trips or [])]
    if run is not None and run.state != "done":
        notes.append(f"The run of the takes is {run.state}: {run.reason or 'see takebridge jobs'}")
    return RoundTrip(
        outcome=outcome,
        dry_run=request.dry_run,
        canvas_id=request.canvas_id,
        project=planned.editor.project_name,
        timeline=planned.editor.name,
        sentence=sentence(
            len(planned.plan), planned.requests, price, len(planned.undecided), len(planned.merge.removed)
        ),
        edits=report.edits,
        steps=len(planned.plan),
        requests=list(planned.requests),
        price=price,
        run=run.id if run else "",
        conflicts=report.conflicts,
        undecided=[one.id for one in planned.undecided],
        removed=report.removed,
        notes=notes,
        trip=trip_facts(trip) if trip else None,
        settled=settled,
    )
