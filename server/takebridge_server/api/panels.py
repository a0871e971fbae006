"""Panels inside editors: pairing codes, who is paired, revoking one. Their socket is ``WS /panel``."""

from __future__ import annotations

from typing import Annotated, Literal

import anyio.to_thread
from fastapi import APIRouter
from fastapi import Path as InPath
from pydantic import BaseModel

from takebridge.errors import NotFoundError
from takebridge_server.api.bodies import Body
from takebridge_server.pairing import State
from takebridge_server.panel_door import PanelDoor
from takebridge_server.panel_store import PairedPanel

PanelPath = Annotated[str, InPath(max_length=80)]
PairingPath = Annotated[str, InPath(max_length=80)]


class AskPairing(Body):
    """Which editor the panel is in."""

    editor: Literal["premiere"] = "premiere"


class NewPairing(BaseModel):
    """What a person types into the panel, within ``seconds``: ``port`` and ``code`` (six digits)."""

    id: str
    editor: str
    port: int
    code: str
    seconds: int


class PanelFacts(BaseModel):
    """A paired panel; times are ISO 8601 in UTC. ``session`` is "" while it has none."""

    id: str
    name: str
    editor: str
    created_at: str
    last_seen: str
    connected: bool
    session: str


class PairingFacts(BaseModel):
    """What became of a code."""

    id: str
    state: State
    seconds_left: int
    panel: PanelFacts | None


def panels_router(door: PanelDoor, port: int) -> APIRouter:
    """Routes under ``/api/panels``; no panel reaches them through its socket."""
    router = APIRouter(prefix="/api/panels", tags=["panels"])

    @router.get("")
    async def paired() -> list[PanelFacts]:
        """The paired panels, the oldest first."""
        return [_facts(door, one) for one in await anyio.to_thread.run_sync(door.store.panels)]

    @router.post("/pair")
    async def pair(body: AskPairing) -> NewPairing:
        """Make a pairing code; one that was made before and not used ends with it."""
        made = await door.open(body.editor)
        return NewPairing(
            id=made.id, editor=made.editor, port=port, code=made.code, seconds=door.codes.seconds_left(made)
        )

    @router.get("/pair/{pairing}")
    async def became(pairing: PairingPath) -> PairingFacts:
        """What became of a pairing code."""
        found = door.codes.find(pairing)
        if found is None:
            raise NotFoundError("No such pairing code was made.", hint="Make one: POST /api/panels/pair.")
        known = await anyio.to_thread.run_sync(door.store.panels) if found.panel else []
        panel = next((_facts(door, one) for one in known if one.id == found.panel), None)
        return PairingFacts(id=found.id, state=found.state, seconds_left=door.codes.seconds_left(found), panel=panel)

    @router.delete("/{panel}")
    async def revoke(panel: PanelPath) -> PanelFacts:
        """Let a panel in no more; a connected one is closed at once."""
        return _facts(door, await door.revoke(panel))

    return router


def _facts(door: PanelDoor, panel: PairedPanel) -> PanelFacts:
    session = next((one.session for one in door.hub.list() if one.panel == panel.id), "")
    facts = panel.model_dump(exclude={"token_sha256"})
    return PanelFacts(**facts, connected=door.is_here(panel.id), session=session)
