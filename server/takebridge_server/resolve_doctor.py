"""The doctor for Resolve: everything that keeps a menu entry from becoming a connected agent, each with one next step.

The list is what people report of editors' plugins (resolve.md §4): a wrong folder, a link where a copy is needed, no
Python Resolve would find, an edition that runs none, a helper left over from a crash, a dialog nobody saw.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from takebridge.client.address import process_exists
from takebridge.client.http import BridgeClient
from takebridge.errors import BridgeError
from takebridge_resolve.agent import AGENT_VERSION
from takebridge_resolve.install import AGENTS, Folder, Found, Machine, found_resolves, is_ours, script_folders
from takebridge_server.doctor import Check, Diagnosis, bridge_checks
from takebridge_server.resolve_machine import (
    Listing,
    left_over_checks,
    listed,
    preference_checks,
    python_checks,
)
from takebridge_server.resolve_setup import agent_text, chosen, described, is_modern, readable_in_sandbox
from takebridge_server.settings import Settings
from takebridge_server.setup_note import mailbox_folder
from takebridge_server.token_file import read_token_file

_INSTALL = "Run 'takebridge install resolve'."
_UPDATE = f"{_INSTALL} Then start the agent again in Resolve."
_MENU = "In Resolve: Workspace > Scripts > TakeBridge (free edition from 21.1: TakeBridge Lua)."
_CATEGORIES = ("Utility", "Edit", "Color", "Deliver", "Comp", "Tool")
_LOG_TAIL_BYTES = 4000


def diagnose_resolve(
    home: Path, machine: Machine | None = None, *, mailbox: Path | None = None, listing: Listing = listed
) -> Diagnosis:
    """Look at Resolve, the agents copied for it, and the bridge they dial. Never raises.

    ``mailbox`` is the one asked for (TAKEBRIDGE_MAILBOX), None: as installed.
    """
    machine = machine or Machine()
    found = found_resolves(machine)
    meeting = mailbox_folder(Settings(home=home, mailbox=mailbox))
    bridge = bridge_and_port(home)
    status = status_now(home) if all(check.ok for check in bridge) else None
    hosts = [host for host in status["hosts"] if host["host"] == "resolve"] if status else []
    checks = [
        _resolve(found, connected=bool(hosts)),
        *_files(machine, found, meeting),
        *_sandboxed(machine, found, home),
        *python_checks(machine, found),
        *preference_checks(machine, found, connected=bool(hosts)),
        *left_over_checks(machine, listing),
        *bridge,
        *(_sessions(home, hosts, found) if status else ()),
        *(_mailbox(status) if status else ()),
    ]
    return Diagnosis(checks=tuple(checks))


# --- what is on the disk --------------------------------------------------------------------------------


def _resolve(found: Sequence[Found], *, connected: bool) -> Check:
    if found:
        return Check(name="Resolve", ok=True, message="; ".join(described(one) for one in found))
    if connected:
        return Check(name="Resolve", ok=True, message="Not in its usual place, and connected all the same.")
    hint = (
        "If it is on a drive of its own, set RESOLVE_SCRIPT_LIB to its fusionscript library; the agents work there all "
        "the same. Without Resolve, exchange files: 'takebridge export --for resolve'."
    )
    return Check(name="Resolve", ok=False, message="Not found in its usual place.", hint=hint, fatal=False)


def _files(machine: Machine, found: Sequence[Found], mailbox: Path) -> Iterator[Check]:
    wanted = chosen(found, "auto")
    folders = (*script_folders(machine, "user"), *script_folders(machine, "all"))
    present = [(folder, folder.path / AGENTS[agent], agent) for folder in folders for agent in AGENTS]
    ours = [entry for entry in present if os.path.exists(entry[1]) and is_ours(entry[1])]
    for _folder, path, _agent in present:
        if os.path.islink(path):
            said = f"{path} is a link; a sandboxed Resolve cannot follow it."
            yield Check(name="Agent file", ok=False, message=said, hint=_INSTALL)
        elif os.path.exists(path) and not is_ours(path):
            hint = f"Move it away, then: {_INSTALL}"
            yield Check(name="Agent file", ok=False, message=f"{path} is not ours.", hint=hint, fatal=False)
    for path in _misplaced(machine):
        said = f"{path} lies where Resolve does not list it on every page."
        yield Check(name="Script folder", ok=False, message=said, hint=f"Delete it, then: {_INSTALL}", fatal=False)
    if not ours:
        said = f"No agent is in {', '.join(str(folder.path) for folder in folders)}."
        yield Check(name="Agent file", ok=False, message=said, hint=_INSTALL)
    for folder, path, agent in ours:
        yield _version(folder, path, agent, mailbox)
    missing = [AGENTS[agent] for agent in wanted if not any(agent == one for _, _, one in ours)]
    if ours and missing:
        said = f"{' and '.join(missing)} is missing, which this Resolve needs."
        yield Check(name="Agent file", ok=False, message=said, hint=_INSTALL)


def _version(folder: Folder, path: Path, agent: str, mailbox: Path) -> Check:
    if path.read_text("utf-8", errors="replace") == agent_text(agent, mailbox, folder.scope):
        return Check(name="Agent file", ok=True, message=f"{path}, of this release")
    said = f"{path} is of another release, or was made for another data folder."
    hint = _UPDATE if folder.scope == "user" else _UPDATE.replace("resolve'", "resolve --all-users'")
    return Check(name="Agent file", ok=False, message=said, hint=hint)


def _sandboxed(machine: Machine, found: Sequence[Found], home: Path) -> Iterator[Check]:
    """The App Store's Python agent cannot read the bridge's address outside its container and Movies."""
    folders = [folder for folder in script_folders(machine) if folder.data is not None]
    if not folders or readable_in_sandbox(machine, home, folders):
        return
    if any(os.path.exists(folder.path / AGENTS["python"]) for folder in folders):
        said = f"The App Store's Resolve may not read {home}, so the Python agent finds no bridge there."
        hint = f"Use TakeBridge Lua, or start the bridge with --home {machine.home / 'Movies' / 'TakeBridge'}."
        yield Check(name="App Store", ok=False, message=said, hint=hint, fatal=False)


def _misplaced(machine: Machine) -> Iterator[Path]:
    """Agents of ours beside the folder they belong in: Resolve lists nothing above its categories."""
    for scope in ("user", "all"):
        for folder in script_folders(machine, scope):
            scripts = folder.path.parent
            for place in (scripts, *(scripts / name for name in _CATEGORIES if name != folder.path.name)):
                yield from (place / name for name in AGENTS.values() if is_ours(place / name))


# --- what runs ------------------------------------------------------------------------------------------


def bridge_and_port(home: Path) -> tuple[Check, ...]:
    """Token and server. A process that is there and does not answer has its port blocked, or is another program."""
    checks = bridge_checks(home)
    if len(checks) < 2 or checks[-1].ok:
        return checks
    try:
        address = read_token_file(home)
    except BridgeError:
        return checks
    if not process_exists(address.pid) or checks[-1].name != "Bridge":
        return checks
    said = f"Process {address.pid} runs, but nothing answers at {address.url}."
    hint = (
        "Let 127.0.0.1 through in your security software. If that process is no bridge, start one: 'takebridge serve'."
    )
    return (*checks[:-1], Check(name="Port", ok=False, message=said, hint=hint))


def status_now(home: Path) -> dict[str, Any] | None:
    """What the bridge says is running, asked of each editor now; None when it does not answer."""
    try:
        with BridgeClient(home) as client:
            return dict(client.get("/api/status", fresh=True))
    except BridgeError:
        return None


def _mailbox(status: Mapping[str, Any]) -> Iterator[Check]:
    for problem in status["problems"]:
        if "mailbox" in problem.casefold():
            hint = "Mend that, then start the bridge again. Only the Lua agent needs it."
            if problem.startswith("Another bridge"):
                hint = "Stop that bridge: this one takes the mailbox over within seconds. Only the Lua agent needs it."
            yield Check(name="Mailbox", ok=False, message=problem, hint=hint, fatal=False)


def _sessions(home: Path, hosts: Sequence[Mapping[str, Any]], found: Sequence[Found]) -> Iterator[Check]:
    """What the bridge hears of Resolve."""
    if not hosts:
        yield Check(name="Connection", ok=False, message=_why_silent(found), hint=_MENU)
        yield from _last_words(home)
    if len(hosts) > 1:
        said = f"{len(hosts)} agents are connected; the one that came last is used."
        hint = "Leave one: restart Resolve, then start the agent once."
        yield Check(name="Connection", ok=False, message=said, hint=hint, fatal=False)
    for host in hosts:
        yield from _of_session(home, host)


def _last_words(home: Path) -> Iterator[Check]:
    """What an agent that is not connected said last: a click on its menu entry shows nothing."""
    try:
        with (home / "agent.log").open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _LOG_TAIL_BYTES))
            lines = file.read().decode("utf-8", errors="replace").splitlines()
    except OSError:
        return
    last = next((line.strip() for line in reversed(lines) if " TakeBridge: " in line), "")
    if last:
        yield Check(name="Agent log", ok=True, message=f"The last agent said: {last[:300]}")


def _why_silent(found: Sequence[Found]) -> str:
    if any(one.edition == "free" and is_modern(one) for one in found):
        return "No agent is connected. This free edition lists “TakeBridge Lua” only."
    return "No agent is connected. A click on the menu entry shows nothing; the panel shows the connection."


def _of_session(home: Path, host: Mapping[str, Any]) -> Iterator[Check]:
    name = f"{host['product']} {host['version']}"
    error = host.get("error")
    if error and error["code"] in ("host_busy", "host_timeout"):
        yield _busy(name, "it answers no script.")
    elif error:
        yield Check(name=name, ok=False, message=error["message"], hint=error["hint"])
    elif not host["alive"]:
        hint = "Start the agent again from the menu. If it does not come back, restart Resolve."
        yield Check(name=name, ok=False, message="The agent's heartbeat is overdue.", hint=hint)
    elif _refuses_writes(home, host):
        yield _busy(name, "it refuses to be changed.")
    else:
        yield _at_work(name, host)
    if host.get("agent_version") and host["agent_version"] != AGENT_VERSION:
        said = f"The agent is {host['agent_version']}, the bridge {AGENT_VERSION}."
        yield Check(name=name, ok=False, message=said, hint=_UPDATE, fatal=False)


def _busy(name: str, how: str) -> Check:
    hint = "Close dialogs, stop playback, wait for backups; then look again. Nothing is lost meanwhile."
    return Check(name=name, ok=False, message=f"Resolve is busy: {how}", hint=hint)


def _refuses_writes(home: Path, host: Mapping[str, Any]) -> bool:
    """Reading works behind a dialog, writing does not: the bridge tries something that changes nothing."""
    try:
        with BridgeClient(home) as client:
            tried = client.post(f"/api/hosts/{host['session']}/try")
    except BridgeError:
        return False
    return bool(tried["outcome"] == "busy")


def _at_work(name: str, host: Mapping[str, Any]) -> Check:
    edition = {"studio": "Studio", "free": "free edition"}.get(host["edition"], "edition unknown")
    said = f"{edition}, {host['agent']} {host['agent_version']} answers"
    timeline = host["timeline"]
    if timeline is None:
        hint = "Open a timeline in Resolve."
        return Check(name=name, ok=False, message=f"{said}, no timeline is open.", hint=hint, fatal=False)
    return Check(name=name, ok=True, message=f"{said}, “{timeline['timeline_name']}” is open")
