"""Every kind of op, with the real kinds: what is derived step by step, kept and undone is what is there.

Ops are drawn blindly from what is on the canvas, and a fifth of the names from nowhere; most steps are allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from random import Random
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.canvases import EMPTY, content, do, shot
from tests.support.canvases import KINDS as BUILTIN

from takebridge.canvas.fingerprint import fingerprint, recipe_of
from takebridge.canvas.graph import all_wires_in, topological
from takebridge.canvas.graphfile import read_graph, save_graph, to_ops
from takebridge.canvas.model import Canvas, FrameRange, Node, NodeKind, Output, Port, Take, Wire
from takebridge.canvas.op_types import Op
from takebridge.canvas.ops import (
    OP,
    Accept,
    AddNode,
    AddTake,
    Connect,
    Disconnect,
    InsertGraph,
    MoveNode,
    Pin,
    RateTake,
    RemoveNode,
    RemoveNodes,
    Reorder,
    RestoreNode,
    SetBestRange,
    SetCanvasTitle,
    SetGroup,
    SetLocked,
    SetModel,
    SetParam,
    SetPolicy,
    SetTakeHidden,
    SetTitle,
    SetWireTake,
    Unaccept,
    apply,
)
from takebridge.canvas.state import derive, derive_next, why_stale
from takebridge.errors import UsageError
from takebridge.ids import NodeId, TakeId, WireId

# A kind of another package: it shows what is wired to it and makes nothing.
MONITOR = NodeKind(
    key="monitor",
    title="Monitor",
    category="deterministic",
    inputs=(Port(name="shown", types=frozenset({"video", "image"}), many=True),),
)
KINDS = {**BUILTIN, "monitor": MONITOR}
USED = ("script", "image", "source_clip", "upscale", "extract_frames", "trim", "nle_export", "monitor", "group", "note")
PARTS = ("s01", "s02", "a.b", "S 3", "é")


def drawn(random: Random, there: Sequence[str]) -> str:
    return random.choice(there) if there and random.random() < 0.95 else "nowhere"


class Walk:
    """A canvas, and a source of ops."""

    def __init__(self) -> None:
        self.canvas: Canvas = do(
            shot(), AddNode(id=NodeId("text"), kind="script"), AddNode(id=NodeId("image"), kind="image")
        )
        self.numbers = count(1)

    def op(self, random: Random) -> Op | None:
        few = len(self.canvas.nodes) < 6
        name = random.choice(
            [*DRAWN, *OFTEN] if not few else ["add_node", "insert_graph", "add_take", "connect", "pin"]
        )
        return DRAWN[name](self, random)

    def new(self, prefix: str) -> str:
        return f"{prefix}{next(self.numbers)}"

    def node(self, random: Random) -> NodeId:
        return NodeId(drawn(random, list(self.canvas.nodes)))

    def wire(self, random: Random) -> WireId:
        return WireId(drawn(random, list(self.canvas.wires)))

    def take(self, random: Random, node: str | None = None) -> TakeId:
        mine = [take.id for take in self.canvas.takes.values() if take.node_id == node]
        return TakeId(drawn(random, mine if mine and random.random() < 0.9 else list(self.canvas.takes)))

    def made(self, random: Random, node: NodeId, seq: int) -> Take | None:
        """A take as a job or a person brings it; files are few, so equal content is frequent."""
        if node not in self.canvas.nodes or not KINDS[self.canvas.nodes[node].kind].outputs:
            return None
        recipe = None
        if random.random() < 0.7:
            try:
                recipe = recipe_of(self.canvas, node, KINDS)
            except UsageError:
                recipe = None
        outputs: dict[str, Output] = {}
        for port in KINDS[self.canvas.nodes[node].kind].outputs:
            names = (
                [f"{port.name}.{part}" for part in PARTS[:3] if random.random() < 0.8] if port.parts else [port.name]
            )
            for name in names:
                frames = {"frame_count": random.choice([0, 24, 100])}
                outputs[name] = Output(content=content(random.randint(1, 4)), facts=frames)
        if not outputs:
            return None
        return Take(
            id=TakeId(self.new("t")),
            node_id=node,
            seq=seq,
            origin="generated",
            recipe=recipe,
            recipe_fp=fingerprint(recipe) if recipe else None,
            outputs=outputs,
        )

    # --- ops

    def add_node(self, random: Random) -> Op:
        return AddNode(id=NodeId(self.new("n")), kind=random.choice(USED))

    def connect(self, random: Random) -> Op | None:
        source, target = self.node(random), self.node(random)
        if random.random() < 0.1 or not {source, target} <= self.canvas.nodes.keys():
            out, into = "video", "source"
        else:
            outs = KINDS[self.canvas.nodes[source].kind].outputs
            ins = KINDS[self.canvas.nodes[target].kind].inputs
            pairs = [(one, other) for one in outs for other in ins if one.types <= other.types]
            if not pairs:
                return None
            port, other = random.choice(pairs)
            out, into = f"{port.name}.{random.choice(PARTS)}" if port.parts else port.name, other.name
        return Connect(
            id=WireId(self.new("w")),
            src_node=source,
            src_port=out,
            dst_node=target,
            dst_port=into,
            order=random.choice([None, None, -1, 5]),
            take=self.take(random, source) if random.random() < 0.2 else None,
        )

    def insert_graph(self, random: Random) -> Op:
        """A group with a made clip in it, wired to something that is there; sometimes somebody joins the group."""
        group, clip = NodeId(self.new("g")), NodeId(self.new("n"))
        take = Take(
            id=TakeId(self.new("t")),
            node_id=clip,
            seq=random.choice([1, 4]),
            origin="imported",
            outputs={"video": Output(content=content(1), facts={"frame_count": 50})},
            best=random.choice([None, FrameRange(start=3, end=9), FrameRange(start=3, end=60)]),
            hidden=random.random() < 0.1,
        )
        nodes = (
            Node(id=group, kind="group"),
            Node(
                id=clip,
                kind="source_clip",
                group=random.choice([None, group, group, self.node(random)]),
                pin=random.choice([None, take.id]),
            ),
        )
        target = self.node(random)
        ports = KINDS[self.canvas.nodes[target].kind].inputs if target in self.canvas.nodes else ()
        wires = (
            Wire(
                id=WireId(self.new("w")),
                src_node=clip,
                src_port="video",
                dst_node=target,
                dst_port=drawn(random, [port.name for port in ports if "video" in port.types]),
                take=random.choice([None, take.id]),
            ),
        )
        joins = {self.node(random): random.choice([group, group, self.node(random)])} if random.random() < 0.3 else {}
        wires = wires if ports and random.random() < 0.7 else ()
        return InsertGraph(nodes=nodes, wires=wires, takes=(take,), members=joins)

    def restore_node(self, random: Random) -> Op:
        return RestoreNode(node=Node(id=NodeId(self.new("n")), kind=random.choice(USED)))

    def add_take(self, random: Random) -> Op | None:
        node = self.node(random)
        take = self.made(random, node, self.canvas.next_seq(node))
        return AddTake(take=take) if take else None

    def pin(self, random: Random) -> Op:
        node = self.node(random)
        there = self.canvas.nodes.get(node)
        expected = there.pin if there and random.random() < 0.9 else None
        return Pin(node=node, take=random.choice([self.take(random, node), None]), expected=expected)

    def verdict(self, random: Random, of: type[Accept] | type[Unaccept]) -> Op | None:
        states = derive(self.canvas, KINDS)
        able = [node for node in self.canvas.nodes.values() if node.pin and states[node.id].expected_fp]
        if not able:
            return None
        node = random.choice(able)
        return of(node=node.id, take=node.pin, fp=states[node.id].expected_fp)

    def best(self, random: Random) -> Op:
        ranges = [None, FrameRange(start=0, end=24), FrameRange(start=10, end=20), FrameRange(start=30, end=90)]
        return SetBestRange(take=self.take(random), best=random.choice(ranges))

    def group(self, random: Random) -> NodeId:
        return NodeId(drawn(random, [node.id for node in self.canvas.nodes.values() if node.kind == "group"]))

    def carry(self, random: Random) -> Op:
        wire = self.wire(random)
        source = self.canvas.wires[wire].src_node if wire in self.canvas.wires else None
        return SetWireTake(wire=wire, take=random.choice([None, self.take(random, source)]))

    def param(self, random: Random) -> Op:
        node = self.node(random)
        there = self.canvas.nodes.get(node)
        name = drawn(random, [spec.name for spec in KINDS[there.kind].params] if there else [])
        return SetParam(node=node, name=name, value=random.choice(["rain", 4, 2, 7, "random", None]))


OFTEN = ("add_node", "add_take", "pin", "connect") * 5
DRAWN: dict[str, Callable[[Walk, Random], Op | None]] = {
    "add_node": Walk.add_node,
    "remove_node": lambda w, r: RemoveNode(node=w.node(r)),
    "remove_nodes": lambda w, r: RemoveNodes(nodes=(w.node(r), w.node(r))),
    "insert_graph": Walk.insert_graph,
    "restore_node": Walk.restore_node,
    "set_param": Walk.param,
    "set_title": lambda w, r: SetTitle(node=w.node(r), title="T"),
    "move_node": lambda w, r: MoveNode(node=w.node(r), x=r.randint(-9, 9), y=3),
    "set_model": lambda w, r: SetModel(node=w.node(r), model=r.choice(["", "x/y"])),
    "set_policy": lambda w, r: SetPolicy(node=w.node(r), policy=r.choice(["manual", "free"])),
    "set_group": lambda w, r: SetGroup(node=w.node(r), group=r.choice([None, w.group(r), w.group(r), w.node(r)])),
    "set_canvas_title": lambda w, r: SetCanvasTitle(title="Canvas"),
    "connect": Walk.connect,
    "disconnect": lambda w, r: Disconnect(wire=w.wire(r)),
    "reorder": lambda w, r: Reorder(wire=w.wire(r), order=r.randint(-3, 3)),
    "set_wire_take": Walk.carry,
    "pin": Walk.pin,
    "accept": lambda w, r: w.verdict(r, Accept),
    "unaccept": lambda w, r: w.verdict(r, Unaccept),
    "set_locked": lambda w, r: SetLocked(node=w.node(r), locked=r.random() < 0.5),
    "add_take": Walk.add_take,
    "set_take_hidden": lambda w, r: SetTakeHidden(take=w.take(r), hidden=r.random() < 0.6),
    "rate_take": lambda w, r: RateTake(take=w.take(r), rating=r.choice([None, "keep"])),
    "set_best_range": Walk.best,
}


def test_every_op_is_drawn() -> None:
    assert set(DRAWN) == {kind.model_fields["op"].default for kind in get_args(get_args(Op)[0])}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 2**32), min_size=60, max_size=120))
def test_any_ops_leave_a_canvas_that_is_sound_kept_and_undone(seeds: list[int]) -> None:
    walk = Walk()
    found = derive_next(None, walk.canvas, KINDS)
    for seed in seeds:
        op = walk.op(Random(seed))
        if op is None:
            continue
        before = walk.canvas
        try:
            done = apply(before, OP.validate_json(OP.dump_json(op)), KINDS)
        except UsageError:
            continue
        undone(before, done.canvas, OP.validate_json(OP.dump_json(done.inverse)))
        walk.canvas = done.canvas
        found = derive_next(found, walk.canvas, KINDS)
        assert found.states == derive(walk.canvas, KINDS), op
        kept(walk.canvas)
        sound(walk.canvas)
    recipes(walk.canvas)
    copied(walk.canvas)


def undone(before: Canvas, after: Canvas, inverse: Op) -> None:
    back = apply(after, inverse, KINDS).canvas
    assert (back.nodes, back.wires) == (before.nodes, before.wires)
    assert back.title == (before.title or "Canvas") or back.title == before.title
    # Takes are never lost: added ones are hidden or orphans.
    assert all(back.takes[key] == take for key, take in before.takes.items())
    for key in back.takes.keys() - before.takes.keys():
        assert back.takes[key].hidden or back.takes[key].node_id not in back.nodes


def kept(canvas: Canvas) -> None:
    """What the database reads back is what was written."""
    for value in (*canvas.nodes.values(), *canvas.wires.values(), *canvas.takes.values()):
        assert type(value).model_validate_json(value.model_dump_json()) == value


def sound(canvas: Canvas) -> None:
    topological(canvas, all_wires_in(canvas))
    for node in canvas.nodes.values():
        pins = [take for take in (node.pin, *(take for take, _ in node.accepted)) if take is not None]
        assert all(canvas.takes[take].node_id == node.id for take in pins)
        assert node.pin is None or not canvas.takes[node.pin].hidden
        assert node.group is None or (canvas.nodes[node.group].kind == "group" and node.kind != "group")
    for wire in canvas.wires.values():
        assert wire.take is None or (canvas.takes[wire.take].node_id == wire.src_node)
    numbers = [(take.node_id, take.seq) for take in canvas.takes.values()]
    assert len(set(numbers)) == len(numbers)
    for take in canvas.takes.values():
        frames = [out.facts["frame_count"] for out in take.outputs.values() if out.facts.get("frame_count")]
        assert take.best is None or all(take.best.end <= int(count) for count in frames)


def recipes(canvas: Canvas) -> None:
    for node, state in derive(canvas, KINDS).items():
        if state.expected_fp is None:
            continue
        recipe = recipe_of(canvas, node, KINDS)
        assert state.expected_fp == fingerprint(recipe)
        pin = canvas.nodes[node].pin
        made_for = canvas.takes[pin].recipe if pin else None
        if made_for is not None:
            changes = why_stale(canvas, node, KINDS)
            assert bool(changes) == (fingerprint(made_for) != state.expected_fp)
            assert all(change.before != change.after for change in changes)


def copied(canvas: Canvas) -> None:
    """A canvas saved to a file and loaded is the same canvas under other ids."""
    if not canvas.nodes:
        return
    graph = read_graph(save_graph(canvas, takes="all").model_dump_json())
    numbers = count(1)
    other = EMPTY
    for op in to_ops(graph, KINDS, lambda prefix: f"new_{prefix}{10**6 - next(numbers)}", (0, 0)):
        other = apply(other, op, KINDS).canvas
    nodes = {key: node.model_copy(update={"accepted": frozenset()}) for key, node in canvas.nodes.items()}
    here, there = derive(canvas.model_copy(update={"nodes": nodes}), KINDS), derive(other, KINDS)
    assert [there[node] for node in other.nodes] == [here[node.id] for node in graph.nodes]
