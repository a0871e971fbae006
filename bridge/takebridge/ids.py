"""Identifiers: opaque strings with a readable prefix, never parsed for meaning."""

from __future__ import annotations

from typing import NewType
from uuid import uuid4

CanvasId = NewType("CanvasId", str)
NodeId = NewType("NodeId", str)
WireId = NewType("WireId", str)
TakeId = NewType("TakeId", str)
JobId = NewType("JobId", str)
OpId = NewType("OpId", str)
ClipKey = NewType("ClipKey", str)
"""The host's own id of a clip: stable only as long as the host keeps it (resolve.md trap 14)."""
LinkId = NewType("LinkId", str)
SessionId = NewType("SessionId", str)
BlobHash = NewType("BlobHash", str)
"""``b3:`` and 64 hex digits: BLAKE3 of the bytes."""


def new_id(prefix: str) -> str:
    """Return ``prefix_`` and 32 random hex digits."""
    return f"{prefix}_{uuid4().hex}"
