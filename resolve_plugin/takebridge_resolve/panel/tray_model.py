"""The tray's rows for Qt: a list model whose rows come, go and move one by one, so that ring and scroll hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import IntEnum
from html import escape

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from takebridge_resolve.panel import take_facts
from takebridge_resolve.panel.tiles import Tile, accessible_text, job_time

AnyIndex = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """Roles beyond Qt's own."""

    TILE = Qt.ItemDataRole.UserRole + 1
    PICTURE = Qt.ItemDataRole.UserRole + 2


class TrayModel(QAbstractListModel):
    """Tiles in the order they are shown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tiles: list[Tile] = []

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """As Qt asks."""
        return 0 if parent.isValid() else len(self._tiles)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """As Qt asks. `Role.TILE` is the tile itself."""
        if not index.isValid() or index.row() >= len(self._tiles):
            return None
        tile = self._tiles[index.row()]
        if role == Role.TILE:
            return tile
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole):
            return accessible_text(tile)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return _details(tile)
        if role == Qt.ItemDataRole.ToolTipRole:  # a tooltip would read a prompt with tags as rich text
            return f"<qt>{escape(_details(tile)).replace(chr(10), '<br>')}</qt>"
        return None

    # --- tiles

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """All tiles, in order."""
        return tuple(self._tiles)

    def by_key(self) -> dict[str, Tile]:
        """All tiles by their keys."""
        return {tile.key: tile for tile in self._tiles}

    def keys(self) -> list[str]:
        """Keys of all tiles, in order."""
        return [tile.key for tile in self._tiles]

    def tile(self, row: int) -> Tile | None:
        """Return the tile of a row."""
        return self._tiles[row] if 0 <= row < len(self._tiles) else None

    def row_of(self, key: str) -> int:
        """Return the row of a tile; -1 when it is not shown."""
        return next((row for row, tile in enumerate(self._tiles) if tile.key == key), -1)

    def rows_showing(self, content: str) -> list[int]:
        """Return the rows whose picture has this content."""
        return [row for row, tile in enumerate(self._tiles) if tile.content == content]

    def show(self, tiles: Sequence[Tile]) -> None:
        """Come to show ``tiles``. Rows are removed, moved, inserted and changed one by one; nothing is reset."""
        if [tile.key for tile in tiles] != self.keys():
            self._remove_all_but({tile.key for tile in tiles})
        for row, tile in enumerate(tiles):
            if row < len(self._tiles) and self._tiles[row].key == tile.key:
                self._change(row, tile)
            else:
                self._bring(row, tile)

    def touch(self, row: int, role: int = Role.PICTURE) -> None:
        """Have one tile drawn again."""
        at = self.index(row)
        self.dataChanged.emit(at, at, [role])

    def _remove_all_but(self, keys: set[str]) -> None:
        end = len(self._tiles)
        while end:
            start = end
            while start and self._tiles[start - 1].key not in keys:
                start -= 1
            if start < end:
                self.beginRemoveRows(QModelIndex(), start, end - 1)
                del self._tiles[start:end]
                self.endRemoveRows()
            end = max(0, start - 1)

    def _change(self, row: int, tile: Tile) -> None:
        if self._tiles[row] is not tile and self._tiles[row] != tile:
            self._tiles[row] = tile
            self.touch(row, Role.TILE)

    def _bring(self, row: int, tile: Tile) -> None:
        """Move the tile to ``row`` from further down, or insert it there."""
        old = next((at for at in range(row + 1, len(self._tiles)) if self._tiles[at].key == tile.key), None)
        if old is None:
            self.beginInsertRows(QModelIndex(), row, row)
            self._tiles.insert(row, tile)
            self.endInsertRows()
            return
        self.beginMoveRows(QModelIndex(), old, old, QModelIndex(), row)
        self._tiles.insert(row, self._tiles.pop(old))
        self.endMoveRows()
        self._change(row, tile)


def _details(tile: Tile) -> str:
    if tile.take is not None:
        return take_facts.recipe_words(tile.take)
    assert tile.job is not None
    error = tile.job.error or {}
    told = [str(error[name]) for name in ("message", "hint") if error.get(name)]
    return "\n".join([take_facts.model_title(tile.job.model), job_time(tile, datetime.now(UTC)), *told]).strip()
