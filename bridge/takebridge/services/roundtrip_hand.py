"""The hand at the timeline: makes one edit of a plan in the editor, and says who else was there.

Every edit may be made twice: what is so already is left as it is, so that a trip goes on after a crash. Every write
expects the timeline as it was read right before; after it only the edit's own clip may differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from math import ceil, floor
from pathlib import Path
from typing import Any

from takebridge.cut.edit_types import (
    AddTake,
    AddTrack,
    Delete,
    Edit,
    Import,
    Mark,
    Place,
    Rename,
    Replace,
    SelectTake,
    SetEnabled,
    Stamp,
    Subject,
)
from takebridge.cut.hosted import HostClip, HostCut, HostTrack
from takebridge.cut.model import Clip, Cut, Marker, Media, Span, Take, items_of
from takebridge.errors import HostRejectedError, PlanNotAppliedError, TimelineChangedError, TimelineSwitchedError
from takebridge.hosts import calls
from takebridge.hosts.edit_ops import (
    AddMarkerArgs,
    ClipRef,
    DeleteClipsArgs,
    PlaceClipArgs,
    RemoveMarkerArgs,
    RenameClipArgs,
    SetEnabledArgs,
    StampArgs,
)
from takebridge.hosts.opened import opened
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import AddTakeArgs, Expectation, ImportArgs, RemoveTakeArgs, SelectTakeArgs, TrackRef
from takebridge.hosts.reading import neutral, read_cut
from takebridge.hosts.swap_op import SwapClipArgs
from takebridge.ids import ClipKey
from takebridge.services.delivery import same_file
from takebridge.services.naming import BIN_ROOT, bin_path
from takebridge.services.roundtrip_canvas import SCHEME

CONTENT = (Import, AddTake, SelectTake, Replace, SetEnabled, Rename, Stamp, Mark)
"""Edits that leave every clip in its place: each is undone by itself, and the clip keeps its id and its look."""


async def read_whole(host: Host, project_id: str = "", timeline_id: str = "") -> Cut:
    """Return the open timeline as a cut. Raises TimelineSwitchedError when it is not the one meant, HostError."""
    _, cut = await opened(host)
    if timeline_id and (cut.project_id, cut.timeline_id) != (project_id, timeline_id):
        raise TimelineSwitchedError(f"“{cut.name}” of “{cut.project_name}” is open in the editor now.")
    return cut


class Hand:
    """Makes the edits of a plan that starts from ``editor``."""

    def __init__(self, host: Host, editor: Cut) -> None:
        self._host = host
        self._editor = editor
        self._clips: dict[Subject, Clip] = {at: item for at, item in items_of(editor) if isinstance(item, Clip)}
        self._keys: dict[Subject, ClipKey] = {at: ClipKey(clip.key) for at, clip in self._clips.items() if clip.key}
        self._groups: dict[str, list[ClipKey]] = {}
        for clip in self._clips.values():
            if clip.link and clip.key:
                self._groups.setdefault(clip.link, []).append(ClipKey(clip.key))
        self._seen: HostCut | None = None
        self._read: ClipKey | None = None

    def key_of(self, edit: Edit) -> ClipKey | None:
        """Return the host's id of the clip an edit is about, where it is about one that is there."""
        subject = getattr(edit, "handle", None) or getattr(edit, "clip", None)
        return self._keys.get(subject) if isinstance(subject, str | tuple) else None

    async def make(self, edit: Edit, then: Edit | None = None) -> None:
        """Make one edit and look at the timeline again.

        With ``then``, the edit that comes next, the look after this one serves as the look before that one: long
        timelines take seconds to read. A write relies on the revision that was read, so nothing slips in between.
        Raises TimelineChangedError when somebody edited the timeline meanwhile, other HostErrors when the editor
        refused.
        """
        if isinstance(edit, Import):  # a file in a bin is nothing the timeline knows of
            await self._media_id(edit.media, self._here)
            return
        before = self._seen if self._seen is not None and self._read == self.key_of(edit) else await self._look(edit)
        self._seen = None
        self._not_slipped(edit, before)
        await self._make(edit, before)
        after = await self._look(then)
        self._only_ours(edit, before, after)
        self._seen, self._read = (after, self.key_of(then)) if then is not None else (None, None)

    @property
    def _here(self) -> Expectation:
        return Expectation(project_id=self._editor.project_id, timeline_id=self._editor.timeline_id)

    async def _look(self, edit: Edit | None = None) -> HostCut:
        key = self.key_of(edit) if edit is not None else None
        cut = read_cut(await calls.snapshot(self._host, detail=(key,) if key else ()))
        if (cut.project_id, cut.timeline_id) != (self._editor.project_id, self._editor.timeline_id):
            raise TimelineSwitchedError(f"“{cut.timeline_name}” was opened while the cut was being changed.")
        return cut

    def _not_slipped(self, edit: Edit, seen: HostCut) -> None:
        """A slip changes no place and no revision: look at the frames of the clip that is about to be changed."""
        subject, key = getattr(edit, "clip", None), self.key_of(edit)
        was = self._clips.get(subject) if isinstance(subject, tuple) else None
        clip = seen.clip(key) if key else None
        if clip is None or was is None or was.key != key or was.source is None or was.media is None:
            return
        if clip.media is None or not same_file(clip.media.path, was.media.location):
            return
        for _, now in items_of(neutral(replace(seen, clips=(clip,)))):
            if isinstance(now, Clip) and now.source is not None and now.source.start != was.source.start:
                raise TimelineChangedError(f"“{was.name}” was slipped while the cut was being changed.")

    def _only_ours(self, edit: Edit, before: HostCut, after: HostCut) -> None:
        old, new = _facts(before), _facts(after)
        ours = self.key_of(edit)
        changed = {key for key in old.keys() & new.keys() if old[key] != new[key]} | (old.keys() ^ new.keys())
        if strange := changed - {ours}:
            names = {clip.key: clip.name for clip in (*before.clips, *after.clips)}
            raise TimelineChangedError(f"“{names[min(strange)]}” was edited while the cut was being changed.")

    async def _make(self, edit: Edit, seen: HostCut) -> None:
        match edit:
            case AddTrack() if "track.add" not in self._host.capabilities:
                return  # placing on it makes it
            case AddTrack(kind=kind, track=track):
                await calls.add_track(self._host, HostTrack(kind, track + 1), calls.expectation(seen))
            case AddTake(take=take):
                await self._show(self._found(edit, seen), seen, take.media, take.source)
            case SelectTake(key=key, source=source):
                take = self._take_named(edit, key)
                await self._show(self._found(edit, seen), seen, take.media, source or take.source)
            case Replace(media=media, source=source):
                await self._swap(self._found(edit, seen), seen, media, source)
            case Place():
                await self._place(edit, seen)
            case Delete():
                await self._delete(edit, seen)
            case SetEnabled(enabled=enabled):
                args = SetEnabledArgs(**clip_ref(self._found(edit, seen)), enabled=enabled)
                await calls.set_enabled(self._host, args, whole_expectation(seen))
            case Rename(name=name):
                await calls.rename_clip(
                    self._host, RenameClipArgs(**clip_ref(self._found(edit, seen)), name=name), whole_expectation(seen)
                )
            case Stamp(stamp=stamp):
                await calls.stamp_clip(
                    self._host, StampArgs(**clip_ref(self._found(edit, seen)), stamp=stamp), whole_expectation(seen)
                )
            case Mark():
                await self._mark(edit, seen)
            case _:
                raise PlanNotAppliedError(
                    f"This editor cannot do “{type(edit).__name__}” in place.",
                    hint="Make that change by hand, then run the round trip again.",
                )

    def _found(self, edit: Edit, seen: HostCut) -> HostClip:
        key = self.key_of(edit)
        clip = seen.clip(key) if key else None
        if clip is None:
            raise TimelineChangedError("A clip of the plan is no longer on the timeline.")
        if clip.track in seen.locked:
            raise HostRejectedError(
                f"Track {clip.track.type} {clip.track.index} with “{clip.name}” is locked.",
                hint="Unlock it and run the round trip again.",
            )
        return clip

    # --- takes

    def _take_named(self, edit: SelectTake, key: str) -> Take:
        clip = self._clips.get(edit.clip)
        found = next((take for take in clip.takes if take.key == key), None) if clip else None
        if clip is not None and found is None and not clip.takes:  # what a clip without takes shows is its first
            found = Take(key, clip.media, clip.source)
        if found is None:
            raise PlanNotAppliedError("The clip has no such take any more.")
        return found

    async def _show(self, clip: HostClip, seen: HostCut, media: Media | None, source: Span | None) -> None:
        """Let a clip show media as one of its takes, from ``source`` on where it has it not yet."""
        path = media.location if media else ""
        native = next((take for take in clip.takes if same_file(take.media_path, path)), None)
        if native is None and clip.media and same_file(clip.media.path, path):
            return
        if native is not None and clip.selected_take == native.index:
            return
        wanted = whole_frames(source)
        if native is not None and (wanted is None or native.source is None or _same(native.source, wanted)):
            await calls.select_take(
                self._host, SelectTakeArgs(**clip_ref(clip), media_id=native.media_id), whole_expectation(seen)
            )
            return
        if native is not None:  # it was trimmed or slipped since: added anew it fits
            await calls.remove_take(
                self._host, RemoveTakeArgs(**clip_ref(clip), media_id=native.media_id), whole_expectation(seen)
            )
            seen = read_cut(await calls.snapshot(self._host, detail=(clip.key,)))
        await self._add(clip, seen, media, wanted)

    async def _add(self, clip: HostClip, seen: HostCut, media: Media | None, source: tuple[int, int] | None) -> None:
        if media is None or source is None:
            raise PlanNotAppliedError(f"It is unknown which frames of its take “{clip.name}” should show.")
        args = AddTakeArgs(
            **clip_ref(clip),
            media_id=await self._media_id(media, calls.expectation(seen)),
            start_source_frame=source[0],
            end_source_frame=source[0] + clip.record.duration,
        )
        await calls.add_take(self._host, args, whole_expectation(seen))

    async def _swap(self, clip: HostClip, seen: HostCut, media: Media | None, source: Span | None) -> None:
        """Let a clip show other media in its place, in a host without native takes."""
        wanted = whole_frames(source)
        if media is None or wanted is None or not isinstance(media.frame_count, int):
            raise PlanNotAppliedError(f"It is unknown which frames “{clip.name}” should show.")
        args = SwapClipArgs(
            **clip_ref(clip),
            media_path=clip.media.path if clip.media else "",
            path=_file_of(media),
            bin=_bin_of(media),
            frame_count=media.frame_count,
            start_source_frame=wanted[0],
            end_source_frame=wanted[0] + clip.record.duration,
        )
        await calls.swap_clip(self._host, args, whole_expectation(seen))

    async def _media_id(self, media: Media, here: Expectation) -> str:
        if media.id:
            return media.id
        path = Path(_file_of(media))
        made = await calls.import_media(self._host, ImportArgs(path=str(media.location), bin=_bin_of(media)), here)
        count = made.media.frame_count
        if count is not None and media.frame_count is not None and count != media.frame_count:
            raise HostRejectedError(
                f"The editor reads {count} frames in {path.name}, it has {media.frame_count}.",
                hint="Remove the clip from the media pool and try again.",
            )
        return made.media.id

    # --- places

    async def _place(self, edit: Place, seen: HostCut) -> None:
        track = HostTrack(edit.kind, edit.track + 1)
        start = int(edit.clip.record.start + self._editor.start)
        end = int(edit.clip.record.end + self._editor.start)
        takes = edit.clip.takes or (Take("", edit.clip.media, edit.clip.source),)
        first = takes[0]
        there = _at(seen, track, start, end)
        if there is not None and first.media is not None and not _has(there, first.media.location):
            raise TimelineChangedError(f"“{there.name}” is where “{edit.clip.name}” should go.")
        source = whole_frames(first.source or edit.clip.source)
        if first.media is None or source is None:
            raise PlanNotAppliedError(f"“{edit.clip.name}” has no media file, so it cannot be put back.")
        if there is None:
            args = PlaceClipArgs(
                media_id=await self._media_id(first.media, calls.expectation(seen)),
                track=_track(track),
                start_record_frame=start,
                end_record_frame=end,
                start_source_frame=source[0],
                end_source_frame=source[1],
                link=[str(key) for key in self._groups.get(edit.clip.link, []) if seen.clip(key)][:64],
            )
            made = await calls.place_clip(self._host, args, whole_expectation(seen))
            self._learn(edit, ClipKey(made.items[0].key))
        else:
            self._learn(edit, there.key)
        await self._dress(edit, takes)

    def _learn(self, edit: Place, key: ClipKey) -> None:
        self._keys[edit.handle] = key
        self._clips[edit.handle] = edit.clip
        if edit.clip.link:
            self._groups.setdefault(edit.clip.link, []).append(key)

    async def _dress(self, edit: Place, takes: tuple[Take, ...]) -> None:
        """Give a placed clip its other takes, select the one it shows, its name, disable it where it is."""
        for take in (*takes[1:], *takes[edit.clip.active : edit.clip.active + 1]):
            if len(takes) > 1:
                seen = await self._look(edit)
                await self._show(self._found(edit, seen), seen, take.media, take.source or edit.clip.source)
        if edit.clip.name and "clip.rename" in self._host.capabilities:
            seen = await self._look(edit)
            named = RenameClipArgs(**clip_ref(self._found(edit, seen)), name=edit.clip.name)
            with suppress(HostRejectedError):  # a host that keeps the file's name still has the right clip
                await calls.rename_clip(self._host, named, whole_expectation(seen))
        if not edit.clip.enabled:
            seen = await self._look(edit)
            args = SetEnabledArgs(**clip_ref(self._found(edit, seen)), enabled=False)
            await calls.set_enabled(self._host, args, whole_expectation(seen))

    async def _delete(self, edit: Delete, seen: HostCut) -> None:
        key = self.key_of(edit)
        if key is None or seen.clip(key) is None:
            return
        args = DeleteClipsArgs(clips=[ClipRef(**clip_ref(self._found(edit, seen)))])
        await calls.delete_clips(self._host, args, whole_expectation(seen))

    # --- markers

    async def _mark(self, edit: Mark, seen: HostCut) -> None:
        clip = None if edit.clip is None else ClipRef(**clip_ref(self._found(edit, seen)))
        at = int(edit.marker.at)
        record = at + int(self._editor.start) if clip is None else None
        source = None if clip is None else at
        if edit.action == "remove":
            gone = RemoveMarkerArgs(clip=clip, record_frame=record, source_frame=source, name=edit.marker.name)
            await calls.remove_marker(self._host, gone, whole_expectation(seen))
            return
        await calls.add_marker(self._host, _marker(edit.marker, clip, record, source), whole_expectation(seen))


def _marker(marker: Marker, clip: ClipRef | None, record: int | None, source: int | None) -> AddMarkerArgs:
    facts = {
        "clip": clip,
        "record_frame": record,
        "source_frame": source,
        "duration_frames": max(1, int(marker.duration)),
        "name": marker.name,
        "note": marker.note,
    }
    return AddMarkerArgs.model_validate(facts | ({"color": marker.color} if marker.color else {}))


def _facts(cut: HostCut) -> dict[ClipKey, tuple[object, ...]]:
    return {
        clip.key: (clip.track, clip.record, clip.media.path if clip.media else "", clip.enabled) for clip in cut.clips
    }


def whole_expectation(seen: HostCut) -> Expectation:
    """Return what a write may rely on: every track of a reading of the whole timeline."""
    tracks = sorted({clip.track for clip in seen.clips}, key=lambda track: (track.type, track.index))
    return calls.expectation(seen, tuple(tracks))


def clip_ref(clip: HostClip) -> dict[str, Any]:
    """Return a clip as ops name it: by key and place."""
    return {
        "clip": clip.key,
        "track": _track(clip.track),
        "start_record_frame": clip.record.start,
        "end_record_frame": clip.record.end,
    }


def _track(track: HostTrack) -> TrackRef:
    return TrackRef.model_validate({"type": track.type, "index": track.index})


def _at(seen: HostCut, track: HostTrack, start: int, end: int) -> HostClip | None:
    return next((clip for clip in seen.on_track(track) if (clip.record.start, clip.record.end) == (start, end)), None)


def _has(clip: HostClip, location: str) -> bool:
    paths = [clip.media.path if clip.media else "", *(take.media_path for take in clip.takes)]
    return any(same_file(path, location) for path in paths)


def whole_frames(source: Span | None) -> tuple[int, int] | None:
    """Return the whole frames that cover a span."""
    return None if source is None else (floor(source.start), ceil(source.end))


def _file_of(media: Media) -> str:
    """Return where a media's file is. Raises PlanNotAppliedError where there is none yet."""
    if not media.location or media.location.startswith(SCHEME):
        raise PlanNotAppliedError(f"There is no file for “{media.name}”.", hint="Generate its take, then try again.")
    return media.location


def _bin_of(media: Media) -> list[str]:
    folder = Path(media.location).parent.name
    return bin_path(folder) if folder.startswith("SH") else [BIN_ROOT]


def _same(native: object, wanted: tuple[int, int]) -> bool:
    return (getattr(native, "start", None), getattr(native, "end", None)) == wanted


def keys_touched(hand: Hand, edits: Iterable[Edit]) -> set[str]:
    """Return the host's ids of the clips that edits are about."""
    return {str(key) for edit in edits if (key := hand.key_of(edit)) is not None}
