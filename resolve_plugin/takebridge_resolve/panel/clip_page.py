"""The first tab: the clip, its takes, and the one thing to do next (review_ux §3 a)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QInputDialog,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from takebridge.ids import CanvasId
from takebridge_resolve.panel import keys, theme
from takebridge_resolve.panel.acts import HOWS, WHICH, Acts
from takebridge_resolve.panel.clip_header import ClipHeader, ModeBar, TwoFacts
from takebridge_resolve.panel.connection import notice
from takebridge_resolve.panel.controls import Elided, button, column, filled, label
from takebridge_resolve.panel.following import Following
from takebridge_resolve.panel.parts import Preload, part
from takebridge_resolve.panel.primary import Primary, primary
from takebridge_resolve.panel.state import State
from takebridge_resolve.panel.wrapping import Tight

if TYPE_CHECKING:
    from takebridge.canvas.model import Take

BARS = 116
"""Height of the viewer's own controls below its picture, about."""
_NO_LIMIT = 16_777_215
CHOOSER_WIDTH = 150
NARROW = 300
"""Below this width, at 100 % type, every button has a line of its own."""
WIDE = 640
"""From this width on the tray stands beside the viewer. Measured on the page, in pixels at 100 % type."""


class CanvasChooser(QWidget):
    """Which canvas the clip goes to, remembered; the last entry makes a new one."""

    NEW = "New canvas…"

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.list = QComboBox()
        self.list.setAccessibleName("Canvas")
        self.list.setToolTip("The canvas clips go to")
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.list.setMinimumContentsLength(12)
        self.list.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.list.setMaximumWidth(CHOOSER_WIDTH)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.list, 1)
        self.list.activated.connect(self._on_chosen)
        state.canvases_changed.connect(self.refresh)
        state.connection_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the canvases there are."""
        self.list.clear()
        if not self.state.canvases:
            self.list.addItem("No canvas yet", "")
        for canvas_id, title in self.state.canvases.items():
            self.list.addItem(title or "Untitled", str(canvas_id))
        self.list.addItem(self.NEW, self.NEW)
        self.list.setCurrentIndex(max(0, self.list.findData(str(self.state.canvas_id or ""))))
        self.list.setEnabled(self.state.connection.standing not in ("looking", "bridge_down"))

    def _on_chosen(self, place: int) -> None:
        found = self.list.itemData(place)
        if found == self.NEW:
            self.refresh()
            self.ask_new()
        elif found:
            self.state.choose_canvas(CanvasId(str(found)))

    def ask_new(self) -> None:
        """Ask for a title and make a canvas."""
        title, sure = QInputDialog.getText(self, "New canvas", "Title")
        if sure and title.strip():
            self.state.new_canvas(title.strip()[:200])


class Buttons(QWidget):
    """The primary button with its reason, and the secondary ones below it."""

    send_wanted = Signal()
    review_wanted = Signal()
    reconnect_wanted = Signal()

    def __init__(self, state: State, acts: Acts) -> None:
        super().__init__()
        self.state, self.acts = state, acts
        self.now = Primary("")
        self.primary = button("", self.do_primary, "primary")
        self.reason = label("", "caption", wrap=True)
        self.push = button("Push clip", acts.push, action="push")
        self.generate = button("Generate take", acts.generate, action="generate")
        self.put = button("Put on timeline", lambda: None, name="Put on timeline: choose how and which")
        self.put.setMenu(self._put_menu())
        self.send = button("Send to canvas…", self.send_wanted.emit, action="send")
        self.others = QGridLayout()
        self.others.setSpacing(6)
        for child in (self.push, self.generate, self.send, self.put):
            child.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            child.setMinimumWidth(80)
        self.spread(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(6)
        whole.addWidget(self.primary)
        whole.addWidget(self.reason)
        whole.addLayout(self.others)
        state.changed.connect(self.refresh)
        acts.planned.connect(self.refresh)
        self.refresh()

    def spread(self, wide: bool) -> None:
        """Put the secondary buttons into one row, or two by two."""
        columns = 4 if wide else 1 if self.width() < NARROW * theme.scale() else 2
        for place, child in enumerate((self.push, self.generate, self.send, self.put)):
            self.others.addWidget(child, place // columns, place % columns)

    def _put_menu(self) -> QMenu:
        menu = QMenu(self)
        for which, title in WHICH.items():
            sub = menu.addMenu(title)
            for how, words in HOWS.items():
                sub.addAction(words).triggered.connect(partial(self._put, how, which))
        return menu

    def _put(self, how: Any, which: Any, *_: object) -> None:  # noqa: ANN401 - keys of HOWS and WHICH
        self.acts.put(how, which)

    def refresh(self) -> None:
        """Show what can be done now, and why not what cannot."""
        self.now = primary(self.state.facts())
        _set(self.primary, self.now.label, self.now.enabled, self.now.reason)
        theme.give_role(self.primary, role="settled" if self.now.quiet else "primary")
        live, clip, doing = self.state.connection.is_live, self.state.clip, self.state.doing
        busy = "Wait for it to finish." if doing else ""
        linked = self.state.seen_link is not None
        why_push = busy or ("" if live else "No editor is connected.") or ("" if clip else "There is no clip.")
        why_push = why_push or (clip.problem if clip and clip.problem and not linked else "")
        words = self.acts.price_words()
        why_make = self.acts.why_not_generate()
        _set(self.push, "Push clip", not why_push, why_push or keys.tip("push"))
        priced = f" {words}" if words.startswith("~") else f" · {words}" if words else ""
        _set(self.generate, f"Generate take{priced}", not why_make, why_make or keys.tip("generate"))
        _set(self.send, "Send to canvas…", not why_push, why_push or keys.tip("send"))
        why_put = (
            busy or ("" if live else "No editor is connected.") or ("" if self.state.canvas_id else "No canvas yet.")
        )
        _set(self.put, "Put on timeline", not why_put, why_put or "Put takes on the timeline")
        self.reason.setText(self._reason(why_make))
        self.reason.setAccessibleName(self.reason.text() or "Nothing in the way")
        self.reason.setVisible(bool(self.reason.text()))

    def _reason(self, why_make: str) -> str:
        if self.now.act == "generate" and (words := self.acts.price_words()):
            return f"{self.now.reason} {words[:1].upper()}{words[1:]}."
        if self.now.reason:
            return self.now.reason
        wanted = self.state.clip is not None and self.state.seen_link is not None
        return f"No take can be generated: {why_make}" if why_make and wanted else ""

    def do_primary(self) -> None:
        """Do what the primary button says."""
        if not self.now.enabled:
            return
        act = self.now.act
        does = {
            "push": self.acts.push,
            "generate": self.acts.generate,
            "send": self.send_wanted.emit,
            "pull": self.acts.pull,
            "review": self.review_wanted.emit,
            "reconnect": self.reconnect_wanted.emit,
        }
        if act in does:
            does[act]()


def _set(one: QPushButton, text: str, enabled: bool, tip: str) -> None:
    if not enabled and one.hasFocus() and (window := one.window()) is not None:
        window.setFocus()  # else Qt would hand the focus to the next control, which the next key would press
    one.setText(text)
    one.setAccessibleName(text)
    one.setAccessibleDescription("" if enabled else tip)
    one.setToolTip(tip)
    one.setEnabled(enabled)


class ClipPage(QWidget):
    """Canvas, clip, viewer, tray and buttons; one column when narrow, the tray beside the viewer when wide.

    ``filled`` says that viewer and tray are there.
    """

    filled = Signal()

    def __init__(self, state: State, following: Following, acts: Acts) -> None:
        super().__init__()
        self.state, self.acts = state, acts
        self.canvas = CanvasChooser(state)
        self.modes = ModeBar(following)
        self.header = ClipHeader(state, following)
        self.viewer: Any = None
        self.tray: Any = None
        self._room = notice("")
        self._preload = Preload(("viewer", "tray"), self)
        self.facts = TwoFacts(state)
        self.buttons = Buttons(state, acts)
        self.told = Elided("", "caption")
        self.joined: Any = None
        self._lay_out()
        self._join()

    def _lay_out(self) -> None:
        self.viewing = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self.viewing.setSpacing(8)
        self._room.setMinimumHeight(theme.size("viewer_least"))
        self.viewing.addWidget(self._room, 3)
        body = QWidget()
        body.setObjectName("scrolled")
        inner = Tight(body)
        filled(inner, (self.modes, self.header), spacing=8, margins=(10, 8, 10, 8))
        inner.addLayout(self.viewing, 1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setAccessibleName("Clip and takes")
        self.area.setWidget(body)
        # What is to be done next stays in sight, however much there is to look at above it.
        foot = column(self.facts, self.buttons, self.told, spacing=6, margins=(10, 6, 10, 6))
        whole = filled(QVBoxLayout(self), (self.area, foot), spacing=0, margins=(0, 0, 0, 0))
        whole.setStretch(0, 1)

    def _join(self) -> None:
        self.state.canvas_changed.connect(self.show_takes)
        self.state.clip_changed.connect(self.show_takes)
        self.state.connection_changed.connect(self.show_takes)
        self.told.hide()
        self.state.connection_changed.connect(self._forget)
        self.acts.result.connect(self._tell)
        self._preload.done.connect(self._fill)

    def _tell(self, words: str) -> None:
        self.told.say(words)
        self.told.setVisible(bool(words))

    def _forget(self) -> None:
        """What was done last is in the log; here it would read as news of a connection that is gone."""
        if not self.state.connection.is_live:
            self._tell("")

    def fill(self) -> None:
        """Bring in viewer and tray, whose modules take longer to load than a window may take to show."""
        self._preload.start()

    def _fill(self) -> None:
        self.viewer = part("viewer", "Viewer", self.state.link)
        self.tray = part("tray", "Tray", self.state.link)
        self.viewing.removeWidget(self._room)
        self._room.hide()
        viewer = self.viewer if self.viewer is not None else notice("The viewer is not part of this build.")
        self.viewing.addWidget(viewer, 3)
        if self.tray is not None:
            self.viewing.addWidget(self.tray, 2)
            self.tray.pull_wanted.connect(self._on_pull_wanted)
        if self.tray is not None and self.viewer is not None:
            from takebridge_resolve.panel.viewing import Viewing

            self.joined = Viewing(self.state, self.viewer, self.tray)
        if self.viewer is not None:
            self.viewer.stage.notes.folded.connect(self._arrange)
        self._arrange()
        for widget in (self.tray, self.viewer):
            if callable(join := getattr(widget, "attach_keys", None)):
                join(self)
        self.show_takes()
        self.filled.emit()

    def show_takes(self) -> None:
        """Give tray and viewer the takes of the shown clip's node."""
        if self.joined is not None:
            self.joined.refresh()

    def _on_pull_wanted(self, take: Take | None) -> None:
        if take is not None:
            self.acts.pull_take(take.id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the tray beside the viewer where there is room for both."""
        self._arrange()
        super().resizeEvent(event)

    def _arrange(self) -> None:
        wide = self.width() >= WIDE * theme.scale()
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self.viewing.direction() != direction:
            self.viewing.setDirection(direction)
        self.buttons.spread(wide)
        if self.viewer is not None:
            picture = self.width() * 9 // 16
            least = max(theme.size("viewer_least"), self.viewer.minimumSizeHint().height())
            notes = self.viewer.stage.notes
            more = 0 if notes.isHidden() else notes.sizeHint().height() + 4
            self.viewer.setMaximumHeight(_NO_LIMIT if wide else max(least, picture + BARS + more))
