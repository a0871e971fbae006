"""A clip gives way to a take, on the same record frames: what cannot be kept is refused before anything is touched.

Resolve has no verb for it, so the clip is taken off and the take put in its place. Between the two there is nothing to
lose: a copy of the clip was placed behind the end of the timeline first, read, and taken off again. So it is known that
the clip can be put back, and that a plain copy looks like it does: grades, effects and transforms cannot be copied.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import anyio.to_thread

from takebridge.canvas.model import Take
from takebridge.cut.hosted import HostClip, HostCut
from takebridge.cut.link import ClipLink
from takebridge.cut.model import Marker
from takebridge.cut.stamp import find_stamps
from takebridge.errors import (
    BridgeError,
    HostError,
    HostRejectedError,
    TimelineChangedError,
    UnsupportedItemError,
)
from takebridge.hosts import calls
from takebridge.hosts.edit_ops import AddMarkerArgs, ClipRef, RenameClipArgs, SetEnabledArgs, StampArgs
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import Expectation
from takebridge.ids import ClipKey
from takebridge.services.bridge import Bridge
from takebridge.services.delivery import Target, prepare, same_file
from takebridge.services.looking import must_offer
from takebridge.services.placing_takes_steps import Bench, Placed, name_of, only_ours, refuse_locked, retie, track_ref
from takebridge.services.pull import import_delivery, located
from takebridge.services.push import plain_start
from takebridge.timebase import ClipMapping, FrameRange, MediaSpace

INSTEAD = "Put the take on the timeline as a native take instead: the clip keeps everything then."


@dataclass(frozen=True, slots=True)
class _Plain:
    """A clip as it can be put back: media, source frames, linked sound, name, stamp, markers."""

    clip: HostClip
    media_id: str
    source: FrameRange
    sound: tuple[ClipKey, ...]
    mapping: ClipMapping


async def replace_clip(bridge: Bridge, host: Host, link: ClipLink, take: Take) -> Placed:
    """Let a clip give way to a take. Repeating changes nothing; the links of the clip then point at the take's clip.

    Raises UnsupportedItemError, naming what could not be kept, before anything is touched. When a step fails later the
    clip is put back as it was, under a new id of the editor, and the error is raised; where even that fails, its hint
    says what to do by hand. Raises TimelineChangedError, HostError, MediaError.
    """
    for verb in ("clip.place", "clip.delete"):
        must_offer(host, verb, INSTEAD)
    async with bridge.turns.of(f"pull {link.id}"):
        cut, clip = await located(bridge, host, link)
        refuse_locked(cut, clip.track)
        target = await anyio.to_thread.run_sync(prepare, bridge, bridge.links.get(link.id), cut, clip, take, None)
        if _shows(clip, target):
            return Placed(False, f"{link.shot}: “{clip.name}” shows {name_of(link, take)} already.")
        async with bridge.turns.of(f"timeline {link.timeline_id}"):
            await _Replacing(bridge, host, target).run()
        return Placed(True, f"{link.shot}: {name_of(link, take)} took the place of “{clip.name}”.")


def _shows(clip: HostClip, target: Target) -> bool:
    path = clip.media.path if clip.media else ""
    return same_file(path, target.delivery.path) and clip.source_start_frame == target.plan.used.start


class _Replacing:
    """One replacement."""

    def __init__(self, bridge: Bridge, host: Host, target: Target) -> None:
        self._bridge, self._host, self._target = bridge, host, target
        self._bench = Bench.at(host, target.cut, target.watched)

    async def run(self) -> None:
        target, bench = self._target, self._bench
        before = await bench.look(target.clip.key)
        plain = _plain(self._host, before, self._unchanged(before))
        for track in bench.tracks:
            refuse_locked(before, track)
        await self._rehearse(before, plain)
        seen = await bench.look(plain.clip.key)
        only_ours(before, seen)
        self._unchanged(seen)
        media = await import_delivery(self._host, target.link, target.delivery, calls.expectation(seen))
        try:
            await self._swap(seen, plain, media)
        except BridgeError as error:
            await self._undo(seen, plain, media, error)
            raise

    def _unchanged(self, cut: HostCut) -> HostClip:
        was, clip = self._target.clip, cut.clip(self._target.clip.key)
        if clip is None or _looks(clip) != _looks(was):
            raise TimelineChangedError(f"“{was.name}” was edited while its take was prepared.")
        return clip

    # --- may it be done

    async def _rehearse(self, before: HostCut, plain: _Plain) -> None:
        """Place a copy behind the end, read it and take it off. Raises UnsupportedItemError when it is not alike."""
        clip, bench = plain.clip, self._bench
        start = max([before.end_record_frame, *(one.record.end for one in before.clips)]) + before.space.rate.nominal
        span = FrameRange.of(start, clip.record.duration)
        try:
            made = await bench.place(before, plain.media_id, clip.track, span, plain.source)
        except HostRejectedError as error:
            raise _cannot(clip, f"the editor would not take it back: {error.message}") from error
        try:
            seen = await bench.look()
            await bench.delete(seen, ClipKey(made.key), clip.track, span)
        except HostError as error:
            error.hint = f"{error.hint} A copy of “{clip.name}” may be left behind the end of the timeline.".strip()
            raise
        if made.style != clip.style:
            raise _cannot(clip, "it has a grade, effects, a transform or a colour that would be lost.")

    # --- doing it

    async def _swap(self, seen: HostCut, plain: _Plain, media: str) -> None:
        target, bench, clip = self._target, self._bench, plain.clip
        await bench.delete(seen, clip.key, clip.track, clip.record)
        empty = await bench.look()
        only_ours(seen, empty, clip.key)
        made = await bench.place(empty, media, clip.track, clip.record, target.plan.used, plain.sound)
        key = ClipKey(made.key)
        await self._dress(key, plain, _moved(plain, target))
        after = await bench.look(key)
        only_ours(seen, after, clip.key, key)
        self._check(after.clip(key), plain)
        await anyio.to_thread.run_sync(retie, self._bridge, target.link, clip.key, key)

    def _check(self, made: HostClip | None, plain: _Plain) -> None:
        if made is None or not _shows(made, self._target) or made.record != plain.clip.record:
            raise HostRejectedError(
                f"{self._target.link.shot} does not show the take after the swap.", hint="Look at the clip; try again."
            )

    async def _dress(self, key: ClipKey, plain: _Plain, markers: Iterable[Marker]) -> None:
        """Give a placed clip what the old one had beside its picture: name, stamp, markers, being disabled."""
        clip, host = plain.clip, self._host
        if clip.media and clip.name != clip.media.name and "clip.rename" in host.capabilities:
            with suppress(HostRejectedError):  # a host that keeps the file's name still has the right clip
                await calls.rename_clip(host, RenameClipArgs(**_ref(key, clip), name=clip.name), await self._now())
        for marker in markers:
            await calls.add_marker(host, _marker(marker, ClipRef(**_ref(key, clip))), await self._now())
        if clip.stamp and "clip.stamp" in host.capabilities:
            await calls.stamp_clip(host, StampArgs(**_ref(key, clip), stamp=clip.stamp), await self._now())
        if not clip.enabled:
            await calls.set_enabled(host, SetEnabledArgs(**_ref(key, clip), enabled=False), await self._now())

    async def _now(self) -> Expectation:
        return self._bench.expect(await self._bench.look())

    # --- putting it back

    async def _undo(self, seen: HostCut, plain: _Plain, media: str, error: BridgeError) -> None:
        """Put the clip back where it was. What the editor refuses is said in the hint of ``error``."""
        clip = plain.clip
        try:
            key = await self._put_back(plain, media)
        except HostError as second:
            by_hand = f"“{clip.name}” could not be put back ({second.message}): undo the last edits in the editor."
            error.hint = f"{error.hint} {by_hand}".strip()
            return
        if key != clip.key:
            await anyio.to_thread.run_sync(retie, self._bridge, self._target.link, clip.key, key)
        error.hint = f"{error.hint} “{clip.name}” is on the timeline as it was.".strip()

    async def _put_back(self, plain: _Plain, media: str) -> ClipKey:
        clip, bench = plain.clip, self._bench
        now = await bench.look()
        if now.clip(clip.key) is not None:
            return clip.key
        ours = [one for one in now.on_track(clip.track) if one.record == clip.record]
        for one in ours:
            if one.media and same_file(one.media.path, self._target.delivery.path):
                await bench.delete(now, one.key, clip.track, clip.record)
                now = await bench.look()
        made = await bench.place(now, plain.media_id, clip.track, clip.record, plain.source, plain.sound)
        await self._dress(ClipKey(made.key), plain, _own_markers(clip))
        return ClipKey(made.key)


# --- what a clip carries --------------------------------------------------------------------------------


def _looks(clip: HostClip) -> tuple[object, ...]:
    return clip.track, clip.record, clip.source_start_frame, clip.media.path if clip.media else "", clip.look


def _plain(host: Host, cut: HostCut, clip: HostClip) -> _Plain:
    """Return what is needed to put a clip back. Raises UnsupportedItemError for what cannot be."""
    if clip.kind != "clip" or clip.media is None or not clip.media.id:
        raise _cannot(clip, "it is no plain clip of one media file.")
    if _own_markers(clip) and "marker.add" not in host.capabilities:
        raise _cannot(clip, "it has markers, which would be lost.")
    if clip.takes:
        raise _cannot(clip, "it has native takes, which would be lost.")
    if _joined(cut, clip):
        raise _cannot(clip, "a transition at its edge would be lost.")
    rate = clip.media.rate or cut.space.rate
    try:
        start = plain_start(cut, clip, rate)
    except UnsupportedItemError as error:
        raise _cannot(clip, error.hint) from error
    mapping = ClipMapping(cut.space, MediaSpace(rate, clip.media.frame_count or 0), clip.record, start)
    return _Plain(clip, clip.media.id, mapping.source_range, _sound(host, cut, clip), mapping)


def _joined(cut: HostCut, clip: HostClip) -> bool:
    """Say whether something lies over an edge of the clip: solid clips never overlap, transitions always do."""
    track = cut.on_track(clip.track)
    near = [one for one in track if one.record.start <= clip.record.end and clip.record.start <= one.record.end]
    return any(one.key != other.key and one.record.overlaps(other.record) for one in near for other in track)


def _sound(host: Host, cut: HostCut, clip: HostClip) -> tuple[ClipKey, ...]:
    """Return the clips it is linked with; where the host does not say (before 19.0), the same media's sound beside."""
    major = host.status.version.partition(".")[0]
    if clip.linked or not major.isdigit() or int(major) >= 19:
        return tuple(sorted(clip.linked))
    path = clip.media.path if clip.media else ""
    beside = (one for one in cut.clips if one.track.type == "audio" and one.record == clip.record)
    return tuple(one.key for one in beside if one.media and same_file(one.media.path, path))


def _cannot(clip: HostClip, why: str) -> UnsupportedItemError:
    return UnsupportedItemError(f"“{clip.name}” cannot be replaced: {why}", hint=INSTEAD, clip=clip.name)


def _own_markers(clip: HostClip) -> tuple[Marker, ...]:
    """The markers people set; our stamp's own is made by stamping."""
    said = ((marker, f"{marker.extras.get('resolve', {})}{marker.name}{marker.note}") for marker in clip.markers)
    return tuple(marker for marker, text in said if not find_stamps(text))


def _moved(plain: _Plain, target: Target) -> tuple[Marker, ...]:
    """The clip's markers at the frames of the take that show what they stood on; what the take has not got is lost."""
    moved = []
    for marker in _own_markers(plain.clip):
        record = plain.mapping.record_frame_of(int(marker.at)) - plain.clip.record.start
        at = target.plan.used.start + record
        if 0 <= at < target.delivery.frame_count:
            moved.append(Marker(at, marker.duration, marker.name, marker.note, marker.color, extras=marker.extras))
    return tuple(moved)


def _marker(marker: Marker, clip: ClipRef) -> AddMarkerArgs:
    extras = marker.extras.get("resolve")
    facts = {
        "clip": clip,
        "source_frame": int(marker.at),
        "duration_frames": max(1, int(marker.duration)),
        "name": marker.name,
        "note": marker.note,
        "data": str(extras.get("data", "")) if isinstance(extras, dict) else "",
    }
    return AddMarkerArgs.model_validate(facts | ({"color": marker.color} if marker.color else {}))


def _ref(key: ClipKey, clip: HostClip) -> dict[str, Any]:
    return {
        "clip": key,
        "track": track_ref(clip.track),
        "start_record_frame": clip.record.start,
        "end_record_frame": clip.record.end,
    }
