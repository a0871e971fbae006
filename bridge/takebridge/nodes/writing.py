"""Nodes of words: what is wanted, and the script that says how."""

from __future__ import annotations

from takebridge.canvas.model import NodeKind
from takebridge.nodes.specs import STYLE, duration, gives, language, prompt, seed, takes

# The words themselves are takes: an edited brief is another take, and the old one stays in the version tray.
BRIEF = NodeKind(
    key="brief",
    title="Brief",
    category="constant",
    outputs=(gives("text", "text"),),
)

SCRIPT = NodeKind(
    key="script",
    title="Script",
    category="generative",
    # Not required: a script written by hand needs no brief.
    inputs=(takes("brief", "text", many=True), STYLE),
    outputs=(
        gives("script", "script"),
        # Part by part, so that a typo in scene 3 makes only what hangs on scene 3 stale.
        gives("scene", "text", parts=True),
        gives("shot", "text", parts=True),
        gives("line", "text", parts=True),
    ),
    params=(prompt("Instructions"), duration(low=1_000), language(), seed()),
    models="text",
)

KINDS = (BRIEF, SCRIPT)
