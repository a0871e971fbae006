"""The regeneration loop: a clip that shows more than its take has gets a longer source take, and a new take of it.

The slot's new length is the canvas's business as a take: the clip's range is pushed again (an edit of the sync), which
makes the deliverer stale, and the planner says what making it anew costs. Money goes the way of every run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import anyio
import anyio.to_thread

from takebridge.canvas.model import Canvas, Output
from takebridge.canvas.model import Take as CanvasTake
from takebridge.canvas.plan import plan_pass
from takebridge.canvas.plan_types import Plan, Scope
from takebridge.canvas.state import derive_next
from takebridge.cut.hosted import HostCut
from takebridge.cut.model import Clip
from takebridge.cut.trip_types import Price
from takebridge.errors import BridgeError
from takebridge.ids import BlobHash, CanvasId, ClipKey, NodeId, TakeId
from takebridge.media.probe import probe
from takebridge.services.bridge import Bridge
from takebridge.services.plans import offers_of
from takebridge.services.push import GIVEN_START, PushRequest, push_range
from takebridge.services.roundtrip_canvas import Shot, clip_seconds, made_from
from takebridge.services.roundtrip_fill import CalledOff, never
from takebridge.services.run_rules import check_consent
from takebridge.services.runs import Consent, Runs
from takebridge.store.runs import OPEN_RUNS, Run
from takebridge.timebase import FrameRange, FrameRate

PATIENCE_SECONDS = 1500
_LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Longer:
    """A shot whose clip shows more than was given. ``source`` are the source frames it shows now, ``given`` those the
    new source take would have, handles included; ``node`` makes the takes. ``refusal`` says why it cannot be."""

    shot: Shot
    key: ClipKey
    source: FrameRange
    given: FrameRange
    node: NodeId
    refusal: str = ""


def longer(bridge: Bridge, shot: Shot, clips: Iterable[Clip], rate: FrameRate) -> Longer | str:
    """Return what the source take of a shot must become for these clips of it, or why that cannot be."""
    if shot.node is None:
        return f"No node delivers to {shot.link.shot}."
    if shot.node.locked:
        return f"“{shot.node.title}” is locked."
    shown = list(clips)
    spans = [found for clip in shown if (found := _shown(clip, shot, rate)) is not None]
    if not spans or len(spans) != len(shown):
        return f"It is unknown which source frames {shot.link.shot} shows: it is retimed, or shows other media."
    if shot.link.fills_gap:
        return f"{shot.link.shot} was made for a gap: make “{shot.node.title}” longer and generate it again."
    source = FrameRange(min(span.start for span in spans), max(span.end for span in spans))
    try:
        frames = probe(Path(shot.link.media_path)).edit_frames
    except BridgeError as error:
        return f"The media of {shot.link.shot} cannot be read: {error.message}"
    there = FrameRange(0, frames)
    if not there.contains(source):
        return f"The media of {shot.link.shot} has frames 0–{frames}; the clip shows {source.start}–{source.end}."
    given = source.expanded(bridge.handles, bridge.handles).clamped(there)
    if shot.link.given.contains(source) and shot.link.given == given and _made_from_it(bridge, shot):
        return f"{shot.link.shot} was given these frames already: its takes are shorter than what they were made from."
    return Longer(shot, shot.link.clip_key, source, given, shot.node.id)


def _made_from_it(bridge: Bridge, shot: Shot) -> bool:
    """Say whether the pinned take was made from the source take the shot has now; one without a recipe counts as such.

    Where it was not, its making was cut off between the push of the longer source and the end of the run.
    """
    if shot.take is None or shot.take.recipe is None:
        return True
    canvas = bridge.desk.view(shot.link.canvas_id).canvas
    return any(take.id == shot.link.source_take_id for take in made_from(canvas, shot.link, shot.take))


def _shown(clip: Clip, shot: Shot, rate: FrameRate) -> FrameRange | None:
    seconds = clip_seconds(clip, shot, rate)
    if seconds is None:
        return None
    media = shot.link.rate.fraction
    start = floor(seconds * media)
    end = ceil((seconds + Fraction(clip.record.duration) / rate.fraction) * media)
    return FrameRange(max(0, start), max(end, start + 1)) if start >= 0 else None


def price_of(bridge: Bridge, canvas_id: CanvasId, wanted: Iterable[Longer]) -> Price | None:
    """Return what the takes would cost, as the planner says it of the canvas with the longer source takes."""
    todo = list(wanted)
    return _price(_supposed_plan(bridge, canvas_id, todo)) if todo else None


def agreed(bridge: Bridge, canvas_id: CanvasId, wanted: Iterable[Longer], consent: Consent) -> None:
    """Raise BudgetError when the takes may cost more than was agreed to; asked before the canvas is changed."""
    made = _supposed_plan(bridge, canvas_id, wanted)
    check_consent(made, consent.digest, consent.max_micros, allow_unknown=consent.allow_unknown)


def _supposed_plan(bridge: Bridge, canvas_id: CanvasId, wanted: Iterable[Longer]) -> Plan:
    todo = list(wanted)
    view, kinds = bridge.desk.view(canvas_id), bridge.desk.kinds
    canvas = view.canvas
    for one in todo:
        canvas = _supposed(canvas, one)
    found = derive_next(view.found, canvas, kinds)
    return plan_pass(found, kinds, _scope(todo), offers_of(found, kinds, bridge.providers, bridge.blobs))


def _supposed(canvas: Canvas, one: Longer) -> Canvas:
    """Return the canvas as it will be once the longer source is pushed; nothing is committed."""
    link = one.shot.link
    node = canvas.nodes[link.node_id]
    old = canvas.takes.get(node.pin) if node.pin else None
    facts = dict(next(iter(old.outputs.values())).facts) if old else {"rate": link.media_rate}
    facts |= {"frame_count": one.given.duration, GIVEN_START: one.given.start}
    take = CanvasTake(
        id=TakeId(f"take_supposed_{link.id}"[:80]),
        node_id=link.node_id,
        seq=canvas.next_seq(link.node_id),
        origin="nle",
        outputs={"video": Output(content=BlobHash("b3:" + "0" * 64), facts=facts)},
    )
    return canvas.with_take(take).with_node(node.model_copy(update={"pin": take.id}))


def _scope(wanted: Iterable[Longer]) -> Scope:
    nodes = tuple(dict.fromkeys(one.node for one in wanted))
    return Scope(kind="selection", nodes=nodes)


def _price(made: Plan) -> Price:
    unknown = bool(made.unknown_prices)
    return Price(
        jobs=len(made.steps),
        low_micros=None if unknown else sum(amount.low_micros for amount in made.whole),
        high_micros=None if unknown else sum(amount.high_micros for amount in made.whole),
        currency=next((amount.currency for amount in made.whole), "USD"),
        seconds_low=made.seconds_low,
        seconds_high=made.seconds_high,
        sentence=made.sentence,
    )


# --- with consent ---------------------------------------------------------------------------------------


def push_longer(bridge: Bridge, cut: HostCut, canvas_id: CanvasId, wanted: Iterable[Longer], author: str) -> None:
    """Give every shot its longer source take. Doing it again changes nothing. Raises MediaError, StoreError."""
    for one in wanted:
        clip = cut.clip(one.key)
        if clip is not None:
            request = PushRequest(canvas_id=canvas_id, process=(), author=author)
            push_range(bridge, request, cut, clip, one.shot.link, one.source)


def under_way(runs: Runs, canvas_id: CanvasId, wanted: Iterable[Longer]) -> Run | None:
    """Return the newest run that makes the takes of all these shots already."""
    nodes = {one.node for one in wanted}
    there = [run for run in runs.all(canvas_id) if run.state in OPEN_RUNS and nodes <= set(run.nodes)]
    return there[-1] if there else None


async def generate(
    bridge: Bridge,
    runs: Runs,
    canvas_id: CanvasId,
    wanted: list[Longer],
    consent: Consent,
    author: str,
    gone: CalledOff = never,
) -> Run:
    """Carry out the plan for the nodes of these shots and wait for its end, as long as a request may take.

    A run that makes takes for all of them already is waited for: nothing is started, or paid, a second time. Raises
    BudgetError, PreconditionError; then no job was started.
    """

    def begun() -> Run:
        there = under_way(runs, canvas_id, wanted)
        return there or runs.start(canvas_id, _scope(wanted), author=author, consent=consent)

    run = await anyio.to_thread.run_sync(begun)
    with anyio.move_on_after(PATIENCE_SECONDS):
        while run.state in OPEN_RUNS and not gone():
            await anyio.sleep(_LOOK_SECONDS)
            run = await anyio.to_thread.run_sync(runs.get, run.id)
    return run
