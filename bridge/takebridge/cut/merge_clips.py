"""What becomes of each clip of the base: the rules of docs/merge.md, one function a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from takebridge.cut.edit_bench import Bench
from takebridge.cut.edit_content import FIRST_TAKE, as_take, free_key, same_shown
from takebridge.cut.edit_types import Delete
from takebridge.cut.merge_content import Edge, Three, media_words, new_markers, new_takes, with_content, with_takes
from takebridge.cut.merge_pieces import Keys, cut_off_words, kept_another_part, same_frames
from takebridge.cut.merge_places import Places, Wish, later, put
from takebridge.cut.merge_report import Draft, Report, Subjects, where
from takebridge.cut.merge_sides import CutSide, Lineage, in_order, track_of
from takebridge.cut.merge_time import (
    OTHER_PART,
    can_follow,
    check_media,
    check_slot,
    follow_time,
    state_words,
    time_words,
    with_state,
)
from takebridge.cut.merge_types import Choice
from takebridge.cut.model import Address, Clip, Span

_BOTH_WAYS: tuple[Choice, ...] = ("editor", "canvas")
_ALL_WAYS: tuple[Choice, ...] = ("editor", "canvas", "both")


@dataclass(slots=True)
class Merging:
    """A merge under way: the three cuts, what became of the base's clips on both sides, and what is said so far.

    ``to_follow`` and ``to_restore`` wait until every clip was looked at: they need room on the tracks.
    """

    base: CutSide
    editor: CutSide
    canvas: CutSide
    by_editor: Lineage
    by_canvas: Lineage
    moved: frozenset[Address]
    report: Report
    draft: Draft
    keys: tuple[Keys, Keys]
    """Of the editor's clips, and of the canvas's."""
    to_follow: list[tuple[Address, Address, Three, Subjects]] = field(default_factory=list)
    to_restore: list[tuple[Address, Subjects]] = field(default_factory=list)

    def three(self, base: Address, editor: Address, canvas: Address) -> Three:
        """Put one clip of each side together; the editor's as it is to be so far."""
        clips = self.base.clips[base], self.draft.clip(editor), self.canvas.clips[canvas]
        return Three(*clips, cuts=(self.base.cut, self.editor.cut, self.canvas.cut), keeps=editor[0] == "video")


def merge_clip(merging: Merging, address: Address) -> None:
    """Decide on one clip of the base."""
    editors, canvases = merging.by_editor.of[address], merging.by_canvas.of[address]
    subjects = Subjects((address,), tuple(editors), tuple(canvases))
    if not editors and not canvases:
        merging.report.removed("editor", replace(subjects, linked=False), "Both sides took it out of the cut.")
    elif not editors:
        _deleted(merging, address, canvases, subjects)
    elif not canvases:
        _dropped(merging, address, editors, subjects)
    elif not _untouched(merging, address, editors, canvases):
        _kept(merging, address, editors, canvases, subjects)


def _untouched(merging: Merging, address: Address, editors: list[Address], canvases: list[Address]) -> bool:
    """Say whether the canvas left a clip exactly as it was and the editor did not give it other frames."""
    if len(editors) > 1 or len(canvases) > 1 or address in merging.moved:
        return False
    base, canvas, editor = (
        merging.base.clips[address],
        merging.canvas.clips[canvases[0]],
        merging.editor.clips[editors[0]],
    )
    if editor is not base and (editor.source, editor.speed) != (base.source, base.speed):
        return False
    if not same_shown(editor, base) or canvas.record.duration != base.record.duration:
        return False
    return canvas is base or replace(canvas, record=base.record) == replace(base, inner=canvas.inner)


# --- one side has it no more --------------------------------------------------------------------------


def _deleted(merging: Merging, address: Address, canvases: list[Address], subjects: Subjects) -> None:
    alone = replace(subjects, linked=False)
    said = _what_changed(merging, address, canvases) or _changed_with_it(merging, address)
    if said:
        text = f"The editor deleted it; the canvas {said}. The deletion stands unless you put it back."
        chosen = merging.report.conflict("deleted_by_editor", alone, text, _BOTH_WAYS, fold=True)
        if chosen == "canvas":
            merging.to_restore.append((address, alone))
            return
    merging.report.removed("editor", alone, "The editor deleted it.")


def _changed_with_it(merging: Merging, address: Address) -> str:
    """Say what the canvas did to clips that belong to this one and were deleted along with it; "" when nothing."""
    for other in merging.base.linked(address):
        canvases = merging.by_canvas.of[other]
        if canvases and not merging.by_editor.of[other] and (said := _what_changed(merging, other, canvases)):
            return f"{said} (in what belongs to it)"
    return ""


def _what_changed(merging: Merging, address: Address, canvases: list[Address]) -> str:
    """Say what the canvas did to a clip the editor deleted; "" when nothing."""
    three = merging_without_editor(merging, address, canvases[0])
    base, canvas = three.base, three.canvas
    said = []
    if three.canvas_changed:
        said.append(f"shows {media_words(canvas)} there now")
    elif new_takes(three):
        said.append("has new takes of it")
    if len(canvases) > 1:
        said.append(f"cut it into {len(canvases)} pieces")
    elif canvas.record.duration != base.record.duration:
        said.append("changed its length")
    said.extend(time_words(three, moved=address in merging.moved, places=(address, canvases[0])))
    said.extend(state_words(three))
    return ", ".join(said)


def merging_without_editor(merging: Merging, address: Address, there: Address) -> Three:
    """Put base and canvas together as if the editor had left the clip alone."""
    base = merging.base.clips[address]
    return Three(base, base, merging.canvas.clips[there], (merging.base.cut, merging.base.cut, merging.canvas.cut))


def _dropped(merging: Merging, address: Address, editors: list[Address], subjects: Subjects) -> None:
    alone = replace(subjects, linked=False)
    text = "The canvas no longer has it; the editor's cut does. It stays unless you let it go."
    chosen = merging.report.conflict("dropped_by_canvas", alone, text, _BOTH_WAYS, fold=True)
    base = merging.base.clips[address]
    _check_media(merging, address, editors, subjects)
    if chosen == "canvas":
        clips = merging.report.addresses(_dropped_with_it(merging, address, alone))
        edits = [Delete(there) for there in editors]
        merging.draft.note(base.name, clips, "Taken out of the cut, as the canvas did.", edits)
        merging.report.removed("canvas", alone, "The canvas dropped it, and that was chosen.")


def _dropped_with_it(merging: Merging, address: Address, alone: Subjects) -> Subjects:
    """The clip and what belongs to it and was dropped as well."""
    others = [one for one in merging.base.linked(address) if not merging.by_canvas.of[one]]
    editors = (now for one in others for now in merging.by_editor.of[one])
    return replace(alone, base=(*alone.base, *others), editor=(*alone.editor, *editors))


# --- both have it -------------------------------------------------------------------------------------


def _kept(
    merging: Merging, address: Address, editors: list[Address], canvases: list[Address], subjects: Subjects
) -> None:
    if len(canvases) > 1:
        _pieces(merging, address, editors, canvases, subjects)
        return
    there = canvases[0]
    threes = [merging.three(address, one, there) for one in editors]
    first = threes[0]
    if first.canvas_changed or new_takes(first):
        if _doubtful(merging, address, editors, canvases, subjects):
            return
        _content(merging, editors, threes, subjects)
    _small_things(merging, editors, threes, subjects)
    short = _check_media(merging, address, editors, subjects)
    check_slot(first, subjects, [three.editor for three in threes], merging.report, short)
    _time_and_state(merging, address, editors, there, threes, subjects)


def _pieces(
    merging: Merging, address: Address, editors: list[Address], canvases: list[Address], subjects: Subjects
) -> None:
    """The canvas razored it. Pieces razored alike by both get their content each; else the cut and all is named."""
    theirs = [merging.canvas.clips[one] for one in canvases]
    mine = [merging.draft.clip(one) for one in editors]
    if [clip.record.duration for clip in mine] == [clip.record.duration for clip in theirs]:
        for one, there in zip(editors, canvases, strict=True):
            clip, cuts = merging.draft.clip(one), (merging.editor.cut, merging.editor.cut, merging.canvas.cut)
            three = Three(clip, clip, merging.canvas.clips[there], cuts, keeps=one[0] == "video")
            if three.canvas_changed or new_takes(three):
                _content(merging, [one], [three], replace(subjects, editor=(one,), canvas=(there,)))
        if any(same_shown(*pair) and not same_frames(*pair) for pair in zip(mine, theirs, strict=True)):
            text = "The canvas cut it alike, but shows other frames in a piece of it; the editor's timing stands."
            merging.report.conflict("time", subjects, text, fold=True)
    else:
        base = merging.base.clips[address]
        news = [media_words(clip) for clip in theirs if not same_shown(base, clip)]
        text = f"The canvas cut it into {len(canvases)} pieces; the editor's timing stands."
        merging.report.conflict("time", subjects, text, fold=True)
        if news:
            text = f"In a piece of it the canvas shows {', '.join(news)}; the editor's cut has no such piece."
            merging.report.conflict("content", subjects, text)
    _check_media(merging, address, editors, subjects)


def _check_media(merging: Merging, address: Address, editors: list[Address], subjects: Subjects) -> set[Edge]:
    """Ask for takes where a clip now shows more than there is; return at which ends."""
    base, short = merging.base.clips[address], set[Edge]()
    for one in editors:
        now = merging.draft.clip(one)
        if now.source != base.source or not same_shown(now, base):
            short |= check_media(now, replace(subjects, editor=(one,)), merging.editor.cut, merging.report)
    return short


def _doubtful(
    merging: Merging, address: Address, editors: list[Address], canvases: list[Address], subjects: Subjects
) -> bool:
    """Name a match a content change depends on and that may be another. True when nothing is to be done."""
    rivals_editor = merging.by_editor.doubtful.get(address)
    rivals_canvas = merging.by_canvas.doubtful.get(address)
    if rivals_editor is None and rivals_canvas is None:
        return False
    rivals = Subjects(
        (address,),
        (*editors, *_known(rivals_editor, merging.editor)),
        (*canvases, *_known(rivals_canvas, merging.canvas)),
    )
    side = "editor's" if rivals_editor is not None else "canvas's"
    text = (
        f"The canvas has something new here, but it is not certain which clip of the {side} cut this is. "
        "Nothing was done; choose the canvas to follow it."
    )
    return merging.report.conflict("ambiguous", rivals, text, _BOTH_WAYS, fold=True) == "editor"


def _known(rivals: Sequence[Address] | None, side: CutSide) -> tuple[Address, ...]:
    return tuple(rival for rival in rivals or () if rival in side.clips)


def _content(merging: Merging, editors: list[Address], threes: list[Three], subjects: Subjects) -> None:
    clips = merging.report.addresses(subjects)
    first = threes[0]
    if first.canvas_changed and (first.canvas.inner is None) != (first.base.inner is None):
        merging.report.conflict("content", subjects, "The canvas nested it, or took it out of its nest; named only.")
        return
    chosen = "canvas"
    if first.canvas_changed and any(three.editor_changed and not three.agree for three in threes):
        replaced = next(three for three in threes if three.editor_changed and not three.agree)
        text = f"The editor shows {media_words(replaced.editor)} here, the canvas {media_words(first.canvas)}."
        chosen = merging.report.conflict("content", subjects, text, _ALL_WAYS, fold=True)
    for one, three in zip(editors, threes, strict=True):
        both_changed = three.canvas_changed and three.editor_changed
        way = chosen if both_changed and not three.agree else "canvas"
        wanted, text = settled(three, way)
        merging.draft.change(one, wanted, clips, text)


def settled(three: Three, way: str) -> tuple[Clip, str]:
    """Return the editor's clip with the canvas's content as chosen, and what that is in words."""
    shown = media_words(three.canvas)
    if three.canvas_changed and not three.agree:
        if way == "editor":
            return three.editor, ""
        if way == "both":
            take = as_take(three.canvas, free_key(three.editor, shown or FIRST_TAKE))
            return with_takes(three, (*new_takes(three), take)), f"{shown} joins as a take that is not shown."
        return with_content(three), f"Shows {shown}, as on the canvas."
    fresh = new_takes(three)
    said = "A new take" if len(fresh) == 1 else f"{len(fresh)} new takes"
    return with_takes(three, fresh), f"{said} from the canvas, not shown."


def _time_and_state(
    merging: Merging,
    address: Address,
    editors: list[Address],
    there: Address,
    threes: list[Three],
    subjects: Subjects,
) -> None:
    first = threes[0]
    said = time_words(first, moved=address in merging.moved, places=(editors[0], there))
    if not said and kept_another_part(first, [three.editor for three in threes], merging.keys):
        said = [OTHER_PART]
    if said:
        one = len(editors) == 1
        text = f"The canvas {', '.join(said)}; the editor's timing stands."
        can = one and len(editors[0]) == len(there) == 3 and can_follow(first, said)
        ways: tuple[Choice, ...] = _BOTH_WAYS if can else ("editor",)
        if merging.report.conflict("time", subjects, text, ways, fold=True) == "canvas":
            merging.to_follow.append((editors[0], there, first, subjects))
    said = state_words(first)
    if said:
        text = f"The canvas {', '.join(said)}; the editor's cut stays as it is."
        if merging.report.conflict("state", subjects, text, _BOTH_WAYS, fold=True) == "canvas":
            for one_of in editors:
                now = with_state(first, merging.draft.clip(one_of))
                clips = merging.report.addresses(subjects)
                merging.draft.change(one_of, now, clips, f"The canvas {', '.join(said)}, and that was chosen.")


def _small_things(merging: Merging, editors: list[Address], threes: list[Three], subjects: Subjects) -> None:
    """Stamps and markers: the canvas's arrive."""
    clips = merging.report.addresses(subjects)
    for one, three in zip(editors, threes, strict=True):
        now = merging.draft.clip(one)
        if three.canvas.stamp and three.canvas.stamp != three.base.stamp:
            merging.draft.change(one, replace(now, stamp=three.canvas.stamp), clips, "Carries the canvas's stamp.")
            now = merging.draft.clip(one)
        markers = new_markers(three, only=len(editors) == 1)
        if markers:
            made = replace(now, markers=(*now.markers, *markers))
            merging.draft.change(one, made, clips, f"{len(markers)} marker(s) from the canvas.")


# --- pieces the editor deleted ------------------------------------------------------------------------


def name_cut_off(merging: Merging) -> None:
    """Name the clips of which the editor deleted a piece and kept another: what was the clip is gone."""
    keys = merging.keys[0]
    for address in sorted((one for one, clip in merging.base.clips.items() if keys.lack(clip)), key=in_order):
        editors, canvases = merging.by_editor.of[address], merging.by_canvas.of[address]
        if not editors or not canvases or any(one in merging.draft.reshaped for one in editors):
            continue
        text = cut_off_words(merging.base.clips[address], [merging.editor.clips[one] for one in editors])
        if text:
            about = Subjects((address,), tuple(editors), tuple(canvases), linked=False)
            merging.report.removed("editor", about, text, partly=True)


# --- what needs room ----------------------------------------------------------------------------------


def follow_canvas(merging: Merging, bench: Bench) -> None:
    """Give clips the canvas's place or frames, where that was chosen and there is room; sound moves as its picture."""
    places = Places(merging.canvas, merging.editor, still_there(merging)) if merging.to_follow else None
    for address, there, three, subjects in merging.to_follow:
        assert places is not None
        edits = follow_time(three, _wish(merging, address, there, three, places, subjects), bench, merging.canvas)
        if edits is None:
            merging.report.no_room(subjects, "There is no room where the canvas has it; the editor's timing stands.")
            continue
        if not edits:
            continue
        clips = merging.report.addresses(subjects)
        text = f"In time as on the canvas ({where(there, three.canvas)}), and that was chosen."
        merging.draft.reshape(edits, clips, text)


def _wish(merging: Merging, address: Address, there: Address, three: Three, places: Places, subjects: Subjects) -> Wish:
    """Where a clip is to lie: beside its neighbours on the canvas if that moved it, else where it is."""
    if subjects.base[0] in merging.moved:
        kind, track = places.track(there)
        first = merging.canvas.groups.get(there, (there,))[0]
        return Wish(address, kind, track, replace(three.canvas, record=later(three.canvas.record, places.shift(first))))
    record = Span.of(three.editor.record.start, three.canvas.record.duration)
    return Wish(address, *track_of(address), replace(three.canvas, record=record))


def still_there(merging: Merging) -> Iterator[tuple[Address, Address]]:
    """Yield the canvas's clips of which the editor has one too, and that nobody moved."""
    for base, canvases in merging.by_canvas.of.items():
        editors = merging.by_editor.of[base]
        if len(canvases) == 1 and len(editors) == 1 and base not in merging.moved:
            yield canvases[0], editors[0]


def restore_deleted(merging: Merging, bench: Bench) -> None:
    """Put clips back the editor deleted, beside what stood beside them, where that was chosen; sound with its picture.

    Where their place is taken they go on a track above, as what the canvas adds does.
    """
    if not merging.to_restore:
        return
    kept = ((one, found[0]) for one, found in merging.by_editor.of.items() if len(found) == 1)
    places = Places(merging.base, merging.editor, kept)
    used = {clip.link for clip in merging.editor.clips.values()}
    groups: dict[Address, list[tuple[Address, Subjects]]] = {}
    for address, subjects in merging.to_restore:
        groups.setdefault(merging.base.groups.get(address, (address,))[0], []).append((address, subjects))
    for together in groups.values():
        _put_back(merging, bench, together, places, used)


def _put_back(
    merging: Merging, bench: Bench, together: list[tuple[Address, Subjects]], places: Places, used: set[str]
) -> None:
    frames = places.shift(together[0][0])
    wishes = []
    for address, subjects in together:
        base, (kind, track) = merging.base.clips[address], places.track(address)
        content = settled(merging_without_editor(merging, address, subjects.canvas[0]), "canvas")[0]
        link = _link_back(merging, address, used)
        clip = replace(content, key="", ids=(), link=link, record=later(base.record, frames))
        wishes.append(Wish(f"back {kind} {track_of(address)[1]} {address[2]}", kind, track, clip))
    edits = None if any(len(address) > 3 for address, _ in together) else put(bench, wishes, merging.base)
    if edits is None:
        merging.report.no_room(together[0][1], "There is no room where it was; the deletion stands.")
        for _, subjects in together:
            merging.report.removed("editor", subjects, "The editor deleted it, and its place is taken.")
        return
    canvases = tuple(there for _, subjects in together for there in subjects.canvas)
    about = Subjects(tuple(address for address, _ in together), (), canvases, linked=False)
    text = f"Put back at {where(together[0][0], wishes[0].clip)}, as the canvas has it."
    merging.draft.note(wishes[0].clip.name, merging.report.addresses(about), text, edits)


def _link_back(merging: Merging, address: Address, used: set[str]) -> str:
    """The link of a clip that is put back: its partner's where the editor kept that, else its own if not in use."""
    for other in merging.base.linked(address):
        for now in merging.by_editor.of[other]:
            if merging.base.clips[address].link and merging.editor.clips[now].link:
                return merging.editor.clips[now].link
    link = merging.base.clips[address].link
    return "" if link in used else link
