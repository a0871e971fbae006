"""Asking before money is spent, in small: one more take of one node; and where the large plan dialog is not there."""

from __future__ import annotations

from importlib import import_module

from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QVBoxLayout, QWidget

from takebridge.canvas.model import Node
from takebridge.canvas.plan_types import Scope
from takebridge_resolve.panel import keys
from takebridge_resolve.panel.acts import Acts
from takebridge_resolve.panel.controls import button, column, label, row
from takebridge_resolve.panel.spend import micros_of
from takebridge_resolve.panel.state import State
from takebridge_resolve.panel.words import exactly


def ask_plan(state: State, scope: Scope, parent: QWidget) -> QDialog:
    """Return the dialog that shows a scope's plan and price and runs it when it is confirmed."""
    found: QDialog = import_module("takebridge_resolve.panel.plan_dialog").PlanDialog(
        state.link, state.canvas_id, scope, parent
    )
    return found


class AgainDialog(QDialog):
    """Asks for one more take of a node whose take is up to date. The ceiling is what such a take was priced at."""

    def __init__(self, state: State, acts: Acts, node: Node, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Generate one more take")
        self.setMinimumWidth(340)
        self.acts, self.node_id = acts, node.id
        pinned = state.pinned
        known = [pinned.cost_estimated_micros, pinned.cost_actual_micros] if pinned else []
        self.most = max((micros for micros in known if micros is not None), default=None)
        currency = pinned.currency if pinned else "USD"
        ceiling = f"up to {exactly(self.most, currency)}" if self.most is not None else "price unknown"
        self.title = label("Generate one more take", "dialog")
        self.about: QLabel = label(
            f"“{node.title}” is up to date. One more take is made with the same settings and another seed where the "
            f"model has one. The last one cost {words or 'what nobody knows'}.",
            wrap=True,
        )
        self.cancel = button("Cancel", self.reject)
        self.go = button(f"Generate 1 take · {ceiling}", self._go, "primary", action="confirm")
        self.amount = QLineEdit()
        self.amount.setAccessibleName("How much may be paid at most")
        self.amount.setPlaceholderText("5.00")
        self.amount.setMaximumWidth(120)
        self.amount.textChanged.connect(lambda *_: self._show_limit())
        self.reason = label("Nobody knows what it will cost. Say how much may be paid.", "hint", wrap=True)
        limit = column(self.reason, row(label("Pay at most $", "label"), self.amount, None))
        limit.setVisible(self.most is None)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(10)
        for part in (self.title, self.about, limit):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addWidget(row(self.cancel, None, self.go))
        keys.attach(self, "confirm", self._go)
        self._show_limit()
        self.cancel.setFocus()

    @property
    def limit(self) -> int | None:
        """The most that may be paid, in micros: what such a take was priced at, else what a person allows."""
        return self.most if self.most is not None else micros_of(self.amount.text()) or None

    def _show_limit(self) -> None:
        self.go.setEnabled(self.limit is not None)

    def _go(self) -> None:
        if self.limit is not None:
            self.acts.generate_node(self.node_id, again=True, max_micros=self.limit)
            self.accept()
