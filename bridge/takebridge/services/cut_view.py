"""The open timeline as a page draws it: every item with its link, its takes and a word for its state.

`ground_of` collects what the bridge knows of a timeline on a canvas; `cut_view` puts it and a reading together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor
from pathlib import PurePath

from takebridge.canvas.model import Canvas
from takebridge.cut.diff import diff
from takebridge.cut.hosted import HostClip
from takebridge.cut.link import ClipLink
from takebridge.cut.model import Address, Clip, Cut, Gap, Item, Span, Track, Transition, clips_of, tracks_of
from takebridge.cut.view_types import (
    BaseFacts,
    CutConflict,
    CutItem,
    CutTrack,
    CutView,
    HostFacts,
    LinkFacts,
    MarkerFacts,
    MissingLink,
    PlayheadFacts,
    SpanFacts,
)
from takebridge.errors import BridgeError, CutMismatchError
from takebridge.hosts.neutral import UNKNOWN_RETIME
from takebridge.ids import CanvasId, ClipKey, LinkId, NodeId, TakeId
from takebridge.services.bridge import Bridge
from takebridge.services.cut_view_pictures import Files, no_thumb
from takebridge.services.cut_view_reading import Reading
from takebridge.services.delivery import same_file
from takebridge.services.looking import tray_node
from takebridge.services.push import refusal
from takebridge.services.roundtrip_canvas import Shot, ShotIndex, shots_of, with_imported, with_known_takes
from takebridge.services.roundtrip_pulled import with_pulled
from takebridge.store.cuts import Base

_CARRIED = "shifted"
"""A diff's word for what is no change of the clip itself: a ripple is told by its cause."""
_OFF_CANVAS = "Its shot was taken off the canvas."
_PUT_BACK = "Undo that on the canvas, or let the round trip decide: it asks before anything is deleted."
_GONE = "Its clip is not on the timeline any more."
Problem = Callable[[HostClip], BridgeError | None]


@dataclass(frozen=True, slots=True)
class Ground:
    """What the bridge knows of a timeline on one canvas.

    ``waiting`` are shots made for gaps. ``base`` shows the takes that were pulled since. ``changes`` say what the
    editor did since the base, by the keys of clips.
    """

    canvas: Canvas
    shots: Mapping[LinkId, Shot]
    waiting: tuple[Shot, ...] = ()
    base: Base | None = None
    changes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


# --- what the bridge knows --------------------------------------------------------------------------------


def ground_of(bridge: Bridge, canvas_id: CanvasId, reading: Reading) -> Ground:
    """Collect what is known of a reading's timeline on a canvas. Reads the stores. Raises NotFoundError."""
    cut = reading.cut
    canvas = bridge.desk.view(canvas_id).canvas
    links = bridge.links.of_timeline(canvas_id, reading.host_cut.project_id, reading.host_cut.timeline_id)
    shots = shots_of(bridge, canvas, links)
    waiting = tuple(shot for shot in shots.values() if shot.link.fills_gap)
    base = bridge.cuts.base(reading.host_cut.project_id, reading.host_cut.timeline_id)
    if base is not None and reading.document:
        with suppress(CutMismatchError):  # the diff below says so
            base = with_imported(bridge, canvas_id, cut, base)
    if base is not None:
        base = with_pulled(replace(base, cut=with_known_takes(base.cut, shots)), cut, shots)
    changes, notes = changes_since(base.cut, with_known_takes(cut, shots)) if base else ({}, ())
    return Ground(canvas, shots, waiting, base, changes, notes)


def changes_since(base: Cut, cut: Cut) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Return what was done to each clip since the base, in words by its key, and why that is not known."""
    try:
        found = diff(base, cut)
    except CutMismatchError as error:
        return {}, (f"The cut cannot be compared with the base: {error.message}",)
    base_clips, clips, told = dict(clips_of(base)), dict(clips_of(cut)), dict[str, tuple[str, ...]]()
    for pair in found.pairs:
        clip = clips.get(pair.match.b) if pair.match.b else None
        words = tuple(one.text for one in pair.changes if one.word != _CARRIED)
        if not words and pair.match.a and pair.match.b and _pause(base, pair.match.a) != _pause(cut, pair.match.b):
            words = tuple(_moved(one.frames) for one in pair.changes if one.word == _CARRIED)
        if clip is not None and clip.key and words:
            told[clip.key] = tuple(
                with_names(word, base_clips.get(pair.match.a) if pair.match.a else None, clip) for word in words
            )
    return told, ()


def _moved(frames: int | Fraction) -> str:
    many = abs(frames)
    return f"moved {many} {'frame' if many == 1 else 'frames'} {'later' if frames > 0 else 'earlier'}"


def _pause(cut: Cut, at: Address) -> int | Fraction:
    """Frames of nothing right before a clip. Where they are others than before, no clip beside it carried it along."""
    items = next(track.items for kind, number, track in tracks_of(cut) if (kind, number) == (at[0], at[1]))
    before = [item for item in items[: int(at[2])] if not isinstance(item, Transition)]
    return before[-1].record.duration if before and isinstance(before[-1], Gap) else 0


def with_names(words: str, *clips: Clip | None) -> str:
    """Return words with files called by their names: where they lie is nothing a person far away should read."""
    for clip in filter(None, clips):
        for media in (clip.media, *(take.media for take in clip.takes)):
            if media is not None and len(media.location) > len(media.name):
                words = words.replace(media.location, PurePath(media.location).name)
    return words


# --- the view ---------------------------------------------------------------------------------------------


def cut_view(
    reading: Reading,
    ground: Ground,
    hosts: Sequence[HostFacts],
    problem: Problem,
    conflicts: tuple[CutConflict, ...] = (),
) -> CutView:
    """Put a reading and what is known of it together. ``problem`` says why a clip that is unlinked cannot be pushed."""
    maker = _Maker(reading, ground, problem)
    tracks, cut, info = maker.tracks(), reading.cut, reading.host_cut
    missing = tuple(maker.missing())
    states = Counter(item.state for track in tracks if track.kind == "video" for item in track.clips if item.state)
    counts = {str(state): count for state, count in sorted(states.items())}
    return CutView(
        session=reading.session,
        host=reading.status.host,
        product=reading.status.product,
        canvas=ground.canvas.id,
        project=info.project_name,
        timeline=info.timeline_name,
        timeline_id=info.timeline_id,
        rate=str(cut.rate),
        start_frame=_at(cut.start),
        end_frame=_at(cut.start + cut.end),
        drop_frame=cut.drop_frame,
        width=info.width,
        height=info.height,
        revision=info.revision,
        reading=reading.id,
        read_at=reading.at,
        note=reading.note,
        playhead=_playhead(reading),
        marked=SpanFacts(record_start=reading.marked[0], record_end=reading.marked[1]) if reading.marked else None,
        markers=tuple(_markers(cut)),
        tracks=tracks,
        missing=missing,
        conflicts=conflicts,
        counts=counts | ({"missing": len(missing)} if missing else {}),
        notes=(*ground.notes, *dict.fromkeys(shot.note for shot in ground.shots.values() if shot.note)),
        base=base_facts(ground.base),
        hosts=tuple(hosts),
    )


def problem_of(bridge: Bridge, reading: Reading) -> Problem:
    """Return what says why a clip cannot be pushed: the check a push makes itself, once a file and place."""
    return lambda clip: refusal(bridge, reading.host_cut, clip)


def base_facts(base: Base | None) -> BaseFacts:
    """Describe the base of a timeline."""
    if base is None:
        words = "There is no base yet: push clips, or make a round trip, and the cut as it is then is kept as one."
        return BaseFacts(exists=False, words=words)
    return BaseFacts(exists=True, at=base.at, rev=base.cut.revision, words="What both sides agreed on last.")


class _Maker:
    def __init__(self, reading: Reading, ground: Ground, problem: Problem) -> None:
        self._reading, self._ground, self._problem = reading, ground, problem
        self._cut = with_known_takes(reading.cut, ground.shots)
        placed = {key: shot for key, shot in ground.shots.items() if not shot.link.fills_gap}
        self._index, self._clips = ShotIndex(placed), reading.clips
        self._at_place = {_place(shot.link): shot for shot in placed.values()}
        self._files, self._seen = Files(), set[LinkId]()

    def tracks(self) -> tuple[CutTrack, ...]:
        """Every track with its items; gaps at which a shot waits are items of their own."""
        made = []
        for kind, number, track in tracks_of(self._cut):
            items = [self._item((kind, number, place), item) for place, item in enumerate(self._items(track, number))]
            made.append(
                CutTrack(
                    kind=kind,
                    index=number + 1,
                    name=track.name,
                    locked=track.locked,
                    enabled=track.enabled,
                    clips=tuple(items),
                )
            )
        return tuple(made)

    def missing(self) -> Iterator[MissingLink]:
        """Links whose clip was not found; asked for after the tracks were made."""
        for shot in self._ground.shots.values():
            if shot.id not in self._seen:
                why = "The gap it was made for is not empty any more." if shot.link.fills_gap else _GONE
                node = self._node(shot)
                yield MissingLink(link=link_facts(shot), node=node, pinned=self._pinned(node), problem=why)

    # --- items

    def _items(self, track: Track, number: int) -> list[Item]:
        items, here = list(track.items), (track.kind, number + 1)
        for shot in self._ground.waiting:
            if (shot.link.track_type, shot.link.track_index) == here:
                items = _with_gap(items, self._span(shot.link))
        return items

    def _span(self, link: ClipLink) -> Span:
        start = self._cut.start
        return Span(link.start_record_frame - start, link.end_record_frame - start)

    def _item(self, at: Address, item: Item) -> CutItem:
        if isinstance(item, Clip):
            return self._clip(at, item)
        if isinstance(item, Transition):
            return item_facts(at, item, self._cut)
        return self._gap(at, item)

    def _gap(self, at: Address, gap: Gap) -> CutItem:
        facts = item_facts(at, gap, self._cut).model_copy(update={"state": "gap"})
        track = (str(at[0]), int(at[1]) + 1)
        for shot in self._ground.waiting:
            link = shot.link
            if (link.track_type, link.track_index) == track and self._span(link) == gap.record:
                self._seen.add(shot.id)
                node = self._node(shot)
                pinned = self._pinned(node)
                update: dict[str, object] = {"link": link_facts(shot), "node": node, "pinned": pinned}
                update |= {"name": link.shot, "state": "new take" if pinned else "gap"} | _trouble(shot)
                return facts.model_copy(update=update)
        return facts

    def _clip(self, at: Address, clip: Clip) -> CutItem:
        mine = self._clips.get(ClipKey(clip.key))
        why = no_thumb(self._reading.host_cut, mine, self._files)
        update: dict[str, object] = {"thumb": not why, "no_thumb": why}
        update["changes"] = self._ground.changes.get(clip.key, ())
        shot = self._shot(at, clip)
        update |= self._linked(shot, clip) if shot else self._unlinked(mine)
        return item_facts(at, clip, self._cut).model_copy(update=update)

    def _shot(self, at: Address, clip: Clip) -> Shot | None:
        if at[0] != "video":
            return None
        found = self._index.of(clip) or self._placed_at(at, clip)
        if found is not None:
            self._seen.add(found.id)
        return found

    def _placed_at(self, at: Address, clip: Clip) -> Shot | None:
        """A clip that lies where a link's clip lay and shows its media is that clip, whatever the editor calls it."""
        start = self._cut.start
        place = (str(at[0]), int(at[1]) + 1, clip.record.start + start, clip.record.end + start)
        shot = self._at_place.get(place)
        return shot if shot and clip.media and same_file(clip.media.location, shot.link.media_path) else None

    def _unlinked(self, mine: HostClip | None) -> dict[str, object]:
        if mine is None or mine.track.type != "video":
            return {"state": "unlinked"}
        error = self._problem(mine)
        if error is None:
            return {"state": "unlinked"}
        path = mine.media.path if mine.media else ""
        message, hint = (
            text.replace(path, PurePath(path).name) if path else text for text in (error.message, error.hint)
        )
        return {"state": "unlinked", "problem": message, "hint": hint}

    def _linked(self, shot: Shot, clip: Clip) -> dict[str, object]:
        node = self._node(shot)
        pinned, take = self._pinned(node), shown_take(clip, shot)
        state = "new take" if self._is_new(shot, clip, take) else "in step"
        if state == "in step" and (self._ground.changes.get(clip.key) or shot.dropped):
            state = "changed"
        told: dict[str, object] = {"link": link_facts(shot), "node": node, "pinned": pinned}
        return told | {"take": take, "state": state} | _trouble(shot)

    def _is_new(self, shot: Shot, clip: Clip, take: TakeId | None) -> bool:
        """Say whether a round trip would lay another take over: the pinned one is neither shown nor agreed on."""
        if shot.take is None or shot.take.id == take:
            return False
        agreed = self._ground.base.pins.get(shot.id) if self._ground.base else None
        return agreed != shot.take.id

    def _node(self, shot: Shot) -> NodeId | None:
        return node_of(self._ground.canvas, shot)

    def _pinned(self, node: NodeId | None) -> TakeId | None:
        found = self._ground.canvas.nodes.get(node) if node else None
        return found.pin if found else None


def node_of(canvas: Canvas, shot: Shot) -> NodeId | None:
    """Return the node whose tray a shot's clip shows: the one that delivers, else the last behind its source."""
    if shot.dropped:
        return None
    return (shot.node or tray_node(canvas, shot.link, [*shot.deliveries])).id


def shown_take(clip: Clip, shot: Shot) -> TakeId | None:
    """Return the take of ours that a clip shows: by what its active take is known to be, or by the file."""
    if clip.takes and clip.takes[clip.active].take_id:
        return TakeId(clip.takes[clip.active].take_id)
    path = clip.media.location if clip.media else ""
    return next((item.take_id for item in reversed(shot.deliveries) if same_file(path, item.path)), None)


def link_facts(shot: Shot) -> LinkFacts:
    """Describe a link."""
    link = shot.link
    return LinkFacts(
        id=link.id, shot=link.shot, source_node=link.node_id, there=not shot.dropped, fills_gap=link.fills_gap
    )


def _trouble(shot: Shot) -> dict[str, object]:
    if shot.dropped:
        return {"problem": _OFF_CANVAS, "hint": _PUT_BACK}
    return {"problem": shot.note, "hint": "Pull the take that counts."} if shot.note else {}


# --- items of any cut -------------------------------------------------------------------------------------


def item_facts(at: Address, item: Item, cut: Cut) -> CutItem:
    """Describe an item of a cut by itself: what it is, and where."""
    start, end = _at(cut.start + item.record.start), _at(cut.start + item.record.end)
    if isinstance(item, Gap):
        return CutItem(key=f"gap {_name(at)} {start}", name=item.name, kind="gap", record_start=start, record_end=end)
    if isinstance(item, Transition):
        return CutItem(
            key=f"transition {_name(at)} {start}",
            name=item.name or item.style,
            kind="transition",
            record_start=start,
            record_end=end,
            cut=_at(cut.start + item.cut),
        )
    return CutItem(
        key=item.key or f"clip {_name(at)} {start}",
        name=item.name,
        kind=item.kind,
        record_start=start,
        record_end=end,
        source_start=None if item.source is None else _at(item.source.start),
        enabled=item.enabled,
        media=item.media.name if item.media else "",
        speed="" if item.speed is None or item.ramp == UNKNOWN_RETIME else str(item.speed),
        native_takes=len(item.takes),
        inside=sum(1 for _ in clips_of(item.inner)) if item.inner else 0,
        linked=item.link,
        markers=len(item.markers),
    )


def layer_tracks(cut: Cut, look: Callable[[Clip], dict[str, object]]) -> tuple[CutTrack, ...]:
    """Describe the tracks of a cut; ``look`` adds what is known of a clip besides."""
    return tuple(
        CutTrack(
            kind=kind,
            index=number + 1,
            name=track.name,
            locked=track.locked,
            enabled=track.enabled,
            clips=tuple(
                item_facts((kind, number, place), item, cut).model_copy(
                    update=look(item) if isinstance(item, Clip) and kind == "video" else {}
                )
                for place, item in enumerate(track.items)
            ),
        )
        for kind, number, track in tracks_of(cut)
    )


def _with_gap(items: list[Item], span: Span) -> list[Item]:
    """Return the items of a track with a gap of exactly this span, where all of it is empty."""
    for place, item in enumerate(items):
        if isinstance(item, Gap) and item.record.contains(span):
            before = [Gap(Span(item.record.start, span.start))] if item.record.start < span.start else []
            after = [Gap(Span(span.end, item.record.end))] if span.end < item.record.end else []
            return [*items[:place], *before, Gap(span), *after, *items[place + 1 :]]
    end = max((item.record.end for item in items if not isinstance(item, Transition)), default=0)
    if span.start < end:
        return items
    return [*items, *([Gap(Span(end, span.start))] if end < span.start else []), Gap(span)]


def _place(link: ClipLink) -> tuple[object, ...]:
    return link.track_type, link.track_index, link.start_record_frame, link.end_record_frame


def _name(at: Address) -> str:
    return f"{str(at[0])[0].upper()}{int(at[1]) + 1}"


def _at(frame: int | Fraction) -> int:
    return frame if isinstance(frame, int) else floor(frame)


def _playhead(reading: Reading) -> PlayheadFacts | None:
    where = reading.spot
    if where is None or where.record_frame is None or where.timeline_id != reading.host_cut.timeline_id:
        return None
    return PlayheadFacts(record_frame=where.record_frame, timecode=where.timecode)


def _markers(cut: Cut) -> Iterator[MarkerFacts]:
    for one in cut.markers:
        yield MarkerFacts(
            record_frame=_at(cut.start + one.at),
            frames=_at(one.duration),
            name=one.name,
            note=one.note,
            color=one.color,
        )
