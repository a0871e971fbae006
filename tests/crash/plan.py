"""What happens in each round, drawn from the seed alone: who asks for what, and where the bridge is killed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from tests.support.scripted_provider.scripted_script import BLIND, PLAIN, SAFE, Ending, Script, Submit

LOCAL = "local/previz-video"
Choice = Literal["submit_again", "give_up", "look_again", "leave"]
CANVASES, NODES = 2, 3
RANDOM, START = "random", "start"
"""Killed at any time while jobs run; killed while starting, recovery and migrations included."""

ONCE = (
    "reserve.before", "reserve.after", "keep.before", "keep.after", "dispatch.before", "dispatch.after",
    "intend.before", "intend.after", "submit.before", "submit.sent", "submit.answered", "submitted.before",
    "submitted.after", "poll.before", "poll.after", "download.before", "download.middle", "download.after",
    "blob.before", "part.after", "blob.after", "take.before", "take.after", "settle.before", "settle.after",
    "change.before", "change.after", "unknown.before", "unknown.after", "draft.after", "worker.before",
    "worker.after", "worker.killed",
)  # fmt: skip
"""Points that every sixty rounds reach once."""

GIVE_UP, AGAIN, BARE = "give_up@", "submit_again@", "bare@"
"""Before a point: it is killed there while a person decides about an unknown job; or it starts again without the
provider's plug-in, and only then with it."""

FOCUS = (
    "submit.sent", "submit.sent", "submit.answered", "submitted.before", "download.middle", "take.before",
    "settle.before", "reserve.after", START, START, f"{GIVE_UP}change.after", f"{GIVE_UP}settle.before",
    f"{AGAIN}reserve.after", f"{AGAIN}change.after", f"{AGAIN}add.before", f"{AGAIN}add.after",
    f"{BARE}submit.sent", f"{BARE}poll.after",
)  # fmt: skip
"""Points that are worth another round, and those in the middle of a decision."""

SHORT = ("submit.sent", "submitted.before", "download.middle", "take.after", "settle.before", "worker.killed")

_AFTER_A_RESULT = ("take", "settle", "blob", "part", "download", "poll", "submitted", "submit.answered", "bare")


@dataclass(frozen=True, slots=True)
class Wish:
    """One person wants one node generated. ``node`` is the number of a node of canvas ``canvas``.

    ``again``: asked twice in a row. ``edit``: the prompt is changed while it runs. ``lock``: the node is locked then.
    ``fan``: asked of all these models at once, instead of ``model``.
    """

    script: Script
    model: str
    canvas: int
    node: int
    again: bool = False
    edit: bool = False
    lock: bool = False
    fan: tuple[str, ...] = ()

    @property
    def local(self) -> bool:
        """Whether it runs on this machine."""
        return self.model == LOCAL


@dataclass(frozen=True, slots=True)
class Plan:
    """One round. ``point``:``nth`` kills the bridge; ``second`` kills it again while it recovers.

    ``earlier`` are asked for and ended before the kill is armed. ``random_ms`` is the time of a random kill.
    ``choices`` are what people decide about unknown jobs, in order. ``bare``: it first starts again without the
    provider.
    """

    number: int
    fresh: bool
    name: str
    point: str
    nth: int
    random_ms: int
    second: str
    wishes: tuple[Wish, ...]
    choices: tuple[Choice, ...]
    earlier: tuple[Wish, ...] = ()
    bare: bool = False


def plans(seed: int, rounds: int) -> Iterator[Plan]:
    """Draw ``rounds`` rounds; the same seed gives the same rounds."""
    chance = random.Random(seed)
    points = deck(chance, rounds)
    for number, name in enumerate(points, 1):
        yield _plan(random.Random(f"{seed}/{number}"), number, name)


def deck(chance: random.Random, rounds: int) -> list[str]:
    """Every point once, the rest split between those that matter most and random times; shuffled."""
    if rounds <= len(SHORT):
        return list(SHORT[:rounds])
    rest = max(0, rounds - len(ONCE) - len(FOCUS))
    points = [*ONCE, *FOCUS, *[RANDOM] * rest][:rounds]
    chance.shuffle(points)
    return points


def _plan(chance: random.Random, number: int, name: str) -> Plan:
    label = f"r{number:02}"
    how, _, point = name.rpartition("@")
    wishes = [_paid(chance, f"{label}.{count}") for count in range(chance.randint(2, 3))]
    if name.startswith("unknown"):
        wishes[0] = _dropped(f"{label}.0", chance)
    elif name.startswith(_AFTER_A_RESULT):
        wishes[0] = replace(wishes[0], script=Script(f"{label}.0", work_ms=150, piece_ms=20))
    if name.startswith(("worker", "draft")) or chance.random() < 0.2:
        wishes.append(Wish(Script(f"{label}.local"), LOCAL, chance.randrange(CANVASES), NODES))
    second = chance.choice(
        ("poll.before:1", "download.middle:2", "take.before:1", "settle.after:1", "submitted.before:1")
    )
    decided = how in ("give_up", "submit_again")
    drawn = tuple(chance.choice(("submit_again", "give_up", "look_again", "leave")) for _ in range(4))
    return Plan(
        number=number,
        fresh=not decided and chance.random() < 0.08,
        name=name,
        point=point,
        nth=1 if how else _nth(chance, point),
        random_ms=chance.randint(20, 1500) if point == RANDOM else chance.randint(150, 2200),
        second=second if chance.random() < 0.2 else "",
        wishes=tuple({(wish.canvas, wish.node): wish for wish in wishes}.values()),
        choices=(how,) * 20 if decided else drawn,  # type: ignore[arg-type]
        earlier=(_dropped(f"{label}.early", chance),) if decided else (),
        bare=how == "bare",
    )


def _dropped(label: str, chance: random.Random) -> Wish:
    return Wish(Script(label, submit="drop"), PLAIN, chance.randrange(CANVASES), chance.randrange(NODES))


def _nth(chance: random.Random, point: str) -> int:
    if point.startswith("change"):
        return chance.randint(1, 8)
    if point.startswith("poll"):
        return chance.randint(1, 4)
    if point == "download.middle":
        return chance.randint(2, 4)
    return 1 if point.startswith(("worker", "unknown", "draft")) else chance.choice((1, 1, 2))


def _paid(chance: random.Random, label: str) -> Wish:
    submit: Submit = chance.choices(("ok", "slow", "drop", "refuse", "away"), (76, 10, 6, 4, 4))[0]
    endings: tuple[Ending, ...] = ("done", "failed", "done_with_error", "empty", "not_media", "never")
    ending = chance.choices(endings, (80, 5, 4, 3, 4, 4))[0]
    script = Script(
        label=label,
        submit=submit,
        ending=ending,
        work_ms=chance.choice((0, 0, 150, 400, 900)),
        piece_ms=chance.choice((0, 20, 60)),
        jumble=chance.random() < 0.2,
        twice=chance.random() < 0.15,
        missing=chance.choice((0, 0, 0, 0, 0, 0, 0, 1, 2)),
        flaky=chance.random() < 0.3,
        cost=chance.choice((None, None, None, None, -5)),
    )
    fan = (PLAIN, SAFE) if chance.random() < 0.12 else ()
    return Wish(
        script=script,
        model=chance.choices((PLAIN, SAFE, BLIND), (50, 30, 20))[0],
        canvas=chance.randrange(CANVASES),
        node=chance.randrange(NODES),
        again=not fan and chance.random() < 0.15,
        edit=chance.random() < 0.12,
        lock=chance.random() < 0.08,
        fan=fan,
    )
