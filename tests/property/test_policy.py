"""Whatever happens in whatever order: no paid job starts but for a person's own edit of exactly what it makes.

The policies run over canvases in memory. The reading on the side remembers, for each node, which commit last changed
what it wants; it knows nothing of wishes and timers.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.canvases import EMPTY, KINDS, add, do, generated, imported, pinned, wire
from tests.support.plans import CLOUD, FREE, PAID, UNPRICED, PriceList

from takebridge.canvas.history import Origin
from takebridge.canvas.model import Canvas
from takebridge.canvas.op_types import SetLocked, SetModel, SetParam, SetPolicy
from takebridge.canvas.state import Status, derive_next
from takebridge.errors import BlobMissingError
from takebridge.events import EventBus
from takebridge.ids import NodeId
from takebridge.providers.registry import ProviderRegistry
from takebridge.services.desk import View
from takebridge.services.policy import Policies
from takebridge.store.caps import Cap, Headroom

NODES = ("n1", "n2", "n3", "n4")
ORIGINS: tuple[Origin, ...] = ("user", "job", "sync", "import", "upgrade", "undo", "redo")
NEVER = ("sync", "import", "upgrade")
CAP = Cap(scope="canvas", limit_micros=10**9)


class NothingStored:
    """A store whose files are all gone: prices are then those of the node, whatever flows in."""

    def path_of(self, content: str) -> Path:
        raise BlobMissingError(f"{content} is gone.", hint="Bring it in again.")


class World:
    """A desk, a ledger with room for everything, and a timer, without a database."""

    def __init__(self) -> None:
        provider: Any = PriceList()
        ledger = SimpleNamespace(caps=lambda: (CAP,), remaining=self._remaining)
        self.canvas = self._first()
        self.rev = 0
        bridge: Any = SimpleNamespace(
            desk=SimpleNamespace(view=lambda _id: self.view, kinds=KINDS),
            providers=ProviderRegistry([provider]),
            blobs=NothingStored(),
            ledger=ledger,
            events=EventBus(),
        )
        store: Any = SimpleNamespace(failed_jobs=lambda _id: [])
        queue: Any = None
        self.due: Callable[[], None] | None = None
        self.policies = Policies(bridge, queue, store, start_job=self._start, later=self._later)
        self.cause: dict[str, Origin] = {}
        self.started: list[tuple[str, int]] = []

    @staticmethod
    def _first() -> Canvas:
        canvas = do(EMPTY, add("source_clip", "clip"))
        canvas = pinned(canvas, imported(canvas, "clip", 1))
        for number, (name, source) in enumerate((("n1", "clip"), ("n2", "n1"), ("n3", "clip"), ("n4", "n3"))):
            canvas = do(canvas, add("upscale", name), wire(f"{source}.video", f"{name}.source"))
            canvas = pinned(canvas, generated(canvas, name, 10 + number))
        return canvas

    @property
    def view(self) -> View:
        return View("e", self.rev, derive_next(None, self.canvas, KINDS))

    def commit(self, canvas: Canvas, origin: Origin) -> None:
        before = self.view
        self.canvas, self.rev = canvas, self.rev + 1
        after = self.view
        for name in NODES:
            if wants(before, name) != wants(after, name):
                self.cause[name] = origin
        self.policies.after(before, after, "ann", origin)

    def rest(self) -> None:
        if self.due is not None:
            due, self.due = self.due, None
            due()

    def _later(self, _seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        self.due = call

        def call_off() -> None:
            if self.due is call:
                self.due = None

        return call_off

    @staticmethod
    def _remaining(_canvas: str, _author: str, currencies: list[str]) -> dict[str, Headroom]:
        return {one: Headroom(currency=one, left_micros=10**9, cap=CAP) for one in currencies}

    def _start(self, _bridge: Any, _queue: Any, _canvas: Any, node: NodeId, **asked: Any) -> Any:
        self.started.append((node, asked["max_micros"]))
        cause, model = self.cause[node], self.canvas.nodes[node].model
        assert asked["origin"] == "policy"
        assert cause not in NEVER, f"{node} was started for a {cause}"
        assert model in (FREE, PAID, CLOUD)
        assert asked["max_micros"] == (200 if model == PAID else 0)
        if model != FREE:  # what leaves this machine needs the policy budget, even for nothing
            assert cause == "user"
            assert self.canvas.nodes[node].policy == "budget"
        assert not self.canvas.nodes[node].locked


def wants(view: View, name: str) -> tuple[str, bool, str | None]:
    state = view.states[NodeId(name)]
    return (
        view.canvas.nodes[NodeId(name)].policy,
        state.status in (Status.STALE, Status.EMPTY),
        state.expected_fp,
    )


Step = tuple[str, str, int, Origin]
names = st.sampled_from(NODES)
steps = st.one_of(
    st.tuples(st.just("rest"), st.just(""), st.just(0), st.just("user")),
    st.tuples(
        st.sampled_from(["edit", "policy", "model", "make", "source", "lock"]),
        names,
        st.integers(0, 3),
        st.sampled_from(ORIGINS),
    ),
)


def changed(canvas: Canvas, what: str, name: str, number: int, rev: int) -> Canvas:
    node = NodeId(name)
    if what == "edit":
        return do(canvas, SetParam(node=node, name="scale", value=2 + 2 * (number % 2)))
    if what == "policy":
        policy = ("manual", "free", "budget", "budget")[number]
        return do(canvas, SetPolicy.model_validate({"node": name, "policy": policy}))
    if what == "model":
        return do(canvas, SetModel(node=node, model=(FREE, PAID, CLOUD, UNPRICED)[number]))
    if what == "lock":
        return do(canvas, SetLocked(node=node, locked=number == 0))
    if what == "source":
        return pinned(canvas, imported(canvas, "clip", 1000 + rev))
    return pinned(canvas, generated(canvas, name, 2000 + rev))


@given(st.lists(steps, max_size=25))
@settings(max_examples=300)
def test_no_paid_job_starts_but_for_a_persons_edit(script: list[Step]) -> None:
    world = World()
    for what, name, number, origin in script:
        if what == "rest":
            world.rest()
        else:
            world.commit(changed(world.canvas, what, name, number, world.rev), origin)
    world.rest()


def test_the_property_is_about_something() -> None:
    """The same world does start paid and free jobs for a person."""
    world = World()
    for name, model in (("n1", PAID), ("n3", FREE)):
        world.commit(do(world.canvas, SetModel(node=NodeId(name), model=model)), "user")
        world.commit(do(world.canvas, SetPolicy(node=NodeId(name), policy="budget")), "user")
    world.rest()
    assert world.started == [("n1", 200), ("n3", 0)]
