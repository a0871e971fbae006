"""FCPXML for Python: exact time, lossless documents, a typed view, lint and loss reports.

::

    import takebridge_fcpxml as fcpxml

    film = fcpxml.read("film.fcpxml")
    sequence = film.projects[0].sequence
    for placed in fcpxml.place(sequence):
        print(placed.record_start, placed.lane, placed.item.name)
    film.write("copy.fcpxml")
"""

from __future__ import annotations

from pathlib import Path

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.loss import Loss, LossReport
from takebridge_fcpxml.placement import Placed, place
from takebridge_fcpxml.times import format_time, parse_time
from takebridge_fcpxml.view import Fcpxml, root_of

__all__ = [
    "Document",
    "Fcpxml",
    "FcpxmlError",
    "Loss",
    "LossReport",
    "Placed",
    "format_time",
    "new",
    "parse",
    "parse_time",
    "place",
    "read",
    "root_of",
]


def read(path: str | Path) -> Fcpxml:
    """The typed view of a ``.fcpxml`` file or ``.fcpxmld`` bundle; see ``Document.read``."""
    return root_of(Document.read(path))


def parse(data: bytes | str) -> Fcpxml:
    """The typed view of a document given as text; see ``Document.parse``."""
    return root_of(Document.parse(data))


def new(version: str = "1.10") -> Fcpxml:
    """The typed view of an empty document."""
    return root_of(Document.new(version))
