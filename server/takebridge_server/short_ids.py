"""Ids short enough for a table of 80 columns, and the whole ones they stand for."""

from __future__ import annotations

from collections.abc import Iterable

LEAST = 12
"""Characters shown at least: ``job_89ec8eeb``."""


def shortened(ids: Iterable[str]) -> dict[str, str]:
    """Return the beginning of every id, as long as it takes to tell them apart."""
    known = list(dict.fromkeys(ids))
    length = LEAST
    while len({one[:length] for one in known}) < len(known):
        length += 4
    return {one: one[:length] for one in known}


def whole_id(ids: Iterable[str], name: str) -> str | None:
    """Return the id ``name`` is, or the only one that begins with it (`LEAST` characters or more); else None."""
    known = list(ids)
    if name in known:
        return name
    found = [one for one in known if one.startswith(name)] if len(name) >= LEAST else []
    return found[0] if len(found) == 1 else None
