"""The size, length and rate of a picture that is asked for: by number, by shape, or by what is wired."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from takebridge.errors import CapabilityError
from takebridge.media.info import MediaInfo
from takebridge.providers.local.order import Given, Order
from takebridge.providers.local.shot import DEFAULT_FRAMES, DEFAULT_RATE, DEFAULT_SIZE, MOST_FRAMES, Shot, shot_of
from takebridge.timebase import EDIT_RATES, FrameRate

AUTO = "auto"


def size_of(order: Order, like: MediaInfo | None) -> tuple[int, int] | None:
    """Return the asked width and height, even: by ``aspect`` and ``resolution``, what is left open is ``like``'s.

    None when nothing says so. Raises CapabilityError for an aspect or resolution that means nothing.
    """
    request = order.request
    if request.width is not None or request.height is not None:
        return None  # the shot's own check reads both
    aspect, resolution = order.text("aspect", AUTO), order.text("resolution", AUTO)
    if aspect == AUTO and like is not None:
        if resolution == AUTO:
            return like.width // 2 * 2, like.height // 2 * 2
        return sized(f"{like.width}:{like.height}", resolution)
    if aspect == AUTO and resolution == AUTO:
        return None
    return sized(aspect if aspect != AUTO else "16:9", resolution if resolution != AUTO else "720p")


def sized(aspect: str, resolution: str) -> tuple[int, int]:
    """Return the even size of a shape whose shorter side is ``resolution``: 16:9 and 720p are 1280 x 720."""
    across, down = shape_of(aspect)
    match = re.fullmatch(r"(\d{2,4})p", resolution)
    if match is None:
        raise CapabilityError(f"“{resolution}” is no resolution.", hint="Use one such as 720p or 1080p.")
    short = int(match[1])
    if across >= down:
        return even(short * across / down), even(short)
    return even(short), even(short * down / across)


def shape_of(aspect: str) -> tuple[int, int]:
    """Return ``(across, down)`` of a spelling such as 16:9. Raises CapabilityError."""
    match = re.fullmatch(r"([1-9]\d{0,4})\s*:\s*([1-9]\d{0,4})", aspect)
    if match is None:
        raise CapabilityError(f"“{aspect}” is no aspect.", hint="Use one such as 16:9, 9:16 or 1:1.")
    return int(match[1]), int(match[2])


def even(value: float | Fraction) -> int:
    """Return the even number nearest to ``value``, at least 2."""
    return max(2, round(value / 2) * 2)


def shot_for(order: Order, pictures: Sequence[Given], *, style: str, still: bool = False) -> Shot:
    """Return the shot an image or video request stands for.

    ``pictures``: what may decide size, length and rate where they are left open, the most important first.
    Raises CapabilityError for what cannot be drawn, and when there is nothing to draw.
    """
    request = order.request
    clip = next((one.media for one in pictures if not one.media.is_still), None)
    like = clip or next((one.media for one in pictures), None)
    size = size_of(order, like)
    changes: dict[str, object] = {
        "inputs": tuple(one.asked for one in order.given if one.info is not None),
        "prompt": order.direction,
        "params": {
            "style": style,
            "title": order.text("title"),
            "camera_note": order.text("camera_note") or _first_line(order.words("style_text")),
        },
        "rate": request.rate or _rate(order, clip),
        "frame_count": 1 if still else request.frame_count,
    }
    if size is not None:
        changes |= {"width": size[0], "height": size[1]}
    rate = request.rate or _rate(order, clip)
    if not still and request.frame_count is None:
        changes["frame_count"] = _frames(order, pictures, rate)
    return shot_of(request.model_copy(update=changes), None)


def _first_line(text: str) -> str:
    return text.splitlines()[0] if text else ""


def _rate(order: Order, clip: MediaInfo | None) -> str:
    asked = order.text("rate", AUTO)
    if asked not in ("", AUTO):
        return asked
    return str(clip.rate if clip is not None and clip.rate is not None else DEFAULT_RATE)


def edit_rate_of(clip: MediaInfo | None) -> FrameRate:
    """Return the clip's rate where a timeline may have it, else 24."""
    if clip is not None and clip.rate in EDIT_RATES:
        assert clip.rate is not None
        return clip.rate
    return DEFAULT_RATE


def _frames(order: Order, pictures: Sequence[Given], rate: str) -> int:
    length = order.request.duration_ms
    if length is None:
        length = order.number("duration_ms", 0) or None
    if length is not None:
        across, _, down = rate.partition("/")
        if not (across.isdigit() and (down or "1").isdigit() and int(down or 1)):
            raise CapabilityError(f"“{rate}” is no frame rate.", hint="Use one such as 24 or 24000/1001.")
        count = length * int(across) // (1000 * int(down or 1))
        if not 1 <= count <= MOST_FRAMES:
            raise CapabilityError(
                f"{length} ms at {rate} are {count} frames; 1 to {MOST_FRAMES} can be drawn.",
                hint="Choose another length, or split the shot.",
            )
        return count
    clip = next((one for one in pictures if not one.media.is_still), None)
    return clip.used[1] - clip.used[0] if clip else DEFAULT_FRAMES


__all__ = ["AUTO", "DEFAULT_SIZE", "edit_rate_of", "even", "shape_of", "shot_for", "size_of", "sized"]
