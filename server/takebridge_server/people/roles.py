"""Roles, each of which may all that the one before it may, and a person who has one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Role = Literal["viewer", "reviewer", "editor", "producer", "owner"]
GivenRole = Literal["viewer", "reviewer", "editor", "producer"]
"""Roles somebody can be given; the owner is whoever the bridge's data folder belongs to."""
ROLES: tuple[Role, ...] = ("viewer", "reviewer", "editor", "producer", "owner")
OWNER_ID = "owner"

MAY: Mapping[Role, str] = {
    "viewer": "looks at everything and reads comments",
    "reviewer": "comments, rates takes, marks their best part, hides them",
    "editor": "edits the graph, pins takes, runs what is free, sends clips to editors and brings takes back, uploads",
    "producer": "spends money, sets caps, decides about paid jobs, invites people",
    "owner": "pairs panels, stops agents, names files on the bridge's machine",
}
"""What a role adds to the one before it, in words."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a name of their own; ``name`` is the author of all they do."""

    id: str
    name: str
    role: Role


def may(role: Role, least: Role) -> bool:
    """Say whether ``role`` may what needs at least ``least``."""
    return ROLES.index(role) >= ROLES.index(least)


def who_gives(least: Role) -> str:
    """Say who can help somebody to ``least``."""
    return "the owner of the bridge" if may(least, "producer") else "a producer or the owner of the bridge"
