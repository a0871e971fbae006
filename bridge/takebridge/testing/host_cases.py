"""The cases of the host contract, in a sensible order. Part of `testing.hosts`."""

from __future__ import annotations

from pathlib import PurePath

from takebridge.errors import UnsupportedOpError
from takebridge.hosts.protocol import (
    MUTATING,
    VERBS,
    AddMarkerArgs,
    AddTakeArgs,
    AddTrackArgs,
    ClipResult,
    DeleteClipsArgs,
    DeleteResult,
    DuplicateTimelineArgs,
    HostStatus,
    ImportArgs,
    MarkerResult,
    PeekArgs,
    PeekResult,
    PingArgs,
    PlaceResult,
    RemoveMarkerArgs,
    RenameClipArgs,
    SelectTakeArgs,
    SetEnabledArgs,
    SetPlayheadArgs,
    StampArgs,
    StampResult,
    StatusArgs,
    TakeResult,
    TimelineResult,
    TrackResult,
)
from takebridge.testing.host_stage import BIN, STAMP, V1, Desk, Shown, case, ref, shown

# --- looking --------------------------------------------------------------------------------------------


@case("capabilities are verbs of the protocol")
async def _capabilities(desk: Desk) -> None:
    unknown = {name for name in desk.host.capabilities if name.partition(":")[0] not in VERBS}
    assert not unknown, f"not verbs of the protocol: {', '.join(sorted(unknown))}"
    needed = {"agent.ping", "host.status", "timeline.snapshot"} - desk.host.capabilities
    assert not needed, f"every host offers {', '.join(sorted(needed))}"


@case("what is not offered is refused and changes nothing")
async def _not_offered(desk: Desk) -> None:
    before = desk.truth()
    for verb in sorted(MUTATING - desk.host.capabilities):
        try:
            await desk.host.call(verb, VERBS[verb].model_construct())  # type: ignore[arg-type]
        except UnsupportedOpError:
            continue
        raise AssertionError(f"{verb} is not offered and was not refused as unsupported_op")
    desk.same(before)


@case("ping", "agent.ping")
async def _ping(desk: Desk) -> None:
    assert (await desk.ask("agent.ping", PingArgs())).outcome == "verified", "a ping is answered"


@case("status names the product and the open timeline", "host.status")
async def _status(desk: Desk) -> None:
    status = await desk.done("host.status", StatusArgs(), HostStatus)
    assert status.product and status.version, "a status names product and version"
    line = (await desk.snapshot()).timeline
    assert status.timeline is not None and status.timeline.timeline_id == line.timeline_id, "and what is open"


@case("a snapshot is what the editor has", "timeline.snapshot")
async def _snapshot(desk: Desk) -> None:
    before = desk.truth()
    found = shown((await desk.snapshot()).items)
    assert found == before, f"the editor has {before}, the snapshot says {found}"
    desk.same(before)


@case("a snapshot of one track lists that track", "timeline.snapshot")
async def _one_track(desk: Desk) -> None:
    items = (await desk.snapshot(V1)).items
    assert shown(items) == [one for one in desk.truth() if one.track == ("video", 1)]


@case("keys are unique and stay, and so does the revision", "timeline.snapshot")
async def _keys(desk: Desk) -> None:
    first, second = await desk.snapshot(), await desk.snapshot()
    keys = [item.key for item in first.items]
    assert all(keys) and len(set(keys)) == len(keys), "every item has a key of its own"
    assert keys == [item.key for item in second.items], "a key stays while nothing happens"
    assert first.timeline.revision == second.timeline.revision != "", "and so does the revision"


@case("a person's edit changes the revision and no other clip's key", "timeline.snapshot")
async def _edited(desk: Desk) -> None:
    before, clip = (await desk.snapshot(V1)).timeline.revision, await desk.first()
    desk.stage.edit()
    after = await desk.snapshot(V1)
    assert after.timeline.revision != before, "the revision covers where clips are"
    assert clip.key in {item.key for item in after.items}, "the key of another clip stays"


@case("the playhead goes where it is sent", "playhead.set", "selection.peek")
async def _playhead(desk: Desk) -> None:
    before, line = desk.truth(), (await desk.snapshot()).timeline
    wanted = line.start_record_frame + 3
    args = SetPlayheadArgs(timeline_id=line.timeline_id, record_frame=wanted)
    await desk.done("playhead.set", args, PeekResult)
    assert (await desk.done("selection.peek", PeekArgs(), PeekResult)).record_frame == wanted
    desk.same(before)


# --- media and clips ------------------------------------------------------------------------------------


@case("a file is imported once and the timeline stays", "media.import")
async def _import(desk: Desk) -> None:
    before = desk.truth()
    first, second = await desk.brought(), await desk.brought()
    assert not first.reused and second.reused, "the second time the bin had the file"
    assert first.media.id == second.media.id, "so it is the same media"
    assert PurePath(first.media.path) == desk.stage.take, f"it is {desk.stage.take}, not {first.media.path}"
    desk.same(before)


@case("a file that is not there is not imported", "media.import")
async def _import_nothing(desk: Desk) -> None:
    missing = desk.stage.take.with_name("no such file.mov")
    await desk.refused("media.import", ImportArgs(path=str(missing), bin=BIN), await desk.expect())


@case("a clip is placed on a free span, and once", "media.import", "clip.place")
async def _place(desk: Desk) -> None:
    before, args = desk.truth(), await desk.placing()
    expect = await desk.expect()
    done = await desk.done("clip.place", args, PlaceResult, expect)
    wanted = Shown(("video", 1), args.start_record_frame, args.end_record_frame, str(desk.stage.take))
    assert done.changed and shown(done.items) == [wanted], f"placed {shown(done.items)}, asked was {wanted}"
    after = desk.truth()
    assert after == sorted([*before, wanted]), "it lies there, and all other clips where they were"
    assert not (await desk.done("clip.place", args, PlaceResult, expect)).changed, "asked again it is there already"
    desk.same(after)


@case("nothing is placed over a clip", "media.import", "clip.place")
async def _place_over(desk: Desk) -> None:
    args = await desk.placing((await desk.first()).start_record_frame + 1)
    await desk.refused("clip.place", args, await desk.expect())


@case("nothing is placed on a timeline that was edited meanwhile", "media.import", "clip.place")
async def _place_late(desk: Desk) -> None:
    args, expect = await desk.placing(), await desk.expect()
    desk.stage.edit()
    await desk.refused("clip.place", args, expect, "timeline_changed")


@case("nothing is placed on another timeline", "media.import", "clip.place")
async def _place_elsewhere(desk: Desk) -> None:
    args, expect = await desk.placing(), await desk.expect()
    other = expect.model_copy(update={"timeline_id": "no such timeline"})
    await desk.refused("clip.place", args, other, "timeline_switched")


@case("a clip is deleted, and once", "clip.delete")
async def _delete(desk: Desk) -> None:
    before, clip, expect = desk.truth(), await desk.first(), await desk.expect()
    args = DeleteClipsArgs.model_validate({"clips": [ref(clip)]})
    done = await desk.done("clip.delete", args, DeleteResult, expect)
    gone = set(before) - set(desk.truth())
    assert done.changed and done.deleted == [clip.key] and gone == set(shown([clip])), f"{gone} went away"
    after = desk.truth()
    assert not (await desk.done("clip.delete", args, DeleteResult, expect)).changed, "asked again it is gone already"
    desk.same(after)


@case("a clip that is not where it was seen is left alone", "clip.delete")
async def _delete_moved(desk: Desk) -> None:
    moved = {**ref(clip := await desk.first()), "start_record_frame": clip.start_record_frame + 1}
    args = DeleteClipsArgs.model_validate({"clips": [moved]})
    await desk.refused("clip.delete", args, await desk.expect(), "timeline_changed")


@case("a clip is switched off, and once", "clip.set_enabled")
async def _disable(desk: Desk) -> None:
    clip, expect = await desk.first(), await desk.expect()
    args = SetEnabledArgs.model_validate({**ref(clip), "enabled": False})
    done = await desk.done("clip.set_enabled", args, ClipResult, expect)
    assert done.changed and done.before.enabled and not done.after.enabled
    (there,) = [one for one in desk.truth() if (one.track, one.start) == (("video", 1), clip.start_record_frame)]
    assert not there.enabled, "it is still on"
    assert not (await desk.done("clip.set_enabled", args, ClipResult, expect)).changed


@case("a clip is renamed", "clip.rename")
async def _rename(desk: Desk) -> None:
    before, clip = desk.truth(), await desk.first()
    args = RenameClipArgs.model_validate({**ref(clip), "name": "Hero é"})
    done = await desk.done("clip.rename", args, ClipResult, await desk.expect())
    assert done.after.name == "Hero é" == (await desk.first()).name
    desk.same(before)


@case("a stamp is written once", "clip.stamp")
async def _stamp(desk: Desk) -> None:
    before, clip, expect = desk.truth(), await desk.first(), await desk.expect()
    args = StampArgs.model_validate({**ref(clip), "stamp": STAMP})
    done = await desk.done("clip.stamp", args, StampResult, expect)
    assert done.changed and done.places, "it says where the stamp is"
    assert not (await desk.done("clip.stamp", args, StampResult, expect)).changed
    desk.same(before)


@case("a take is shown in a clip's place, and put back", "media.import", "clip.add_take", "clip.select_take")
async def _takes(desk: Desk) -> None:
    before, clip, media = desk.truth(), await desk.first(), (await desk.brought()).media
    assert clip.media is not None
    length = clip.end_record_frame - clip.start_record_frame
    source = {"start_source_frame": 0, "end_source_frame": length}
    args = AddTakeArgs.model_validate({**ref(clip), **source, "media_id": media.id})
    await desk.done("clip.add_take", args, TakeResult, await desk.expect())
    now = Shown(("video", 1), clip.start_record_frame, clip.end_record_frame, str(desk.stage.take), clip.enabled)
    assert set(desk.truth()) - set(before) == {now}, "the take shows there and nowhere else"
    back = SelectTakeArgs.model_validate({**ref(await desk.first()), "media_id": clip.media.id})
    await desk.done("clip.select_take", back, TakeResult, await desk.expect())
    desk.same(before, "adding a take and selecting the original")


# --- timeline -------------------------------------------------------------------------------------------


@case("a marker is set and taken away, each once", "marker.add", "marker.remove")
async def _markers(desk: Desk) -> None:
    before, expect = desk.truth(), await desk.expect()
    at = (await desk.snapshot()).timeline.start_record_frame + 2
    args = AddMarkerArgs(record_frame=at, name="TakeBridge", note="é")
    done = await desk.done("marker.add", args, MarkerResult, expect)
    assert done.changed and [(one.record_frame, one.name, one.note) for one in done.timeline_markers] == [
        (at, "TakeBridge", "é")
    ]
    assert not (await desk.done("marker.add", args, MarkerResult, expect)).changed
    other = AddMarkerArgs(record_frame=at, name="another")
    await desk.refused("marker.add", other, expect)
    gone = RemoveMarkerArgs(record_frame=at)
    assert not (await desk.done("marker.remove", gone, MarkerResult, expect)).timeline_markers
    assert not (await desk.done("marker.remove", gone, MarkerResult, expect)).changed
    desk.same(before)


@case("a track is added, and once", "track.add")
async def _track(desk: Desk) -> None:
    before, expect = desk.truth(), await desk.expect()
    args = AddTrackArgs(type="video", index=max(one.track[1] for one in before if one.track[0] == "video") + 1)
    done = await desk.done("track.add", args, TrackResult, expect)
    assert done.count >= args.index
    assert not (await desk.done("track.add", args, TrackResult, expect)).changed
    desk.same(before)


@case("a copy of the timeline leaves the open one alone", "timeline.duplicate")
async def _duplicate(desk: Desk) -> None:
    before, line = desk.truth(), (await desk.snapshot()).timeline
    args = DuplicateTimelineArgs(name="A copy of it")
    done = await desk.done("timeline.duplicate", args, TimelineResult, await desk.expect())
    assert done.changed and done.timeline_id != line.timeline_id and done.name == args.name
    assert (await desk.snapshot()).timeline.timeline_id == line.timeline_id, "the original stays open"
    desk.same(before)
