"""Which two things are compared: B is the take that is looked at, A what it is held against. Values, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from takebridge.canvas.model import Take
from takebridge.ids import TakeId
from takebridge_resolve.panel.pane import Original

Shown = Take | Original


@dataclass(frozen=True, slots=True)
class Sides:
    """``take`` is looked at. A is the held take; else the original where that is wanted; else the first of
    ``others`` (in the timeline, pinned, looked at before) that is another one; else the original.
    """

    take: Take | None = None
    held: Shown | None = None
    others: tuple[Take, ...] = ()
    original: Original | None = None
    wants_original: bool = False

    @property
    def b(self) -> Shown | None:
        """What is looked at: the original while there is no take."""
        return self.take or self.original

    @property
    def a(self) -> Shown | None:
        """What it is compared with; None when there is nothing else."""
        if self.held is not None:
            return self.held
        if self.wants_original and self.original is not None:
            return self.original if self.take else None
        other = next((one for one in self.others if self.take is not None and one.id != self.take.id), None)
        return other or (self.original if self.take is not None else None)

    def looking_at(self, take: Take | None) -> Sides:
        """Return the sides with another take looked at; the one before can be compared with."""
        others = self.others
        if self.take is not None and self.take.id not in {one.id for one in others}:
            others = (*others[:2], self.take)  # what the cut shows and what is pinned come first
        return replace(self, take=take, others=others)

    def updated(self, take: Take) -> Sides:
        """Return the sides with a newer value of one of their takes, such as one with another best range."""
        held = take if isinstance(self.held, Take) and self.held.id == take.id else self.held
        others = tuple(take if one.id == take.id else one for one in self.others)
        own = take if self.take is not None and self.take.id == take.id else self.take
        return replace(self, take=own, held=held, others=others)

    def letters(self, *, on: bool) -> Mapping[TakeId, str]:
        """Return the letters of the compared takes; a held take has its letter all the time."""
        pairs = (("B", self.b), ("A", self.a)) if on else (("A", self.held),)
        return {shown.id: letter for letter, shown in pairs if isinstance(shown, Take)}
