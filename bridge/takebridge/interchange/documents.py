"""Timeline documents of every format: read as a cut, written from one, each with what was lost on the way.

The one door for everybody else: content decides what a file is when reading, the suffix and the target when writing.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from uuid import uuid4

from takebridge.cut.alternates import bins_of, with_alternates
from takebridge.cut.model import Cut
from takebridge.errors import (
    BridgeError,
    DiskFullError,
    InterchangeError,
    InvalidDocumentError,
    InvalidTimeError,
    UnsupportedFormatError,
)
from takebridge.interchange.capcut_read import is_draft, read_draft
from takebridge.interchange.sniffing import FORMATS, Format, load
from takebridge.timebase import FrameRate
from takebridge_fcpxml.errors import FcpxmlError

__all__ = ["FORMATS", "TARGETS", "Read", "dialect_of", "read_cut", "write_cut"]

Target = Literal["", "resolve", "premiere", "fcp", "avid", "plain"]
TARGETS: tuple[str, ...] = tuple(name for name in get_args(Target) if name)

SUFFIXES: dict[str, Format] = {
    ".otio": "otio",
    ".fcpxml": "fcpxml",
    ".fcpxmld": "fcpxml",
    ".xml": "xmeml",
    ".xmeml": "xmeml",
    ".edl": "edl",
    ".aaf": "aaf",
}
_TAKES: dict[str, tuple[Format, ...]] = {
    "resolve": FORMATS,
    "premiere": ("xmeml", "otio", "edl", "aaf"),
    "fcp": ("fcpxml", "xmeml"),
    "avid": ("aaf", "edl"),
}
"""Which formats a host imports, the best first."""

OURS = "takebridge"
HOST_KEYS = {"PremierePro_OTIO": "premiere", "Resolve_OTIO": "resolve"}
"""Metadata in OTIO by which a host's own documents are known, and their targets; ours holds everything."""


@dataclass(frozen=True, slots=True)
class Read:
    """A document as a cut. ``losses`` say what the cut does not say, one line each."""

    cut: Cut
    format: str
    losses: tuple[str, ...] = ()


def read_cut(
    path: Path,
    *,
    rate: FrameRate | None = None,
    known_files: Mapping[str, str] | None = None,
    project: str = "",
) -> Read:
    """Return a document's cut.

    ``rate`` is for documents that name none (EDL) and overrides what OTIO and AAF say. ``known_files`` maps names of
    delivered files to stamps. ``project`` names the timeline to read of several (FCPXML), else the first with items.
    Raises UnsupportedFormatError, InvalidDocumentError and InterchangeError, in words.
    """
    if is_draft(path):
        draft = read_draft(path)
        return Read(draft.cut, "capcut", draft.losses)
    from takebridge.interchange.document_formats import read  # 20 MB of readers, for whoever reads a document

    kind, data = load(path)
    try:
        cut, losses = read(kind, path, data, rate, known_files or {}, project)
    except FcpxmlError as error:
        raise _invalid(path, error) from error
    except InvalidTimeError as error:
        raise InvalidDocumentError(f"{path.name}: {error.message}", hint="Export the timeline again.") from error
    except RecursionError as error:
        raise InvalidDocumentError(f"{path.name} is nested too deeply.", hint="Flatten the timeline.") from error
    return Read(cut, kind, tuple(dict.fromkeys(losses)))


def write_cut(cut: Cut, path: Path, *, target: str = "", alternates: bool = False) -> tuple[str, ...]:
    """Write a cut, whole or not at all, and return what the document does not hold, one line each.

    The suffix says which format; ``target`` whose dialect of it, "" the format's own. With ``alternates`` takes that
    are not shown lie as disabled clips on tracks above, for editors without native takes; xmeml also gets a bin a tray.
    Raises UnsupportedFormatError
    for a suffix or a format the target does not import, InterchangeError and DiskFullError; what stood at ``path`` is
    then as it was.
    """
    from takebridge.interchange.document_formats import write

    kind = _format_for(path, target)
    try:
        trays = bins_of(cut) if alternates else ()
        laid = with_alternates(cut) if alternates else cut
        return tuple(dict.fromkeys(write(kind, laid, path, target, trays)))
    except FcpxmlError as error:
        raise _invalid(path, error) from error
    except RecursionError as error:
        raise InterchangeError(f"{path.name}: the cut is nested too deeply.", hint="Flatten it.") from error


def dialect_of(cut: Cut) -> str:
    """Return the target whose dialect the document of a cut is in, "" where none is to be seen.

    Only OTIO has dialects that differ: hosts leave their own metadata on the timeline or its stack.
    """
    known = cut.extras.get("otio")
    parts = [known.get(name) for name in ("timeline", "stack")] if isinstance(known, dict) else []
    said = [part.get("metadata") for part in parts if isinstance(part, dict)]
    keys = {key for one in said if isinstance(one, dict) for key in one}
    if OURS in keys:
        return ""
    return next((target for key, target in HOST_KEYS.items() if key in keys), "")


def _format_for(path: Path, target: str) -> Format:
    if target and target not in TARGETS:
        raise UnsupportedFormatError(f"“{target}” is no target.", hint=f"Choose one of {', '.join(TARGETS)}.")
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise UnsupportedFormatError(f"{path.name}: “{path.suffix}” is no timeline format that can be written.")
    wanted = _TAKES.get(target, FORMATS)
    if kind not in wanted:
        names = ", ".join(suffix for suffix, one in SUFFIXES.items() if one in wanted)
        raise UnsupportedFormatError(f"{target} does not import {path.suffix} files.", hint=f"Write {names}.")
    return kind


def save(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises DiskFullError and InterchangeError."""
    part = path.with_name(f".{uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(f"There is no space left to write {path.name}.") from error
        why = error.strerror or "unknown reason"
        raise InterchangeError(f"{path.name} could not be written: {why}.", hint="Choose another folder.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _invalid(path: Path, error: FcpxmlError) -> BridgeError:
    line = f" (line {error.line})" if error.line else ""
    return InvalidDocumentError(
        f"{path.name}{line}: {error.message}", hint=error.hint or "Export the timeline again.", line=error.line
    )
