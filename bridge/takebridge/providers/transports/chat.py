"""``chat/completions`` as OpenAI defined it and others speak it: OpenAI, Ollama, llama.cpp, LM Studio, vLLM.

One model id of a server of the user's own is not known here: it is the profile's ``remote_id`` (a file of the user's),
the variable ``TAKEBRIDGE_<PROVIDER>_MODEL``, or the only model the server lists.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from takebridge.errors import CapabilityError, ProviderUnavailableError
from takebridge.providers.facts import Json
from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote import kept
from takebridge.providers.remote.answers import object_of, within, words
from takebridge.providers.remote.door import Door, Reply
from takebridge.providers.remote.drafting import Said, Task, Turn, write
from takebridge.providers.remote.order import Order
from takebridge.providers.remote.refusals import Refusal
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf
from takebridge.providers.remote.usage import counted
from takebridge.providers.transports.openai_images import openai_refusal

_MOST_NAMED = 8


class Chat:
    """`Transport` of chat/completions."""

    name = "chat"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """A bearer token, where there is a key at all."""
        return {"Authorization": f"Bearer {key.reveal()}"} if key else {}

    def explain(self, reply: Reply) -> Refusal:
        """Read ``{error: {message, type, param, code}}`` and what resembles it."""
        return openai_refusal(reply)

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Have it written; the answer is the result."""
        body = await order.body(_no_upload)
        if not body.get("model"):
            body["model"] = await _model(door)

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
        """List the models: free everywhere."""
        names = await _names(door)
        if not names:
            return ProviderStatus(
                ready=False, message=f"{door.title} answers, but has no model.", hint="Load one there, then try again."
            )
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        return ProviderStatus(ready=True, message=f"{door.title} has {', '.join(names[:_MOST_NAMED])}{more}.")


TRANSPORT = Chat()


def _body(common: Mapping[str, Any], task: Task) -> dict[str, Any]:
    body: dict[str, Any] = {
        **common,
        "messages": [{"role": "system", "content": task.system}, *[_message(turn) for turn in task.turns]],
    }
    if task.schema is not None:
        schema = {"name": "script", "strict": True, "schema": task.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


def _message(turn: Turn) -> Json:
    if not turn.pictures:
        return {"role": turn.role, "content": turn.text}
    shown = [f"data:image/jpeg;base64,{base64.b64encode(one).decode()}" for one in turn.pictures]
    pictures = [{"type": "image_url", "image_url": {"url": url}} for url in shown]
    return {"role": turn.role, "content": [{"type": "text", "text": turn.text}, *pictures]}


def _said(door: Door, reply: Reply) -> Said:
    answer = reply.fields()
    if not isinstance(choices := answer.get("choices"), list):
        raise door.garbled()
    first = choices[0] if choices else {}
    text, reason = words(within(first, "message", "content")), words(within(first, "finish_reason"))
    refusal: Refusal | None = None
    if told := words(within(first, "message", "refusal")):
        refusal = Refusal("moderation_output", told)
    elif reason == "content_filter":
        refusal = Refusal("moderation_output", "The content filter stopped the answer.")
    elif not text:
        refusal = Refusal("server", "It answered without words.")
    usage = answer.get("usage")
    counts = {
        "text_in": counted(within(usage, "prompt_tokens")),
        "text_out": counted(within(usage, "completion_tokens")),
    }
    return Said(text, refusal, reason == "length", counts, words(answer.get("model")))


async def _model(door: Door) -> str:
    """Return the model of a server that says itself what it has. Raises CapabilityError where that is no answer."""
    variable = f"TAKEBRIDGE_{door.account.facts.provider.upper()}_MODEL"
    if chosen := os.environ.get(variable, "").strip():
        return chosen
    names = await _names(door)
    if len(names) == 1:
        return names[0]
    if not names:
        raise CapabilityError(f"{door.title} has no model.", hint="Load one there, then try again.")
    raise CapabilityError(
        f"{door.title} has several models: {', '.join(names[:_MOST_NAMED])}.",
        hint=f"Say which: set {variable}, or remote_id in your providers file. Nothing was started.",
    )


async def _names(door: Door) -> list[str]:
    listed = object_of(door, await door.ask("models")).get("data")
    names = [words(within(one, "id")) for one in listed] if isinstance(listed, list) else []
    return [name for name in names if name]


async def _no_upload(path: Path, kind: str) -> str:
    raise ProviderUnavailableError("Chat has no uploads.", hint="Correct the mode: it writes no files.")
