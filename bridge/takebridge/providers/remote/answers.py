"""Reading a provider's status answers: one that is no JSON object is nonsense, and never a failed job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from takebridge.errors import ProviderBusyError
from takebridge.providers.facts import Json
from takebridge.providers.protocol import Artifact, JobUpdate, RemoteJob
from takebridge.providers.remote.door import Door, Reply
from takebridge.providers.remote.refusals import Refusal, shortened

LARGEST_NUMBER = 10**15
"""Nothing counted here comes near."""

MODERATED = ("moderation_input", "moderation_output")


async def look_at(door: Door, path: str, **more: Json) -> dict[str, Any] | None:
    """Return the JSON object at a status address; None where the provider answers 404 or 410.

    Raises ProviderBusyError for a provider that is away or answers with anything else, ProviderKeyError.
    """
    reply = await door.look(path, **more)
    if reply.status in (404, 410):
        return None
    if not 200 <= reply.status < 300:
        raise door.refused(reply)
    return object_of(door, reply)


def object_of(door: Door, reply: Reply) -> dict[str, Any]:
    """Return the JSON object of a 2xx answer to something that may be repeated. Raises ProviderBusyError."""
    if fields := reply.fields():
        return fields
    raise nonsense(door)


def nonsense(door: Door) -> ProviderBusyError:
    """Return the error of a status answer nobody understands: the job may be well."""
    return ProviderBusyError(
        f"{door.title} answered with something unreadable.", hint="The job is looked at again by itself."
    )


def words(value: object) -> str:
    """Return a text a provider sent, "" for anything else."""
    return value if isinstance(value, str) else ""


def within(value: object, *names: str) -> Json:
    """Return what lies at a path of object fields, None where any part is missing."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def listed(value: object) -> list[Any]:
    """Return a list a provider sent, an empty one for anything else."""
    return value if isinstance(value, list) else []


def mapped(value: object) -> Mapping[str, Any]:
    """Return an object a provider sent, an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def number(value: object) -> float | int | None:
    """Return a number a provider sent, None for anything else: NaN, infinities and absurd sizes are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if -LARGEST_NUMBER <= value <= LARGEST_NUMBER else None


def percent(value: object) -> int | None:
    """Return a share of a hundred, cut to 0..100; None where there is none."""
    share = number(value)
    return None if share is None else int(min(100, max(0, share)))


def running(share: int | None, **more: Json) -> JobUpdate:
    """Return the update of a job at work, a percentage of it done where that is known."""
    return JobUpdate(state="running", done=share or 0, total=0 if share is None else 100, **more)


def failed(refusal: Refusal, hint: str = "", cost_micros: int | None = None) -> JobUpdate:
    """Return the update of a job that failed, with the provider's reason; ``cost_micros`` 0 only where it says so."""
    moderated = refusal.kind in MODERATED
    told = "The provider refused this by its content rules." if moderated else "The provider could not make this."
    usual = "Change the prompt or the references, or choose another model."
    return JobUpdate(
        state="failed",
        error_code=refusal.kind,
        error_message=shortened(refusal.reason) or told,
        error_hint=hint or (usual if moderated else "Try once more, or choose another model."),
        cost_micros=cost_micros,
    )


def done(job: RemoteJob, location: str, **more: Json) -> JobUpdate:
    """Return the update of a finished job with one result, for the port its details name (``video`` unless said)."""
    port = job.details.get("port", "video")
    artifact = Artifact(port=port, media_type=job.details.get("media", port), location=location)
    return JobUpdate(state="done", artifacts=(artifact,), **more)
