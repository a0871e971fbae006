"""JSON of CapCut's files, read with mistrust: encrypted, damaged and hostile ones are told apart, refused in words."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any, NoReturn

from takebridge.errors import InterchangeError, InvalidDocumentError, UnsupportedFormatError

MOST_BYTES = 64 * 1024 * 1024
MOST_NESTED = 200
"""How deep a draft may be nested: none that is known passes 40."""
ENCRYPTED = "CapCut encrypts this draft"
_HINT = "In CapCut, use a draft made by TakeBridge, or export the film and bring that in."
_BY_HAND = "Open the draft in CapCut and let it save again, or give another draft."
_TOKENS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{]|[\]}]', re.DOTALL)


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes. Raises InterchangeError when it cannot be read, InvalidDocumentError when it is huge."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidDocumentError(f"{path.name} is larger than {MOST_BYTES // 2**20} MB.", hint=_BY_HAND)
        return path.read_bytes()
    except OSError as error:
        why = error.strerror or "unknown reason"
        raise InterchangeError(f"{path.name} could not be read: {why}.", hint="Check its permissions.") from error


def parse(data: bytes, name: str) -> dict[str, Any]:
    """Return the object a file of CapCut holds.

    Raises UnsupportedFormatError for an encrypted one; InvalidDocumentError for one that is empty, broken off, nested
    too deeply, or holds numbers that are none.
    """
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        raise InvalidDocumentError(f"{name} is empty.", hint=_BY_HAND)
    if not text.startswith((b"{", b"[")):
        raise UnsupportedFormatError(
            f"{ENCRYPTED}: {name} is not plain JSON. TakeBridge reads plain drafts only and decrypts none.", hint=_HINT
        )
    if _depth(text) > MOST_NESTED:
        raise InvalidDocumentError(f"{name} is nested more than {MOST_NESTED} deep.", hint=_BY_HAND)
    try:
        value = json.loads(text.decode("utf-8"), parse_constant=_refused, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise InvalidDocumentError(
            f"{name} is damaged, or was not written to its end: {str(error)[:120]}.", hint=_BY_HAND
        ) from error
    if not isinstance(value, dict):
        raise InvalidDocumentError(f"{name} is JSON, but none of CapCut's.", hint=_BY_HAND)
    return value


def _depth(text: bytes) -> int:
    deepest = depth = 0
    for found in _TOKENS.finditer(text):
        mark = found[0][:1]
        if mark in b"[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MOST_NESTED:
                return deepest
        elif mark in b"]}":
            depth -= 1
    return deepest


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{digits[:20]} is no number")
    return value
