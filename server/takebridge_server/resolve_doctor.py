"""The doctor for Resolve: everything that keeps a menu entry from becoming a connected agent, each with one next step.

The list is what people report of editors' plugins (resolve.md §4): a wrong folder, a link where a copy is needed, no
Python Resolve would find, an edition that runs none, a helper left over from a crash, a dialog nobody saw.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from takebridge.client.http import BridgeClient
from takebridge.errors import BridgeError
from takebridge_resolve import building
from takebridge_resolve.agent import AGENT_VERSION
from takebridge_resolve.install import AGENTS, Found, Machine, found_resolves, is_ours, script_folders
from takebridge_server.doctor import Check, Diagnosis, bridge_checks
from takebridge_server.resolve_setup import chosen, described, is_modern, read_note

_INSTALL = "Run 'takebridge install resolve'."
_MENU = "In Resolve: Workspace > Scripts > TakeBridge (free edition from 21.1: TakeBridge Lua)."
_CATEGORIES = ("Utility", "Edit", "Color", "Deliver", "Comp", "Tool")


def diagnose_resolve(home: Path, machine: Machine | None = None) -> Diagnosis:
    """Look at Resolve, the agents copied for it, and the bridge they dial. Never raises."""
    machine = machine or Machine()
    found = found_resolves(machine)
    checks = [
        _resolve(found),
        *_files(machine, found, home),
        *_python(machine, found),
        *_left_over(machine),
        *bridge_checks(home),
        *_sessions(home, found),
    ]
    return Diagnosis(checks=tuple(checks))


# --- what is on the disk --------------------------------------------------------------------------------


def _resolve(found: Sequence[Found]) -> Check:
    if found:
        return Check(name="Resolve", ok=True, message="; ".join(described(one) for one in found))
    hint = "Install DaVinci Resolve, or go on without: exchange files, see 'takebridge export --for resolve'."
    return Check(name="Resolve", ok=False, message="Not found in its usual place.", hint=hint, fatal=False)


def _files(machine: Machine, found: Sequence[Found], home: Path) -> Iterator[Check]:
    wanted = chosen(found, "auto")
    folders = [folder for scope in ("user", "all") for folder in script_folders(machine, scope)]
    present = [folder.path / AGENTS[agent] for folder in folders for agent in AGENTS]
    ours = [path for path in present if path.exists() and is_ours(path)]
    for path in present:
        if path.is_symlink():
            said = f"{path} is a link; a sandboxed Resolve cannot follow it."
            yield Check(name="Agent file", ok=False, message=said, hint=_INSTALL)
    for path in _misplaced(machine):
        said = f"{path} lies where Resolve does not list it on every page."
        yield Check(name="Script folder", ok=False, message=said, hint=f"Delete it, then: {_INSTALL}", fatal=False)
    if not ours:
        said = f"No agent is in {', '.join(str(folder.path) for folder in folders)}."
        yield Check(name="Agent file", ok=False, message=said, hint=_INSTALL)
    note = read_note(home)
    for path in ours:
        yield _version(path, str(note.mailbox) if note else "")
    missing = [AGENTS[agent] for agent in wanted if not any(path.name == AGENTS[agent] for path in ours)]
    if ours and missing:
        said = f"{' and '.join(missing)} is missing, which this Resolve needs."
        yield Check(name="Agent file", ok=False, message=said, hint=_INSTALL)


def _version(path: Path, mailbox: str) -> Check:
    python = path.suffix == ".py"
    current = building.python_agent() if python else building.lua_agent(mailbox)
    if path.read_text("utf-8", errors="replace") == current:
        return Check(name="Agent file", ok=True, message=f"{path}, of this release")
    said = f"{path} is of another release, or was made for another data folder."
    return Check(name="Agent file", ok=False, message=said, hint=f"{_INSTALL} Then start the agent again in Resolve.")


def _misplaced(machine: Machine) -> Iterator[Path]:
    """Agents of ours beside the folder they belong in: Resolve lists nothing above its categories."""
    for scope in ("user", "all"):
        for folder in script_folders(machine, scope):
            scripts = folder.path.parent
            for place in (scripts, *(scripts / name for name in _CATEGORIES if name != folder.path.name)):
                yield from (place / name for name in AGENTS.values() if is_ours(place / name))


# --- Python ---------------------------------------------------------------------------------------------


def _python(machine: Machine, found: Sequence[Found]) -> Iterator[Check]:
    """Up to 21.0 a menu script runs in a Python of the computer; 21.1 Studio brings its own (resolve.md §2)."""
    if found and all(is_modern(one) for one in found):
        if any(one.edition == "free" for one in found):
            said = "The free edition runs no Python from 21.1 on; the Lua agent takes its place."
            yield Check(name="Python", ok=True, message=said)
        return
    place = _python_of(machine)
    if place is not None:
        yield Check(name="Python", ok=True, message=f"Resolve up to 21.0 will use {place}")
        return
    hint = {
        "darwin": "Install Python from python.org: Resolve does not look at Homebrew's, pyenv's or uv's.",
        "win32": "Install Python from python.org for all users, or set FUSION_PYTHON3_HOME to its folder.",
    }.get(machine.platform, "Install your distribution's python3.")
    said = "No Python that Resolve up to 21.0 would find. TakeBridge Lua works without one."
    yield Check(name="Python", ok=False, message=said, hint=hint, fatal=False)


def _python_of(machine: Machine) -> Path | None:
    named = {"darwin": "PYTHON3HOME", "win32": "FUSION_PYTHON3_HOME"}.get(machine.platform)
    home = machine.environ.get(named) if named else None
    if home and Path(home).exists():
        return Path(home)
    places = {
        "darwin": (
            machine.below("usr", "local", "bin", "python3"),
            machine.below("Library", "Frameworks", "Python.framework", "Versions", "Current", "bin", "python3"),
        ),
        "win32": tuple(_registered_pythons(machine)),
    }.get(machine.platform, (machine.below("usr", "bin", "python3"),))
    return next((place for place in places if place.exists()), None)


def _registered_pythons(machine: Machine) -> Iterator[Path]:
    """Windows: the folders installers use; the highest wins there, which one may regret (access violations)."""
    for base in (
        machine.below("Program Files"),
        machine.variable("LOCALAPPDATA", machine.home / "AppData" / "Local") / "Programs" / "Python",
    ):
        if base.is_dir():
            found = sorted(base.glob("Python3*/python.exe"), key=lambda path: _digits(path.parent.name), reverse=True)
            yield from found


def _digits(name: str) -> int:
    return int("".join(char for char in name if char.isdigit()) or 0)


# --- what runs ------------------------------------------------------------------------------------------


def _left_over(machine: Machine) -> Iterator[Check]:
    """Script processes whose Resolve is gone: on Windows they held ports, everywhere they confuse."""
    for pid, command in _orphans(machine):
        said = f"Process {pid} is left over from an earlier Resolve ({command})."
        yield Check(name="Left-over script", ok=False, message=said, hint=f"End process {pid}.", fatal=False)


def _orphans(machine: Machine) -> Iterator[tuple[int, str]]:
    if machine.platform == "win32" or machine.platform != sys.platform:
        return
    try:
        listed = subprocess.run(  # the words are fixed
            ["/bin/ps", "-axo", "pid=,ppid=,command="], capture_output=True, text=True, timeout=5, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return
    for line in listed.splitlines():
        parts = line.split(None, 2)
        if len(parts) == 3 and parts[1] == "1" and "fuscript" in parts[2] and int(parts[0]) != os.getpid():
            yield int(parts[0]), parts[2][:80]


def _sessions(home: Path, found: Sequence[Found]) -> Iterator[Check]:
    """What the bridge hears of Resolve; nothing is said when there is no bridge to ask."""
    try:
        with BridgeClient(home) as client:
            hosts = [host for host in client.get("/api/status", fresh=True)["hosts"] if host["host"] == "resolve"]
    except BridgeError:
        return
    if not hosts:
        yield Check(name="Connection", ok=False, message=_why_silent(found), hint=_MENU)
    if len(hosts) > 1:
        said = f"{len(hosts)} agents are connected; the one that came last is used."
        hint = "Leave one: restart Resolve, then start the agent once."
        yield Check(name="Connection", ok=False, message=said, hint=hint, fatal=False)
    for host in hosts:
        yield from _of_session(host)


def _why_silent(found: Sequence[Found]) -> str:
    if any(one.edition == "free" and is_modern(one) for one in found):
        return "No agent is connected. This free edition lists “TakeBridge Lua” only."
    return "No agent is connected. A click on the menu entry shows nothing; the panel shows the connection."


def _of_session(host: Mapping[str, Any]) -> Iterator[Check]:
    name = f"{host['product']} {host['version']}"
    error = host.get("error")
    if error and error["code"] in ("host_busy", "host_timeout"):
        hint = "Close dialogs, stop playback, wait for backups; then look again. Nothing is lost meanwhile."
        yield Check(name=name, ok=False, message="Resolve is busy: it answers no script.", hint=hint)
    elif error:
        yield Check(name=name, ok=False, message=error["message"], hint=error["hint"])
    elif not host["alive"]:
        hint = "Start the agent again from the menu. If it does not come back, restart Resolve."
        yield Check(name=name, ok=False, message="The agent's heartbeat is overdue.", hint=hint)
    else:
        timeline = host["timeline"]
        where = f"“{timeline['timeline_name']}” is open" if timeline else "no timeline is open"
        yield Check(name=name, ok=True, message=f"{host['agent']} {host['agent_version']} answers, {where}")
    if host.get("agent_version") and host["agent_version"] != AGENT_VERSION:
        said = f"The agent is {host['agent_version']}, the bridge {AGENT_VERSION}."
        yield Check(name=name, ok=False, message=said, hint=f"{_INSTALL} Then start the agent again.", fatal=False)
