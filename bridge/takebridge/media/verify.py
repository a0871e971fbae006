"""Nothing is published unread: a fresh file is opened again, decoded and compared with what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from takebridge.errors import FFmpegError, ProbeError
from takebridge.media.info import BT709, ColourTags, MediaInfo
from takebridge.media.probe import open_media, probe
from takebridge.media.reader import decoded_from
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
    try:
        info = probe(path, cache=None)
    except ProbeError as error:
        raise FFmpegError("The written clip cannot be read.", log=error.message) from error
    facts = {
        "frames": (count_decoded(info), expected.frame_count),
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


def count_decoded(info: MediaInfo) -> int:
    """Return how many frames decode, from end to end: a packet that is there may still hold no picture."""
    try:
        with open_media(info.path, info.container) as container:
            return sum(1 for _ in decoded_from(container, info, 0))
    except ProbeError as error:
        raise FFmpegError("The written clip does not decode.", log=str(error)) from error
