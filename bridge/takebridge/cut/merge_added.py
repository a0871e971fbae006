"""What the canvas added: clips, markers, transitions; and the editor's copies of clips the canvas renewed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

from takebridge.cut.edit_bench import Bench
from takebridge.cut.edit_clip import marker_facts
from takebridge.cut.edit_content import place_of, same_shown
from takebridge.cut.edit_types import Mark, Place
from takebridge.cut.merge_clips import Merging, settled, still_there
from takebridge.cut.merge_content import media_words
from takebridge.cut.merge_pieces import same_frames
from takebridge.cut.merge_places import Places, Wish, later, put
from takebridge.cut.merge_report import Subjects, where
from takebridge.cut.merge_sides import CutSide, Lineage, track_of
from takebridge.cut.merge_types import Addresses
from takebridge.cut.model import Address, Clip, Marker, Span, Transition, tracks_of


def merge_copies(merging: Merging) -> None:
    """Name the editor's copies of clips for which the canvas shows something new: their content is the editor's own."""
    for address, original in merging.by_editor.copies.items():
        canvases = merging.by_canvas.of.get(original, [])
        if len(canvases) != 1 or address not in merging.editor.clips:
            continue
        three = merging.three(original, address, canvases[0])
        if not three.canvas_changed or three.editor_changed or three.agree:
            continue
        subjects = Subjects((original,), (address,), (canvases[0],), linked=False)
        text = (
            f"A copy the editor made still shows {media_words(three.editor)}; "
            f"the canvas has {media_words(three.canvas)} for the clip it was copied from."
        )
        chosen = merging.report.conflict("content", subjects, text, ("editor", "canvas", "both"), by="editor")
        if chosen != "editor":
            wanted, said = settled(three, chosen)
            merging.draft.change(address, wanted, merging.report.addresses(subjects), said)


# --- clips --------------------------------------------------------------------------------------------


def merge_added(merging: Merging, bench: Bench) -> None:
    """Put each clip the canvas added where it is free: on its track, else on one above, else name it.

    Picture and sound that belong together are placed together, or not at all.
    """
    twins = _Twins(merging.editor, merging.by_editor)
    links = _LinkNames(merging)
    known = frozenset(there for found in merging.by_canvas.of.values() for there in found)
    outer: set[Address] = set()
    waiting: dict[Address, list[Address]] = {}
    places = Places(merging.canvas, merging.editor, still_there(merging))
    for address in merging.by_canvas.added:
        outer.add(address)
        if address[:-2] in outer or _both_added(
            merging, address, twins.of(merging.canvas.clips[address], address, places)
        ):
            continue
        inside = tuple(merging.canvas.inside(address))
        subjects = Subjects(canvas=(address, *inside))
        if not _stays_out(merging, address, subjects, nests_known=not known.isdisjoint(inside)):
            waiting.setdefault(merging.canvas.groups.get(address, (address,))[0], []).append(address)
    for together in waiting.values():
        _place(merging, bench, together, places, links)


def _both_added(merging: Merging, address: Address, twin: Address | None) -> bool:
    """Say whether the editor added this clip too, and name it where the editor's shows other frames."""
    if twin is not None and not same_frames(merging.editor.clips[twin], merging.canvas.clips[address]):
        text = "Both added it here, and the canvas shows other frames of it; the editor's stand."
        merging.report.conflict("time", Subjects(editor=(twin,), canvas=(address,)), text, by="editor", fold=True)
    return twin is not None


def _stays_out(merging: Merging, address: Address, subjects: Subjects, *, nests_known: bool) -> bool:
    """Name an added clip that cannot simply be placed. True when it is not to be."""
    if len(address) > 3:
        text = "The canvas added it inside a nested cut; add it there by hand."
        merging.report.conflict("no_room", subjects, text)
        return True
    if nests_known:
        text = "The canvas nested clips the editor has in the cut itself; the editor's arrangement stands."
        merging.report.conflict("time", subjects, text)
        return True
    rivals = merging.by_canvas.doubtful_added.get(address, ())
    missing = tuple(one for one in rivals if one in merging.base.clips and not merging.by_canvas.of[one])
    if missing:
        text = "It is not certain whether the canvas added this clip or it is one that seems dropped; nothing was done."
        about = replace(subjects, base=missing)
        return merging.report.conflict("ambiguous", about, text, ("editor", "canvas")) == "editor"
    return False


def _place(merging: Merging, bench: Bench, together: list[Address], places: Places, links: _LinkNames) -> None:
    frames = places.shift(together[0])
    wishes = []
    for address in together:
        clip, (kind, track) = merging.canvas.clips[address], places.track(address)
        key = "" if clip.key in links.keys else clip.key
        clip = replace(clip, key=key, link=links.name(clip.link), record=later(clip.record, frames))
        wishes.append(Wish(f"new {kind} {track_of(address)[1]} {address[2]}", kind, track, clip))
    subjects = Subjects(canvas=tuple(one for address in together for one in (address, *merging.canvas.inside(address))))
    edits = put(bench, wishes, merging.canvas)
    first = wishes[0]
    if edits is None:
        at = where(together[0], first.clip)
        text = f"The canvas added it at {at}, but no track near has room there; nothing was placed."
        merging.report.conflict("no_room", subjects, text)
        return
    found = next(edit.track for edit in edits if isinstance(edit, Place) and edit.handle == first.handle)
    taken = "" if found == first.track else ", because its own has no room"
    text = f"New from the canvas, on {first.kind} track {found + 1}{taken}."
    merging.draft.note(first.clip.name, merging.report.addresses(subjects), text, edits)


class _Twins:
    """Clips the editor added too: the same content in the same place, as it is now or beside its neighbours."""

    def __init__(self, editor: CutSide, lineage: Lineage) -> None:
        self._editor = editor
        self._left: dict[object, list[Address]] = defaultdict(list)
        for address in lineage.added:
            clip = editor.clips[address]
            self._left[_twin_name(address, clip, clip.record)].append(address)

    def of(self, clip: Clip, address: Address, places: Places) -> Address | None:
        """Return the clip the editor added as well, None where there is none; each of the editor's counts once."""
        there = later(clip.record, places.shift(address)) if len(address) == 3 else clip.record
        for name in dict.fromkeys((_twin_name(address, clip, clip.record), _twin_name(address, clip, there))):
            alike = [one for one in self._left.get(name, ()) if same_shown(self._editor.clips[one], clip)]
            if alike:
                found = next((one for one in alike if same_frames(self._editor.clips[one], clip)), alike[0])
                self._left[name].remove(found)
                return found
        return None


def _twin_name(address: Address, clip: Clip, record: Span) -> tuple[object, ...]:
    """What both sides' clip is known by, whatever track it found room on."""
    shown = (place_of(clip.media.location) or clip.media.name) if clip.media else clip.name
    return (address[0], len(address), record, shown)


class _LinkNames:
    """Link ids of placed clips: the editor's group where linked to a clip the editor has, else one not in use."""

    def __init__(self, merging: Merging) -> None:
        self.keys = {clip.key for clip in merging.editor.clips.values()}
        self._known: dict[str, str] = {}
        self._used = {clip.link for clip in merging.editor.clips.values()}
        for base, canvases in merging.by_canvas.of.items():
            editors = merging.by_editor.of[base]
            if len(canvases) == 1 and len(editors) == 1:
                theirs, mine = merging.canvas.clips[canvases[0]].link, merging.editor.clips[editors[0]].link
                if theirs and mine:
                    self._known.setdefault(theirs, mine)

    def name(self, link: str) -> str:
        """Return the link id a clip of the canvas gets in the editor's cut."""
        if not link or link in self._known:
            return self._known.get(link, "")
        name = link
        while name in self._used:
            name = f"{name}+"
        self._known[link] = name
        self._used.add(name)
        return name


# --- markers and transitions --------------------------------------------------------------------------


def merge_markers(merging: Merging) -> None:
    """Add the timeline markers the canvas added; one it moved stays where the editor has it."""
    before = Counter(_unplaced(marker) for marker in merging.base.cut.markers)
    here = {marker_facts(marker) for marker in (*merging.base.cut.markers, *merging.editor.cut.markers)}
    after = Counter(_unplaced(marker) for marker in merging.canvas.cut.markers)
    for marker in merging.canvas.cut.markers:
        kind = _unplaced(marker)
        if after[kind] > before[kind] and marker_facts(marker) not in here:
            after[kind] -= 1
            text = f"Marker from the canvas at frame {marker.at}."
            merging.draft.note(marker.name or marker.note, Addresses(), text, [Mark(None, marker)])


def _unplaced(marker: Marker) -> tuple[object, ...]:
    return marker_facts(marker)[1:]


def merge_transitions(merging: Merging) -> None:
    """Name transitions the canvas added or took away: the editor's stand."""
    base, canvas = _joins(merging.base), _joins(merging.canvas, merging.by_canvas)
    editor = _joins(merging.editor, merging.by_editor)
    for join, address in canvas.items():
        if join not in base and join not in editor:
            text = "The canvas has a transition here that the editor's cut has not; the editor's timing stands."
            merging.report.conflict("state", Subjects(canvas=(address,)), text)
    for join, address in base.items():
        if join not in canvas and join in editor:
            text = "The canvas took this transition out or changed it; the editor's timing stands."
            merging.report.conflict("state", Subjects((address,), (editor[join],)), text)


def _joins(side: CutSide, lineage: Lineage | None = None) -> dict[tuple[object, ...], Address]:
    """Return a side's transitions by the base clips they stand between, their length and kind: ripples do not count."""
    of = {there: base for base, found in lineage.of.items() for there in found} if lineage else None
    joins: dict[tuple[object, ...], Address] = {}
    for kind, number, track in tracks_of(side.cut):
        for index, item in enumerate(track.items):
            if isinstance(item, Transition):
                sides = [(kind, number, index - 1), (kind, number, index + 1)]
                between = [one if of is None else of.get(one, ("new", *one)) for one in sides]
                known = [None if one not in side.clips else other for one, other in zip(sides, between, strict=True)]
                joins[(*known, item.record.duration, item.name, item.style)] = (kind, number, index)
    return joins
