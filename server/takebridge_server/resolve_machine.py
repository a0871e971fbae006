"""What of this computer keeps Resolve's scripts from running: its Pythons, its preference, left-over helpers."""

from __future__ import annotations

import csv
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from takebridge_resolve.install import Found, Machine
from takebridge_server.doctor import Check
from takebridge_server.resolve_setup import is_modern

Listing = Callable[[Sequence[str]], str]
"""Runs a program that lists processes and returns what it says, "" when it cannot be run."""

_PYTHON_HOMES = {"darwin": "PYTHON3HOME", "win32": "FUSION_PYTHON3_HOME"}
_MODE = re.compile(rb"^\s*System\.Scripting\.Mode\s*=\s*(\d)", re.MULTILINE)
_HELPER = re.compile(r"(?:^|/)fuscript(?:\s|$)")
_RESOLVE_RUNS = ("/MacOS/Resolve", "/bin/resolve")
_MAX_CONFIG_BYTES = 4 << 20


# --- Python ---------------------------------------------------------------------------------------------


def python_checks(machine: Machine, found: Sequence[Found]) -> Iterator[Check]:
    """Up to 21.0 a menu script runs in a Python of the computer; 21.1 Studio brings its own (resolve.md §2)."""
    if found and all(is_modern(one) for one in found):
        if any(one.edition == "free" for one in found):
            said = "The free edition runs no Python from 21.1 on; the Lua agent takes its place."
            yield Check(name="Python", ok=True, message=said)
        return
    variable = _PYTHON_HOMES.get(machine.platform, "")
    named = machine.environ.get(variable)
    if named and not os.path.exists(named):
        said = f"{variable} names {named}, which is not there: Resolve up to 21.0 finds no Python."
        yield Check(name="Python", ok=False, message=said, hint=f"Correct or unset {variable}.", fatal=False)
        return
    place = Path(named) if named else _python_of(machine)
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
    places = {
        "darwin": (
            machine.below("usr", "local", "bin", "python3"),
            machine.below("Library", "Frameworks", "Python.framework", "Versions", "Current", "bin", "python3"),
        ),
        "win32": tuple(_registered_pythons(machine)),
    }.get(machine.platform, (machine.below("usr", "bin", "python3"),))
    return next((place for place in places if os.path.exists(place)), None)


def _registered_pythons(machine: Machine) -> Iterator[Path]:
    """Windows: the folders installers use; the highest wins there, which one may regret (access violations)."""
    local = machine.variable("LOCALAPPDATA", machine.home / "AppData" / "Local")
    for base in (machine.below("Program Files"), local / "Programs" / "Python"):
        if os.path.isdir(base):
            found = base.glob("Python3*/python.exe")
            yield from sorted(found, key=lambda path: _digits(path.parent.name), reverse=True)


def _digits(name: str) -> int:
    return int("".join(char for char in name if char.isdigit()) or 0)


# --- the preference -------------------------------------------------------------------------------------


def scripting_mode(machine: Machine) -> int | None:
    """Return the preference “External scripting using”: 0 None, 1 Local, 2 Network; None where nothing says it.

    Resolve keeps it as System.Scripting.Mode in config.dat (seen by users on 18.6 and 21.0.1).
    """
    try:
        with _config(machine).open("rb") as file:
            found = _MODE.search(file.read(_MAX_CONFIG_BYTES))
    except OSError:
        return None
    return int(found.group(1)) if found else None


def _config(machine: Machine) -> Path:
    suite = Path("Blackmagic Design", "DaVinci Resolve")
    if machine.platform == "darwin":
        return machine.home / "Library" / "Preferences" / suite / "config.dat"
    if machine.platform == "win32":
        roaming = machine.variable("APPDATA", machine.home / "AppData" / "Roaming")
        return roaming / suite / "Preferences" / "config.dat"
    return machine.home / ".local" / "share" / "DaVinciResolve" / "configs" / "config.dat"


def preference_checks(machine: Machine, found: Sequence[Found], *, connected: bool) -> Iterator[Check]:
    """The preference matters to an agent started from a terminal only; scripts of the menu run whatever it says."""
    mode = scripting_mode(machine)
    if mode is None or (found and all(one.edition == "free" for one in found)):
        return
    said = {0: "None", 1: "Local", 2: "Network"}.get(mode, str(mode))
    if mode == 0 and not connected:
        hint = (
            "Only to start the agent from a terminal (Studio): Preferences > System > General > External scripting "
            "using: Local, then restart Resolve. The menu entry needs nothing."
        )
        message = "External scripting is None: only scripts of Resolve's own menu get in."
        yield Check(name="External scripting", ok=False, message=message, hint=hint, fatal=False)
    elif mode == 2:
        hint = "Local is enough: Preferences > System > General > External scripting using: Local."
        message = "External scripting is Network: other computers may drive this Resolve."
        yield Check(name="External scripting", ok=False, message=message, hint=hint, fatal=False)
    else:
        yield Check(name="External scripting", ok=True, message=said)


# --- left-over helpers ----------------------------------------------------------------------------------


def left_over_checks(machine: Machine, listing: Listing) -> Iterator[Check]:
    """Script processes whose Resolve is gone: on Windows they held ports, everywhere they confuse (auto-subs #310)."""
    for pid, command in orphans(machine, listing):
        said = f"Process {pid} is left over from an earlier Resolve ({command})."
        task = "in the Task Manager" if machine.platform == "win32" else f"with: kill {pid}"
        yield Check(name="Left-over script", ok=False, message=said, hint=f"End process {pid} {task}.", fatal=False)


def orphans(machine: Machine, listing: Listing) -> tuple[tuple[int, str], ...]:
    """Return pid and command of each helper of Resolve (fuscript) that has no Resolve."""
    if machine.platform == "win32":
        return _of_tasklist(listing(["tasklist", "/FO", "CSV", "/NH"]))
    return _of_ps(listing(["/bin/ps", "-axo", "pid=,ppid=,command="]))


def _of_ps(listed: str) -> tuple[tuple[int, str], ...]:
    rows = [line.split(None, 2) for line in listed.splitlines()]
    rows = [row for row in rows if len(row) == 3 and row[0].isdigit()]
    runs = any(name in row[2] for row in rows for name in _RESOLVE_RUNS)
    helpers = [row for row in rows if _HELPER.search(row[2])]
    return tuple((int(row[0]), row[2][:80]) for row in helpers if row[1] == "1" or not runs)


def _of_tasklist(listed: str) -> tuple[tuple[int, str], ...]:
    rows = [row for row in csv.reader(listed.splitlines()) if len(row) >= 2 and row[1].isdigit()]
    if any(row[0].casefold() == "resolve.exe" for row in rows):
        return ()  # which of them belongs to it is not in the list
    return tuple((int(row[1]), row[0]) for row in rows if row[0].casefold() == "fuscript.exe")


def listed(command: Sequence[str]) -> str:
    """Run a program that lists processes. Its words are fixed; nothing of the person's is in them."""
    try:
        done = subprocess.run([*command], capture_output=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", errors="replace")
