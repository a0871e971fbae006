"""Nodes that take less of a clip: fewer frames, or another part of the picture."""

from __future__ import annotations

from takebridge.canvas.model import LARGEST_INT, NodeKind
from takebridge.nodes.specs import aspect, choice, gives, number, takes

TRIM = NodeKind(
    key="trim",
    title="Trim",
    category="deterministic",
    inputs=(takes("source", "video", required=True, ranged=True),),
    outputs=(gives("video", "video"),),
    # Counted from the first frame that is used (the best range, where the take has one); the end is exclusive.
    params=(
        number("start_frame", "First frame", 0, 0, LARGEST_INT),
        number("end_frame", "End frame, exclusive (0: the last frame stays)", 0, 0, LARGEST_INT),
    ),
    models="trim",
    default_model="local/trim",
)

REFRAME = NodeKind(
    key="reframe",
    title="Reframe",
    # Not deterministic: the route may be a remote model that paints what is missing.
    category="generative",
    inputs=(takes("source", "video", required=True, ranged=True),),
    outputs=(gives("video", "video"),),
    params=(
        aspect("9:16"),
        # crop cuts away, pad adds bars.
        choice("fit", "Fit", "crop", ("crop", "pad")),
        # Where the middle of the new frame lies in the old one, as far as it fits.
        number("centre_x_percent", "Middle, percent from the left", 50, 0, 100),
        number("centre_y_percent", "Middle, percent from the top", 50, 0, 100),
    ),
    models="reframe",
    default_model="local/reframe",
)

KINDS = (TRIM, REFRAME)
