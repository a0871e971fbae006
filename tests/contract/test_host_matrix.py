"""Every editor × every verb: green or not offered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.support.agent_rig import PROFILES as RESOLVES
from tests.support.host_matrix import DOCUMENTS, ROWS, Column, columns, matrix, red
from tests.support.premiere_runner import need_node

from takebridge.hosts.protocol import VERBS


@pytest.fixture(scope="module")
def editors() -> Iterator[list[Column]]:
    need_node()
    with columns() as found:
        yield found


def test_every_cell_is_done_or_not_offered(editors: list[Column]) -> None:
    others = [one for one in editors if not one.host.startswith("Resolve")]  # those have a matrix of their own
    rows = matrix(others)
    assert len(rows) == len(others) * (len(VERBS) + len(DOCUMENTS))
    assert red(rows) == []
    for editor in others:
        assert any(row.outcome == "ok" for row in rows if row.agent == editor.host), editor.host


def test_all_editors_are_there(editors: list[Column]) -> None:
    families = {one.host.split(" ")[0] for one in editors}
    assert families == {"Resolve", "Premiere", "Final", "CapCut", "Exchange"}


def test_a_cell_that_goes_wrong_is_red() -> None:
    rows = matrix([Column("Broken", lambda row: "host_rejected" if row == "clip.place" else "ok")])
    assert [row.verb for row in red(rows)] == ["clip.place"]


@pytest.mark.slow
def test_the_whole_matrix_is_green() -> None:
    need_node()
    with columns(RESOLVES) as found:
        rows = matrix(found)
    assert len(rows) == len(found) * len(ROWS)
    assert red(rows) == []
