"""Cuts laid out for comparison: every clip as a node with neighbours, partners, media and times on one exact clock.

Times are ticks: whole numbers of one unit both cuts share (`Clock`), so that cuts and media of other rates compare
exactly. ``start``/``end`` are where the clip plays in the outermost cut, also for clips of nested cuts.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from takebridge.cut.model import Address, Clip, Cut, Frame, Track, source_rate, tracks_of, whole
from takebridge.timebase import FrameRate

NONE = -1
"""No node, no media."""

_LARGEST_UNIT = 10**15


@dataclass(slots=True)
class Node:
    """One clip of one side. ``prev``/``next`` are the clips beside it on its track, ``partners`` its linked clips.

    ``media`` is an index into `Side.media`, ``head``/``tail`` the source range in ticks (None unknown). ``lane`` names
    the track (equal for the same track of both cuts), ``up`` the nested clip it lies in.
    """

    index: int
    address: Address
    clip: Clip
    kind: str
    lane: Address
    start: Frame
    end: Frame
    head: Frame | None
    tail: Frame | None
    media: int
    prev: int
    next: int
    up: int
    ids: tuple[tuple[str, str], ...]
    partners: tuple[int, ...] = ()
    gap: Frame = 0
    """Empty time before the clip."""

    @property
    def length(self) -> Frame:
        """Record length in ticks."""
        return self.end - self.start


@dataclass(slots=True)
class MediaUse:
    """One media of a side with the clips that show it."""

    index: int
    key: str
    name: str
    location: str
    start: Frame | None
    length: Frame | None
    users: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Side:
    """All clips of a cut. ``firsts``/``lasts`` are the end clips of every lane."""

    nodes: list[Node]
    media: list[MediaUse]
    firsts: dict[Address, int]
    lasts: dict[Address, int]
    frame: Frame
    """One record frame in ticks."""


class Clock:
    """The common tick of some rates: every frame of each is a whole number of ticks, unless the rates are absurd."""

    def __init__(self, rates: set[FrameRate]) -> None:
        common = math.lcm(*(rate.numerator for rate in rates))
        self._ticks = common if common <= _LARGEST_UNIT else 1
        self._units: dict[FrameRate, Frame] = {}

    def unit(self, rate: FrameRate) -> Frame:
        """Return one frame in ticks."""
        known = self._units.get(rate)
        if known is None:
            known = self._units[rate] = whole(Fraction(self._ticks * rate.denominator, rate.numerator))
        return known


def clock_of(*cuts: Cut) -> Clock:
    """Return the clock of some cuts with everything in them."""
    rates: set[FrameRate] = set()
    pending = list(cuts)
    seen: set[int] = set()
    while pending:
        cut = pending.pop()
        if id(cut) in seen:
            continue
        seen.add(id(cut))
        rates.add(cut.rate)
        for track in cut.tracks:
            for item in track.items:
                if isinstance(item, Clip):
                    if item.inner is not None:
                        pending.append(item.inner)
                    elif item.media is not None and item.media.rate is not None:
                        rates.add(item.media.rate)
    return Clock(rates)


def lay_out(cut: Cut, clock: Clock) -> Side:
    """Return the nodes of a cut, in the order of their addresses."""
    made = _Layout(cut, clock)
    side = Side(made.nodes, made.media, made.firsts, made.lasts, clock.unit(cut.rate))
    _partner(side)
    return side


class _Layout:
    def __init__(self, cut: Cut, clock: Clock) -> None:
        self._clock = clock
        self.nodes: list[Node] = []
        self.media: list[MediaUse] = []
        self.firsts: dict[Address, int] = {}
        self.lasts: dict[Address, int] = {}
        self._keys: dict[object, int] = {}
        for kind, number, track in tracks_of(cut):
            self._track(track, (kind, number), cut, 0, 1, NONE)

    def _track(self, track: Track, lane: Address, cut: Cut, origin: Frame, scale: Frame, up: int) -> None:
        """``origin`` is where the cut's frame 0 plays in ticks, ``scale`` how its time passes there."""
        unit = self._clock.unit(cut.rate) * scale
        before, ended = NONE, origin
        for index, item in enumerate(track.items):
            if not isinstance(item, Clip):
                continue
            node = self._node(item, lane, index, track.kind, cut, origin, unit, up)
            node.prev, node.gap = before, node.start - ended
            if before == NONE:
                self.firsts[lane] = node.index
            else:
                self.nodes[before].next = node.index
            before, ended = node.index, node.end
            if item.inner is not None:
                self._inside(node, item.inner, item, (*lane, index), scale)
        if before != NONE:
            self.lasts[lane] = before

    def _node(
        self, clip: Clip, lane: Address, item: int, kind: str, cut: Cut, origin: Frame, unit: Frame, up: int
    ) -> Node:
        record, source = clip.record, clip.source
        head = tail = None
        if source is not None:
            ticks = self._clock.unit(source_rate(clip, cut))
            head, tail = source.start * ticks, source.end * ticks
        index = len(self.nodes)
        ids = clip.ids
        if clip.key or clip.stamp:
            own = (("key", clip.key), ("stamp", clip.stamp))
            ids = (*(one for one in own if one[1]), *ids)
        media = self._media_of(clip)
        node = Node(
            index, (*lane, item), clip, kind, lane, origin + record.start * unit, origin + record.end * unit,
            head, tail, media, NONE, NONE, up, ids,
        )  # fmt: skip
        self.nodes.append(node)
        self.media[media].users.append(index)
        return node

    def _inside(self, node: Node, inner: Cut, clip: Clip, lane: Address, scale: Frame) -> None:
        speed = abs(clip.speed) if clip.speed else Fraction(1)
        shown = scale if speed == 1 else scale / speed
        begins = clip.source.start if clip.source else 0
        origin = node.start - begins * self._clock.unit(inner.rate) * shown
        for number, track in enumerate(inner.tracks):
            self._track(track, (*lane, number), inner, origin, shown, node.index)

    def _media_of(self, clip: Clip) -> int:
        media = clip.media
        if media is None:
            label = (clip.inner.name or clip.name) if clip.inner else clip.name
            key: object = (clip.kind, label)
            found = self._keys.get(key)
            return self._new(key, f"{clip.kind}:{label}", label, "", None, None) if found is None else found
        key = media.location or (media.id, media.name)
        found = self._keys.get(key)
        if found is not None:
            return found
        unit = self._clock.unit(media.rate) if media.rate else None
        start = media.start * unit if media.start is not None and unit else None
        length = media.frame_count * unit if media.frame_count is not None and unit else None
        return self._new(key, media.location or media.name, media.name, media.location, start, length)

    def _new(self, key: object, text: str, name: str, location: str, start: Frame | None, length: Frame | None) -> int:
        index = self._keys[key] = len(self.media)
        self.media.append(MediaUse(index, text, name, location, start, length))
        return index


def _partner(side: Side) -> None:
    """Join linked clips; where a cut links nothing, clips of other tracks with the same media, source and place."""
    groups: dict[object, list[int]] = defaultdict(list)
    for node in side.nodes:
        if node.clip.link:
            groups[node.up, node.clip.link].append(node.index)
        else:
            groups[node.up, node.media, node.start, node.end, node.head].append(node.index)
    for group in groups.values():
        if 1 < len(group) <= 32:
            for index in group:
                side.nodes[index].partners = tuple(one for one in group if one != index)


def size(value: Frame) -> Frame:
    """Return a time without its sign."""
    return value if value >= 0 else -value
