"""Judgements of a take as stars. The canvas keeps four words; the panel shows them as one to four stars.

Keys 1 to 4 give the words from worst to best; 5 says the same as 4, for hands used to five stars. The words are
`takebridge.canvas.model.Rating`, so a rating made here reads the same everywhere.
"""

from __future__ import annotations

from takebridge.canvas.model import Rating

MOST_STARS = 4

_BY_STARS: dict[int, Rating] = {1: "dead", 2: "useful_weird", 3: "almost", 4: "keep"}
_STARS: dict[str, int] = {word: stars for stars, word in _BY_STARS.items()}
_TITLES: dict[int, str] = {0: "No rating", 1: "Dead", 2: "Useful, weird", 3: "Almost", 4: "Keep"}


def rating_of(stars: int) -> Rating | None:
    """Return the judgement that a key of 0 to 5 gives; 0 is none."""
    return _BY_STARS.get(min(stars, MOST_STARS))


def stars_of(rating: Rating | None) -> int:
    """Return 0 (not rated) to `MOST_STARS`."""
    return _STARS.get(rating or "", 0)


def title_of(stars: int) -> str:
    """Return stars with the judgement they stand for: ``3 stars: almost``."""
    count = min(stars, MOST_STARS)
    return f"{count} star{'' if count == 1 else 's'}: {_TITLES[count].lower()}" if count else _TITLES[0]


def spoken(rating: Rating | None) -> str:
    """Return ``4 stars``, or nothing when there is no rating."""
    stars = stars_of(rating)
    return f"{stars} star{'' if stars == 1 else 's'}" if stars else ""
