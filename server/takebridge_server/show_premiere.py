"""How an install into Premiere is shown in the terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from takebridge_server.premiere_setup import SetupReport

_WORDS = {
    "installed": ("installed", "would be installed with Adobe's installer"),
    "written": ("written", "would be written"),
    "removed": ("removed", "would be removed"),
    "nothing": ("nothing to remove", "nothing to remove"),
}


def setup(report: SetupReport) -> RenderableType:
    """What was done and where, what is in the package when it was only planned, then what to do next."""
    word = _WORDS[report.done][report.dry_run]
    lines = [escape(f"Premiere: {found}") for found in report.premieres]
    lines.append(f"[green]{escape(word)}[/green]  TakeBridge {report.version}  {escape(report.package)}".rstrip())
    if report.installer:
        lines.append(escape(f"Adobe's installer: {report.installer}"))
    listing = [_listing(report)] if report.dry_run and report.done in ("installed", "written") else []
    return Group(*lines, *listing, *map(escape, report.advice))


def _listing(report: SetupReport) -> Table:
    table = Table(box=None, show_header=False)
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    for name, size in report.files:
        table.add_row(f"{size}", escape(name))
    table.add_row(f"{sum(size for _name, size in report.files)}", f"bytes in {len(report.files)} files")
    return table
