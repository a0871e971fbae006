"""Sound by the sample: in-point, length and delay are integers, never seconds and never ``-shortest``."""

from __future__ import annotations

from fractions import Fraction

from takebridge.media import ffmpeg
from takebridge.media.ffmpeg import Filter, link
from takebridge.media.info import MediaInfo
from takebridge.timebase import FrameRate, to_seconds

_SEEK_BEYOND = 60
"""Seconds of sound worth decoding rather than seeking: decoding runs about a thousand times real time."""


def sample_at(frame: int, rate: FrameRate, audio_rate: int) -> int:
    """Return the sample under the start of a frame (floor): lengths are differences of these, so they add up."""
    return int(to_seconds(frame, rate) * audio_rate)


def sound_chain(
    info: MediaInfo, *, first: Fraction, samples: int, rate: int, stretch: Fraction = Fraction(1)
) -> ffmpeg.Stream:
    """Return the file's sound from ``first`` on: exactly ``samples`` at ``rate``, silence where it has none.

    ``first``: seconds on the container's clock, where the picture's first frame stands. ``stretch``: factor on
    the duration, for reinterpreted pictures; the pitch follows, by a tenth of a percent.
    """
    zero = info.audio_start
    seek = None
    if first - zero > _SEEK_BEYOND:
        # A whole second is a whole number of samples, so an accurate seek there is exact to the sample.
        zero = Fraction(int(first) - 5)
        seek = str(zero)
    skip = int((first - zero) * info.audio_rate // 1)
    stream = ffmpeg.pick(ffmpeg.source(info.path, info.container, seek=seek), "a:0")
    return ffmpeg.chain(stream, [*_place(skip), *_resample(info.audio_rate, rate, stretch), *_exactly(samples)])


def _place(skip: int) -> list[Filter]:
    if skip > 0:
        return [link("atrim", start_sample=skip), link("asetpts", "round(N/SR/TB)")]
    delay = [link("adelay", delays=f"{-skip}S", all=1)] if skip < 0 else []
    return [link("asetpts", "round(N/SR/TB)"), *delay]


def _resample(source_rate: int, rate: int, stretch: Fraction) -> list[Filter]:
    if stretch == 1:
        return [link("aresample", rate)] if source_rate != rate else []
    # Resample to rate x stretch and call it rate: an exact factor, where atempo would need a rounded decimal.
    return [link("aresample", int(rate * stretch)), link("asetrate", rate)]


def _exactly(samples: int) -> list[Filter]:
    return [link("apad", whole_len=samples), link("atrim", end_sample=samples), link("asetpts", "round(N/SR/TB)")]
