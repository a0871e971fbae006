"""Plays a take between the shots either side of it (review_ux §2.1, /). The cut is not touched, and nothing is fetched
from the editor: the films are those the bridge has of the shots that were pushed.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from PySide6.QtCore import QObject, Signal

from takebridge.canvas.model import Canvas, Take
from takebridge.client.api import Api
from takebridge.cut.link import ClipLink
from takebridge.errors import BridgeError
from takebridge.ids import CanvasId, LinkId
from takebridge_resolve.panel import around, take_facts
from takebridge_resolve.panel.around import Segment
from takebridge_resolve.panel.film import Film
from takebridge_resolve.panel.link import Asked, Link
from takebridge_resolve.panel.pane import Pane, source_of_take
from takebridge_resolve.panel.proxies import Films
from takebridge_resolve.panel.transport import Transport

LOADING = "Loading the shots either side…"
ALONE = "No shot either side of this one is on the canvas: it plays alone."
NOT_A_SHOT = "Only takes of a shot can be played between its neighbours."
Known = tuple[tuple[ClipLink, ...], Canvas]


class PlayAround(QObject):
    """``changed`` says that `words` are other ones; ``ended`` that the viewer is to show its own take again."""

    changed = Signal()
    ended = Signal()

    def __init__(self, link: Link, films: Films, pane: Pane, transport: Transport) -> None:
        super().__init__(transport)
        self._link, self._films, self._pane, self._transport = link, films, pane, transport
        self._shot: tuple[CanvasId, LinkId] | None = None
        self._segments: tuple[Segment, ...] = ()
        self._at = -1
        self._waits = 0
        self._frame, self._loops = 0, False
        self._asked: Asked | None = None
        self.words = ""
        transport.moved.connect(self._on_moved)
        transport.speed_changed.connect(self._on_speed)

    def set_shot(self, canvas_id: CanvasId | None, link_id: LinkId | None) -> None:
        """Say which shot the takes are of; None: of none."""
        self._shot = (canvas_id, link_id) if canvas_id and link_id else None

    @property
    def is_on(self) -> bool:
        """Whether it plays, or is about to."""
        return self._asked is not None or bool(self._segments)

    # --- beginning

    def toggle(self, take: Take | None) -> None:
        """Play around a take, or stop."""
        if self.is_on:
            self.leave()
            return
        self._transport.stop()
        if take is None or self._shot is None:
            self._say(NOT_A_SHOT)
            return
        canvas_id, link_id = self._shot
        self._frame, self._loops = self._transport.frame, self._transport.loops
        self._say(LOADING)

        def call(api: Api) -> Known:
            return tuple(api.links(canvas_id)), api.canvas(canvas_id).canvas

        self._asked = self._link.ask(call, lambda known: self._got(known, link_id, take), self._failed)

    def _got(self, known: Known, link_id: LinkId, take: Take) -> None:
        self._asked = None
        segments = around.around(*known, link_id, take)
        if not segments:
            self._say(NOT_A_SHOT)
            return
        self._segments, self._at, self._waits = segments, -1, len(segments)
        self._transport.loops = False
        contents = [content for one in segments if (content := take_facts.picture_content(one.take))]
        self._films.hold(frozenset(contents))
        for one in segments:
            content = take_facts.picture_content(one.take)
            if content is not None:
                self._films.open(content, self._opener(one), lambda _, one=one: self._drop(one))  # type: ignore[misc]

    def _opener(self, one: Segment) -> Callable[[Film], None]:
        def opened(film: Film) -> None:
            film.want(one.start)
            self._ready()

        return opened

    def _drop(self, one: Segment) -> None:
        """A film that is not to be had is left out."""
        self._segments = tuple(kept for kept in self._segments if kept is not one)
        self._ready()

    def _ready(self) -> None:
        self._waits -= 1
        if self._waits == 0 and self._segments:
            self._next()

    def _failed(self, error: BridgeError) -> None:
        self._asked = None
        self._say(error.message)

    # --- playing

    def _next(self) -> None:
        self._at += 1
        if self._at >= len(self._segments):
            self.leave()
            return
        one = self._segments[self._at]
        source = source_of_take(one.take)
        at, self._at = self._at, -1  # what moves while the clock is set is no end of a segment
        self._pane.show(source)
        self._transport.open(max(one.end, source.count), source.rate)
        self._transport.seek(one.start)
        self._pane.want(one.start)
        self._at = at
        self._say(ALONE if len(self._segments) == 1 else around.words(self._segments, at))
        self._transport.run(Fraction(1))

    def _on_moved(self, frame: int) -> None:
        if 0 <= self._at < len(self._segments) and frame >= self._segments[self._at].end:
            self._next()

    def _on_speed(self, speed: Fraction) -> None:
        """The clock stopped by itself: at the end of a film, that is the end of its segment."""
        if speed or not 0 <= self._at < len(self._segments):
            return
        if self._transport.frame >= self._segments[self._at].end - 1:
            self._next()

    def leave(self) -> bool:
        """End it, and go back to where it began; says whether there was anything to end."""
        was_on = self.is_on
        if self._asked is not None:
            self._asked.cancel()
        self._asked, self._segments, self._at = None, (), -1
        self._say("")
        if was_on:
            self._transport.stop()
            self._transport.loops = self._loops
            self.ended.emit()
            self._transport.seek(self._frame)
        return was_on

    def _say(self, text: str) -> None:
        if text != self.words:
            self.words = text
            self.changed.emit()
