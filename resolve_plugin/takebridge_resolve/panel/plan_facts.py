"""What a plan dialog shows, asked for in one go off the GUI thread; and what leaves this computer when it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from takebridge.canvas.model import Canvas, NodeKind
from takebridge.canvas.plan_types import Plan, Scope, Step
from takebridge.client.api import Api
from takebridge.client.replies import read
from takebridge.errors import BridgeError
from takebridge.ids import CanvasId
from takebridge_resolve.panel.models import Model
from takebridge_resolve.panel.plan_lines import Purse, purse_of
from takebridge_resolve.panel.spend import remaining
from takebridge_resolve.panel.words import counted

LOCAL_ONLY = "Nothing: it stays on this computer"
_THINGS = {"video": "clip", "image": "still", "audio": "sound"}


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A plan with the money around it, and what it sends where."""

    plan: Plan
    purse: Purse
    uploads: str


def load(api: Api, canvas_id: CanvasId, scope: Scope) -> PlanFacts:
    """Ask for plan, budget and what would be uploaded. Raises what the bridge raises; starts nothing."""
    plan = api.plan(canvas_id, scope)
    currency = next((step.currency for step in plan.steps if not step.free), "USD")
    purse = purse_of(remaining(api, canvas_id), spent_today(api, currency), currency)
    remote = any(not step.local for step in plan.steps)
    return PlanFacts(plan, purse, _uploads(api, canvas_id, plan) if remote else LOCAL_ONLY)


def spent_today(api: Api, currency: str = "USD") -> int:
    """Return what was spent and held today (UTC), in micros."""
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    lines = (one for one in api.spend(by=["day"]) if one.day == day and one.currency == currency)
    return sum(one.settled_micros + one.reserved_micros for one in lines)


def _uploads(api: Api, canvas_id: CanvasId, plan: Plan) -> str:
    try:
        models = {model.id: model for model in read(list[Model], api.client.get("/api/models"))}
        return uploads(plan.steps, api.canvas(canvas_id).canvas, api.kinds(), models)
    except BridgeError:
        return "to the provider, what is wired to these nodes"


def uploads(steps: Iterable[Step], canvas: Canvas, kinds: Mapping[str, NodeKind], models: Mapping[str, Model]) -> str:
    """Return what goes to which model: ``2 clips, 3 stills → Veo 3.1 (google)``; what runs here is left out."""
    sent: dict[str, dict[tuple[str, str], str]] = {}
    for step in steps:
        if step.local:
            continue
        fed = sent.setdefault(step.model, {})
        for wire in canvas.wires.values():
            if wire.dst_node == step.node and wire.src_node in canvas.nodes:
                source = canvas.nodes[wire.src_node]
                fed[(wire.src_node, wire.src_port)] = _thing(kinds.get(source.kind), wire.src_port)
    return (
        "; ".join(f"{_things(fed.values())} → {_model(models.get(key), key)}" for key, fed in sent.items())
        or LOCAL_ONLY
    )


def _thing(kind: NodeKind | None, port: str) -> str:
    found = kind.output(port) if kind else None
    return next((_THINGS[one] for one in sorted(found.types) if one in _THINGS), "text") if found else "file"


def _things(things: Iterable[str]) -> str:
    listed = list(things)
    counts = [(sum(one == thing for one in listed), thing) for thing in ("clip", "still", "sound", "file", "text")]
    return ", ".join(counted(count, thing) for count, thing in counts if count) or "the prompt"


def _model(model: Model | None, key: str) -> str:
    if model is None:
        return key
    return f"{model.title} ({model.provider})" if model.provider else model.title
