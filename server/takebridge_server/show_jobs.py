"""Jobs and the queue drawn for people in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from shlex import quote
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.text import Text

from takebridge.client.replies import QueueFacts
from takebridge_server.short_ids import shortened
from takebridge_server.show_canvas import filled, table_of

_COLOURS = {"Complete": "green", "Failed": "red", "PendingReview": "yellow", "InProgress": "cyan"}


def jobs(found: list[dict[str, Any]], titles: Mapping[str, str]) -> RenderableType:
    """All jobs, and below them what those say that did not end well. ``titles``: what nodes are called."""
    if not found:
        return "No jobs yet."
    ids = shortened(item["job"] for item in found)
    table = table_of("job", "node", "model", "status", "done", title="Jobs")
    for item in found:
        node = escape(titles.get(item["node"], "a node that is gone"))
        table.add_row(ids[item["job"]], node, item["model"], status_words(item), _percent(item))
    return Group(table, *_open_ends(found))


def status_words(job: dict[str, Any]) -> str:
    """A job's status, coloured."""
    status = job.get("status") or job["state"]
    colour = _COLOURS.get(status, "white")
    return f"[{colour}]{status}[/{colour}]"


def _percent(job: dict[str, Any]) -> str:
    return f"{100 * job['done'] // job['total']} %" if job["total"] else ""


def fanned(found: dict[str, Any]) -> RenderableType:
    """What a fan-out brought: the takes by the numbers they are pinned and rated by."""
    rows = []
    for job in found["jobs"]:
        take = found["takes"].get(job["take"], {"seq": "", "seed": None})
        seed = "" if take["seed"] is None else str(take["seed"])
        rows.append((str(take["seq"]), job["model"], seed, status_words(job)))
    parts: list[RenderableType] = [filled(("take", "model", "seed", "status"), rows), *_open_ends(found["jobs"])]
    if found["sheet"]:
        parts.append(Text(f"Contact sheet: {found['sheet']}", overflow="fold"))
    return Group(*parts, escape(f"Nothing is pinned by itself: takebridge node pin {quote(found['title'])} TAKE"))


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


def pause_words(scope: str, key: str) -> str:
    """What a pause is for."""
    return "everything" if scope == "all" else f"{scope} {key}"


def queue(found: QueueFacts) -> RenderableType:
    """Pauses and providers."""
    table = table_of("provider", "waiting", "running", "at a time", "a minute", title="Queue")
    for name, item in found.providers.items():
        per_minute = "" if item.per_minute is None else str(item.per_minute)
        table.add_row(escape(name), str(item.waiting), str(item.running), str(item.concurrency), per_minute)
    paused = [
        f"[yellow]paused[/yellow] {escape(pause_words(pause.scope, pause.key))} by {escape(pause.author)}"
        for pause in found.pauses
    ]
    return Group(table, *(paused or ["Nothing is paused."]))
