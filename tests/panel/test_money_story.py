"""Money walked through the panel's own buttons: a real bridge, a provider with books of its own, jobs that go wrong."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from tests.crash.actors import PLUGIN, Provider
from tests.support.panel_shell import panel
from tests.support.scripted_provider.scripted_script import BLIND, PLAIN, PRICE_MICROS, Script
from tests.support.trip import Trip, card, clip, editor, running_server, spec

from takebridge.client.api import Api
from takebridge_resolve.panel.spend import remaining
from takebridge_resolve.panel.window import Window

LONG = 60_000
LOST = "We sent this and lost the answer. It may have been charged; we won't send it twice."


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """The provider: ten to twenty cents a take, fifteen in truth; what it is to do stands in the prompt."""
    result = card(tmp_path_factory.mktemp("books") / "result.mp4", frames=6, width=64, height=36, audio=False)
    with Provider(result) as found:
        yield found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("money") / "home"
    folder.mkdir(mode=stat.S_IRWXU)
    return folder


@pytest.fixture(scope="module")
def trip(home: Path, books: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trip]:
    """An editor with one clip that is on a canvas, and a bridge that knows the provider."""
    folder = tmp_path_factory.mktemp("editor")
    film = card(folder / "a.mov", width=64, height=36)
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("PYTHONPATH", os.pathsep.join([str(PLUGIN), *filter(None, [os.environ.get("PYTHONPATH")])]))
        patch.setenv("TAKEBRIDGE_TEST_PROVIDER", books.url)
        client = stack.enter_context(running_server(home))
        made = stack.enter_context(editor(client, home, folder, spec([clip(film, duration=12)])))
        made.push()
        yield made


class Desk:
    """The panel beside the editor."""

    def __init__(self, window: Window, trip: Trip, books: Provider, qtbot: QtBot) -> None:
        self.window, self.books, self.qtbot = window, books, qtbot
        self.state, self.api = window.state, Api(trip.client)
        self.before = {job.job for job in self.api.jobs()}
        self.charged_before = self.charged()

    def until(self, condition: Any) -> None:
        self.qtbot.waitUntil(condition, timeout=LONG)

    def charged(self) -> int:
        """What the provider's own books say, in micros."""
        return sum(job["charged"] for job in self.books.jobs())

    def press(self, button: Any) -> None:
        assert button.isEnabled(), (button.text(), button.toolTip())
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def sheet(self, model: str, script: Script) -> Any:
        """Open “Send to canvas” and choose a video of the clip on this model, with what the provider is to do."""
        self.until(lambda: self.state.clip is not None and bool(self.state.kinds) and self.state.connection.is_live)
        self.window.open_send()
        sheet: Any = self.window.dialogs["send"]
        self.until(lambda: any(one.id == model for one in sheet.models))
        choices = [sheet.what.itemData(n) for n in range(sheet.what.count())]
        sheet.what.setCurrentIndex(
            next(n for n, one in enumerate(choices) if one.making and one.making.kind == "video")
        )
        models = [sheet.model.itemData(n).id for n in range(sheet.model.count())]
        sheet.model.setCurrentIndex(models.index(model))
        sheet.prompt.setPlainText(script.prompt)
        return sheet

    def offered(self, model: str, script: Script) -> Any:
        """Send, and wait for the price."""
        sheet = self.sheet(model, script)
        self.press(sheet.go)
        self.until(lambda: sheet.offer is not None and not sheet.busy)
        return sheet

    def row(self, status: str) -> Any:
        """The row of the job this test began, once it has come to ``status``."""
        self.window.jobs.open(True)
        self.until(lambda: [one.status for one in self.fresh()] == [status])
        (job,) = self.fresh()
        return self.window.jobs.rows[job.job]

    def fresh(self) -> list[Any]:
        return [job for job in self.state.jobs.all.values() if job.job not in self.before]

    def log(self) -> str:
        return "\n".join(line.text for line in self.window.log.model.lines)


@pytest.fixture
def desk(qtbot: QtBot, home: Path, trip: Trip, books: Provider) -> Iterator[Desk]:
    with panel(qtbot, home) as window:
        yield Desk(window, trip, books, qtbot)


def words(row: Any) -> tuple[str, str]:
    return row.status.text(), row.detail.text()


def buttons(row: Any) -> list[str]:
    return [row.buttons.itemAt(n).widget().text() for n in range(row.buttons.count())]


def test_a_failed_job_says_why_and_what_it_cost_wherever_it_shows(desk: Desk) -> None:
    sheet = desk.offered(PLAIN, Script("fails", ending="failed"))
    assert dict(sheet._price_lines())["Price"] == "$0.10 – $0.20"
    assert sheet.go.text() == "Generate 1 take · up to $0.20"
    desk.press(sheet.go)
    row = desk.row("Failed")
    said = "The model could not make it. Charged $0.15."
    assert desk.charged() - desk.charged_before == PRICE_MICROS == 150_000
    assert words(row) == ("Failed", said)
    assert buttons(row) == ["Retry · up to $0.20", "✕"]  # what a click may cost stands on the button
    page = desk.window.clip_page
    desk.until(lambda: page.buttons.primary.text() == "Generate first take")
    assert page.buttons.reason.text().startswith(f"The last one failed: {said}")
    desk.until(lambda: page.tray.card.provenance.text() == f"Plain · Failed · {said}")
    assert f"SH010 video: failed. {said}" in desk.log()
    assert "Generating 1 take · up to $0.20." in desk.log()
    desk.until(lambda: "1 failed" in desk.window.jobs.line.text() and "Today $0.15" in desk.window.jobs.line.text())


def test_a_refused_prompt_is_said_to_have_cost_nothing(desk: Desk) -> None:
    desk.press(desk.offered(PLAIN, Script("refused", submit="refuse")).go)
    assert words(desk.row("Failed")) == ("Failed", "The prompt was refused. Not charged.")
    assert desk.charged() == desk.charged_before


def test_a_lost_answer_is_never_sent_twice_by_itself_and_given_up_in_words(desk: Desk) -> None:
    desk.press(desk.offered(PLAIN, Script("lost", submit="drop")).go)
    row = desk.row("PendingReview")
    assert words(row) == ("Pending review", LOST)
    assert buttons(row) == ["Send again (may pay twice)", "Give up"]
    assert LOST in desk.log()
    desk.until(lambda: "1 job of unknown cost" in desk.window.jobs.line.text())
    desk.press(row.buttons.itemAt(1).widget())
    row = desk.row("Failed")
    assert "may have charged" in row.detail.text()
    assert desk.charged() - desk.charged_before == PRICE_MICROS  # once


def test_an_unknown_price_asks_how_much_may_be_paid_and_then_goes(desk: Desk) -> None:
    sheet = desk.sheet(BLIND, Script("blind"))
    assert dict(sheet._price_lines())["A take"] == "Price unknown: the provider lists none"
    desk.press(sheet.go)
    desk.until(lambda: sheet.offer is not None and not sheet.busy)
    assert not sheet.go.isEnabled() and sheet.at_most.isVisible()
    assert sheet.problem.text() == "Nobody knows what 1 take will cost. Allow an amount."
    assert "Price" not in dict(sheet._price_lines()) and "free" not in sheet.go.text()
    QTest.keyClicks(sheet.amount, "0.5o")
    assert not sheet.go.isEnabled()
    sheet.amount.clear()
    QTest.keyClicks(sheet.amount, "0.50")
    assert sheet.go.text() == "Generate 1 take · 1 unpriced, $0.50 at most" and sheet.problem.text() == ""
    desk.press(sheet.go)
    row = desk.row("Complete")
    assert row.status.text() == "Complete · $0.15"
    assert desk.charged() - desk.charged_before == PRICE_MICROS
    (job,) = desk.fresh()
    assert job.max_micros == 500_000
    assert "a new take is there. Charged $0.15." in desk.log()


def test_over_the_budget_the_button_says_by_how_much_and_changing_it_lets_the_take_run(desk: Desk) -> None:
    desk.until(lambda: desk.state.canvas_id is not None)
    desk.api.set_cap("day", 1_000_000_000)
    committed = remaining(desk.api, desk.state.canvas_id)["USD"]["committed_micros"]
    desk.api.set_cap("day", committed + 50_000)
    try:
        sheet = desk.offered(PLAIN, Script("dear"))
        assert sheet.go.text() == "Over today's budget by $0.15 · Change budget"  # up to $0.20, and $0.05 are left
        desk.press(sheet.go)
        assert desk.fresh() == [] and desk.charged() == desk.charged_before
        budget: Any = desk.window.dialogs["budget"]
        budget.amount.setText("20")
        desk.press(budget.save)
        desk.until(lambda: sheet.go.text() == "Generate 1 take · up to $0.20" and sheet.go.isEnabled())
        desk.press(sheet.go)
        assert desk.row("Complete").status.text() == "Complete · $0.15"
        desk.until(lambda: " of $20.00" in desk.window.jobs.line.text())
    finally:
        desk.api.remove_cap("day")
