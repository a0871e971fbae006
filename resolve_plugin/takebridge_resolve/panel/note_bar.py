"""The line of notes below the scrub bar: the note at this frame or the nearest before it, and a field for a new one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from takebridge_resolve.panel import keys, theme
from takebridge_resolve.panel.controls import Elided, button, label, row
from takebridge_resolve.panel.take_notes import LONGEST, Note

_POSTS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class NoteField(QPlainTextEdit):
    """Takes the words of a note. ``post`` on Ctrl+Enter, ``leave`` on Esc."""

    post = Signal()
    leave = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setPlaceholderText("What is to be changed here")
        self.setAccessibleName("Note")
        self.setFixedHeight(round(56 * max(1.0, theme.scale() * 0.9)))

    def event(self, event: QEvent) -> bool:
        """As Qt asks: Ctrl+Enter and Esc are this field's own before they are a window's shortcut."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._means(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As Qt asks."""
        if (signal := self._means(event)) is not None:
            signal.emit()
        else:
            super().keyPressEvent(event)

    def _means(self, event: QKeyEvent) -> SignalInstance | None:
        if event.key() == Qt.Key.Key_Escape:
            return self.leave
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        return self.post if event.key() in _POSTS and control else None


class NoteBar(QWidget):
    """Hidden while there is neither a note nor a field. ``posted`` carries words, ``dropped`` a `Note`, ``stepped`` -1
    or 1 for the note before or after, ``left`` says that the field was closed without one, ``folded`` that it needs
    more room or less.
    """

    folded = Signal()
    posted = Signal(str)
    left = Signal()
    dropped = Signal(object)
    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notes: tuple[Note, ...] = ()
        self.current: Note | None = None
        self._folded = (False, False)
        self.words = Elided("", "label")
        self.before = button("‹", lambda: self.stepped.emit(-1), "quiet", name="Previous note or marker")
        self.after = button("›", lambda: self.stepped.emit(1), "quiet", name="Next note or marker")
        self.drop = button("✕", self._drop, "quiet", name="Remove this note; undo brings it back")
        for one in (self.before, self.after, self.drop):
            one.setFixedSize(theme.size("target") + 4, theme.size("target"))
        self.line = row(self.before, self.words, self.after, self.drop, spacing=2)
        self.line.layout().setStretch(1, 1)  # type: ignore[union-attr]
        self.head = label("", "caption")
        self.field = NoteField()
        self.post = button("Post note", self._post, "primary")
        self.cancel = button("Cancel", self._leave)
        self.editor = QWidget()
        inside = QVBoxLayout(self.editor)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        for part in (self.head, self.field, row(None, self.cancel, self.post)):
            inside.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.line)
        layout.addWidget(self.editor)
        self.editor.hide()
        self.field.post.connect(self._post)
        self.field.leave.connect(self._leave)
        self.field.textChanged.connect(self._tell)
        keys.keymap().changed.connect(self._tell_keys)
        self._tell_keys()
        self.show_notes((), 0)

    def _tell_keys(self) -> None:
        self.before.setToolTip(keys.tip("note_before"))
        self.after.setToolTip(keys.tip("note_after"))
        self.post.setToolTip("Post note (Ctrl+Enter)")

    # --- showing

    def show_notes(self, notes: Sequence[Note], frame: int) -> None:
        """Show the note at ``frame``, else the nearest before it, else the first."""
        self.notes = tuple(notes)
        passed = [note for note in self.notes if note.frame <= frame]
        self.current = passed[-1] if passed else next(iter(self.notes), None)
        if self.current is not None:
            number = self.notes.index(self.current) + 1
            here = "" if self.current.frame != frame else " · here"
            text = " ".join(self.current.text.split())
            said = f"Note {number} of {len(self.notes)} · f {self.current.frame}{here} · {text}"
            if said != self.words.text():  # asked for every frame that plays
                self.words.say(said)
            self.words.setToolTip(self.current.text)
        self.line.setVisible(bool(self.notes))
        self._fold()

    def open(self, head: str) -> None:
        """Take a new note in; what was typed before and not posted is still there."""
        self.head.setText(head)
        self.field.setAccessibleName(head)
        self.editor.show()
        self._fold()
        self._tell()
        self.field.setFocus()

    @property
    def is_open(self) -> bool:
        """Whether a note is being typed."""
        return not self.editor.isHidden()

    def close_field(self, *, keep: bool = False) -> None:
        """Put the field away; ``keep`` what was typed."""
        if not keep:
            self.field.clear()
        self.editor.hide()
        self._fold()

    def _fold(self) -> None:
        shown = (bool(self.notes), self.is_open)
        self.setVisible(any(shown))
        if shown != self._folded:
            self._folded = shown
            self.folded.emit()

    def _tell(self) -> None:
        count = len(self.field.toPlainText().strip())
        self.post.setEnabled(0 < count <= LONGEST)
        self.post.setAccessibleDescription("" if count <= LONGEST else f"At most {LONGEST} characters.")

    # --- doing

    def _post(self) -> None:
        if self.post.isEnabled():
            self.posted.emit(self.field.toPlainText().strip())

    def _leave(self) -> None:
        self.close_field()
        self.left.emit()

    def _drop(self) -> None:
        if self.current is not None:
            self.dropped.emit(self.current)
