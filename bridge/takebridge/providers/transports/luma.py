"""Luma's Agents API (luma-agents 0.5.0): generations, and files handed over through presigned addresses.

Results are addresses that live for an hour; asking for the generation again gives fresh ones. There is no way to stop a
generation, to list them, or to find one by an id of ours, and no webhook (providers.md §2.7).
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from takebridge.errors import ProviderBusyError, ProviderUnavailableError
from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote.answers import done, failed, listed, look_at, mapped, nonsense, object_of, words
from takebridge.providers.remote.door import Door, Reply, explain_by_status
from takebridge.providers.remote.order import Order
from takebridge.providers.remote.refusals import Refusal, RefusalKind
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf
from takebridge.providers.remote.uploads import hand_over

_FAILURES: Mapping[str, RefusalKind] = {
    "content_moderated": "moderation_output",
    "generation_failed": "server",
    "budget_exhausted": "quota",
    "output_not_found": "server",
    "image_too_large": "invalid_input",
    "unsupported_format": "invalid_input",
    "corrupt_input": "invalid_input",
    "invalid_request": "invalid_input",
    "rate_limited": "rate_limit",
}
"""``failure_code`` of a generation: all there are (types/generation_failure_code.py)."""

_INPUT_WORDS = ("prompt", "input", "upload", "reference", "source")
_FIRST_PAUSE, _LONGEST_PAUSE, _PATIENCE = 0.1, 3.0, 120.0
"""Seconds between looks at a file that is being taken in, and how long that may take in all."""


class Luma:
    """`Transport` of the Agents API."""

    name = "luma"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """Bearer."""
        return {"Authorization": f"Bearer {key.reveal()}"} if key else {}

    def explain(self, reply: Reply) -> Refusal:
        """By status; a ``failure_code`` in the body says it better."""
        plain = explain_by_status(reply)
        code = words(reply.fields().get("failure_code"))
        return Refusal(_kind_of(code, plain.reason), plain.reason, plain.retry_after) if code else plain

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Hand the files over, wait until they are taken in, then start the generation."""

        async def upload(path: Path, kind: str) -> str:
            return await _uploaded(door, path, kind)

        body = shaped(await order.body(upload))
        reply = await door.spend(order.mode.path, json=body)
        if not (made := words(reply.fields().get("id"))):
            raise door.garbled()
        return RemoteJob(
            provider=order.profile.provider,
            id=made,
            model=order.profile.id,
            details={"port": order.profile.outputs[0]},
        )

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Look at the generation."""
        found = await look_at(door, f"/generations/{job.id}")
        if found is None:
            return JobUpdate(state="lost")
        model = words(found.get("model"))
        match found.get("state"):
            case "queued":
                return JobUpdate(state="queued", model_reported=model)
            case "processing":
                return JobUpdate(state="running", model_reported=model)
            case "failed":
                code, reason = words(found.get("failure_code")), words(found.get("failure_reason"))
                return failed(Refusal(_kind_of(code, reason), reason or code))
            case "completed":
                return _completed(found, job, model)
        raise nonsense(door)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Refuse: the API cannot stop a generation."""
        raise ProviderUnavailableError(
            "Luma cannot stop a generation once it is sent.", hint="Let it finish; its take can be deleted afterwards."
        )

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """The API lists no generations: None."""
        return None

    async def check(self, door: Door) -> ProviderStatus:
        """List one file: free, and needs the key. What is left on the account is not told by the API."""
        object_of(door, await door.ask("/files", params={"limit": 1}))
        return ProviderStatus(ready=True, message="Luma takes the key. It does not say what is left on the account.")


def shaped(body: dict[str, Any]) -> dict[str, Any]:
    """Return the body as this API wants it: references as objects, an empty prompt said, no word ``auto``."""
    found = {name: value for name, value in body.items() if value != "auto"}
    if refs := found.get("image_ref"):
        found["image_ref"] = [{"file_id": one} for one in refs]
    return {"prompt": "", **found}


def _kind_of(code: str, reason: str) -> RefusalKind:
    if code == "content_moderated" and any(word in reason.lower() for word in _INPUT_WORDS):
        return "moderation_input"
    return _FAILURES.get(code, "server")


def _completed(found: Mapping[str, Any], job: RemoteJob, model: str) -> JobUpdate:
    """The first output of the wanted type, else the first (an EXR archive may stand beside the MP4)."""
    outputs = [one for one in listed(found.get("output")) if isinstance(one, Mapping) and words(one.get("url"))]
    wanted = job.details.get("port", "video")
    best = next((one for one in outputs if one.get("type") == wanted), outputs[0] if outputs else None)
    if best is None:
        return failed(Refusal("server", "Luma says it is completed, and names no result."))
    return done(job, str(best["url"]), model_reported=model)


async def _uploaded(door: Door, path: Path, kind: str) -> str:
    """Hand a file over; return its id once it may be used. Raises CapabilityError, ProviderBusyError."""
    size = (await asyncio.to_thread(path.stat)).st_size
    facts = {"mime_type": kind, "size_bytes": size, "filename": path.name, "purpose": "input"}
    made = object_of(door, await door.ask("/files", method="POST", json=facts))
    file_id, place = words(made.get("id")), made.get("upload")
    if not file_id or not isinstance(place, Mapping) or not words(place.get("url")):
        raise nonsense(door)
    await hand_over(
        door, str(place["url"]), path, method=words(place.get("method")) or "PUT", headers=mapped(place.get("headers"))
    )
    found = object_of(door, await door.ask(f"/files/{file_id}/complete", method="POST"))
    pause = _FIRST_PAUSE
    for _ in range(math.ceil(_PATIENCE / _LONGEST_PAUSE) + 5):
        match found.get("state"):
            case "ready":
                return file_id
            case "failed" | "deleted":
                reason = words(found.get("failure_reason")) or "the file was not taken in"
                moderated = "moderat" in reason.lower()
                raise door.refused_in_words(Refusal("moderation_input" if moderated else "asset_fetch", reason))
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
        found = object_of(door, await door.ask(f"/files/{file_id}"))
    raise ProviderBusyError("Luma is still taking in the file.")


TRANSPORT = Luma()
