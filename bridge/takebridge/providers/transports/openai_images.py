"""OpenAI's image API (openai 3.52–3.54): generations as JSON, edits as a form, the picture inside the answer as base64.

An edit is a mode whose path ends in ``edits``: its pictures are parts of the form (``image[]``, ``mask``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from takebridge.errors import CapabilityError, ProviderUnavailableError
from takebridge.providers.facts import Json
from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote import kept
from takebridge.providers.remote.answers import object_of, within, words
from takebridge.providers.remote.door import Door, Reply
from takebridge.providers.remote.order import Order, mime_of
from takebridge.providers.remote.refusals import Refusal, RefusalKind, plain_refusal
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf
from takebridge.providers.remote.usage import cost_of, counted

_KINDS: Mapping[str, RefusalKind] = {
    "moderation_blocked": "moderation_input",
    "content_policy_violation": "moderation_input",
    "insufficient_quota": "quota",
    "billing_hard_limit_reached": "quota",
    "billing_not_active": "quota",
    "invalid_api_key": "auth",
    "model_not_found": "retired_model",
    "rate_limit_exceeded": "rate_limit",
}
"""``error.code`` or ``error.type`` in our words. An empty account is a 429 too: its code tells it from a busy one."""

_LARGEST_SIDE = 16_384


class OpenAIImages:
    """`Transport` of /v1/images."""

    name = "openai_images"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """A bearer token."""
        return {"Authorization": f"Bearer {key.reveal()}"} if key else {}

    def explain(self, reply: Reply) -> Refusal:
        """Read ``{error: {message, type, param, code}}``."""
        return openai_refusal(reply)

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Ask once; the answer is the picture."""
        body = await order.body(_no_upload)
        path = order.mode.path
        if path.endswith("edits"):
            data, files = await asyncio.to_thread(_form, body)
            reply = await door.spend(path, data=data, files=files)
        else:
            reply = await door.spend(path, json=body)
        answer = reply.fields()
        pictures = answer.get("data")
        if not isinstance(pictures, list):
            raise door.garbled()
        micros = cost_of(order, _counts(answer.get("usage")))
        image = kept.decoded(within(pictures[0], "b64_json")) if pictures else b""
        if not image:
            return await kept.keep_failure(shelf, order, Refusal("server", "It answered without a picture."), micros)
        suffix = f".{words(answer.get('output_format')) or 'png'}"
        piece = kept.Piece(order.profile.outputs[0], "image", suffix, image)
        return await kept.keep(shelf, order, [piece], micros=micros)

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Read the answer that was kept."""
        return await kept.update_of(job, shelf)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Nothing runs any more once there is a job: its answer came with the submit."""

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """An answer that was kept is found again; OpenAI takes no id of ours."""
        return await kept.found(shelf, order)

    async def check(self, door: Door) -> ProviderStatus:
        """List the models: free."""
        object_of(door, await door.ask("models"))
        return ProviderStatus(ready=True, message=f"{door.title} takes the key.")


TRANSPORT = OpenAIImages()


def openai_refusal(reply: Reply) -> Refusal:
    """Classify an error of the OpenAI shape, also of servers that only resemble it."""
    error = reply.fields().get("error")
    error = error if isinstance(error, dict) else {"message": error if isinstance(error, str) else ""}
    reason = words(error.get("message")) or words(reply.fields().get("message")) or words(reply.fields().get("detail"))
    for name in ("code", "type"):
        if kind := _KINDS.get(words(error.get(name))):
            return Refusal(kind, reason, reply.retry_after)
    return plain_refusal(reply.status, reason, reply.retry_after)


async def _no_upload(path: Path, kind: str) -> str:
    raise ProviderUnavailableError("OpenAI's image API takes no addresses.", hint="Correct the mode: use form = file.")


def _form(body: Mapping[str, Json]) -> tuple[dict[str, str], list[tuple[str, Json]]]:
    """Split a body into fields and files. Raises CapabilityError for a mask that is no picture."""
    data: dict[str, str] = {}
    files: list[tuple[str, Json]] = []
    pictures = [one for value in body.values() if isinstance(value, list) for one in value if isinstance(one, Path)]
    for name, value in body.items():
        if name == "mask" and isinstance(value, Path):
            files.append(("mask", ("mask.png", see_through(value, pictures[0]), "image/png")))
        elif isinstance(value, list) and all(isinstance(one, Path) for one in value):
            files += [(f"{name}[]", (one.name, one, mime_of(one, "image"))) for one in value]
        else:
            data[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return data, files


def see_through(mask: Path, picture: Path) -> bytes:
    """Return our mask (white is changed) as OpenAI's: a PNG of the picture's size, transparent where it is changed.

    Raises CapabilityError for files that are no pictures.
    """
    try:
        with Image.open(picture) as whole, Image.open(mask) as drawn:
            size = whole.size
            if max(size) > _LARGEST_SIDE:
                raise CapabilityError(
                    f"The picture is {size[0]}×{size[1]}, too large for a mask.", hint="Use a smaller one."
                )
            kept_part = ImageOps.invert(drawn.convert("L")).resize(size, Image.Resampling.LANCZOS)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise CapabilityError("The mask cannot be read as a picture.", hint="Export it again as PNG.") from error
    made = Image.merge("RGBA", [*[Image.new("L", size)] * 3, kept_part])
    out = BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


def _counts(usage: Json) -> dict[str, int]:
    """Tokens by use. Text written on the way to a picture has no price of its own we know of."""
    given = within(usage, "input_tokens_details")
    made = within(usage, "output_tokens")
    text_out = counted(within(usage, "output_tokens_details", "text_tokens"))
    return {
        "text_in": counted(within(given, "text_tokens")),
        "image_in": counted(within(given, "image_tokens")),
        "text_out": text_out,
        "image_out": counted(made) - text_out,
    }
