"""Follows the person in the editor: asks cheaply where they are, and looks closely only when that is another clip."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from takebridge.errors import BridgeError, HostBusyError, HostOfflineError, UnsupportedOpError
from takebridge_resolve.panel.link import Asked
from takebridge_resolve.panel.state import State

if TYPE_CHECKING:
    from takebridge.client.panel_types import Look, LookMode, Spot

POLL_MS = 1_000
MOST_MS = 30_000
"""While the editor refuses, it is asked ever more seldom, down to twice a minute."""

MODES: dict[LookMode, str] = {"playhead": "Playhead", "selected": "Selection", "marks": "Marks"}


class Following(QObject):
    """Asks for the spot about once a second while the window shows, the editor is idle and nothing is being done.

    ``looking`` says that a close look begins (True) or ended (False).
    """

    looking = Signal(bool)

    def __init__(self, state: State, is_visible: Callable[[], bool]) -> None:
        super().__init__(state)
        self.state = state
        self.mode: LookMode = "playhead"
        self.stays = False
        self.spot: Spot | None = None
        self._is_visible = is_visible
        self._asked: Asked | None = None
        self._look: Asked | None = None
        self._seen: tuple[object, ...] | None = None
        self._wait = POLL_MS
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self.poll)
        self._timer.start()
        state.connection_changed.connect(self._on_connection)
        state.doing_changed.connect(self._on_doing)

    @property
    def may_ask(self) -> bool:
        """Whether a poll is due: a live editor, a window somebody sees, nothing under way."""
        idle = self._asked is None and self._look is None and not self.state.doing
        return idle and self._is_visible() and self.state.connection.is_live

    def poll(self) -> None:
        """Ask where the person is, if now is a time to ask."""
        if self.may_ask:
            self._asked = self.state.link.ask(lambda api: api.spot(), self._got_spot, self._no_spot)

    def set_mode(self, mode: LookMode) -> None:
        """Mean the clip under the playhead, the selected ones, or those between the marks."""
        if mode != self.mode:
            self.mode = mode
            self.look_again()

    def set_stays(self, stays: bool) -> None:
        """Stay on the clip that is shown, or follow again."""
        self.stays = stays
        if not stays:
            self._seen = None
            self.poll()

    def look_again(self) -> None:
        """Look closely at what the person means now."""
        if not self.state.connection.is_live or self.state.doing:
            return
        if self._look is not None:
            self._look.cancel()
        mode = self.mode
        self._look = self.state.link.ask(lambda api: api.look(mode), self._got_look, self._no_look)
        self.looking.emit(True)

    # --- answers

    def _got_spot(self, spot: Spot) -> None:
        self._asked = None
        self._slow_down(False)
        self.state.set_busy(False)
        moved = self.spot is None or spot.timeline_id != self.spot.timeline_id
        self.spot = spot
        if moved:
            self.state.load_status(fresh=True)
        place = self._place(spot)
        if not self.stays and place != self._seen:
            self._seen = place
            self.look_again()

    def _place(self, spot: Spot) -> tuple[object, ...]:
        """What must differ for another clip to be meant. Marks are not in a spot: they are looked at when asked to."""
        if self.mode == "playhead":
            return (spot.session, spot.timeline_id, spot.clip)
        if self.mode == "selected":
            return (spot.session, spot.timeline_id, spot.selected)
        return (spot.session, spot.timeline_id)

    def _no_spot(self, error: BridgeError) -> None:
        self._asked = None
        self._slow_down(True)
        if isinstance(error, HostBusyError):
            self.state.set_busy(True)
        elif isinstance(error, HostOfflineError):
            self.state.load_status()
        elif isinstance(error, UnsupportedOpError) and self._seen is None:
            self._seen = ()
            self.look_again()

    def _got_look(self, look: Look) -> None:
        self._look = None
        self.looking.emit(False)
        kept = self.state.clip
        if self.stays and kept is not None:
            same = next((clip for clip in look.clips if clip.clip == kept.clip), None)
            if same is None:
                return  # the playhead has gone elsewhere; the person wants this clip
            look = look.model_copy(update={"clips": (same,)})
        self.state.set_look(look)

    def _no_look(self, error: BridgeError) -> None:
        self._look = None
        self._seen = None
        self._slow_down(True)
        self.looking.emit(False)
        if isinstance(error, HostBusyError):
            self.state.set_busy(True)
            return
        self.state.set_look(None)
        if not isinstance(error, HostOfflineError):
            self.state.tell(error)

    def _slow_down(self, refused: bool) -> None:
        self._wait = min(MOST_MS, self._wait * 2) if refused else POLL_MS
        if self._timer.interval() != self._wait:
            self._timer.setInterval(self._wait)

    def _on_connection(self) -> None:
        if not self.state.connection.is_live:
            self.spot, self._seen = None, None
            if not self.stays:
                self.state.set_look(None)
            return
        self._slow_down(False)
        self.poll()

    def _on_doing(self) -> None:
        """After something was done the clip may show another take: look again."""
        if not self.state.doing:
            self.look_again()
