"""From counted tokens to money, by the rates a catalogue states. An unknown rate makes an unknown cost."""

from __future__ import annotations

from collections.abc import Mapping

from takebridge.providers.facts import Json, PriceRule
from takebridge.providers.remote.order import Order

_MILLION = 1_000_000


def cost_of(order: Order, counts: Mapping[str, int]) -> int | None:
    """Return what counted tokens cost in whole micros, rounded up; None where a rate is unknown or a range.

    ``counts`` are tokens by use (``text_in``, ``image_out`` …). Rates are the profile's rules of 1 000 000 tokens whose
    ``when`` has that ``usage``. A model that is free is free.
    """
    price = order.profile.price
    if price.high_micros == 0:
        return 0
    parts = 0
    for usage, count in counts.items():
        if count < 1:
            continue
        rate = rate_of(order, usage)
        if rate is None:
            return None
        parts += count * rate
    return -(-parts // _MILLION) if any(count > 0 for count in counts.values()) else None


def rate_of(order: Order, usage: str) -> int | None:
    """Return the micros of a million tokens of one use under the order's conditions; None: not known exactly."""
    for rule in order.profile.prices:
        if rule.per == "1m_tokens" and rule.when.get("usage") == usage and _holds(order, rule):
            return rule.low_micros if rule.low_micros == rule.high_micros else None
    return None


def counted(value: Json) -> int:
    """Return a number of tokens a vendor says, 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _holds(order: Order, rule: PriceRule) -> bool:
    given = {one.role for one in order.request.inputs}
    for name, wanted in rule.when.items():
        if name == "usage":
            continue
        if name.startswith("with."):
            if (name.removeprefix("with.") in given) is not wanted:
                return False
        elif order.request.params.get(name, order.profile.params.get(name)) != wanted:
            return False
    return True
