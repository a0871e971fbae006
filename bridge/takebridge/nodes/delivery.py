"""Nodes that hand finished takes to an editor."""

from __future__ import annotations

from takebridge.canvas.model import NodeKind, Port

NLE_EXPORT = NodeKind(
    key="nle_export",
    title="Export to editor",
    category="deterministic",
    inputs=(Port(name="clips", types=frozenset({"video"}), required=True, many=True),),
    outputs=(Port(name="timeline", types=frozenset({"timeline"})),),
)

KINDS = (NLE_EXPORT,)
