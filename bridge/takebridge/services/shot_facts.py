"""What is known of each shot of a film: its take, picture, words, length, state and cost. Reads, changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Literal

from takebridge.canvas.graph import WiresIn
from takebridge.canvas.model import Canvas, FrameRange, Kinds, Node, Output, ParamValue, Rating, Take, Wire
from takebridge.canvas.wiring import name_of
from takebridge.cut.edits import lay_out, parse_edits
from takebridge.errors import BridgeError, InvalidParamError, UnknownRateError
from takebridge.ids import BlobHash, NodeId, TakeId, WireId
from takebridge.services.desk import View
from takebridge.services.shots import Step, film_order, leading, lineage, script_part
from takebridge.store.blobs import BlobStore
from takebridge.timebase import EDIT_RATES, FrameRate, frame_at, parse_media_rate, to_seconds

StillKind = Literal["", "image", "video"]
LengthFrom = Literal["take", "asked", "edits", "panel", "unknown"]
"""Where a length is from: the take's own frames, what its node asks for, the export's edits or stills, the panels."""

Words = Callable[[BlobHash], str]
"""Reads stored words; "" for what is gone or is no text."""

_FILM_RATE = FrameRate(24)
"""A film whose shots say no rate is counted at this one."""
_MOST_WORDS = 100_000


@dataclass(frozen=True, slots=True)
class ShotLength:
    """How long a shot lasts in the film: ``frames`` at ``rate``; None is not known. ``start``: its first film frame."""

    frames: int | None
    rate: FrameRate
    source: LengthFrom
    start: int | None = None

    @property
    def words(self) -> str:
        """``3 s 08 f``: whole seconds as timecode counts them, and the frames beyond them."""
        return length_words(self.frames, self.rate)


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot. ``rank`` counts from 0; ``wire`` is "" where no wire says the order.

    ``still`` is the content its picture is read from, at ``still_frame`` of its own frames; "" without a take.
    ``scene`` is the heading of the scene it hangs on, ``script_shot`` the id there. Costs are millionths of
    ``currency``; None is unknown. ``takes`` counts those that are not hidden.
    """

    node: NodeId
    wire: WireId | Literal[""]
    rank: int
    title: str
    scene: str
    script_shot: str
    kind: str
    model: str
    prompt: str
    length: ShotLength
    still: BlobHash | Literal[""]
    still_kind: StillKind
    still_frame: int
    take: TakeId | None
    take_number: int | None
    takes: int
    state: str
    locked: bool
    previz: bool
    rating: Rating | None
    best: FrameRange | None
    cost_actual_micros: int | None
    cost_estimated_micros: int | None
    currency: str


def shots_of(view: View, kinds: Kinds, words: Words, export: NodeId | None = None) -> tuple[Shot, ...]:
    """Return the film in its order. Raises UnknownNodeError, UsageError (`takebridge.services.shots.leading`)."""
    canvas = view.canvas
    steps = film_order(canvas, kinds, export)
    lengths = _lengths(canvas, kinds, leading(canvas, export), steps)
    counts: dict[NodeId, int] = {}
    for take in canvas.takes.values():
        counts[take.node_id] = counts.get(take.node_id, 0) + (not take.hidden)
    read = cache(words)
    return tuple(
        _shot(view, kinds, read, step, rank, length, counts.get(step.node.id, 0))
        for rank, (step, length) in enumerate(zip(steps, lengths, strict=True))
    )


def stored_words(blobs: BlobStore) -> Words:
    """Return a reader of the store's texts that never raises: a card does not need its words."""

    def read(content: BlobHash) -> str:
        try:
            return blobs.path_of(content).read_text("utf-8")[:_MOST_WORDS]
        except (BridgeError, OSError, UnicodeDecodeError):
            return ""

    return read


def length_words(frames: int | None, rate: FrameRate) -> str:
    """Return ``3 s 08 f``, or "" for an unknown length."""
    if frames is None:
        return ""
    seconds, rest = divmod(frames, rate.nominal)
    return f"{seconds} s {rest:0{3 if rate.nominal > 100 else 2}} f"


# --- one shot -------------------------------------------------------------------------------------------


def _shot(view: View, kinds: Kinds, words: Words, step: Step, rank: int, length: ShotLength, takes: int) -> Shot:
    canvas, node = view.canvas, step.node
    take = shown_take(canvas, step)
    picture, kind = _picture(take, node, step.wire, kinds)
    wires_in = view.found.wires_in
    scene, part = _scene(canvas, wires_in, node, kinds, words)
    return Shot(
        node=node.id,
        wire=step.wire.id if step.wire else "",
        rank=rank,
        title=name_of(node),
        scene=scene,
        script_shot=part,
        kind=node.kind,
        model=(take.model_reported or take.model_requested if take else "") or node.model,
        prompt=_prompt(canvas, wires_in, node, kinds, words),
        length=length,
        still=picture.content if picture else "",
        still_kind=kind,
        still_frame=_middle(take, picture) if take and picture and kind == "video" else 0,
        take=take.id if take else None,
        take_number=take.seq if take else None,
        takes=takes,
        state=view.states[node.id].status.value,
        locked=node.locked,
        previz=bool(take and take.previz),
        rating=take.rating if take else None,
        best=take.best if take else None,
        cost_actual_micros=take.cost_actual_micros if take else None,
        cost_estimated_micros=take.cost_estimated_micros if take else None,
        currency=take.currency if take else "USD",
    )


def shown_take(canvas: Canvas, step: Step) -> Take | None:
    """Return the take the film has of a shot: the wire's own, else the pinned one."""
    chosen = (step.wire.take if step.wire else None) or step.node.pin
    return canvas.takes.get(chosen) if chosen else None


def _picture(take: Take | None, node: Node, wire: Wire | None, kinds: Kinds) -> tuple[Output | None, StillKind]:
    if take is None:
        return None, ""
    names = [wire.src_port] if wire else list(take.outputs)
    for wanted in ("video", "image"):
        for name in names:
            if name in take.outputs and wanted in _types(node, name, kinds):
                return take.outputs[name], "video" if wanted == "video" else "image"
    return None, ""


def _types(node: Node, port: str, kinds: Kinds) -> frozenset[str]:
    kind = kinds.get(node.kind)
    found = kind.output(port) if kind else None
    return found.types if found else frozenset()


def _middle(take: Take, picture: Output) -> int:
    """Return the frame to look at: the middle of the best range, else of the whole take."""
    if take.best is not None:
        return (take.best.start + take.best.end) // 2
    return (_whole(picture.facts.get("frame_count")) or 0) // 2


def _whole(value: ParamValue | None) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


# --- words ----------------------------------------------------------------------------------------------


def _scene(canvas: Canvas, wires_in: WiresIn, node: Node, kinds: Kinds, words: Words) -> tuple[str, str]:
    """Return the heading of the scene this shot, or what it goes on from, hangs on, and the shot's id there."""
    for one in lineage(canvas, wires_in, node, kinds):
        wire, part = script_part(wires_in, one)
        if wire is not None:
            heading = _carried(canvas, wire, words).partition("\n")[0]  # a part begins with its scene's heading
            return heading.lstrip("# ").strip(), part
    return "", ""


def _prompt(canvas: Canvas, wires_in: WiresIn, node: Node, kinds: Kinds, words: Words) -> str:
    """Return what is asked of the model: words from other nodes in their order, then the prompt.

    A node that is asked nothing (an upscale) has the words of what it goes on from.
    """
    for one in lineage(canvas, wires_in, node, kinds):
        wires = [wire for wire in wires_in.get(one.id, ()) if wire.dst_port == "direction"]
        own = one.params.get("prompt")
        said = [*(_carried(canvas, wire, words) for wire in wires), own if isinstance(own, str) else ""]
        if found := "\n\n".join(text.strip() for text in said if text.strip()):
            return found
    return ""


def _carried(canvas: Canvas, wire: Wire, words: Words) -> str:
    chosen = wire.take or canvas.nodes[wire.src_node].pin
    take = canvas.takes.get(chosen) if chosen else None
    output = take.outputs.get(wire.src_port) if take else None
    return words(output.content) if output else ""


# --- lengths --------------------------------------------------------------------------------------------


def _lengths(canvas: Canvas, kinds: Kinds, lead: Node | None, steps: Sequence[Step]) -> list[ShotLength]:
    if lead is None:
        return [_alone(canvas, kinds, step) for step in steps]
    if lead.kind == "storyboard":
        return _panels(lead, len(steps))
    return _cut(canvas, kinds, lead, steps)


def _panels(lead: Node, count: int) -> list[ShotLength]:
    """Every panel is held equally long; its edges are rounded as the animatic's are."""
    rate = _rate(lead.params.get("rate")) or _FILM_RATE
    each = Fraction(_whole(lead.params.get("panel_ms")) or 2000, 1000)
    edges = [frame_at(each * number, rate) for number in range(count + 1)]
    return [ShotLength(edges[n + 1] - edges[n], rate, "panel", edges[n]) for n in range(count)]


def _cut(canvas: Canvas, kinds: Kinds, lead: Node, steps: Sequence[Step]) -> list[ShotLength]:
    """Lengths in the film, as assembling it lays them out; edits that do not fit are passed over."""
    rate = _rate(lead.params.get("rate")) or _first_rate(canvas, steps)
    found = [_natural(canvas, kinds, step, rate) for step in steps]
    text = lead.params.get("edits")
    try:
        edits = parse_edits(text if isinstance(text, str) else "")
    except InvalidParamError:
        edits = parse_edits("")
    lengths = [_edited(one, rate, edits.lengths.get(rank), edits.still) for rank, one in enumerate(found)]
    if any(one.frames is None for one in lengths):
        return lengths
    try:
        places = lay_out(edits, [one[0] if one[1] != "still" else None for one in found])
    except InvalidParamError:
        return lengths
    return [
        ShotLength(place.end - place.start, rate, one.source, place.start)
        for one, place in zip(lengths, places, strict=True)
    ]


Natural = tuple[int | None, Literal["take", "asked", "still", "unknown"]]


def _edited(natural: Natural, rate: FrameRate, asked: int | None, still: int) -> ShotLength:
    frames, source = natural
    if source == "still":
        return ShotLength(still if asked is None else asked, rate, "edits")
    if asked is not None and (frames is None or asked <= frames):
        return ShotLength(asked, rate, "edits")
    return ShotLength(frames, rate, "unknown" if source == "unknown" else source)


def _natural(canvas: Canvas, kinds: Kinds, step: Step, rate: FrameRate) -> Natural:
    """Return a shot's own length in frames of ``rate``, and where it is from."""
    take = shown_take(canvas, step)
    output, kind = _picture(take, step.node, step.wire, kinds)
    if kind == "image" or (take is None and step.wire and "image" in _types(step.node, step.wire.src_port, kinds)):
        return None, "still"
    own = _own_rate(canvas, step)
    count = _whole(output.facts.get("frame_count")) if output else None
    if take and count and own:
        used = take.best.end - take.best.start if take.best else count
        return max(1, frame_at(to_seconds(used, own), rate)), "take"
    asked = _whole(step.node.params.get("duration_ms"))
    return (None, "unknown") if asked is None else (max(1, frame_at(Fraction(asked, 1000), rate)), "asked")


def _alone(canvas: Canvas, kinds: Kinds, step: Step) -> ShotLength:
    """A shot of no film yet: counted at its own rate; a still lasts as long as somebody looks."""
    rate = _own_rate(canvas, step) or _rate(step.node.params.get("rate")) or _FILM_RATE
    frames, source = _natural(canvas, kinds, step, rate)
    return ShotLength(frames, rate, "unknown" if frames is None or source == "still" else source)


def _first_rate(canvas: Canvas, steps: Sequence[Step]) -> FrameRate:
    """Return the first moving clip's rate where a timeline may have it, else 24: as assembling decides."""
    found = next(filter(None, (_own_rate(canvas, step) for step in steps)), _FILM_RATE)
    return found if found in EDIT_RATES else _FILM_RATE


def _own_rate(canvas: Canvas, step: Step) -> FrameRate | None:
    take = shown_take(canvas, step)
    facts: Sequence[Mapping[str, ParamValue]] = [one.facts for one in take.outputs.values()] if take else []
    return next(filter(None, (_rate(one.get("rate")) for one in facts)), None)


def _rate(value: ParamValue | None) -> FrameRate | None:
    if not isinstance(value, str) or value in ("", "auto"):
        return None
    try:
        return parse_media_rate(value)
    except UnknownRateError:
        return None
