"""Rows of the round trip tab as item models: real rows for the eye, the keyboard and screen readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from takebridge_resolve.panel import theme
from takebridge_resolve.panel.trip_sides import shown_by
from takebridge_resolve.panel.trip_words import age_of, canvas_did, clock_of, state_words, you_did

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QResizeEvent, QShowEvent

    from takebridge.canvas.model import Canvas
    from takebridge.cut.link import ClipLink
    from takebridge.cut.report_types import EditEntry
    from takebridge.cut.trip_types import TripFacts

Index = QModelIndex | QPersistentModelIndex
MOST_MEASURED = 200
"""Rows whose height is measured one by one; longer lists have rows of one height."""
NARROW = 340
"""Below this width, at type of 100 %, a table uses its narrow parts."""
MOST_SHOWN = 8
"""Rows that show at once; a longer table scrolls in itself."""


class Rows(QAbstractTableModel):
    """A table of words: ``cells`` row by row, ``tips`` in full, ``tones`` colour tokens of the last column."""

    def __init__(self, head: Sequence[str]) -> None:
        super().__init__()
        self.head = tuple(head)
        self.cells: list[tuple[str, ...]] = []
        self.tips: list[str] = []
        self.tones: list[str] = []

    def fill(self, head: Sequence[str], cells: Sequence[tuple[str, ...]], tips: Sequence[str] = ()) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.head, self.cells = tuple(head), [*cells]
        self.tips = [*tips] or ["" for _ in cells]
        self.tones = ["" for _ in cells]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own spelling
        """How many rows."""
        return 0 if parent.isValid() else len(self.cells)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns."""
        return 0 if parent.isValid() else len(self.head)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own
        """Words; a screen reader hears a cell with its column's name."""
        if not index.isValid() or index.row() >= len(self.cells):
            return None
        row, column = index.row(), index.column()
        text = self.cells[row][column]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tips[row] or text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(row) if column == 0 else f"{self.head[column]}: {text}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        if role == Qt.ItemDataRole.ForegroundRole and column == len(self.head) - 1 and self.tones[row]:
            return theme.color(self.tones[row])
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own
        """The columns' names."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.head):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.head[section]
        return int(Qt.AlignmentFlag.AlignLeft) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def spoken(self, row: int) -> str:
        """A whole row as a screen reader says it."""
        cells = self.cells[row]
        rest = (f"{name}: {text}" for name, text in zip(self.head[1:], cells[1:], strict=True) if text)
        return ". ".join([cells[0], *rest])


class EditsModel(Rows):
    """What a round trip does, clip by clip: what you did, what the canvas did; then what became of it."""

    HEAD = ("Clip", "You", "Canvas")

    def __init__(self) -> None:
        super().__init__(self.HEAD)
        self.entries: list[EditEntry] = []

    def show_edits(self, entries: Sequence[EditEntry], links: Mapping[str, ClipLink], canvas: Canvas | None) -> None:
        """Show the edits of a plan."""
        self.entries = [*entries]
        rows = [(_named(one, links), you_did(one, links, canvas), canvas_did(one)) for one in entries]
        names = [one.name for one in entries]
        self.fill(self.HEAD, rows, [". ".join((name, *row)) for name, row in zip(names, rows, strict=True)])

    def show_results(self, words: str, tone: str) -> None:
        """Say of every row what became of it."""
        rows = [(*row[:3], words) for row in self.cells]
        self.fill((*self.HEAD, "Result"), rows, [". ".join(row) for row in rows])
        self.tones = [tone for _ in rows]


def _named(entry: EditEntry, links: Mapping[str, ClipLink]) -> str:
    """A clip by its shot where that is known, else by its own name."""
    shown = shown_by(entry)
    link = links.get(shown.link_id) if shown else None
    return link.shot if link else entry.name or "a clip"


class HistoryModel(Rows):
    """Round trips that changed a timeline, the newest first."""

    HEAD = ("When", "Timeline", "How it ended")

    def __init__(self) -> None:
        super().__init__(self.HEAD)
        self.trips: list[TripFacts] = []

    def show_trips(self, trips: Sequence[TripFacts], now: datetime | None = None) -> None:
        """Show these trips."""
        self.trips = [*trips]
        at = now or datetime.now(UTC)
        rows = [(clock_of(one.created_at, at), one.timeline, _ended(one)) for one in trips]
        self.fill(self.HEAD, rows, [_whole(one, at) for one in trips])


def _ended(one: TripFacts) -> str:
    steps = f" · {one.done} of {len(one.steps)} steps" if one.steps else ""
    copy = f" · safety copy “{one.copy_name}”" if one.copy_name else ""
    return f"{state_words(one)}{steps}{copy}"


def _whole(one: TripFacts, now: datetime) -> str:
    return "\n".join([f"{age_of(one.created_at, now)}: {state_words(one)}", *one.steps])


@dataclass(frozen=True, slots=True)
class Widths:
    """Parts of a table's width, column by column; ``narrow`` where there is little room, 0 hides a column."""

    parts: tuple[int, ...]
    narrow: tuple[int, ...] = ()


class WordTable(QTableView):
    """A table of sentences: words wrap, rows are as high as they need, Tab goes on to the next control."""

    def __init__(self, model: Rows, name: str, widths: Mapping[int, Widths]) -> None:
        super().__init__()
        self.rows = model
        self._widths = widths
        self.setModel(model)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setStyleSheet("QTableView::item { padding: 4px 6px; } QHeaderView::section { padding: 4px 9px; }")
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setAccessibleName(f"Columns of {name.lower()}")
        model.modelReset.connect(self.fit)

    def fit(self) -> None:
        """Give the columns their parts of the width and the rows the height of their words."""
        widths = self._widths.get(self.rows.columnCount())
        if widths is not None and self.viewport().width() > 0:
            room = self.viewport().width()
            parts = widths.narrow if widths.narrow and room < NARROW * theme.scale() else widths.parts
            for column, part in enumerate(parts):
                self.setColumnHidden(column, not part)
                self.setColumnWidth(column, room * part // sum(parts))
        if self.rows.rowCount() <= MOST_MEASURED:
            self.resizeRowsToContents()
        shown = min(self.rows.rowCount(), MOST_SHOWN)
        height = sum(self.rowHeight(row) for row in range(shown))
        self.setFixedHeight(height + self.horizontalHeader().sizeHint().height() + 2 * self.frameWidth() + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As Qt asks."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Measure again with the type it is really drawn in."""
        super().showEvent(event)
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        """Other type needs other heights."""
        super().changeEvent(event)
        if event.type() in (event.Type.FontChange, event.Type.StyleChange) and hasattr(self, "rows"):
            self.fit()
