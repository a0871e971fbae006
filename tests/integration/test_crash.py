"""Kill -9 at seeded points of generating, again and again: nothing paid twice, nothing lost, nothing left over.

Unlike a clean stop nothing is flushed, closed or said. The provider's books stand outside the data folder, as a
real provider's do.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.generation import PLAIN, SAFE, PaidProvider, build

from takebridge.media.testcard import render_test_clip
from takebridge.store.data_folder import DataLayout
from takebridge.store.jobs import JobRecord
from takebridge.timebase import FrameRate

ROOT = Path(__file__).parents[2]
KILLS = 5
NODES = {f"up{number}" for number in range(4)}


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """The provider's books, and the clip that is both what goes in and what comes out."""
    folder = tmp_path / "books"
    folder.mkdir()
    render_test_clip(
        folder / "clip.mp4", clip_id=1, frame_count=6, rate=FrameRate(24), width=320, height=180, audio=False
    )
    return folder


def run(home: Path, books: Path, model: str, kill_at: int) -> int:
    """Run the bridge until it is idle or dead; returns its exit code."""
    command = [sys.executable, "-m", "tests.support.generation", str(home), str(books), model, str(kill_at)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode in (0, -9), done.stderr
    return done.returncode


def killed_five_times(home: Path, books: Path, model: str, seed: int) -> list[JobRecord]:
    """Kill the bridge at seeded points, then let it finish; returns the jobs."""
    chance = random.Random(seed)
    points = [chance.randint(1, 16) for _ in range(KILLS)]
    codes = [run(home, books, model, point) for point in points]
    print(f"seed {seed}: killed at points {points}, exit codes {codes}")
    assert codes.count(-9) >= KILLS - 1
    assert run(home, books, model, 0) == 0
    bridge = build(DataLayout(home), PaidProvider(books, books / "clip.mp4"))
    return bridge.jobs.all()


def check_files(home: Path) -> None:
    for name in ("project.db", "ledger.db", "jobs.db"):
        with closing(sqlite3.connect(home / name)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert list((home / "scratch").iterdir()) == []
    assert [path for path in (home / "media").rglob("*") if path.name.endswith(".part")] == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_a_token_counts_once_every_job_is_done_and_paid_once(tmp_path: Path, books: Path, seed: int) -> None:
    home = tmp_path / "home"
    jobs = killed_five_times(home, books, SAFE, seed)
    assert {job.node_id for job in jobs} == NODES
    assert Counter(job.node_id for job in jobs) == Counter(NODES)
    assert [job.state for job in jobs] == ["done"] * 4
    assert Counter(PaidProvider(books, books).charges()) == Counter(job.id for job in jobs)
    bridge = build(DataLayout(home), PaidProvider(books, books / "clip.mp4"))
    states = {entry.token: entry.state for entry in bridge.ledger.all()}
    assert {job.id: states.pop(job.id) for job in jobs} == {job.id: "settled" for job in jobs}
    assert set(states.values()) <= {"released"}  # held for jobs that died before they were kept
    canvas = bridge.desk.view(jobs[0].canvas_id).canvas
    for job in jobs:
        takes = canvas.takes_of(job.node_id)
        assert [take.id for take in takes] == [job.take_id]
        assert canvas.nodes[job.node_id].pin == job.take_id
        assert bridge.blobs.verify(takes[0].outputs["video"].content)
    check_files(home)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [4, 5, 6])
def test_where_every_submit_is_billed_none_is_made_twice(tmp_path: Path, books: Path, seed: int) -> None:
    home = tmp_path / "home"
    jobs = killed_five_times(home, books, PLAIN, seed)
    assert Counter(job.node_id for job in jobs) == Counter(NODES)
    charges = Counter(PaidProvider(books, books).charges())
    assert set(charges.values()) <= {1}
    bridge = build(DataLayout(home), PaidProvider(books, books / "clip.mp4"))
    states = {entry.token: entry.state for entry in bridge.ledger.all()}
    for job in jobs:
        assert (job.state, states[job.id]) in (("done", "settled"), ("unknown", "unknown"))
        if job.state == "done":
            assert charges[job.id] == 1
        else:
            assert job.error is not None
            assert job.error.code == "unknown_outcome"
            assert "choose" in job.error.hint
    check_files(home)


@pytest.mark.parametrize(("model", "state"), [(PLAIN, "unknown"), (SAFE, "done")])
def test_a_kill_inside_the_submit_window(tmp_path: Path, books: Path, model: str, state: str) -> None:
    """Killed after a charge that the ledger has not heard of."""
    home = tmp_path / "home"
    assert run(home, books, model, -1) == -9
    window = _charged_but_not_noted(home, books)
    assert window
    assert run(home, books, model, 0) == 0
    bridge = build(DataLayout(home), PaidProvider(books, books / "clip.mp4"))
    jobs = {job.id: job for job in bridge.jobs.all()}
    assert {jobs[token].state for token in window} == {state}
    assert set(Counter(PaidProvider(books, books).charges()).values()) == {1}
    check_files(home)


def _charged_but_not_noted(home: Path, books: Path) -> set[str]:
    charged = PaidProvider(books, books).charges()
    if not charged:
        return set()
    with closing(sqlite3.connect(home / "ledger.db")) as connection:
        noted = {row[0] for row in connection.execute("SELECT token FROM entry WHERE remote_job IS NOT NULL")}
    return set(charged) - noted
