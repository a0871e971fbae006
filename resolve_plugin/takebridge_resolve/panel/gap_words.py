"""Gaps in words: where they are, how long, what became of them, and which models can fill them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from takebridge.canvas.model import Canvas, Node, Take
from takebridge.client.panel_types import GapFound
from takebridge.client.replies import Job
from takebridge.cut.link import ClipLink
from takebridge_resolve.panel.models import Model, rough_price
from takebridge_resolve.panel.words import counted, length, price, rate_of

KIND = "video"
Standing = Literal["empty", "no_take", "making", "ready"]
FIRST, LAST = "start_frame", "end_frame"
_ACTIVE = ("Pending", "InProgress")


@dataclass(frozen=True, slots=True)
class Shot:
    """The shot a gap became: its link, its node, the pinned take if there is one, and the job that makes one."""

    link: ClipLink
    node: Node | None
    take: Take | None
    job: Job | None

    @property
    def standing(self) -> Standing:
        """Where the shot stands. What is being made counts before what is there."""
        if self.job is not None:
            return "making"
        return "ready" if self.take is not None else "no_take"


def frames_of(gap: GapFound) -> int:
    """Return how many frames a gap has."""
    return gap.end_record_frame - gap.start_record_frame


def gap_length(gap: GapFound) -> str:
    """Return a gap's length, ``3 s 08 f``."""
    return length(frames_of(gap), rate_of(gap.rate))


def gap_title(gap: GapFound) -> str:
    """Return a gap in one line: ``V1 · 01:02:10:14 · 3 s 08 f``."""
    return f"V{gap.track_index} · {gap.timecode or f'frame {gap.start_record_frame}'} · {gap_length(gap)}"


def shot_of(gap: GapFound, links: Iterable[ClipLink], canvas: Canvas | None, jobs: Iterable[Job]) -> Shot | None:
    """Return the shot that was made for exactly this gap and waits for its place; of several the newest."""
    place = (gap.timeline_id, gap.track_index, gap.start_record_frame, gap.end_record_frame)
    found = [
        link
        for link in links
        if link.waits and (link.timeline_id, link.track_index, link.start_record_frame, link.end_record_frame) == place
    ]
    if not found:
        return None
    link = found[-1]
    node = canvas.nodes.get(link.node_id) if canvas else None
    take = canvas.takes.get(node.pin) if canvas and node and node.pin else None
    job = next((one for one in jobs if one.node == link.node_id and one.status in _ACTIVE), None)
    return Shot(link, node, take, job)


def shot_words(shot: Shot | None) -> str:
    """Return what became of a gap so far."""
    if shot is None:
        return "–"
    name = shot.link.shot
    if shot.standing == "making":
        return f"{name} · in progress"
    if shot.take is None:
        return f"{name} · no take yet"
    previz = " (previz)" if shot.take.previz else ""
    return f"{name} · take {shot.take.seq} ready{previz}"


def gap_cells(gap: GapFound, shot: Shot | None) -> tuple[str, str, str, str]:
    """Return a gap's row: where, how long, on which track, what became of it."""
    at = gap.timecode or f"frame {gap.start_record_frame}"
    return at, gap_length(gap), f"V{gap.track_index}", shot_words(shot)


def found_words(gaps: Sequence[GapFound], mode: str) -> str:
    """Return what a look found."""
    where = "between the marks" if mode == "marks" else "on the timeline"
    return f"{counted(len(gaps), 'gap')} {where}" if gaps else f"No gap {where}"


def empty_words(mode: str) -> str:
    """Return what to do where there is no gap."""
    if mode == "marks":
        return (
            "Between the marks every track is filled. Mark an empty stretch in the editor (I and O), then look again."
        )
    return (
        "No gap lies between two clips of a track. To fill a stretch at either end, mark it and look between the marks."
    )


# --- models ---------------------------------------------------------------------------------------------


def frames_taken(model: Model) -> tuple[bool, bool]:
    """Return whether a model takes a first and a last frame."""
    roles = {slot.role for slot in model.inputs if slot.maximum > 0}
    return FIRST in roles, LAST in roles


def fitting(models: Iterable[Model]) -> list[Model]:
    """Return the models that make video, those with first and last frame first, then free ones, then by price."""
    found = [model for model in models if model.kind == KIND and model.lifecycle != "retired"]

    def rank(model: Model) -> tuple[object, ...]:
        high = model.price.high_micros
        return (-sum(frames_taken(model)), model.previz, high is None, high or 0, model.id)

    return sorted(found, key=rank)


def frames_words(model: Model, *, first: bool, last: bool) -> str:
    """Say which wanted frame a model does not take, "" when it takes all."""
    can_first, can_last = frames_taken(model)
    missing = [name for name, want, can in (("first", first, can_first), ("last", last, can_last)) if want and not can]
    if not missing:
        return ""
    return f"{model.title} takes no {' and no '.join(missing)} frame: it is left out."


def price_words(model: Model, gap: GapFound) -> str:
    """Return what a take for a gap costs by the list price; the planner says it exactly before anything is spent."""
    if model.price_per != "second" or not model.price.high_micros:
        return rough_price(model, frames_of(gap), rate_of(gap.rate))
    seconds = Fraction(frames_of(gap)) / rate_of(gap.rate)
    low, high = (
        None if one is None else _cents(one * seconds) for one in (model.price.low_micros, model.price.high_micros)
    )
    return price(low, high, model.price.currency)


def _cents(micros: Fraction) -> int:
    """Rounded up to a whole cent, what is less than one excepted: an estimate is never too low."""
    whole = -(-micros.numerator // micros.denominator)
    return whole if whole < 10_000 else -(-whole // 10_000) * 10_000


def model_words(model: Model) -> str:
    """Return a model as its choice says it."""
    frames = {(True, True): "first + last frame", (True, False): "first frame", (False, True): "last frame"}
    where = "on this computer" if model.local else model.provider
    parts = (model.title, frames.get(frames_taken(model), "prompt only"), where, "previz" if model.previz else "")
    return " · ".join(part for part in parts if part)


# --- the button -----------------------------------------------------------------------------------------


def primary_words(gap: GapFound | None, shot: Shot | None) -> str:
    """Return what the one button does next."""
    if gap is None or shot is None:
        return "Make a shot for this gap"
    name = shot.link.shot
    if shot.standing == "making":
        return f"{name} in progress"
    if shot.take is None:
        return f"Generate {name}: plan and price"
    return f"Put {name} on timeline"


def put_words(sentence: str, shot: str) -> str:
    """Return how putting ended."""
    return f"{shot}: {sentence}" if sentence and shot not in sentence else sentence or f"{shot} is on the timeline."
