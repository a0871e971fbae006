"""Tripo's v3 API (tripo3d 1.0.0): pictures or words become a model in GLB.

Answers come in an envelope whose code counts, be the status 200 or not. A failed task costs nothing. A task cannot be
stopped, and cannot be found by an id of ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from takebridge.errors import CapabilityError, ProviderBusyError, ProviderUnavailableError
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
from takebridge.providers.remote.order import Order, prompt_of
from takebridge.providers.remote.refusals import Refusal, RefusalKind
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf
from takebridge.providers.remote.uploads import hand_over

LARGEST_FORM = 50 * 2**20
"""Bytes of a file sent as a form; larger ones go to a presigned address (up to 150 MB)."""

_CODES: Mapping[int, RefusalKind] = {
    1000: "server",
    1001: "server",
    1002: "auth",
    1003: "invalid_input",
    1004: "invalid_input",
    1005: "auth",
    2000: "rate_limit",
    2001: "not_found",
    2002: "retired_model",
    2003: "invalid_input",
    2004: "invalid_input",
    2008: "moderation_input",
    2010: "quota",
}
"""``code`` of an envelope and ``error_code`` of a failed task: the vendor's pages, 2001-2004 from memory."""

_OUTPUTS = ("pbr_model_url", "model_url", "pbr_model", "model", "base_model_url")


class Tripo:
    """`Transport` of the v3 API."""

    name = "tripo"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """Bearer; keys begin with ``tsk_``."""
        return {"Authorization": f"Bearer {key.reveal()}"} if key else {}

    def explain(self, reply: Reply) -> Refusal:
        """By the envelope's code, else by status: an empty account answers 403."""
        plain = explain_by_status(reply)
        fields = reply.fields()
        code = fields.get("code")
        kind = _CODES.get(code, plain.kind) if isinstance(code, int) else plain.kind
        said = " ".join(filter(None, (words(fields.get("message")), words(fields.get("suggestion")))))
        return Refusal(kind, said or plain.reason, plain.retry_after)

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Hand the pictures over, then start the task."""
        if "prompt" not in order.mode.body and prompt_of(order.request):
            raise CapabilityError(
                f"{order.profile.title} makes a model from words or from pictures, not from both.",
                hint="Clear the prompt and the words that are wired, or remove the pictures.",
            )

        async def upload(path: Path, kind: str) -> str:
            return await _uploaded(door, path, kind)

        path, body = routed(order.mode.path, await order.body(upload))
        reply = await door.spend(path, json=body)
        fields = reply.fields()
        if (code := fields.get("code")) != 0 or code is False:
            if type(code) is not int:
                raise door.garbled()
            refusal = self.explain(reply)
            raise door.refused(reply) if refusal.kind == "server" else door.refused_in_words(refusal)
        if not (made := words(within(fields, "data", "task_id"))):
            raise door.garbled()
        return RemoteJob(
            provider=order.profile.provider,
            id=made,
            model=order.profile.id,
            details={"port": order.profile.outputs[0]},
        )

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Look at the task."""
        data = self._data(door, await look_at(door, f"/v3/tasks/{job.id}"))
        if data is None:
            return JobUpdate(state="lost")
        match data.get("status"):
            case "queued":
                return JobUpdate(state="queued")
            case "running":
                return _running(data)
            case "success":
                return _succeeded(data, job)
            case "failed":
                return failed(_failure(data), cost_micros=0)
            case "banned":
                return failed(Refusal("moderation_output", words(data.get("error_msg")) or "banned"))
            case "expired":
                return failed(Refusal("timeout", words(data.get("error_msg")) or "the task expired"))
            case "cancelled":
                return JobUpdate(state="cancelled")
        raise nonsense(door)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Refuse: the client knows no way to stop a task."""
        raise ProviderUnavailableError(
            "Tripo cannot stop a job once it is sent.", hint="Let it finish; its take can be deleted afterwards."
        )

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """Tasks carry no id of ours: None."""
        return None

    async def check(self, door: Door) -> ProviderStatus:
        """Ask for the balance: free."""
        data = self._data(door, object_of(door, await door.ask("/v3/account/balance"))) or {}
        left = number(data.get("balance"))
        told = "" if left is None else f" {left:,.10g} credits are left."
        return ProviderStatus(ready=True, message=f"Tripo takes the key.{told}")

    def _data(self, door: Door, found: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """Return the envelope's data, None for a task nobody knows. Raises what the code stands for."""
        if found is None:
            return None
        code = found.get("code")
        if code == 0 and isinstance(data := found.get("data"), Mapping):
            return data
        kind = _CODES.get(code) if isinstance(code, int) else None
        if kind == "not_found":
            return None
        if kind == "auth":
            raise door.refused_in_words(Refusal("auth", words(found.get("message"))))
        if kind == "rate_limit":
            raise ProviderBusyError(f"{door.title} takes no more requests right now.")
        raise nonsense(door)


def routed(path: str, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return where a request goes and its body: several pictures are views (front, left, back, right) of one thing."""
    inputs = listed(body.get("inputs"))
    if not inputs:
        return path, body
    if len(inputs) > 1:
        return path.replace("image-to-model", "multiview-to-model"), body
    return path, {**{name: value for name, value in body.items() if name != "inputs"}, "input": inputs[0]}


def _running(data: Mapping[str, Any]) -> JobUpdate:
    left = number(data.get("running_left_time"))
    return running(percent(data.get("progress")), eta_seconds=None if left is None or left < 0 else int(left))


def _succeeded(data: Mapping[str, Any], job: RemoteJob) -> JobUpdate:
    url = next(filter(None, (words(within(data, "output", name)) for name in _OUTPUTS)), "")
    if not url:
        return failed(Refusal("server", "Tripo says it succeeded, and names no result."))
    asked = number(within(data, "input", "model_seed"))
    model = words(within(data, "input", "model")) or words(within(data, "input", "model_version"))
    return done(job, url, seed_used=asked if isinstance(asked, int) else None, model_reported=model)


def _failure(data: Mapping[str, Any]) -> Refusal:
    code = data.get("error_code")
    kind = _CODES.get(code, "server") if isinstance(code, int) else "server"
    said = words(data.get("error_msg")) or words(data.get("error_message"))
    return Refusal(kind, said or (f"error {code}" if code else ""))


async def _uploaded(door: Door, path: Path, kind: str) -> str:
    """Hand a file over; return its token."""
    if (await asyncio.to_thread(path.stat)).st_size <= LARGEST_FORM:
        reply = await door.ask("/v3/files", method="POST", files={"file": (path.name, path, kind)})
        token = words(within(object_of(door, reply), "data", "file_token"))
        if not token:
            raise nonsense(door)
        return token
    wanted = {"format": path.suffix.lstrip(".").lower()}
    place = within(object_of(door, await door.ask("/v3/files/presign", method="POST", json=wanted)), "data")
    url = words(within(place, "presigned_url")) or words(within(place, "upload_url"))
    token = words(within(place, "file_token"))
    if not url or not token:
        raise nonsense(door)
    await hand_over(door, url, path, headers={"Content-Type": kind})
    return token


TRANSPORT = Tripo()
