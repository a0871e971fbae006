"""sync.so: a picture (moving or still) and a voice become one clip in which the lips fit (providers.md §2.9).

Files are handed over through presigned addresses and registered as assets of the account. A job cannot be stopped, and
cannot be found by an id of ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from takebridge.errors import ProviderUnavailableError
from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote.answers import done, failed, listed, look_at, nonsense, object_of, within, words
from takebridge.providers.remote.door import Door, Reply, explain_by_status
from takebridge.providers.remote.order import Order
from takebridge.providers.remote.refusals import Refusal, RefusalKind
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf
from takebridge.providers.remote.uploads import hand_over

_MODERATION = ("moderation", "nsfw", "policy", "content_violation", "unsafe")
_BAD_INPUT = ("unsupported", "missing", "exceeded", "validation", "invalid", "corrupt", "no_face", "too_")
_CODES: Mapping[str, RefusalKind] = {
    "rate_limit_exceeded": "rate_limit",
    "concurrency_limit_reached": "rate_limit",
    "generation_unsupported_model": "retired_model",
}


class Sync:
    """`Transport` of the v2 API."""

    name = "sync"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """A header of its own."""
        return {"x-api-key": key.reveal()} if key else {}

    def explain(self, reply: Reply) -> Refusal:
        """By ``errorCode`` where it says more than the status; ``message`` may be a list."""
        plain = explain_by_status(reply)
        fields = reply.fields()
        said = fields.get("message")
        reason = "; ".join(map(str, said)) if isinstance(said, list) else words(said) or plain.reason
        code = words(fields.get("errorCode"))
        moderated = any(word in code for word in _MODERATION)
        kind = "moderation_input" if moderated else _CODES.get(code, plain.kind)
        return Refusal(kind, reason, plain.retry_after)

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Hand over picture and voice, then start the job."""

        async def upload(path: Path, kind: str) -> str:
            return await _uploaded(door, path, kind)

        body = shaped(await order.body(upload), _is_still(order))
        reply = await door.spend(order.mode.path, json=body)
        fields = reply.fields()
        if not (made := words(fields.get("id"))):
            raise door.garbled()
        if fields.get("status") == "REJECTED":
            raise door.refused_in_words(_refusal(fields))
        return RemoteJob(
            provider=order.profile.provider,
            id=made,
            model=order.profile.id,
            details={"port": order.profile.outputs[0]},
        )

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Look at the generation."""
        found = await look_at(door, f"/v2/generate/{job.id}")
        if found is None:
            return JobUpdate(state="lost")
        model = words(found.get("model"))
        match found.get("status"):
            case "PENDING":
                return JobUpdate(state="queued", model_reported=model)
            case "PROCESSING":
                return JobUpdate(state="running", model_reported=model)
            case "COMPLETED" if url := words(found.get("outputUrl")):
                return done(job, url, model_reported=model)
            case "COMPLETED":
                return failed(Refusal("server", "sync.so says it is completed, and names no result."))
            case "FAILED" | "REJECTED":
                return failed(_refusal(found))
        raise nonsense(door)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Refuse: the API cannot stop a generation."""
        raise ProviderUnavailableError(
            "sync.so cannot stop a job once it is sent.", hint="Let it finish; its take can be deleted afterwards."
        )

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """Generations are listed without an id of ours: None."""
        return None

    async def check(self, door: Door) -> ProviderStatus:
        """List the models: free."""
        reply = await door.ask("/v2/models")
        try:
            found = reply.json()
        except ValueError as error:
            raise nonsense(door) from error
        names = ", ".join(filter(None, (words(within(one, "name")) for one in listed(found))))
        told = f" It offers {names}." if names else ""
        return ProviderStatus(ready=True, message=f"sync.so takes the key.{told}")


def shaped(body: dict[str, Any], still: bool) -> dict[str, Any]:
    """Return the body as this API wants it: a list of typed assets. A still needs no rule for lengths."""
    given = body.get("input", {})
    kinds = (("picture", "image" if still else "video"), ("audio", "audio"))
    found = {**body, "input": [{"type": kind, "assetId": given[name]} for name, kind in kinds if name in given]}
    if still:
        found.pop("options", None)
    return found


def _is_still(order: Order) -> bool:
    return any(one.media_type == "image" for one in order.inputs("source_video"))


def _refusal(found: Mapping[str, Any]) -> Refusal:
    """``REJECTED`` was refused before the work, ``FAILED`` in it."""
    code = words(found.get("errorCode")) or words(found.get("error_code"))
    rejected = found.get("status") == "REJECTED"
    kind: RefusalKind = "invalid_input" if rejected or any(word in code for word in _BAD_INPUT) else "server"
    if any(word in code for word in _MODERATION):
        kind = "moderation_input" if rejected else "moderation_output"
    return Refusal(kind, words(found.get("error")) or code)


async def _uploaded(door: Door, path: Path, kind: str) -> str:
    """Hand a file over and register it; return the asset's id. Raises what `Door.ask` and `hand_over` do."""
    size = (await asyncio.to_thread(path.stat)).st_size
    facts = {"fileName": path.name, "contentType": kind, "size": size}
    place = object_of(door, await door.ask("/v2/assets/upload", method="POST", json=facts))
    if not words(place.get("uploadUrl")) or not words(place.get("url")):
        raise nonsense(door)
    await hand_over(door, place["uploadUrl"], path, headers={"Content-Type": kind})
    wanted = {"url": place["url"], "name": path.name, "type": kind.partition("/")[0].upper()}
    made = object_of(door, await door.ask("/v2/assets", method="POST", json=wanted))
    if not (asset := words(made.get("id"))):
        raise nonsense(door)
    return asset


TRANSPORT = Sync()
