"""A person edits between any two calls of a reading: what is read is the cut before the edit, or the one after it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.agent_rig import START, Rig

from takebridge_resolve.emulator.lua_host import LuaHost

EDITS: dict[str, Callable[[Rig, str], object]] = {
    "delete": lambda rig, item: rig.ui.delete_item(item),
    "ripple": lambda rig, item: rig.ui.delete_item(item, ripple=True),
    "head": lambda rig, item: rig.ui.trim_item(item, head=5),
    "tail": lambda rig, item: rig.ui.trim_item(item, tail=5),
    "slip": lambda rig, item: rig.ui.slip_item(item, 4),
    "razor": lambda rig, item: rig.ui.razor_item(item, 60),
}


def cut(files: dict[str, str]) -> list[dict[str, Any]]:
    """Four clips: enough that the timeline is read from what Resolve writes of it."""
    return [
        {"path": files["b"], "track": 1, "timeline_start": 24 * at, "duration": 24, "source_start": 10 + at}
        for at in range(4)
    ]


def opened(make_rig: Callable[..., Rig], name: str, folder: Path) -> Rig:
    rig = make_rig("20.3", clips=cut(make_rig().files))
    if name == "lua":
        rig.desk = LuaHost(rig.world, folder).desk(sleep=rig.slept.append)
    return rig


def counted(rig: Rig, at: int, do: Callable[[], object]) -> list[int]:
    """Have ``do`` done right before the call numbered ``at`` from 0; the list holds how many calls were made."""
    made = [0]

    def counting() -> None:
        made[0] += 1
        if made[0] == at + 1:
            do()

    rig.ui.delay = counting  # type: ignore[method-assign]
    return made


@pytest.mark.parametrize("name", ["python", "lua"])
@pytest.mark.parametrize("edit", EDITS)
def test_what_is_read_is_one_state_of_the_cut(
    make_rig: Callable[..., Rig], tmp_path: Path, name: str, edit: str
) -> None:
    for at in itertools.count(step=1 if name == "python" else 4):  # a state of Lua takes its time
        rig = opened(make_rig, name, tmp_path)
        before = rig.result("timeline.snapshot")
        item = next(item["key"] for item in before["items"] if item["start_record_frame"] == START + 48)
        made = counted(rig, at, lambda rig=rig, item=item: EDITS[edit](rig, item))  # type: ignore[misc]
        seen = rig.result("timeline.snapshot")
        if made[0] <= at:
            break  # it was read in fewer calls
        counted(rig, -1, lambda: None)
        after = rig.result("timeline.snapshot")
        assert after != before
        assert seen in (before, after), f"edited before call {at}"
    assert at > 5 * len(before["items"])


@pytest.mark.parametrize("name", ["python", "lua"])
def test_a_cut_that_is_edited_all_the_while_is_not_waited_for(
    make_rig: Callable[..., Rig], tmp_path: Path, name: str
) -> None:
    rig = opened(make_rig, name, tmp_path)
    item, places = rig.snapshot()["items"][-1]["key"], itertools.count(START + 100)
    rig.ui.delay = lambda: rig.ui.move_item(item, next(places))  # type: ignore[method-assign]
    answer = rig.run("timeline.snapshot")
    assert (answer.outcome, answer.error and answer.error.code) == ("not_applied", "timeline_changed")
    assert answer.error.retryable
