"""The filter chains of every picture the bridge writes, as pure data: time, size, colour.

Times are integers on the command line. A frame's tick (its place in the output) is worked out here with
Fractions and handed over as ``ceil((x*A-B)/C)``, which ffmpeg's doubles hold exactly below 2**52.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from takebridge.errors import InvalidTimeError
from takebridge.media import ffmpeg
from takebridge.media.ffmpeg import Filter, link
from takebridge.media.info import BT709, MediaInfo
from takebridge.timebase import FrameRate, frame_at, to_seconds

_EXACT = 2**52


@dataclass(frozen=True, slots=True)
class Box:
    """A picture inside a canvas of ``width`` x ``height``: scaled to ``inner``, then padded or cropped."""

    width: int
    height: int
    inner: tuple[int, int]


_ROUNDING = 2
"""Pixels a side may be off because both it and the slot's were rounded to even."""


def even(value: Fraction | int) -> int:
    """Return the even number nearest to ``value``, upwards when between, at least 2."""
    return max(2, int((Fraction(value) + 1) / 2) * 2)


def whole_box(info: MediaInfo) -> Box:
    """The display size itself, odd sides rounded up to even (4:2:0 and 4:2:2 cannot hold odd ones)."""
    width, height = even(info.width), even(info.height)
    return Box(width, height, (width, height))


def slot_box(info: MediaInfo, width: int, height: int, *, fill: bool) -> Box:
    """Fit the display size into ``width`` x ``height`` with bars, or fill it and lose the rest.

    What differs by no more than rounding to even sides is stretched: a bar of one pixel would show at the edge.
    """
    ratios = (Fraction(width, info.width), Fraction(height, info.height))
    ratio = max(ratios) if fill else min(ratios)
    inner = (even(info.width * ratio), even(info.height * ratio))
    bounded = tuple((max if fill else min)(side, limit) for side, limit in zip(inner, (width, height), strict=True))
    exact = all(abs(limit - side) <= _ROUNDING for side, limit in zip(inner, (width, height), strict=True))
    return Box(width, height, (width, height) if exact else (bounded[0], bounded[1]))


# --- time -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """Where decoding starts: ``seek`` for the input, ``skip`` as the first links."""

    seek: str | None
    skip: tuple[Filter, ...] = ()


def entries(info: MediaInfo, source_frame: int) -> tuple[Entry, ...]:
    """Return ways to begin exactly at ``source_frame`` of a constant-rate file: the quick one, then the sure one.

    Seeking goes half a frame early: ``-ss T`` gives the first frame at or after T, so a time rounded up would
    lose the frame itself. Counting from the head is always right, and the only way where seeking decodes wrongly.
    """
    if source_frame <= 0 or info.rate is None:
        return (Entry(None),)
    counted = Entry(None, (link("trim", start_frame=source_frame),))
    if not info.can_seek:
        return (counted,)
    seconds = info.video_start + (source_frame - Fraction(1, 2)) / info.rate.fraction
    whole, micros = divmod(abs(int(seconds * 1_000_000)), 1_000_000)
    return (Entry(f"{'-' if seconds < 0 else ''}{whole}.{micros:06}"), counted)


def picture(info: MediaInfo, entry: Entry, links: Sequence[Filter]) -> ffmpeg.Stream:
    """Return the file's picture from ``entry`` on, through ``links``."""
    stream = ffmpeg.pick(ffmpeg.source(info.path, info.container, seek=entry.seek), "v:0")
    return ffmpeg.chain(stream, [*entry.skip, *links])


def on_grid(info: MediaInfo, start: Fraction, rate: FrameRate) -> list[Filter]:
    """Show a constant-rate file, counted from its frame on screen at ``start``, at ``rate``.

    Frame j is first seen on the first output frame k with ``start + k/rate >= time of j``: ceil, so that every
    output frame shows the last source frame begun (floor semantics, what an editor shows). ``fps`` then keeps
    the last of several frames on one tick and repeats over empty ones; its own rounding has nothing to do.
    """
    assert info.rate is not None
    first = to_seconds(frame_at(start, info.rate), info.rate)
    tick = _tick("N", rate.fraction / info.rate.fraction, (start - first) * rate.fraction, info.frame_count)
    if tick == "N":
        return one_to_one(rate)
    return [_clock(rate), link("setpts", tick), link("fps", fps=str(rate), start_time=0)]


def on_grid_by_stamp(info: MediaInfo, start: Fraction, rate: FrameRate) -> list[Filter]:
    """The same by time stamps, for variable-rate files read from their head; earlier frames get ticks below 0.

    ``settb`` rescales stamps, so the ticks are counted in the file's own clock and renamed at the end.
    """
    clock = info.time_base.denominator  # at least as fine as the file's: no stamp is rounded
    tick = _tick("(PTS-STARTPTS)", rate.fraction / clock, start * rate.fraction, int(info.duration * clock))
    grid = [link("settb", f"1/{clock}"), link("setpts", tick), link("fps", fps=clock, start_time=0)]
    return [*grid, *one_to_one(rate)]


def one_to_one(rate: FrameRate) -> list[Filter]:
    """Every frame once, at ``rate``."""
    return [_clock(rate), link("setpts", "N")]


def _clock(rate: FrameRate) -> Filter:
    return link("settb", f"{rate.denominator}/{rate.numerator}")


def _tick(variable: str, scale: Fraction, shift: Fraction, largest: int) -> str:
    common = lcm(scale.denominator, shift.denominator)
    factor, offset = int(scale * common), int(shift * common)
    if max(largest * factor, offset, common) >= _EXACT:
        raise InvalidTimeError(
            "The in-point is too fine a fraction of a second.", hint="Give it as a whole number of frames of a rate."
        )
    if (variable, factor, offset, common) == ("N", 1, 0, 1):
        return "N"
    return f"ceil(({variable}*{factor}-{offset})/{common})"


def exactly(frame_count: int, held: int) -> list[Filter]:
    """Exact count. ``held``: frames the last one may stand for, so that damage is never papered over."""
    return [link("tpad", stop_mode="clone", stop=held), link("trim", end_frame=frame_count)]


# --- size and colour ------------------------------------------------------------------------------------


def to_box(info: MediaInfo, box: Box, pixel_format: str) -> list[Filter]:
    """One scale does size, sample aspect, matrix and range; then bars or a crop; tags last."""
    width, height = box.inner
    links = [
        link(
            "scale",
            width,
            height,
            flags="bicubic+accurate_rnd+full_chroma_int",
            in_color_matrix=info.matrix,
            in_range=info.range,
            out_color_matrix="bt709",
            out_range="tv",
        )
    ]
    # Format before the bars: padding in the slot's own format makes black, not a tint.
    links.append(link("format", pixel_format))
    if width < box.width or height < box.height:
        links.append(link("pad", box.width, box.height, (box.width - width) // 4 * 2, (box.height - height) // 4 * 2))
    elif (width, height) != (box.width, box.height):
        links.append(link("crop", box.width, box.height, (width - box.width) // 4 * 2, (height - box.height) // 4 * 2))
    return [*links, link("setsar", 1), *tagged()]


def to_slot_colour(pixel_format: str) -> list[Filter]:
    """RGB pictures to BT.709 limited range; without options ffmpeg would take BT.601, even in HD."""
    scale = link("scale", out_color_matrix="bt709", out_range="tv", flags="bicubic+accurate_rnd+full_chroma_int")
    return [scale, link("format", pixel_format), link("setsar", 1), *tagged()]


def tagged() -> list[Filter]:
    """The pixels' own tags: converting alone leaves the old ones, and hosts would correct twice."""
    return [
        link(
            "setparams",
            colorspace=str(BT709.matrix),
            color_primaries=str(BT709.primaries),
            color_trc=str(BT709.transfer),
            range=str(BT709.range),
        )
    ]
