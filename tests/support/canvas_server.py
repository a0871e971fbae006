"""A real server with the canvas routes over a real database, and nothing that generates: for clients in step."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from tests.support.server import RunningServer, running_server

from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.events import EventBus
from takebridge.ids import CanvasId
from takebridge.nodes.registry import builtin_kinds
from takebridge.providers.registry import load_registry
from takebridge.services.desk import Desk
from takebridge.store.blobs import BlobStore
from takebridge.store.canvases import CanvasStore
from takebridge.store.database import Database
from takebridge_server.api.canvases import canvas_router
from takebridge_server.works import Works


@dataclass
class CanvasServer:
    """The server, its desk, and one canvas to work on. ``home`` is where clients find it."""

    running: RunningServer
    desk: Desk
    canvas: CanvasId

    @property
    def home(self) -> Path:
        return self.running.home

    def client(self) -> BridgeClient:
        return BridgeClient(self.home)


@contextlib.contextmanager
def canvas_server(
    home: Path,
    *,
    database: Path | None = None,
    canvas: CanvasId | None = None,
    new_epoch: bool = False,
    history: int = 1000,
) -> Iterator[CanvasServer]:
    """Serve until the block ends; ``database`` and ``canvas`` continue an earlier one, or begin a new epoch of it."""
    bus = EventBus(history=history)
    with contextlib.ExitStack() as stack:
        if database is None:
            database = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "project.db"
        store = Database(database, "project", synchronous="NORMAL")
        stack.callback(store.close)
        canvases = CanvasStore(store)
        if new_epoch:
            canvases.renew_epochs()
        desk = Desk(canvases, builtin_kinds(), bus)
        bridge = SimpleNamespace(
            desk=desk, blobs=BlobStore(database.parent / "media"), providers=load_registry(home, ())
        )
        works = cast(Works, SimpleNamespace(bridge=bridge))
        running = stack.enter_context(
            running_server(home, bus=bus, add=lambda shell: shell.include_router(canvas_router(works)))
        )
        if canvas is None:
            with BridgeClient(home) as client:
                canvas = Api(client).create_canvas("A team's canvas").canvas.id
        yield CanvasServer(running, desk, canvas)
