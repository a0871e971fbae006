"""The presence board and the throttle before it, with time in the test's hands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from takebridge.client.presence import Presence
from takebridge.events import EventBus, Filter
from takebridge_server.presence import PresenceBoard, Throttle


class HeldTime:
    """An event loop's clock and timers; time passes when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, work: Callable[[], None]) -> Any:
        timer = (self.now + delay, work)
        self.timers.append(timer)
        return Cancel(lambda: self.timers.remove(timer))

    def pass_by(self, seconds: float, *, late: bool = False) -> None:
        """Let time pass; ``late`` leaves timers that are due for a later turn, as a busy loop does."""
        self.now += seconds
        due = [] if late else [timer for timer in self.timers if timer[0] <= self.now]
        for timer in due:
            self.timers.remove(timer)
            timer[1]()


class Cancel:
    def __init__(self, cancel: Callable[[], None]) -> None:
        self.cancel = cancel


def throttle(per_second: int) -> tuple[Throttle, HeldTime, list[str | bytes]]:
    time, passed = HeldTime(), []
    return Throttle(passed.append, cast(Any, time), per_second), time, passed


def test_a_burst_passes_and_of_the_rest_the_newest_follows() -> None:
    gate, time, passed = throttle(4)
    for number in range(10):
        gate.hear(str(number))
    assert passed == ["0", "1", "2", "3"]
    time.pass_by(0.25)
    assert passed == ["0", "1", "2", "3", "9"]
    time.pass_by(10)
    assert passed == ["0", "1", "2", "3", "9"] and not time.timers


def test_no_more_pass_in_a_second_than_allowed_and_an_idle_hour_saves_nothing_up() -> None:
    gate, time, passed = throttle(4)
    time.pass_by(3600)
    for number in range(100):
        gate.hear(str(number))
        time.pass_by(0.01)
    assert len(passed) == 4 + 3  # the burst, then one each quarter of the second
    assert passed[-1] == "75"  # at 0.75 s, and it was the newest then


def test_a_held_message_never_follows_a_newer_one() -> None:
    gate, time, passed = throttle(1)
    gate.hear("first")
    gate.hear("held")
    time.pass_by(1.5, late=True)
    gate.hear("newer")
    time.pass_by(5)
    assert passed == ["first", "newer"]


def test_nothing_is_passed_on_after_the_end() -> None:
    gate, time, passed = throttle(1)
    gate.hear("first")
    gate.hear("held")
    gate.close()
    time.pass_by(5)
    assert passed == ["first"]


def test_the_board_announces_places_and_departures_and_keeps_nothing_of_who_left() -> None:
    bus = EventBus()
    heard, _, _ = bus.subscribe(lambda: None)
    board = PresenceBoard(bus)
    board.say("client_1", Presence(canvas="a", name="Ada"))
    board.say("client_2", Presence(canvas="b"))
    assert [place["client"] for place in board.present(Filter())] == ["client_1", "client_2"]
    assert [place["client"] for place in board.present(Filter(canvases=frozenset({"b"})))] == ["client_2"]
    assert [(event.topic, event.data["client"]) for event in heard.drain()] == [
        ("presence", "client_1"),
        ("presence", "client_2"),
    ]
    board.leave("client_1")
    board.leave("client_1")
    board.leave("client_3")
    assert [(event.topic, event.data["client"]) for event in heard.drain()] == [("presence.left", "client_1")]
    assert [place["client"] for place in board.present(Filter())] == ["client_2"]


def test_a_departure_replaces_a_place_that_still_waits() -> None:
    bus = EventBus()
    heard, _, _ = bus.subscribe(lambda: None)
    board = PresenceBoard(bus)
    board.say("client_1", Presence(canvas="a", cursor=(1, 1)))
    board.leave("client_1")
    assert [event.topic for event in heard.drain()] == ["presence.left"]
