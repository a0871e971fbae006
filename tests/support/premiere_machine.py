"""Computers with and without Premiere, and Adobe's installer as it behaves: code 0 for failures, one removal a call."""

from __future__ import annotations

import io
import json
import plistlib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from takebridge_premiere.install import Machine, Said

UPI = Path("Adobe", "Adobe Desktop Common", "RemoteComponents", "UPI", "UnifiedPluginInstallerAgent")
MAC_UPIA = Path("UnifiedPluginInstallerAgent.app", "Contents", "MacOS", "UnifiedPluginInstallerAgent")


def mac(folder: Path) -> Machine:
    """A Mac with nothing of Adobe's on it."""
    return Machine("darwin", folder / "Users" / "änne", {}, folder)


def windows(folder: Path) -> Machine:
    """A Windows computer with nothing of Adobe's on it."""
    environ = {
        "CommonProgramW6432": str(folder / "Program Files" / "Common Files"),
        "ProgramW6432": str(folder / "Program Files"),
        "APPDATA": str(folder / "Users" / "änne" / "AppData" / "Roaming"),
    }
    return Machine("win32", folder / "Users" / "änne", environ, folder)


def linux(folder: Path) -> Machine:
    """A computer Premiere does not run on."""
    return Machine("linux", folder / "home" / "änne", {}, folder)


def add_premiere(machine: Machine, name: str, version: str = "") -> Path:
    """Put an application there; a Mac's says its version."""
    if machine.platform == "darwin":
        bundle = machine.root / "Applications" / name / f"{name}.app"
        (bundle / "Contents").mkdir(parents=True)
        facts = {"CFBundleShortVersionString": version} if version else {}
        (bundle / "Contents" / "Info.plist").write_bytes(plistlib.dumps(facts))
        return bundle
    folder = machine.root / "Program Files" / "Adobe" / name
    folder.mkdir(parents=True)
    (folder / "Adobe Premiere Pro.exe").touch()
    return folder


def add_creative_cloud(machine: Machine) -> Path:
    """Put Adobe's installer in its place."""
    if machine.platform == "darwin":
        path = machine.root / "Library" / "Application Support" / UPI / MAC_UPIA
    else:
        path = machine.root / "Program Files" / "Common Files" / UPI / "UnifiedPluginInstallerAgent.exe"
    path.parent.mkdir(parents=True)
    path.touch()
    return path


@dataclass
class AdobeInstaller:
    """Called with a command line like the real one. ``calls`` is what it was asked, without the program's path.

    ``refuses`` is the status it answers installs with, ``broken`` what it says to everything.
    """

    host: str = "26.3.2"
    plugins: list[tuple[str, str]] = field(default_factory=list)
    disabled: set[str] = field(default_factory=set)
    refuses: str = ""
    broken: str | None = None
    stubborn: bool = False
    calls: list[list[str]] = field(default_factory=list)

    def __call__(self, command: Sequence[str]) -> Said:
        _program, verb, *args = command
        self.calls.append([verb, *args])
        if self.broken is not None:
            return Said(0, self.broken)
        return Said(0, {"install": self._install, "remove": self._remove, "list": self._list}[verb.lstrip("/-")](*args))

    def _install(self, package: str) -> str:
        if self.refuses:
            return f"Installing extension...\nFailed to install, status = {self.refuses}!"
        with zipfile.ZipFile(io.BytesIO(Path(package).read_bytes())) as archive:
            manifest = json.loads(archive.read("manifest.json"))
        title, version = manifest["name"], manifest["version"]
        # An older version over a newer one leaves both there.
        self.plugins = [one for one in self.plugins if one[0] != title or _numbers(one[1]) > _numbers(version)]
        self.plugins.append((title, version))
        return "Installation Successful"

    def _remove(self, title: str) -> str:
        if self.stubborn:
            return "Failed to remove, status = -204!"
        first = next(one for one in self.plugins if one[0] == title)
        self.plugins.remove(first)
        return "Removal Successful"

    def _list(self, _which: str) -> str:
        count = len(self.plugins)
        head = f"{count} extension{'' if count == 1 else 's'} installed for Premiere Pro (ver {self.host})"
        rows = [
            f" {'Disabled' if version in self.disabled else 'Enabled'}    {title:<60} {version}"
            for title, version in self.plugins
        ]
        columns = " Status                        Extension Name                         Version"
        other = "0 extensions installed for Others"
        return "\r\n".join([other, "", head, columns, " =========  ==============  =========", *rows, ""])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
