"""Nodes that make a still, or change one."""

from __future__ import annotations

from takebridge.canvas.model import NodeKind
from takebridge.nodes.specs import (
    DIRECTION,
    REFERENCES,
    STYLE,
    aspect,
    avoid,
    gives,
    prompt,
    resolution,
    seed,
    takes,
)

IMAGE = NodeKind(
    key="image",
    title="Image",
    category="generative",
    inputs=(DIRECTION, REFERENCES, STYLE),
    outputs=(gives("image", "image"),),
    params=(prompt(), avoid(), aspect("16:9"), resolution("1080p"), seed()),
    models="image",
    default_model="local/previz-image",
)

IMAGE_EDIT = NodeKind(
    key="image_edit",
    title="Edit image",
    category="generative",
    inputs=(
        takes("image", "image", required=True),
        # White is changed, black is kept.
        takes("mask", "image"),
        DIRECTION,
        REFERENCES,
        STYLE,
    ),
    outputs=(gives("image", "image"),),
    params=(prompt(), aspect("auto", auto=True), seed()),
    models="image_edit",
)

KINDS = (IMAGE, IMAGE_EDIT)
