"""Sound of the take that is looked at, at its own speed forwards; silent while shuttling and stepping.

The picture's clock leads: the player is put where the picture is, and put there again when it is further off than
`DRIFT_MS`. Qt's sound module is loaded with the first press of *Sound*, never with the window; where it does not load,
or there is no output, that is said and nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import av
from av.error import FFmpegError as AvError
from PySide6.QtCore import QObject, QUrl, Signal

from takebridge.errors import BridgeError
from takebridge.timebase import to_seconds
from takebridge_resolve.panel.transport import Transport

DRIFT_MS = 80
"""About two frames: what lips can be off before people see it."""
NO_SOUND = "This take has no sound."
NO_OUTPUT = "No sound: this computer has no audio output."


class SoundError(BridgeError):
    """There is no sound to be had, and why."""

    code = "no_sound"
    default_hint = "Look at the take in the editor to hear it."


class Player(Protocol):
    """What plays a file's sound. Positions are milliseconds."""

    def open(self, path: Path) -> None:
        """Take a file."""

    def play(self, at_ms: int) -> None:
        """Play from there."""

    def pause(self) -> None:
        """Be silent."""

    def position(self) -> int:
        """Where it is."""

    def close(self) -> None:
        """Let go of the device."""


class QtPlayer:
    """Qt's own player. Raises SoundError where the module does not load or there is no output."""

    def __init__(self, failed: Callable[[str], None]) -> None:
        try:
            from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer
        except ImportError as error:
            raise SoundError(f"No sound: Qt's sound module does not load here ({error}).") from error
        if QMediaDevices.defaultAudioOutput().isNull():
            raise SoundError(NO_OUTPUT)
        self._output, self._player = QAudioOutput(), QMediaPlayer()
        self._player.setAudioOutput(self._output)
        self._player.errorOccurred.connect(lambda _, text: failed(f"No sound: {text}"))

    def open(self, path: Path) -> None:
        """As `Player`."""
        self._player.setSource(QUrl.fromLocalFile(str(path)))

    def play(self, at_ms: int) -> None:
        """As `Player`."""
        self._player.setPosition(at_ms)
        self._player.play()

    def pause(self) -> None:
        """As `Player`."""
        self._player.pause()

    def position(self) -> int:
        """As `Player`."""
        return int(self._player.position())

    def close(self) -> None:
        """As `Player`."""
        self._player.stop()
        self._player.setSource(QUrl())


def has_sound(path: Path) -> bool:
    """Say whether a film has a sound track; one that cannot be read has none."""
    try:
        with av.open(str(path)) as container:
            return bool(container.streams.audio)
    except (AvError, OSError):
        return False


class Sound(QObject):
    """Follows a transport. ``changed`` says that `is_on` or `words` are other ones; `words` say why there is none."""

    changed = Signal()

    def __init__(self, transport: Transport, make: Callable[[Callable[[str], None]], Player] = QtPlayer) -> None:
        super().__init__(transport)
        self.is_on = False
        self.words = ""
        self._transport, self._make = transport, make
        self._player: Player | None = None
        self._path: Path | None = None
        self._playing = False
        self._last = self._settled = 0
        transport.speed_changed.connect(self._on_speed)
        transport.moved.connect(self._on_moved)

    def toggle(self, path: Path | None) -> None:
        """Switch sound on for the film at ``path``, or off."""
        if self.is_on:
            self._off("")
            return
        try:
            self._player = self._player or self._make(self._off)
        except SoundError as error:
            self._off(error.message)
            return
        self.is_on, self.words = True, ""
        self._path = None
        self.follow(path)
        self.changed.emit()

    def follow(self, path: Path | None) -> None:
        """Play the sound of another film from now on."""
        if not self.is_on or path == self._path or self._player is None:
            return
        self._silence()
        here = path is not None and path.is_file()  # a proxy may still be on its way: then this is called again
        there = here and path is not None and has_sound(path)
        self._path = path if there else None
        self._say(NO_SOUND if here and not there else "")
        if there and path is not None:
            self._player.open(path)
            self._on_speed(self._transport.speed)

    def _say(self, words: str) -> None:
        if words != self.words:
            self.words = words
            self.changed.emit()

    def _off(self, words: str) -> None:
        self._silence()
        self.is_on, self.words, self._path = False, words, None
        self.changed.emit()

    def _on_speed(self, speed: Fraction) -> None:
        if self._player is None or not self.is_on or self._path is None:
            return
        if speed == 1:
            self._playing = True
            self._start()
        else:
            self._silence()

    def _on_moved(self, frame: int) -> None:
        if not self._playing or self._player is None:
            return
        jumped = not 0 <= frame - self._last <= self._transport.rate.nominal
        self._last = frame
        adrift = frame >= self._settled and abs(self._player.position() - self._at()) > DRIFT_MS
        if jumped or adrift:
            self._start()

    def _start(self) -> None:
        """Play from where the picture is; a player needs a moment before it can say where it is itself."""
        assert self._player is not None
        self._last = self._transport.frame
        self._settled = self._last + self._transport.rate.nominal // 2
        self._player.play(self._at())

    def _at(self) -> int:
        seconds = to_seconds(self._transport.frame, self._transport.rate)
        return seconds.numerator * 1000 // seconds.denominator

    def _silence(self) -> None:
        if self._playing and self._player is not None:
            self._player.pause()
        self._playing = False

    def close(self) -> None:
        """Let go of the device."""
        self._silence()
        self.is_on = False
        if self._player is not None:
            self._player.close()
            self._player = None
