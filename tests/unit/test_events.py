"""The event bus: numbering, coalescing, overrun, filters, replay, threads."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from takebridge.events import EventBus, Filter, Subscription


def nothing() -> None:
    """Stand in for a reader that polls."""


def seqs(subscription: Subscription) -> list[int]:
    return [event.seq for event in subscription.drain()]


def state_events(bus: EventBus, count: int) -> None:
    for number in range(count):
        bus.publish("state", {"n": number})


def test_events_are_numbered_from_one_and_drained_once_in_order() -> None:
    bus = EventBus()
    reader, newest, complete = bus.subscribe(nothing)
    assert (newest, complete) == (0, True)
    state_events(bus, 3)
    assert seqs(reader) == [1, 2, 3]
    assert seqs(reader) == []


def test_an_event_keeps_what_it_was_told_at_the_time() -> None:
    bus = EventBus()
    reader, _, _ = bus.subscribe(nothing)
    data: dict[str, int] = {"frame": 1}
    bus.publish("state", data)
    data["frame"] = 2
    assert reader.drain()[0].data == {"frame": 1}


def test_the_reader_is_woken_for_each_event_and_not_after_it_left() -> None:
    woken: list[int] = []
    bus = EventBus()
    reader, _, _ = bus.subscribe(lambda: woken.append(1))
    state_events(bus, 2)
    bus.unsubscribe(reader)
    state_events(bus, 2)
    assert len(woken) == 2
    assert seqs(reader) == [1, 2]
    bus.unsubscribe(reader)


def test_progress_is_coalesced_and_the_latest_wins_in_its_newest_place() -> None:
    bus = EventBus()
    reader, _, _ = bus.subscribe(nothing)
    bus.publish("progress", {"done": 1}, coalesce="job_a")
    bus.publish("state", {})
    bus.publish("progress", {"done": 5}, coalesce="job_b")
    bus.publish("progress", {"done": 2}, coalesce="job_a")
    assert [(event.seq, event.data.get("done")) for event in reader.drain()] == [(2, None), (3, 5), (4, 2)]


def test_no_coalesce_key_can_replace_a_state_event() -> None:
    bus = EventBus()
    reader, _, _ = bus.subscribe(nothing)
    bus.publish("state", {})
    for key in ("#1", "1", ""):
        bus.publish("progress", {}, coalesce=key)
    assert seqs(reader) == [1, 2, 3, 4]


def test_coalesced_progress_never_overruns_a_reader() -> None:
    bus = EventBus()
    reader, _, _ = bus.subscribe(nothing, limit=2)
    bus.publish("state", {})
    for done in range(100):
        bus.publish("progress", {"done": done}, coalesce="job")
    assert not reader.overrun
    assert seqs(reader) == [1, 101]


def test_a_reader_that_does_not_keep_up_is_cut_off_and_the_others_are_not() -> None:
    bus = EventBus()
    slow, _, _ = bus.subscribe(nothing, limit=3)
    quick, _, _ = bus.subscribe(nothing, limit=10)
    state_events(bus, 4)
    assert slow.overrun
    assert seqs(slow) == []
    state_events(bus, 1)
    assert seqs(slow) == []
    assert seqs(quick) == [1, 2, 3, 4, 5]


def test_a_reader_that_drains_in_time_is_never_cut_off() -> None:
    bus = EventBus()
    reader, _, _ = bus.subscribe(nothing, limit=3)
    got: list[int] = []
    for _ in range(10):
        state_events(bus, 3)
        got += seqs(reader)
    assert got == list(range(1, 31))
    assert not reader.overrun


def test_an_overrun_reader_is_woken_so_that_it_notices() -> None:
    woken: list[int] = []
    bus = EventBus()
    bus.subscribe(lambda: woken.append(1), limit=1)
    state_events(bus, 2)
    assert len(woken) == 2


def test_a_reader_whose_loop_is_closed_does_not_fail_the_publisher() -> None:
    def closed() -> None:
        raise RuntimeError("Event loop is closed")

    bus = EventBus()
    gone, _, _ = bus.subscribe(closed)
    alive, _, _ = bus.subscribe(nothing)
    state_events(bus, 2)
    assert gone.overrun
    assert seqs(alive) == [1, 2]


# --- the text clients get --------------------------------------------------------------------------------


def test_an_event_is_encoded_once_for_all_its_readers() -> None:
    bus = EventBus()
    readers = [bus.subscribe(nothing)[0] for _ in range(3)]
    bus.publish("job.changed", {"job": "j\ud800", "done": 3, "error": None})
    texts = [reader.drain()[0].text for reader in readers]
    assert json.loads(texts[0]) == {
        "type": "event",
        "seq": 1,
        "topic": "job.changed",
        "data": {"job": "j\ud800", "done": 3, "error": None},
    }
    assert texts[0] is texts[1] is texts[2]
    assert texts[0].isascii(), "a lone surrogate in somebody's text could not be sent as UTF-8"


# --- filters -----------------------------------------------------------------------------------------------

PUBLISHED: list[tuple[str, dict[str, Any]]] = [
    ("canvas.changed", {"canvas": "a"}),
    ("canvas.changed", {"canvas": "b"}),
    ("job.changed", {"canvas": "a"}),
    ("jobs.paused", {}),
    ("host.connected", {"session": "s"}),
    ("job", {"canvas": "b"}),
    ("job.changed", {"canvas": ["odd"]}),
]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(), [1, 2, 3, 4, 5, 6, 7]),
        (Filter(topics=frozenset({"job"})), [3, 6, 7]),
        (Filter(topics=frozenset({"job.changed", "host"})), [3, 5, 7]),
        (Filter(topics=frozenset({"jo"})), []),
        (Filter(canvases=frozenset({"a"})), [1, 3, 4, 5, 7]),
        (Filter(canvases=frozenset({"a", "b"})), [1, 2, 3, 4, 5, 6, 7]),
        (Filter(topics=frozenset({"canvas", "job"}), canvases=frozenset({"b"})), [2, 6, 7]),
    ],
)
def test_a_reader_gets_what_it_asked_for_live_and_replayed(wanted: Filter, expected: list[int]) -> None:
    bus = EventBus()
    live, _, _ = bus.subscribe(nothing, wanted=wanted)
    for topic, data in PUBLISHED:
        bus.publish(topic, data)
    replayed, newest, complete = bus.subscribe(nothing, since=0, wanted=wanted)
    assert seqs(live) == expected
    assert (seqs(replayed), newest, complete) == (expected, 7, True)


def test_what_a_reader_does_not_want_neither_wakes_nor_overruns_it() -> None:
    woken: list[int] = []
    bus = EventBus()
    reader, _, _ = bus.subscribe(lambda: woken.append(1), wanted=Filter(topics=frozenset({"job"})), limit=1)
    state_events(bus, 100)
    assert not reader.overrun and not woken
    bus.publish("job.changed", {})
    assert seqs(reader) == [101] and woken == [1]


def test_only_wanted_events_count_against_what_a_replay_may_hold() -> None:
    bus = EventBus()
    state_events(bus, 50)
    for _ in range(3):
        bus.publish("job.changed", {})
    wanted = Filter(topics=frozenset({"job"}))
    reader, _, complete = bus.subscribe(nothing, since=0, wanted=wanted, limit=3)
    assert (seqs(reader), complete) == ([51, 52, 53], True)
    reader, _, complete = bus.subscribe(nothing, since=0, wanted=wanted, limit=2)
    assert (seqs(reader), complete) == ([], False)


# --- streams -----------------------------------------------------------------------------------------------


def test_each_bus_is_a_stream_of_its_own() -> None:
    assert EventBus().stream != EventBus().stream


def test_a_number_counts_only_on_the_stream_it_was_heard_on() -> None:
    """A restarted bridge has counted past the old number again: without the stream it would look complete."""
    before, bus = EventBus(), EventBus()
    state_events(bus, 5)
    reader, newest, complete = bus.subscribe(nothing, since=3, stream=before.stream)
    assert (seqs(reader), newest, complete) == ([], 5, False)
    reader, newest, complete = bus.subscribe(nothing, since=3, stream=bus.stream)
    assert (seqs(reader), newest, complete) == ([4, 5], 5, True)


def test_without_a_number_the_stream_does_not_matter() -> None:
    assert EventBus().subscribe(nothing, stream="another")[2] is True


# --- replay ---------------------------------------------------------------------------------------------


def test_missed_state_events_are_replayed_and_progress_is_not() -> None:
    bus = EventBus()
    state_events(bus, 2)
    bus.publish("progress", {}, coalesce="job")
    state_events(bus, 1)
    reader, newest, complete = bus.subscribe(nothing, since=1)
    assert (newest, complete, seqs(reader)) == (4, True, [2, 4])


def test_without_since_nothing_is_replayed() -> None:
    bus = EventBus()
    state_events(bus, 2)
    reader, newest, complete = bus.subscribe(nothing)
    assert (newest, complete, seqs(reader)) == (2, True, [])


@pytest.mark.parametrize(("since", "complete"), [(0, False), (1, False), (2, True), (3, True), (5, True)])
def test_a_reader_who_was_away_too_long_is_told(since: int, complete: bool) -> None:
    bus = EventBus(history=3)
    state_events(bus, 5)  # 3, 4, 5 are remembered; whoever has seen 2 misses nothing
    reader, _, told = bus.subscribe(nothing, since=since)
    assert told is complete
    if complete:
        assert seqs(reader) == list(range(since + 1, 6))


def test_progress_between_state_events_does_not_shorten_the_window() -> None:
    bus = EventBus(history=2)
    state_events(bus, 1)
    for _ in range(50):
        bus.publish("progress", {}, coalesce="job")
    state_events(bus, 2)
    reader, _, complete = bus.subscribe(nothing, since=1)
    assert (complete, seqs(reader)) == (True, [52, 53])


def test_a_number_from_the_future_belongs_to_an_earlier_run_of_the_bridge() -> None:
    bus = EventBus()
    state_events(bus, 2)
    reader, newest, complete = bus.subscribe(nothing, since=9)
    assert (newest, complete, seqs(reader)) == (2, False, [])


def test_more_missed_than_the_reader_may_hold_is_incomplete() -> None:
    bus = EventBus()
    state_events(bus, 5)
    reader, _, complete = bus.subscribe(nothing, since=0, limit=3)
    assert not complete
    assert not reader.overrun
    assert seqs(reader) == [], "a replay with a hole in it would look like the whole"


def test_a_bus_without_history_replays_nothing_and_says_so() -> None:
    bus = EventBus(history=0)
    state_events(bus, 2)
    assert bus.subscribe(nothing, since=1)[2] is False
    assert bus.subscribe(nothing, since=2)[2] is True


def test_nothing_is_lost_or_doubled_between_replay_and_live() -> None:
    bus = EventBus(history=10_000)
    publishers = [threading.Thread(target=state_events, args=(bus, 500)) for _ in range(4)]
    for thread in publishers:
        thread.start()
    reader, newest, complete = bus.subscribe(nothing, since=0, limit=10_000)
    for thread in publishers:
        thread.join()
    assert complete
    assert newest <= 2000
    assert seqs(reader) == list(range(1, 2001))


def test_threads_publish_drain_and_leave_at_once() -> None:
    bus = EventBus()
    ready = threading.Event()
    reader, _, _ = bus.subscribe(ready.set, limit=10_000)
    got: list[int] = []
    publishers = [threading.Thread(target=state_events, args=(bus, 400)) for _ in range(4)]
    for thread in publishers:
        thread.start()
    while len(got) < 1600:
        assert ready.wait(30), "the reader was not woken for an event that is waiting"
        ready.clear()
        got += seqs(reader)
        other, _, _ = bus.subscribe(nothing)
        bus.unsubscribe(other)
    for thread in publishers:
        thread.join()
    assert got == list(range(1, 1601))
