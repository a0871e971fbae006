"""Nodes whose takes are brought in: clips pushed from a cut or uploaded, and reference images."""

from __future__ import annotations

from takebridge.canvas.model import NodeKind, Port

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
    outputs=(Port(name="image", types=frozenset({"image"})),),
)

KINDS = (SOURCE_CLIP, REFERENCE)
