"""Typed calls of the ops in `tool_ops`, as `calls` has them for the others."""

from __future__ import annotations

from takebridge.hosts.calls import typed
from takebridge.hosts.edit_ops import ClipResult, TimelineResult
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import Expectation, TakeResult
from takebridge.hosts.tool_ops import (
    ExportResult,
    ExportTimelineArgs,
    FinalizeTakeArgs,
    GrabFrameArgs,
    GrabResult,
    ImportTimelineArgs,
    MediaResult,
    PeekArgs,
    PeekResult,
    ProbeArgs,
    ProbeResult,
    RenderJobArgs,
    RenderRangeArgs,
    RenderResult,
    ReplaceMediaArgs,
    SaveProjectArgs,
    SaveResult,
    SetColorArgs,
    SetPlayheadArgs,
    TagMediaArgs,
)

LONG_SECONDS = 600
"""An export, import or Quick Export of a long timeline holds the host up this long at most."""


async def peek(host: Host) -> PeekResult:
    """Where the person is."""
    return await typed(host, "selection.peek", PeekArgs(), PeekResult, timeout_seconds=10)


async def set_playhead(host: Host, args: SetPlayheadArgs) -> PeekResult:
    """Park the playhead."""
    return await typed(host, "playhead.set", args, PeekResult)


async def export_timeline(host: Host, args: ExportTimelineArgs) -> ExportResult:
    """Let the host write the open timeline."""
    return await typed(host, "timeline.export", args, ExportResult, timeout_seconds=LONG_SECONDS)


async def import_timeline(host: Host, args: ImportTimelineArgs, expect: Expectation) -> TimelineResult:
    """Let the host make a timeline of a file."""
    return await typed(host, "timeline.import", args, TimelineResult, expect, LONG_SECONDS)


async def grab_frame(host: Host, args: GrabFrameArgs) -> GrabResult:
    """Write one frame as graded."""
    return await typed(host, "frame.grab", args, GrabResult, timeout_seconds=60)


async def render_range(host: Host, args: RenderRangeArgs) -> RenderResult:
    """Begin (by the queue) or do (by Quick Export) a render."""
    return await typed(host, "range.render", args, RenderResult, timeout_seconds=LONG_SECONDS)


async def render_status(host: Host, job: str) -> RenderResult:
    """How far a render is."""
    return await typed(host, "render.status", RenderJobArgs(job=job), RenderResult)


async def cancel_render(host: Host, job: str) -> RenderResult:
    """Stop a render and take its job off the queue."""
    return await typed(host, "render.cancel", RenderJobArgs(job=job), RenderResult, timeout_seconds=60)


async def finalize_take(host: Host, args: FinalizeTakeArgs, expect: Expectation) -> TakeResult:
    """Give up the native selector."""
    return await typed(host, "clip.finalize_take", args, TakeResult, expect)


async def set_color(host: Host, args: SetColorArgs, expect: Expectation) -> ClipResult:
    """Colour a clip."""
    return await typed(host, "clip.set_color", args, ClipResult, expect)


async def replace_media(host: Host, args: ReplaceMediaArgs, expect: Expectation) -> MediaResult:
    """Point a media item at another file, everywhere."""
    return await typed(host, "media.replace", args, MediaResult, expect)


async def tag_media(host: Host, args: TagMediaArgs, expect: Expectation) -> MediaResult:
    """Write free-form metadata."""
    return await typed(host, "media.tag", args, MediaResult, expect)


async def save_project(host: Host) -> SaveResult:
    """Save the project."""
    return await typed(host, "project.save", SaveProjectArgs(), SaveResult, timeout_seconds=60)


async def probe(host: Host, args: ProbeArgs) -> ProbeResult:
    """Find out what only this build can say."""
    return await typed(host, "host.probe", args, ProbeResult, timeout_seconds=LONG_SECONDS)
