"""One contract for both agents: the same op in the same world gives the same answer and leaves the same world."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from tests.support.agent_cases import CASES, Case
from tests.support.agent_matrix import AGENTS, Mask, Twin, cell, films, matrix, play
from tests.support.agent_rig import PROFILES, spec

from takebridge.hosts.protocol import VERBS
from takebridge_resolve import agent
from takebridge_resolve.emulator import World
from takebridge_resolve.emulator.lua_host import LuaHost

SHARED_FACTS = ("product", "version", "edition", "page", "frame_rate_setting")
"""What both agents find out without writing; the others say how each of them runs."""


NEWEST = "21.1 studio"
PLAYS = [
    pytest.param(case, profile, marks=() if case.name == "done" or profile == NEWEST else pytest.mark.slow)
    for case in CASES
    for profile in PROFILES
]
"""What works is played everywhere; refusals and odd worlds on the newest build, the slow run has the others too."""


@pytest.mark.parametrize(("case", "profile"), PLAYS, ids=str)
def test_both_answer_alike_and_leave_the_same(case: Case, profile: str, tmp_path: Path) -> None:
    plays = []
    for name in AGENTS:
        folder = tmp_path / name
        folder.mkdir()
        plays.append(play(name, profile, case, folder, films()))
    first, second = plays
    assert told(case, second.answers) == told(case, first.answers)
    assert second.truth == first.truth


def told(case: Case, answers: list[Any]) -> list[Any]:
    """Answers without what each agent says in its own way."""
    if case.verb == "host.probe":
        return [{fact: answer["result"]["facts"].get(fact) for fact in SHARED_FACTS} for answer in answers]
    return answers


@pytest.mark.parametrize("profile", [*PROFILES, "21.0.4 free", "21.1 free"])
def test_both_offer_the_same(profile: str, tmp_path: Path) -> None:
    python, lua = (set(Twin(name, films(), profile, tmp_path).offered) for name in AGENTS)
    assert lua == python


def long_cut(name: str, folder: Path) -> Twin:
    """300 clips with their sound, more than a snapshot reads the looks of."""
    clip = spec(films())["clips"][0]
    twin = Twin(name, films(), "21.1 free", folder)
    twin.world = World.from_spec(
        {**spec(films()), "clips": [{**clip, "timeline_start": 48 * n} for n in range(300)]}, "21.1 free"
    )
    twin.ui, twin.resolve = twin.world.ui, twin.world.resolve
    sleep = twin.slept.append
    twin.desk = (
        agent.Desk(twin.resolve, sleep=sleep) if name == "python" else LuaHost(twin.world, folder).desk(sleep=sleep)
    )
    return twin


def test_both_read_a_long_timeline_alike_and_at_twelve_calls_an_item(tmp_path: Path) -> None:
    seen = []
    for name in AGENTS:
        with patch("uuid.uuid4", side_effect=map(UUID, map("{:032x}".format, itertools.count(1)))):
            twin = long_cut(name, tmp_path)
        twin.ui.call_log.clear()
        seen.append(Mask(tmp_path)(twin.snapshot()))
        assert len(twin.ui.call_log) <= 12 * 600
        assert len(seen[-1]["items"]) == 600
    assert seen[1] == seen[0]


def test_every_verb_has_a_case_that_works() -> None:
    first = {}
    for case in CASES:
        first.setdefault(case.verb, case.name)
    for_other_hosts = {"clip.swap"}  # Resolve has native takes
    assert {verb for verb, name in first.items() if name == "done"} == set(VERBS) - for_other_hosts


def test_a_verb_an_agent_lacks_is_a_cell_of_its_own() -> None:
    assert cell("lua", "18.6", "clip.rename").outcome == "not offered"
    assert cell("lua", "21.1 studio", "clip.rename").outcome == "ok"


@pytest.mark.slow
def test_the_whole_matrix_is_green() -> None:
    rows = matrix()
    assert len(rows) == len(AGENTS) * len(PROFILES) * len(VERBS)
    assert [row for row in rows if row.outcome not in ("ok", "not offered")] == []
