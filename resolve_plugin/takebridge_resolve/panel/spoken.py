"""A tile of the tray as a screen reader says it: ``Take 5, pinned, 4 stars, Veo 3.1, 8 seconds, 3 dollars 20``."""

from __future__ import annotations

from takebridge.canvas.model import Take
from takebridge_resolve.panel import frame_words, rating, take_facts, words

_UNITS = {"USD": "dollar", "EUR": "euro", "GBP": "pound"}


def amount(micros: int, currency: str) -> str:
    """Return ``3 dollars 20``; amounts under a cent and other currencies as they are written."""
    whole, cents = divmod((micros + 5_000) // 10_000, 100)
    unit = _UNITS.get(currency)
    if micros == 0 or unit is None or not (whole or cents):
        return words.money(micros, currency)
    if not whole:
        return words.counted(cents, "cent")
    units = words.counted(whole, unit)
    return f"{units} {cents:02}" if cents else units


def length(take: Take) -> str:
    """Return ``8 seconds``; nothing for stills."""
    count, rate = take_facts.frame_count(take), take_facts.rate(take)
    return frame_words.said_length(count, rate) if count and rate else ""


def price(take: Take) -> str:
    """Return what the take cost, ``about`` before an estimate."""
    if take.cost_actual_micros is not None:
        return amount(take.cost_actual_micros, take.currency)
    if take.cost_estimated_micros is not None:
        return f"about {amount(take.cost_estimated_micros, take.currency)}"
    return take_facts.price(take)


def take_text(take: Take, *, marks: tuple[str, ...] = (), health: str = "") -> str:
    """Return a take in one breath: number, ``marks`` such as ``pinned``, stars, model, length, price, ``health``."""
    parts = (f"Take {take.seq}", *marks, rating.spoken(take.rating), take_facts.model(take), length(take), price(take))
    return ", ".join(part for part in (*parts, health) if part)
