"""What a server built with FastAPI says of a request it cannot read: a list of faults, each with its place."""

from __future__ import annotations

from collections.abc import Sequence

from takebridge.providers.facts import Json


def faults_of(detail: Sequence[Json]) -> str:
    """Return ``[{loc: [...], msg}]`` as one line; what has another shape is left out."""
    found = []
    for one in detail:
        if isinstance(one, dict):
            place = one.get("loc")
            where = ".".join(map(str, place)) if isinstance(place, list) else ""
            found.append(f"{where}: {one.get('msg') or ''}" if where else str(one.get("msg") or ""))
    return "; ".join(filter(None, found))
