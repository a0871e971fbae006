"""The OTIO adapter plugin ``takebridge_fcpxml``.

::

    timeline = otio.adapters.read_from_file("film.fcpxml", adapter_name="takebridge_fcpxml")
    otio.adapters.write_to_file(timeline, "copy.fcpxml", adapter_name="takebridge_fcpxml")

Name the adapter: of two that claim a suffix OTIO takes whichever it meets first, so this one leaves ``.fcpxml`` to
others and claims ``.fcpxmld`` alone. ``OTIO_PLUGIN_MANIFEST_PATH`` naming ``fcpxml_default_manifest.json`` of this
folder makes it the one for ``.fcpxml``, installed or not.

OTIO has no channel for a loss report, so reading puts a summary into the result's metadata,
``["takebridge_fcpxml"]["losses"]``: a list of ``{kind, construct, count, detail}``. Writing puts one onto the object
written. Use ``to_otio`` and ``from_otio`` for the whole report with places.
"""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import OtioError
from takebridge_fcpxml.loss import LossReport
from takebridge_fcpxml.otio import tags
from takebridge_fcpxml.otio.export import to_otio
from takebridge_fcpxml.otio.restore import from_otio


def read_from_file(filepath: str, project: str | None = None) -> otio.core.SerializableObject:
    """The timeline or collection of a ``.fcpxml`` file or ``.fcpxmld`` bundle. Raises FcpxmlError."""
    return _read(Document.read(filepath), project)


def read_from_string(input_str: str, project: str | None = None) -> otio.core.SerializableObject:
    """The timeline or collection of FCPXML text. Raises FcpxmlError."""
    return _read(Document.parse(input_str), project)


def write_to_file(input_otio: otio.core.SerializableObject, filepath: str, version: str | None = None) -> str:
    """Write a ``.fcpxml`` file or ``.fcpxmld`` bundle, whole or not at all. Raises FcpxmlError."""
    document, report = _written(input_otio, version)
    document.write(Path(filepath))
    _attach(input_otio, report)
    return filepath


def write_to_string(input_otio: otio.core.SerializableObject, version: str | None = None) -> str:
    """FCPXML text. Raises FcpxmlError."""
    document, report = _written(input_otio, version)
    _attach(input_otio, report)
    return document.to_bytes().decode("utf-8")


def _read(document: Document, project: str | None) -> otio.core.SerializableObject:
    found, report = to_otio(document, project=project)
    _attach(found, report)
    return found


def _written(obj: otio.core.SerializableObject, version: str | None) -> tuple[Document, LossReport]:
    if not isinstance(obj, otio.core.SerializableObject):
        raise OtioError(f"{type(obj).__name__} is no OTIO object.", hint="Pass a timeline.")
    return from_otio(obj, version=version)


def _attach(holder: otio.core.SerializableObject, report: LossReport) -> None:
    rows = [
        {"kind": kind, "construct": construct, "count": count, "detail": detail}
        for kind, construct, count, detail, _ in report.rows()
    ]
    if getattr(holder, "metadata", None) is not None:
        tags.write(holder, {**tags.read(holder), "losses": rows})
