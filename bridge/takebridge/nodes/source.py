"""Nodes whose takes are brought in: clips pushed from a cut or uploaded, and references."""

from __future__ import annotations

from takebridge.canvas.model import NodeKind, ParamSpec, Port
from takebridge.nodes.specs import gives

SOURCE_CLIP = NodeKind(
    key="source_clip",
    title="Source clip",
    category="constant",
    outputs=(Port(name="video", types=frozenset({"video"})),),
)

REFERENCE = NodeKind(
    key="reference",
    title="Reference",
    category="constant",
    # A take fills what it has: a picture, words (a style, a colour such as #0a7d5c), a voice.
    outputs=(gives("image", "image"), gives("style", "style"), gives("audio", "audio")),
    params=(
        # A label. What a reference does is decided by the inputs it is wired to, and those are in every recipe:
        # were the role semantic, relabelling one would make nothing stale all the same.
        ParamSpec(
            name="role",
            type="choice",
            title="Role",
            default="character",
            choices=("character", "product", "style", "location", "brand_colour", "voice"),
            semantic=False,
        ),
    ),
)

KINDS = (SOURCE_CLIP, REFERENCE)
