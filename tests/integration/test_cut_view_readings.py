"""Readings are shared, kept as long as they may be, and never two at a time; what changes is told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.support.cut_view_rig import CutRig
from tests.support.exchange_rig import ENOUGH, ExchangeRig, recut, trim

from takebridge.errors import HostOfflineError, HostTimeoutError
from takebridge.events import Filter
from takebridge.services import cut_view_reading
from takebridge.services.cut_view import cut_view, ground_of, problem_of
from takebridge.services.cut_view_reading import Reading, Readings
from takebridge.services.exchange import meant_by
from takebridge.services.looking import Looks

READ, LIGHT, STATUS = "timeline.snapshot", "timeline.snapshot light", "host.status"


@pytest.fixture
def rig(tmp_path: Path) -> CutRig:
    return CutRig(tmp_path, clips=3)


def test_all_who_ask_at_once_share_one_reading(rig: CutRig) -> None:
    async def all_at_once() -> list[Reading]:
        return await asyncio.gather(*(rig.reading(fresh=number % 2 == 0) for number in range(8)))

    found = asyncio.run(all_at_once())
    assert len({one.id for one in found}) == 1
    assert rig.host.count(READ) == 1


def test_a_reading_is_kept_until_it_is_asked_for_afresh(rig: CutRig) -> None:
    first = asyncio.run(rig.reading())
    asked = len(rig.host.asked)
    assert asyncio.run(rig.reading()).id == first.id
    assert len(rig.host.asked) == asked  # within a second nobody even looks
    rig.now += 1.5
    assert asyncio.run(rig.reading()).id == first.id
    assert (rig.host.count(READ), rig.host.count(STATUS), rig.host.count(LIGHT)) == (1, 1, 0)
    rig.now += 3
    assert asyncio.run(rig.reading()).id == first.id
    assert (rig.host.count(READ), rig.host.count(LIGHT)) == (1, 1)
    assert asyncio.run(rig.reading(fresh=True)).id != first.id
    assert rig.host.count(READ) == 2


def test_who_asks_afresh_does_not_get_what_was_read_before(rig: CutRig) -> None:
    rig.host.gate = asyncio.Event()

    async def late() -> tuple[Reading, Reading, Reading]:
        assert rig.host.gate is not None
        first = asyncio.create_task(rig.reading())
        await asyncio.sleep(0)
        rig.now += 5
        others = [asyncio.create_task(rig.reading(fresh=True)) for _ in range(2)]
        await asyncio.sleep(0)
        rig.host.gate.set()
        return await first, await others[0], await others[1]

    first, second, third = asyncio.run(late())
    assert first.id != second.id == third.id
    assert rig.host.count(READ) == 2


def test_a_look_finds_an_edit_and_tells_it(rig: CutRig) -> None:
    first = asyncio.run(rig.reading())
    heard, _, _ = rig.bridge.events.subscribe(lambda: None, wanted=Filter(topics=frozenset({"cut"})))
    rig.ui.trim_item(rig.item(2).id, head=2)  # nothing but a place in the middle is another
    rig.now += 5
    second = asyncio.run(rig.reading())
    assert second.id != first.id
    (event,) = heard.drain()
    assert event.topic == "cut.changed"
    assert event.data == {
        "session": "session",
        "timeline": "Cut",
        "revision": second.host_cut.revision,
        "reading": second.id,
    }
    asyncio.run(rig.reading(fresh=True))
    assert not heard.drain()  # read again, and nothing is different


def test_a_slip_is_seen_by_who_asks_afresh(rig: CutRig) -> None:
    first = asyncio.run(rig.reading())
    rig.ui.slip_item(rig.item(2).id, 4)
    rig.now += 60
    assert asyncio.run(rig.reading()).id == first.id
    heard, _, _ = rig.bridge.events.subscribe(lambda: None)
    assert asyncio.run(rig.reading(fresh=True)).id != first.id
    assert [event.topic for event in heard.drain()] == ["cut.changed"]


def test_another_timeline_is_read_at_once(tmp_path: Path) -> None:
    rig = CutRig(tmp_path, clips=2)
    asyncio.run(rig.reading())
    rig.world.project.timelines[0].name = "Renamed by hand"
    rig.now += 2
    assert asyncio.run(rig.reading()).cut.name == "Renamed by hand"


def test_a_busy_editor_is_not_waited_for_by_who_has_a_reading(rig: CutRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut_view_reading, "PATIENCE_SECONDS", 0.05)

    async def busy() -> tuple[Reading, Reading]:
        first = await rig.reading()
        rig.host.gate = asyncio.Event()
        rig.now += 2
        second = await rig.reading()
        rig.host.gate.set()
        return first, second

    first, second = asyncio.run(busy())
    assert (first.id, first.note) == (second.id, "")
    assert second.note.startswith("The editor is busy")


def test_an_editor_that_goes_is_said_to_be_gone_and_can_come_back(rig: CutRig, monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(*_: object, **__: object) -> None:
        raise HostOfflineError("The agent is gone.")

    with monkeypatch.context() as away:
        away.setattr(rig.host, "call", gone)
        with pytest.raises(HostOfflineError):
            asyncio.run(rig.reading())
    assert asyncio.run(rig.reading()).cut.name == "Cut"


def test_an_asker_who_leaves_does_not_take_the_reading_along(rig: CutRig) -> None:
    rig.host.gate = asyncio.Event()

    async def one_leaves() -> Reading:
        assert rig.host.gate is not None
        leaving, staying = (asyncio.create_task(rig.reading()) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.sleep(0)
        rig.host.gate.set()
        return await staying

    assert asyncio.run(one_leaves()).cut.name == "Cut"
    assert rig.host.count(READ) == 1


def test_a_timeline_switched_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    rig = CutRig(tmp_path, clips=2)
    timelines = rig.world.project.timelines
    rig.host.desk.resolve.GetProjectManager().GetCurrentProject().GetCurrentTimeline().DuplicateTimeline("Other")
    rig.ui.switch_timeline("Cut")
    assert len(timelines) == 2
    rig.ui.on_call("GetTrackName", when="before", do=lambda: rig.ui.switch_timeline("Other"))
    found = asyncio.run(rig.reading())
    assert found.cut.name == "Other"
    assert len(found.host_cut.clips) == 4
    assert rig.host.count(READ) == 2


def test_time_that_ran_out_is_told_and_not_kept(rig: CutRig, monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(*_: object, **__: object) -> None:
        raise HostTimeoutError("It did not answer.")

    with monkeypatch.context() as away:
        away.setattr(rig.host, "call", silent)
        with pytest.raises(HostTimeoutError):
            asyncio.run(rig.reading())
    assert len(asyncio.run(rig.reading()).host_cut.clips) == 6


def test_an_export_is_a_timeline_like_any_other(tmp_path: Path) -> None:
    rig = ExchangeRig(tmp_path)
    first = rig.begin()
    looks = Looks()
    readings = Readings(rig.bridge.events, looks, lambda: 0.0)

    async def view() -> tuple[Reading, dict[str, str]]:
        host = meant_by(rig.bridge, rig.as_host, rig.canvas_id)
        reading = await readings.of(host, session=rig.as_host.session)
        ground = ground_of(rig.bridge, rig.canvas_id, reading)
        found = cut_view(reading, ground, (), problem_of(rig.bridge, reading))
        assert (found.host, found.timeline, found.base.exists) == ("folder", reading.cut.name, True)
        pictures = [item for track in found.tracks if track.kind == "video" for item in track.clips]
        assert all(item.thumb for item in pictures if item.kind == "clip")
        return reading, {item.name: item.state for item in pictures if item.kind == "clip"}

    before, states = asyncio.run(view())
    assert states == {f"shot {number}": "in step" for number in range(1, 5)}
    assert looks.clip(rig.as_host.session, before.host_cut.clips[0].key) is not None
    rig.export(recut(first, "Film v02", {"shot 2": trim(4, 0)}))
    for _ in range(ENOUGH):  # seen, and not dealt with yet: then what was exported would be the base
        rig.exchange_host.exchange.look()
    after, states = asyncio.run(view())
    assert after.id != before.id
    assert states["shot 2"] == "changed"
