"""The canvas for the browser, built from server/canvas into server/takebridge_server/web: whole or not at all.

The page says which sources it was made of (``web/.sources``), so it is built again only when they have changed.
Standard library only: the wheel's build hook uses it too.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import node

WEB = node.ROOT / "server" / "takebridge_server" / "web"
SOURCES = ".sources"
INDEX = "index.html"
_FILES = ("index.html", "package.json", "package-lock.json", ".npmrc", "vite.config.ts", "tsconfig.json")
_FOLDERS = ("src", "public")
_TESTS = (".test.ts", ".test.tsx")
_WORDS = node.ROOT / "resolve_plugin" / "takebridge_resolve" / "panel" / "tokens.json"
"""Words and glyphs, which the page shares with the panels."""


def source_files(folder: Path | None = None) -> Iterator[Path]:
    """Yield what the page is made of, in order: no tests, no tools."""
    folder = folder or node.CANVAS.folder
    yield from (folder / name for name in _FILES if (folder / name).is_file())
    for name in _FOLDERS:
        found = sorted((folder / name).rglob("*"), key=lambda path: path.relative_to(folder).as_posix())
        yield from (path for path in found if path.is_file() and not path.name.endswith(_TESTS))


def sources(folder: Path | None = None) -> str:
    """Return a hash of the sources, names and bytes; "" where there are none."""
    folder = folder or node.CANVAS.folder
    if not (folder / INDEX).is_file():
        return ""
    hasher = hashlib.sha256()
    for path in source_files(folder):
        data = path.read_bytes()
        hasher.update(f"{path.relative_to(folder).as_posix()}\0{len(data)}\0".encode())
        hasher.update(data)
    if _WORDS.is_file():
        hasher.update(_WORDS.read_bytes())
    return hasher.hexdigest()


def is_current(folder: Path | None = None, web: Path | None = None) -> bool:
    """Say whether the page is there and made of these sources. Without sources the page that is there will do."""
    web = web or WEB
    if not (web / INDEX).is_file():
        return False
    wanted = sources(folder)
    try:
        return not wanted or (web / SOURCES).read_text("ascii").strip() == wanted
    except (OSError, UnicodeDecodeError):
        return False


def build() -> str:
    """Build the page unless it is current; say what was done. Raises SystemExit in words, CalledProcessError.

    A build that fails leaves the page of the last one.
    """
    if is_current():
        return "The canvas is built and up to date."
    wanted = sources()
    if not wanted:
        raise SystemExit(f"There is nothing to build: {node.CANVAS.folder} has no {INDEX}.")
    if node.node(node.CANVAS.oldest) is None or not node.CANVAS.installed():
        node.setup(node.CANVAS)
    made = node.CANVAS.folder / ".build" / str(os.getpid())
    try:
        code = node.script(node.CANVAS, "build", "--outDir", str(made), "--emptyOutDir")
        if code or not (made / INDEX).is_file():
            raise SystemExit(f"The canvas could not be built (code {code}); the words above say why.")
        (made / SOURCES).write_text(wanted + "\n", "ascii")
        _put(made, WEB)
    finally:
        shutil.rmtree(made, ignore_errors=True)
        with contextlib.suppress(OSError):  # another build is under way
            made.parent.rmdir()
    return f"The canvas was built into {WEB.relative_to(node.ROOT)}."


def _put(made: Path, web: Path) -> None:
    """Let the new page stand where the old one was."""
    old = made.with_name(f"{made.name}.old")
    if web.exists():
        web.rename(old)
    made.rename(web)
    shutil.rmtree(old, ignore_errors=True)
