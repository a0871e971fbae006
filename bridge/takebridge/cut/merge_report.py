"""What a merge says, collected: conflicts and the choices made in them, requests, removals, and the edits with notes.

Linked sound that meets the same fate as its picture, and clips in a nested cut that meets it, join the picture's (the
nested clip's) entry: one decision, one line, every clip of it in ``covers``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from takebridge.cut.edit_between import brought_by, clip_edits, ordered
from takebridge.cut.edit_clip import changed
from takebridge.cut.edit_types import Delete, Edit, EditPlan, Import, Reshape
from takebridge.cut.merge_sides import CutSide, Lineage
from takebridge.cut.merge_types import Addresses, Choice, Conflict, EditNote, Removed, Request, Side
from takebridge.cut.model import Address, Clip, Cut, Frame
from takebridge.errors import CutMismatchError

What: TypeAlias = Literal["content", "time", "deleted_by_editor", "dropped_by_canvas", "no_room", "ambiguous", "state"]

_LETTERS = {"video": "V", "audio": "A", "subtitle": "S"}


@dataclass(frozen=True, slots=True)
class Subjects:
    """The clips one entry is about, on each side, and whether clips linked to them are covered too."""

    base: tuple[Address, ...] = ()
    editor: tuple[Address, ...] = ()
    canvas: tuple[Address, ...] = ()
    linked: bool = True


@dataclass(slots=True)
class Report:
    """Collects what a merge says. ``choices`` are those given; asking for one never offered is an error (`finish`)."""

    base: CutSide
    editor: CutSide
    canvas: CutSide
    choices: Mapping[str, Choice]
    lineages: Mapping[Side, Lineage] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    removals: list[Removed] = field(default_factory=list)
    _leaders: dict[tuple[object, ...], int] = field(default_factory=dict)

    def conflict(
        self,
        what: What,
        about: Subjects,
        text: str,
        choices: tuple[Choice, ...] = ("editor",),
        *,
        fold: bool = False,
        by: Side = "base",
    ) -> Choice:
        """Name a conflict and return what the merged cut follows: the choice given, else the first offered."""
        clips = self.addresses(about)
        leader = self._leader(("conflict", what), about, len(self.conflicts)) if fold else None
        if leader is not None:
            entry = self.conflicts[leader]
            self.conflicts[leader] = replace(entry, clip=_joined(entry.clip, clips))
            return entry.chosen
        key = _conflict_id(what, clips, by)
        chosen = self.choices.get(key, choices[0])
        if chosen not in choices:
            raise CutMismatchError(
                f"The conflict {key} offers {' or '.join(choices)}, not {chosen}.",
                hint="Give one of the choices the merge lists for it.",
            )
        self.conflicts.append(Conflict(key, self.name(about), clips, what, text, choices, chosen))
        return chosen

    def no_room(self, about: Subjects, text: str) -> None:
        """Say of the conflict named last for these clips that what was chosen cannot be done."""
        clips = self.addresses(about)
        for index in range(len(self.conflicts) - 1, -1, -1):
            entry = self.conflicts[index]
            if (entry.clip.base, entry.clip.canvas) == (clips.base, clips.canvas):
                self.conflicts[index] = replace(entry, what="no_room", text=text, chosen="editor")
                return

    def request(
        self,
        kind: Literal["media", "slot"],
        edge: Literal["head", "tail"],
        frames: Frame,
        about: Subjects,
        text: str,
    ) -> None:
        """Ask for a take."""
        clips = self.addresses(about)
        leader = self._leader(("request", edge, frames), about, len(self.requests))
        if leader is not None:
            entry = self.requests[leader]
            self.requests[leader] = replace(entry, clip=_joined(entry.clip, clips))
            return
        self.requests.append(Request(self.name(about), clips, kind, edge, frames, text))

    def removed(self, by: Side, about: Subjects, text: str, *, partly: bool = False) -> None:
        """Name a clip the merged cut does not show, or (``partly``) of which it shows only a piece."""
        clips = self.addresses(about)
        leader = self._leader(("removed", by, partly), about, len(self.removals))
        if leader is not None:
            entry = self.removals[leader]
            self.removals[leader] = replace(entry, clip=_joined(entry.clip, clips))
            return
        self.removals.append(Removed(self.name(replace(about, editor=()) if partly else about), clips, by, text))

    def name(self, about: Subjects) -> str:
        """The name of the clip an entry is about: the editor's name for it, if the editor has it."""
        for side, addresses in ((self.editor, about.editor), (self.base, about.base), (self.canvas, about.canvas)):
            for address in addresses[:1]:
                if address in side.clips:
                    return side.clips[address].name
        return ""

    def addresses(self, about: Subjects) -> Addresses:
        """Spell out every clip an entry covers."""
        covers: list[tuple[Side, Address]] = []
        for side, addresses in ((self.base, about.base), (self.editor, about.editor), (self.canvas, about.canvas)):
            covers.extend((side.side, address) for address in addresses)
            if about.linked:
                covers.extend((side.side, other) for other in self._linked(side, addresses, about.base))
        first = (_first(about.base), _first(about.editor), _first(about.canvas))
        return Addresses(*first, covers=tuple(dict.fromkeys(covers)))

    def _linked(self, side: CutSide, addresses: tuple[Address, ...], bases: tuple[Address, ...]) -> list[Address]:
        """What belongs to clips of a side: there, else (it lies otherwise by now) what became of it in the base."""
        found = [other for address in addresses for other in side.linked(address)]
        if found or not addresses or side.side not in self.lineages:
            return found
        of = self.lineages[side.side].of
        return [now for base in bases for other in self.base.linked(base) for now in of.get(other, ())]

    def finish(self) -> None:
        """Raise CutMismatchError when a choice was given for a conflict there is not."""
        unknown = sorted(set(self.choices) - {conflict.id for conflict in self.conflicts})
        if unknown:
            raise CutMismatchError(
                f"There is no conflict {unknown[0]} in this merge.",
                hint="Merge again without choices and take the ids from its list of conflicts.",
            )

    def _leader(self, entry: tuple[object, ...], about: Subjects, index: int) -> int | None:
        """Return the entry these clips join; remember them as leader for clips to come where they join none."""
        side, address = self._known(about)
        if address is None:
            return None
        if len(address) > 3 and (found := self._leaders.get((*entry, side.side, address[:-2]))) is not None:
            self._leaders[(*entry, side.side, address)] = found
            return found
        members = side.groups.get(address, ())
        group = (*entry, side.side, "group", members[:1])
        if members and address != members[0] and group in self._leaders:
            return self._leaders[group]
        self._leaders[(*entry, side.side, address)] = index
        if members:
            self._leaders.setdefault(group, index)
        return None

    def _known(self, about: Subjects) -> tuple[CutSide, Address | None]:
        for side, addresses in ((self.base, about.base), (self.canvas, about.canvas), (self.editor, about.editor)):
            if addresses and addresses[0] in side.clips:
                return side, addresses[0]
        return self.base, None


def _first(addresses: tuple[Address, ...]) -> Address | None:
    return addresses[0] if addresses else None


def _joined(one: Addresses, other: Addresses) -> Addresses:
    return replace(one, covers=tuple(dict.fromkeys((*one.covers, *other.covers))))


def _conflict_id(what: str, clips: Addresses, by: Side) -> str:
    """An id made of what the conflict is and where: ``content:V1.3`` for item 3 of the base's first track.

    Where the base has no such clip the side is named: ``content:editor:V1.3``. No spaces: it is typed in shells.
    """
    known = {"base": clips.base, "editor": clips.editor, "canvas": clips.canvas}
    for side in (by, "base", "editor", "canvas"):
        if (address := known[side]) is not None:
            return ":".join([what, *([side] if side != "base" else []), spot(address)])
    return what


def spot(address: Address) -> str:
    """Spell an address shortly: ``V1.3``, in nested cuts ``V1.3.0.2``."""
    kind, track, *rest = address
    assert isinstance(track, int)
    return ".".join([f"{_LETTERS[str(kind)]}{track + 1}", *(str(part) for part in rest)])


def where(address: Address, clip: Clip) -> str:
    """Say where a clip is, for a person: ``V1, frame 240``."""
    return f"{spot(address).split('.')[0]}, frame {clip.record.start}"


# --- the plan and its notes ---------------------------------------------------------------------------


@dataclass(slots=True)
class Draft:
    """The edits of a merge, each with the entry it belongs to. ``wanted``: the editor's clips as they are to be."""

    editor: CutSide
    wanted: dict[Address, Clip] = field(default_factory=dict)
    deleted: set[Address] = field(default_factory=set)
    reshaped: dict[Address, Clip] = field(default_factory=dict)
    _notes: list[tuple[str, Addresses, str, list[Edit]]] = field(default_factory=list)
    _at: dict[Address, int] = field(default_factory=dict)

    def clip(self, address: Address) -> Clip:
        """Return one of the editor's clips as it is to be so far."""
        return self.wanted.get(address, self.editor.clips[address])

    def change(self, address: Address, clip: Clip, about: Addresses, text: str) -> None:
        """Want one of the editor's clips to be another value."""
        if clip == self.clip(address):
            return
        self.wanted[address] = clip
        if address in self._at:
            name, clips, said, edits = self._notes[self._at[address]]
            self._notes[self._at[address]] = (name, clips, f"{said} {text}", edits)
            return
        self._at[address] = len(self._notes)
        self._notes.append((clip.name, about, text, []))

    def reshape(self, edits: list[Edit], about: Addresses, text: str) -> None:
        """Give one of the editor's clips another place and length; the source range it is to show is wanted as well.

        The last of ``edits`` does it; those before make room.
        """
        edit = edits[-1]
        assert isinstance(edit, Reshape) and not isinstance(edit.clip, str)
        address, clip = edit.clip, self.clip(edit.clip)
        self.reshaped[address] = changed(self.editor.clips[address], edit)
        self.wanted[address] = replace(clip, record=edit.record, source=edit.source, speed=edit.speed, ramp=edit.ramp)
        self._notes.append((clip.name, about, text, edits))

    def note(self, name: str, about: Addresses, text: str, edits: Iterable[Edit]) -> None:
        """Add edits that need no more thought."""
        given = list(edits)
        self._notes.append((name, about, text, given))
        self.deleted.update(edit.clip for edit in given if isinstance(edit, Delete) and not isinstance(edit.clip, str))

    def finish(self, cut: Cut) -> tuple[EditPlan, tuple[EditNote, ...]]:
        """Return the ordered plan and its notes."""
        for address, index in self._at.items():
            if not self._is_gone(address):
                now = self.reshaped.get(address, self.editor.clips[address])
                self._notes[index][3].extend(clip_edits(address, now, self.wanted[address]))
        plan = ordered((edit for note in self._notes for edit in note[3]), cut)
        places = {id(edit): index for index, edit in enumerate(plan.edits)}
        imports = {id(edit.media): index for index, edit in enumerate(plan.edits) if isinstance(edit, Import)}
        made = []
        for name, about, text, edits in self._notes:
            if edits:
                brought = {imports[id(media)] for edit in edits for media in brought_by(edit) if id(media) in imports}
                own = sorted(places[id(edit)] for edit in edits)
                made.append(EditNote(name, about, text, (*sorted(brought), *own)))
        return plan, tuple(made)

    def _is_gone(self, address: Address) -> bool:
        return any(address[:length] in self.deleted for length in range(3, len(address) + 1, 2))
