"""A token bucket: how soon a provider may be asked again."""

from __future__ import annotations

from dataclasses import dataclass, replace

_CLOSE = 1e-6
"""Seconds by which a timer may fire early."""


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """``per_minute`` tokens a minute, evenly; at most ``capacity`` are kept for later.

    With a capacity of 1 no minute ever sees more than ``per_minute`` starts. Times are seconds of any steady clock.
    """

    per_minute: int
    capacity: int = 1
    tokens: float = 1.0
    at: float = 0.0

    @classmethod
    def full(cls, per_minute: int, now: float, capacity: int = 1) -> TokenBucket:
        """Return a bucket with all its tokens."""
        return cls(per_minute, capacity, float(capacity), now)

    def wait(self, now: float) -> float:
        """Return the seconds until there is a token; 0 when there is one."""
        missing = (1.0 - self._filled(now)) * 60 / self.per_minute
        return missing if missing > _CLOSE else 0.0

    def take(self, now: float) -> TokenBucket:
        """Return the bucket with one token less. Only when `wait` is 0."""
        return replace(self, tokens=max(0.0, self._filled(now) - 1.0), at=max(now, self.at))

    def _filled(self, now: float) -> float:
        return min(float(self.capacity), self.tokens + max(0.0, now - self.at) * self.per_minute / 60)
