"""The Gemini API (google-genai 3.4.0): pictures at once (generateContent), video and music in the background
(Interactions), and the older long-running operations that retired Veo models were asked by.

Which of the three is spoken is the end of a mode's path. A mode's body writes ``text`` and ``media[]`` (data URIs, or
``url`` for the Files API), and ``say[]`` for what the API has no field for; this module puts them into the API's own
envelopes.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from takebridge.errors import CapabilityError, ProviderBusyError, ProviderUnavailableError
from takebridge.providers.facts import Json
from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote import kept
from takebridge.providers.remote.answers import look_at, object_of, within, words
from takebridge.providers.remote.door import Door, Reply
from takebridge.providers.remote.order import Order
from takebridge.providers.remote.refusals import Refusal, plain_refusal
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf
from takebridge.providers.transports import google_answers as answers

_LOOKS = 60
_LONGEST_PAUSE = 2.0
"""How often, and how many seconds apart at most, a file that is being taken in is looked at."""

_QUOTA = re.compile(r"billing|prepay|credit", re.IGNORECASE)
_DATA = re.compile(r"data:([^;,]+);base64,(.*)", re.DOTALL)


class Google:
    """`Transport` of the Gemini API."""

    name = "google"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """The key as a header of its own, never in an address."""
        return {"x-goog-api-key": key.reveal()} if key else {}

    def explain(self, reply: Reply) -> Refusal:
        """Read ``{error: {code, message, status, details[]}}``."""
        error = reply.fields().get("error")
        error = error if isinstance(error, dict) else {}
        reason = words(error.get("message"))
        plain = plain_refusal(reply.status, reason, _retry_delay(error) or reply.retry_after)
        # Interactions name it in words as the code; the older calls have a number there.
        status, details = words(error.get("status")) or words(error.get("code")).upper(), _reasons(error)
        if "API_KEY_INVALID" in details or status == "UNAUTHENTICATED":
            return Refusal("auth", reason)
        if status == "FAILED_PRECONDITION" and _QUOTA.search(reason):
            return Refusal("quota", reason)
        if reply.status == 400 and answers.speaks_of_rules(f"{words(error.get('code'))} {reason}"):
            return Refusal("moderation_input", reason)
        return plain

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Write the body, upload what the mode wants uploaded, ask once."""
        files = _Files(door)
        body = await order.body(files.bring)
        path = order.mode.path.replace("{model}", order.remote_id)
        if path.endswith(":generateContent"):
            return await self._picture(door, order, shelf, path, body)
        if path.endswith(":predictLongRunning"):
            reply = await door.spend(path, json=_instances(body))
            return _job(door, order, "operation", words(reply.fields().get("name")), path.partition("/")[0])
        media = body.pop("media", [])
        content = [{"type": "text", "text": _words(body)}, *[files.content(one) for one in media]]
        body["input"] = [{"type": "user_input", "content": content}]
        reply = await door.spend(path, json=body)
        return _job(door, order, "interaction", words(reply.fields().get("id")), path)

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Look once: on the shelf, at the interaction or at the operation."""
        if job.details.get(kept.API) == kept.ANSWER:
            return await kept.update_of(job, shelf)
        found = await look_at(door, job.details["path"])
        if found is None:
            return JobUpdate(state="lost", error_code="not_found", error_message=f"{door.title} has no such job.")
        if job.details.get(kept.API) == "operation":
            return answers.of_operation(door, found, job)
        return await answers.of_interaction(door, found, job, shelf)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Interactions can be cancelled; a picture came with the submit; an operation cannot be stopped."""
        api = job.details.get(kept.API)
        if api == kept.ANSWER:
            return
        if api == "operation":
            raise ProviderUnavailableError(
                f"{door.title} cannot stop a job of this kind.", hint="It ends by itself; its result can be kept."
            )
        reply = await door.look(f"{job.details['path']}/cancel", method="POST", json={})
        if not (200 <= reply.status < 300 or reply.status in (400, 404, 409)):  # the latter: it has ended
            raise door.refused(reply)

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """A picture that was kept is found again; Google takes no id of ours."""
        return await kept.found(shelf, order)

    async def check(self, door: Door) -> ProviderStatus:
        """List one model: free."""
        object_of(door, await door.ask("v1/models", params={"pageSize": "1"}))
        return ProviderStatus(ready=True, message=f"{door.title} takes the key.")

    async def _picture(self, door: Door, order: Order, shelf: Shelf, path: str, body: dict[str, Any]) -> RemoteJob:
        parts = [{"text": body.pop("text", "")}, *[_inline(one) for one in body.pop("media", [])]]
        reply = await door.spend(path, json={"contents": [{"role": "user", "parts": parts}], **body})
        answer = reply.fields()
        if "candidates" not in answer and "promptFeedback" not in answer:
            raise door.garbled()
        if blocked := words(within(answer, "promptFeedback", "blockReason")):
            told = words(within(answer, "promptFeedback", "blockReasonMessage"))
            raise door.refused_in_words(Refusal("moderation_input", f"{blocked}: {told}" if told else blocked))
        piece = answers.picture_of(answer, order.profile.outputs[0])
        if isinstance(piece, Refusal):
            return await kept.keep_failure(shelf, order, piece)
        return await kept.keep(shelf, order, [piece], model=words(answer.get("modelVersion")))


TRANSPORT = Google()


class _Files:
    """The Files API: resumable uploads, and what kind of file each address holds. Lives for one submit."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._kinds: dict[str, str] = {}

    async def bring(self, path: Path, kind: str) -> str:
        """Upload a file and wait until it can be used; return its URI. It is deleted by Google after two days (M)."""
        data = await asyncio.to_thread(path.read_bytes)
        start = await self._door.ask(
            "upload/v1/files",
            method="POST",
            json={"file": {"display_name": path.name[:40]}},
            headers={
                "X-Goog-Upload-Protocol": "resumable",
                "X-Goog-Upload-Command": "start",
                "X-Goog-Upload-Header-Content-Length": str(len(data)),
                "X-Goog-Upload-Header-Content-Type": kind,
            },
        )
        address = start.headers.get("x-goog-upload-url", "")
        if not address:
            raise ProviderBusyError(f"{self._door.title} named no address for the upload.")
        finish = {"X-Goog-Upload-Command": "upload, finalize", "X-Goog-Upload-Offset": "0"}
        sent = object_of(self._door, await self._door.ask(address, method="POST", content=data, headers=finish))
        uri = await self._usable(sent.get("file"))
        self._kinds[uri] = kind
        return uri

    def content(self, one: str) -> Json:
        """Write one medium as an interaction wants it."""
        inline = _DATA.fullmatch(one)
        kind = inline[1] if inline else self._kinds.get(one, "application/octet-stream")
        where = {"data": inline[2]} if inline else {"uri": one}
        return {"type": kind.partition("/")[0], **where, "mime_type": kind}

    async def _usable(self, file: Json) -> str:
        for turn in range(_LOOKS):
            state, uri = words(within(file, "state")), words(within(file, "uri"))
            if state == "FAILED":
                raise CapabilityError(
                    f"{self._door.title} cannot read the file: {words(within(file, 'error', 'message'))}",
                    hint="Nothing was started. Export the clip as H.264 in MP4 and try again.",
                )
            if uri and state in ("ACTIVE", ""):
                return uri
            if not (name := words(within(file, "name"))):
                break
            await asyncio.sleep(min(0.2 * 1.5**turn, _LONGEST_PAUSE))
            file = object_of(self._door, await self._door.ask(f"v1/{name}"))
        raise ProviderBusyError(f"{self._door.title} did not take the file in.")


def _job(door: Door, order: Order, api: str, remote_id: str, path: str) -> RemoteJob:
    """Return the job of a background answer; an answer without an id is nothing anybody understands."""
    if not remote_id:
        raise door.garbled()
    profile = order.profile
    port = profile.outputs[0]
    details = {
        kept.API: api,
        "path": f"{path}/{remote_id}",
        "port": port,
        "media": "audio" if port == "audio" else "video",
        "token": order.request.token,
    }
    return RemoteJob(provider=profile.provider, id=remote_id, model=profile.id, details=details)


def _words(body: dict[str, Any]) -> str:
    """The prompt, and what a mode wants said in it for want of a field (``say``)."""
    return " ".join(part for part in (body.pop("text", ""), *body.pop("say", [])) if part)


def _inline(uri: str) -> Json:
    match = _DATA.fullmatch(uri)
    return {"inlineData": {"mimeType": match[1], "data": match[2]}} if match else {"fileData": {"fileUri": uri}}


def _instances(body: dict[str, Any]) -> Json:
    """Write an operation's body: one instance, whose pictures are objects of their own."""
    instance = {name: _picture_bytes(value) for name, value in body.pop("instance", {}).items()}
    if references := instance.pop("references", None):
        instance["referenceImages"] = [{"image": _picture_bytes(one), "referenceType": "asset"} for one in references]
    return {"instances": [instance], **body}


def _picture_bytes(value: Json) -> Json:
    match = _DATA.fullmatch(value) if isinstance(value, str) else None
    return {"bytesBase64Encoded": match[2], "mimeType": match[1]} if match else value


def _reasons(error: Mapping[str, Any]) -> set[str]:
    details = error.get("details")
    return {words(within(one, "reason")) for one in details} if isinstance(details, list) else set()


def _retry_delay(error: Mapping[str, Any]) -> float | None:
    """Seconds of a ``RetryInfo`` (``"37s"``)."""
    for one in error.get("details") or () if isinstance(error.get("details"), list) else ():
        match = re.fullmatch(r"(\d+(?:\.\d+)?)s", words(within(one, "retryDelay")))
        if match:
            return min(float(match[1]), 120.0)
    return None
