"""The open timeline as a page draws it: tracks of items, each with its link, its takes and a word for its state.

Record frames are absolute, ranges half-open, everything in whole frames of the timeline; what lies between two frames
(sound at sample precision) is rounded down. Source frames count from the media's first frame, at the media's rate.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from takebridge.cut.model import ClipKind, TrackKind
from takebridge.ids import BlobHash, CanvasId, LinkId, NodeId, TakeId

ItemKind = ClipKind | Literal["gap", "transition"]
ItemState = Literal["", "in step", "new take", "changed", "gap", "unlinked"]
"""``in step``: it shows what both sides agree on. ``new take``: the canvas has another take pinned than it shows, which
a round trip would lay over. ``changed``: the editor changed it since the base, or its shot was taken off the canvas.
``gap``: nothing is there; with a link, a shot waits for it. ``unlinked``: the canvas has no link to it. "": a
transition, or a layer, which has no states."""
HostState = Literal["ready", "busy", "silent"]


class Part(BaseModel):
    """Base of the answer's parts. Fields of a newer bridge are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Picture(Part):
    """Where a picture can be had: a frame of a stored take, or of a clip in the editor.

    With ``content``: frame ``frame`` of it, ``GET /api/media/{content}/frames/{frame}``, and its poster, sprite and
    proxy. Else ``GET /api/clips/frame`` with ``session``, ``clip`` and ``record_frame``.
    """

    content: BlobHash | None = None
    frame: int = 0
    session: str = ""
    clip: str = ""
    record_frame: int = 0


class MarkerFacts(Part):
    """A marker of the timeline, at an absolute record frame."""

    record_frame: int
    frames: int = 0
    name: str = ""
    note: str = ""
    color: str = ""


class LinkFacts(Part):
    """The clip link of an item. ``source_node`` is what was pushed; ``there``: whether it is still on the canvas."""

    id: LinkId
    shot: str
    source_node: NodeId
    there: bool = True
    fills_gap: bool = False


class CutItem(Part):
    """Something on a track. ``key`` names it: the editor's id of a clip, else made of its place.

    ``thumb``: `GET /api/clips/frame` answers for its frames; ``no_thumb`` says why not. ``node`` is the node whose tray
    it shows, ``pinned`` that node's pinned take, ``take`` the take of ours it shows (None: other media). ``changes``
    say what the editor did to it since the base; ``problem`` what keeps it from being worked with, ``hint`` what to do.
    ``speed`` is "1" at 100 %, "-1" reversed, "0" a freeze, "" where it is a ramp or not known.
    """

    key: str
    name: str
    kind: ItemKind
    record_start: int
    record_end: int
    source_start: int | None = None
    enabled: bool = True
    color: str = Field(default="", description="The clip's label colour, where the editor tells it.")
    media: str = Field(default="", description="Name of the media it shows.")
    speed: str = "1"
    native_takes: int = 0
    inside: int = Field(default=0, description="Clips of the nested cut it shows, where they are known.")
    linked: str = Field(default="", description="Items with the same name here are linked: picture with its sound.")
    cut: int | None = Field(default=None, description="Of a transition: the record frame where its neighbours meet.")
    markers: int = 0
    thumb: bool = False
    no_thumb: str = ""
    picture: Picture | None = Field(default=None, description="Of a layer's clip: where its first frame can be had.")
    link: LinkFacts | None = None
    node: NodeId | None = None
    take: TakeId | None = None
    pinned: TakeId | None = None
    state: ItemState = ""
    changes: tuple[str, ...] = ()
    problem: str = ""
    hint: str = ""


class CutTrack(Part):
    """A track, 1-based within its kind, the lowest first; its items in record order, gaps between them included."""

    kind: TrackKind
    index: int
    name: str = ""
    locked: bool = False
    enabled: bool = True
    clips: tuple[CutItem, ...] = ()


class MissingLink(Part):
    """A link of this timeline whose clip is not on it any more."""

    link: LinkFacts
    node: NodeId | None = None
    pinned: TakeId | None = None
    problem: str = ""


class CutConflict(Part):
    """Something that both sides changed and that waits for a decision; ``id`` as in a round trip's ``decisions``."""

    id: str
    name: str
    shot: str = ""
    link_id: LinkId | None = None
    node: NodeId | None = None
    text: str = ""


class BaseFacts(Part):
    """The cut both sides agreed on last. ``rev`` names it; both are empty where there is none yet."""

    exists: bool
    at: str = ""
    rev: str = ""
    words: str = ""


class PlayheadFacts(Part):
    """Where the playhead stood when it was asked for last."""

    record_frame: int
    timecode: str = ""


class SpanFacts(Part):
    """A range of record frames."""

    record_start: int
    record_end: int


class HostFacts(Part):
    """A connected editor. ``busy``: it is at a request; ``silent``: it has not been heard of for too long."""

    session: str
    host: str
    product: str
    version: str = ""
    timeline: str = ""
    state: HostState = "ready"
    words: str = ""
    meant: bool = Field(default=False, description="What is asked without a session is asked of this one.")


class CutView(Part):
    """The open timeline of an editor with a canvas's links on it.

    ``revision`` is the editor's own fingerprint of the timeline, ``reading`` names this reading: equal, nothing was
    read anew. ``note`` says why it may be older than the timeline is now.
    """

    session: str
    host: str
    product: str
    canvas: CanvasId
    project: str
    timeline: str
    timeline_id: str
    rate: str
    start_frame: int
    end_frame: int
    drop_frame: bool
    width: int
    height: int
    revision: str
    reading: str
    read_at: str
    note: str = ""
    playhead: PlayheadFacts | None = None
    marked: SpanFacts | None = Field(default=None, description="Between the in and out marks of the picture.")
    markers: tuple[MarkerFacts, ...] = ()
    tracks: tuple[CutTrack, ...] = ()
    missing: tuple[MissingLink, ...] = ()
    conflicts: tuple[CutConflict, ...] = Field(default=(), description="What a round trip would ask about now.")
    counts: dict[str, int] = Field(default={}, description="Clips by state; links without a clip as “missing”.")
    notes: tuple[str, ...] = ()
    base: BaseFacts
    hosts: tuple[HostFacts, ...] = ()


class CutLayer(Part):
    """One of the three cuts that a round trip merges; its tracks as in the view."""

    timeline: str
    tracks: tuple[CutTrack, ...] = ()


class CutLayers(Part):
    """The base, the editor's cut and the canvas's, in one shape. ``words`` says why a layer is not there.

    Without an editor ``session`` and ``reading`` are empty, and the base is the one that was kept last.
    """

    session: str
    timeline: str
    rate: str
    start_frame: int
    drop_frame: bool
    reading: str
    base_at: str = Field(default="", description="When both sides agreed on the base; empty without one.")
    base: CutLayer | None = None
    editor: CutLayer | None = None
    canvas: CutLayer | None = None
    words: dict[str, str] = Field(default={}, description="By layer: why it is null.")
    notes: tuple[str, ...] = ()
