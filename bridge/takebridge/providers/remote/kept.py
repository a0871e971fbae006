"""Answers that are the result: kept on the shelf with the submit, read from there by every later look."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from takebridge.providers.protocol import Artifact, JobUpdate, RemoteJob
from takebridge.providers.remote.answers import failed
from takebridge.providers.remote.order import Order
from takebridge.providers.remote.refusals import Refusal, RefusalKind
from takebridge.providers.remote.shelf import Shelf

API = "api"
ANSWER = "answer"
"""``details[API] == ANSWER`` marks a job whose result came with the submit; its id is the token."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One result in full: the port it fills, what it is, the suffix of its file, its bytes."""

    port: str
    media_type: str
    suffix: str
    data: bytes


def job_of(order: Order) -> RemoteJob:
    """Return the job whose result is on the shelf under the order's token."""
    profile = order.profile
    return RemoteJob(provider=profile.provider, id=order.request.token, model=profile.id, details={API: ANSWER})


def decoded(value: object) -> bytes:
    """Return the bytes of base64 in an answer, none for anything else."""
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        return b""


async def keep(
    shelf: Shelf,
    order: Order,
    pieces: Sequence[Piece],
    *,
    seed: int | None = None,
    model: str = "",
    micros: int | None = None,
) -> RemoteJob:
    """Store results, then the facts that say which there are; return their job. Raises DiskFullError."""
    token = order.request.token
    return await asyncio.to_thread(_keep, shelf, order, token, tuple(pieces), seed, model, micros)


async def keep_failure(shelf: Shelf, order: Order, refusal: Refusal, micros: int | None = None) -> RemoteJob:
    """Store that the answer came (and may have cost ``micros``) but is no result; return its job."""
    facts = {"failed": refusal.kind, "reason": refusal.reason, "micros": micros}
    await asyncio.to_thread(shelf.keep_facts, order.request.token, facts)
    return job_of(order)


async def found(shelf: Shelf, order: Order) -> RemoteJob | None:
    """Return the job whose answer this machine kept before it died, None without one."""
    facts = await asyncio.to_thread(shelf.facts, order.request.token)
    return job_of(order) if facts is not None else None


async def update_of(job: RemoteJob, shelf: Shelf) -> JobUpdate:
    """Return what was kept: done or failed; ``lost`` once the shelf was swept."""
    facts = await asyncio.to_thread(shelf.facts, job.id)
    if facts is None:
        return JobUpdate(
            state="lost",
            error_code="not_found",
            error_message="The answer of this job is no longer kept on this machine.",
            error_hint="Answers are kept for two days. Generate it again.",
        )
    if "failed" in facts:
        kind: RefusalKind = facts["failed"]
        return failed(Refusal(kind, str(facts.get("reason", ""))), cost_micros=facts.get("micros"))
    return _done(facts)


def _keep(
    shelf: Shelf,
    order: Order,
    token: str,
    pieces: tuple[Piece, ...],
    seed: int | None,
    model: str,
    micros: int | None,
) -> RemoteJob:
    results = [
        {"port": one.port, "media_type": one.media_type, "location": shelf.keep(token, one.port + one.suffix, one.data)}
        for one in pieces
    ]
    shelf.keep_facts(token, {"results": results, "seed": seed, "model": model, "micros": micros})
    return job_of(order)


def _done(facts: Mapping[str, Any]) -> JobUpdate:
    return JobUpdate(
        state="done",
        done=1,
        total=1,
        artifacts=tuple(Artifact.model_validate(one) for one in facts["results"]),
        seed_used=facts.get("seed"),
        model_reported=facts.get("model") or "",
        cost_micros=facts.get("micros"),
    )
