"""Black Forest Labs' API: one POST a model, one regional address to look at (blackforest 0.1.3, litellm 1.109.1).

There is no way to stop a job or to find one, and its result lives for about ten minutes (providers.md §2.9, §2.12).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from takebridge.errors import CapabilityError, ProviderUnavailableError
from takebridge.providers.facts import Json
from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote.answers import (
    done,
    failed,
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
from takebridge.providers.remote.refusals import Refusal
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf
from takebridge.providers.transports.ports import port_details, seed_of

CENT_MICROS = 10_000


class BflTransport:
    """Submits and looks. Pictures go along in the body."""

    name = "bfl"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """``x-key``."""
        return {"x-key": key.reveal()} if key else {}

    def explain(self, reply: Reply) -> Refusal:
        """Read ``{detail}``: a text, or a list of what is wrong with the body (422)."""
        plain, detail = explain_by_status(reply), reply.fields().get("detail")
        if not isinstance(detail, list):
            return plain
        told = "; ".join(_fault(one) for one in detail if isinstance(one, dict))
        return Refusal(plain.kind, told or plain.reason, plain.retry_after)

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Ask once. Raises what `Door.spend` does."""
        body = shaped(await order.body(_no_upload))
        answer = (await door.spend(order.mode.path or f"/v1/{order.remote_id}", json=body)).fields()
        if not (made := words(answer.get("id"))):
            raise door.garbled()
        cost = _micros(answer.get("cost"))
        told = {} if cost is None else {"cost_micros": str(cost)}
        return RemoteJob(
            provider=order.profile.provider,
            id=made,
            model=order.profile.id,
            details={**port_details(order), "polling_url": _place(door, answer, made), **told},
        )

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Look at the address this job was given: only its own region knows it."""
        reply = await door.look(job.details["polling_url"])
        if reply.status not in (200, 404):
            raise door.refused(reply)
        found = reply.fields()
        match found.get("status"):
            case "Pending":
                share = number(found.get("progress"))
                return running(percent(share * 100) if share else None)
            case "Ready":
                return _result(job, found)
            case "Request Moderated":
                return failed(Refusal("moderation_input", _reasons(found)))
            case "Content Moderated":
                return failed(Refusal("moderation_output", _reasons(found)))
            case "Error":
                return failed(Refusal("server", _reasons(found)))
            case "Task not found":
                return JobUpdate(state="lost")
        if reply.status == 404:
            return JobUpdate(state="lost")
        raise nonsense(door)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Refuse: the API cannot stop a job."""
        raise ProviderUnavailableError(
            "Black Forest Labs cannot stop a job once it is sent.",
            hint="Let it finish; its take can be deleted afterwards.",
        )

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """None: jobs carry no id of ours and cannot be listed."""
        return None

    async def check(self, door: Door) -> ProviderStatus:
        """Read the credits (an address from memory). Where it is not there, say so: nothing else is free."""
        reply = await door.look("/v1/credits")
        if reply.status in (404, 405):
            return ProviderStatus(
                ready=True, message="There is a key. Nothing free at Black Forest Labs says whether it works."
            )
        if reply.status >= 300:
            raise door.refused(reply)
        credits = number(object_of(door, reply).get("credits"))
        if credits is None:
            return ProviderStatus(ready=True, message="Black Forest Labs takes the key.")
        told = f"Black Forest Labs takes the key; {credits:,.2f} credits are left."
        if credits > 0:
            return ProviderStatus(ready=True, message=told)
        return ProviderStatus(ready=False, message=told, hint="Buy credits, or choose another provider's model.")


def shaped(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body as this API names its fields.

    A list of pictures, ``input_images``, becomes ``input_image``, ``input_image_2`` …; a ``size`` such as ``1920x1088``
    becomes ``width`` and ``height``.
    """
    found = dict(body)
    for place, picture in enumerate(found.pop("input_images", []), 1):
        found["input_image" if place == 1 else f"input_image_{place}"] = picture
    width, _, height = words(found.pop("size", "")).partition("x")
    return found | ({"width": int(width), "height": int(height)} if height else {})


async def _no_upload(path: Path, kind: str) -> str:
    raise CapabilityError(
        "Black Forest Labs takes no uploads.", hint="Write the picture as base64 in the catalogue's mode."
    )


def _place(door: Door, answer: Mapping[str, Any], made: str) -> str:
    """Return where to look: the address given, as a path where it lies below ``base_url`` (a proxy may come later).

    One outside the account's hosts is kept: looking there is refused, with words, until a person allows its host.
    """
    given = words(answer.get("polling_url"))
    if "://" not in given:
        return f"/v1/get_result?id={made}"
    return given.removeprefix(door.url_of("/").rstrip("/")) if door.is_own(given) else given


def _result(job: RemoteJob, found: Mapping[str, Any]) -> JobUpdate:
    if not (address := words(within(found, "result", "sample"))):
        return failed(Refusal("server", "It says it is ready, and names no result."))
    cost = job.details.get("cost_micros")
    seed = seed_of(within(found, "result", "seed"))
    return done(job, address, seed_used=seed, cost_micros=int(cost) if cost else None)


def _micros(value: Json) -> int | None:
    cents = number(value)
    return None if cents is None or cents < 0 else round(cents * CENT_MICROS)


def _reasons(found: Mapping[str, Any]) -> str:
    """Return what an answer says of its reasons, which is a list or an object beside the status."""
    told = within(found, "details", "Moderation Reasons") or within(found, "details", "error") or found.get("result")
    return ", ".join(map(str, told)) if isinstance(told, list) else words(told)


def _fault(one: Mapping[str, Any]) -> str:
    where = one.get("loc")
    field = ".".join(str(part) for part in where[1:]) if isinstance(where, list) else ""
    return f"{field}: {one.get('msg', '')}" if field else str(one.get("msg", ""))


TRANSPORT = BflTransport()
