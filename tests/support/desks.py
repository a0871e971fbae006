"""A bridge for use cases that neither generate nor talk to an editor: a real database, media store and desk."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

from takebridge.events import EventBus
from takebridge.ids import CanvasId, NodeId
from takebridge.nodes.registry import load_kinds
from takebridge.services.bridge import Bridge
from takebridge.services.desk import Desk
from takebridge.store.blobs import BlobStore
from takebridge.store.canvases import CanvasStore
from takebridge.store.data_folder import DataLayout
from takebridge.store.database import Database


def desk_bridge(home: Path) -> Bridge:
    """Return a bridge with ``layout``, ``desk``, ``blobs`` and ``events``, and nothing else."""
    layout, events = DataLayout(home), EventBus()
    home.mkdir(parents=True, exist_ok=True)
    desk = Desk(CanvasStore(Database(layout.project_db, "project", synchronous="NORMAL")), load_kinds(()).kinds, events)
    return cast(
        Bridge, SimpleNamespace(layout=layout, desk=desk, blobs=BlobStore(layout.media), events=events, handles=12)
    )


def node_called(bridge: Bridge, canvas: CanvasId, title: str) -> NodeId:
    """Return the id of the node with this title."""
    return next(node.id for node in bridge.desk.view(canvas).canvas.nodes.values() if node.title == title)
