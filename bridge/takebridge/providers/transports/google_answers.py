"""What the Gemini API answers, in our words: candidates, interactions, operations (google-genai 3.4.0)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from takebridge.providers.facts import Json
from takebridge.providers.protocol import JobUpdate, RemoteJob
from takebridge.providers.remote.answers import done, failed, nonsense, within, words
from takebridge.providers.remote.door import Door
from takebridge.providers.remote.kept import Piece, decoded
from takebridge.providers.remote.refusals import Refusal, RefusalKind
from takebridge.providers.remote.shelf import Shelf

_RULES = frozenset(
    [
        "SAFETY",
        "IMAGE_SAFETY",
        "PROHIBITED_CONTENT",
        "IMAGE_PROHIBITED_CONTENT",
        "BLOCKLIST",
        "SPII",
        "RECITATION",
        "IMAGE_RECITATION",
        "MODEL_ARMOR",
        "JAILBREAK",
    ]
)
"""Finish reasons that are the content rules speaking."""

_SPEAKS = re.compile(
    r"safety|prohibited|blocked|content polic|content_polic|responsible ai|sensitive|moderat", re.IGNORECASE
)
_OF_INPUT = re.compile(r"prompt|input|image you|request was blocked", re.IGNORECASE)
_SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
    "audio/wav": ".wav",
    "audio/mp3": ".mp3",
    "audio/mpeg": ".mp3",
}
_FILE = re.compile(r"(?:^|/)(files/[A-Za-z0-9_-]+)/?$")
_GOING = {"queued": "queued", "in_progress": "running"}


def speaks_of_rules(text: str) -> bool:
    """Say whether a reason in Google's words is about its content rules (the codes are not published: M)."""
    return _SPEAKS.search(text) is not None


def picture_of(answer: Mapping[str, Any], port: str) -> Piece | Refusal:
    """Return the picture of a generateContent answer; thoughts on the way to it are not it."""
    reason = ""
    for candidate in _list(answer.get("candidates")):
        for part in _list(within(candidate, "content", "parts")):
            kind, data = words(within(part, "inlineData", "mimeType")), decoded(within(part, "inlineData", "data"))
            if data and kind.startswith("image/") and within(part, "thought") is not True:
                return Piece(port, "image", _SUFFIXES.get(kind, ".png"), data)
        reason = reason or words(within(candidate, "finishReason"))
        told = words(within(candidate, "finishMessage")) or _said(candidate)
        if reason in _RULES:
            return Refusal("moderation_output", f"{reason}: {told}" if told else reason)
        if told:
            reason = f"{reason}: {told}"
    return Refusal("server", reason or "It answered without a picture.")


async def of_interaction(door: Door, found: Mapping[str, Any], job: RemoteJob, shelf: Shelf) -> JobUpdate:
    """Return what an interaction's status means. Raises ProviderBusyError for one nobody knows."""
    status = words(found.get("status"))
    if status in _GOING:
        return JobUpdate(state="queued" if _GOING[status] == "queued" else "running")
    if status == "completed":
        return await _completed(door, found, job, shelf)
    if status == "cancelled":
        return JobUpdate(state="cancelled")
    kinds: dict[str, RefusalKind] = {
        "failed": "server",
        "incomplete": "server",
        "budget_exceeded": "quota",
        "requires_action": "invalid_input",
        "requires_continuation": "server",
    }
    if status not in kinds:
        raise nonsense(door)
    reason = _reasons_of(found) or status.replace("_", " ")
    return failed(_ruled(reason, kinds[status]))


def of_operation(door: Door, found: Mapping[str, Any], job: RemoteJob) -> JobUpdate:
    """Return what an operation says. Done with no sample at all is the content rules speaking."""
    if found.get("done") is not True:
        if not words(found.get("name")):
            raise nonsense(door)
        return JobUpdate(state="running")
    if isinstance(error := found.get("error"), dict):
        return failed(_ruled(words(error.get("message")), "server"))
    answer = within(found, "response", "generateVideoResponse")
    for sample in _list(within(answer, "generatedSamples")):
        if uri := words(within(sample, "video", "uri")):
            return done(job, download_address(door, uri))
    reasons = [words(one) for one in _list(within(answer, "raiMediaFilteredReasons"))]
    return failed(Refusal("moderation_output", " ".join(reasons) or "Its filters left nothing of the result."))


def download_address(door: Door, uri: str) -> str:
    """Return where the bytes of a file lie: a bare file resource answers with its description instead."""
    if uri.startswith("files/"):
        uri = door.url_of(f"v1/{uri}")
    match = _FILE.search(urlsplit(uri).path)
    return f"{uri.rstrip('/')}:download?alt=media" if match and not urlsplit(uri).query else uri


async def _completed(door: Door, found: Mapping[str, Any], job: RemoteJob, shelf: Shelf) -> JobUpdate:
    wanted = job.details.get("media", "video")
    told: dict[str, Any] = {"model_reported": words(found.get("model"))}
    for one in _contents(found, wanted):
        if uri := words(within(one, "uri")):
            return done(job, download_address(door, uri), **told)
        if data := decoded(within(one, "data")):
            suffix = _SUFFIXES.get(words(within(one, "mime_type")), ".mp4" if wanted == "video" else ".wav")
            name = f"{job.details.get('port', wanted)}{suffix}"
            location = await asyncio.to_thread(shelf.keep, job.details["token"], name, data)
            return done(job, location, **told)
    reason = _reasons_of(found) or f"It finished without a {wanted}, as it does when its filters remove it."
    return failed(Refusal("moderation_output", reason))


def _contents(found: Mapping[str, Any], wanted: str) -> Iterator[Json]:
    """Yield what the model put out of one kind, the last step first: earlier ones are drafts."""
    for step in reversed(_list(found.get("steps"))):
        if within(step, "type") == "model_output":
            yield from (one for one in _list(within(step, "content")) if within(one, "type") == wanted)
    yield from (one for one in _list(found.get("outputs")) if within(one, "type") == wanted)  # an older spelling (M)
    if isinstance(found.get(f"output_{wanted}"), dict):
        yield found[f"output_{wanted}"]


def _reasons_of(found: Mapping[str, Any]) -> str:
    errors = [one for one in _list(found.get("errors")) if isinstance(one, dict)]
    errors += [step["error"] for step in _list(found.get("steps")) if isinstance(within(step, "error"), dict)]
    told = [words(one.get("message")) or words(one.get("code")) for one in errors]
    return " ".join(dict.fromkeys(one for one in told if one))


def _ruled(reason: str, otherwise: RefusalKind) -> Refusal:
    if not speaks_of_rules(reason):
        return Refusal(otherwise, reason)
    return Refusal("moderation_input" if _OF_INPUT.search(reason) else "moderation_output", reason)


def _said(candidate: Json) -> str:
    texts = [words(within(part, "text")) for part in _list(within(candidate, "content", "parts"))]
    return " ".join(text for text in texts if text)


def _list(value: Json) -> list[Any]:
    return value if isinstance(value, list) else []
