"""Plan and price before a run (review_ux §3 e): what would run, what it costs at most, where it uploads to.

Exactly the plan that is shown runs: its digest goes along, and a plan that is another one by then is shown again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from takebridge.client.http import is_away
from takebridge.errors import BridgeError, PreconditionError
from takebridge_resolve.panel import keys
from takebridge_resolve.panel.announce import announce
from takebridge_resolve.panel.ask_above import ask_above
from takebridge_resolve.panel.controls import button, label, row
from takebridge_resolve.panel.link import Asked, Link
from takebridge_resolve.panel.notice import Notice
from takebridge_resolve.panel.page import ButtonRow, FoldingButton, FoldingCheck, Page, scrolled, wrapped
from takebridge_resolve.panel.plan_budget import BudgetEdit, plain_amount
from takebridge_resolve.panel.plan_facts import PlanFacts, load
from takebridge_resolve.panel.plan_grid import PlanGrid
from takebridge_resolve.panel.plan_lines import (
    Hindrance,
    cautious,
    ceiling,
    confirm_words,
    hindrance,
    needs_amount,
    plan_lines,
    why_skipped,
)
from takebridge_resolve.panel.spend import micros_of
from takebridge_resolve.panel.words import counted

if TYPE_CHECKING:
    from takebridge.canvas.plan_types import Scope
    from takebridge.client.live import LiveEvent
    from takebridge.client.replies import RunFacts
    from takebridge.ids import CanvasId

SETTLE_MS = 200
LOOKING = "Looking up plan and price…"
LOST = (
    "The bridge went away before it answered. If the run was started it is in the list of jobs; it is not sent twice."
)
NEW_PLAN = "The plan changed since you looked at it. Nothing was started. These are the new numbers."


class PlanDialog(QDialog):
    """Shows a plan and runs it when a person agrees. ``started`` carries the run; `run` is it, None before."""

    started = Signal(object)

    def __init__(self, link: Link, canvas_id: CanvasId, scope: Scope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.link, self.canvas_id, self.scope = link, canvas_id, scope
        self.run: RunFacts | None = None
        self.facts: PlanFacts | None = None
        self.stuck: Hindrance | None = None
        self.busy = True
        self._starting = False
        self._asked: Asked | None = None
        self._first = True
        self.setWindowTitle("Plan and price")
        self.setMinimumWidth(320)
        self._make()
        self._lay_out()
        self._settle = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self.look_up)
        keys.attach(self, "confirm", self.confirm)
        link.event.connect(self._on_event)
        link.away.connect(self._on_away)
        link.resync.connect(self.look_up)
        self.resize(560, 420)
        self.look_up()

    # --- making it

    def _make(self) -> None:
        self.title = label(LOOKING, "dialog", wrap=True)
        self.grid = PlanGrid()
        self.why = button("Why skipped?", self._show_why, "quiet", checkable=True)
        self.reasons = label("", "label", wrap=True)
        self.reasons.hide()
        self.stop = FoldingCheck("Stop and ask if the total passes")
        self.stop.setAccessibleName("Stop and ask if the total passes an amount")
        self.amount = QLineEdit()
        self.amount.setAccessibleName("The amount the total may not pass")
        self.amount.setMaximumWidth(120)
        self.amount.setMinimumWidth(72)
        self.amount.setPlaceholderText("5.00")
        self.budget = BudgetEdit(self.link)
        self.notice = Notice()
        self.problem = label("", "warning", wrap=True)
        self.change = FoldingButton("Change budget", self._change_budget)
        self.cancel = button("Cancel", self.reject)
        self.go = FoldingButton(LOOKING, self.confirm, "primary", action="confirm")
        self.stop.toggled.connect(lambda *_: self.refresh())
        self.amount.textChanged.connect(lambda *_: self.refresh())
        self.budget.changed.connect(self.look_up)

    def _lay_out(self) -> None:
        inside = Page(self.grid, row(self.why, None), self.reasons, self.notice, self.budget, None)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(10)
        layout.addWidget(self.title)
        layout.addWidget(scrolled(inside, "The plan"), 1)
        layout.addWidget(wrapped(self.stop, self.amount))
        layout.addWidget(self.problem)
        layout.addWidget(ButtonRow(self.cancel, None, self.change, self.go))

    # --- knowing it

    def look_up(self) -> None:
        """Ask for the plan as it is now."""
        if self.run is not None:
            return
        if self._asked is not None:
            self._asked.cancel()
        self.busy = True
        self.refresh()
        canvas_id, scope = self.canvas_id, self.scope
        self._asked = self.link.ask(lambda api: load(api, canvas_id, scope), self._got, self._failed)

    def _got(self, facts: PlanFacts) -> None:
        before, self.facts, self.busy = self.facts, facts, False
        self.title.setText(f"Generate {counted(len(facts.plan.steps), 'take')}")
        self.title.setAccessibleName(self.title.text())
        self.grid.show_lines(plan_lines(facts.plan, facts.purse, facts.uploads))
        if before is None and not self.amount.text():
            self.amount.setText("" if needs_amount(facts.plan) else plain_amount(ceiling(facts.plan)))
            self.stop.setChecked(needs_amount(facts.plan))
        if before is not None and before.plan.digest != facts.plan.digest:
            self._tell_new_plan()
        self.refresh()
        self._focus_first()

    def _tell_new_plan(self) -> None:
        self.notice.tell(NEW_PLAN)
        announce(self, NEW_PLAN, urgent=True)
        self.cancel.setFocus()

    def _focus_first(self) -> None:
        """Once: Cancel where money needs a second thought, else the button that goes on."""
        if not self._first or self.facts is None:
            return
        self._first = False
        careful = self.stuck is not None or cautious(self.facts.plan, ask_above(self.link.home))
        (self.cancel if careful else self.go).setFocus()

    def _failed(self, error: BridgeError) -> None:
        self.busy = False
        self._asked = None
        self.notice.tell(error.message, error.hint)
        announce(self, error.message, urgent=True)
        if self.facts is None:
            self.title.setText("No plan yet")
        self.refresh()

    # --- showing it

    @property
    def stop_at(self) -> int | None:
        """The most a person allows in all, in micros; None where they named no amount."""
        return micros_of(self.amount.text()) if self.stop.isChecked() else None

    def refresh(self) -> None:
        """Show button and reason as they are now."""
        plan = self.facts.plan if self.facts else None
        self.stuck = self._hindrance()
        self.amount.setEnabled(self.stop.isChecked())
        self.go.say(self._label())
        self.go.setEnabled(plan is not None and not self.busy and self.stuck is None and self.link_is_there())
        over = self.stuck is not None and bool(self.stuck.scope)
        self.change.setVisible(over)
        self.change.say(f"{self.stuck.words} · Change budget" if over and self.stuck else "Change budget")
        self.go.setVisible(not over)
        self.cancel.setEnabled(not self._starting)
        words = self._why_not()
        self.problem.setText(words)
        self.problem.setAccessibleName(words or "No problem")
        self.problem.setVisible(bool(words))
        reasons = why_skipped(plan) if plan else ()
        self.why.setVisible(bool(reasons))
        self.reasons.setText("\n".join(reasons))
        self.reasons.setAccessibleName(self.reasons.text() or "Nothing is skipped")
        free = plan is not None and all(step.free for step in plan.steps)
        for part in (self.stop, self.amount):
            part.setVisible(not free)

    def _hindrance(self) -> Hindrance | None:
        if self.facts is None:
            return None
        if self.stop.isChecked() and self.stop_at is None and self.amount.text().strip():
            return Hindrance("Write an amount such as 5 or 12.50.")
        return hindrance(self.facts.plan, self.stop_at)

    def _label(self) -> str:
        if self.facts is None:
            return LOOKING if self.busy else "Nothing to generate"
        return "Starting…" if self._starting else confirm_words(self.facts.plan, self.stop_at)

    def _why_not(self) -> str:
        if not self.link_is_there():
            return "The bridge is away. Nothing was started; this goes on when it is back."
        if self.facts is None or self.stuck is None:
            return ""
        return "" if self.stuck.scope else self.stuck.words

    def link_is_there(self) -> bool:
        """Whether the bridge answers, as far as is known."""
        return self.link.is_there is not False

    def _show_why(self) -> None:
        self.reasons.setVisible(self.why.isChecked())

    def _change_budget(self) -> None:
        if self.facts is None or self.stuck is None:
            return
        purse = self.facts.purse
        left = next((one.left_micros or 0 for one in self.facts.plan.bindings if one.scope == self.stuck.scope), 0)
        own = purse.limit_micros is not None and purse.scope == self.stuck.scope
        self.budget.ask(self.stuck, purse, purse.limit_micros if own and purse.limit_micros is not None else left)

    # --- doing it

    def confirm(self) -> None:
        """Run exactly the plan that is shown; over a budget, offer to change that."""
        if self.stuck is not None and self.stuck.scope:
            self._change_budget()
            return
        if self.facts is None or not self.go.isEnabled():
            return
        plan, most = self.facts.plan, self.stop_at
        canvas_id, scope, known = self.canvas_id, self.scope, ceiling(plan)
        agreed = known if most is None else most
        self.busy = self._starting = True
        self.refresh()
        self._asked = self.link.ask(
            lambda api: api.run(
                canvas_id, scope, digest=plan.digest, max_micros=agreed, allow_unknown=plan.unknown_prices > 0
            ),
            self._begun,
            self._refused,
        )

    def _begun(self, run: RunFacts) -> None:
        self.run, self._asked = run, None
        self.started.emit(run)
        self.accept()

    def _refused(self, error: BridgeError) -> None:
        self.busy = self._starting = False
        self._asked = None
        if isinstance(error, PreconditionError):
            self.look_up()  # the new plan tells of itself
            return
        self._failed(_lost(error) if is_away(error) else error)

    def reject(self) -> None:
        """Close without a run; while one is being started there is nothing to take back here."""
        if not self._starting:
            super().reject()

    def done(self, result: int) -> None:
        """Lose interest in answers, then close."""
        self._settle.stop()
        if self._asked is not None:
            self._asked.cancel()
        super().done(result)

    # --- what happens meanwhile

    def _on_event(self, event: LiveEvent) -> None:
        mine = event.topic == "canvas.changed" and event.data.get("canvas") == self.canvas_id
        if (mine or event.topic == "job.changed") and not self._starting and self.run is None:
            self._settle.start()

    def _on_away(self, words: str) -> None:
        if self.run is None:
            self.refresh()


def _lost(error: BridgeError) -> BridgeError:
    """A run whose answer never came: said as it is, and never sent a second time by itself."""
    found = type(error)(LOST, hint="Look at the jobs when the bridge is back.")
    found.__cause__ = error.__cause__
    return found
