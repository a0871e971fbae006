"""ImportTimelineFromFile: a document becomes a timeline and, when asked, pool items (resolve.md §1.2, §5.18)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from .call import Refused
from .drafts import Draft, DraftError, DraftItem, DraftTrack
from .import_edl import read_edl
from .import_fcpxml import read_fcpxml
from .import_otio import read_otio
from .import_xmeml import read_xmeml
from .layout import media_start
from .media_facts import MediaFacts, read_facts
from .placing import insert, is_free, link, source_span
from .state import Bin, Item, Media, Timeline, Track
from .timecode import nominal
from .timeline import add_track

if TYPE_CHECKING:
    from .world import World


_BROKEN = (ValueError, TypeError, AttributeError, LookupError, StopIteration, ZeroDivisionError)
"""What reading a document of a wrong shape may raise."""


def import_timeline(world: World, path: str, options: Mapping[str, object], folders: list[Bin]) -> Timeline:
    """Make a timeline of a file and open it; its media lands in the current bin. Refused when Resolve would refuse.

    ``options`` are those of the API without ``sourceClipsFolders``, which are ``folders``. Nothing is left behind by
    a refused import.
    """
    name = options.get("timelineName")
    bringing = options.get("importSourceClips", True)
    try:
        draft = _read(path, world.project.rate)
        if draft.strict:  # OTIO has no word for drop-frame: the project's own setting counts
            drops = world.project.settings.get("timelineDropFrameTimecode") == "1"
            draft.drop_frame = drops and nominal(draft.rate) % 30 == 0 and draft.rate.denominator == 1001
        draft.name = name if isinstance(name, str) and name else draft.name or os.path.basename(path)
        if any(other.name == draft.name for other in world.project.timelines):
            raise DraftError(f"There is a timeline “{draft.name}”.")
        making = Making(world, bool(bringing), str(options.get("sourceClipsPath") or ""), folders)
        timeline = making.timeline(draft)
    except (DraftError, OSError, ET.ParseError, *_BROKEN):
        raise Refused from None
    world.project.current_bin.media.extend(making.new)
    world.add_timeline(world.project, timeline)
    world.make_current(timeline)
    return timeline


def _read(path: str, rate: Fraction) -> Draft:
    """Content decides. Raises DraftError for what is no document: DRT and AAF are not read here."""
    if os.path.isdir(path):
        path = os.path.join(path, "Info.fcpxml")
    with open(path, "rb") as file:
        head = file.read(512).lstrip(b"\xef\xbb\xbf \r\n\t")
    if head.startswith(b"{"):
        return read_otio(path)
    if head.startswith(b"<"):
        root = ET.parse(path).getroot()  # noqa: S314 - a stand-in for tests and the demo
        if root.tag == "fcpxml":
            return read_fcpxml(root)
        if root.tag == "xmeml":
            return read_xmeml(root)
    if head.startswith(b"TITLE:"):
        return read_edl(path, rate)
    raise DraftError("No timeline document.")


class Making:
    """Makes the timelines of one import. ``new`` are the pool items it needs, one a file."""

    def __init__(self, world: World, bringing: bool, searched: str, folders: list[Bin]) -> None:
        self._world = world
        self._bringing = bringing
        self._searched = searched
        self._folders = folders
        self._media: dict[str, Media | None] = {}
        self.new: list[Media] = []

    def timeline(self, draft: Draft) -> Timeline:
        """The timeline of a draft, not yet in the project. Raises DraftError."""
        settings = self._world.project.settings
        width = draft.width or int(settings.get("timelineResolutionWidth", "1920"))
        height = draft.height or int(settings.get("timelineResolutionHeight", "1080"))
        made = Timeline(draft.name, draft.rate, draft.drop_frame, draft.start_frame, width, height)
        for kind, tracks in draft.tracks.items():
            for said in tracks or [DraftTrack()]:
                _describe(add_track(made, kind), said)
        groups: dict[str, list[Item]] = {}
        for one in draft.items:
            item = self._item(draft, made, one)
            _land(made, one, item)
            if one.link:
                groups.setdefault(one.link, []).append(item)
        for group in groups.values():
            link(*group)
        made.markers = dict(draft.markers)
        return made

    def _item(self, draft: Draft, timeline: Timeline, one: DraftItem) -> Item:
        media = self._compound(one) if one.inner else self._found(draft, one)
        kind = "still" if media is not None and media.facts.is_still else one.kind
        item = Item(kind, one.track_type, one.start, one.duration, media, speed=one.speed, reversed=one.reversed)
        item.name = "" if media is not None and one.name == media.name else one.name
        item.enabled, item.unknown_source = one.enabled, one.unreadable_source
        item.properties = dict(one.properties) if media is not None and one.track_type == "video" else {}
        if media is not None:
            _point_at(draft, timeline, item, media, one)
            item.markers = {frame: mark for at, mark in one.markers if (frame := _marked(media, at)) >= 0}
        return item

    def _compound(self, one: DraftItem) -> Media:
        assert one.inner is not None
        inner = self.timeline(one.inner)
        facts = MediaFacts(True, True, rate=inner.rate, frame_count=inner.end, width=inner.width, height=inner.height)
        media = Media(one.name or "Compound Clip", "", facts, inner.rate, "Compound", inner=inner)
        self.new.append(media)
        return media

    def _found(self, draft: Draft, one: DraftItem) -> Media | None:
        """The media of an item, None when it comes in offline. Raises DraftError where that ends the import."""
        if one.kind != "clip" or not (one.path or (one.name and not draft.strict)):
            return None
        key = one.path or one.name
        if key not in self._media:
            self._media[key] = self._imported(one, draft.strict) if self._bringing else self._linked(one, draft.strict)
        if self._media[key] is None and draft.strict and one.path and self._bringing:
            raise DraftError(f"{one.path} is not there.")
        return self._media[key]

    def _imported(self, one: DraftItem, strict: bool) -> Media | None:
        """A new pool item of the file; for what has no path (EDL), or is not there, one that is in the pool.

        OTIO finds nothing that has moved (measured): only an offline item of the very same path.
        """
        known = self._pool_match(one, list(self._world.project.root.walk()))
        if known is not None and (self._world.profile.habits.import_reuses_pool_items or not one.path):
            return known
        elsewhere = os.path.join(self._searched, os.path.basename(one.path or one.name)) if self._searched else ""
        for path in (one.path, elsewhere):
            facts = read_facts(path) if path else None
            if facts is not None:
                media = Media(os.path.basename(path), path, facts, self._world.project.rate)
                self.new.append(media)
                return media
        return known if not strict or (known is not None and known.path == one.path) else None

    def _linked(self, one: DraftItem, strict: bool) -> Media | None:
        """Without importing: the current bin, then the bins given. OTIO loses its media then (resolve.md §3.1)."""
        return None if strict else self._pool_match(one, [self._world.project.current_bin, *self._folders])

    def _pool_match(self, one: DraftItem, folders: list[Bin]) -> Media | None:
        wanted = os.path.basename(one.path) or one.name
        pool = [media for folder in folders for media in folder.media if media.path]
        same = [media for media in pool if one.path and media.path == one.path]
        alike = [media for media in pool if wanted in (os.path.basename(media.path), media.name)]
        return next(iter([*same, *alike]), None)


def _describe(track: Track, said: DraftTrack) -> None:
    track.name = said.name or track.name
    track.enabled, track.locked = said.enabled, said.locked
    track.sub_type = said.sub_type or track.sub_type


def _land(timeline: Timeline, one: DraftItem, item: Item) -> None:
    tracks = timeline.tracks[one.track_type]
    while len(tracks) < one.track:
        add_track(timeline, one.track_type)
    track = tracks[one.track - 1]
    if item.kind != "transition" and not is_free(track, item.start, item.duration):
        raise DraftError(f"“{one.name}” lies on another clip.")
    insert(track, item)


def _point_at(draft: Draft, timeline: Timeline, item: Item, media: Media, one: DraftItem) -> None:
    """Say which source frames the item shows; media that has not got them ends an OTIO import, else it is offline."""
    if media.facts.is_still:
        item.source_start, item.source_end = 0, 1
        return
    span = source_span(one.duration, media, timeline, one.speed)
    count = media.frame_count
    first = round(one.source * media.rate) - (media_start(media) if one.absolute and media.inner is None else 0)
    if one.from_end:
        first = count - round(one.source * media.rate) - span
    if one.unreadable_source:
        first, span = min(max(0, first), count - 1), 1
    item.source_start, item.source_end = first, first + span
    if media.inner is None and not 0 <= first < first + span <= count:
        if draft.strict:
            raise DraftError(f"“{one.name}” has no media at {first}: its range is not in the media's timecode.")
        item.media = None


def _marked(media: Media, seconds: Fraction) -> int:
    return round(seconds * media.rate) - media_start(media)
