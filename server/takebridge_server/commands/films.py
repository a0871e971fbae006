"""``export``: an assembled film with its cut."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from takebridge.canvas.model import Canvas, Node
from takebridge.client.replies import FilmExported
from takebridge.errors import NotFoundError, UsageError
from takebridge_server import show_film
from takebridge_server.commands.naming import canvas_named, node_named
from takebridge_server.commands.terminal import CanvasOption, Home, Json, bridge_at, do

EXPORT_KIND = "nle_export"


def export(
    node: Annotated[str | None, typer.Argument(help="The export, by id or title (default: the only one).")] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the film, its cut and the media of the cut.")] = Path(),
    title: Annotated[str | None, typer.Option("--title", help="What the files are called.")] = None,
    canvas: CanvasOption = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write an assembled film as .mp4, its cut as .otio, and the media of the cut under readable names."""

    def work() -> FilmExported:
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            chosen = export_node(api.canvas(canvas_id).canvas, node)
            return api.export_film(canvas_id, chosen.id, out.absolute(), title=title)

    do(as_json, work, show_film.film)


def export_node(canvas: Canvas, name: str | None = None) -> Node:
    """Return the export asked for, or the only one. Raises NotFoundError, and UsageError when there are several."""
    if name is not None:
        return node_named(canvas, name)
    found = [node for node in canvas.nodes.values() if node.kind == EXPORT_KIND]
    if not found:
        raise NotFoundError(
            "There is no export on this canvas.", hint="Add an “Export to editor” node and wire clips in."
        )
    if len(found) > 1:
        names = ", ".join(f"'{node.title}'" for node in found)
        raise UsageError(f"There are {len(found)} exports on this canvas.", hint=f"Name one: {names}.")
    return found[0]
