"""What binds a workflow to a node: which input of which of its nodes takes the prompt, a picture, the seed …

A binding is a JSON file beside the workflow (``<name>.binding.json``), or is read from the titles of the workflow's
nodes (`takebridge.providers.comfyui.titles`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError, field_validator, model_validator

from takebridge.errors import CapabilityError
from takebridge.providers.facts import GenerationKind, InputRole, Json, ParamValue, Value

ROLES: frozenset[str] = frozenset(get_args(InputRole)) - {"text", "script", "style_text", "captions"}

_ALSO = {
    "start_image": "start_frame",
    "first_frame": "start_frame",
    "end_image": "end_frame",
    "last_frame": "end_frame",
    "video": "source_video",
    "source": "source_video",
    "references": "reference_image",
    "reference": "reference_image",
    "negative_prompt": "avoid",
    "negative": "avoid",
    "duration_ms": "duration",
}
"""Names people give, and ours for them."""

_RATE = r"^([1-9]\d{0,8}/[1-9]\d{0,8})?$"
"""Frames a second as ``n/d``, or nothing."""

Form = Literal["plain", "text", "seconds", "frames", "percent"]


class Place(Value):
    """Where a value of ours goes: ``inputs.<field>`` of the workflow's node ``node``.

    ``form``: ``seconds`` and ``frames`` of a length in ms (frames at ``rate``, as ``n`` steps of ``step`` plus
    ``plus``, rounded up: 8 and 1 for LTX, 4 and 1 for Wan), ``percent`` a factor written as whole percents. ``of``
    takes another value of ours than the one it is listed under (``size`` is ``<aspect>@<resolution>``), ``map``
    translates it. ``default``, ``choices``, ``min``, ``max`` are those of a parameter. An ``optional`` input may be
    left out; the workflow then runs with what it holds.
    """

    node: str = ""
    field: str = ""
    form: Form = "plain"
    rate: Annotated[str, Field(pattern=_RATE)] = ""
    step: int = Field(default=1, ge=1)
    plus: int = Field(default=0, ge=0)
    of: str = ""
    map: dict[str, Any] = Field(default_factory=dict)
    default: ParamValue | None = None
    choices: tuple[ParamValue, ...] = ()
    min: int | None = None
    max: int | None = None
    optional: bool = False

    @field_validator("node", mode="before")
    @classmethod
    def _number_as_text(cls, value: Json) -> Json:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Places = Annotated[tuple[Place, ...], Field(min_length=1)]


class Output(Value):
    """Which node holds the result for a port."""

    node: str

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Json) -> Json:
        """``"9"`` and ``9`` stand for ``{"node": "9"}``."""
        node = value.get("node") if isinstance(value, dict) else value
        if isinstance(node, int) and not isinstance(node, bool):
            node = str(node)
        return {**value, "node": node} if isinstance(value, dict) else {"node": node}


class Binding(Value):
    """A whole sidecar. ``inputs`` and ``params`` are read alike: what is a role takes files, the rest values.

    ``comfy_org_key`` sends the provider's key along for nodes that run at paid services; the price is then unknown.
    """

    title: str = ""
    kind: GenerationKind
    inputs: dict[str, Places] = Field(default_factory=dict)
    params: dict[str, Places] = Field(default_factory=dict)
    outputs: dict[str, Output] = Field(min_length=1)
    duration_ms: tuple[int, int] | None = None
    rates: tuple[Annotated[str, Field(pattern=_RATE, min_length=1)], ...] = ()
    sound: Literal["none", "optional", "always"] = "none"
    keeps_length: bool = False
    comfy_org_key: bool = False
    licence: str = ""
    notes: str = ""

    @model_validator(mode="after")
    def _shorter_first(self) -> Binding:
        if self.duration_ms is not None and not 0 < self.duration_ms[0] <= self.duration_ms[1]:
            raise ValueError("duration_ms: give the shortest and the longest, in milliseconds")
        return self

    @model_validator(mode="before")
    @classmethod
    def _plainly(cls, value: Json) -> Json:
        if not isinstance(value, dict):
            return value
        plain = {**value, **{key: _listed(value[key]) for key in ("inputs", "params") if key in value}}
        plain.setdefault("kind", _kind_of(plain))
        return {**plain, **{key: _named(plain[key], plain["kind"]) for key in ("inputs", "params") if key in plain}}

    def places(self) -> Iterator[tuple[str, Place]]:
        """All places with the name each is listed under."""
        for group in (self.inputs, self.params):
            for name, places in group.items():
                yield from ((name, one) for one in places)

    def roles(self) -> dict[InputRole, tuple[Place, ...]]:
        """Places that take files, by role; the n-th file of a role goes to the n-th place."""
        both = {**self.params, **self.inputs}
        return {role: both[role] for role in get_args(InputRole) if role in both and role in ROLES}

    def values(self) -> dict[str, tuple[Place, ...]]:
        """Places that take words, numbers and parameters, by name."""
        return {name: places for name, places in {**self.params, **self.inputs}.items() if name not in ROLES}


def parse_binding(raw: Json, name: str) -> Binding:
    """Read a binding. Raises CapabilityError naming ``name`` and what is wrong."""
    try:
        return Binding.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise unfit(name, f"{where}: {first['msg']}" if where else first["msg"]) from error


def unfit(name: str, fault: str) -> CapabilityError:
    """Return the error of a workflow that cannot be used."""
    return CapabilityError(
        f"The workflow {name} cannot be used: {fault}.",
        hint="Correct the file in the folder 'workflows' of the data folder; docs/providers/comfyui.md shows how.",
    )


def _listed(group: Json) -> Json:
    """One place stands for a list of one."""
    if not isinstance(group, dict):
        return group
    return {name: places if isinstance(places, list) else [places] for name, places in group.items()}


def _named(group: Json, kind: str) -> Json:
    if not isinstance(group, dict):
        return group
    still = "start_frame" if kind == "video" else "source_image"
    return {still if name == "image" else _ALSO.get(name, name): places for name, places in group.items()}


def _kind_of(raw: Mapping[str, Any]) -> Json:
    """The kind that inputs and outputs leave no doubt about; None (an error) for sound, and for other doubts."""
    outputs, inputs = raw.get("outputs"), raw.get("inputs")
    if not isinstance(outputs, dict) or not isinstance(inputs, dict):
        return None
    given = {_ALSO.get(name, name) for name in inputs}
    if "video" in outputs:
        return "video_edit" if "source_video" in given else "video"
    if "image" in outputs:
        return "image_edit" if given & {"image", "source_image"} else "image"
    return None
