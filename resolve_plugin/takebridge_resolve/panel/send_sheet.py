"""Send to canvas: what to make of the clip, on which model, in which words, at which price. Two steps, one button.

First the clip goes to the canvas, which is free; then the planner says exactly what a take costs, and the same button
repeats count and ceiling. Nothing here is on a bare letter: Ctrl+Enter confirms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from takebridge.canvas.plan_types import Plan, Scope
from takebridge.client.api import Api
from takebridge.client.replies import RunFacts, TemplateInfo
from takebridge.errors import BridgeError
from takebridge.ids import CanvasId, NodeId
from takebridge_resolve.panel import keys
from takebridge_resolve.panel.controls import Elided, button, card, fit, form, label, row
from takebridge_resolve.panel.following import Following
from takebridge_resolve.panel.models import Making, Model, fitting, load_models, makings, model_line, rough_words
from takebridge_resolve.panel.plan_lines import Hindrance, confirm_words, hindrance
from takebridge_resolve.panel.plan_words import Offer, offer
from takebridge_resolve.panel.sending import Sent, Wish, send
from takebridge_resolve.panel.spend import left_words, micros_of, remaining
from takebridge_resolve.panel.state import State
from takebridge_resolve.panel.words import in_words, length, rate_of

HANDLES = (0, 6, 12, 24, 48, 96)


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of *Make*: a node kind, or a template with a place for a clip."""

    title: str
    making: Making | None = None
    template: TemplateInfo | None = None


class SendSheet(QDialog):
    """``sent`` tells what went to the canvas (`Sent`); ``budget_wanted`` asks for the budget."""

    sent = Signal(object)
    budget_wanted = Signal()

    def __init__(self, state: State, following: Following, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Send to canvas")
        self.setMinimumWidth(440)
        self.state, self.following = state, following
        self.models: list[Model] = []
        self.templates: list[TemplateInfo] = []
        self.there: Sent | None = None
        self.plan: Plan | None = None
        self.offer: Offer | None = None
        self.busy = False
        self._make_controls()
        self._lay_out()
        keys.attach(self, "confirm", self._confirm)
        state.link.ask(load_models, self._got_models, self._failed)
        state.link.ask(lambda api: api.templates(), self._got_templates, lambda _: None)
        self._fill_choices()
        self.refresh()

    # --- making it

    def _make_controls(self) -> None:
        self.title = label("Send to canvas", "dialog")
        self.about = Elided("", "label")
        self.what = _combo("What to make")
        self.model = _combo("Model")
        self.prompt = QPlainTextEdit()
        self.prompt.setAccessibleName("Prompt")
        self.prompt.setPlaceholderText("What the take should show")
        self.prompt.setTabChangesFocus(True)
        self.prompt.setFixedHeight(84)
        self.handles = _combo("Handles: extra frames each side")
        self.handles.addItem("As the bridge is set", None)
        for frames in HANDLES:
            self.handles.addItem(f"{frames} frames each side", frames)
        self.prices = QGridLayout()
        self.prices.setHorizontalSpacing(16)
        self.prices.setVerticalSpacing(4)
        self.prices.setColumnStretch(1, 1)
        self.amount = QLineEdit()
        self.amount.setAccessibleName("How much may be paid at most")
        self.amount.setPlaceholderText("5.00")
        self.amount.setMaximumWidth(120)
        self.amount.textChanged.connect(lambda *_: self._show_button())
        self.at_most = row(label("Pay at most $", "label"), self.amount, None)
        self.at_most.hide()
        self.problem = label("", "error", wrap=True)
        self.cancel = button("Cancel", self.reject)
        self.go = button("", self._confirm, "primary", action="confirm")
        self.what.currentIndexChanged.connect(lambda *_: self._on_choice())
        self.model.currentIndexChanged.connect(lambda *_: self.refresh())
        self.prompt.textChanged.connect(self.refresh)

    def _lay_out(self) -> None:
        fields = form(("Make", self.what), ("Model", self.model), ("Prompt", self.prompt), ("Handles", self.handles))
        priced = card()
        priced.layout().addLayout(self.prices)  # type: ignore[union-attr]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(10)
        for part in (self.title, self.about):
            layout.addWidget(part)
        layout.addLayout(fields)
        layout.addWidget(priced)
        layout.addWidget(self.at_most)
        layout.addWidget(self.problem)
        layout.addStretch(1)
        layout.addWidget(row(self.cancel, None, self.go))

    # --- what there is to choose

    def _got_models(self, models: list[Model]) -> None:
        self.models = models
        self._on_choice()

    def _got_templates(self, templates: list[TemplateInfo]) -> None:
        self.templates = [one for one in templates if any(slot.kind == "clip" for slot in one.slots)]
        self._fill_choices()

    def _fill_choices(self) -> None:
        chosen = self.what.currentText()
        self.what.blockSignals(True)
        self.what.clear()
        for making in makings(self.state.kinds):
            self.what.addItem(making.title, Choice(making.title, making=making))
        for template in self.templates:
            self.what.addItem(f"Template: {template.title}", Choice(template.title, template=template))
        self.what.setCurrentIndex(max(0, self.what.findText(chosen)))
        self.what.blockSignals(False)
        self._on_choice()

    @property
    def choice(self) -> Choice | None:
        """What to make."""
        found = self.what.currentData()
        return found if isinstance(found, Choice) else None

    @property
    def chosen_model(self) -> Model | None:
        """The model to run on, None where the kind or template decides."""
        found = self.model.currentData()
        return found if isinstance(found, Model) else None

    def _on_choice(self) -> None:
        choice, clip = self.choice, self.state.clip
        making = choice.making if choice else None
        kind = self.state.kinds.get(making.kind) if making else None
        pixels = clip.width * clip.height if clip and clip.width and clip.height else None
        frames = clip.end_record_frame - clip.start_record_frame if clip else None
        found = fitting(self.models, kind, pixels=pixels, frames=frames) if kind else []
        self.model.blockSignals(True)
        self.model.clear()
        for one in found:
            self.model.addItem(model_line(one), one)
        default = next((n for n, one in enumerate(found) if kind and one.id == kind.default_model), 0)
        self.model.setCurrentIndex(default if found else -1)
        self.model.setEnabled(bool(found))
        self.model.setPlaceholderText("The template decides" if kind is None else "No model fits this clip")
        self.model.blockSignals(False)
        asks = bool(making and making.prompts) or bool(choice and choice.template)
        self.prompt.setEnabled(asks)
        self.prompt.setPlaceholderText("What the take should show" if asks else "This needs no prompt")
        self.refresh()

    # --- showing it

    def refresh(self) -> None:
        """Show price and button as they are now."""
        clip = self.state.clip
        if clip is None:
            self.about.say("There is no clip: park the playhead on one.")
        else:
            frames = clip.end_record_frame - clip.start_record_frame
            self.about.say(f"{clip.name} · {length(frames, rate_of(clip.rate))}")
        self._show_prices()
        self._show_button()
        QTimer.singleShot(0, self._fit)
        for field in (self.what, self.handles):
            field.setEnabled(self.there is None)
        if self.there is not None:
            self.model.setEnabled(False)
            self.prompt.setEnabled(False)

    def _fit(self) -> None:
        """As high as what is shown needs."""
        fit(self)

    def _show_prices(self) -> None:
        while (item := self.prices.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for number, (title, words) in enumerate(self._price_lines()):
            self.prices.addWidget(label(title, "label"), number, 0)
            value = label(words, wrap=True, figures=True)
            value.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
            self.prices.addWidget(value, number, 1)

    def _price_lines(self) -> tuple[tuple[str, str], ...]:
        if self.offer is not None:
            return self.offer.lines
        clip, model = self.state.clip, self.chosen_model
        if clip is None or model is None:
            return (("Price", "Sending is free. What a take costs is said before anything is generated."),)
        frames = clip.end_record_frame - clip.start_record_frame
        comes = "How much may be paid is asked" if model.price.high_micros is None else "The exact price comes"
        return (
            ("A take", rough_words(model, frames, rate_of(clip.rate))),
            ("Now", f"Sending is free. {comes} next, before anything is generated."),
        )

    def _show_button(self) -> None:
        why = self._why_not()
        text = "Send to canvas" if self.there is None else "Looking up the price…"
        if self.plan is not None:
            text = self._offer_words(self.plan)
        self.at_most.setVisible(self.offer is not None and self.offer.unpriced > 0)
        self.go.setText("Sending…" if self.busy and self.there is None else text)
        self.go.setAccessibleName(self.go.text())
        self.go.setEnabled(not why)
        self.cancel.setText("Cancel" if self.there is None else "Not now")
        self.problem.setText(why if why and not self.busy else "")
        self.problem.setVisible(bool(self.problem.text()))

    def _why_not(self) -> str:
        """Why the button is off, in words that stand beside it."""
        clip, choice = self.state.clip, self.choice
        if self.busy:
            return "Wait for the answer."
        if self.there is not None:
            stuck = self.stuck
            return "" if stuck is None or stuck.scope else stuck.words
        if clip is None:
            return "Park the playhead on a clip first."
        if clip.problem and self.state.seen_link is None:
            return f"{clip.problem} {clip.hint}".strip()
        if choice is None:
            return "The bridge offers nothing that takes a clip."
        if choice.making and self.chosen_model is None:
            return "No model is set up for this: see takebridge doctor, or make something else."
        limit = self.chosen_model.max_prompt if self.chosen_model else None
        if limit is not None and len(self.prompt.toPlainText()) > limit:
            return f"The prompt has {len(self.prompt.toPlainText())} characters; this model takes {limit}."
        return ""

    @property
    def most(self) -> int | None:
        """The most a person allows where a price is unknown, in micros; None where they named no amount."""
        return micros_of(self.amount.text()) if self.offer is not None and self.offer.unpriced else None

    @property
    def stuck(self) -> Hindrance | None:
        """What is in the way of generating what was sent; None when nothing is."""
        if self.plan is None:
            return Hindrance("The price is not known yet.")
        return hindrance(self.plan, self.most)

    def _offer_words(self, plan: Plan) -> str:
        stuck = self.stuck
        return f"{stuck.words} · Change budget" if stuck and stuck.scope else confirm_words(plan, self.most)

    # --- doing it

    def _confirm(self) -> None:
        if self._why_not():
            return
        if self.there is None:
            self._send()
        elif self.stuck is not None:
            self.budget_wanted.emit()
        elif self.offer:
            self._generate(self.there, self.offer)

    def wish(self) -> Wish:
        """What the person chose, as one value."""
        choice, model, link = self.choice, self.chosen_model, self.state.seen_link
        frames = self.handles.currentData()
        return Wish(
            canvas_id=self.state.canvas_id,
            mode=self.following.mode,
            link=link,
            shot=link.shot if link else "",
            making=choice.making if choice else None,
            template=choice.template if choice else None,
            model=model.id if model else "",
            prompt=self.prompt.toPlainText().strip(),
            handles=frames if isinstance(frames, int) else None,
        )

    def _send(self) -> None:
        wish = self.wish()
        self.busy = True
        self.refresh()
        self.state.link.ask(lambda api: send(api, wish), self._was_sent, self._failed)

    def _was_sent(self, sent: Sent) -> None:
        self.there = sent
        self.sent.emit(sent)
        self.look_up_price()

    def look_up_price(self) -> None:
        """Ask the planner what the new nodes cost."""
        if self.there is None:
            return
        self.busy = True
        self.refresh()
        there = self.there
        self.state.link.ask(lambda api: _priced(api, there.canvas_id, there.nodes), self._got_price, self._failed)

    def _got_price(self, found: tuple[Plan, Mapping[str, Any]]) -> None:
        self.plan, headroom = found
        self.offer = offer(self.plan, left_words(headroom))
        self.busy = False
        self.refresh()
        (self.amount if self.offer.unpriced else self.go).setFocus()

    def _generate(self, there: Sent, agreed: Offer) -> None:
        assert self.plan is not None
        digest, most = self.plan.digest, agreed.max_micros if self.most is None else self.most
        self.busy = True
        self.refresh()

        def run(api: Api) -> RunFacts:
            return api.run(
                there.canvas_id,
                _scope(there.nodes),
                digest=digest,
                max_micros=most,
                allow_unknown=agreed.unpriced > 0,
            )

        self.state.link.ask(run, self._begun, self._failed)

    def _begun(self, facts: RunFacts) -> None:
        words = confirm_words(self.plan, self.most) if self.plan else ""
        self.state.say(f"Generating {words.removeprefix('Generate ')}.")
        self.accept()

    def _failed(self, error: BridgeError) -> None:
        self.busy = False
        self.state.tell(error, "Send to canvas")
        self.refresh()
        self.problem.setText(in_words(error))
        self.problem.show()


def _combo(name: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    made.setMinimumWidth(180)
    return made


def _scope(nodes: tuple[NodeId, ...]) -> Scope:
    return Scope(kind="node" if len(nodes) == 1 else "selection", nodes=nodes)


def _priced(api: Api, canvas_id: CanvasId, nodes: tuple[NodeId, ...]) -> tuple[Plan, Mapping[str, Any]]:
    return api.plan(canvas_id, _scope(nodes)), remaining(api, canvas_id)
