"""fal's queue: submit, look, fetch, cancel; uploads to its CDN (fal-client 1.0.3, fal's documentation, 2026-11-21)."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from takebridge.errors import ProviderBusyError
from takebridge.providers.facts import Json
from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote.answers import done, failed, nonsense
from takebridge.providers.remote.door import Door, Reply
from takebridge.providers.remote.order import Order
from takebridge.providers.remote.refusals import Refusal, RefusalKind, plain_refusal
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf
from takebridge.providers.transports.ports import port_details, seed_of, unstopped

LARGEST_SINGLE = 100 * 2**20
"""Bytes sent in one piece; more goes up in parts (fal-client's own threshold)."""
PART = 10 * 2**20
INPUT_SECONDS = 24 * 3600
"""How long fal may keep what we upload: a day of queueing."""
OUTPUT_SECONDS = 7 * 24 * 3600
"""How long it may keep results: a bridge that was off for a few days still finds them."""
ACL_VARIABLE = "TAKEBRIDGE_FAL_UPLOADS"
"""``hide`` or ``forbid``: uploads are then not readable by link. Without it the account's own setting holds."""

_NAMESPACES = ("workflows", "comfy")
_RESULT_KEYS: Mapping[str, tuple[str, ...]] = {
    "video": ("video", "videos"),
    "image": ("images", "image"),
    "audio": ("audio", "audio_file", "audio_url"),
    "model_3d": ("model_glb", "pbr_model", "model_mesh", "base_model"),
}
_SERVER = ("internal_server_error", "downstream_service_error", "downstream_service_unavailable", "no_media_generated")
_ASSET = ("image_load_error", "video_load_error", "audio_load_error", "file_download_error")


class FalTransport:
    """The queue API. Addresses of a job are those fal returned: they leave out the endpoint's sub-path."""

    name = "fal"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """``Authorization: Key …``."""
        return {"Authorization": f"Key {key.reveal()}"} if key else {}

    def explain(self, reply: Reply) -> Refusal:
        """Read both of fal's error shapes: a model's list of details, and a request's text with ``error_type``."""
        fields = reply.fields()
        detail = fields.get("detail")
        if isinstance(detail, list) and detail and isinstance(detail[0], dict):
            return _model_error(detail[0], reply.status)
        reason = detail if isinstance(detail, str) else str(fields.get("error") or "")
        kind = str(fields.get("error_type") or reply.headers.get("x-fal-error-type") or "")
        plain = plain_refusal(reply.status, reason, reply.retry_after)
        if reply.status == 403 and "balance" in reason.lower():
            return Refusal("quota", reason)  # "User is locked. Reason: Exhausted balance." (memory)
        found = _kind_named(kind)
        return plain if found is None else Refusal(found, reason, plain.retry_after)

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Upload what the mode sends by address, then ask once. Raises what `Door.spend` does."""
        uploads = _Uploads(door)
        body = await order.body(uploads.send)
        reply = await door.spend(
            f"/{order.mode.path or order.remote_id}",
            json=body,
            headers={"X-Fal-Object-Lifecycle-Preference": json.dumps({"expiration_duration_seconds": OUTPUT_SECONDS})},
        )
        answer = reply.fields()
        if not isinstance(answer.get("request_id"), str) or not answer["request_id"]:
            raise door.garbled()
        return RemoteJob(
            provider=order.profile.provider,
            id=answer["request_id"],
            model=order.profile.id,
            details={**_addresses(door, order, answer), **port_details(order)},
        )

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Look at the status; at the end fetch the result. COMPLETED also ends jobs that failed."""
        reply = await door.look(job.details["status_url"])
        if reply.status == 404:
            return JobUpdate(state="lost")
        if reply.status >= 300:
            raise door.refused(reply)
        status = reply.fields()
        match status.get("status"):
            case "IN_QUEUE":
                return JobUpdate(state="queued")
            case "IN_PROGRESS":
                return JobUpdate(state="running")
            case "COMPLETED":
                return await _ended(self, door, job, status)
        raise nonsense(door)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Ask for the end. A job that has ended (400 ALREADY_COMPLETED) or is gone (404) is no error."""
        reply = await door.look(job.details["cancel_url"], method="PUT")
        ended = reply.status == 400 and b"COMPLETED" in reply.body.upper()  # the field it stands in is memory
        if reply.status >= 300 and reply.status != 404 and not ended:
            raise unstopped(door, reply)

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """None: fal takes no id of ours."""
        return None

    async def check(self, door: Door) -> ProviderStatus:
        """Ask for an upload token: it needs the key and costs nothing."""
        if "token" in (await _token(door)):
            return ProviderStatus(ready=True, message="fal takes the key.")
        return ProviderStatus(
            ready=False, message="fal answered with something unreadable.", hint="Check its address and any proxy."
        )


# --- the end of a job -----------------------------------------------------------------------------------


async def _ended(transport: FalTransport, door: Door, job: RemoteJob, status: Mapping[str, Any]) -> JobUpdate:
    said = status.get("error")
    try:
        reply = await door.look(job.details["response_url"], again=not said)
    except ProviderBusyError:
        if not said:
            raise
        return _failure(_status_refusal(status), None)
    if reply.status == 404 and not said:
        return JobUpdate(state="lost")
    if reply.status in (401, 403) and not said:
        raise door.refused(reply)
    if reply.status >= 300 or said:
        refusal = transport.explain(reply) if reply.status >= 300 else _status_refusal(status)
        refusal = refusal if refusal.reason else Refusal(refusal.kind, str(said or ""))
        if "cancel" in f"{status.get('error_type')} {said}".lower():
            return JobUpdate(state="cancelled")
        return _failure(refusal, reply)
    return _result(door, job, reply)


def _result(door: Door, job: RemoteJob, reply: Reply) -> JobUpdate:
    output = reply.fields()
    if not output:
        raise nonsense(door)
    flags = output.get("has_nsfw_concepts")
    if isinstance(flags, list) and True in flags:
        # The safety checker hands back a black picture and says so here only.
        return _failure(Refusal("moderation_output", "The safety checker blacked out the result."), None)
    address = next(_file_addresses(output, job.details.get("media", "video")), None)
    if address is None:
        return _failure(Refusal("server", "It finished without a result."), None)
    return done(job, address, seed_used=seed_of(output.get("seed")))


def _file_addresses(output: Mapping[str, Any], media: str) -> Iterator[str]:
    """Yield the addresses of files of a media type, the wanted one first."""
    for key in _RESULT_KEYS.get(media, ()):
        value = output.get(key)
        for one in value if isinstance(value, list) else [value]:
            url = one.get("url") if isinstance(one, dict) else one
            if isinstance(url, str) and url:
                yield url


def _failure(refusal: Refusal, reply: Reply | None) -> JobUpdate:
    """Return the end of a job that failed. ``reply`` is the answer that said so, where there was one to read."""
    again = reply is not None and reply.headers.get("x-fal-retryable", "").lower() == "true"
    update = failed(refusal, "fal says that the same request may work later." if again else "")
    # Failures of fal's own servers are not billed (providers.md §2.1); of others it says nothing.
    return update.model_copy(update={"cost_micros": 0}) if refusal.kind in ("server", "timeout") else update


def _status_refusal(status: Mapping[str, Any]) -> Refusal:
    kind = _kind_named(str(status.get("error_type") or ""))
    return Refusal(kind or "server", str(status.get("error") or ""))


def _model_error(first: Mapping[str, Any], status: int) -> Refusal:
    reason, kind = str(first.get("msg") or ""), str(first.get("type") or "")
    where = first.get("loc")
    if kind == "content_policy_violation":
        # Located at an input field, or at nothing in particular: then it was the result.
        asked = isinstance(where, list) and len(where) > 1
        return Refusal("moderation_input" if asked else "moderation_output", reason)
    found = _kind_named(kind)
    if found is not None:
        return Refusal(found, reason)
    field = ".".join(str(part) for part in where[1:]) if isinstance(where, list) else ""
    told = f"{field}: {reason}" if field else reason
    return Refusal("invalid_input", told) if status < 500 else plain_refusal(status, told)


def _kind_named(word: str) -> RefusalKind | None:
    """Return the kind of one of fal's error types; None for those that are faults of the request, or none."""
    if word == "content_policy_violation":
        return "moderation_output"
    if word in _ASSET:
        return "asset_fetch"
    if word.endswith("_timeout"):
        return "timeout"
    return "server" if word in _SERVER or word.startswith("runner_") else None


# --- addresses ------------------------------------------------------------------------------------------


def _addresses(door: Door, order: Order, answer: Mapping[str, Any]) -> dict[str, str]:
    """Return the job's addresses as fal gave them; one that is missing or lies elsewhere is written by its rule.

    Below ``base_url`` they are kept as paths: the job is still found after a proxy was put in between.
    """
    root = f"/{_app(order.mode.path or order.remote_id)}/requests/{answer['request_id']}"
    rule = {"status_url": f"{root}/status", "response_url": root, "cancel_url": f"{root}/cancel"}
    base = door.url_of("/").rstrip("/")
    found = {}
    for name, path in rule.items():
        given = answer.get(name)
        own = isinstance(given, str) and "://" in given and door.is_own(given)
        found[name] = str(given).removeprefix(base) if own else path
    return found


def _app(endpoint: str) -> str:
    """Return ``owner/alias`` of an endpoint (three segments for workflows and comfy): its sub-path is dropped."""
    parts = endpoint.strip("/").split("/")
    return "/".join(parts[: 3 if parts[0] in _NAMESPACES else 2])


# --- uploads --------------------------------------------------------------------------------------------


class _Uploads:
    """The uploads of one submit: one token, each file once."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._token: dict[str, Any] = {}
        self._sent: dict[Path, str] = {}

    async def send(self, path: Path, kind: str) -> str:
        """Upload a file; return its address. Raises ProviderBusyError when fal does not hand one out."""
        if path not in self._sent:
            self._token = self._token or await _token(self._door)
            size = (await asyncio.to_thread(path.stat)).st_size
            self._sent[path] = await (self._single if size <= LARGEST_SINGLE else self._parts)(path, kind)
        return self._sent[path]

    async def _single(self, path: Path, kind: str) -> str:
        data = await asyncio.to_thread(path.read_bytes)
        url = f"{self._cdn()}/files/upload"
        reply = await self._door.ask(url, method="POST", content=data, headers=self._headers(path, kind))
        return self._text(reply.fields(), "access_url")

    async def _parts(self, path: Path, kind: str) -> str:
        start = f"{self._cdn()}/files/upload/multipart"
        answer = (await self._door.ask(start, method="POST", headers=self._headers(path, kind))).fields()
        address, upload = self._text(answer, "access_url"), self._text(answer, "uploadId")
        marks = []
        with path.open("rb") as file:
            number = 0
            while data := await asyncio.to_thread(file.read, PART):
                number += 1
                part = f"{address}/multipart/{upload}/{number}"
                reply = await self._door.ask(part, method="PUT", content=data, headers=self._auth(kind))
                marks.append({"partNumber": number, "etag": self._text(reply.headers, "etag")})
        done = f"{address}/multipart/{upload}/complete"
        await self._door.ask(done, method="POST", json={"parts": marks}, headers=self._auth())
        return address

    def _cdn(self) -> str:
        """Return where the token says uploads go, if that is one of fal's own addresses; else the usual one."""
        said = str(self._token.get("base_url") or "")
        return said.rstrip("/") if said and self._door.is_own(said) else self._door.url_of("cdn:/").rstrip("/")

    def _auth(self, kind: str = "") -> dict[str, str]:
        """The token goes in the key's place: the CDN never sees the key."""
        told = {"Content-Type": kind} if kind else {}
        return {"Authorization": f"{self._token.get('token_type', 'Bearer')} {self._token['token']}", **told}

    def _headers(self, path: Path, kind: str) -> dict[str, str]:
        """Links are public to whoever has them, so files end soon and carry no name of the user's."""
        kept: Json = {"expiration_duration_seconds": INPUT_SECONDS}
        if (acl := os.environ.get(ACL_VARIABLE, "")) in ("hide", "forbid"):
            kept["initial_acl"] = {"default": acl}
        told = json.dumps(kept)
        names = {"X-Fal-Object-Lifecycle": told, "X-Fal-Object-Lifecycle-Preference": told}
        return {**self._auth(kind), **names, "X-Fal-File-Name": f"input{path.suffix.lower()}"}

    def _text(self, answer: Mapping[str, Any], name: str) -> str:
        if isinstance(value := answer.get(name), str) and value:
            return value
        raise ProviderBusyError(f"{self._door.title} did not take the upload properly.")


async def _token(door: Door) -> dict[str, Any]:
    reply = await door.ask("rest:/storage/auth/token?storage_type=fal-cdn-v3", method="POST", json={})
    answer = reply.fields()
    if not isinstance(answer.get("token"), str):
        raise ProviderBusyError(f"{door.title} did not hand out an upload token.")
    return answer


TRANSPORT = FalTransport()
