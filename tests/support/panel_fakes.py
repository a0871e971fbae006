"""A bridge for the panel's widgets without a server: a real canvas with its own ops, real pictures, real films.

`FakeLink` has the names of `takebridge_resolve.panel.link.Link` (`ask`, `event`, `away`, `back`, `resync`) and calls on
threads as that does. `FakeApi` edits a canvas with `takebridge.canvas.ops`, so refusals are the bridge's own.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image
from PySide6.QtCore import QObject, Qt, Signal, Slot

from takebridge.canvas.fingerprint import Change, fingerprint, recipe_of
from takebridge.canvas.model import Canvas, Node, Output, Take
from takebridge.canvas.op_types import AddTake, Op
from takebridge.canvas.ops import apply_all
from takebridge.canvas.state import derive
from takebridge.client.live import LiveEvent
from takebridge.client.panel_types import Cells
from takebridge.client.replies import Committed, Job, Snapshot, StateFacts, Tray
from takebridge.cut.link import ClipLink
from takebridge.errors import BridgeError, NotFoundError, UnknownNodeError
from takebridge.ids import BlobHash, CanvasId, JobId, NodeId, OpId, TakeId
from takebridge.media.testcard import render_test_clip
from takebridge.nodes.registry import load_kinds
from takebridge.timebase import FrameRate
from takebridge_resolve.panel.link import Asked

CANVAS, NODE, SOURCE = CanvasId("canvas_1"), NodeId("node_shot"), NodeId("node_source")
R24, R23, R29 = FrameRate(24), FrameRate(24000, 1001), FrameRate(30000, 1001)
COLUMNS, ROWS, CELL = 8, 6, (160, 90)
T0 = "2026-03-01T10:00:00+00:00"


class FakeLink(QObject):
    """The panel's link with an api of this process behind it."""

    event = Signal(object)
    away = Signal(str)
    back = Signal()
    resync = Signal()
    trouble = Signal(object)
    _answered = Signal(object, object, object)

    def __init__(self, api: FakeApi, home: Path) -> None:
        super().__init__()
        self.api = api
        self.home = home
        self.is_there: bool | None = True
        self.asked = 0
        self._pool = ThreadPoolExecutor(2, "fake link")
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        api.tell = self.tell

    def ask(
        self,
        call: Callable[[Any], Any],
        then: Callable[[Any], None],
        failed: Callable[[BridgeError], None] | None = None,
    ) -> Asked:
        asked = Asked(call, then, failed)
        self.asked += 1
        self._pool.submit(self._work, asked)
        return asked

    def tell(self, topic: str, data: dict[str, Any]) -> None:
        """Say an event, on the GUI thread."""
        self.event.emit(LiveEvent(seq=1, topic=topic, data=data))

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _work(self, asked: Asked) -> None:
        if asked.cancelled:
            return
        self.api.gate.wait(20)
        result, error = None, None
        try:
            result = asked.call(self.api)
        except BridgeError as found:
            error = found
        self._answered.emit(asked, result, error)

    @Slot(object, object, object)
    def _deliver(self, asked: Asked, result: object, error: BridgeError | None) -> None:
        asked.done = True
        if asked.cancelled:
            return
        if error is None:
            asked.then(result)
        elif asked.failed is not None:
            asked.failed(error)
        else:
            self.trouble.emit(error)


class FakeApi:
    """One canvas with a source clip and a video node. ``films`` are the files behind contents."""

    def __init__(self, films: dict[BlobHash, Path] | None = None) -> None:
        self.kinds = load_kinds().kinds
        node = Node(id=NODE, kind="video", title="SH_0420", params={"prompt": "a street at dusk", "seed": 17})
        source = Node(id=SOURCE, kind="source_clip", title="A003")
        self.state = Canvas(id=CANVAS, title="Reel 2", nodes={NODE: node, SOURCE: source})
        self.films = films or {}
        self.job_list: list[Job] = []
        self.link_list: list[ClipLink] = []
        self.rev = 1
        self.refuse: BridgeError | None = None
        self.full_size = (1280, 720)
        self.gate = threading.Event()
        self.gate.set()
        self.tell: Callable[[str, dict[str, Any]], None] = lambda topic, data: None
        self.calls: list[str] = []
        self._inverses: dict[str, tuple[Op, ...]] = {}
        self._pictures: dict[tuple[str, str], bytes] = {}
        self._lock = threading.RLock()

    # --- what the panel asks

    def canvas(self, canvas_id: CanvasId) -> Snapshot:
        self.calls.append("canvas")
        with self._lock:
            states = {node: _facts(state) for node, state in derive(self.state, self.kinds).items()}
            return Snapshot(epoch="epoch_1", rev=self.rev, canvas=self.state, states=states)

    def tray(self, canvas_id: CanvasId, node_id: NodeId, *, hidden: bool = False) -> Tray:
        self.calls.append("tray")
        with self._lock:
            if node_id not in self.state.nodes:
                raise UnknownNodeError(f"There is no node “{node_id}”.")
            takes = self.state.takes_of(node_id)
            pin = self.state.nodes[node_id].pin
            return Tray(pin=pin, takes=tuple(take for take in takes if hidden or not take.hidden))

    def links(self, canvas_id: CanvasId) -> list[ClipLink]:
        return [*self.link_list]

    def jobs(self, canvas_id: CanvasId | None = None) -> list[Job]:
        return list(self.job_list)

    def cancel(self, job_id: JobId) -> Job:
        self.calls.append(f"cancel {job_id}")
        return next(job for job in self.job_list if job.job == job_id)

    def why(self, canvas_id: CanvasId, node_id: NodeId) -> list[Change]:
        return [Change(path="params.seed", before=17, after=4411)]

    def apply(
        self,
        canvas_id: CanvasId,
        ops: Sequence[Op],
        *,
        author: str = "editor",
        op_id: OpId | None = None,
        base: tuple[str, int] | None = None,
    ) -> Committed:
        self.calls.append("apply")
        if self.refuse is not None:
            raise self.refuse
        return self._commit(tuple(ops), author, op_id or OpId("op_0"))

    def undo(self, canvas_id: CanvasId, *, author: str = "editor", batch: str | None = None) -> Committed:
        self.calls.append("undo")
        return self._commit(self._inverses.pop(batch or ""), author, OpId(f"undo {batch}"))

    def poster(self, content: BlobHash) -> bytes:
        self.calls.append("poster")
        return self._picture(content, "poster")

    def sprite(self, content: BlobHash) -> tuple[bytes, Cells]:
        self.calls.append("sprite")
        data = self._picture(content, "sprite")
        return data, Cells(count=COLUMNS * ROWS, columns=COLUMNS, width=CELL[0], height=CELL[1])

    def proxy(self, content: BlobHash, to: Path) -> Path:
        self.calls.append("proxy")
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(self._film(content).read_bytes())
        return to

    def full_frame(self, content: BlobHash, frame: int) -> bytes:
        """A frame of the film, enlarged to `full_size`: a take that the proxy is a small copy of."""
        self.calls.append(f"full_frame {frame}")
        with av.open(str(self._film(content))) as inside:
            found = next(one for number, one in enumerate(inside.decode(video=0)) if number == frame)
            picture = Image.fromarray(found.to_ndarray(format="rgb24")).resize(self.full_size)
        data = io.BytesIO()
        picture.save(data, "PNG")
        return data.getvalue()

    def clip_frame(self, session: str, clip: str, record_frame: int, *, width: int = 320) -> bytes:
        picture = Image.new("RGB", (width, width * 9 // 16), (record_frame % 256, 40, 40))
        return _jpeg(picture)

    # --- what a test does to it

    def add(self, *takes: Take) -> None:
        """Bring takes in from elsewhere: the bridge says so to everybody."""
        self._commit(tuple(AddTake(take=take) for take in takes), "render", OpId(f"op_{takes[0].id}"))

    def put(self, *takes: Take) -> None:
        """Have takes that were there before anybody looked."""
        for take in takes:
            self.state = self.state.with_take(take)

    def pin(self, take_id: TakeId | None) -> None:
        node = self.state.nodes[NODE]
        self.state = self.state.with_node(node.model_copy(update={"pin": take_id}))

    def say_job(self, job: Job, topic: str = "job.progress") -> None:
        self.job_list = [one for one in self.job_list if one.job != job.job] + [job]
        self.tell(topic, job.model_dump(mode="json"))

    def _commit(self, ops: tuple[Op, ...], author: str, op_id: OpId) -> Committed:
        with self._lock:
            applied = apply_all(self.state, ops, self.kinds)
            self.state = applied.canvas
            self._inverses[op_id] = applied.inverses
            self.rev += 1
            states = {node: _facts(state) for node, state in derive(self.state, self.kinds).items()}
            data = {
                "canvas": CANVAS,
                "epoch": "epoch_1",
                "from_rev": self.rev - 1,
                "rev": self.rev,
                "author": author,
                "batch": op_id,
                "ops": [op.model_dump(mode="json") for op in ops],
                "states": {node: state.model_dump(mode="json") for node, state in states.items()},
            }
            answer = Committed(epoch="epoch_1", rev=self.rev, states=states)
        self.tell("canvas.changed", data)
        return answer

    def _film(self, content: BlobHash) -> Path:
        if content not in self.films:
            raise NotFoundError(f"Nothing has the content {content[:12]}.", hint="Look again.")
        return self.films[content]

    def _picture(self, content: BlobHash, kind: str) -> bytes:
        film = self._film(content)
        key = (str(film), kind)
        if key not in self._pictures:
            self._pictures[key] = poster_of(film) if kind == "poster" else sprite_of(film)
        return self._pictures[key]


def _facts(state: Any) -> StateFacts:
    return StateFacts(status=str(state.status), expected_fp=state.expected_fp)


# --- takes and films ------------------------------------------------------------------------------------


def content_of(number: int) -> BlobHash:
    """A content hash that stands for film ``number``."""
    return BlobHash(f"b3:{number:064x}")


def take(
    number: int,
    *,
    film: int | None = None,
    frames: int = 48,
    rate: FrameRate = R24,
    size: tuple[int, int] = (320, 180),
    **fields: Any,
) -> Take:
    """A take of the video node, told apart by its number."""
    facts = {"width": size[0], "height": size[1], "frame_count": frames, "rate": str(rate), "duration_ms": 2000}
    told: dict[str, Any] = {
        "id": TakeId(f"take_{number}"),
        "node_id": NODE,
        "seq": number,
        "origin": "generated",
        "outputs": {"video": Output(content=content_of(number if film is None else film), facts=facts)},
        "model_reported": "veo-3.1",
        "seed_used": 4411,
        "cost_actual_micros": 3_200_000,
        "created_at": T0,
    }
    return Take(**{**told, **fields})


def with_recipe(api: FakeApi, made: Take, **params: Any) -> Take:
    """The take as made for the recipe its node has now, or had with other parameters."""
    node = api.state.nodes[NODE]
    asked = api.state.with_node(node.model_copy(update={"params": {**node.params, **params}}))
    recipe = recipe_of(asked, NODE, api.kinds)
    return made.model_copy(update={"recipe": recipe, "recipe_fp": fingerprint(recipe)})


def job(number: int, status: str = "InProgress", **fields: Any) -> Job:
    """A job of the video node."""
    state = {"InProgress": "running", "Pending": "queued", "Failed": "failed", "Complete": "done"}.get(
        status, "unknown"
    )
    told: dict[str, Any] = {"canvas": CANVAS, "node": NODE, "model": "veo-3.1", "created_at": T0}
    return Job(job=JobId(f"job_{number}"), state=state, status=status, **{**told, **fields})


def numbered_film(
    path: Path, rate: FrameRate, frames: int, *, clip: int = 1, size: tuple[int, int] = (320, 180)
) -> Path:
    """A film with its frame number in each picture, made as the bridge makes proxies: H.264, GOP 12, no B-frames."""
    raw = render_test_clip(
        path.with_suffix(".mov"),
        clip_id=clip,
        frame_count=frames,
        rate=rate,
        width=size[0],
        height=size[1],
        audio=False,
    )
    return as_proxy(raw, path)


def as_proxy(source: Path, path: Path, *, width: int | None = None, frames: int | None = None) -> Path:
    """Encode a film the way the bridge makes its proxies."""
    with av.open(str(source)) as inside, av.open(str(path), "w", options={"movflags": "+faststart"}) as outside:
        video = inside.streams.video[0]
        rate = Fraction(video.average_rate or 24)
        out = outside.add_stream(
            "libx264", rate=rate, options={"g": "12", "bf": "0", "crf": "20", "preset": "ultrafast"}
        )
        out.width = width or video.codec_context.width
        out.height = video.codec_context.height * out.width // video.codec_context.width // 2 * 2
        out.pix_fmt = "yuv420p"
        for number, frame in enumerate(inside.decode(video)):
            if frames is not None and number >= frames:
                break
            again = frame.reformat(width=out.width, height=out.height, format="yuv420p")
            again.pts, again.time_base = number, 1 / rate
            outside.mux(out.encode(again))
        outside.mux(out.encode())
    return path


def poster_of(film: Path) -> bytes:
    """The first picture as a JPEG, 320 wide."""
    with av.open(str(film)) as inside:
        frame = next(inside.decode(video=0))
        picture = Image.fromarray(frame.to_ndarray(format="rgb24"))
    return _jpeg(picture.resize((320, 320 * picture.height // picture.width)))


def sprite_of(film: Path) -> bytes:
    """48 cells, evenly spaced, letterboxed into 160×90."""
    with av.open(str(film)) as inside:
        pictures = [Image.fromarray(frame.to_ndarray(format="rgb24")) for frame in inside.decode(video=0)]
    sheet = Image.new("RGB", (COLUMNS * CELL[0], ROWS * CELL[1]))
    for cell in range(COLUMNS * ROWS):
        picture = pictures[cell * len(pictures) // (COLUMNS * ROWS)].copy()
        picture.thumbnail(CELL)
        row, column = divmod(cell, COLUMNS)
        left = column * CELL[0] + (CELL[0] - picture.width) // 2
        sheet.paste(picture, (left, row * CELL[1] + (CELL[1] - picture.height) // 2))
    return _jpeg(sheet)


def _jpeg(picture: Image.Image) -> bytes:
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=85)
    return data.getvalue()


def pixels(image: Any) -> np.ndarray:
    """A QImage as height × width × 3."""
    from PySide6.QtGui import QImage

    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    data = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    return data[:, : rgb.width() * 3].reshape(rgb.height(), rgb.width(), 3).copy()
