"""Writing pictures and sound to a file with ffmpeg: renders and stills. Frame counts are exact."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from .ffmpeg import EncodeError, feed
from .picture import Viewer
from .sound import write_mix
from .state import Timeline
from .timecode import timecode

FORMATS = {"QuickTime": "mov", "MP4": "mp4", "MKV": "mkv", "Wave": "wav"}
"""GetRenderFormats: name → id, which is the suffix too."""
CODECS: dict[str, dict[str, str]] = {
    "mov": {
        "Apple ProRes 422 HQ": "ProRes422HQ",
        "Apple ProRes 422": "ProRes422",
        "DNxHR HQ": "DNxHRHQ",
        "H.264": "H264",
        "H.265": "H265",
        "MPEG-4 Video": "MP4V",
    },
    "mp4": {"H.264": "H264", "H.265": "H265"},
    "mkv": {"H.264": "H264", "H.265": "H265"},
    "wav": {"Linear PCM": "lpcm"},
}
"""GetRenderCodecs: description → id by format; only the ids are accepted anywhere."""
_EVEN = ["-vf", "scale=trunc(iw/2)*2:trunc(ih/2)*2"]
_VIDEO = {
    "ProRes422HQ": ["-c:v", "prores_ks", "-profile:v", "3", "-pix_fmt", "yuv422p10le"],
    "ProRes422": ["-c:v", "prores_ks", "-profile:v", "2", "-pix_fmt", "yuv422p10le"],
    "DNxHRHQ": ["-c:v", "dnxhd", "-profile:v", "dnxhr_hq", "-pix_fmt", "yuv422p"],
    "H264": ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "16", "-pix_fmt", "yuv420p", *_EVEN],
    "H265": ["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-x265-params", "log-level=none"],
    "MP4V": ["-c:v", "mpeg4", "-q:v", "2", "-pix_fmt", "yuv420p", *_EVEN],
}
_VIDEO["H265"] += _EVEN
_AUDIO = {"mov": "pcm_s16le", "mp4": "aac", "mkv": "aac", "wav": "pcm_s16le"}
STILLS = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".dpx"})


@dataclass(frozen=True)
class Work:
    """One file to write: timeline_frames ``first`` to ``end`` (exclusive) of a timeline."""

    timeline: Timeline
    first: int
    end: int
    path: str
    format: str
    codec: str
    width: int
    height: int
    video: bool = True
    audio: bool = True


def encode(work: Work) -> None:
    """Write the file. Raises EncodeError, and leaves nothing half behind then."""
    with tempfile.TemporaryDirectory(prefix="emulated-render-") as folder:
        mix = os.path.join(folder, "mix.wav")
        arguments = _picture_in(work) if work.video else []
        if work.audio:
            write_mix(work.timeline, work.first, work.end, mix)
            arguments += ["-i", mix]
        try:
            feed([*arguments, *_out(work), work.path], _pictures(work) if work.video else ())
        except (EncodeError, OSError) as error:
            with contextlib.suppress(OSError):
                os.unlink(work.path)
            raise EncodeError(str(error)) from error


def _picture_in(work: Work) -> list[str]:
    rate = work.timeline.rate
    size = f"{work.width}x{work.height}"
    shape = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", size]
    return [*shape, "-framerate", f"{rate.numerator}/{rate.denominator}", "-i", "pipe:0"]


def _out(work: Work) -> list[str]:
    told: list[str] = []
    if work.video:
        told += _VIDEO[work.codec]
        if work.format in ("mov", "mp4"):
            timeline = work.timeline
            label = timecode(timeline.start_frame + work.first, timeline.rate, timeline.drop_frame)
            told += ["-timecode", label]
    if work.audio:
        told += ["-c:a", _AUDIO[work.format]]
    return told


def _pictures(work: Work) -> Iterator[bytes]:
    with Viewer(work.width, work.height) as viewer:
        for frame in range(work.first, work.end):
            yield viewer.draw(work.timeline, frame).tobytes()


def write_still(timeline: Timeline, timeline_frame: int, path: str) -> None:
    """Write one frame; the suffix picks the format. Raises EncodeError."""
    if os.path.splitext(path)[1].lower() not in STILLS or not os.path.isdir(os.path.dirname(path)):
        raise EncodeError(f"{path} is no place for a still.")
    size = f"{timeline.width}x{timeline.height}"
    shape = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", size, "-i", "pipe:0"]
    with Viewer(timeline.width, timeline.height) as viewer:
        picture = viewer.draw(timeline, timeline_frame)
    feed([*shape, "-frames:v", "1", "-update", "1", "-q:v", "2", path], [picture.tobytes()])
