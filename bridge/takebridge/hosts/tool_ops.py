"""Ops beside the edit itself: look, export, import, grab, render, colour, save, probe. Part of `hosts.protocol`.

Those that change the timeline or the media carry an `Expectation`, as `edit_ops` do. The others change nothing a film
is made of: they put the playhead, the page, the marks and the Deliver settings back where they were.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from takebridge.hosts.edit_ops import ClipRef
from takebridge.hosts.report import MediaItem, ShortText, Text, WireModel

ExportFormat = Literal["otio", "fcpxml", "xmeml", "edl", "aaf", "drt"]
ClipColor = Literal[
    "",
    "Orange",
    "Apricot",
    "Yellow",
    "Lime",
    "Olive",
    "Green",
    "Teal",
    "Navy",
    "Blue",
    "Purple",
    "Violet",
    "Pink",
    "Tan",
    "Beige",
    "Brown",
    "Chocolate",
]
"""The 16 clip colours of Resolve (not its marker colours); "" is none."""
RenderState = Literal["ready", "rendering", "complete", "cancelled", "failed"]
RenderWay = Literal["queue", "quick"]
AbsolutePath = Annotated[Text, StringConstraints(min_length=1)]


# --- looking --------------------------------------------------------------------------------------------


class PeekArgs(WireModel):
    """``selection.peek``: where the person is, in at most eight host calls: cheap enough to ask every second."""


class PeekResult(WireModel):
    """Result of ``selection.peek`` and ``playhead.set``. Empty ids: nothing is open.

    ``record_frame`` is the absolute frame under the playhead, ``timecode`` as the host spells it; ``clip`` the key of
    the item of the top enabled video track there; ``selected`` the keys of the selected items, where the version says.
    """

    project_id: ShortText = ""
    timeline_id: ShortText = ""
    timecode: ShortText = ""
    record_frame: int | None = None
    clip: ShortText = ""
    selected: list[ShortText] = Field(default=[])


class SetPlayheadArgs(WireModel):
    """``playhead.set``: park the playhead of the current timeline on an absolute record frame."""

    timeline_id: ShortText
    record_frame: int


# --- files out and in -----------------------------------------------------------------------------------


class ExportTimelineArgs(WireModel):
    """``timeline.export``: write the current timeline; ``path`` is absolute and does not exist yet.

    FCPXML is a folder (``….fcpxmld``) on the versions that write 1.10, a file before.
    """

    format: ExportFormat
    path: AbsolutePath


class ExportResult(WireModel):
    """Result of ``timeline.export``: what is on disk now."""

    path: Text
    format: ExportFormat
    timeline_id: ShortText
    timeline_name: Text


class ImportTimelineArgs(WireModel):
    """``timeline.import``: make a new timeline of a file, under a name nobody uses; the open one stays current.

    ``import_media`` False expects the media in the pool already (not for OTIO, which loses its media then).
    """

    path: AbsolutePath
    name: ShortText = Field(min_length=1)
    import_media: bool = True


class GrabFrameArgs(WireModel):
    """``frame.grab``: write one frame of the current timeline as a still; the suffix picks the format (.png .jpg .tif).

    ``record_frame`` None is the frame under the playhead. The playhead is put back.
    """

    path: AbsolutePath
    record_frame: int | None = None


class GrabResult(WireModel):
    """Result of ``frame.grab``."""

    path: Text
    record_frame: int


# --- rendering ------------------------------------------------------------------------------------------


class RenderRangeArgs(WireModel):
    """``range.render``: render a range of the current timeline, as graded, into ``folder``; half-open record frames.

    ``way`` "queue" adds a job of its own to the render queue and starts only that; the Deliver settings are kept in a
    preset meanwhile and put back. "quick" uses a Quick Export preset (19.1), which answers when it is done.
    None takes the first the host offers.
    """

    start_record_frame: int
    end_record_frame: int
    folder: AbsolutePath
    name: ShortText = Field(min_length=1)
    way: RenderWay | None = None
    preset: ShortText = ""
    audio: bool = True


class RenderJobArgs(WireModel):
    """``render.status`` and ``render.cancel``: one job, by the id ``range.render`` gave."""

    job: ShortText


class RenderResult(WireModel):
    """Result of the render ops. ``path`` is the file once it is complete; ``error`` as the host says it."""

    job: ShortText
    way: RenderWay
    state: RenderState
    percent: int = Field(default=0, ge=0, le=100)
    path: Text = ""
    error: Text = ""


# --- clips and media ------------------------------------------------------------------------------------


class FinalizeTakeArgs(ClipRef):
    """``clip.finalize_take``: keep the selected take and give up the native selector; takes stay on the canvas."""


class SetColorArgs(ClipRef):
    """``clip.set_color``: give a clip one of the host's colours, or none."""

    color: ClipColor


class ReplaceMediaArgs(WireModel):
    """``media.replace``: point a media item at another file. Every clip of every timeline that uses it changes."""

    media_id: ShortText
    path: AbsolutePath


class TagMediaArgs(WireModel):
    """``media.tag``: free-form metadata on a media item (19.0.2); "" takes a tag away."""

    media_id: ShortText
    tags: dict[ShortText, Text] = Field(min_length=1, max_length=64)


class MediaResult(WireModel):
    """Result of ``media.replace`` and ``media.tag``: the media item, read back."""

    media: MediaItem
    changed: bool


# --- project and agent ----------------------------------------------------------------------------------


class SaveProjectArgs(WireModel):
    """``project.save``: refused for a project that was never saved: the person must name it first."""


class SaveResult(WireModel):
    """Result of ``project.save``."""

    project_id: ShortText
    project_name: Text


class ReloadArgs(WireModel):
    """``agent.reload``: answer, then start again from the agent's file; the session ends, a new one says hello."""


class ProbeArgs(WireModel):
    """``host.probe``: find out what only this build can say, in a project made for it and deleted after.

    ``media`` are files made for it (a clip, a longer one, a still); the open project is saved before and opened again.
    Without ``media`` only what can be read is recorded.
    """

    media: list[AbsolutePath] = Field(default=[], max_length=8)
    folder: Text = ""


class ProbeResult(WireModel):
    """Result of ``host.probe``: facts by name, as JSON; a fact that could not be had says why in ``notes``."""

    facts: dict[ShortText, Any]
    notes: list[Text] = Field(default=[])
