"""World Labs' Marble: words, pictures or a clip become a world of Gaussian splats (providers.md §2.9).

A job is an operation. Each world carries our token as a tag, by which it is found again in the list of worlds after a
lost answer; it is then looked at as a world. A job cannot be stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from takebridge.errors import ProviderUnavailableError
from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote.answers import (
    done,
    failed,
    listed,
    look_at,
    mapped,
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
from takebridge.providers.remote.uploads import hand_over

API = "/marble/v1"
CREDIT_MICROS = 800
"""1,250 credits are a dollar (the vendor's pages)."""

MOST_LOOSE = 4
"""More pictures than these are taken only as views of one place (``reconstruct_images``), up to 8."""

_SPLATS = ("full_res", "500k", "100k")
"""Keys of ``spz_urls``, best first."""

_MODERATED = ("moderation", "policy", "unsafe", "safety", "prohibited", "nsfw")
_NUMBERS: Mapping[int, RefusalKind] = {400: "invalid_input", 402: "quota", 422: "invalid_input", 429: "rate_limit"}


class WorldLabs:
    """`Transport` of the World API."""

    name = "worldlabs"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """A header of its own, not Bearer."""
        return {"WLT-Api-Key": key.reveal()} if key else {}

    def explain(self, reply: Reply) -> Refusal:
        """By status; 422 lists its faults, and a refusal by content is known by its words."""
        plain = explain_by_status(reply)
        faults = listed(reply.fields().get("detail"))
        reason = "; ".join(filter(None, (words(within(one, "msg")) for one in faults))) or plain.reason
        kind = plain.kind
        if any(within(one, "loc") == ["body", "model"] for one in faults):
            kind = "retired_model"  # the schema no longer lists it
        if reply.status in (400, 403, 422) and _is_moderation(reason):
            kind = "moderation_input"
        return Refusal(kind, reason, plain.retry_after)

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Hand the files over, then start the operation."""

        async def upload(path: Path, kind: str) -> str:
            return await _uploaded(door, path, kind)

        body = shaped(await order.body(upload))
        reply = await door.spend(order.mode.path, json=body)
        fields = reply.fields()
        if not (made := words(fields.get("operation_id"))):
            raise door.garbled()
        if fields.get("done") is True and isinstance(error := fields.get("error"), Mapping):
            raise door.refused_in_words(_refusal(error))
        return _job(order, made)

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Look at the operation; at the world itself where only that was found again."""
        if job.details.get("found") == "world":
            return await self._look_at_world(door, job)
        found = await look_at(door, f"{API}/operations/{job.id}")
        if found is None:
            return JobUpdate(state="lost")
        if found.get("done") is False:
            return JobUpdate(state="running")
        if found.get("done") is not True:
            raise nonsense(door)
        if isinstance(error := found.get("error"), Mapping):
            return failed(_refusal(error))
        return _finished(found.get("response"), job, _cost(found))

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Refuse: no endpoint stops an operation."""
        raise ProviderUnavailableError(
            "World Labs cannot stop a job once it is sent.", hint="Let it finish; its take can be deleted afterwards."
        )

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """Return the world that carries our token as a tag."""
        world = await _tagged(door, order.request.token)
        made = words(within(world, "world_id")) or words(within(world, "id"))
        return _job(order, made, found="world") if made else None

    async def check(self, door: Door) -> ProviderStatus:
        """Ask what is left: free."""
        found = object_of(door, await door.ask(f"{API}/credits"))
        left = next((one for one in map(number, found.values()) if one is not None), None)
        told = "" if left is None else f" {left:,.10g} credits are left."
        return ProviderStatus(ready=True, message=f"World Labs takes the key.{told}")

    async def _look_at_world(self, door: Door, job: RemoteJob) -> JobUpdate:
        found = await look_at(door, f"{API}/worlds/{job.id}")
        if found is None:
            return JobUpdate(state="lost")
        world = found.get("world", found)
        if _address(world, job.details.get("format", "spz")):
            return _finished(world, job, None)
        if await _tagged(door, job.details.get("token", ""), status="FAILED"):
            return failed(Refusal("server", "World Labs says this world failed."))
        return JobUpdate(state="running")


def shaped(body: dict[str, Any]) -> dict[str, Any]:
    """Return the body as this API wants it: one picture alone, several in a list, each a reference to its asset."""
    prompt = dict(body.get("world_prompt", {}))
    images, video = prompt.pop("images", []), prompt.pop("video", None)
    if video is not None:
        prompt = {"type": "video", **prompt, "video_prompt": _asset(video)}
    elif len(images) == 1:
        prompt = {"type": "image", **prompt, "image_prompt": _asset(images[0])}
    elif images:
        views = [{"content": _asset(one)} for one in images]
        more = {"reconstruct_images": True} if len(images) > MOST_LOOSE else {}
        prompt = {"type": "multi-image", **prompt, "multi_image_prompt": views, **more}
    else:
        prompt = {"type": "text", **prompt}
    found = {**body, "world_prompt": prompt}
    if token := found.pop("tag", ""):
        found["tags"] = [token]
    return found


def _asset(media_asset_id: str) -> dict[str, str]:
    return {"source": "media_asset", "media_asset_id": media_asset_id}


def _job(order: Order, made: str, *, found: str = "") -> RemoteJob:
    wanted = order.request.params.get("format", order.profile.params.get("format", "spz"))
    details = {"port": order.profile.outputs[0], "format": str(wanted), "token": order.request.token}
    details |= {"found": found} if found else {}
    return RemoteJob(provider=order.profile.provider, id=made, model=order.profile.id, details=details)


def _finished(world: object, job: RemoteJob, cost: int | None) -> JobUpdate:
    url = _address(world, job.details.get("format", "spz"))
    if not url:
        return failed(Refusal("server", "World Labs says the world is done, and names no file of it."))
    return done(job, url, model_reported=words(within(world, "model")), cost_micros=cost)


def _address(world: object, wanted: str) -> str:
    """The splats, best first, or the collision mesh."""
    if wanted == "glb":
        return words(within(world, "assets", "mesh", "collider_mesh_url"))
    splats = within(world, "assets", "splats", "spz_urls")
    named = [words(within(splats, name)) for name in _SPLATS]
    return next(filter(None, (*named, *map(words, mapped(splats).values()))), "")


def _refusal(error: Mapping[str, Any]) -> Refusal:
    code, said = error.get("code"), words(error.get("message"))
    if _is_moderation(said):
        return Refusal("moderation_output" if "result" in said.lower() else "moderation_input", said)
    return Refusal(_NUMBERS.get(code, "server") if isinstance(code, int) else "server", said)


def _is_moderation(reason: str) -> bool:
    return any(word in reason.lower() for word in _MODERATED)


def _cost(found: Mapping[str, Any]) -> int | None:
    credits = number(within(found, "cost", "total_credits"))
    return None if credits is None or credits < 0 else round(credits * CREDIT_MICROS)


async def _tagged(door: Door, token: str, **more: str) -> Mapping[str, Any] | None:
    """Return the first world that carries a tag of ours."""
    if not token:
        return None
    asked = {"tags": [token], "page_size": 10, **more}
    found = object_of(door, await door.ask(f"{API}/worlds:list", method="POST", json=asked))
    worlds = found.get("worlds")
    if not isinstance(worlds, list):
        raise nonsense(door)
    ours = (one for one in worlds if isinstance(one, Mapping) and token in listed(one.get("tags")))
    return next(ours, None)


async def _uploaded(door: Door, path: Path, kind: str) -> str:
    """Hand a file over; return its media asset's id."""
    facts = {"file_name": path.name, "kind": kind.partition("/")[0], "extension": path.suffix.lstrip(".").lower()}
    place = object_of(door, await door.ask(f"{API}/media-assets:prepare_upload", method="POST", json=facts))
    made, info = words(within(place, "media_asset", "media_asset_id")), place.get("upload_info")
    if not made or not isinstance(info, Mapping) or not words(info.get("upload_url")):
        raise nonsense(door)
    headers = {"Content-Type": kind, **mapped(info.get("required_headers"))}
    await hand_over(door, info["upload_url"], path, method=words(info.get("upload_method")) or "PUT", headers=headers)
    return made


TRANSPORT = WorldLabs()
