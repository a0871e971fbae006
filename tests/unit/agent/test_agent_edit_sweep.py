"""Every op that changes a timeline, disturbed at one API call after another: a crash, a dialog, another timeline.

What counts is the truth of the emulator: not applied means as before, verified means done, and asked again it is done
once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from tests.support.agent_rig import START, Crash, Rig

from takebridge_resolve import agent

STAMP = "tb-0123456789ab"
PROFILES = ("18.6", "20.3", "21.1 studio")
EVERY = 5
"""Each fifth call is disturbed, beginning with another one for each profile; writes are disturbed always."""


def place(rig: Rig) -> dict[str, Any]:
    span = {"start_record_frame": START + 100, "end_record_frame": START + 130}
    source = {"start_source_frame": 5, "end_source_frame": 35}
    return {"media_id": rig.bring("take1"), "track": {"type": "video", "index": 1}, **span, **source}


def linked_sound(rig: Rig) -> dict[str, Any]:
    clip = rig.clip()
    args = {**place(rig), "media_id": clip["media"]["id"], "track": {"type": "audio", "index": 1}}
    return {**args, "link": [clip["key"]]}


def mark(rig: Rig) -> dict[str, Any]:
    return {"record_frame": START + 12, "color": "Red", "name": "Hook", "duration_frames": 1}


def marked(rig: Rig) -> dict[str, Any]:
    rig.result("marker.add", mark(rig), rig.expect())
    return {"record_frame": START + 12}


def copied(rig: Rig) -> dict[str, Any]:
    return {"timeline_id": rig.result("timeline.duplicate", {"name": "TakeBridge safety"}, rig.expect())["timeline_id"]}


OPS: dict[str, tuple[str, Callable[[Rig], dict[str, Any]]]] = {
    "place": ("clip.place", place),
    "place and link": ("clip.place", linked_sound),
    "delete": ("clip.delete", lambda rig: {"clips": [rig.ref("b")]}),
    "disable": ("clip.set_enabled", lambda rig: {**rig.ref(), "enabled": False}),
    "stamp": ("clip.stamp", lambda rig: {**rig.ref(), "stamp": STAMP}),
    "mark": ("marker.add", mark),
    "unmark": ("marker.remove", marked),
    "copy": ("timeline.duplicate", lambda rig: {"name": "Copy"}),
    "rename": ("timeline.rename", lambda rig: {**copied(rig), "name": "Before"}),
    "drop the copy": ("timeline.delete", copied),
    "track": ("track.add", lambda rig: {"type": "audio", "index": 3}),
}


class Scene:
    """One op on a world of its own, with a person's second timeline in it."""

    def __init__(self, files: dict[str, str], profile: str, name: str) -> None:
        self.rig = Rig(files, profile)
        self.rig.second_timeline()
        self.verb, prepare = OPS[name]
        self.args, self.expect = prepare(self.rig), self.rig.expect()
        self.count, self.at, self.do = 0, -1, (lambda: None)
        self.rig.ui.fire = self.fire  # type: ignore[method-assign, assignment]

    def fire(self, name: str, when: str) -> None:
        """Count the calls, before and after each, and disturb one of them."""
        if self.count == self.at:
            self.at = -1
            self.do()
        self.count += 1

    def run(self) -> Any:
        return self.rig.run(self.verb, self.args, self.expect)

    def disturbed(self, at: int, do: Callable[[], None]) -> Any:
        self.count, self.at, self.do = 0, at, do
        return self.run()

    def facts(self) -> Any:
        """The truth without ids: every timeline with its items, and what the pool's items carry."""
        project = self.rig.world.project
        pool = sorted((media.name, dict(media.third_party)) for media in project.all_media() if media.third_party)
        return {timeline.name: timeline_facts(timeline) for timeline in project.timelines}, str(pool)


def timeline_facts(timeline: Any) -> Any:
    place = {item.id: (kind, index, item.start) for kind, index, _, item in timeline.located()}
    items = [
        (
            place[item.id],
            item.duration,
            item.label,
            item.source_start,
            item.enabled,
            sorted(place[other] for other in item.linked),
            [(at, marker.custom_data) for at, marker in item.markers.items()],
        )
        for *_, item in timeline.located()
    ]
    counts = {kind: len(tracks) for kind, tracks in timeline.tracks.items()}
    return counts, items, [(at, marker.name) for at, marker in timeline.markers.items()]


@pytest.fixture(scope="module")
def undisturbed(files: dict[str, str]) -> dict[tuple[str, str], tuple[Any, Any, list[int]]]:
    """Per profile and op: the facts before and after, and which moments to disturb."""
    found = {}
    for shift, profile in enumerate(PROFILES):
        for name in OPS:
            scene = Scene(files, profile, name)
            before, logged = scene.facts(), len(scene.rig.ui.call_log)
            scene.count = 0
            assert scene.run().outcome == "verified"
            calls = scene.rig.ui.call_log[logged:]
            writes = {
                at
                for at, call in enumerate(calls)
                if call.name.startswith(("Set", "Add", "Append", "Delete", "Duplicate"))
            }
            moments = {2 * at + edge for at in writes for edge in (0, 1, 2)}
            moments |= set(range(shift, 2 * len(calls), 2 * EVERY))
            found[profile, name] = before, scene.facts(), sorted(moments)
    return found


@pytest.mark.parametrize("name", OPS)
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("disturbance", ["crash", "dialog", "another timeline"])
def test_one_disturbance_at_every_moment(
    files: dict[str, str],
    undisturbed: dict[tuple[str, str], tuple[Any, Any, list[int]]],
    profile: str,
    name: str,
    disturbance: str,
) -> None:
    before, done, moments = undisturbed[profile, name]
    for at in moments:
        scene = Scene(files, profile, name)
        outcome = disturb(scene, at, disturbance)
        told = f"{outcome} at {at}"
        if outcome == "not_applied":
            assert scene.facts() == before, told
        if outcome == "verified":
            assert scene.facts() == done, told
        settle(scene)
        again = scene.run()
        assert again.outcome == "verified", (told, again)
        assert scene.facts() == done, told


def disturb(scene: Scene, at: int, disturbance: str) -> str:
    """Run the op with one disturbance; the outcome, or "crash"."""
    if disturbance == "dialog":
        return str(scene.disturbed(at, scene.rig.ui.modal).outcome)
    if disturbance == "another timeline":
        return str(scene.disturbed(at, lambda: scene.rig.ui.switch_timeline("Other")).outcome)

    def die() -> None:
        raise Crash

    with suppress(Crash):
        scene.disturbed(at, die)
    scene.rig.desk = agent.Desk(scene.rig.resolve, sleep=scene.rig.slept.append)
    return "crash"


def settle(scene: Scene) -> None:
    """The person closes the dialog and opens the cut again."""
    scene.rig.ui.dismiss_modal()
    current = scene.rig.world.project.current_timeline
    if current is not None and current.name == "Other":
        scene.rig.ui.switch_timeline("Cut")
