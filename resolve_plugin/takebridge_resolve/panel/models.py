"""What could be made of a clip: node kinds that take one, the models they run on, and what those cost.

Pure but for `load_models`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from takebridge.canvas.model import NodeKind
from takebridge.client.api import Api
from takebridge.client.replies import Reply, read
from takebridge.errors import BridgeError
from takebridge_resolve.panel.words import price, span

_FIRST = ("upscale", "video_edit", "video", "previz", "reframe", "lip_sync", "trim", "extract_frames", "breakdown")
_LOOKS_LIKE_A_CLIP = frozenset({"source_video", "clip"})


class ModelPrice(Reply):
    """Price of one unit in millionths; unknown is None."""

    currency: str = "USD"
    low_micros: int | None = None
    high_micros: int | None = None


class ModelSlot(Reply):
    """What a model takes."""

    role: str
    maximum: int = 1
    max_pixels: int | None = None
    max_frames: int | None = None


class Model(Reply):
    """A model as the bridge describes it, as far as the panel shows it."""

    id: str
    title: str
    provider: str = ""
    kind: str
    inputs: tuple[ModelSlot, ...] = ()
    prompt: bool = False
    max_prompt: int | None = None
    previz: bool = False
    price: ModelPrice = ModelPrice()
    price_per: str = "job"
    seconds_low: int | None = None
    seconds_high: int | None = None
    local: bool = False
    lifecycle: str = "available"


@dataclass(frozen=True, slots=True)
class Making:
    """One thing that can be made of a clip: a node kind, the port the clip goes into, and whether it has a prompt."""

    kind: str
    title: str
    port: str
    prompts: bool


def makings(kinds: Mapping[str, NodeKind]) -> list[Making]:
    """Return the kinds that take a video and run on a model, the most asked for first."""
    found = []
    for kind in kinds.values():
        port = clip_port(kind)
        lacks = any(other.required and other.name != port for other in kind.inputs)
        if port and kind.models and not lacks:
            prompts = kind.param("prompt") is not None
            found.append(Making(kind.key, kind.title or kind.key, port, prompts))
    return sorted(found, key=lambda one: _FIRST.index(one.kind) if one.kind in _FIRST else len(_FIRST))


def clip_port(kind: NodeKind) -> str:
    """Return the name of the port a clip goes into, "" where the kind takes none."""
    return next((port.name for port in kind.inputs if "video" in port.types and not port.many), "")


def fitting(models: Iterable[Model], kind: NodeKind, *, pixels: int | None, frames: int | None) -> list[Model]:
    """Return the models a clip of this size can go to, free and local ones first; retired ones are left out."""
    found = [
        model
        for model in models
        if model.kind == kind.models and model.lifecycle != "retired" and _takes(model, pixels, frames)
    ]
    return sorted(found, key=lambda one: (not one.local, one.price.high_micros is None, one.price.high_micros, one.id))


def _takes(model: Model, pixels: int | None, frames: int | None) -> bool:
    slots = [slot for slot in model.inputs if slot.role in _LOOKS_LIKE_A_CLIP and slot.maximum > 0]
    return any(
        (slot.max_pixels is None or pixels is None or pixels <= slot.max_pixels)
        and (slot.max_frames is None or frames is None or frames <= slot.max_frames)
        for slot in slots
    )


def model_line(model: Model) -> str:
    """Return a model as its choice says it: the price first, since titles are long, then what to know about it."""
    notes = ["retiring soon"] if model.lifecycle == "retiring" else []
    notes += ["previz"] if model.previz else []
    where = "" if model.local else model.provider
    cost = unit_price(model)
    return " · ".join(part for part in (cost[:1].upper() + cost[1:], model.title, where, *notes) if part)


def unit_price(model: Model) -> str:
    """Return what one unit costs: ``free``, ``$0.10 a second``, ``price unknown``."""
    text = price(model.price.low_micros, model.price.high_micros, model.price.currency).lstrip("~")
    unit = {"second": " a second", "image": " an image", "1k_chars": " a thousand characters", "job": " a take"}
    return text if text in ("free", "price unknown") else text + unit.get(model.price_per, "")


def rough_price(model: Model, frames: int, rate: Fraction) -> str:
    """Return what one take of so many frames costs by the list price; the planner says it exactly later."""
    low, high = model.price.low_micros, model.price.high_micros
    if model.price_per == "second":
        seconds = Fraction(frames) / rate
        low, high = (None if one is None else round(one * seconds) for one in (low, high))
    text = price(low, high, model.price.currency)
    if text == "free":
        took = span(model.seconds_low, model.seconds_high)
        return f"Free, {'on this computer' if model.local else f'at {model.provider}'}, {took}"
    return text[:1].upper() + text[1:]


def rough_words(model: Model, frames: int, rate: Fraction) -> str:
    """Return `rough_price` as a sentence says it: ``$0.80, by the list price``; that there is none where that is so."""
    text = rough_price(model, frames, rate)
    if text.startswith("Free"):
        return text
    return "Price unknown: the provider lists none" if text == "Price unknown" else f"{text}, by the list price"


def usable(models: Iterable[Model], providers: Mapping[str, Mapping[str, Any]]) -> list[Model]:
    """Leave out the models of providers that say they cannot work now, such as those without a key.

    ``providers`` as the bridge's status has them; a provider it does not name counts as able.
    """
    return [model for model in models if providers.get(model.provider, {}).get("ready", True)]


def load_models(api: Api) -> list[Model]:
    """Ask for the models that can be asked now. Raises what the call raises."""
    found = read(list[Model], api.client.get("/api/models"))
    with suppress(BridgeError):  # without a status all are shown; the planner then says what is missing
        return usable(found, api.status().providers)
    return found
