"""A plan line by line as review_ux §3 (e) has it: what runs, what may follow, what is skipped, what the budget says.

Pure. Amounts are whole millionths of a currency; unknown is said, never counted as 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from takebridge_resolve.panel.plan_words import ceiling_words, free_words, totals
from takebridge_resolve.panel.words import counted, exactly

if TYPE_CHECKING:
    from takebridge.canvas.plan_types import Binding, Plan, Skipped, Step

Tone = Literal["plain", "warning"]
_SKIPPED: tuple[tuple[str, str], ...] = (
    ("locked", "locked"),
    ("accepted", "kept as is"),
    ("fresh", "up to date"),
    ("blocked", "waiting for input"),
    ("no_provider", "without a model"),
    ("manual", "made by hand"),
)
"""Reasons in the order they are said. A constant node has nothing to run, which goes without saying."""
_WHOSE = {"day": "today's budget", "canvas": "the canvas's budget", "job": "the budget of one take"}


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One line: ``count`` of takes (None where nothing is counted), what they are, what they cost."""

    title: str
    count: int | None
    what: str
    price: str = ""
    tone: Tone = "plain"
    more: str = ""
    """What stands behind the line, for a tooltip and a screen reader: every skipped node with its reason."""

    @property
    def spoken(self) -> str:
        """The line as a screen reader says it."""
        parts = (self.title, "" if self.count is None else str(self.count), self.more or self.what, self.price)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Purse:
    """What counts against a cap already. ``limit_micros`` None: no cap; ``scope`` and ``key`` are the cap's own.

    ``uncounted`` jobs run at a price nobody knows: they are not in ``spent_micros``.
    """

    currency: str = "USD"
    spent_micros: int = 0
    limit_micros: int | None = None
    scope: str = "day"
    key: str = ""
    uncounted: int = 0


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a plan may not run as it stands. ``scope`` names the cap to change, "" where no cap is in the way.

    ``by_micros`` is how much the cap is passed by, ``words`` stand on the button or beside it.
    """

    words: str
    scope: str = ""
    by_micros: int = 0


def plan_lines(plan: Plan, purse: Purse, uploads: str) -> tuple[PlanLine, ...]:
    """Return the lines of a plan in their order. ``uploads`` says what leaves this computer."""
    lines = [*_work(plan)]
    if skipped := _skipped(plan.skipped):
        lines.append(skipped)
    lines.append(PlanLine("Budget", None, budget_words(plan, purse)))
    if plan.steps:
        lines.append(PlanLine("Uploads", None, uploads))
    return tuple(lines)


def _work(plan: Plan) -> Iterable[PlanLine]:
    steps = plan.steps
    if not steps:
        yield PlanLine("Will run", 0, "nothing: everything asked for is there or cannot run now")
        return
    free = all(step.free for step in steps)
    yield PlanLine("Will run", len(steps), titles(steps), free_words(plan) if free else totals(plan.whole))
    if plan.may_follow:
        yield PlanLine("May follow", len(plan.may_follow), "only if the new takes are pinned", _following(plan))
    if plan.unknown_prices:
        unknown = [step for step in steps if step.high_micros is None]
        what = f"{titles(unknown)} · {_models(unknown)} has no price listed"
        yield PlanLine("Price unknown", plan.unknown_prices, what, "not counted", "warning")
    if plan.reverts:
        what = f"{counted(len(plan.reverts), 'node has', 'nodes have')} an older take that fits: pinning it is free"
        yield PlanLine("Instead", len(plan.reverts), what, "free")


def titles(steps: Sequence[Step]) -> str:
    """Return what steps are called: all of two, else the first and the last: ``SH_0420 … SH_0480``."""
    names = list(dict.fromkeys(step.title for step in steps))
    return ", ".join(names) if len(names) < 3 else f"{names[0]} … {names[-1]}"


def _models(steps: Iterable[Step]) -> str:
    return ", ".join(dict.fromkeys(step.model for step in steps)) or "the model"


def _following(plan: Plan) -> str:
    known = [step.high_micros for step in plan.may_follow if step.high_micros is not None]
    unpriced = len(plan.may_follow) - len(known)
    currency = next((step.currency for step in plan.may_follow), "USD")
    parts = [f"up to {exactly(sum(known), currency)}"] if sum(known) else []
    parts += [f"{unpriced} unpriced"] if unpriced else []
    return " + ".join(parts) or "free"


def _skipped(skipped: Iterable[Skipped]) -> PlanLine | None:
    found = [one for one in skipped if one.reason != "constant"]
    if not found:
        return None
    counts = [(sum(one.reason == reason for one in found), words) for reason, words in _SKIPPED]
    what = " · ".join(f"{count} {words}" for count, words in counts if count)
    more = "; ".join(f"{one.title}: {one.words}" for one in found)
    return PlanLine("Skipped", len(found), what, more=more)


def why_skipped(plan: Plan) -> tuple[str, ...]:
    """Return one line for every node that does not run, with its reason."""
    return tuple(f"{one.title}: {one.words}" for one in plan.skipped if one.reason != "constant")


def budget_words(plan: Plan, purse: Purse) -> str:
    """Return ``Today $18.40 of $50.00 → at most $27.60 + 1 unpriced after this``; free work leaves it as it is."""
    currency = purse.currency
    head = {"day": "Today", "canvas": "This canvas", "user": "You today"}.get(purse.scope, "Today")
    limit = ", no budget set" if purse.limit_micros is None else f" of {exactly(purse.limit_micros, currency)}"
    now = f"{head} {exactly(purse.spent_micros, currency)}{limit}"
    now += f" + {purse.uncounted} unpriced" if purse.uncounted else ""
    most = sum(one.high_micros for one in plan.at_most if one.currency == currency)
    unpriced = sum(one.unknown for one in plan.at_most)
    others = [one for one in plan.at_most if one.currency != currency and one.high_micros]
    if not (most or unpriced or others):
        return f"{now}; this is free" if plan.steps else now
    after = [exactly(purse.spent_micros + most, currency)]
    after += [exactly(one.high_micros, one.currency) for one in others]
    after += [f"{unpriced} unpriced"] if unpriced else []
    return f"{now} → at most {' + '.join(after)} after this"


# --- consent --------------------------------------------------------------------------------------------


def ceiling(plan: Plan) -> int:
    """Return the most that the priced steps of a plan may cost."""
    return sum(one.high_micros for one in plan.whole)


def confirm_words(plan: Plan, stop_at: int | None) -> str:
    """Return what the confirm button says: count and ceiling; ``stop_at`` is the most a person allowed, if they did."""
    if not plan.steps:
        return "Nothing to generate"
    words = f"Generate {counted(len(plan.steps), 'take')} · {ceiling_words(plan)}"
    if stop_at is None or not plan.unknown_prices or stop_at <= ceiling(plan):
        return words
    return f"{words}, {exactly(stop_at, _currency(plan))} at most"


def _currency(plan: Plan) -> str:
    return next((one.currency for one in plan.whole), "USD")


def hindrance(plan: Plan, stop_at: int | None) -> Hindrance | None:
    """Say why a plan may not be confirmed, None when it may. ``stop_at``: the most a person allows, in micros."""
    if not plan.steps:
        return Hindrance("There is nothing to generate.")
    if over := _over_a_cap(plan, stop_at):
        return over
    known, currency = ceiling(plan), _currency(plan)
    if stop_at is not None and stop_at < known:
        return Hindrance(f"This may cost {exactly(known, currency)}; with less than that nothing is started.")
    if plan.unknown_prices and (stop_at is None or stop_at <= known):
        more = f" more than {exactly(known, currency)}" if known else ""
        return Hindrance(f"Nobody knows what {counted(plan.unknown_prices, 'take')} will cost. Allow an amount{more}.")
    return None


def _over_a_cap(plan: Plan, stop_at: int | None) -> Hindrance | None:
    """The cap that is passed by most. What is unpriced counts as far as a person allows it to."""
    most = max(ceiling(plan), stop_at or 0) if plan.unknown_prices else ceiling(plan)
    found = [one for binding in plan.bindings if (one := _passed(binding, plan, most)) is not None]
    return max(found, key=lambda one: one.by_micros, default=None)


def _passed(binding: Binding, plan: Plan, most: int) -> Hindrance | None:
    if binding.left_micros is None:  # a cap in another currency; of unknown prices a person says how much may be paid
        return None if plan.unknown_prices else Hindrance(binding.words)
    dearest = max((step.high_micros or 0 for step in plan.steps), default=0)
    by = (dearest if binding.scope == "job" else most) - binding.left_micros
    if by <= 0:
        return None
    name = _WHOSE.get(binding.scope, "the budget")
    return Hindrance(f"Over {name} by {exactly(by, binding.currency)}", binding.scope, by)


def needs_amount(plan: Plan) -> bool:
    """Say whether a person must allow an amount because a price is unknown."""
    return bool(plan.steps) and plan.unknown_prices > 0


def cautious(plan: Plan, ask_above: int) -> bool:
    """Say whether Cancel has the focus at first: dearer than the person's own limit, or nobody knows how dear."""
    return plan.unknown_prices > 0 or ceiling(plan) > ask_above


def raised_limit(limit: int, by_micros: int) -> int:
    """Return the next limit that lets a plan through: at least so much more, in whole units of the currency."""
    wanted = limit + by_micros
    return -(-wanted // 1_000_000) * 1_000_000


def purse_of(headroom: Mapping[str, Any], spent_today: int, currency: str = "USD") -> Purse:
    """Return the purse of ``/api/ledger/remaining``; without a cap what was spent today stands there."""
    found = headroom.get(currency)
    cap = found.get("cap") if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping) or not isinstance(cap, Mapping) or not isinstance(cap.get("limit_micros"), int):
        return Purse(currency, spent_today)
    committed = found.get("committed_micros")
    return Purse(
        currency,
        committed if isinstance(committed, int) else spent_today,
        cap["limit_micros"],
        str(cap.get("scope", "day")),
        str(cap.get("key", "")),
        int(found.get("uncounted_jobs") or 0),
    )
