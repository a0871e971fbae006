"""Which port a remote job fills, written into the job for later processes; and what queues have in common."""

from __future__ import annotations

from takebridge.errors import ProviderUnavailableError
from takebridge.providers.facts import GenerationKind, Json
from takebridge.providers.remote.door import Door, Reply
from takebridge.providers.remote.order import Order

_MEDIA: dict[GenerationKind, str] = {
    "image": "image",
    "image_edit": "image",
    "voice": "audio",
    "music": "audio",
    "sfx": "audio",
    "model_3d": "model_3d",
    "world": "world",
}
"""Media type of a kind's results; all other kinds make clips."""


def port_details(order: Order) -> dict[str, str]:
    """Return the ``port`` and ``media`` of the one result an order asks for."""
    return {"port": order.profile.outputs[0], "media": _MEDIA.get(order.profile.kind, "video")}


def unstopped(door: Door, reply: Reply) -> ProviderUnavailableError:
    """Return the error of a cancel that was refused: the job may run on."""
    error = door.refused(reply)
    if isinstance(error, ProviderUnavailableError):
        return error
    return ProviderUnavailableError(
        f"{door.title} did not stop the job (HTTP {reply.status}).", hint="It may run on. Look again in a while."
    )


def seed_of(value: Json) -> int | None:
    """Return a seed a vendor reported, None for anything that is none."""
    return value if type(value) is int and 0 <= value < 2**63 else None
