"""The clip the panel is about: its picture, name, place and length, why it cannot be sent, and what it shows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from takebridge.errors import BridgeError
from takebridge_resolve.panel import theme
from takebridge_resolve.panel.controls import Elided, button, label
from takebridge_resolve.panel.following import MODES, Following
from takebridge_resolve.panel.link import Asked
from takebridge_resolve.panel.primary import NO_CLIP
from takebridge_resolve.panel.state import State
from takebridge_resolve.panel.words import counted, length, rate_of, take_name
from takebridge_resolve.panel.wrapping import Wrapping

if TYPE_CHECKING:
    from takebridge.client.panel_types import LookMode, SeenClip

THUMB = (96, 54)


class Thumb(QWidget):
    """A 16:9 picture of the clip, letterboxed; a plain well while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(*THUMB)
        self.setAccessibleName("Picture of the clip")
        self._picture: QPixmap | None = None

    def show_picture(self, picture: QPixmap | None) -> None:
        """Show a picture, or none."""
        self._picture = picture
        self.update()

    @property
    def has_picture(self) -> bool:
        """Whether there is one."""
        return self._picture is not None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture into its well."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("well"))
        if self._picture is not None:
            ratio = self.devicePixelRatioF()
            scaled = self._picture.scaled(
                self.size() * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            scaled.setDevicePixelRatio(ratio)
            width, height = scaled.width() / ratio, scaled.height() / ratio
            painter.drawPixmap(round((self.width() - width) / 2), round((self.height() - height) / 2), scaled)
        painter.end()


class ModeBar(QWidget):
    """Which clip is meant, and whether to stay on the one shown."""

    def __init__(self, following: Following) -> None:
        super().__init__()
        self.following = following
        line = Wrapping(self)
        self.group = QButtonGroup(self)
        self.modes = {}
        for mode, title in MODES.items():
            one = button(title, partial(self._choose, mode), "quiet", name=f"Follow: {title}", checkable=True)
            one.setToolTip(_MODE_TIPS[mode])
            one.setChecked(mode == following.mode)
            self.group.addButton(one)
            self.modes[mode] = one
            line.addWidget(one)
        self.stay = button("Stay on this clip", self._stay, "quiet", action="stay", checkable=True)
        line.addWidget(self.stay)

    def _choose(self, mode: str) -> None:
        self.following.set_mode(cast(LookMode, mode))

    def _stay(self) -> None:
        self.following.set_stays(self.stay.isChecked())


_MODE_TIPS = {
    "playhead": "The clip under the playhead",
    "selected": "The clips selected in the editor",
    "marks": "The clips between the in and out marks. F5 looks again",
}


class ClipHeader(QWidget):
    """Thumbnail, name, track, timecode and length of the shown clip, and its problem with what to do."""

    def __init__(self, state: State, following: Following) -> None:
        super().__init__()
        self.state = state
        self._shown: tuple[str, str] | None = None
        self._asked: Asked | None = None
        self.thumb = Thumb()
        self.name = Elided("", "title")
        self.place = Elided("", "label")
        self.place.setFont(theme.font("body", figures=True))
        self.more = Elided("", "hint")
        self.problem = label("", "warning", wrap=True)
        self.problem.hide()
        words = QVBoxLayout()
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(3)
        words.addStretch(1)
        for part in (self.name, self.place, self.more):
            words.addWidget(part)
        words.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.thumb)
        top.addLayout(words, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(6)
        whole.addLayout(top)
        whole.addWidget(self.problem)
        state.clip_changed.connect(self.refresh)
        state.canvas_changed.connect(self.refresh)
        state.connection_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the clip as it is known."""
        clip = self.state.clip
        link = self.state.seen_link
        self.name.say(title_of(clip, link.shot if link else ""))
        self.place.say(place_words(clip) if clip else "")
        self.place.setVisible(clip is not None)
        self.more.say(self._more(clip))
        problem = f"{clip.problem} {clip.hint}".strip() if clip and clip.problem and not clip.links else ""
        self.problem.setText(f"{theme.glyph('stale')} {problem}" if problem else "")
        self.problem.setAccessibleName(problem or "No problem")
        self.problem.setVisible(bool(problem))
        self._load_picture(clip)

    def _more(self, clip: SeenClip | None) -> str:
        if clip is None:
            return NO_CLIP if self.state.connection.is_live else "The clip shows here once Resolve is connected."
        others = len(self.state.look.clips) - 1 if self.state.look else 0
        size = f"{clip.width} × {clip.height}" if clip.width and clip.height else ""
        link = self.state.seen_link
        named = clip.name if link and clip.name.startswith(link.shot) else ""
        more = f"and {counted(others, 'more clip')}" if others else ""
        return " · ".join(part for part in (size, named, more) if part)

    def _load_picture(self, clip: SeenClip | None) -> None:
        wanted = (clip.clip, self.state.look.session) if clip and self.state.look else None
        if wanted == self._shown:
            return
        self._shown = wanted
        if self._asked:
            self._asked.cancel()
        self.thumb.show_picture(None)
        if clip is None or wanted is None or not clip.media_path:
            return
        middle = (clip.start_record_frame + clip.end_record_frame) // 2
        key, session = wanted
        self._asked = self.state.link.ask(
            lambda api: api.clip_frame(session, key, middle, width=320), self._got_picture, self._no_picture
        )

    def _got_picture(self, data: bytes) -> None:
        image = QImage.fromData(data)
        self.thumb.show_picture(None if image.isNull() else QPixmap.fromImage(image))

    def _no_picture(self, error: BridgeError) -> None:
        """The well stays empty; what is wrong with the media is said by the clip's problem."""


def title_of(clip: SeenClip | None, shot: str) -> str:
    """Return ``SH010 · bikes.mov``; the shot alone where the clip bears a take's file name, which begins with it."""
    if clip is None:
        return "No clip"
    if not shot:
        return clip.name
    return shot if clip.name.startswith(shot) else f"{shot} · {clip.name}"


def place_words(clip: SeenClip) -> str:
    """Return where a clip is and how long: ``V1 · 01:02:10:14 · 3 s 08 f``."""
    track = f"{clip.track_type[:1].upper()}{clip.track_index}"
    frames = clip.end_record_frame - clip.start_record_frame
    return f"{track} · {clip.timecode} · {length(frames, rate_of(clip.rate))}"


class TwoFacts(QWidget):
    """``In timeline: take 3`` and ``Pinned: take 5``: two facts, always both, and the node's state beside them."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.in_timeline, self.pinned = (_fact() for _ in range(2))
        self.health = label("")
        line = Wrapping(self, spacing=16)
        for part in (self.in_timeline, self.pinned, self.health):
            line.addWidget(part)
        state.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show both facts as they are."""
        linked, node = self.state.seen_link is not None, self.state.node
        shown, pinned = self.state.shown, self.state.pinned
        in_timeline = "–" if self.state.clip is None else take_name(shown.seq if shown else None)
        _say(self.in_timeline, "in_timeline", f"In timeline: {in_timeline}")
        _say(self.pinned, "pinned", f"Pinned: {take_name(pinned.seq) if pinned else 'none'}")
        token = theme.token_of(self.state.state_of(node.id)) if node else ""
        health = theme.marked(token) if token else "" if linked or self.state.clip is None else "Not on canvas"
        self.health.setText(health)
        self.health.setAccessibleName(health or "No state")
        self.health.setStyleSheet(f"color: {theme.hex_of(token) if token else theme.hex_of('text3')};")


def _fact() -> QLabel:
    made = label("")
    made.setFont(theme.font("body", figures=True))
    return made


def _say(fact: QLabel, mark: str, text: str) -> None:
    fact.setText(f"{theme.glyph(mark)} {text}")
    fact.setAccessibleName(text)
