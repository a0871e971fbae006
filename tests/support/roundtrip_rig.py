"""Round trips in one process: the emulated editor, the real agent's ops, a bridge over a data folder. Crashes included.

``run_random_trips(n, seed)`` makes n random trips, most of them cut off in the middle, and says how each ended.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from tests.support.generation import PaidProvider, build

from takebridge.canvas.fingerprint import fingerprint
from takebridge.canvas.model import Output, Recipe, RecipeInput, Take
from takebridge.canvas.ops import AddTake, Pin, RemoveNode
from takebridge.cut.link import ClipLink
from takebridge.cut.model import Cut
from takebridge.cut.trip_types import RoundTrip, RoundTripRequest
from takebridge.errors import BridgeError, HostOfflineError, HostTimeoutError
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import MUTATING, Expectation, HostStatus, OpAnswer, Verb, WireModel
from takebridge.ids import NodeId, TakeId, new_id
from takebridge.media.probe import probe
from takebridge.media.testcard import render_test_clip
from takebridge.services.bridge import Bridge
from takebridge.services.push import PushedClip, PushRequest, push
from takebridge.services.roundtrip import roundtrip
from takebridge.services.roundtrip_hand import read_whole
from takebridge.services.roundtrip_verify import off
from takebridge.services.runs import Runs
from takebridge.store.data_folder import DataLayout
from takebridge.timebase import FrameRate
from takebridge_resolve import agent
from takebridge_resolve.emulator import World
from takebridge_resolve.emulator.state import Marker
from takebridge_server.answers import checked_answer

WIDTH, HEIGHT = 160, 90
CLIP_FRAMES, CLIP_START, MEDIA_FRAMES = 24, 40, 160
RATES: dict[str, tuple[FrameRate, bool]] = {
    "23.976": (FrameRate(24000, 1001), False),
    "25": (FrameRate(25), False),
    "29.97": (FrameRate(30000, 1001), True),
    "59.94": (FrameRate(60000, 1001), False),
}
WRITES = ("AddTake", "SelectTakeByIndex", "AppendToTimeline", "DeleteClips", "DuplicateTimeline", "SetClipEnabled")
"""Methods of the editor in which an agent may die."""
MOST_RESTARTS = 12
FAR = 10_000
"""Where a person puts something away, in frames from the timeline's start."""


class Crash(BaseException):
    """The bridge's process dies here: nothing catches it."""


@dataclass(slots=True)
class Fault:
    """What goes wrong at the ``at``-th write from now on. ``who`` dies, before the write or after it.

    With ``inside`` the agent dies around the first of these API methods the editor is asked for in that write.
    """

    at: int
    who: Literal["bridge", "agent"]
    after: bool
    inside: tuple[str, ...] = ()


@dataclass
class EmulatedHost:
    """The real agent's ops on an emulated editor, called directly."""

    world: World
    without: frozenset[str] = frozenset()
    fault: Fault | None = None
    writes: list[str] = field(default_factory=list)
    when_written: Callable[[str], None] = lambda _verb: None
    session: str = "session"

    def __post_init__(self) -> None:
        self.desk = agent.Desk(self.world.resolve, sleep=lambda _seconds: None)
        self.capabilities = frozenset(agent.capabilities_of(self.world.resolve)) - self.without
        self.status = HostStatus.model_validate(agent.host_status(self.world.resolve))

    async def call(
        self, verb: Verb, args: WireModel, *, expect: Expectation | None = None, timeout_seconds: int = 30
    ) -> OpAnswer:
        fault = self._due(verb)
        if fault and fault.inside:
            self._plant(fault)
        elif fault and not fault.after:
            self._die(fault)
        op = {
            "id": new_id("op"),
            "verb": verb,
            "args": args.model_dump(mode="json"),
            "expect": expect.model_dump(mode="json") if expect else None,
        }
        try:
            done = self.desk.execute(op)
        except Crash:
            self.fault = None
            raise HostTimeoutError("The agent died at its work.") from None
        answer = OpAnswer.model_validate({"session": self.session, **done})
        if verb in MUTATING:
            self.writes.append(verb)
            self.when_written(verb)
        if fault and not fault.inside:
            self._die(fault)
        return checked_answer(verb, answer)

    def _due(self, verb: str) -> Fault | None:
        if self.fault is None or verb not in MUTATING:
            return None
        self.fault.at -= 1
        return self.fault if self.fault.at < 0 else None

    def _plant(self, fault: Fault) -> None:
        """Let the agent's process die around its next call of one of these methods."""

        def die() -> None:
            raise Crash

        for name in fault.inside:
            self.world.ui.on_call(name, when="after" if fault.after else "before", do=die)

    def _die(self, fault: Fault) -> None:
        self.fault = None
        if fault.who == "bridge":
            raise Crash
        raise HostTimeoutError("The agent went away.") if fault.after else HostOfflineError("The agent is gone.")


_RENDERED = tempfile.TemporaryDirectory(prefix="roundtrip-rig-")
"""Footage of this process: rendered once, copied into every rig."""


@cache
def _footage(label: str, clip_id: int, frames: int, audio: bool) -> Path:
    path = Path(_RENDERED.name) / f"{label}_{clip_id}_{frames}_{audio}.mp4"
    rate = RATES[label][0]
    return render_test_clip(
        path, clip_id=clip_id, frame_count=frames, rate=rate, width=WIDTH, height=HEIGHT, audio=audio
    )


def camera(folder: Path, label: str) -> Path:
    """One camera file per rate."""
    path = folder / f"camera_{label}.mp4"
    if not path.exists():
        shutil.copyfile(_footage(label, 1, MEDIA_FRAMES, True), path)
    return path


def spec(path: Path, label: str, clips: int) -> dict[str, Any]:
    """A timeline of so many clips of 24 frames side by side, each from another place of the camera file."""
    _rate, drop = RATES[label]
    listed = [
        {
            "kind": "clip",
            "path": str(path),
            "name": f"shot {number + 1}",
            "track": 1,
            "timeline_start": number * CLIP_FRAMES,
            "duration": CLIP_FRAMES,
            "source_start": CLIP_START + 5 * number,
            "audio": True,
            "properties": {"ZoomX": 1.0 + number / 10},
        }
        for number in range(clips)
    ]
    timeline = {
        "name": "Cut",
        "rate": label,
        "drop_frame": drop,
        "start_timecode": "01:00:00;00" if drop else "01:00:00:00",
        "width": WIDTH,
        "height": HEIGHT,
    }
    return {"project": "Film", "timeline": timeline, "clips": listed, "marks": [0, clips * CLIP_FRAMES - 1]}


class RoundTripRig:
    """One editor, one canvas, one bridge. ``restart`` is what the next processes have."""

    def __init__(
        self,
        folder: Path,
        label: str = "23.976",
        *,
        clips: int = 9,
        profile: str = "20.3",
        without: frozenset[str] = frozenset(),
    ) -> None:
        self.folder, self.label, self.rate = folder, label, RATES[label][0]
        self.clips = clips
        media = folder / "media"
        media.mkdir(exist_ok=True)
        self.world = World.from_spec(spec(camera(media, label), label, clips), profile)
        self.ui = self.world.ui
        self.without = without
        for name in ("scratch", "media"):
            (folder / "home" / name).mkdir(parents=True)
        self.restart()
        self.canvas_id = self.bridge.desk.create("Film").canvas.id
        self.pushed: list[PushedClip] = []

    def restart(self) -> None:
        """A new bridge process and a new agent; only the data folder and the editor live on."""
        self.bridge: Bridge = build(DataLayout(self.folder / "home"), PaidProvider(self.folder, self.folder / "none"))
        self.host = EmulatedHost(self.world, self.without)

    @property
    def as_host(self) -> Host:
        """The host as services know it."""
        return cast(Host, self.host)

    # --- the bridge

    def push_all(self) -> list[PushedClip]:
        """Push every clip; each gets a node that delivers to it."""
        request = PushRequest(canvas_id=self.canvas_id, mode="marks", process=("upscale",), handles=12)
        self.pushed = asyncio.run(push(self.bridge, self.as_host, request))
        assert len(self.pushed) == self.clips
        return self.pushed

    def trip(self, **options: Any) -> RoundTrip:
        """Make a round trip; not a dry run unless asked for."""
        request = RoundTripRequest.model_validate({"canvas_id": self.canvas_id, "dry_run": False, **options})
        return asyncio.run(roundtrip(self.bridge, cast(Runs, None), self.as_host, request))

    def link(self, shot: int) -> ClipLink:
        """The link of a shot, counted from 1."""
        return self.bridge.links.get(self.pushed[shot - 1].link.id)

    def take(self, shot: int, *, frames: int | None = None, number: int = 2, pin: bool = True) -> Take:
        """Give a shot's node a take of so many frames (as many as its source) and pin it. ``number`` is in its
        picture."""
        link, canvas = self.link(shot), self.bridge.desk.view(self.canvas_id).canvas
        node = self.pushed[shot - 1].nodes["upscale"]
        source = canvas.takes[link.source_take_id]
        count = link.given.duration if frames is None else frames
        path = self.folder / "media" / f"take_{self.label}_{number}_{count}.mp4"
        if not path.exists():
            shutil.copyfile(_footage(self.label, number, count, False), path)
        info, blob = probe(path), self.bridge.blobs.add_foreign(path)
        facts: dict[str, bool | int | str] = {"frame_count": info.frame_count, "rate": str(info.rate)}
        content = source.outputs["video"].content
        recipe = Recipe(
            kind="upscale",
            semantic_version=1,
            params={},
            inputs=(RecipeInput(port="source", rank=0, take=source.id, content=content),),
        )
        made = Take(
            id=TakeId(new_id("take")),
            node_id=node,
            seq=canvas.next_seq(node),
            origin="imported",
            recipe=recipe,
            recipe_fp=fingerprint(recipe),
            outputs={"video": Output(content=blob.hash, facts=facts)},
        )
        ops: list[Any] = [AddTake(take=made)]
        ops += [Pin(node=node, take=made.id, expected=canvas.nodes[node].pin)] if pin else []
        self.bridge.desk.apply(self.canvas_id, ops, author="canvas")
        return made

    def drop(self, shot: int) -> None:
        """Remove a shot's source from the canvas."""
        self.bridge.desk.apply(self.canvas_id, [RemoveNode(node=NodeId(self.link(shot).node_id))], author="canvas")

    # --- the editor

    def items(self, kind: str = "video") -> list[Any]:
        """The items of the first track of the open timeline, as the emulator has them."""
        timeline = self.world.project.current_timeline
        assert timeline is not None
        return timeline.tracks[kind][0].items

    def item(self, shot: int) -> Any:
        """The item that has the shot's first place."""
        return next(one for one in self.items() if one.start // CLIP_FRAMES == shot - 1)

    def timelines(self) -> list[str]:
        """Names of all timelines of the project."""
        return [timeline.name for timeline in self.world.project.timelines]

    def cut(self) -> Cut:
        """The open timeline as the agent reports it."""
        return asyncio.run(read_whole(self.as_host))

    def shown(self) -> list[tuple[int, int, str, int]]:
        """(start, end, stem of the file, source frame) of every picture clip, from the emulator's own state."""
        return [(one.start, one.end, Path(one.media.path).stem, one.source_start) for one in self.items()]


def story(rig: RoundTripRig) -> None:
    """Both sides change: the editor trims 3, swaps 5 and 6, razors 7, deletes 8, slips 9; the canvas re-pins 3 with a
    longer take and makes 8 anew."""
    rig.push_all()
    ui, half = rig.ui, CLIP_FRAMES // 2
    keys = {shot: rig.item(shot).id for shot in range(1, 10)}
    ui.trim_item(keys[3], head=3, tail=4)
    swap(rig, keys[5], keys[6])
    ui.razor_item(keys[7], 6 * CLIP_FRAMES + half)
    ui.delete_item(keys[8])
    ui.slip_item(keys[9], 6)
    rig.take(3, frames=rig.link(3).given.duration + 10, number=3)
    rig.take(8, number=8)


def swap(rig: RoundTripRig, one: str, other: str) -> None:
    """Let two neighbours change places, their sound with them."""
    ids = {item.id: item.start for item in rig.items()}
    first, second = sorted((one, other), key=lambda key: ids[key])
    away = rig.clips * CLIP_FRAMES + 10 * CLIP_FRAMES
    start, then = ids[first], ids[second]
    rig.ui.move_item(first, away)
    rig.ui.move_item(second, start)
    rig.ui.move_item(first, then)


# --- random trips ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TripEnd:
    """How one random trip ended. ``state`` is what the timeline was in the end; "between" must never be."""

    seed: int
    label: str
    crashed: bool
    state: Literal["merged", "original", "between"]
    words: str


def run_random_trips(n: int, seed: int = 0, folder: Path | None = None, *, meddling: bool = False) -> list[TripEnd]:
    """Make n random trips with a crash of bridge or agent somewhere in the plan, each then resumed."""
    ends = []
    with _folder(folder) as root:
        for number in range(n):
            place = root / f"trip_{number}"
            place.mkdir()
            ends.append(one_random_trip(seed * 1000 + number, place, meddling=meddling))
    return ends


@contextmanager
def _folder(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def one_random_trip(seed: int, folder: Path, *, meddling: bool = False) -> TripEnd:
    """One trip: random edits of both sides, a fault at a random write, then ``--resume`` until nothing is open.

    With ``meddling`` a person edits the timeline at another random write; in the end that edit must still be there, and
    is taken back by hand before the rest is looked at.
    """
    chance = random.Random(seed)
    label = chance.choice([*RATES])
    rig = RoundTripRig(folder, label, clips=6)
    rig.push_all()
    edit_at_random(rig, chance)
    for shot in chance.sample(range(1, 7), chance.randint(2, 4)):
        rig.take(shot, number=1 + shot, frames=rig.link(shot).given.duration + chance.choice([0, 0, 8]))
    if chance.random() < 0.5:
        rig.drop(chance.randint(1, 6))
    original = rig.cut()
    choices = {"all": chance.choice(["editor", "canvas"])}
    inside = WRITES if chance.random() < 0.3 else ()
    # A step is at least one write; the safety copy is another, and a take's file is asked for once more.
    writes = int(1.4 * rig.trip(dry_run=True, choices=choices).steps)
    if chance.random() < 0.9 or not meddling:
        rig.host.fault = Fault(
            chance.randint(0, writes), chance.choice(["bridge", "agent"]), chance.random() < 0.5, inside
        )
    hand = Meddler(rig, chance, writes) if meddling else None
    crashed, words = False, ""
    try:
        words = rig.trip(choices=choices).outcome
    except (Crash, HostOfflineError, HostTimeoutError) as error:
        crashed, words = True, type(error).__name__
    except BridgeError as error:
        words = f"{error.code}: {error.message}"
    for _ in range(MOST_RESTARTS):
        rig.restart()
        if hand is not None:
            hand.watch()
        try:
            words += f"; {rig.trip(resume=True).sentence}"
        except BridgeError as error:
            words += f"; {error.code}: {error.message}"
        if not rig.bridge.cuts.open_trips():
            break
    if hand is not None and not hand.still_there():
        return TripEnd(seed, label, crashed, "between", f"{words}; the edit by hand is lost: {hand.what}")
    return TripEnd(seed, label, crashed, *_state(rig, original, words, meddled=hand is not None and hand.done))


class Meddler:
    """A person who edits the timeline once, after a random write of a trip, and looks for the edit in the end."""

    def __init__(self, rig: RoundTripRig, chance: random.Random, writes: int) -> None:
        self._rig, self._left = rig, chance.randint(0, writes)
        self.what, self.done = chance.choice(["add", "move", "trim", "slip", "marker", "switch"]), False
        self._start, self._end = (last := max(rig.items(), key=lambda item: item.end)).start, last.end
        self._was: Any = None
        self.watch()

    def watch(self) -> None:
        """Watch the processes that are there now."""
        self._rig.host.when_written = self._written

    def _written(self, verb: str) -> None:
        self._left -= 1
        there = any(item.start == self._start for item in self._rig.items())
        if self._left < 0 and not self.done and there and not verb.startswith("timeline."):
            self._edit()
            self.done = True

    def _at(self, start: int) -> Any:
        return next((item for item in self._rig.items() if item.start == start), None)

    @property
    def _markers(self) -> dict[int, Marker]:
        timeline = self._rig.world.project.current_timeline
        assert timeline is not None
        return timeline.markers

    def _edit(self) -> None:
        ui, last = self._rig.ui, self._at(self._start)
        if self.what == "slip" and "SH" in last.media.path:
            self.what = "trim"  # a slip of our take goes with our take
        if self.what == "add":
            self._rig.items().append(replace(last, id="by hand", start=FAR, linked=set()))
        elif self.what == "move":
            ui.move_item(last.id, FAR)
        elif self.what == "trim":
            ui.trim_item(last.id, tail=3)
        elif self.what == "slip":
            ui.slip_item(last.id, 2)
            self._was = last.source_start
        elif self.what == "switch":
            self._was = last.enabled
            ui.set_item(last.id, enabled=not last.enabled)
        else:
            self._markers[7] = Marker("Blue", "by hand", "", 1)

    def still_there(self) -> bool:
        """Say whether the edit is on the timeline, and take it back. True where none was made."""
        if not self.done:
            return True
        ui, last, far = self._rig.ui, self._at(self._start), self._at(FAR)
        if self.what == "marker":
            return self._markers.pop(7, None) is not None
        if self.what in ("add", "move"):
            if far is None:
                return False
            ui.delete_item(far.id) if self.what == "add" else ui.move_item(far.id, self._start)
            return True
        if self.what == "trim":
            if last is None or last.end != self._end - 3:
                return False
            ui.trim_item(last.id, tail=-3)
            return True
        if self.what == "slip":
            if last is None or last.source_start != self._was:
                return False
            ui.slip_item(last.id, -2)
            return True
        if last is None or last.enabled == self._was:
            return False
        ui.set_item(last.id, enabled=self._was)
        return True


def _state(
    rig: RoundTripRig, original: Cut, words: str, *, meddled: bool = False
) -> tuple[Literal["merged", "original", "between"], str]:
    now = rig.cut()
    if rig.bridge.cuts.open_trips() or (not meddled and any("safety" in name for name in rig.timelines())):
        return "between", f"{words}; something was left over: {rig.timelines()}"
    trips = rig.bridge.cuts.trips()
    if trips and not (wrong := off(rig.bridge.cuts.work(trips[0].id).wanted, now)) and trips[0].state == "done":
        return "merged", words
    if not off(original, now):
        return "original", words
    return "between", f"{words}; {wrong[:2] if trips else ''}; {off(original, now)[:2]}"


def edit_at_random(rig: RoundTripRig, chance: random.Random) -> None:
    """A few edits of the editor."""
    for _ in range(chance.randint(1, 4)):
        item = chance.choice(rig.items())
        what = chance.choice(["trim", "slip", "razor", "delete", "swap", "disable"])
        if what == "trim" and item.duration > 12:
            rig.ui.trim_item(item.id, head=chance.randint(0, 4), tail=chance.randint(0, 4))
        elif what == "slip":
            rig.ui.slip_item(item.id, chance.randint(-8, 8))
        elif what == "razor" and item.duration > 8:
            rig.ui.razor_item(item.id, item.start + item.duration // 2)
        elif what == "delete" and len(rig.items()) > 3:
            rig.ui.delete_item(item.id)
        elif what == "disable":
            rig.ui.set_item(item.id, enabled=False)
