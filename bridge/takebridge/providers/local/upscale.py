"""Upscaling a clip: same frames, same rate, same sound, two or four times as many pixels each way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import cv2
import numpy as np

from takebridge.errors import CapabilityError
from takebridge.media.frames import read_frames
from takebridge.media.info import MediaInfo
from takebridge.media.probe import probe
from takebridge.media.publish import require_space, sync
from takebridge.providers.local.locks import try_lock
from takebridge.providers.local.production import Production
from takebridge.providers.local.span import Network
from takebridge.providers.local.tiles import Picture
from takebridge.providers.local.weights import find_weights
from takebridge.providers.local.workfolder import Progress, WorkFolder, frame_file
from takebridge.providers.protocol import GenerationRequest

_KEPT_BYTES_PER_PIXEL = 2
"""A PNG of a photographic frame, fastest compression."""


def check_upscale(request: GenerationRequest, scale: int, info: MediaInfo) -> None:
    """Raise CapabilityError unless the probed source can be upscaled and the request asks for what comes out."""
    name = info.path.name
    if not info.has_video or info.is_still or info.rate is None:
        raise CapabilityError(f"“{name}” has no moving picture.", hint="Wire a clip to the source port.")
    if info.is_vfr:
        raise CapabilityError(
            f"“{name}” has a variable frame rate, so frame numbers mean nothing in it.",
            hint="Push it from the editor, or conform it to a constant rate first.",
        )
    made = {
        "width": info.width * scale,
        "height": info.height * scale,
        "frame_count": info.frame_count,
        "rate": str(info.rate),
    }
    for key, value in made.items():
        asked = getattr(request, key)
        if asked is not None and asked != value:
            raise CapabilityError(
                f"Upscaling “{name}” ×{scale} gives {key.replace('_', ' ')} {value}; {asked} was asked for.",
                hint="Leave it open, and conform the take when it goes into the cut.",
            )


def upscale(folder: WorkFolder, request: GenerationRequest, scale: int) -> Production:
    """Prepare the upscale of a request that was checked before. Raises the errors of the checks again."""
    source = request.inputs[0].path
    info = probe(source)
    check_upscale(request, scale, info)
    assert info.rate is not None
    network = Network(find_weights(folder.home, scale))
    folder.frames.mkdir(exist_ok=True)
    kept = folder.finished_frames()
    width, height = info.width * scale, info.height * scale
    require_space(folder.root, _KEPT_BYTES_PER_PIXEL * width * height * (info.frame_count - kept))

    def frames(stop: threading.Event) -> Iterator[Picture]:
        with _machine(folder, Progress(done=kept, total=info.frame_count, waiting=True), stop):
            yield from _frames(source, folder.frames, network, (height, width, 3), stop)

    return Production(
        frames=frames,
        frame_count=info.frame_count,
        rate=info.rate,
        width=width,
        height=height,
        audio_from=source if info.has_audio else None,
        kept=kept,
        facts={"previz": False, "scale": scale},
    )


def _frames(
    source: Path, folder: Path, network: Network, shape: tuple[int, int, int], stop: threading.Event
) -> Iterator[Picture]:
    """Yield the frames kept by an earlier attempt, then make the others, keeping each before it is given."""
    first_missing = 0
    while (kept := _kept(folder, first_missing, shape)) is not None:
        yield kept
        first_missing += 1
    for frame, rgb in enumerate(read_frames(source, first_missing), first_missing):
        big = network.enlarge(rgb, stop)
        _keep(folder, frame, big)
        yield big


def _kept(folder: Path, frame: int, shape: tuple[int, int, int]) -> Picture | None:
    try:
        data = frame_file(folder, frame).read_bytes()
    except OSError:
        return None
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if bgr is None or bgr.shape != shape:
        return None
    return np.ascontiguousarray(bgr[..., ::-1])


def _keep(folder: Path, frame: int, rgb: Picture) -> None:
    ok, data = cv2.imencode(".png", rgb[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
    assert ok
    path = frame_file(folder, frame)
    part = path.with_suffix(".part")
    part.write_bytes(data.tobytes())
    sync(part)
    part.replace(path)


@contextmanager
def _machine(folder: WorkFolder, waiting: Progress, stop: threading.Event) -> Iterator[None]:
    """Have all cores for a block: one upscale at a time on this data folder, the others wait and say so."""
    lock = try_lock(folder.root.parent / ".upscale.lock")
    if lock is None:
        folder.write_progress(waiting)
    while lock is None and not stop.wait(0.2):
        lock = try_lock(folder.root.parent / ".upscale.lock")
    try:
        yield
    finally:
        if lock is not None:
            with suppress(OSError):
                lock.release()
