"""OTIO as JSON: read tolerantly and safely, brought to the schemas of the installed release, written whole.

The cut is made of the JSON and not of OTIO's objects: everything else an object says passes through as it is, times
never become floats on the way, and a document no release of OTIO would open is refused in words.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import opentimelineio as otio

from takebridge.errors import InvalidDocumentError
from takebridge.interchange.otio_time import Json
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.loss import LossLog, LossReport
from takebridge_fcpxml.otio.schemas import downgrade, known_versions

MAX_BYTES = 256 * 1024 * 1024
"""A feature of 30,000 clips is some 100 MB with its metadata."""
MAX_NESTED = 64
"""How deep metadata and stacks may be nested: no editor comes near."""
_HINT = "Export the timeline as .otio again."
_LABEL = re.compile(rb'"OTIO_SCHEMA"\s*:\s*"([^"\\]{1,80})"')
_ODD = re.compile(rb'"OTIO_SCHEMA"\s*:\s*(?:[^"\s]|"[^"]*\\)')


def parse_otio(data: bytes, name: str) -> tuple[Json, list[str]]:
    """Return the root object in schemas the installed OTIO knows, and what had to be lowered or left out.

    Raises InvalidDocumentError for what is no OTIO, too large, too deep, or of unusable shape.
    """
    if len(data) > MAX_BYTES:
        raise InvalidDocumentError(f"{name} is larger than {MAX_BYTES // 2**20} MB.", hint="Export one timeline.")
    value, losses = _json(data, name)
    if not isinstance(value, dict) or not isinstance(value.get("OTIO_SCHEMA"), str):
        raise InvalidDocumentError(f"{name} is JSON, but no OTIO.", hint=_HINT)
    labels = {label.decode("utf-8", "replace") for label in _LABEL.findall(data)}
    if labels <= _current() and not _ODD.search(data):
        return value, losses
    log = LossLog()
    try:
        lowered = downgrade(value, log)
    except FcpxmlError as error:
        raise InvalidDocumentError(f"{name}: {error.message}", hint=error.hint or _HINT) from error
    return plain_json(rebuild(lowered, name)), [*losses, *lines_of(log.report())]


def rebuild(value: Json, name: str) -> Any:  # noqa: ANN401 - OTIO ships no types
    """Return OTIO's object for JSON. Raises InvalidDocumentError where OTIO refuses it."""
    try:
        made = _made(value)
    except _REFUSALS:
        try:
            made = _made(_completed(value))
        except _REFUSALS as error:
            why = " ".join(str(error).split())[:200] or type(error).__name__
            raise InvalidDocumentError(f"{name} is no readable OTIO: {why}", hint=_HINT) from error
    if not isinstance(made, otio.core.SerializableObject) or made.is_unknown_schema:
        raise InvalidDocumentError(f"{name} holds {str(value.get('OTIO_SCHEMA'))[:60]}, no timeline.", hint=_HINT)
    return made


_REFUSALS = (otio.exceptions.OTIOError, ValueError, TypeError, RuntimeError, IndexError, KeyError)


def _made(value: Json) -> Any:  # noqa: ANN401
    return otio.core.deserialize_json_from_string(json.dumps(value))


def _completed(value: Any) -> Any:  # noqa: ANN401
    """The same with the references OTIO insists on: files made by hand leave out what is empty."""
    if isinstance(value, list):
        return [_completed(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: _completed(one) for key, one in value.items()}
    if made.get("OTIO_SCHEMA") == "Clip.2" and not made.get("media_references"):
        missing: Json = {"OTIO_SCHEMA": "MissingReference.1", "metadata": {}, "name": "", "available_range": None}
        made |= {"media_references": {"DEFAULT_MEDIA": missing}, "active_media_reference_key": "DEFAULT_MEDIA"}
    return made


def plain_json(made: Any) -> Json:  # noqa: ANN401
    """Return the JSON of an OTIO object. Raises InvalidDocumentError for metadata that has none."""
    try:
        value = json.loads(otio.core.serialize_json_to_string(made, {}, 0), parse_constant=lambda _: None)
    except (otio.exceptions.OTIOError, ValueError, TypeError, RuntimeError, RecursionError) as error:
        raise InvalidDocumentError("The timeline holds what OTIO cannot write.", hint=_HINT) from error
    assert isinstance(value, dict)
    return value


def lines_of(report: LossReport) -> list[str]:
    """Return a report of the FCPXML library as lines: what is gone each on its own, what is nearly right together."""
    gone = [
        f"{loss.construct} dropped: {loss.detail}{f' ({loss.path})' if loss.path else ''}"
        for loss in report.only("dropped")
    ]
    said: list[str] = []
    for _, construct, count, detail, places in report.only("approximated").rows():
        times = f" {count} times" if count > 1 else ""
        said.append(f"{construct}{times} approximated: {detail}{f' ({places})' if places else ''}")
    return [*gone, *said]


@cache
def _current() -> frozenset[str]:
    """Labels that need no second look: the newest version of what the installed release knows."""
    known = {f"{name}.{version}" for name, version in known_versions().items() if name not in _OLD}
    return frozenset(known | _VALUES)


_OLD = {"Sequence", "Filler", "SerializeableCollection"}
_VALUES = {"RationalTime.1", "TimeRange.1"}


def _json(data: bytes, name: str) -> tuple[Any, list[str]]:
    odd: list[str] = []

    def no_number(text: str) -> None:
        odd.append(text)

    try:
        value = json.loads(data.decode("utf-8-sig"), parse_constant=no_number)
    except UnicodeError as error:
        raise InvalidDocumentError(f"{name} is not UTF-8 text.", hint=_HINT) from error
    except RecursionError as error:
        raise InvalidDocumentError(f"{name} is nested too deeply.", hint="Flatten the timeline first.") from error
    except ValueError as error:
        line = getattr(error, "lineno", 0)
        raise InvalidDocumentError(f"{name} is not JSON (line {line}), so it is no .otio file.", hint=_HINT) from error
    lines = [f"{len(odd)} values that are no numbers ({odd[0]}) were left out."] if odd else []
    return value, lines


def text_of_timeline(made: Any) -> bytes:  # noqa: ANN401
    """Return an OTIO object as the text of a file. Raises InvalidDocumentError for metadata that has none."""
    try:
        return str(otio.core.serialize_json_to_string(made, {}, 4)).encode("utf-8", "replace")
    except (otio.exceptions.OTIOError, ValueError, TypeError, RuntimeError) as error:
        raise InvalidDocumentError("The timeline holds what OTIO cannot write.", hint=_HINT) from error
