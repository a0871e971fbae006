"""What host cases work with: the stage an author builds, and short words for asking a host. Part of `testing.hosts`."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from takebridge.errors import classes
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import (
    Expectation,
    ImportArgs,
    ImportResult,
    OpAnswer,
    PlaceClipArgs,
    Snapshot,
    SnapshotArgs,
    TimelineItem,
    TrackRef,
    Verb,
    WireModel,
)

Verdict = Literal["green", "not offered"]
GREEN: Verdict = "green"
NOT_OFFERED: Verdict = "not offered"
BIN = ["TakeBridge", "Contract"]
_LENGTH = 12
_GAP = 10
STAMP = "tb-0123456789ab"
Result = TypeVar("Result", bound=WireModel)


@dataclass(frozen=True, slots=True, order=True)
class Shown:
    """One clip as the editor really has it: absolute record frames, end exclusive; ``path`` "" without a file."""

    track: tuple[str, int]
    start: int
    end: int
    path: str = ""
    enabled: bool = True


class Stage(ABC):
    """An editor with a timeline: at least two clips with files side by side on video track 1, one case long."""

    host: Host
    take: Path
    """A file that is not in the project yet, at the timeline's rate."""
    frame_count: int
    """Its frames: at least those of the first clip."""

    @abstractmethod
    def truth(self) -> Sequence[Shown]:
        """What is on the open timeline now, not asked of the agent."""

    @abstractmethod
    def edit(self) -> None:
        """Do what a person does: move or trim the last clip of video track 1."""

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a case. A host that lives on another event loop overrides this."""
        asyncio.run(work)


@dataclass(frozen=True, slots=True)
class Case:
    """One thing a host must do. ``needs``: the verbs without which it is not offered."""

    name: str
    needs: tuple[Verb, ...]
    check: Callable[[Desk], Coroutine[Any, Any, None]]

    def __str__(self) -> str:
        return self.name

    def run(self, stage: Stage) -> Verdict:
        """Run it. Raises AssertionError, in words, when the host does something else."""
        if not set(self.needs) <= stage.host.capabilities:
            return NOT_OFFERED
        stage.run(self.check(Desk(stage)))
        return GREEN


CASES: list[Case] = []
"""Every case, in a sensible order."""


class Desk:
    """Short words for what cases do."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.host = stage, stage.host

    async def ask(self, verb: Verb, args: WireModel, expect: Expectation | None = None) -> OpAnswer:
        """Run an op; its answer must make sense whatever its outcome."""
        answer = await self.host.call(verb, args, expect=expect)
        said = f"{verb} answered {answer.outcome}"
        if answer.outcome == "verified":
            assert answer.result is not None and answer.error is None, f"{said}, so with a result and no error"
        if answer.outcome == "not_applied":
            assert answer.error is not None, f"{said}, so with an error"
        if answer.error is not None:
            assert answer.error.code in classes(), f"{said} with the code “{answer.error.code}”, which is none"
            assert answer.error.message.strip(), f"{said} without saying why"
        return answer

    async def done(
        self, verb: Verb, args: WireModel, result: type[Result], expect: Expectation | None = None
    ) -> Result:
        """Run an op that must be verified and return its result."""
        answer = await self.ask(verb, args, expect)
        assert answer.outcome == "verified", f"{verb} was {answer.outcome}: {answer.error}"
        return result.model_validate(answer.result)

    async def refused(self, verb: Verb, args: WireModel, expect: Expectation | None, *codes: str) -> None:
        """Run an op that must change nothing; with ``codes``, for one of these reasons."""
        before = self.truth()
        answer = await self.ask(verb, args, expect)
        assert answer.outcome == "not_applied", f"{verb} should have been refused, it was {answer.outcome}"
        code = answer.error.code if answer.error else ""
        assert not codes or code in codes, f"{verb} was refused with {code}, not {' or '.join(codes)}"
        self.same(before, f"{verb} was refused and yet")

    def truth(self) -> list[Shown]:
        """What the editor has, in order."""
        return sorted(self.stage.truth())

    def same(self, before: list[Shown], words: str = "the op") -> None:
        """The timeline is as it was."""
        assert self.truth() == before, f"{words} changed the timeline"

    async def snapshot(self, *tracks: TrackRef) -> Snapshot:
        """Read the timeline, or some of its tracks."""
        return await self.done("timeline.snapshot", SnapshotArgs(tracks=list(tracks) or None), Snapshot)

    async def expect(self, *tracks: TrackRef) -> Expectation:
        """What is true now of these tracks (video 1)."""
        wanted = list(tracks) or [V1]
        line = (await self.snapshot(*wanted)).timeline
        return Expectation(
            project_id=line.project_id, timeline_id=line.timeline_id, tracks=wanted, revision=line.revision
        )

    async def first(self) -> TimelineItem:
        """The first clip of video track 1."""
        items = [item for item in (await self.snapshot(V1)).items if item.media is not None]
        assert items, "video track 1 has no clip with a file: the stage needs two"
        return min(items, key=lambda item: item.start_record_frame)

    async def brought(self) -> ImportResult:
        """Import the take."""
        args = ImportArgs(path=str(self.stage.take), bin=BIN)
        return await self.done("media.import", args, ImportResult, await self.expect())

    async def placing(self, at: int | None = None) -> PlaceClipArgs:
        """Place the take behind everything on video track 1, or at a frame."""
        media = (await self.brought()).media
        ends = [one.end for one in self.truth() if one.track == ("video", 1)]
        start = max(ends) + _GAP if at is None else at
        return PlaceClipArgs(
            media_id=media.id,
            track=V1,
            start_record_frame=start,
            end_record_frame=start + _LENGTH,
            start_source_frame=0,
            end_source_frame=_LENGTH,
        )


V1 = TrackRef(type="video", index=1)


def case(name: str, *needs: Verb) -> Callable[[Callable[[Desk], Coroutine[Any, Any, None]]], None]:
    """Add a case."""

    def add(check: Callable[[Desk], Coroutine[Any, Any, None]]) -> None:
        CASES.append(Case(name, needs, check))

    return add


def ref(item: TimelineItem) -> dict[str, Any]:
    """A clip by its key and where it was seen."""
    names = ("start_record_frame", "end_record_frame")
    return {"clip": item.key, "track": item.track, **{name: getattr(item, name) for name in names}}


def shown(items: Sequence[TimelineItem]) -> list[Shown]:
    """What a snapshot says, in the words of the truth."""
    return sorted(
        Shown(
            (item.track.type, item.track.index),
            item.start_record_frame,
            item.end_record_frame,
            item.media.path if item.media else "",
            item.enabled,
        )
        for item in items
        if item.kind != "transition"
    )
