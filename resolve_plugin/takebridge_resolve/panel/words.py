"""What the panel says: amounts, lengths, ages and sentences, in an editor's words. Pure functions, no Qt."""

from __future__ import annotations

from fractions import Fraction

from takebridge.errors import BridgeError, UnsafeFolderError

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
NO_ESTIMATE = "no estimate yet"


def money(micros: int | None, currency: str = "USD") -> str:
    """Return an amount of millionths, ``$3.20``; cents only, but never less than there is: ``$0.004``.

    None is ``price unknown``, 0 is ``free``.
    """
    if micros is None:
        return "price unknown"
    return "free" if micros == 0 else _amount(micros, currency)


def _amount(micros: int, currency: str) -> str:
    digits = f"{micros // 1_000_000}.{micros % 1_000_000:06d}".rstrip("0")
    whole, _, cents = digits.partition(".")
    text = f"{whole}.{cents.ljust(2, '0')}"
    return f"{_SIGNS[currency]}{text}" if currency in _SIGNS else f"{text} {currency}"


def exactly(micros: int, currency: str = "USD") -> str:
    """Return an amount that is known, zero too: ``$0.00``."""
    return _amount(micros, currency)


def price(low: int | None, high: int | None, currency: str = "USD") -> str:
    """Return a range ``$3.10 – $4.60``, one point as ``~$3.20``; ``from $1.00`` where the end is not known."""
    if low is None and high is None:
        return "price unknown"
    if low is None:
        return f"up to {money(high, currency)}"
    if high is None:
        return f"from {money(low, currency)}, end unknown"
    if low == high:
        return "free" if low == 0 else f"~{_amount(low, currency)}"
    return f"{_amount(low, currency)} – {_amount(high, currency)}"


def length(frames: int, rate: Fraction) -> str:
    """Return a length as editors say it, ``3 s 08 f``, ``1 min 04 s 12 f``; frames count at the nominal rate."""
    nominal = max(1, -(-rate.numerator // rate.denominator))
    seconds, rest = divmod(frames, nominal)
    minutes, seconds = divmod(seconds, 60)
    head = f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"
    return f"{head} {rest:02d} f"


def rate_of(text: str) -> Fraction:
    """Return an exact rate such as ``24000/1001``; 24 where the text says nothing."""
    try:
        found = Fraction(text)
    except (ValueError, ZeroDivisionError):
        found = Fraction(0)
    return found if found > 0 else Fraction(24)


def clock(seconds: int) -> str:
    """Return elapsed time, ``0:41``."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def span(low: int | None, high: int | None) -> str:
    """Return how long something usually takes: ``usually 1–2 min``, ``about 40 s``; no history: ``no estimate yet``."""
    if low is None and high is None:
        return NO_ESTIMATE
    if low is None or high is None:
        return f"at least {_duration(low)}" if low is not None else f"up to {_duration(high or 0)}"
    if _duration(low) == _duration(high):
        return f"about {_duration(high)}"
    low_value, low_unit = _duration(low).split(" ")
    high_value, high_unit = _duration(high).split(" ")
    if low_unit == high_unit:
        return f"usually {low_value}–{high_value} {high_unit}"
    return f"usually {low_value} {low_unit} – {high_value} {high_unit}"


def _duration(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3600)} h"


def ago(seconds: int) -> str:
    """Return an age: ``just now``, ``2 min ago``."""
    return "just now" if seconds < 45 else f"{_duration(max(60, seconds))} ago"


def counted(number: int, one: str, many: str = "") -> str:
    """Return ``1 clip``, ``3 clips``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def bridge_away(error: BridgeError | None, *, stopped: bool, seconds: int) -> str:
    """Say that the bridge is away. ``stopped``: it ran ``seconds`` ago."""
    if isinstance(error, UnsafeFolderError):
        return f"{error.message} {error.hint}"
    if stopped:
        return f"The bridge stopped {ago(seconds)}. Takes on disk are safe; jobs at providers go on."
    return "The bridge isn't running. Takes on disk are safe; jobs at providers go on."


def in_words(error: BridgeError) -> str:
    """Return an error as one line with its next step."""
    return f"{error.message} {error.hint}".strip()


def first_line(text: str, limit: int = 90) -> str:
    """Return the first line of ``text``, cut at a word before ``limit`` characters."""
    line = text.strip().splitlines()[0] if text.strip() else ""
    if len(line) <= limit:
        return line
    return line[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def in_short(text: str, limit: int = 160) -> str:
    """Return ``text`` on one line of at most ``limit`` characters."""
    return first_line(" ".join(text.split()), limit)


def take_name(number: int | None) -> str:
    """Return ``take 5``; the editor's own clip where there is no take of ours."""
    return "original" if number is None else f"take {number}"
