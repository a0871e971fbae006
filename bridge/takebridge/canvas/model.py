"""Values of the canvas. All are frozen, refuse unknown fields and survive ``model_dump_json`` unchanged.

Mappings are read-only by type: nobody writes into a value, an edit makes a new one (`takebridge.canvas.ops`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    field_serializer,
    model_validator,
)

from takebridge.ids import BlobHash, CanvasId, JobId, NodeId, TakeId, WireId

ParamValue = StrictBool | StrictInt | StrictStr
"""A parameter's value. Never a float: lengths are frames, rates are ``n/d`` strings, factors are integers."""

MediaType = str
"""What flows through a port: ``text script style image video audio captions timeline model_3d world``."""

Origin = Literal["generated", "imported", "nle", "manual"]
Category = Literal["constant", "deterministic", "seeded", "generative"]
Policy = Literal["manual", "free", "budget"]
"""Who may start a node: a person only; by itself while it costs nothing; by itself within the budget."""

MAX_NODES = 20_000
"""A canvas holds at most this many nodes: beyond it every client would stall on each change."""

LARGEST_INT = 2**53 - 1
"""JSON peers hold numbers as doubles; a larger integer would come back as another one (RFC 8785 §3.2.2.3)."""

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,63}$")]
Content = Annotated[BlobHash, Field(pattern=r"^b3:[0-9a-f]{64}$")]
Micros = Annotated[int, Field(ge=0)]
Coordinate = Annotated[int, Field(ge=-(10**9), le=10**9)]
"""A place on the canvas, or an order key, as an op may say it."""


class Value(BaseModel):
    """Base of every canvas value: frozen, unknown fields are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --- kinds ----------------------------------------------------------------------------------------------


class Port(Value):
    """A node's connector. An input takes any of ``types``; an output gives one of them.

    ``many`` inputs take several wires, in order. A ``required`` input without a take blocks the node. An output
    with ``parts`` is addressed part by part, ``shot.s03``: each part has content of its own. An input that is
    ``ranged`` uses only a take's best range where the take has one.
    """

    name: Key
    types: frozenset[MediaType] = Field(min_length=1)
    required: bool = False
    many: bool = False
    parts: bool = False
    ranged: bool = False

    @field_serializer("types")
    def _types_in_order(self, types: frozenset[MediaType]) -> list[str]:
        return sorted(types)


class ParamSpec(Value):
    """What a parameter may be.

    ``minimum``/``maximum`` bound an int, or the length of a str. ``choices`` are the only values of a choice.
    ``words`` are accepted besides the numbers of an int (``"random"`` of a seed). A parameter that is not
    ``semantic`` does not change what is made, so it never makes a take stale. One that came ``later`` than the kind
    is left out of recipes while it has its default, so that takes made before it stay fresh.
    """

    name: Key
    type: Literal["bool", "int", "str", "choice"]
    default: ParamValue
    title: str = ""
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[ParamValue, ...] = ()
    words: tuple[str, ...] = ()
    semantic: bool = True
    later: bool = False

    def refusal(self, value: object) -> str | None:
        """Return why ``value`` is not allowed, or None when it is."""
        if self.type == "choice":
            allowed = any(type(value) is type(choice) and value == choice for choice in self.choices)
            return None if allowed else f"must be one of {', '.join(str(choice) for choice in self.choices)}"
        if self.type == "bool":
            return None if isinstance(value, bool) else "must be true or false"
        if self.type == "str":
            return self._text_refusal(value)
        return None if isinstance(value, str) and value in self.words else self._number_refusal(value)

    def _number_refusal(self, value: object) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return " or ".join(("must be a whole number", *self.words))
        low = -LARGEST_INT if self.minimum is None else self.minimum
        high = LARGEST_INT if self.maximum is None else self.maximum
        return None if low <= value <= high else f"must be between {low} and {high}"

    def _text_refusal(self, value: object) -> str | None:
        if not isinstance(value, str):
            return "must be text"
        if any(unicodedata.category(character) == "Cs" for character in value):
            return "holds half of a surrogate pair, which no file can store"
        if self.minimum is not None and len(value) < self.minimum:
            return f"must have at least {self.minimum} characters"
        if self.maximum is not None and len(value) > self.maximum:
            return f"must have at most {self.maximum} characters"
        return None

    @model_validator(mode="after")
    def _default_is_allowed(self) -> Self:
        if reason := self.refusal(self.default):
            raise ValueError(f"default of “{self.name}” {reason}")
        return self


class NodeKind(Value):
    """What a node of this kind takes, makes and can be told.

    ``semantic_version`` grows only when the same parameters make something else; cosmetic changes leave it.
    ``models`` names the profile kind that nodes of this kind run on (None: no model), ``default_model`` the
    route a new node gets.
    """

    key: Key
    title: str
    semantic_version: int = Field(default=1, ge=1)
    category: Category
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    params: tuple[ParamSpec, ...] = ()
    models: str | None = None
    default_model: str = ""

    def __hash__(self) -> int:
        # Equal kinds have equal keys; hashing all they say would cost more than the cache it serves.
        return hash((self.key, self.semantic_version))

    def input(self, name: str) -> Port | None:
        """Return the input port of this name."""
        return next((port for port in self.inputs if port.name == name), None)

    def output(self, name: str) -> Port | None:
        """Return the output port of this name. ``shot.s03`` names a part of ``shot``; without its part it is none."""
        base, _, part = name.partition(".")
        return next((p for p in self.outputs if (p.name == base and part if p.parts else p.name == name)), None)

    def param(self, name: str) -> ParamSpec | None:
        """Return the parameter of this name."""
        return next((spec for spec in self.params if spec.name == name), None)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for group in (self.inputs, self.outputs, self.params):
            names = [item.name for item in group]
            if len(set(names)) != len(names):
                raise ValueError(f"{self.key} uses a name twice: {', '.join(names)}")
        if self.default_model and self.models is None:
            raise ValueError(f"{self.key} has a default model but binds no kind of model")
        return self


Kinds = Mapping[str, NodeKind]
"""Node kinds by key."""


# --- takes ----------------------------------------------------------------------------------------------


class Output(Value):
    """One file of a take: its content hash, and facts (``width``, ``rate`` …) for people and clients."""

    content: Content
    facts: Mapping[str, ParamValue] = Field(default_factory=dict)


class FrameRange(Value):
    """Frames of a take's own picture, counted from 0, ``end`` exclusive."""

    start: int = Field(ge=0, le=LARGEST_INT)
    end: int = Field(ge=1, le=LARGEST_INT)

    @model_validator(mode="after")
    def _holds_a_frame(self) -> Self:
        if self.end <= self.start:
            raise ValueError("a range holds at least one frame; its end is exclusive")
        return self


class RecipeInput(Value):
    """One input of a recipe. ``rank`` counts from 0 within the port; ``take`` is provenance, never hashed.

    ``used`` is the range of frames taken from it; None takes all.
    """

    port: Key
    rank: int = Field(ge=0)
    take: TakeId
    content: Content
    used: FrameRange | None = None


class Recipe(Value):
    """All that decides what is made: semantic parameters with defaults filled in, contents, the route."""

    kind: Key
    semantic_version: int
    params: Mapping[str, ParamValue]
    inputs: tuple[RecipeInput, ...] = ()
    route: str = ""


Rating = Literal["keep", "almost", "dead", "useful_weird"]

_STARS: Mapping[object, Rating] = {1: "dead", 2: "dead", 3: "almost", 4: "keep", 5: "keep"}


def _in_words(rating: object) -> object:
    # Release 0.1 rated from 1 to 5, and its takes and logs are still read.
    return _STARS.get(rating, rating) if isinstance(rating, int) and not isinstance(rating, bool) else rating


RatingField = Annotated[Rating | None, BeforeValidator(_in_words)]


class Take(Value):
    """One result of a node. Append-only: only ``rating``, ``best`` and ``hidden`` ever change.

    ``best`` is the range of frames worth using: three seconds of ten.

    ``recipe_fp`` is the node's expected fingerprint when the job was submitted; takes brought in from outside
    have neither recipe nor fingerprint. An unknown cost is None, never 0. ``seq`` counts from 1 in its node.
    ``notes`` say, a sentence each, what was made otherwise than asked because the model could not do it exactly.
    """

    id: TakeId = Field(min_length=1, max_length=80)
    node_id: NodeId
    seq: int = Field(ge=1)
    origin: Origin
    recipe: Recipe | None = None
    recipe_fp: str | None = None
    outputs: Mapping[str, Output]
    provider: str = ""
    model_requested: str = ""
    model_reported: str = ""
    seed_used: int | None = None
    cost_estimated_micros: Micros | None = None
    cost_actual_micros: Micros | None = None
    currency: str = "USD"
    job_id: JobId | None = None
    author: str = ""
    created_at: str = ""
    previz: bool = False
    notes: tuple[str, ...] = ()
    rating: RatingField = None
    best: FrameRange | None = None
    hidden: bool = False

    @property
    def seed_requested(self) -> ParamValue | None:
        """The seed that was asked for, a number or ``random``; the one drawn is ``seed_used``."""
        return self.recipe.params.get("seed") if self.recipe else None


# --- nodes, wires, canvas -------------------------------------------------------------------------------


class Node(Value):
    """One node. ``pin`` is the chosen take, ``group`` the group node it lies in.

    ``accepted`` holds the pairs (take, expected fingerprint) that a person let pass.
    """

    id: NodeId = Field(min_length=1, max_length=80)
    kind: Key
    title: str = Field(default="", max_length=200)
    x: int = 0
    y: int = 0
    params: Mapping[str, ParamValue] = Field(default_factory=dict)
    model: str = ""
    pin: TakeId | None = None
    locked: bool = False
    accepted: frozenset[tuple[TakeId, str]] = frozenset()
    policy: Policy = "manual"
    group: NodeId | None = None

    @field_serializer("accepted")
    def _accepted_in_order(self, accepted: frozenset[tuple[TakeId, str]]) -> list[tuple[TakeId, str]]:
        return sorted(accepted)


class Wire(Value):
    """Feeds an output into an input. ``order`` sorts a port's wires; ``take`` overrides the source's pin."""

    id: WireId = Field(min_length=1, max_length=80)
    src_node: NodeId
    src_port: Key
    dst_node: NodeId
    dst_port: Key
    order: int = 0
    take: TakeId | None = None


class Canvas(Value):
    """Nodes, wires and every take ever made, by id. Takes whose node is gone are orphans and stay."""

    id: CanvasId
    title: str = ""
    nodes: Mapping[NodeId, Node] = Field(default_factory=dict)
    wires: Mapping[WireId, Wire] = Field(default_factory=dict)
    takes: Mapping[TakeId, Take] = Field(default_factory=dict)

    def takes_of(self, node_id: NodeId) -> tuple[Take, ...]:
        """Return the node's version tray, oldest first, hidden takes included."""
        return tuple(sorted((t for t in self.takes.values() if t.node_id == node_id), key=lambda t: t.seq))

    def orphans(self) -> tuple[Take, ...]:
        """Return the takes whose node was removed."""
        return tuple(take for take in self.takes.values() if take.node_id not in self.nodes)

    def next_seq(self, node_id: NodeId) -> int:
        """Return the number the node's next take gets."""
        return 1 + max((take.seq for take in self.takes.values() if take.node_id == node_id), default=0)

    def with_node(self, node: Node) -> Canvas:
        """Return the canvas with this node added or replaced; nothing is checked (`apply` does)."""
        return self.model_copy(update={"nodes": {**self.nodes, node.id: node}})

    def with_wire(self, wire: Wire) -> Canvas:
        """Return the canvas with this wire added or replaced; nothing is checked."""
        return self.model_copy(update={"wires": {**self.wires, wire.id: wire}})

    def with_take(self, take: Take) -> Canvas:
        """Return the canvas with this take added or replaced; nothing is checked."""
        return self.model_copy(update={"takes": {**self.takes, take.id: take}})
