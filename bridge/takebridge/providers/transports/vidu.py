"""Vidu's API (platform.vidu.com, ``/ent/v2``): a task, its creations, and credits for what it cost (providers.md §2.9).

Pictures go along as data URIs. Result addresses live an hour and are new with every look. A task can be stopped while
it waits. A task cannot be found by an id of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from takebridge.errors import ProviderUnavailableError
from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote.answers import (
    MODERATED,
    done,
    failed,
    listed,
    look_at,
    nonsense,
    number,
    object_of,
    percent,
    running,
    within,
    words,
)
from takebridge.providers.remote.door import Door, Reply, explain_by_status
from takebridge.providers.remote.order import Order
from takebridge.providers.remote.refusals import Refusal, RefusalKind
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf

CREDIT_MICROS = 50_000
"""A credit is 5 US cents (third parties, 2026-07)."""

_REASONS: Mapping[str, RefusalKind] = {
    "AuditSubmitIllegal": "moderation_input",
    "TaskPromptPolicyViolation": "moderation_input",
    "CreationPolicyViolation": "moderation_output",
    "CreditInsufficient": "quota",
    "ModelUnavailable": "retired_model",
    "ImageDownloadFailure": "asset_fetch",
    "OperationInProcess": "rate_limit",
    "QuotaExceeded": "rate_limit",
    "TooManyRequests": "rate_limit",
    "SystemThrottling": "rate_limit",
    "Unauthorized": "auth",
    "Forbidden": "auth",
    "InternalServiceFailure": "server",
}
"""``reason`` of an error answer and ``err_code`` of a failed task (the vendor's list of error codes)."""

_BAD_INPUT = ("Field", "Image", "PageSize", "BadRequest")


class Vidu:
    """`Transport` of ``/ent/v2``."""

    name = "vidu"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """The scheme is ``Token``, not Bearer."""
        return {"Authorization": f"Token {key.reveal()}"} if key else {}

    def explain(self, reply: Reply) -> Refusal:
        """By the error's ``reason``, else by status: an empty account answers 400."""
        plain = explain_by_status(reply)
        fields = reply.fields()
        return Refusal(
            _kind_of(words(fields.get("reason")), plain.kind),
            words(fields.get("message")) or plain.reason,
            plain.retry_after,
        )

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Start the task."""
        body = {name: value for name, value in (await order.body(_no_upload)).items() if value != "auto"}
        reply = await door.spend(order.mode.path, json=body)
        fields = reply.fields()
        if not (made := words(fields.get("task_id"))):
            raise door.garbled()
        details = {"port": order.profile.outputs[0]}
        if (seed := fields.get("seed")) is not None:
            details["seed"] = str(seed)
        return RemoteJob(provider=order.profile.provider, id=made, model=order.profile.id, details=details)

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Look at the task's creations."""
        found = await look_at(door, f"/ent/v2/tasks/{job.id}/creations")
        if found is None:
            return JobUpdate(state="lost")
        match found.get("state"):
            case "created" | "queueing":
                return JobUpdate(state="queued")
            case "processing":
                return running(percent(found.get("progress")))
            case "success":
                return _succeeded(found, job)
            case "failed":
                return _failed(found)
        raise nonsense(door)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Stop a task that still waits. One that has ended is no error; one that runs cannot be stopped."""
        reply = await door.look(f"/ent/v2/tasks/{job.id}/cancel", method="POST", json={"id": job.id})
        if 200 <= reply.status < 300 or reply.status == 404:
            return
        if reply.status in (401, 403):
            raise door.refused(reply)
        found = await look_at(door, f"/ent/v2/tasks/{job.id}/creations")
        if found is None or found.get("state") in ("success", "failed"):
            return
        raise ProviderUnavailableError(
            "Vidu stops a job only while it waits, and this one runs already.",
            hint="Let it finish; its take can be deleted afterwards.",
        )

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """Tasks cannot be listed or asked for by an id of ours: None."""
        return None

    async def check(self, door: Door) -> ProviderStatus:
        """Ask what is left: free."""
        found = object_of(door, await door.ask("/ent/v2/credits", params={"show_detail": "false"}))
        left = sum(number(within(one, "credit_remain")) or 0 for one in listed(found.get("remains")))
        return ProviderStatus(ready=True, message=f"Vidu takes the key. {left:,.10g} credits are left.")


def _kind_of(reason: str, plain: RefusalKind) -> RefusalKind:
    return _REASONS.get(reason, "invalid_input" if reason.startswith(_BAD_INPUT) else plain)


def _succeeded(found: Mapping[str, Any], job: RemoteJob) -> JobUpdate:
    creations = listed(found.get("creations"))
    url = words(within(creations[0], "url")) if creations else ""
    if not url:
        return failed(Refusal("server", "Vidu says it succeeded, and names no result."))
    seed = job.details.get("seed", "")
    used = int(seed) if seed.isdecimal() and seed != "0" else None
    return done(job, url, cost_micros=_cost(found), seed_used=used)


def _failed(found: Mapping[str, Any]) -> JobUpdate:
    code = words(found.get("err_code"))
    if code in ("UserCancelled", "Canceled"):
        return JobUpdate(state="cancelled")
    kind = _kind_of(code, "server")
    told = f"{code}: refused by the vendor's content rules" if kind in MODERATED else code
    return failed(Refusal(kind, told), cost_micros=0 if _cost(found) == 0 else None)


def _cost(found: Mapping[str, Any]) -> int | None:
    credits = number(found.get("credits"))
    return None if credits is None or credits < 0 else round(credits * CREDIT_MICROS)


async def _no_upload(*_: object) -> str:
    raise ProviderUnavailableError(
        "Vidu takes this file only by a public address.", hint="Choose Vidu at fal for it, or another model."
    )


TRANSPORT = Vidu()
