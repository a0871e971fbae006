"""From a request to the body a provider wants, as its mode describes it. Pure but for uploads and reading files."""

from __future__ import annotations

import asyncio
import base64
import mimetypes
from collections.abc import Awaitable, Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from takebridge.errors import CapabilityError
from takebridge.providers.facts import BodyField, Json, Mode
from takebridge.providers.protocol import GenerationRequest, InputRole, MediaInput, ModelProfile

Upload = Callable[[Path, str], Awaitable[str]]
"""Brings a file (path, MIME type) to the provider; returns the address a request names it by."""

WORDS: frozenset[InputRole] = frozenset({"text", "style_text", "script", "captions"})
"""Roles that are words: they become part of the prompt unless a mode writes them itself."""


@dataclass(frozen=True, slots=True)
class Order:
    """A request together with the facts of its model and the mode it is asked in."""

    request: GenerationRequest
    profile: ModelProfile
    mode: Mode

    @property
    def remote_id(self) -> str:
        """What the provider calls the model."""
        return self.mode.remote_id or self.profile.remote_id

    def inputs(self, role: InputRole) -> tuple[MediaInput, ...]:
        """Return the inputs of a role, in order."""
        return tuple(one for one in self.request.inputs if one.role == role)

    async def body(self, upload: Upload) -> dict[str, Any]:
        """Write the request body. Files go through ``upload`` first where the mode wants addresses.

        Raises CapabilityError for a value the mode's ``map`` does not list; nothing was sent for it.
        """
        found: dict[str, Any] = deepcopy(dict(self.mode.fixed))
        for name, spec in self.mode.body.items():
            value = await self._value(name, spec, upload)
            if value is not None and value != "":  # a map may turn a word such as "auto" into nothing at all
                put(found, spec.field, value)
        return found

    async def _value(self, name: str, spec: BodyField, upload: Upload) -> Json:
        files = [one for one in self.request.inputs if one.role == name and one.role not in WORDS]
        if files:
            written = [await _written(one, spec, upload) for one in (files if spec.many else files[:1])]
            return written if spec.many else written[0]
        value = _plain_value(self, name)
        if value is None or value == "":
            return None
        if spec.map:
            key = str(value).lower() if isinstance(value, bool) else str(value)
            if key not in spec.map:
                raise CapabilityError(
                    f"{self.profile.id} cannot do {name} {key}.",
                    hint=f"It does {', '.join(spec.map)}. Change {name}, or choose another model.",
                )
            return spec.map[key]
        return _in_form(value, spec)


def mode_of(profile: ModelProfile, inputs: Iterable[MediaInput]) -> Mode:
    """Return the mode that takes all of the inputs. Raises CapabilityError when none does.

    A profile without modes has one that takes everything.
    """
    if not profile.modes:
        return Mode(name="", takes=tuple(slot.role for slot in profile.inputs))
    given = {one.role for one in inputs} - WORDS
    for mode in profile.modes:
        if set(mode.needs) <= given <= set(mode.takes):
            return mode
    told = "; or ".join(_spoken(mode) for mode in profile.modes)
    asked = " and ".join(sorted(role.replace("_", " ") for role in given)) or "words"
    how = "together" if len(given) > 1 else "alone"
    raise CapabilityError(
        f"{profile.id} cannot take {asked} {how}.", hint=f"It takes {told}. Change the wires, or choose another model."
    )


def prompt_of(request: GenerationRequest) -> str:
    """Return the whole prompt: words wired in first, then the node's own, then style; empty ones left out.

    Raises CapabilityError for a words input that cannot be read.
    """
    before = [_text_of(one) for one in request.inputs if one.role in ("text", "script", "captions")]
    style = [_text_of(one) for one in request.inputs if one.role == "style_text"]
    return "\n\n".join(part.strip() for part in [*before, request.prompt, *style] if part.strip())


def put(body: dict[str, Any], path: str, value: Json) -> None:
    """Set a dotted path in a JSON object; a part ending in ``[]`` appends to a list (lists are joined)."""
    *parents, last = path.split(".")
    at = body
    for part in parents:
        at = at.setdefault(part, {})
    if last.endswith("[]"):
        at.setdefault(last[:-2], []).extend(value if isinstance(value, list) else [value])
    else:
        at[last] = value


def mime_of(path: Path, media_type: str = "") -> str:
    """Return the MIME type of a file by its name, else by what it is said to be."""
    plain = {"image": "image/png", "video": "video/mp4", "audio": "audio/wav"}.get(
        media_type, "application/octet-stream"
    )
    return mimetypes.guess_type(path.name)[0] or plain


def _plain_value(order: Order, name: str) -> Json:
    request = order.request
    values: Mapping[str, Any] = {
        "prompt": prompt_of(request) if name == "prompt" else "",
        "seed": request.seed,
        "duration": request.duration_ms,
        "width": request.width,
        "height": request.height,
        "frame_count": request.frame_count,
        "rate": request.params.get("rate", request.rate),
        "model": order.remote_id,
        "token": request.token,
        "size": f"{_param(order, 'aspect')}@{_param(order, 'resolution')}",
    }
    if name in values:
        return values[name]
    return _param(order, name, None)


def _param(order: Order, name: str, missing: Json = "") -> Json:
    """Return a parameter as it was asked for, else the profile's default."""
    return order.request.params.get(name, order.profile.params.get(name, missing))


def _in_form(value: Json, spec: BodyField) -> Json:
    match spec.form:
        case "text":
            return str(value).lower() if isinstance(value, bool) else str(value)
        case "number":
            return int(value)
        case "seconds":
            return value // 1000 if value % 1000 == 0 else value / 1000
        case "seconds_up":
            return -(-value // 1000)
        case "seconds_text":
            return str(-(-value // 1000))
        case "seconds_s":
            return f"{-(-value // 1000)}s"
        case _:
            return value


async def _written(one: MediaInput, spec: BodyField, upload: Upload) -> Json:
    kind = mime_of(one.path, one.media_type)
    if spec.form in ("url", "plain"):
        return await upload(one.path, kind)
    if spec.form == "file":
        return one.path
    coded = base64.b64encode(await asyncio.to_thread(one.path.read_bytes)).decode("ascii")
    return f"data:{kind};base64,{coded}" if spec.form == "data_uri" else coded


def _text_of(one: MediaInput) -> str:
    try:
        return one.path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CapabilityError(
            f"“{one.name or one.path.name}” is no readable text.", hint="Remove the wire, or write the text anew."
        ) from error


def _spoken(mode: Mode) -> str:
    taken = [role.replace("_", " ") for role in mode.takes]
    return ", ".join(taken) if taken else "words alone"
