"""What may be uploaded, judged by its first bytes, and what the drive refuses: in words its sender understands."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from takebridge.errors import BridgeError, DiskFullError, StoreError, UnsafeMediaError
from takebridge.media.sniff import sniff

HEAD = 4096
"""Bytes that decide whether a file is a medium at all."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

_KNOWN: tuple[tuple[bytes, str, str], ...] = (
    (b"<svg", "an SVG drawing", "Export it as PNG."),
    (b"<!doctype html", "a web page", "Send the picture or film itself."),
    (b"<html", "a web page", "Send the picture or film itself."),
    (b"<?xml", "an XML document", "Send the media it is about."),
    (b"pk\x03\x04", "a ZIP archive", "Unpack it and send the files inside."),
    (b"%pdf", "a PDF", "Export its pages as PNG."),
    (b"rar!", "an archive", "Unpack it and send the files inside."),
    (b"7z\xbc\xaf\x27\x1c", "an archive", "Unpack it and send the files inside."),
    (b"\x1f\x8b", "a compressed file", "Unpack it and send the file inside."),
    (b"mz", "a program", "Send a picture, a clip or a sound."),
    (b"\x7felf", "a program", "Send a picture, a clip or a sound."),
)
"""What people send that is no medium, by its first bytes in lower case; everything else has `sniff`'s words."""


def require_medium(path: Path) -> None:
    """Raise ProbeError or UnsafeMediaError for what is no medium by its first bytes, named where people send such."""
    with path.open("rb") as file:
        head = file.read(HEAD).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_drawing = head.startswith((b"<?xml", b"<!--", b"<!doctype")) and b"<svg" in head
    known = _KNOWN[0] if is_drawing else next((one for one in _KNOWN if head.startswith(one[0])), None)
    if known is not None:
        raise UnsafeMediaError(f"“{path.name}” is {known[1]}, not media.", hint=known[2])
    sniff(path)


@contextlib.contextmanager
def explained(name: str) -> Iterator[None]:
    """Say what the drive refuses in words: DiskFullError, StoreError."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFullError(f"The bridge's drive is full: the rest of “{name}” has no room.") from error
        raise StoreError(f"“{name}” cannot be kept: {error.strerror or error}.") from error


@contextlib.contextmanager
def called(here: str, name: str) -> Iterator[None]:
    """Let errors name the file as its sender does."""
    try:
        yield
    except BridgeError as error:
        rename(error, here, name)
        raise


def rename(error: BridgeError, here: str, name: str) -> None:
    """Let an error name the file as its sender does."""
    error.message = error.message.replace(here, name)
    error.args = (error.message,)
