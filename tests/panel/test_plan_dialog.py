"""The plan dialog: it runs exactly what it shows, once, and never more than was agreed to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from tests.support.panel_shell import nameless
from tests.support.panel_trip import CANVAS, TripApi, TripLink, binding, cap, drop, plan, skipped, step

from takebridge.canvas.plan_types import Scope
from takebridge.errors import BudgetError, NotFoundError, PreconditionError
from takebridge.ids import NodeId
from takebridge_resolve.panel import theme
from takebridge_resolve.panel.ask_above import DEFAULT_MICROS, ask_above, keep_ask_above
from takebridge_resolve.panel.plan_dialog import NEW_PLAN, PlanDialog

SCOPE = Scope(kind="node", nodes=(NodeId("node_1"),))
CHANGED = PreconditionError("The plan has changed since it was looked at.", hint="Look at the new plan.", digest="d2")


@pytest.fixture
def api() -> TripApi:
    made = TripApi()
    made.plans = [plan(step(1), step(2))]
    return made


@pytest.fixture
def link(api: TripApi, tmp_path: Path, qapp: QApplication) -> Iterator[TripLink]:
    yield TripLink(api, tmp_path)
    for left in [one for one in QApplication.topLevelWidgets() if isinstance(one, PlanDialog)]:
        drop(left)


def opened(link: TripLink, qtbot: QtBot) -> PlanDialog:
    made = PlanDialog(link, CANVAS, SCOPE)
    qtbot.addWidget(made)
    made.show()
    return made


def runs(api: TripApi) -> list[Any]:
    return [one for one in api.asked if isinstance(one, tuple) and one[0] == "run"]


def test_it_runs_the_shown_plan_for_the_shown_ceiling_and_returns_the_run(
    api: TripApi, link: TripLink, qtbot: QtBot
) -> None:
    dialog = opened(link, qtbot)
    assert dialog.go.words == "Generate 2 takes · up to $1.32"
    with qtbot.waitSignal(dialog.started) as said:
        QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert runs(api) == [("run", SCOPE, {"digest": "d1", "max_micros": 1_320_000, "allow_unknown": False})]
    assert said.args[0].run == "run_1" and dialog.run is said.args[0]
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_ctrl_enter_confirms_and_enter_alone_does_not(api: TripApi, link: TripLink, qtbot: QtBot) -> None:
    dialog = opened(link, qtbot)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert runs(api) == [] and dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(runs(api)) == 1


@pytest.mark.parametrize(("high", "cautious"), [(400_000, False), (600_000, True)])
def test_cancel_has_the_focus_above_the_persons_amount(
    api: TripApi, link: TripLink, qtbot: QtBot, tmp_path: Path, high: int, cautious: bool
) -> None:
    assert ask_above(tmp_path) == DEFAULT_MICROS
    keep_ask_above(tmp_path, 500_000)
    api.plans = [plan(step(1, high, high))]
    dialog = opened(link, qtbot)
    assert dialog.focusWidget() is (dialog.cancel if cautious else dialog.go)


def test_a_plan_that_changed_meanwhile_is_shown_again_and_not_run(api: TripApi, link: TripLink, qtbot: QtBot) -> None:
    dialog = opened(link, qtbot)
    api.refuse["run"] = CHANGED
    api.plans = [plan(step(1), step(2), step(3, 9_000_000, 9_000_000), digest="d2")]
    dialog.confirm()
    assert dialog.isVisible() and dialog.run is None
    assert dialog.notice.head.text() == NEW_PLAN and not dialog.notice.isHidden()
    assert dialog.go.words == "Generate 3 takes · up to $10.32"
    assert dialog.focusWidget() is dialog.cancel
    assert len(runs(api)) == 1  # the one that was refused: the new plan waits for a person
    del api.refuse["run"]
    dialog.confirm()
    assert runs(api)[-1][2] == {"digest": "d2", "max_micros": 10_320_000, "allow_unknown": False}


def test_a_canvas_that_changes_while_it_is_open_is_looked_at_again(api: TripApi, link: TripLink, qtbot: QtBot) -> None:
    dialog = opened(link, qtbot)
    api.plans = [plan(step(1), digest="d3")]
    link.tell("canvas.changed", canvas="another canvas")
    link.tell("canvas.changed", canvas=CANVAS)
    qtbot.waitUntil(lambda: dialog.go.words == "Generate 1 take · up to $0.66")
    assert dialog.notice.head.text() == NEW_PLAN


def test_over_budget_the_button_says_by_how_much_and_changes_the_budget(
    api: TripApi, link: TripLink, qtbot: QtBot
) -> None:
    api.plans = [plan(step(1), step(2), bindings=(binding(320_000),))]
    api.paths["/api/ledger/remaining"] = cap(20_000_000, 19_680_000)
    dialog = opened(link, qtbot)
    assert dialog.go.isHidden() and dialog.change.words == "Over today's budget by $1.00 · Change budget"
    dialog.confirm()
    assert runs(api) == []
    assert not dialog.budget.isHidden() and dialog.budget.amount.text() == "21.00"
    api.plans = [plan(step(1), step(2))]
    dialog.budget.save.click()
    assert ("cap", "day", "", 21_000_000) in api.asked
    assert dialog.budget.isHidden() and not dialog.go.isHidden() and dialog.go.isEnabled()


def test_an_unknown_price_runs_only_up_to_an_amount_a_person_allows(api: TripApi, link: TripLink, qtbot: QtBot) -> None:
    api.plans = [plan(step(1), step(2, None, None))]
    dialog = opened(link, qtbot)
    assert dialog.stop.isChecked() and not dialog.go.isEnabled()
    assert dialog.problem.text() == "Nobody knows what 1 take will cost. Allow an amount more than $0.66."
    dialog.amount.setText("some")
    assert dialog.problem.text() == "Write an amount such as 5 or 12.50."
    dialog.amount.setText("5")
    assert dialog.go.words == "Generate 2 takes · up to $0.66 + 1 unpriced, $5.00 at most"
    dialog.confirm()
    assert runs(api) == [("run", SCOPE, {"digest": "d1", "max_micros": 5_000_000, "allow_unknown": True})]


def test_a_bridge_that_goes_away_before_it_answers_is_not_asked_twice(
    api: TripApi, link: TripLink, qtbot: QtBot
) -> None:
    dialog = opened(link, qtbot)
    lost = NotFoundError("The bridge does not answer.")
    lost.__cause__ = httpx.ReadError("gone")
    api.refuse["run"] = lost
    dialog.confirm()
    assert "it is not sent twice" in dialog.notice.head.text()
    link.go_away()
    assert not dialog.go.isEnabled() and "The bridge is away" in dialog.problem.text()
    link.come_back()
    assert len(runs(api)) == 1 and dialog.isVisible()


def test_a_refusal_is_told_in_words_and_can_be_tried_again(api: TripApi, link: TripLink, qtbot: QtBot) -> None:
    dialog = opened(link, qtbot)
    api.refuse["run"] = BudgetError("The day's budget is used up.", hint="Nothing was started.")
    dialog.confirm()
    assert dialog.notice.head.text() == "The day's budget is used up."
    assert dialog.go.isEnabled() and dialog.cancel.isEnabled()


def test_while_it_starts_there_is_nothing_to_cancel(api: TripApi, link: TripLink, qtbot: QtBot) -> None:
    dialog = opened(link, qtbot)
    link.holds = True
    dialog.confirm()
    assert dialog.go.words == "Starting…" and not dialog.cancel.isEnabled()
    dialog.confirm()
    dialog.reject()
    assert dialog.isVisible() and len(link.kept) == 1
    link.answer_all()
    assert dialog.run is not None and len(runs(api)) == 1


def test_closing_it_runs_nothing_and_drops_what_comes_later(api: TripApi, link: TripLink, qtbot: QtBot) -> None:
    link.holds = True
    dialog = opened(link, qtbot)
    dialog.reject()
    link.answer_all()
    assert runs(api) == [] and dialog.facts is None


def test_why_skipped_opens_the_reasons(api: TripApi, link: TripLink, qtbot: QtBot) -> None:
    api.plans = [plan(step(1), skipped=(skipped(2, "blocked", "Waiting for input: voice."),))]
    dialog = opened(link, qtbot)
    dialog.why.click()
    assert dialog.reasons.isVisible() and dialog.reasons.text() == "SH_0420: Waiting for input: voice."


@pytest.mark.parametrize(("dark", "percent"), [(False, 100), (True, 200)])
def test_it_fits_a_narrow_panel_with_large_type_and_names_everything(
    api: TripApi, link: TripLink, qtbot: QtBot, qapp: QApplication, dark: bool, percent: int
) -> None:
    theme.apply(qapp, "dark" if dark else "light", text_scale=percent / 100)
    try:
        dialog = opened(link, qtbot)
        dialog.resize(420, 600)
        QApplication.processEvents()
        assert dialog.width() <= 420
        for button in (dialog.go, dialog.cancel):
            shown = max(button.text().split("\n"), key=len)
            assert button.fontMetrics().horizontalAdvance(shown) <= button.width()
        assert nameless(dialog) == []
        assert "Will run, 2, SH_0410, SH_0420, $0.88 – $1.32" in dialog.grid.text()
    finally:
        theme.apply(qapp, "dark")
