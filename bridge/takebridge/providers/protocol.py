"""The provider protocol: four verbs on serialisable values. Capability facts are data (`ModelProfile`).

What a profile cannot express raises CapabilityError before anything is spent; code never branches on a model's name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal, Protocol, runtime_checkable

from pydantic import Field

from takebridge.providers.facts import (
    GenerationKind,
    InputRole,
    InputSlot,
    ModelProfile,
    ParamValue,
    Price,
    Value,
)

__all__ = [
    "Artifact",
    "FindsJobs",
    "GenerationKind",
    "GenerationRequest",
    "InputRole",
    "InputSlot",
    "JobUpdate",
    "MediaInput",
    "ModelProfile",
    "ParamValue",
    "Price",
    "Provider",
    "ProviderStatus",
    "RemoteJob",
    "Value",
]


class MediaInput(Value):
    """One input file, already on this machine and already probed.

    Text and sound have no size. ``used`` is the range of frames to take from a clip, end exclusive; None takes all.
    ``duration_ms`` is the whole length of sound or a clip, where it was looked at. ``name`` is what people call it.
    """

    role: InputRole
    path: Path
    content: str
    media_type: str = "video"
    width: int = 0
    height: int = 0
    frame_count: int | None = None
    rate: str | None = None
    used: tuple[int, int] | None = None
    duration_ms: int | None = None
    name: str = ""


class GenerationRequest(Value):
    """Everything about one generation. ``token`` makes the submit repeatable where the provider can."""

    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,80}$")]
    model: str
    kind: GenerationKind
    inputs: tuple[MediaInput, ...] = ()
    prompt: str = ""
    params: dict[str, ParamValue] = Field(default_factory=dict)
    seed: int | None = None
    width: int | None = None
    height: int | None = None
    frame_count: int | None = None
    rate: str | None = None
    duration_ms: int | None = None


class RemoteJob(Value):
    """A provider's job, enough to poll, cancel and download it after a restart."""

    provider: str
    id: str
    model: str
    details: dict[str, str] = Field(default_factory=dict)


class Artifact(Value):
    """One result. ``location`` is the provider's own address of it (a URL, or a path of the local provider).

    ``job`` is the job it came from, where a fresh address can be asked for once this one has expired.
    """

    port: str
    media_type: str
    location: str
    job: RemoteJob | None = None


class JobUpdate(Value):
    """What poll saw. ``done``/``total`` count the provider's own units (frames); ``eta_seconds`` when known.

    ``cost_micros`` is what the provider says the job cost, in millionths of its currency; None when it does not say.
    A job that failed and says 0 was given back.
    """

    state: Literal["queued", "running", "done", "failed", "cancelled", "lost"]
    done: int = 0
    total: int = 0
    eta_seconds: int | None = None
    artifacts: tuple[Artifact, ...] = ()
    error_code: str = ""
    error_message: str = ""
    error_hint: str = ""
    seed_used: int | None = None
    model_reported: str = ""
    cost_micros: int | None = None


class ProviderStatus(Value):
    """Whether the provider can work now, in words, with the next step when it cannot."""

    ready: bool
    message: str
    hint: str = ""


class Provider(Protocol):
    """One provider. All verbs are coroutines; ``check`` never raises."""

    name: str

    def models(self) -> Sequence[ModelProfile]:
        """Profiles this provider serves."""
        ...

    async def check(self) -> ProviderStatus:
        """Say whether the provider can work now."""
        ...

    async def submit(self, request: GenerationRequest) -> RemoteJob:
        """Start the job. Raises CapabilityError or ProviderUnavailableError when nothing was started."""
        ...

    async def poll(self, job: RemoteJob) -> JobUpdate:
        """Look once; restarts a local worker that died, never a paid job."""
        ...

    async def cancel(self, job: RemoteJob) -> None:
        """Stop the job; returns once nothing of it runs any more. Repeating does nothing."""
        ...

    async def download(
        self, artifact: Artifact, into: Path, progress: Callable[[int, int], None] | None = None
    ) -> Path:
        """Bring an artifact into the folder ``into`` under a name of ours; the file is complete when this returns."""
        ...


@runtime_checkable
class FindsJobs(Protocol):
    """A provider that can say whether a submit nobody saw the answer of started something."""

    async def find(self, request: GenerationRequest) -> RemoteJob | None:
        """Return the job an earlier submit of the same token started; None: it cannot be told. Costs nothing."""
        ...
