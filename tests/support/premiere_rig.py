"""Premiere as services and tests meet it: a host over the runner, a film to work on, a person, the truth.

The film: V1 has shot a (with its sound on A1), b beside it, a gap, and c (with sound); V2 is empty; A2 has music.
Frames of a film count from its first; record frames on the wire are absolute.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.premiere_probe import media_facts
from tests.support.premiere_runner import PremiereRunner, need_node

from takebridge.errors import UnsupportedOpError
from takebridge.hosts.protocol import VERBS, Expectation, HostStatus, OpAnswer, Verb, WireModel
from takebridge.ids import new_id
from takebridge.media.testcard import render_test_clip, write_clicks
from takebridge.timebase import FrameRate, to_seconds
from takebridge_server.answers import checked_answer

PROFILES = ("25.6.0", "26.2.0", "26.3.0")
RATES = {"23.976": "24000/1001", "25": "25", "29.97 DF": "30000/1001", "59.94": "60000/1001"}
STARTS = {"23.976": 86400, "25": 90000, "29.97 DF": 107892, "59.94": 216000}
"""record_frame of 01:00:00:00 (drop-frame at 29.97: 18 dropped per ten minutes)."""
TICKS = 254_016_000_000
SIZE = (160, 90)
LONG_AGO = {"project_id": "p", "timeline_id": "t", "tracks": [], "revision": ""}
BIN = ["TakeBridge", "SH010"]


class PremiereHost:
    """A Premiere with the real agent in it; implements `takebridge.hosts.port.Host`. `close` ends its process."""

    def __init__(self, runner: PremiereRunner) -> None:
        self.runner = runner
        self.session = new_id("premiere")
        self._lock = threading.Lock()
        self.capabilities: frozenset[str] = frozenset(self._ask("hello")["capabilities"])
        self._count = 0

    @property
    def status(self) -> HostStatus:
        """What is open now."""
        return HostStatus.model_validate(self._ask("hello")["status"])

    async def call(
        self, verb: Verb, args: WireModel, *, expect: Expectation | None = None, timeout_seconds: int = 30
    ) -> OpAnswer:
        """Run one op, as `takebridge.hosts.port.Host` says."""
        if verb not in self.capabilities:
            raise UnsupportedOpError(f"Premiere does not offer {verb}.", hint="Update Premiere.")
        wire = expect.model_dump(mode="json") if expect else None
        return await asyncio.to_thread(self.run, verb, args.model_dump(mode="json"), wire)

    def run(self, verb: Verb, args: dict[str, Any], expect: dict[str, Any] | None, op_id: str = "") -> OpAnswer:
        """Run one op by its JSON; the answer fits the verb or HostRejectedError is raised."""
        self._count += 1
        op = {"id": op_id or f"op-{self._count}", "verb": verb, "args": args, "expect": expect}
        answer = OpAnswer.model_validate({"session": self.session, **self._ask("op", op=op)})
        assert answer.op_id == op["id"]
        return checked_answer(verb, answer)

    def close(self) -> None:
        """End the process."""
        self.runner.close()

    def _ask(self, do: str, **facts: Any) -> Any:
        with self._lock:
            return self.runner.ask(do, **facts)


@dataclass(frozen=True)
class Footage:
    """The files of the film."""

    a: str
    b: str
    c: str
    take1: str
    take2: str
    music: str
    short: str


@cache
def footage(folder: Path, rate: str = "24000/1001") -> Footage:
    """Make the files once per folder; takes are picture only, as the bridge makes them."""
    folder.mkdir(parents=True, exist_ok=True)
    exact = FrameRate(*map(int, rate.split("/")))

    def clip(name: str, number: int, frames: int, *, audio: bool) -> str:
        path = folder / f"{name}.mov"
        width, height = SIZE
        made = render_test_clip(
            path, clip_id=number, frame_count=frames, rate=exact, width=width, height=height, audio=audio
        )
        return str(made)

    music = folder / "music.wav"
    write_clicks(music, to_seconds(200, exact))
    return Footage(
        clip("a", 1, 120, audio=True),
        clip("b", 2, 60, audio=False),
        clip("c", 3, 60, audio=True),
        clip("take1", 4, 72, audio=False),
        clip("take2", 5, 72, audio=False),
        str(music),
        clip("short", 6, 12, audio=False),
    )


@cache
def films() -> Path:
    """Where the files of a process are; gone when it ends."""
    folder = tempfile.mkdtemp(prefix="takebridge-premiere-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def film(files: Footage, label: str = "23.976", **changes: Any) -> dict[str, Any]:
    """The film as `createPremiere` takes it."""
    a = {"name": "a", "path": files.a, "start": 0, "length": 48, "in": 24}
    b = {"name": "b", "path": files.b, "start": 48, "length": 40, "in": 10}
    c = {"name": "c", "path": files.c, "start": 100, "length": 30, "in": 5}
    music = {"name": "music", "path": files.music, "start": 0, "length": 130, "in": 0}
    paths = (files.a, files.b, files.c, files.music)
    return {
        "project": "Demo",
        "name": "Cut",
        "rate": RATES[label],
        "dropFrame": "DF" in label,
        "start": "01:00:00:00",
        "width": SIZE[0],
        "height": SIZE[1],
        "media": {path: media_facts(path) for path in paths},
        "tracks": {"video": [[a, b, c], []], "audio": [[a, c], [music]]},
        "markers": [{"name": "slate", "frame": 3}],
        **changes,
    }


class PremiereRig:
    """A world, its agent, and short words for what tests do with them."""

    def __init__(self, runner: PremiereRunner, files: Footage, label: str) -> None:
        self.host = PremiereHost(runner)
        self.runner, self.files, self.start = runner, files, STARTS[label]
        self.frame = TICKS * FrameRate(*map(int, RATES[label].split("/"))).denominator
        self.frame //= FrameRate(*map(int, RATES[label].split("/"))).numerator

    # - the agent

    def run(self, verb: str, args: dict[str, Any] | None = None, expect: dict[str, Any] | None = None) -> OpAnswer:
        """Run an op, whatever comes of it; arguments and result fit the protocol."""
        assert verb in VERBS
        VERBS[verb].model_validate(args or {})
        return self.host.run(verb, args or {}, expect)  # type: ignore[arg-type]

    def result(self, verb: str, args: dict[str, Any] | None = None, expect: dict[str, Any] | None = None) -> Any:
        """Run an op that must be verified and return its result."""
        answer = self.run(verb, args, expect)
        assert answer.outcome == "verified" and answer.error is None, answer
        return answer.result

    def refused(self, code: str, verb: str, args: dict[str, Any], expect: dict[str, Any] | None = None) -> Any:
        """Run an op that must change nothing, for this reason; return the error."""
        before = self.truth()
        answer = self.run(verb, args, expect or self.expect())
        assert (answer.outcome, answer.error and answer.error.code) == ("not_applied", code), answer
        assert changed(before, self.truth()) == set()
        return answer.error

    def snapshot(self, *tracks: tuple[str, int], **more: Any) -> Any:
        return self.result("timeline.snapshot", {**({"tracks": refs(*tracks)} if tracks else {}), **more})

    def clip(self, name: str) -> Any:
        """The item of a picture track with this name."""
        items = self.snapshot()["items"]
        return next(i for i in items if Path(i["name"]).stem == name and i["track"]["type"] == "video")

    def ref(self, name: str) -> dict[str, Any]:
        """A ClipRef of a picture clip."""
        item = self.clip(name)
        return {"clip": item["key"], **{key: item[key] for key in ("track", "start_record_frame", "end_record_frame")}}

    def expect(self, *tracks: tuple[str, int]) -> dict[str, Any]:
        """An expectation over tracks, V1 where none is named."""
        tracks = tracks or (("video", 1),)
        info = self.snapshot(*tracks)["timeline"]
        keys = ("project_id", "timeline_id", "revision")
        return {**{key: info[key] for key in keys}, "tracks": refs(*tracks)}

    def bring(self, path: str) -> str:
        """Import a file as a take; its media id."""
        return str(
            self.result("media.import", {"path": path, "bin": BIN, "tags": {"takebridge.take_id": "t1"}})["media"]["id"]
        )

    def place(self, path: str, start: int, length: int, track: int = 2, head: int = 6) -> Any:
        """Put a take on a picture track at a frame of the film; the item."""
        args = self.place_args(self.bring(path), start, length, track, head)
        return self.result("clip.place", args, self.expect(("video", 1), ("video", 2)))["items"][0]

    def place_args(self, media: str, start: int, length: int, track: int = 2, head: int = 6) -> dict[str, Any]:
        """Arguments of clip.place."""
        return {
            "media_id": media,
            "track": {"type": "video", "index": track},
            "start_record_frame": self.start + start,
            "end_record_frame": self.start + start + length,
            "start_source_frame": head,
            "end_source_frame": head + length,
        }

    def swap_args(self, name: str, path: str, frames: int = 72, head: int = 6, **more: Any) -> dict[str, Any]:
        """Arguments of clip.swap for a picture clip and a file."""
        item = self.clip(name)
        length = item["end_record_frame"] - item["start_record_frame"]
        return {
            **self.ref(name),
            "media_path": item["media"]["path"],
            "path": path,
            "bin": BIN,
            "tags": {"takebridge.take_id": "t2"},
            "frame_count": frames,
            "start_source_frame": head,
            "end_source_frame": head + length,
            **more,
        }

    # - the person

    def person(self, act: str, *args: Any, when: str = "") -> Any:
        """A person does something now, or right before the next call of a member."""
        return self.runner.ask("person", act=act, args=list(args), **({"when": when} if when else {}))

    # - the truth, from the fake's own state

    def truth(self) -> dict[str, Any]:
        """All the world holds."""
        world: dict[str, Any] = self.runner.ask("world")
        return world

    def project(self) -> dict[str, Any]:
        """The open project."""
        world = self.truth()
        found: dict[str, Any] = world["projects"][world["active"]]
        return found

    def sequence(self, name: str = "Cut") -> dict[str, Any]:
        """A sequence by its name."""
        return next(one for one in self.project()["sequences"].values() if one["name"] == name)

    def track(self, kind: str = "video", index: int = 1, name: str = "Cut") -> list[tuple[int, int, int, str]]:
        """What lies on a track: (first frame, length, first source frame in the film's rate, file name or name)."""
        project = self.project()
        sequence = next(one for one in project["sequences"].values() if one["name"] == name)
        found = []
        for piece in sequence[kind][index - 1]["items"]:
            start, end, head = (int(piece[key]) // self.frame for key in ("start", "end", "in"))
            path = project["items"][piece["item"]]["path"]
            found.append((start, end - start, head, Path(path).stem or piece["name"]))
        return found

    def undo_labels(self) -> list[str]:
        """What can be undone, oldest first."""
        labels: list[str] = self.truth()["undo"]
        return labels


def refs(*tracks: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"type": kind, "index": index} for kind, index in tracks]


_OF_PROJECT = ("name", "path", "active", "opened", "order", "properties", "schema", "saves")
_OF_SEQUENCE = ("name", "rate", "zero", "in", "out", "markers", "selection", "properties", "playhead")


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """What is otherwise between two truths: "V2", "A1", "sequence.markers", "items", "project.active" …

    A sequence or item that is new counts as "sequences" and "items"; of known ones their parts are compared.
    """
    found = {"active"} if before["active"] != after["active"] else set()
    for guid in {*before["projects"], *after["projects"]}:
        old, new = before["projects"].get(guid), after["projects"].get(guid)
        found |= {"projects"} if old is None or new is None else _project_changes(old, new)
    return found


def _project_changes(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    found = {f"project.{key}" for key in _OF_PROJECT if old[key] != new[key]}
    if old["items"] != new["items"]:
        found.add("items")
    for guid in {*old["sequences"], *new["sequences"]}:
        one, other = old["sequences"].get(guid), new["sequences"].get(guid)
        found |= {"sequences"} if one is None or other is None else _sequence_changes(one, other)
    return found


def _sequence_changes(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    found = {f"sequence.{key}" for key in _OF_SEQUENCE if old[key] != new[key]}
    for kind in ("video", "audio"):
        for index in range(max(len(old[kind]), len(new[kind]))):
            one, other = (side[kind][index] if index < len(side[kind]) else None for side in (old, new))
            if json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True):
                found.add(f"{kind[0].upper()}{index + 1}")
    return found


@contextmanager
def premiere(
    folder: Path, version: str = "26.3.0", label: str = "23.976", options: dict[str, Any] | None = None, **changes: Any
) -> Iterator[PremiereRig]:
    """A rig on the film; ``changes`` replace parts of it, ``options`` go to the fake. Skips where there is no Node."""
    need_node()
    files = footage(folder, RATES[label])
    with PremiereRunner(version, film(files, label, **changes), **(options or {})) as runner:
        yield PremiereRig(runner, files, label)


class Stages:
    """One process per version, begun again for every rig: a fresh world in no time. `close` ends them all."""

    def __init__(self) -> None:
        self._runners: dict[str, PremiereRunner] = {}

    def rig(self, version: str = "26.3.0", label: str = "23.976", **changes: Any) -> PremiereRig:
        """A rig on an untouched film. Skips where there is no Node."""
        need_node()
        files = footage(films() / label.replace(" ", "-"), RATES[label])
        whole = film(files, label, **changes)
        if version in self._runners:
            self._runners[version].open(whole)
        else:
            self._runners[version] = PremiereRunner(version, whole)
        return PremiereRig(self._runners[version], files, label)

    def close(self) -> None:
        """End the processes."""
        for runner in self._runners.values():
            runner.close()
