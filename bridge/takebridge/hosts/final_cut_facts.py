"""What a Final Cut document says of the takes in it, and what the bridge knows of the files it delivered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from takebridge.interchange.generated_media import audio_role, words_of


@dataclass(frozen=True, slots=True)
class TakeFacts:
    """One delivered file: whose take it is, what made it, what a person said of it.

    ``stamp`` names the shot, ``take`` the take, ``file`` the content (8 hex digits). ``kind`` is the key of the node
    that made it. ``pending``: nobody has rated it yet. ``width`` and ``height`` are the picture's, 0 where unknown.
    """

    path: str
    stamp: str
    take: str
    file: str
    shot: str = ""
    number: int = 0
    kind: str = ""
    model: str = ""
    pinned: bool = False
    pending: bool = True
    width: int = 0
    height: int = 0
    order: int = 0

    @property
    def ids(self) -> dict[str, str]:
        """The ids that stand in a document."""
        return {"stamp": self.stamp, "take": self.take, "file": self.file}

    @property
    def audio_role(self) -> str:
        """The role of its sound."""
        return audio_role(self.kind)

    @property
    def words(self) -> tuple[str, ...]:
        """Its keywords: whether it plays, whether somebody looked at it, which model made it."""
        return words_of(self.model, pinned=self.pinned, pending=self.pending)


KnownTakes = Callable[[], Mapping[str, TakeFacts]]
"""Gives what is known of delivered files, by file name."""
