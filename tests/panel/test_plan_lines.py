"""A plan in words: its lines, what the confirm button promises, and what stands in the way. No window."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.panel_trip import CANVAS, binding, canvas, cap, plan, skipped, step

from takebridge.canvas.model import Node, Output, Take, Wire
from takebridge.ids import BlobHash, NodeId, TakeId, WireId
from takebridge.nodes.registry import load_kinds
from takebridge_resolve.panel.models import Model
from takebridge_resolve.panel.plan_facts import LOCAL_ONLY, uploads
from takebridge_resolve.panel.plan_lines import (
    Purse,
    budget_words,
    cautious,
    confirm_words,
    hindrance,
    plan_lines,
    purse_of,
    raised_limit,
    titles,
    why_skipped,
)

PURSE = Purse("USD", 18_400_000, 50_000_000)
SEVEN = [step(number, 440_000, 660_000) for number in range(1, 6)] + [
    step(6, 450_000, 650_000),
    step(7, 450_000, 650_000),
]


def lines(made: Any, purse: Purse = PURSE) -> dict[str, tuple[int | None, str, str]]:
    return {line.title: (line.count, line.what, line.price) for line in plan_lines(made, purse, "2 clips → Veo")}


def test_the_plan_of_the_layout_reads_as_it_is_drawn() -> None:
    """review_ux §3 (e): 7 run for $3.10 – $4.60, 5 may follow, one price is unknown, four are skipped."""
    left_out = (
        skipped(1, "locked", "It is locked."),
        skipped(2, "locked", "It is locked."),
        skipped(3, "accepted", "It is kept as is."),
        skipped(4, "blocked", "Waiting for input: voice."),
        skipped(5, "constant", "It has nothing to make."),
    )
    follow = [step(number, 900_000, 920_000) for number in range(8, 13)]
    made = plan(*SEVEN[:6], step(7, None, None, model="words-1"), follow=follow, skipped=left_out)
    found = lines(made)
    low = 5 * 440_000 + 450_000
    high = 5 * 660_000 + 650_000
    assert (low, high) == (2_650_000, 3_950_000)
    assert found["Will run"] == (7, "SH_0410 … SH_0470", "$2.65 – $3.95 + 1 unpriced")
    assert found["May follow"] == (5, "only if the new takes are pinned", "up to $4.60")
    assert found["Price unknown"] == (1, "SH_0470 · words-1 has no price listed", "not counted")
    assert found["Skipped"] == (4, "2 locked · 1 kept as is · 1 waiting for input", "")
    # 18.40 + 3.95 + 5 × 0.92
    assert found["Budget"][1] == "Today $18.40 of $50.00 → at most $26.95 + 1 unpriced after this"
    assert found["Uploads"][1] == "2 clips → Veo"
    assert confirm_words(made, None) == "Generate 7 takes · up to $3.95 + 1 unpriced"


def test_every_skipped_node_can_be_asked_why() -> None:
    made = plan(step(1), skipped=(skipped(4, "blocked", "Waiting for input: voice."),))
    assert why_skipped(made) == ("SH_0440: Waiting for input: voice.",)
    (line,) = [one for one in plan_lines(made, PURSE, "") if one.title == "Skipped"]
    assert "SH_0440: Waiting for input: voice." in line.spoken


def test_free_local_work_says_so_with_seconds() -> None:
    made = plan(step(1, 0, 0, local=True), seconds_low=40, seconds_high=40)
    found = lines(made)
    assert found["Will run"] == (1, "SH_0410", "Free, on this computer, about 40 s")
    assert found["Budget"][1] == "Today $18.40 of $50.00; this is free"
    assert confirm_words(made, None) == "Generate 1 take · free, about 40 s"
    assert hindrance(made, None) is None


def test_unknown_is_never_nought() -> None:
    made = plan(step(1, None, None))
    assert lines(made)["Will run"][2] == "1 unpriced"
    assert "at most 1 unpriced" not in budget_words(made, PURSE)
    assert budget_words(made, PURSE).endswith("at most $18.40 + 1 unpriced after this")
    assert confirm_words(made, None) == "Generate 1 take · 1 unpriced"
    assert confirm_words(made, 5_000_000) == "Generate 1 take · 1 unpriced, $5.00 at most"


@pytest.mark.parametrize(
    ("stop_at", "words"),
    [
        (None, "Nobody knows what 1 take will cost. Allow an amount more than $0.66."),
        (660_000, "Nobody knows what 1 take will cost. Allow an amount more than $0.66."),
        (500_000, "This may cost $0.66; with less than that nothing is started."),
        (660_001, ""),
    ],
)
def test_an_unknown_price_needs_an_amount_above_what_is_known(stop_at: int | None, words: str) -> None:
    found = hindrance(plan(step(1), step(2, None, None)), stop_at)
    assert (found.words if found else "") == words


def test_an_amount_below_the_ceiling_would_start_nothing_and_is_said() -> None:
    assert hindrance(plan(step(1)), 660_000) is None
    found = hindrance(plan(step(1)), 659_999)
    assert found is not None and not found.scope


@pytest.mark.parametrize(
    ("left", "scope", "words"),
    [
        (2_500_000, "day", "Over today's budget by $2.10"),
        (2_500_000, "canvas", "Over the canvas's budget by $2.10"),
        (4_600_000, "day", ""),
        (600_000, "job", "Over the budget of one take by $0.06"),
    ],
)
def test_over_a_budget_it_says_by_how_much(left: int, scope: str, words: str) -> None:
    found = hindrance(plan(*SEVEN, bindings=(binding(left, scope),)), None)
    assert (found.words if found else "") == words  # 7 takes cost 4.60 at most, the dearest of them 0.66


def test_of_two_caps_the_one_passed_by_more_is_named() -> None:
    made = plan(*SEVEN, bindings=(binding(4_000_000, "canvas"), binding(1_000_000, "day")))
    found = hindrance(made, None)
    assert found is not None and (found.scope, found.by_micros) == ("day", 3_600_000)


def test_an_amount_for_what_is_unpriced_may_pass_a_budget_too() -> None:
    made = plan(step(1), step(2, None, None), bindings=(binding(4_000_000),))
    assert hindrance(made, 3_000_000) is None
    found = hindrance(made, 5_000_000)
    assert found is not None and found.words == "Over today's budget by $1.00"


def test_nothing_to_run_is_nothing_to_confirm() -> None:
    made = plan(skipped=(skipped(1, "locked", "It is locked."),))
    assert lines(made)["Will run"][0] == 0
    assert "Uploads" not in lines(made)
    assert hindrance(made, None) is not None
    assert confirm_words(made, None) == "Nothing to generate"


def test_cancel_has_the_focus_above_the_persons_own_limit_and_when_nobody_knows() -> None:
    assert not cautious(plan(step(1)), 660_000)
    assert cautious(plan(step(1)), 659_999)
    assert cautious(plan(step(1, None, None)), 10**12)


def test_titles_name_the_first_and_the_last() -> None:
    assert titles([step(1)]) == "SH_0410"
    assert titles([step(1), step(2)]) == "SH_0410, SH_0420"
    assert titles([step(1), step(2), step(3)]) == "SH_0410 … SH_0430"


def test_a_raised_budget_is_a_whole_amount_that_lets_the_plan_through() -> None:
    assert raised_limit(20_000_000, 2_100_000) == 23_000_000
    assert raised_limit(20_000_000, 2_000_000) == 22_000_000


def test_the_purse_is_the_tightest_caps_or_what_was_spent_today() -> None:
    assert purse_of(cap(50_000_000, 18_400_000, "canvas"), 7) == Purse("USD", 18_400_000, 50_000_000, "canvas")
    assert purse_of({}, 7) == Purse("USD", 7)
    assert budget_words(plan(step(1)), Purse("USD", 0)) == "Today $0.00, no budget set → at most $0.66 after this"
    assert budget_words(plan(step(1)), Purse("USD", 0, 10**6, "canvas")).startswith("This canvas $0.00 of $1.00")


def test_uploads_count_what_is_wired_to_what_leaves_this_computer() -> None:
    kinds, reel = load_kinds().kinds, canvas()
    still = NodeId("still")
    reel = reel.with_node(Node(id=still, kind="reference", title="A still", pin=TakeId("still_take")))
    output = Output(content=BlobHash(f"b3:{9:064x}"))
    reel = reel.with_take(
        Take(id=TakeId("still_take"), node_id=still, seq=1, origin="imported", outputs={"image": output})
    )
    wire = Wire(id=WireId("w"), src_node=still, src_port="image", dst_node=NodeId("node_1"), dst_port="reference_image")
    reel = reel.model_copy(update={"wires": {**reel.wires, wire.id: wire}})
    models = {"veo-3.1": Model(id="veo-3.1", title="Veo 3.1", provider="google", kind="video")}
    assert uploads([step(1), step(2)], reel, kinds, models) == "2 clips, 1 still → Veo 3.1 (google)"
    assert uploads([step(1), step(2, model="words-1")], reel, kinds, models) == (
        "1 clip, 1 still → Veo 3.1 (google); 1 clip → words-1"
    )
    assert uploads([step(1, 0, 0, local=True)], reel, kinds, models) == LOCAL_ONLY
    assert reel.id == CANVAS
