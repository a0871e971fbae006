"""Timeline documents of every format: read as a cut, written from one, each with what was lost on the way.

The one door for everybody else: content decides what a file is when reading, the suffix and the target when writing.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from uuid import uuid4

from takebridge.cut.model import Cut
from takebridge.errors import (
    BridgeError,
    DiskFullError,
    InterchangeError,
    InvalidDocumentError,
    InvalidTimeError,
    UnsupportedFormatError,
)
from takebridge.interchange import aaf_cut, edl_cut, edl_write, fcpxml_cut
from takebridge.interchange.otio_cut import Flavour, timeline_of
from takebridge.interchange.otio_json import parse_otio, text_of_timeline
from takebridge.interchange.otio_read import cut_of_json
from takebridge.interchange.sniffing import FORMATS, Format, load
from takebridge.interchange.xmeml_in import read_xmeml
from takebridge.interchange.xmeml_out import write_xmeml
from takebridge.timebase import FrameRate
from takebridge_fcpxml.errors import FcpxmlError

__all__ = ["FORMATS", "TARGETS", "Read", "read_cut", "write_cut"]

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
    kind, data = load(path)
    try:
        cut, losses = _read(kind, path, data, rate, known_files or {}, project)
    except FcpxmlError as error:
        raise _invalid(path, error) from error
    except InvalidTimeError as error:
        raise InvalidDocumentError(f"{path.name}: {error.message}", hint="Export the timeline again.") from error
    except RecursionError as error:
        raise InvalidDocumentError(f"{path.name} is nested too deeply.", hint="Flatten the timeline.") from error
    return Read(cut, kind, tuple(dict.fromkeys(losses)))


def _read(
    kind: Format, path: Path, data: bytes, rate: FrameRate | None, known: Mapping[str, str], project: str
) -> tuple[Cut, Sequence[str]]:
    if kind == "otio":
        value, lowered = parse_otio(data, path.name)
        cut, losses = cut_of_json(value, rate=rate, known_files=known, timeline=project)
        return cut, [*lowered, *losses]
    if kind == "fcpxml":
        return fcpxml_cut.read_fcpxml(path, known_files=known, project=project)
    if kind == "xmeml":
        return read_xmeml(data, known_files=known)
    if kind == "edl":
        return edl_cut.read_edl(data, path.name, rate=rate, known_files=known)
    return aaf_cut.read_aaf(path, rate=rate, known_files=known)


def write_cut(cut: Cut, path: Path, *, target: str = "") -> tuple[str, ...]:
    """Write a cut, whole or not at all, and return what the document does not hold, one line each.

    The suffix says which format; ``target`` whose dialect of it, "" the format's own. Raises UnsupportedFormatError
    for a suffix or a format the target does not import, InterchangeError and DiskFullError; what stood at ``path`` is
    then as it was.
    """
    kind = _format_for(path, target)
    try:
        return tuple(dict.fromkeys(_write(kind, cut, path, target)))
    except FcpxmlError as error:
        raise _invalid(path, error) from error
    except RecursionError as error:
        raise InterchangeError(f"{path.name}: the cut is nested too deeply.", hint="Flatten it.") from error


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


def _write(kind: Format, cut: Cut, path: Path, target: str) -> Sequence[str]:
    if kind == "fcpxml":
        return fcpxml_cut.write_fcpxml(cut, path, target=target if target in ("fcp", "resolve") else "")
    if kind == "edl":
        return _write_edls(cut, path)
    data, losses = _bytes(kind, cut, target)
    save(path, data)
    return losses


def _bytes(kind: Format, cut: Cut, target: str) -> tuple[bytes, Sequence[str]]:
    if kind == "otio":
        flavours: dict[str, Flavour] = {"resolve": "resolve", "premiere": "premiere"}
        timeline, losses = timeline_of(cut, flavours.get(target, "plain"))
        return text_of_timeline(timeline), losses
    if kind == "xmeml":
        return write_xmeml(cut, target=target if target in ("resolve", "premiere") else "premiere")
    return aaf_cut.write_aaf(cut)


def _write_edls(cut: Cut, path: Path) -> list[str]:
    """One EDL a video track: the first under the name asked for, the others beside it."""
    files, losses = edl_write.write_edl(cut)
    for part, data in files:
        save(path.with_name(f"{path.stem}{part}{path.suffix}"), data)
    return losses


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
