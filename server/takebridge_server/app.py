"""The only wiring: settings in, a running bridge out. Everything concrete is chosen here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI

from takebridge.events import EventBus
from takebridge.jobs.dbos_engine import DbosEngine
from takebridge.nodes.registry import load_kinds
from takebridge.providers.registry import load_registry
from takebridge.services.bridge import Bridge
from takebridge.services.desk import Desk
from takebridge.services.generate import GenerateRunner, resume
from takebridge.store.blobs import BlobStore
from takebridge.store.canvases import CanvasStore
from takebridge.store.data_folder import DataFolder, DataLayout
from takebridge.store.database import Database
from takebridge.store.jobs import JobStore
from takebridge.store.ledger import Ledger
from takebridge.store.links import LinkStore
from takebridge_server.api.canvases import canvas_router
from takebridge_server.api.clips import clip_router
from takebridge_server.api.jobs import job_router
from takebridge_server.api.status import status_router
from takebridge_server.serve import serve
from takebridge_server.settings import Settings, prepare_home
from takebridge_server.shell import Lifespan, Shell, build_shell
from takebridge_server.token_file import BridgeAddress
from takebridge_server.works import Works

PROVIDER_CONCURRENCY = 1
"""Running jobs per provider: the local one fills all cores with a single job."""


def run(settings: Settings, ready: Callable[[str], None] | None = None) -> None:
    """Own the data folder and serve until told to stop. Raises what `serve` raises, and DataFolderLockedError."""
    prepare_home(settings.home)
    with DataFolder(settings.home) as folder, ExitStack() as closing:
        serve(settings, lambda address: build_app(settings, folder.layout, address, closing), ready=ready)


def build_app(settings: Settings, layout: DataLayout, address: BridgeAddress, closing: ExitStack) -> Shell:
    """Wire the parts; ``closing`` closes the databases after the last request."""
    events = EventBus()
    project = Database(layout.project_db, "project", synchronous="NORMAL")
    closing.callback(project.close)
    ledger = Ledger(layout.ledger_db)
    closing.callback(ledger.close)
    kinds = load_kinds()
    providers = load_registry(settings.home)
    bridge = Bridge(
        layout=layout,
        desk=Desk(CanvasStore(project), kinds.kinds, events),
        links=LinkStore(project),
        jobs=JobStore(project),
        ledger=ledger,
        blobs=BlobStore(layout.media),
        providers=providers,
        events=events,
        handles=settings.handles,
    )
    works = Works(bridge, (*kinds.problems, *(f"{item.distribution}: {item.message}" for item in providers.problems)))
    shell = build_shell(address, bus=events, lifespan=_lifespan(works))
    for router in (
        status_router(works, shell.hub),
        canvas_router(works),
        job_router(works),
        clip_router(works, shell.hub),
    ):
        shell.include_router(router)
    return shell


def _lifespan(works: Works) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        runner = GenerateRunner(works.bridge, asyncio.get_running_loop())
        concurrency = dict.fromkeys(works.bridge.providers.providers, PROVIDER_CONCURRENCY)
        engine = DbosEngine(works.bridge.layout.jobs_db, runner, concurrency)
        await anyio.to_thread.run_sync(engine.start)
        await anyio.to_thread.run_sync(resume, works.bridge, engine)
        works.engine = engine
        try:
            yield
        finally:
            runner.stop()
            await anyio.to_thread.run_sync(engine.stop)

    return lifespan
