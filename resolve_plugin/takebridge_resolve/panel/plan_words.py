"""A plan and its price as the panel says it: lines, and what the confirm button repeats. Pure (review_ux §3 e)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from takebridge_resolve.panel.words import counted, exactly, price, span

if TYPE_CHECKING:
    from takebridge.canvas.plan_types import Amount, Binding, Plan


@dataclass(frozen=True, slots=True)
class Offer:
    """What would be agreed to. ``button`` repeats count and ceiling, ``allowed`` is False over a budget.

    ``max_micros`` is the most that may be paid, ``unpriced`` how many takes have a price nobody knows.
    """

    lines: tuple[tuple[str, str], ...]
    button: str
    allowed: bool
    max_micros: int
    unpriced: int
    free: bool
    over: str = ""


NOTHING = "Nothing to generate"


def offer(plan: Plan, left: str = "") -> Offer:
    """Return a plan as an offer. ``left``: how much the budget leaves, in words, "" without a cap."""
    steps = plan.steps
    if not steps:
        reasons = [f"{item.title}: {item.words}" for item in plan.skipped] or [plan.sentence]
        return Offer(tuple(("Nothing to do", reason) for reason in reasons), NOTHING, False, 0, 0, True)
    free = all(step.free for step in steps)
    ceiling = sum(amount.high_micros for amount in plan.whole)
    lines = [("Will run", f"{counted(len(steps), 'take')} · {', '.join(dict.fromkeys(s.title for s in steps))}")]
    if free or any(amount.high_micros for amount in plan.whole):
        lines.append(("Price", free_words(plan) if free else totals(plan.whole)))
    lines += [("Price unknown", f"{counted(plan.unknown_prices, 'take')}, not counted")] if plan.unknown_prices else []
    lines += [("May follow", f"{counted(len(plan.may_follow), 'take')} if the new takes are pinned")] * bool(
        plan.may_follow
    )
    lines += [("Skipped", f"{item.title}: {item.words}") for item in plan.skipped if item.reason != "constant"]
    lines += [("Budget", left)] if left else []
    over = over_budget(plan.bindings, ceiling)
    return Offer(
        tuple(lines),
        over or f"Generate {counted(len(steps), 'take')} · {ceiling_words(plan)}",
        not over,
        ceiling,
        plan.unknown_prices,
        free,
        over,
    )


def free_words(plan: Plan) -> str:
    """Return ``Free, on this computer, about 40 s``."""
    where = "on this computer" if all(step.local for step in plan.steps) else "at the provider"
    return f"Free, {where}, {span(plan.seconds_low or None, plan.seconds_high)}"


def totals(amounts: tuple[Amount, ...]) -> str:
    """Return the sum of every currency; takes at an unknown price are said, never counted as nothing."""
    words = []
    for one in amounts:
        known = price(one.low_micros, one.high_micros, one.currency)
        unpriced = f"{one.unknown} unpriced" if one.unknown else ""
        words.append(" + ".join(part for part in ("" if known == "free" and unpriced else known, unpriced) if part))
    return " + ".join(words) or "price unknown"


def ceiling_words(plan: Plan) -> str:
    """Return what the confirm button promises at most: ``up to $4.60 + 1 unpriced``, ``free, about 40 s``."""
    if all(step.free for step in plan.steps):
        return f"free, {span(plan.seconds_low or None, plan.seconds_high)}"
    parts = [f"up to {exactly(one.high_micros, one.currency)}" for one in plan.whole if one.high_micros]
    parts += [f"{plan.unknown_prices} unpriced"] if plan.unknown_prices else []
    return " + ".join(parts)


def over_budget(bindings: tuple[Binding, ...], ceiling: int) -> str:
    """Return what stands on the button when a cap is in the way, "" when none is."""
    if not bindings:
        return ""
    tightest = min(bindings, key=lambda one: -1 if one.left_micros is None else one.left_micros)
    whose = {"day": "today's budget", "canvas": "the canvas's budget", "job": "the budget of one take"}
    name = whose.get(tightest.scope, "the budget")
    if tightest.left_micros is None:
        return f"Price unknown, cannot be held to {name} · Change budget"
    by = exactly(max(0, ceiling - tightest.left_micros), tightest.currency)
    return f"Over {name} by {by} · Change budget"


def label_price(plan: Plan | None) -> str:
    """Return what is written behind *Generate take*: ``~$3.20``, ``free``; "" where there is nothing to run."""
    if plan is None or not plan.steps:
        return ""
    return "free" if all(step.free for step in plan.steps) else totals(plan.now)
