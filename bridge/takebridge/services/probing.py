"""Record what only a person's own editor can say, with media made for it: facts for the emulator and for reports."""

from __future__ import annotations

import shutil
from pathlib import Path

import anyio.to_thread

from takebridge.hosts import tool_calls
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import ProbeArgs, ProbeResult
from takebridge.ids import new_id
from takebridge.media.testcard import render_test_clip
from takebridge.services.bridge import Bridge
from takebridge.timebase import FrameRate

CLIP_FRAMES = (96, 192)
"""Frames of the two clips the probe plays with: the second must outlast the first by its handles."""


async def probe_host(bridge: Bridge, host: Host, *, read_only: bool) -> ProbeResult:
    """Ask the connected editor. With ``read_only`` no project is made and nothing is written by it.

    Raises HostError (the person's project is open again then, or the error says which one is), MediaError.
    """
    if read_only:
        return await tool_calls.probe(host, ProbeArgs())
    folder = bridge.layout.scratch / new_id("probe")
    media = await anyio.to_thread.run_sync(_media, folder)
    try:
        return await tool_calls.probe(host, ProbeArgs(media=[str(path) for path in media], folder=str(folder)))
    finally:
        await anyio.to_thread.run_sync(lambda: shutil.rmtree(folder, ignore_errors=True))


def _media(folder: Path) -> list[Path]:
    folder.mkdir(parents=True)
    made = []
    for number, frames in enumerate(CLIP_FRAMES):
        path = folder / f"takebridge_probe_{frames}.mov"
        render_test_clip(path, clip_id=number, frame_count=frames, rate=FrameRate(24), width=640, height=360)
        made.append(path)
    return made
