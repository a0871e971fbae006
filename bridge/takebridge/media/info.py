"""What a media file is: plain values, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from takebridge.timebase import FrameRate


@dataclass(frozen=True, slots=True)
class ColourTags:
    """The four colour tags in ffmpeg's spelling (``bt709``, ``tv`` …); None where the file says nothing."""

    primaries: str | None = None
    transfer: str | None = None
    matrix: str | None = None
    range: str | None = None


BT709 = ColourTags("bt709", "bt709", "bt709", "tv")
"""The only colour the bridge writes: BT.709, limited range."""

SD_LINES = 576
"""Untagged pictures up to this height are taken as BT.601, above as BT.709 (media_performance §4)."""


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """One file as probed.

    ``width``/``height`` are the display size (after rotation and sample aspect), ``coded_*`` the stored one.
    ``rotation`` is counter-clockwise degrees to apply for display: 0, 90, 180, 270.
    ``rate`` is exact for constant-rate files, the nominal edit rate for variable-rate ones, None for stills
    and sound. ``frame_count`` counts the frames that decode, never the header's word.
    ``video_start``/``audio_start`` are seconds on the container's own clock of the first frame and sample.
    ``sniffed`` names the demuxer the bytes asked for, which is also the only one ever used on the file.
    """

    path: Path
    container: str
    duration: Fraction
    has_video: bool
    has_audio: bool
    width: int = 0
    height: int = 0
    coded_width: int = 0
    coded_height: int = 0
    rotation: int = 0
    sar: Fraction = Fraction(1)
    rate: FrameRate | None = None
    frame_count: int = 0
    is_vfr: bool = False
    is_still: bool = False
    codec: str = ""
    pixel_format: str = ""
    colour: ColourTags = ColourTags()
    start_timecode: str | None = None
    audio_rate: int = 0
    audio_channels: int = 0
    audio_samples: int = 0
    time_base: Fraction = Fraction(1, 1)
    video_start: Fraction = Fraction(0)
    audio_start: Fraction = Fraction(0)

    @property
    def is_rgb(self) -> bool:
        """Say whether the stored pixels are RGB or a palette (no matrix to undo)."""
        return self.pixel_format.startswith(("rgb", "bgr", "gbr", "argb", "abgr", "pal8", "0rgb", "0bgr"))

    @property
    def matrix(self) -> str:
        """Matrix of the stored pixels in swscale's spelling; assumed from the height when untagged."""
        known = {"bt709": "bt709", "bt2020nc": "bt2020", "bt2020c": "bt2020", "smpte240m": "smpte240m", "fcc": "fcc"}
        if self.colour.matrix in ("bt470bg", "smpte170m"):
            return "bt601"
        assumed = "bt601" if min(self.coded_width, self.coded_height) <= SD_LINES else "bt709"
        return known.get(self.colour.matrix or "", assumed)

    @property
    def matrix_is_assumed(self) -> bool:
        """Say whether `matrix` is a guess from the picture's height."""
        return not self.is_rgb and self.colour.matrix in (None, "gbr")

    @property
    def range(self) -> str:
        """``tv`` (limited) or ``pc`` (full); untagged YUV is limited, RGB is full."""
        if self.is_rgb or self.pixel_format.startswith(("yuvj", "gray")):
            return "pc"
        return self.colour.range or "tv"

    @property
    def can_seek(self) -> bool:
        """Say whether decoding may start at a key frame and number the frames by their stamps.

        Not for variable rates, nor for 4:4:4 H.264: decoders must have seen x264's build number, which stands
        in the very first frame only, or they show garbage (seen with a real clip, ffmpeg 9.0 and PyAV 18).
        """
        return not self.is_vfr and self.rate is not None and not (self.codec == "h264" and "444" in self.pixel_format)

    @property
    def edit_frames(self) -> int:
        """Frames on the constant grid of ``rate``: the frame count, or for variable-rate files what a
        constant copy would have (floor of the duration, at least one)."""
        if not self.is_vfr or self.rate is None:
            return self.frame_count
        return max(1, int(self.duration * self.rate.fraction))
