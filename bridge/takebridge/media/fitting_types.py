"""What has to be done to a file before somebody else takes it: a plain value, carried out by `media.fitting`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Fit:
    """One file as it is sent.

    ``width`` x ``height`` is the size sent (0: as it is, or no picture); where its shape differs, ``bars`` are added
    or else the edges are cut off. ``start`` is the first source frame of a clip, ``frame_count`` how many frames are
    sent at ``rate`` (``n/d``); the last one is held for those the clip has not. ``length_ms`` is how much of sound is
    sent, silence behind its end. ``suffix`` decides the format. ``max_bytes``: the file may not be larger.
    """

    media_type: Literal["image", "video", "audio"]
    suffix: str
    width: int = 0
    height: int = 0
    bars: bool = False
    start: int = 0
    frame_count: int = 0
    rate: str = ""
    length_ms: int | None = None
    max_bytes: int | None = None
