"""What a look at the editor tells. Record frames are absolute, ranges half-open; source frames at the media's rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from takebridge.ids import CanvasId, LinkId, NodeId, TakeId

LookMode = Literal["playhead", "selected", "marks"]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the person is, and the session that said it. Empty ids: nothing is open."""

    session: str
    project_id: str = ""
    timeline_id: str = ""
    timecode: str = ""
    record_frame: int | None = None
    clip: str = ""
    selected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenLink:
    """A clip link of a clip: its shot, the node whose tray the clip shows, what is pinned there and what is shown.

    ``shown`` None: media that is no take of ours. ``head_source_frame`` is the frame of the media the shot was pushed
    from that stands on the clip's first record frame, also where the clip shows a take; None where that is not known,
    or media and timeline have not the same rate.
    """

    link_id: LinkId
    canvas_id: CanvasId
    shot: str
    source_node: NodeId
    node: NodeId
    pinned: TakeId | None
    shown: TakeId | None
    head_source_frame: int | None = None


@dataclass(frozen=True, slots=True)
class SeenClip:
    """A clip as a person means it. ``problem`` says why a push would refuse it, ``hint`` what to do; empty when not.

    ``rate`` is the media's, "" where the host does not say one that exists.
    """

    clip: str
    name: str
    kind: str
    track_type: str
    track_index: int
    start_record_frame: int
    end_record_frame: int
    timecode: str
    rate: str
    media_path: str
    start_source_frame: int | None
    width: int | None
    height: int | None
    native_takes: int
    selected_take: int
    problem: str
    hint: str
    links: tuple[SeenLink, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """The clips a person means, in record order, and the timeline they are on. ``rate`` is the timeline's."""

    session: str
    project: str
    timeline: str
    timeline_id: str
    rate: str
    clips: tuple[SeenClip, ...]
