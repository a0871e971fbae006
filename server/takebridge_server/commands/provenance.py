"""``provenance``: where a take came from."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from takebridge_server import show_provenance
from takebridge_server.commands.naming import canvas_named, node_named, take_named
from takebridge_server.commands.nodes import TakeName
from takebridge_server.commands.terminal import CanvasOption, Home, Json, bridge_at, do


def provenance(
    take: TakeName,
    of: Annotated[str | None, typer.Option("--node", help="Its node, when TAKE is a number.")] = None,
    canvas: CanvasOption = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say where a take came from: model, request, inputs, cost, rights, and what its file says of itself."""

    def work() -> dict[str, Any]:
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            here = api.canvas(canvas_id).canvas
            chosen = take_named(here, take, node_named(here, of) if of else None)
            found: dict[str, Any] = api.client.get(f"/api/canvases/{canvas_id}/takes/{chosen.id}/provenance")
            return found

    do(as_json, work, show_provenance.provenance)
