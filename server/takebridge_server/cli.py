"""The command line. Every command takes ``--json``: one JSON document on stdout, errors included."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any, TypeAlias

import typer
from typer.core import TyperGroup
from typer.main import get_group

from takebridge.errors import UsageError

Click: TypeAlias = Any
"""A type of click's, which typer 0.29 brings under a private name and older ones take from click itself."""

COMMANDS: Mapping[str, str] = {
    "serve": "bridge.serve",
    "status": "bridge.status",
    "doctor": "bridge.doctor",
    "open": "people.open_canvas",
    "panel": "panel.panel",
    "pair": "panels.pair",
    "push": "trip.push",
    "generate": "trip.generate",
    "pull": "trip.pull",
    "roundtrip": "roundtrip.roundtrip",
    "demo": "trip.demo",
    "diff": "cuts.diff",
    "merge": "cuts.merge",
    "convert": "cuts.convert",
    "exchange": "exchange.exchange",
    "takes": "nodes.takes",
    "rate": "nodes.rate",
    "provenance": "provenance.provenance",
    "plan": "plans.plan",
    "run": "plans.run",
    "fan": "plans.fan",
    "export": "films.export",
    "storyboard": "board.storyboard",
    "jobs": "jobs.jobs",
    "cancel": "jobs.cancel",
    "retry": "jobs.retry",
    "resolve": "jobs.resolve",
    "spend": "money.spend",
    "canvas": "canvases.canvas",
    "node": "nodes.node",
    "models": "models.models",
    "reference": "trip.reference",
    "comments": "board.comments",
    "template": "templates.template",
    "queue": "jobs.queue",
    "budget": "money.budget",
    "keys": "keys.keys",
    "panels": "panels.panels",
    "people": "people.people",
    "workflows": "workflows.workflows",
    "install": "premiere.install",  # which puts its own beside Resolve's
    "probe": "resolve.probe",
}
"""Where each command is, below `takebridge_server.commands`: a function, or a Typer with commands of its own."""


class Commands(TyperGroup):
    """Loads a command when it is asked for: all of them take twice as long as any one (docs/performance.md)."""

    def list_commands(self, ctx: Click) -> list[str]:
        """Return all there are, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Click, cmd_name: str) -> Click:
        """Return a command, None for what is none; that loads all, so that one like it can be suggested."""
        for name in (cmd_name,) if cmd_name in COMMANDS else COMMANDS:
            if name not in self.commands:
                self.commands[name] = _loaded(name)
        return super().get_command(ctx, cmd_name)


def _loaded(name: str) -> Click:
    module, _, attribute = COMMANDS[name].partition(".")
    found = getattr(import_module(f"takebridge_server.commands.{module}"), attribute)
    holder = typer.Typer()
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name)(found)
    return get_group(holder).commands[name]


app = typer.Typer(cls=Commands, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


def main() -> None:
    """Entry point: a BridgeError becomes two lines and exit code 1, a wrong command line 2, Ctrl+C 130."""
    as_json = "--json" in sys.argv[1:]
    try:
        code = app(standalone_mode=not as_json)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:
        # One of click's (`Click`).
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
