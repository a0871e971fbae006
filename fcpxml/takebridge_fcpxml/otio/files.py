""".otio files: read tolerantly, written whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import opentimelineio as otio

from takebridge_fcpxml.document import write_atomic
from takebridge_fcpxml.errors import FileError, OtioError
from takebridge_fcpxml.loss import LossLog, LossReport
from takebridge_fcpxml.otio.schemas import downgrade, known_versions

#: A feature film of 30,000 clips is some 100 MB of JSON with its metadata.
MAX_BYTES = 512 * 1024 * 1024
_HINT = "Export the timeline as .otio again."
_CORE = "OTIO_CORE"


def read_otio(path: str | Path) -> tuple[otio.core.SerializableObject, LossReport]:
    """The object in a .otio file, and what had to be read as an older schema.

    Raises FileError when it cannot be read, OtioError when it is no OTIO or larger than MAX_BYTES.
    """
    place = Path(path)
    try:
        if not place.is_file():
            reason = "is not a file" if place.exists() else "does not exist"
            raise FileError(f"{place} {reason}.", hint="Choose an .otio file.")
        if place.stat().st_size > MAX_BYTES:
            raise OtioError(f"{place.name} is larger than {MAX_BYTES:,} bytes.", hint="Export fewer timelines at once.")
        data = place.read_bytes()
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise FileError(f"{place.name} could not be read: {reason}.", hint="Check its permissions.") from error
    return parse_otio(data, place.name)


def parse_otio(data: bytes | str, name: str = "The text") -> tuple[otio.core.SerializableObject, LossReport]:
    """The object in OTIO JSON; see ``read_otio``."""
    log = LossLog()
    value = downgrade(_json(data, name), log)
    if not isinstance(value, dict) or not isinstance(value.get("OTIO_SCHEMA"), str):
        raise OtioError(f"{name} is JSON, but no OTIO.", hint=_HINT)
    try:
        found = otio.core.deserialize_json_from_string(json.dumps(value))
    except (otio.exceptions.OTIOError, ValueError, TypeError, RuntimeError, IndexError, KeyError) as error:
        raise OtioError(f"{name} is no readable OTIO: {_reason(error)}", hint=_HINT) from error
    if not isinstance(found, otio.core.SerializableObject) or found.is_unknown_schema:
        raise OtioError(f"{name} holds {value['OTIO_SCHEMA'][:60]!r}, which is no timeline.", hint=_HINT)
    return found, log.report()


def write_otio(obj: otio.core.SerializableObject, path: str | Path, *, family: str | None = None) -> LossReport:
    """Write a .otio file for the current release or, with ``family`` such as ``"0.14.0"``, for an older one.

    What an older schema cannot hold is in the report. Raises OtioError for an unknown release and FileError; what stood
    at ``path`` is then as it was.
    """
    if not isinstance(obj, otio.core.SerializableObject):
        raise OtioError(f"{type(obj).__name__} is no OTIO object.", hint="Convert it with to_otio.")
    log = LossLog()
    versions = _versions(family)
    if versions is not None:
        _report_downgrade(obj, versions, log)
    try:
        text = otio.core.serialize_json_to_string(obj, versions or {}, 4)
    except (otio.exceptions.OTIOError, ValueError, TypeError, RuntimeError) as error:
        raise OtioError(f"OTIO cannot write this object: {_reason(error)}", hint="Check its metadata.") from error
    write_atomic(Path(path), text.encode("utf-8", "replace"))
    return log.report()


def _json(data: bytes | str, name: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        return json.loads(text)
    except UnicodeError as error:
        raise OtioError(f"{name} is not UTF-8 text.", hint=_HINT) from error
    except RecursionError as error:
        raise OtioError(f"{name} is nested too deeply.", hint="Flatten the timeline first.") from error
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise OtioError(f"{name} is not JSON, so it is no .otio file.", hint=_HINT, line=line) from error


def _versions(family: str | None) -> dict[str, int] | None:
    if family is None:
        return None
    releases = otio.core.release_to_schema_version_map()
    if family not in releases:
        known = ", ".join(sorted((str(name) for name in releases), key=_by_number))
        raise OtioError(f"OpenTimelineIO {family} is no known release.", hint=f"Known are: {known}.")
    versions = otio.versioning.fetch_map(_CORE, family)
    return {str(name): int(versions[name]) for name in versions}


def _by_number(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split(".") if part.isdigit())


def _report_downgrade(obj: otio.core.SerializableObject, versions: dict[str, int], log: LossLog) -> None:
    """Clip.1 holds one reference: the others of a tray are gone there."""
    newest = known_versions()
    if versions.get("Clip", newest["Clip"]) >= 2:
        return
    clips = [obj] if isinstance(obj, otio.schema.Clip) else _clips(obj)
    for clip in clips:
        if len(clip.media_references()) > 1:
            detail = "Clip.1 holds one media reference: the others of the tray are dropped."
            log.add("dropped", "media_references", detail, path=clip.name)


def _clips(obj: otio.core.SerializableObject) -> list[otio.schema.Clip]:
    return list(obj.find_clips()) if hasattr(obj, "find_clips") else []


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
