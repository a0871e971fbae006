"""Export: the timeline as the host has it now, written as OTIO with every take and where it came from."""

from __future__ import annotations

from pathlib import Path

import anyio.to_thread

from takebridge.hosts import calls
from takebridge.hosts.port import Host
from takebridge.hosts.reading import read_cut
from takebridge.services.bridge import Bridge


async def export_otio(bridge: Bridge, host: Host, path: Path) -> tuple[str, ...]:
    """Write the open timeline to ``path`` and return what OTIO could not express, one line each."""
    from takebridge.interchange.otio_out import write_otio  # with it comes OpenTimelineIO

    cut = read_cut(await calls.snapshot(host))
    notes: dict[str, dict[str, str]] = {}
    for canvas_id in bridge.desk.titles():
        for link in bridge.links.of_canvas(canvas_id):
            if link.timeline_id == cut.timeline_id:
                notes[link.clip_key] = {"shot": link.shot, "canvas": link.canvas_id, "node": link.node_id}
    return await anyio.to_thread.run_sync(write_otio, cut, path, notes)
