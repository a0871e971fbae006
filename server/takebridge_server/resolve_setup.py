"""What ``takebridge install resolve`` knows beyond the copying: which agents, which mailbox, and where it is noted."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from takebridge.errors import StoreError, UnsafeFolderError
from takebridge_resolve import building
from takebridge_resolve.install import (
    CopyFailed,
    Folder,
    Found,
    Machine,
    Scope,
    Step,
    apply,
    found_resolves,
    mailbox_for,
    plan_install,
    plan_removal,
    script_folders,
)

AgentChoice = Literal["auto", "python", "lua", "both"]
NOTE = "resolve.json"
"""In the data folder: where the installed agents are and which mailbox they were given."""


class SetupNote(BaseModel):
    """What an install left. ``mailbox`` is the folder the bridge lays requests for the Lua agent in."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    mailbox: Path
    agents: tuple[Path, ...] = ()


class SetupReport(BaseModel):
    """An install or a removal, done or only planned (``dry_run``). ``steps``: action, path, why."""

    model_config = ConfigDict(frozen=True)

    dry_run: bool
    resolves: tuple[str, ...]
    steps: tuple[tuple[str, str, str], ...]
    mailbox: str
    advice: tuple[str, ...]

    @property
    def refused(self) -> bool:
        """Whether a stranger's file is in the way."""
        return any(action == "refuse" for action, _path, _why in self.steps)


def set_up(machine: Machine, home: Path, *, scope: Scope, agents: AgentChoice, dry_run: bool) -> SetupReport:
    """Copy the agents into the script folders. Raises UnsafeFolderError where a file may not be written."""
    found, folders = found_resolves(machine), script_folders(machine, scope)
    mailbox = mailbox_for(folders, home)
    built = {agent: _text(agent, mailbox) for agent in chosen(found, agents)}
    steps = plan_install(folders, built)
    _carry_out(steps, dry_run)
    if not dry_run:
        placed = tuple(step.path for step in steps if step.action in ("write", "update", "keep"))
        write_note(home, SetupNote(mailbox=mailbox, agents=placed))
    return _report(found, steps, mailbox, dry_run, _advice(machine, home, found, folders))


def remove(machine: Machine, home: Path, *, scope: Scope, dry_run: bool) -> SetupReport:
    """Take our agents out of the script folders. Raises UnsafeFolderError where a file may not be removed."""
    found, folders = found_resolves(machine), script_folders(machine, scope)
    steps = plan_removal(folders)
    _carry_out(steps, dry_run)
    if not dry_run:
        (home / NOTE).unlink(missing_ok=True)
    advice = ("Agents that are still running end with Resolve, or with 'takebridge status' and a restart of it.",)
    return _report(found, steps, mailbox_for(folders, home), dry_run, advice if steps else ())


def chosen(found: Sequence[Found], agents: AgentChoice) -> tuple[str, ...]:
    """Return which agents belong here. Free 21.1 and later runs no Python; Studio runs both, Python is the fuller one.

    Where nothing says which edition it is, both are copied: a Resolve lists only what it can run.
    """
    if agents == "auto":
        editions = {one.edition for one in found}
        if editions == {"studio"}:
            return ("python",)
        modern = [one for one in found if one.edition == "free" and is_modern(one)]
        return ("lua",) if found and len(modern) == len(found) else ("python", "lua")
    return ("python", "lua") if agents == "both" else (agents,)


def is_modern(found: Found) -> bool:
    """Whether it is 21.1 or later, as far as one can see from outside."""
    numbers = [int(part) for part in found.version.split(".")[:2] if part.isdigit()]
    return tuple(numbers) >= (21, 1) if len(numbers) == 2 else found.bundled_python


def read_note(home: Path) -> SetupNote | None:
    """Return what the last install left, None where there was none or it cannot be read."""
    try:
        return SetupNote.model_validate_json((home / NOTE).read_bytes())
    except (OSError, ValidationError):
        return None


def write_note(home: Path, note: SetupNote) -> None:
    """Keep it in the data folder. Raises StoreError."""
    part = home / f".{NOTE}.part"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_text(json.dumps(note.model_dump(mode="json"), indent=2) + "\n", "utf-8")
        os.replace(part, home / NOTE)
    except OSError as error:
        raise StoreError(
            f"The data folder {home} cannot be written: {error.strerror}.", hint="Give another one with --home."
        ) from error


def _text(agent: str, mailbox: Path) -> str:
    return building.python_agent() if agent == "python" else building.lua_agent(str(mailbox))


def _carry_out(steps: Sequence[Step], dry_run: bool) -> None:
    if dry_run:
        return
    try:
        for _done in apply(steps):
            pass
    except CopyFailed as error:
        raise UnsafeFolderError(
            f"{error.path} cannot be written: {error.reason}.",
            hint="Install for yourself only (without --all-users), or repeat it as administrator.",
        ) from error


def _advice(machine: Machine, home: Path, found: Sequence[Found], folders: Sequence[Folder]) -> tuple[str, ...]:
    advice = ["In Resolve: Workspace > Scripts > TakeBridge (free edition from 21.1: TakeBridge Lua)."]
    if not found:
        advice.append("No Resolve was found on this computer; the agent is ready for when there is one.")
    store = [folder for folder in folders if folder.data is not None]
    if store and not _readable_in_sandbox(machine, home, store):
        movies = machine.home / "Movies" / "TakeBridge"
        advice.append(
            "The App Store's Resolve reads only its own folder and Movies. The Lua agent works as it is; "
            f"for the Python agent start the bridge with --home {movies}."
        )
    return tuple(advice)


def _readable_in_sandbox(machine: Machine, home: Path, store: Sequence[Folder]) -> bool:
    open_to = [machine.home / "Movies", *(folder.data for folder in store if folder.data is not None)]
    return any(home.is_relative_to(place) for place in open_to)


def _report(
    found: Sequence[Found], steps: Sequence[Step], mailbox: Path, dry_run: bool, advice: tuple[str, ...]
) -> SetupReport:
    return SetupReport(
        dry_run=dry_run,
        resolves=tuple(described(one) for one in found),
        steps=tuple((step.action, str(step.path), step.why) for step in steps),
        mailbox=str(mailbox),
        advice=advice,
    )


def described(found: Found) -> str:
    """A Resolve in words."""
    names: Mapping[str, str] = {"free": "free edition", "studio": "Studio", "": "edition unknown from outside"}
    version = found.version or ("21.1 or later" if found.bundled_python else "version unknown from outside")
    store = ", App Store" if found.app_store else ""
    return f"{found.path} ({version}, {names[found.edition]}{store})"
