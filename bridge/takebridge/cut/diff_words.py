"""The change words of one matched clip, with sentences an editor would say. docs/cut-diff.md has the table."""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

from takebridge.cut.diff_media import Files, media_changes
from takebridge.cut.diff_pairs import Twin
from takebridge.cut.identity_nodes import size
from takebridge.cut.match import Change, Word
from takebridge.cut.model import Address, Clip, Cut, Frame, Marker, Track, Transition, tracks_of, whole

_ORDER: dict[str, int] = {word: index for index, word in enumerate(get_args(Word))}

_OTHER_MEDIA = ("media_replaced", "take_switched")

Joins = tuple[Transition | None, Transition | None]
"""The transitions at the head and at the tail of a clip."""

_NO_JOINS: Joins = (None, None)


def changes(
    twin: Twin, unit: Frame, files: Files, joins_a: Joins = _NO_JOINS, joins_b: Joins = _NO_JOINS, track: str = ""
) -> tuple[Change, ...]:
    """Return everything that changed about a clip, in the order of `Word`; ``unit`` is a record frame in ticks.

    ``track`` is the name of the other track of a clip that changed tracks, else "".
    """
    a, b = twin.a.clip, twin.b.clip
    found = media_changes(a, b, files)
    said = _Said(twin, unit, other_media=any(change.word in _OTHER_MEDIA for change in found))
    said.place(track)
    said.source()
    found.extend(said.found)
    if twin.piece:
        found.append(Change("razored", "one of the pieces the clip was cut into"))
    if a.enabled != b.enabled:
        found.append(Change("enabled", "enabled") if b.enabled else Change("disabled", "disabled"))
    if len(twin.a.lane) != len(twin.b.lane):
        inside = len(twin.b.lane) > len(twin.a.lane)
        found.append(Change("nested", "went into a nested cut" if inside else "came out of a nested cut"))
    found.extend(_joined(twin, joins_a, joins_b))
    if _marked(twin):
        found.append(Change("marker_changed", "its markers changed"))
    return tuple(sorted(found, key=lambda change: _ORDER[change.word]))


class _Said:
    def __init__(self, twin: Twin, unit: Frame, *, other_media: bool) -> None:
        self._twin, self._unit, self._other_media = twin, unit, other_media
        self.found: list[Change] = []

    def _say(self, word: Word, ticks: Frame, text: str) -> None:
        frames = in_frames(ticks, self._unit)
        self.found.append(Change(word, text.format(n=_count(size(frames))), frames))

    # --- place ----------------------------------------------------------------------------------------

    def place(self, track: str) -> None:
        """Say whether the clip was moved, slid or carried, and to which track."""
        twin = self._twin
        if len(twin.a.lane) != len(twin.b.lane):
            return
        if track:
            self.found.append(Change("retracked", f"went to {track}"))
        way = "later" if twin.shift > 0 else "earlier"
        if twin.swapped:
            self._say("moved", twin.shift, f"changed places with {twin.swapped}")
        elif twin.slid:
            self._say("moved", twin.shift, f"slid {{n}} {way} between its neighbours")
        elif not twin.carried:
            self._say("moved", twin.shift, f"moved {{n}} {way}" if twin.shift else "moved past its neighbours")
        elif twin.shift:
            self._say("shifted", twin.shift, f"carried {{n}} {way} by what changed before it")

    # --- source and length ----------------------------------------------------------------------------

    def source(self) -> None:
        """Say how the clip was trimmed, slipped or retimed."""
        twin = self._twin
        a, b = twin.a.clip, twin.b.clip
        retimed = (a.speed, a.ramp) != (b.speed, b.ramp)
        if retimed:
            self.found.append(Change("retimed", f"retimed from {_speed(a)} to {_speed(b)}"))
        if self._other_media and not retimed and twin.start != twin.end:
            self._by_length()
        elif self._other_media:
            pass  # the source ranges of two files have nothing to do with each other
        elif not twin.known:
            self._by_length()
        elif retimed:
            self._trims_of_retimed()
        else:
            self._trims()
        self._extended()

    def _by_length(self) -> None:
        """Trims of clips whose source nobody knows: by the record edge that left its place."""
        twin = self._twin
        if twin.piece or twin.start == twin.end:
            return
        longer = twin.end - twin.start
        if twin.end == twin.shift and twin.start != twin.shift:
            self._head(-longer)
        else:
            self._tail(longer)

    def _trims_of_retimed(self) -> None:
        """A retime that kept the place changes what is shown of itself; other changes of the source are trims."""
        twin = self._twin
        kept = twin.start == twin.end
        if twin.head and not (kept and (twin.tail == 0 or twin.head == -twin.tail)):
            self._head(twin.head)
        if twin.tail and not (kept and (twin.head == 0 or twin.head == -twin.tail)):
            self._tail(twin.tail)

    def _trims(self) -> None:
        twin = self._twin
        head, tail = twin.head, twin.tail
        in_step = twin.start - head == twin.shift and not (twin.start == twin.end == 0)
        if twin.piece:
            self._piece_trims()
        elif head and head == tail and not in_step:
            self._slip(head)
        elif head and tail and (head > 0) == (tail > 0) and not in_step:
            self._slip_and_trim(head, tail)
        else:
            if head:
                self._head(head)
            if tail:
                self._tail(tail)
            if not head and not tail and twin.start != twin.end:
                self._tail(twin.end - twin.start)

    def _piece_trims(self) -> None:
        if self._twin.head:
            self._head(self._twin.head)
        if self._twin.tail:
            self._tail(self._twin.tail)

    def _slip_and_trim(self, head: Frame, tail: Frame) -> None:
        """Both source edges went the same way, not as far: the edge whose record place stayed was slipped."""
        twin = self._twin
        if twin.end == twin.shift and twin.start != twin.shift:
            self._slip(tail)
            self._head(head - tail)
        else:
            self._slip(head)
            self._tail(tail - head)

    def _slip(self, ticks: Frame) -> None:
        self._say("slipped", ticks, f"slipped: shows what is {{n}} {'later' if ticks > 0 else 'earlier'}")

    def _head(self, ticks: Frame) -> None:
        self._say("trimmed_head", -ticks, f"{{n}} {'cut off' if ticks > 0 else 'added'} at the head")

    def _tail(self, ticks: Frame) -> None:
        self._say("trimmed_tail", ticks, f"{{n}} {'added' if ticks > 0 else 'cut off'} at the tail")

    def _source_unit(self) -> Fraction:
        """Return one source frame in ticks."""
        node = self._twin.b
        if node.head is None or node.tail is None or node.clip.source is None or not node.clip.source.duration:
            return Fraction(self._unit)
        return Fraction(node.tail - node.head) / Fraction(node.clip.source.duration)

    def _extended(self) -> None:
        a, b = self._twin.a.clip, self._twin.b.clip
        more = max(_beyond(b) - _beyond(a), 0) if _beyond(b) > 0 else 0
        if more and b.kind not in ("still", "title", "generator"):
            self._say("extended", whole(more * self._source_unit()), "shows {n} more than its media has")


def _beyond(clip: Clip) -> Frame:
    """Return by how many source frames a clip shows more than its media has, 0 where that is not known."""
    media, source = clip.media, clip.source
    if media is None or source is None or media.frame_count is None or clip.speed in (0, None):
        return 0
    if media.start is None and source.start >= media.frame_count:
        return 0  # counted from another frame than the media's first
    return whole(max(-source.start, 0) + max(source.end - media.frame_count, 0))


def in_frames(ticks: Frame, unit: Frame) -> Frame:
    """Return ticks as frames of ``unit`` ticks, exact."""
    if isinstance(ticks, int) and isinstance(unit, int) and ticks % unit == 0:
        return ticks // unit
    return whole(Fraction(ticks) / Fraction(unit))


def _count(frames: Frame) -> str:
    if isinstance(frames, Fraction):
        return f"{float(frames):.2f} frames"
    return "1 frame" if frames == 1 else f"{frames} frames"


def _speed(clip: Clip) -> str:
    if clip.speed is None:
        return "a speed ramp"
    return "a freeze" if clip.speed == 0 else f"{float(clip.speed * 100):g} %"


# --- transitions and markers ----------------------------------------------------------------------------


def joins(cut: Cut) -> dict[Address, Joins]:
    """Return the transitions beside every clip that has any, nested clips too."""
    found: dict[Address, Joins] = {}
    for kind, number, track in tracks_of(cut):
        _join_track(track, (kind, number), found)
    return found


def _join_track(track: Track, lane: Address, found: dict[Address, Joins]) -> None:
    items = track.items
    for at, item in enumerate(items):
        if isinstance(item, Transition):
            if at and isinstance(items[at - 1], Clip):
                key = (*lane, at - 1)
                found[key] = (found.get(key, _NO_JOINS)[0], item)
            if at + 1 < len(items) and isinstance(items[at + 1], Clip):
                found[(*lane, at + 1)] = (item, None)
        elif isinstance(item, Clip) and item.inner is not None:
            for number, inner in enumerate(item.inner.tracks):
                _join_track(inner, (*lane, at, number), found)


def _joined(twin: Twin, a: Joins, b: Joins) -> list[Change]:
    found = []
    for index, edge, outer in ((0, "head", twin.first), (1, "tail", twin.last)):
        was, now = (_look(a[index]), _look(b[index])) if outer else (None, None)
        if was != now:
            what = "new" if was is None else "gone" if now is None else "changed"
            found.append(f"the transition at its {edge} is {what}")
    return [Change("transition_changed", " and ".join(found))] if found else []


def _look(transition: Transition | None) -> tuple[object, ...] | None:
    if transition is None:
        return None
    record = transition.record
    return (transition.name, transition.style, record.duration, whole(transition.cut - record.start))


def _marked(twin: Twin) -> bool:
    mine, theirs = twin.a.clip.markers, twin.b.clip.markers
    if not mine and not theirs:
        return False
    old, new = [_mark(marker) for marker in mine], [_mark(marker) for marker in theirs]
    if twin.piece:
        return any(marker not in old for marker in new)
    if old == new or sorted(map(repr, old)) == sorted(map(repr, new)):
        return False
    return _relative(twin.a.clip) != _relative(twin.b.clip)


def _relative(clip: Clip) -> list[tuple[object, ...]]:
    """Return markers counted from the clip's first frame: for media that counts from elsewhere in the other cut."""
    start = clip.source.start if clip.source else 0
    return [(whole(marker.at - start), *_mark(marker)[1:]) for marker in clip.markers]


def _mark(marker: Marker) -> tuple[object, ...]:
    return (marker.at, marker.duration, marker.name, marker.note, marker.color, marker.kind)
