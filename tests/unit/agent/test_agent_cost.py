"""What reading costs: every API call is a round trip into Resolve, and thousands in a row have crashed it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.agent_rig import PROFILES, Rig, refs
from tests.support.agent_server import AgentServer
from tests.unit.agent.test_agent_link import Running

from takebridge_server.sessions import POLL_SECONDS

CLIPS = 300


def long_cut(files: dict[str, str], *, audio: bool) -> list[dict[str, Any]]:
    """Butt-joined clips of a second each; with ``audio`` each with its linked sound."""
    return [
        {"path": files["a"], "track": 1, "timeline_start": 24 * at, "duration": 24, "source_start": at % 60}
        | ({"audio": True} if audio else {})
        for at in range(CLIPS)
    ]


def cost(rig: Rig, args: dict[str, Any]) -> tuple[int, Any]:
    """API calls of a snapshot, and the snapshot."""
    rig.ui.call_log.clear()
    seen = rig.result("timeline.snapshot", args)
    return len(rig.ui.call_log), seen


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("audio", [False, True])
def test_a_snapshot_is_at_most_twelve_calls_an_item(make_rig: Callable[..., Rig], profile: str, audio: bool) -> None:
    rig = make_rig(profile, clips=long_cut(make_rig().files, audio=audio))
    calls, seen = cost(rig, {})
    assert len(seen["items"]) == CLIPS * (2 if audio else 1)
    assert calls <= 12 * len(seen["items"])


@pytest.mark.parametrize("profile", PROFILES)
def test_a_light_snapshot_is_hardly_more_than_one(make_rig: Callable[..., Rig], profile: str) -> None:
    rig = make_rig(profile, clips=long_cut(make_rig().files, audio=False))
    assert cost(rig, {"detail": []})[0] <= CLIPS + 40


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_saved_loses_no_fact_but_the_look(make_rig: Callable[..., Rig], profile: str) -> None:
    """The same timeline read in full, item by item, says the same of links, source frames, speed and takes."""
    rig = make_rig(profile, clips=long_cut(make_rig().files, audio=True))
    _, light = cost(rig, {})
    _, full = cost(rig, {"detail": [item["key"] for item in light["items"]]})
    assert all(item["look"] and item["style"] for item in full["items"])
    assert all(item["look"] == item["style"] == "" for item in light["items"])
    without = [{**item, "look": "", "style": ""} for item in full["items"]]
    assert light["items"] == without
    assert light["timeline"]["revision"] == full["timeline"]["revision"]


def test_a_retimed_clip_says_its_speed_among_many(make_rig: Callable[..., Rig]) -> None:
    clips = long_cut(make_rig().files, audio=False)
    clips[7] = {**clips[7], "source_start": 0, "speed_percent": 200}
    rig = make_rig("21.1 studio", clips=clips)
    speeds = [item["speed"] for item in cost(rig, {})[1]["items"]]
    assert (speeds[6], speeds[7], speeds[8]) == ("1", "2", "1")


def test_linked_sound_of_other_media_is_found_among_many(make_rig: Callable[..., Rig]) -> None:
    """Sound that was moved away from under its picture, and is linked with it all the same."""
    rig = make_rig("20.3", clips=long_cut(make_rig().files, audio=True))
    timeline = rig.world.project.current_timeline
    assert timeline is not None
    picture, sound = (timeline.tracks[kind][0].items for kind in ("video", "audio"))
    for item in (picture[3], picture[4]):
        rig.ui.unlink_item(item.id)
    picture[3].linked, sound[4].linked = {sound[4].id}, {picture[3].id}
    items = {item["key"]: item["linked"] for item in cost(rig, {})[1]["items"]}
    assert items[picture[3].id] == [sound[4].id]
    assert items[sound[4].id] == [picture[3].id]
    assert items[sound[5].id] == [picture[5].id]
    assert (items[sound[3].id], items[picture[4].id]) == ([], [])


def test_a_few_items_have_their_looks(every: Rig) -> None:
    assert all(item["look"] for item in every.snapshot()["items"])


@pytest.mark.parametrize("profile", PROFILES)
def test_a_pull_makes_no_needless_calls(make_rig: Callable[..., Rig], profile: str) -> None:
    """The ops of a pull on one clip: find it, import, add and select, read back the places."""
    files = make_rig().files
    rig = make_rig(profile, clips=[{"path": files["b"], "timeline_start": 0, "duration": 48, "source_start": 24}])
    key, tracks = rig.state().id, refs(("video", 1))
    rig.ui.call_log.clear()
    info = rig.result("timeline.snapshot", {"tracks": tracks, "detail": [key]})["timeline"]
    expect = {name: info[name] for name in ("project_id", "timeline_id", "revision")} | {"tracks": tracks}
    media = rig.result("media.import", {"path": files["take1"], "bin": ["TakeBridge", "Shot 1"]})["media"]["id"]
    before = len(rig.ui.call_log)
    ref = rig.ref()
    spent = len(rig.ui.call_log) - before
    source = {"media_id": media, "start_source_frame": 6, "end_source_frame": 54}
    assert rig.result("clip.add_take", {**ref, **source}, expect)["changed"]
    rig.result("timeline.snapshot", {"tracks": tracks, "detail": [key]})
    assert len(rig.ui.call_log) - spent <= 265


def test_an_idle_agent_asks_only_when_its_poll_has_ended(rig: Rig, tmp_path: Path) -> None:
    with AgentServer(tmp_path, poll_seconds=1) as server:
        running = Running(rig.resolve, tmp_path)
        server.wait_for(lambda: server.polls)
        began, first = time.monotonic(), len(server.polls)
        server.wait_for(lambda: len(server.polls) >= first + 3)
        assert time.monotonic() - began >= 2.5
        server.call("agent.stop")
        running.join()


def test_the_bridge_holds_a_poll_for_at_least_25_seconds() -> None:
    assert 25 <= POLL_SECONDS <= 60
