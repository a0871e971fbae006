"""Less of a clip: an exact range of its frames, or another part of its picture."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from takebridge.errors import CapabilityError
from takebridge.media.cut import cut_with_handles
from takebridge.media.reframe import Window, reframe
from takebridge.providers.local.bench import Bench, Made, Output
from takebridge.providers.local.framing import even, shape_of
from takebridge.providers.local.order import Given, Order, need, need_clip
from takebridge.timebase import FrameRange


@dataclass(frozen=True, slots=True)
class _Piece:
    source: Given
    frames: FrameRange


def check_trim(order: Order) -> None:
    """Raise CapabilityError unless the range lies in the used part of the clip."""
    _piece(order)


def make_trim(order: Order, bench: Bench) -> Made:
    """Write exactly the frames of the range, with their sound, into port ``video``."""
    piece = _piece(order)
    path = bench.file("video", ".mp4")
    bench.begin(piece.frames.duration)
    cut_with_handles(
        piece.source.media.path, path, piece.frames, handles=0, codec="x264", progress=bench.report, cancel=bench.stop
    )
    bench.at(piece.frames.duration)
    facts = {"previz": False, "start_frame": piece.frames.start, "end_frame": piece.frames.end}
    return Made((Output("video", "video/mp4", path),), facts)


def _piece(order: Order) -> _Piece:
    """``start_frame`` and ``end_frame`` (exclusive, 0: to the end) count from the first used frame."""
    sources = order.of("source_video")
    need(sources, "clip")
    need_clip(sources)
    source = sources[0]
    first, last = source.used
    start, end = first + order.number("start_frame", 0), first + order.number("end_frame", 0)
    end = last if end == first else end
    if not first <= start < end <= last:
        raise CapabilityError(
            f"Frames {start - first} up to {end - first} are asked of “{source.name}”, which has {last - first}.",
            hint="Choose a range inside the clip; the end is exclusive.",
        )
    return _Piece(source, FrameRange(start, end))


# --- reframe --------------------------------------------------------------------------------------------


def check_reframe(order: Order) -> None:
    """Raise CapabilityError unless the clip can be cut or fitted to the asked shape."""
    _window(order)


def make_reframe(order: Order, bench: Bench) -> Made:
    """Write the clip in another shape into port ``video``."""
    source = order.of("source_video")[0]
    window = _window(order)
    start, end = source.used
    path = bench.file("video", ".mp4")
    bench.begin(end - start)
    reframe(source.media.path, path, FrameRange(start, end), window, progress=bench.report, cancel=bench.stop)
    bench.at(end - start)
    facts: dict[str, bool | int | str] = {"previz": False, "width": window.width, "height": window.height}
    return Made((Output("video", "video/mp4", path),), facts)


def _window(order: Order) -> Window:
    sources = order.of("source_video")
    need(sources, "clip")
    need_clip(sources)
    info = sources[0].media
    across, down = _asked_shape(order)
    shape, own = Fraction(across, down), Fraction(info.width, info.height)
    # The largest frame of that shape inside the picture, or the smallest around it.
    pad = order.text("fit", "crop") == "pad"
    by_height = (shape > own) if pad else (shape < own)
    width = even(info.height * shape) if by_height else even(info.width)
    height = even(info.height) if by_height else even(info.width / shape)
    if min(width, height) < 16 or max(width, height) > 8192:
        raise CapabilityError(
            f"{across}:{down} of {info.width}×{info.height} is {width}×{height} pixels, which cannot be written.",
            hint="Choose another aspect.",
        )
    centre = (order.number("centre_x_percent", 50), order.number("centre_y_percent", 50))
    return Window(width, height, pad=pad, centre=centre)


def _asked_shape(order: Order) -> tuple[int, int]:
    request = order.request
    if request.width and request.height:
        return request.width, request.height
    return shape_of(order.text("aspect", "9:16"))
