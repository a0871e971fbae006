"""How an install and a probe are shown in the terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from takebridge_server.resolve_setup import SetupReport

_WORDS = {
    "write": ("written", "would be written"),
    "update": ("replaced", "would be replaced"),
    "keep": ("up to date", "up to date"),
    "remove": ("removed", "would be removed"),
    "refuse": ("left alone", "would be left alone"),
}


def setup(report: SetupReport) -> RenderableType:
    """One line a file, then what to do next."""
    table = Table(box=None, show_header=False)
    for _ in ("what", "path", "why"):
        table.add_column(overflow="fold")
    for action, path, why in report.steps:
        word = _WORDS[action][report.dry_run]
        style = "red" if action == "refuse" else "green"
        table.add_row(f"[{style}]{word}[/{style}]", escape(path), escape(why))
    lines = [escape(f"Resolve: {found}") for found in report.resolves]
    nothing = [] if report.steps else ["Nothing of ours is in Resolve's script folders."]
    return Group(*lines, table, *nothing, *map(escape, report.advice))


def probed(found: dict[str, Any]) -> RenderableType:
    """The facts, then where they are."""
    table = Table(box=None, show_header=False)
    for _ in ("fact", "value"):
        table.add_column(overflow="fold")
    for name, value in sorted(found["facts"].items()):
        shown = f"{len(value)} classes" if name == "methods" else str(value)
        table.add_row(escape(name), escape(shown))
    return Group(table, *(escape(note) for note in found["notes"]), escape(f"Written to {found['path']}."))
