"""An emulated Resolve with a small cut in it, and an agent's desk in front of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from tests.support.agent_server import check_answer

from takebridge_resolve import agent
from takebridge_resolve.emulator import World
from takebridge_resolve.emulator.truth import describe

PROFILES = ("18.6", "19.1", "20.3", "21.0 free", "21.1 studio")
START = 86400
"""record_frame of 01:00:00:00 at 23.976."""
WRITES = ("AddTake", "SelectTakeByIndex", "DeleteTakeByIndex", "FinalizeTake", "SetClipColor", "SetClipEnabled")


class Crash(BaseException):
    """The agent's process ends here, in the middle of an op."""


def make_clip(path: Path, frame_count: int = 120, *, audio: bool = False) -> Path:
    """A tiny MPEG-4 clip at 24000/1001, with silent sound when asked."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=Fraction(24000, 1001))
        video.width, video.height, video.pix_fmt = 64, 36, "yuv420p"
        sound = container.add_stream("pcm_s16le", rate=48000, layout="mono") if audio else None
        for number in range(frame_count):
            shade = np.full((36, 64, 3), number % 256, dtype=np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        container.mux(video.encode())
        if sound is not None:
            samples = np.zeros((1, frame_count * 2002), dtype=np.int16)
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            frame.sample_rate = 48000
            container.mux(sound.encode(frame))
            container.mux(sound.encode())
    return path


@cache
def footage(folder: Path) -> dict[str, str]:
    """The files of the cut, made once per folder."""
    names = {"a": True, "b": False, "take1": False, "take2": False}
    return {name: str(make_clip(folder / f"{name}.mov", audio=audio)) for name, audio in names.items()}


def spec(files: dict[str, str]) -> dict[str, Any]:
    """V1: a.mov (linked sound on A1), b.mov. V2: a title over the first second. Playhead on a.mov alone."""
    return {
        "project": "Demo",
        "timeline": {
            "name": "Cut",
            "rate": "23.976",
            "drop_frame": False,
            "start_timecode": "01:00:00:00",
            "width": 1280,
            "height": 720,
        },
        "clips": [
            {
                "kind": "clip",
                "path": files["a"],
                "track": 1,
                "timeline_start": 0,
                "duration": 48,
                "source_start": 24,
                "audio": True,
                "properties": {"ZoomX": 1.1},
                "color": "Orange",
                "grade_nodes": 2,
            },
            {
                "kind": "clip",
                "path": files["b"],
                "track": 1,
                "timeline_start": 48,
                "duration": 40,
                "source_start": 10,
            },
            {"kind": "title", "name": "Text", "track": 2, "timeline_start": 0, "duration": 24},
        ],
        "playhead": "01:00:01:12",
    }


class Rig:
    """A world, a desk, and short words for what tests do with them. No test waits: refused writes are retried at
    once, and ``slept`` records how long the agent would have waited."""

    def __init__(self, files: dict[str, str], profile: str = "20.3", **changes: Any) -> None:
        self.files = files
        self.world = World.from_spec({**spec(files), **changes}, profile)
        self.ui, self.resolve = self.world.ui, self.world.resolve
        self.slept: list[float] = []
        self.desk = agent.Desk(self.resolve, sleep=self.slept.append)
        self._count = 0

    # - the agent

    def run(self, verb: str, args: dict[str, Any] | None = None, expect: dict[str, Any] | None = None) -> Any:
        """Run an op; the answer is checked against the wire models and returned as a model."""
        self._count += 1
        op = {"id": f"op-{self._count}", "verb": verb, "args": args or {}, "expect": expect}
        return check_answer(verb, {"session": "s", **self.desk.execute(op)})

    def result(self, verb: str, args: dict[str, Any] | None = None, expect: dict[str, Any] | None = None) -> Any:
        """Run an op that must be verified and return its result."""
        answer = self.run(verb, args, expect)
        assert answer.outcome == "verified" and answer.error is None, answer
        return answer.result

    def snapshot(self, *tracks: tuple[str, int]) -> Any:
        return self.result("timeline.snapshot", {"tracks": refs(*tracks)} if tracks else {})

    def clip(self, name: str = "a") -> Any:
        """The clip of V1 that started out as this file."""
        items = self.snapshot(("video", 1))["items"]
        return next(item for item in items if item["start_record_frame"] == START + (0 if name == "a" else 48))

    def expect(self, *tracks: tuple[str, int]) -> dict[str, Any]:
        tracks = tracks or (("video", 1),)
        info = self.snapshot(*tracks)["timeline"]
        keys = ("project_id", "timeline_id", "revision")
        return {**{key: info[key] for key in keys}, "tracks": refs(*tracks)}

    def bring(self, name: str) -> str:
        """Import a file as a take and return its media id."""
        result = self.result("media.import", {"path": self.files[name], "bin": ["TakeBridge", "Shot 1"]})
        return str(result["media"]["id"])

    def take_args(self, media_id: str, clip: str = "a", start: int | None = None, **more: Any) -> dict[str, Any]:
        """Arguments of a take op on a clip; with ``start``, of ``clip.add_take``."""
        item = self.clip(clip)
        args = {"clip": item["key"], "track": item["track"], "media_id": media_id, **more}
        args |= {key: item[key] for key in ("start_record_frame", "end_record_frame")}
        if start is not None:
            length = item["end_record_frame"] - item["start_record_frame"]
            args |= {"start_source_frame": start, "end_source_frame": start + length}
        return args

    def add(self, name: str = "take1", start: int = 6, **more: Any) -> Any:
        """Bring a file and add it as a take of clip a; return the answer."""
        args = self.take_args(self.bring(name), start=start, **more)
        return self.run("clip.add_take", args, self.expect())

    def ref(self, name: str = "a") -> dict[str, Any]:
        """A ClipRef of a clip."""
        item = self.clip(name)
        return {"clip": item["key"], **{key: item[key] for key in ("track", "start_record_frame", "end_record_frame")}}

    def refused(self, code: str, verb: str, args: dict[str, Any], expect: dict[str, Any] | None = None) -> Any:
        """Run an op that must change nothing, for this reason; return the error."""
        before = self.everything()
        answer = self.run(verb, args, expect or self.expect())
        assert (answer.outcome, answer.error and answer.error.code) == ("not_applied", code), answer
        assert self.everything() == before
        return answer.error

    def crash(self, name: str, verb: str, args: dict[str, Any], expect: dict[str, Any], *, after: bool) -> None:
        """Let the agent die around its next call of an API method, while it does this op; another one takes over."""

        def die() -> None:
            raise Crash

        self.when(name, die, after=after)
        with suppress(Crash):
            self.run(verb, args, expect)
            raise AssertionError(f"the agent never called {name}")
        self.desk = agent.Desk(self.resolve, sleep=self.slept.append)

    # - the truth, read from the emulator's own state

    def everything(self) -> dict[str, Any]:
        """All of the project but what was called."""
        return {key: value for key, value in describe(self.world).items() if key != "calls"}

    def track(self, kind: str = "video", index: int = 1) -> list[tuple[int, int, str]]:
        """What lies on a track of the open timeline: (record frame from the start, length, file name or name)."""
        timeline = self.world.project.current_timeline
        assert timeline is not None
        items = timeline.tracks[kind][index - 1].items
        return [(i.start, i.duration, Path(i.media.path).stem if i.media else i.label) for i in items]

    def truth(self, clip: str = "a") -> dict[str, Any]:
        item = self.state(clip)
        return {
            "start": item.start,
            "duration": item.duration,
            "media": item.media.path,
            "source": (item.source_start, item.source_end),
            "takes": [(take.media.path, take.start, take.end) for take in item.takes],
            "selected": item.selected_take,
            "color": item.color,
            "nodes": item.grade.nodes,
            "properties": dict(item.properties),
        }

    def state(self, clip: str = "a") -> Any:
        timeline = next(t for t in self.world.project.timelines if t.name == "Cut")
        return timeline.tracks["video"][0].items[0 if clip == "a" else 1]

    def whole_truth(self) -> list[Any]:
        """Everything a failed op must leave alone: both clips, the sound, and the pool."""
        project = self.world.project
        sound = [(item.start, item.duration) for item in project.timelines[0].tracks["audio"][0].items]
        bins = [(folder.name, [media.path for media in folder.media]) for folder in project.root.walk()]
        return [self.truth("a"), self.truth("b"), sound, bins, project.current_bin.name]

    def writes(self) -> list[str]:
        return [call.name for call in self.ui.call_log if call.name in WRITES]

    def when(self, name: str, do: Callable[[], object], *, after: bool = False) -> None:
        """Let the user do something around the next call of an API method."""
        self.ui.on_call(name, when="after" if after else "before", do=do)

    def second_timeline(self) -> str:
        """Make another timeline and go back to the cut; its name."""
        project = self.resolve.GetProjectManager().GetCurrentProject()
        project.GetMediaPool().CreateEmptyTimeline("Other")
        self.ui.switch_timeline("Cut")
        return "Other"


def refs(*tracks: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"type": kind, "index": index} for kind, index in tracks]
