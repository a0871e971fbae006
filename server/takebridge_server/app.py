"""The only wiring: settings in, a running bridge out. Everything concrete is chosen here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from functools import partial

import anyio.to_thread
from fastapi import FastAPI

from takebridge.canvas.history import Origin
from takebridge.events import EventBus
from takebridge.hosts.exchange import ExchangeFolder
from takebridge.hosts.final_cut import FinalCutFolder, FinalCutHost
from takebridge.hosts.folder import FolderHost
from takebridge.hosts.folders import Folders
from takebridge.jobs.dbos_engine import DbosEngine
from takebridge.jobs.dispatch import Dispatcher
from takebridge.nodes.registry import load_kinds
from takebridge.providers.registry import load_registry
from takebridge.services.bridge import Bridge
from takebridge.services.comments import Comments
from takebridge.services.desk import AfterCommit, Desk, View
from takebridge.services.exchange import Exchange, known_files, naming, naming_by_stamps
from takebridge.services.final_cut import take_facts
from takebridge.services.policy import Policies
from takebridge.services.previews import Previews
from takebridge.services.queue import limits_of, open_queue
from takebridge.services.running import GenerateRunner
from takebridge.services.runs import Runs
from takebridge.services.uploads import Uploads
from takebridge.store.blobs import BlobStore
from takebridge.store.canvases import CanvasStore
from takebridge.store.comments import CommentStore
from takebridge.store.cuts import CutStore
from takebridge.store.data_folder import DataFolder, DataLayout
from takebridge.store.database import Database
from takebridge.store.epochs import continue_epochs
from takebridge.store.jobs import JobStore
from takebridge.store.ledger import Ledger
from takebridge.store.links import LinkStore
from takebridge.store.pauses import PauseStore
from takebridge.store.runs import RunStore
from takebridge.store.uploads import UploadStore
from takebridge.timebase import parse_edit_rate
from takebridge_server.api.canvases import canvas_router
from takebridge_server.api.catalog import catalog_router
from takebridge_server.api.clips import clip_router
from takebridge_server.api.comments import comment_router
from takebridge_server.api.cut_view import cut_view_router
from takebridge_server.api.cuts import cut_router
from takebridge_server.api.exchange import exchange_router
from takebridge_server.api.fans import fan_router
from takebridge_server.api.films import film_router
from takebridge_server.api.gaps import gap_router
from takebridge_server.api.graphs import graph_router
from takebridge_server.api.jobs import job_router
from takebridge_server.api.media_links import media_link_router
from takebridge_server.api.money import money_router
from takebridge_server.api.page import page_router
from takebridge_server.api.panel import panel_router
from takebridge_server.api.panels import panels_router
from takebridge_server.api.people import people_router
from takebridge_server.api.plans import plan_router
from takebridge_server.api.previews import preview_router
from takebridge_server.api.queue import queue_router
from takebridge_server.api.roundtrip import roundtrip_router
from takebridge_server.api.session import session_router
from takebridge_server.api.shots import shot_router
from takebridge_server.api.status import status_router
from takebridge_server.api.summaries import summary_router
from takebridge_server.api.takes import take_router
from takebridge_server.api.uploads import sweeping, upload_router
from takebridge_server.mailbox import Postman
from takebridge_server.mailbox_files import PREFS_FILE
from takebridge_server.media_links import MediaLinks
from takebridge_server.pages import page_build
from takebridge_server.panel_door import PanelDoor
from takebridge_server.panel_socket import panel_socket_router
from takebridge_server.people.door import PeopleDoor
from takebridge_server.resuming import resuming
from takebridge_server.serve import Open, serve
from takebridge_server.sessions import AgentHub
from takebridge_server.settings import Settings, prepare_home
from takebridge_server.setup_note import mailbox_folder
from takebridge_server.shell import Lifespan, Shell, build_shell
from takebridge_server.speaking import session_id
from takebridge_server.token_file import BridgeAddress
from takebridge_server.works import Works


def run(settings: Settings, ready: Callable[[str], None] | None = None, opened: Open | None = None) -> None:
    """Own the data folder and serve until told to stop. Raises what `serve` raises, and DataFolderLockedError."""
    prepare_home(settings.home)
    with DataFolder(settings.home) as folder, ExitStack() as closing:
        build = partial(build_app, settings, folder.layout, closing=closing)
        serve(settings, build, ready=ready, opened=opened)


def build_app(settings: Settings, layout: DataLayout, address: BridgeAddress, closing: ExitStack) -> Shell:
    """Wire the parts; ``closing`` closes the databases after the last request."""
    events = EventBus()
    project = Database(layout.project_db, "project", synchronous="NORMAL")
    closing.callback(project.close)
    ledger = Ledger(layout.ledger_db)
    closing.callback(ledger.close)
    kinds = load_kinds()
    providers = load_registry(settings.home)
    canvases, links = CanvasStore(project), LinkStore(project)
    continue_epochs(project, canvases, layout.epoch_mark)
    bridge = Bridge(
        layout=layout,
        desk=Desk(canvases, kinds.kinds, events, links.user_of),
        links=links,
        cuts=CutStore(project),
        jobs=JobStore(project),
        pauses=PauseStore(project),
        ledger=ledger,
        blobs=BlobStore(layout.media),
        providers=providers,
        events=events,
        handles=settings.handles,
    )
    store = RunStore(project)
    folders = [host for host in (_exchange_folder(settings, bridge), _final_cut(settings, bridge)) if host is not None]
    works = Works(bridge, (*kinds.problems, *(f"{item.distribution}: {item.message}" for item in providers.problems)))
    hub = AgentHub(events)
    stand_in = settings.home / PREFS_FILE
    works.mailbox = Postman(hub, mailbox_folder(settings), settings.fusion_prefs, stand_in=stand_in)
    works.people = people = PeopleDoor(settings.home, address.url, authors=canvases.authors)
    bridge.desk.names_of = ledger.names_of = people.store.names_of
    people.page = page_build
    works.uploads = uploads = Uploads(UploadStore(layout.uploads), bridge.blobs)
    lifespan = _lifespan(works, store, folders, hub)
    shell = build_shell(address, hub=hub, bus=events, lifespan=lifespan, people=people)
    shell.hub.folder = Folders(folders) if folders else None
    works.panels = door = PanelDoor(settings.home, hub, events, shell.board)
    for router in (
        status_router(works, shell.hub),
        canvas_router(works),
        summary_router(project),
        take_router(works),
        catalog_router(works),
        graph_router(works),
        film_router(works),
        money_router(works),
        plan_router(works),
        job_router(works),
        queue_router(works),
        fan_router(works),
        clip_router(works, shell.hub),
        panel_router(works, shell.hub),
        gap_router(works, shell.hub),
        preview_router(works),
        comment_router(Comments(CommentStore(project), bridge.desk, events)),
        shot_router(works),
        roundtrip_router(works, shell.hub),
        cut_router(),
        cut_view_router(works, shell.hub),
        exchange_router(works),
        panels_router(door, shell.rules.port),
        panel_socket_router(door, shell, shell.rules),
        session_router(people),
        people_router(people),
        media_link_router(works, MediaLinks(people.store), session_id),
        upload_router(uploads),
        page_router(),
    ):
        shell.include_router(router)
    return shell


def _lifespan(works: Works, store: RunStore, folders: Sequence[FolderHost], hub: AgentHub) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        bridge = works.bridge
        runner = GenerateRunner(bridge, asyncio.get_running_loop())
        engine = DbosEngine(bridge.layout.jobs_db, runner)
        works.dispatcher = Dispatcher(engine, bridge.jobs, bridge.pauses, limits_of(bridge.providers))
        await anyio.to_thread.run_sync(open_queue, bridge, works.dispatcher)
        works.runs = Runs(bridge, works.dispatcher, store)
        policies = Policies(bridge, works.dispatcher, store)
        bridge.desk.after = _both(works.runs.after, policies.after)
        await anyio.to_thread.run_sync(works.runs.resume_all)
        works.runs.begin()
        works.previews = previews = Previews(bridge.blobs, bridge.layout.previews)
        previews.follow(bridge.events)
        for folder in folders:
            watch = Exchange(bridge, works.runs, folder)
            if isinstance(folder, FinalCutHost):
                works.final_cut = watch
            else:
                works.exchange = watch
        watching = [asyncio.create_task(one.watch()) for one in works.folders]
        letters = asyncio.create_task(works.mailbox.run()) if works.mailbox else None
        try:
            async with resuming(bridge, hub), sweeping(works.uploader()):
                yield
        finally:
            for task in (*watching, letters):
                if task is not None:
                    task.cancel()
            if letters is not None:
                await asyncio.gather(letters, return_exceptions=True)  # its files go before the server does
            await anyio.to_thread.run_sync(previews.stop)
            await anyio.to_thread.run_sync(policies.stop)
            await anyio.to_thread.run_sync(works.runs.stop)
            await anyio.to_thread.run_sync(works.dispatcher.stop)
            runner.stop()
            await anyio.to_thread.run_sync(engine.stop)

    return lifespan


def _exchange_folder(settings: Settings, bridge: Bridge) -> FolderHost | None:
    if settings.exchange is None:
        return None
    folder = ExchangeFolder(settings.exchange, partial(known_files, bridge), parse_edit_rate(settings.exchange_rate))
    return FolderHost(folder, partial(naming, bridge))


def _final_cut(settings: Settings, bridge: Bridge) -> FinalCutHost | None:
    if settings.final_cut is None:
        return None
    known = (partial(known_files, bridge), partial(take_facts, bridge))
    folder = FinalCutFolder(settings.final_cut, *known, settings.final_cut_library)
    return FinalCutHost(folder, partial(naming_by_stamps, bridge))


def _both(first: AfterCommit, second: AfterCommit) -> AfterCommit:
    def after(before: View, now: View, author: str, origin: Origin) -> None:
        first(before, now, author, origin)
        second(before, now, author, origin)

    return after
