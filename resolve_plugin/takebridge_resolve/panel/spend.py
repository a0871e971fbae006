"""What was spent, what a cap leaves, and the dialog that changes the day's budget."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from takebridge.client.api import Api
from takebridge.client.replies import CapFacts
from takebridge.ids import CanvasId
from takebridge_resolve.panel import keys
from takebridge_resolve.panel.controls import button, label, row
from takebridge_resolve.panel.state import State
from takebridge_resolve.panel.words import exactly

NO_CAP = "No budget is set: what you confirm may be spent."
_MOST = Decimal(1_000_000)


def remaining(api: Api, canvas_id: CanvasId) -> Mapping[str, Any]:
    """Ask how much more may be committed on a canvas today, by currency."""
    found: Mapping[str, Any] = api.client.get("/api/ledger/remaining", canvas_id=canvas_id)
    return found


def left_words(headroom: Mapping[str, Any], currency: str = "USD") -> str:
    """Return what the tightest cap leaves: ``$31.60 of $50.00 left today``."""
    found = headroom.get(currency)
    if not isinstance(found, Mapping) or not isinstance(found.get("left_micros"), int):
        return NO_CAP
    cap = found.get("cap") or {}
    limit = f" of {exactly(cap['limit_micros'], currency)}" if isinstance(cap.get("limit_micros"), int) else ""
    when = {"day": " today", "canvas": " for this canvas", "job": " for one take"}.get(str(cap.get("scope")), "")
    return f"{exactly(found['left_micros'], currency)}{limit} left{when}"


def micros_of(text: str) -> int | None:
    """Return an amount a person typed (``50``, ``$12.50``) in millionths; None for anything else."""
    try:
        amount = Decimal(text.strip().lstrip("$€£").replace(",", "."))
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount <= _MOST:
        return None
    micros = amount * 1_000_000
    return int(micros) if micros == int(micros) else None


class BudgetDialog(QDialog):
    """Sets or removes the cap on what everybody together may spend in a day."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Budget")
        self.setMinimumWidth(320)
        self.state = state
        cap = next((cap for cap in state.jobs.caps if cap.scope == "day" and not cap.key), None)
        self.amount = QLineEdit(exactly(cap.limit_micros).lstrip("$") if cap else "")
        self.amount.setPlaceholderText("50.00")
        self.amount.setAccessibleName("Budget of a day, in dollars")
        self.problem = label("", "error", wrap=True)
        self.save = button("Set budget", self._save, "primary", action="confirm")
        self.remove = button("No budget", self._remove)
        self.remove.setEnabled(cap is not None)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(10)
        layout.addWidget(label("Budget of a day", "dialog"))
        layout.addWidget(label("Nothing is started that could pass it. The day is counted in UTC.", "label", wrap=True))
        line = row(label("$"), self.amount, spacing=6)
        layout.addWidget(line)
        layout.addWidget(self.problem)
        layout.addStretch(1)
        layout.addWidget(row(self.remove, None, button("Cancel", self.reject), self.save))
        keys.attach(self, "confirm", self._save)

    def _save(self) -> None:
        micros = micros_of(self.amount.text())
        if micros is None:
            self.problem.setText("Write an amount such as 50 or 12.50.")
            self.amount.setFocus()
            return
        self.state.ask(lambda api: api.set_cap("day", micros), self._saved)

    def _remove(self) -> None:
        self.state.ask(lambda api: api.remove_cap("day"), self._saved)

    def _saved(self, caps: list[CapFacts]) -> None:
        self.state.jobs.caps = caps
        self.state.jobs.changed.emit()
        self.state.say("The budget was changed.")
        self.accept()
