"""``canvas …``: the canvas as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from takebridge.canvas.fingerprint import Change
from takebridge.canvas.model import Canvas
from takebridge.client.replies import Committed, LoadedGraph, SavedGraph, Snapshot
from takebridge.ids import CanvasId
from takebridge_server import show_canvas
from takebridge_server.commands.naming import canvas_named, node_named
from takebridge_server.commands.terminal import (
    DEFAULT_AUTHOR,
    Author,
    CanvasOption,
    Home,
    Json,
    NodeName,
    bridge_at,
    do,
)

canvas = typer.Typer(help="Canvases: look, save, load, undo.", no_args_is_help=True)

SUFFIX = ".takebridge.json"


@canvas.command("list")
def list_canvases(home: Home = None, as_json: Json = False) -> None:
    """List canvases."""

    def work() -> dict[CanvasId, str]:
        with bridge_at(home) as api:
            return api.canvases()

    do(as_json, work, show_canvas.titles)


@canvas.command("show")
def show_one(
    which: Annotated[str | None, typer.Argument(metavar="CANVAS", help="Id or title (default: the first).")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show the nodes of a canvas with their states, models and pins."""

    def work() -> Snapshot:
        with bridge_at(home) as api:
            return api.canvas(canvas_named(api, which))

    do(as_json, work, show_canvas.nodes)


@canvas.command("save")
def save(
    path: Annotated[Path, typer.Argument(help=f"File to write; its name ends in {SUFFIX}.")],
    node: Annotated[list[str] | None, typer.Option(help="Only this node, by id or title. Repeatable.")] = None,
    takes: Annotated[Literal["pinned", "all", "none"], typer.Option(help="Which takes go along.")] = "pinned",
    which: CanvasOption = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write a canvas, or a part of it, as a graph file with its media beside it."""

    def work() -> SavedGraph:
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, which)
            nodes = None
            if node:
                here = api.canvas(canvas_id).canvas
                nodes = [node_named(here, name).id for name in node]
            return api.save(canvas_id, path.absolute(), nodes=nodes, takes=takes)

    do(as_json, work, show_canvas.saved)


@canvas.command("load")
def load(
    path: Annotated[Path, typer.Argument(help="Graph file.")],
    into: Annotated[str | None, typer.Option("--canvas", help="Canvas it goes on (default: a new one).")] = None,
    allow_missing: Annotated[bool, typer.Option("--allow-missing", help="Load without media that are gone.")] = False,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Put a graph file on a canvas."""

    def work() -> LoadedGraph:
        with bridge_at(home) as api:
            target = canvas_named(api, into) if into else None
            return api.load(path.absolute(), canvas_id=target, allow_missing=allow_missing, author=author)

    do(as_json, work, show_canvas.loaded)


@canvas.command("undo")
def undo(which: CanvasOption = None, author: Author = DEFAULT_AUTHOR, home: Home = None, as_json: Json = False) -> None:
    """Take back one's newest edit; refused when somebody has built on it."""
    _step("undo", which, author, home, as_json=as_json)


@canvas.command("redo")
def redo(which: CanvasOption = None, author: Author = DEFAULT_AUTHOR, home: Home = None, as_json: Json = False) -> None:
    """Take back one's newest undo."""
    _step("redo", which, author, home, as_json=as_json)


def _step(verb: str, which: str | None, author: str, home: Path | None, *, as_json: bool) -> None:
    def work() -> dict[str, Any]:
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, which)
            before = api.canvas(canvas_id).canvas
            done: Committed = (api.undo if verb == "undo" else api.redo)(canvas_id, author=author)
            left = api.history(canvas_id, author=author)
            titles = titles_of(done, before, api.canvas(canvas_id).canvas)
            return {**done.model_dump(mode="json"), "undo": left.undo, "redo": left.redo, "titles": titles}

    do(as_json, work, show_canvas.stepped)


def titles_of(done: Committed, *canvases: Canvas) -> dict[str, str]:
    """Return what the nodes whose state changed are called."""
    every = {key: node.title for canvas in canvases for key, node in canvas.nodes.items()}
    return {str(key): every.get(key, key) for key in done.states}


@canvas.command("why")
def why(node: NodeName, which: CanvasOption = None, home: Home = None, as_json: Json = False) -> None:
    """Say what changed since the node's pinned take was asked for."""

    def work() -> dict[str, Any]:
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, which)
            snapshot = api.canvas(canvas_id)
            found = node_named(snapshot.canvas, node)
            changes: list[Change] = api.why(canvas_id, found.id)
            state = snapshot.states[found.id]
            return {
                "node": found.id,
                "title": found.title,
                "pin": found.pin,
                "state": state.model_dump(mode="json"),
                "takes": show_canvas.take_names(snapshot.canvas, changes),
                "changes": [change.model_dump(mode="json") for change in changes],
            }

    do(as_json, work, show_canvas.why)
