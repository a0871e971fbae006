"""Round trips, gaps and plans for the panel's widgets without a server: answers a test writes down, calls it can read.

The cut is a reel of five shots at 24 frames. On base and canvas a shot has 80 frames; the editor trimmed some.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget
from tests.support.panel_shell import ScriptedLink

from takebridge.canvas.model import Canvas, Node, Output, Take, Wire
from takebridge.canvas.plan_types import Amount, Binding, Plan, Scope, Skipped, Step
from takebridge.client.live import LiveEvent
from takebridge.client.panel_types import (
    FillRequest,
    GapFilled,
    GapFound,
    Look,
    PutClip,
    PutRequest,
    SeenClip,
    SeenLink,
    Spot,
)
from takebridge.client.replies import CapFacts, Job, RunFacts, Snapshot, SpendFacts, Status
from takebridge.cut.link import ClipLink
from takebridge.cut.report_types import ConflictEntry, Covers, EditEntry, RemovedEntry
from takebridge.cut.trip_types import Price, RoundTrip, RoundTripRequest, TakeRequest, TripFacts
from takebridge.errors import BridgeError
from takebridge.ids import BlobHash, CanvasId, ClipKey, LinkId, NodeId, TakeId, WireId
from takebridge.nodes.registry import load_kinds

CANVAS = CanvasId("canvas_reel")
HOUR = 86_400
"""Record frame of 01:00:00:00 at 24 frames."""
SHOT_FRAMES, HANDLES, SOURCE_START = 80, 12, 40
AGENT = {
    "session": "s1",
    "alive": True,
    "host": "resolve",
    "product": "DaVinci Resolve",
    "version": "20.3.1",
    "capabilities": ["selection.get", "timeline.snapshot"],
    "timeline": {"timeline_name": "REEL 2 v14"},
}
NO_COVERS = Covers(base=[], editor=[], canvas=[])


class TripLink(ScriptedLink):
    """A link that answers at once, and can go away and come back."""

    def __init__(self, api: Any, home: Path) -> None:
        super().__init__(api, home)
        self.is_there: bool | None = True

    def go_away(self) -> None:
        self.is_there = False
        self.away.emit("The bridge stopped just now.")

    def come_back(self) -> None:
        self.is_there = True
        self.back.emit()
        self.resync.emit()

    def tell(self, topic: str, **data: Any) -> None:
        self.event.emit(LiveEvent(seq=1, topic=topic, data=data))


def drop(widget: QWidget) -> None:
    """Delete a widget now: without an event loop a test's widgets would outlive it, and slow down every restyling."""
    widget.close()
    widget.deleteLater()
    QApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete)


class _Client:
    """The few paths that are asked for without a method of their own."""

    def __init__(self, api: TripApi) -> None:
        self._api = api

    def get(self, path: str, **query: Any) -> Any:
        return self._api.paths[path]


class TripApi:
    """Answers as they are written down; ``asked`` are the requests that came, ``refuse`` is raised by name of call."""

    def __init__(self) -> None:
        self.kind_map = load_kinds().kinds
        self.canvas_now = canvas()
        self.link_list = [link(number) for number in range(1, 6)]
        self.answers: list[RoundTrip] = []
        self.trips: list[TripFacts] = []
        self.plans: list[Plan] = []
        self.spend_list: list[SpendFacts] = []
        self.gap_list: list[GapFound] = []
        self.job_list: list[Job] = []
        self.clips: list[SeenClip] = []
        self.filled: GapFilled | None = None
        self.status_now = Status(version="0.1", hosts=(AGENT,))
        self.asked: list[Any] = []
        self.refuse: dict[str, BridgeError] = {}
        self.put_errors: dict[str, str] = {}
        """Words of what goes wrong with a clip, by its link."""
        self.paths: dict[str, Any] = {"/api/models": [LOCAL, VEO, PLAIN], "/api/ledger/remaining": {}}
        self.client = _Client(self)
        self.when_run: Callable[[], None] = lambda: None

    def _check(self, name: str) -> None:
        if name in self.refuse:
            raise self.refuse[name]

    # --- round trips

    def roundtrip(self, request: RoundTripRequest) -> RoundTrip:
        self.asked.append(request)
        self._check("roundtrip" if request.dry_run else "apply")
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def roundtrips(self, canvas_id: CanvasId | None = None) -> list[TripFacts]:
        return [*self.trips]

    def links(self, canvas_id: CanvasId) -> list[ClipLink]:
        return [*self.link_list]

    def canvas(self, canvas_id: CanvasId) -> Snapshot:
        return Snapshot(rev=1, canvas=self.canvas_now, states={})

    def look(self, mode: str = "playhead") -> Look:
        self._check("look")
        return Look(
            session="s1",
            project="Film",
            timeline="REEL 2 v14",
            timeline_id="t1",
            rate="24/1",
            clips=tuple(self.clips) if mode == "marks" else (),
        )

    def status(self, *, fresh: bool = False) -> Status:
        return self.status_now

    def spot(self, fresh: bool = True) -> Spot:
        return Spot(session="s1")

    def park(self, record_frame: int, *, timeline_id: str = "") -> Spot:
        self.asked.append(("park", record_frame))
        return Spot(session="s1", record_frame=record_frame)

    # --- pictures

    def poster(self, content: BlobHash) -> bytes:
        return scene(int(content[-4:], 16))

    def clip_frame(self, session: str, clip: str, record_frame: int, *, width: int = 320) -> bytes:
        self._check("clip_frame")
        self.asked.append(("frame", clip, record_frame))
        return scene(record_frame % 97)

    # --- plans

    def plan(self, canvas_id: CanvasId, scope: Scope, *, author: str = "editor") -> Plan:
        self._check("plan")
        return self.plans.pop(0) if len(self.plans) > 1 else self.plans[0]

    def run(self, canvas_id: CanvasId, scope: Scope, **consent: Any) -> RunFacts:
        self.asked.append(("run", scope, consent))
        self.when_run()
        self._check("run")
        return RunFacts(run="run_1", canvas=canvas_id, state="running")

    def spend(self, by: Sequence[str] = (), *, canvas_id: CanvasId | None = None) -> list[SpendFacts]:
        return [*self.spend_list]

    def set_cap(self, scope: str, limit_micros: int, *, key: str = "", currency: str = "USD") -> list[CapFacts]:
        self.asked.append(("cap", scope, key, limit_micros))
        return []

    def kinds(self) -> dict[str, Any]:
        return dict(self.kind_map)

    def jobs(self, canvas_id: CanvasId | None = None) -> list[Job]:
        return [*self.job_list]

    # --- gaps

    def gaps(self, mode: str = "marks") -> list[GapFound]:
        self.asked.append(("gaps", mode))
        self._check("gaps")
        return [*self.gap_list]

    def fill(self, request: FillRequest) -> GapFilled:
        self.asked.append(request)
        self._check("fill")
        self.link_list.append(gap_link(request))
        node = Node(id=NodeId("node_gap"), kind="video", title="SH_0460", model=request.model)
        self.canvas_now = self.canvas_now.with_node(node)
        return GapFilled(
            link_id=LinkId("link_gap"), shot="SH_0460", nodes={"video": node.id}, frames=80, notes=("A note.",)
        )

    def put(self, request: PutRequest) -> list[PutClip]:
        self.asked.append(request)
        self._check("put")
        self.link_list = [one for one in self.link_list if not (one.fills_gap and one.id in request.links)]
        return [self._put(link_id) for link_id in request.links]

    def _put(self, link_id: LinkId) -> PutClip:
        number = str(link_id).rpartition("_")[2]
        shot = shot_name(int(number)) if number.isdigit() else "SH_0460"
        if words := self.put_errors.get(link_id):
            return PutClip(link_id=link_id, shot=shot, how="take", sentence=words, error={"code": "not_found"})
        return PutClip(link_id=link_id, shot=shot, how="take", changed=True, sentence="placed in its gap.")


# --- the reel -------------------------------------------------------------------------------------------


def shot_name(number: int) -> str:
    """``SH_0410`` for shot 1."""
    return f"SH_0{400 + 10 * number}"


def start_of(number: int) -> int:
    """Record frame of a shot's head in the base."""
    return HOUR + (number - 1) * SHOT_FRAMES


def link(number: int) -> ClipLink:
    """The clip link of a shot: 80 frames from source frame 40, handed over with 12 frames each side."""
    start = start_of(number)
    return ClipLink(
        id=LinkId(f"link_{number}"),
        canvas_id=CANVAS,
        node_id=NodeId(f"source_{number}"),
        source_take_id=TakeId(f"pushed_{number}"),
        shot=shot_name(number),
        project_id="p1",
        project_name="Film",
        timeline_id="t1",
        timeline_name="REEL 2 v14",
        clip_key=ClipKey(f"clip_{number}"),
        track_type="video",
        track_index=1,
        start_record_frame=start,
        end_record_frame=start + SHOT_FRAMES,
        media_path=f"/footage/A003_C00{number}.mov",
        media_rate="24/1",
        source_start_frame=SOURCE_START,
        source_end_frame=SOURCE_START + SHOT_FRAMES,
        given_start_frame=SOURCE_START - HANDLES,
        given_end_frame=SOURCE_START + SHOT_FRAMES + HANDLES,
        width=1920,
        height=1080,
        created_at="2026-11-22T09:00:00.000+00:00",
    )


def gap_link(request: FillRequest) -> ClipLink:
    """The link of a shot that was made for a gap."""
    place = {
        "track_index": request.track_index,
        "start_record_frame": request.start_record_frame,
        "end_record_frame": request.end_record_frame,
    }
    fresh = {"id": "link_gap", "node_id": "node_gap", "shot": "SH_0460", "clip_key": "", "source_take_id": ""}
    return link(1).model_copy(update={**place, **fresh, "media_path": "", "fills_gap": True})


def canvas() -> Canvas:
    """Five pushed shots, each with a node behind it that has a pinned take."""
    nodes: dict[NodeId, Node] = {}
    wires: dict[WireId, Wire] = {}
    takes: dict[TakeId, Take] = {}
    for number in range(1, 6):
        source, node = NodeId(f"source_{number}"), NodeId(f"node_{number}")
        takes[TakeId(f"pushed_{number}")] = made_take(f"pushed_{number}", source, 1, number, given=True)
        takes[TakeId(f"take_{number}")] = made_take(f"take_{number}", node, number + 2, 40 + number)
        nodes[source] = Node(
            id=source, kind="source_clip", title=f"A003_C00{number}", pin=TakeId(f"pushed_{number}"), x=0
        )
        nodes[node] = Node(id=node, kind="video_edit", title=shot_name(number), pin=TakeId(f"take_{number}"), x=300)
        wire = WireId(f"wire_{number}")
        wires[wire] = Wire(id=wire, src_node=source, src_port="video", dst_node=node, dst_port="source")
    return Canvas(id=CANVAS, title="Reel 2", nodes=nodes, wires=wires, takes=takes)


def made_take(name: str, node: NodeId, seq: int, picture: int, *, given: bool = False) -> Take:
    """A take whose poster is `scene` of ``picture``."""
    facts: dict[str, bool | int | str] = {"frame_count": 104, "rate": "24/1"}
    facts |= {"given_start_frame": SOURCE_START - HANDLES} if given else {}
    output = Output(content=BlobHash(f"b3:{picture:064x}"), facts=facts)
    return Take(id=TakeId(name), node_id=node, seq=seq, origin="generated", outputs={"video": output})


def seen(number: int, *, head: int = 0, tail: int = 0) -> SeenClip:
    """A shot's clip as the editor has it now."""
    start = start_of(number)
    return SeenClip(
        clip=f"clip_{number}",
        name=f"A003_C00{number}.mov",
        kind="clip",
        track_type="video",
        track_index=1,
        start_record_frame=start + head,
        end_record_frame=start + SHOT_FRAMES - tail,
        timecode="01:00:00:00",
        rate="24/1",
        links=(
            SeenLink(
                link_id=LinkId(f"link_{number}"),
                canvas_id=CANVAS,
                shot=shot_name(number),
                source_node=NodeId(f"source_{number}"),
                node=NodeId(f"node_{number}"),
            ),
        ),
    )


# --- entries --------------------------------------------------------------------------------------------


def edit(number: int, *, head: int = 0, tail: int = 0, track: int = 0) -> EditEntry:
    """The canvas's take comes into a slot whose ends the editor moved by so many frames."""
    start = HANDLES + head
    source = [start, HANDLES + SHOT_FRAMES - tail]
    media = {
        "name": f"{shot_name(number)} take {number + 2}",
        "location": f"takebridge:link_{number}/take_{number}",
        "rate": "24/1",
        "frame_count": 104,
    }
    return EditEntry(
        name=f"A003_C00{number}.mov",
        base=["video", 0, number - 1],
        editor=["video", track, number - 1],
        canvas=["video", 0, number - 1],
        covers=NO_COVERS,
        text=f"Shows {media['name']}, as on the canvas.",
        operations=[
            {"op": "import", "media": media},
            {"op": "add_take", "take": {"key": f"take_{number}", "media": media, "source": source}},
        ],
    )


def conflict(number: int, what: str = "content", *choices: str, text: str = "") -> ConflictEntry:
    """A conflict about a shot."""
    name = f"{shot_name(number)} take {number + 2}"
    texts = {
        "content": f"The editor shows A003_C009.mov here, the canvas {name}.",
        "deleted_by_editor": f"The editor deleted it; the canvas shows {name} there now. "
        "The deletion stands unless you put it back.",
        "dropped_by_canvas": "The canvas no longer has it; the editor's cut does. It stays unless you let it go.",
        "time": "The canvas trimmed the head by 12 frames; the editor's timing stands.",
    }
    place: list[Any] = ["video", 0, number - 1]
    return ConflictEntry(
        name=f"A003_C00{number}.mov",
        base=place,
        editor=None if what == "deleted_by_editor" else place,
        canvas=None if what == "dropped_by_canvas" else place,
        covers=NO_COVERS,
        text=text or texts[what],
        id=f"{what}:V1.{number - 1}",
        what=what,
        choices=list(choices) or ["editor", "canvas"],
        chosen="editor",
    )


def removed(number: int) -> RemovedEntry:
    """A shot the editor deleted."""
    return RemovedEntry(
        name=f"A003_C00{number}.mov",
        base=["video", 0, number - 1],
        editor=None,
        canvas=["video", 0, number - 1],
        covers=NO_COVERS,
        text="The editor deleted it.",
        by="editor",
    )


def request(number: int = 4, **fields: Any) -> TakeRequest:
    """A clip that was made longer than its take."""
    told: dict[str, Any] = {
        "name": f"A003_C00{number}.mov",
        "shot": shot_name(number),
        "kind": "media",
        "edge": "tail",
        "needs_frames": 6,
        "text": f"{shot_name(number)}: the take ends 6 frames before the clip does. "
        "It keeps what it shows until a take reaches.",
        "possible": True,
    }
    return TakeRequest(**{**told, **fields})


def price(low: int | None = 1_400_000, high: int | None = 3_200_000, jobs: int = 1) -> Price:
    """What making the takes costs."""
    return Price(
        jobs=jobs,
        low_micros=low,
        high_micros=high,
        currency="USD",
        seconds_low=60,
        seconds_high=120,
        sentence="1 run",
    )


def trip(outcome: str = "planned", **fields: Any) -> RoundTrip:
    """An answer to a round trip."""
    told: dict[str, Any] = {
        "outcome": outcome,
        "dry_run": outcome in ("planned", "no_base"),
        "canvas_id": CANVAS,
        "project": "Film",
        "timeline": "REEL 2 v14",
        "sentence": "5 steps; 1 conflict to decide.",
    }
    return RoundTrip(**{**told, **fields})


def past_trip(name: str = "trip_1", state: str = "done", **fields: Any) -> TripFacts:
    """A round trip of the past, of five steps."""
    told: dict[str, Any] = {
        "trip": name,
        "canvas": CANVAS,
        "timeline": "REEL 2 v14",
        "state": state,
        "steps": [f"step {number}" for number in range(1, 6)],
        "done": 5,
        "copy_name": "",
        "reason": "",
        "created_at": "2026-11-22T10:42:00.000+00:00",
        "ended_at": "2026-11-22T10:42:09.000+00:00",
    }
    return TripFacts(**{**told, **fields})


# --- plans ----------------------------------------------------------------------------------------------


def step(number: int, low: int | None = 440_000, high: int | None = 660_000, **fields: Any) -> Step:
    """One paid job of a shot's node."""
    told: dict[str, Any] = {
        "node": NodeId(f"node_{number}"),
        "title": shot_name(number),
        "expected_fp": f"fp_{number}",
        "model": "veo-3.1",
        "low_micros": low,
        "high_micros": high,
        "currency": "USD",
        "seconds_low": 60,
        "seconds_high": 120,
        "local": False,
        "free": high == 0,
        "group": 0,
    }
    return Step(**{**told, **fields})


def plan(*steps: Step, digest: str = "d1", follow: Sequence[Step] = (), **fields: Any) -> Plan:
    """A plan of these steps, summed up as the planner does."""
    whole = _amount(steps)
    told: dict[str, Any] = {
        "groups": (steps,) if steps else (),
        "now": (whole,) if steps else (),
        "whole": (whole,) if steps else (),
        "may_follow": tuple(follow),
        "at_most": (_amount([*steps, *follow]),) if steps else (),
        "unknown_prices": whole.unknown,
        "seconds_low": 60,
        "seconds_high": 120,
        "sentence": f"{len(steps)} run",
        "digest": digest,
    }
    return Plan(**{**told, **fields})


def _amount(steps: Sequence[Step]) -> Amount:
    known = [one for one in steps if one.high_micros is not None]
    return Amount(
        currency="USD",
        low_micros=sum(one.low_micros or 0 for one in known),
        high_micros=sum(one.high_micros or 0 for one in known),
        unknown=len(steps) - len(known),
    )


def skipped(number: int, reason: Any, words: str) -> Skipped:
    """A node that does not run."""
    return Skipped(node=NodeId(f"node_{number}"), title=shot_name(number), reason=reason, words=words)


def binding(left: int | None, scope: str = "day") -> Binding:
    """A cap in the way."""
    return Binding(scope=scope, currency="USD", left_micros=left, words="A cap is in the way.")


def cap(limit: int, committed: int, scope: str = "day") -> dict[str, Any]:
    """``/api/ledger/remaining`` with one cap."""
    facts = {"scope": scope, "key": "", "currency": "USD", "limit_micros": limit}
    return {"USD": {"currency": "USD", "left_micros": limit - committed, "cap": facts, "committed_micros": committed}}


# --- gaps and models ------------------------------------------------------------------------------------


def gap(number: int = 6, *, frames: int = 80, before: bool = True, after: bool = True) -> GapFound:
    """A gap of so many frames at the place of a shot."""
    start = start_of(number)
    seconds = (start - HOUR) // 24
    return GapFound(
        timeline_id="t1",
        track_index=1,
        start_record_frame=start,
        end_record_frame=start + frames,
        timecode=f"01:00:{seconds:02}:{(start - HOUR) % 24:02}",
        rate="24/1",
        before="clip_before" if before else "",
        after="clip_after" if after else "",
        before_frame=start - 1 if before else None,
        after_frame=start + frames if after else None,
    )


def _model(key: str, title: str, roles: Sequence[str], **fields: Any) -> dict[str, Any]:
    slots = [{"role": role, "minimum": 0, "maximum": 1} for role in roles]
    return {"id": key, "title": title, "kind": "video", "inputs": slots, "prompt": True, **fields}


LOCAL = _model(
    "local/previz-video",
    "Previz video",
    ("start_frame", "end_frame"),
    price={"currency": "USD", "low_micros": 0, "high_micros": 0},
    local=True,
    previz=True,
    seconds_low=3,
    seconds_high=60,
)
VEO = _model(
    "veo-3.1",
    "Veo 3.1",
    ("start_frame", "end_frame"),
    provider="google",
    price={"currency": "USD", "low_micros": 400_000, "high_micros": 400_000},
    price_per="second",
    seconds_low=60,
    seconds_high=120,
    max_prompt=200,
)
PLAIN = _model(
    "words-1",
    "Words to video",
    (),
    provider="somebody",
    price={"currency": "USD", "low_micros": None, "high_micros": None},
)


# --- pictures -------------------------------------------------------------------------------------------

_SKIES = (((28, 40, 66), (226, 142, 84)), ((18, 26, 40), (70, 110, 140)), ((60, 62, 70), (188, 180, 160)))


def scene(number: int) -> bytes:
    """A painted landscape as JPEG, another one for every number."""
    width, height = 320, 180
    top, low = _SKIES[number % len(_SKIES)]
    picture = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(picture)
    horizon = 100 + number * 7 % 30
    for row in range(height):
        part = min(1.0, row / horizon)
        draw.line([(0, row), (width, row)], tuple(round(a + (b - a) * part) for a, b in zip(top, low, strict=True)))
    sun = 40 + number * 53 % 240
    draw.ellipse([sun - 14, horizon - 44, sun + 14, horizon - 16], (250, 226, 170))
    for hill in range(4):
        left = number * 61 % 90 + hill * 95 - 60
        shade = tuple(max(8, value // (hill + 3)) for value in low)
        draw.polygon([(left - 80, height), (left + 50, horizon - 12 + hill * 12), (left + 190, height)], shade)
    draw.rectangle([0, 160, width, height], tuple(value // 6 for value in low))
    data = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(0.8)).save(data, "JPEG", quality=88)
    return data.getvalue()
