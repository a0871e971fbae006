"""What the panel knows, kept in step with the bridge; widgets read it and bind to its signals, and ask through it.

Nothing is decided here that the bridge decides: states, prices and problems are shown as they were given.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from takebridge.errors import BridgeError, HostBusyError
from takebridge.ids import CanvasId, NodeId, TakeId
from takebridge_resolve.panel import log_words
from takebridge_resolve.panel.connection_words import LOOKING, Connection, bridge_down, connection
from takebridge_resolve.panel.jobs_state import Jobs
from takebridge_resolve.panel.link import Asked, Link
from takebridge_resolve.panel.log_words import Line
from takebridge_resolve.panel.primary import Facts

if TYPE_CHECKING:
    from takebridge.canvas.model import Node, NodeKind, Take
    from takebridge.client.api import Api
    from takebridge.client.live import LiveEvent
    from takebridge.client.panel_types import Look, SeenClip, SeenLink
    from takebridge.client.replies import Snapshot, Status

T = TypeVar("T")

SETTLE_MS = 120
"""Events of one edit come in a row: a canvas is loaded once for all that came within this time."""
AWAY_TICK_MS = 20_000


class State(QObject):
    """The panel's knowledge. Every signal says that a part of it is another one now; `changed` follows each of them."""

    connection_changed = Signal()
    canvases_changed = Signal()
    canvas_changed = Signal()
    clip_changed = Signal()
    doing_changed = Signal()
    conflicts_changed = Signal()
    changed = Signal()
    said = Signal(object)

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.link = link
        self.jobs = Jobs(link, self)
        self.connection: Connection = LOOKING
        self.status: Status | None = None
        self.canvases: dict[CanvasId, str] = {}
        self.canvas_id: CanvasId | None = None
        self.snapshot: Snapshot | None = None
        self.kinds: dict[str, NodeKind] = {}
        self.look: Look | None = None
        self.clip: SeenClip | None = None
        self.doing = ""
        self.conflicts = 0
        self.wanted_canvas: str = ""
        self._loading: Asked | None = None
        self._settle = self._timer(SETTLE_MS, self.load_canvas, single=True)
        self._tick = self._timer(AWAY_TICK_MS, self._tell_away)
        link.event.connect(self._on_event)
        link.away.connect(self._on_away)
        link.resync.connect(self.load)
        link.trouble.connect(self.tell)
        for signal in (self.connection_changed, self.canvases_changed, self.canvas_changed, self.clip_changed):
            signal.connect(self.changed)
        for signal in (self.doing_changed, self.conflicts_changed, self.jobs.changed):
            signal.connect(self.changed)

    def _timer(self, milliseconds: int, call: Callable[[], object], *, single: bool = False) -> QTimer:
        timer = QTimer(self, interval=milliseconds, singleShot=single)
        timer.timeout.connect(call)
        return timer

    # --- asking

    def ask(self, call: Callable[[Api], T], then: Callable[[T], None]) -> Asked:
        """Ask quietly; an error goes to the log."""
        return self.link.ask(call, then, self.tell)

    def work(self, doing: str, call: Callable[[Api], T], then: Callable[[T], None]) -> bool:
        """Do what a person asked for, one thing at a time; says whether it was begun. ``doing`` shows meanwhile."""
        if self.doing:
            return False
        self._set_doing(doing)

        def done(result: T) -> None:
            self._set_doing("")
            then(result)

        def failed(error: BridgeError) -> None:
            self._set_doing("")
            self.tell(error, doing.rstrip("…"))

        self.link.ask(call, done, failed)
        return True

    def tell(self, error: BridgeError, doing: str = "") -> None:
        """Put an error into the log; a busy editor shows in the connection too."""
        if isinstance(error, HostBusyError):
            self.set_busy(True)
        self.say(log_words.of_error(error, _now(), doing))

    def say(self, line: Line | str) -> None:
        """Put a sentence into the log."""
        self.said.emit(Line(_now(), line) if isinstance(line, str) else line)

    def _set_doing(self, doing: str) -> None:
        self.doing = doing
        self.doing_changed.emit()

    # --- loading

    def load(self) -> None:
        """Load everything that is shown."""
        self._tick.stop()
        self.load_status()
        self.load_canvases()
        self.jobs.load()
        if not self.kinds:
            self.ask(lambda api: api.kinds(), self._got_kinds)

    def load_status(self, *, fresh: bool = False) -> None:
        """Ask what is connected; ``fresh`` asks the editor itself."""
        self.ask(lambda api: api.status(fresh=fresh), self._got_status)

    def load_canvases(self) -> None:
        """Ask which canvases there are."""
        self.ask(lambda api: api.canvases(), self._got_canvases)

    def load_canvas(self) -> None:
        """Load the chosen canvas."""
        canvas_id = self.canvas_id
        if self._loading:
            self._loading.cancel()
        if canvas_id is not None:
            self._loading = self.ask(lambda api: api.canvas(canvas_id), self._got_canvas)

    def _got_kinds(self, kinds: dict[str, NodeKind]) -> None:
        self.kinds = kinds
        self.canvas_changed.emit()

    def _got_status(self, status: Status) -> None:
        self.status = status
        self._set_connection(connection(status))

    def _got_canvases(self, canvases: dict[CanvasId, str]) -> None:
        self.canvases = canvases
        wanted = self.canvas_id if self.canvas_id in canvases else CanvasId(self.wanted_canvas)
        chosen = wanted if wanted in canvases else next(iter(canvases), None)
        self.canvases_changed.emit()
        self._take_canvas(chosen)

    def choose_canvas(self, canvas_id: CanvasId | None) -> None:
        """Show another canvas, and remember it."""
        if canvas_id != self.canvas_id:
            self._take_canvas(canvas_id)

    def _take_canvas(self, canvas_id: CanvasId | None) -> None:
        if canvas_id != self.canvas_id:
            self.canvas_id, self.snapshot = canvas_id, None
            self.wanted_canvas = canvas_id or self.wanted_canvas
            self.conflicts = 0
            self.canvases_changed.emit()
            self.canvas_changed.emit()
        self.load_canvas()

    def new_canvas(self, title: str) -> None:
        """Make a canvas and show it."""

        def made(snapshot: Snapshot) -> None:
            self.canvases[snapshot.canvas.id] = title
            self.choose_canvas(snapshot.canvas.id)
            self.say(f"Canvas “{title}” is ready.")

        self.ask(lambda api: api.create_canvas(title), made)

    def _got_canvas(self, snapshot: Snapshot) -> None:
        if snapshot.canvas.id == self.canvas_id:
            self.snapshot = snapshot
            self.jobs.names.update({node.id: node.title for node in snapshot.canvas.nodes.values()})
            self.canvas_changed.emit()

    def _set_connection(self, found: Connection) -> None:
        if found != self.connection:
            self.connection = found
            self.connection_changed.emit()

    def set_busy(self, busy: bool) -> None:
        """Take down that the editor refused, or no longer refuses, as busy."""
        if self.status is not None and (self.connection.standing == "busy") != busy and self.connection.is_live:
            self._set_connection(connection(self.status, busy=busy))

    # --- what the bridge says

    def _on_event(self, event: LiveEvent) -> None:
        data = event.data
        if event.topic.startswith("job."):
            self.jobs.take_in(event)
        elif event.topic == "canvas.changed" and data.get("canvas") == self.canvas_id:
            self._settle.start()
        elif event.topic.startswith("canvas.") and data.get("canvas") not in self.canvases:
            self.load_canvases()
        elif event.topic.startswith(("host.", "exchange.")):
            self.load_status()
        line = log_words.of_event(event.topic, data, _now(), self.name_of)
        if line is not None:
            self.say(line)

    def _on_away(self, words: str) -> None:
        self._tell_away()
        self._tick.start()
        self.say(Line(_now(), words, "warning"))

    def _tell_away(self) -> None:
        since = self.link.away_since
        seconds = round((_now() - since).total_seconds()) if since else 0
        self._set_connection(bridge_down(stopped=since is not None, seconds=seconds))

    # --- the clip

    def set_look(self, look: Look | None) -> None:
        """Take in what the person means; the first clip is the one shown."""
        self.look = look
        self.clip = look.clips[0] if look and look.clips else None
        self.clip_changed.emit()

    def mark_shown(self, link_id: str, take_id: TakeId) -> None:
        """Take down that a clip shows a take now, as the bridge read it back."""
        if self.clip is None or not any(link.link_id == link_id for link in self.clip.links):
            return
        links = (one.model_copy(update={"shown": take_id} if one.link_id == link_id else {}) for one in self.clip.links)
        self.clip = self.clip.model_copy(update={"links": tuple(links)})
        self.clip_changed.emit()

    def set_conflicts(self, count: int) -> None:
        """Take in how many conflicts the last round trip plan found."""
        if count != self.conflicts:
            self.conflicts = count
            self.conflicts_changed.emit()

    @property
    def seen_link(self) -> SeenLink | None:
        """The shown clip's link to the chosen canvas."""
        links = self.clip.links if self.clip else ()
        return next((link for link in links if link.canvas_id == self.canvas_id), None)

    @property
    def node(self) -> Node | None:
        """The node whose tray the clip shows: none while the clip has only its source on the canvas."""
        link = self.seen_link
        found = self.snapshot.canvas.nodes.get(link.node) if link and self.snapshot else None
        return None if link and found and found.id == link.source_node else found

    @property
    def takes(self) -> tuple[Take, ...]:
        """The takes of that node, hidden ones left out."""
        node = self.node
        takes = self.snapshot.canvas.takes_of(node.id) if node and self.snapshot else ()
        return tuple(take for take in takes if not take.hidden)

    @property
    def pinned(self) -> Take | None:
        """The pinned take of that node."""
        node = self.node
        return self.snapshot.canvas.takes.get(node.pin) if node and node.pin and self.snapshot else None

    @property
    def shown(self) -> Take | None:
        """The take of ours the clip shows in the timeline; None for the editor's own media."""
        link = self.seen_link
        if link is None or link.shown is None or self.snapshot is None:
            return None
        take = self.snapshot.canvas.takes.get(link.shown)
        return None if take is not None and take.node_id == link.source_node else take

    def state_of(self, node_id: NodeId) -> str:
        """A node's state as the bridge derived it, "" where it is not known."""
        found = self.snapshot.states.get(node_id) if self.snapshot else None
        return found.status if found else ""

    def facts(self) -> Facts:
        """What the primary button depends on."""
        clip, link, node = self.clip, self.seen_link, self.node
        return Facts(
            connection=self.connection,
            has_clip=clip is not None,
            problem=clip.problem if clip else "",
            hint=clip.hint if clip else "",
            linked=link is not None,
            node="yes" if node else "no" if self._knows(link) else "loading",
            takes=len(self.takes),
            pinned=self.pinned.seq if self.pinned else None,
            shown=self.shown.seq if self.shown else None,
            conflicts=self.conflicts,
            making=self.jobs.active_of(node.id) if node else 0,
            failed=self.jobs.failure_of(node.id) if node else "",
            doing=self.doing,
        )

    def _knows(self, link: SeenLink | None) -> bool:
        """Whether the canvas is here as it was when the clip was looked at: right after a push it is not yet."""
        return link is not None and self.snapshot is not None and link.source_node in self.snapshot.canvas.nodes

    def name_of(self, some_id: str) -> str:
        """What a node is called, "" where it is not known."""
        return self.jobs.names.get(some_id, "")


def _now() -> datetime:
    return datetime.now(UTC)


def local(at: datetime) -> datetime:
    """A moment in the time of this machine."""
    return at.astimezone()
