"""Anthropic's Messages API (anthropic 2.11–2.12): words, and words about pictures."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from takebridge.errors import ProviderUnavailableError
from takebridge.providers.facts import Json
from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote import kept
from takebridge.providers.remote.answers import object_of, within, words
from takebridge.providers.remote.door import Door, Reply
from takebridge.providers.remote.drafting import Said, Task, Turn, write
from takebridge.providers.remote.order import Order
from takebridge.providers.remote.refusals import Refusal, RefusalKind, plain_refusal
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf
from takebridge.providers.remote.usage import counted

VERSION = "2023-06-01"

_KINDS: Mapping[str, RefusalKind] = {
    "authentication_error": "auth",
    "permission_error": "auth",
    "billing_error": "quota",
    "not_found_error": "not_found",
    "rate_limit_error": "rate_limit",
    "overloaded_error": "server",
    "timeout_error": "timeout",
    "api_error": "server",
}


class Anthropic:
    """`Transport` of /v1/messages."""

    name = "anthropic"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """A header of its own, and the version the answers are to have."""
        return {"anthropic-version": VERSION, **({"x-api-key": key.reveal()} if key else {})}

    def explain(self, reply: Reply) -> Refusal:
        """Read ``{type: "error", error: {type, message}}``."""
        error = reply.fields().get("error")
        family, reason = words(within(error, "type")), words(within(error, "message"))
        if family == "invalid_request_error" and "credit balance" in reason.lower():
            return Refusal("quota", reason)  # an empty account is a 400 here
        if "content filtering policy" in reason.lower():
            return Refusal("moderation_output", reason)
        if kind := _KINDS.get(family):
            return Refusal(kind, reason, reply.retry_after)
        return plain_refusal(reply.status, reason, reply.retry_after)

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Have it written; the answer is the result."""
        body = await order.body(_no_upload)

        async def ask(task: Task) -> Said:
            return _said(door, await door.spend(order.mode.path, json=_body(body, task), seconds=task.seconds))

        return await write(shelf, order, ask)

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Read the answer that was kept."""
        return await kept.update_of(job, shelf)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Nothing runs any more once there is a job: its answer came with the submit."""

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """An answer that was kept is found again."""
        return await kept.found(shelf, order)

    async def check(self, door: Door) -> ProviderStatus:
        """List one model: free."""
        object_of(door, await door.ask("models", params={"limit": "1"}))
        return ProviderStatus(ready=True, message=f"{door.title} takes the key.")


TRANSPORT = Anthropic()


def _body(common: Mapping[str, Any], task: Task) -> dict[str, Any]:
    body: dict[str, Any] = {**common, "system": task.system, "messages": [_message(turn) for turn in task.turns]}
    if task.schema is not None:
        body["output_config"] = {"format": {"type": "json_schema", "schema": task.schema}}
    return body


def _message(turn: Turn) -> Json:
    pictures = [
        {
            "type": "image",
            "source": {"type": "base64", "media_type": "image/jpeg", "data": base64.b64encode(one).decode()},
        }
        for one in turn.pictures
    ]
    return {"role": turn.role, "content": [*pictures, {"type": "text", "text": turn.text}]}


def _said(door: Door, reply: Reply) -> Said:
    answer = reply.fields()
    if not isinstance(content := answer.get("content"), list):
        raise door.garbled()
    text = "".join(words(within(one, "text")) for one in content if within(one, "type") == "text")
    reason = words(answer.get("stop_reason"))
    refusal: Refusal | None = None
    if reason == "refusal":
        refusal = Refusal("moderation_output", text or "The model declined to answer.")
    elif not text:
        refusal = Refusal("server", "It answered without words.")
    usage = answer.get("usage")
    counts = {
        "text_in": counted(within(usage, "input_tokens")),
        "text_out": counted(within(usage, "output_tokens")),
    }
    cut = reason in ("max_tokens", "model_context_window_exceeded")
    return Said(text, refusal, cut, counts, words(answer.get("model")))


async def _no_upload(path: Path, kind: str) -> str:
    raise ProviderUnavailableError("Messages have no uploads.", hint="Correct the mode: it writes no files.")
