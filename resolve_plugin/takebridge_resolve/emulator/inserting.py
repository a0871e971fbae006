"""Titles, generators and compounds made on the current timeline (resolve.md §1.4)."""

from __future__ import annotations

from .call import ApiObject, Refused, studio_only, write
from .media_facts import MediaFacts
from .placing import insert, is_free, link, still_duration, unlink
from .state import Item, Media, Timeline, Track
from .timecode import parse_timecode
from .timeline_item import TimelineItem


class Inserting(ApiObject):
    """Calls that put something without a file on the timeline."""

    _timeline: Timeline

    def _current(self) -> Timeline:
        raise NotImplementedError

    def _inserted(self, kind: str, name: str) -> TimelineItem:
        """At the playhead, on video track 1, which is the one that is patched here; None without room."""
        timeline = self._current()
        track = timeline.tracks["video"][0]
        item = Item(kind, "video", timeline.playhead, still_duration(timeline), name=name)
        if not name or track.locked or not is_free(track, item.start, item.duration):
            raise Refused
        insert(track, item)
        return TimelineItem(self._world, timeline, item)

    @write(None)
    def InsertTitleIntoTimeline(self, titleName: str) -> TimelineItem:
        """A title of five seconds."""
        return self._inserted("title", titleName)

    @write(None)
    def InsertFusionTitleIntoTimeline(self, titleName: str) -> TimelineItem:
        """A Fusion title of five seconds."""
        return self._inserted("title", titleName)

    @write(None)
    def InsertGeneratorIntoTimeline(self, generatorName: str) -> TimelineItem:
        """A generator of five seconds."""
        return self._inserted("generator", generatorName)

    @write(None)
    def CreateCompoundClip(
        self, timelineItems: list[TimelineItem], clipInfo: dict[str, object] | None = None
    ) -> TimelineItem:
        """Put items into one compound on the lowest of their video tracks; its media has no file."""
        timeline, info = self._current(), clipInfo or {}
        items = [handle._item for handle in timelineItems]
        tracks = [track for item in items if (track := timeline.track_of(item)) is not None]
        if not items or len(tracks) < len(items) or any(track.locked for track in tracks):
            raise Refused
        label, name = info.get("startTimecode"), str(info.get("name") or "Compound Clip 1")
        start = _labelled(timeline, label) if isinstance(label, str) else 0
        inner, begins = _taken_out(timeline, items, name, start)
        facts = MediaFacts(True, True, rate=inner.rate, frame_count=inner.end, width=inner.width, height=inner.height)
        media = Media(name, "", facts, inner.rate, "Compound", inner=inner)
        self._world.project.current_bin.media.append(media)
        made = Item("compound", "video", begins, inner.end, media, 0, inner.end)
        landing = next((track for track in timeline.tracks["video"] if track in tracks), timeline.tracks["video"][0])
        insert(landing, made)
        return TimelineItem(self._world, timeline, made)

    @write(False)
    def CreateSubtitlesFromAudio(self, autoCaptionSettings: dict[object, object] | None = None) -> bool:
        """Studio only; the emulator hears nothing, so there is a track and no words."""
        studio_only(self._world)
        timeline = self._current()
        if not any(track.items for track in timeline.tracks["audio"]):
            raise Refused
        timeline.tracks["subtitle"].append(Track(f"Subtitle {len(timeline.tracks['subtitle']) + 1}"))
        return True


def _labelled(timeline: Timeline, label: str) -> int:
    try:
        return parse_timecode(label, timeline.rate, timeline.drop_frame)
    except ValueError:
        raise Refused from None


def _taken_out(timeline: Timeline, items: list[Item], name: str, start: int) -> tuple[Timeline, int]:
    """The items as a timeline of their own, which they now lie on, and the timeline_frame it begins at."""
    begins = min(item.start for item in items)
    inner = Timeline(name, timeline.rate, timeline.drop_frame, start, timeline.width, timeline.height)
    inner.tracks = {kind: [Track(track.name) for track in tracks] for kind, tracks in timeline.tracks.items()}
    groups = {item.id: item.linked & {other.id for other in items} for item in items}
    places = [(kind, index, item) for kind, index, _, item in timeline.located() if item in items]
    unlink(timeline, items)
    for kind, index, item in places:
        timeline.tracks[kind][index - 1].items.remove(item)
        item.start -= begins
        insert(inner.tracks[kind][index - 1], item)
    for item in items:
        link(item, *(other for other in items if other.id in groups[item.id]))
    return inner, begins
