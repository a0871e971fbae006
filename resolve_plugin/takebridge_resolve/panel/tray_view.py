"""The filmstrip: a real item view, so that screen readers have its rows. Hovering a tile scrubs through its take."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from takebridge.ids import BlobHash
from takebridge_resolve.panel import theme
from takebridge_resolve.panel.pictures import Pictures
from takebridge_resolve.panel.tiles import Tile
from takebridge_resolve.panel.tray_model import AnyIndex, Role, TrayModel
from takebridge_resolve.panel.tray_tile import EDGE, Look, TileDelegate

REST_MS = 120
"""For how long the pointer rests on a tile before its sprite is fetched (review_ux §4.2)."""
SETTLE_MS = 60
BATCHED_FROM = 2000
NARROW = 520


def tile_width(room: int, scale: int = 1) -> int:
    """Return how wide a tile is in ``room`` pixels: three to a row at 320, four at 420, five at 480, then wider ones.

    ``scale`` 2 makes the tiles of the contact sheet.
    """
    type_scale = max(1.0, theme.scale())
    least = (92 if room < NARROW * type_scale else 148) * scale * type_scale
    columns = max(1, int(room / least))
    return max(64, room // columns)


class TrayView(QListView):
    """Tiles in rows. The current index is the ring."""

    ring_moved = Signal(str)
    """The key of the tile that has the ring now."""
    scrubbed = Signal(str, float)
    """A tile and the part of its take that is shown, 0.0 to 1.0."""

    def __init__(self, pictures: Pictures, model: TrayModel, parent: QWidget | None = None, *, scale: int = 1) -> None:
        super().__init__(parent)
        self.pictures = pictures
        self.look = Look()
        self._scale = scale
        self._place = f"tray {scale}"
        self._part = 0.0
        self._tiles = model
        self.look.fit(100)
        self._rest = _single_shot(self, REST_MS, self._fetch_sprite)
        self._settle = _single_shot(self, SETTLE_MS, self.settle)
        self._set_up()
        self.setItemDelegate(TileDelegate(pictures, self.look, self))
        self.setModel(model)
        pictures.ready.connect(self._on_ready)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._settle.start())
        model.rowsInserted.connect(lambda *_: self._settle.start())

    def _set_up(self) -> None:
        self.setAccessibleName("Takes")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setWrapping(True)
        self.setSpacing(0)
        self.setDragEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionRectVisible(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.verticalScrollBar().rangeChanged.connect(self._show_bar)
        self._show_bar(0, 0)
        self.setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)

    def _show_bar(self, least: int, most: int) -> None:
        """The bar keeps its room, so that tiles never change their width; with nothing to scroll it is not drawn."""
        bar, idle = self.verticalScrollBar(), most <= least
        if bar.property("idle") != idle:
            bar.setProperty("idle", idle)
            bar.style().unpolish(bar)
            bar.style().polish(bar)

    # --- the ring

    def ring(self) -> str:
        """Return the key of the ringed tile; "" when there is none."""
        tile = self._tiles.tile(self.currentIndex().row())
        return tile.key if tile else ""

    def set_ring(self, key: str) -> None:
        """Move the ring, and bring the tile into view."""
        row = self._tiles.row_of(key)
        if row >= 0:
            self.setCurrentIndex(self._tiles.index(row))

    def move_ring(self, rows: int) -> None:
        """Move the ring by rows of the list, in reading order; it stays at the ends."""
        count = self._tiles.rowCount()
        if count:
            row = min(count - 1, max(0, self.currentIndex().row() + rows))
            self.setCurrentIndex(self._tiles.index(row))

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        """As Qt asks."""
        super().currentChanged(current, previous)
        self._leave()
        tile = self._tiles.tile(current.row()) if current.isValid() else None
        self.ring_moved.emit(tile.key if tile else "")

    # --- scrubbing

    def scrub(self, key: str, part: float) -> None:
        """Show a tile at ``part`` of its take, as soon as its sprite is there."""
        tile = self._tile(key)
        if tile is None or tile.content is None:
            return
        self._part = min(1.0, max(0.0, part))
        if self.look.scrubbed != key:
            self._leave()
            self.look.scrubbed = key
            self._rest.start()
        self._show_cell(tile.content)

    def step_scrub(self, cells: int) -> None:
        """Scrub the ringed tile by cells: what the arrow keys do."""
        tile = self._tile(self.ring())
        if tile is None or tile.content is None:
            return
        sprite = self.pictures.sprite(tile.content)
        count = sprite.cells.count if sprite else 48
        at = self.look.cell if self.look.scrubbed == tile.key else (-1 if cells > 0 else count)
        self.scrub(tile.key, (min(count - 1, max(0, at + cells)) + 0.5) / count)

    def _show_cell(self, content: BlobHash) -> None:
        sprite = self.pictures.sprite(content, fetch=False)
        cell = sprite.cell_at(self._part) if sprite else 0
        if cell != self.look.cell or sprite is None:
            self.look.cell = cell
            self._draw(self.look.scrubbed)
        if sprite is not None:
            self.scrubbed.emit(self.look.scrubbed, self._part)

    def _fetch_sprite(self) -> None:
        tile = self._tile(self.look.scrubbed)
        if tile is not None and tile.content is not None:
            self.pictures.sprite(tile.content)

    def _leave(self) -> None:
        """Go back to the poster."""
        key, self.look.scrubbed, self.look.cell = self.look.scrubbed, "", 0
        self._rest.stop()
        if key:
            self._draw(key)

    def _on_ready(self, content: str, kind: str) -> None:
        for row in self._tiles.rows_showing(content):
            self._tiles.touch(row)
        scrubbed = self._tile(self.look.scrubbed)
        if kind == "sprite" and scrubbed is not None and scrubbed.content == content:
            self.look.cell = -1
            self._show_cell(BlobHash(content))

    # --- Qt

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """As Qt asks."""
        super().mouseMoveEvent(event)
        self._hover(event.position().toPoint())

    def leaveEvent(self, event: QEvent) -> None:
        """As Qt asks."""
        super().leaveEvent(event)
        self._leave()

    def _hover(self, at: QPoint) -> None:
        index = self.indexAt(at)
        tile = self._tiles.tile(index.row()) if index.isValid() else None
        if tile is None or tile.take is None:
            self._leave()
            return
        rect = self.visualRect(index).adjusted(EDGE, 0, -EDGE, 0)
        self.scrub(tile.key, (at.x() - rect.left()) / max(1, rect.width()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows: up and down move the ring in reading order, left and right scrub the ringed tile."""
        moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key in moves:
            self.move_ring(moves[key])
        elif key in steps:
            self.step_scrub(steps[key])
        elif key == Qt.Key.Key_Escape and self.look.scrubbed:
            self._leave()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def keyboardSearch(self, search: str) -> None:
        """Letters rate and flip here; they do not search."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As Qt asks."""
        self.fit_tiles()
        super().resizeEvent(event)
        self._settle.start()

    def fit_tiles(self) -> None:
        """Give the tiles the width that fills a row."""
        width = tile_width(self.viewport().width() - 1, self._scale)
        self.look.fit(width)
        grid = self.look.tile
        if grid != self.gridSize():
            self.setGridSize(grid)
        wanted = (
            QListView.LayoutMode.Batched if self._tiles.rowCount() > BATCHED_FROM else QListView.LayoutMode.SinglePass
        )
        if wanted != self.layoutMode():
            self.setLayoutMode(wanted)

    def hideEvent(self, event: QHideEvent) -> None:
        """As Qt asks."""
        super().hideEvent(event)
        self.settle()

    def showEvent(self, event: QShowEvent) -> None:
        """As Qt asks."""
        super().showEvent(event)
        self._settle.start()

    def row_height(self) -> int:
        """Return the height of one row of tiles."""
        return self.look.tile.height()

    def sizeHint(self) -> QSize:
        """One row and a half, so that a row below shows that there is more."""
        return QSize(320, self.row_height() * 3 // 2)

    def minimumSizeHint(self) -> QSize:
        """One row of narrow tiles."""
        return QSize(200, self.row_height() + 2)

    def settle(self) -> None:
        """Tell the pictures what is on screen; what has scrolled away is not fetched any more."""
        contents = [tile.content for tile in self.visible_tiles() if tile.content]
        self.pictures.look_at(contents if self.isVisible() else (), place=self._place)
        self.viewport().update()

    def visible_tiles(self) -> list[Tile]:
        """Return the tiles on screen, and one row more at either end."""
        grid = self.gridSize()
        if not grid.height():
            return []
        columns = max(1, self.viewport().width() // max(1, grid.width()))
        first = max(0, self.verticalScrollBar().value() // grid.height() - 1) * columns
        rows = self.viewport().height() // grid.height() + 4
        return list(self._tiles.tiles[first : first + rows * columns])

    def _tile(self, key: str) -> Tile | None:
        return self._tiles.tile(self._tiles.row_of(key)) if key else None

    def _draw(self, key: str) -> None:
        row = self._tiles.row_of(key)
        if row >= 0:
            self.update(self._tiles.index(row))


def _single_shot(parent: QWidget, milliseconds: int, call: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(call)
    return timer


__all__ = ["REST_MS", "Role", "TrayView", "tile_width"]
