"""Premiere on a bad day, met by the bridge's own use cases: the real agent over the strict fake."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.panel_line import Panel, panel_bench
from tests.support.premiere_rig import PremiereHost, footage
from tests.support.premiere_rig import film as one_film
from tests.support.premiere_runner import PremiereRunner, need_node
from tests.support.premiere_trip import PremiereTrip, film
from tests.support.roundtrip_rig import CLIP_FRAMES
from tests.support.server import PATIENCE

from takebridge.errors import BridgeError, HostBusyError, HostTimeoutError
from takebridge.hosts import calls
from takebridge.hosts.protocol import ImportArgs, PingArgs
from takebridge.services.push import PushRequest, push
from takebridge_server.sessions import HUNG_UP_SECONDS, POLL_SECONDS, SILENT_POLLS

F = CLIP_FRAMES


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., PremiereTrip]]:
    """One process for all tests of this module; each begins with a film nobody has touched."""
    need_node()
    root = tmp_path_factory.mktemp("premiere")
    runner = PremiereRunner("26.3.0", film(root / "media", "25", 2))
    count = 0

    def begin(below: str = "", **names: str) -> PremiereTrip:
        nonlocal count
        count += 1
        folder = root / f"trip{count}" / below
        folder.mkdir(parents=True)
        runner.open(named(film(folder / "media", "25", 2), **names))
        return PremiereTrip(folder, runner, "25", 2)

    yield begin
    runner.close()


def named(given: dict[str, Any], *, project: str = "", sequence: str = "", clip: str = "") -> dict[str, Any]:
    """The film under other names."""
    shots = [{**shot, "name": clip or shot["name"]} for shot in given["tracks"]["video"][0]]
    names = {"project": project or given["project"], "name": sequence or given["name"]}
    return {**given, **names, "tracks": {"video": [shots], "audio": [shots]}}


@pytest.fixture
def trip(stage: Callable[..., PremiereTrip]) -> PremiereTrip:
    made = stage()
    made.push_all()
    made.take(1, number=2)
    return made


def cut_of(trip: PremiereTrip) -> dict[str, Any]:
    """The open project's sequences as the fake holds them."""
    world = trip.runner.ask("world")
    found: dict[str, Any] = world["projects"][world["active"]]["sequences"]
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


def problem(trip: PremiereTrip, how: str = "take") -> str:
    """Put take of shot 1; it must be refused in words, with what to do."""
    (outcome,) = trip.put(1, how=how)
    assert outcome.error is not None and outcome.error["hint"], outcome
    return outcome.sentence


# --- what goes wrong in Premiere ------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["take", "above", "replace"])
def test_one_undo_brings_back_exactly_what_was_there(trip: PremiereTrip, how: str) -> None:
    before = cut_of(trip)
    (outcome,) = trip.put(1, how=how)
    assert outcome.error is None and outcome.changed, outcome
    assert cut_of(trip) != before
    label = trip.person("undo")
    assert label.startswith("TakeBridge: ") and "“" in label and len(label) <= 96 and label.isprintable(), label
    assert cut_of(trip) == before


@pytest.mark.parametrize("how", ["take", "replace"])
def test_a_sequence_closed_in_the_middle_is_told_and_nothing_is_half_done(trip: PremiereTrip, how: str) -> None:
    before = trip.raw("video"), trip.raw("audio")
    trip.person("closeSequence", None, when="Project.lockedAccess")
    problem(trip, how)
    trip.person("openSequence", "Cut")
    (outcome,) = trip.put(1, how=how)
    assert outcome.error is None and outcome.changed, outcome
    assert trip.raw("audio") == before[1]


def test_an_import_that_brings_nothing_changes_nothing_and_works_the_next_time(trip: PremiereTrip) -> None:
    before = cut_of(trip)
    trip.person("quirk", "importFails", True)
    assert "did not import" in problem(trip)
    assert cut_of(trip) == before
    trip.person("quirk", "importFails", False)
    (outcome,) = trip.put(1)
    assert outcome.error is None and outcome.changed, outcome


def test_a_renamed_and_an_offline_item_are_still_the_clip(trip: PremiereTrip) -> None:
    trip.person("renameItem", "camera_25.mp4", 'Umbenannt "\n<b>')
    trip.person("takeOffline", 'Umbenannt "\n<b>')
    (outcome,) = trip.put(1)
    assert outcome.error is None and outcome.changed, outcome
    trip.person("select", ["V1", 1])
    with pytest.raises(BridgeError) as caught:
        asyncio.run(push(trip.bridge, trip.as_host, PushRequest(canvas_id=trip.canvas_id, mode="selected", process=())))
    assert "offline" in f"{caught.value.message} {caught.value.hint}", caught.value.to_wire()


def test_linked_sound_stays_to_the_byte(trip: PremiereTrip) -> None:
    sound = trip.raw("audio")
    (outcome,) = trip.put(1, how="replace")
    assert outcome.error is None and outcome.changed, outcome
    assert trip.raw("audio") == sound


NAMES = {
    "markup and a path": "../../<img src=x onerror=alert(1)>&amp;\"'",
    "lines and controls": "one\ntwo\r\n\u2028three\tfour be\u0000fore\u0007after\u001b[31m",
    "other ways of writing": "\u202egpj.\u202c \u05e9\u05dc\u05d5\u05dd 素材 A\u0308",
    "4,096 characters": "W" * 4096,
    "half a character": "half \ud83d of it",
}


@pytest.mark.parametrize("kind", NAMES)
def test_any_name_is_taken_and_a_take_comes_back(stage: Callable[..., PremiereTrip], kind: str) -> None:
    name = NAMES[kind]
    trip = stage(project=name, sequence=name, clip=name)
    assert trip.host.status.timeline is not None
    (first, _) = trip.push_all()
    trip.take(1, number=2)
    (outcome,) = trip.put(1)
    assert outcome.error is None and outcome.changed, outcome
    delivered = [delivery.path for delivery in trip.bridge.links.deliveries(first.link.id)]
    assert all(Path(path).is_relative_to(trip.folder) and Path(path).is_file() for path in delivered), delivered
    label = trip.person("undo")
    assert label.startswith("TakeBridge: ") and len(label) <= 96 and label.isprintable(), label


@pytest.mark.parametrize(
    "below", ["Ünïcødé 素材 A\u0308", f"{'x' * 120}/{'y' * 120}/{'z' * 60}"], ids=["any script", "long"]
)
def test_any_path_is_taken(stage: Callable[..., PremiereTrip], below: str) -> None:
    trip = stage(below)
    trip.push_all()
    trip.take(1, number=2)
    (outcome,) = trip.put(1)
    assert outcome.error is None and outcome.changed, outcome
    assert trip.pictures(2, 0)[0][0] == 2


@pytest.mark.parametrize("what", ["project", "sequence"])
def test_another_project_or_sequence_in_front_is_left_alone(trip: PremiereTrip, what: str) -> None:
    other = film(trip.folder / "media", "59.94" if what == "project" else "25", 2)
    if what == "project":
        trip.person("openProject", {**other, "project": "Other", "name": "Other cut"})
    else:
        trip.person("duplicateSequence", "Cut")
        trip.person("openSequence", "Cut Copy")
    before = cut_of(trip)
    problem(trip)
    assert cut_of(trip) == before


@pytest.mark.slow
def test_ten_thousand_clips_are_read(tmp_path: Path, stage: Callable[..., PremiereTrip]) -> None:
    trip = stage()
    given = film(tmp_path / "media", "25", 2)
    (shot, _) = given["tracks"]["video"][0]
    many = [{**shot, "name": f"shot {at + 1}", "start": at * F} for at in range(9_999)]
    trip.runner.open({**given, "tracks": {"video": [many], "audio": [[shot]]}})
    began = time.monotonic()
    snapshot = asyncio.run(calls.snapshot(trip.as_host))
    assert len(snapshot.items) == 10_000
    assert len({item.key for item in snapshot.items}) == 10_000
    assert time.monotonic() - began < 60


# --- Premiere stands still ------------------------------------------------------------------------------


def test_a_dialog_longer_than_the_ops_limit_costs_nothing_twice(tmp_path: Path) -> None:
    """A person has a dialog open for an hour while an import is asked for; then it is closed."""
    need_node()
    files = footage(tmp_path / "media")
    now = [0.0]
    with (
        PremiereRunner("26.3.0", one_film(files)) as runner,
        panel_bench(tmp_path / "home", hub_clock=lambda: now[0]) as bench,
        bench.paired() as panel,
    ):
        host = PremiereHost(runner)
        panel.hello(capabilities=sorted(host.capabilities), status=host.status.model_dump(mode="json"))
        args = ImportArgs(path=files.take1, bin=["TakeBridge", "SH010"])
        pending = bench.running.start(bench.hub.current().call("media.import", args))
        op = panel.hear("op")["op"]
        later = bench.running.start(bench.hub.current().call("media.import", args))
        steps = int(SILENT_POLLS * POLL_SECONDS + HUNG_UP_SECONDS)
        for _ in range(3600 // steps + 1):
            now[0] += steps
            bench.running.on_loop(bench.hub.sweep)
        with pytest.raises(HostTimeoutError) as late:
            pending.result(PATIENCE)
        assert calls.may_have_changed(late.value), "an op that was sent may have been done"
        with pytest.raises(HostBusyError):
            later.result(PATIENCE)

        assert _thawed(panel, host, op)["known"] is False
        assert runner.ask("world")["calls"]["Project.importFiles"] == 1
        again = bench.running.start(bench.hub.current().call("media.import", args))
        following = panel.hear("op")["op"]
        assert following["id"] != op["id"]
        assert _thawed(panel, host, following)["known"] is True
        assert again.result(PATIENCE).result["reused"] is True
        assert runner.ask("world")["calls"]["Project.importFiles"] == 1


def _thawed(panel: Panel, host: PremiereHost, op: dict[str, Any]) -> Any:
    """Let the agent do an op now, and send its answer."""
    answer = host.run(op["verb"], op["args"], op["expect"], op["id"])
    return panel.answer(op["id"], answer.outcome, result=answer.result)


# --- panel and bridge of different releases ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("protocol", "verbs"), [("1.0", []), ("1.1", []), ("1.9", ["clip.paint", "clip.place:mirrored"])]
)
def test_a_panel_of_another_release_of_the_same_major_works_on(tmp_path: Path, protocol: str, verbs: list[str]) -> None:
    with panel_bench(tmp_path / "home") as bench, bench.paired() as panel:
        panel.hello(protocol=protocol, agent_version="9.9.9", capabilities=["agent.ping", *verbs])
        pending = bench.running.start(bench.hub.current().call("agent.ping", PingArgs()))
        assert panel.answer(panel.hear("op")["op"]["id"])["known"] is True
        assert pending.result(PATIENCE).outcome == "verified"
