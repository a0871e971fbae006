"""Who is where on a canvas: said by each client about itself, kept in memory, gone with its connection."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StringConstraints

Id = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Coordinate = Annotated[StrictInt, Field(ge=-(2**31), lt=2**31)]
"""Canvas units, as a node's position."""


class Editing(BaseModel):
    """The field somebody types into: others show it and hold back, nothing enforces it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    node: Id
    param: Annotated[str, StringConstraints(min_length=1, max_length=80)]


class Presence(BaseModel):
    """One client's place on one canvas. Each says everything: a later one replaces an earlier one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["presence"] = "presence"
    canvas: Id
    name: Annotated[str, StringConstraints(max_length=80)] = ""
    cursor: tuple[Coordinate, Coordinate] | None = None
    selection: Annotated[tuple[Id, ...], Field(max_length=500)] = ()
    editing: Editing | None = None
