"""Proxies of takes: fetched once, kept by content, opened as films. A few stay open, so that flipping is instant."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from takebridge.errors import BridgeError
from takebridge.ids import BlobHash
from takebridge_resolve.panel.film import Film
from takebridge_resolve.panel.link import Link
from takebridge_resolve.panel.picture_cache import PictureFiles

MOST_OPEN = 4


class Films(QObject):
    """The films of one viewer, by content; those used last stay open."""

    def __init__(self, link: Link, files: PictureFiles, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._files = files
        self._open: OrderedDict[BlobHash, Film] = OrderedDict()
        self._waiting: dict[BlobHash, list[tuple[Callable[[Film], None], Callable[[BridgeError], None]]]] = {}
        self._held: frozenset[BlobHash] = frozenset()

    def open(self, content: BlobHash, then: Callable[[Film], None], failed: Callable[[BridgeError], None]) -> None:
        """Give ``then`` the film: at once when its proxy is here, else when it has arrived."""
        if content in self._open:
            self._open.move_to_end(content)
            then(self._open[content])
            return
        path = self._files.path(content, "proxy").with_suffix(".mp4")
        if path.is_file():
            then(self._opened(content))
            return
        self._waiting.setdefault(content, []).append((then, failed))
        if len(self._waiting[content]) == 1:
            self._link.ask(
                lambda api: api.proxy(content, path),
                lambda _: self._arrived(content),
                lambda error: self._failed(content, error),
            )

    def path(self, content: BlobHash) -> Path:
        """Return where the proxy of a content is kept, once it is here."""
        return self._files.path(content, "proxy").with_suffix(".mp4")

    def hold(self, contents: frozenset[BlobHash]) -> None:
        """Say which films are on screen: they are not closed for others."""
        self._held = contents

    def forget(self, content: BlobHash) -> None:
        """Close a film and remove its file: it could not be played."""
        film = self._open.pop(content, None)
        if film is not None:
            film.close()
        self._files.path(content, "proxy").with_suffix(".mp4").unlink(missing_ok=True)

    def close(self) -> None:
        """Close all films."""
        for film in self._open.values():
            film.close()
        self._open.clear()
        self._waiting.clear()

    @property
    def open_films(self) -> tuple[Film, ...]:
        """The films that are open."""
        return tuple(self._open.values())

    def _opened(self, content: BlobHash) -> Film:
        film = Film(self._files.path(content, "proxy").with_suffix(".mp4"), self)
        self._open[content] = film
        idle = [name for name in self._open if name not in self._held and name != content]
        for name in idle[: max(0, len(self._open) - MOST_OPEN)]:
            self._open[name].close()
            self._open.pop(name).deleteLater()
        return film

    def _arrived(self, content: BlobHash) -> None:
        for then, _ in self._waiting.pop(content, []):
            then(self._open[content] if content in self._open else self._opened(content))

    def _failed(self, content: BlobHash, error: BridgeError) -> None:
        for _, failed in self._waiting.pop(content, []):
            failed(error)
