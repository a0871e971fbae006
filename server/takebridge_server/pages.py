"""The built page of the canvas, as the build left it in ``web/``: which files it has, and which build it is.

``web/`` is made from ``server/canvas`` (scripts/node.py canvas build) and shipped in the wheel. It may be replaced
while the bridge runs, so nothing of it is held but what is known to be of the same file.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WEB = Path(__file__).resolve().parent / "web"
INDEX = "index.html"
NONCE = "__CSP_NONCE__"
"""What the build writes where the page's nonce belongs (``html.cspNonce`` of vite.config.ts)."""
_MANIFESTS = ("manifest.json", ".vite/manifest.json")
_NAME = re.compile(r"[A-Za-z0-9_@~-][A-Za-z0-9_.@~-]*(?:/[A-Za-z0-9_@~-][A-Za-z0-9_.@~-]*)*")
"""Names a build gives: no name begins with a dot, so there is no way up and nothing hidden."""

_TYPES: Mapping[str, str] = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".txt": "text/plain; charset=utf-8",
}
_PACKED = frozenset({".js", ".mjs", ".css", ".json", ".map", ".svg", ".wasm", ".txt", ".webmanifest"})
"""Worth compressing; pictures and fonts are compressed already."""


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of the build as it is sent. ``packed``: gzip of it, None where that gains nothing."""

    data: bytes
    media_type: str
    packed: bytes | None


def page_build(folder: Path = WEB) -> str:
    """Return the id of the build, SHA-256 of its manifest in hex; "" where no page was built.

    A page that finds another id than its own in ``GET /api/session`` is of an earlier release.
    """
    if not (folder / INDEX).is_file():
        return ""
    listed = next((folder / name for name in _MANIFESTS if (folder / name).is_file()), folder / INDEX)
    try:
        return hashlib.sha256(listed.read_bytes()).hexdigest()
    except OSError:
        return ""


def page_html(nonce: str, folder: Path = WEB) -> str | None:
    """Return the page with its nonce, None where none was built."""
    try:
        return (folder / INDEX).read_text("utf-8").replace(NONCE, nonce)
    except (OSError, UnicodeDecodeError):
        return None


def page_file(name: str, folder: Path = WEB) -> PageFile | None:
    """Return a file of the build by its path in it; None for what is not there, or lies elsewhere."""
    if not _NAME.fullmatch(name) or (folder / name).suffix not in _TYPES:
        return None
    path = folder / name
    try:
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
            return None
        found = path.stat()
        return _read(str(path), found.st_mtime_ns, found.st_size)
    except OSError:
        return None


@functools.lru_cache(maxsize=256)
def _read(path: str, _changed: int, _size: int) -> PageFile:
    data, suffix = Path(path).read_bytes(), Path(path).suffix
    packed = gzip.compress(data, 6, mtime=0) if suffix in _PACKED else b""
    return PageFile(data, _TYPES[suffix], packed if packed and len(packed) < len(data) else None)


NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TakeBridge</title>
<style nonce="__CSP_NONCE__">
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 12vh auto; padding: 0 1.5rem; }
code { font-family: ui-monospace, monospace; }
</style>
<h1>The bridge is running</h1>
<p>The canvas for the browser was not built in this checkout.</p>
<p>Build it with <code>make canvas</code> (or <code>python3 scripts/node.py canvas build</code>), then load this page
again; the bridge need not be restarted. An installed TakeBridge has it built in.</p>
<p>The command line and the panels inside your editor work without it.</p>
</html>
"""
"""The page of a bridge without a build."""
