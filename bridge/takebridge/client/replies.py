"""What the bridge answers. A newer bridge may say more: fields unknown here are passed over."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from takebridge.canvas.model import Canvas, Take
from takebridge.canvas.op_types import Op
from takebridge.errors import InvalidDocumentError
from takebridge.ids import CanvasId, JobId, NodeId, OpId, TakeId, WireId

Epoch = str
"""Names one history of a canvas; compared, never counted with."""
T = TypeVar("T")


class Reply(BaseModel):
    """Base of every answer."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class StateFacts(Reply):
    """A node's state as the bridge derived it; clients show it and work nothing out themselves."""

    status: str
    expected_fp: str | None = None
    drifted: bool = False
    blocked_by: tuple[str, ...] = ()
    problem: str = ""


class Snapshot(Reply):
    """A canvas at one revision, whole."""

    epoch: Epoch = ""
    rev: int
    canvas: Canvas
    states: dict[NodeId, StateFacts]


class Committed(Reply):
    """What became of ops: the revision they led to, and the states that changed (None: the node is gone)."""

    epoch: Epoch = ""
    rev: int
    states: dict[NodeId, StateFacts | None] = {}


class LoggedOp(Reply):
    """One op of the log."""

    rev: int
    op_id: OpId
    batch: str = ""
    author: str = ""
    origin: str = "user"
    at: str = ""
    op: Op


class OpsPage(Reply):
    """Ops after a revision. With ``complete`` false they do not lead here from there: load the snapshot."""

    epoch: Epoch = ""
    rev: int
    complete: bool
    ops: tuple[LoggedOp, ...] = ()


class History(Reply):
    """How many edits an author can undo and redo."""

    undo: int
    redo: int


class Tray(Reply):
    """A node's version tray, oldest first. ``revert`` is a take that would make it fresh for nothing."""

    pin: TakeId | None = None
    takes: tuple[Take, ...] = ()
    revert: TakeId | None = None


class TakeText(Reply):
    """The words of one output of a take."""

    port: str
    text: str


class SavedGraph(Reply):
    """A graph file that was written. ``cut`` are wires that led out of the selection and stayed behind."""

    path: Path
    nodes: int
    takes: int
    media: int
    bytes: int
    cut: tuple[WireId, ...] = ()


class LoadedGraph(Reply):
    """Where a graph file went: new ids by those in the file; ``left_out`` takes lacked their media."""

    canvas_id: CanvasId
    nodes: dict[NodeId, NodeId]
    takes: int
    left_out: int = 0


class TemplateSlot(Reply):
    """A place in a template for something of one's own: words, a picture or a clip."""

    name: str
    kind: str
    title: str
    about: str = ""


class TemplateInfo(Reply):
    """A template that ships."""

    name: str
    title: str
    about: str
    slots: tuple[TemplateSlot, ...] = ()


class InsertedTemplate(Reply):
    """Where a template went: its nodes by their names in it."""

    canvas_id: CanvasId
    title: str
    nodes: dict[str, NodeId]
    notes: tuple[str, ...] = ()


class FilmExported(Reply):
    """An assembled film that was written, with its cut and the media of the cut.

    Film and cut both last ``frame_count`` frames at ``rate``. ``losses`` say what the cut could not express.
    """

    video: Path
    otio: Path
    media: tuple[Path, ...]
    frame_count: int
    rate: str
    timecode: str
    status: str
    losses: tuple[str, ...] = ()


class ExportedFor(FilmExported):
    """A film, its cut as one editor takes it, and how a person brings it in. ``document`` None: no editor was named.

    For CapCut ``document`` is the folder of the draft, ``bundle`` that of the files to import by hand, and ``backup``
    what CapCut's list of drafts was before the draft was put into it.
    """

    document: Path | None = None
    steps: str = ""
    bundle: Path | None = None
    backup: Path | None = None


class CanvasChanged(Reply):
    """Data of the event ``canvas.changed``: it leads from ``from_rev`` to ``rev`` of one epoch.

    ``ops`` is None when they are too large to be sent to everybody: ask for them. ``states`` are those that
    changed; None stands for a node that is gone.
    """

    canvas: CanvasId
    epoch: Epoch
    from_rev: int
    rev: int
    author: str = ""
    batch: str = ""
    origin: str = "user"
    ops: tuple[Op, ...] | None
    states: dict[NodeId, StateFacts | None]


class Job(Reply):
    """A job. ``state`` is the bridge's own word, ``status`` the one shown to people (empty from an older bridge).

    ``choices`` are what a person can decide while it is PendingReview. Amounts are millionths; None is unknown.
    ``late``: its take was made for a recipe the node no longer has. ``started_at`` is when the provider took it, ""
    before that; with ``cancel_requested`` it is to stop and has not yet.
    """

    job: JobId
    canvas: CanvasId
    node: NodeId
    model: str = ""
    provider: str = ""
    author: str = ""
    origin: str = "user"
    run: str | None = None
    fan: str | None = None
    retry_of: JobId | None = None
    priority: int = 0
    state: str
    status: str = ""
    choices: tuple[str, ...] = ()
    can_retry: bool = False
    done: int = 0
    total: int = 0
    starts: int = 0
    take: TakeId | None = None
    late: bool = False
    error: dict[str, Any] | None = None
    currency: str = "USD"
    low_micros: int | None = None
    high_micros: int | None = None
    max_micros: int | None = None
    actual_micros: int | None = None
    notes: tuple[str, ...] = ()
    cancel_requested: bool = False
    created_at: str = ""
    started_at: str = ""
    ended_at: str | None = None


class FanOut(Reply):
    """A fan-out and its jobs, in the order of models, then seeds."""

    fan: str
    jobs: tuple[Job, ...] = ()


class RunFacts(Reply):
    """A run: a plan being carried out. ``spent_micros`` is what its jobs may cost so far."""

    run: str
    canvas: CanvasId
    author: str = ""
    state: str
    reason: str = ""
    done: int = 0
    total: int = 0
    under_way: int = 0
    failed: int = 0
    currency: str = "USD"
    spent_micros: int = 0
    max_micros: int = 0
    created_at: str = ""
    ended_at: str = ""


class PauseFacts(Reply):
    """What was stopped from starting, and by whom. ``key`` is a canvas id or a provider; "" is everything."""

    scope: str
    key: str = ""
    author: str = ""
    at: str = ""


class ProviderQueue(Reply):
    """How many jobs of a provider wait, run, and may run at a time and a minute."""

    waiting: int = 0
    running: int = 0
    concurrency: int = 1
    per_minute: int | None = None


class QueueFacts(Reply):
    """The queue: what is paused, and what each provider has to do."""

    pauses: tuple[PauseFacts, ...] = ()
    providers: dict[str, ProviderQueue] = {}


class SpendFacts(Reply):
    """What one group of jobs cost, in one currency. A field that was not grouped by is None."""

    author: str | None = None
    canvas_id: str | None = None
    node_id: str | None = None
    shot: str | None = None
    provider: str | None = None
    model: str | None = None
    day: str | None = None
    currency: str
    jobs: int
    returned_jobs: int = 0
    unknown_jobs: int = 0
    reserved_micros: int = 0
    settled_micros: int = 0
    low_micros: int = 0
    high_micros: int | None = None


class CapFacts(Reply):
    """At most this much may be committed in a scope; "" as key is each one without a cap of its own."""

    scope: str
    key: str = ""
    currency: str
    limit_micros: int


class Reference(Reply):
    """The node a reference became."""

    node: NodeId


class StatusExchange(Reply):
    """A watched folder in a few words: the timelines in it, how many files cannot be read, what is in the way.

    ``product`` is whose it is, ``more`` are the other folders that are watched.
    """

    folder: str
    product: str = "Exchange folder"
    problem: str = ""
    timelines: tuple[str, ...] = ()
    unreadable: int = 0
    more: tuple[StatusExchange, ...] = ()


class Status(Reply):
    """What is running. Parts that are only shown stay as the bridge said them."""

    version: str
    home: str = ""
    ffmpeg: dict[str, Any] = {}
    problems: tuple[str, ...] = ()
    providers: dict[str, dict[str, Any]] = {}
    hosts: tuple[dict[str, Any], ...] = ()
    exchange: StatusExchange | None = None
    canvases: dict[CanvasId, str] = {}
    jobs: tuple[str, ...] = ()


class ExchangeTimeline(Reply):
    """One timeline of the exchange folder: its newest export. ``losses`` say what its document does not."""

    name: str
    title: str
    version: int | None = None
    format: str
    clips: int
    losses: list[str] = []


class ExchangeUnreadable(Reply):
    """A document that could not be read; it is tried again when it changes."""

    name: str
    message: str
    hint: str = ""


class ExchangeDealt(Reply):
    """What became of an export: answered, nothing, undecided, new or refused. ``answer`` is the answer's path."""

    name: str
    title: str
    version: int | None = None
    ending: str
    text: str
    answer: str = ""
    hint: str = ""


class ExchangeReport(Reply):
    """A watched folder, "" where there is none. ``problem`` says why it cannot be looked at, "" when it can.

    ``product`` is whose it is: an exchange folder, or that of Final Cut Pro. ``more`` are the others that are watched.
    """

    folder: str = ""
    product: str = "Exchange folder"
    problem: str = ""
    timelines: list[ExchangeTimeline] = []
    unreadable: list[ExchangeUnreadable] = []
    dealt: list[ExchangeDealt] = []
    more: list[ExchangeReport] = []


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - whatever pydantic can check
    return TypeAdapter(shape)


def read(shape: type[T], answer: object) -> T:
    """Return ``answer`` (JSON) as ``shape``. Raises InvalidDocumentError when it is something else."""
    key: Any = shape
    try:
        found: T = _adapter(key).validate_python(answer)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise InvalidDocumentError(
            "The bridge's answer makes no sense to this client.",
            hint="Use the client of the bridge's own release; 'takebridge status' shows which that is.",
            problem=f"{'.'.join(map(str, first['loc']))}: {first['msg']}"[:300],
        ) from error
    return found
