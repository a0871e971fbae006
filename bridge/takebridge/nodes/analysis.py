"""Nodes that take a clip apart: single frames, or its shots and words."""

from __future__ import annotations

from takebridge.canvas.model import LARGEST_INT, NodeKind
from takebridge.nodes.specs import gives, language, number, switch, takes

EXTRACT_FRAMES = NodeKind(
    key="extract_frames",
    title="Extract frames",
    category="deterministic",
    inputs=(takes("source", "video", required=True, ranged=True),),
    # Parts: first, last, best (the sharpest) and at (the one of at_frame).
    outputs=(gives("frame", "image", parts=True),),
    # Counted from the first frame that is used.
    params=(number("at_frame", "Frame", 0, 0, LARGEST_INT),),
    models="extract_frames",
    default_model="local/frames",
)

BREAKDOWN = NodeKind(
    key="breakdown",
    title="Breakdown",
    category="generative",
    inputs=(takes("source", "video", required=True, ranged=True),),
    # Parts of shot: s01, s02 … in the order of the clip.
    outputs=(gives("shot", "video", parts=True), gives("captions", "captions"), gives("script", "script")),
    params=(
        number("sensitivity_percent", "Sensitivity to cuts in percent", 50, 1, 100),
        switch("transcribe", "Write down what is said", default=True),
        language(),
    ),
    models="breakdown",
)

KINDS = (EXTRACT_FRAMES, BREAKDOWN)
