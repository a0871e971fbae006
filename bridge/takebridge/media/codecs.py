"""What the bridge writes: three codecs, two containers, always BT.709 limited range with its four tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, get_args

from takebridge.errors import UsageError
from takebridge.media.info import BT709
from takebridge.timebase import FrameRate

CodecName = Literal["dnxhr_lb", "prores_aw", "x264"]
CODEC_NAMES: tuple[str, ...] = get_args(CodecName)


@dataclass(frozen=True, slots=True)
class Codec:
    """How one codec is asked for. ``weight``: bytes a pixel and frame, noisy 1080p (media_performance §5)."""

    name: str
    pixel_format: str
    options: Mapping[str, str | int]
    weight: float
    suffixes: tuple[str, ...]
    smallest: tuple[int, int] = (2, 2)


_TABLE = {
    # 8 bit 4:2:2 intra: the cheapest exchange file (0.85 CPU-s a second). The encoder refuses less than 256x120.
    "dnxhr_lb": Codec(
        "dnxhr_lb", "yuv422p", {"c:v": "dnxhd", "profile:v": "dnxhr_lb"}, 0.1, (".mov",), (256, 120)
    ),
    # prores_aw 2 = 422 standard, 10 bit; 3.4x cheaper than prores_ks.
    "prores_aw": Codec(
        "prores_aw", "yuv422p10le", {"c:v": "prores_aw", "profile:v": 2, "vendor": "apl0"}, 0.5, (".mov",)
    ),
    # One thread: equal inputs must give equal bytes. With two, 4 encodes of 36 differed at a dissolve on a busy machine
    # (ffmpeg 9.0.2). Whoever feeds the frames has the other core.
    "x264": Codec(
        "x264",
        "yuv420p",
        {"c:v": "libx264", "preset:v": "veryfast", "crf": 16, "threads:v": 1},
        0.15,
        (".mp4", ".mov"),
    ),
}  # fmt: skip


def editing_codec(width: int, height: int) -> CodecName:
    """Return the cheapest intra-frame codec that can hold a picture of this size."""
    smallest = _TABLE["dnxhr_lb"].smallest
    return "dnxhr_lb" if width >= smallest[0] and height >= smallest[1] else "prores_aw"


def codec_for(name: str, dst: Path, width: int, height: int) -> Codec:
    """Return the codec. Raises UsageError when it, its container or the picture size does not fit."""
    codec = _TABLE.get(name)
    if codec is None:
        raise UsageError(f"“{name}” is not a codec the bridge writes.", hint=f"Use one of {', '.join(CODEC_NAMES)}.")
    if dst.suffix.lower() not in codec.suffixes:
        raise UsageError(
            f"{name} is not written to “{dst.suffix}” files.", hint=f"Name the file with {' or '.join(codec.suffixes)}."
        )
    if width < codec.smallest[0] or height < codec.smallest[1]:
        raise UsageError(
            f"{name} needs at least {codec.smallest[0]}x{codec.smallest[1]} pixels; this is {width}x{height}.",
            hint="Use prores_aw or x264 for small pictures.",
        )
    return codec


def picture_options(codec: Codec, dst: Path, rate: FrameRate) -> dict[str, str | int]:
    """Output options of the picture: constant rate, exact clock, four tags.

    No ``-frames:v``: since ffmpeg 5.1 it makes the stream limit all others through the sync queue, which cut PCM
    864 samples short (seen with 9.0.2). The chain's own ``trim=end_frame`` counts.
    """
    options: dict[str, str | int] = {
        **codec.options,
        "r": str(rate),
        "fps_mode": "cfr",
        "video_track_timescale": timescale(rate),
        **tag_options(dst),
    }
    if codec.name == "x264":
        options["g"] = 2 * rate.nominal
    return options


def tag_options(dst: Path) -> dict[str, str | int]:
    """The four colour tags as output options."""
    return {
        "color_primaries": str(BT709.primaries),
        "color_trc": str(BT709.transfer),
        "colorspace": str(BT709.matrix),
        "color_range": str(BT709.range),
        "movflags": "+faststart+write_colr" if dst.suffix.lower() == ".mp4" else "+write_colr",
    }


def sound_options(dst: Path) -> dict[str, str | int]:
    """Output options of the sound: PCM (exact to the sample) in MOV, AAC in MP4 for players."""
    if dst.suffix.lower() == ".mp4":
        return {"c:a": "aac", "b:a": "192k"}
    return {"c:a": "pcm_s24le"}


def timescale(rate: FrameRate) -> int:
    """Ticks a second that hold every frame of ``rate`` exactly: 24000 for 24 and 23.976, 25000 for 25."""
    return rate.numerator if rate.numerator >= 10_000 else rate.numerator * 1000


def estimate_bytes(codec: Codec, width: int, height: int, frame_count: int, seconds: Fraction) -> int:
    """Return a cautious size in bytes, stereo PCM included."""
    return int(codec.weight * width * height * frame_count + seconds * 48_000 * 2 * 3) + 65_536
