"""Nodes that set words to time."""

from __future__ import annotations

from takebridge.canvas.model import NodeKind
from takebridge.nodes.specs import choice, gives, language, number, takes

CAPTIONS = NodeKind(
    key="captions",
    title="Captions",
    # Not deterministic: the route may be a remote model that listens.
    category="generative",
    inputs=(
        # What is said, where it is known: models that cannot listen need one of the two.
        takes("script", "script"),
        takes("lines", "text", many=True),
        # One after the other, as they follow in the cut.
        takes("audio", "audio", required=True, many=True),
    ),
    outputs=(gives("captions", "captions"),),
    params=(
        choice("format", "Format", "srt", ("srt", "vtt")),
        number("max_chars", "Characters a line", 42, 10, 100),
        number("max_lines", "Lines", 2, 1, 4),
        language(),
    ),
    models="captions",
    default_model="local/captions",
)

KINDS = (CAPTIONS,)
