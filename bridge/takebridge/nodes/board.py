"""What people put on a canvas to find their way: notes, and groups around nodes. They make nothing."""

from __future__ import annotations

from takebridge.canvas.model import NodeKind, ParamSpec

_COLOUR = ParamSpec(
    name="colour",
    type="choice",
    title="Colour",
    default="grey",
    choices=("grey", "red", "orange", "yellow", "green", "blue", "violet"),
    semantic=False,
)

NOTE = NodeKind(
    key="note",
    title="Note",
    category="constant",
    params=(
        ParamSpec(name="text", type="str", title="Text", default="", maximum=20_000, semantic=False),
        _COLOUR,
    ),
)

GROUP = NodeKind(
    key="group",
    title="Group",
    category="constant",
    params=(
        _COLOUR,
        # The frame around its nodes, in canvas units.
        ParamSpec(name="width", type="int", title="Width", default=640, minimum=1, maximum=1_000_000, semantic=False),
        ParamSpec(name="height", type="int", title="Height", default=480, minimum=1, maximum=1_000_000, semantic=False),
    ),
)

KINDS = (NOTE, GROUP)
