"""What an item plays: its asset, effect or compound, and how its local time maps to the time of that media."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.view import (
    Asset,
    Audio,
    Audition,
    Clip,
    Effect,
    Item,
    McAngle,
    McClip,
    Media,
    MediaItem,
    RefClip,
    Spine,
    SyncClip,
    TimeMap,
)

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Source:
    """``media = shift + speed × local``. ``variable`` when that holds only at the item's start."""

    asset: Asset | None = None
    effect: Effect | None = None
    media: Media | None = None
    shift: Fraction = ZERO
    speed: Fraction = ONE
    variable: bool = False
    retimed: bool = False

    def at(self, local: Fraction) -> Fraction:
        """Media time of a local time."""
        return self.shift + self.speed * local


def source_of(item: Item) -> Source:
    """What an item plays, through clips, synchronised clips, multicams and auditions; empty when it cannot be told."""
    found = _played(item, 0)
    time_map = item.time_map
    if time_map is None:
        return found
    shift, speed, variable = _mapping(time_map, item)
    return Source(
        found.asset, found.effect, found.media, found.shift + found.speed * shift, found.speed * speed, variable, True
    )


def source_start(item: Item, source: Source) -> Fraction:
    """Where the media range it shows begins: the first media time for forward play, the lowest for reverse."""
    start = item.start
    if source.speed < 0:
        return source.at(start + length_of(item))
    return source.at(start)


def length_of(item: Item) -> Fraction:
    """An item's duration, 0 where the document gives none."""
    try:
        return item.length
    except FcpxmlError:
        return ZERO


def _mapping(time_map: TimeMap, item: Item) -> tuple[Fraction, Fraction, bool]:
    """Shift and speed of a time map, and whether it is only a mean."""
    points = time_map.points
    try:
        speed = time_map.speed
        if speed is not None:
            return points[0].value - speed * points[0].time, speed, False
        start, length = item.start, length_of(item)
        first = time_map.original(start)
        mean = (time_map.original(start + length) - first) / length if length else ONE
        return first - mean * start, mean, True
    except FcpxmlError:
        return ZERO, ONE, True


def _played(item: Item, depth: int) -> Source:
    if depth > 16:
        return Source()
    if isinstance(item, Audition):
        return _played(item.items[0], depth + 1) if item.items else Source()
    if isinstance(item, MediaItem):
        return Source(asset=item.asset, effect=item.effect)
    if isinstance(item, RefClip):
        return _compound(item)
    if isinstance(item, McClip):
        return _angle(item, depth)
    if isinstance(item, (Clip, SyncClip)):
        return _component(item, depth)
    return Source()


def _compound(item: RefClip) -> Source:
    media = item.media
    origin = media.sequence.tc_start if media and media.sequence else ZERO
    return Source(media=media, shift=-origin if item.start >= origin else ZERO)


def _component(item: Item, depth: int) -> Source:
    """The main component: the first picture of the contents, else the first sound anywhere inside."""
    best = Source()
    for inner in _contents(item):
        found = _played(inner, depth + 1)
        if found == Source():
            continue
        shifted = _inside(found, inner)
        if not isinstance(inner, Audio) and (found.asset is None or found.asset.has_video):
            return shifted
        best = best if best != Source() else shifted
    if best != Source():
        return best
    sound = next((audio for audio in item.descendants(Audio) if audio.asset), None)
    return _inside(Source(asset=sound.asset), sound) if sound else best


def _inside(found: Source, inner: Item) -> Source:
    shift = inner.start - (inner.offset or ZERO)
    return Source(found.asset, found.effect, found.media, found.shift + found.speed * shift, found.speed)


def _contents(item: Item) -> list[Item]:
    inner: list[Item] = []
    for child in item.story:
        if child.lane == 0:
            inner.extend(child.items if isinstance(child, Spine) else [child])
    return inner


def _angle(item: McClip, depth: int) -> Source:
    multicam = item.media.multicam if item.media else None
    if multicam is None:
        return Source(media=item.media)
    wanted = {source.enabled_source: source.angle_id for source in reversed(item.mc_sources)}
    chosen = wanted.get("video") or wanted.get("all") or wanted.get("audio")
    angles = multicam.angles
    angle = next((angle for angle in angles if angle.angle_id == chosen), angles[0] if angles else None)
    start = item.start
    for inner in _angle_items(angle):
        offset = inner.offset or ZERO
        if offset <= start < offset + length_of(inner):
            found = _inside(_played(inner, depth + 1), inner)
            return Source(found.asset, found.effect, item.media, found.shift, found.speed)
    return Source(media=item.media)


def _angle_items(angle: McAngle | None) -> list[Item]:
    return [] if angle is None else [item for item in angle.items if item.tag not in ("gap", "transition")]


def is_sound(item: Item) -> bool:
    """Whether nothing of it is seen."""
    if isinstance(item, Audition):
        return bool(item.items) and is_sound(item.items[0])
    if isinstance(item, Audio):
        return True
    if item.element.get("srcEnable") == "audio":
        return True
    if item.tag == "asset-clip":
        asset = item.asset if isinstance(item, MediaItem) else None
        return asset is not None and asset.has_audio and not asset.has_video
    if isinstance(item, Clip):
        pictures = ("video", "asset-clip", "title", "ref-clip", "mc-clip", "sync-clip")
        tags = {element.tag for element in item.element.iterdescendants()}
        return "audio" in tags and not tags.intersection(pictures)
    return False


def has_companion(item: Item) -> bool:
    """Whether picture and sound of one asset play together, so that other hosts want the sound as a clip of its own."""
    if item.tag != "asset-clip" or item.element.get("srcEnable", "all") != "all" or not isinstance(item, MediaItem):
        return False
    asset = item.asset
    return asset is not None and asset.has_audio and asset.has_video
