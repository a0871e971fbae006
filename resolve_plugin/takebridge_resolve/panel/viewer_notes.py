"""Notes in the viewer: those of the take that is looked at, posting one, going from one to the next.

Typing stops playing; posting goes on where it stopped (review_ux §2.1, M).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from PySide6.QtCore import QObject, Signal

from takebridge.canvas.model import Take
from takebridge_resolve.panel.take_notes import Note, next_stop, notes_on
from takebridge_resolve.panel.transport import Transport
from takebridge_resolve.panel.viewer_stage import Stage


class Notes(QObject):
    """``posted`` carries the take, the frame the field was opened on, and the words."""

    posted = Signal(object, int, str)

    def __init__(self, stage: Stage, transport: Transport, take: Callable[[], Take | None]) -> None:
        super().__init__(stage)
        self._stage, self._transport, self._take = stage, transport, take
        self._all: tuple[Note, ...] = ()
        self._about: tuple[Take, int] | None = None
        self._speed = Fraction(0)
        stage.notes.posted.connect(self._post)
        stage.notes.left.connect(self._resume)
        stage.notes.stepped.connect(self.step)

    def set_notes(self, notes: Sequence[Note]) -> None:
        """Take in the notes of all takes."""
        self._all = tuple(notes)
        self.refresh()

    @property
    def shown(self) -> tuple[Note, ...]:
        """The notes on the take that is looked at."""
        take = self._take()
        return notes_on(self._all, take.id) if take else ()

    def refresh(self) -> None:
        """Show the notes of the take and frame that are looked at; a field on another take is put away, not emptied."""
        take, bar = self._take(), self._stage.notes
        if self._about is not None and (take is None or take.id != self._about[0].id):
            self._about, self._speed = None, Fraction(0)
            bar.close_field(keep=True)
        notes = self.shown
        self._stage.scrub.show_notes(tuple(sorted({note.frame for note in notes})))
        bar.show_notes(notes, self._transport.frame)

    # --- a new one

    def open(self) -> None:
        """Open the field for a note on the frame that is shown."""
        take = self._take()
        if take is None:
            return
        self._speed = self._transport.speed
        self._transport.stop()
        frame = self._transport.frame
        self._about = (take, frame)
        at = self._stage.position.text().split(" · ")[0]
        self._stage.notes.open(f"Note on take {take.seq} at {at} · f {frame}")

    def _post(self, words: str) -> None:
        if self._about is not None:
            take, frame = self._about
            self.posted.emit(take, frame, words)
        self._stage.notes.close_field()
        self._resume()

    def _resume(self) -> None:
        self._about = None
        speed, self._speed = self._speed, Fraction(0)
        if speed:
            self._transport.run(speed)
        self._stage.scrub.setFocus()  # else the keys would go to whatever Qt takes for the next control

    # --- going through them

    def step(self, way: int) -> None:
        """Go to the next note or end of the best range after this frame, or (-1) the one before."""
        best = self._transport.best
        stops = {note.frame for note in self.shown} | ({best.start, best.end - 1} if best else set())
        found = next_stop(stops, self._transport.frame, ahead=way > 0)
        if found is not None:
            self._transport.step(found - self._transport.frame)
