"""The vocabulary of model profiles: what a model takes, makes, costs and may be used for. All of it is dated data."""

from __future__ import annotations

from typing import Any, Literal

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
Json = Any
"""A JSON value as it comes from, or goes to, a vendor."""
PriceUnit = Literal["job", "second", "image", "1k_chars", "megapixel", "1m_tokens"]
Lifecycle = Literal["available", "retiring", "retired"]
Evidence = Literal["sdk", "comfy", "price_map", "vendor_docs", "third_party", "memory", "run"]
"""How a fact was learnt, best first: read in the vendor's SDK, in ComfyUI's API nodes, in litellm's price map, in the
vendor's documentation, at third parties, from memory; ``run``: measured by us."""


class Value(BaseModel):
    """Base: frozen, unknown fields are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class InputSlot(Value):
    """How many inputs of a role a model takes and what each may be; None is no limit (or none known).

    Lengths are milliseconds, sides and pixels those of the picture as shown, ratios ``width:height`` as written
    (``2:5``). ``total_ms`` is the longest all inputs of the role may be together. ``formats`` are MIME types.
    ``rates`` are the frame rates taken, as ``n/d``; empty: any up to ``max_rate``.
    """

    role: InputRole
    minimum: int = 0
    maximum: int = 1
    max_pixels: int | None = None
    max_frames: int | None = None
    min_pixels: int | None = None
    min_side: int | None = None
    max_side: int | None = None
    min_ratio: str = ""
    max_ratio: str = ""
    min_ms: int | None = None
    max_ms: int | None = None
    total_ms: int | None = None
    rates: tuple[str, ...] = ()
    max_rate: str = ""
    max_bytes: int | None = None
    formats: tuple[str, ...] = ()


class Price(Value):
    """Price of one unit (`ModelProfile.price_per`) in millionths of the currency; unknown is None, never 0."""

    currency: str = "USD"
    low_micros: int | None = None
    high_micros: int | None = None


class PriceRule(Value):
    """The price of one unit under conditions; of several rules the first that holds counts.

    ``when`` compares parameters (``resolution = "1080p"``, ``sound = true``) and ``with.<role>`` (whether such an
    input is given). ``per`` overrides the profile's unit.
    """

    when: dict[str, ParamValue] = {}
    low_micros: int = Field(ge=0)
    high_micros: int = Field(ge=0)
    per: PriceUnit | None = None


Form = Literal[
    "plain", "text", "number", "seconds", "seconds_up", "seconds_text", "seconds_s", "url", "data_uri", "base64", "file"
]
"""How a value is written into a request body.

``plain`` as it is; ``text`` and ``number`` converted; of a length in ms: ``seconds`` a number, ``seconds_up`` whole
seconds rounded up, ``seconds_text`` those as text ("5"), ``seconds_s`` with the unit ("5s"); of a file: ``url``
uploaded first, ``data_uri``, ``base64`` bare, ``file`` a part of a multipart form.
"""


class BodyField(Value):
    """Where and how one of our values goes into the request.

    ``field`` is a dotted path; a part ending in ``[]`` is a list that is appended to. ``map`` translates values (keys
    as text); a value it does not list is refused before anything is sent. ``many``: the field is a list of all inputs
    of the role; otherwise the first is taken.
    """

    field: str
    form: Form = "plain"
    map: dict[str, Any] = {}
    many: bool = False


class Mode(Value):
    """One way to ask a model: its path at the API, the inputs it takes, and how the request is written.

    The first mode whose ``needs`` are all given and that takes all that is given is used. ``body`` maps our names to
    fields: ``prompt``, ``seed``, ``duration``, ``size`` (``<aspect>@<resolution>``), ``model`` (the remote id), any
    parameter, any input role. ``fixed`` are constants of the body. ``params`` narrows the choices of a parameter,
    ``duration_ms``/``durations_ms`` the lengths, in this mode.
    """

    name: str
    path: str = ""
    takes: tuple[InputRole, ...] = ()
    needs: tuple[InputRole, ...] = ()
    body: dict[str, BodyField] = {}
    fixed: dict[str, Any] = {}
    params: dict[str, tuple[ParamValue, ...]] = {}
    duration_ms: tuple[int, int] | None = None
    durations_ms: tuple[int, ...] = ()
    remote_id: str = ""


class Rights(Value):
    """What may be done with results, and what marks they carry. What nobody has looked up is ``unknown``."""

    commercial_use: Literal["yes", "plan", "no", "unknown"] = "unknown"
    output_owner: Literal["user", "provider", "unknown"] = "unknown"
    training: Literal["no", "opt_out", "yes", "unknown"] = "unknown"
    visible_watermark: Literal["none", "always", "optional", "unknown"] = "unknown"
    synthid: Literal["yes", "no", "unknown"] = "unknown"
    c2pa: Literal["yes", "optional", "no", "unknown"] = "unknown"
    voice_consent: bool = False
    people: str = ""
    terms: str = ""


class ModelProfile(Value):
    """One model's facts, from ``catalog/*.toml``.

    ``previz`` marks output that stands in for generation and must be badged. ``idempotent_submit`` says that
    submitting again with the same token cannot start (or bill) a second job. ``outputs`` are the ports of the node
    it fills. ``seconds_low``/``seconds_high`` are how long one job usually takes. ``duration_ms`` is the shortest and
    longest result, where a length can be asked for; ``durations_ms`` the only lengths there are, else
    ``duration_step_ms`` the grid within the range. ``max_prompt`` is the longest prompt in characters (None: any).
    ``concurrency`` and ``per_minute`` hold for the whole provider.

    ``aliases`` are the names people type; ``remote_id`` is what the provider calls it. ``modes`` say how it is asked
    (none: the local provider, or one that needs no description). ``rates`` are the rates of its results.
    ``sound``: whether results have sound. ``seed_effect``: how much the same seed means. ``keeps_length``: a result is
    as long as its source. ``result_seconds``: how long the provider keeps results.
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
    price_per: PriceUnit = "job"
    prices: tuple[PriceRule, ...] = ()
    price_on: str = ""
    price_evidence: Evidence | None = None
    seconds_low: int | None = None
    seconds_high: int | None = None
    duration_ms: tuple[int, int] | None = None
    durations_ms: tuple[int, ...] = ()
    duration_step_ms: int | None = Field(default=None, ge=1)
    local: bool = False
    concurrency: int = Field(default=1, ge=1)
    per_minute: int | None = Field(default=None, ge=1)
    idempotent_submit: bool = False
    aliases: tuple[str, ...] = ()
    remote_id: str = ""
    modes: tuple[Mode, ...] = ()
    rates: tuple[str, ...] = ()
    sound: Literal["none", "optional", "always"] = "none"
    seed_effect: Literal["none", "weak", "strong"] = "strong"
    keeps_length: bool = False
    drafts: bool = False
    cancel: Literal["any", "queued", "never"] = "never"
    result_seconds: int | None = Field(default=None, ge=1)
    lifecycle: Lifecycle = "available"
    released: str = ""
    retires_on: str = ""
    retired_on: str = ""
    replaced_by: tuple[str, ...] = ()
    why: str = ""
    rights: Rights = Rights()
    licence: str = ""
    safety: str = ""
    notes: str = ""
    evidence: tuple[Evidence, ...] = ()
    source: str = ""
    checked_on: str = ""


class ProviderFacts(Value):
    """What holds for a whole provider; the top of its catalogue file.

    ``transport`` names the file that speaks its API. ``key_env`` are environment variables that may hold the key, best
    first (``A+B``: two of them, joined by a colon). ``hosts`` are further addresses by name (uploads …).
    ``result_hosts`` are the only hosts results are fetched from (``*.example.com`` covers those below it); the origin
    of ``base_url`` always counts. ``poll_seconds`` is the shortest pause between two looks at one job,
    ``polls_per_minute`` the most looks at all jobs together. ``sheds_load`` are HTTP statuses the vendor documents as
    "nothing was accepted". ``uploads_go`` says in words where footage goes and who can see it.
    """

    provider: str
    title: str
    transport: str = ""
    base_url: str = ""
    hosts: dict[str, str] = {}
    key_env: tuple[str, ...] = ()
    key_page: str = ""
    key_optional: bool = False
    result_hosts: tuple[str, ...] = ()
    poll_seconds: float = Field(default=1.0, gt=0)
    polls_per_minute: int | None = Field(default=None, ge=1)
    sheds_load: tuple[int, ...] = ()
    webhooks: bool = False
    uploads_go: str = ""
    terms: str = ""
    verified: Literal["contract", "host", "unverified"] = "contract"
    checked_on: str = ""
