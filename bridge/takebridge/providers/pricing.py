"""What one job will cost and take, as ranges. What is not known stays None and is never 0."""

from __future__ import annotations

from dataclasses import dataclass

from takebridge.providers.protocol import ModelProfile


@dataclass(frozen=True, slots=True)
class Estimate:
    """Cost in millionths of ``currency`` and time in seconds of one job; None is unknown."""

    currency: str
    low_micros: int | None
    high_micros: int | None
    seconds_low: int | None
    seconds_high: int | None


def estimate(
    profile: ModelProfile, *, duration_ms: int | None = None, images: int = 1, characters: int = 0
) -> Estimate:
    """Return the range of what one job costs. Whole micros: the low end is rounded down, the high end up.

    ``duration_ms`` is the length asked for; without it the shortest and longest the model makes are counted.
    ``characters`` are those spoken, 0 when they are not known. A price of 0 is 0 whatever the amount.
    Raises ValueError for a negative amount.
    """
    if min(duration_ms or 0, images, characters) < 0:
        raise ValueError("an amount below nothing has no price")
    fewest, most = _amount(profile, duration_ms, images, characters)
    per_unit = 1000 if profile.price_per in ("second", "1k_chars") else 1
    low, high = _times(profile.price.low_micros, fewest), _times(profile.price.high_micros, most)
    return Estimate(
        currency=profile.price.currency,
        low_micros=None if low is None else low // per_unit,
        high_micros=None if high is None else -(-high // per_unit),
        seconds_low=profile.seconds_low,
        seconds_high=profile.seconds_high,
    )


def _amount(
    profile: ModelProfile, duration_ms: int | None, images: int, characters: int
) -> tuple[int | None, int | None]:
    """Return the least and most that is paid for: milliseconds, characters, images or jobs."""
    if profile.price_per == "second":
        return profile.duration_ms or (None, None) if duration_ms is None else (duration_ms, duration_ms)
    if profile.price_per == "1k_chars":
        return (characters or None, characters or None)
    return (images, images) if profile.price_per == "image" else (1, 1)


def _times(micros: int | None, amount: int | None) -> int | None:
    if micros is None or amount is None:
        return micros if micros == 0 else None
    return micros * amount
