"""The gap tab: an empty stretch becomes a shot, the shot gets a take, the take goes on the timeline.

Each step is one button; money is asked for in the plan dialog and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QItemSelectionModel, QTimer
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from takebridge.canvas.plan_types import Scope
from takebridge.client.http import is_away
from takebridge.client.panel_types import GapFilled, GapFound, PutClip
from takebridge.errors import BridgeError, HostBusyError, HostOfflineError
from takebridge.ids import CanvasId
from takebridge_resolve.panel import keys, theme
from takebridge_resolve.panel.announce import announce
from takebridge_resolve.panel.ask_card import AskCard
from takebridge_resolve.panel.connection_words import BUSY, NO_HOST
from takebridge_resolve.panel.controls import Elided, button, card, column, label, row
from takebridge_resolve.panel.gap_calls import GapsFound, Mode, Shots, fill, find, models, put, shots
from takebridge_resolve.panel.gap_picker import GapPicker
from takebridge_resolve.panel.gap_words import (
    Shot,
    empty_words,
    found_words,
    gap_cells,
    primary_words,
    put_words,
    shot_of,
)
from takebridge_resolve.panel.link import Asked, Link
from takebridge_resolve.panel.models import Model
from takebridge_resolve.panel.page import ButtonRow, FoldingButton, Page, scrolled, wrapped
from takebridge_resolve.panel.plan_dialog import PlanDialog
from takebridge_resolve.panel.trip_model import Rows, Widths, WordTable
from takebridge_resolve.panel.trip_words import own_hint

if TYPE_CHECKING:
    from takebridge.client.api import Api
    from takebridge.client.live import LiveEvent
    from takebridge.client.replies import RunFacts

T = TypeVar("T")
SETTLE_MS = 200
HEAD = ("At", "Length", "Track", "Shot")
FIRST = "Mark an empty stretch in the editor, or look for every gap. Looking changes nothing."
AWAY = "The bridge is away. Gaps and prompt stay here; go on when it is back."
EDITED = "The editor was connected anew: look for gaps again."


class GapTab(QWidget):
    """``GapTab(link)``; `set_canvas` chooses the canvas shots are made on."""

    def __init__(self, link: Link, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.link = link
        self.canvas_id: CanvasId | None = None
        self.gaps: tuple[GapFound, ...] = ()
        self.session = ""
        self.shots = Shots()
        self.doing = ""
        self.stale = ""
        self.dialog: PlanDialog | None = None
        self._asked: list[Asked] = []
        self._loading: Asked | None = None
        self._make()
        self._lay_out()
        self._settle = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self._load_shots)
        keys.attach(self, "confirm", self.go_on)
        link.event.connect(self._on_event)
        link.away.connect(lambda _: self.refresh())
        link.resync.connect(self._on_resync)
        self._load_models()
        self.refresh()

    # --- making it

    def _make(self) -> None:
        self.between_marks = QRadioButton("Between the marks")
        self.all_gaps = QRadioButton("Gaps on the timeline")
        self.modes = QButtonGroup(self)
        for radio in (self.between_marks, self.all_gaps):
            radio.setAccessibleName(radio.text())
            self.modes.addButton(radio)
        self.between_marks.setChecked(True)
        self.look = button("Look for gaps", self.look_up)
        self.look.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.status = Elided("", "label")
        self.notice = AskCard("Try again", self.look_up)
        self.first = card(label(FIRST, wrap=True))
        self.rows = Rows(HEAD)
        self.table = WordTable(self.rows, "Gaps", {len(HEAD): Widths((30, 20, 14, 36), (48, 28, 0, 24))})
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._on_row())
        self.picker = GapPicker(self.link)
        self.picker.changed.connect(self.refresh)
        self.picker.park_wanted.connect(self._park)
        self.outcome = label("", "title", wrap=True)
        self.reason = label("", "warning", wrap=True)
        self.again = button("Make another shot", self.make_shot)
        self.again.setToolTip("With the prompt and model as they are set now; the other one stays on the canvas")
        self.go = FoldingButton("Make a shot for this gap", self.go_on, "primary", action="confirm")

    def _lay_out(self) -> None:
        parts = (self.notice, self.first, self.outcome, self.table, self.picker)
        inside = Page(*parts, None, margins=(8, 4, 8, 8))
        self.foot = column(self.reason, ButtonRow(None, self.again, self.go), spacing=4, margins=(8, 6, 8, 8))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        choose = wrapped(self.between_marks, self.all_gaps)
        layout.addWidget(column(choose, row(self.look, self.status), margins=(8, 6, 8, 4)))
        layout.addWidget(scrolled(inside, "Gaps"), 1)
        layout.addWidget(self.foot)

    # --- which canvas

    def set_canvas(self, canvas_id: CanvasId | None) -> None:
        """Make shots on this canvas."""
        self._outdate_load()
        self.canvas_id, self.shots = canvas_id, Shots()
        self.outcome.hide()
        self._show_rows()
        self._load_shots()
        self.refresh()

    def close_down(self) -> None:
        """Lose interest in everything that is under way."""
        for asked in self._asked:
            asked.cancel()
        self._asked.clear()
        self._outdate_load()
        self._settle.stop()
        self.picker.forget()

    # --- asking

    def _ask(self, call: Callable[[Api], T], then: Callable[[T], None], failed: Callable[[BridgeError], None]) -> None:
        self._asked = [one for one in self._asked if not one.done and not one.cancelled]
        self._asked.append(self.link.ask(call, then, failed))

    def _work(self, doing: str, call: Callable[[Api], T], then: Callable[[T], None]) -> None:
        """Do what a person asked for, one thing at a time."""
        if self.doing or self.link.is_there is False:
            return
        self.doing = doing
        self.notice.hide()
        self.outcome.hide()
        self.refresh()

        def done(result: T) -> None:
            self.doing = ""
            then(result)
            self.refresh()

        self._ask(call, done, self._failed)

    def _failed(self, error: BridgeError) -> None:
        self.doing = ""
        again = "Try again"
        if is_away(error):
            self.notice.tell(AWAY, urgent=True, button=again)
        elif isinstance(error, HostOfflineError):
            self.notice.tell(NO_HOST, error.message, urgent=True, button="Check again")
        elif isinstance(error, HostBusyError):
            self.notice.tell(BUSY, error.message, urgent=True, button=again)
        else:
            self.notice.tell(error.message, own_hint(error.hint), urgent=True, button="Look for gaps")
        self.notice.setToolTip(f"code: {error.code}")
        self.refresh()

    def _load_models(self) -> None:
        self._ask(models, self._got_models, lambda _: None)

    def _got_models(self, found: list[Model]) -> None:
        self.picker.show_models(found)
        self.refresh()

    def _load_shots(self) -> None:
        canvas_id = self.canvas_id
        if canvas_id is not None and self.link.is_there is not False:
            self._outdate_load()
            self._loading = self.link.ask(lambda api: shots(api, canvas_id), self._got_shots, lambda _: None)

    def _outdate_load(self) -> None:
        """Drop the answer of a load under way: calls run side by side, and an older one may answer last."""
        if self._loading is not None:
            self._loading.cancel()
            self._loading = None

    def _got_shots(self, found: Shots) -> None:
        self.shots = found
        self._show_rows()
        self.refresh()

    # --- looking

    @property
    def mode(self) -> Mode:
        """Where to look."""
        return "marks" if self.between_marks.isChecked() else "gaps"

    def look_up(self) -> None:
        """Look for gaps."""
        canvas_id, mode = self.canvas_id, self.mode
        self._work("Looking for gaps…", lambda api: find(api, canvas_id, mode), self._got_gaps)

    def _got_gaps(self, found: GapsFound) -> None:
        self.stale = ""
        self._outdate_load()
        self.gaps, self.session, self.shots = found.gaps, found.session, found.shots
        words = found_words(found.gaps, self.mode)
        self.status.say(words)
        announce(self, words)
        self._show_rows()
        if not found.gaps:
            self.notice.tell(words, empty_words(self.mode), button="Look again")
        if not self.picker.models:
            self._load_models()

    def _show_rows(self) -> None:
        kept = self.gap
        rows = [gap_cells(one, self.shot_of(one)) for one in self.gaps]
        if rows != self.rows.cells:
            self.rows.fill(HEAD, rows)
        at = self.gaps.index(kept) if kept in self.gaps else 0
        if self.gaps:
            index = self.rows.index(at, 0)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(index, flags)
        self.picker.show_gap(self.gaps[at] if self.gaps else None, self.session)

    def _on_row(self) -> None:
        place = self.table.currentIndex().row()
        if 0 <= place < len(self.gaps):
            self.picker.show_gap(self.gaps[place], self.session)
            self.refresh()

    @property
    def gap(self) -> GapFound | None:
        """The gap that is looked at."""
        return self.picker.gap

    def shot_of(self, gap: GapFound | None) -> Shot | None:
        """The shot that waits for a gap."""
        return shot_of(gap, self.shots.links, self.shots.canvas, self.shots.jobs) if gap else None

    # --- the three steps

    def go_on(self) -> None:
        """Do the next step of the gap: make its shot, generate it, put it on the timeline."""
        if not self.go.isEnabled() or self.foot.isHidden():
            return
        shot = self.shot_of(self.gap)
        if shot is None:
            self.make_shot()
        elif shot.take is None:
            self.generate(shot)
        else:
            self.put_on_timeline(shot)

    def make_shot(self) -> None:
        """Make a shot for the gap on the canvas; nothing is generated yet."""
        request = self.picker.request(self.canvas_id) if self.canvas_id else None
        if request is not None:
            self._work("Making the shot…", lambda api: fill(api, request), self._was_made)

    def _was_made(self, made: tuple[GapFilled, Shots]) -> None:
        self._outdate_load()
        filled, self.shots = made
        self._tell(" ".join([f"{filled.shot} is on the canvas.", *filled.notes]))
        self._show_rows()
        shot = self.shot_of(self.gap)
        if shot is not None and shot.take is None:
            QTimer.singleShot(0, self, lambda: self.generate(shot))

    def generate(self, shot: Shot) -> None:
        """Show plan and price of a shot; it runs when that is confirmed."""
        if self.canvas_id is None or self.dialog is not None:
            return
        scope = Scope(kind="node", nodes=(shot.link.node_id,))
        self.dialog = PlanDialog(self.link, self.canvas_id, scope, self)
        self.dialog.started.connect(self._on_started)
        self.dialog.finished.connect(self._dialog_closed)
        self.dialog.open()

    def _on_started(self, run: RunFacts) -> None:
        self._tell("The shot is being made. Its row says when the take is there.")
        self._load_shots()

    def _dialog_closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
        self._load_shots()

    def put_on_timeline(self, shot: Shot) -> None:
        """Put the shot's pinned take into its gap."""
        canvas_id, link_id = self.canvas_id, shot.link.id
        if canvas_id is not None:
            self._work("Putting it on the timeline…", lambda api: put(api, canvas_id, link_id), self._was_put)

    def _was_put(self, done: PutClip) -> None:
        gone = self.gap
        self.gaps = tuple(one for one in self.gaps if one != gone)
        self.picker.show_gap(None, "")
        self._show_rows()
        self.status.say(found_words(self.gaps, self.mode))
        self._tell(put_words(done.sentence, done.shot))
        self._load_shots()

    def _tell(self, words: str) -> None:
        self.outcome.setText(words)
        self.outcome.setAccessibleName(words)
        self.outcome.show()
        announce(self, words)

    def _park(self, record_frame: int) -> None:
        timeline = self.gap.timeline_id if self.gap else ""
        self._ask(lambda api: api.park(record_frame, timeline_id=timeline), lambda _: None, self._failed)

    # --- what happens meanwhile

    def _on_event(self, event: LiveEvent) -> None:
        if event.topic in ("canvas.changed", "job.changed") and event.data.get("canvas") == self.canvas_id:
            self._settle.start()
        elif event.topic in ("host.connected", "host.disconnected") and self.gaps:
            self.stale = EDITED
            self.refresh()

    def _on_resync(self) -> None:
        if self.notice.head.text() == AWAY:
            self.notice.hide()
        self._load_shots()
        if not self.picker.models:
            self._load_models()
        self.refresh()

    # --- showing it

    def refresh(self) -> None:
        """Show buttons and reasons as they are now."""
        there, gap = self.link.is_there is not False, self.gap
        shot = self.shot_of(gap)
        self.look.setEnabled(there and not self.doing)
        theme.give_role(self.look, role="" if self.gaps else "primary")
        if self.doing:
            self.status.say(self.doing)
        elif self.gaps or not self.first.isVisible():
            self.status.say(found_words(self.gaps, self.mode) if self.gaps else "")
        self.first.setVisible(not self.gaps and self.notice.isHidden() and self.outcome.isHidden())
        self.table.setVisible(bool(self.gaps))
        self.foot.setVisible(gap is not None)
        self.go.say(self.doing or primary_words(gap, shot))
        why = self._why_not(shot, there)
        self.go.setEnabled(not why and not self.doing)
        self.again.setVisible(shot is not None and shot.standing != "making")
        self.again.setEnabled(there and not self.doing and not self.stale and not self.picker.why_not())
        self.reason.setText(why)
        self.reason.setAccessibleName(why or "Nothing is in the way")
        self.reason.setVisible(bool(why))

    def _why_not(self, shot: Shot | None, there: bool) -> str:
        if not there:
            return AWAY
        if self.canvas_id is None:
            return "Choose or make a canvas on the first page."
        if self.stale:
            return self.stale
        if shot is None:
            return self.picker.why_not()
        return "The take is being made; its price was agreed to." if shot.standing == "making" else ""
