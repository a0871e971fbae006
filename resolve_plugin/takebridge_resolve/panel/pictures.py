"""Posters and sprites of takes: asked for on the GUI thread, read and decoded off it, kept by bytes.

Decoding makes `QImage` on a pool of threads; `QPixmap` is made on the GUI thread only, as Qt demands. What is no longer
looked at when its turn comes is not loaded at all: see `look_at`.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QSize, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from takebridge.client.panel_types import Cells
from takebridge.errors import BridgeError
from takebridge.ids import BlobHash
from takebridge_resolve.panel.link import Asked, Link
from takebridge_resolve.panel.picture_cache import ByteCache, PictureFiles

Kind = Literal["poster", "sprite"]
Wanted = tuple[BlobHash, Kind]
POSTER_WIDTH = 640
THREADS = 2


class Sprite:
    """A sheet of cells, and where each one is on it."""

    def __init__(self, sheet: QPixmap, cells: Cells) -> None:
        self.sheet = sheet
        self.cells = cells

    def cell_at(self, part: float) -> int:
        """Return the cell shown at ``part`` of the tile's width, 0.0 to 1.0: a place on a screen, no time."""
        return min(self.cells.count - 1, max(0, int(part * self.cells.count)))


class Pictures(QObject):
    """The pictures of one window. ``ready`` names the content whose poster or sprite has arrived."""

    ready = Signal(str, str)
    _read = Signal(object, object, object, int)
    _missing = Signal(object, int)

    def __init__(self, link: Link, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.files = PictureFiles(folder)
        self.cache: ByteCache[object] = ByteCache()
        self.loads = 0
        """How many pictures were read and decoded."""
        self._link = link
        self._under_way: dict[Wanted, Asked | None] = {}
        self._absent: set[Wanted] = set()
        self._looked_at: frozenset[BlobHash] | None = None
        self._places: dict[str, frozenset[BlobHash]] = {}
        self._generation = 0
        self._closed = threading.Event()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(THREADS)
        queued = Qt.ConnectionType.QueuedConnection
        self._read.connect(self._on_read, queued)
        self._missing.connect(self._on_missing, queued)
        self._link.resync.connect(self.forget_absent)
        self._pool.start(self.files.prune)

    # --- what is asked for, on the GUI thread

    def poster(self, content: BlobHash, size: QSize, ratio: float) -> QPixmap | None:
        """Return the poster fitted into ``size`` (logical pixels); None, and fetch it, when it is not here yet."""
        pixels = QSize(round(size.width() * ratio), round(size.height() * ratio))
        key = (content, "poster", pixels.width(), pixels.height())
        found = self.cache.get(key)
        if isinstance(found, QPixmap):
            return found
        image = self.image(content)
        if image is None:
            return None
        fitted = image.scaled(pixels, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        pixmap = QPixmap.fromImage(fitted)
        pixmap.setDevicePixelRatio(ratio)
        self.cache.put(key, pixmap, fitted.sizeInBytes())
        return pixmap

    def image(self, content: BlobHash) -> QImage | None:
        """Return the poster as it was sent; None, and fetch it, when it is not here yet."""
        found = self.cache.get((content, "poster"))
        if isinstance(found, QImage):
            return found
        self._fetch((content, "poster"))
        return None

    def sprite(self, content: BlobHash, *, fetch: bool = True) -> Sprite | None:
        """Return the sprite; None, and fetch it if told to, when it is not here yet."""
        found = self.cache.get((content, "sprite"))
        if isinstance(found, Sprite):
            return found
        if fetch:
            self._fetch((content, "sprite"))
        return None

    def has_none(self, content: BlobHash, kind: Kind = "poster") -> bool:
        """Say whether the bridge has no such picture."""
        return (content, kind) in self._absent

    def look_at(self, contents: Iterable[BlobHash], *, place: str = "tray") -> None:
        """Say what is on screen now in ``place``: what is under way for anything else is dropped."""
        self._places[place] = frozenset(contents)
        self._looked_at = frozenset().union(*self._places.values())
        self._generation += 1
        for wanted in [one for one in self._under_way if one[0] not in self._looked_at]:
            if asked := self._under_way[wanted]:
                asked.cancel()
            del self._under_way[wanted]

    @Slot()
    def forget_absent(self) -> None:
        """Ask again for what was not there."""
        self._absent.clear()

    def close(self) -> None:
        """Drop what is under way and wait for the threads."""
        self._closed.set()
        self._pool.clear()
        self._pool.waitForDone(2000)
        self.cache.clear()

    # --- fetching

    def _fetch(self, wanted: Wanted) -> None:
        if wanted in self._under_way or wanted in self._absent or self._closed.is_set():
            return
        self._under_way[wanted] = None
        generation = self._generation
        self._pool.start(lambda: self._from_disk(wanted, generation))

    def _from_disk(self, wanted: Wanted, generation: int) -> None:
        if self._is_stale(wanted, generation):
            return
        content, kind = wanted
        data = self.files.read(content, kind)
        cells = _cells(self.files.read(content, "cells")) if kind == "sprite" else None
        if data is None or (kind == "sprite" and cells is None):
            self._emit(self._missing, wanted, generation)
        else:
            self._decode(wanted, data, cells, generation)

    @Slot(object, int)
    def _on_missing(self, wanted: Wanted, generation: int) -> None:
        if wanted not in self._under_way or self._closed.is_set():
            return
        content, kind = wanted

        def arrived(answer: bytes | tuple[bytes, Cells]) -> None:
            data, cells = answer if isinstance(answer, tuple) else (answer, None)
            self._pool.start(lambda: self._keep_and_decode(wanted, data, cells, generation))

        def failed(error: BridgeError) -> None:
            self._under_way.pop(wanted, None)
            self._absent.add(wanted)
            self.ready.emit(*wanted)

        if kind == "poster":
            self._under_way[wanted] = self._link.ask(lambda api: api.poster(content), arrived, failed)
        else:
            self._under_way[wanted] = self._link.ask(lambda api: api.sprite(content), arrived, failed)

    def _keep_and_decode(self, wanted: Wanted, data: bytes, cells: Cells | None, generation: int) -> None:
        content, kind = wanted
        self.files.write(content, kind, data)
        if cells is not None:
            self.files.write(content, "cells", cells.model_dump_json().encode())
        self._decode(wanted, data, cells, generation)

    def _decode(self, wanted: Wanted, data: bytes, cells: Cells | None, generation: int) -> None:
        if self._is_stale(wanted, generation):
            return
        image = QImage.fromData(data)
        if wanted[1] == "poster" and image.width() > POSTER_WIDTH:
            image = image.scaledToWidth(POSTER_WIDTH, Qt.TransformationMode.SmoothTransformation)
        if not image.isNull():
            image = image.convertToFormat(QImage.Format.Format_RGB32)
        self._emit(self._read, wanted, image, cells, generation)

    def _is_stale(self, wanted: Wanted, generation: int) -> bool:
        """Say whether the picture has left the screen since it was asked for."""
        gone = self._looked_at is not None and wanted[0] not in self._looked_at
        return self._closed.is_set() or (generation != self._generation and gone)

    @Slot(object, object, object, int)
    def _on_read(self, wanted: Wanted, image: QImage, cells: Cells | None, generation: int) -> None:
        self._under_way.pop(wanted, None)
        if self._closed.is_set():
            return
        self.loads += 1
        if image.isNull():
            self._absent.add(wanted)
        elif wanted[1] == "poster":
            self.cache.put(wanted, image, image.sizeInBytes())
        elif cells is not None:
            self.cache.put(wanted, Sprite(QPixmap.fromImage(image), cells), image.sizeInBytes())
        self.ready.emit(*wanted)

    def _emit(self, signal: object, *values: object) -> None:
        with contextlib.suppress(RuntimeError):  # the window is gone
            signal.emit(*values)  # type: ignore[attr-defined]


def cache_folder(link: Link) -> Path:
    """Return where the panel keeps pictures: in the data folder, named by content."""
    return Path(link.home) / "panel-cache"


def pictures_of(link: Link, folder: Path | None = None) -> Pictures:
    """Return the pictures that all widgets on ``link`` share; ``folder`` is where the first asker wants them kept."""
    return link.findChild(Pictures) or Pictures(link, folder or cache_folder(link), link)


def _cells(text: bytes | None) -> Cells | None:
    if text is None:
        return None
    try:
        return Cells.model_validate(json.loads(text))
    except ValueError:
        return None
