"""The command line. Every command takes ``--json``: one JSON document on stdout, errors included."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from takebridge.errors import UsageError
from takebridge_server.commands import (
    board,
    bridge,
    canvases,
    cuts,
    exchange,
    films,
    jobs,
    keys,
    models,
    money,
    nodes,
    panel,
    panels,
    people,
    plans,
    resolve,
    roundtrip,
    templates,
    trip,
    workflows,
)

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)

for command in (
    *(bridge.serve, bridge.status, bridge.doctor, people.open_canvas, panel.panel, panels.pair),
    *(trip.push, trip.generate, trip.pull, roundtrip.roundtrip, trip.demo),
    *(cuts.diff, cuts.merge, cuts.convert, exchange.exchange),
    *(nodes.takes, nodes.rate, nodes.provenance),
    *(plans.plan, plans.run, plans.fan, films.export, board.storyboard),
    *(jobs.jobs, jobs.cancel, jobs.retry, jobs.resolve),
    money.spend,
):
    app.command("open" if command is people.open_canvas else None)(command)
for name, group in {
    "canvas": canvases.canvas,
    "node": nodes.node,
    "models": models.models,
    "reference": trip.reference,
    "comments": board.comments,
    "template": templates.template,
    "queue": jobs.queue,
    "budget": money.budget,
    "keys": keys.keys,
    "panels": panels.panels,
    "people": people.people,
    "workflows": workflows.workflows,
    "install": resolve.install,
    "probe": resolve.probe,
}.items():
    app.add_typer(group, name=name)


def main() -> None:
    """Entry point: a BridgeError becomes two lines and exit code 1, a wrong command line 2, Ctrl+C 130."""
    as_json = "--json" in sys.argv[1:]
    try:
        code = app(standalone_mode=not as_json)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:
        # typer 0.29 brings click's exceptions under a private name, older ones take them from click itself.
        if not hasattr(error, "format_message"):
            raise
        wrong = UsageError(error.format_message(), hint="Look at 'takebridge --help'.")
        typer.echo(json.dumps({"error": wrong.to_wire()}))
        raise SystemExit(2) from None
    raise SystemExit(code)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("takebridge"))
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Keep a generation canvas and an editor's cut in step. Start with serve, then doctor says what is missing."""
