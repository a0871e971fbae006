"""Final Cut's auditions as the version tray of the canvas: every take goes along, a pick changed there is a choice.

The pick is merged like everything else: what both agreed on last × what Final Cut shows × what the canvas has pinned.
Changed in Final Cut alone it is pinned on the canvas, changed on the canvas alone it goes into the next answer, changed
on both sides it is a conflict of the round trip.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from takebridge.canvas.model import Canvas
from takebridge.canvas.model import Take as CanvasTake
from takebridge.canvas.ops import Pin
from takebridge.cut.edit_content import free_key, has_take, tray
from takebridge.cut.model import Clip, Cut, Media, Span, Take, clips_of, whole
from takebridge.cut.stamp import stamp_of
from takebridge.errors import BridgeError, RangeError
from takebridge.hosts.final_cut_facts import TakeFacts
from takebridge.hosts.folder_memory import Offered
from takebridge.hosts.folder_names import take_apart
from takebridge.ids import CanvasId, LinkId, TakeId
from takebridge.services.bridge import Bridge
from takebridge.services.delivery import conformed, same_file, slot_for, take_seconds
from takebridge.services.roundtrip_canvas import (
    CanvasSide,
    Shot,
    ShotIndex,
    clip_seconds,
    each_picture,
    length_of,
    shots_of,
    with_known_takes,
)
from takebridge.store.cuts import Base
from takebridge.store.links import Delivery
from takebridge.timebase import FrameRate

MOST_WAITING = 12
"""Takes that wait in one audition; the newest count."""


# --- what is known of delivered files -------------------------------------------------------------------


def take_facts(bridge: Bridge) -> dict[str, TakeFacts]:
    """Return what the bridge knows of the files it delivered, by file name."""
    found: dict[str, TakeFacts] = {}
    for canvas_id in bridge.desk.titles():
        canvas = bridge.desk.view(canvas_id).canvas
        for link in bridge.links.of_canvas(canvas_id):
            for item in bridge.links.deliveries(link.id):
                found[Path(item.path).name] = _facts(canvas, link.shot, item, len(found))
    return found


def _facts(canvas: Canvas, shot: str, item: Delivery, order: int) -> TakeFacts:
    take = canvas.takes.get(item.take_id)
    node = canvas.nodes.get(take.node_id) if take else None
    width, height = _size(item.slot)
    return TakeFacts(
        path=item.path,
        stamp=stamp_of(item.link_id),
        take=item.take_id,
        file=item.content.removeprefix("b3:")[:8],
        shot=shot,
        number=item.number,
        kind=(take.recipe.kind if take.recipe else node.kind if node else "") if take else "",
        model=(take.model_reported or take.model_requested) if take else "",
        pinned=take is not None and node is not None and node.pin == take.id,
        pending=take is not None and take.rating is None,
        width=width,
        height=height,
        order=order,
    )


def _size(slot: str) -> tuple[int, int]:
    """Width and height out of a slot's name (`services.delivery.conformed`)."""
    for word in slot.split():
        width, cross, height = word.partition("x")
        if cross and width.isdigit() and height.isdigit():
            return int(width), int(height)
    return 0, 0


# --- picks ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Picks:
    """What became of the picks in Final Cut.

    ``base`` is the base with the takes it was answered with; ``pin`` are picks to be pinned on the canvas, ``open``
    those the canvas changed too: they are the editor's side of a conflict. ``notes`` say them in words.
    """

    base: Base
    pin: Mapping[LinkId, TakeId] = field(default_factory=dict)
    open: Mapping[LinkId, TakeId] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read_picks(bridge: Bridge, canvas_id: CanvasId, editor: Cut, base: Base, offered: Iterable[Offered]) -> Picks:
    """Compare the picks of an export with what both sides agreed on and with the canvas. Changes nothing."""
    canvas = bridge.desk.view(canvas_id).canvas
    shots = shots_of(bridge, canvas, bridge.links.of_timeline(canvas_id, editor.project_id, editor.timeline_id))
    keys = {stamp_of(shot.id): str(shot.link.clip_key) for shot in shots.values()}
    before = with_known_takes(stamped(base.cut, keys), shots)
    reading = _Reading(canvas, ShotIndex(shots), with_known_takes(editor, shots), replace(base, cut=before))
    fresh = take_apart(editor.name).answer != take_apart(base.cut.name).answer
    answered = {stamp: TakeId(take) for stamp, take, how in offered if how == "shown"} if fresh else {}
    return reading.picks(shots, answered)


class _Reading:
    def __init__(self, canvas: Canvas, index: ShotIndex, editor: Cut, base: Base) -> None:
        self._canvas, self._index, self._editor, self._base = canvas, index, editor, base

    def picks(self, shots: Mapping[LinkId, Shot], answered: Mapping[str, TakeId]) -> Picks:
        pin: dict[LinkId, TakeId] = {}
        both: dict[LinkId, TakeId] = {}
        notes: list[str] = []
        base = self._base
        for shot in shots.values():
            agreed = self._agreed(shot, answered)
            shown = self._shown(self._editor, shot)
            base = self._with(base, shot, agreed)
            pinned = shot.node.pin if shot.node else None
            if len(shown) > 1:
                notes.append(f"{shot.link.shot}: pieces of it show different takes; the canvas keeps its pin.")
            take = next(iter(shown)) if len(shown) == 1 else None
            if take is not None and take == pinned:
                base = replace(base, pins={**base.pins, shot.id: take})
            if take is None or take in (agreed, pinned) or not self._can_pin(shot, take):
                continue
            words = f"{shot.link.shot}: Final Cut shows take {self._canvas.takes[take].seq}"
            if pinned == agreed:
                pin[shot.id] = take
                notes.append(f"{words}, and the canvas follows.")
            else:
                both[shot.id] = take
                rival = self._canvas.takes.get(pinned) if pinned else None
                number = rival.seq if rival else "another"
                notes.append(f"{words}, the canvas has pinned take {number}: both changed it.")
        return Picks(base, pin, both, tuple(notes))

    def _agreed(self, shot: Shot, answered: Mapping[str, TakeId]) -> TakeId | None:
        """The take both sides had last: of the answer an export came from, in the base, as agreed on."""
        told = answered.get(stamp_of(shot.id))
        if told is not None:
            return told
        shown = self._shown(self._base.cut, shot)
        return next(iter(shown)) if len(shown) == 1 else self._base.pins.get(shot.id)

    def _shown(self, cut: Cut, shot: Shot) -> frozenset[TakeId]:
        """The canvas takes the clips of a shot show."""
        clips = (item for at, item in clips_of(cut) if at[0] == "video")
        mine = [clip for clip in clips if (own := self._index.of(clip)) is not None and own.id == shot.id]
        found = {take for clip in mine if (take := _take_shown(clip, shot)) is not None}
        return frozenset(found)

    def _can_pin(self, shot: Shot, take: TakeId) -> bool:
        made = self._canvas.takes.get(take)
        return made is not None and shot.node is not None and made.node_id == shot.node.id

    def _with(self, base: Base, shot: Shot, agreed: TakeId | None) -> Base:
        """The base with a shot's clips showing what was agreed on."""
        files = [item for item in shot.deliveries if item.take_id == agreed]
        if not files:
            return base

        def look(clip: Clip) -> Clip:
            own = self._index.of(clip)
            if own is None or own.id != shot.id or _take_shown(clip, shot) == agreed:
                return clip
            return _showing(clip, shot, files[-1], base.cut.rate)

        pins = base.pins if agreed is None else {**base.pins, shot.id: agreed}
        return replace(base, cut=each_picture(base.cut, look), pins=pins)


def _take_shown(clip: Clip, shot: Shot) -> TakeId | None:
    if clip.takes and clip.takes[clip.active].take_id:
        return TakeId(clip.takes[clip.active].take_id)
    place = clip.media.location if clip.media else ""
    return next((item.take_id for item in shot.deliveries if same_file(place, item.path)), None)


def _showing(clip: Clip, shot: Shot, item: Delivery, rate: FrameRate) -> Clip:
    """A clip showing a delivered file at the frames it shows now."""
    seconds = clip_seconds(clip, shot, rate)
    if seconds is None:
        return clip
    take = _as_take(item, seconds, clip, rate)
    known = has_take(clip, take)
    takes = tray(clip) if known else (*tray(clip), take)
    active = takes.index(known) if known else len(takes) - 1
    shown = replace(takes[active], media=take.media, source=take.source)
    takes = (*takes[:active], shown, *takes[active + 1 :])
    return replace(clip, takes=takes, active=active, media=take.media, source=take.source)


def _as_take(item: Delivery, seconds: Fraction, clip: Clip, rate: FrameRate) -> Take:
    start = whole((seconds - Fraction(item.origin)) * rate.fraction)
    media = Media(Path(item.path).name, item.path, rate, item.frame_count)
    return Take(free_key(clip, item.take_id), media, Span.of(start, clip.record.duration), take_id=item.take_id)


def agreed_on(picks: Picks) -> Base:
    """The base once the picks of Final Cut alone are pinned."""
    return replace(picks.base, pins={**picks.base.pins, **picks.pin})


def pin_picks(bridge: Bridge, canvas_id: CanvasId, picks: Mapping[LinkId, TakeId], *, author: str) -> None:
    """Pin what Final Cut shows. A node somebody pinned anew in this moment stays as it is."""
    canvas = bridge.desk.view(canvas_id).canvas
    nodes = {take: canvas.takes[take].node_id for take in picks.values() if take in canvas.takes}
    ops = [Pin(node=node, take=take, expected=canvas.nodes[node].pin) for take, node in nodes.items()]
    if ops:
        bridge.desk.apply(canvas_id, ops, author=author)


def chosen_picks(picks: Picks, side: CanvasSide, wanted: Cut) -> dict[LinkId, TakeId]:
    """Return the picks of conflicts that were decided for Final Cut: the cut to be shows them."""
    index = ShotIndex(side.shots)
    found: dict[LinkId, set[TakeId | None]] = {}
    for address, clip in clips_of(wanted):
        shot = index.of(clip) if address[0] == "video" else None
        if shot is not None and shot.id in picks.open:
            found.setdefault(shot.id, set()).add(_take_shown(clip, shot))
    return {link: picks.open[link] for link, shown in found.items() if shown == {picks.open[link]}}


def stamped(cut: Cut, keys: Mapping[str, str]) -> Cut:
    """Return the cut with every picture clip of these keys (by stamp) carrying its stamp."""
    stamps = {key: stamp for stamp, key in keys.items() if key}
    return each_picture(cut, lambda clip: replace(clip, stamp=stamps.get(clip.key, clip.stamp)))


# --- trays ----------------------------------------------------------------------------------------------


def with_trays(
    bridge: Bridge, wanted: Cut, editor: Cut, side: CanvasSide, offered: Iterable[Offered]
) -> tuple[Cut, tuple[str, ...]]:
    """Return the cut with every take of a shot waiting beside the one its clip shows, each conformed to the clip.

    Takes that were offered before and are gone from the audition stay away. Raises MediaError, StoreError.
    """
    making = _Trays(bridge, wanted, editor, side, offered)
    return each_picture(wanted, making.look), tuple(dict.fromkeys(making.notes))


class _Trays:
    def __init__(self, bridge: Bridge, wanted: Cut, editor: Cut, side: CanvasSide, offered: Iterable[Offered]) -> None:
        self._bridge, self._wanted = bridge, wanted
        fresh = {key: replace(shot, deliveries=tuple(bridge.links.deliveries(key))) for key, shot in side.shots.items()}
        self._index = ShotIndex(fresh)
        self._removed = self._gone(editor, offered)
        self.notes: list[str] = []

    def _gone(self, editor: Cut, offered: Iterable[Offered]) -> Mapping[str, Collection[str]]:
        there: dict[str, set[str]] = {}
        for _, clip in clips_of(editor):
            shot = self._index.of(clip)
            if shot is not None:
                shown = _take_shown(clip, shot)
                takes = {take.take_id for take in clip.takes} | ({str(shown)} if shown else set())
                there.setdefault(stamp_of(shot.id), set()).update(takes)
        gone: dict[str, set[str]] = {}
        for stamp, take, _ in offered:
            if stamp in there and take not in there[stamp]:
                gone.setdefault(stamp, set()).add(take)
        return gone

    def look(self, clip: Clip) -> Clip:
        shot = self._index.of(clip)
        if shot is None or shot.node is None or not clip.takes or _take_shown(clip, shot) is None:
            return clip
        seconds = clip_seconds(clip, shot, self._wanted.rate)
        if seconds is None or not isinstance(clip.record.duration, int):
            return clip
        made = [take for one in self._others(clip, shot) if (take := self._made(clip, shot, one, seconds)) is not None]
        return replace(clip, takes=(*clip.takes, *made))

    def _others(self, clip: Clip, shot: Shot) -> Iterator[CanvasTake]:
        assert shot.node is not None
        canvas = self._bridge.desk.view(shot.link.canvas_id).canvas
        known = {take.take_id for take in clip.takes} | set(self._removed.get(stamp_of(shot.id), ()))
        takes = [take for take in canvas.takes.values() if take.node_id == shot.node.id and not take.hidden]
        able = [take for take in takes if take.id not in known and _can_show(canvas, shot, take)]
        yield from sorted(able, key=lambda take: take.seq)[-MOST_WAITING:]

    def _made(self, clip: Clip, shot: Shot, take: CanvasTake, seconds: Fraction) -> Take | None:
        bridge, rate, size = self._bridge, self._wanted.rate, (self._wanted.width, self._wanted.height)
        try:
            frames = int(clip.record.duration)
            slot = slot_for(bridge, shot.link, take, clip_seconds=seconds, clip_frames=frames, rate=rate)
        except RangeError:
            self.notes.append(f"{shot.link.shot}: take {take.seq} is too short for its clip and does not wait there.")
            return None
        item, _ = conformed(bridge, shot.link, take, slot, size, None)
        return replace(_as_take(item, seconds, clip, rate), name=f"{shot.link.shot} take {take.seq}")


def _can_show(canvas: Canvas, shot: Shot, take: CanvasTake) -> bool:
    if not take.outputs or length_of(take) is None:
        return False
    try:
        take_seconds(canvas, shot.link, take)
    except BridgeError:
        return False
    return True
