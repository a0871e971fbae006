"""One story through real processes: a bridge, an emulated editor with its agent, and the two tabs over a real link.

Both sides edit, the panel shows it, a conflict is decided, the editor's own timeline is the merged cut; then the gap
the editor left is filled.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tests.support.panel_trip import drop
from tests.support.trip import START, Trip, card, clip, editor, running_server, spec

from takebridge.ids import CanvasId
from takebridge_resolve.panel.gap_tab import GapTab
from takebridge_resolve.panel.link import Link
from takebridge_resolve.panel.trip_tab import RoundTripTab

PATIENCE = 60_000
FRAMES = 12
"""Frames of a shot."""
TAIL = 3
"""Frames the editor trims off the end of the second shot."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "bridge" / "home"
    folder.mkdir(parents=True)
    folder.chmod(stat.S_IRWXU)
    return folder


@pytest.fixture
def trip(home: Path, tmp_path: Path) -> Iterator[Trip]:
    """Three shots side by side; the first two are on the canvas and have a take there that the cut does not show."""
    film = card(tmp_path / "camera.mp4", 96, width=64, height=36)
    shots = [clip(film, timeline_start=at * FRAMES, duration=FRAMES, source_start=20 * at + 8) for at in range(3)]
    with ExitStack() as stack:
        client = stack.enter_context(running_server(home))
        world = spec(shots, marks=[0, 2 * FRAMES - 1])
        made = stack.enter_context(editor(client, home, tmp_path, world))
        body = {"canvas_id": made.canvas, "mode": "marks", "process": ["upscale"], "handles": 2}
        for pushed in client.post("/api/clips/push", body):
            assert made.generate(pushed["nodes"]["upscale"])["state"] == "done"
        yield made


@pytest.fixture
def link(home: Path, trip: Trip, qtbot: QtBot) -> Iterator[Link]:
    made = Link(home)
    with qtbot.waitSignal(made.back, timeout=PATIENCE):
        made.start()
    yield made
    made.close()


def shown(tab: QWidget) -> QWidget:
    tab.resize(420, 900)
    tab.show()
    return tab


def cut(trip: Trip) -> list[tuple[int, int, str]]:
    """(start, end, shot it shows a take of, "" for the camera's own) of the picture track, as the emulator has it."""
    track = next(one for one in trip.timeline()["tracks"] if one["type"] == "video" and one["index"] == 1)
    items = sorted(track["items"], key=lambda one: one["start_record_frame"])
    stems = [Path(one["media_path"]).stem for one in items]
    shots = [stem.split("_take")[0] if "_take" in stem else "" for stem in stems]
    places = [(one["start_record_frame"] - START, one["end_record_frame"] - START) for one in items]
    return [(*place, shot) for place, shot in zip(places, shots, strict=True)]


def test_both_sides_edit_and_the_timeline_becomes_the_merged_cut(trip: Trip, link: Link, qtbot: QtBot) -> None:
    trip.emulator.do("user_edit", edit="trim", item=trip.item(1)["id"], head=0, tail=TAIL)
    trip.emulator.do("user_edit", edit="delete", item=trip.item(0)["id"])
    before = cut(trip)
    assert before == [(FRAMES, 2 * FRAMES - TAIL, ""), (2 * FRAMES, 3 * FRAMES, "")]

    tab = RoundTripTab(link)
    shown(tab)
    tab.set_canvas(CanvasId(trip.canvas))
    tab.look_up()
    qtbot.waitUntil(lambda: tab.stage == "planned", timeout=PATIENCE)
    assert cut(trip) == before  # a look changes nothing
    assert tab.body.head.text() == "1 change · 1 conflict"
    (row,) = tab.body.model.cells
    assert row[:2] == ("SH020", f"trimmed the tail {TAIL} frames")
    assert row[2] == f"Shows SH020 take 1, as on the canvas ({FRAMES - TAIL} frames)"
    (card_,) = tab.body.cards.values()
    assert card_.entry.what == "deleted_by_editor" and card_.choice is None
    assert card_.yours.word == "deleted"
    qtbot.waitUntil(lambda: not card_.theirs.image.isNull(), timeout=PATIENCE)
    assert not tab.foot.apply.isEnabled()

    card_.pick("later")
    assert tab.foot.apply.words == "Put 1 take in now"
    tab.apply()
    qtbot.waitUntil(lambda: not tab.busy and not tab.outcome.isHidden(), timeout=PATIENCE)
    assert tab.outcome.text().startswith("1 take is on the timeline, read back."), tab.notice.head.text()
    assert cut(trip) == [(FRAMES, 2 * FRAMES - TAIL, "SH020"), (2 * FRAMES, 3 * FRAMES, "")]
    assert tab.body.head.text() == "1 conflict"  # the conflict is still there, the take is not brought twice
    assert not tab.foot.apply.isEnabled()

    card_ = next(iter(tab.body.cards.values()))
    card_.pick("canvas")
    assert tab.foot.apply.words == "Apply 1 change"
    steps: list[str] = []
    link.event.connect(lambda event: steps.append(event.topic) if event.topic == "roundtrip.changed" else None)
    tab.apply()
    qtbot.waitUntil(lambda: tab.stage in ("applied", "failed"), timeout=PATIENCE)
    assert tab.outcome.text().startswith("Done."), tab.notice.head.text()
    assert steps and tab.body.past_model.rowCount() == 1
    assert cut(trip) == [
        (0, FRAMES, "SH010"),
        (FRAMES, 2 * FRAMES - TAIL, "SH020"),
        (2 * FRAMES, 3 * FRAMES, ""),
    ]
    tab.look_up()
    qtbot.waitUntil(lambda: tab.stage == "planned", timeout=PATIENCE)
    assert tab.body.head.text() == "Nothing to change"
    tab.close_down()
    drop(tab)
    fill_the_gap(trip, link, qtbot)


def fill_the_gap(trip: Trip, link: Link, qtbot: QtBot) -> None:
    """The frames the editor trimmed away are a gap: it becomes a shot, gets a take, and the take goes there."""
    tab = GapTab(link)
    shown(tab)
    tab.set_canvas(CanvasId(trip.canvas))
    tab.all_gaps.setChecked(True)
    tab.look_up()
    qtbot.waitUntil(lambda: len(tab.gaps) == 1 and bool(tab.picker.models), timeout=PATIENCE)
    (gap,) = tab.gaps
    assert (gap.start_record_frame, gap.end_record_frame) == (START + 2 * FRAMES - TAIL, START + 2 * FRAMES)
    qtbot.waitUntil(lambda: not tab.picker.before.image.isNull(), timeout=PATIENCE)
    qtbot.waitUntil(lambda: not tab.picker.after.image.isNull(), timeout=PATIENCE)
    tab.picker.prompt.setPlainText("She turns.")
    tab.go_on()
    qtbot.waitUntil(lambda: tab.dialog is not None and tab.dialog.facts is not None, timeout=PATIENCE)
    assert tab.dialog is not None and "free" in tab.dialog.go.words
    tab.dialog.confirm()
    qtbot.waitUntil(lambda: tab.go.words.startswith("Put SH"), timeout=PATIENCE)
    tab.go_on()
    qtbot.waitUntil(lambda: tab.gaps == () and not tab.doing, timeout=PATIENCE)
    places = [(start, end) for start, end, _ in cut(trip)]
    assert places == [
        (0, FRAMES),
        (FRAMES, 2 * FRAMES - TAIL),
        (2 * FRAMES - TAIL, 2 * FRAMES),
        (2 * FRAMES, 3 * FRAMES),
    ]
    tab.close_down()
    drop(tab)
