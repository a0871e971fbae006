"""The job engine: once per job id, resumed after any death, bounded, and with nothing in its file that runs."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from takebridge.jobs.dbos_engine import WORKFLOW_PROTOCOL, JsonSerializer

ROOT = Path(__file__).parents[3]
ALL = ["submit", "wait", "collect"]


class EngineProcess:
    """The other end of ``tests/support/engine_script.py``."""

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        self.folder = folder
        self.process = process

    def tell(self, command: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def until(self, *lines: str) -> None:
        """Read what the process says until each of ``lines`` (a prefix) was said."""
        assert self.process.stdout is not None
        missing = list(lines)
        while missing:
            said = self.process.stdout.readline()
            assert said, f"the process ended before it said {missing}"
            missing = [line for line in missing if not said.startswith(line)]

    def begin(self, *jobs: str) -> None:
        for job in jobs:
            self.tell(f"begin {job}")

    def release(self, job: str) -> None:
        (self.folder / f"release.{job}").touch()

    def unfinished(self) -> list[str]:
        self.tell("unfinished")
        assert self.process.stdout is not None
        while not (said := self.process.stdout.readline()).startswith("unfinished"):
            assert said
        return said.split()[1:]

    def until_all_ended(self) -> None:
        while self.unfinished():
            pass

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.tell("stop")
        self.until("stopped")
        assert self.process.wait() == 0


@contextmanager
def engine(folder: Path, protocol: str = "2") -> Iterator[EngineProcess]:
    command = [sys.executable, str(ROOT / "tests/support/engine_script.py"), str(folder), protocol]
    with (folder / "stderr").open("a") as stderr, ExitStack() as closing_down:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True)
        closing_down.callback(process.communicate)
        closing_down.callback(process.kill)
        running = EngineProcess(folder, process)
        running.until("ready")
        yield running


def effects(folder: Path, job: str) -> list[str]:
    """Names of the steps of a job in the order they began."""
    lines = (line.split() for line in (folder / "effects").read_text().splitlines())
    return [words[0] for words in lines if words[1:2] == [job] and words[0] in (*ALL, "left", "crashed")]


def test_a_job_begun_twice_runs_once_also_after_a_restart(tmp_path: Path) -> None:
    with engine(tmp_path) as first:
        first.begin("plain1", "plain1")
        first.until("collect plain1")
        first.until_all_ended()
        first.stop()
    with engine(tmp_path) as second:
        second.begin("plain1", "plain2")
        second.until("collect plain2")
        second.until_all_ended()
        second.stop()
    assert effects(tmp_path, "plain1") == ALL
    assert effects(tmp_path, "plain2") == ALL


def test_a_job_killed_while_it_waits_goes_on_waiting_and_is_not_submitted_again(tmp_path: Path) -> None:
    with engine(tmp_path) as first:
        first.begin("hold1")
        first.until("wait hold1")
        first.kill()
    with engine(tmp_path) as second:
        assert second.unfinished() == ["hold1"]
        second.release("hold1")
        second.until("collect hold1")
        second.until_all_ended()
        second.stop()
    assert effects(tmp_path, "hold1") == ["submit", "wait", "wait", "collect"]


def test_a_workflow_that_left_is_said_to_have_once(tmp_path: Path) -> None:
    with engine(tmp_path) as running:
        running.begin("end1", "plain1", "boom.wait.1")
        running.until("gone end1", "gone plain1", "gone boom.wait.1")
        running.until_all_ended()
        running.stop()
    gone = [line for line in (tmp_path / "effects").read_text().splitlines() if line.startswith("gone")]
    assert sorted(gone) == ["gone boom.wait.1", "gone end1", "gone plain1"]


def test_another_attempt_at_a_job_is_another_workflow_of_it(tmp_path: Path) -> None:
    with engine(tmp_path) as running:
        running.begin("end1")
        running.until("gone end1")
        running.begin("end1", "end1~2")
        running.until("gone end1~2")
        running.tell("knows end1~2")
        running.until("knows end1~2 True")
        running.tell("knows end1~3")
        running.until("knows end1~3 False")
        running.stop()
    assert effects(tmp_path, "end1") == ["submit", "submit"]


def test_stopping_leaves_the_job_pending_and_it_goes_on_at_the_next_start(tmp_path: Path) -> None:
    with engine(tmp_path) as first:
        first.begin("hold1")
        first.until("wait hold1")
        first.tell("stop")
        first.until("left hold1")
        first.until("stopped")  # only after the step has left: the data folder is free then
        assert first.process.wait() == 0
    with engine(tmp_path) as second:
        assert second.unfinished() == ["hold1"]
        second.release("hold1")
        second.until("collect hold1")
        second.stop()
    assert effects(tmp_path, "hold1") == ["submit", "wait", "left", "wait", "collect"]


def test_a_restart_inside_one_process_resumes_too(tmp_path: Path) -> None:
    with engine(tmp_path) as running:
        running.begin("hold1")
        running.until("wait hold1")
        running.tell("restart")
        running.until("left hold1")
        running.until("ready")
        running.release("hold1")
        running.until("collect hold1")
        running.begin("plain1")
        running.until("collect plain1")
        running.stop()
    assert effects(tmp_path, "hold1") == ["submit", "wait", "left", "wait", "collect"]


@pytest.mark.parametrize("step", ALL)
def test_an_error_nobody_foresaw_ends_the_job_visibly_and_holds_nothing_up(tmp_path: Path, step: str) -> None:
    with engine(tmp_path) as running:
        job = f"boom.{step}.1"
        running.begin(job, "plain1")
        running.until(f"crashed {job} ValueError: nobody foresaw {job}", "collect plain1")
        running.until_all_ended()
        running.stop()
    with engine(tmp_path) as again:
        assert again.unfinished() == []
        again.stop()
    assert effects(tmp_path, job) == [*ALL[: ALL.index(step) + 1], "crashed"]


def test_a_step_that_ends_the_job_is_the_last(tmp_path: Path) -> None:
    with engine(tmp_path) as running:
        running.begin("end1", "plain1")
        running.until("collect plain1")
        running.until_all_ended()
        running.stop()
    assert effects(tmp_path, "end1") == ["submit"]


def test_jobs_of_another_protocol_are_left_alone_and_still_named_until_forgotten(tmp_path: Path) -> None:
    with engine(tmp_path, protocol="1") as first:
        first.begin("hold1")
        first.until("wait hold1")
        first.kill()
    with engine(tmp_path) as newer:
        newer.release("hold1")
        newer.begin("plain1", "hold1")  # begun before, by the other release: not begun again
        newer.until("collect plain1")
        while newer.unfinished() != ["hold1!"]:
            pass
        assert effects(tmp_path, "hold1") == ["submit", "wait"]
        newer.tell("forget hold1")
        newer.until("forgotten hold1")
        assert newer.unfinished() == []
        newer.begin("hold1~2")
        newer.until("collect hold1")
        newer.stop()


def test_the_engines_file_is_private_logged_ahead_and_holds_json_only(tmp_path: Path) -> None:
    with engine(tmp_path) as running:
        running.begin("plain1", "boom.wait.1")
        running.until("collect plain1", "crashed boom.wait.1")
        running.until_all_ended()
        modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("jobs.db*")}
        assert modes == {0o600}
        running.stop()
    with closing(sqlite3.connect(tmp_path / "jobs.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        inputs = connection.execute("SELECT inputs FROM workflow_input").fetchall()
        named = connection.execute("SELECT DISTINCT serialization FROM workflow_status").fetchall()
        values = [value for table in _tables(connection) for row in _rows(connection, table) for value in row]
    assert named == [("takebridge_json",)]
    assert sorted(json.loads(text)["args"] for (text,) in inputs) == [["boom.wait.1"], ["plain1"]]
    # A pickle of protocol 2 or later begins with byte 0x80 and its number; in base64 that is "gA".
    pickles = [
        value for value in values if str(value).startswith("gA") or (isinstance(value, bytes) and value[:1] == b"\x80")
    ]
    assert pickles == []


def _tables(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")]


def _rows(connection: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    return connection.execute(f'SELECT * FROM "{table}"').fetchall()


# --- the serializer -------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [None, True, "job_1", 7, ["a", 1], {"x": {"y": [None]}}, "“ü”", ""])
def test_values_come_back(value: Any) -> None:
    serializer = JsonSerializer()
    assert serializer.deserialize(serializer.serialize(value)) == value


def test_arguments_come_back_as_the_tuple_the_engine_expects() -> None:
    serializer = JsonSerializer()
    back = serializer.deserialize(serializer.serialize({"args": ("job_1",), "kwargs": {}}))
    assert back == {"args": ("job_1",), "kwargs": {}}


def test_an_exception_comes_back_as_its_words() -> None:
    serializer = JsonSerializer()
    back = serializer.deserialize(serializer.serialize(ValueError("no “way”")))
    assert isinstance(back, RuntimeError)
    assert str(back) == "ValueError: no “way”"


def test_a_pickle_is_not_run() -> None:
    with pytest.raises(json.JSONDecodeError):
        JsonSerializer().deserialize("gASVCwAAAAAAAACMBXBvc2l4lC4=")


def test_the_protocol_number_is_not_a_hash_of_the_source() -> None:
    assert re.fullmatch(r"\d+", WORKFLOW_PROTOCOL)
