"""Ten clients edit one canvas at once over lost connections: all of them end with the server's canvas."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.support.canvas_server import CanvasServer, canvas_server
from tests.support.canvases import add, wire
from tests.support.server import PATIENCE

from takebridge.canvas.ops import Disconnect, MoveNode, Op, RemoveNode, SetParam, SetTitle
from takebridge.client.http import BridgeClient
from takebridge.client.mirror import CanvasMirror
from takebridge.errors import UsageError
from takebridge.ids import NodeId, OpId, WireId

CLIENTS = 10
EDITS = 30
SEED = 20260914


@dataclass
class Editor:
    """One client: edits what it sees, sometimes sends an edit twice, sometimes loses its connection."""

    number: int
    mirror: CanvasMirror
    chance: random.Random
    accepted: dict[OpId, int] = field(default_factory=dict)
    """Ops per accepted edit."""
    refused: int = 0
    cuts: int = 0
    failure: BaseException | None = None

    def run(self) -> None:
        try:
            for edit in range(EDITS):
                if self.chance.random() < 0.2:
                    self.mirror.live.drop()
                    self.cuts += 1
                self._edit(OpId(f"op_{self.number}_{edit}"), self._ops(edit))
        except BaseException as failure:  # noqa: BLE001 - told by the test
            self.failure = failure

    def _edit(self, op_id: OpId, ops: list[Op]) -> None:
        author = f"editor {self.number}"
        try:
            rev = self.mirror.apply(ops, author=author, op_id=op_id).rev
            if self.chance.random() < 0.2:  # the answer was lost: ask again
                assert self.mirror.apply(ops, author=author, op_id=op_id).rev >= rev
        except UsageError:  # somebody else was quicker: what it was about is gone or taken
            self.refused += 1
        else:
            self.accepted[op_id] = len(ops)

    def _ops(self, edit: int) -> list[Op]:
        """Half of the edits touch what others touch too."""
        mine = f"n{self.number}_{edit}"
        nodes = sorted(self.mirror.canvas.nodes)
        wires = sorted(self.mirror.canvas.wires)
        anyone = NodeId(self.chance.choice(nodes)) if nodes else NodeId("ghost")
        makers: list[list[Op]] = [
            [add("reference", mine)],
            [add("reference", mine), add("previz", f"{mine}p"), wire(f"{mine}.image", f"{mine}p.references")],
            [MoveNode(node=anyone, x=self.chance.randrange(1000), y=edit)],
            [SetTitle(node=anyone, title=f"{self.number} was here")],
            [RemoveNode(node=anyone)],
            [Disconnect(wire=WireId(self.chance.choice(wires) if wires else "ghost"))],
            [SetParam(node=anyone, name="prompt", value=f"{self.number}, {edit}")],
            [MoveNode(node=NodeId("shared"), x=self.number, y=edit)],
        ]
        return self.chance.choices(makers, weights=[3, 3, 2, 2, 1, 1, 2, 2])[0]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[CanvasServer]:
    with canvas_server(tmp_path / "home") as running:
        yield running


def test_ten_clients_editing_at_once_converge(server: CanvasServer) -> None:
    seeds = random.Random(SEED)
    with ExitStack() as stack:
        editors = []
        for number in range(CLIENTS):
            client = stack.enter_context(BridgeClient(server.home))
            mirror = stack.enter_context(CanvasMirror(client, server.canvas))
            editors.append(Editor(number, mirror, random.Random(seeds.random())))
        editors[0].mirror.apply([add("reference", "shared")])
        threads = [threading.Thread(target=editor.run) for editor in editors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert [editor.failure for editor in editors] == [None] * CLIENTS, f"seed {SEED}"
        expect_one_canvas(server, editors)


def expect_one_canvas(server: CanvasServer, editors: list[Editor]) -> None:
    committed = 1 + sum(sum(editor.accepted.values()) for editor in editors)
    view = server.desk.view(server.canvas)
    assert view.rev == committed, f"an edit was lost or counted twice (seed {SEED})"
    assert sum(editor.cuts for editor in editors) > CLIENTS, "nobody lost a connection"
    assert sum(len(editor.accepted) for editor in editors) > CLIENTS * EDITS / 2, "nearly everything was refused"
    expected = view.canvas.model_dump(mode="json")
    states = {node: state.status.value for node, state in view.states.items()}
    for editor in editors:
        seen = editor.mirror.wait_for(lambda seen: seen.rev >= committed, PATIENCE)
        assert seen.canvas.model_dump(mode="json") == expected, f"client {editor.number} (seed {SEED})"
        assert {node: state.status for node, state in seen.states.items()} == states
