"""``pair`` and ``panels``: let a panel inside an editor use the bridge, and no more."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

import typer

from takebridge.client.api import Api
from takebridge.errors import BridgeError, PreconditionError, UsageError
from takebridge_server import show_panels
from takebridge_server.commands.terminal import Home, Json, bridge_at, console, do, fail
from takebridge_server.panel_store import one_named

EDITORS = ("premiere",)
LOOK_SECONDS = 0.3

panels = typer.Typer(help="Panels that may use the bridge: list them, revoke one.", invoke_without_command=True)

EditorName = Annotated[str, typer.Argument(help="The editor the panel is in: premiere.")]
PanelName = Annotated[str, typer.Argument(help="A panel's name or id, as 'takebridge panels' shows them.")]


def pair(editor: EditorName = "premiere", home: Home = None, as_json: Json = False) -> None:
    """Show a code to type into a panel, and wait until it is paired.

    With --json one line says port and code at once, a second one what became of it.
    """
    try:
        if editor not in EDITORS:
            raise UsageError(
                f"There is no panel for “{editor}” that is paired with a code.",
                hint="Only Premiere's is: 'takebridge pair'. Beside Resolve: 'takebridge panel'.",
            )
        with bridge_at(home) as api:
            made = api.client.post("/api/panels/pair", {"editor": editor})
            if as_json:
                typer.echo(json.dumps(made))
            else:
                console.print(show_panels.code(made))
            found = _wait(api, str(made["id"]))
    except BridgeError as error:
        fail(error, as_json)
    do(as_json, lambda: found, show_panels.paired)


@panels.callback()
def list_panels(context: typer.Context, home: Home = None, as_json: Json = False) -> None:
    """List the paired panels."""
    if context.invoked_subcommand is None:

        def work() -> list[dict[str, Any]]:
            with bridge_at(home) as api:
                return list(api.client.get("/api/panels"))

        do(as_json, work, show_panels.table)


@panels.command("revoke")
def revoke(panel: PanelName, home: Home = None, as_json: Json = False) -> None:
    """Let a panel in no more. One that is connected is closed at once."""

    def work() -> dict[str, Any]:
        with bridge_at(home) as api:
            panel_id = one_named(api.client.get("/api/panels"), panel)
            return dict(api.client.delete(f"/api/panels/{panel_id}"))

    do(as_json, work, show_panels.revoked)


def _wait(api: Api, pairing: str) -> dict[str, Any]:
    """Return what a code was used for. Raises PreconditionError when it ended otherwise."""
    while True:
        found = api.client.get(f"/api/panels/pair/{pairing}")
        if found["state"] == "paired":
            return dict(found)
        if found["state"] != "waiting":
            raise PreconditionError(show_panels.ENDINGS[found["state"]], hint="Run 'takebridge pair' again.")
        time.sleep(LOOK_SECONDS)
