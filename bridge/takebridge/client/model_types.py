"""What the bridge answers about models: offers for a shot, whole cards, loadouts, what a swap would change."""

from __future__ import annotations

from takebridge.providers.offer_types import (
    LoadoutChoice,
    LoadoutFacts,
    ModelCard,
    ModelOffer,
    ModelOffers,
    NamedModels,
    ProviderCard,
    SwapFacts,
)

__all__ = [
    "LoadoutChoice",
    "LoadoutFacts",
    "ModelCard",
    "ModelOffer",
    "ModelOffers",
    "NamedModels",
    "ProviderCard",
    "SwapFacts",
]
