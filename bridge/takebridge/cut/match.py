"""Words shared by identity, diff and merge: which clip of one cut is which of another, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from takebridge.cut.model import Address, Frame, TrackKind

Relation = Literal["same", "piece", "copy", "added", "removed"]
"""``piece``: one of several clips a razor made of ``a``. ``copy``: a new clip like ``duplicate_of``, ``a`` None."""

Word = Literal[
    "added",
    "removed",
    "moved",
    "shifted",
    "trimmed_head",
    "trimmed_tail",
    "slipped",
    "razored",
    "duplicated",
    "extended",
    "retimed",
    "media_replaced",
    "relinked",
    "renamed",
    "take_switched",
    "enabled",
    "disabled",
    "retracked",
    "nested",
    "transition_changed",
    "marker_changed",
]
"""The closed list of what can have happened to a clip."""


@dataclass(frozen=True, slots=True)
class Match:
    """One clip of ``a`` and what became of it in ``b``.

    ``score`` says how sure, 0 to 1000. ``ambiguous`` when another answer is about as likely: ``rivals`` are those other
    clips, of ``b`` where ``a`` is given, else of ``a``. ``evidence`` says why, in words. A razored clip has one match a
    piece, each with the same ``a``; a copy has ``a`` None and names its original.
    """

    a: Address | None
    b: Address | None
    relation: Relation
    score: int
    ambiguous: bool = False
    rivals: tuple[Address, ...] = ()
    evidence: tuple[str, ...] = ()
    duplicate_of: Address | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a clip: a word of the closed list, a sentence an editor would say, and by how many frames.

    ``frames`` are record frames: positive later/longer, negative earlier/shorter; 0 where a number says nothing.
    """

    word: Word
    text: str
    frames: Frame = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """A match with everything that changed; equal clips have no changes."""

    match: Match
    changes: tuple[Change, ...] = ()

    @property
    def words(self) -> tuple[Word, ...]:
        """The change words, each once, in the order of `Word`."""
        return tuple(change.word for change in self.changes)


@dataclass(frozen=True, slots=True)
class Ripple:
    """Clips of one track (or of several, linked) that only shifted together: one change for the eye.

    They begin at ``at`` (timeline frames of ``a``) and moved by ``frames``.
    """

    kind: TrackKind
    track: int
    at: Frame
    frames: Frame
    clips: int
    text: str


@dataclass(frozen=True, slots=True)
class CutChange:
    """A change of the cut itself: a track added, removed or renamed, a timeline marker, a transition."""

    what: Literal["track", "marker", "transition", "timeline"]
    text: str


@dataclass(frozen=True, slots=True)
class CutDiff:
    """What changed from cut ``a`` to cut ``b``: every clip of either side is in at least one pair.

    Pairs stand in the order of ``a``'s addresses, then what only ``b`` has in the order of its addresses.
    """

    pairs: tuple[Pair, ...]
    ripples: tuple[Ripple, ...] = ()
    changes: tuple[CutChange, ...] = ()
