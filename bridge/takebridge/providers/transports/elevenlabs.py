"""ElevenLabs: speech, dialogue, music and effects, answered (and billed) at once. Facts: providers.md §2.10."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from takebridge.errors import CapabilityError, NotFoundError, ProviderBusyError
from takebridge.providers.facts import Json
from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote.door import Door, Reply
from takebridge.providers.remote.onshelf import Answer, answered, gone, keep_answer, kept_job
from takebridge.providers.remote.order import Order, prompt_of, put
from takebridge.providers.remote.refusals import Refusal, RefusalKind, plain_refusal
from takebridge.providers.remote.request_faults import faults_of
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import SCHEME, Shelf
from takebridge.providers.remote.spoken import captions_of
from takebridge.providers.transports import elevenlabs_voices as voices

_KINDS: Mapping[str, RefusalKind] = {
    # The help centre names the first five (looked at 2026-11-22); the others are unverified.
    "invalid_api_key": "auth",
    "quota_exceeded": "quota",
    "max_character_limit_exceeded": "invalid_input",
    "voice_not_found": "invalid_input",
    "too_many_concurrent_requests": "rate_limit",
    "system_busy": "server",
    "missing_permissions": "auth",
    "subscription_required": "quota",
    "output_format_not_allowed": "quota",
    "voice_limit_reached": "quota",
    "can_not_use_instant_voice_cloning": "quota",
    "model_not_found": "retired_model",
    "model_deprecated": "retired_model",
    "invalid_voice_settings": "invalid_input",
    "content_policy_violation": "moderation_input",
    "content_against_policy": "moderation_input",
    "bad_prompt": "moderation_input",
    "bad_composition_plan": "moderation_input",
}
"""What ``detail.status`` means; the HTTP status alone says too little (an empty quota is a 401)."""

_SUFFIXES = {"mp3": "mp3", "wav": "wav", "opus": "opus"}
_CLOCKS_DIFFER = 300
"""Seconds by which the history's clock and ours may differ."""


class ElevenLabs:
    """A `Transport`. A submit returns only once the sound is on the shelf; what it cost is spent by then."""

    name = "elevenlabs"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """Return the key's header."""
        return {"xi-api-key": key.reveal()} if key else {}

    def explain(self, reply: Reply) -> Refusal:
        """Classify ``{detail: {status, message}}``, and the list a 422 has instead."""
        status, reason = _said(reply.fields().get("detail"))
        plain = plain_refusal(reply.status, reason, reply.retry_after)
        if status == "too_many_concurrent_requests":
            most = reply.headers.get("maximum-concurrent-requests", "")
            told = f"The plan allows {most} requests at a time." if most.isdecimal() else "Too many requests at a time."
            return Refusal("rate_limit", f"{told} {reason}".strip(), reply.retry_after)
        return Refusal(_KINDS[status], reason, reply.retry_after) if status in _KINDS else plain

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Ask for the sound and keep it. Raises what `Door.spend` does, CapabilityError before anything is sent."""
        voices.check_consent(order)
        body = await _body(door, order)
        path = order.mode.path
        if "{voice}" in path:
            path = path.replace("{voice}", await voices.voice_for(door, order))
        token = order.request.token
        await asyncio.to_thread(shelf.keep, token, "sent.json", json.dumps(_sent(path, body)).encode())
        wanted = str(order.request.params.get("output_format") or order.profile.params.get("output_format", ""))
        reply = await door.spend(path, json=body, params={"output_format": wanted} if wanted else None)
        answers = _answers(door, order, reply, _SUFFIXES.get(wanted.partition("_")[0], "mp3"))
        request_id = reply.headers.get("request-id", "")
        job = RemoteJob(
            provider=door.account.facts.provider,
            id=request_id or token,
            model=order.profile.id,
            details={"token": token, "characters": reply.headers.get("character-cost", "")},
        )
        await asyncio.to_thread(keep_answer, shelf, token, answers)
        await asyncio.to_thread(_claim, shelf, job)
        return job

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Hand out the answer. One found in the history is fetched from there, once."""
        if (update := await asyncio.to_thread(answered, shelf, job)) is not None:
            return update
        if not (item := job.details.get("history", "")):
            return gone(door.title)
        reply = await door.look(f"/v1/history/{item}/audio")
        if reply.status == 404:
            return gone(door.title)
        if reply.status != 200:
            raise door.refused(reply)
        if not _is_sound(reply):
            raise ProviderBusyError(f"{door.title} handed something else over than sound.")
        one = Answer("audio", "audio", f"audio.{_suffix_of(reply)}", reply.body)
        await asyncio.to_thread(keep_answer, shelf, job.details["token"], [one])
        return await asyncio.to_thread(answered, shelf, job) or gone(door.title)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Nothing to stop: the answer was there before the submit returned."""

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """Look the words up in the account's history (speech only). Of several that fit none is taken.

        The history knows no id of ours. An item counts when its model, voice and words are those that were sent, it is
        no older than the request, and no other answer was seen under its request id.
        """
        provider, token = door.account.facts.provider, order.request.token
        if (here := await asyncio.to_thread(kept_job, shelf, provider, order.profile.id, token)) is not None:
            return here
        sent = await asyncio.to_thread(_sent_before, shelf, token)
        if sent is None or not sent.get("words"):
            return None
        asked = {"page_size": 100, "model_id": sent["model"], "date_after_unix": sent["at"] - _CLOCKS_DIFFER}
        items = _items(await door.ask("/v1/history", params=asked))
        fit = [one for one in items if _fits(one, sent) and _is_free(shelf, one["request_id"], token)]
        if len(fit) != 1:
            return None
        job = RemoteJob(
            provider=provider,
            id=fit[0]["request_id"] or fit[0]["history_item_id"],
            model=order.profile.id,
            details={"token": token, "history": fit[0]["history_item_id"]},
        )
        await asyncio.to_thread(_claim, shelf, job)
        return job

    async def check(self, door: Door) -> ProviderStatus:
        """Read the subscription, which costs nothing."""
        plan = (await door.ask("/v1/user/subscription")).fields()
        used, limit = plan.get("character_count"), plan.get("character_limit")
        if not isinstance(used, int) or not isinstance(limit, int):
            return ProviderStatus(ready=True, message=f"{door.title} answers.")
        left = f"{max(0, limit - used):,} of {limit:,} credits are left in plan “{plan.get('tier', '')}”."
        return ProviderStatus(ready=True, message=f"{door.title} answers; {left}")


TRANSPORT = ElevenLabs()


# --- what is sent ---------------------------------------------------------------------------------------


async def _body(door: Door, order: Order) -> dict[str, Any]:
    """Write the body as the mode says; then what holds for the whole API."""
    words = prompt_of(order.request).strip()
    if not words:
        raise CapabilityError(
            f"{order.profile.title} was given no words.", hint="Write them into the node, or wire a text to it."
        )
    body = await order.body(_nothing_to_upload)
    if "language_code" in body:  # ISO 639-1, where our parameter is a BCP 47 tag
        body["language_code"] = str(body["language_code"]).partition("-")[0].lower()
    _put_speed(body)
    if tempo := body.pop("tempo_bpm", 0):  # no field of the API has it: it is said
        body["prompt"] = f"{body['prompt']}\n\n{tempo} beats a minute."
    if (lines := order.mode.body.get("lines")) is not None:
        put(body, lines.field, await voices.lines_for(door, order, words))
    return body


def _put_speed(body: dict[str, Any]) -> None:
    """Percent become a factor; the usual speed is left to the voice's own settings."""
    settings = body.get("voice_settings", {})
    if settings.get("speed") == 100:
        del settings["speed"]
    elif "speed" in settings:
        settings["speed"] = settings["speed"] / 100
    if settings == {}:
        body.pop("voice_settings", None)


def _sent(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What `ElevenLabs.find` needs to know of a request: when it was sent, to what, with which words."""
    speech = path.startswith("/v1/text-to-speech/")
    words = [body["text"]] if speech else [one["text"] for one in body.get("inputs", ())]
    voice = path.split("/")[3] if speech else ""
    return {"at": int(time.time()), "model": body.get("model_id", ""), "voice": voice, "words": words}


async def _nothing_to_upload(path: Path, kind: str) -> str:
    raise CapabilityError("This API takes no files by address.", hint="Choose another model.")


# --- what comes back ------------------------------------------------------------------------------------


def _answers(door: Door, order: Order, reply: Reply, suffix: str) -> list[Answer]:
    """Return the sound, and captions where the answer says when each character is spoken."""
    if "with-timestamps" not in order.mode.path:
        if not _is_sound(reply):
            raise door.garbled()
        return [Answer("audio", "audio", f"audio.{suffix}", reply.body)]
    found = reply.fields()
    try:
        sound = base64.b64decode(found["audio_base64"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise door.garbled() from error
    if not sound:
        raise door.garbled()
    answers = [Answer("audio", "audio", f"audio.{suffix}", sound)]
    if captions := captions_of(found.get("alignment") or found.get("normalized_alignment")):
        port = "captions" if "captions" in order.profile.outputs else ""
        answers.append(Answer(port, "captions", "captions.srt", captions.encode()))
    return answers


def _is_sound(reply: Reply) -> bool:
    kind = reply.headers.get("content-type", "").partition(";")[0].strip()
    return bool(reply.body) and (kind.startswith("audio/") or kind == "application/octet-stream")


def _suffix_of(reply: Reply) -> str:
    kind = reply.headers.get("content-type", "").partition(";")[0].strip()
    return {"audio/wav": "wav", "audio/x-wav": "wav", "audio/opus": "opus", "audio/ogg": "opus"}.get(kind, "mp3")


def _said(detail: Json) -> tuple[str, str]:
    """Return status and message of an error's ``detail``, whatever its shape."""
    if isinstance(detail, dict):
        return str(detail.get("status") or detail.get("code") or ""), str(detail.get("message") or "")
    if isinstance(detail, list):
        return "", faults_of(detail)
    return "", detail if isinstance(detail, str) else ""


# --- the history ----------------------------------------------------------------------------------------


def _items(reply: Reply) -> list[dict[str, Any]]:
    """Return the history's items, each with an id of its own and of its request (which may be empty)."""
    items = reply.fields().get("history")
    if not isinstance(items, list):
        raise ProviderBusyError("The history of ElevenLabs could not be read.")
    named = [one for one in items if isinstance(one, dict) and isinstance(one.get("history_item_id"), str)]
    return [{**one, "request_id": str(one.get("request_id") or "")} for one in named]


def _fits(item: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    spoken = item.get("dialogue")
    words = [item.get("text")]
    if isinstance(spoken, list) and spoken:
        words = [one.get("text") if isinstance(one, dict) else None for one in spoken]
    same_voice = not sent["voice"] or item.get("voice_id") == sent["voice"]
    since = item.get("date_unix")
    recent = isinstance(since, int) and since >= sent["at"] - _CLOCKS_DIFFER
    return recent and same_voice and words == sent["words"] and item.get("model_id") in (None, sent["model"])


def _claim_token(request_id: str) -> str:
    plain = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in request_id)
    return f"elevenlabs-{plain}"[:80]


def _claim(shelf: Shelf, job: RemoteJob) -> None:
    """Note that a request's answer is ours, so that no other request of the same words takes it for its own."""
    shelf.note(job, _claim_token(job.id))


def _is_free(shelf: Shelf, request_id: str, token: str) -> bool:
    """Say whether no other token's answer came under this request id."""
    seen = shelf.noted(_claim_token(request_id))
    return seen is None or seen.details.get("token") == token


def _sent_before(shelf: Shelf, token: str) -> dict[str, Any] | None:
    try:
        value = json.loads(shelf.path_of(f"{SCHEME}{token}/sent.json").read_bytes())
    except (NotFoundError, OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None
