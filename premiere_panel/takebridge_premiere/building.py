"""The package Premiere takes (``.ccx``): a plain zip of the plugin's folder with manifest.json at its root.

The same files give the same bytes everywhere: names sorted, one date, one mode, stored and not compressed (what zlib
makes differs between its versions). Adobe's installer refuses files that nobody may read (-160), hence the mode.
"""

from __future__ import annotations

import io
import json
import os
import re
import secrets
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import PANEL_VERSION, plugin_folder
from .manifest import manifest_faults

MANIFEST = "manifest.json"
SUFFIXES = frozenset({".js", ".json", ".html", ".css", ".png", ".svg"})
"""What a plugin folder may hold; anything else is refused by name, so that nothing gets shipped by accident."""
LARGEST_FILE = 2 << 20
LARGEST_PLUGIN = 16 << 20
_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", "__pycache__"})
"""What systems put into folders by themselves: passed over."""
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_@.-]{0,79}")
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))})
_DATE = (1980, 1, 1, 0, 0, 0)
"""The first date a zip can say."""
_FILE_MODE = 0o100644 << 16
_UNIX = 3


class PackagingError(Exception):
    """The plugin's folder is not one that can be packed. ``faults``: what is wrong, a sentence each."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Package:
    """A built package. ``files``: (name, bytes) in the order they lie in it; ``data`` is the whole file."""

    id: str
    title: str
    version: str
    files: tuple[tuple[str, int], ...]
    data: bytes

    @property
    def name(self) -> str:
        """The file name Adobe's tools expect: plugin id and application."""
        return f"{self.id}_premierepro.ccx"


def build(folder: Path | None = None, version: str = PANEL_VERSION) -> Package:
    """Pack a plugin folder (None: ours). Raises PackagingError."""
    files = read_plugin(folder or plugin_folder())
    manifest = _manifest(files, version)
    sizes = tuple((name, len(data)) for name, data in sorted(files.items()))
    return Package(manifest["id"], manifest["name"], version, sizes, zipped(files))


def read_plugin(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its name with "/" in it. Raises PackagingError for what may not be shipped."""
    if folder.is_symlink() or not folder.is_dir():
        raise PackagingError(f"{folder} is not a folder.")
    faults: list[str] = []
    found: dict[str, bytes] = {}
    for path in _walk(folder):
        name = path.relative_to(folder).as_posix()
        fault = _fault(path, name)
        if fault:
            faults.append(fault)
        elif path.is_file():
            found[name] = path.read_bytes()
    faults += _clashes(found)
    if sum(map(len, found.values())) > LARGEST_PLUGIN:
        faults.append(f"The plugin is larger than {LARGEST_PLUGIN >> 20} MiB.")
    if faults:
        raise PackagingError(*faults)
    return found


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Files as a zip: the same bytes for the same files, whatever the system, the hour and the order they came in."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system = _UNIX
            entry.external_attr = _FILE_MODE
            archive.writestr(entry, data)
    return target.getvalue()


def write(package: Package, folder: Path) -> Path:
    """Put the package into a folder, whole or not at all, and return its path. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / package.name
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        part.write_bytes(package.data)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path


def listing(package: Package) -> str:
    """The files in the package, one a line with its size."""
    lines = [f"{size:>9}  {name}" for name, size in package.files]
    total = sum(size for _name, size in package.files)
    return "\n".join([*lines, f"{total:>9}  in {len(package.files)} files"])


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in _LITTER:
            continue
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)


def _fault(path: Path, name: str) -> str:
    """Why a file may not be shipped; "" when it may."""
    if path.is_symlink():
        return f"{name} is a link."
    if not _PART.fullmatch(path.name) or path.name.endswith(".") or ".." in path.name:
        return f"{name!r} is not a name every system takes."
    if path.name.split(".")[0].casefold() in _RESERVED:
        return f"{name} is a name Windows keeps for itself."
    if path.is_dir():
        return ""
    if not path.is_file():
        return f"{name} is neither file nor folder."
    if path.suffix not in SUFFIXES:
        return f"{name} is nothing a panel needs."
    if path.suffix == ".json" and name != MANIFEST and path.name == MANIFEST:
        return f"{name} is a second manifest."
    if path.stat().st_size > LARGEST_FILE:
        return f"{name} is larger than {LARGEST_FILE >> 20} MiB."
    return ""


def _clashes(names: Mapping[str, bytes]) -> list[str]:
    seen: dict[str, str] = {}
    clashes = []
    for name in sorted(names):
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            clashes.append(f"{other} and {name} are one file on most disks.")
    return clashes


def _manifest(files: Mapping[str, bytes], version: str) -> dict[str, str]:
    """Id and name out of a manifest that Premiere would take."""
    if MANIFEST not in files:
        raise PackagingError(f"{MANIFEST} is missing.")
    try:
        manifest = json.loads(files[MANIFEST].decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise PackagingError(f"{MANIFEST} is not JSON: {error}.") from error
    faults = manifest_faults(manifest, files.keys(), version)
    if faults:
        raise PackagingError(*faults)
    return {"id": manifest["id"], "name": manifest["name"]}


def main(argv: list[str]) -> int:
    """``python -m takebridge_premiere.building OUT_FOLDER``: write the package and list what is in it."""
    if len(argv) != 1:
        print("usage: python -m takebridge_premiere.building OUT_FOLDER", file=sys.stderr)  # noqa: T201
        return 2
    try:
        package = build()
        path = write(package, Path(argv[0]))
    except (PackagingError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(f"{path}\n{listing(package)}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
