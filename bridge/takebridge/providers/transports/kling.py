"""Kling's own API: tokens signed anew for each request, answers in an envelope, ``succeed`` (providers.md §2.8).

An error may come as HTTP 200 with a code that is not 0, and 429 may mean an empty account. Each job carries an id of
ours (``external_task_id``) by which it is found again. There is no way to stop a job.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from takebridge.errors import ProviderBusyError, ProviderKeyError, ProviderUnavailableError
from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote.answers import (
    done,
    failed,
    listed,
    look_at,
    nonsense,
    number,
    object_of,
    within,
    words,
)
from takebridge.providers.remote.door import Door, Reply, explain_by_status
from takebridge.providers.remote.order import Order
from takebridge.providers.remote.refusals import Refusal, RefusalKind
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf

VALID_SECONDS, SLACK_SECONDS = 1800, 5
"""A token ends half an hour from now, and began five seconds ago."""

_TOO_EARLY, _TOO_LATE = 1003, 1004
_CODES: Mapping[int, RefusalKind] = {
    1000: "auth",
    1001: "auth",
    1002: "auth",
    _TOO_EARLY: "auth",
    _TOO_LATE: "auth",
    1100: "quota",
    1101: "quota",
    1102: "quota",
    1103: "quota",
    1200: "invalid_input",
    1201: "invalid_input",
    1202: "invalid_input",
    1203: "retired_model",
    1300: "moderation_input",
    1301: "moderation_input",
    1302: "rate_limit",
    1303: "rate_limit",
    1304: "auth",
    5000: "server",
    5001: "server",
    5002: "timeout",
}
"""Service codes. 1000-1004 and 1100-1102 as in the vendor's documentation, the others from memory."""

_MODERATED = ("risk control", "content policy", "content security", "sensitive", "prohibited")
_INPUT_WORDS = ("prompt", "input", "image")
_MONTH_MS = 30 * 24 * 3600 * 1000
_SHORT_OF = 2.0
"""Seconds of error that are none: the Date header counts whole seconds."""

Result = TypeVar("Result")


class Clock:
    """The vendor's clock as far as its answers told: ours, and by how much it is off."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.off = 0.0

    def read(self) -> int:
        """Return whole seconds since 1970 by the vendor's clock."""
        return int(self.now() + self.off)

    def learn(self, date: str) -> None:
        """Take over a Date header, unless it says what is known already."""
        try:
            off = parsedate_to_datetime(date).timestamp() - self.now()
        except (ValueError, TypeError):
            return
        if abs(off - self.off) > _SHORT_OF:
            self.off = off


class Kling:
    """`Transport` of the API. Remembers only how far this machine's clock is off."""

    name = "kling"

    def __init__(self) -> None:
        self.clock = Clock()

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """Sign a token with the two parts of the key; a key of one part goes as it is."""
        if key is None:
            return {}
        access, _, secret = key.reveal().partition(":")
        return {"Authorization": f"Bearer {token_of(access, secret, self.clock.read()) if secret else access}"}

    def explain(self, reply: Reply) -> Refusal:
        """By the envelope's code, else by status. A token of the wrong time teaches us the right one."""
        plain = explain_by_status(reply)
        fields = reply.fields()
        code = fields.get("code")
        if code in (_TOO_EARLY, _TOO_LATE):
            self.clock.learn(reply.headers.get("date", ""))
        known = _CODES.get(code, "server" if code >= 5000 else plain.kind) if type(code) is int else plain.kind
        return Refusal(known, words(fields.get("message")) or plain.reason, plain.retry_after)

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Start the job; pictures and sound go along in the body."""
        body = shaped(await order.body(_no_upload))
        reply = await self._timely(lambda: door.spend(order.mode.path, json=body))
        fields = reply.fields()
        if (code := fields.get("code")) != 0 or code is False:
            if type(code) is not int:
                raise door.garbled()
            refusal = self.explain(reply)
            sure = refusal.kind not in ("server", "timeout")
            raise door.refused_in_words(refusal) if sure else door.refused(reply)
        if not (made := words(within(fields, "data", "task_id"))):
            raise door.garbled()
        return _job(order, made)

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Look at the task."""
        found = await self._timely(lambda: look_at(door, f"{job.details['path']}/{job.id}"))
        if found is None:
            return JobUpdate(state="lost")
        data = self._data(door, found)
        if data is None:
            return JobUpdate(state="lost")
        match data.get("task_status"):
            case "submitted":
                return JobUpdate(state="queued")
            case "processing":
                return JobUpdate(state="running")
            case "succeed":
                return _succeeded(data, job)
            case "failed":
                return failed(_failure(words(data.get("task_status_msg"))))
        raise nonsense(door)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Refuse: no endpoint stops a task."""
        raise ProviderUnavailableError(
            "Kling cannot stop a job once it is sent.", hint="Let it finish; its take can be deleted afterwards."
        )

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """Ask for the job by our own id of it."""
        token = order.request.token
        found = await self._timely(lambda: look_at(door, f"{order.mode.path}/{token}"))
        data = self._data(door, found) if found else None
        if data is None or within(data, "task_info", "external_task_id") != token:
            return None
        made = words(data.get("task_id"))
        return _job(order, made) if made else None

    async def check(self, door: Door) -> ProviderStatus:
        """Ask for the resource packs of the last month: free."""
        now = self.clock.read() * 1000
        span = {"start_time": now - _MONTH_MS, "end_time": now}
        reply = await self._timely(lambda: door.ask("/account/costs", params=span))
        data = self._data(door, object_of(door, reply))
        packs = within(data, "resource_pack_subscribe_infos")
        left = [number(within(one, "remaining_quantity")) or 0 for one in listed(packs)]
        units = sum(left)
        told = f" {units:,.10g} units are left." if left else ""
        return ProviderStatus(ready=True, message=f"Kling takes the key.{told}")

    def _data(self, door: Door, found: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the envelope's data, None for a task nobody knows. Raises what the code stands for."""
        code = found.get("code")
        if code == 0 and isinstance(data := found.get("data"), Mapping):
            return data
        kind = _CODES.get(code) if isinstance(code, int) else None
        if kind in ("retired_model", "invalid_input"):
            return None
        if kind == "auth":
            raise door.refused_in_words(Refusal("auth", words(found.get("message"))))
        if kind in ("rate_limit", "quota"):
            raise ProviderBusyError(f"{door.title} takes no more requests right now.")
        raise nonsense(door)

    async def _timely(self, send: Callable[[], Awaitable[Result]]) -> Result:
        """Send; once more where the refusal (nothing was started) told that our clock is off."""
        before = self.clock.off
        try:
            return await send()
        except ProviderKeyError:
            if self.clock.off == before:
                raise
        return await send()


def token_of(access: str, secret: str, now: int) -> str:
    """Return a JWT (RFC 7519) signed with HMAC-SHA256, valid around ``now`` (seconds since 1970)."""
    claims = {"iss": access, "exp": now + VALID_SECONDS, "nbf": now - SLACK_SECONDS}
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    mark = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_base64url(mark)}"


def shaped(body: dict[str, Any]) -> dict[str, Any]:
    """Return the body as this API wants it: frames and references in one list, no word ``auto``."""
    found = {name: value for name, value in body.items() if value != "auto"}
    given = found.pop("image_list", None)
    if isinstance(given, Mapping):
        frames = [{"image_url": given[kind], "type": kind} for kind in ("first_frame", "end_frame") if kind in given]
        found["image_list"] = frames + [{"image_url": one} for one in given.get("references", [])]
    return found


def _job(order: Order, made: str) -> RemoteJob:
    details = {"path": order.mode.path, "port": order.profile.outputs[0]}
    return RemoteJob(provider=order.profile.provider, id=made, model=order.profile.id, details=details)


def _succeeded(data: Mapping[str, Any], job: RemoteJob) -> JobUpdate:
    kind = "images" if job.details.get("port") == "image" else "videos"
    results = listed(within(data, "task_result", kind))
    url = words(within(results[0], "url")) if results else ""
    if not url:
        return failed(Refusal("server", "Kling says it succeeded, and names no result."))
    return done(job, url)


def _failure(reason: str) -> Refusal:
    low = reason.lower()
    if any(word in low for word in _MODERATED):
        stage: RefusalKind = "moderation_input" if any(word in low for word in _INPUT_WORDS) else "moderation_output"
        return Refusal(stage, reason)
    return Refusal("server", reason)


async def _no_upload(*_: object) -> str:
    """The API has no place for files."""
    raise ProviderUnavailableError(
        "Kling takes this file only by a public address.", hint="Choose Kling at Runway or fal for it."
    )


def _part(value: Mapping[str, Any]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


TRANSPORT = Kling()
