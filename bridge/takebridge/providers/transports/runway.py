"""Runway's tasks: one contract for its own models and those of others (runwayml 5.24.0, run against a local server)."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from takebridge.errors import CapabilityError
from takebridge.providers.facts import Json
from takebridge.providers.protocol import JobUpdate, MediaInput, ProviderStatus, RemoteJob
from takebridge.providers.remote.answers import (
    done,
    failed,
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
from takebridge.providers.remote.uploads import hand_over
from takebridge.providers.transports.ports import port_details, unstopped
from takebridge.timebase import parse_media_rate

VERSION = "2024-11-06"
"""``X-Runway-Version``: without it every request is refused."""
LARGEST_UPLOAD = 200 * 10**6
CREDIT_MICROS = 10_000
"""One credit is a cent (litellm 1.109.1)."""

_MEDIA: Mapping[str, Mapping[str, Json]] = {
    "plain": {},
    "first": {"position": "first"},
    "last": {"position": "last"},
    "image": {"type": "image"},
    "video": {"type": "video"},
    "audio": {"type": "audio"},
    "start": {"seconds": 0},
}
"""This API lists media as objects. A catalogue writes ``promptImage.first``, ``references.plain[]``,
``referenceVideos.video[]``, ``keyframes.start``: the last word says what stands beside the ``uri``."""

_ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")


class RunwayTransport:
    """The tasks API. It takes no id of ours, and has no webhooks."""

    name = "runway"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """Bearer, and the version of the API."""
        proof = {"Authorization": f"Bearer {key.reveal()}"} if key else {}
        return {**proof, "X-Runway-Version": VERSION}

    def explain(self, reply: Reply) -> Refusal:
        """Read ``{error, issues}``: an unknown model and an empty balance are 400s like any other (memory)."""
        plain = explain_by_status(reply)
        if reply.status != 400:
            return plain
        if "credits" in plain.reason.lower():
            return Refusal("quota", plain.reason)
        issues = _issues(reply.fields().get("issues"))
        if any(path == "model" for path, _ in issues):
            return Refusal("retired_model", plain.reason)
        told = "; ".join(f"{path}: {message}" for path, message in issues)
        return Refusal("invalid_input", f"{plain.reason} ({told})" if told else plain.reason)

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Upload, then ask once. Raises what `Door.spend` does, and CapabilityError for a file too large."""
        sent: dict[Path, str] = {}

        async def upload(path: Path, kind: str) -> str:
            if path not in sent:
                sent[path] = await _uploaded(door, path)
            return sent[path]

        body = {"model": order.remote_id, **shaped(await settled(order).body(upload))}
        answer = (await door.spend(order.mode.path, json=body)).fields()
        if not (task := words(answer.get("id"))):
            raise door.garbled()
        return RemoteJob(provider=order.profile.provider, id=task, model=order.profile.id, details=port_details(order))

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Look at the task. THROTTLED waits for the account's own limit: queued, not refused."""
        task = await look_at(door, f"/v1/tasks/{job.id}")
        if task is None:
            return JobUpdate(state="lost")
        match task.get("status"):
            case "PENDING" | "THROTTLED":
                return JobUpdate(state="queued")
            case "RUNNING":
                share = number(task.get("progress"))
                return running(None if share is None else percent(share * 100))
            case "CANCELLED":
                return JobUpdate(state="cancelled", cost_micros=_cost(task))
            case "FAILED":
                return _failure(task)
            case "SUCCEEDED":
                return _result(job, task)
        raise nonsense(door)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Stop a task that has not ended; one that has is left alone: DELETE would delete its result.

        A running task is not refunded.
        """
        task = await look_at(door, f"/v1/tasks/{job.id}")
        if task is None or task.get("status") in _ENDED:
            return
        reply = await door.look(f"/v1/tasks/{job.id}", method="DELETE")
        if reply.status >= 300 and reply.status != 404:
            raise unstopped(door, reply)

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """None: tasks carry no id of ours and cannot be listed."""
        return None

    async def check(self, door: Door) -> ProviderStatus:
        """Read the organisation: free, and tells the balance."""
        facts = object_of(door, await door.ask("/v1/organization"))
        credits = number(facts.get("creditBalance"))
        if credits is None:
            return ProviderStatus(ready=True, message="Runway takes the key.")
        told = f"Runway takes the key; {credits:,.0f} credits (${credits / 100:,.2f}) are left."
        if credits > 0:
            return ProviderStatus(ready=True, message=told)
        return ProviderStatus(ready=False, message=told, hint="Buy credits at Runway, or choose another provider.")


# --- requests -------------------------------------------------------------------------------------------


def shaped(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body with lists of media as this API writes them (see `_MEDIA`); all else as it is."""
    return {name: _listed(value) if _is_media(value) else value for name, value in body.items()}


def settled(order: Order) -> Order:
    """Return the order with what was left open decided by its inputs, for fields this API wants said.

    The aspect ``auto`` becomes the nearest one the mode has a size for; a length left open is that of the clip,
    as far as the model goes.
    """
    request, changes = order.request, dict[str, Any]()
    if (aspect := _aspect_of(order)) is not None:
        changes["params"] = {**request.params, "aspect": aspect}
    if request.duration_ms is None and request.frame_count and request.rate:
        length = math.ceil(request.frame_count * 1000 / parse_media_rate(request.rate).fraction)
        shortest, longest = order.profile.duration_ms or (length, length)
        changes["duration_ms"] = min(max(length, shortest), longest)
    return Order(request.model_copy(update=changes), order.profile, order.mode) if changes else order


def _aspect_of(order: Order) -> str | None:
    """Return the aspect nearest to the first picture given; None where it was chosen, or nothing asks for it."""
    spec = order.mode.body.get("size")
    picture = next((one for one in order.request.inputs if one.width and one.height), None)
    if spec is None or picture is None or order.request.params.get("aspect", "auto") != "auto":
        return None
    known = {key.partition("@")[0] for key in spec.map} - {"auto"}
    return min(sorted(known), key=lambda aspect: _distance(aspect, picture), default=None)


def _distance(aspect: str, picture: MediaInput) -> float:
    """How much of a picture is lost or added when it is brought to an aspect, as a logarithm."""
    width, _, height = aspect.partition(":")
    return abs(math.log(int(width) * picture.height / (int(height) * picture.width)))


def _is_media(value: Json) -> bool:
    return isinstance(value, dict) and bool(value) and set(value) <= set(_MEDIA)


def _listed(tagged: Mapping[str, Json]) -> list[dict[str, Json]]:
    found: list[dict[str, Json]] = []
    for tag, addresses in tagged.items():
        found += [{**_MEDIA[tag], "uri": uri} for uri in (addresses if isinstance(addresses, list) else [addresses])]
    return found


async def _uploaded(door: Door, path: Path) -> str:
    """Upload a file for a day; return its ``runway://`` address."""
    size = (await asyncio.to_thread(path.stat)).st_size
    if size > LARGEST_UPLOAD:
        raise CapabilityError(
            f"“{path.name}” has {size / 1e6:,.0f} MB; Runway takes files up to 200 MB.",
            hint="Use a shorter range, or a proxy. Nothing was submitted.",
        )
    # The name goes to Runway: the user's own need not.
    told = {"filename": f"input{path.suffix.lower()}", "type": "ephemeral"}
    made = object_of(door, await door.ask("/v1/uploads", method="POST", json=told))
    place, address, fields = words(made.get("uploadUrl")), words(made.get("runwayUri")), made.get("fields")
    if not place or not address or not isinstance(fields, dict):
        raise nonsense(door)
    form = {str(name): str(value) for name, value in fields.items()}
    await hand_over(door, door.resolve(place), path, method="POST", form=form)
    return address


# --- answers --------------------------------------------------------------------------------------------


def _result(job: RemoteJob, task: Mapping[str, Any]) -> JobUpdate:
    output = task.get("output")
    addresses = [one for one in output if words(one)] if isinstance(output, list) else []
    if not addresses:
        return failed(Refusal("server", "Runway says it succeeded, and names no result."), cost_micros=_cost(task))
    return done(job, addresses[0], cost_micros=_cost(task))


def _failure(task: Mapping[str, Any]) -> JobUpdate:
    code, reason = words(task.get("failureCode")), words(task.get("failure"))
    again = code.startswith(("INPUT_PREPROCESSING.INTERNAL", "INTERNAL"))
    hint = "Runway says that one more try may help." if again else ""
    return failed(Refusal(kind_of(code), reason or code), hint, cost_micros=_cost(task))


def kind_of(code: str) -> RefusalKind:
    """Return the kind of a ``failureCode``."""
    if "SAFETY" in code.split("."):
        # INPUT_PREPROCESSING.SAFETY.* is the prompt too (memory).
        return "moderation_input" if "INPUT" in code else "moderation_output"
    if code.startswith("ASSET."):
        return "asset_fetch"
    return "server"


def _issues(value: Json) -> list[tuple[str, str]]:
    """Return dotted path and message of each issue of a body that was refused."""
    found = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    paths = [path if isinstance(path := one.get("path"), list) else [] for one in found]
    return [(".".join(map(str, path)), words(one.get("message"))) for path, one in zip(paths, found, strict=True)]


def _cost(task: Mapping[str, Any]) -> int | None:
    """Return what a task that has ended was charged; 0: all of it was given back."""
    credits = number(within(task, "cost", "credits"))
    return None if credits is None or credits < 0 else round(credits * CREDIT_MICROS)


TRANSPORT = RunwayTransport()
