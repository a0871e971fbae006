"""What people write on the command line: values, ratings, ranges, seeds, amounts, names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.support.canvases import board, shot, with_import

from takebridge.canvas.model import FrameRange
from takebridge.canvas.plan_types import Amount, Plan, Scope, Skipped, Step
from takebridge.client.replies import TemplateInfo
from takebridge.errors import (
    BudgetError,
    InvalidParamError,
    NotFoundError,
    PreconditionError,
    UnknownTakeError,
    UsageError,
)
from takebridge.ids import NodeId
from takebridge.nodes.registry import builtin_kinds
from takebridge_server.commands.films import export_node
from takebridge_server.commands.naming import node_named, take_named
from takebridge_server.commands.nodes import range_of, rating_of, value_of
from takebridge_server.commands.plans import consent_to, must_run, scope_of, seeds_of
from takebridge_server.commands.templates import slot_values
from takebridge_server.commands.terminal import micros_of

KINDS = builtin_kinds()


@pytest.mark.parametrize(
    ("kind", "name", "words", "value"),
    [
        ("previz", "prompt", "42", "42"),
        ("previz", "prompt", "true", "true"),
        ("previz", "seed", "42", 42),
        ("previz", "seed", "random", "random"),
        ("nle_export", "width", "1280", 1280),
        ("nle_export", "edits", "1: dissolve 12", "1: dissolve 12"),
        ("previz", "prompt", "default", None),
    ],
)
def test_a_value_is_read_as_the_parameter_has_it(kind: str, name: str, words: str, value: object) -> None:
    found = value_of(KINDS[kind], name, words)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "name", "words", "named"),
    [
        ("previz", "promt", "x", "promt"),
        ("nle_export", "width", "wide", "whole number"),
        ("nle_export", "width", "99999", "between"),
        ("nle_export", "width", "12.5", "whole number"),
    ],
)
def test_a_value_that_does_not_fit_says_what_would(kind: str, name: str, words: str, named: str) -> None:
    with pytest.raises(InvalidParamError) as caught:
        value_of(KINDS[kind], name, words)
    assert named in caught.value.message + caught.value.hint


def test_ratings() -> None:
    assert [rating_of(word) for word in ("keep", "useful-weird", "useful_weird", "none")] == [
        "keep",
        "useful_weird",
        "useful_weird",
        None,
    ]
    with pytest.raises(UsageError, match="brilliant"):
        rating_of("brilliant")


def test_ranges() -> None:
    assert range_of("24-96") == (FrameRange(start=24, end=96),)
    assert range_of("all") == (None,)
    for words in ("96-24", "24", "a-b", "-5-9", "5-5", "0-99999999999999999999"):
        with pytest.raises(UsageError):
            range_of(words)


def test_seeds() -> None:
    assert seeds_of("7, 1-3") == [7, 1, 2, 3]
    assert seeds_of("") == []
    for words in ("x", "3-1", "1-", "0-1000000", "-4"):
        with pytest.raises(UsageError):
            seeds_of(words)


def test_amounts_are_exact() -> None:
    assert [micros_of(text) for text in ("0", "1.50", "$0.000001", " 12 ")] == [0, 1_500_000, 1, 12_000_000]
    for text in ("-1", "1.0000001", "nan", "inf", "", "a lot", "1e30"):
        with pytest.raises(UsageError):
            micros_of(text)


def test_nodes_by_id_and_by_title() -> None:
    canvas = shot()
    assert node_named(canvas, "up").id == "up"
    twice = canvas.with_node(canvas.nodes[NodeId("up")].model_copy(update={"title": "up2"}))
    assert node_named(twice, "up2").id == "up2"  # an id wins
    same = twice.with_node(twice.nodes[NodeId("cut")].model_copy(update={"title": "clip"}))
    same = same.with_node(same.nodes[NodeId("up")].model_copy(update={"title": "cut film"}))
    assert node_named(same, "cut film").id == "up"
    with pytest.raises(NotFoundError) as caught:
        node_named(canvas, "down")
    assert "up2" in caught.value.hint


def test_a_title_of_two_nodes_is_refused() -> None:
    canvas = shot()
    for key in ("up", "up2"):
        canvas = canvas.with_node(canvas.nodes[NodeId(key)].model_copy(update={"title": "grade"}))
    with pytest.raises(UsageError, match="2 nodes"):
        node_named(canvas, "grade")


def test_takes_by_number_and_by_id() -> None:
    canvas = with_import(shot(), "clip", 9)
    clip = node_named(canvas, "clip")
    assert take_named(canvas, "2", clip).id == "clip/9"
    assert take_named(canvas, "take 1", clip).id == "clip/1"
    assert take_named(canvas, "clip/9").seq == 2
    for words, node in (("3", clip), ("up/2", clip), ("2", None)):
        with pytest.raises(UnknownTakeError) as caught:
            take_named(canvas, words, node)
        assert caught.value.hint


def test_the_only_export_needs_no_name() -> None:
    assert export_node(shot()).id == "cut"
    assert export_node(shot(), "cut").id == "cut"
    with pytest.raises(NotFoundError, match="no export"):
        export_node(board())


def test_one_scope_at_a_time() -> None:
    canvas = shot()
    assert scope_of(canvas, None, None, stale=False).kind == "stale"
    assert scope_of(canvas, ["up"], None, stale=False).kind == "node"
    assert scope_of(canvas, ["up", "up2", "up"], None, stale=False).nodes == ("up", "up2")
    assert scope_of(canvas, None, ["up"], stale=False).kind == "downstream"
    with pytest.raises(UsageError):
        scope_of(canvas, ["up"], None, stale=True)


def plan(high: int, unknown: int = 0) -> Plan:
    step = Step(
        node=NodeId("up"),
        title="up",
        expected_fp=None,
        model="m",
        low_micros=0,
        high_micros=high,
        currency="USD",
        seconds_low=None,
        seconds_high=None,
        local=False,
        free=not high,
        group=0,
    )
    amounts = (Amount(currency="USD", low_micros=0, high_micros=high, unknown=unknown),)
    return Plan(groups=((step,),), whole=amounts, unknown_prices=unknown)


def test_nothing_that_costs_runs_without_consent() -> None:
    asked: dict[str, Any] = {"allow_unknown": False, "ask": False}
    assert consent_to(plan(0), None, yes=False, **asked) == 0
    assert consent_to(plan(700), None, yes=True, **asked) == 700
    assert consent_to(plan(700), 900, yes=False, **asked) == 900
    with pytest.raises(PreconditionError, match="nobody agreed"):
        consent_to(plan(700), None, yes=False, **asked)
    with pytest.raises(BudgetError, match="--max-cost"):
        consent_to(plan(700), 600, yes=True, **asked)


def test_an_unknown_price_needs_a_limit_of_its_own() -> None:
    for most, allow in ((None, True), (500, False), (None, False)):
        with pytest.raises(PreconditionError, match="unknown price"):
            consent_to(plan(0, unknown=1), most, yes=True, allow_unknown=allow, ask=False)
    assert consent_to(plan(0, unknown=1), 500, yes=True, allow_unknown=True, ask=False) == 500


INFO = TemplateInfo.model_validate(
    {
        "name": "t",
        "title": "T",
        "about": "",
        "slots": [{"name": "brief", "kind": "text", "title": "B"}, {"name": "hero", "kind": "picture", "title": "H"}],
    }
)


def test_slots_take_words_files_of_words_and_files(tmp_path: Path) -> None:
    (tmp_path / "brief.txt").write_text("All of it = true", "utf-8")
    (tmp_path / "hero.png").write_bytes(b"png")
    assert slot_values(INFO, ["brief=a=b"]) == {"brief": "a=b"}
    given = [f"brief=@{tmp_path / 'brief.txt'}", f"hero={tmp_path / 'hero.png'}"]
    assert slot_values(INFO, given) == {"brief": "All of it = true", "hero": str(tmp_path / "hero.png")}


@pytest.mark.parametrize("words", ["brief", "villain=x", "hero=/no/such.png", "brief=@/no/such.txt"])
def test_a_slot_that_cannot_be_filled_is_named(words: str) -> None:
    with pytest.raises(UsageError) as caught:
        slot_values(INFO, [words])
    assert caught.value.hint


@pytest.mark.parametrize("reason", ["no_provider", "blocked", "locked"])
def test_a_named_node_that_cannot_run_is_no_success(reason: Any) -> None:
    scope = Scope(kind="node", nodes=(NodeId("n"),))
    found = Plan(skipped=(Skipped(node=NodeId("n"), title="Still", reason=reason, words="Choose a model for it."),))
    with pytest.raises(PreconditionError, match="cannot run: Choose a model"):
        must_run(found, scope)
    must_run(found, Scope(kind="stale"))  # of a whole canvas some never run


def test_a_named_node_that_is_fresh_is_fine() -> None:
    fresh = Skipped(node=NodeId("n"), title="Still", reason="fresh", words="It is fresh.")
    must_run(Plan(skipped=(fresh,)), Scope(kind="node", nodes=(NodeId("n"),)))
