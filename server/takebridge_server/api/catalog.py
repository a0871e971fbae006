"""What can be put on a canvas and what it can run on: node kinds and model profiles, as data any UI can draw."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from takebridge.canvas.model import NodeKind
from takebridge.providers.offer_types import LoadoutFacts, ModelOffers, NamedModels, SwapFacts
from takebridge.providers.protocol import ModelProfile
from takebridge.services.loadouts import loadouts, swap
from takebridge.services.offers import named_models, offers_for
from takebridge_server.api.bodies import CanvasPath, NodePath
from takebridge_server.works import Works

Name = Annotated[str, Query(max_length=200)]


def catalog_router(works: Works) -> APIRouter:
    """``/api/kinds``, ``/api/models``, ``/api/loadouts``, and what another model would change about a node."""
    router = APIRouter(prefix="/api", tags=["catalogue"])
    bridge = works.bridge

    @router.get("/kinds")
    def kinds() -> dict[str, NodeKind]:
        """Node kinds with their ports and parameters, by key."""
        return dict(bridge.desk.kinds)

    @router.get("/models")
    def models(kind: str | None = None, provider: str | None = None) -> list[ModelProfile]:
        """Model profiles: what they take, what they cost and how long they need. ``kind`` as a node kind binds it."""
        return [
            profile
            for profile in bridge.providers.profiles()
            if kind in (None, profile.kind) and provider in (None, profile.provider)
        ]

    @router.get("/models/offers")
    def model_offers(
        shot: Annotated[str, Query(alias="for", max_length=500)] = "", kind: Name = "", provider: Name = ""
    ) -> ModelOffers:
        """Models for a shot described in words, with what each costs there and would make otherwise."""
        return offers_for(bridge.providers, shot, kind=kind, provider=provider)

    @router.get("/models/named")
    def models_named(name: Name) -> NamedModels:
        """Models by a name people type, their whole cards; of a retired one why, and what follows it."""
        return named_models(bridge.providers, name)

    @router.get("/loadouts")
    def list_loadouts() -> list[LoadoutFacts]:
        """The models for each type of shot, and which of them are ready now."""
        return loadouts(bridge.providers, bridge.layout.home)

    @router.get("/canvases/{canvas_id}/nodes/{node_id}/swap")
    def model_swap(canvas_id: CanvasPath, node_id: NodePath, model: Name) -> SwapFacts:
        """What another model would change about a node: what is kept and lost, what it costs. Nothing is changed."""
        return swap(bridge, canvas_id, node_id, model)

    return router
