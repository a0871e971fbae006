"""Nodes that hand finished takes to an editor."""

from __future__ import annotations

from takebridge.canvas.model import NodeKind
from takebridge.nodes.specs import gives, number, rate, takes, words

NLE_EXPORT = NodeKind(
    key="nle_export",
    title="Export to editor",
    category="deterministic",
    inputs=(
        takes("clips", "video", "image", required=True, many=True, ranged=True),
        takes("dialogue", "audio", many=True),
        takes("music", "audio"),
        takes("sfx", "audio", many=True),
        takes("captions", "captions"),
    ),
    outputs=(gives("timeline", "timeline"), gives("video", "video")),
    params=(
        # The first clip's rate, where that is a rate a timeline may have.
        rate(),
        # 0: the first clip's.
        number("width", "Width (0: the first clip's)", 0, 0, 8192),
        number("height", "Height (0: the first clip's)", 0, 0, 8192),
        # Transitions, lengths and where sounds start, in words: takebridge.cut.edits reads them.
        words("edits", "Edits", 20_000),
    ),
    models="assemble",
    default_model="local/assemble",
)

KINDS = (NLE_EXPORT,)
