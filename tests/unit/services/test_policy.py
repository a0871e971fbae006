"""What runs by itself: free nodes after an edit, budget nodes within the caps, nothing for anybody else's change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.canvases import add, wire
from tests.support.plans import CLOUD, FRANC, FREE, PAID, UNPRICED, Stage

from takebridge.canvas.history import Origin
from takebridge.canvas.op_types import Disconnect, MoveNode, SetLocked, SetModel, SetPolicy
from takebridge.errors import CapabilityError
from takebridge.events import Filter
from takebridge.ids import NodeId, WireId
from takebridge.services.policy import MOST_JOBS, REST_SECONDS, Policies, _timer
from takebridge.store.caps import Cap
from takebridge.store.ledger import Entry

UP = NodeId("up")


class Clock:
    """A timer the test winds on."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: dict[int, tuple[float, Callable[[], None]]] = {}

    def later(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        number = id(object()) if not self._due else max(self._due) + 1
        self._due[number] = (self.now + seconds, call)
        return lambda: self._due.pop(number, None) and None

    def wind(self, seconds: float) -> None:
        self.now += seconds
        for number, (due, call) in sorted(self._due.items()):
            if due <= self.now and self._due.pop(number, None):
                call()

    @property
    def waits(self) -> bool:
        return bool(self._due)


class Rig(Stage):
    """clip → up, made and fresh, and the policies on a clock of the test's own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.clock = Clock()
        self.policies = Policies(self.bridge, self.queue, self.store, start_job=self.start_job, later=self.clock.later)
        self.bridge.desk.after = self.policies.after
        self.source()

    def node(self, name: str, model: str, policy: str, source: str = "clip", *, made: bool = True) -> None:
        self.upscale(name, source, model)
        if made:
            self.made(name, 10 + len(self.view.canvas.nodes))
        self.do(SetPolicy.model_validate({"node": name, "policy": policy}), origin="upgrade")

    def rest(self) -> list[str]:
        """Let the edits rest; returns what was started by itself."""
        self.clock.wind(REST_SECONDS)
        return self.started

    def cap(self, limit: int, scope: Any = "canvas", currency: str = "USD") -> None:
        self.bridge.ledger.set_cap(Cap(scope=scope, limit_micros=limit, currency=currency))


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


# --- free -----------------------------------------------------------------------------------------------


def test_a_free_local_node_runs_once_the_edits_rest(rig: Rig) -> None:
    rig.node("up", FREE, "free")
    rig.edit("up", author="ann")
    rig.clock.wind(2)
    assert rig.asked == []
    rig.edit("up", 2, author="bo")  # back: nothing is wanted any more
    rig.edit("up", 4, author="bo")
    rig.clock.wind(2)
    assert rig.asked == []
    rig.clock.wind(1)
    (job,) = rig.asked
    assert (job.node_id, job.author, job.origin, job.max_micros, job.run_id) == ("up", "bo", "policy", 0, None)
    assert not rig.clock.waits


def test_any_edit_puts_off_what_is_about_to_start(rig: Rig) -> None:
    rig.node("up", FREE, "free")
    rig.edit("up")
    rig.clock.wind(2)
    rig.do(MoveNode(node=NodeId("clip"), x=5, y=5))
    rig.clock.wind(2)
    assert rig.asked == []
    assert rig.rest() == ["up"]


def test_an_edit_that_is_taken_back_in_time_starts_nothing(rig: Rig) -> None:
    rig.node("up", FREE, "free")
    rig.edit("up")
    rig.edit("up", 2)
    assert (rig.rest(), rig.clock.waits) == ([], False)


@pytest.mark.parametrize("model", [PAID, CLOUD, UNPRICED])
def test_free_means_free_and_on_this_machine(rig: Rig, model: str) -> None:
    rig.cap(10_000)
    rig.node("up", model, "free")
    rig.edit("up")
    assert rig.rest() == []


def test_manual_is_the_default(rig: Rig) -> None:
    rig.upscale("up", "clip", FREE)
    assert rig.view.canvas.nodes[UP].policy == "manual"
    rig.edit("up")
    assert rig.rest() == []


def test_choosing_the_policy_is_a_start_too(rig: Rig) -> None:
    rig.node("up", FREE, "manual")
    rig.edit("up")
    rig.do(SetPolicy(node=UP, policy="free"))
    assert rig.rest() == ["up"]


def test_an_empty_node_runs_once_every_wire_carries_a_take(rig: Rig) -> None:
    rig.do(add("previz", "panel"), SetPolicy(node=NodeId("panel"), policy="free"))
    assert rig.view.states[NodeId("panel")].status.value == "empty"
    assert rig.rest() == []
    rig.do(add("upscale", "up"), SetModel(node=UP, model=FREE), SetPolicy(node=UP, policy="free"))
    rig.do(wire("clip.video", "up.source"))
    assert rig.rest() == ["up"]


def test_a_dangling_wire_that_is_taken_away_makes_an_empty_node_ready(rig: Rig) -> None:
    cut = NodeId("cut")
    rig.do(add("nle_export", "cut"), SetModel(node=cut, model=FREE), SetPolicy(node=cut, policy="free"))
    rig.do(add("music", "score"), wire("score.audio", "cut.music"), wire("clip.video", "cut.clips"))
    assert (rig.status("cut"), rig.rest()) == ("empty", [])  # the music is still to come
    rig.do(Disconnect(wire=WireId("score.audio>cut.music")))
    assert rig.rest() == ["cut"]


def test_free_nodes_follow_the_takes_of_jobs(rig: Rig) -> None:
    rig.node("up", FREE, "free")
    rig.node("up2", FREE, "free", "up")
    rig.edit("up")
    assert rig.rest() == ["up"]
    rig.finish("up", 40)
    assert rig.asked == []
    assert rig.rest() == ["up2"]


def test_what_waits_for_a_node_above_starts_after_it_even_when_that_comes_out_equal(rig: Rig) -> None:
    rig.node("up", FREE, "free")
    rig.node("up2", FREE, "free", "up")
    before = rig.view.canvas.takes[rig.view.canvas.nodes[UP].pin or ""].outputs["video"].content  # type: ignore[index]
    rig.edit("up")
    rig.edit("up2")
    assert rig.rest() == ["up"]
    rig.finish("up", int(before.removeprefix("b3:"), 16))
    assert rig.rest() == ["up2"]


@pytest.mark.parametrize("origin", ["undo", "redo"])
def test_undo_and_redo_count_for_free_nodes_only(rig: Rig, origin: Origin) -> None:
    rig.cap(10_000)
    rig.node("up", FREE, "free")
    rig.node("paid", PAID, "budget")
    rig.edit("up", origin=origin)
    rig.edit("paid", origin=origin)
    assert rig.rest() == ["up"]


# --- budget ---------------------------------------------------------------------------------------------


def test_a_budget_node_runs_within_the_caps(rig: Rig) -> None:
    rig.node("up", PAID, "budget")
    rig.edit("up")
    assert rig.rest() == []  # nobody has said how much may be spent
    rig.cap(200)
    rig.edit("up", 2)
    rig.edit("up", 4)
    assert rig.rest() == ["up"]


@pytest.mark.parametrize(
    ("caps", "runs"),
    [
        ([("canvas", 200)], True),
        ([("day", 200)], True),
        ([("canvas", 199)], False),
        ([("canvas", 1000), ("day", 199)], False),
        ([("canvas", 1000), ("user", 199)], False),
        ([("canvas", 1000), ("job", 199)], False),
        ([("user", 1000)], False),
        ([("job", 1000)], False),
    ],
)
def test_every_cap_counts_and_one_is_for_the_canvas_or_the_day(
    rig: Rig, caps: list[tuple[str, int]], runs: bool
) -> None:
    rig.node("up", PAID, "budget")
    for scope, limit in caps:
        rig.cap(limit, scope)
    rig.edit("up")
    assert rig.rest() == (["up"] if runs else [])


def test_the_consent_of_a_budget_is_the_high_price(rig: Rig) -> None:
    rig.cap(10_000)
    rig.node("up", PAID, "budget")
    rig.edit("up")
    rig.clock.wind(3)
    (job,) = rig.asked
    assert (job.origin, job.max_micros) == ("policy", 200)


def test_several_share_what_is_left(rig: Rig) -> None:
    rig.cap(599)
    spent = Entry(
        token="t" * 8,
        job_id="j",
        provider="x",
        model=PAID,
        request_hash="h",
        currency="USD",
        low_micros=1,
        high_micros=100,
        canvas_id=rig.id,
    )
    rig.bridge.ledger.reserve(spent)
    for name in ("up", "up2", "up3"):
        rig.node(name, PAID, "budget")
        rig.edit(name)
    assert len(rig.rest()) == 2  # 499 are left, and each may cost 200


def test_an_unknown_price_or_another_currency_is_never_started(rig: Rig) -> None:
    rig.cap(10**9)
    rig.node("up", UNPRICED, "budget")
    rig.node("up2", FRANC, "budget")
    rig.edit("up")
    rig.edit("up2")
    assert rig.rest() == []


def test_a_budget_node_does_not_follow_the_takes_of_jobs(rig: Rig) -> None:
    rig.cap(10_000)
    rig.node("up", FREE, "free")
    rig.node("paid", PAID, "budget", "up")
    rig.edit("up")
    assert rig.rest() == ["up"]
    rig.finish("up", 40)
    assert (rig.rest(), rig.status("paid")) == ([], "stale")


def test_a_budget_node_that_costs_nothing_here_needs_no_cap(rig: Rig) -> None:
    rig.node("up", FREE, "budget")
    rig.edit("up")
    assert rig.rest() == ["up"]


# --- what never starts anything -------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["sync", "import", "upgrade"])
def test_what_nobody_did_here_starts_nothing(rig: Rig, origin: Origin) -> None:
    rig.cap(10_000)
    rig.node("up", FREE, "free")
    rig.node("paid", PAID, "budget")
    rig.source("clip", 99, origin=origin)
    assert (rig.status("up"), rig.status("paid")) == ("stale", "stale")
    assert (rig.rest(), rig.clock.waits) == ([], False)


@pytest.mark.parametrize("origin", ["sync", "import", "upgrade"])
def test_a_sync_between_edit_and_start_takes_the_wish_away(rig: Rig, origin: Origin) -> None:
    rig.cap(10_000)
    rig.node("up", FREE, "free")
    rig.node("paid", PAID, "budget")
    rig.edit("up")
    rig.edit("paid")
    rig.source("clip", 99, origin=origin)  # what would be made now is not what the person asked for
    assert rig.rest() == []


def test_an_edit_elsewhere_does_not_start_what_a_sync_made_stale(rig: Rig) -> None:
    rig.cap(10_000)
    rig.node("paid", PAID, "budget")
    rig.node("up", FREE, "free")
    rig.source("clip", 99, origin="sync")
    rig.do(MoveNode(node=UP, x=9, y=9))
    assert rig.rest() == []


def test_locked_nodes_stay_as_they_are(rig: Rig) -> None:
    rig.node("up", FREE, "free")
    rig.edit("up")
    rig.do(SetLocked(node=UP, locked=True))
    assert rig.rest() == []


# --- guards ---------------------------------------------------------------------------------------------


def test_the_same_failure_twice_is_not_tried_a_third_time(rig: Rig) -> None:
    rig.node("up", FREE, "free")
    for _ in range(2):
        rig.edit("up")
        assert rig.rest() == ["up"]
        rig.fail("up")
        rig.edit("up", 2)
    rig.edit("up")
    assert rig.rest() == []


def test_at_most_fifty_start_after_one_edit_and_the_rest_is_said(rig: Rig) -> None:
    names = [f"up{number:02}" for number in range(MOST_JOBS + 2)]
    for name in names:
        rig.node(name, FREE, "free")
    heard, _, _ = rig.events.subscribe(lambda: None, wanted=Filter(topics=frozenset({"policy"})))
    rig.source("clip", 99)
    assert rig.rest() == names[:MOST_JOBS]
    (event,) = heard.drain()
    assert event.data["nodes"] == names[MOST_JOBS:]
    assert "start the rest by hand" in str(event.data["words"])


def test_the_limit_holds_along_a_chain_and_ends_with_the_next_edit(rig: Rig) -> None:
    names = [f"up{number:02}" for number in range(MOST_JOBS)]
    for name in names:
        rig.node(name, FREE, "free")
    rig.node("below", FREE, "free", names[0])
    rig.source("clip", 99)
    assert len(rig.rest()) == MOST_JOBS
    rig.finish(names[0], 500)
    assert rig.rest() == []
    rig.edit("below")
    assert rig.rest() == ["below"]


def test_a_refused_job_is_said_and_the_others_start(rig: Rig) -> None:
    rig.node("up", FREE, "free")
    rig.node("up2", FREE, "free")
    rig.refusals["up"] = CapabilityError("Too large.", hint="Make it smaller.")
    heard, _, _ = rig.events.subscribe(lambda: None, wanted=Filter(topics=frozenset({"policy"})))
    rig.edit("up")
    rig.edit("up2")
    assert rig.rest() == ["up2"]
    (event,) = heard.drain()
    assert event.data["words"] == "“up” was not started by itself: Too large."


def test_after_stop_nothing_starts(rig: Rig) -> None:
    rig.node("up", FREE, "free")
    rig.edit("up")
    rig.policies.stop()
    assert (rig.rest(), rig.clock.waits) == ([], False)
    rig.policies.settle(rig.id)
    rig.edit("up", 2)
    rig.edit("up", 4)
    assert (rig.rest(), rig.clock.waits) == ([], False)


def test_the_real_timer_calls_once_and_can_be_called_off() -> None:
    called, never = threading.Event(), threading.Event()
    _timer(0, called.set)
    _timer(3600, never.set)()
    assert called.wait(30)
    assert not never.is_set()
