"""What can go wrong with an FCPXML file, in words of the person who opened it.

Every error carries a stable ``code``, a ``hint`` with the next step, and where it is: the element's path (in the form
``fcpxml/library/event/project[2]``) and its line in the source file, when there is one. Nothing else leaves this
package for bad input: no lxml, OS or OpenTimelineIO exception.
"""

from __future__ import annotations


class FcpxmlError(Exception):
    """The root of the tree. ``line`` counts from 1 in the file as read; ``path`` is empty for the whole document."""

    code = "fcpxml"
    retryable = False

    def __init__(self, message: str, *, hint: str = "", path: str = "", line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.path = path
        self.line = line

    def __str__(self) -> str:
        where = ", ".join(part for part in (f"line {self.line}" if self.line else "", self.path) if part)
        return " ".join(part for part in (self.message, f"({where})" if where else "", self.hint) if part)

    def to_json(self) -> dict[str, object]:
        """The error as plain data for ``--json``."""
        fields = {"code": self.code, "message": self.message, "hint": self.hint, "path": self.path, "line": self.line}
        return {"error": fields}


class FileError(FcpxmlError):
    """A file that cannot be opened or written: missing, no permission, disk full. Nothing was left half written."""

    code = "file"
    retryable = True


class TooLargeError(FcpxmlError):
    """More bytes or deeper nesting than the caps allow."""

    code = "too_large"


class NotFcpxmlError(FcpxmlError):
    """The file is something else: FCP 7 XML, JSON, HTML, not XML at all."""

    code = "not_fcpxml"


class MalformedXmlError(FcpxmlError):
    """The file starts like FCPXML and is not well-formed XML."""

    code = "malformed_xml"


class UnsafeXmlError(FcpxmlError):
    """The document declares entities or carries its own DTD; it is not read any further."""

    code = "unsafe_xml"


class TimeValueError(FcpxmlError):
    """A time that is not rational seconds, or does not fit a 64-bit numerator over a 32-bit denominator."""

    code = "bad_time"


class BadValueError(FcpxmlError):
    """An attribute or argument outside what FCPXML can hold."""

    code = "bad_value"


class StructureError(FcpxmlError):
    """A required part is missing or stands where it cannot stand: a project without a sequence, a clip in a title."""

    code = "bad_structure"


class DanglingReferenceError(FcpxmlError):
    """A ``ref``, ``format`` or ``projectRef`` that names no resource, or one of the wrong kind."""

    code = "dangling_reference"


class EditError(FcpxmlError):
    """An edit that cannot be made as asked. The document is as it was."""

    code = "bad_edit"


class VersionError(FcpxmlError):
    """A version this library does not write, or a construct the wanted version cannot hold."""

    code = "unsupported_version"


class OtioError(FcpxmlError):
    """An OTIO file that cannot be read or a timeline that cannot be expressed."""

    code = "otio"
