"""One side of the viewer: where its pictures come from, and the picture of the frame that is wanted.

While another take opens, or a frame is decoded, the last picture stays: nothing ever goes black in between.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QImage

from takebridge.canvas.model import Take
from takebridge.errors import BridgeError
from takebridge.ids import BlobHash
from takebridge.timebase import FrameRate
from takebridge_resolve.panel import take_facts, words
from takebridge_resolve.panel.film import Film
from takebridge_resolve.panel.link import Asked, Link
from takebridge_resolve.panel.pictures import Pictures
from takebridge_resolve.panel.proxies import Films

FRAME_WIDTH = 640
STILL_MS = 40
"""Stills of the editor's own clip are asked for at most this often, the newest wish wins."""
R24 = FrameRate(24)


@dataclass(frozen=True, slots=True)
class Original:
    """The editor's own clip. ``take`` is the source clip's take on the canvas: its frames are those the takes were made
    from, number by number. Without one, stills of the clip itself are shown: ``clip`` of ``session``, whose first
    frame stands at ``start_record_frame``.
    """

    session: str = ""
    clip: str = ""
    name: str = ""
    start_record_frame: int = 0
    end_record_frame: int = 0
    rate: FrameRate = R24
    take: Take | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What a pane shows. ``count`` is 1 for a still; a film's own count replaces it once it is open."""

    key: str
    label: str
    count: int
    rate: FrameRate
    size: QSize
    content: BlobHash | None = None
    original: Original | None = None

    @property
    def is_film(self) -> bool:
        """Whether there is a proxy to decode."""
        return self.content is not None and self.count > 1


def source_of_take(take: Take) -> Source:
    """Return a take as a source; without a picture it is one without content."""
    size = take_facts.size(take) or (0, 0)
    return Source(
        key=take.id,
        label=f"take {take.seq}",
        count=take_facts.frame_count(take) or 1,
        rate=take_facts.rate(take) or R24,
        size=QSize(*size),
        content=take_facts.picture_content(take),
    )


def source_of_original(original: Original) -> Source:
    """Return the editor's own clip as a source."""
    label = "original"
    if original.take is not None:
        found = source_of_take(original.take)
        return Source(f"original {found.key}", label, found.count, found.rate, found.size, found.content, original)
    count = max(1, original.end_record_frame - original.start_record_frame)
    return Source(f"original {original.clip}", label, count, original.rate, QSize(16, 9), None, original)


class Pane(QObject):
    """One side. ``changed`` says that `image` is another one, ``opened`` that `count` and `size` are known now."""

    changed = Signal()
    opened = Signal()

    def __init__(self, link: Link, films: Films, pictures: Pictures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.source: Source | None = None
        self.image: QImage | None = None
        self.shown = -1
        """The frame that `image` is of; -1 for a poster or none."""
        self.problem = ""
        self._link, self._films, self._pictures = link, films, pictures
        self._film: Film | None = None
        self._frame = 0
        self._ahead = True
        self._asked: Asked | None = None
        self._wish = QTimer(self, interval=STILL_MS, singleShot=True)
        self._wish.timeout.connect(self._ask_still)
        pictures.ready.connect(self._on_poster)

    @property
    def count(self) -> int:
        """Number of frames; 0 when nothing is shown."""
        if self.source is None:
            return 0
        return self._film.count if self._film is not None and self._film.count else self.source.count

    @property
    def size(self) -> QSize:
        """Size of the take itself, not of its proxy."""
        return self.source.size if self.source else QSize()

    def show(self, source: Source | None) -> None:
        """Show another source, on the frame that is wanted already."""
        if source == self.source:
            return
        self._let_go()
        self.source, self.problem = source, ""
        if source is None:
            self.image = None
            self.shown = -1
            self.changed.emit()
            return
        self._begin(source)

    def _begin(self, source: Source) -> None:
        self.shown = -1
        if source.is_film and source.content is not None:
            content = source.content
            self._films.open(content, lambda film: self._use(source, film), lambda error: self._fail(source, error))
            if self._film is None or not self._film.count:
                self._poster()
        elif source.content is not None:
            self._poster()
        elif source.original is not None:
            self._wish.start()
        else:
            self.image, self.problem = None, "This take has no picture."
            self.changed.emit()

    def want(self, frame: int, *, ahead: bool = True) -> None:
        """Show ``frame``, held inside the film; the picture comes with ``changed`` when it is decoded."""
        self._frame, self._ahead = min(max(0, frame), max(0, self.count - 1)), ahead
        if self._film is not None:
            self._film.want(self._frame, ahead=ahead)
            self._take_picture()
        elif self.source is not None and self.source.content is None:
            self._wish.start()

    @property
    def wanted(self) -> int:
        """The frame that is to be shown."""
        return self._frame

    # --- films

    def _use(self, source: Source, film: Film) -> None:
        if source is not self.source:
            return
        self._film = film
        film.landed.connect(self._on_landed)
        film.failed.connect(self._on_failed)
        film.opened.connect(self._on_opened)
        if film.count:
            self._on_opened()

    def _on_opened(self) -> None:
        self.opened.emit()
        self.want(self._frame, ahead=self._ahead)

    def _on_landed(self, frame: int) -> None:
        if frame == self._frame:
            self._take_picture()

    def _take_picture(self) -> None:
        image = self._film.picture(self._frame) if self._film else None
        if image is not None and (image is not self.image or self.shown != self._frame):
            self.image, self.shown = image, self._frame
            self.changed.emit()

    def _on_failed(self, text: str) -> None:
        if self.source is not None and self.source.content is not None:
            self._films.forget(self.source.content)
        self._film = None
        self.problem = text
        self.changed.emit()

    def _fail(self, source: Source, error: BridgeError) -> None:
        if source is self.source:
            self.problem = words.in_words(error)
            self.changed.emit()

    def _let_go(self) -> None:
        if self._asked:
            self._asked.cancel()
        self._wish.stop()
        if self._film is not None:
            for signal, slot in (
                (self._film.landed, self._on_landed),
                (self._film.failed, self._on_failed),
                (self._film.opened, self._on_opened),
            ):
                signal.disconnect(slot)
        self._film = None

    # --- stills

    def _poster(self) -> None:
        """Show the poster: all there is of a still; of a film only where there was no picture at all."""
        assert self.source is not None and self.source.content is not None
        if self.source.is_film and self.image is not None:
            return
        found = self._pictures.image(self.source.content)
        if found is not None:
            self.image = found
            self.changed.emit()

    def _on_poster(self, content: str, kind: str) -> None:
        if kind == "poster" and self.source is not None and self.source.content == content and self.shown < 0:
            self._poster()

    def _ask_still(self) -> None:
        original = self.source.original if self.source else None
        if original is None:
            return
        if self._asked:
            self._asked.cancel()
        source, frame = self.source, self._frame
        at = original.start_record_frame + frame

        def arrived(data: bytes) -> None:
            image = QImage.fromData(data)
            if source is self.source and not image.isNull():
                self.image, self.shown, self.problem = image, frame, ""
                self.changed.emit()

        def failed(error: BridgeError) -> None:
            if source is not None:
                self._fail(source, error)

        session, clip = original.session, original.clip
        self._asked = self._link.ask(lambda api: api.clip_frame(session, clip, at, width=FRAME_WIDTH), arrived, failed)
