"""A process by its id and its beginning: ended, not yet reaped, and an id that was given to another."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest
from tests.support.server import PATIENCE

from takebridge_server import process_life
from takebridge_server.process_life import Life, life_of


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing until its stdin ends."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as one:
        yield one
        one.kill()


def test_a_process_lives_until_it_ends(child: subprocess.Popen[bytes]) -> None:
    life = life_of(child.pid)
    assert life is not None and life.began and not life.has_ended()
    child.kill()
    child.wait()
    assert life_of(child.pid) is None and life.has_ended()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no zombies")
def test_one_that_nobody_reaped_has_ended(child: subprocess.Popen[bytes]) -> None:
    life = life_of(child.pid)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE
    assert life is not None and life.has_ended()


@pytest.mark.skipif(os.name == "nt", reason="no such signal there")
def test_a_stopped_process_has_not_ended(child: subprocess.Popen[bytes]) -> None:
    life = life_of(child.pid)
    psutil.Process(child.pid).suspend()
    assert life is not None and not life.has_ended()


def test_an_id_given_to_another_process_is_not_the_old_one(child: subprocess.Popen[bytes]) -> None:
    now = life_of(child.pid)
    assert now is not None
    assert Life(child.pid, now.began + "0").has_ended()
    assert not Life(child.pid).has_ended(), "where no beginning is known, only absence is the end"


def test_two_processes_began_at_two_times(child: subprocess.Popen[bytes]) -> None:
    mine, its = life_of(os.getpid()), life_of(child.pid)
    assert mine is not None and its is not None and mine.began != its.began


@pytest.mark.parametrize("pid", [0, -1, -(1 << 40), 1 << 31, 1 << 70])
def test_what_is_no_id_is_no_process(pid: int) -> None:
    """A signal to 0 or below would go to a whole group of processes."""
    assert life_of(pid) is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_name_full_of_brackets_is_read_past(tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("odd") / "a) S 1 (b"
    place.symlink_to("/bin/sleep")
    with subprocess.Popen([str(place), str(PATIENCE)]) as odd:
        try:
            told = psutil.Process(odd.pid).create_time() - psutil.boot_time()
            life = life_of(odd.pid)
            assert life is not None
            assert int(life.began) / os.sysconf("SC_CLK_TCK") == pytest.approx(told, abs=2)
        finally:
            odd.kill()


@pytest.mark.skipif(os.name == "nt", reason="asks by a signal")
def test_where_nothing_but_signals_tells(child: subprocess.Popen[bytes]) -> None:
    """A system without /proc: the id alone counts."""
    assert process_life._signalled(child.pid) == Life(child.pid)
    child.kill()
    child.wait()
    assert process_life._signalled(child.pid) is None
