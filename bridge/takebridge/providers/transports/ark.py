"""ModelArk of BytePlus and Ark of Volcengine: tasks of the Seedance family, and Seedream's pictures at once.

Read in arkruntime 0.17 and volcengine-ark-runtime 5.0.54. A mode writes its media below ``media.<role>`` with the
API's own roles (``first_frame``, ``reference_video`` …); this module makes the list of content from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from takebridge.errors import ProviderUnavailableError
from takebridge.providers.facts import Json
from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote import kept
from takebridge.providers.remote.answers import done, failed, look_at, nonsense, object_of, within, words
from takebridge.providers.remote.door import Door, Reply
from takebridge.providers.remote.order import Order
from takebridge.providers.remote.refusals import Refusal, RefusalKind, plain_refusal
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf
from takebridge.providers.remote.usage import rate_of

_TASKS = "contents/generations/tasks"
_RATE = "micros_per_million"

_WORDS: tuple[tuple[str, RefusalKind], ...] = (
    ("authentication", "auth"),
    ("accessdenied", "auth"),
    ("overdue", "quota"),
    ("insufficientbalance", "quota"),
    ("quotaexceeded", "quota"),
    ("ratelimit", "rate_limit"),
    ("serveroverloaded", "rate_limit"),
    ("modelnotopen", "retired_model"),
    ("invalidendpointormodel", "retired_model"),
    ("unsupportedmodel", "retired_model"),
    ("download", "asset_fetch"),
    ("timeout", "timeout"),
    ("invalidparameter", "invalid_input"),
    ("missingparameter", "invalid_input"),
    ("internal", "server"),
)
"""Parts of error codes, lower case, the first that fits (the table of codes is from memory)."""


class Ark:
    """`Transport` of both addresses of Ark."""

    name = "ark"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """A bearer token."""
        return {"Authorization": f"Bearer {key.reveal()}"} if key else {}

    def explain(self, reply: Reply) -> Refusal:
        """Read ``{error: {code, message, param, type}}``."""
        code, reason = words(within(reply.fields(), "error", "code")), words(within(reply.fields(), "error", "message"))
        plain = plain_refusal(reply.status, reason, reply.retry_after)
        if reply.status >= 500:
            return plain
        return _classified(code, reason, plain)

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Start a task; a picture is in the answer."""
        body = await order.body(_no_upload)
        path = order.mode.path or _TASKS
        if path.endswith("images/generations"):
            return await self._picture(door, order, shelf, path, body)
        prompt, media = body.pop("text", ""), body.pop("media", {})
        body["content"] = [*([{"type": "text", "text": prompt}] if prompt else []), *_contents(media)]
        reply = await door.spend(path, json=body)
        if not (task := words(reply.fields().get("id"))):
            raise door.garbled()
        profile, rate = order.profile, rate_of(order, "completion")
        details = {"port": profile.outputs[0], "media": "video", **({} if rate is None else {_RATE: str(rate)})}
        return RemoteJob(provider=profile.provider, id=task, model=profile.id, details=details)

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Look at the task once, or at the answer that was kept."""
        if job.details.get(kept.API) == kept.ANSWER:
            return await kept.update_of(job, shelf)
        found = await look_at(door, f"{_TASKS}/{job.id}")
        if found is None:
            return JobUpdate(state="lost", error_code="not_found", error_message=f"{door.title} has no such task.")
        return update_of(door, found, job)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Take the task out of the queue. What runs cannot be stopped; what has ended is left alone: deleting it would
        delete its record, and with it the address of its result.
        """
        if job.details.get(kept.API) == kept.ANSWER:
            return
        found = await look_at(door, f"{_TASKS}/{job.id}")
        status = words(within(found, "status"))
        if found is None or status in ("succeeded", "failed", "cancelled", "expired"):
            return
        if status == "queued":
            reply = await door.look(f"{_TASKS}/{job.id}", method="DELETE")
            if 200 <= reply.status < 300 or reply.status == 404:
                return
        raise ProviderUnavailableError(
            f"{door.title} cannot stop a task that runs already.", hint="It ends by itself; its result can be kept."
        )

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """A picture that was kept is found again; tasks carry no id of ours, only one for tracing."""
        return await kept.found(shelf, order)

    async def check(self, door: Door) -> ProviderStatus:
        """List one task: free."""
        object_of(door, await door.ask(_TASKS, params={"page_num": "1", "page_size": "1"}))
        return ProviderStatus(ready=True, message=f"{door.title} takes the key.")

    async def _picture(self, door: Door, order: Order, shelf: Shelf, path: str, body: dict[str, Any]) -> RemoteJob:
        answer = (await door.spend(path, json=body)).fields()
        if not isinstance(pictures := answer.get("data"), list):
            raise door.garbled()
        first = pictures[0] if pictures else {}
        if not (data := kept.decoded(within(first, "b64_json"))):
            refusal = _refusal_of(within(first, "error") or answer.get("error"))
            return await kept.keep_failure(shelf, order, refusal)
        piece = kept.Piece(order.profile.outputs[0], "image", ".jpg" if data[:2] == b"\xff\xd8" else ".png", data)
        return await kept.keep(shelf, order, [piece], model=words(answer.get("model")))


TRANSPORT = Ark()


def _contents(media: Mapping[str, Json]) -> Iterator[Json]:
    """One entry a medium: its role says of which type it is."""
    for role, value in media.items():
        kind = {"reference_video": "video_url", "reference_audio": "audio_url"}.get(role, "image_url")
        for url in value if isinstance(value, list) else [value]:
            yield {"type": kind, kind: {"url": url}, "role": role}


def update_of(door: Door, found: Mapping[str, Any], job: RemoteJob) -> JobUpdate:
    """Return what a task says. Raises ProviderBusyError for a status nobody knows."""
    status = words(found.get("status"))
    match status:
        case "queued" | "running":
            return JobUpdate(state="queued" if status == "queued" else "running")
        case "succeeded":
            return _succeeded(door, found, job)
        case "cancelled":
            return JobUpdate(state="cancelled")
        case "failed":
            return failed(_refusal_of(found.get("error")))
        case "expired":
            return failed(Refusal("timeout", "The task waited longer than it may and was dropped."))
    raise nonsense(door)


def _succeeded(door: Door, found: Mapping[str, Any], job: RemoteJob) -> JobUpdate:
    url = words(within(found, "content", "video_url")) or words(within(found, "content", "file_url"))
    if not url:
        return failed(Refusal("server", "It finished without a video."))
    seed = found.get("seed")
    return done(
        job,
        url,
        seed_used=seed if isinstance(seed, int) and seed >= 0 else None,
        model_reported=words(found.get("model")),
        cost_micros=_cost(found.get("usage"), job),
    )


def _cost(usage: Json, job: RemoteJob) -> int | None:
    """Tokens times the rate that held when it was asked for, rounded up; None where either is not known."""
    tokens, rate = within(usage, "total_tokens"), job.details.get(_RATE, "")
    if not isinstance(tokens, int) or isinstance(tokens, bool) or tokens < 0 or not rate.isdecimal():
        return None
    return -(-tokens * int(rate) // 1_000_000)


def _refusal_of(error: Json) -> Refusal:
    code, reason = words(within(error, "code")), words(within(error, "message"))
    return _classified(code, reason or code, Refusal("server", reason or code))


def _classified(code: str, reason: str, otherwise: Refusal) -> Refusal:
    """Sensitive content is moderation: of the result where the code says output, else of what was sent (M)."""
    plain = code.lower().replace("_", "").replace(".", "")
    if "sensitivecontent" in plain or "riskdetection" in plain or "policyviolation" in plain:
        return Refusal("moderation_output" if "output" in plain else "moderation_input", reason)
    for part, kind in _WORDS:
        if part in plain:
            return Refusal(kind, reason, otherwise.retry_after)
    return otherwise


async def _no_upload(path: Path, kind: str) -> str:
    raise ProviderUnavailableError("Ark has no uploads.", hint="Correct the mode: use form = data_uri.")
