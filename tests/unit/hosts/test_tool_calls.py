"""Typed calls of the ops beside the edit: asked as the protocol names them, answered as values."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from takebridge.errors import AgentFaultError, HostRejectedError
from takebridge.hosts import tool_calls
from takebridge.hosts.protocol import (
    MUTATING,
    Expectation,
    ExportTimelineArgs,
    FinalizeTakeArgs,
    GrabFrameArgs,
    HostStatus,
    ImportTimelineArgs,
    OpAnswer,
    ProbeArgs,
    RenderRangeArgs,
    ReplaceMediaArgs,
    SetColorArgs,
    SetPlayheadArgs,
    TagMediaArgs,
    TrackRef,
    WireModel,
)

EXPECT = Expectation(project_id="p", timeline_id="t")
PLACE = {"clip": "k", "track": TrackRef(type="video", index=1), "start_record_frame": 0, "end_record_frame": 1}
ITEM = {"key": "k", "kind": "clip", "name": "A", "track": {"type": "video", "index": 1}} | {
    "start_record_frame": 0,
    "end_record_frame": 1,
}
SWAP = {"before": ITEM, "after": ITEM, "changed": True}
MEDIA = {"media": {"id": "m", "name": "a"}, "changed": True}
PEEKED = {"project_id": "p", "timeline_id": "t", "timecode": "01:00:00:00", "record_frame": 86400, "clip": "k"}
RENDER = {"job": "j", "way": "queue", "state": "ready"}
RANGE = RenderRangeArgs(start_record_frame=0, end_record_frame=24, folder="/out", name="SH010")


class Host:
    """Answers every call the same and keeps what it was asked."""

    session = "s"
    capabilities: frozenset[str] = frozenset()
    status = HostStatus(product="DaVinci Resolve", version="20.3", edition="studio")

    def __init__(self, **answer: Any) -> None:
        self.answer = OpAnswer.model_validate({"session": "s", "op_id": "o", "outcome": "verified", **answer})
        self.asked: list[tuple[str, Expectation | None, int]] = []

    async def call(
        self, verb: str, args: WireModel, *, expect: Expectation | None = None, timeout_seconds: int = 30
    ) -> OpAnswer:
        self.asked.append((verb, expect, timeout_seconds))
        return self.answer


Call = Callable[[Host], Coroutine[Any, Any, Any]]
TOOLS: dict[str, tuple[Call, dict[str, Any]]] = {
    "selection.peek": (tool_calls.peek, PEEKED),
    "playhead.set": (
        lambda host: tool_calls.set_playhead(host, SetPlayheadArgs(timeline_id="t", record_frame=86400)),
        PEEKED,
    ),
    "timeline.export": (
        lambda host: tool_calls.export_timeline(host, ExportTimelineArgs(format="otio", path="/out/cut.otio")),
        {"path": "/out/cut.otio", "format": "otio", "timeline_id": "t", "timeline_name": "Cut"},
    ),
    "timeline.import": (
        lambda host: tool_calls.import_timeline(host, ImportTimelineArgs(path="/a.otio", name="New"), EXPECT),
        {"timeline_id": "t2", "name": "New", "changed": True},
    ),
    "frame.grab": (
        lambda host: tool_calls.grab_frame(host, GrabFrameArgs(path="/out/still.png")),
        {"path": "/out/still.png", "record_frame": 86400},
    ),
    "range.render": (lambda host: tool_calls.render_range(host, RANGE), RENDER),
    "render.status": (lambda host: tool_calls.render_status(host, "j"), RENDER),
    "render.cancel": (lambda host: tool_calls.cancel_render(host, "j"), RENDER),
    "clip.finalize_take": (lambda host: tool_calls.finalize_take(host, FinalizeTakeArgs(**PLACE), EXPECT), SWAP),
    "clip.set_color": (lambda host: tool_calls.set_color(host, SetColorArgs(**PLACE, color="Navy"), EXPECT), SWAP),
    "media.replace": (
        lambda host: tool_calls.replace_media(host, ReplaceMediaArgs(media_id="m", path="/b.mov"), EXPECT),
        MEDIA,
    ),
    "media.tag": (
        lambda host: tool_calls.tag_media(host, TagMediaArgs(media_id="m", tags={"a": "b"}), EXPECT),
        MEDIA,
    ),
    "project.save": (tool_calls.save_project, {"project_id": "p", "project_name": "Demo"}),
    "host.probe": (lambda host: tool_calls.probe(host, ProbeArgs()), {"facts": {"version": "20.3"}}),
}


@pytest.mark.parametrize("verb", sorted(TOOLS))
def test_the_verb_is_asked_with_its_expectation_and_answered_typed(verb: str) -> None:
    call, result = TOOLS[verb]
    host = Host(result=result)
    answer = asyncio.run(call(host))
    assert host.asked[0][:2] == (verb, EXPECT if verb in MUTATING else None)
    assert answer == type(answer).model_validate(result)


@pytest.mark.parametrize("verb", sorted(TOOLS))
def test_an_op_that_was_not_applied_is_an_error(verb: str) -> None:
    with pytest.raises(HostRejectedError):
        asyncio.run(TOOLS[verb][0](Host(outcome="not_applied", result={})))


@pytest.mark.parametrize("verb", sorted(TOOLS))
def test_an_answer_of_another_shape_is_the_agents_fault(verb: str) -> None:
    with pytest.raises(AgentFaultError) as caught:
        asyncio.run(TOOLS[verb][0](Host(result={"nonsense": 1})))
    assert verb in caught.value.message


@pytest.mark.parametrize("verb", ["timeline.export", "timeline.import", "range.render", "host.probe"])
def test_what_holds_the_host_up_is_waited_for(verb: str) -> None:
    host = Host(result=TOOLS[verb][1])
    asyncio.run(TOOLS[verb][0](host))
    assert host.asked[0][2] >= 300
