"""What a previz request says, made complete: size, length, rate, words, seed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from takebridge.errors import CapabilityError, UnknownRateError
from takebridge.media.info import MediaInfo
from takebridge.providers.protocol import GenerationRequest
from takebridge.timebase import FrameRate, parse_media_rate

DEFAULT_SIZE, DEFAULT_FRAMES, DEFAULT_RATE = (1280, 720), 96, FrameRate(24)
SMALLEST_SIDE, LARGEST_SIDE, MOST_FRAMES = 32, 4096, 3000


@dataclass(frozen=True, slots=True)
class Shot:
    """One previz shot. ``seed`` is the one used, given or not."""

    width: int
    height: int
    frame_count: int
    rate: FrameRate
    style: str
    title: str
    prompt: str
    camera_note: str
    seed: int


def shot_of(request: GenerationRequest, source: MediaInfo | None) -> Shot:
    """Return the shot: the request's own numbers, else the source clip's, else 96 frames of 1280 x 720 at 24.

    Raises CapabilityError for a size, length or rate that cannot be drawn, and when there is nothing to draw.
    """
    params = {key: str(value).strip() for key, value in request.params.items()}
    if not request.inputs and not any((request.prompt.strip(), params.get("title"), params.get("camera_note"))):
        raise CapabilityError("There is nothing to draw.", hint="Write a prompt, or wire a reference to the node.")
    width, height = _size(request, source)
    return Shot(
        width=width,
        height=height,
        frame_count=_frame_count(request, source),
        rate=_rate(request, source),
        style=params.get("style", "panel"),
        title=params.get("title", ""),
        prompt=request.prompt.strip(),
        camera_note=params.get("camera_note", ""),
        seed=request.seed if request.seed is not None else seed_of(request.token),
    )


def seed_of(token: str) -> int:
    """Return the seed of a request that left it open: drawn from its token, so a restart draws the same."""
    return int.from_bytes(hashlib.sha256(token.encode("ascii")).digest()[:4], "big")


def source_of(infos: Sequence[MediaInfo], request: GenerationRequest) -> MediaInfo | None:
    """Return the probed source clip among the inputs, if one is wired."""
    return next((info for info, one in zip(infos, request.inputs, strict=True) if one.role == "source_video"), None)


def _size(request: GenerationRequest, source: MediaInfo | None) -> tuple[int, int]:
    if (request.width is None) != (request.height is None):
        raise CapabilityError("Only one side of the picture is given.", hint="Give width and height, or neither.")
    if request.width is not None and request.height is not None:
        width, height = request.width, request.height
    elif source is not None:
        width, height = source.width // 2 * 2, source.height // 2 * 2
    else:
        width, height = DEFAULT_SIZE
    for side in (width, height):
        if not SMALLEST_SIDE <= side <= LARGEST_SIDE or side % 2:
            raise CapabilityError(
                f"{width}×{height} cannot be drawn: sides must be even, {SMALLEST_SIDE} to {LARGEST_SIDE} pixels.",
                hint="Choose another size.",
            )
    return width, height


def _frame_count(request: GenerationRequest, source: MediaInfo | None) -> int:
    given = request.frame_count
    count = given if given is not None else source.edit_frames if source is not None else DEFAULT_FRAMES
    if not 1 <= count <= MOST_FRAMES:
        raise CapabilityError(
            f"{count} frames cannot be drawn: 1 to {MOST_FRAMES} can.", hint="Choose another length, or split the shot."
        )
    return count


def _rate(request: GenerationRequest, source: MediaInfo | None) -> FrameRate:
    if request.rate is None:
        return source.rate if source is not None and source.rate is not None else DEFAULT_RATE
    try:
        return parse_media_rate(request.rate)
    except UnknownRateError as error:
        raise CapabilityError(error.message, hint=error.hint) from error
