"""The doctor: one check per thing that can be wrong, in the order to fix them."""

from __future__ import annotations

import os.path
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from takebridge.client.http import BridgeClient
from takebridge.errors import BridgeError
from takebridge.media.ffmpeg import find_ffmpeg
from takebridge.media.ffmpeg import version as ffmpeg_version
from takebridge_server.settings import prepare_home
from takebridge_server.token_file import is_alive, read_token_file

_ENOUGH_BYTES = 5 << 30


_NO_KEY = "There is no key for "
"""How a provider says that it has none (`RemoteProvider.check`)."""

_LOCAL_SERVERS = frozenset({"comfyui", "llamacpp", "lmstudio", "ollama", "vllm"})
"""Providers that are programs of the user's own, and need not run."""


class Check(BaseModel):
    """One finding. ``hint`` is the next step when it is not ``ok``; ``fatal`` ones stop the product from working."""

    model_config = ConfigDict(frozen=True)

    name: str
    ok: bool
    message: str
    hint: str = ""
    fatal: bool = True


class Diagnosis(BaseModel):
    """All findings; ``first`` is the first thing to fix."""

    model_config = ConfigDict(frozen=True)

    checks: tuple[Check, ...]

    @property
    def first(self) -> Check | None:
        """The first fatal finding, else the first other one, else None."""
        wrong = [check for check in self.checks if not check.ok]
        return next((check for check in wrong if check.fatal), wrong[0] if wrong else None)


def diagnose(home: Path) -> Diagnosis:
    """Look at this machine and, when a bridge runs, at what it sees. Never raises."""
    checks = [
        _checked("Python", lambda: f"{sys.version.split()[0]} on {sys.platform}"),
        _checked("Data folder", lambda: _folder(home)),
        _space(home),
        _checked("ffmpeg", lambda: f"{ffmpeg_version()} ({find_ffmpeg()})"),
    ]
    return Diagnosis(checks=(*checks, *_bridge(home)))


def _checked(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name=name, ok=True, message=look())
    except BridgeError as error:
        return Check(name=name, ok=False, message=error.message, hint=error.hint)


def _folder(home: Path) -> str:
    prepare_home(home)
    return str(home)


def _space(home: Path) -> Check:
    # os.path.exists, because Path.exists raises where a folder above may not be looked into.
    there = next(folder for folder in (home, *home.parents) if os.path.exists(folder))
    free = shutil.disk_usage(there).free
    message = f"{free // (1 << 30)} GB free"
    hint = "Free some space: takes and conformed clips need a few GB."
    return Check(name="Disk", ok=free >= _ENOUGH_BYTES, message=message, hint=hint, fatal=False)


def _bridge(home: Path) -> Iterator[Check]:
    """Token, server, then what the server knows: providers and agents."""
    checks = bridge_checks(home)
    yield from checks
    if not all(check.ok for check in checks):
        return
    try:
        with BridgeClient(home) as client:
            status = client.get("/api/status", fresh=True)
    except BridgeError as error:
        yield Check(name="Bridge", ok=False, message=error.message, hint=error.hint)
        return
    for problem in status["problems"]:
        name, hint = _kind_of(problem)
        yield Check(name=name, ok=False, message=problem, hint=hint, fatal=False)
    yield from _providers(status["providers"])
    exchange = status.get("exchange")
    for folder in [exchange, *exchange.get("more", ())] if exchange else []:
        yield _exchange(folder)
    if status["hosts"] or not exchange:
        yield from _hosts(status["hosts"])


def _providers(found: dict[str, Any]) -> Iterator[Check]:
    """One line for each provider that works or should; one for all without a key, one for servers not started here."""
    waiting = {name: one for name, one in found.items() if not one["ready"]}
    keyless = [name for name, one in waiting.items() if one["message"].startswith(_NO_KEY)]
    asleep = [name for name, one in waiting.items() if name not in keyless and "cannot be reached" in one["message"]]
    asleep = [name for name in asleep if name in _LOCAL_SERVERS]
    for name, one in found.items():
        if name not in (*keyless, *asleep):
            told, hint = one["message"], one["hint"]
            yield Check(name=f"Provider {name}", ok=one["ready"], message=told, hint=hint, fatal=False)
    if keyless:
        yield Check(name="Keys", ok=True, message=f"No key for {', '.join(keyless)}. 'takebridge keys list' says more.")
    if asleep:
        told = f"Not started: {', '.join(asleep)}. Only their own models need them."
        yield Check(name="Servers", ok=True, message=told)


def _kind_of(problem: str) -> tuple[str, str]:
    """What a problem of the bridge is about, and the next step; the bridge says problems as sentences."""
    if "mailbox" in problem.casefold():
        return "Mailbox", "See 'takebridge doctor resolve'. Only the Lua agent needs the mailbox."
    if "round trip" in problem.casefold():
        return "Round trip", "Open that timeline, then run 'takebridge roundtrip --resume'."
    if problem.startswith("your catalogue:"):
        return "Catalogue", "Correct that file in the data folder, then restart the bridge."
    return "Extension", "Update or remove that package."


def bridge_checks(home: Path) -> tuple[Check, ...]:
    """Token and server: whether there is a bridge to talk to. Never raises."""
    try:
        address = read_token_file(home)
    except BridgeError as error:
        return (Check(name="Bridge", ok=False, message=error.message, hint=error.hint),)
    token = Check(name="Token", ok=True, message=f"bridge.json, readable by you only, protocol {address.protocol}")
    if not is_alive(address):
        hint = "Start it again with 'takebridge serve': unfinished jobs go on."
        said = f"Process {address.pid} is gone; it did not stop cleanly."
        return (token, Check(name="Bridge", ok=False, message=said, hint=hint))
    try:
        with BridgeClient(home) as client:
            version = client.get("/api/status")["version"]
    except BridgeError as error:
        return (token, Check(name="Bridge", ok=False, message=error.message, hint=error.hint))
    return (token, Check(name="Bridge", ok=True, message=f"version {version} at {address.url}"))


def _exchange(found: dict[str, Any]) -> Check:
    name = found.get("product") or "Exchange folder"
    option = "--exchange" if name == "Exchange folder" else "--final-cut"
    if found["problem"]:
        hint = f"Connect its drive, or start the bridge with another folder: takebridge serve {option} FOLDER"
        return Check(name=name, ok=False, message=found["problem"], hint=hint)
    if found["unreadable"]:
        files = "1 file" if found["unreadable"] == 1 else f"{found['unreadable']} files"
        said = f"{files} in {found['folder']} cannot be read."
        return Check(name=name, ok=False, message=said, hint="See 'takebridge exchange'.", fatal=False)
    newest = f"newest export “{found['timelines'][-1]}”" if found["timelines"] else "nothing exported yet"
    return Check(name=name, ok=True, message=f"{found['folder']}, {newest}")


def _hosts(hosts: list[dict[str, Any]]) -> Iterator[Check]:
    if not hosts:
        yield Check(
            name="Editor",
            ok=False,
            message="No agent is connected. The canvas works without one.",
            hint="In Resolve: Workspace > Scripts > TakeBridge (free edition from 21.1: TakeBridge Lua).",
            fatal=False,
        )
    for host in hosts:
        name = f"{host['product']} {host['version']}"
        if host.get("error"):
            yield Check(name=name, ok=False, message=host["error"]["message"], hint=host["error"]["hint"])
        elif not host["alive"]:
            hint = "Look for an open dialog in the editor, or start the agent again."
            yield Check(name=name, ok=False, message="The agent's heartbeat is overdue.", hint=hint)
        else:
            yield _timeline(name, host)


def _timeline(name: str, host: dict[str, Any]) -> Check:
    edition = {"studio": "Studio", "free": "free edition"}.get(host["edition"], "edition unknown")
    timeline = host["timeline"]
    if timeline is None:
        return Check(name=name, ok=False, message=f"{edition}, no timeline open.", hint="Open a timeline.", fatal=False)
    where = f"“{timeline['timeline_name']}” of “{timeline['project_name']}” at {timeline['rate']}"
    return Check(name=name, ok=True, message=f"{edition}, agent answers, {where}")
