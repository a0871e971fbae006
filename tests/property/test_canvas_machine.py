"""Any run of ops and undos keeps the canvas sound, and its states are those of a plain recursive reading.

The model on the side knows nodes, wires and takes as plain dicts, its own table of ports, its own rules of what may
be done, and its own hashing. It shares no code with the canvas.
"""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.support.canvases import EMPTY, content
from tests.support.canvases import KINDS as BUILTIN

from takebridge.canvas.fingerprint import fingerprint, recipe_of
from takebridge.canvas.model import Canvas, NodeKind, Output, Port, Take
from takebridge.canvas.ops import (
    OP,
    Accept,
    AddNode,
    AddTake,
    Connect,
    Disconnect,
    Op,
    Pin,
    RemoveNode,
    Reorder,
    SetLocked,
    SetModel,
    SetParam,
    SetTakeHidden,
    SetWireTake,
    Unaccept,
    apply,
)
from takebridge.canvas.state import Pass, derive, derive_next
from takebridge.errors import UsageError
from takebridge.ids import NodeId, TakeId, WireId

# The built-in export has grown many inputs; an ordered one is what matters here.
EXPORT = NodeKind(
    key="nle_export",
    title="Export",
    category="deterministic",
    inputs=(Port(name="clips", types=frozenset({"video"}), required=True, many=True),),
    outputs=(Port(name="timeline", types=frozenset({"timeline"})),),
)
KINDS = {**BUILTIN, "nle_export": EXPORT}
OUT = {
    "source_clip": "video",
    "reference": "image",
    "upscale": "video",
    "previz": "video",
    "nle_export": "timeline",
}
# input: (what it takes, required, many)
IN: dict[str, dict[str, tuple[str, bool, bool]]] = {
    "source_clip": {},
    "reference": {},
    "upscale": {"source": ("video", True, False)},
    "previz": {"references": ("image", False, True), "source": ("video", False, False)},
    "nle_export": {"clips": ("video", True, True)},
}
PARAMS: dict[str, dict[str, Any]] = {
    "upscale": {"scale": 2},
    "previz": {"prompt": "", "style": "panel", "title": "", "camera_note": "", "seed": "random"},
}
ALLOWED = {
    "scale": (2, 4),
    "style": ("panel", "kenburns", "parallax"),
    "prompt": ("", "rain"),
    "seed": ("random", 7),
}
MODELS = {"upscale": "local/span-x2", "previz": "local/previz-1"}
CONSTANT = ("source_clip", "reference")


@dataclass
class Plain:
    """The canvas as plain dicts."""

    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    wires: dict[str, dict[str, Any]] = field(default_factory=dict)
    takes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def wires_into(self, node: str, port: str) -> list[dict[str, Any]]:
        found = [w for w in self.wires.values() if (w["dst"], w["port"]) == (node, port)]
        return sorted(found, key=lambda w: (w["order"], w["id"]))

    def carried(self, wire: dict[str, Any]) -> int | None:
        take = wire["take"] or self.nodes[wire["src"]]["pin"]
        return self.takes[take]["file"] if take else None

    def reaches(self, start: str, goal: str) -> bool:
        return start == goal or any(self.reaches(w["dst"], goal) for w in self.wires.values() if w["src"] == start)

    def missing(self, node: str) -> tuple[str, ...]:
        def lacks(port: str) -> bool:
            carried = [self.carried(w) for w in self.wires_into(node, port)]
            return not carried or None in carried

        ports = IN[self.nodes[node]["kind"]]
        return tuple(port for port, (_, required, _) in ports.items() if required and lacks(port))

    def expected(self, node: str) -> str | None:
        this = self.nodes[node]
        if this["kind"] in CONSTANT or self.missing(node):
            return None
        feeds = []
        for port in sorted(IN[this["kind"]]):
            files = [file for file in (self.carried(w) for w in self.wires_into(node, port)) if file is not None]
            feeds += [[port, rank, f"b3:{file:064x}"] for rank, file in enumerate(files)]
        params = {**PARAMS.get(this["kind"], {}), **this["params"]}
        whole = ["fp/1", this["kind"], 1, params, feeds, this["model"]]
        body = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return "fp/1:" + hashlib.sha256(body.encode()).hexdigest()

    def status(self, node: str) -> str:
        this = self.nodes[node]
        if this["locked"]:
            return "locked"
        if self.missing(node):
            return "blocked"
        if this["pin"] is None:
            return "empty"
        expected = self.expected(node)
        if this["kind"] not in CONSTANT and self.takes[this["pin"]]["fp"] != expected:
            return "accepted" if (this["pin"], expected) in this["accepted"] else "stale"
        above = [w["src"] for w in self.wires.values() if w["dst"] == node and w["take"] is None]
        return (
            "upstream" if any(self.status(n) in ("empty", "blocked", "stale", "upstream") for n in above) else "fresh"
        )

    def drifted(self, node: str) -> bool:
        this = self.nodes[node]
        if not this["locked"] or this["pin"] is None or this["kind"] in CONSTANT:
            return False
        expected = self.expected(node)
        return expected is None or self.takes[this["pin"]]["fp"] != expected

    def usable(self, take: str | None, node: str) -> bool:
        return take is None or (self.takes[take]["node"] == node and not self.takes[take]["hidden"])

    def used(self, take: str) -> bool:
        return any(node["pin"] == take for node in self.nodes.values()) or any(
            wire["take"] == take for wire in self.wires.values()
        )


picks = st.integers(0, 10**6)
EVERY_PORT = sorted({port for ports in IN.values() for port in ports})


class CanvasMachine(RuleBasedStateMachine):
    """Runs ops against the canvas and the plain model side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.canvas: Canvas = EMPTY
        self.plain = Plain()
        self.done: list[tuple[Canvas, Plain, Op]] = []
        self.counter = 0
        self.last: Pass | None = None

    def pick(self, table: dict[str, Any], number: int) -> str:
        return sorted(table)[number % len(table)]

    def take(self, number: int, node: str | None = None) -> str | None:
        """Pick a take (or none), half the time one of this node."""
        ids = sorted(t for t, take in self.plain.takes.items() if node is None or number % 2 or take["node"] == node)
        return [None, *ids][(number // 2) % (len(ids) + 1)]

    def new_id(self, prefix: str) -> str:
        self.counter += 1
        return f"{prefix}{self.counter:03}"

    def attempt(self, op: Op, allowed: bool, after: Plain) -> None:
        """Apply the op; it must work exactly when the model says so."""
        op = OP.validate_json(OP.dump_json(op))
        before = self.canvas
        try:
            applied = apply(before, op, KINDS)
        except UsageError as error:
            assert not allowed, f"{op} was refused: {error}"
            assert error.message
            assert self.canvas is before
            return
        assert allowed, f"{op} should have been refused"
        self.done.append((before, self.plain, applied.inverse))
        self.canvas, self.plain = applied.canvas, after

    def changed(self) -> Plain:
        return copy.deepcopy(self.plain)

    @initialize()
    def begin_with_a_finished_shot(self) -> None:
        for kind in ("source_clip", "reference", "previz", "upscale", "upscale", "nle_export"):
            self.add_node(kind)
        clip, hero, panel, up, up2, cut = sorted(self.plain.nodes)
        for source, target, port in (
            (clip, panel, "source"),
            (hero, panel, "references"),
            (panel, up, "source"),
            (up, up2, "source"),
            (up2, cut, "clips"),
            (clip, cut, "clips"),
        ):
            self.lay(source, target, port, None, None)
        for file, node in enumerate((clip, hero, panel, up, up2, cut)):
            self.make_take(node, file % 4 + 1, bring_in=False, pin=True)
        assert {self.plain.status(node) for node in self.plain.nodes} == {"fresh"}
        self.done.clear()

    # --- nodes and wires

    @precondition(lambda self: len(self.plain.nodes) < 9)
    @rule(kind=st.sampled_from(sorted(OUT)))
    def add_node(self, kind: str) -> None:
        after, node = self.changed(), self.new_id("n")
        after.nodes[node] = {
            "kind": kind,
            "params": {},
            "model": MODELS.get(kind, ""),
            "pin": None,
            "locked": False,
            "accepted": set(),
        }
        self.attempt(AddNode(id=NodeId(node), kind=kind), True, after)

    @precondition(lambda self: len(self.plain.nodes) > 3)
    @rule(number=picks)
    def remove_node(self, number: int) -> None:
        after, node = self.changed(), self.pick(self.plain.nodes, number)
        del after.nodes[node]
        after.wires = {key: w for key, w in after.wires.items() if node not in (w["src"], w["dst"])}
        self.attempt(RemoveNode(node=NodeId(node)), True, after)

    @precondition(lambda self: self.plain.nodes)
    @rule(src=picks, dst=picks, port=st.sampled_from(EVERY_PORT), order=st.none() | st.integers(-3, 3), take=picks)
    def connect(self, src: int, dst: int, port: str, order: int | None, take: int) -> None:
        source, target = self.pick(self.plain.nodes, src), self.pick(self.plain.nodes, dst)
        self.lay(source, target, port, order, self.take(take, source) if take % 3 == 0 else None)

    @rule(number=picks, order=st.none() | st.integers(-3, 3))
    def connect_what_fits(self, number: int, order: int | None) -> None:
        kinds = {node: this["kind"] for node, this in self.plain.nodes.items()}
        fitting = [
            (source, target, port)
            for source in sorted(kinds)
            for target in sorted(kinds)
            for port, (takes, _, many) in IN[kinds[target]].items()
            if takes == OUT[kinds[source]] and (many or not self.plain.wires_into(target, port))
        ]
        if fitting:
            source, target, port = fitting[number % len(fitting)]
            self.lay(source, target, port, order, None)

    def lay(self, source: str, target: str, port: str, order: int | None, own: str | None) -> None:
        plain, after = self.plain, self.changed()
        out, into = OUT[plain.nodes[source]["kind"]], IN[plain.nodes[target]["kind"]].get(port)
        there = plain.wires_into(target, port)
        allowed = (
            into is not None
            and into[0] == out
            and (into[2] or not there)
            and not plain.reaches(target, source)
            and plain.usable(own, source)
        )
        wire = self.new_id("w")
        key = order if order is not None else max((w["order"] for w in there), default=-1) + 1
        after.wires[wire] = {"id": wire, "src": source, "dst": target, "port": port, "order": key, "take": own}
        op = Connect(
            id=WireId(wire),
            src_node=NodeId(source),
            src_port=out,
            dst_node=NodeId(target),
            dst_port=port,
            order=order,
            take=TakeId(own) if own else None,
        )
        self.attempt(op, allowed, after)

    @precondition(lambda self: self.plain.wires)
    @rule(number=picks)
    def disconnect(self, number: int) -> None:
        after, wire = self.changed(), self.pick(self.plain.wires, number)
        del after.wires[wire]
        self.attempt(Disconnect(wire=WireId(wire)), True, after)

    @precondition(lambda self: self.plain.wires)
    @rule(number=picks, order=st.integers(-3, 3))
    def reorder(self, number: int, order: int) -> None:
        after, wire = self.changed(), self.pick(self.plain.wires, number)
        after.wires[wire]["order"] = order
        self.attempt(Reorder(wire=WireId(wire), order=order), True, after)

    @precondition(lambda self: self.plain.wires)
    @rule(number=picks, take=picks)
    def set_wire_take(self, number: int, take: int) -> None:
        after, wire = self.changed(), self.pick(self.plain.wires, number)
        source = self.plain.wires[wire]["src"]
        own = self.take(take, source)
        after.wires[wire]["take"] = own
        op = SetWireTake(wire=WireId(wire), take=TakeId(own) if own else None)
        self.attempt(op, self.plain.usable(own, source), after)

    # --- what a node is told

    @precondition(lambda self: self.plain.nodes)
    @rule(number=picks, value=st.sampled_from([2, 4, 7, "panel", "rain", "random", None]))
    def set_param(self, number: int, value: Any) -> None:
        after, node = self.changed(), self.pick(self.plain.nodes, number)
        names = [name for name in ALLOWED if name in PARAMS.get(self.plain.nodes[node]["kind"], {})]
        name = [*names, "scale", "volume"][number % (len(names) + 2)]
        known = name in PARAMS.get(self.plain.nodes[node]["kind"], {})
        fits = value is None or value in ALLOWED.get(name, ()) or (name == "prompt" and isinstance(value, str))
        fits = fits or (name == "seed" and isinstance(value, int))
        if value is None:
            after.nodes[node]["params"].pop(name, None)
        else:
            after.nodes[node]["params"][name] = value
        self.attempt(SetParam(node=NodeId(node), name=name, value=value), known and fits, after)

    @precondition(lambda self: self.plain.nodes)
    @rule(number=picks, model=st.sampled_from(["", "elsewhere/x"]))
    def set_model(self, number: int, model: str) -> None:
        after, node = self.changed(), self.pick(self.plain.nodes, number)
        after.nodes[node]["model"] = model
        allowed = not model or self.plain.nodes[node]["kind"] in MODELS
        self.attempt(SetModel(node=NodeId(node), model=model), allowed, after)

    @precondition(lambda self: self.plain.nodes)
    @rule(number=picks, locked=st.booleans())
    def set_locked(self, number: int, locked: bool) -> None:
        after, node = self.changed(), self.pick(self.plain.nodes, number)
        after.nodes[node]["locked"] = locked
        self.attempt(SetLocked(node=NodeId(node), locked=locked), True, after)

    # --- takes and pins

    @precondition(lambda self: self.plain.nodes)
    @rule(number=picks, file=st.integers(1, 4), bring_in=st.booleans(), pin=st.booleans())
    def add_take(self, number: int, file: int, bring_in: bool, pin: bool) -> None:
        self.make_take(self.pick(self.plain.nodes, number), file, bring_in, pin)

    def make_take(self, node: str, file: int, bring_in: bool, pin: bool) -> None:
        expected = self.plain.expected(node)
        recipe = None if bring_in or expected is None else recipe_of(self.canvas, NodeId(node), KINDS)
        take = Take(
            id=TakeId(self.new_id("t")),
            node_id=NodeId(node),
            seq=1 + sum(t["node"] == node for t in self.plain.takes.values()),
            origin="generated" if recipe else "imported",
            recipe=recipe,
            recipe_fp=fingerprint(recipe) if recipe else None,
            outputs={OUT[self.plain.nodes[node]["kind"]]: Output(content=content(file))},
        )
        after = self.changed()
        after.takes[take.id] = {"node": node, "file": file, "fp": expected if recipe else None, "hidden": False}
        self.attempt(AddTake(take=take), True, after)
        if pin:
            self.pin_to(node, take.id, honest=True)

    @precondition(lambda self: self.plain.nodes)
    @rule(number=picks, take=picks, honest=st.booleans())
    def pin(self, number: int, take: int, honest: bool) -> None:
        node = self.pick(self.plain.nodes, number)
        self.pin_to(node, self.take(take, node), honest)

    def pin_to(self, node: str, take: str | None, honest: bool) -> None:
        after, was = self.changed(), self.plain.nodes[node]["pin"]
        expected = was if honest else TakeId("another")
        after.nodes[node]["pin"] = take
        op = Pin(node=NodeId(node), take=TakeId(take) if take else None, expected=expected)
        self.attempt(op, honest and self.plain.usable(take, node), after)

    @precondition(lambda self: self.plain.nodes)
    @rule(number=picks, back=st.booleans(), late=st.sampled_from([False, False, False, True]))
    def accept(self, number: int, back: bool, late: bool) -> None:
        stale = {node: 1 for node in self.plain.nodes if self.plain.status(node) in ("stale", "accepted")}
        after, node = self.changed(), self.pick(stale or self.plain.nodes, number)
        pin, expected = self.plain.nodes[node]["pin"], self.plain.expected(node)
        take, fp = TakeId(pin or "none"), "fp/1:older" if late else expected or ""
        if back:
            after.nodes[node]["accepted"].discard((take, fp))
        else:
            after.nodes[node]["accepted"].add((take, fp))
        op: Op = (Unaccept if back else Accept)(node=NodeId(node), take=take, fp=fp)
        self.attempt(op, pin is not None and expected is not None and not late, after)

    @precondition(lambda self: self.plain.takes)
    @rule(number=picks, hidden=st.booleans())
    def hide(self, number: int, hidden: bool) -> None:
        after, take = self.changed(), self.pick(self.plain.takes, number)
        after.takes[take]["hidden"] = hidden
        allowed = not hidden or not self.plain.used(take)
        self.attempt(SetTakeHidden(take=TakeId(take), hidden=hidden), allowed, after)

    @precondition(lambda self: self.done)
    @rule(steps=st.integers(1, 4))
    def undo(self, steps: int) -> None:
        for _ in range(min(steps, len(self.done))):
            before, plain, inverse = self.done.pop()
            self.canvas = apply(self.canvas, OP.validate_json(OP.dump_json(inverse)), KINDS).canvas
            added = set(self.canvas.takes) - set(before.takes)
            assert all(self.canvas.takes[take].hidden for take in added), "an undone take is hidden, not gone"
            kept = {key: take for key, take in self.canvas.takes.items() if key not in added}
            assert self.canvas.model_copy(update={"takes": kept}) == before
            ghosts = {str(take): self.plain.takes[take] | {"hidden": True} for take in added}
            self.plain = copy.deepcopy(plain)
            self.plain.takes |= ghosts

    # --- what always holds

    @invariant()
    def states_are_those_of_a_plain_reading(self) -> None:
        states = derive(self.canvas, KINDS)
        self.last = derive_next(self.last, self.canvas, KINDS)
        assert self.last.states == states
        read = {node: (self.plain.status(node), self.plain.expected(node)) for node in self.plain.nodes}
        assert {str(node): (state.status.value, state.expected_fp) for node, state in states.items()} == read
        for node, state in states.items():
            assert state.blocked_by == self.plain.missing(node)
            assert state.drifted is self.plain.drifted(node)
            assert state.problem == ""

    @invariant()
    def the_canvas_says_what_the_model_says(self) -> None:
        canvas, plain = self.canvas, self.plain
        assert {str(n.id): (n.kind, n.pin) for n in canvas.nodes.values()} == {
            k: (n["kind"], n["pin"]) for k, n in plain.nodes.items()
        }
        assert {str(node.id): set(node.accepted) for node in canvas.nodes.values()} == {
            k: n["accepted"] for k, n in plain.nodes.items()
        }
        assert {str(w.id): (w.src_node, w.dst_node, w.dst_port, w.order, w.take) for w in canvas.wires.values()} == {
            k: (w["src"], w["dst"], w["port"], w["order"], w["take"]) for k, w in plain.wires.items()
        }
        assert {str(t.id): (t.node_id, t.hidden) for t in canvas.takes.values()} == {
            k: (t["node"], t["hidden"]) for k, t in plain.takes.items()
        }

    @invariant()
    def it_is_acyclic_and_nothing_points_nowhere(self) -> None:
        for wire in self.canvas.wires.values():
            assert {wire.src_node, wire.dst_node} <= set(self.canvas.nodes)
            assert not self.plain.reaches(wire.dst_node, wire.src_node)
        chosen = [(n.id, n.pin) for n in self.canvas.nodes.values()]
        chosen += [(w.src_node, w.take) for w in self.canvas.wires.values()]
        for node, take in chosen:
            if take is not None:
                assert self.canvas.takes[take].node_id == node
                assert not self.canvas.takes[take].hidden

    def teardown(self) -> None:
        assert Canvas.model_validate_json(self.canvas.model_dump_json()) == self.canvas


CanvasMachine.TestCase.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
TestCanvas = CanvasMachine.TestCase
