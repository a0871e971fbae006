"""Jobs and the queue drawn for people in a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape

from takebridge.client.replies import QueueFacts
from takebridge_server.show_canvas import table_of

_COLOURS = {"Complete": "green", "Failed": "red", "PendingReview": "yellow", "InProgress": "cyan"}


def jobs(found: list[dict[str, Any]]) -> RenderableType:
    """All jobs, and below them what those say that did not end well."""
    if not found:
        return "No jobs yet."
    table = table_of("job", "model", "status", "done", "take", title="Jobs")
    for item in found:
        status = item.get("status") or item["state"]
        colour = _COLOURS.get(status, "white")
        state = f"[{colour}]{status}[/{colour}]"
        table.add_row(item["job"], item["model"], state, f"{item['done']}/{item['total']}", item["take"] or "")
    return Group(table, *_open_ends(found))


def _open_ends(found: list[dict[str, Any]]) -> list[str]:
    lines = []
    for item in found:
        if item["error"] is None:
            continue
        lines.append(f"{item['job']}: {escape(item['error']['message'])}")
        if item.get("choices"):
            lines += [f"  takebridge resolve {item['job']} {choice}" for choice in item["choices"]]
        elif item.get("can_retry"):
            lines.append(f"  takebridge retry {item['job']}")
    return lines


def queue(found: QueueFacts) -> RenderableType:
    """Pauses and providers."""
    table = table_of("provider", "waiting", "running", "at a time", "a minute", title="Queue")
    for name, item in found.providers.items():
        per_minute = "" if item.per_minute is None else str(item.per_minute)
        table.add_row(escape(name), str(item.waiting), str(item.running), str(item.concurrency), per_minute)
    paused = [
        f"[yellow]paused[/yellow] {escape(f'{pause.scope} {pause.key}'.strip())} by {escape(pause.author)}"
        for pause in found.pauses
    ]
    return Group(table, *(paused or ["Nothing is paused."]))
