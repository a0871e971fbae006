"""The canvas as a cut: the base, with every linked clip showing the take that is pinned for it now.

A shot's *deliverer* is the node whose pinned take goes on the timeline: the one whose take was delivered last, else
the one node below the shot's source that has a pinned take. Its take counts as the canvas's change only while it is
another than the one both sides agreed on (`store.cuts.Base.pins`): a take an editor has put aside stays aside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from takebridge.canvas.model import Canvas, Node
from takebridge.canvas.model import Take as CanvasTake
from takebridge.cut.edit_clip import kind_with
from takebridge.cut.edit_content import free_key, has_take, tray
from takebridge.cut.link import ClipLink
from takebridge.cut.model import Clip, Cut, Item, Media, Span, Take, Track, clips_of, tile, whole
from takebridge.cut.slot import SlotPlan, plan_slot
from takebridge.cut.stamp import stamp_of
from takebridge.errors import BridgeError, CutMismatchError, RangeError
from takebridge.ids import CanvasId, ClipKey, LinkId, NodeId, TakeId
from takebridge.media.probe import probe
from takebridge.services.bridge import Bridge
from takebridge.services.delivery import same_file, take_seconds
from takebridge.store.cuts import Base
from takebridge.store.links import Delivery
from takebridge.timebase import FrameRate, frame_at, frames_covering, to_seconds

SCHEME = "takebridge:"


@dataclass(frozen=True, slots=True)
class Shot:
    """A clip link with what was delivered for it, and what its node has pinned now.

    ``node`` delivers to it (None: none does, or several might), ``take`` is its pinned take where that is usable.
    ``dropped``: the shot's source was removed from the canvas. ``note`` says what is in the way, in words.
    """

    link: ClipLink
    deliveries: tuple[Delivery, ...] = ()
    node: Node | None = None
    take: CanvasTake | None = None
    dropped: bool = False
    note: str = ""

    @property
    def id(self) -> LinkId:
        """The link's id."""
        return self.link.id


@dataclass(frozen=True, slots=True)
class Reel:
    """A take as timeline frames: frame 0 shows media time ``origin``; ``frames`` there are."""

    media: Media
    origin: Fraction
    frames: int


@dataclass(frozen=True, slots=True)
class CanvasSide:
    """The canvas's cut. ``changed`` are the shots whose take is another than agreed on; ``reels`` their takes."""

    cut: Cut
    shots: Mapping[LinkId, Shot]
    changed: frozenset[LinkId]
    reels: Mapping[LinkId, Reel] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


# --- who delivers ---------------------------------------------------------------------------------------


def shots_of(bridge: Bridge, canvas: Canvas, links: Iterable[ClipLink]) -> dict[LinkId, Shot]:
    """Return the shots of these links, each with its deliverer."""
    return {link.id: _shot(canvas, link, tuple(bridge.links.deliveries(link.id))) for link in links}


def _shot(canvas: Canvas, link: ClipLink, deliveries: tuple[Delivery, ...]) -> Shot:
    if link.node_id not in canvas.nodes:
        return Shot(link, deliveries, dropped=True)
    found = deliverers(canvas, link, deliveries)
    if len(found) > 1:
        names = ", ".join(f"“{node.title or node.id}”" for node in found)
        note = f"{link.shot}: {names} all have a take for it. Pull the one that counts; nothing was done."
        return Shot(link, deliveries, note=note)
    if not found:
        return Shot(link, deliveries)
    take = usable_take(canvas, link, found[0])
    return Shot(link, deliveries, found[0], take)


def deliverers(canvas: Canvas, link: ClipLink, deliveries: Sequence[Delivery]) -> tuple[Node, ...]:
    """Return the node that delivers to a shot; none, or several when it cannot be said which."""
    for item in reversed(deliveries):
        take = canvas.takes.get(item.take_id)
        node = canvas.nodes.get(take.node_id) if take else None
        if node is not None:
            return (node,)
    # The node of a gap makes the shot itself; that of a pushed clip only holds what it was pushed as.
    below = (*((link.node_id,) if link.fills_gap else ()), *below_of(canvas, link.node_id))
    there = [canvas.nodes[key] for key in below if key in canvas.nodes]
    able = [node for node in there if usable_take(canvas, link, node) is not None]
    # Of nodes in a row the last one counts: what it made is made of what is above it.
    return tuple(node for node in able if not any(other.id in below_of(canvas, node.id) for other in able))


def below_of(canvas: Canvas, above: NodeId) -> tuple[NodeId, ...]:
    """Return the nodes that a node feeds, over however many wires."""
    found: dict[NodeId, None] = {}
    fed, waiting = _fed(canvas), [above]
    while waiting:
        here = waiting.pop()
        fresh = [node for node in fed.get(here, ()) if node not in found and node in canvas.nodes]
        found.update(dict.fromkeys(fresh))
        waiting += fresh
    return tuple(found)


_LAST_FED: list[tuple[Canvas, dict[NodeId, list[NodeId]]]] = []
"""What feeds what on the canvas that was asked about last: a timeline of shots asks once for each of them."""


def _fed(canvas: Canvas) -> dict[NodeId, list[NodeId]]:
    for known, fed in _LAST_FED[:1]:
        if known is canvas:
            return fed
    made: dict[NodeId, list[NodeId]] = {}
    for wire in canvas.wires.values():
        made.setdefault(wire.src_node, []).append(wire.dst_node)
    _LAST_FED[:] = [(canvas, made)]
    return made


def usable_take(canvas: Canvas, link: ClipLink, node: Node) -> CanvasTake | None:
    """Return the node's pinned take where it is moving pictures made from this shot."""
    take = canvas.takes.get(node.pin) if node.pin else None
    if take is None or not take.outputs or length_of(take) is None:
        return None
    try:
        take_seconds(canvas, link, take)
    except BridgeError:
        return None
    return take


def length_of(take: CanvasTake) -> tuple[int, FrameRate] | None:
    """Return a take's frames and rate as its facts say them."""
    facts = next(iter(take.outputs.values())).facts
    frames, rate = facts.get("frame_count"), facts.get("rate")
    if not isinstance(frames, int) or isinstance(frames, bool) or frames < 1 or not isinstance(rate, str):
        return None
    try:
        return frames, FrameRate.of_media(Fraction(rate))
    except (ValueError, ZeroDivisionError, BridgeError):
        return None


def made_from(canvas: Canvas, link: ClipLink, take: CanvasTake) -> tuple[CanvasTake, ...]:
    """Return the source takes of a shot that a take was made from, over however many nodes."""
    waiting, seen, found = [take], set[TakeId](), list[CanvasTake]()
    while waiting:
        one = waiting.pop()
        if one.node_id == link.node_id:
            found.append(one)
            continue
        inputs = one.recipe.inputs if one.recipe else ()
        fresh = [item.take for item in inputs if item.take in canvas.takes and item.take not in seen]
        seen.update(fresh)
        waiting += [canvas.takes[key] for key in fresh]
    return tuple(found)


# --- which clips ----------------------------------------------------------------------------------------


def placeholder(link: ClipLink, take: TakeId) -> str:
    """Return the location of a take that may not be a file yet."""
    return f"{SCHEME}{link.id}/{take}"


def placeholder_of(media: Media | None) -> tuple[LinkId, TakeId] | None:
    """Return the link and take that a placeholder names."""
    if media is None or not media.location.startswith(SCHEME):
        return None
    link, _, take = media.location.removeprefix(SCHEME).partition("/")
    return LinkId(link), TakeId(take)


class ShotIndex:
    """Finds the shot a clip of the cut belongs to."""

    def __init__(self, shots: Mapping[LinkId, Shot]) -> None:
        self._shots = shots
        self._by_key = {shot.link.clip_key: shot for shot in shots.values() if shot.link.clip_key}
        self._by_stamp = {stamp_of(shot.id): shot for shot in shots.values()}
        self._by_path = {item.path: shot for shot in shots.values() for item in shot.deliveries}

    def of(self, clip: Clip) -> Shot | None:
        """Return the shot: by placeholder, by key, by stamp, or because the clip has one of its takes (a razored
        half)."""
        medias = [media for media in (clip.media, *(take.media for take in clip.takes)) if media]
        for media in medias:
            if (named := placeholder_of(media)) and named[0] in self._shots:
                return self._shots[named[0]]
        found = self._by_key.get(ClipKey(clip.key)) or self._by_stamp.get(clip.stamp)
        if found is not None:
            return found
        owners = {self._by_path[media.location].id for media in medias if media.location in self._by_path}
        return self._shots[owners.pop()] if len(owners) == 1 else None


def with_known_takes(cut: Cut, shots: Mapping[LinkId, Shot]) -> Cut:
    """Return the cut with the canvas takes its clips are known to have, by the files delivered for them."""
    known = {item.path: item.take_id for shot in shots.values() for item in shot.deliveries}
    return each_picture(cut, lambda clip: _known(clip, known)) if known else cut


def _known(clip: Clip, known: Mapping[str, TakeId]) -> Clip:
    takes = tuple(
        replace(take, take_id=known[take.media.location]) if take.media and take.media.location in known else take
        for take in clip.takes
    )
    return replace(clip, takes=takes) if takes != clip.takes else clip


def takes_shown(cut: Cut, shots: Mapping[LinkId, Shot]) -> frozenset[TakeId]:
    """Return the canvas takes a document's clips show or offer, by the names of the files delivered for them.

    Names, not paths: an EDL keeps no more, and the names hold the content.
    """
    known = {Path(item.path).name: item.take_id for shot in shots.values() for item in shot.deliveries}
    medias = (media for _, clip in clips_of(cut) for media in (clip.media, *(take.media for take in clip.takes)))
    names = {name for media in medias if media for name in (media.name, Path(media.location).name)}
    return frozenset(take for name, take in known.items() if name in names)


def with_imported(bridge: Bridge, canvas_id: CanvasId, editor: Cut, base: Base) -> Base:
    """Return a document's base with the takes agreed on that came into it since: a person imported an answer of ours,
    and what they did with its takes there (shown, put aside) is their will.

    Raises CutMismatchError for a document without one clip of the base: of documents only names say what they are.
    """
    before, now = ({clip.key for _, clip in clips_of(cut) if clip.key} for cut in (base.cut, editor))
    if before and now and not before & now:
        raise CutMismatchError(
            f"“{editor.name}” has not one clip of the timeline it is named after.",
            hint="Export another film under another name. If it is the same one: takebridge roundtrip --new-base",
        )
    canvas = bridge.desk.view(canvas_id).canvas
    links = bridge.links.of_timeline(canvas_id, editor.project_id, editor.timeline_id)
    shots = shots_of(bridge, canvas, links)
    fresh = takes_shown(editor, shots) - takes_shown(base.cut, shots)
    pins = {shot.id: shot.take.id for shot in shots.values() if shot.take and shot.take.id in fresh}
    return replace(base, pins={**base.pins, **pins})


def clip_seconds(clip: Clip, shot: Shot, rate: FrameRate) -> Fraction | None:
    """Return the media time on a clip's first frame; None when it is retimed or shows other media than the shot's.

    ``rate`` is the timeline's: delivered files run at it.
    """
    if clip.source is None or clip.media is None or clip.speed != 1:
        return None
    start = Fraction(clip.source.start)
    for item in shot.deliveries:
        if same_file(clip.media.location, item.path):
            return Fraction(item.origin) + start / rate.fraction
    if same_file(clip.media.location, shot.link.media_path):
        return start / shot.link.rate.fraction
    return None


# --- the cut --------------------------------------------------------------------------------------------


def canvas_side(bridge: Bridge, canvas: Canvas, base: Base, shots: Mapping[LinkId, Shot]) -> CanvasSide:
    """Return the base with the takes that are pinned now. A shot whose source is gone is dropped, its sound with it.

    Raises StoreError for a take whose file is missing, MediaError.
    """
    made = _Making(bridge, canvas, base, shots)
    cut = each_picture(_without_dropped(base.cut, shots), made.look)
    notes = [shot.note for shot in shots.values() if shot.note] + made.notes
    return CanvasSide(cut, shots, frozenset(made.reels), made.reels, tuple(dict.fromkeys(notes)))


class _Making:
    """The making of one canvas side."""

    def __init__(self, bridge: Bridge, canvas: Canvas, base: Base, shots: Mapping[LinkId, Shot]) -> None:
        self._bridge, self._canvas, self._base = bridge, canvas, base
        self._index = ShotIndex(shots)
        self.reels: dict[LinkId, Reel] = {}
        self.notes: list[str] = []

    def look(self, clip: Clip) -> Clip:
        shot, rate = self._index.of(clip), self._base.cut.rate
        if shot is None or shot.take is None or self._base.pins.get(shot.id) == shot.take.id or shows(clip, shot):
            return clip
        seconds = clip_seconds(clip, shot, rate)
        if seconds is None:
            self.notes.append(f"{shot.link.shot}: “{clip.name}” is retimed or shows other media; left alone.")
            return clip
        reel = self.reels.get(shot.id) or reel_of(self._bridge, self._canvas, shot, seconds, rate)
        self.reels[shot.id] = reel
        return showing(clip, shot, reel, seconds, rate)


def _without_dropped(cut: Cut, shots: Mapping[LinkId, Shot]) -> Cut:
    dropped = {str(shot.link.clip_key) for shot in shots.values() if shot.dropped} - {""}
    if not dropped:
        return cut
    clips = [clip for track in cut.tracks for clip in track.clips]
    groups = {clip.link for clip in clips if clip.key in dropped} - {""}

    def stays(item: Item) -> bool:
        return not isinstance(item, Clip) or (item.key not in dropped and item.link not in groups)

    tracks = [replace(track, items=tile(filter(stays, track.items))) for track in cut.tracks]
    return replace(cut, tracks=tuple(tracks))


def shows(clip: Clip, shot: Shot) -> bool:
    """Say whether a clip shows the shot's pinned take already."""
    shown = clip.media.location if clip.media else ""
    return any(
        shot.take is not None and item.take_id == shot.take.id and same_file(shown, item.path)
        for item in shot.deliveries
    )


def reel_of(bridge: Bridge, canvas: Canvas, shot: Shot, seconds: Fraction, rate: FrameRate) -> Reel:
    """Return the pinned take of a shot as timeline frames on the grid of a clip that shows ``seconds`` at its head."""
    assert shot.take is not None
    info = probe(bridge.blobs.path_of(next(iter(shot.take.outputs.values())).content))
    length = (info.frame_count, info.rate) if info.frame_count and info.rate else length_of(shot.take)
    assert length is not None
    begins = take_seconds(canvas, shot.link, shot.take)
    head = frame_at(seconds - begins, rate)
    origin = seconds - to_seconds(head, rate)
    frames = frames_covering(to_seconds(*length) - (origin - begins), rate)
    media = Media(
        name=f"{shot.link.shot} take {shot.take.seq}",
        location=placeholder(shot.link, shot.take.id),
        rate=rate,
        frame_count=max(1, frames),
    )
    return Reel(media, origin, max(1, frames))


def showing(clip: Clip, shot: Shot, reel: Reel, seconds: Fraction, rate: FrameRate) -> Clip:
    """Return the clip with the shot's pinned take selected, added to its takes where it has not got it."""
    assert shot.take is not None
    start = whole((seconds - reel.origin) * rate.fraction)
    source = Span.of(start, clip.record.duration)
    kind = kind_with(clip, reel.media)
    wanted = Take(shot.take.id, reel.media, source, name=reel.media.name, take_id=shot.take.id)
    known = next((take for take in clip.takes if take.take_id == shot.take.id), None) or has_take(clip, wanted)
    takes = tray(clip)
    if known is not None and known.media is not None:
        active = takes.index(known)
        # A file made for another slot may begin elsewhere: what it shows is worked out when the file is there.
        shown = replace(known, source=known.source or source)
        takes = (*takes[:active], shown, *takes[active + 1 :])
        return replace(clip, takes=takes, active=active, media=known.media, source=shown.source, kind=kind)
    made = replace(wanted, key=free_key(clip, shot.take.id))
    return replace(clip, takes=(*takes, made), active=len(takes), media=reel.media, source=source, kind=kind)


def slot_on(reel: Reel, clip: Clip, rate: FrameRate) -> SlotPlan:
    """Plan the slot of a clip on a reel. Raises RangeError when the take does not reach."""
    if clip.source is None or not isinstance(clip.record.duration, int):
        raise RangeError("The clip does not say which frames it shows.", hint="Pull the take by itself.")
    return plan_slot(
        clip_seconds=reel.origin + Fraction(clip.source.start) / rate.fraction,
        clip_frames=clip.record.duration,
        timeline_rate=rate,
        take_seconds=reel.origin,
        take_duration=to_seconds(reel.frames, rate),
    )


def without(side: CanvasSide, base: Base, held: Iterable[LinkId]) -> Mapping[LinkId, Shot]:
    """Return the shots with the takes of ``held`` put aside, as if the canvas had not changed them."""
    waiting = frozenset(held)
    return {key: replace(shot, take=None) if key in waiting else shot for key, shot in side.shots.items()}


def each_picture(cut: Cut, look: Callable[[Clip], Clip]) -> Cut:
    """Return the cut with every clip of its picture tracks as ``look`` makes it; places stay."""

    def on(track: Track) -> Track:
        if track.kind != "video":
            return track
        return replace(track, items=tuple(look(item) if isinstance(item, Clip) else item for item in track.items))

    return replace(cut, tracks=tuple(map(on, cut.tracks)))
