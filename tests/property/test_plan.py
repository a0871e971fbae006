"""Plans of any canvas: the order holds, the sums add up, and nothing runs that should not.

Canvases are drawn from a few upscales and references in any acyclic wiring; the reading on the side is recursive and
follows the words of docs/plans.md, not the code.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.canvases import EMPTY, KINDS, add, do, generated, imported, pinned, wire

from takebridge.canvas.model import Canvas, Node
from takebridge.canvas.op_types import Accept, SetLocked, SetParam
from takebridge.canvas.pins import revert_candidate
from takebridge.canvas.plan import members, plan
from takebridge.canvas.plan_types import NoProvider, Offer, Plan, Scope, Step
from takebridge.canvas.state import Status, derive
from takebridge.ids import NodeId, TakeId

UNSETTLED = {Status.EMPTY, Status.BLOCKED, Status.STALE, Status.UPSTREAM}
FOLLOWERS = UNSETTLED | {Status.FRESH}


@dataclass(frozen=True)
class Drawn:
    canvas: Canvas
    scope: Scope
    unpriced: frozenset[str]
    unmade: frozenset[str]

    def offer(self, node: Node) -> Offer | NoProvider:
        if node.id in self.unmade:
            return NoProvider("none")
        number = int(node.id.removeprefix("n"))
        if node.id in self.unpriced:
            return Offer("m", "USD", None, None, None, None, local=False)
        return Offer("m", "USD" if number % 3 else "CHF", number, 2 * number, number, 3 * number, local=True)

    def plan(self, canvas: Canvas | None = None) -> Plan:
        canvas = canvas or self.canvas
        return plan(canvas, KINDS, derive(canvas, KINDS), self.scope, self.offer)


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    count = draw(st.integers(1, 9))
    canvas = EMPTY
    for number in range(count):
        canvas = _grown(draw, canvas, number)
    for number in range(count):
        canvas = _disturbed(draw, canvas, f"n{number}")
    names = st.sampled_from([f"n{number}" for number in range(count)])
    kind = draw(st.sampled_from(["node", "selection", "downstream", "stale"]))
    nodes = draw(st.lists(names, unique=True, min_size=1, max_size=1 if kind == "node" else count))
    scope = Scope.model_validate({"kind": kind, "nodes": [] if kind == "stale" else nodes})
    some = st.frozensets(names, max_size=2)
    return Drawn(canvas, scope, draw(some), draw(some))


def _grown(draw: st.DrawFn, canvas: Canvas, number: int) -> Canvas:
    """Add one node wired to earlier ones, and mostly pin a take on it."""
    name = f"n{number}"
    if number == 0 or draw(st.integers(0, 4)) == 0:
        canvas = do(canvas, add("source_clip", name))
        return pinned(canvas, imported(canvas, name, number)) if draw(st.integers(0, 3)) else canvas
    kind = draw(st.sampled_from(["upscale", "nle_export"]))
    port = "source" if kind == "upscale" else "clips"
    canvas = do(canvas, add(kind, name))
    sources = st.sampled_from([node for node in canvas.nodes if node != name])
    for source in draw(st.lists(sources, unique=True, min_size=0, max_size=1 if kind == "upscale" else 3)):
        canvas = do(canvas, wire(f"{source}.video", f"{name}.{port}", take=_own_take(draw, canvas, source)))
    if derive(canvas, KINDS)[NodeId(name)].expected_fp is not None and draw(st.integers(0, 3)):
        canvas = pinned(canvas, generated(canvas, name, number))
    return canvas


def _own_take(draw: st.DrawFn, canvas: Canvas, source: str) -> str | None:
    pin = canvas.nodes[NodeId(source)].pin
    return pin if pin and draw(st.integers(0, 5)) == 0 else None


def _disturbed(draw: st.DrawFn, canvas: Canvas, name: str) -> Canvas:
    """Leave a node as it is, edit it, re-pin it, accept it, or lock it."""
    node = NodeId(name)
    kind = canvas.nodes[node].kind
    what = draw(st.sampled_from(["nothing", "nothing", "edit", "repin", "accept", "lock"]))
    if what == "edit" and kind == "upscale":
        return do(canvas, SetParam(node=node, name="scale", value=4))
    if what == "repin" and kind == "source_clip":
        return pinned(canvas, imported(canvas, name, 100 + draw(st.integers(0, 3))))
    state = derive(canvas, KINDS)[node]
    pin = canvas.nodes[node].pin
    if what == "accept" and pin and state.status is Status.STALE and state.expected_fp:
        return do(canvas, Accept(node=node, take=TakeId(pin), fp=state.expected_fp))
    return do(canvas, SetLocked(node=node, locked=True)) if what == "lock" else canvas


# --- the reading on the side ----------------------------------------------------------------------------


def below(canvas: Canvas, node: NodeId) -> set[NodeId]:
    fed = {one.dst_node for one in canvas.wires.values() if one.src_node == node}
    return {node}.union(*(below(canvas, one) for one in fed))


def feeding(canvas: Canvas, node: NodeId) -> set[NodeId]:
    """Nodes whose pin the node follows."""
    return {one.src_node for one in canvas.wires.values() if one.dst_node == node and one.take is None}


def above(canvas: Canvas, node: NodeId) -> set[NodeId]:
    """Nodes that a change can come from: locked and accepted nodes let none through."""
    states = derive(canvas, KINDS)
    if states[node].status in (Status.LOCKED, Status.ACCEPTED):
        return set()
    found = feeding(canvas, node)
    return found.union(*(above(canvas, one) for one in found))


def runs(case: Drawn, inside: frozenset[NodeId], node: NodeId) -> bool:
    """Say whether a node runs, from the definition."""
    state = derive(case.canvas, KINDS)[node]
    if node not in inside or node in case.unmade or case.canvas.nodes[node].kind == "source_clip":
        return False
    if state.status in (Status.STALE, Status.EMPTY):
        return True
    if state.status is Status.UPSTREAM:
        return any(runs(case, inside, one) for one in feeding(case.canvas, node))
    if state.status is not Status.BLOCKED:
        return False
    wires = [one for one in case.canvas.wires.values() if one.dst_node == node]
    bare = [one for one in wires if one.take is None and not _has_video(case.canvas, one.src_node)]
    return bool(wires) and all(runs(case, inside, one.src_node) for one in bare)


def _has_video(canvas: Canvas, node: NodeId) -> bool:
    pin = canvas.nodes[node].pin
    return pin is not None and "video" in canvas.takes[pin].outputs


# --- properties -----------------------------------------------------------------------------------------


@given(drawn())
@settings(max_examples=100)
def test_exactly_what_the_definition_says_runs(case: Drawn) -> None:
    inside = members(case.canvas, derive(case.canvas, KINDS), case.scope)
    made = case.plan()
    steps = {step.node for step in made.steps}
    assert steps == {node for node in case.canvas.nodes if runs(case, inside, node)}
    assert all(step.group == number for number, group in enumerate(made.groups) for step in group)
    assert all(made.groups)
    assert [step.node for step in made.steps if not step.certain] == [
        step.node for step in made.steps if not _certain(case, step.node)
    ]


def _certain(case: Drawn, node: NodeId) -> bool:
    status = derive(case.canvas, KINDS)[node].status
    if status is not Status.BLOCKED:
        return status is not Status.UPSTREAM
    bare = [one for one in feeding(case.canvas, node) if not _has_video(case.canvas, one)]
    return all(_certain(case, one) for one in bare)


@given(drawn())
@settings(max_examples=100)
def test_every_node_of_the_scope_is_accounted_for_once(case: Drawn) -> None:
    states = derive(case.canvas, KINDS)
    inside = members(case.canvas, states, case.scope)
    made = case.plan()
    steps, skipped = [step.node for step in made.steps], [item.node for item in made.skipped]
    follow = [step.node for step in made.may_follow]
    assert len({*steps, *skipped, *follow}) == len(steps) + len(skipped) + len(follow)
    assert inside <= {*steps, *skipped, *follow}
    assert {*steps, *skipped} <= inside
    for item in made.skipped:
        expected = {Status.LOCKED: "locked", Status.ACCEPTED: "accepted"}.get(states[item.node].status)
        if expected and case.canvas.nodes[item.node].kind != "source_clip":
            assert item.reason == expected
    for node in follow:
        assert states[node].status in FOLLOWERS
        assert feeding(case.canvas, node) & {*steps, *follow}


@given(drawn())
@settings(max_examples=100)
def test_a_step_waits_for_everything_unsettled_above_it(case: Drawn) -> None:
    made = case.plan()
    group = {step.node: step.group for step in made.steps}
    for step in made.steps:
        before = [group[node] for node in above(case.canvas, step.node) if node in group]
        assert step.group == (1 + max(before) if before else 0)


@given(drawn())
@settings(max_examples=100)
def test_sums_are_sums(case: Drawn) -> None:
    made = case.plan()

    def total(steps: tuple[Step, ...]) -> dict[str, tuple[int, int, int]]:
        found: dict[str, tuple[int, int, int]] = {}
        for step in steps:
            low, high, unknown = found.get(step.currency, (0, 0, 0))
            if step.low_micros is None or step.high_micros is None:
                unknown += 1
            else:
                low, high = low + step.low_micros * step.certain, high + step.high_micros
            found[step.currency] = (low, high, unknown)
        return found

    for amounts, steps in (
        (made.now, made.groups[0] if made.groups else ()),
        (made.whole, made.steps),
        (made.at_most, (*made.steps, *made.may_follow)),
    ):
        assert {one.currency: (one.low_micros, one.high_micros, one.unknown) for one in amounts} == total(steps)
    assert made.unknown_prices == sum(step.node in case.unpriced for step in made.steps)


@given(drawn(), st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_the_order_things_are_stored_in_changes_nothing(case: Drawn, random: object) -> None:
    def shuffled(values: dict) -> dict:  # type: ignore[type-arg]
        items = list(values.items())
        random.shuffle(items)  # type: ignore[attr-defined]
        return dict(items)

    canvas = case.canvas
    parts = {name: shuffled(dict(getattr(canvas, name))) for name in ("nodes", "wires", "takes")}
    assert case.plan(canvas.model_copy(update=parts)) == case.plan()


@given(drawn())
@settings(max_examples=100)
def test_downstream_is_what_hangs_below(case: Drawn) -> None:
    if case.scope.kind == "downstream":
        inside = members(case.canvas, derive(case.canvas, KINDS), case.scope)
        assert inside == set().union(*(below(case.canvas, node) for node in case.scope.nodes))


@given(drawn())
@settings(max_examples=100)
def test_what_can_be_had_back_is_what_the_tray_says(case: Drawn) -> None:
    made = case.plan()
    offered = {one.node: one.take for one in made.reverts}
    for step in made.steps:
        found = revert_candidate(case.canvas, step.node, KINDS)
        assert offered.get(step.node) == (found.id if found else None)
