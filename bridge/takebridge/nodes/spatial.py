"""Nodes of space: objects and places."""

from __future__ import annotations

from takebridge.canvas.model import NodeKind
from takebridge.nodes.specs import DIRECTION, choice, gives, prompt, seed, switch, takes

_IMAGES = takes("images", "image", many=True)

MODEL_3D = NodeKind(
    key="model_3d",
    title="3D model",
    category="generative",
    inputs=(_IMAGES, DIRECTION),
    outputs=(gives("model_3d", "model_3d"),),
    params=(
        prompt(),
        switch("texture", "With texture", default=True),
        choice("format", "Format", "glb", ("glb", "fbx")),
        seed(),
    ),
    models="model_3d",
)

WORLD = NodeKind(
    key="world",
    title="World",
    category="generative",
    inputs=(_IMAGES, takes("source", "video", ranged=True), DIRECTION),
    outputs=(gives("world", "world"),),
    params=(prompt(), seed()),
    models="world",
)

KINDS = (MODEL_3D, WORLD)
