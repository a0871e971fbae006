"""The provider protocol: four verbs on serialisable values. Capability facts are data (`ModelProfile`).

What a profile cannot express raises CapabilityError before anything is spent; code never branches on a model's name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

GenerationKind = Literal[
    "text",
    "image",
    "image_edit",
    "video",
    "video_edit",
    "voice",
    "music",
    "sfx",
    "lip_sync",
    "upscale",
    "previz",
    "extract_frames",
    "breakdown",
    "trim",
    "reframe",
    "captions",
    "storyboard",
    "model_3d",
    "world",
    "assemble",
]
InputRole = Literal[
    "text",
    "script",
    "style_text",
    "start_frame",
    "end_frame",
    "reference_image",
    "mask",
    "source_image",
    "source_video",
    "clip",
    "voice_sample",
    "audio",
    "music",
    "sfx",
    "captions",
]
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
    """Price of one unit (`ModelProfile.price_per`) in millionths of the currency; unknown is None, never 0."""

    currency: str = "USD"
    low_micros: int | None
    high_micros: int | None


class ModelProfile(Value):
    """One model's facts, from ``catalog/*.toml``.

    ``previz`` marks output that stands in for generation and must be badged. ``idempotent_submit`` says that
    submitting again with the same token cannot start (or bill) a second job. ``outputs`` are the ports of the node
    it fills. ``seconds_low``/``seconds_high`` are how long one job usually takes. ``duration_ms`` is the shortest and
    longest result, where a length can be asked for. ``max_prompt`` is the longest prompt in characters (None: any).
    ``concurrency`` and ``per_minute`` hold for the whole provider.
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
    max_prompt: int | None = Field(default=None, ge=1)
    previz: bool = False
    outputs: tuple[str, ...] = ("video",)
    price: Price
    price_per: Literal["job", "second", "image", "1k_chars"] = "job"
    seconds_low: int | None = None
    seconds_high: int | None = None
    duration_ms: tuple[int, int] | None = None
    local: bool = False
    concurrency: int = Field(default=1, ge=1)
    per_minute: int | None = Field(default=None, ge=1)
    idempotent_submit: bool = False
    lifecycle: Literal["available", "retiring", "retired"] = "available"
    licence: str = ""
    source: str = ""
    checked_on: str = ""


class MediaInput(Value):
    """One input file, already on this machine and already probed.

    Text and sound have no size. ``used`` is the range of frames to take from a clip, end exclusive; None takes all.
    ``name`` is what people call it.
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
    name: str = ""


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
    duration_ms: int | None = None


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
