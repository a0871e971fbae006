"""Nodes that stand in for generation: a panel, a slow zoom or a parallax move from words and references."""

from __future__ import annotations

from takebridge.canvas.model import LARGEST_INT, NodeKind, ParamSpec, Port

PREVIZ = NodeKind(
    key="previz",
    title="Previz",
    category="seeded",
    inputs=(
        Port(name="references", types=frozenset({"image"}), many=True),
        # Gives length, rate and framing; without one the model's own length is used.
        Port(name="source", types=frozenset({"video"})),
    ),
    outputs=(Port(name="video", types=frozenset({"video"})),),
    params=(
        ParamSpec(name="prompt", type="str", title="Prompt", default="", maximum=20_000),
        ParamSpec(
            name="style",
            type="choice",
            title="Style",
            default="panel",
            choices=("panel", "kenburns", "parallax"),
        ),
        # Both are drawn into the picture, so they are part of the recipe; the node's own title is not.
        ParamSpec(name="title", type="str", title="Panel title", default="", maximum=200),
        ParamSpec(name="camera_note", type="str", title="Camera note", default="", maximum=500),
        ParamSpec(
            name="seed",
            type="int",
            title="Seed",
            default="random",
            minimum=0,
            maximum=LARGEST_INT,
            words=("random",),
        ),
    ),
    models="previz",
    default_model="local/previz-1",
)

KINDS = (PREVIZ,)
