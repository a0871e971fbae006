"""Generate: a node's recipe becomes a job. Everything is checked, and the money held, before the job is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from takebridge.canvas.fingerprint import check_param, fingerprint, recipe_of
from takebridge.canvas.model import Canvas, Node, NodeKind, Recipe
from takebridge.errors import (
    CapabilityError,
    PreconditionError,
    ProviderUnavailableError,
    UnknownNodeError,
    UsageError,
)
from takebridge.ids import CanvasId, JobId, NodeId, new_id
from takebridge.jobs.port import JobQueue
from takebridge.providers.pricing import Estimate
from takebridge.providers.protocol import ModelProfile
from takebridge.services.bridge import Bridge
from takebridge.services.fitting import agree, defaults_of
from takebridge.services.job_facts import announce
from takebridge.services.requests import build_request, price_of
from takebridge.store.amounts import money, money_range
from takebridge.store.jobs import JobRecord, Origin, Variant
from takebridge.store.ledger import Entry, now_text

__all__ = ["Asked", "Variant", "consent", "hold", "keep", "prepare", "start"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything one job needs to be kept; nothing of it is stored yet."""

    record: JobRecord
    profile: ModelProfile
    price: Estimate


def start(
    bridge: Bridge,
    queue: JobQueue,
    canvas_id: CanvasId,
    node_id: NodeId,
    *,
    author: str,
    origin: Origin = "user",
    variant: Variant | None = None,
    run_id: str | None = None,
    fan_id: str | None = None,
    again: bool = False,
    priority: int = 0,
    max_micros: int | None = None,
    pinning: bool = True,
) -> JobRecord:
    """Queue a generation of one node and return its job.

    A job under way for the same node and recipe is returned instead, unless ``again`` asks for one more take. What
    is not free needs ``max_micros``, the most a person (``origin`` user) agreed to pay. Raises UsageError,
    ProviderError (PreconditionError without consent, BudgetError, CapabilityError, ProviderUnavailableError), or
    BlobMissingError, before anything is kept or spent.
    """
    asked = prepare(bridge, canvas_id, node_id, author=author, variant=variant)
    changes = {"run_id": run_id, "fan_id": fan_id, "priority": priority, "pinning": pinning}
    record = asked.record.model_copy(update={**changes, "origin": origin})
    if not again and (under_way := bridge.jobs.under_way(record)):
        return under_way
    record = consent(asked, record, max_micros)
    hold(bridge, record, bridge.desk.view(canvas_id).canvas)
    return keep(bridge, queue, record, join=not again)


# --- steps of asking ------------------------------------------------------------------------------------


def prepare(
    bridge: Bridge, canvas_id: CanvasId, node_id: NodeId, *, author: str, variant: Variant | None = None
) -> Asked:
    """Check everything about a generation but the money. Nothing is kept."""
    canvas = bridge.desk.view(canvas_id).canvas
    node, kind = _generating(bridge, canvas, node_id)
    own = recipe_of(canvas, node_id, bridge.desk.kinds)
    recipe = _varied(kind, own, variant or Variant())
    profile = _profile(bridge, kind, node, recipe.route)
    job_id = JobId(new_id("job"))
    asked = build_request(bridge, canvas, recipe, profile, token=job_id)
    others = bridge.providers.of_kind(profile.kind)
    agreed = agree(profile, asked, defaults=defaults_of(kind), others=others)
    request = agreed.request
    price = price_of(profile, request)
    record = JobRecord(
        id=job_id,
        canvas_id=canvas_id,
        node_id=node_id,
        provider=profile.provider,
        request=request,
        recipe=recipe.model_dump_json(),
        recipe_fp=fingerprint(recipe),
        node_fp=fingerprint(own),
        variant=variant,
        pin_at_submission=node.pin,
        author=author,
        total=request.frame_count or 0,
        currency=price.currency,
        low_micros=price.low_micros,
        high_micros=price.high_micros,
        notes=agreed.notes,
        keep_ms=agreed.keep_ms,
        created_at=now_text(),
    )
    return Asked(record, profile, price)


def consent(asked: Asked, record: JobRecord, max_micros: int | None) -> JobRecord:
    """Return the record with what was agreed to. Free jobs need no consent.

    A person agrees job by job, or by giving a node the policy *budget*; a sync, an import or a new release never
    does. Raises PreconditionError, with the numbers, when nobody agreed to the price.
    """
    if max_micros is not None and max_micros < 0:
        raise UsageError("The most a job may cost is not below nothing.", hint="Give a whole number of micros.")
    high = asked.price.high_micros
    if high == 0:
        return record.model_copy(update={"max_micros": None})
    if record.origin not in ("user", "policy"):
        raise _unasked(asked, record)
    if max_micros is None or (high is not None and max_micros < high):
        raise _unpaid(asked, record, max_micros)
    return record.model_copy(update={"max_micros": max_micros})


def hold(bridge: Bridge, record: JobRecord, canvas: Canvas) -> None:
    """Reserve what the job may cost. Raises BudgetError; then nothing is held."""
    bridge.ledger.reserve(entry_of(record, _shot_of(bridge, canvas, record.node_id)))


def keep(bridge: Bridge, queue: JobQueue, record: JobRecord, *, join: bool = True) -> JobRecord:
    """Keep a job whose money is held and queue it; or join the one under way, and hold nothing any more."""
    try:
        if join:
            kept = bridge.jobs.add_or_join(record)
        else:
            bridge.jobs.add([record])
            kept = record
    except BaseException:
        bridge.ledger.release(record.id)
        raise
    if kept.id != record.id:
        bridge.ledger.release(record.id)
        return kept
    announce(bridge, kept)
    queue.enqueue(kept)
    return kept


def entry_of(record: JobRecord, shot: str = "") -> Entry:
    """Return the ledger's entry of a job. Held is the high estimate; what was agreed to where there is none."""
    return Entry(
        token=record.id,
        job_id=record.id,
        provider=record.provider,
        model=record.request.model,
        request_hash=hashlib.sha256(record.request.model_dump_json().encode()).hexdigest(),
        currency=record.currency,
        low_micros=record.low_micros,
        high_micros=record.high_micros,
        reserved_micros=record.max_micros if record.high_micros is None else record.high_micros,
        canvas_id=record.canvas_id,
        node_id=record.node_id,
        author=record.author,
        shot=shot,
    )


# --- checks ---------------------------------------------------------------------------------------------


def _generating(bridge: Bridge, canvas: Canvas, node_id: NodeId) -> tuple[Node, NodeKind]:
    node = canvas.nodes.get(node_id)
    if node is None:
        raise UnknownNodeError("There is no such node on this canvas.", node=node_id)
    kind = bridge.desk.kinds.get(node.kind)
    if kind is None:
        raise UnknownNodeError(
            f"“{node.title}” is a “{node.kind}” node, and no such kind is installed.",
            hint="Install the package that brings this node kind, then restart the bridge.",
            node=node_id,
        )
    if kind.models is None:
        raise CapabilityError(f"“{node.title}” does not generate.", hint="Generate a node behind it.", node=node_id)
    if node.locked:
        raise PreconditionError(f"“{node.title}” is locked.", hint="Unlock it first.", node=node_id)
    return node, kind


def _varied(kind: NodeKind, recipe: Recipe, variant: Variant) -> Recipe:
    """Return the recipe with the variant's model and seed. Raises CapabilityError, InvalidParamError."""
    params = dict(recipe.params)
    if variant.seed is not None:
        if kind.param("seed") is None:
            raise CapabilityError(f"{kind.title} takes no seed.", hint="Vary the model instead.")
        check_param(kind, "seed", variant.seed)
        params["seed"] = variant.seed
    return recipe.model_copy(update={"params": params, "route": variant.model or recipe.route})


def _profile(bridge: Bridge, kind: NodeKind, node: Node, route: str) -> ModelProfile:
    if route:
        return bridge.providers.profile(route)
    models = [model.id for model in bridge.providers.of_kind(kind.models or "")]
    choose = f"Choose one with 'takebridge node model NODE MODEL': {', '.join(models[:5])}."
    install = f"Install or configure a provider that makes {kind.models}, then choose its model."
    raise ProviderUnavailableError(
        f"No provider is configured for “{node.title or kind.title}”.",
        hint=choose if models else install,
        node=node.id,
        kind=kind.key,
    )


def _shot_of(bridge: Bridge, canvas: Canvas, node_id: NodeId) -> str:
    """The shot people know it by: that of the nearest clip the node works on, else the node's own title."""
    shots = {link.node_id: link.shot for link in bridge.links.of_canvas(canvas.id)}
    ring, seen = [node_id], {node_id}
    while shots and ring:
        if found := next((shots[node] for node in ring if node in shots), None):
            return found
        above = dict.fromkeys(wire.src_node for wire in canvas.wires.values() if wire.dst_node in ring)
        ring = [node for node in above if node not in seen]
        seen.update(ring)
    node = canvas.nodes[node_id]
    return node.title or bridge.desk.kinds[node.kind].title


# --- saying so ------------------------------------------------------------------------------------------


def _unasked(asked: Asked, record: JobRecord) -> PreconditionError:
    cost = money_range(asked.price.low_micros, asked.price.high_micros, asked.price.currency)
    return PreconditionError(
        f"This costs {cost}, and nobody was asked: what is not free starts by a person only.",
        hint="Nothing was spent. Look at it and generate it yourself.",
        node=record.node_id,
        origin=record.origin,
        high_micros=asked.price.high_micros,
    )


def _unpaid(asked: Asked, record: JobRecord, agreed: int | None) -> PreconditionError:
    low, high, currency = asked.price.low_micros, asked.price.high_micros, asked.price.currency
    if high is None:
        said = f"Nobody knows what {asked.profile.id} will cost"
        hint = "Nothing was spent. Say the most it may cost: --max-cost 5.00 (max_micros 5000000)."
    else:
        said = f"This costs {money_range(low, high, currency)}"
        said += "" if agreed is None else f", more than the {money(agreed, currency)} agreed to"
        hint = (
            f"Nothing was spent. To go on, agree to it: --max-cost {-(-high // 10_000) / 100:.2f} (max_micros {high})."
        )
    told = " ".join((f"{said}.", *record.notes))
    return PreconditionError(told, hint=hint, node=record.node_id, currency=currency, low_micros=low, high_micros=high)
