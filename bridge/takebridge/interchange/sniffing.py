"""Which kind of timeline document a file is: by its content, never by its suffix."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from takebridge.errors import InterchangeError, InvalidDocumentError, UnsupportedFormatError
from takebridge_fcpxml.document import BUNDLE_DOCUMENT

Format = Literal["otio", "fcpxml", "xmeml", "edl", "aaf"]
FORMATS: tuple[Format, ...] = ("otio", "fcpxml", "xmeml", "edl", "aaf")

MAX_BYTES = 256 * 1024 * 1024
_AAF = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP = b"PK\x03\x04"
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]{0,100})")
_NOT_ROOT = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_EVENT = re.compile(rb"^\s*\d{1,6}\s+\S.*\d\d[:;]\d\d[:;]\d\d[:;.]\d\d", re.MULTILINE)
_EDL_HEAD = re.compile(rb"^\s*(TITLE|FCM)\s*:", re.MULTILINE | re.IGNORECASE)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def load(path: Path) -> tuple[Format, bytes]:
    """Return what a file is and its bytes (of a bundle: none, the reader opens it by path).

    Raises UnsupportedFormatError for what is no timeline we read, InvalidDocumentError for empty or huge files,
    InterchangeError for what cannot be read at all.
    """
    if path.is_dir():
        if (path / BUNDLE_DOCUMENT).is_file():
            return "fcpxml", b""
        if path.suffix.lower() == ".otiod":
            raise _bundled(path)
        raise UnsupportedFormatError(f"{path.name} is a folder.", hint="Choose a timeline file or a .fcpxmld bundle.")
    try:
        if not path.exists():
            raise InterchangeError(f"{path} does not exist.", hint="Check the path.")
        if not path.is_file():
            raise UnsupportedFormatError(f"{path.name} is not a file.")
        if path.stat().st_size > MAX_BYTES:
            raise InvalidDocumentError(
                f"{path.name} is larger than {MAX_BYTES // 2**20} MB.", hint="Export one timeline alone."
            )
        data = path.read_bytes()
    except OSError as error:
        why = error.strerror or "unknown reason"
        raise InterchangeError(f"{path.name} could not be read: {why}.", hint="Check its permissions.") from error
    return sniff(data, path.name), data


def sniff(data: bytes, name: str) -> Format:
    """Return what the bytes are. Raises UnsupportedFormatError, InvalidDocumentError for nothing at all."""
    if not data.strip():
        raise InvalidDocumentError(f"{name} is empty.", hint="Export the timeline again.")
    if data.startswith(_AAF):
        return "aaf"
    if data.startswith(_ZIP):
        raise _bundled(Path(name))
    text = _ascii(data)
    head = text.lstrip()
    if head.startswith((b"{", b"[")):
        return "otio"
    if head.startswith(b"<"):
        return _xml(head, name)
    if b"\0" not in text[:4096] and (_EDL_HEAD.search(text[:65536]) or _EVENT.search(text[:65536])):
        return "edl"
    raise UnsupportedFormatError(f"{name} is no timeline that can be read.")


def _xml(head: bytes, name: str) -> Format:
    at = 0
    while match := _NOT_ROOT.match(head, at):
        at = match.end()
    root = _ROOT.match(head, at)
    tag = root[1].decode("ascii", "replace") if root else ""
    if tag == "fcpxml":
        return "fcpxml"
    if tag == "xmeml":
        return "xmeml"
    raise UnsupportedFormatError(
        f"{name} is XML of another kind (its root is “{tag or '?'}”), neither FCPXML nor Final Cut Pro 7 XML."
    )


def _ascii(data: bytes) -> bytes:
    """The text so that its ASCII can be looked at: UTF-16 is told by its mark."""
    if data.startswith(_MARKS[0]):
        return data[3:]
    if data.startswith(_MARKS[1:]):
        return data.replace(b"\0", b"")[2:]
    if data[:2] in (b"<\0", b"\0<"):
        return data.replace(b"\0", b"")
    return data


def _bundled(path: Path) -> UnsupportedFormatError:
    if path.suffix.lower() in (".otioz", ".otiod"):
        return UnsupportedFormatError(
            f"{path.name} is a bundle of OTIO and media, which is not read.", hint="Save the timeline as plain .otio."
        )
    return UnsupportedFormatError(f"{path.name} is no timeline that can be read.")
