"""``install``, ``probe`` and ``doctor resolve``: getting the agent into Resolve and finding out how that went."""

from __future__ import annotations

import errno
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from takebridge.errors import BridgeError, StoreError
from takebridge_resolve.install import Machine, Scope
from takebridge_server import show_resolve
from takebridge_server.commands.terminal import Home, Json, bridge_at, console, do, fail, settings_of


class AgentOption(StrEnum):
    """Which agents are copied."""

    auto = "auto"
    python = "python"
    lua = "lua"
    both = "both"


install = typer.Typer(no_args_is_help=True, help="Put our agent or panel into an editor; Final Cut needs neither.")
probe = typer.Typer(no_args_is_help=True, help="Record what only your editor can say.")


@install.command("resolve")
def install_resolve(
    uninstall: Annotated[bool, typer.Option("--uninstall", help="Take our agents out again.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    all_users: Annotated[bool, typer.Option("--all-users", help="For everybody on this computer.")] = False,
    agent: Annotated[
        AgentOption, typer.Option("--agent", help="Which: auto goes by what is installed.")
    ] = AgentOption.auto,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Copy the agents into Resolve's script folders, or take them out. Run it again after an update."""
    from takebridge_server.resolve_setup import SetupReport, remove, set_up

    def work() -> SetupReport:
        scope: Scope = "all" if all_users else "user"
        settings = settings_of(home)
        if uninstall:
            return remove(Machine(), settings.home, scope=scope, dry_run=dry_run)
        return set_up(
            Machine(), settings.home, scope=scope, agents=agent.value, dry_run=dry_run, mailbox=settings.mailbox
        )

    if do(as_json, work, show_resolve.setup).refused:
        raise typer.Exit(1)


@probe.command("resolve")
def probe_resolve(
    out: Annotated[Path, typer.Option("--out", help="Where to write the facts.")] = Path("resolve-probe.json"),
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Only what can be read: no project is made, nothing is written.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Find out how the connected Resolve behaves and write it to a file you can send. It names no media and no paths.

    Saves your project, works in one of its own, deletes that and opens yours again.
    """
    if not (read_only or yes or as_json) and not typer.confirm(
        "This saves the open project, works in a project made for it, and opens yours again. Go on?"
    ):
        raise typer.Exit(1)

    def work() -> dict[str, Any]:
        with bridge_at(home) as api, _publishing(out.absolute()) as part:
            found: dict[str, Any] = api.client.post("/api/hosts/probe", {"read_only": read_only})
            part.write_text(json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
        return {**found, "path": str(out.absolute())}

    do(as_json, work, show_resolve.probed)


@contextmanager
def _publishing(out: Path) -> Iterator[Path]:
    """Give a file beside ``out`` that takes its place at the end: that it can be is known before minutes are spent."""
    part = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            if out.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            part.touch(exist_ok=False)
            yield part
            os.replace(part, out)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"{out} cannot be written: {error.strerror}.", hint="Choose another file with --out."
        ) from error


def doctor_resolve(home: Path | None, as_json: bool) -> None:
    """Find what keeps Resolve and the bridge apart. Exit code 1 when it is something that must be mended."""
    from takebridge_server.resolve_doctor import diagnose_resolve
    from takebridge_server.show import diagnosis

    try:
        settings = settings_of(home)
    except BridgeError as error:
        fail(error, as_json)
    found = diagnose_resolve(settings.home, mailbox=settings.mailbox)
    first = found.first
    if as_json:
        document = {**found.model_dump(), "first": first.model_dump() if first else None}
        typer.echo(json.dumps(document, ensure_ascii=False))
    else:
        console.print(diagnosis(found))
    raise typer.Exit(1 if first is not None and first.fatal else 0)
