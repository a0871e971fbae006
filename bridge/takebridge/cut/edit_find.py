"""Finding the clips of a plan again on a cut that was read later: items have shifted, some edits are made already."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TypeAlias

from takebridge.cut.edit_content import same_shown
from takebridge.cut.edit_types import AddTrack, Delete, Edit, Import, Join, Mark, Place, Reshape, Subject
from takebridge.cut.model import Address, Clip, Cut, Frame, TrackKind, items_of

_Where: TypeAlias = tuple[TrackKind, int, Frame, Frame]


class Finder:
    """Where the clips of ``start`` are on ``cut``: by the host's key, else by their place on their track."""

    def __init__(self, start: Cut, cut: Cut) -> None:
        self._start = {address: item for address, item in items_of(start) if isinstance(item, Clip)}
        self._now = {address: item for address, item in items_of(cut) if isinstance(item, Clip)}
        self._same = start is cut
        self._keys = _unique_keys(self._now)
        self._places = _by_place(self._now)
        self._known: dict[Subject, Address] = {}

    def readdressed(self, edit: Edit) -> Edit | None:
        """Return an edit with its clip named by its address on the later cut; None where that clip is gone.

        The handle of a clip that was placed already becomes an address too.
        """
        match edit:
            case Import() | AddTrack() | Join() | Place() | Mark(clip=None):
                return edit
            case _:
                assert edit.clip is not None
                found = self._find(edit.clip, edit)
                return None if found is None else replace(edit, clip=found)

    def placed(self, edit: Place) -> Address | None:
        """Return the address of the clip this edit placed, None where it is not there yet."""
        where: _Where = (edit.kind, edit.track, edit.clip.record.start, edit.clip.record.end)
        return next((one for one in self._places.get(where, ()) if same_shown(self._now[one], edit.clip)), None)

    def learn(self, subject: Subject, address: Address) -> None:
        """Remember where a subject is, for the edits after."""
        self._known[subject] = address

    def _find(self, subject: Subject, edit: Edit) -> Subject | None:
        if subject in self._known:
            return self._known[subject]
        if isinstance(subject, str) or self._same:
            return subject
        top, path = subject[:3], subject[3:]
        clip = self._start.get(top)
        if clip is None:
            return None
        address = self._by_key(clip) or self._by_place(top, clip, strict=isinstance(edit, Delete) and not path)
        if address is None and isinstance(edit, Reshape):
            address = self._near((edit.kind, edit.track, edit.record.start, edit.record.end), clip)
        if address is None:
            return None
        self._known[top] = address
        return (*address, *path)

    def _by_key(self, clip: Clip) -> Address | None:
        return self._keys.get(clip.key) if clip.key else None

    def _by_place(self, top: Address, clip: Clip, *, strict: bool) -> Address | None:
        kind, track = top[0], top[1]
        assert isinstance(kind, str) and isinstance(track, int)
        found = self._near((kind, track, clip.record.start, clip.record.end), clip)
        return None if found is not None and strict and not same_shown(self._now[found], clip) else found

    def _near(self, where: _Where, clip: Clip) -> Address | None:
        """Of the clips at a place the one that shows the same, else the first; never one with another key."""
        here = [one for one in self._places.get(where, ()) if not (clip.key and self._now[one].key)]
        return next((one for one in here if same_shown(self._now[one], clip)), here[0] if here else None)


def _unique_keys(clips: dict[Address, Clip]) -> dict[str, Address]:
    counted = Counter(clip.key for clip in clips.values())
    return {clip.key: address for address, clip in clips.items() if clip.key and counted[clip.key] == 1}


def _by_place(clips: dict[Address, Clip]) -> dict[_Where, list[Address]]:
    places: dict[_Where, list[Address]] = {}
    for address, clip in clips.items():
        kind, track = address[0], address[1]
        assert isinstance(kind, str) and isinstance(track, int)
        places.setdefault((kind, track, clip.record.start, clip.record.end), []).append(address)
    return places
