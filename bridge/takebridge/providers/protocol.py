"""The provider protocol: four verbs on serialisable values. Capability facts are data (`ModelProfile`).

What a profile cannot express raises CapabilityError before anything is spent; code never branches on a model's name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

GenerationKind = Literal["upscale", "previz"]
InputRole = Literal["source_video", "reference_image"]
ParamValue = bool | int | str


class Value(BaseModel):
    """Base: frozen, unknown fields are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class InputSlot(Value):
    """How many inputs of a role a model takes and how large they may be."""

    role: InputRole
    minimum: int = 0
    maximum: int = 1
    max_pixels: int | None = None
    max_frames: int | None = None


class Price(Value):
    """Price of one job in millionths of the currency; unknown is None, never 0."""

    currency: str = "USD"
    low_micros: int | None
    high_micros: int | None


class ModelProfile(Value):
    """One model's facts, from ``catalog/*.toml``.

    ``previz`` marks output that stands in for generation and must be badged. ``idempotent_submit`` says that
    submitting again with the same token cannot start (or bill) a second job.
    """

    id: str
    provider: str
    title: str
    kind: GenerationKind
    inputs: tuple[InputSlot, ...]
    params: dict[str, ParamValue] = {}
    choices: dict[str, tuple[ParamValue, ...]] = {}
    seed: bool = False
    prompt: bool = False
    previz: bool = False
    price: Price
    idempotent_submit: bool = False
    lifecycle: Literal["available", "retiring", "retired"] = "available"
    licence: str = ""
    source: str = ""
    checked_on: str = ""


class MediaInput(Value):
    """One input file, already on this machine and already probed."""

    role: InputRole
    path: Path
    content: str
    width: int
    height: int
    frame_count: int | None = None
    rate: str | None = None


class GenerationRequest(Value):
    """Everything about one generation. ``token`` makes the submit repeatable where the provider can."""

    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,80}$")]
    model: str
    kind: GenerationKind
    inputs: tuple[MediaInput, ...] = ()
    prompt: str = ""
    params: dict[str, ParamValue] = {}
    seed: int | None = None
    width: int | None = None
    height: int | None = None
    frame_count: int | None = None
    rate: str | None = None


class RemoteJob(Value):
    """A provider's job, enough to poll, cancel and download it after a restart."""

    provider: str
    id: str
    model: str
    details: dict[str, str] = {}


class Artifact(Value):
    """One result. ``location`` is the provider's own address of it (a URL, or a path of the local provider)."""

    port: str
    media_type: str
    location: str


class JobUpdate(Value):
    """What poll saw. ``done``/``total`` count the provider's own units (frames); ``eta_seconds`` when known."""

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
