"""Nothing is published unread: a fresh file is opened again, decoded and compared with what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av.error

from takebridge.errors import FFmpegError
from takebridge.media.info import BT709, ColourTags
from takebridge.media.probe import open_media, picture_stream, probe
from takebridge.timebase import FrameRate, to_seconds


@dataclass(frozen=True, slots=True)
class Expected:
    """What a written file must be. ``audio_samples``: exact for PCM; None when no sound was asked."""

    frame_count: int
    rate: FrameRate
    width: int
    height: int
    audio_samples: int | None = None
    colour: ColourTags = BT709


def verify(path: Path, expected: Expected) -> None:
    """Raise FFmpegError naming the first difference between the file and ``expected``.

    Exit code 0 proves nothing: four silent failures are known (media_performance §8).
    """
    info = probe(path, cache=None)
    facts = {
        "frames": (count_decoded(path, info.container), expected.frame_count),
        "rate": (str(info.rate), str(expected.rate)),
        "variable rate": (info.is_vfr, False),
        "size": (f"{info.width}x{info.height}", f"{expected.width}x{expected.height}"),
        "duration": (str(info.duration), str(to_seconds(expected.frame_count, expected.rate))),
        "colour": (info.colour, expected.colour),
        "sound": (info.has_audio, expected.audio_samples is not None),
    }
    if expected.audio_samples is not None and path.suffix.lower() == ".mov":
        facts["samples"] = (info.audio_samples, expected.audio_samples)
    for name, (found, wanted) in facts.items():
        if found != wanted:
            raise FFmpegError(
                f"The written clip is wrong: {name} is {found}, {wanted} was asked.",
                hint="Nothing was kept. Report this with the log: it is a fault of the bridge or of ffmpeg.",
            )


def count_decoded(path: Path, demuxer: str) -> int:
    """Return how many frames really decode."""
    with open_media(path, demuxer) as container:
        video = picture_stream(container)
        if video is None:
            return 0
        video.thread_type = "AUTO"
        try:
            return sum(1 for _ in container.decode(video))
        except av.error.FFmpegError as error:
            raise FFmpegError("The written clip does not decode.", log=str(error)) from error
