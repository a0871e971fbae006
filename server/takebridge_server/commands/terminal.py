"""What every command shares: its options, how it talks to the bridge, how it prints results and errors."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from pydantic_core import to_jsonable_python
from rich.console import Console
from rich.markup import escape

from takebridge.client.api import AUTHOR, Api
from takebridge.client.http import BridgeClient
from takebridge.errors import BridgeError, UsageError
from takebridge_server.settings import Settings, load_settings

WIDTH = 120
"""Columns of what is printed where there is no terminal to ask."""

console = Console(width=None if sys.stdout.isatty() or os.environ.get("COLUMNS") else WIDTH)
complaints = Console(stderr=True)

T = TypeVar("T")

Home = Annotated[Path | None, typer.Option("--home", help="Data folder (default: TAKEBRIDGE_HOME or this system's).")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document, errors included.")]
CanvasOption = Annotated[str | None, typer.Option("--canvas", help="Canvas, by id or title (default: the first).")]
Author = Annotated[str, typer.Option("--author", help="Who does this: undo and spending go by it.")]
NodeName = Annotated[str, typer.Argument(help="A node's id or its title.")]
MaxCost = Annotated[
    str | None, typer.Option("--max-cost", help="The most that may be paid in all, such as 1.50; 0: only what is free.")
]
DEFAULT_AUTHOR = AUTHOR
_MOST_MICROS = 2**53 - 1


class Verbatim(str):
    """Words that are printed as they are: people write them to a file, change them and hand them back."""


def fail(error: BridgeError, as_json: bool) -> NoReturn:
    """Print an error and its hint, or its JSON, and end with exit code 1."""
    if as_json:
        typer.echo(json.dumps({"error": error.to_wire()}))
    else:
        complaints.print(f"[red]{escape(error.message)}[/red]")
        if error.hint:
            complaints.print(escape(error.hint))
    raise typer.Exit(1)


def do(as_json: bool, work: Callable[[], T], draw: Callable[[T], object]) -> T:
    """Run ``work``, print its result as JSON or drawn for people, and return it; errors as `fail` has them."""
    try:
        result = work()
    except BridgeError as error:
        fail(error, as_json)
    if as_json:
        typer.echo(json.dumps(to_jsonable_python(result), ensure_ascii=False))
        return result
    drawn = draw(result)
    if isinstance(drawn, Verbatim):
        typer.echo(drawn, nl=sys.stdout.isatty() and not drawn.endswith("\n"))
    else:
        console.print(drawn)
    return result


def audience(as_json: bool) -> Console | None:
    """Who watches progress: nobody while JSON is printed."""
    return None if as_json else console


def is_attended() -> bool:
    """Say whether a person can answer a question."""
    return sys.stdin.isatty() and console.is_terminal


def settings_of(
    home: Path | None,
    port: int | None = None,
    *,
    exchange: Path | None = None,
    exchange_rate: str | None = None,
    final_cut: Path | None = None,
    final_cut_library: Path | None = None,
    mailbox: Path | None = None,
    listen: str | None = None,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    public_name: str | None = None,
) -> Settings:
    """Return the settings. Raises UsageError."""
    return load_settings(
        home=home,
        port=port,
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


@contextmanager
def bridge_at(home: Path | None) -> Iterator[Api]:
    """The running bridge of a data folder. Raises NotFoundError when there is none."""
    with BridgeClient(settings_of(home).home) as client:
        yield Api(client)


def micros_of(amount: str) -> int:
    """Return an amount such as ``1.50`` in millionths. Raises UsageError."""
    try:
        micros = Decimal(amount.strip().lstrip("$")) * 1_000_000
    except InvalidOperation:
        micros = Decimal("NaN")
    if not micros.is_finite() or micros != int(micros) or not 0 <= micros <= _MOST_MICROS:
        raise UsageError(f"“{amount}” is no amount of money.", hint="Write for example 0, 0.25 or 12.")
    return int(micros)
