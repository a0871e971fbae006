"""A plan in one sentence: "7 run, 2 locked, 1 accepted, 5 may follow; $3.10–4.60 now, up to $9.20 if all change"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from takebridge.canvas.plan_types import Amount, Plan, Reason

_SIGNS = {"USD": "$"}
_SKIPPED: tuple[tuple[Reason, str], ...] = (
    ("locked", "locked"),
    ("accepted", "accepted"),
    ("fresh", "fresh"),
    ("blocked", "blocked"),
    ("no_provider", "without a provider"),
    ("manual", "made by hand"),
)
"""What is said of a scope; that constant nodes do not run goes without saying."""


def sentence_of(plan: Plan) -> str:
    """Return what would run and what it costs."""
    counts = Counter(item.reason for item in plan.skipped)
    said = [f"{counts[reason]} {words}" for reason, words in _SKIPPED if counts[reason]]
    if not plan.groups:
        return ": ".join(["Nothing to run", *([", ".join(said)] if said else [])])
    said.insert(0, f"{len(plan.steps)} run")
    if plan.may_follow:
        said.append(f"{len(plan.may_follow)} may follow")
    if plan.reverts:
        said.append(f"{len(plan.reverts)} can have an older take back for free")
    return f"{', '.join(said)}; {_cost(plan)}"


def amount_words(low: int, high: int, currency: str) -> str:
    """Return what lies between two amounts, exactly: ``$3.10–4.60``, ``0.12 CHF``, ``free``."""
    if not high:
        return "free"
    sign = _SIGNS.get(currency, "")
    both = _number(low) if low == high else f"{_number(low)}–{_number(high)}"
    return f"{sign}{both}" if sign else f"{both} {currency}"


def _cost(plan: Plan) -> str:
    words = f"{_sum(plan.now)} now"
    if plan.at_most != plan.now:
        words += f", up to {_sum(_highest(plan.at_most))} if all change"
    return words


def _sum(amounts: Sequence[Amount]) -> str:
    known = [amount_words(one.low_micros, one.high_micros, one.currency) for one in amounts if one.high_micros]
    unknown = sum(one.unknown for one in amounts)
    if unknown:
        known.append(f"{unknown} at an unknown price")
    return " + ".join(known) or "free"


def _highest(amounts: Iterable[Amount]) -> list[Amount]:
    return [one.model_copy(update={"low_micros": one.high_micros}) for one in amounts]


def _number(micros: int) -> str:
    whole, rest = divmod(micros, 1_000_000)
    return f"{whole}.{f'{rest:06}'.rstrip('0'):0<2}"
