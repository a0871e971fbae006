"""Changing the budget where it is in the way: one amount, in the dialog that asks for it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout

from takebridge.client.replies import CapFacts
from takebridge.errors import BridgeError
from takebridge_resolve.panel.controls import button, label, row
from takebridge_resolve.panel.link import Link
from takebridge_resolve.panel.plan_lines import Hindrance, Purse, raised_limit
from takebridge_resolve.panel.spend import micros_of
from takebridge_resolve.panel.words import exactly, in_words

_TITLES = {
    "day": "Budget of a day",
    "canvas": "Budget of this canvas",
    "job": "Budget of one take",
    "user": "My budget",
}


def plain_amount(micros: int) -> str:
    """Return an amount as it is typed: ``50.00``."""
    return exactly(micros, "").strip()


class BudgetEdit(QFrame):
    """Hidden until `ask`; ``changed`` when the bridge has taken the new limit."""

    changed = Signal()

    def __init__(self, link: Link) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._link = link
        self._scope, self._key, self._currency = "day", "", "USD"
        self.title = label("Budget of a day", "title")
        self.amount = QLineEdit()
        self.amount.setAccessibleName("New budget")
        self.amount.setMinimumWidth(72)
        self.save = button("Set budget", self._save)
        self.close_button = button("Leave it", self.hide, "quiet", name="Leave the budget as it is")
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(6)
        layout.addWidget(self.title)
        layout.addWidget(row(self.amount, self.save, self.close_button, None))
        layout.addWidget(self.problem)
        self.amount.returnPressed.connect(self._save)
        self.hide()

    def ask(self, hindrance: Hindrance, purse: Purse, limit: int) -> None:
        """Show the limit that is in the way, raised as far as is needed."""
        self._scope, self._currency = hindrance.scope or "day", purse.currency
        self._key = purse.key if purse.scope == self._scope else ""
        self.title.setText(f"{_TITLES.get(self._scope, 'Budget')} ({self._currency})")
        self.title.setAccessibleName(self.title.text())
        self.amount.setText(plain_amount(raised_limit(limit, hindrance.by_micros)))
        self.problem.hide()
        self.show()
        self.amount.setFocus()
        self.amount.selectAll()

    def _save(self) -> None:
        micros = micros_of(self.amount.text())
        if micros is None:
            self._tell("Write an amount such as 50 or 12.50.")
            return
        scope, key, currency = self._scope, self._key, self._currency
        self.save.setEnabled(False)
        self._link.ask(lambda api: api.set_cap(scope, micros, key=key, currency=currency), self._saved, self._failed)

    def _saved(self, _: list[CapFacts]) -> None:
        self.save.setEnabled(True)
        self.hide()
        self.changed.emit()

    def _failed(self, error: BridgeError) -> None:
        self.save.setEnabled(True)
        self._tell(in_words(error))

    def _tell(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setAccessibleName(words)
        self.problem.show()
