"""Typed calls: what a host answers becomes a value or the error it named."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from pydantic import ValidationError
from tests.support.cuts import A1, V1, clip, cut
from tests.unit.hosts.test_tool_calls import TOOLS

from takebridge.cut.hosted import HostTrack
from takebridge.errors import AgentFaultError, BridgeError, HostError, HostRejectedError, classes
from takebridge.hosts import calls
from takebridge.hosts.protocol import (
    VERBS,
    AddMarkerArgs,
    AddTakeArgs,
    ClipRef,
    DeleteClipsArgs,
    Expectation,
    HostStatus,
    ImportArgs,
    OpAnswer,
    PlaceClipArgs,
    PullClipArgs,
    RemoveMarkerArgs,
    RemoveTakeArgs,
    RenameClipArgs,
    SelectionArgs,
    SelectTakeArgs,
    SetEnabledArgs,
    StampArgs,
    SwapClipArgs,
    TrackRef,
    WireError,
    WireModel,
)

STATUS = {"product": "DaVinci Resolve", "version": "20.3", "edition": "studio"}
TIMELINE = {
    "project_id": "p",
    "project_name": "Demo",
    "timeline_id": "t",
    "timeline_name": "Cut",
    "rate": "24",
    "start_record_frame": 0,
    "end_record_frame": 1,
    "width": 2,
    "height": 2,
}
ITEM = {
    "key": "k",
    "kind": "clip",
    "name": "A",
    "track": {"type": "video", "index": 1},
    "start_record_frame": 0,
    "end_record_frame": 1,
}
EXPECT = Expectation(project_id="p", timeline_id="t")
PLACE = {"clip": "k", "track": TrackRef(type="video", index=1), "start_record_frame": 0, "end_record_frame": 1}
ADD = AddTakeArgs(**PLACE, media_id="m", start_source_frame=0, end_source_frame=1)
SELECT = SelectTakeArgs(**PLACE, media_id="m")
REMOVE = RemoveTakeArgs(**PLACE, media_id="m")
PULL = PullClipArgs(
    **PLACE,
    media_path="/old.mov",
    width=2,
    height=2,
    path="/new.mov",
    bin=["b"],
    frame_count=9,
    start_source_frame=3,
    end_source_frame=4,
)
SWAP_ARGS = SwapClipArgs(
    **PLACE,
    media_path="/old.mov",
    path="/new.mov",
    bin=["b"],
    frame_count=9,
    start_source_frame=3,
    end_source_frame=4,
)
PULLED = {
    "name": "new.mov",
    "start_record_frame": 0,
    "end_record_frame": 1,
    "takes_before": 0,
    "takes_after": 2,
    "selected_take": 2,
    "neighbours": 0,
    "linked": 1,
    "reused": False,
    "changed": True,
}
SWAP = {"before": ITEM, "after": ITEM, "changed": True}
TIMELINE_OP = {"timeline_id": "t", "name": "Copy", "changed": True}
NEW = PlaceClipArgs.model_validate(
    {
        "media_id": "m",
        "track": {"type": "video", "index": 1},
        "start_record_frame": 0,
        "end_record_frame": 1,
        "start_source_frame": 0,
        "end_source_frame": 1,
    }
)


class FakeHost:
    """Answers every call the same and keeps what it was asked."""

    session = "s"
    capabilities: frozenset[str] = frozenset()
    status = HostStatus.model_validate(STATUS)

    def __init__(self, **answer: Any) -> None:
        self.answer = OpAnswer.model_validate({"session": "s", "op_id": "o", "outcome": "verified", **answer})
        self.asked: list[tuple[str, WireModel, Expectation | None]] = []

    async def call(
        self, verb: str, args: WireModel, *, expect: Expectation | None = None, timeout_seconds: int = 30
    ) -> OpAnswer:
        self.asked.append((verb, args, expect))
        return self.answer


Call = Callable[[FakeHost], Coroutine[Any, Any, Any]]
CALLS: dict[str, tuple[Call, dict[str, Any]]] = {
    "host.status": (lambda host: calls.status(host), STATUS),
    "timeline.snapshot": (lambda host: calls.snapshot(host), {"timeline": TIMELINE, "items": [ITEM]}),
    "selection.get": (lambda host: calls.selection(host, SelectionArgs()), {"timeline": TIMELINE, "items": []}),
    "media.import": (
        lambda host: calls.import_media(host, ImportArgs(path="/a.mov", bin=["b"]), EXPECT),
        {"media": {"id": "m", "name": "a"}, "reused": False},
    ),
    "clip.add_take": (lambda host: calls.add_take(host, ADD, EXPECT), SWAP),
    "clip.select_take": (lambda host: calls.select_take(host, SELECT, EXPECT), SWAP),
    "clip.remove_take": (lambda host: calls.remove_take(host, REMOVE, EXPECT), SWAP),
    "clip.pull": (lambda host: calls.pull_clip(host, PULL, EXPECT), PULLED),
    "clip.swap": (lambda host: calls.swap_clip(host, SWAP_ARGS, EXPECT), SWAP | {"way": "overwrite", "reused": False}),
    "timeline.duplicate": (lambda host: calls.duplicate_timeline(host, "Copy", EXPECT), TIMELINE_OP),
    "timeline.select": (lambda host: calls.select_timeline(host, "t", EXPECT), TIMELINE_OP),
    "timeline.rename": (lambda host: calls.rename_timeline(host, "t", "Copy", EXPECT), TIMELINE_OP),
    "timeline.delete": (lambda host: calls.delete_timeline(host, "t", EXPECT), TIMELINE_OP),
    "track.add": (
        lambda host: calls.add_track(host, HostTrack("audio", 2), EXPECT),
        {"track": {"type": "audio", "index": 2}, "count": 2, "changed": True},
    ),
    "clip.place": (lambda host: calls.place_clip(host, NEW, EXPECT), {"items": [ITEM], "changed": True}),
    "clip.delete": (
        lambda host: calls.delete_clips(host, DeleteClipsArgs(clips=[ClipRef(**PLACE)]), EXPECT),
        {"deleted": ["k"], "changed": True},
    ),
    "clip.set_enabled": (lambda host: calls.set_enabled(host, SetEnabledArgs(**PLACE, enabled=False), EXPECT), SWAP),
    "clip.rename": (lambda host: calls.rename_clip(host, RenameClipArgs(**PLACE, name="x"), EXPECT), SWAP),
    "clip.stamp": (
        lambda host: calls.stamp_clip(host, StampArgs(**PLACE, stamp="tb-0123456789ab"), EXPECT),
        {"item": ITEM, "places": ["marker"], "changed": True},
    ),
    "marker.add": (
        lambda host: calls.add_marker(host, AddMarkerArgs(record_frame=3), EXPECT),
        {"timeline_markers": [{"record_frame": 3}], "changed": True},
    ),
    "marker.remove": (
        lambda host: calls.remove_marker(host, RemoveMarkerArgs(record_frame=3), EXPECT),
        {"item_markers": [], "changed": False},
    ),
}
READING = frozenset({"host.status", "timeline.snapshot", "selection.get"})
UNTYPED: dict[str, Call] = {
    "agent.ping": lambda host: calls.ping(host),
    "agent.stop": lambda host: calls.stop(host),
    "agent.reload": lambda host: calls.reload(host),
}


@pytest.mark.parametrize("verb", sorted(CALLS))
def test_the_verb_is_asked_with_its_expectation_and_answered_typed(verb: str) -> None:
    call, result = CALLS[verb]
    host = FakeHost(result=result)
    answer = asyncio.run(call(host))
    asked, _, expect = host.asked[0]
    assert (asked, expect) == (verb, None if verb in READING else EXPECT)
    assert answer == type(answer).model_validate(result)


@pytest.mark.parametrize("verb", sorted(UNTYPED))
def test_calls_without_a_result(verb: str) -> None:
    host = FakeHost()
    asyncio.run(UNTYPED[verb](host))
    assert [asked for asked, *_ in host.asked] == [verb]


@pytest.mark.parametrize("verb", sorted([*CALLS, *UNTYPED]))
def test_an_op_that_was_not_applied_is_an_error(verb: str) -> None:
    call = UNTYPED[verb] if verb in UNTYPED else CALLS[verb][0]
    with pytest.raises(HostRejectedError):
        asyncio.run(call(FakeHost(outcome="not_applied", result={})))


@pytest.mark.parametrize("verb", sorted(CALLS))
@pytest.mark.parametrize(
    ("result", "error"), [(None, HostRejectedError), ({"nonsense": 1}, AgentFaultError), ({}, AgentFaultError)]
)
def test_an_answer_of_another_shape_is_the_agents_fault(
    verb: str, result: dict[str, Any] | None, error: type[HostError]
) -> None:
    with pytest.raises(error) as caught:
        asyncio.run(CALLS[verb][0](FakeHost(result=result)))
    assert verb in caught.value.message
    assert caught.value.hint
    assert error is not AgentFaultError or calls.may_have_changed(caught.value)


@pytest.mark.parametrize("code", sorted(classes()))
def test_every_code_of_the_tree_becomes_its_own_class(code: str) -> None:
    wire = WireError(code=code, message="m", hint="h", details={"frames": 3, "where": "head", "odd": [1], "hint": "x"})
    error = calls.error_from_wire(wire)
    assert type(error) is classes()[code]
    assert (error.code, error.message, error.hint) == (code, "m", "h")
    assert error.details == {"frames": 3, "where": "head"}


@pytest.mark.parametrize("error", [cls("m", hint="h", n=1) for cls in classes().values()], ids=lambda e: e.code)
def test_what_the_wire_carries_comes_back(error: BridgeError) -> None:
    back = calls.error_from_wire(WireError.model_validate(error.to_wire()))
    assert (type(back), back.to_wire()) == (type(error), error.to_wire())


def test_an_unknown_code_is_a_rejection_in_the_agents_words() -> None:
    error = calls.error_from_wire(WireError(code="brand_new", message="the disk is on fire"))
    assert (type(error), error.message) == (HostRejectedError, "the disk is on fire")


def test_an_error_counts_even_beside_a_result() -> None:
    host = FakeHost(result=STATUS, error={"code": "host_busy", "message": "m"})
    with pytest.raises(BridgeError) as caught:
        asyncio.run(calls.status(host))
    assert caught.value.code == "host_busy"


def test_expectations_carry_the_revision_only_with_the_tracks_it_covers() -> None:
    made = cut(clip("a"), revision="r7")
    bare = calls.expectation(made)
    assert (bare.project_id, bare.timeline_id, bare.tracks, bare.revision) == ("p", "t", [], "")
    full = calls.expectation(made, (V1, A1))
    assert [(ref.type, ref.index) for ref in full.tracks] == [("video", 1), ("audio", 1)]
    assert full.revision == "r7"


def test_every_verb_has_a_call() -> None:
    assert set(CALLS) | set(UNTYPED) | set(TOOLS) == set(VERBS)


def test_a_snapshot_with_marks_asks_for_them() -> None:
    host = FakeHost(result={"timeline": TIMELINE, "items": []})
    asyncio.run(calls.snapshot(host, marks=True))
    asyncio.run(calls.snapshot(host))
    assert [args.model_dump()["marks"] for _, args, _ in host.asked] == [True, False]


@pytest.mark.parametrize("stamp", ["", "tb-0123456789a", "tb-0123456789ab ", "TB-0123456789ab"])
def test_only_stamps_of_ours_are_sent(stamp: str) -> None:
    with pytest.raises(ValidationError):
        StampArgs(**PLACE, stamp=stamp)


def test_a_snapshot_of_some_tracks_names_them() -> None:
    host = FakeHost(result={"timeline": TIMELINE, "items": []})
    asyncio.run(calls.snapshot(host, (HostTrack("video", 2),)))
    asyncio.run(calls.snapshot(host))
    assert [args.model_dump()["tracks"] for _, args, _ in host.asked] == [[{"type": "video", "index": 2}], None]
