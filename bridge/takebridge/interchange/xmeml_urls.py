"""`<pathurl>` both ways: ``file://localhost/…`` in percent-encoded UTF-8 and ``C%3a`` for drives, as in Premiere."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_DRIVE = re.compile(r"/?([A-Za-z])[:|]([\\/].*)", re.DOTALL)


def to_location(url: str) -> str:
    """Return the decoded path of a file URL; other URLs and relative paths as they mean, decoded where they are paths.

    Paths written raw (spaces, no scheme) are understood too.
    """
    text = url.strip()
    if not text or (_SCHEME.match(text) and not text.lower().startswith("file:")):
        return text
    if not text.lower().startswith("file:"):
        return text if re.match(r"[A-Za-z]:[\\/]|\\\\", text) else _decoded(text)
    rest = text[5:]
    host = ""
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        rest = slash + path
    path = _decoded(rest)
    if re.fullmatch(r"[A-Za-z][:|]", host):
        return f"{host[0]}:{path}"
    if drive := _DRIVE.fullmatch(path):
        return f"{drive[1]}:{drive[2]}"
    return path if host.lower() in ("", "localhost", "127.0.0.1") else f"//{_decoded(host)}{path}"


def to_pathurl(location: str) -> str:
    """Return the URL of a location. Windows drives and shares, POSIX and relative paths; other URLs stay."""
    if drive := _DRIVE.fullmatch(location):
        return f"file://localhost/{drive[1]}%3a{_encoded(drive[2].replace(chr(92), '/'))}"
    if location.startswith(("\\\\", "//")):
        return "file:" + _encoded(location.replace("\\", "/"))
    if location.startswith("/"):
        return f"file://localhost{_encoded(location)}"
    return location if _SCHEME.match(location) and urlsplit(location).netloc else _encoded(location)


def _decoded(text: str) -> str:
    """Percent-decode as UTF-8, or as Latin-1 where it is none (older Windows hosts)."""
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return unquote_to_bytes(text).decode("latin-1")


def _encoded(path: str) -> str:
    return quote(path, safe="/", errors="replace")
