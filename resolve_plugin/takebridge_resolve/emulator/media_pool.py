"""MediaPool, Folder and MediaStorage: bins, import, placing (resolve.md §1.2)."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from .append import append_clips
from .call import ApiObject, Refused, coerce, read, write
from .importing import import_timeline
from .media_facts import MediaFacts, read_facts, read_sequence
from .pool_item import MediaPoolItem
from .state import Bin, Media, Project
from .state import Timeline as TimelineState
from .timeline import Timeline, add_track
from .timeline_item import TimelineItem

if TYPE_CHECKING:
    from .world import World


class Folder(ApiObject):
    """A handle to one bin."""

    scope = "project"

    def __init__(self, world: World, folder: Bin) -> None:
        super().__init__(world)
        self._bin = folder

    def _gone(self) -> bool:
        return self._bin not in self._world.project.root.walk()

    @read([])
    def GetClipList(self) -> list[MediaPoolItem]:
        """The clips of the bin itself, timelines included (Type "Timeline")."""
        return [MediaPoolItem(self._world, media) for media in self._bin.media]

    @read([])
    def GetSubFolderList(self) -> list[Folder]:
        """The bins directly below."""
        return [Folder(self._world, child) for child in self._bin.bins]

    @read()
    def GetName(self) -> str:
        """Name of the bin; the root is "Master"."""
        return self._bin.name

    @read()
    def GetUniqueId(self) -> str:
        """Id of the bin."""
        return self._bin.id


class MediaPool(ApiObject):
    """The media pool of the current project."""

    scope = "project"

    @read()
    def GetUniqueId(self) -> str:
        """Id of the pool."""
        return self._world.project.pool_id

    @read()
    def GetRootFolder(self) -> Folder:
        """The bin "Master"."""
        return Folder(self._world, self._world.project.root)

    @read()
    def GetCurrentFolder(self) -> Folder:
        """The bin imports go to."""
        return Folder(self._world, self._world.project.current_bin)

    @write(False)
    def SetCurrentFolder(self, folder: Folder) -> bool:
        """Make a bin current."""
        self._world.project.current_bin = folder._bin
        return True

    @write(None)
    def AddSubFolder(self, folder: Folder, name: str) -> Folder:
        """Make a bin below another; it becomes current (trap 16). None when the name is taken there."""
        if not name or any(child.name == name for child in folder._bin.bins):
            raise Refused
        child = Bin(name)
        folder._bin.bins.append(child)
        self._world.project.current_bin = child
        return Folder(self._world, child)

    @write([])
    def ImportMedia(self, items: list[object]) -> list[MediaPoolItem]:
        """Import files into the current bin; missing and unreadable ones are skipped.

        A path imported twice makes two items. The dictionary form is for image sequences
        (``{FilePath: "f_%03d.exr", StartIndex, EndIndex}``); with a plain file it imports nothing on 21.1, the file
        before.
        """
        dict_fails = self._world.profile.version >= (21, 1)
        found = [_imported(self._world, entry, dict_fails) for entry in items]
        return [MediaPoolItem(self._world, media) for media in found if media is not None]

    @write(False)
    def RefreshFolders(self) -> bool:
        """Look again at shared bins; there is nothing to do here."""
        return True

    @write(False)
    def RelinkClips(self, mediaPoolItem: list[MediaPoolItem], folderPath: str) -> bool:
        """Point items at files of the same name in a folder; False when one of them is not there."""
        paths = [os.path.join(folderPath, os.path.basename(handle._media.path)) for handle in mediaPoolItem]
        facts = [read_facts(path) for path in paths]
        if not paths or not all(facts):
            raise Refused
        for handle, path, found in zip(mediaPoolItem, paths, facts, strict=True):
            handle._media.path = path
            handle._media.facts = found or handle._media.facts
        return True

    @write(False)
    def UnlinkClips(self, mediaPoolItem: list[MediaPoolItem]) -> bool:
        """Make items offline: they forget their file."""
        for handle in mediaPoolItem:
            handle._media.path = os.path.join(os.sep, "offline", os.path.basename(handle._media.path))
        return bool(mediaPoolItem)

    @write(False)
    def MoveClips(self, clips: list[MediaPoolItem], targetFolder: Folder) -> bool:
        """Move clips to a bin."""
        for handle in clips:
            for folder in self._world.project.root.walk():
                if handle._media in folder.media:
                    folder.media.remove(handle._media)
            targetFolder._bin.media.append(handle._media)
        return bool(clips)

    @write(False)
    def DeleteClips(self, clips: list[MediaPoolItem]) -> bool:
        """Delete clips from the pool; refused while one is on a timeline or among an item's takes."""
        gone = [handle._media for handle in clips]
        if not gone or self._in_use(gone):
            raise Refused
        delete_media(self._world.project, gone)
        return True

    @write(False)
    def DeleteFolders(self, subfolders: list[Folder]) -> bool:
        """Delete bins with what is in them; refused for the root and while a clip in one is used."""
        doomed = [handle._bin for handle in subfolders]
        inside = [media for top in doomed for folder in top.walk() for media in folder.media]
        if not doomed or self._world.project.root in doomed or self._in_use(inside):
            raise Refused
        delete_bins(self._world.project, doomed)
        return True

    def _in_use(self, gone: list[Media]) -> bool:
        shown = {id(m) for i in self._world.project.items() for m in (i.media, *(take.media for take in i.takes))}
        return any(media.timeline is not None or id(media) in shown for media in gone)

    @write([])
    def AppendToTimeline(self, clip1: object, *more: object) -> list[TimelineItem]:
        """Place clips on the current timeline; see `append.append_clips`. [] when any argument is no clip."""
        timeline = self._world.project.current_timeline
        entries = clip1 if isinstance(clip1, list) and not more else [clip1, *more]
        if timeline is None or not entries:
            raise Refused
        items = append_clips(self._world, timeline, entries)
        return [TimelineItem(self._world, timeline, item) for item in items]

    @write(None)
    def CreateEmptyTimeline(self, name: str) -> Timeline:
        """Make a timeline with one video and one audio track; it becomes current."""
        project = self._world.project
        if not name or any(timeline.name == name for timeline in project.timelines):
            raise Refused
        values = project.settings
        width, height = (int(values.get(f"timelineResolution{key}", "0")) for key in ("Width", "Height"))
        drop = values.get("timelineDropFrameTimecode") == "1"
        start = self._world.hour_one(project.rate, drop)
        timeline = TimelineState(name, project.rate, drop, start, width or 1920, height or 1080)
        add_track(timeline, "video")
        add_track(timeline, "audio")
        self._world.add_timeline(project, timeline)
        self._world.make_current(timeline)
        return Timeline(self._world, timeline)

    @write(None)
    def CreateTimelineFromClips(self, name: str, clip1: object, *more: object) -> Timeline:
        """Make a timeline of clips one after the other; None unless their bin is the current one (measured)."""
        entries = clip1 if isinstance(clip1, list) and not more else [clip1, *more]
        handles = [entry.get("mediaPoolItem") if isinstance(entry, dict) else entry for entry in entries]
        here = self._world.project.current_bin.media
        if not handles or not all(isinstance(one, MediaPoolItem) and one._media in here for one in handles):
            raise Refused
        made = MediaPool.CreateEmptyTimeline(self, name)
        append_clips(self._world, made._timeline, entries)
        return made

    @write(None)
    def ImportTimelineFromFile(self, filePath: str, importOptions: dict[str, object]) -> Timeline:
        """Make a timeline of a document and open it; see `importing.import_timeline`. None when it is refused."""
        options = dict(importOptions)
        folders = coerce(list[Folder] | None, options.pop("sourceClipsFolders", None))
        bins = [handle._bin for handle in folders if isinstance(handle, Folder)] if isinstance(folders, list) else []
        return Timeline(self._world, import_timeline(self._world, filePath, options, bins))

    @write(False)
    def DeleteTimelines(self, timeline: list[Timeline]) -> bool:
        """Delete timelines; refused for the current one and while one is nested in another."""
        project = self._world.project
        doomed = [handle._timeline for handle in timeline]
        theirs = [media for media in project.all_media() if any(media.timeline is one for one in doomed)]
        left = [item for one in project.timelines if one not in doomed for *_, item in one.located()]
        deletable = self._world.profile.habits.current_timeline_deletable
        current = project.current_timeline in doomed
        if not doomed or (current and not deletable) or any(item.media in theirs for item in left):
            raise Refused
        project.timelines[:] = [one for one in project.timelines if one not in doomed]
        delete_media(project, theirs)
        if current:
            self._world.make_current(project.timelines[0] if project.timelines else None)
        return True

    @read([])
    def GetSelectedClips(self) -> list[MediaPoolItem]:
        """What is selected in the pool. Since 19.0.2."""
        return [MediaPoolItem(self._world, m) for m in self._world.pool_selection if not m.deleted]

    @write(False)
    def SetSelectedClip(self, mediaPoolItem: MediaPoolItem) -> bool:
        """Select one clip in the pool. Since 19.0.2."""
        self._world.pool_selection = [mediaPoolItem._media]
        return True


class MediaStorage(ApiObject):
    """The storage page's view of the disks."""

    @write([])
    def AddItemListToMediaPool(self, item1: object, *more: object) -> list[MediaPoolItem]:
        """Import paths into the current bin."""
        entries = item1 if isinstance(item1, list) and not more else [item1, *more]
        paths = [path for entry in entries if (path := _path_of(entry, False))]
        return [MediaPoolItem(self._world, m) for path in paths if (m := import_file(self._world, path))]

    @read([])
    def GetFileList(self, folderPath: str) -> list[str]:
        """Files of a folder, sorted."""
        return _listed(folderPath, os.path.isfile)

    @read([])
    def GetSubFolderList(self, folderPath: str) -> list[str]:
        """Folders of a folder, sorted."""
        return _listed(folderPath, os.path.isdir)


def delete_media(project: Project, gone: list[Media]) -> None:
    """Take media out of every bin; handles to it go dead."""
    for folder in project.root.walk():
        folder.media = [media for media in folder.media if media not in gone]
    for media in gone:
        media.deleted = True


def delete_bins(project: Project, doomed: list[Bin]) -> None:
    """Take bins and all below them away; the root becomes current when the current bin is among them."""
    below = [folder for top in doomed for folder in top.walk()]
    delete_media(project, [media for folder in below for media in folder.media])
    for folder in project.root.walk():
        folder.bins = [child for child in folder.bins if child not in doomed]
    if project.current_bin in below:
        project.current_bin = project.root


def _listed(folder: str, wanted: Callable[[str], bool]) -> list[str]:
    if not os.path.isdir(folder):
        return []
    paths = (os.path.join(folder, name) for name in sorted(os.listdir(folder)))
    return [path for path in paths if wanted(path)]


def _imported(world: World, entry: object, dict_fails: bool) -> Media | None:
    pattern = entry.get("FilePath") if isinstance(entry, dict) else None
    if isinstance(entry, dict) and isinstance(pattern, str) and "%" in pattern:
        first, last = (coerce(int, entry.get(key)) for key in ("StartIndex", "EndIndex"))
        assert isinstance(first, int)
        assert isinstance(last, int)
        facts = read_sequence(pattern, first, last, world.project.rate)
        return None if facts is None or facts.sequence is None else _pooled(world, facts, facts.sequence.path)
    path = _path_of(entry, dict_fails)
    return import_file(world, path) if path else None


def _pooled(world: World, facts: MediaFacts, path: str) -> Media:
    media = Media(os.path.basename(path), path, facts, world.project.rate)
    world.project.current_bin.media.append(media)
    return media


def _path_of(entry: object, plain_dict_fails: bool) -> str:
    if isinstance(entry, dict):
        path = entry.get("FilePath") or entry.get("media")
        sequence = not isinstance(path, str) or "%" in path
        return "" if sequence or plain_dict_fails else str(path)
    return entry if isinstance(entry, str) else ""


def import_file(world: World, path: str, into: Bin | None = None) -> Media | None:
    """Read a file and put a new item into the bin (the current one), or None when it cannot be read."""
    facts = read_facts(path)
    if facts is None:
        return None
    known = next((media for media in world.project.all_media() if media.path == path), None)
    if known is not None and world.profile.habits.import_reuses_pool_items:
        return known
    media = Media(os.path.basename(path), path, facts, world.project.rate)
    (into or world.project.current_bin).media.append(media)
    return media
