"""The exchange folder drawn for people in a terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Group, RenderableType
from rich.markup import escape

from takebridge.client.replies import ExchangeDealt, ExchangeReport, ExchangeTimeline
from takebridge_server.show_canvas import filled

FINAL_CUT = "Final Cut Pro"
"""Whose folder it is, as the bridge says it."""

_ENDINGS = {
    "answered": "[green]answered[/green]",
    "nothing": "in step",
    "new": "[cyan]new[/cyan]",
    "undecided": "[yellow]undecided[/yellow]",
    "refused": "[red]refused[/red]",
}


def exchange(found: ExchangeReport) -> RenderableType:
    """Newest exports, what became of the last ones, what could not be read."""
    if not found.folder:
        return (
            "This bridge watches no exchange folder. Start it with: takebridge serve --exchange FOLDER, "
            "or for Final Cut: takebridge serve --final-cut FOLDER"
        )
    return Group(*_folder(found), *(part for one in found.more for part in ("", *_folder(one))))


def _folder(found: ExchangeReport) -> list[RenderableType]:
    parts: list[RenderableType] = [f"{escape(found.product)} {escape(found.folder)}"]
    if found.problem:
        parts.append(f"[red]{escape(found.problem)}[/red]")
    if found.timelines:
        parts.append(
            filled(("timeline", "version", "newest export", "format", "clips"), [*map(_timeline, found.timelines)])
        )
    elif found.product == FINAL_CUT:
        parts.append("Nothing exported yet: in Final Cut, File > Export XML into it.")
    else:
        parts.append("Nothing exported yet: export a timeline as FCPXML, XML, OTIO, EDL or AAF into it.")
    if found.dealt:
        parts.append(filled(("export", "", "what became of it"), [*map(_dealt, found.dealt)], "Last exports"))
        parts += [f"{escape(one.name)}: {escape(one.hint)}" for one in found.dealt[-3:] if one.hint]
    for item in found.unreadable:
        said = item.message.removeprefix(f"{item.name}: ")  # some messages begin with the name
        parts.append(f"[yellow]{escape(item.name)} could not be read:[/yellow] {escape(said)} {escape(item.hint)}")
    return parts


def _timeline(one: ExchangeTimeline) -> tuple[str, str, str, str, str]:
    version = "" if one.version is None else f"v{one.version}"
    return escape(one.title), version, escape(one.name), one.format, str(one.clips)


def _dealt(one: ExchangeDealt) -> tuple[str, str, str]:
    said = f"{one.text} Import “{Path(one.answer).name}”." if one.answer else one.text
    return escape(one.name), _ENDINGS.get(one.ending, one.ending), escape(said)
