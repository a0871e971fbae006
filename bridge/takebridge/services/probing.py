"""Record what only a person's own editor can say, with media made for it: facts for the emulator and for reports."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Literal

import anyio.to_thread
from pydantic import BaseModel, ConfigDict

from takebridge.errors import BridgeError, HostBusyError
from takebridge.hosts import tool_calls
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import GrabFrameArgs, ProbeArgs, ProbeResult
from takebridge.ids import new_id
from takebridge.services.bridge import Bridge
from takebridge.timebase import FrameRate

CLIP_FRAMES = (96, 192)
"""Frames of the two clips the probe plays with: the second must outlast the first by its handles."""
_PATH = re.compile(r"""(?<![\w.])(?:file:|[A-Za-z]:)?[/\\\\][^"'“”<>|\n]*""")
"""From a slash that begins a path to the end of its quotes, or of the note where it has none: names hold blanks."""
_MOVED_FOR_A_STILL = ("media", "fusion", "photo")
"""Pages without a playhead: a still would open another one for a moment."""


class TriedWrite(BaseModel):
    """Whether the editor lets itself be changed now; "unknown" where that cannot be tried without a trace."""

    model_config = ConfigDict(frozen=True)

    outcome: Literal["accepted", "busy", "unknown"]
    message: str = ""


async def probe_host(bridge: Bridge, host: Host, *, read_only: bool) -> ProbeResult:
    """Ask the connected editor. With ``read_only`` no project is made and nothing is written by it.

    Raises HostError (the person's project is open again then, or the error says which one is), MediaError.
    """
    if read_only:
        return without_paths(await tool_calls.probe(host, ProbeArgs()))
    folder = bridge.layout.scratch / new_id("probe")
    media = await anyio.to_thread.run_sync(_media, folder)
    try:
        asked = ProbeArgs(media=[str(path) for path in media], folder=str(folder))
        return without_paths(await tool_calls.probe(host, asked))
    finally:
        await anyio.to_thread.run_sync(lambda: shutil.rmtree(folder, ignore_errors=True))


def without_paths(found: ProbeResult) -> ProbeResult:
    """Return what was found with every path in its notes blotted out: the file is sent to strangers.

    Notes quote what Resolve and the system said, and those name files of this computer and its user.
    """
    return found.model_copy(update={"notes": [_PATH.sub("(a path)", note) for note in found.notes]})


async def try_write(bridge: Bridge, host: Host) -> TriedWrite:
    """Try the one write that changes nothing: a still of the frame under the playhead, to a file that goes away again.

    Behind a dialog and during playback an editor still answers what is asked of it, and refuses every change.
    """
    if "frame.grab" not in host.capabilities or host.status.timeline is None or host.status.page in _MOVED_FOR_A_STILL:
        return TriedWrite(outcome="unknown", message="This editor has nothing that can be tried without a trace.")
    folder = bridge.layout.scratch / new_id("try")
    await anyio.to_thread.run_sync(folder.mkdir)
    try:
        await tool_calls.grab_frame(host, GrabFrameArgs(path=str(folder / "frame.png")))
    except HostBusyError as error:
        return TriedWrite(outcome="busy", message=error.message)
    except BridgeError as error:
        return TriedWrite(outcome="unknown", message=error.message)
    finally:
        await anyio.to_thread.run_sync(lambda: shutil.rmtree(folder, ignore_errors=True))
    return TriedWrite(outcome="accepted")


def _media(folder: Path) -> list[Path]:
    from takebridge.media.testcard import render_test_clip  # paints and fonts, of no other use to a bridge

    folder.mkdir(parents=True)
    made = []
    for number, frames in enumerate(CLIP_FRAMES):
        path = folder / f"takebridge_probe_{frames}.mov"
        render_test_clip(path, clip_id=number, frame_count=frames, rate=FrameRate(24), width=640, height=360)
        made.append(path)
    return made
