"""Round trips end to end through the emulated editor: the story at every rate, and random trips cut off in the middle.

The machinery is the tests' own (`tests.support.roundtrip_rig`), so this measures what the tests prove, on other seeds.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from tests.support.roundtrip_rig import RATES, RoundTripRig, run_random_trips, story

from takebridge.services.roundtrip_verify import off

SEED = 40


@dataclass(frozen=True, slots=True)
class Trips:
    """What happened at one rate. ``story`` says how the story ended; ``states`` how the random trips did."""

    label: str
    story: str
    story_ok: bool
    crashed: int
    states: Counter[str]


def trips(count: int) -> list[Trips]:
    """Play the story once at every rate and ``count`` random trips, and say what was on the timeline afterwards."""
    ends = run_random_trips(count, SEED)
    found = []
    for label in RATES:
        words, ok = _story(label)
        mine = [end for end in ends if end.label == label]
        states = Counter[str](end.state for end in mine)
        found.append(Trips(label, words, ok, sum(end.crashed for end in mine), states))
    return found


def _story(label: str) -> tuple[str, bool]:
    with tempfile.TemporaryDirectory(prefix="cut-trips-") as folder:
        rig = RoundTripRig(Path(folder), label)
        story(rig)
        trip = rig.trip(choices={"all": "canvas"})
        done = rig.bridge.cuts.trips()
        wrong = off(rig.bridge.cuts.work(done[0].id).wanted, rig.cut()) if done else ["no trip was kept"]
        return trip.sentence, trip.outcome == "applied" and not wrong
