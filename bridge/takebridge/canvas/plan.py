"""What to run, in which order and for how much (docs/plans.md). One pass over the canvas, no recursion.

A node of the scope runs when it is STALE or EMPTY, when it is BLOCKED only for want of takes that the plan makes, or
when it is UPSTREAM and a wire that follows the pin comes from a node that runs. All others are left out, with a reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from takebridge.canvas.fingerprint import semantic_params
from takebridge.canvas.graph import WiresIn, all_wires_in, topological
from takebridge.canvas.model import Canvas, Kinds, Node, NodeKind, Take, Wire
from takebridge.canvas.plan_types import (
    Amount,
    Estimator,
    NoProvider,
    Offer,
    Plan,
    Reason,
    Revert,
    Scope,
    Skipped,
    Step,
)
from takebridge.canvas.plan_words import sentence_of
from takebridge.canvas.state import NodeState, Pass, Status
from takebridge.canvas.wiring import get_node, name_of
from takebridge.ids import NodeId

States = Mapping[NodeId, NodeState]

_WANTING = frozenset({Status.STALE, Status.EMPTY, Status.BLOCKED})
_SETTLED_BY_HAND = frozenset({Status.LOCKED, Status.ACCEPTED})


def plan(canvas: Canvas, kinds: Kinds, states: States, scope: Scope, estimate: Estimator) -> Plan:
    """Return the plan for a scope of a canvas whose states are ``states``; see `plan_pass`."""
    wires_in = all_wires_in(canvas)
    found = Pass(canvas, wires_in, {}, topological(canvas, wires_in), dict(states))
    return plan_pass(found, kinds, scope, estimate)


def plan_pass(found: Pass, kinds: Kinds, scope: Scope, estimate: Estimator) -> Plan:
    """Return the plan for a scope of the canvas this pass has looked at.

    ``estimate`` is asked only about nodes that run or may follow. Raises UnknownNodeError for a node of the scope
    that is not on the canvas.
    """
    canvas, states = found.canvas, found.states
    walk = _Walk(canvas, kinds, states, found.wires_in, members(canvas, states, scope), estimate)
    for node_id in found.order:
        walk.visit(canvas.nodes[node_id])
    return _plan(canvas, walk, _reverts(canvas, states, walk.steps))


def members(canvas: Canvas, states: States, scope: Scope) -> frozenset[NodeId]:
    """Return the nodes a scope means. Raises UnknownNodeError."""
    if scope.kind == "stale":
        return _wanting(canvas, states)
    named = [get_node(canvas, node).id for node in scope.nodes]
    return _below(canvas, named) if scope.kind == "downstream" else frozenset(named)


def _wanting(canvas: Canvas, states: States) -> frozenset[NodeId]:
    """Return what has something to make, and the UPSTREAM nodes between: what hangs on them must wait for them, or it
    would be made from takes about to be replaced, and paid for twice."""
    found = {node for node, state in states.items() if state.status in _WANTING}
    feeding: dict[NodeId, list[NodeId]] = {}
    for wire in canvas.wires.values():
        if wire.take is None and states[wire.src_node].status is Status.UPSTREAM:
            feeding.setdefault(wire.dst_node, []).append(wire.src_node)
    waiting = list(found)
    while waiting:
        for above in feeding.get(waiting.pop(), ()):
            if above not in found:
                found.add(above)
                waiting.append(above)
    return frozenset(found)


def _below(canvas: Canvas, start: Iterable[NodeId]) -> frozenset[NodeId]:
    feeds: dict[NodeId, list[NodeId]] = {}
    for wire in canvas.wires.values():
        feeds.setdefault(wire.src_node, []).append(wire.dst_node)
    found = set(start)
    waiting = list(found)
    while waiting:
        for fed in feeds.get(waiting.pop(), ()):
            if fed not in found:
                found.add(fed)
                waiting.append(fed)
    return frozenset(found)


# --- the walk -------------------------------------------------------------------------------------------

_Front = tuple[int, int, int | None]
"""What a node has to wait for: groups before it, and the seconds they take (low, high; None: unknown)."""

_START: _Front = (0, 0, 0)


@dataclass(slots=True)
class _Walk:
    """Visits the nodes from top to bottom and sorts them into steps, skipped and what may follow."""

    canvas: Canvas
    kinds: Kinds
    states: States
    wires_in: WiresIn
    inside: frozenset[NodeId]
    estimate: Estimator
    steps: dict[NodeId, Step] = field(default_factory=dict)
    follow: dict[NodeId, Step] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    fronts: dict[NodeId, _Front] = field(default_factory=dict)

    def visit(self, node: Node) -> None:
        """Decide about one node; those that feed it have been visited."""
        wires = self.wires_in.get(node.id, ())
        front = _START
        if self.fronts and self.states[node.id].status not in _SETTLED_BY_HAND:
            front = self._front(wires)
        verdict = self._verdict(node, wires, front[0]) if node.id in self.inside else None
        if isinstance(verdict, Step):
            self._run(verdict, front)
            return
        if front is not _START:
            self.fronts[node.id] = front
        below = [self.follow[w.src_node].group + 1 for w in wires if w.take is None and w.src_node in self.follow]
        follows = self._following(node, wires, max(below, default=front[0]))
        if follows is not None:
            self.follow[node.id] = follows
        elif verdict is not None:
            self.skipped.append(verdict)

    def _run(self, step: Step, front: _Front) -> None:
        group, low, high = front
        takes = step.seconds_high
        self.steps[step.node] = step
        self.fronts[step.node] = (
            group + 1,
            low + ((step.seconds_low or 0) if step.certain else 0),
            None if high is None or takes is None else high + takes,
        )

    def _front(self, wires: tuple[Wire, ...]) -> _Front:
        above = [self.fronts[w.src_node] for w in wires if w.take is None and w.src_node in self.fronts]
        if not above:
            return _START
        highs = [high for _, _, high in above]
        highest = max(high for high in highs if high is not None) if None not in highs else None
        return (max(front[0] for front in above), max(front[1] for front in above), highest)

    def _verdict(self, node: Node, wires: tuple[Wire, ...], group: int) -> Step | Skipped:
        state, kind = self.states[node.id], self.kinds.get(node.kind)
        if reason := _never(state, kind):
            return _skip(node, *reason)
        certain = True
        if state.status is Status.UPSTREAM:
            if not _follows(wires, self.steps):
                return _skip(node, "fresh", "Its take is up to date; what is above it does not run in this plan.")
            certain = False
        elif state.status is Status.BLOCKED:
            missing = list(self._missing(state, wires))
            if not _all_from(missing, self.steps):
                return _skip(node, "blocked", self._blocked_words(state, missing))
            certain = all(wire is not None and self.steps[wire.src_node].certain for wire in missing)
        offer = self.estimate(node)
        if isinstance(offer, NoProvider):
            return _skip(node, "no_provider", offer.words)
        return _step(node, state, offer, group, certain=certain)

    def _following(self, node: Node, wires: tuple[Wire, ...], group: int) -> Step | None:
        """Return the node as a step when it will probably want a new take because of this plan."""
        state = self.states[node.id]
        if not self.fronts or (node.id in self.inside and state.status is not Status.UPSTREAM):
            return None
        moved = _Either(self.steps, self.follow)
        if not _follows(wires, moved):
            return None
        reason = _never(state, self.kinds.get(node.kind))
        if reason and reason[0] != "fresh":
            return None
        if state.status is Status.BLOCKED and not _all_from(self._missing(state, wires), moved):
            return None
        offer = self.estimate(node)
        return None if isinstance(offer, NoProvider) else _step(node, state, offer, group, certain=False)

    def _missing(self, state: NodeState, wires: tuple[Wire, ...]) -> Iterator[Wire | None]:
        """Yield the wires that carry nothing into the inputs that block, and None for an input without a wire."""
        for port in state.blocked_by:
            into = [wire for wire in wires if wire.dst_port == port]
            if not into:
                yield None
            yield from (wire for wire in into if not self._carries(wire))

    def _carries(self, wire: Wire) -> bool:
        chosen = wire.take or self.canvas.nodes[wire.src_node].pin
        take = self.canvas.takes.get(chosen) if chosen else None
        return take is not None and wire.src_port in take.outputs

    def _lacks_part(self, wire: Wire) -> bool:
        """Say whether the source has a take, and it is only the part that is not there."""
        chosen = wire.take or self.canvas.nodes[wire.src_node].pin
        return chosen in self.canvas.takes and wire.src_node not in self.steps and not self._carries(wire)

    def _blocked_words(self, state: NodeState, missing: list[Wire | None]) -> str:
        if state.problem:
            return state.problem
        lost = next((wire for wire in missing if wire is not None and self._lacks_part(wire)), None)
        if lost is not None:
            return f"“{name_of(self.canvas.nodes[lost.src_node])}” has no {lost.src_port} to give it."
        waits = {wire.src_node for wire in missing if wire is not None} - self.steps.keys()
        if not waits:
            return f"Nothing is wired to its input {' and '.join(state.blocked_by)}."
        names = sorted(f"“{name_of(self.canvas.nodes[node])}”" for node in waits)
        return f"It waits for {' and '.join(names)}, which gets no take in this plan."


@dataclass(frozen=True, slots=True)
class _Either:
    """The keys of two mappings that are still being filled."""

    one: Mapping[NodeId, Step]
    other: Mapping[NodeId, Step]

    def __contains__(self, node: object) -> bool:
        return node in self.one or node in self.other


_Nodes = Mapping[NodeId, Step] | _Either


def _follows(wires: tuple[Wire, ...], moved: _Nodes) -> bool:
    # A wire with a take of its own does not follow the pin.
    return any(wire.take is None and wire.src_node in moved for wire in wires)


def _all_from(missing: Iterable[Wire | None], moved: _Nodes) -> bool:
    """Say whether every missing input can be brought by a node that runs. A node with a problem misses nothing."""
    wires = list(missing)
    return bool(wires) and all(wire is not None and wire.take is None and wire.src_node in moved for wire in wires)


def _never(state: NodeState, kind: NodeKind | None) -> tuple[Reason, str] | None:
    """Return why a node does not run whatever else does."""
    if state.status is Status.LOCKED:
        return "locked", "It is locked."
    if kind is None or state.problem:
        return "blocked", state.problem or "Its kind is not installed."
    if kind.category == "constant":
        return "constant", "Its takes are brought in, not made." if kind.outputs else "It makes nothing."
    if state.status is Status.ACCEPTED:
        return "accepted", "A person accepted its take as it is."
    if state.status is Status.FRESH:
        return "fresh", "Its take is what it would make now."
    if kind.models is None:
        return "manual", "No model makes this kind: its takes are made by hand."
    return None


def _skip(node: Node, reason: Reason, words: str) -> Skipped:
    return Skipped(node=node.id, title=name_of(node), reason=reason, words=words)


def _step(node: Node, state: NodeState, offer: Offer, group: int, *, certain: bool) -> Step:
    return Step(
        node=node.id,
        title=name_of(node),
        expected_fp=state.expected_fp,
        model=offer.model,
        low_micros=offer.low_micros,
        high_micros=offer.high_micros,
        currency=offer.currency,
        seconds_low=offer.seconds_low,
        seconds_high=offer.seconds_high,
        local=offer.local,
        free=offer.high_micros == 0,
        group=group,
        certain=certain,
        notes=offer.notes,
    )


# --- the sums -------------------------------------------------------------------------------------------


def _plan(canvas: Canvas, walk: _Walk, reverts: tuple[Revert, ...]) -> Plan:
    def place(item: Step | Skipped | Revert) -> tuple[int, int, NodeId]:
        """Left to right and top to bottom, as people see them."""
        node = canvas.nodes[item.node]
        return (node.x, node.y, node.id)

    steps = sorted(walk.steps.values(), key=place)
    groups: list[list[Step]] = [[] for _ in range(1 + max((step.group for step in steps), default=-1))]
    for step in steps:
        groups[step.group].append(step)
    follow = sorted(walk.follow.values(), key=lambda step: (step.group, place(step)))
    ends = [walk.fronts[step.node] for step in steps]
    highs = [high for _, _, high in ends]
    draft = Plan(
        groups=tuple(tuple(group) for group in groups),
        skipped=tuple(sorted(walk.skipped, key=place)),
        may_follow=tuple(follow),
        reverts=tuple(sorted(reverts, key=place)),
        now=_amounts(groups[0] if groups else ()),
        whole=_amounts(steps),
        at_most=_amounts([*steps, *follow]),
        unknown_prices=sum(_unknown(step) for step in steps),
        seconds_low=max((low for _, low, _ in ends), default=0),
        seconds_high=None if None in highs else max((high for high in highs if high is not None), default=0),
        digest=_digest(canvas, walk, steps),
    )
    return draft.model_copy(update={"sentence": sentence_of(draft)})


def _unknown(step: Step) -> bool:
    return step.low_micros is None or step.high_micros is None


def _amounts(steps: Iterable[Step]) -> tuple[Amount, ...]:
    """Sum by currency; a step that is not certain adds nothing to the low end."""
    sums: dict[str, list[int]] = {}
    for step in steps:
        total = sums.setdefault(step.currency, [0, 0, 0])
        if step.low_micros is None or step.high_micros is None:
            total[2] += 1
            continue
        total[0] += step.low_micros if step.certain else 0
        total[1] += step.high_micros
    return tuple(
        Amount(currency=currency, low_micros=low, high_micros=high, unknown=unknown)
        for currency, (low, high, unknown) in sorted(sums.items())
    )


def _reverts(canvas: Canvas, states: States, steps: Mapping[NodeId, Step]) -> tuple[Revert, ...]:
    """Find, for nodes that would run, the newest visible take made for what they want now (`pins.revert_candidate`)."""
    wanted = {
        (node, states[node].expected_fp)
        for node in steps
        if states[node].status in (Status.STALE, Status.EMPTY) and states[node].expected_fp is not None
    }
    newest: dict[NodeId, Take] = {}
    for take in canvas.takes.values() if wanted else ():
        if not take.hidden and (take.node_id, take.recipe_fp) in wanted:
            kept = newest.get(take.node_id)
            if kept is None or kept.seq < take.seq:
                newest[take.node_id] = take
    return tuple(Revert(node=node, take=take.id) for node, take in newest.items())


def _digest(canvas: Canvas, walk: _Walk, steps: Iterable[Step]) -> str:
    rows = [
        [step.node, _wants(canvas, walk, step), step.model, step.currency, step.low_micros, step.high_micros]
        for step in sorted(steps, key=lambda step: step.node)
    ]
    return "plan/1:" + sha256(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _wants(canvas: Canvas, walk: _Walk, step: Step) -> str | list[object]:
    """Return what a step is asked to make: its fingerprint or, before there is one, its parameters and its wires."""
    if step.expected_fp is not None:
        return step.expected_fp
    node = canvas.nodes[step.node]
    wires = [[wire.dst_port, wire.src_node, wire.src_port, wire.take] for wire in walk.wires_in.get(node.id, ())]
    return [sorted(semantic_params(walk.kinds[node.kind], node.params).items()), wires]
