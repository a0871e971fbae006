"""Plans of a canvas with the prices of the installed models, and the caps that would stop them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeGuard

from takebridge.canvas.fingerprint import semantic_params
from takebridge.canvas.model import FrameRange, Kinds, Node, NodeKind, Output, ParamValue, Take, Wire
from takebridge.canvas.plan import plan_pass
from takebridge.canvas.plan_types import Binding, Estimator, NoProvider, Offer, Plan, Scope
from takebridge.canvas.state import Pass
from takebridge.errors import BridgeError, CapabilityError, UnknownModelError
from takebridge.ids import CanvasId
from takebridge.nodes.roles import request_params, role_of
from takebridge.providers.capability import check_request
from takebridge.providers.facts import PriceUnit
from takebridge.providers.naming import retirement
from takebridge.providers.negotiation import negotiate
from takebridge.providers.pricing import Estimate, estimate, facts_of, pixels_of
from takebridge.providers.protocol import GenerationRequest, InputRole, MediaInput, ModelProfile
from takebridge.providers.registry import ProviderRegistry
from takebridge.services.bridge import Bridge
from takebridge.services.desk import View
from takebridge.services.fitting import defaults_of
from takebridge.services.requests import TIMED
from takebridge.store.amounts import money
from takebridge.store.blobs import BlobStore
from takebridge.store.caps import Headroom
from takebridge.store.ledger import Ledger

_WORDS: frozenset[InputRole | None] = frozenset({"text", "script", "style_text", "captions"})


def make_plan(bridge: Bridge, canvas_id: CanvasId, scope: Scope, *, author: str = "") -> Plan:
    """Return what would run now, what it costs, and which caps would stop this author.

    Raises NotFoundError for the canvas, UnknownNodeError for a node of the scope.
    """
    made = plan_view(bridge, bridge.desk.view(canvas_id), scope)
    return made.model_copy(update={"bindings": bindings(made, bridge.ledger, canvas_id, author)})


def plan_view(bridge: Bridge, view: View, scope: Scope) -> Plan:
    """Return the plan of one revision, without a look at the caps. Raises UnknownNodeError."""
    kinds = bridge.desk.kinds
    return plan_pass(view.found, kinds, scope, offers_of(view.found, kinds, bridge.providers, bridge.blobs))


# --- prices ---------------------------------------------------------------------------------------------


def offers_of(found: Pass, kinds: Kinds, providers: ProviderRegistry, blobs: BlobStore) -> Estimator:
    """Return what prices the nodes of a canvas from the installed models."""
    inputs = _Inputs(found, kinds, blobs)

    def offer(node: Node) -> Offer | NoProvider:
        if not node.model:
            return NoProvider("No provider is configured: choose a model for it.")
        try:
            profile = providers.profile(node.model)
        except UnknownModelError as error:
            return NoProvider(f"{error.message} {error.hint}")
        if profile.lifecycle == "retired":
            return NoProvider(f"{retirement(profile)} Choose another model.")
        return _offer(node, profile, inputs)

    return offer


def _offer(node: Node, profile: ModelProfile, inputs: _Inputs) -> Offer:
    if profile.local and profile.price.high_micros == 0:  # no need to look: a canvas may have thousands of them
        return _offered(profile, estimate(profile), ())
    asked = inputs.request(node, profile)
    notes, request = _told(profile, asked, defaults_of(inputs.kind_of(node)))
    length = request.duration_ms
    if length is None and _priced_by(profile, "second"):
        length = inputs.duration_ms(node, profile)
    price = estimate(
        profile,
        duration_ms=length,
        characters=inputs.characters(node) if _priced_by(profile, "1k_chars") else 0,
        pixels=pixels_of(request),
        facts=facts_of(profile, request),
    )
    return _offered(profile, price, notes)


def _offered(profile: ModelProfile, price: Estimate, notes: tuple[str, ...]) -> Offer:
    return Offer(
        model=profile.id,
        currency=price.currency,
        low_micros=price.low_micros,
        high_micros=price.high_micros,
        seconds_low=price.seconds_low,
        seconds_high=price.seconds_high,
        local=profile.local,
        notes=notes,
    )


def _told(
    profile: ModelProfile, asked: _Asked, defaults: Mapping[str, ParamValue]
) -> tuple[tuple[str, ...], GenerationRequest]:
    """Return what would be made otherwise than asked, and the request as it would be; a refusal is told as well.

    While inputs are still to come, nobody can say that it will be refused.
    """
    try:
        agreed = negotiate(profile, asked.request, defaults=defaults)
        if asked.complete and not profile.local:
            check_request(profile, agreed.sent)
    except CapabilityError as error:
        return (
            (f"As it is, it will be refused: {error.message} {error.hint}",) if asked.complete else ()
        ), asked.request
    return agreed.notes, agreed.request


def _priced_by(profile: ModelProfile, unit: PriceUnit) -> bool:
    return unit in (profile.price_per, *(rule.per for rule in profile.prices))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a node asks for, as far as its inputs are there and their facts are known (then it is ``complete``)."""

    request: GenerationRequest
    complete: bool


class _Inputs:
    """What a node and the takes wired to it say about the size of its job. Looked at only where a price needs it."""

    def __init__(self, found: Pass, kinds: Kinds, blobs: BlobStore) -> None:
        self._canvas = found.canvas
        self._wires_in = found.wires_in
        self._kinds = kinds
        self._blobs = blobs

    def kind_of(self, node: Node) -> NodeKind:
        """Return the node's kind."""
        return self._kinds[node.kind]

    def request(self, node: Node, profile: ModelProfile) -> _Asked:
        """Return the node's request from the facts that were noted of its inputs; files are not opened."""
        kind = self._kinds[node.kind]
        params = semantic_params(kind, node.params)
        inputs, complete = list[MediaInput](), True
        for wire, take in self._feeds(node):
            role = role_of(node.kind, wire.dst_port)
            given = self._media(kind, role, wire, take) if role and take else None
            complete = complete and (given is not None or role is None)
            inputs += [given] if given else []
        seed, length = params.get("seed"), params.get("duration_ms")
        request = GenerationRequest(
            token=_PLANNED,
            model=profile.id,
            kind=profile.kind,
            inputs=tuple(inputs),
            prompt=str(params.get("prompt", "")),
            params=request_params(params),
            seed=seed if _is_number(seed) else None,
            duration_ms=length if _is_number(length) else None,
        )
        return _Asked(request, complete)

    def _media(self, kind: NodeKind, role: InputRole, wire: Wire, take: Take) -> MediaInput | None:
        """One input from its facts; None where they do not say what a model's limits ask about."""
        output, port = take.outputs[wire.src_port], kind.input(wire.dst_port)
        try:
            path = self._blobs.path_of(output.content)
        except BridgeError:
            return None
        facts, used = output.facts, take.best if port and port.ranged else None
        numbers = {name: value for name in _NUMBERS if _is_number(value := facts.get(name))}
        media_type = "text" if role in _WORDS else _type_of(facts)
        if media_type in ("video", "image") and not {"width", "height"} <= numbers.keys():
            return None
        rate = facts.get("rate")
        return MediaInput(
            role=role,
            path=path,
            content=output.content,
            media_type=media_type,
            rate=rate if isinstance(rate, str) and rate else None,
            used=(used.start, used.end) if used else None,
            name=self._name_of(take),
            **numbers,
        )

    def _name_of(self, take: Take) -> str:
        node = self._canvas.nodes.get(take.node_id)
        kind = self._kinds.get(node.kind) if node else None
        return (node.title or (kind.title if kind else node.kind)) if node else ""

    def duration_ms(self, node: Node, profile: ModelProfile) -> int | None:
        """Return the length asked for, or that of the source clip where that decides; None when nothing says."""
        kind = self._kinds[node.kind]
        spec = kind.param("duration_ms")
        asked = node.params.get("duration_ms", spec.default if spec else None)
        if isinstance(asked, int) and not isinstance(asked, bool):
            return asked
        if profile.kind not in TIMED:
            return None
        for wire, take in self._feeds(node):
            if role_of(node.kind, wire.dst_port) == "source_video":
                port = kind.input(wire.dst_port)
                used = take.best if take and port and port.ranged else None
                return _length_ms(take.outputs[wire.src_port], used) if take else None
        return None

    def characters(self, node: Node) -> int:
        """Return how many characters are read or spoken; 0 while some are still to come: nobody can count them."""
        total = len(str(node.params.get("prompt", "")))
        for wire, take in self._feeds(node):
            if role_of(node.kind, wire.dst_port) in _WORDS:
                if take is None:
                    return 0
                total += self._written(take.outputs[wire.src_port])
        return total

    def _written(self, output: Output) -> int:
        try:
            return len(self._blobs.path_of(output.content).read_text("utf-8", errors="replace"))
        except (OSError, BridgeError):
            return 0

    def _feeds(self, node: Node) -> Iterator[tuple[Wire, Take | None]]:
        for wire in self._wires_in.get(node.id, ()):
            chosen = wire.take or self._canvas.nodes[wire.src_node].pin
            take = self._canvas.takes.get(chosen) if chosen else None
            yield wire, take if take and wire.src_port in take.outputs else None


_PLANNED = "only-planned"
_NUMBERS = ("width", "height", "frame_count", "duration_ms")


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _type_of(facts: Mapping[str, ParamValue]) -> str:
    if "frame_count" in facts or "rate" in facts:
        return "video"
    return "audio" if "sample_rate" in facts else "image"


def _length_ms(output: Output, used: FrameRange | None) -> int | None:
    """Return a clip's length in whole milliseconds, rounded up, from its facts."""
    frames, rate = output.facts.get("frame_count"), output.facts.get("rate")
    if used is not None:
        frames = used.end - used.start
    if not isinstance(frames, int) or not isinstance(rate, str) or not rate:
        return None
    try:
        exact = 1000 * frames / Fraction(rate)
    except (ValueError, ZeroDivisionError):
        return None
    return -(-exact.numerator // exact.denominator)


# --- caps -----------------------------------------------------------------------------------------------


def bindings(made: Plan, ledger: Ledger, canvas_id: CanvasId, author: str) -> tuple[Binding, ...]:
    """Return the caps that would stop the plan before its end."""
    currencies = {step.currency for step in made.steps if not step.free}
    if not currencies:
        return ()
    return tuple(_binding(made, ledger.remaining(canvas_id, author, currencies), currencies))


def _binding(made: Plan, remaining: Mapping[str, Headroom], currencies: Iterable[str]) -> Iterator[Binding]:
    for amount in made.whole:
        room = remaining.get(amount.currency)
        if room is None or amount.currency not in currencies:
            continue
        if room.cap is not None and room.cap.currency != amount.currency:
            yield _other_currency(room, amount.currency)
            continue
        if room.cap is not None and room.left_micros is not None and amount.high_micros > room.left_micros:
            left, limit = money(room.left_micros, amount.currency), money(room.cap.limit_micros, amount.currency)
            words = f"Of the {limit} allowed for {_WHOSE[room.cap.scope]}, {left} is left."
            yield Binding(scope=room.cap.scope, currency=amount.currency, left_micros=room.left_micros, words=words)
        if amount.unknown and (room.cap or room.job_cap):
            words = "Jobs at an unknown price need a maximum of their own while there is a cap."
            scope = room.cap.scope if room.cap else "job"
            yield Binding(scope=scope, currency=amount.currency, left_micros=room.left_micros, words=words)
        yield from _over_job_cap(made, room, amount.currency)


_WHOSE = {"job": "a job", "canvas": "this canvas", "day": "the day", "user": "you"}


def _other_currency(room: Headroom, currency: str) -> Binding:
    assert room.cap is not None
    words = f"The cap for {_WHOSE[room.cap.scope]} is in {room.cap.currency}: set one in {currency} as well."
    return Binding(scope=room.cap.scope, currency=currency, left_micros=None, words=words)


def _over_job_cap(made: Plan, room: Headroom, currency: str) -> Iterator[Binding]:
    if room.job_cap is None:
        return
    limit = room.job_cap.limit_micros
    over = [step for step in made.steps if step.currency == currency and (step.high_micros or 0) > limit]
    if over:
        words = f"A job may cost {money(limit, currency)}; “{over[0].title}” may cost more."
        yield Binding(scope="job", currency=currency, left_micros=limit, words=words)
