"""Loadouts and swaps in use: what is ready now, what stands in for it, what another model would change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from takebridge.canvas.fingerprint import recipe_of
from takebridge.canvas.model import Canvas, Node, NodeKind
from takebridge.errors import (
    BridgeError,
    CapabilityError,
    NotFoundError,
    UnknownNodeError,
)
from takebridge.ids import CanvasId, NodeId
from takebridge.providers.capability import spoken
from takebridge.providers.loadouts import Loadout, costs_otherwise, load_loadouts
from takebridge.providers.naming import named, retirement
from takebridge.providers.negotiation_types import Agreed
from takebridge.providers.offer_types import LoadoutChoice, LoadoutFacts, SwapFacts
from takebridge.providers.pricing import Estimate, estimate
from takebridge.providers.protocol import GenerationRequest, ModelProfile
from takebridge.providers.registry import ProviderRegistry
from takebridge.services.bridge import Bridge
from takebridge.services.fitting import agree, defaults_of
from takebridge.services.offers import has_key, list_price
from takebridge.services.requests import build_request, price_of


def loadouts(registry: ProviderRegistry, home: Path | None = None) -> list[LoadoutFacts]:
    """Return every loadout with what of it is ready now. ``home`` is the data folder of the user's own."""
    return [loadout_facts(registry, one) for one in load_loadouts(home).all]


def loadout_facts(registry: ProviderRegistry, loadout: Loadout) -> LoadoutFacts:
    """Return one loadout. ``chosen`` is the first choice that is ready; a fallback is only offered, never taken."""
    choices = tuple(_choice(registry, loadout, model) for model in loadout.models)
    chosen = next((one for one in choices if one.ready), None)
    return LoadoutFacts(
        shot=loadout.shot,
        title=loadout.title,
        kind=loadout.kind,
        why=loadout.why,
        choices=choices,
        chosen=chosen.model if chosen else None,
        consent=chosen is not None and costs_otherwise(choices[0], chosen),
    )


def model_named(registry: ProviderRegistry, kind: NodeKind, name: str) -> ModelProfile:
    """Return the one model of a node's kind that people call by this name; of several, the first that can be asked.

    Raises CapabilityError for a retired one, with its successors, and NotFoundError for a name nobody has.
    """
    meant = named(name, registry.profiles(), kind=kind.models or "-")
    if meant.usable:
        exact = [one for one in meant.usable if one.id == name]
        ready = [one for one in meant.usable if has_key(registry, one.provider)]
        return (exact or ready or list(meant.usable))[0]
    if meant.retired:
        raise CapabilityError(meant.words, hint=_instead(meant.successors))
    anywhere = named(name, registry.profiles())
    if anywhere.known:
        does = " or ".join(sorted({one.kind.replace("_", " ") for one in (*anywhere.usable, *anywhere.retired)}))
        what = (kind.models or "nothing").replace("_", " ")
        raise NotFoundError(
            f"“{name}” makes {does}; “{kind.title}” needs {what}.",
            hint=_these_can(registry, kind),
        )
    raise NotFoundError(meant.words, hint=_these_can(registry, kind))


def swap(bridge: Bridge, canvas_id: CanvasId, node_id: NodeId, name: str) -> SwapFacts:
    """Return what another model would change about a node: what is kept, what is lost, what it costs.

    Nothing is changed. Raises UnknownNodeError, CapabilityError (retired), NotFoundError.
    """
    canvas = bridge.desk.view(canvas_id).canvas
    node = canvas.nodes.get(node_id)
    kind = bridge.desk.kinds.get(node.kind) if node else None
    if node is None or kind is None or not kind.models:
        raise UnknownNodeError("There is no node here that a model makes.", node=node_id)
    profile = model_named(bridge.providers, kind, name)
    before = _priced(bridge, canvas, node, kind, node.model)
    return _swapped(bridge, canvas, node, kind, profile, before)


# --- one choice -----------------------------------------------------------------------------------------


def _choice(registry: ProviderRegistry, loadout: Loadout, model: str) -> LoadoutChoice:
    try:
        profile = registry.profile(model)
    except BridgeError as error:
        return LoadoutChoice(model=model, words=error.message)
    words = ""
    if profile.kind != loadout.kind:
        words = f"It makes {profile.kind.replace('_', ' ')}."
    elif profile.lifecycle == "retired":
        words = retirement(profile)
    elif not has_key(registry, profile.provider):
        words = f"No key for {profile.provider}."
    return LoadoutChoice(
        model=model,
        title=profile.title,
        ready=not words,
        words=words or retirement(profile),
        list_price=list_price(profile),
    )


def _these_can(registry: ProviderRegistry, kind: NodeKind) -> str:
    ids = [one.id for one in registry.of_kind(kind.models or "-")]
    if not ids:
        return "No provider here has a model for it; 'none' leaves it without."
    rest = f" … 'takebridge models --kind {kind.models}' lists all {len(ids)}." if len(ids) > 5 else "."
    return f"These can: {', '.join(ids[:5])}{rest}"


def _instead(successors: tuple[ModelProfile, ...]) -> str:
    ids = [one.id for one in successors[:3]]
    return f"Use {' or '.join(ids)}." if ids else "'takebridge models' lists what there is."


_SWAPPED = "only-swapped"

# --- swapping -------------------------------------------------------------------------------------------


def _priced(bridge: Bridge, canvas: Canvas, node: Node, kind: NodeKind, model: str) -> Estimate | None:
    """What the node costs as it is, whether or not the model would take it; None where nobody can say yet."""
    try:
        profile = bridge.providers.profile(model)
        asked = _asked(bridge, canvas, node, profile)
        with suppress(CapabilityError):
            asked = agree(profile, asked, defaults=defaults_of(kind)).request
        return price_of(profile, asked)
    except BridgeError:
        return None


def _nothing(profile: ModelProfile) -> Estimate | None:
    """The price of a model that costs nothing whatever it is asked for; None of every other."""
    anything = estimate(profile)
    return anything if anything.high_micros == 0 else None


def _asked(bridge: Bridge, canvas: Canvas, node: Node, profile: ModelProfile) -> GenerationRequest:
    recipe = recipe_of(canvas, node.id, bridge.desk.kinds).model_copy(update={"route": profile.id})
    return build_request(bridge, canvas, recipe, profile, token=_SWAPPED)


def _swapped(
    bridge: Bridge, canvas: Canvas, node: Node, kind: NodeKind, profile: ModelProfile, before: Estimate | None
) -> SwapFacts:
    refusal, price, agreed, asked = "", None, None, None
    try:
        asked = _asked(bridge, canvas, node, profile)
        agreed = agree(profile, asked, defaults=defaults_of(kind), others=bridge.providers.of_kind(profile.kind))
        price = price_of(profile, agreed.request)
    except BridgeError as error:
        refusal, price = f"{error.message} {error.hint}".strip(), _nothing(profile)
    return SwapFacts(
        node=node.id,
        before=node.model,
        after=profile.id,
        title=profile.title,
        carries=tuple(_carried(asked, agreed)) if asked else (),
        lost=tuple(_lost(bridge, node, profile, agreed)),
        refusal=refusal,
        currency=profile.price.currency,
        low_micros=price.low_micros if price else None,
        high_micros=price.high_micros if price else None,
        before_low_micros=before.low_micros if before else None,
        before_high_micros=before.high_micros if before else None,
        consent=_dearer(before, price),
    )


def _carried(asked: GenerationRequest, agreed: Agreed | None) -> Iterator[str]:
    kept = agreed.request if agreed else asked
    if asked.prompt.strip():
        yield "The prompt is kept."
    counts: dict[str, int] = {}
    for one in kept.inputs:
        counts[one.role] = counts.get(one.role, 0) + 1
    if counts:
        told = ", ".join(f"{count} × {spoken(role)}" for role, count in counts.items())
        yield f"Wires are kept: {told}."
    if kept.seed is not None:
        yield f"The seed {kept.seed} is kept; another model makes something else of it."


def _lost(bridge: Bridge, node: Node, profile: ModelProfile, agreed: Agreed | None) -> Iterator[str]:
    """What will not carry over, in words."""
    yield from agreed.notes if agreed else ()
    try:
        old = bridge.providers.profile(node.model)
    except BridgeError:
        return
    if old.seed and not profile.seed:
        yield f"{profile.title} takes no seed: its takes cannot be made again."
    if old.sound != "none" and profile.sound == "none":
        yield f"{profile.title} makes no sound."
    if old.keeps_length and not profile.keeps_length:
        yield f"{profile.title} does not promise to keep the length of the clip."
    if profile.previz and not old.previz:
        yield f"{profile.title} makes previz: a stand-in, badged as such."
    if not profile.local and old.local:
        yield f"What is wired to it is sent to {profile.provider}."


def _dearer(before: Estimate | None, after: Estimate | None) -> bool:
    """Whether the price may be another one, so that a person has to agree; what nobody knows always is."""
    if after is not None and after.high_micros == 0:
        return False
    if before is None or after is None or before.high_micros is None or after.high_micros is None:
        return True
    return (before.currency, before.high_micros) != (after.currency, after.high_micros)
