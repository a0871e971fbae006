"""What a plan runs, in which order, for how much, and what it leaves out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import ValidationError
from tests.support.canvases import EMPTY, KINDS, add, board, content, do, generated, pinned, shot, wire, with_import

from takebridge.canvas.model import Canvas, Node, Output, Take, Wire
from takebridge.canvas.op_types import Accept, AddTake, Connect, SetLocked, SetParam, SetTakeHidden, SetTitle
from takebridge.canvas.pins import revert_candidate
from takebridge.canvas.plan import plan
from takebridge.canvas.plan_types import Amount, NoProvider, Offer, Plan, Scope
from takebridge.canvas.plan_words import amount_words
from takebridge.canvas.state import derive
from takebridge.errors import UnknownNodeError
from takebridge.ids import BlobHash, CanvasId, NodeId, TakeId, WireId

Pricing = Callable[[Node], Offer | NoProvider]


def offer(low: int | None = 100, high: int | None = 200, currency: str = "USD", seconds: int | None = 10) -> Offer:
    return Offer("m", currency, low, high, seconds, None if seconds is None else 2 * seconds, local=False)


def priced(_node: Node) -> Offer | NoProvider:
    return offer()


def planned(canvas: Canvas, kind: str, *nodes: str, estimate: Pricing = priced) -> Plan:
    scope = Scope.model_validate({"kind": kind, "nodes": nodes})
    return plan(canvas, KINDS, derive(canvas, KINDS), scope, estimate)


def groups(made: Plan) -> list[list[str]]:
    return [[step.node for step in group] for group in made.groups]


def reasons(made: Plan) -> dict[str, str]:
    return {item.node: item.reason for item in made.skipped}


def edited(canvas: Canvas, *nodes: str) -> Canvas:
    """Make upscale nodes stale."""
    return do(canvas, *[SetParam(node=NodeId(node), name="scale", value=4) for node in nodes])


def unpinned() -> Canvas:
    """clip (pinned) → up → up2 → cut, nothing made yet: up is EMPTY, the others BLOCKED."""
    ops = [
        add("source_clip", "clip"),
        add("upscale", "up"),
        add("upscale", "up2"),
        add("nle_export", "cut"),
        wire("clip.video", "up.source"),
        wire("up.video", "up2.source"),
        wire("up2.video", "cut.clips"),
    ]
    return with_import(do(EMPTY, *ops), "clip", 1)


def test_what_hangs_on_a_node_that_may_change_waits_for_it() -> None:
    """up STALE → up2 UPSTREAM → cut STALE: made before up2 has settled, cut would be made and paid for twice."""
    canvas = do(edited(shot(), "up"), SetParam(node=NodeId("cut"), name="width", value=640))
    assert groups(planned(canvas, "stale")) == [["up"], ["up2"], ["cut"]]
    only_up = edited(shot(), "up")
    assert groups(planned(only_up, "stale")) == [["up"]]  # nothing below wants anything yet


def test_a_fresh_canvas_has_nothing_to_run() -> None:
    made = planned(shot(), "stale")
    assert (made.groups, made.now, made.sentence) == ((), (), "Nothing to run")
    made = planned(shot(), "downstream", "clip")
    assert reasons(made) == {"clip": "constant", "up": "fresh", "up2": "fresh", "cut": "fresh"}
    assert made.sentence == "Nothing to run: 3 fresh"


def test_scopes_mean_different_nodes() -> None:
    canvas = edited(shot(), "up", "up2")
    assert groups(planned(canvas, "node", "up2")) == [["up2"]]
    assert groups(planned(canvas, "selection", "up2", "up")) == [["up"], ["up2"]]
    assert groups(planned(canvas, "stale")) == [["up"], ["up2"]]
    assert groups(planned(canvas, "downstream", "up")) == [["up"], ["up2"], ["cut"]]


def test_one_edit_makes_one_ring_run_and_the_rest_may_follow() -> None:
    made = planned(edited(shot(), "up"), "stale")
    assert groups(made) == [["up"]]
    assert [(step.node, step.certain) for step in made.may_follow] == [("up2", False), ("cut", False)]
    assert made.now == made.whole == (Amount(currency="USD", low_micros=100, high_micros=200),)
    assert made.at_most == (Amount(currency="USD", low_micros=100, high_micros=600),)
    assert made.sentence == "1 run, 2 may follow; $0.0001–0.0002 now, up to $0.0006 if all change"


def test_what_is_blocked_only_by_the_plan_runs_in_it() -> None:
    made = planned(unpinned(), "stale")
    assert groups(made) == [["up"], ["up2"], ["cut"]]
    assert [step.expected_fp is None for step in made.steps] == [False, True, True]
    assert all(step.certain for step in made.steps)
    assert made.now[0].high_micros == 200
    assert made.whole == (Amount(currency="USD", low_micros=300, high_micros=600),)
    assert (made.seconds_low, made.seconds_high) == (30, 60)


def test_what_waits_for_nodes_outside_the_scope_is_blocked() -> None:
    made = planned(unpinned(), "selection", "up", "cut")
    assert groups(made) == [["up"]]
    assert [(item.node, item.reason, item.words) for item in made.skipped] == [
        ("cut", "blocked", "It waits for “up2”, which gets no take in this plan.")
    ]
    assert [step.node for step in made.may_follow] == ["up2"]
    unwired = do(EMPTY, add("upscale", "up"))
    assert planned(unwired, "stale").skipped[0].words == "Nothing is wired to its input source."


def test_a_wire_with_a_take_of_its_own_does_not_wait() -> None:
    canvas = do(edited(shot(), "up"), add("upscale", "other"), wire("up.video", "other.source", take="up/2"))
    made = planned(canvas, "stale")
    assert groups(made) == [["other", "up"]]


@pytest.mark.parametrize("settle", ["locked", "accepted"])
def test_locked_and_accepted_nodes_do_not_run_and_hold_back_what_would_follow(settle: str) -> None:
    canvas = edited(shot(), "up", "up2")
    if settle == "locked":
        canvas = do(canvas, SetLocked(node=NodeId("up2"), locked=True))
    else:
        fp = derive(canvas, KINDS)[NodeId("up2")].expected_fp
        assert fp is not None
        canvas = do(canvas, Accept(node=NodeId("up2"), take=TakeId("up2/3"), fp=fp))
    made = planned(canvas, "downstream", "up")
    assert groups(made) == [["up"]]
    assert reasons(made) == {"up2": settle, "cut": "fresh"}
    assert made.may_follow == ()


def test_a_node_without_a_provider_says_why_and_what_it_feeds_is_blocked() -> None:
    def estimate(node: Node) -> Offer | NoProvider:
        return NoProvider("Choose a model.") if node.id == "up" else offer()

    made = planned(unpinned(), "stale", estimate=estimate)
    assert made.groups == ()
    assert reasons(made) == {"up": "no_provider", "up2": "blocked", "cut": "blocked"}
    assert made.sentence == "Nothing to run: 2 blocked, 1 without a provider"


def test_kinds_that_nobody_generates_are_left_out() -> None:
    kinds = {**KINDS, "previz": KINDS["previz"].model_copy(update={"models": None, "default_model": ""})}
    canvas = do(board(), SetParam(node=NodeId("panel"), name="prompt", value="rain"))
    made = plan(canvas, kinds, derive(canvas, kinds), Scope(kind="stale"), priced)
    assert reasons(made) == {"panel": "manual"}
    canvas = do(EMPTY, add("note", "hint"), add("reference", "hero"))
    made = planned(canvas, "selection", "hint", "hero")
    assert [(item.reason, item.words) for item in made.skipped] == [
        ("constant", "Its takes are brought in, not made."),
        ("constant", "It makes nothing."),
    ]


def test_an_unknown_price_is_counted_and_never_nothing() -> None:
    def estimate(node: Node) -> Offer | NoProvider:
        return offer(None, None, seconds=None) if node.id == "up2" else offer()

    made = planned(unpinned(), "stale", estimate=estimate)
    assert made.unknown_prices == 1
    assert made.whole == (Amount(currency="USD", low_micros=200, high_micros=400, unknown=1),)
    assert (made.seconds_low, made.seconds_high) == (20, None)
    assert "up to $0.0004 + 1 at an unknown price if all change" in made.sentence
    assert not made.steps[1].free


def test_currencies_are_not_added_up() -> None:
    def estimate(node: Node) -> Offer | NoProvider:
        return offer(3_100_000, 4_600_000) if node.id == "up" else offer(120_000, 120_000, "CHF")

    made = planned(unpinned(), "stale", estimate=estimate)
    assert [(one.currency, one.low_micros, one.high_micros) for one in made.whole] == [
        ("CHF", 240_000, 240_000),
        ("USD", 3_100_000, 4_600_000),
    ]
    assert made.sentence == "3 run; $3.10–4.60 now, up to 0.24 CHF + $4.60 if all change"


def test_the_time_is_that_of_the_longest_chain() -> None:
    canvas = do(unpinned(), add("upscale", "side"), wire("clip.video", "side.source"))

    def estimate(node: Node) -> Offer | NoProvider:
        return offer(seconds=45 if node.id == "side" else 10)

    made = planned(canvas, "stale", estimate=estimate)
    assert groups(made)[0] == ["side", "up"]
    assert (made.seconds_low, made.seconds_high) == (45, 90)


def test_an_old_take_that_fits_is_offered_and_the_newest_of_them() -> None:
    canvas = edited(shot(), "up")
    for number in (12, 13):
        canvas = do(canvas, AddTake(take=generated(canvas, "up", number)))
    made = planned(canvas, "stale")
    found = revert_candidate(canvas, NodeId("up"), KINDS)
    assert found is not None
    assert [(one.node, one.take) for one in made.reverts] == [("up", found.id)] == [("up", "up/13")]
    assert "1 can have an older take back for free" in made.sentence
    canvas = do(canvas, SetTakeHidden(take=TakeId("up/13"), hidden=True))
    assert [one.take for one in planned(canvas, "stale").reverts] == ["up/12"]


def test_the_digest_names_recipe_model_and_price() -> None:
    canvas = edited(shot(), "up")
    digest = planned(canvas, "stale").digest
    assert planned(do(canvas, SetTitle(node=NodeId("up"), title="Other")), "stale").digest == digest
    assert planned(canvas, "stale", estimate=lambda _: offer(100, 201)).digest != digest
    assert planned(canvas, "stale", estimate=lambda _: offer(currency="EUR")).digest != digest
    assert planned(edited(canvas, "up2"), "stale").digest != digest
    repinned = with_import(canvas, "clip", 9)
    assert planned(repinned, "stale").digest != digest


def test_a_plan_survives_json() -> None:
    made = planned(unpinned(), "stale")
    assert Plan.model_validate_json(made.model_dump_json()) == made


def test_scopes_are_checked() -> None:
    with pytest.raises(UnknownNodeError):
        planned(shot(), "node", "gone")
    for kind, nodes in (("node", ["a", "b"]), ("node", []), ("selection", []), ("stale", ["a"]), ("up", ["a"])):
        with pytest.raises(ValidationError):
            Scope.model_validate({"kind": kind, "nodes": nodes})


def test_a_node_whose_kind_is_gone_is_blocked_and_does_not_stop_the_others() -> None:
    canvas = edited(shot(), "up")
    broken = Node(id=NodeId("odd"), kind="no_such_kind")
    canvas = canvas.with_node(broken)
    made = planned(canvas, "stale")
    assert groups(made) == [["up"]]
    assert [(item.node, item.reason) for item in made.skipped] == [("odd", "blocked")]


def test_a_chain_of_ten_thousand_is_planned_without_recursion() -> None:
    depth = 10_000
    names = [NodeId(f"n{number}") for number in range(depth + 1)]
    take = Take(
        id=TakeId("t"),
        node_id=names[0],
        seq=1,
        origin="imported",
        outputs={"video": Output(content=BlobHash(f"b3:{1:064x}"))},
    )
    nodes = {name: Node(id=name, kind="upscale", model="m") for name in names[1:]}
    wires = [
        Wire(id=WireId(f"w{n}"), src_node=names[n], src_port="video", dst_node=names[n + 1], dst_port="source")
        for n in range(depth)
    ]
    canvas = Canvas(
        id=CanvasId("c"),
        nodes={names[0]: Node(id=names[0], kind="source_clip", pin=take.id), **nodes},
        wires={one.id: one for one in wires},
        takes={take.id: take},
    )
    made = planned(canvas, "downstream", "n0")
    assert [[step.node for step in group] for group in made.groups] == [[name] for name in names[1:]]
    assert made.seconds_low == 10 * depth


@pytest.mark.parametrize(
    ("low", "high", "currency", "words"),
    [
        (0, 0, "USD", "free"),
        (0, 500_000, "USD", "$0.00–0.50"),
        (3_100_000, 4_600_000, "USD", "$3.10–4.60"),
        (9_200_000, 9_200_000, "USD", "$9.20"),
        (3, 3, "CHF", "0.000003 CHF"),
    ],
)
def test_money_in_words(low: int, high: int, currency: str, words: str) -> None:
    assert amount_words(low, high, currency) == words


def test_making_the_ring_again_settles_the_plan() -> None:
    canvas = edited(shot(), "up")
    other_recipe = generated(canvas, "up", 12)
    equal_bytes = other_recipe.model_copy(update={"outputs": {"video": Output(content=content(2))}})
    assert planned(pinned(canvas, equal_bytes), "downstream", "up").groups == ()
    assert groups(planned(pinned(canvas, other_recipe), "downstream", "up")) == [["up2"], ["cut"]]


def test_a_part_that_is_not_there_is_named() -> None:
    lay = Connect(
        id=WireId("w"),
        src_node=NodeId("script"),
        src_port="shot.s02",
        dst_node=NodeId("still"),
        dst_port="direction",
    )
    canvas = do(EMPTY, add("script", "script"), add("image", "still"), lay)
    waits = planned(canvas, "node", "still").skipped[0].words
    assert waits == "It waits for “script”, which gets no take in this plan."
    written = generated(canvas, "script", 1, "shot.s01")
    made = planned(pinned(canvas, written), "node", "still")
    assert [(item.reason, item.words) for item in made.skipped] == [("blocked", "“script” has no shot.s02 to give it.")]


def test_the_digest_names_what_nodes_below_will_be_asked_for() -> None:
    canvas = unpinned()
    digest = planned(canvas, "stale").digest
    assert planned(edited(canvas, "up2"), "stale").digest != digest
    assert planned(do(canvas, SetTitle(node=NodeId("up2"), title="Sharper")), "stale").digest == digest
