"""Provenance: where a take came from, in one document that travels with it.

Re-encoding for an editor's slot drops what a file says of itself (Content Credentials), so this is written beside each
file that goes to an editor, and the file a provider handed over is kept as it came.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from takebridge.canvas.model import Canvas, ParamValue, Take
from takebridge.canvas.wiring import get_take
from takebridge.errors import BridgeError
from takebridge.ids import CanvasId, TakeId
from takebridge.media.publish import publishing
from takebridge.providers.facts import Rights
from takebridge.providers.protocol import RemoteJob
from takebridge.services.bridge import Bridge

SUFFIX = ".takebridge.json"


class Ingredient(BaseModel):
    """One input of a take: the file by the hash of its content, and the take it was."""

    model_config = ConfigDict(frozen=True)

    port: str
    content: str
    take: TakeId
    node: str = ""
    frames: tuple[int, int] | None = None


class Made(BaseModel):
    """One output: its file by the hash of its content, and what was found in it."""

    model_config = ConfigDict(frozen=True)

    content: str
    facts: dict[str, bool | int | str]


class Provenance(BaseModel):
    """Where a take came from. Unknown amounts are None, unknown words "". Frame ranges are half-open.

    ``recipe`` is the fingerprint of the request (`docs/canvas.md`), ``notes`` what was made otherwise than asked.
    ``rights`` are the facts of the model's profile on ``rights_checked_on``, as far as somebody has looked them up.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: Literal[1] = 1
    canvas: CanvasId
    take: TakeId
    node: str
    number: int
    kind: str
    origin: str
    made_at: str
    author: str
    previz: bool
    provider: str
    model: str
    model_reported: str
    remote_job: str
    recipe: str
    prompt: str
    params: dict[str, ParamValue]
    seed: int | None
    inputs: tuple[Ingredient, ...]
    outputs: dict[str, Made]
    notes: tuple[str, ...]
    cost_micros: int | None
    currency: str
    licence: str
    safety: str
    rights: Rights
    rights_checked_on: str


def provenance_of(bridge: Bridge, canvas_id: CanvasId, take_id: TakeId) -> Provenance:
    """Return where a take came from. Raises NotFoundError, UnknownTakeError."""
    canvas = bridge.desk.view(canvas_id).canvas
    take = get_take(canvas, take_id)
    recipe = take.recipe
    licence, safety, rights, checked_on = _rights(bridge, take)
    return Provenance(
        canvas=canvas_id,
        take=take.id,
        node=_title(canvas, take),
        number=take.seq,
        kind=recipe.kind if recipe else "",
        origin=take.origin,
        made_at=take.created_at,
        author=take.author,
        previz=take.previz,
        provider=take.provider,
        model=take.model_requested,
        model_reported=take.model_reported,
        remote_job=_remote_id(bridge, take),
        recipe=take.recipe_fp or "",
        prompt=str(recipe.params.get("prompt", "")) if recipe else "",
        params=dict(recipe.params) if recipe else {},
        seed=take.seed_used,
        inputs=_ingredients(canvas, take),
        outputs={port: Made(content=one.content, facts=dict(one.facts)) for port, one in take.outputs.items()},
        notes=take.notes,
        cost_micros=take.cost_actual_micros,
        currency=take.currency,
        licence=licence,
        safety=safety,
        rights=rights,
        rights_checked_on=checked_on,
    )


def write_sidecar(bridge: Bridge, canvas_id: CanvasId, take_id: TakeId, beside: Path) -> Path:
    """Write the provenance beside a file (``<name>.takebridge.json``); return its path. Raises as `provenance_of`."""
    target = beside.with_name(beside.name + SUFFIX)
    text = provenance_of(bridge, canvas_id, take_id).model_dump_json(indent=1)
    with publishing(target) as part:
        part.write_text(text + "\n", "utf-8")
    return target


def _rights(bridge: Bridge, take: Take) -> tuple[str, str, Rights, str]:
    with suppress(BridgeError):  # a model no longer listed: what it allowed then is not known now
        profile = bridge.providers.profile(take.model_requested)
        return profile.licence, profile.safety, profile.rights, profile.checked_on
    return "", "", Rights(), ""


def _remote_id(bridge: Bridge, take: Take) -> str:
    """The provider's own id of the job, for its history and its support."""
    entry = bridge.ledger.find(take.job_id) if take.job_id else None
    if entry is None or not entry.remote_job:
        return ""
    with suppress(ValueError):
        return RemoteJob.model_validate_json(entry.remote_job).id
    return ""


def _ingredients(canvas: Canvas, take: Take) -> tuple[Ingredient, ...]:
    return tuple(
        Ingredient(
            port=one.port,
            content=one.content,
            take=one.take,
            node=_title(canvas, canvas.takes[one.take]) if one.take in canvas.takes else "",
            frames=(one.used.start, one.used.end) if one.used else None,
        )
        for one in (take.recipe.inputs if take.recipe else ())
    )


def _title(canvas: Canvas, take: Take) -> str:
    node = canvas.nodes.get(take.node_id)
    return (node.title or node.kind) if node else ""
