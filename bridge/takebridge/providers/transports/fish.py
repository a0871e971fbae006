"""Fish Audio: speech, answered (and billed) at once; the model's name is an HTTP header. Facts: providers.md §2.10."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgpack

from takebridge.errors import CapabilityError
from takebridge.providers.facts import Json
from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote.door import Door, Reply
from takebridge.providers.remote.onshelf import Answer, answered, gone, keep_answer, kept_job
from takebridge.providers.remote.order import Order, prompt_of
from takebridge.providers.remote.refusals import Refusal, plain_refusal
from takebridge.providers.remote.request_faults import faults_of
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf

MOST_SPEAKERS = 5
_SLOWEST, _FASTEST = 50, 200
"""Percent; ``Prosody.speed`` of fish-audio-sdk 1.3.0 lies between 0.5 and 2."""

_SUFFIXES = {"audio/wav": "wav", "audio/x-wav": "wav", "audio/mpeg": "mp3", "audio/opus": "opus", "audio/ogg": "opus"}


class Fish:
    """A `Transport`. A submit returns only once the sound is on the shelf; what it cost is spent by then."""

    name = "fish"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """Return the key's header."""
        return {"Authorization": f"Bearer {key.reveal()}"} if key else {}

    def explain(self, reply: Reply) -> Refusal:
        """Classify ``{status, message}``, and the list of faults a 422 has instead."""
        return plain_refusal(reply.status, _reason(reply), reply.retry_after)

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Ask for the sound and keep it. Raises what `Door.spend` does, CapabilityError before anything is sent.

        JSON, but for reference sound: bytes go as MessagePack, as the vendor's own client sends them.
        """
        body = await _body(order)
        headers = {"model": order.remote_id}
        if "references" in body:
            packed = {**headers, "Content-Type": "application/msgpack"}
            reply = await door.spend(order.mode.path, content=msgpack.packb(body), headers=packed)
        else:
            reply = await door.spend(order.mode.path, json=body, headers=headers)
        kind = reply.headers.get("content-type", "").partition(";")[0].strip()
        if not reply.body or not (kind.startswith("audio/") or kind == "application/octet-stream"):
            raise door.garbled()
        token = order.request.token
        suffix = _SUFFIXES.get(kind, str(body.get("format", "wav")))
        sound = Answer("audio", "audio", f"audio.{suffix}", reply.body)
        await asyncio.to_thread(keep_answer, shelf, token, [sound])
        facts = door.account.facts
        return RemoteJob(provider=facts.provider, id=token, model=order.profile.id, details={"token": token})

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Hand out the answer."""
        return await asyncio.to_thread(answered, shelf, job) or gone(door.title)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Nothing to stop: the answer was there before the submit returned."""

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """Return the job of an answer that lies here; the API itself keeps no list of what it has spoken."""
        provider, token = door.account.facts.provider, order.request.token
        return await asyncio.to_thread(kept_job, shelf, provider, order.profile.id, token)

    async def check(self, door: Door) -> ProviderStatus:
        """Read the credit, which costs nothing."""
        credit = (await door.ask("/wallet/self/api-credit")).fields().get("credit")
        if not isinstance(credit, int | float | str) or isinstance(credit, bool):
            return ProviderStatus(ready=True, message=f"{door.title} answers.")
        return ProviderStatus(ready=True, message=f"{door.title} answers; {credit} of credit is left.")


TRANSPORT = Fish()


async def _body(order: Order) -> dict[str, Any]:
    body = await order.body(_nothing_to_upload)
    if not prompt_of(order.request).strip():
        raise CapabilityError(
            f"{order.profile.title} was given no words.", hint="Write them into the node, or wire a text to it."
        )
    _put_speed(order, body)
    voices = _voices(order)
    samples = order.inputs("voice_sample")
    if samples:
        _check_consent(order)
        # The words of a sample are not known here; the API takes it without.
        body["references"] = [{"audio": await asyncio.to_thread(one.path.read_bytes), "text": ""} for one in samples]
    elif voices:
        body["reference_id"] = voices[0] if len(voices) == 1 else voices
    return body


def _put_speed(order: Order, body: dict[str, Any]) -> None:
    """Percent become a factor; the usual speed is left out."""
    prosody = body.get("prosody", {})
    percent = prosody.pop("speed", 100)
    if not _SLOWEST <= percent <= _FASTEST:
        raise CapabilityError(
            f"{order.profile.title} speaks at {_SLOWEST} to {_FASTEST} percent; {percent} were asked for.",
            hint="Change the tempo, or choose another model.",
        )
    if percent != 100:
        prosody["speed"] = percent / 100
    if not prosody:
        body.pop("prosody", None)


def _voices(order: Order) -> list[str]:
    named = str(order.request.params.get("voice") or order.profile.params.get("voice") or "")
    found = [part for part in re.split(r"[\s,;]+", named) if part]
    if len(found) > MOST_SPEAKERS:
        raise CapabilityError(
            f"{order.profile.title} speaks with {MOST_SPEAKERS} voices at most; {len(found)} are named.",
            hint="Name fewer voices, or speak the scene in parts.",
        )
    return found


def _check_consent(order: Order) -> None:
    if order.profile.rights.voice_consent and not str(order.request.params.get("consent", "")).strip():
        raise CapabilityError(
            f"{order.profile.title} copies a voice only with its owner's consent, and none is stated.",
            hint="Say in “consent” whose voice it is and that they agreed, or remove the voice sample.",
        )


async def _nothing_to_upload(path: Path, kind: str) -> str:
    raise CapabilityError("This API takes no files by address.", hint="Choose another model.")


def _reason(reply: Reply) -> str:
    try:
        value: Json = reply.json()
    except ValueError:
        return ""
    if isinstance(value, dict):
        value = value.get("message") or value.get("detail") or ""
    if isinstance(value, list):
        return faults_of(value)
    return value if isinstance(value, str) else ""
