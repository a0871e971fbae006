"""A take that was pulled by itself is agreed on: the next round trip neither brings it again nor sees a conflict."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.support.roundtrip_rig import RATES, RoundTripRig

from takebridge.canvas.model import Take
from takebridge.services.pull import PullRequest, pull


def pulled(folder: Path, label: str) -> tuple[RoundTripRig, Take]:
    rig = RoundTripRig(folder, label, clips=4)
    rig.push_all()
    take = rig.take(2, pin=True)
    asyncio.run(pull(rig.bridge, rig.as_host, PullRequest(link_id=rig.link(2).id, take_id=take.id)))
    return rig, take


@pytest.mark.parametrize("label", sorted(RATES))
def test_after_a_pull_both_sides_agree(label: str, tmp_path: Path) -> None:
    rig, _take = pulled(tmp_path, label)
    found = rig.trip()
    assert (found.outcome, found.conflicts, found.edits) == ("nothing", [], [])


def test_a_take_pinned_after_the_pull_is_brought_without_a_question(tmp_path: Path) -> None:
    rig, _take = pulled(tmp_path, "23.976")
    before = rig.item(2)
    takes, place = len(before.takes), (before.start, before.end)
    rig.take(2, pin=True, number=3)
    found = rig.trip()
    assert (found.outcome, found.conflicts) == ("applied", [])
    after = rig.item(2)
    assert (len(after.takes), (after.start, after.end)) == (takes + 1, place)


def test_what_was_trimmed_after_the_pull_stays_the_editors(tmp_path: Path) -> None:
    rig, _take = pulled(tmp_path, "23.976")
    item = rig.item(2)
    rig.ui.trim_item(item.id, head=3)
    rig.take(2, pin=True, number=3)
    trimmed = (rig.item(2).start, rig.item(2).end)
    found = rig.trip()
    assert (found.outcome, found.conflicts) == ("applied", [])
    assert (rig.item(2).start, rig.item(2).end) == trimmed


def test_a_take_an_editor_put_aside_after_the_pull_stays_aside(tmp_path: Path) -> None:
    rig, _take = pulled(tmp_path, "23.976")
    rig.ui.select_take(rig.item(2).id, 1)
    found = rig.trip()
    assert (found.outcome, found.conflicts, found.edits) == ("nothing", [], [])
    assert rig.item(2).selected_take == 1
