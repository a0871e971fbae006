"""The demo's verdict must fail when anything is off."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from takebridge.errors import BridgeError
from takebridge_server.demo.checks import Verdict, best_match
from takebridge_server.demo.footage import prepare
from takebridge_server.demo.story import compare_timelines, tell

LOOK = {"properties": {"ZoomX": 1.1}, "color": "Orange"}


def item(key: str, start: int, **changes: Any) -> dict[str, Any]:
    plain = {"id": key, "start_record_frame": start, "end_record_frame": start + 24, "duration": 24}
    source = {"media_path": f"/footage/{key}.mp4", "left_offset": 30, "takes": [], "selected_take": 0}
    return {**plain, **source, "linked": [f"{key} sound"], "look": LOOK, **changes}


def timeline(*items: dict[str, Any]) -> dict[str, Any]:
    return {"tracks": [{"type": "video", "index": 1, "items": list(items)}]}


BEFORE = timeline(item("a", 0), item("b", 24), item("c", 48))
TAKES = [
    {"media_path": "/footage/b.mp4", "start": 30, "end": 54},
    {"media_path": "/takes/previz.mov", "start": 12, "end": 36},
    {"media_path": "/takes/upscale.mov", "start": 12, "end": 36},
]
SWAPPED = {"media_path": "/takes/upscale.mov", "left_offset": 12, "takes": TAKES, "selected_take": 3}
AFTER = timeline(item("a", 0), item("b", 24, **SWAPPED), item("c", 48))
REPORTS = {"upscale": {"path": "/takes/upscale.mov", "head": 12}, "previz": {"path": "/takes/previz.mov", "head": 12}}


def verdict_on(after: dict[str, Any]) -> Verdict:
    verdict = Verdict()
    compare_timelines(verdict, BEFORE, after, REPORTS)
    return verdict


def test_a_swap_that_touched_nothing_else_passes() -> None:
    assert verdict_on(AFTER).passed


def clip_of(after: dict[str, Any], index: int) -> dict[str, Any]:
    found: dict[str, Any] = after["tracks"][0]["items"][index]
    return found


DISTURBANCES: dict[str, Callable[[dict[str, Any]], object]] = {
    "one frame later": lambda t: clip_of(t, 1).update(start_record_frame=25, end_record_frame=49),
    "one frame longer": lambda t: clip_of(t, 1).update(end_record_frame=49, duration=25),
    "a take lost": lambda t: clip_of(t, 1).update(takes=TAKES[:2]),
    "the wrong take selected": lambda t: clip_of(t, 1).update(selected_take=2),
    "the wrong media shown": lambda t: clip_of(t, 1).update(media_path="/takes/previz.mov"),
    "source in off by one": lambda t: clip_of(t, 1).update(left_offset=13),
    "the grade gone": lambda t: clip_of(t, 1).update(look={}),
    "the sound unlinked": lambda t: clip_of(t, 1).update(linked=[]),
    "a neighbour moved": lambda t: clip_of(t, 2).update(start_record_frame=47),
    "a neighbour gone": lambda t: t["tracks"][0]["items"].pop(),
}


@pytest.mark.parametrize("name", DISTURBANCES)
def test_every_disturbance_fails_it(name: str) -> None:
    after = copy.deepcopy(AFTER)
    DISTURBANCES[name](after)
    assert not verdict_on(after).passed


def test_nothing_checked_is_no_pass() -> None:
    assert not Verdict().passed


def test_the_most_alike_picture_is_found() -> None:
    pictures = [np.full((36, 64, 3), level, np.uint8) for level in (20, 90, 160)]
    assert best_match(np.full((72, 128, 3), 95, np.uint8), pictures) == 1


def test_footage_that_is_none_is_refused_with_a_next_step(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no footage")
    with pytest.raises(BridgeError) as caught:
        prepare([text], tmp_path)
    assert caught.value.hint


def test_a_folder_of_somebody_else_is_not_emptied(tmp_path: Path) -> None:
    kept = tmp_path / "data" / "diary.txt"
    kept.parent.mkdir()
    kept.write_text("mine")
    with pytest.raises(BridgeError):
        tell([], tmp_path, "20.3", None)
    assert kept.read_text() == "mine"
