"""Money in words. Amounts are whole millionths of a currency (micros); None is unknown, never 0."""

from __future__ import annotations

MICROS = 1_000_000
MOST_MICROS = 10**15
"""A billion: no amount the ledger takes in is larger, so that no sum of theirs leaves SQLite's integers."""

_SIGNS = {"USD": "$"}


def money(micros: int | None, currency: str) -> str:
    """Return an amount exactly: ``$0.12``, ``$0.000003``, ``0.12 CHF``; "unknown" for None.

    At least two decimals are shown and as many more as the amount has; nothing is rounded.
    """
    if micros is None:
        return "unknown"
    minus = "-" if micros < 0 else ""
    sign = _SIGNS.get(currency, "")
    return f"{minus}{sign}{_number(abs(micros))}" + ("" if sign else f" {currency}")


def money_range(low: int | None, high: int | None, currency: str) -> str:
    """Return what lies between two amounts, both included: ``$0.10–$0.20``.

    Equal ends are one amount; one unknown end is "at least" or "up to" the other; two are "unknown".
    """
    if low is None or high is None:
        known = money(high if low is None else low, currency)
        return known if low is high else f"{'up to' if low is None else 'at least'} {known}"
    return money(low, currency) if low == high else f"{money(low, currency)}–{money(high, currency)}"


def _number(micros: int) -> str:
    whole, rest = divmod(micros, MICROS)
    return f"{whole}.{f'{rest:06}'.rstrip('0'):0<2}"
