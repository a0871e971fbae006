"""What ``takebridge install resolve`` knows beyond the copying: which agents, which mailbox, and where it is noted."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from takebridge.errors import BridgeError, DiskFullError, UnsafeFolderError
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
from takebridge_server.setup_note import NOTE, SetupNote, write_note

AgentChoice = Literal["auto", "python", "lua", "both"]


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


def set_up(
    machine: Machine,
    home: Path,
    *,
    scope: Scope,
    agents: AgentChoice,
    dry_run: bool,
    mailbox: Path | None = None,
) -> SetupReport:
    """Copy the agents into the script folders, all or none. ``mailbox`` None: where everybody concerned can read it.

    Raises UnsafeFolderError where a file may not be written, DiskFullError, StoreError for the note.
    """
    found, folders = found_resolves(machine), script_folders(machine, scope)
    meeting = mailbox or mailbox_for(folders, home)
    built = {agent: agent_text(agent, meeting, scope) for agent in chosen(found, agents)}
    steps = plan_install(folders, built)
    if not dry_run:
        # The note goes first: agents whose mailbox the bridge does not know would wait for ever.
        placed = tuple(step.path for step in steps if step.action in ("write", "update", "keep"))
        write_note(home, SetupNote(mailbox=meeting, agents=placed))
        _carry_out(steps, scope)
    return _report(found, steps, meeting, dry_run, _advice(machine, home, found, folders))


def remove(machine: Machine, home: Path, *, scope: Scope, dry_run: bool) -> SetupReport:
    """Take our agents out of the script folders. Raises UnsafeFolderError where a file may not be removed."""
    found, folders = found_resolves(machine), script_folders(machine, scope)
    steps, meeting = plan_removal(folders), mailbox_for(folders, home)
    if not dry_run:
        _carry_out(steps, scope)
        (home / NOTE).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # a bridge still has its letters in it, or it never was
            meeting.rmdir()
    advice = ["An agent that is still running goes on until Resolve quits."] if steps else []
    others = [
        step.path
        for step in plan_removal(script_folders(machine, "user" if scope == "all" else "all"))
        if step.action == "remove"
    ]
    if others:
        other = "without --all-users" if scope == "all" else "with --all-users"
        advice.append(f"{others[0]} is there too: repeat this {other} to take it out.")
    return _report(found, steps, meeting, dry_run, tuple(advice))


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


def agent_text(agent: str, mailbox: Path, scope: Scope) -> str:
    """Return what is copied. An agent for everybody finds each person's own mailbox, in their default data folder."""
    if agent == "python":
        return building.python_agent()
    return building.lua_agent("" if scope == "all" else str(mailbox))


def _carry_out(steps: Sequence[Step], scope: Scope) -> None:
    try:
        for _done in apply(steps):
            pass
    except CopyFailed as error:
        raise _in_words(error, scope) from error


def _in_words(error: CopyFailed, scope: Scope) -> BridgeError:
    """What kept a file from being written or removed, with the one way out."""
    said = f"{error.path} cannot be written: {error.reason}."
    if error.errno == errno.ENOSPC:
        return DiskFullError(said, hint="Free some space, then install again.")
    if error.errno in (errno.EEXIST, errno.ENOTDIR, errno.EISDIR):
        return UnsafeFolderError(
            f"{error.path} is in the way: a folder is wanted there.", hint="Move it away, then install again."
        )
    if scope == "all":
        return UnsafeFolderError(
            said, hint="Install for yourself (without --all-users), or repeat it as administrator."
        )
    hint = "Quit Resolve and make that folder writable for you, or repeat it as administrator with --all-users."
    return UnsafeFolderError(said, hint=hint)


def _advice(machine: Machine, home: Path, found: Sequence[Found], folders: Sequence[Folder]) -> tuple[str, ...]:
    advice = ["In Resolve: Workspace > Scripts > TakeBridge (free edition from 21.1: TakeBridge Lua)."]
    if not found:
        advice.append("No Resolve was found on this computer; the agent is ready for when there is one.")
    store = [folder for folder in folders if folder.data is not None]
    if store and not readable_in_sandbox(machine, home, store):
        movies = machine.home / "Movies" / "TakeBridge"
        advice.append(
            "The App Store's Resolve reads only its own folder and Movies. The Lua agent works as it is; "
            f"for the Python agent start the bridge with --home {movies}."
        )
    return tuple(advice)


def readable_in_sandbox(machine: Machine, home: Path, store: Sequence[Folder]) -> bool:
    """Whether App Store builds with these folders may read the bridge's data folder."""
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
