"""Getting the panel's package into Premiere through Adobe's own installer, and seeing what is there already.

The installer (UnifiedPluginInstallerAgent, "UPIA") comes with the Creative Cloud app and lives in one place per system;
no other program is ever run. It ends with code 0 even when it failed and says so in words only; it removes one version
of a plugin per call, and lists the hosts it knows with their versions.
"""

from __future__ import annotations

import os
import plistlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers.expat import ExpatError

SECONDS = 180
"""How long the installer may take; it asks nobody anything."""
_AGENT = ("RemoteComponents", "UPI", "UnifiedPluginInstallerAgent")
_MAC_AGENT = ("UnifiedPluginInstallerAgent.app", "Contents", "MacOS", "UnifiedPluginInstallerAgent")
_WINDOWS_AGENT = "UnifiedPluginInstallerAgent.exe"
_DONE = "success"
_STATUS = re.compile(r"status\s*=\s*(-?\d+)")
_HOST = re.compile(r"\d+ extensions? installed for (?P<host>.+?)(?: \(ver (?P<version>[\d.]+)\))?\s*")
_ROW = re.compile(r"\s*(?P<status>\S+)\s+(?P<title>.+?)\s+(?P<version>\d+(?:\.\d+)+)\s*")
_APPLICATION = re.compile(r"Adobe Premiere(?: Pro)?(?: CC)?(?: (?P<year>20\d\d))?(?P<beta> \(Beta\))?")


@dataclass(frozen=True)
class Machine:
    """The computer as the installer sees it. ``root`` stands for the top of the file system (tests give another)."""

    platform: str = sys.platform
    home: Path = field(default_factory=Path.home)
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    root: Path = Path("/")

    def variable(self, name: str, fallback: Path) -> Path:
        """A folder named by an environment variable, or the place it has when the variable is missing."""
        named = self.environ.get(name)
        return Path(named) if named else fallback

    @property
    def runs_premiere(self) -> bool:
        """Whether there is a Premiere for this system."""
        return self.platform in ("darwin", "win32")


@dataclass(frozen=True)
class Found:
    """A Premiere on this machine. ``version`` is "" when nothing says so, "25" when only the year does."""

    path: Path
    version: str = ""
    beta: bool = False


@dataclass(frozen=True)
class Said:
    """What a program answered. ``code`` is None when it could not be run or did not end."""

    code: int | None
    text: str


@dataclass(frozen=True)
class Plugin:
    """A plugin as Adobe's installer lists it: for which host (and that one's version), and whether it is enabled."""

    title: str
    version: str
    host: str
    host_version: str
    enabled: bool


class InstallerFailed(Exception):
    """Adobe's installer did not do it. ``status`` is its number, "" when it gave none; ``said`` its words."""

    def __init__(self, status: str, said: str) -> None:
        super().__init__(said or "It said nothing.")
        self.status = status
        self.said = said


Runner = Callable[[Sequence[str]], Said]


def run(command: Sequence[str]) -> Said:
    """Run a program to its end without a shell, a window or our standard input. Never raises."""
    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False, creationflags=hidden
        )
    except subprocess.TimeoutExpired:
        return Said(None, f"It did not end within {SECONDS} seconds.")
    except OSError as error:
        return Said(None, error.strerror or str(error))
    return Said(done.returncode, (done.stdout + done.stderr).decode("utf-8", errors="replace").strip())


# --- what is there --------------------------------------------------------------------------------------


def installer_of(machine: Machine) -> Path | None:
    """Where Adobe's installer is; None when Creative Cloud is not installed in its place."""
    return next((path for path in _agents(machine) if os.path.isfile(path)), None)


def _agents(machine: Machine) -> Iterator[Path]:
    if machine.platform == "darwin":
        support = machine.root / "Library" / "Application Support" / "Adobe" / "Adobe Desktop Common"
        yield support.joinpath(*_AGENT, *_MAC_AGENT)
    elif machine.platform == "win32":
        usual = machine.root / "Program Files" / "Common Files"
        for name in ("CommonProgramW6432", "CommonProgramFiles", "CommonProgramFiles(x86)"):
            common = machine.variable(name, usual)
            yield common.joinpath("Adobe", "Adobe Desktop Common", *_AGENT, _WINDOWS_AGENT)


def found_premieres(machine: Machine) -> tuple[Found, ...]:
    """Return every Premiere in the usual place, newest name first. Windows says no more than the year in its name."""
    if machine.platform == "darwin":
        places = _named(machine.root / "Applications")
        bundles = ((folder / f"{folder.name}.app", match) for folder, match in places)
        return tuple(_of_bundle(bundle, match) for bundle, match in bundles if os.path.isdir(bundle))
    if machine.platform == "win32":
        adobe = machine.variable("ProgramW6432", machine.variable("ProgramFiles", machine.root / "Program Files"))
        return tuple(
            Found(folder, _of_year(match), bool(match["beta"]))
            for folder, match in _named(adobe / "Adobe")
            if any(os.path.isfile(folder / name) for name in ("Adobe Premiere Pro.exe", "Adobe Premiere.exe"))
        )
    return ()


def _named(folder: Path) -> list[tuple[Path, re.Match[str]]]:
    try:
        names = sorted((entry.name for entry in os.scandir(folder)), reverse=True)
    except OSError:
        return []
    matches = ((name, _APPLICATION.fullmatch(name)) for name in names)
    return [(folder / name, match) for name, match in matches if match]


def _of_year(match: re.Match[str]) -> str:
    """Premiere 25 is called 2025; before 2022 the year in the name says nothing of the version."""
    year = int(match["year"] or 0)
    return str(year - 2000) if year >= 2022 else ""


def _of_bundle(bundle: Path, match: re.Match[str]) -> Found:
    try:
        facts = plistlib.loads((bundle / "Contents" / "Info.plist").read_bytes())
        version = str(facts.get("CFBundleShortVersionString", ""))
    except (OSError, ValueError, ExpatError, plistlib.InvalidFileException, AttributeError):
        version = ""
    return Found(bundle, version or _of_year(match), bool(match["beta"]))


def unpacked(machine: Machine, plugin_id: str) -> tuple[str, ...]:
    """The versions of a plugin that lie where Adobe's installer puts them, whoever put them there."""
    if machine.platform == "darwin":
        above = machine.home / "Library" / "Application Support"
    elif machine.platform == "win32":
        above = machine.variable("APPDATA", machine.home / "AppData" / "Roaming")
    else:
        return ()
    try:
        names = [entry.name for entry in os.scandir(above / "Adobe" / "UXP" / "Plugins" / "External")]
    except OSError:
        return ()
    start = f"{plugin_id}_"
    return tuple(sorted(name.removeprefix(start) for name in names if name.startswith(start)))


# --- what Adobe's installer does ------------------------------------------------------------------------


def command(machine: Machine, installer: Path, verb: str, *args: str) -> list[str]:
    """Spell a call: ``--install`` on macOS, ``/install`` on Windows."""
    mark = "/" if machine.platform == "win32" else "--"
    return [str(installer), f"{mark}{verb}", *args]


def install(machine: Machine, installer: Path, package: Path, runner: Runner = run) -> str:
    """Install a package (an absolute path) and return what was said. Raises InstallerFailed."""
    said = runner(command(machine, installer, "install", str(package)))
    if said.code is None or _STATUS.search(said.text) or _DONE not in said.text.casefold():
        raise _failed(said)
    return said.text


def remove(machine: Machine, installer: Path, title: str, runner: Runner = run) -> int:
    """Take out every version of a plugin, named as people see it; returns how many calls it took.

    Raises InstallerFailed when a call leaves as many as there were: its words differ between releases, the list counts.
    """
    calls, there = 0, _count(machine, installer, title, runner)
    while there:
        said = runner(command(machine, installer, "remove", title))
        left = _count(machine, installer, title, runner)
        if left >= there:
            raise _failed(said)
        calls, there = calls + 1, left
    return calls


def _count(machine: Machine, installer: Path, title: str, runner: Runner) -> int:
    return sum(one.title == title for one in listed(machine, installer, runner))


def listed(machine: Machine, installer: Path, runner: Runner = run) -> tuple[Plugin, ...]:
    """Everything Adobe's installer has put anywhere. Raises InstallerFailed when it does not answer."""
    return tuple(_plugins(listing(machine, installer, runner)))


def listing(machine: Machine, installer: Path, runner: Runner = run) -> str:
    """What Adobe's installer lists, as text. Raises InstallerFailed when it lists nothing."""
    said = runner(command(machine, installer, "list", "all"))
    if said.code is None or not hosts_in(said.text):
        raise _failed(said)
    return said.text


def plugins_in(text: str) -> tuple[Plugin, ...]:
    """The plugins a listing names."""
    return tuple(_plugins(text))


def hosts_in(text: str) -> tuple[tuple[str, str], ...]:
    """The hosts a listing names, with their versions ("" where it says none)."""
    matches = (_HOST.fullmatch(line) for line in text.splitlines())
    return tuple((match["host"], match["version"] or "") for match in matches if match)


def _plugins(text: str) -> Iterator[Plugin]:
    host = version = ""
    for line in text.splitlines():
        head = _HOST.fullmatch(line)
        row = _ROW.fullmatch(line)
        if head:
            host, version = head["host"], head["version"] or ""
        elif row and host:
            yield Plugin(row["title"], row["version"], host, version, row["status"].casefold() == "enabled")


def _failed(said: Said) -> InstallerFailed:
    """Its words as an error; the code says nothing, it is 0 for failures too."""
    status = _STATUS.search(said.text)
    return InstallerFailed(status[1] if status else "", said.text)
