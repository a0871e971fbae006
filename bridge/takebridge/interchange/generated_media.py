"""What documents say of generated media: roles, keywords, a to-do marker while nobody has reviewed a take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

VIDEO_ROLE = "video.AI generated"

_AUDIO_ROLES: Mapping[str, str] = {
    "voice": "dialogue.AI VO",
    "lip_sync": "dialogue.AI VO",
    "music": "music.AI",
    "sfx": "effects.AI",
}
"""By node kind; roles drive stems on delivery (premiere_fcp_capcut.md §5.2)."""

PENDING, REVIEWED = "Pending review", "Reviewed"
PINNED, WAITING = "Pinned take", "Alternate take"

KEY = "generated"
"""Where a media reference of ours says it (`Generated.as_json`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """What made a take and what people said of it. ``kind`` is the key of the node, ``pending``: nobody rated it."""

    kind: str = ""
    model: str = ""
    pinned: bool = False
    pending: bool = True

    @property
    def words(self) -> tuple[str, ...]:
        """Its keywords: whether it plays, whether somebody looked at it, which model made it."""
        return words_of(self.model, pinned=self.pinned, pending=self.pending)

    def as_json(self) -> dict[str, object]:
        """It as plain data."""
        return {"kind": self.kind, "model": self.model, "pinned": self.pinned, "pending": self.pending}


def generated_of(value: object) -> Generated | None:
    """Read `Generated.as_json` back, None for anything else."""
    if not isinstance(value, Mapping):
        return None
    kind, model = (text if isinstance(text := value.get(name), str) else "" for name in ("kind", "model"))
    return Generated(kind=kind, model=model, pinned=value.get("pinned") is True, pending=value.get("pending") is True)


def audio_role(kind: str) -> str:
    """Return the audio role of what a node of this kind makes: dialogue, music, else effects."""
    return _AUDIO_ROLES.get(kind, "effects.AI")


def words_of(model: str, *, pinned: bool, pending: bool) -> tuple[str, ...]:
    """The keywords of a take; Final Cut Pro parts them by commas, so a model has none."""
    said = (PINNED if pinned else WAITING, PENDING if pending else REVIEWED, " ".join(model.replace(",", " ").split()))
    return tuple(word[:80] for word in said if word)
