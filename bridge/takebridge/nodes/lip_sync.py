"""Nodes that make a face speak."""

from __future__ import annotations

from takebridge.canvas.model import NodeKind
from takebridge.nodes.specs import choice, gives, rate, takes

LIP_SYNC = NodeKind(
    key="lip_sync",
    title="Lip sync",
    category="generative",
    inputs=(
        takes("picture", "image", "video", required=True, ranged=True),
        takes("audio", "audio", required=True),
    ),
    outputs=(gives("video", "video"),),
    params=(
        # What happens where picture and voice differ in length. A still lasts as long as the voice in any case.
        choice("length", "Length", "audio", ("audio", "picture")),
        # Of a still; a moving picture keeps its rate.
        rate(),
    ),
    models="lip_sync",
    default_model="local/previz-lip-sync",
)

KINDS = (LIP_SYNC,)
