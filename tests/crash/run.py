"""``make test-crash``: rounds of kill -9 at seeded points, one line each, a table at the end; exit 1 on any violation.

``python -m tests.crash.run --seed 7 --rounds 60 [--only 12]``
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from tests.crash.actors import Bridge, Provider
from tests.crash.game import Outcome, World, clip, play
from tests.crash.plan import Plan, plans


class Session:
    """A data folder kept over all rounds, and a new one for a round that wants it. Use as a context manager."""

    def __init__(self, folder: Path, *, broken: str = "") -> None:
        self._folder = folder
        self._broken = broken
        self._stack = ExitStack()
        self._worlds = 0

    def __enter__(self) -> Session:
        self.provider = self._stack.enter_context(Provider(clip(self._folder)))
        self.kept = self._world(self._stack)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def play(self, plan: Plan) -> Outcome:
        """Play one round in the kept folder or in a new one."""
        if not plan.fresh:
            return play(self.kept, plan)
        with ExitStack() as stack:
            return play(self._world(stack), plan)

    def _world(self, stack: ExitStack) -> World:
        self._worlds += 1
        home = self._folder / f"home{self._worlds}"
        home.mkdir(mode=0o700)
        provider = Provider(clip(self._folder)) if self._worlds > 1 else self.provider
        if self._worlds > 1:
            stack.enter_context(provider)
        bridge = stack.enter_context(Bridge(home, provider, broken=self._broken))
        bridge.start()
        return World(bridge, provider)


def table(outcomes: Iterable[Outcome]) -> str:
    """Points × rounds × outcomes."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in outcomes:
        row = rows[outcome.plan.name]
        row["rounds"] += 1
        row["hit"] += outcome.hit
        row["deaths"] += outcome.deaths
        row["charges"] += outcome.charged
        row["wrong"] += bool(outcome.wrong)
        row.update(outcome.states)
    columns = ("rounds", "hit", "deaths", "done", "failed", "cancelled", "unknown", "charges", "wrong")
    total: Counter[str] = Counter()
    for row in rows.values():
        total.update(row)
    lines = [f"{'point':<26}" + "".join(f"{name:>10}" for name in columns)]
    for name, row in [*sorted(rows.items()), ("all", total)]:
        lines.append(f"{name:<26}" + "".join(f"{row[column]:>10}" for column in columns))
    return "\n".join(lines)


def main() -> int:
    """Play and report; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seed", type=int, default=None, help="the same seed plays the same rounds (default: a new one)"
    )
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--only", type=int, nargs="*", default=(), help="play these rounds of the seed alone")
    parser.add_argument("--keep", action="store_true", help="keep the data folders")
    told = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave as after Ctrl+C: with no bridge left behind
    seed = random.SystemRandom().randrange(10**6) if told.seed is None else told.seed
    print(f"seed {seed}, {told.rounds} rounds; the same again: make test-crash SEED={seed}", flush=True)
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="takebridge-crash-"))
    outcomes = []
    with Session(folder) as session:
        for plan in plans(seed, told.rounds):
            if told.only and plan.number not in told.only:
                continue
            outcomes.append(outcome := session.play(plan))
            print(outcome.line, flush=True)
            for sentence in outcome.wrong:
                print(f"    {sentence}", flush=True)
    print(table(outcomes))
    wrong = [outcome.plan.number for outcome in outcomes if outcome.wrong]
    print(f"{len(outcomes)} rounds in {time.monotonic() - began:.0f} s, seed {seed}: {_verdict(wrong)}")
    if wrong or told.keep:
        print(f"data folders, logs and the list of kills: {folder}")
    else:
        shutil.rmtree(folder)
    return 1 if wrong else 0


def _verdict(wrong: list[int]) -> str:
    return f"VIOLATED in rounds {', '.join(map(str, wrong))}" if wrong else "all promises kept"


if __name__ == "__main__":
    sys.exit(main())
