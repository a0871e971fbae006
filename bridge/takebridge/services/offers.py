"""Which models can make a shot, what each would do otherwise, and what it costs there: compared before choosing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from takebridge.errors import CapabilityError
from takebridge.nodes.registry import builtin_kinds
from takebridge.providers.capability import check_request
from takebridge.providers.naming import named, retirement
from takebridge.providers.negotiation import Agreed, negotiate
from takebridge.providers.offer_types import ModelCard, ModelOffer, ModelOffers, NamedModels, ProviderCard
from takebridge.providers.pricing import Estimate, estimate, facts_of, pixels_of, ratio_of, short_side
from takebridge.providers.protocol import GenerationRequest, InputRole, MediaInput, ModelProfile, ParamValue
from takebridge.providers.registry import ProviderRegistry
from takebridge.services.fitting import defaults_of
from takebridge.services.wishes import Wish, read_wish
from takebridge.store.amounts import money_range
from takebridge.timebase import FrameRate

_PER = {
    "second": " a second",
    "image": " an image",
    "1k_chars": " a thousand characters",
    "megapixel": " a megapixel",
    "1m_tokens": " a million tokens",
    "job": " a take",
}
_OPEN_MS = 5000
"""The length a shot is compared at where none was said."""

_SIZED = frozenset({"video", "image"})


@dataclass(frozen=True, slots=True)
class Fitness:
    """How a model stands to a wish: what was agreed, or why it cannot."""

    profile: ModelProfile
    agreed: Agreed | None = None
    price: Estimate | None = None
    why_not: str = ""


def offers(
    registry: ProviderRegistry, wish: Wish, *, kind: str = "", provider: str = "", only: Iterable[str] = ()
) -> list[ModelOffer]:
    """Return the models for a wish: those that can first, the cheapest of them first, then those that cannot.

    Retired ones come last. ``kind`` and ``provider`` override the wish's; ``only`` are ids to look at alone.
    """
    wanted, at, chosen = kind or wish.kind, provider or wish.provider, set(only)
    found = [
        _fitness(one, wish)
        for one in registry.profiles()
        if wanted in (None, "", one.kind) and at in ("", one.provider) and (not chosen or one.id in chosen)
    ]
    return [_offer(registry, one, asked=wish.kind is not None) for one in sorted(found, key=_rank)]


def offers_for(registry: ProviderRegistry, text: str, *, kind: str = "", provider: str = "") -> ModelOffers:
    """Return the models for a shot described in words, and what was understood of them; without words, a list."""
    wish = read_wish(text, registry.providers)
    found = offers(registry, wish, kind=kind, provider=provider)
    return ModelOffers(understood=wish.understood, not_understood=wish.rest, models=tuple(found))


def named_models(registry: ProviderRegistry, name: str) -> NamedModels:
    """Return the whole cards of the models a name means; nobody's name gets words instead."""
    meant = named(name, registry.profiles())
    return NamedModels(
        name=name,
        cards=tuple(_card(registry, one) for one in (*meant.usable, *meant.retired)),
        successors=tuple(one.id for one in meant.successors),
        words=meant.words,
    )


def _card(registry: ProviderRegistry, profile: ModelProfile) -> ModelCard:
    facts = registry.facts().get(profile.provider)
    provider = ProviderCard(
        provider=profile.provider,
        title=facts.title if facts else "This machine" if profile.local else profile.provider,
        key=has_key(registry, profile.provider),
        key_page=facts.key_page if facts else "",
        uploads_go=facts.uploads_go if facts else "Nowhere: nothing leaves this machine." if profile.local else "",
        terms=facts.terms if facts else "",
        verified=facts.verified if facts else "",
    )
    return ModelCard(
        profile=profile.model_dump(mode="json"),
        provider=provider,
        lifecycle_words=retirement(profile),
        list_price=list_price(profile),
    )


def has_key(registry: ProviderRegistry, provider: str) -> bool:
    """Say whether a provider can be asked: it needs no key, or there is one."""
    look = getattr(registry.providers.get(provider), "has_key", None)
    return True if look is None else bool(look())


def request_of(wish: Wish, profile: ModelProfile) -> GenerationRequest:
    """Return an example of the shot wished for, as this kind of model would be asked; its files do not exist."""
    kind = next((one for one in builtin_kinds().values() if one.models == profile.kind), None)
    known = {spec.name for spec in kind.params} if kind else set[str]()
    said: dict[str, ParamValue] = {}
    said |= {"aspect": wish.aspect} if wish.aspect else {}
    said |= {"resolution": wish.resolution} if wish.resolution else {}
    said |= {"rate": str(wish.rate)} if wish.rate else {}
    said |= {"sound": wish.sound} if wish.sound is not None else {}
    said |= {"keep_sound": wish.sound} if wish.sound is not None else {}
    inputs = tuple(_inputs(wish, profile))
    source = next((one for one in inputs if one.role == "source_video" and one.frame_count), None)
    return GenerationRequest(
        token=_EXAMPLE,
        model=profile.id,
        kind=profile.kind,
        inputs=inputs,
        prompt="A shot." if "prompt" in known else "",
        params={name: value for name, value in said.items() if name in known},
        duration_ms=(wish.length_ms or _OPEN_MS) if "duration_ms" in known and not source else None,
        frame_count=source.frame_count if source and profile.kind != "video" else None,
        rate=source.rate if source else None,
    )


# --- one model ------------------------------------------------------------------------------------------


def _fitness(profile: ModelProfile, wish: Wish) -> Fitness:
    if profile.lifecycle == "retired":
        return Fitness(profile, why_not=retirement(profile))
    if wish.kind is None:
        return Fitness(profile, price=None)
    kind = next((one for one in builtin_kinds().values() if one.models == profile.kind), None)
    try:
        agreed = negotiate(profile, request_of(wish, profile), defaults=defaults_of(kind) if kind else {})
        check_request(profile, agreed.sent)
        _check_wish(profile, wish)
    except CapabilityError as error:
        return Fitness(profile, why_not=error.message)
    price = _price(profile, agreed.request, wish)
    if wish.budget_micros is not None and (price.high_micros or 0) > wish.budget_micros:
        return Fitness(profile, price=price, why_not="It may cost more than that.")
    return Fitness(profile, agreed, price)


def _check_wish(profile: ModelProfile, wish: Wish) -> None:
    """What only the wish knows of. Raises CapabilityError."""
    if wish.local and not profile.local:
        raise CapabilityError("It does not run on this machine.", hint="Leave that out.")
    if wish.keep_length and profile.kind in ("video_edit", "lip_sync") and not profile.keeps_length:
        raise CapabilityError("It does not promise to keep the length and motion of the clip.", hint="Leave that out.")
    if wish.keep_length and profile.kind == "video":
        raise CapabilityError("It makes a shot anew.", hint="Ask for a model that changes a clip.")


def _price(profile: ModelProfile, request: GenerationRequest, wish: Wish) -> Estimate:
    length = request.duration_ms or wish.length_ms or (None if profile.kind in ("image", "image_edit") else _OPEN_MS)
    facts = facts_of(profile, request)
    pixels = pixels_of(request)
    return estimate(profile, duration_ms=length, characters=wish.characters or 0, pixels=pixels, facts=facts)


def _rank(one: Fitness) -> tuple[bool, bool, bool, bool, int, int, str]:
    """Those that can before those that cannot; what leaves inputs out behind what takes them all; then the price."""
    high = one.price.high_micros if one.price else None
    said = one.agreed.adaptations if one.agreed else ()
    loses = any(each.subject == "references" for each in said)
    retired = one.profile.lifecycle == "retired"
    return (retired, bool(one.why_not), loses, high is None, high or 0, len(said), one.profile.id)


def _offer(registry: ProviderRegistry, one: Fitness, *, asked: bool) -> ModelOffer:
    profile, price = one.profile, one.price
    return ModelOffer(
        id=profile.id,
        title=profile.title,
        kind=profile.kind,
        provider=profile.provider,
        local=profile.local,
        previz=profile.previz,
        lifecycle=profile.lifecycle,
        lifecycle_words=retirement(profile),
        key=has_key(registry, profile.provider),
        fits=None if not asked else one.agreed is not None,
        why_not=one.why_not,
        notes=one.agreed.notes if one.agreed else (),
        currency=profile.price.currency,
        low_micros=price.low_micros if price else None,
        high_micros=price.high_micros if price else None,
        list_price=list_price(profile),
        price_on=profile.price_on,
        seconds_low=profile.seconds_low,
        seconds_high=profile.seconds_high,
    )


def list_price(profile: ModelProfile) -> str:
    """Return what one unit costs, in words: ``$0.05–$0.12 a second``, ``free``, ``unknown``."""
    ends = [(rule.low_micros, rule.high_micros) for rule in profile.prices if rule.per in (None, profile.price_per)]
    if profile.price.low_micros is not None and profile.price.high_micros is not None:
        ends.append((profile.price.low_micros, profile.price.high_micros))
    if not ends:
        return "unknown"
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    if high == 0:
        return "free"
    return f"{money_range(low, high, profile.price.currency)}{_PER[profile.price_per]}"


# --- the inputs of an example ---------------------------------------------------------------------------

_EXAMPLE = "only-an-example"


def _inputs(wish: Wish, profile: ModelProfile) -> Iterator[MediaInput]:
    slots = {slot.role for slot in profile.inputs}
    if profile.kind in ("video_edit", "upscale", "reframe"):
        yield _clip(wish)
    elif profile.kind == "lip_sync":
        least = {slot.role: slot.minimum for slot in profile.inputs}
        yield _clip(wish) if not wish.start_frame and least.get("source_video", 0) else _still(wish, "source_video")
        length = wish.length_ms or _OPEN_MS
        yield MediaInput(
            role="audio", path=Path("voice.wav"), content="", media_type="audio", duration_ms=length, name="voice"
        )
    elif profile.kind == "image_edit":
        yield _still(wish, "source_image")
    elif profile.kind in ("model_3d", "world") and (wish.start_frame or "text" not in slots):
        yield _still(wish, "reference_image")
    elif profile.kind == "video":
        if wish.start_frame:
            yield _still(wish, "start_frame")
        if wish.end_frame:
            yield _still(wish, "end_frame")
    for number in range(min(wish.references, 64)):
        yield _still(wish, "reference_image", f"reference {number + 1}")


def _size(wish: Wish) -> tuple[int, int]:
    ratio, short = ratio_of(wish.aspect) or ratio_of("16:9"), short_side(wish.resolution) or 1080
    assert ratio is not None
    wide, tall = (short * ratio, short) if ratio >= 1 else (short, short / ratio)
    return (round(wide / 2) * 2, round(tall / 2) * 2)


def _still(wish: Wish, role: InputRole, name: str = "") -> MediaInput:
    width, height = _size(wish)
    called = name or role.replace("_", " ")
    return MediaInput(
        role=role,
        path=Path(f"{called}.png"),
        content=called,
        media_type="image",
        width=width,
        height=height,
        name=called,
    )


def _clip(wish: Wish) -> MediaInput:
    rate = wish.rate or FrameRate(24)
    frames = ceil((wish.length_ms or _OPEN_MS) * rate.fraction / 1000)
    width, height = _size(wish)
    return MediaInput(
        role="source_video",
        path=Path("clip.mp4"),
        content="clip",
        width=width,
        height=height,
        frame_count=frames,
        rate=str(rate),
        name="the clip",
    )
