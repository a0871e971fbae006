"""File URLs in the spelling a host links by."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from lxml import etree

from takebridge_fcpxml import urls


def media_files(root: etree._Element) -> Iterator[etree._Element]:
    """Every element whose ``src`` names a media file: representations, and assets of versions before 1.9."""
    for element in root.iter("media-rep", "asset"):
        if element.get("src"):
            yield element


def encoded(url: str) -> str:
    """The URL of the same file with everything outside RFC 3986's unreserved set and ``/`` percent-encoded.

    A URL that names no file, or whose bytes are no UTF-8, comes back as it is.
    """
    path = urls.to_path(url)
    if not path or "\ufffd" in path:
        return url
    return urls.to_url(path) if path.startswith("/") or path[1:2] == ":" else quote(path, safe="/")
