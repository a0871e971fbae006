"""``doctor fcp``: what stands between Final Cut and the bridge."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from takebridge.errors import BridgeError
from takebridge_server.commands.terminal import console, fail, settings_of


def doctor_final_cut(home: Path | None, as_json: bool) -> None:
    """Find what keeps Final Cut and the bridge apart. Exit code 1 when it is something that must be mended."""
    from takebridge_server.final_cut_doctor import diagnose_final_cut
    from takebridge_server.show import diagnosis

    try:
        settings = settings_of(home)
    except BridgeError as error:
        fail(error, as_json)
    found = diagnose_final_cut(settings.home, settings.final_cut_library)
    first = found.first
    if as_json:
        document = {**found.model_dump(), "first": first.model_dump() if first else None}
        typer.echo(json.dumps(document, ensure_ascii=False))
    else:
        console.print(diagnosis(found))
    raise typer.Exit(1 if first is not None and first.fatal else 0)
