"""The exchange folder over HTTP: what is in it, and what became of the last exports."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from takebridge.client.replies import ExchangeDealt, ExchangeReport, ExchangeTimeline, ExchangeUnreadable
from takebridge.services.exchange import Exchange
from takebridge_server.works import Works


def exchange_router(works: Works) -> APIRouter:
    """``/api/exchange``."""
    router = APIRouter(prefix="/api/exchange", tags=["exchange folder"])

    @router.get("")
    async def exchange_folder() -> ExchangeReport:
        """What editors exported, what could not be read, which answers were written."""
        return _reports(works.folders)

    @router.post("/look")
    async def look_now() -> ExchangeReport:
        """Look at the watched folders now instead of within a second."""
        for folder in works.folders:
            await folder.look()
        return _reports(works.folders)

    return router


def _reports(folders: Sequence[Exchange]) -> ExchangeReport:
    if not folders:
        return ExchangeReport()
    first, *more = map(_report, folders)
    return first.model_copy(update={"more": more})


def _report(exchange: Exchange) -> ExchangeReport:
    facts = exchange.facts()
    return ExchangeReport(
        folder=facts.folder,
        product=facts.product,
        problem=facts.problem,
        timelines=[
            ExchangeTimeline(
                name=one.path.name,
                title=one.title,
                version=one.version,
                format=one.format,
                clips=sum(len(track.clips) for track in one.cut.tracks),
                losses=list(one.losses),
            )
            for one in facts.timelines
        ],
        unreadable=[
            ExchangeUnreadable(name=name, message=error.message, hint=error.hint)
            for name, error in sorted(facts.unreadable.items())
        ],
        dealt=[
            ExchangeDealt(
                name=one.name,
                title=one.title,
                version=one.version,
                ending=one.ending,
                text=one.text,
                answer=one.answer,
                hint=one.hint,
            )
            for one in facts.dealt
        ],
    )
