"""Nodes that lay stills out: as a board to look at and as an animatic to watch."""

from __future__ import annotations

from takebridge.canvas.model import NodeKind
from takebridge.nodes.specs import DIRECTION, aspect, gives, number, rate, resolution, takes, words

STORYBOARD = NodeKind(
    key="storyboard",
    title="Storyboard",
    category="deterministic",
    inputs=(
        takes("panels", "image", required=True, many=True),
        takes("script", "script"),
        # The first wire is written under the first panel, and so on.
        DIRECTION,
    ),
    outputs=(gives("board", "image"), gives("animatic", "video")),
    params=(
        words("title", "Title"),
        number("columns", "Panels a row", 3, 1, 8),
        number("panel_ms", "Length of a panel in ms", 2_000, 100, 60_000),
        aspect("16:9"),
        resolution("1080p"),
        rate("24/1", auto=False),
    ),
    models="storyboard",
    default_model="local/storyboard",
)

KINDS = (STORYBOARD,)
