"""``serve``, ``status``, ``doctor``: the bridge itself."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Annotated, Any

import typer

from takebridge.errors import BridgeError, UsageError
from takebridge_server import show
from takebridge_server.commands.final_cut import doctor_final_cut
from takebridge_server.commands.naming import titles_of_jobs
from takebridge_server.commands.premiere import doctor_premiere
from takebridge_server.commands.resolve import doctor_resolve
from takebridge_server.commands.terminal import Home, Json, bridge_at, console, do, fail, settings_of


def serve(
    home: Home = None,
    port: Annotated[
        int | None, typer.Option(help="Port on 127.0.0.1 (default: TAKEBRIDGE_PORT or a free one).", min=0, max=65535)
    ] = None,
    exchange: Annotated[
        Path | None,
        typer.Option(
            help="Folder for editors driven by files (default: TAKEBRIDGE_EXCHANGE).", file_okay=False, exists=True
        ),
    ] = None,
    exchange_rate: Annotated[
        str | None, typer.Option(help="Rate of EDLs in it (default: TAKEBRIDGE_EXCHANGE_RATE or 24).")
    ] = None,
    final_cut: Annotated[
        Path | None,
        typer.Option(
            help="Folder Final Cut exports into (default: TAKEBRIDGE_FINAL_CUT).", file_okay=False, exists=True
        ),
    ] = None,
    final_cut_library: Annotated[
        Path | None,
        typer.Option(
            help="Library answers go into (default: TAKEBRIDGE_FINAL_CUT_LIBRARY or the one it was exported from)."
        ),
    ] = None,
    mailbox: Annotated[
        Path | None,
        typer.Option(
            help="Folder shared with the agent in Resolve's own Lua (default: TAKEBRIDGE_MAILBOX or as installed)."
        ),
    ] = None,
    listen: Annotated[
        str | None,
        typer.Option(
            help="HOST:PORT where people on other machines reach the canvas, with TLS (default: TAKEBRIDGE_LISTEN)."
        ),
    ] = None,
    tls_cert: Annotated[
        Path | None, typer.Option(help="Its certificate, PEM (default: TAKEBRIDGE_TLS_CERT).", dir_okay=False)
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option(help="The certificate's key, PEM (default: TAKEBRIDGE_TLS_KEY).", dir_okay=False)
    ] = None,
    public_name: Annotated[
        str | None, typer.Option(help="The name people type (default: TAKEBRIDGE_PUBLIC_NAME or the address).")
    ] = None,
    attended: Annotated[bool, typer.Option(hidden=True, help="Stop when standard input closes.")] = False,
    as_json: Json = False,
) -> None:
    """Run the bridge until Ctrl+C. Editors find it by themselves."""
    from takebridge_server.app import run  # loads everything a bridge has, which no other command needs
    from takebridge_server.serve import Links

    if attended:
        threading.Thread(target=_stop_at_end_of_input, daemon=True).start()
    try:
        settings = settings_of(
            home,
            port,
            exchange=exchange,
            exchange_rate=exchange_rate,
            final_cut=final_cut,
            final_cut_library=final_cut_library,
            mailbox=mailbox,
            listen=listen,
            tls_cert=tls_cert,
            tls_key=tls_key,
            public_name=public_name,
        )
        if settings.ffmpeg is not None:
            os.environ["TAKEBRIDGE_FFMPEG"] = str(settings.ffmpeg)

        def ready(url: str) -> None:
            if as_json:
                typer.echo(json.dumps({"url": url, "home": str(settings.home), "pid": os.getpid()}))
            else:
                console.print(
                    f"[green]TakeBridge[/green] is running at {url}  (data: {settings.home})  Ctrl+C stops it."
                )

        def opened(links: Links) -> None:
            if not as_json:
                typer.echo(f"Open the canvas: {links.canvas}")
                if links.team:
                    typer.echo(f"People you invite come to {links.team}: takebridge people invite ROLE")

        run(settings, ready, opened)
    except BridgeError as error:
        fail(error, as_json)


def status(home: Home = None, as_json: Json = False) -> None:
    """Show the running bridge: editors, canvases, shots and jobs."""
    titles: dict[str, str] = {}

    def work() -> dict[str, Any]:
        with bridge_at(home) as api:
            found = api.client.get("/api/status", fresh=True)
            found["shots"] = [
                link for canvas in found["canvases"] for link in api.client.get("/api/clips/links", canvas_id=canvas)
            ]
            found["jobs"] = api.client.get("/api/jobs")
            titles.update({} if as_json else titles_of_jobs(api, found["jobs"][-show.MOST_JOBS :]))
            return dict(found)

    do(as_json, work, lambda found: show.status(found, titles))


def doctor(
    editor: Annotated[
        str | None, typer.Argument(help="'resolve', 'premiere' or 'fcp' looks at that editor too.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Find what is wrong and name the first thing to fix. Exit code 1 when something keeps the bridge from working."""
    if editor is not None:
        look = {"resolve": doctor_resolve, "premiere": doctor_premiere, "fcp": doctor_final_cut}.get(editor.casefold())
        if look is None:
            hint = "There are 'takebridge doctor resolve', 'takebridge doctor premiere' and 'takebridge doctor fcp'."
            fail(UsageError(f"There is no doctor for “{editor}”.", hint=hint), as_json)
        look(home, as_json)
    from takebridge_server.doctor import diagnose  # loads the providers, which no other command needs

    try:
        found = diagnose(settings_of(home).home)
    except BridgeError as error:
        fail(error, as_json)
    first = found.first
    if as_json:
        document = found.model_dump()
        typer.echo(json.dumps({**document, "first": first.model_dump() if first else None}, ensure_ascii=False))
    else:
        console.print(show.diagnosis(found))
    raise typer.Exit(1 if first is not None and first.fatal else 0)


def _stop_at_end_of_input() -> None:
    """Whoever started this process is gone: stop as if asked to."""
    sys.stdin.read()
    signal.raise_signal(signal.SIGTERM)
