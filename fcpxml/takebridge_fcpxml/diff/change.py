"""One difference between two documents, in an editor's words and as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from takebridge_fcpxml.times import fits, format_time


@dataclass(frozen=True, slots=True)
class Change:
    """What is different in the second document.

    ``kind`` is a stable word (``item-moved``, ``head-trimmed`` …). ``message`` is the sentence after the name.
    ``where`` names the timeline (``project Film``), or is ``document`` or ``resources``. ``record_start`` is the record
    time of the item in the second document, of a removed one in the first; ``timecode`` shows it. ``frames`` is by how
    many frames of the timeline, None where there is no such number. ``count`` is how many elements this line stands
    for. ``before`` and ``after`` are values as text where there is one value. Paths and lines are None on the side
    that has no such element.
    """

    kind: str
    message: str
    where: str
    name: str = ""
    record_start: Fraction | None = None
    timecode: str | None = None
    frames: int | None = None
    count: int = 1
    before: str | None = None
    after: str | None = None
    before_path: str | None = None
    before_line: int | None = None
    after_path: str | None = None
    after_line: int | None = None

    def to_json(self) -> dict[str, object]:
        """Plain data; ``record_start`` as FCPXML text."""
        start = self.record_start
        return {
            "kind": self.kind,
            "where": self.where,
            "name": self.name,
            "message": self.message,
            "record_start": None if start is None else format_time(start) if fits(start) else f"{start}s",
            "timecode": self.timecode,
            "frames": self.frames,
            "count": self.count,
            "before": self.before,
            "after": self.after,
            "before_path": self.before_path,
            "before_line": self.before_line,
            "after_path": self.after_path,
            "after_line": self.after_line,
        }
