"""Panels and pairing codes drawn for people in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape

from takebridge_server.pairing import CODE_SECONDS, WRONG_TRIES, in_groups
from takebridge_server.show_canvas import table_of

ENDINGS: Mapping[str, str] = {
    "expired": f"The code was not used within {CODE_SECONDS} seconds. No panel was paired.",
    "voided": f"A wrong code was tried {WRONG_TRIES} times, so the code does not count any more. No panel was paired.",
    "replaced": "Another code was asked for meanwhile, so this one does not count any more.",
    "failed": "The code was right, but the panel could not be written into the data folder. No panel was paired.",
}
"""What became of a code that paired nobody."""
_TITLES = {"premiere": "Premiere"}


def code(made: Mapping[str, Any]) -> RenderableType:
    """A new code, as one types it."""
    editor = _TITLES.get(made["editor"], str(made["editor"]))
    return Group(
        f"Open the TakeBridge panel in {escape(editor)} and type there, within {made['seconds']} seconds:",
        f"  port  [bold]{made['port']}[/bold]",
        f"  code  [bold]{in_groups(made['code'])}[/bold]",
        "Waiting for the panel. Ctrl+C stops waiting; the code stays good.",
    )


def paired(found: Mapping[str, Any]) -> RenderableType:
    """A code that was used."""
    name = found["panel"]["name"] if found["panel"] else "The panel"
    return f"[green]Paired[/green]: {escape(name)}. It finds the bridge by itself from now on."


def table(found: Sequence[Mapping[str, Any]]) -> RenderableType:
    """All paired panels."""
    if not found:
        return "No panel is paired. 'takebridge pair premiere' shows a code to type into one."
    drawn = table_of("name", "editor", "", "last seen, UTC", "id")
    for column in (*drawn.columns[:3], drawn.columns[-1]):  # what 'revoke' is told, whole
        column.no_wrap = True
    for one in found:
        state = "[green]connected[/green]" if one["connected"] else ""
        seen = _moment(one["last_seen"])
        drawn.add_row(escape(one["name"]), escape(one["editor"]), state, seen, escape(one["id"]))
    return Group(drawn, "To let one in no more: takebridge panels revoke NAME-or-ID.")


def revoked(one: Mapping[str, Any]) -> RenderableType:
    """A panel that may not come back."""
    return f"{escape(one['name'])} may not use the bridge any more."


def _moment(moment: str) -> str:
    """To the minute: a narrow terminal still shows the names whole."""
    return escape(moment.replace("T", " ")[:16])
