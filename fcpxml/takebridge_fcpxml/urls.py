"""File URLs as FCPXML writes them.

``media-rep@src`` is an absolute ``file:///`` URL in percent-encoded UTF-8; relative ones are for ``.fcpxmld`` bundles.
Final Cut Pro leaves some reserved characters raw, generators leave spaces, so URLs are compared as decoded paths.
Written here, everything outside RFC 3986's unreserved set and ``/`` is encoded: an apostrophe or ampersand that ends up
as an XML entity leaves media offline in Resolve.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

# Nearly every media URL: nothing that begins another part of a URL, so all of it is the path.
_PLAIN = re.compile(r"file://(?:localhost)?(/[A-Za-z0-9\-._~%/:@!$&'()*+,;=]*+)")
_DRIVE = re.compile(r"/?[A-Za-z]:/")
_ENCODED = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$()*+,;=%']*+")


def to_url(path: str | Path) -> str:
    """The ``file:///`` URL of an absolute path, POSIX or Windows (``C:\\\\…`` becomes ``file:///C:/…``)."""
    text = str(path)
    if re.match(r"[A-Za-z]:[\\/]", text):
        drive, rest = text[0], text[2:].replace("\\", "/")
        return f"file:///{drive}:{quote(rest, safe='/')}"
    return "file://" + quote(text, safe="/")


@lru_cache(maxsize=4096)
def to_path(url: str) -> str | None:
    """The path a URL names, decoded; None when it is not a file URL. A relative URL gives a relative path."""
    if plain := _PLAIN.fullmatch(url):
        path = unquote(plain.group(1))
        return path[1:] if _DRIVE.match(path) else path
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
        return None
    # '?' and '#' are legal in file names; a generator that left them raw meant the name.
    tail = ("?" + parts.query if parts.query else "") + ("#" + parts.fragment if parts.fragment else "")
    path = unquote(parts.path + tail)
    return path[1:] if path.startswith("/") and _DRIVE.match(path) else path


def same_media(one: str, other: str) -> bool:
    """Whether two URLs name one file, whatever their encoding, doubled slashes and the form of their accents."""
    first, second = to_path(one), to_path(other)
    if not first or not second:
        return first == second if first or second else one == other
    return _plain(first) == _plain(second)


def _plain(path: str) -> str:
    # macOS opens a name in either Unicode form; Final Cut Pro writes accents decomposed, other tools composed.
    return unicodedata.normalize("NFC", re.sub(r"(?<=[^/])/(?:\.?/)+", "/", path))


def file_name(url: str) -> str:
    """The decoded last part of a URL, with extension."""
    return posixpath.basename((to_path(url) or unquote(url)).rstrip("/"))


def is_encoded(url: str) -> bool:
    """Whether no character stands raw that must be encoded: spaces, quotes, ``&``, ``<``, anything outside ASCII."""
    return _ENCODED.fullmatch(url) is not None
