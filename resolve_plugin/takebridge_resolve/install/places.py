"""Where Resolve is and where it looks for scripts, per system (resolve.md §2; App Store containers: seen by users)."""

from __future__ import annotations

import os
import plistlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from xml.parsers.expat import ExpatError

Scope = Literal["user", "all"]
AppStore = Literal["", "free", "studio"]

_CONTAINERS: Mapping[AppStore, str] = {
    "free": "com.blackmagic-design.DaVinciResolveLite",
    "studio": "com.blackmagic-design.DaVinciResolveAppStore",
}
_SUITE = Path("Blackmagic Design", "DaVinci Resolve")
_UTILITY = Path("Fusion", "Scripts", "Utility")
"""Utility is listed on every page; Edit, Color, Deliver, Comp and Tool only on theirs."""


@dataclass(frozen=True)
class Machine:
    """The computer as the installer sees it. ``root`` stands for the top of the file system (tests give another)."""

    platform: str = sys.platform
    home: Path = field(default_factory=Path.home)
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    root: Path = Path("/")

    def below(self, *parts: str) -> Path:
        """A path from the top of the file system."""
        return self.root.joinpath(*parts)

    def variable(self, name: str, fallback: Path) -> Path:
        """A folder named by an environment variable, or the place it has when the variable is missing."""
        named = self.environ.get(name)
        return Path(named) if named else fallback


@dataclass(frozen=True)
class Folder:
    """A script folder. ``title`` says whose in words; ``data`` is where a sandboxed Resolve may read (else None)."""

    path: Path
    title: str
    scope: Scope
    data: Path | None = None


@dataclass(frozen=True)
class Found:
    """A Resolve on this machine. ``version`` and ``edition`` ("free", "studio") are empty when nothing says so."""

    path: Path
    version: str = ""
    edition: str = ""
    app_store: bool = False
    bundled_python: bool = False


def script_folders(machine: Machine, scope: Scope = "user") -> tuple[Folder, ...]:
    """Return the folders an install of this scope goes to: the ordinary one, and each App Store container there is."""
    whose = "for you" if scope == "user" else "for everybody on this computer"
    ordinary = Folder(_scripts(machine, scope), whose, scope)
    if machine.platform != "darwin" or scope == "all":
        return (ordinary,)
    return (ordinary, *_containers(machine))


def _scripts(machine: Machine, scope: Scope) -> Path:
    if machine.platform == "darwin":
        library = machine.below("Library") if scope == "all" else machine.home / "Library"
        return library / "Application Support" / _SUITE / _UTILITY
    if machine.platform == "win32":
        if scope == "all":
            return machine.variable("PROGRAMDATA", machine.below("ProgramData")) / _SUITE / _UTILITY
        roaming = machine.variable("APPDATA", machine.home / "AppData" / "Roaming")
        return roaming / _SUITE / "Support" / _UTILITY
    if scope == "all":
        return _linux_application(machine) / _UTILITY
    return machine.home / ".local" / "share" / "DaVinciResolve" / _UTILITY


def _containers(machine: Machine) -> Iterator[Folder]:
    """The App Store builds: sandboxed, they read their own container and ~/Movies, and follow no link out of it."""
    for edition, bundle in _CONTAINERS.items():
        data = machine.home / "Library" / "Containers" / bundle / "Data"
        if os.path.isdir(data):
            path = data / "Library" / "Application Support" / _UTILITY
            yield Folder(path, f"for the App Store's {edition} build", "user", data)


def _linux_application(machine: Machine) -> Path:
    """``/opt/resolve``, on some systems ``/home/resolve``."""
    usual, other = machine.below("opt", "resolve"), machine.below("home", "resolve")
    return other if os.path.isdir(other) and not os.path.isdir(usual) else usual


def found_resolves(machine: Machine) -> tuple[Found, ...]:
    """Return every Resolve there is. Only macOS says the version from outside; the edition only of App Store builds."""
    return tuple(_found(machine))


def _found(machine: Machine) -> Iterator[Found]:
    """In the usual places, then where RESOLVE_SCRIPT_LIB says: Resolve may live on a drive of its own."""
    seen: set[Path] = set()
    for folder in (*_usual(machine), *_named(machine)):
        if folder in seen:
            continue
        seen.add(folder)
        if folder.suffix == ".app":
            if os.path.isdir(folder):
                yield _of_bundle(folder)
        elif os.path.isfile(folder / "Resolve.exe") or os.path.isfile(folder / "bin" / "resolve"):
            yield Found(folder, bundled_python=os.path.isdir(folder / "ResolvePython"))


def _usual(machine: Machine) -> tuple[Path, ...]:
    if machine.platform == "darwin":
        applications = machine.below("Applications")
        names = ("DaVinci Resolve/DaVinci Resolve.app", "DaVinci Resolve.app", "DaVinci Resolve Studio.app")
        return tuple(applications / name for name in names)
    if machine.platform == "win32":
        return (machine.variable("PROGRAMFILES", machine.below("Program Files")) / _SUITE,)
    return (_linux_application(machine),)


def _named(machine: Machine) -> tuple[Path, ...]:
    """The installation RESOLVE_SCRIPT_LIB points into (resolve.md §2): its library lies at a known depth."""
    library = machine.environ.get("RESOLVE_SCRIPT_LIB")
    if not library:
        return ()
    depth = {"win32": 0, "darwin": 3}.get(machine.platform, 2)
    above = Path(library).parents
    return (above[depth],) if len(above) > depth else ()


def _of_bundle(bundle: Path) -> Found:
    facts = _plist(bundle / "Contents" / "Info.plist")
    name = str(facts.get("CFBundleIdentifier", ""))
    edition = next((edition for edition, known in _CONTAINERS.items() if known == name), "")
    version = str(facts.get("CFBundleShortVersionString", ""))
    store = os.path.exists(bundle / "Contents" / "_MASReceipt")
    bundled = os.path.isdir(bundle / "Contents" / "Libraries" / "ResolvePython")
    return Found(bundle, version, edition if store else "", store, bundled)


def _plist(path: Path) -> Mapping[str, object]:
    try:
        return dict(plistlib.loads(path.read_bytes()))
    except (OSError, ValueError, ExpatError, plistlib.InvalidFileException):
        return {}
