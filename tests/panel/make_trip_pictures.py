"""Draws round trip tab, gap tab and plan dialog for the documentation: `python -m tests.panel.make_trip_pictures`.

Pictures go to docs/images; every one of them is made by the widgets themselves, offscreen.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QWidget
from tests.support.panel_trip import (
    CANVAS,
    TripApi,
    TripLink,
    cap,
    conflict,
    edit,
    gap,
    past_trip,
    plan,
    removed,
    request,
    seen,
    skipped,
    step,
    trip,
)
from tests.support.panel_trip import price as price_of

from takebridge.canvas.plan_types import Scope
from takebridge_resolve.panel import theme
from takebridge_resolve.panel.gap_tab import GapTab
from takebridge_resolve.panel.plan_dialog import PlanDialog
from takebridge_resolve.panel.trip_tab import RoundTripTab

IMAGES = Path(__file__).parents[2] / "docs" / "images"
LARGEST = 200 * 1024


def round_trip_tab(home: Path) -> QWidget:
    """Three changes, two conflicts, one of them decided."""
    api = TripApi()
    api.clips = [seen(3)]
    content = conflict(3, "content", "editor", "canvas", "both")
    api.answers = [
        trip(
            edits=[edit(1, head=3, tail=4), edit(2), edit(4, head=-6, tail=6)],
            conflicts=[content, conflict(5, "deleted_by_editor")],
            removed=[removed(5)],
            requests=[request()],
            price=price_of(),
            sentence="7 steps; 1 request for takes ($1.40–3.20); 2 conflicts to decide; 1 clip removed.",
        )
    ]
    api.trips = [past_trip()]
    tab = RoundTripTab(TripLink(api, home))
    tab.set_canvas(CANVAS)
    tab.look_up()
    tab.body.cards[content.id].pick("canvas")
    return tab


def gap_tab(home: Path) -> QWidget:
    """Two gaps, the first of them to be filled."""
    api = TripApi()
    api.gap_list = [gap(6), gap(8, frames=31)]
    tab = GapTab(TripLink(api, home))
    tab.set_canvas(CANVAS)
    tab.all_gaps.setChecked(True)
    tab.look_up()
    tab.picker.prompt.setPlainText("She turns towards the window; rain outside.")
    tab.look.setFocus()
    return tab


def plan_dialog(home: Path) -> QWidget:
    """Seven takes, one of them at an unknown price, held to an amount."""
    api = TripApi()
    left_out = (
        skipped(1, "locked", "It is locked."),
        skipped(2, "locked", "It is locked."),
        skipped(3, "accepted", "It is kept as is."),
        skipped(4, "blocked", "Waiting for input: voice."),
    )
    steps = [*(step(number) for number in range(1, 7)), step(7, None, None, model="words-1")]
    api.plans = [plan(*steps, follow=[step(number, 900_000, 920_000) for number in range(8, 13)], skipped=left_out)]
    api.paths["/api/ledger/remaining"] = cap(50_000_000, 18_400_000)
    dialog = PlanDialog(TripLink(api, home), CANVAS, Scope(kind="stale"))
    dialog.amount.setText("10.00")
    return dialog


def draw(app: QApplication, widget: QWidget, name: str, width: int, height: int, folder: Path = IMAGES) -> Path:
    """Write a widget as it is drawn, as PNG."""
    widget.setObjectName("panel")
    widget.resize(width, height)
    widget.show()
    for _ in range(3):
        app.processEvents()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    widget.grab().save(str(path))
    widget.close()
    if path.stat().st_size >= LARGEST:
        raise SystemExit(f"{path} is larger than {LARGEST} bytes")
    return path


def main(folder: Path = IMAGES) -> list[Path]:
    """Draw all of them."""
    found = QApplication.instance() or QApplication([])
    assert isinstance(found, QApplication)
    made: list[Path] = []
    with tempfile.TemporaryDirectory() as home:
        for dark in (True, False):
            theme.apply(found, "dark" if dark else "light")
            name = f"panel-roundtrip-{'dark' if dark else 'light'}"
            made.append(draw(found, round_trip_tab(Path(home)), name, 760, 1000, folder))
        theme.apply(found, "dark")
        made.append(draw(found, gap_tab(Path(home)), "panel-gap-dark", 440, 590, folder))
        made.append(draw(found, plan_dialog(Path(home)), "panel-plan-dark", 600, 330, folder))
    return made


if __name__ == "__main__":
    for drawn in main():
        sys.stdout.write(f"{drawn.name} {drawn.stat().st_size}\n")
