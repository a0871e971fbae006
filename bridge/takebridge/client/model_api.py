"""Calls about models: what there is, what a shot costs where, loadouts, swaps."""

from __future__ import annotations

from takebridge.client.http import BridgeClient
from takebridge.client.replies import read
from takebridge.ids import CanvasId, NodeId
from takebridge.providers.offer_types import LoadoutFacts, ModelOffers, NamedModels, SwapFacts


class ModelApi:
    """A part of `takebridge.client.api.Api`."""

    client: BridgeClient

    def model_offers(self, shot: str = "", *, kind: str = "", provider: str = "") -> ModelOffers:
        """Models for a shot described in words, those that fit first; without words a list."""
        query = {"for": shot, "kind": kind, "provider": provider}
        return read(ModelOffers, self.client.get("/api/models/offers", **query))

    def models_named(self, name: str) -> NamedModels:
        """The models a name means; of a retired one why, and what follows it."""
        return read(NamedModels, self.client.get("/api/models/named", name=name))

    def loadouts(self) -> list[LoadoutFacts]:
        """The models for each type of shot."""
        return read(list[LoadoutFacts], self.client.get("/api/loadouts"))

    def model_swap(self, canvas_id: CanvasId, node_id: NodeId, model: str) -> SwapFacts:
        """What another model would change about a node; nothing is changed. ``model`` is a name people type."""
        path = f"/api/canvases/{canvas_id}/nodes/{node_id}/swap"
        return read(SwapFacts, self.client.get(path, model=model))
