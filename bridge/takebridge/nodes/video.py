"""Nodes that make a shot, or change one."""

from __future__ import annotations

from takebridge.canvas.model import NodeKind
from takebridge.nodes.specs import (
    DIRECTION,
    REFERENCES,
    STYLE,
    aspect,
    avoid,
    duration,
    gives,
    prompt,
    rate,
    resolution,
    seed,
    switch,
    takes,
)

VIDEO = NodeKind(
    key="video",
    title="Video",
    category="generative",
    inputs=(
        takes("start_frame", "image"),
        takes("end_frame", "image"),
        REFERENCES,
        # A clip to follow: it decides whatever is left on auto.
        takes("source", "video", ranged=True),
        DIRECTION,
        STYLE,
    ),
    outputs=(gives("video", "video"),),
    params=(
        prompt(),
        avoid(),
        duration(),
        aspect("auto", auto=True),
        resolution("720p"),
        rate(),
        switch("sound", "With sound", default=False),
        seed(),
    ),
    models="video",
    default_model="local/previz-video",
)

VIDEO_EDIT = NodeKind(
    key="video_edit",
    title="Edit video",
    category="generative",
    # Length, rate and framing are those of the source.
    inputs=(takes("source", "video", required=True, ranged=True), REFERENCES, DIRECTION, STYLE),
    outputs=(gives("video", "video"),),
    params=(prompt(), switch("keep_sound", "Keep the sound", default=True), seed()),
    models="video_edit",
)

KINDS = (VIDEO, VIDEO_EDIT)
