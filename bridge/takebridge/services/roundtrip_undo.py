"""Taking a round trip back: our edits one by one, or the safety copy in the timeline's place."""

from __future__ import annotations

from collections.abc import Sequence

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
)
from takebridge.cut.hosted import HostClip
from takebridge.cut.model import Address, Clip, Cut, Take, clips_of
from takebridge.errors import HostError, HostOfflineError, HostTimeoutError, NotFoundError
from takebridge.hosts import calls
from takebridge.hosts.edit_ops import SAFETY_MARK
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import Expectation, RemoveTakeArgs, SelectTakeArgs
from takebridge.hosts.reading import read_cut
from takebridge.ids import ClipKey
from takebridge.services.delivery import same_file
from takebridge.services.roundtrip_hand import Hand, clip_ref, read_whole, whole_expectation
from takebridge.services.roundtrip_verify import off
from takebridge.store.cuts import Trip

_GONE = (HostOfflineError, HostTimeoutError)


async def take_back(host: Host, editor: Cut, edits: Sequence[Edit]) -> tuple[str, ...]:
    """Undo edits that were started, the last first. Returns what could not be undone, in words.

    Raises HostOfflineError, HostTimeoutError.
    """
    clips = dict(clips_of(editor))
    left: list[str] = []
    for edit in reversed(edits):
        try:
            await _undo(host, editor, clips, edit)
        except _GONE:
            raise
        except (HostError, NotFoundError) as error:
            left.append(error.message)
    return tuple(left)


async def _undo(host: Host, editor: Cut, clips: dict[Address, Clip], edit: Edit) -> None:
    match edit:
        case Import() | Stamp() | AddTrack():
            return  # a file in a bin, a stamp, an empty track: no clip shows anything else for it
        case AddTake() | SelectTake():
            clip = _was(clips, edit.clip)
            if clip is not None:
                added = edit.take if isinstance(edit, AddTake) else None
                await _show_again(host, clip, added)
        case Replace() | SetEnabled() | Rename():
            clip = _was(clips, edit.clip)
            if clip is not None:
                await Hand(host, editor).make(_as_it_was(edit, clip))
        case Mark():
            await Hand(host, editor).make(Mark(edit.clip, edit.marker, "remove" if edit.action == "add" else "add"))
        case Place():
            await _take_off(host, editor, edit)
        case Delete():
            await _put_back(host, editor, clips, edit)
        case _:
            return


def _as_it_was(edit: Replace | SetEnabled | Rename, clip: Clip) -> Edit:
    match edit:
        case Replace():
            return Replace(edit.clip, clip.media, clip.source)
        case SetEnabled():
            return SetEnabled(edit.clip, clip.enabled)
        case Rename():
            return Rename(edit.clip, clip.name)


def _was(clips: dict[Address, Clip], subject: object) -> Clip | None:
    return clips.get(subject) if isinstance(subject, tuple) else None


async def _show_again(host: Host, was: Clip, added: Take | None) -> None:
    """Select what a clip showed before, and remove the take that was added to it."""
    key = ClipKey(was.key)
    cut = read_cut(await calls.snapshot(host, detail=(key,)))
    clip = cut.clip(key)
    if clip is None or clip.media is None:
        return
    before = was.media.location if was.media else ""
    if not same_file(clip.media.path, before):
        await calls.select_take(
            host, SelectTakeArgs(**clip_ref(clip), media_id=_native(clip, before)), whole_expectation(cut)
        )
    ours = added.media.location if added and added.media else ""
    had = {take.media.location for take in was.takes if take.media} | {before}
    if ours and ours not in had and any(same_file(take.media_path, ours) for take in clip.takes):
        cut = read_cut(await calls.snapshot(host, detail=(key,)))
        await calls.remove_take(
            host, RemoveTakeArgs(**clip_ref(clip), media_id=_native(clip, ours)), whole_expectation(cut)
        )


def _native(clip: HostClip, path: str) -> str:
    for take in clip.takes:
        if same_file(take.media_path, path):
            return take.media_id
    raise NotFoundError(f"“{clip.name}” no longer has the take it showed before.", hint="Choose its take by hand.")


async def _take_off(host: Host, editor: Cut, edit: Place) -> None:
    """Delete the clip that was placed, where it is still there and shows what we put there."""
    cut = await read_whole(host, editor.project_id, editor.timeline_id)
    medias = [media.location for media in (edit.clip.media, *(take.media for take in edit.clip.takes)) if media]
    for at, clip in clips_of(cut):
        here = at[:2] == (edit.kind, edit.track) and clip.record == edit.clip.record
        if here and clip.media and any(same_file(clip.media.location, path) for path in medias):
            await Hand(host, cut).make(Delete(at))


async def _put_back(host: Host, editor: Cut, clips: dict[Address, Clip], edit: Delete) -> None:
    was = _was(clips, edit.clip)
    if was is None or isinstance(edit.clip, str):
        return
    now = await read_whole(host, editor.project_id, editor.timeline_id)
    if any(clip.key == was.key for _, clip in clips_of(now)):
        return
    kind, track = edit.clip[0], edit.clip[1]
    assert isinstance(kind, str) and isinstance(track, int)
    await Hand(host, now).make(Place("back", kind, track, was))


# --- the safety copy ------------------------------------------------------------------------------------


async def adopt_copy(host: Host, trip: Trip, editor: Cut) -> Cut | None:
    """Make the safety copy the timeline: select it, check it, delete the half-edited one, give it the name.

    Returns the copy, None when it is not as the timeline was: then nothing is deleted. Every step may be repeated.
    """
    status = await calls.status(host)
    if status.timeline is None or status.timeline.timeline_id != trip.copy_id:
        await calls.select_timeline(host, trip.copy_id, _expect(trip, trip.timeline_id))
    copy = await read_whole(host, trip.project_id, trip.copy_id)
    if off(editor, copy):
        await calls.select_timeline(host, trip.timeline_id, _expect(trip, trip.copy_id))
        return None
    await calls.delete_timeline(host, trip.timeline_id, _expect(trip, trip.copy_id), force=True)
    if SAFETY_MARK in copy.name:
        await calls.rename_timeline(host, trip.copy_id, trip.timeline_name, _expect(trip, trip.copy_id))
    return await read_whole(host, trip.project_id, trip.copy_id)


def _expect(trip: Trip, current: str) -> Expectation:
    return Expectation(project_id=trip.project_id, timeline_id=current)
