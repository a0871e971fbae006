"""Consent to the takes a merged cut asks for: what they are for, what they cost at most, what is applied then."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from takebridge.cut.trip_types import Price, RoundTrip
from takebridge.errors import BridgeError
from takebridge.ids import CanvasId
from takebridge_resolve.panel import keys
from takebridge_resolve.panel.ask_above import ask_above
from takebridge_resolve.panel.controls import button, label, row
from takebridge_resolve.panel.link import Asked, Link
from takebridge_resolve.panel.page import ButtonRow, FoldingButton, Page, scrolled
from takebridge_resolve.panel.plan_budget import BudgetEdit
from takebridge_resolve.panel.plan_facts import spent_today
from takebridge_resolve.panel.plan_grid import PlanGrid
from takebridge_resolve.panel.plan_lines import Hindrance, PlanLine, Purse, purse_of
from takebridge_resolve.panel.spend import micros_of, remaining
from takebridge_resolve.panel.trip_words import request_words
from takebridge_resolve.panel.words import counted, exactly, in_words, price, span


def ceiling_words(cost: Price) -> str:
    """Return the most the takes may cost: ``free``, ``up to $4.60``, ``price unknown``."""
    if cost.high_micros is None:
        return "price unknown"
    return "free" if cost.high_micros == 0 else f"up to {exactly(cost.high_micros, cost.currency)}"


def consent_words(cost: Price, changes: int, most: int | None) -> str:
    """Return what the button promises: count, ceiling, and what follows."""
    held = f", {exactly(most, cost.currency)} at most" if cost.high_micros is None and most is not None else ""
    then = f", then apply {counted(changes, 'change')}" if changes else ""
    return f"Make {counted(cost.jobs, 'take')} · {ceiling_words(cost)}{held}{then}"


def take_lines(trip: RoundTrip, cost: Price, purse: Purse, changes: int) -> tuple[PlanLine, ...]:
    """Return the lines of the dialog."""
    possible = [one for one in trip.requests if one.possible]
    shots = ", ".join(dict.fromkeys(one.shot or one.name for one in possible))
    took = span(cost.seconds_low or None, cost.seconds_high)
    amount = price(cost.low_micros, cost.high_micros, cost.currency)
    lines = [PlanLine("Will run", cost.jobs, f"{shots} · {took}", "free" if amount == "free" else amount)]
    lines += [PlanLine("Because", None, request_words(one)) for one in possible]
    limit = ", no budget set" if purse.limit_micros is None else f" of {exactly(purse.limit_micros, purse.currency)}"
    now = f"Today {exactly(purse.spent_micros, purse.currency)}{limit}"
    after = purse.spent_micros + (cost.high_micros or 0)
    rest = f"at most {exactly(after, purse.currency)} after this" if cost.high_micros else "this is free"
    lines.append(PlanLine("Budget", None, f"{now} → {'unknown' if cost.high_micros is None else rest}"))
    then = f"{counted(changes, 'change')} on the timeline, once the takes are there" if changes else "nothing else"
    return (*lines, PlanLine("Then", None, then))


def takes_hindrance(cost: Price, purse: Purse, most: int | None) -> Hindrance | None:
    """Say why the takes may not be made, None when they may."""
    if cost.high_micros is None and not most:
        return Hindrance("Nobody knows what these takes cost. Say how much may be paid.")
    ceiling = most or 0 if cost.high_micros is None else cost.high_micros
    if purse.limit_micros is None or ceiling == 0:
        return None
    by = purse.spent_micros + ceiling - purse.limit_micros
    name = "today's budget" if purse.scope == "day" else "the budget"
    return Hindrance(f"Over {name} by {exactly(by, purse.currency)}", purse.scope, by) if by > 0 else None


class TakesDialog(QDialog):
    """``agreed`` carries ``max_micros`` and whether unknown prices are allowed; nothing is started here."""

    agreed = Signal(object, bool)

    def __init__(
        self, link: Link, canvas_id: CanvasId, trip: RoundTrip, changes: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        assert trip.price is not None
        self.link, self.canvas_id, self.trip, self.cost, self.changes = link, canvas_id, trip, trip.price, changes
        self.purse: Purse | None = None
        self.stuck: Hindrance | None = None
        self.setWindowTitle("Takes and price")
        self.setMinimumWidth(320)
        self.title = label(f"Make {counted(self.cost.jobs, 'take')} first", "dialog", wrap=True)
        self.grid = PlanGrid()
        self.amount = QLineEdit()
        self.amount.setAccessibleName("How much may be paid at most")
        self.amount.setPlaceholderText("5.00")
        self.amount.setMaximumWidth(120)
        self.amount.textChanged.connect(lambda *_: self.refresh())
        self.asks_amount = row(label("At most", "label"), self.amount, None)
        self.asks_amount.setVisible(self.cost.high_micros is None)
        self.budget = BudgetEdit(link)
        self.budget.changed.connect(self.look_up)
        self.problem = label("", "warning", wrap=True)
        self.cancel = button("Cancel", self.reject)
        self.change = FoldingButton("Change budget", self._change_budget)
        self.go = FoldingButton("", self.confirm, "primary", action="confirm")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(10)
        layout.addWidget(self.title)
        layout.addWidget(scrolled(Page(self.grid, self.budget, None), "The takes and their price"), 1)
        layout.addWidget(self.asks_amount)
        layout.addWidget(self.problem)
        layout.addWidget(ButtonRow(self.cancel, None, self.change, self.go))
        keys.attach(self, "confirm", self.confirm)
        self._asked: Asked | None = None
        self.refresh()
        self.resize(520, 320)
        self.look_up()
        careful = self.cost.high_micros is None or self.cost.high_micros > ask_above(link.home)
        (self.cancel if careful else self.go).setFocus()

    def look_up(self) -> None:
        """Ask what the budget leaves."""
        canvas_id, currency = self.canvas_id, self.cost.currency

        def asked(api: object) -> Purse:
            return purse_of(remaining(api, canvas_id), spent_today(api, currency), currency)  # type: ignore[arg-type]

        self._asked = self.link.ask(asked, self._got, self._failed)

    def _got(self, purse: Purse) -> None:
        self.purse = purse
        self.refresh()

    def _failed(self, error: BridgeError) -> None:
        self.refresh()
        self.problem.setText(in_words(error))
        self.problem.show()

    @property
    def most(self) -> int | None:
        """The most a person allows where the price is unknown."""
        return micros_of(self.amount.text()) if self.cost.high_micros is None else None

    def refresh(self) -> None:
        """Show lines and button as they are now."""
        purse = self.purse or Purse(self.cost.currency)
        if self.purse is not None:
            self.grid.show_lines(take_lines(self.trip, self.cost, purse, self.changes))
        self.stuck = takes_hindrance(self.cost, purse, self.most)
        over = self.stuck is not None and bool(self.stuck.scope)
        self.change.setVisible(over)
        self.change.say(f"{self.stuck.words} · Change budget" if over and self.stuck else "Change budget")
        self.go.setVisible(not over)
        self.go.say(consent_words(self.cost, self.changes, self.most))
        self.go.setEnabled(self.stuck is None and self.purse is not None)
        words = self.stuck.words if self.stuck and not over else ""
        self.problem.setText(words)
        self.problem.setAccessibleName(words or "No problem")
        self.problem.setVisible(bool(words))

    def _change_budget(self) -> None:
        if self.stuck is not None and self.purse is not None:
            self.budget.ask(self.stuck, self.purse, self.purse.limit_micros or 0)

    def confirm(self) -> None:
        """Agree to exactly what is shown."""
        if not self.go.isEnabled() or self.go.isHidden():
            return
        unknown = self.cost.high_micros is None
        ceiling = (self.most if unknown else self.cost.high_micros) or 0
        self.agreed.emit(ceiling, unknown)
        self.accept()

    def done(self, result: int) -> None:
        """Lose interest in answers, then close."""
        if self._asked is not None:
            self._asked.cancel()
        super().done(result)
