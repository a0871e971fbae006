"""Paired timing of cut and conform against bare ffmpeg: ``python -m tests.support.media_bench [rounds]``.

A and B take turns, the median ratio is printed: CPU seconds first (own process and children), then wall seconds.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.support.media import R24, R25, R59, ffmpeg

from takebridge.media.conform import Slot, conform
from takebridge.media.cut import cut_with_handles
from takebridge.timebase import FrameRange

Work = Callable[[], object]
BARE = ("-c:v", "dnxhd", "-profile:v", "dnxhr_lb", "-pix_fmt", "yuv422p")


def timed(work: Work) -> tuple[float, float]:
    """CPU and wall seconds of one call."""
    before, began = os.times(), time.perf_counter()
    work()
    after = os.times()
    return sum(after[:4]) - sum(before[:4]), time.perf_counter() - began


def paired(ours: Work, bare: Work, rounds: int) -> str:
    """Median seconds and ratios of alternating runs, as a table row."""
    pairs = [(timed(bare), timed(ours)) for _ in range(rounds)]
    cpu = statistics.median(b[0] / a[0] for a, b in pairs)
    wall = statistics.median(b[1] / a[1] for a, b in pairs)
    seconds = [statistics.median(values) for values in zip(*((*a, *b) for a, b in pairs), strict=True)]
    told = f"{seconds[0]:.2f} / {seconds[1]:.2f} | {seconds[2]:.2f} / {seconds[3]:.2f}"
    return f"{told} | {cpu:.2f} | {wall:.2f}"


def footage(folder: Path) -> tuple[Path, Path]:
    """Ten noisy seconds of 1080p24 with 2 s groups and sound, and the same in 720p."""
    full, small = folder / "full.mp4", folder / "small.mp4"
    picture = "testsrc2=s=1920x1080:r=24:d=10,noise=alls=12:allf=t"
    encode = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "48", "-pix_fmt", "yuv420p")
    tags = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
    sound = ("-f", "lavfi", "-i", "sine=r=48000:d=10", "-c:a", "aac")
    ffmpeg("-f", "lavfi", "-i", picture, *sound, *encode, *tags, full)
    ffmpeg("-i", full, "-vf", "scale=1280:720", *encode, *tags, "-c:a", "copy", small)
    return full, small


def main(rounds: int) -> None:
    """Print one row a case."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        full, small = footage(folder)
        a, b = folder / "a.mov", folder / "b.mov"

        def bare(*args: str | Path) -> Work:
            return lambda: ffmpeg(*args, "-c:a", "pcm_s24le", b)

        cases: dict[str, tuple[Work, Work]] = {
            "cut 120 + 2x24 frames, 1080p": (
                lambda: cut_with_handles(full, a, FrameRange(60, 180), handles=24),
                bare("-ss", "1.479166", "-i", full, "-frames:v", "168", "-t", "7", *BARE),
            ),
            "conform 720p24 to 1080p25, 125 frames": (
                lambda: conform(small, a, Slot(R25, 125, 1920, 1080)),
                bare("-i", small, "-t", "5", "-vf", "fps=25,scale=1920:1080", *BARE),
            ),
            "conform 720p24 to 1080p59.94, 299 frames": (
                lambda: conform(small, a, Slot(R59, 299, 1920, 1080)),
                bare("-i", small, "-t", "5", "-vf", "fps=60000/1001,scale=1920:1080", *BARE),
            ),
            "conform 1080p24 to 1080p24, 120 frames": (
                lambda: conform(full, a, Slot(R24, 120, 1920, 1080)),
                bare("-i", full, "-t", "5", "-vf", "scale=1920:1080", *BARE),
            ),
        }
        for title, (ours, peer) in cases.items():
            print(f"| {title} | {paired(ours, peer, rounds)} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
