"""The panel's window: connection strip, tabs, job drawer; what is shown is remembered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QMainWindow,
    QMenu,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from takebridge_resolve.panel import keys, theme
from takebridge_resolve.panel.actions import ACTIONS
from takebridge_resolve.panel.acts import Acts
from takebridge_resolve.panel.announce import announce
from takebridge_resolve.panel.clip_page import ClipPage
from takebridge_resolve.panel.connection import ConnectionSheet, ConnectionStrip
from takebridge_resolve.panel.following import Following
from takebridge_resolve.panel.jobs_drawer import JobsDrawer
from takebridge_resolve.panel.link import Link
from takebridge_resolve.panel.log_tab import LogTab
from takebridge_resolve.panel.log_words import Line
from takebridge_resolve.panel.memory import Choices, Memory
from takebridge_resolve.panel.parts import Lazy, part
from takebridge_resolve.panel.starting import start_bridge
from takebridge_resolve.panel.state import State

if TYPE_CHECKING:
    from takebridge.canvas.model import Node
    from takebridge.canvas.plan_types import Scope

TITLE = "TakeBridge"
TABS = ("Clip", "Round trip", "Gaps", "Log")
FIRST_SIZE = (440, 980)
LEAST_SIZE = (320, 480)


class Window(QMainWindow):
    """``Window(link, memory)``; the link is started and closed by whoever made it.

    ``restyled`` says that colours or type are others now: what paints itself draws anew.
    """

    restyled = Signal()

    def __init__(self, link: Link, memory: Memory) -> None:
        super().__init__()
        self.link, self.memory = link, memory
        self.choices = memory.choices()
        self.setWindowTitle(TITLE)
        self.setMinimumSize(*LEAST_SIZE)
        self.state = State(link, self)
        self.state.wanted_canvas = memory.text("window/canvas")
        self.following = Following(self.state, self._is_seen)
        self.acts = Acts(self.state, self.following)
        self.dialogs: dict[str, QDialog] = {}
        self._filling = False
        self._make_parts()
        self._lay_out()
        self.actions_by_name = self._make_actions()
        self._fill_menu()
        self._join()
        self._recall()

    # --- making it

    def _make_parts(self) -> None:
        state = self.state
        self.strip = ConnectionStrip(state)
        self.clip_page = ClipPage(state, self.following, self.acts)
        none = "is not part of this build."
        self.trip = Lazy(lambda: part("trip_tab", "RoundTripTab", self.link), f"The round trip {none}", self._got_tab)
        self.gaps = Lazy(lambda: part("gap_tab", "GapTab", self.link), f"The gap filler {none}", self._got_tab)
        self.log = LogTab()
        self.jobs = JobsDrawer(state.jobs)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setAccessibleName("Pages")
        self.tabs.setAccessibleName("Pages")
        for title, page in zip(TABS, (self.clip_page, self.trip, self.gaps, self.log), strict=True):
            self.tabs.addTab(page, title)

    def _lay_out(self) -> None:
        self.ring = QWidget()
        self.ring.setObjectName("ring")
        column = QVBoxLayout(self.ring)
        column.setContentsMargins(2, 2, 2, 2)
        column.setSpacing(0)
        self.strip.take_in(self.clip_page.canvas)
        column.addWidget(self.strip)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.jobs)
        self.setCentralWidget(self.ring)
        self.ring.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.ring.setAccessibleName("TakeBridge")
        self.ring.setFocus()  # else the first button has it, and the first Space presses it

    def _make_actions(self) -> dict[str, QAction]:
        """Attach the window's own actions; viewer and tray bring theirs."""
        does: dict[str, Callable[[], object]] = {
            "push": self.acts.push,
            "generate": self.acts.generate,
            "send": self.open_send,
            "stay": self.clip_page.modes.stay.click,
            "look_again": self.following.look_again,
            "connection": self.open_connection,
            "jobs": lambda: self.jobs.open(not self.jobs.is_open),
            "settings": self.open_settings,
            "keys": self.open_keys,
            "commands": self.open_commands,
            "leave": self._leave,
            **{name: partial(self.tabs.setCurrentIndex, place) for place, name in enumerate(_TAB_ACTIONS)},
        }
        made = {name: keys.attach(self, name, call) for name, call in does.items()}
        return made

    def _got_parts(self) -> None:
        """Viewer and tray are there: their actions join the list."""
        brought = {action.objectName(): action for action in self.clip_page.actions()}
        self.actions_by_name |= {name: one for name, one in brought.items() if name in ACTIONS}
        if "pull" not in brought:
            self.actions_by_name["pull"] = keys.attach(self, "pull", self.acts.pull)
        if callable(leap := getattr(self.clip_page.viewer, "set_leap", None)):
            leap(self.choices.leap)

    def _fill_menu(self) -> None:
        menu = QMenu(self)
        for name in ("send", "look_again", "connection", "settings", "keys", "commands"):
            menu.addAction(self.actions_by_name[name])
        menu.addSeparator()
        on_top = menu.addAction("Keep above other windows")
        on_top.setCheckable(True)
        on_top.setChecked(self.memory.flag("window/on_top", False))
        on_top.toggled.connect(self._keep_on_top)
        self.strip.menu.setMenu(menu)

    def _join(self) -> None:
        self.strip.wanted.connect(self.do_next)
        self.strip.sheet_wanted.connect(self.open_connection)
        self.state.said.connect(self._on_said)
        buttons = self.clip_page.buttons
        buttons.send_wanted.connect(self.open_send)
        buttons.review_wanted.connect(lambda: self.tabs.setCurrentWidget(self.trip))
        buttons.reconnect_wanted.connect(lambda: self.do_next(self.state.connection.next))
        self.acts.plan_wanted.connect(self.open_plan)
        self.acts.again_wanted.connect(self.confirm_again)
        self.jobs.budget_wanted.connect(self.open_budget)
        self.state.canvas_changed.connect(self._tell_tabs)
        self.clip_page.filled.connect(self._got_parts)

    def _on_said(self, line: Line) -> None:
        """Keep a line, and have results and failures spoken once."""
        self.log.add(line)
        if line.level in ("good", "error"):
            announce(self, line.text, urgent=line.level == "error")

    # --- remembering

    def _recall(self) -> None:
        keys.keymap().load(self.memory.settings)
        self.apply_choices(self.choices)
        geometry = self.memory.data("window/geometry")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(*FIRST_SIZE)
        self.tabs.setCurrentIndex(min(max(0, self.memory.number("window/tab", 0)), self.tabs.count() - 1))
        self.jobs.open(self.memory.flag("window/jobs", False))
        if self.memory.flag("window/on_top", False):
            self._keep_on_top(True)

    def remember(self) -> None:
        """Write where the window stands and what it shows."""
        memory = self.memory
        memory.put("window/geometry", self.saveGeometry())
        memory.put("window/tab", self.tabs.currentIndex())
        memory.put("window/jobs", self.jobs.is_open)
        memory.put("window/canvas", self.state.canvas_id or self.state.wanted_canvas)
        keys.keymap().save(memory.settings)
        memory.keep_choices(self.choices)
        memory.sync()

    def apply_choices(self, choices: Choices) -> None:
        """Put a person's settings into force."""
        looks = (choices.theme, choices.text_percent) != (self.choices.theme, self.choices.text_percent)
        self.choices = choices
        app = QApplication.instance()
        if isinstance(app, QApplication) and (looks or not app.styleSheet()):
            theme.apply(app, choices.theme, text_scale=choices.text_percent / 100)
            self.state.changed.emit()
            self.jobs.refresh()
            self.restyled.emit()
        if keys.keymap().letters != choices.letters:
            keys.keymap().use_letters(choices.letters)
        if callable(leap := getattr(self.clip_page.viewer, "set_leap", None)):
            leap(choices.leap)

    def _keep_on_top(self, on: bool) -> None:
        self.memory.put("window/on_top", on)
        shown = self.isVisible()
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, on)
        self.setVisible(shown)

    # --- the one thing to do next

    def do_next(self, what: str) -> None:
        """Do what the connection asks for."""
        if what == "start_bridge":
            self.start_bridge()
        elif what == "check_again":
            self.state.load_status(fresh=True)
            self.open_connection()
        elif what == "look_at_folder":
            self.state.ask(lambda api: api.exchange(), lambda _: self.state.load_status())
        elif what == "use_exchange":
            self.open_connection()
            self._sheet().explain_exchange()

    def start_bridge(self) -> None:
        """Start a bridge of its own for the data folder; it goes on when the panel is closed."""
        problem = start_bridge(self.link.home)
        self.state.say(Line(datetime.now(UTC), problem or "Starting the bridge…", "error" if problem else "plain"))

    # --- sheets

    def _open(self, name: str, make: Callable[[], QDialog]) -> Any:  # noqa: ANN401 - each sheet has its own class
        """Open a sheet, or raise the one that is open."""
        found = self.dialogs.get(name)
        if found is None:
            found = self.dialogs[name] = make()
            found.finished.connect(lambda *_: self._closed(name))
        found.show()
        found.raise_()
        found.activateWindow()
        return found

    def _closed(self, name: str) -> None:
        if (gone := self.dialogs.pop(name, None)) is not None:
            gone.deleteLater()

    def _sheet(self) -> ConnectionSheet:
        sheet: ConnectionSheet = self._open(
            "connection", lambda: ConnectionSheet(self.state, self.do_next, self._has_pushed, self)
        )
        return sheet

    def open_connection(self) -> None:
        """Open the connection sheet."""
        self._sheet()

    def open_send(self) -> None:
        """Open “Send to canvas”."""
        from takebridge_resolve.panel.send_sheet import SendSheet

        def make() -> SendSheet:
            sheet = SendSheet(self.state, self.following, self)
            sheet.sent.connect(lambda sent: self._was_sent(sent))
            sheet.budget_wanted.connect(self.open_budget)
            return sheet

        self._open("send", make)

    def _was_sent(self, sent: Any) -> None:  # noqa: ANN401 - sending.Sent, loaded with the sheet
        if sent.canvas_id != self.state.canvas_id:
            self.state.choose_canvas(sent.canvas_id)
            self.state.load_canvases()
        else:
            self.state.load_canvas()
        self.state.say(f"{sent.shot} is on the canvas." + "".join(f" {note}" for note in sent.notes))
        self.following.look_again()

    def open_settings(self) -> None:
        """Open the settings."""
        from takebridge_resolve.panel.settings_dialog import SettingsDialog

        def make() -> SettingsDialog:
            dialog = SettingsDialog(self.choices, self)
            dialog.changed.connect(self.apply_choices)
            dialog.keys_wanted.connect(self.open_keys)
            dialog.budget_wanted.connect(self.open_budget)
            return dialog

        self._open("settings", make)

    def open_keys(self) -> None:
        """Open the list of keys."""
        from takebridge_resolve.panel.key_sheet import KeySheet

        self._open("keys", lambda: KeySheet(self))

    def open_commands(self) -> None:
        """Open the list of all actions."""
        from takebridge_resolve.panel.key_sheet import CommandList

        def make() -> CommandList:
            found = CommandList(self.actions_by_name, self)
            found.chosen.connect(lambda name: QTimer.singleShot(0, self.actions_by_name[name].trigger))
            return found

        self._open("commands", make)

    def open_budget(self) -> None:
        """Open the budget of a day; an open send sheet asks the planner again afterwards."""
        from takebridge_resolve.panel.spend import BudgetDialog

        dialog = self._open("budget", lambda: BudgetDialog(self.state, self))
        if (sheet := self.dialogs.get("send")) is not None and callable(ask := getattr(sheet, "look_up_price", None)):
            dialog.accepted.connect(ask)

    def open_plan(self, scope: Scope) -> None:
        """Show plan and price of a scope; nothing runs before it is confirmed there."""
        from takebridge_resolve.panel.confirm import ask_plan

        self._open("plan", lambda: ask_plan(self.state, scope, self))

    def confirm_again(self, node: Node, words: str) -> None:
        """Ask before one more take of a node that has what it wants, since it may cost money."""
        from takebridge_resolve.panel.confirm import AgainDialog

        self._open("again", lambda: AgainDialog(self.state, self.acts, node, words, self))

    # --- the other tabs

    def _got_tab(self, tab: Any) -> None:  # noqa: ANN401 - a tab of another module
        if (conflicts := getattr(tab, "conflicts", None)) is not None and hasattr(conflicts, "connect"):
            conflicts.connect(self.state.set_conflicts)
        self._tell_tab(tab)

    def _tell_tabs(self) -> None:
        for lazy in (self.trip, self.gaps):
            self._tell_tab(lazy.widget)

    def _tell_tab(self, tab: QWidget | None) -> None:
        if callable(tell := getattr(tab, "set_canvas", None)) and getattr(tab, "_told", "") != self.state.canvas_id:
            tab._told = self.state.canvas_id  # type: ignore[union-attr]
            tell(self.state.canvas_id)

    # --- Qt

    def _is_seen(self) -> bool:
        return self.isVisible() and not self.isMinimized()

    def _has_pushed(self) -> bool:
        snapshot = self.state.snapshot
        return snapshot is not None and any(node.kind == "source_clip" for node in snapshot.canvas.nodes.values())

    def _leave(self) -> None:
        """Esc: leave the field; the viewer leaves compare by itself."""
        if (focus := QApplication.focusWidget()) is not None:
            focus.clearFocus()

    def event(self, event: QEvent) -> bool:
        """Let a focused control keep the keys it needs."""
        return keys.yields(event) or super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Bring in viewer and tray once the window is there."""
        super().showEvent(event)
        if not self._filling:
            self._filling = True
            QTimer.singleShot(0, self.clip_page.fill)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the ring round the window while it has the keyboard."""
        if event.type() == QEvent.Type.ActivationChange and hasattr(self, "ring"):
            theme.give_role(self.ring, active="true" if self.isActiveWindow() else "false")
        super().changeEvent(event)

    def mousePressEvent(self, event: Any) -> None:  # noqa: ANN401 - QMouseEvent
        """A click beside a field gives up its focus."""
        self._leave()
        super().mousePressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember everything; sheets close with the window."""
        self.remember()
        for name in [*self.dialogs]:
            self.dialogs[name].close()
        for widget in (self.clip_page.tray, self.clip_page.viewer, self.trip.widget, self.gaps.widget):
            if callable(close := getattr(widget, "close_down", None)):
                close()
        super().closeEvent(event)


_TAB_ACTIONS = ("tab_clip", "tab_trip", "tab_gaps", "tab_log")
