"""What the emulated Resolve sees in a file: read with PyAV by the emulator itself, its own eyes."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from fractions import Fraction

import av

_STILL_FORMATS = ("image2", "_pipe")
_STILL_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".exr", ".dpx", ".bmp", ".webp")


@dataclass(frozen=True)
class ImageSequence:
    """Numbered pictures in one folder: ``first`` and ``count`` of them, numbers padded to ``digits``."""

    folder: str
    prefix: str
    digits: int
    suffix: str
    first: int
    count: int

    @property
    def name(self) -> str:
        """As the pool shows it: ``f_[0001-0010].png``."""
        last = self.first + self.count - 1
        return f"{self.prefix}[{self.first:0{self.digits}}-{last:0{self.digits}}]{self.suffix}"

    @property
    def path(self) -> str:
        """What "File Path" says."""
        return os.path.join(self.folder, self.name)

    def picture(self, source_frame: int) -> str:
        """Path of one picture, counted from 0."""
        return os.path.join(self.folder, f"{self.prefix}{self.first + source_frame:0{self.digits}}{self.suffix}")


@dataclass(frozen=True)
class MediaFacts:
    """One file. ``rate`` and ``frame_count`` are the picture's; a sound file has rate 0 and frame_count 0.

    ``duration`` is in seconds; ``start_timecode`` is a label in the media's own rate.
    """

    has_video: bool = True
    has_audio: bool = False
    is_still: bool = False
    rate: Fraction = Fraction(0)
    frame_count: int = 0
    duration: Fraction = Fraction(0)
    width: int = 0
    height: int = 0
    start_timecode: str = "00:00:00:00"
    codec: str = ""
    audio_channels: int = 0
    sample_rate: int = 0
    sequence: ImageSequence | None = None

    @property
    def type_name(self) -> str:
        """Resolve's word in the ``Type`` property."""
        if self.is_still:
            return "Still"
        if self.has_video:
            return "Video + Audio" if self.has_audio else "Video"
        return "Audio"


def read_facts(path: str) -> MediaFacts | None:
    """Facts of a local media file, or None when there is no such file or it is no media."""
    if not os.path.isfile(path):
        return None
    try:
        with av.open(path, mode="r") as container:
            return _facts(container, path)
    except (av.error.FFmpegError, OSError, ValueError):
        return None


def read_sequence(pattern: str, first: int, last: int, rate: Fraction) -> MediaFacts | None:
    """Facts of numbered pictures (``/x/f_%03d.png``) at a rate, or None when one of them is missing."""
    match = re.fullmatch(r"(.*)%0(\d)d([^/\\%]*)", pattern)
    if match is None or not 0 <= first <= last:
        return None
    folder, prefix = os.path.split(match[1])
    images = ImageSequence(folder, prefix, int(match[2]), match[3], first, last - first + 1)
    one = read_facts(images.picture(0))
    if one is None or not all(os.path.isfile(images.picture(number)) for number in range(images.count)):
        return None
    length = images.count / rate
    return replace(one, is_still=False, rate=rate, frame_count=images.count, duration=length, sequence=images)


def _facts(container: av.container.InputContainer, path: str) -> MediaFacts | None:
    video = container.streams.video[0] if container.streams.video else None
    audio = container.streams.audio[0] if container.streams.audio else None
    if video is None and audio is None:
        return None
    duration = Fraction(container.duration or 0, 1_000_000)
    sound = (audio.channels, audio.rate) if audio is not None else (0, 0)
    if video is None:
        return MediaFacts(False, True, duration=duration, audio_channels=sound[0], sample_rate=sound[1])
    still = _is_still(container.format.name, path)
    rate = Fraction(video.average_rate or video.guessed_rate or 0)
    frame_count = 1 if still else video.frames or _count(container, video)
    if not rate or not frame_count:
        return None
    return MediaFacts(
        True,
        audio is not None,
        still,
        rate,
        frame_count,
        frame_count / rate,
        video.codec_context.width,
        video.codec_context.height,
        _start_timecode(container),
        video.codec_context.codec.name,
        sound[0],
        sound[1],
    )


def _is_still(format_name: str, path: str) -> bool:
    return format_name.endswith(_STILL_FORMATS) and path.lower().endswith(_STILL_SUFFIXES)


def _count(container: av.container.InputContainer, video: av.VideoStream) -> int:
    return sum(1 for packet in container.demux(video) if packet.size)


def _start_timecode(container: av.container.InputContainer) -> str:
    tags = [dict(stream.metadata) for stream in container.streams] + [dict(container.metadata)]
    return next((tag["timecode"] for tag in tags if "timecode" in tag), "00:00:00:00")
