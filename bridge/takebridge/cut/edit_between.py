"""The plan between two cuts: the fewest edits that make one the other to an editor's eye, in the order hosts want."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from takebridge.cut.edit_clip import changed, kind_with, marker_facts
from takebridge.cut.edit_content import (
    FIRST_TAKE,
    as_take,
    has_take,
    place_of,
    same_media,
    same_shown,
    same_take,
    shown_take,
    tray,
)
from takebridge.cut.edit_same import clip_facts, same_cut
from takebridge.cut.edit_types import (
    AddTake,
    AddTrack,
    Delete,
    Edit,
    EditPlan,
    Import,
    Join,
    Mark,
    Place,
    Rename,
    Replace,
    Reshape,
    SelectTake,
    SetEnabled,
    Stamp,
    Subject,
)
from takebridge.cut.match import Match
from takebridge.cut.model import (
    Address,
    Clip,
    Cut,
    Item,
    Marker,
    Media,
    Take,
    TrackKind,
    Transition,
    clips_of,
    items_of,
    tracks_of,
)

_One = TypeVar("_One")

_RANKS: dict[type[Any], int] = {
    Import: 0,
    AddTrack: 1,
    Delete: 3,
    Reshape: 4,
    Place: 5,
    AddTake: 6,
    SelectTake: 6,
    Replace: 6,
    SetEnabled: 7,
    Rename: 7,
    Mark: 8,
    Join: 9,
    Stamp: 10,
}


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a clip is to be."""

    kind: TrackKind
    track: int


def plan_between(editor: Cut, merged: Cut, pairs: Iterable[Match], *, keep_takes: bool = False) -> EditPlan:
    """Return the plan that makes ``editor`` the same as ``merged``. ``pairs`` say which clip is which (`identify`).

    Clips of both cuts without a partner are deleted and placed; one razored into several keeps its first piece. A clip
    that differs in what no edit can change (its look, role, nested cut, a take too many) is deleted and placed anew;
    with ``keep_takes`` takes too many stay in the tray instead. Track names, locks and gaps are not planned.
    """
    before, after = _clips(editor), _clips(merged)
    partners = _partners(pairs, before, after)
    edits: list[Edit] = list(_tracks(editor, merged))
    for address, clip in before.items():
        if address not in partners:
            edits.append(Delete(address))
        else:
            there = partners[address]
            edits.extend(_pair(address, clip, there, after[there], keep_takes))
    found = set(partners.values())
    edits.extend(_placed(address, clip) for address, clip in after.items() if address not in found)
    edits.extend(_joins(editor, merged))
    edits.extend(mark_edits(None, editor.markers, merged.markers))
    return ordered(edits, editor)


def ordered(edits: Iterable[Edit], editor: Cut) -> EditPlan:
    """Return edits as a plan: imports first (of media the cut does not show yet), then in the order hosts want."""
    given = list(edits)
    known = {key for _, clip in clips_of(editor) for media in _all_media(clip) for key in _media_keys(media)}
    imports: list[Edit] = []
    for media in (media for edit in given for media in brought_by(edit)):
        if media is not None and media.location and known.isdisjoint(_media_keys(media)):
            known.update(_media_keys(media))
            imports.append(Import(media))
    return EditPlan((*imports, *sorted(given, key=_rank)))


def _rank(edit: Edit) -> int:
    return 2 if isinstance(edit, Join) and edit.action == "remove" else _RANKS[type(edit)]


def brought_by(edit: Edit) -> tuple[Media | None, ...]:
    """Return the media an edit needs in the host's bin."""
    match edit:
        case AddTake(take=take):
            return (take.media,)
        case Replace(media=media):
            return (media,)
        case Place(clip=clip):
            return _all_media(clip)
        case _:
            return ()


def _all_media(clip: Clip) -> tuple[Media | None, ...]:
    return (clip.media, *(take.media for take in clip.takes))


def _media_keys(media: Media | None) -> tuple[str, ...]:
    return () if media is None else tuple(place_of(one) for one in (media.location, *media.others) if one)


# --- one clip -----------------------------------------------------------------------------------------


def clip_edits(subject: Subject, now: Clip, wanted: Clip) -> list[Edit]:
    """Return the edits that give a clip the content and the state of another; its place and speed stay."""
    edits = content_edits(subject, now, wanted)
    if now.enabled != wanted.enabled:
        edits.append(SetEnabled(subject, wanted.enabled))
    if now.name != wanted.name:
        edits.append(Rename(subject, wanted.name))
    edits.extend(mark_edits(subject, now.markers, wanted.markers))
    if now.stamp != wanted.stamp:
        edits.append(Stamp(subject, wanted.stamp))
    return edits


def content_edits(subject: Subject, now: Clip, wanted: Clip) -> list[Edit]:
    """Return the edits after which a clip has another's takes and shows what it shows. No take is taken away."""
    if not wanted.takes:
        if same_media(now.media, wanted.media) and now.source == wanted.source:
            return []
        kept = has_take(now, as_take(wanted))
        if kept is not None:
            return [SelectTake(subject, kept.key, wanted.source)]
        return [Replace(subject, wanted.media, wanted.source)]
    edits: list[Edit] = []
    if not now.takes and not any(same_media(take.media, now.media) for take in wanted.takes):
        first = Replace(subject, wanted.takes[0].media, wanted.takes[0].source)
        edits, now = [first], changed(now, first)
    had = _tray_beside(now, wanted)
    missing = [take for take in wanted.takes if not any(same_take(one, take) for one in had)]
    edits.extend(AddTake(subject, take) for take in missing)
    shown = shown_take(wanted) or wanted.takes[0]
    key = _key_of(shown, had)
    showing = missing[-1].key if missing else (shown_take(now) or had[0]).key
    source = (missing[-1].source or now.source) if missing else now.source
    if showing != key or source != wanted.source:
        edits.append(SelectTake(subject, key, wanted.source))
    return edits


def _tray_beside(now: Clip, wanted: Clip) -> tuple[Take, ...]:
    """The takes a clip has or will have: what one without takes shows is the wanted take of the same media."""
    if now.takes:
        return now.takes
    first = next((take for take in wanted.takes if same_media(take.media, now.media)), None)
    return tray(now) if first is None else (replace(first, key=FIRST_TAKE),)


def _key_of(take: Take, had: tuple[Take, ...]) -> str:
    """The key under which the clip has a take, or will."""
    return next((one.key for one in had if same_take(one, take)), take.key)


def mark_edits(subject: Subject | None, now: tuple[Marker, ...], wanted: tuple[Marker, ...]) -> Iterator[Edit]:
    """Yield what makes some markers others."""
    gone, come = _unlike(now, wanted, marker_facts)
    yield from (Mark(subject, marker, "remove") for marker in gone)
    yield from (Mark(subject, marker) for marker in come)


def _unlike(
    now: Iterable[_One], wanted: Iterable[_One], facts: Callable[[_One], tuple[object, ...]]
) -> tuple[list[_One], list[_One]]:
    """Return what only the first has and what only the second has, each as often as it has it more."""
    now, wanted = list(now), list(wanted)
    return _more(now, wanted, facts), _more(wanted, now, facts)


def _more(many: list[_One], few: list[_One], facts: Callable[[_One], tuple[object, ...]]) -> list[_One]:
    counted, more = Counter(facts(one) for one in few), []
    for one in many:
        if counted[facts(one)]:
            counted[facts(one)] -= 1
        else:
            more.append(one)
    return more


# --- two cuts -----------------------------------------------------------------------------------------


def _clips(cut: Cut) -> dict[Address, Clip]:
    return {address: item for address, item in items_of(cut) if isinstance(item, Clip)}


def _partners(
    pairs: Iterable[Match], before: dict[Address, Clip], after: dict[Address, Clip]
) -> dict[Address, Address]:
    partners: dict[Address, Address] = {}
    taken: set[Address] = set()
    for match in pairs:
        one, other = match.a, match.b
        if one in before and other in after and one not in partners and other not in taken:
            assert one is not None and other is not None
            partners[one] = other
            taken.add(other)
    return partners


def _pair(address: Address, now: Clip, there: Address, wanted: Clip, keep_takes: bool) -> list[Edit]:
    if _unplannable(now, wanted, keep_takes) or address[0] != there[0]:
        return [Delete(address), _placed(there, wanted)]
    spot = _spot(there)
    moved = spot != _spot(address) or (now.record, now.speed, now.ramp) != (wanted.record, wanted.speed, wanted.ramp)
    edits: list[Edit] = []
    if moved or (now.source != wanted.source and same_shown(now, wanted)):
        shape = Reshape(address, spot.kind, spot.track, wanted.record, wanted.source, wanted.speed, wanted.ramp)
        edits.append(shape)
        now = replace(now, record=wanted.record, source=wanted.source, speed=wanted.speed, ramp=wanted.ramp)
    return [*edits, *clip_edits(address, now, wanted)]


def _unplannable(now: Clip, wanted: Clip, keep_takes: bool) -> bool:
    """Say whether a clip differs in what no edit can change."""
    mine, theirs = clip_facts(now), clip_facts(wanted)
    if any(mine[what] != theirs[what] for what in ("role", "look")):
        return True
    if now.kind != wanted.kind and kind_with(now, wanted.media) != wanted.kind:
        return True
    if (now.inner is None) != (wanted.inner is None):
        return True
    if now.inner is not None and wanted.inner is not None and not same_cut(now.inner, wanted.inner):
        return True
    return not keep_takes and any(has_take(wanted, take) is None for take in now.takes)


def _spot(address: Address) -> _Spot:
    kind, track = address[0], address[1]
    assert isinstance(kind, str) and isinstance(track, int)
    return _Spot(kind, track)


def _placed(address: Address, clip: Clip) -> Place:
    spot = _spot(address)
    return Place(f"placed {spot.kind} {spot.track} {address[2]}", spot.kind, spot.track, clip)


def _tracks(editor: Cut, merged: Cut) -> Iterator[AddTrack]:
    have = Counter(track.kind for track in editor.tracks)
    for kind, number, track in tracks_of(merged):
        if number >= have[kind]:
            yield AddTrack(kind, number, track.name)


def _joins(editor: Cut, merged: Cut) -> Iterator[Join]:
    mine = {(kind, number): track.items for kind, number, track in tracks_of(editor)}
    theirs = {(kind, number): track.items for kind, number, track in tracks_of(merged)}
    for kind, number in dict.fromkeys((*mine, *theirs)):
        one, other = mine.get((kind, number), ()), theirs.get((kind, number), ())
        if one is other:
            continue
        gone, come = _unlike(_transitions(one), _transitions(other), _transition_facts)
        yield from (Join(kind, number, transition, "remove") for transition in gone)
        yield from (Join(kind, number, transition) for transition in come)


def _transitions(items: tuple[Item, ...]) -> list[Transition]:
    return [item for item in items if isinstance(item, Transition)]


def _transition_facts(transition: Transition) -> tuple[object, ...]:
    return (transition.record, transition.cut, transition.name, transition.style)
