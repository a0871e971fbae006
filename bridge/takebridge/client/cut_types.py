"""What the cut view and round trips tell a page, as values: the open timeline as tracks, its layers, decisions."""

from __future__ import annotations

from takebridge.cut.trip_types import ChoiceFacts, Decision, SideFacts, TripClip
from takebridge.cut.view_types import (
    BaseFacts,
    CutItem,
    CutLayer,
    CutLayers,
    CutTrack,
    CutView,
    HostFacts,
    HostState,
    ItemKind,
    ItemState,
    LinkFacts,
    MarkerFacts,
    MissingLink,
    Picture,
    PlayheadFacts,
    SpanFacts,
)

__all__ = [
    "BaseFacts",
    "ChoiceFacts",
    "CutItem",
    "CutLayer",
    "CutLayers",
    "CutTrack",
    "CutView",
    "Decision",
    "HostFacts",
    "HostState",
    "ItemKind",
    "ItemState",
    "LinkFacts",
    "MarkerFacts",
    "MissingLink",
    "Picture",
    "PlayheadFacts",
    "SideFacts",
    "SpanFacts",
    "TripClip",
]
