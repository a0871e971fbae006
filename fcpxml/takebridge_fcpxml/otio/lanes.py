"""Which track is the primary storyline, and which lane each other track stands for."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio

from takebridge_fcpxml import urls
from takebridge_fcpxml.loss import LossLog
from takebridge_fcpxml.otio import tags
from takebridge_fcpxml.otio.flatten import Found, Strand
from takebridge_fcpxml.otio.rational import text_of
from takebridge_fcpxml.otio.references import url_of

_FOLLOWS = "Its sound was left as it lay on its own track: it follows the picture."
_GONE = "Its picture is gone and nobody touched the sound on its own track: it is gone too."


@dataclass(frozen=True, slots=True)
class Place:
    """What a track is: ``use`` as in our track metadata, ``lane`` absolute, 0 for the primary storyline."""

    use: str
    lane: int
    ours: bool


def plan(strands: list[Strand], document_id: str) -> list[Place]:
    """The place of each track. Ours say it; else the first video track is the primary storyline, video tracks above it
    take the lanes above, audio tracks the lanes below all others."""
    ours = [bool(document_id) and strand.tag.get("id") == document_id for strand in strands]
    known = [_lane(strand) for strand, own in zip(strands, ours, strict=True) if own]
    top, bottom = max([0, *known]), min([0, *known])
    primary = _primary(strands, ours)
    places: list[Place] = []
    for index, (strand, own) in enumerate(zip(strands, ours, strict=True)):
        use = tags.text(strand.tag, "use") if own else ""
        if index == primary:
            places.append(Place("primary", 0, own))
        elif use in ("video", "audio", "spill"):
            places.append(Place(use, _lane(strand), True))
        elif strand.is_sound or use == "companion" or index < primary:
            bottom -= 1
            places.append(Place("companion" if use == "companion" else "audio", bottom, own))
        else:
            top += 1
            places.append(Place("video", top, own))
    return places


def _primary(strands: list[Strand], ours: list[bool]) -> int:
    marked = (index for index, strand in enumerate(strands) if ours[index] and strand.tag.get("use") == "primary")
    pictures = (
        index for index, strand in enumerate(strands) if not strand.is_sound and strand.tag.get("use") != "spill"
    )
    return next(marked, next(pictures, -1))


def _lane(strand: Strand) -> int:
    lane = strand.tag.get("lane")
    return lane if isinstance(lane, int) and abs(lane) < 1_000_000 else 0


class Folding:
    """Which sounds belong to a picture that plays at the same place, and which pictures lost theirs.

    A companion nobody touched is the shadow of its picture: it follows the picture where that goes, and goes with it.
    One that was moved, trimmed or deleted on its own was meant: the picture then plays without sound. So it does when
    its media was replaced and that of its sound was not: a new picture does not take the sound of the set away.
    Things are told apart by identity: the lists of strands must stay as they are.
    """

    def __init__(self, strands: list[Strand], document_id: str, log: LossLog) -> None:
        self._folded: set[int] = set()
        self._sounding: set[int] = set()
        self._muted: set[int] = set()
        self._document_id = document_id
        self._log = log
        self._fold_companions([found for strand in strands for found in strand.found])
        pictures = [found for strand in strands if not strand.is_sound for found in strand.found]
        sounds = [found for strand in strands if strand.is_sound for found in strand.found]
        self._fold_pairs(pictures, sounds)

    def is_folded(self, found: Found) -> bool:
        """Whether a sound plays as part of its picture."""
        return id(found) in self._folded

    def has_sound(self, found: Found) -> bool:
        """Whether a new picture plays its sound too."""
        return id(found) in self._sounding

    def is_muted(self, found: Found) -> bool:
        """Whether a carried clip lost its sound: moved, trimmed or deleted on its track."""
        return id(found) in self._muted

    def _ours(self, found: Found) -> bool:
        return bool(self._document_id) and found.tag.get("id") == self._document_id

    def _fold_companions(self, everything: list[Found]) -> None:
        sounds: dict[str, list[Found]] = {}
        for found in everything:
            if self._ours(found) and (key := tags.text(found.tag, "companion")):
                sounds.setdefault(key, []).append(found)
        if not sounds:
            return  # Sound tracks were left out altogether: nobody muted anything.
        kept: set[int] = set()
        for found in everything:
            if self._ours(found) and found.tag.get("companion") is True:
                beside = sounds.get(tags.text(found.tag, "key"), [])
                kept.update(id(one) for one in beside if _media(one) != _media(found))
                self._fold_one(found, [one for one in beside if _media(one) == _media(found)])
        for key, left in sounds.items():
            for one in left:
                if id(one) not in self._folded and id(one) not in kept and _is_shadow(one):
                    self._folded.add(id(one))
                    self._log.add("approximated", "asset-clip", _GONE, path=one.name or key)

    def _fold_one(self, picture: Found, sounds: list[Found]) -> None:
        free = [one for one in sounds if id(one) not in self._folded]
        match = next((one for one in free if _same_range(one, picture)), None)
        if match is None:
            match = next((one for one in free if _is_shadow(one)), None)
            if match is not None:
                self._log.add("approximated", "asset-clip", _FOLLOWS, path=picture.name)
        if match is None:
            self._muted.add(id(picture))
        else:
            self._folded.add(id(match))

    def _fold_pairs(self, pictures: list[Found], sounds: list[Found]) -> None:
        shown: dict[tuple[str, Fraction, Fraction, Fraction], Found] = {}
        for found in pictures:
            if (media := _media(found)) and not tags.text(found.tag, "xml"):
                shown.setdefault((media, found.record, found.duration, found.source), found)
        for found in sounds:
            match = shown.get((_media(found), found.record, found.duration, found.source))
            if match is not None and id(found) not in self._folded and not tags.text(found.tag, "xml"):
                self._folded.add(id(found))
                self._sounding.add(id(match))


def _is_shadow(sound: Found) -> bool:
    """Whether a companion lies exactly as it was written: nobody meant it."""
    written = (sound.tag.get("record"), sound.tag.get("duration"), sound.tag.get("source"))
    return written == (text_of(sound.record), text_of(sound.duration), text_of(sound.source))


def _same_range(one: Found, other: Found) -> bool:
    return (one.record, one.duration, one.source) == (other.record, other.duration, other.source)


def _media(found: Found) -> str:
    if not isinstance(found.thing, otio.schema.Clip):
        return ""
    url = url_of(found.thing.media_reference)
    return (urls.to_path(url) or url) if url else ""
