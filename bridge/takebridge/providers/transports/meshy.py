"""Meshy's API (``/openapi/v1``): pictures become a model, in GLB and FBX at once.

Pictures go along as data URIs. A job cannot be stopped, and cannot be found by an id of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from takebridge.errors import ProviderUnavailableError
from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote.answers import (
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

_MODERATED = ("moderation", "nsfw", "inappropriate", "policy", "unsafe", "blocked")
_INPUT_WORDS = ("input", "prompt", "image")


class Meshy:
    """`Transport` of the API."""

    name = "meshy"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """Bearer; keys begin with ``msy_``."""
        return {"Authorization": f"Bearer {key.reveal()}"} if key else {}

    def explain(self, reply: Reply) -> Refusal:
        """By status; the body has a ``message`` and no code."""
        plain = explain_by_status(reply)
        moderated = reply.status in (400, 403, 422) and _stage(plain.reason) is not None
        return Refusal("moderation_input" if moderated else plain.kind, plain.reason, plain.retry_after)

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Start the task."""
        path, body = routed(order.mode.path, await order.body(_no_upload))
        reply = await door.spend(path, json=body)
        if not (made := words(reply.fields().get("result"))):
            raise door.garbled()
        wanted = order.request.params.get("format", order.profile.params.get("format", "glb"))
        details = {"path": path, "port": order.profile.outputs[0], "format": str(wanted)}
        return RemoteJob(provider=order.profile.provider, id=made, model=order.profile.id, details=details)

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Look at the task."""
        found = await look_at(door, f"{job.details['path']}/{job.id}")
        if found is None:
            return JobUpdate(state="lost")
        match found.get("status"):
            case "PENDING":
                return JobUpdate(state="queued")
            case "IN_PROGRESS":
                return running(percent(found.get("progress")))
            case "SUCCEEDED":
                return _succeeded(found, job)
            case "FAILED":
                reason = words(within(found, "task_error", "message"))
                return failed(Refusal(_stage(reason) or "server", reason))
            case "EXPIRED":
                return failed(Refusal("timeout", "the task expired"))
            case "CANCELED" | "CANCELLED":
                return JobUpdate(state="cancelled")
        raise nonsense(door)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Refuse: what the API can delete, it does not say to stop."""
        raise ProviderUnavailableError(
            "Meshy cannot stop a job once it is sent.", hint="Let it finish; its take can be deleted afterwards."
        )

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """Tasks carry no id of ours: None."""
        return None

    async def check(self, door: Door) -> ProviderStatus:
        """Ask for the balance: free."""
        left = number(object_of(door, await door.ask("/openapi/v1/balance")).get("balance"))
        told = "" if left is None else f" {left:,.10g} credits are left."
        return ProviderStatus(ready=True, message=f"Meshy takes the key.{told}")


def routed(path: str, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return where a request goes and its body: several pictures of one thing have an address of their own."""
    given = listed(body.get("image_urls"))
    if not given:
        return path, body
    if len(given) > 1:
        return path.replace("/image-to-3d", "/multi-image-to-3d"), body
    return path, {**{name: value for name, value in body.items() if name != "image_urls"}, "image_url": given[0]}


def _succeeded(found: Mapping[str, Any], job: RemoteJob) -> JobUpdate:
    wanted = job.details.get("format", "glb")
    url = words(within(found, "model_urls", wanted))
    if not url:
        return failed(Refusal("server", f"Meshy says it succeeded, and names no {wanted.upper()} file."))
    return done(job, url, model_reported=words(found.get("ai_model")))


def _stage(reason: str) -> RefusalKind | None:
    low = reason.lower()
    if not any(word in low for word in _MODERATED):
        return None
    return "moderation_input" if any(word in low for word in _INPUT_WORDS) else "moderation_output"


async def _no_upload(*_: object) -> str:
    raise ProviderUnavailableError(
        "Meshy takes this file only by a public address.", hint="Choose Meshy at fal for it, or another model."
    )


TRANSPORT = Meshy()
