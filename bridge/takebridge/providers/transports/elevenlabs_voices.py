"""Voices at ElevenLabs: by id or name, one for each speaker, and copies of a voice whose owner agreed."""

from __future__ import annotations

import asyncio
import hashlib
import re
from pathlib import Path
from typing import Any

from takebridge.errors import CapabilityError, ProviderBusyError
from takebridge.providers.remote.door import Door
from takebridge.providers.remote.order import Order, mime_of

_ID = re.compile(r"[A-Za-z0-9]{20}")
"""A voice's id, as every one in the SDK's examples is written."""

_SPEAKER = re.compile(r"^\s*([^:\n]{1,60}):\s*(\S.*)$")


def check_consent(order: Order) -> None:
    """Raise CapabilityError when a voice would be copied and nobody has said that its owner agreed."""
    stated = str(order.request.params.get("consent", "")).strip()
    if order.inputs("voice_sample") and order.profile.rights.voice_consent and not stated:
        raise CapabilityError(
            f"{order.profile.title} copies a voice only with its owner's consent, and none is stated.",
            hint="Say in “consent” whose voice it is and that they agreed, or remove the voice sample.",
        )


async def voice_for(door: Door, order: Order) -> str:
    """Return the id of the voice to speak with: the sample's copy, else the one named, else the model's usual one.

    Raises CapabilityError for a name the account has no voice of.
    """
    samples = [one.path for one in order.inputs("voice_sample")]
    if samples:
        return await _copied(door, order, samples)
    return await _voice_named(door, _named(order))


async def lines_for(door: Door, order: Order, words: str) -> list[dict[str, Any]]:
    """Return the lines of a dialogue with the voice of each.

    A line reads ``NAME: words``; one without a name belongs to the speaker before. ``voice`` says who is who
    (``ANNA = George; BEN = 21m00Tcm4TlvDq8ikWAM``); a speaker it does not list is the name of a voice.
    """
    cast = _cast(order)
    found: list[tuple[str, str]] = []
    for line in filter(None, map(str.strip, words.splitlines())):
        if match := _SPEAKER.match(line):
            found.append((match[1].strip(), match[2].strip()))
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line}")
        else:
            found.append(("", line))
    ids = {name: await _voice_named(door, cast.get(name.casefold(), name) or _usual(order)) for name, _ in found}
    return [{"text": text, "voice_id": ids[name]} for name, text in found]


def _named(order: Order) -> str:
    return str(order.request.params.get("voice") or "").strip() or _usual(order)


def _usual(order: Order) -> str:
    return str(order.profile.params.get("voice") or "")


def _cast(order: Order) -> dict[str, str]:
    pairs = (part.partition("=") for part in str(order.request.params.get("voice") or "").split(";"))
    return {name.strip().casefold(): voice.strip() for name, found, voice in pairs if found and voice.strip()}


async def _voice_named(door: Door, name: str) -> str:
    if _ID.fullmatch(name):
        return name
    if not name:
        raise CapabilityError("No voice is named.", hint="Write the name or the id of a voice into “voice”.")
    found = await _search(door, name)
    for one in found:
        # "George" is listed as "George - Warm Storyteller" as well.
        if str(one.get("name", "")).partition(" - ")[0].casefold() == name.partition(" - ")[0].casefold():
            return str(one["voice_id"])
    near = ", ".join(str(one.get("name")) for one in found[:3])
    raise CapabilityError(
        f"The account at {door.title} has no voice called “{name}”.",
        hint=f"Did you mean {near}?" if near else "Add the voice to the account, or write the id of another.",
    )


async def _search(door: Door, name: str) -> list[dict[str, Any]]:
    reply = await door.ask("/v2/voices", params={"search": name, "page_size": 100})
    voices = reply.fields().get("voices")
    if not isinstance(voices, list):
        raise ProviderBusyError(f"{door.title} did not list its voices.")
    return [one for one in voices if isinstance(one, dict) and one.get("voice_id")]


async def _copied(door: Door, order: Order, samples: list[Path]) -> str:
    """Return the copy of these samples' voice; made once, and found by its name after that.

    Copying bills nothing but takes one of the account's places for voices, and it is not repeated by itself.
    """
    data = [(one, await asyncio.to_thread(one.read_bytes)) for one in samples]
    name = f"TakeBridge {hashlib.sha256(b''.join(part for _, part in data)).hexdigest()[:16]}"
    for one in await _search(door, name):
        if one.get("name") == name:
            return str(one["voice_id"])
    stated = " ".join(str(order.request.params.get("consent", "")).split())[:400]
    reply = await door.ask(
        "/v1/voices/add",
        method="POST",
        again=False,
        data={"name": name, "description": f"Consent: {stated}"},
        files=[("files", (one.name, part, mime_of(one, "audio"))) for one, part in data],
    )
    voice = reply.fields().get("voice_id")
    if not isinstance(voice, str) or not voice:
        raise ProviderBusyError(f"{door.title} did not name the voice it copied.")
    if reply.fields().get("requires_verification") is True:
        raise CapabilityError(
            f"{door.title} wants the owner of this voice to verify it first.",
            hint="Verify it on the provider's own page, then generate again.",
        )
    return voice
