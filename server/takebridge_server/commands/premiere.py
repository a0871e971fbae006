"""``install premiere`` and ``doctor premiere``: getting the panel into Premiere and finding out how that went."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from takebridge.errors import BridgeError
from takebridge_premiere.install import Machine
from takebridge_server import show_premiere
from takebridge_server.commands.resolve import install
from takebridge_server.commands.terminal import Home, Json, console, do, fail, settings_of


@install.command("premiere")
def install_premiere(
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder for the package (default: the data folder).", file_okay=False)
    ] = None,
    uninstall: Annotated[bool, typer.Option("--uninstall", help="Take the panel out again.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done, and what is in the package.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Build the panel's package (.ccx) and install it with Adobe's own installer. Run it again after an update."""
    from takebridge_server.premiere_setup import SetupReport, set_up, take_out

    def work() -> SetupReport:
        action = take_out if uninstall else set_up
        return action(Machine(), settings_of(home).home, to=to and to.expanduser(), dry_run=dry_run)

    do(as_json, work, show_premiere.setup)


def doctor_premiere(home: Path | None, as_json: bool) -> None:
    """Find what keeps Premiere and the bridge apart. Exit code 1 when it is something that must be mended."""
    from takebridge_server.premiere_doctor import diagnose_premiere
    from takebridge_server.show import diagnosis

    try:
        settings = settings_of(home)
    except BridgeError as error:
        fail(error, as_json)
    found = diagnose_premiere(settings.home)
    first = found.first
    if as_json:
        document = {**found.model_dump(), "first": first.model_dump() if first else None}
        typer.echo(json.dumps(document, ensure_ascii=False))
    else:
        console.print(diagnosis(found))
    raise typer.Exit(1 if first is not None and first.fatal else 0)
