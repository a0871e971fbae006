"""What ``info`` tells about a document, as plain records; ``to_json`` gives the machine-readable form.

In JSON every time is FCPXML text (``"1001/24000s"``), exact. Next to it stands the whole frame number where the time is
on the frame grid, else null. Range ends are exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction

from takebridge_fcpxml.times import fits, format_time


@dataclass(frozen=True, slots=True)
class StoryItem:
    """A story item in record time. Record frames count on the timeline's grid, source frames at the media's rate.

    ``kind`` is the element name, ``ref`` a resource id, ``host`` the index in the same list of the item it is inside of
    or connected to (None in the timeline's own storyline). ``active`` is False for the waiting takes of an audition and
    all they hold.
    """

    kind: str
    name: str
    lane: int
    record_start: Fraction
    record_start_frame: int | None
    record_end: Fraction
    record_end_frame: int | None
    duration: Fraction
    duration_frames: int | None
    source_start: Fraction
    source_start_frame: int | None
    ref: str | None
    roles: tuple[str, ...]
    enabled: bool
    active: bool
    host: int | None
    path: str
    line: int | None


@dataclass(frozen=True, slots=True)
class AuditionInfo:
    """An audition: what plays (``pick``) and what waits, in tray order."""

    record_start: Fraction
    timecode: str | None
    lane: int
    takes: int
    pick: str
    alternates: tuple[str, ...]
    path: str
    line: int | None


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """An asset. ``timecode`` is its embedded start timecode; ``used`` counts the items that play it.

    In a project's list only that timeline's active items count, in the document's list every item of the file.
    """

    id: str
    name: str
    path: str | None
    rate: str | None
    start: Fraction | None
    timecode: str | None
    duration: Fraction | None
    duration_timecode: str | None
    used: int


@dataclass(frozen=True, slots=True)
class TimelineInfo:
    """A project's sequence, or the inside of a compound clip or multicam (``kind``).

    ``used`` counts the clips of the document that play a compound or multicam; 0 for a project. Roles, lanes and
    ``items_by_kind`` count active items; ``marks`` counts markers, to-dos, chapters, keywords, ratings, captions and
    notes with their numbers.
    """

    kind: str
    name: str
    event: str | None
    rate: str | None
    frame_duration: Fraction | None
    width: int | None
    height: int | None
    colour_space: str | None
    field_order: str | None
    drop_frame: bool
    record_start: Fraction
    record_end: Fraction
    duration: Fraction
    duration_frames: int | None
    start_timecode: str | None
    end_timecode: str | None
    duration_timecode: str | None
    angles: tuple[str, ...]
    items_by_kind: dict[str, int]
    lanes: dict[int, int]
    storylines: int
    marks: dict[str, int]
    roles: dict[str, int]
    used: int
    media: tuple[MediaInfo, ...]
    auditions: tuple[AuditionInfo, ...]
    items: tuple[StoryItem, ...]
    path: str
    line: int | None


@dataclass(frozen=True, slots=True)
class BrowserClip:
    """A clip that lies in an event or at the root, in no timeline."""

    kind: str
    name: str
    event: str | None
    duration: Fraction | None
    timecode: str | None
    duration_timecode: str | None
    media: str | None
    path: str
    line: int | None


@dataclass(frozen=True, slots=True)
class ProblemInfo:
    """A value that could not be read; the rest of the document was."""

    code: str
    message: str
    hint: str
    path: str
    line: int | None


@dataclass(frozen=True, slots=True)
class EventInfo:
    """An event with how many projects and clips it holds."""

    name: str
    projects: int
    clips: int


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """The whole document. ``kind`` is ``file`` or ``bundle``."""

    file: str | None
    kind: str
    version: str
    library: str | None
    events: tuple[EventInfo, ...]
    projects: tuple[TimelineInfo, ...]
    compounds: tuple[TimelineInfo, ...]
    clips: tuple[BrowserClip, ...]
    media: tuple[MediaInfo, ...]
    problems: tuple[ProblemInfo, ...]

    def to_json(self) -> dict[str, object]:
        """Plain data: dicts, lists, text, numbers, None."""
        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}


def plain(value: object) -> object:
    """A record as plain data; a fraction of seconds becomes FCPXML text."""
    if isinstance(value, Fraction):
        return format_time(value) if fits(value) else f"{value}s"
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(entry) for entry in value]
    return value
