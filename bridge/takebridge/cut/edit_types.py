"""Edit plans: ordered, host-neutral edits that turn one cut into another.

Clips are named by their address in the cut the plan starts from, whatever earlier edits of the plan did since. A clip
the plan places is named by its ``handle``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from takebridge.cut.model import Address, Clip, Marker, Media, Span, Take, TrackKind, Transition

Subject: TypeAlias = Address | str
"""A clip of the starting cut, or the handle of one placed by this plan."""


@dataclass(frozen=True, slots=True)
class Import:
    """Bring a file into the host's bin. Changes no track."""

    media: Media


@dataclass(frozen=True, slots=True)
class AddTrack:
    """Add a track as number ``track`` of its kind; the one above the last."""

    kind: TrackKind
    track: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class AddTake:
    """Add a take to a clip's takes and select it. A clip without takes first makes what it shows its first take."""

    clip: Subject
    take: Take


@dataclass(frozen=True, slots=True)
class SelectTake:
    """Show another take of those the clip has."""

    clip: Subject
    key: str
    source: Span | None = None


@dataclass(frozen=True, slots=True)
class Replace:
    """Show other media in the same place, without keeping a take of the old."""

    clip: Subject
    media: Media | None
    source: Span | None


@dataclass(frozen=True, slots=True)
class Reshape:
    """Give a clip another place, length, source range or speed: move, trim, slip, retime in one."""

    clip: Subject
    kind: TrackKind
    track: int
    record: Span
    source: Span | None
    speed: Fraction | None
    ramp: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Put a clip on a track. Its record range must be free when the edit runs."""

    handle: str
    kind: TrackKind
    track: int
    clip: Clip


@dataclass(frozen=True, slots=True)
class Delete:
    """Take a clip off its track; the gap stays."""

    clip: Subject


@dataclass(frozen=True, slots=True)
class SetEnabled:
    """Enable or disable a clip."""

    clip: Subject
    enabled: bool


@dataclass(frozen=True, slots=True)
class Rename:
    """Give a clip another name."""

    clip: Subject
    name: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """Write our id where the host keeps it."""

    clip: Subject
    stamp: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Add or remove a marker on a clip, or on the timeline (``clip`` None)."""

    clip: Subject | None
    marker: Marker
    action: Literal["add", "remove"] = "add"


@dataclass(frozen=True, slots=True)
class Join:
    """Add or remove a transition on a track."""

    kind: TrackKind
    track: int
    transition: Transition
    action: Literal["add", "remove"] = "add"


Edit: TypeAlias = (
    Import
    | AddTrack
    | AddTake
    | SelectTake
    | Replace
    | Reshape
    | Place
    | Delete
    | SetEnabled
    | Rename
    | Stamp
    | Mark
    | Join
)


@dataclass(frozen=True, slots=True)
class EditPlan:
    """Edits in the order they are to be made. Empty when the cut is as wanted."""

    edits: tuple[Edit, ...] = ()

    def __len__(self) -> int:
        return len(self.edits)
