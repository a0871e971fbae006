"""The viewer: a take, or two compared, frame by frame. One clock drives both panes; nothing here edits the cut."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from takebridge.canvas.model import FrameRange, Take
from takebridge.client.panel_types import SeenClip
from takebridge.ids import TakeId
from takebridge.timebase import FrameRate
from takebridge_resolve.panel import compare, frame_words, keys, take_facts, viewer_words
from takebridge_resolve.panel.announce import announce
from takebridge_resolve.panel.compare import Comparison, Mode
from takebridge_resolve.panel.detached import Detached
from takebridge_resolve.panel.focus_keys import FocusKeys
from takebridge_resolve.panel.link import Link
from takebridge_resolve.panel.original import ask_source_take, drops, original_of
from takebridge_resolve.panel.pane import Original, Pane, Source, source_of_original, source_of_take
from takebridge_resolve.panel.pictures import Pictures, pictures_of
from takebridge_resolve.panel.play_around import PlayAround
from takebridge_resolve.panel.proxies import Films
from takebridge_resolve.panel.screen import Side
from takebridge_resolve.panel.sides import Shown, Sides
from takebridge_resolve.panel.sound import Sound
from takebridge_resolve.panel.take_notes import Note
from takebridge_resolve.panel.transport import Transport
from takebridge_resolve.panel.tray_verbs import Verbs
from takebridge_resolve.panel.viewer_notes import Notes
from takebridge_resolve.panel.viewer_stage import Stage
from takebridge_resolve.panel.viewer_zoom import Zoomed
from takebridge_resolve.panel.wrapping import Tight

NOTHING = "Select a clip or park the playhead on one."
LEAP = 10


class Viewer(QWidget):
    """Shows takes. ``best_wanted`` brings a take and the range of it a person marked, None for all of it.

    What is looked at is B, alone or compared; A is what it is held against. One frame of B's own clock drives both.
    """

    best_wanted = Signal(object, object)
    note_posted = Signal(object, int, str)
    """A take, a frame of it from 0, and the words."""
    note_dropped = Signal(object)
    compared = Signal(object)
    """Letters of the compared takes by their ids; empty when nothing is compared."""
    frame_shown = Signal(int)
    detached = Signal()

    def __init__(
        self, link: Link, parent: QWidget | None = None, *, pictures: Pictures | None = None, cache: Path | None = None
    ) -> None:
        super().__init__(parent)
        self.pictures = pictures or pictures_of(link, cache)
        self.films = Films(link, self.pictures.files, self)
        self.pane_a = Pane(link, self.films, self.pictures, self)
        self.pane_b = Pane(link, self.films, self.pictures, self)
        self.transport = Transport(self)
        self.sound = Sound(self.transport)
        self.around = PlayAround(link, self.films, self.pane_b, self.transport)
        self.comparison, self.sides = Comparison(), Sides()
        self.counting: frame_words.Counting = "timecode"
        self.leap_seconds = False
        self.nothing = NOTHING
        self.stage = Stage()
        self.display, self.scrub, self.bar = self.stage.display, self.stage.scrub, self.stage.bar
        self.position, self.differs = self.stage.position, self.stage.differs
        self._link = link
        self._in_cut: TakeId | None = None
        self._start_record_frame: int | None = None
        self._drops = False
        self._window: Detached | None = None
        self._letters: Mapping[TakeId, str] = {}
        self.zoomed = Zoomed(link, self.display, {"a": self.pane_a, "b": self.pane_b}, self.transport)
        self.notes = Notes(self.stage, self.transport, lambda: self.take)
        self._lay_out()
        self._connect()
        self._show_all()

    def _lay_out(self) -> None:
        self.away = QLabel("The viewer is in its own window.")
        self.away.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.away.hide()
        outer = Tight(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.stage, 1)
        outer.addWidget(self.away)

    def _connect(self) -> None:
        for pane in (self.pane_a, self.pane_b):
            pane.changed.connect(self._paint)
            pane.opened.connect(self._on_opened)
        self.zoomed.full.ready.connect(self._paint)
        self.around.changed.connect(self._paint)
        self.sound.changed.connect(self._on_sound)
        self.around.ended.connect(self._show_all)
        self.transport.moved.connect(self._on_moved)
        self.transport.speed_changed.connect(self.bar.show_speed)
        self.transport.speed_changed.connect(lambda _: self._paint())
        self.scrub.valueChanged.connect(self._on_scrubbed)
        self.bar.wanted.connect(self.do)
        self.bar.mode_wanted.connect(self._toggle_mode)
        self.bar.offset_wanted.connect(self._shift)
        self.display.detach.clicked.connect(self.detach)
        self.position.clicked.connect(self._count_otherwise)
        self.display.clicked.connect(lambda: self.setFocus(Qt.FocusReason.MouseFocusReason))
        self.pictures.ready.connect(self._on_picture)
        self.notes.posted.connect(self.note_posted)
        self.stage.notes.dropped.connect(self.note_dropped)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._keys = FocusKeys(self._windows, self.leave_compare, lambda: self.comparison.is_on)

    # --- what is shown

    def show_take(self, take: Take | None) -> None:
        """Look at a take, on the frame that is shown now."""
        current = self.sides.take
        if take is not None and current is not None and take.id == current.id:
            self.sides = self.sides.updated(take)
        else:
            self.sides = self.sides.looking_at(take)
        self._show_all()

    def say_why_empty(self, words: str) -> None:
        """Say this while there is nothing to look at: why, and what to do."""
        if words != self.nothing:
            self.nothing = words
            self._paint()

    def show_original(self, original: Original | str | None, clip: SeenClip | None = None) -> None:
        """Take in the editor's own clip: shown while there is no take, to be compared with when there is one.

        Either an `Original`, or the session and the clip as the bridge sees it; the source clip's take is asked for.
        """
        if isinstance(original, str):
            original = original_of(original, clip) if clip is not None else None
        self.sides = replace(self.sides, original=original, wants_original=False)
        self._start_record_frame = clip.start_record_frame if clip is not None and not clip.links else None
        self._drops = clip is not None and drops(clip)
        if original is not None and clip is not None:
            ask_source_take(self._link, original, clip, self._on_source_take)
        self._show_all()

    def _on_source_take(self, original: Original, start_record_frame: int | None) -> None:
        current = self.sides.original
        if current is not None and (current.session, current.clip) == (original.session, original.clip):
            self.sides = replace(self.sides, original=original)
            self._start_record_frame = start_record_frame
            self._show_all()

    def set_compare(self, mode: Mode, a: Shown | None = None, b: Take | None = None) -> None:
        """Compare ``a`` with ``b``; ``single`` ends it. None keeps what is there; an ``a`` that is given is held."""
        if b is not None:
            self.sides = self.sides.looking_at(b)
        if mode == "single":
            self.sides = replace(self.sides, held=None, wants_original=False)
        elif a is not None:
            self.sides = replace(self.sides, held=a)
        self.comparison = replace(self.comparison, mode=mode, shows_b=True)
        self._show_all()

    def set_cut(self, in_cut: TakeId | None, others: Sequence[Take] = ()) -> None:
        """Say which take the timeline shows, and what a take is compared with unless told: the first of ``others``."""
        self._in_cut = in_cut
        self.sides = replace(self.sides, others=tuple(others))
        self._show_all()

    def set_notes(self, notes: Sequence[Note]) -> None:
        """Take in the notes of all takes of the tray; those of the take that is looked at are shown."""
        self.notes.set_notes(notes)

    def hold(self, on: bool | None = None) -> None:
        """Hold the take that is looked at as A: from now on other takes are flipped against it. None: the other way."""
        holds = self.sides.held is None if on is None else on
        self.sides = replace(self.sides, held=self.sides.take if holds else None)
        if holds and not self.comparison.is_on and self.sides.take is not None:
            self.comparison = replace(self.comparison, mode="flip", shows_b=True)
        elif not holds:
            self.comparison = replace(self.comparison, mode="single", shows_b=True)
        self._show_all()

    @property
    def take(self) -> Take | None:
        """The take that is looked at, and that marks are for."""
        return self.sides.take

    def _show_all(self) -> None:
        if self.around.leave():
            return  # which has shown everything
        a, b = _source(self.sides.a), _source(self.sides.b)
        wanted = [source.content for source in (a, b) if source and source.content]
        self.films.hold(frozenset(wanted))
        self.pictures.look_at(wanted, place="viewer")
        self.pane_b.show(b)
        self.pane_a.show(a)
        if a is None and self.comparison.is_on:
            self.comparison = replace(self.comparison, mode="single", shows_b=True)
        self._on_opened()
        letters = self.sides.letters(on=self.comparison.is_on)
        if letters != self._letters:
            self._letters = letters
            self.compared.emit(letters)

    def _on_opened(self) -> None:
        self.sound.follow(self._heard())
        self._open_transport()
        self._on_moved(self.transport.frame)

    def _open_transport(self) -> None:
        a, b = self.pane_a, self.pane_b
        rate = b.source.rate if b.source else FrameRate(24)
        count = b.count
        if self.comparison.is_on and a.source:
            count = max(count, compare.length_on_b(a.count, rate, a.source.rate, self.comparison.offset))
        if not self.around.is_on:
            self.transport.open(count, rate, self.take.best if self.take else None)
        self._show_bar()

    # --- the clock

    def _on_moved(self, frame: int) -> None:
        ahead = self.transport.speed >= 0
        self.pane_b.want(frame, ahead=ahead)
        if self.comparison.is_on or not self.transport.is_playing:  # ready for a flip, but not at the cost of playing
            self.pane_a.want(self._frame_of_a(frame), ahead=ahead)
        self.scrub.blockSignals(True)
        self.scrub.setValue(frame)
        self.scrub.blockSignals(False)
        self._show_position()
        self.notes.refresh()
        self._paint()
        self.frame_shown.emit(frame)

    def _frame_of_a(self, frame: int) -> int:
        a, b = self.pane_a.source, self.pane_b.source
        return frame if a is None or b is None else compare.frame_of_a(frame, b.rate, a.rate, self.comparison.offset)

    def _on_scrubbed(self, frame: int) -> None:
        if self.around.leave():
            return
        self.transport.step(frame - self.transport.frame)

    def seek(self, frame: int) -> None:
        """Go to a frame of A."""
        self.transport.seek(frame)

    def scrub_to(self, part: float) -> None:
        """Stop at a part of the take, 0.0 to 1.0: where a pointer is on its tile."""
        if not self.around.is_on:
            self.transport.step(int(part * self.transport.count) - self.transport.frame)

    # --- painting

    def _paint(self) -> None:
        frame, found, screen = self.transport.frame, self.comparison, self.display
        a, b = self.pane_a, self.pane_b
        screen.b = viewer_words.side(b, frame, self._in_cut)
        note = viewer_words.fit_note(a.source, b.source, found.offset)
        screen.a = viewer_words.side(a, self._frame_of_a(frame), self._in_cut, note) if found.is_on else Side()
        self.zoomed.sharpen({"a": self._frame_of_a(frame), "b": frame} if found.is_on else {"b": frame})
        screen.badge = viewer_words.badge(self.sides.b, self._in_cut, compared=found.is_on)
        screen.badge = self.around.words or screen.badge
        screen.words = self.pane_b.problem or (self.nothing if self.sides.b is None else "Loading…")
        screen.show_mode(found.mode, shows_b=found.shows_b)
        screen.setAccessibleDescription(f"{screen.badge} {self.position.text()}".strip())

    def _zoom(self, on: bool) -> None:
        self.display.show_one_to_one(on)
        self._paint()

    def _show_position(self) -> None:
        frame, rate, count = self.transport.frame, self.transport.rate, self.transport.count
        original = self.sides.original
        level = original is not None and (take_facts.rate(original.take) if original.take else original.rate) == rate
        start = (
            self._start_record_frame if level and not self.around.is_on else None
        )  # at another rate frames do not stand on record frames
        at = frame_words.position(self.counting, frame, rate, start_record_frame=start, drop=self._drops)
        self.position.setText(f"{at} · {frame + 1} / {count}" if count else "–")
        self.position.setAccessibleName(f"Position {self.position.text()}")

    def _show_bar(self) -> None:
        source = self.pane_b.source
        content = source.content if source and source.is_film else None
        sprite = self.pictures.sprite(content) if content else None
        ends = self.pane_b.count if self.pane_b.count < self.transport.count else None
        self.scrub.show_film(self.transport.count, self.transport.best, sprite, ends)
        self.scrub.setEnabled(self.transport.count > 1)
        a, b, on = self.sides.a, self.sides.b, self.comparison.is_on
        self.bar.show_comparison(
            self.comparison,
            possible=a is not None,
            holds=self.sides.held is not None,
            original=on and isinstance(a, Original),
        )
        self.bar.original.setEnabled(self.sides.original is not None and self.take is not None)
        self.bar.hold.setEnabled(self.take is not None)
        both = on and isinstance(a, Take) and isinstance(b, Take) and a.id != b.id
        self.differs.setText(
            take_facts.what_differs(a, b) if both and isinstance(a, Take) and isinstance(b, Take) else ""
        )
        self.differs.setAccessibleName(self.differs.text())
        self.differs.setVisible(bool(self.differs.text()))
        self.bar.buttons["note"].setEnabled(self.take is not None)
        self.notes.refresh()
        self._show_position()

    def _on_picture(self, content: str, kind: str) -> None:
        source = self.pane_b.source
        if kind == "sprite" and source is not None and source.content == content:
            self._show_bar()

    def _count_otherwise(self) -> None:
        at = frame_words.COUNTINGS.index(self.counting)
        self.counting = frame_words.COUNTINGS[(at + 1) % len(frame_words.COUNTINGS)]
        self._show_position()

    # --- comparing

    def _toggle_mode(self, mode: Mode) -> None:
        """A mode's button or key: flip flips, the others go on and off."""
        if self.sides.a is None:
            self._show_bar()
            return
        if mode == "flip":
            self.comparison = self.comparison.flipped()
        else:
            wanted: Mode = "single" if self.comparison.mode == mode else mode
            self.comparison = replace(self.comparison, mode=wanted, shows_b=True)
        self._show_all()

    def _toggle_compare(self) -> None:
        if not self.leave_compare():
            self._toggle_mode("side")

    def _toggle_original(self) -> None:
        """Compare with the original clip, or no longer."""
        shows = self.comparison.is_on and isinstance(self.sides.a, Original)
        self.sides = replace(self.sides, held=None, wants_original=not shows)
        if shows:
            self.comparison = replace(self.comparison, mode="single", shows_b=True)
        elif not self.comparison.is_on:
            self.comparison = replace(self.comparison, mode="wipe", shows_b=True)
        self._show_all()

    def leave_compare(self) -> bool:
        """Look at one take again; says whether anything was compared."""
        if not self.comparison.is_on:
            return False
        self.comparison = Comparison(offset=self.comparison.offset)
        self.sides = replace(self.sides, held=None, wants_original=False)
        self._show_all()
        return True

    def _shift(self, frames: int) -> None:
        self.comparison = replace(self.comparison, offset=self.comparison.offset + frames if frames else 0)
        self._show_all()

    # --- marks

    def _mark(self, mark: Callable[[], None]) -> None:
        take = self.take
        if take is None or self.transport.count < 2:
            return
        mark()
        self._show_bar()
        self._keep_best(take, self.transport.best)

    def _keep_best(self, take: Take, best: FrameRange | None) -> None:
        self.sides = self.sides.updated(take.model_copy(update={"best": best}))
        self.best_wanted.emit(take, best)

    # --- verbs

    @property
    def verbs(self) -> Verbs:
        """What keys and menus can do here, by the name of an action of `keys.ACTIONS`."""
        return {name: self._leaving(call) for name, call in self._verbs.items()} | {"play_around": self._play_around}

    def _play_around(self) -> None:
        self.leave_compare()
        self.around.toggle(self.take)

    def _leaving(self, call: Callable[[], object]) -> Callable[[], object]:
        """A verb is about the take that is looked at: while its neighbours play, it first goes back there."""

        def do() -> object:
            self.around.leave()
            self.stage.silent.hide()
            return call()

        return do

    @property
    def _verbs(self) -> Verbs:
        transport = self.transport
        return {
            "play": transport.toggle,
            "shuttle_back": lambda: transport.shuttle(False, slow=self._keys.slow),
            "shuttle_stop": transport.stop,
            "shuttle_on": lambda: transport.shuttle(True, slow=self._keys.slow),
            "frame_back": lambda: transport.step(-1),
            "frame_on": lambda: transport.step(1),
            "leap_back": lambda: transport.step(-self._leap()),
            "leap_on": lambda: transport.step(self._leap()),
            "first_frame": lambda: transport.step(-transport.frame),
            "last_frame": lambda: transport.step(transport.count - 1 - transport.frame),
            "mark_in": partial(self._mark, transport.mark_in),
            "mark_out": partial(self._mark, transport.mark_out),
            "clear_marks": partial(self._mark, transport.clear_marks),
            "note": self.notes.open,
            "note_before": partial(self.notes.step, -1),
            "note_after": partial(self.notes.step, 1),
            "compare": self._toggle_compare,
            "flip": partial(self._toggle_mode, "flip"),
            "wipe": partial(self._toggle_mode, "wipe"),
            "difference": partial(self._toggle_mode, "difference"),
            "hold": self.hold,
            "one_to_one": partial(self._zoom, True),
            "fit": partial(self._zoom, False),
            "full_window": self.full_window,
        }

    def do(self, name: str) -> None:
        """Do what a button says: a name of `verbs`, ``loop`` or ``original``."""
        more: dict[str, Callable[[], object]] = {
            "loop": self._loop,
            "original": self._toggle_original,
            "sound": lambda: self.sound.toggle(self._heard()),
        }
        {**self.verbs, **more}[name]()

    def attach_keys(self, widget: QWidget) -> None:
        """Give ``widget`` the keys of all verbs. To be called for one widget of each window."""
        for name, call in self.verbs.items():
            keys.attach(widget, name, call)

    def set_leap(self, leap: str) -> None:
        """Say what Shift and an arrow move by: ``seconds`` or ``frames``, ten of them."""
        self.leap_seconds = leap.startswith(("second", "1 second"))

    def _leap(self) -> int:
        return self.transport.rate.nominal if self.leap_seconds else LEAP

    def _loop(self) -> None:
        self.transport.loops = not self.transport.loops
        self.bar.buttons["loop"].setChecked(self.transport.loops)

    def _heard(self) -> Path | None:
        """The film whose sound is played: that of B."""
        source = self.pane_b.source
        return self.films.path(source.content) if source is not None and source.is_film and source.content else None

    def _on_sound(self) -> None:
        self.bar.buttons["sound"].setChecked(self.sound.is_on)
        self.stage.silent.setText(self.sound.words)
        self.stage.silent.setAccessibleName(self.sound.words or "Sound as it is")
        self.stage.silent.setVisible(bool(self.sound.words))
        if self.sound.words:
            announce(self, self.sound.words)

    # --- its own window

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As Qt asks: above the tray it is as high as its picture needs, beside it as high as there is room."""
        super().resizeEvent(event)
        in_column = self.stage.parent() is self and 4 * self.width() > 3 * self.window().width() and not self.isWindow()
        wanted = QSizePolicy.Policy.Maximum if in_column else QSizePolicy.Policy.Expanding
        if self.sizePolicy().verticalPolicy() != wanted:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, wanted)

    def detach(self) -> None:
        """Put the viewer into a window of its own, or back."""
        if self._window is not None and self._window.isVisible():
            self._window.close()
            return
        if self._window is None:
            self._window = Detached(self)
            self._window.left.connect(self._come_back)
        self.away.show()
        self._window.take_in(self.stage)
        self.detached.emit()
        self.display.detach.setToolTip("Put the viewer back into the panel")

    def full_window(self) -> None:
        """Fill the screen with the viewer, or go back."""
        if self._window is None or not self._window.isVisible():
            self.detach()
        assert self._window is not None
        self._window.toggle_full()

    def _come_back(self) -> None:
        layout = self.layout()
        assert isinstance(layout, Tight)
        layout.insertWidget(0, self.stage, 1)
        self.stage.show()
        self.away.hide()
        self.display.detach.setToolTip("Viewer in its own window")

    def _windows(self) -> list[QWidget]:
        return [self.window(), *([self._window] if self._window else [])]

    @property
    def window_of_its_own(self) -> Detached | None:
        """The window it was detached into, if ever."""
        return self._window

    def close_down(self) -> None:
        """Let go of threads and films before the program ends."""
        self.around.leave()
        self.transport.stop()
        self.sound.close()
        self.zoomed.full.close()
        self._keys.close()
        if self._window is not None:
            self._window.close()
        self.films.close()


def _source(shown: Shown | None) -> Source | None:
    if shown is None:
        return None
    return source_of_take(shown) if isinstance(shown, Take) else source_of_original(shown)
