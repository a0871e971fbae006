"""What is answered about models: offers for a shot, whole cards, loadouts, what a swap would change."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Reply(BaseModel):
    """Base: a newer bridge may say more, which an older client passes over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ModelOffer(Reply):
    """One model for a shot. ``fits`` None: no shot was described. Amounts are micros; None is unknown.

    ``notes`` say what it would make otherwise than asked, ``why_not`` why it cannot. ``key``: it can be asked, because
    there is a key or none is needed. ``list_price`` is the price of a unit, in words, as of ``price_on``.
    """

    id: str
    title: str
    kind: str
    provider: str
    local: bool = False
    previz: bool = False
    lifecycle: str = "available"
    lifecycle_words: str = ""
    key: bool = False
    fits: bool | None = None
    why_not: str = ""
    notes: tuple[str, ...] = ()
    currency: str = "USD"
    low_micros: int | None = None
    high_micros: int | None = None
    list_price: str = "unknown"
    price_on: str = ""
    seconds_low: int | None = None
    seconds_high: int | None = None


class ModelOffers(Reply):
    """What was understood of a wish, what was not, and the models: those that fit first, then the others."""

    understood: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()
    models: tuple[ModelOffer, ...] = ()


class ProviderCard(Reply):
    """What holds for a model's provider."""

    provider: str
    title: str
    key: bool
    key_page: str = ""
    uploads_go: str = ""
    terms: str = ""
    verified: str = ""


class ModelCard(Reply):
    """All that is known of one model: its profile as the catalogue has it, and its provider."""

    profile: dict[str, Any] = Field(description="The model's profile, field by field (docs/providers.md).")
    provider: ProviderCard
    lifecycle_words: str = ""
    list_price: str = "unknown"


class NamedModels(Reply):
    """What a name means: the models it is the name of, and what to tell whoever typed it."""

    name: str
    cards: tuple[ModelCard, ...] = ()
    successors: tuple[str, ...] = ()
    words: str = ""


class LoadoutChoice(Reply):
    """One model of a loadout. ``ready``: it is there and can be asked. ``words`` say why not."""

    model: str
    title: str = ""
    ready: bool = False
    words: str = ""
    list_price: str = "unknown"


class LoadoutFacts(Reply):
    """A loadout: the models for one type of shot, the first choice first.

    ``chosen`` is the first that is ready. Where that is not the first choice and its price is another one, ``consent``
    is True: a person has to agree before it stands in.
    """

    shot: str
    title: str
    kind: str
    why: str = ""
    choices: tuple[LoadoutChoice, ...] = ()
    chosen: str | None = None
    consent: bool = False


class SwapFacts(Reply):
    """What choosing another model for a node changes; nothing is changed by asking.

    ``carries`` and ``lost`` are sentences: what is kept, what will not carry over. ``refusal`` says why it could not
    be made as it is. ``consent``: the price may be higher than before, so a person has to agree to it.
    """

    node: str
    before: str
    after: str
    title: str
    carries: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    refusal: str = ""
    currency: str = "USD"
    low_micros: int | None = None
    high_micros: int | None = None
    before_low_micros: int | None = None
    before_high_micros: int | None = None
    consent: bool = False
