"""Money over HTTP: who spent what on which shot, and how much may still be spent."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field

from takebridge.ids import CanvasId
from takebridge.store.caps import Cap, Headroom
from takebridge.store.entries import Entry
from takebridge.store.spend import GroupField, SpendLine
from takebridge_server.api.bodies import AuthorAsked, Body
from takebridge_server.speaking import author_or
from takebridge_server.works import Works


def _day(text: str | None) -> str | None:
    """Return ``text``. Raises ValueError for a date no calendar has."""
    if text is not None:
        date.fromisoformat(text)
    return text


Day = Annotated[
    str | None,
    Query(pattern=r"^\d{4}-\d{2}-\d{2}$", description="UTC date, such as 2026-11-21"),
    AfterValidator(_day),
]


class NewCap(Body):
    """At most this much may be committed in a scope; "" as key stands for each one without a cap of its own."""

    scope: str = Field(pattern="^(job|canvas|day|user)$")
    key: str = Field(default="", max_length=80)
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$")
    limit_micros: int = Field(ge=0, le=2**53 - 1)


def money_router(works: Works) -> APIRouter:
    """Routes under ``/api/ledger``."""
    router = APIRouter(prefix="/api/ledger", tags=["money"])
    ledger = works.bridge.ledger

    def announced() -> list[Cap]:
        """Tell everybody which caps there are by now, and return them."""
        caps = list(ledger.caps())
        works.bridge.events.publish("caps.changed", {"caps": [cap.model_dump() for cap in caps]})
        return caps

    @router.get("/spend")
    def spend(
        by: Annotated[list[GroupField], Query(max_length=7)] = ["author", "shot"],  # noqa: B006 - FastAPI's spelling
        since: Day = None,
        until: Day = None,
        canvas_id: CanvasId | None = None,
    ) -> list[SpendLine]:
        """Sums for each group and currency; ``until`` is exclusive."""
        return list(ledger.spend(by, since=since, until=until, canvas_id=canvas_id))

    @router.get("/entries")
    def entries(canvas_id: CanvasId | None = None, open_only: bool = False) -> list[Entry]:
        """Every intent and what became of it, oldest first."""
        found = ledger.open_entries() if open_only else ledger.all()
        return [entry for entry in found if canvas_id in (None, entry.canvas_id)]

    @router.get("/caps")
    def caps() -> list[Cap]:
        """All caps."""
        return list(ledger.caps())

    @router.put("/caps")
    def set_cap(body: NewCap) -> list[Cap]:
        """Set a cap or change its limit; it holds for what is started from now on."""
        ledger.set_cap(Cap.model_validate(body.model_dump()))
        return announced()

    @router.post("/caps/remove")
    def remove_cap(body: NewCap) -> list[Cap]:
        """Remove a cap; ``limit_micros`` is not looked at."""
        cap = Cap.model_validate(body.model_dump())
        ledger.remove_cap(cap.scope, cap.key, cap.currency)
        return announced()

    @router.get("/remaining")
    def remaining(canvas_id: CanvasId, author: AuthorAsked = "editor") -> dict[str, Headroom]:
        """How much more this person may commit on this canvas today, by currency."""
        works.bridge.desk.view(canvas_id)
        return ledger.remaining(canvas_id, author_or(author))

    return router
