"""What a three-way merge says: the merged cut, the plan that makes it, and everything a person must know or decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from takebridge.cut.edit_types import EditPlan
from takebridge.cut.model import Address, Cut, Frame

Side = Literal["base", "editor", "canvas"]

Choice = Literal["editor", "canvas", "both"]
"""``both``: what the editor shows stays, what the canvas has joins as a take that is not selected."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The clips an entry is about on each side; None where that side has none. ``linked`` covers linked sound too."""

    base: Address | None = None
    editor: Address | None = None
    canvas: Address | None = None
    covers: tuple[tuple[Side, Address], ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """Something only a new take can mend. ``needs_frames`` are record frames, > 0.

    ``media``: the clip shows more at ``edge`` than its media has. ``slot``: the canvas has another length than the
    editor's slot; the editor's timing stands and nothing is lost, but a take made for the slot would fit.
    """

    name: str
    clip: Addresses
    kind: Literal["media", "slot"]
    edge: Literal["head", "tail"]
    needs_frames: Frame
    text: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed the same thing, or one dropped what the other still shows.

    ``id`` is stable between runs (made of the addresses): choices are given by it. ``chosen`` is what the merged cut
    follows: the first of ``choices`` unless a person said otherwise.
    """

    id: str
    name: str
    clip: Addresses
    what: Literal["content", "time", "deleted_by_editor", "dropped_by_canvas", "no_room", "ambiguous", "state"]
    text: str
    choices: tuple[Choice, ...]
    chosen: Choice


@dataclass(frozen=True, slots=True)
class Removed:
    """A clip of base, editor or canvas that the merged cut does not show, or only a piece of, and why."""

    name: str
    clip: Addresses
    by: Side
    text: str


@dataclass(frozen=True, slots=True)
class EditNote:
    """One entry of the plan for people: which clips it is about and what is done, in words."""

    name: str
    clip: Addresses
    text: str
    edits: tuple[int, ...]
    """Indices into the plan's edits."""


@dataclass(frozen=True, slots=True)
class Merge:
    """The merged cut and all that was decided. ``plan`` turns the editor's cut into ``cut``."""

    cut: Cut
    plan: EditPlan
    notes: tuple[EditNote, ...] = ()
    requests: tuple[Request, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    removed: tuple[Removed, ...] = ()
