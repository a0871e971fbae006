"""The log a person can read: sentences with times, errors kept with their code under Details, all of it copyable."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QListView, QPlainTextEdit, QVBoxLayout, QWidget

from takebridge_resolve.panel import theme
from takebridge_resolve.panel.controls import button, label, row
from takebridge_resolve.panel.log_words import Level, Line, joined

MOST_LINES = 2_000
_TOKENS: dict[Level, str] = {"plain": "text2", "good": "text", "warning": "stale", "error": "failed"}
_MARKS: dict[Level, str] = {"plain": " ", "good": "✓", "warning": "▲", "error": "✕"}
Index = QModelIndex | QPersistentModelIndex


class LogModel(QAbstractListModel):
    """The newest `MOST_LINES` lines, oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[Line] = deque()

    def add(self, line: Line) -> None:
        """Append a line; the oldest one goes when there are too many."""
        if len(self.lines) >= MOST_LINES:
            self.beginRemoveRows(QModelIndex(), 0, 0)
            self.lines.popleft()
            self.endRemoveRows()
        self.beginInsertRows(QModelIndex(), len(self.lines), len(self.lines))
        self.lines.append(line)
        self.endInsertRows()

    def clear(self) -> None:
        """Forget all lines."""
        self.beginResetModel()
        self.lines.clear()
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many lines there are."""
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A line's text, colour, tooltip and accessible text."""
        line = self.lines[index.row()]
        local = line.at.astimezone()
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{local:%H:%M:%S}  {_MARKS[line.level]}  {line.text}"
        if role == Qt.ItemDataRole.ForegroundRole:
            return QBrush(theme.color(_TOKENS[line.level]))
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{local:%Y-%m-%d %H:%M:%S}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{local:%H:%M:%S}, {line.text}"
        return None


class LogTab(QWidget):
    """The log, with what the chosen line hides under Details."""

    def __init__(self) -> None:
        super().__init__()
        self.model = LogModel()
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setWordWrap(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setSpacing(2)
        self.list.setAccessibleName("Log")
        self.empty = label("Nothing has happened yet. What TakeBridge does is told here.", "hint", wrap=True)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setAccessibleName("Details of the chosen line")
        self.details.setFixedHeight(72)
        self.details.hide()
        self.more = button("Details", self._toggle_details, "quiet", checkable=True)
        self.copy = button("Copy", self._copy, name="Copy the chosen lines, or all")
        self.forget = button("Clear", self._clear, "quiet", name="Clear the log")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.empty)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.details)
        layout.addWidget(row(self.more, None, self.forget, self.copy))
        self.list.selectionModel().selectionChanged.connect(lambda *_: self._show_details())

    def add(self, line: Line) -> None:
        """Append a line; the view follows when its end was in view."""
        bar = self.list.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 4
        self.model.add(line)
        self.empty.hide()
        if at_end:
            self.list.scrollToBottom()

    def chosen(self) -> list[Line]:
        """The selected lines, in order; all of them where none is selected."""
        lines = [*self.model.lines]
        rows = sorted(index.row() for index in self.list.selectionModel().selectedIndexes())
        return [lines[row] for row in rows] or lines

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(joined(self.chosen()))

    def _clear(self) -> None:
        self.model.clear()
        self._show_details()
        self.empty.show()

    def _toggle_details(self) -> None:
        self.details.setVisible(self.more.isChecked())
        self._show_details()

    def _show_details(self) -> None:
        chosen = [line.details for line in self.chosen() if line.details]
        self.details.setPlainText("\n".join(chosen[-5:]) or "The chosen line says all there is.")
