"""What waits for a decision is seen by everybody who looks at the cut, before anybody compares it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.support.cut_view_rig import CutRig

from takebridge.cut.view_types import CutConflict
from takebridge.services.cut_view_conflicts import Conflicts


@pytest.fixture
def rig(tmp_path: Path) -> CutRig:
    return CutRig(tmp_path, clips=3)


def waiting(rig: CutRig, known: Conflicts | None = None) -> tuple[CutConflict, ...]:
    """As a page asks for it, after a restart unless ``known`` remembers."""
    reading = asyncio.run(rig.reading(fresh=True))
    return (known or Conflicts()).of(rig.bridge, rig.canvas_id, reading)


def test_nothing_waits_without_a_base(rig: CutRig) -> None:
    assert waiting(rig) == ()


def test_a_deleted_clip_that_gets_a_new_take_waits_until_somebody_decides(rig: CutRig) -> None:
    rig.push_all()
    known = Conflicts()
    assert waiting(rig, known) == ()
    rig.ui.delete_item(rig.item(2).id)
    take = rig.take(2)
    (found,) = waiting(rig, known)
    assert (found.shot, found.link_id, found.node) == ("SH020", rig.link(2).id, take.node_id)
    assert waiting(rig) == (found,)  # another process, another person
    assert {found.id} == {one.id for one in rig.dry().decisions}
    assert rig.trip(choices={found.id: "editor"}).outcome in ("applied", "nothing")
    assert waiting(rig, known) == ()


def test_a_trim_and_a_new_take_go_together(rig: CutRig) -> None:
    rig.push_all()
    rig.take(2)
    rig.ui.trim_item(rig.item(2).id, head=3)
    assert waiting(rig) == ()
