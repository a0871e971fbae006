"""Money drawn for people in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.markup import escape

from takebridge.client.replies import CapFacts, SpendFacts
from takebridge.store.amounts import money
from takebridge_server.show_canvas import table_of

_EACH = {"job": "every job", "canvas": "every canvas", "day": "every day (UTC)", "user": "every person"}


def spend(lines: Sequence[SpendFacts], by: Sequence[str]) -> RenderableType:
    """Who spent what; amounts nobody knows are said to be unknown, never shown as nothing."""
    if not lines:
        return "Nothing was generated yet, so nothing was spent."
    table = table_of(*(name.removesuffix("_id") for name in by), "jobs", "paid", "held", "unknown", "returned")
    for line in lines:
        groups = [escape(str(getattr(line, name) or "–")) for name in by]
        held = money(line.reserved_micros, line.currency) if line.reserved_micros else ""
        unknown, returned = (str(count or "") for count in (line.unknown_jobs, line.returned_jobs))
        table.add_row(*groups, str(line.jobs), money(line.settled_micros, line.currency), held, unknown, returned)
    return table


def caps(found: Sequence[CapFacts]) -> RenderableType:
    """All caps."""
    if not found:
        return "There is no cap: what is agreed to may be spent. Set one with: takebridge budget set day 20"
    table = table_of("cap for", "limit")
    for cap in found:
        whose = f"{cap.scope} {cap.key}" if cap.key else _EACH.get(cap.scope, cap.scope)
        table.add_row(escape(whose), money(cap.limit_micros, cap.currency))
    return table
