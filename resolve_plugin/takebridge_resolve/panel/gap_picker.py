"""One gap and what it is to be filled with: its neighbours' frames, prompt, model, price."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QComboBox, QFrame, QPlainTextEdit, QSizePolicy, QVBoxLayout

from takebridge.client.api import Api
from takebridge.client.panel_types import FillRequest, GapFound
from takebridge.ids import CanvasId
from takebridge_resolve.panel import theme
from takebridge_resolve.panel.controls import button, column, label, row
from takebridge_resolve.panel.gap_words import fitting, frames_words, gap_title, model_words, price_words
from takebridge_resolve.panel.link import Link
from takebridge_resolve.panel.models import Model
from takebridge_resolve.panel.still import Still

NO_PRICE = "Nobody knows what a take costs: the provider lists no price."
STILL = (176, 99)
NARROW = 340
NO_MODEL = "No model makes video here: set one up (takebridge doctor says how)."


class GapPicker(QFrame):
    """``changed`` when anything a shot depends on is another one; ``park_wanted`` carries a record frame."""

    changed = Signal()
    park_wanted = Signal(int)

    def __init__(self, link: Link) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setAccessibleName("The gap")
        self.link = link
        self.gap: GapFound | None = None
        self.models: list[Model] = []
        self._make()
        self._lay_out()
        self.show_gap(None, "")

    def _make(self) -> None:
        self.title = label("", "title", wrap=True)
        self.show_there = button("Show", self._park, "quiet", name="Show the gap in the timeline")
        self.before = Still("Last frame before the gap", width=STILL[0], height=STILL[1])
        self.after = Still("First frame after the gap", width=STILL[0], height=STILL[1])
        self.use_before = _tick("Use last frame before")
        self.use_after = _tick("Use first frame after")
        self.prompt = QPlainTextEdit()
        self.prompt.setAccessibleName("Prompt")
        self.prompt.setPlaceholderText("What happens in the gap")
        self.prompt.setTabChangesFocus(True)
        self.prompt.setFixedHeight(round(64 * max(1.0, theme.scale() * 0.9)))
        self.model = QComboBox()
        self.model.setAccessibleName("Model")
        self.model.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.model.setPlaceholderText(NO_MODEL)
        self.price = label("", "label", wrap=True, figures=True)
        self.frames = label("", "warning", wrap=True)
        for tick in (self.use_before, self.use_after):
            tick.toggled.connect(lambda *_: self._tell())
        self.model.currentIndexChanged.connect(lambda *_: self._tell())
        self.prompt.textChanged.connect(self._tell)

    def _lay_out(self) -> None:
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(16)
        self._sides.addWidget(column(self.before, self.use_before, spacing=4))
        self._sides.addWidget(column(self.after, self.use_after, spacing=4))
        self._sides.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(8)
        head = row(self.title, self.show_there)
        head.layout().setStretch(0, 1)  # type: ignore[union-attr]
        layout.addWidget(head)
        layout.addLayout(self._sides)
        for words, field in (("Prompt", self.prompt), ("Model", self.model)):
            layout.addWidget(column(label(words, "label"), field, spacing=2))
        layout.addWidget(self.price)
        layout.addWidget(self.frames)

    # --- showing

    def show_gap(self, gap: GapFound | None, session: str) -> None:
        """Show a gap of a session; None hides all of it."""
        same = gap == self.gap and gap is not None
        self.gap = gap
        self.setVisible(gap is not None)
        if gap is None or same:
            self._tell()
            return
        self.title.setText(gap_title(gap))
        self.title.setAccessibleName(f"Gap {gap_title(gap)}")
        self._show_side(self.before, self.use_before, gap.before, gap.before_frame, session)
        self._show_side(self.after, self.use_after, gap.after, gap.after_frame, session)
        self._tell()

    def _show_side(self, still: Still, tick: QCheckBox, clip: str, frame: int | None, session: str) -> None:
        there = bool(clip) and frame is not None
        tick.setEnabled(there)
        tick.setChecked(there)
        if there and session and frame is not None:
            still.ask(self.link, _frame(session, clip, frame))
        else:
            still.forget()
            still.say("no picture here" if clip else "no clip here")

    def show_models(self, models: Sequence[Model]) -> None:
        """Offer these models; the one that was chosen stays."""
        chosen = self.chosen_model
        self.models = fitting(models)
        self.model.blockSignals(True)
        self.model.clear()
        for one in self.models:
            self.model.addItem(model_words(one), one)
        ids = [one.id for one in self.models]
        self.model.setCurrentIndex(ids.index(chosen.id) if chosen and chosen.id in ids else (0 if ids else -1))
        self.model.setEnabled(bool(ids))
        self.model.blockSignals(False)
        self._tell()

    def _tell(self) -> None:
        model = self.chosen_model
        known = self.gap is not None and model is not None
        words = price_words(model, self.gap) if model and self.gap else ""
        listed = "" if words.startswith("Free") else ", by the list price"
        cost = NO_PRICE if words == "Price unknown" else f"A take: {words}{listed}."
        self.price.setText(f"{cost} Making the shot is free." if known else "")
        self.price.setAccessibleName(self.price.text() or "No price yet")
        ticks = {"first": self.use_before.isChecked(), "last": self.use_after.isChecked()}
        left_out = frames_words(model, **ticks) if model else ""
        self.frames.setText(left_out)
        self.frames.setAccessibleName(left_out or "Every wanted frame is used")
        self.frames.setVisible(bool(left_out))
        self.changed.emit()

    # --- what was chosen

    @property
    def chosen_model(self) -> Model | None:
        """The model to run on."""
        found = self.model.currentData()
        return found if isinstance(found, Model) else None

    def request(self, canvas_id: CanvasId) -> FillRequest | None:
        """What to ask the bridge for; None without a gap or a model."""
        gap, model = self.gap, self.chosen_model
        if gap is None or model is None:
            return None
        return FillRequest(
            canvas_id=canvas_id,
            track_index=gap.track_index,
            start_record_frame=gap.start_record_frame,
            end_record_frame=gap.end_record_frame,
            prompt=self.prompt.toPlainText().strip(),
            model=model.id,
            use_before=self.use_before.isChecked(),
            use_after=self.use_after.isChecked(),
        )

    def why_not(self) -> str:
        """Say why no shot can be made, "" when one can."""
        model = self.chosen_model
        if model is None:
            return NO_MODEL
        count = len(self.prompt.toPlainText().strip())
        if model.max_prompt is not None and count > model.max_prompt:
            return f"The prompt has {count} characters; this model takes {model.max_prompt}."
        return ""

    def _park(self) -> None:
        if self.gap is not None:
            self.park_wanted.emit(self.gap.start_record_frame)

    def forget(self) -> None:
        """Lose interest in pictures under way."""
        self.before.forget()
        self.after.forget()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside each other where there is room."""
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW * theme.scale()
        self._sides.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)


def _tick(words: str) -> QCheckBox:
    made = QCheckBox(words)
    made.setAccessibleName(words)
    return made


def _frame(session: str, clip: str, frame: int) -> Callable[[Api], bytes]:
    return lambda api: api.clip_frame(session, clip, frame)
