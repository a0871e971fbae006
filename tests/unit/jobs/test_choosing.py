"""Who is next: properties of the choosing function and of the token bucket."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takebridge.ids import CanvasId, JobId
from takebridge.jobs.bucket import TokenBucket
from takebridge.jobs.choosing import Room, Waiting, choose, room
from takebridge.store.pauses import Pause


def waiting(number: int, author: str = "ann", *, provider: str = "p", canvas: str = "c", priority: int = 0) -> Waiting:
    name = f"job_{number}"
    return Waiting(JobId(name), name, provider, CanvasId(canvas), author, priority, f"{number:06}")


QUEUES = st.lists(
    st.builds(
        waiting,
        st.integers(0, 10**5),
        st.sampled_from(["ann", "bob", "eve"]),
        provider=st.sampled_from(["p", "q"]),
        canvas=st.sampled_from(["c", "d"]),
        priority=st.integers(-2, 2),
    ),
    max_size=30,
    unique_by=lambda job: job.job_id,
)
PAUSES = st.lists(
    st.one_of(
        st.just(("all", "")),
        st.tuples(st.just("canvas"), st.sampled_from(["c", "d"])),
        st.tuples(st.just("provider"), st.sampled_from(["p", "q"])),
    ),
    max_size=2,
).map(lambda pairs: [Pause(scope=scope, key=key, author="a", at="") for scope, key in pairs])  # type: ignore[arg-type]


def drained(queue: list[Waiting], space: Room) -> list[Waiting]:
    """Everything in the order it starts, one at a time."""
    left, turns, order = list(queue), dict[tuple[str, str], int](), list[Waiting]()
    while (job := choose(left, space, turns)) is not None:
        left.remove(job)
        turns[job.provider, job.author] = len(order)
        order.append(job)
    return order


OPEN = Room({"p": 1, "q": 1}, 40)


@given(QUEUES)
def test_everything_starts_once_and_lower_numbers_first(queue: list[Waiting]) -> None:
    order = drained(queue, OPEN)
    assert sorted(job.job_id for job in order) == sorted(job.job_id for job in queue)
    assert all(before.priority <= after.priority for before, after in pairwise(order))


@given(QUEUES)
def test_nobody_has_a_second_turn_while_somebody_waits_for_a_first(queue: list[Waiting]) -> None:
    """Between two turns of a person at a provider, everybody who waits there at that priority has one."""
    order = drained(queue, OPEN)
    for at, job in enumerate(order):
        alike = [one for one in order[at:] if (one.provider, one.priority) == (job.provider, job.priority)]
        again = next((n for n, one in enumerate(alike[1:], 1) if one.author == job.author), len(alike))
        others = {one.author for one in alike} - {job.author}
        if again < len(alike):
            assert others <= {one.author for one in alike[1:again]}


@given(QUEUES)
def test_a_persons_own_jobs_start_in_the_order_they_were_asked_for(queue: list[Waiting]) -> None:
    order = drained(queue, OPEN)
    for job, later in ((a, b) for n, a in enumerate(order) for b in order[n + 1 :]):
        if (job.author, job.provider, job.priority) == (later.author, later.provider, later.priority):
            assert job.created_at < later.created_at


@given(QUEUES, PAUSES, st.integers(0, 2), st.integers(0, 2))
def test_what_is_paused_or_full_does_not_start_and_everything_else_does(
    queue: list[Waiting], pauses: list[Pause], p_slots: int, q_slots: int
) -> None:
    slots = {"p": p_slots, "q": q_slots}
    stopped = {(one.scope, one.key) for one in pauses}
    free = [
        job
        for job in queue
        if slots[job.provider] and not stopped & {("all", ""), ("canvas", job.canvas_id), ("provider", job.provider)}
    ]
    chosen = choose(queue, room(slots, 40, pauses), {})
    assert (chosen is None) == (not free)
    assert chosen is None or chosen in free


def test_two_hundred_jobs_of_one_person_delay_anothers_by_one() -> None:
    crowd = [waiting(number, "ann") for number in range(200)]
    order = drained([*crowd, waiting(900, "bob")], OPEN)
    assert order[1].author == "bob"


def test_nothing_starts_when_all_threads_are_taken() -> None:
    assert choose([waiting(1)], Room({"p": 3}, 0), {}) is None


# --- token bucket ---------------------------------------------------------------------------------------


@given(st.integers(1, 600), st.floats(0, 1e6))
def test_no_minute_sees_more_than_it_may(per_minute: int, start: float) -> None:
    bucket, now, taken = TokenBucket.full(per_minute, start), start, list[float]()
    for _ in range(3 * min(per_minute, 50)):
        now += bucket.wait(now)
        assert bucket.wait(now) == 0
        bucket = bucket.take(now)
        taken.append(now)
    minutes = Counter(sum(1 for other in taken if at <= other < at + 59.99) for at in taken)
    assert max(minutes) <= per_minute


def test_five_a_minute_are_twelve_seconds_apart() -> None:
    bucket = TokenBucket.full(5, 100.0).take(100.0)
    assert bucket.wait(100.0) == pytest.approx(12.0)
    assert bucket.wait(106.0) == pytest.approx(6.0)
    assert bucket.wait(112.0) == 0


def test_idle_hours_save_up_no_more_than_the_capacity() -> None:
    bucket = TokenBucket.full(60, 0.0, capacity=3)
    for _ in range(3):
        assert bucket.wait(9999.0) == 0
        bucket = bucket.take(9999.0)
    assert bucket.wait(9999.0) == pytest.approx(1.0)


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    bucket = TokenBucket.full(60, 50.0).take(50.0)
    assert bucket.wait(10.0) == pytest.approx(1.0)
