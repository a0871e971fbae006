"""``clip.swap``: a clip shows another file in its own place, in a host without native takes. Part of `hosts.protocol`.

Premiere has no take selector on a clip. What stands for one is a clip of ours above the original (`clip.place`), which
then changes its file: nothing of the person's own cut is overwritten.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from takebridge.hosts.edit_ops import ClipRef
from takebridge.hosts.report import ShortText, Text, TimelineItem, WireModel

SwapWay = Literal["auto", "relink", "overwrite"]


class SwapClipArgs(ClipRef):
    """``clip.swap``: import a file and let a clip show it on the same record frames, picture only.

    ``media_path`` is the file the clip plays now; where it is otherwise the answer is ``timeline_changed``. The file
    at ``path`` comes into ``bin`` with ``tags`` as by `ImportArgs`, must have ``frame_count`` frames and stays there.
    Source frames are of that file, half-open, as many as the clip is long.

    ``way``: "overwrite" puts a new item in the place of the old one, as one undo step, and is refused for a clip with
    effects of its own; "relink" points the clip's media at the file, keeps the effects, cannot be undone in the
    editor, and is refused for media that was not imported by us or whose in-point differs; "auto" overwrites where no
    effects would be lost, else relinks, else refuses.
    """

    media_path: Text
    path: Text
    bin: list[ShortText] = Field(min_length=1, max_length=8)
    tags: dict[ShortText, Text] = Field(default={})
    frame_count: int = Field(gt=0)
    start_source_frame: int = Field(ge=0)
    end_source_frame: int
    way: SwapWay = "auto"


class SwapClipResult(WireModel):
    """Result of ``clip.swap``: the clip before and after, read back. ``way`` is the one that was taken.

    ``reused`` when the bin had the file; ``changed`` is False when the clip showed those frames already.
    """

    before: TimelineItem
    after: TimelineItem
    way: SwapWay
    reused: bool
    changed: bool
