"""Plays rounds: people ask, the bridge is killed, starts again, and what is then there is checked."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crash.actors import Bridge, GoneError, Provider, StuckError, wait_for
from tests.crash.checks import ENDED, Deeds, Pinned, violations
from tests.crash.evidence import Evidence, gather, labels
from tests.crash.plan import CANVASES, LOCAL, NODES, RANDOM, START, Plan, Wish

SETTLE_SECONDS = 60.0
MOST_MICROS = 200_000
"""What people agree to pay for a job: the high estimate of the scripted provider."""

_SECOND_BRIDGE_EVERY = 15
_TRIES = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """One round: whether the kill came where it should, how often the bridge died, what the round's jobs became."""

    plan: Plan
    hit: bool
    deaths: int
    states: Counter[str]
    charged: int
    resolved: Counter[str]
    seconds: float
    wrong: tuple[str, ...]

    @property
    def line(self) -> str:
        """The round in one line."""
        became = " ".join(f"{state} {count}" for state, count in sorted(self.states.items())) or "no job"
        timed = self.plan.point in (RANDOM, START)
        asked = f"{self.plan.name} {self.plan.random_ms} ms" if timed else f"{self.plan.name}:{self.plan.nth}"
        again = f" +{self.plan.second}" if self.plan.second else ""
        resolved = "".join(f", {choice} {count}" for choice, count in sorted(self.resolved.items()))
        return (
            f"round {self.plan.number:2} {asked + again:<44} {'hit ' if self.hit else 'miss'} deaths {self.deaths}  "
            f"{became}, charges {self.charged}{resolved}  {self.seconds:4.1f} s  {'ok' if not self.wrong else 'WRONG'}"
        )


@dataclass
class World:
    """One data folder over many rounds, and what people did in it."""

    bridge: Bridge
    provider: Provider
    deeds: Deeds = field(default_factory=Deeds)
    canvases: list[str] = field(default_factory=list)
    reported: set[str] = field(default_factory=set)
    endless: set[str] = field(default_factory=set)
    """Labels whose jobs never end by themselves; a later round may submit one of an earlier round again."""

    # --- what people do; each may raise GoneError and may then be done again

    def set_up(self) -> None:
        """Make the canvases and nodes that are not there yet."""
        known = self.bridge.get("/api/canvases")
        for number in range(CANVASES):
            title = f"Film {number}"
            found = [canvas for canvas, named in known.items() if named == title]
            canvas = found[0] if found else self._made("/api/canvases", {"title": title})["canvas"]["id"]
            if canvas not in self.canvases:
                self.canvases.append(canvas)
            self._ops(canvas, f"nodes-{number}", [_new_node(node) for node in range(NODES + 1)])

    def ask(self, wish: Wish) -> None:
        """Write the prompt, choose the model and generate; then whatever else the wish holds."""
        canvas, node, label = self.canvases[wish.canvas], f"n{wish.node}", wish.script.label
        if wish.script.ending == "never":
            self.endless.add(label)
        self._ops(canvas, f"unlock-{label}", [{"op": "set_locked", "node": node, "locked": False}])
        self._ops(canvas, f"ask-{label}", [
            {"op": "set_model", "node": node, "model": wish.model},
            {"op": "set_param", "node": node, "name": "prompt", "value": wish.script.prompt},
        ])  # fmt: skip
        if not any(pinned.label == label for pinned in self.deeds.pins):
            before = self.bridge.get(f"/api/canvases/{canvas}")["canvas"]["nodes"][node]["pin"]
            moves = "never" if wish.fan else "perhaps" if wish.edit or wish.lock else "always"
            self.deeds.pins.append(Pinned(canvas, node, before, label, moves))  # type: ignore[arg-type]
        if label not in self.deeds.promised.values():
            for _ in range(2 if wish.again else 1):
                self.generate(canvas, node, wish)
        if wish.edit:
            edited = {"op": "set_param", "node": node, "name": "avoid", "value": f"rain, {label}"}
            self._ops(canvas, f"edit-{label}", [edited])
        if wish.lock:
            self._ops(canvas, f"lock-{label}", [{"op": "set_locked", "node": node, "locked": True}])

    def generate(self, canvas: str, node: str, wish: Wish) -> None:
        """Ask for one take, or for a fan-out. A person whose request broke off looks at the list of jobs first."""
        label, count = wish.script.label, max(1, len(wish.fan))
        if self.deeds.posts[label] and label not in self.deeds.promised.values():
            mine = [
                job["job"] for job in self.bridge.get("/api/jobs") if job["node"] == node and job["canvas"] == canvas
            ]
            mine = [job for job in mine if self.labelled(job) == label]
            if len(mine) not in (0, count):
                raise StuckError(f"{label}: half a fan-out was kept, {len(mine)} of {count} jobs")
            self.deeds.promised.update(dict.fromkeys(mine, label))
            if mine:
                return
        self.deeds.posts[label] += count
        body = {"canvas_id": canvas, "node_id": node, **({} if wish.local else {"max_micros": MOST_MICROS * count})}
        path, more = ("/api/fans", {"models": list(wish.fan)}) if wish.fan else ("/api/jobs", {})
        status, said = self.bridge.post(path, {**body, **more})
        if status != 202:
            raise StuckError(f"{label} was refused: {status} {said}")
        for job in said["jobs"] if wish.fan else [said]:
            self.deeds.promised[job["job"]] = label

    def labelled(self, job: str) -> str:
        """The label a job was made for."""
        return labels(self.bridge.home).get(job, "")

    def resolve(self, plan: Plan) -> Counter[str]:
        """Decide about jobs whose outcome is unknown, as the plan says."""
        done: Counter[str] = Counter()
        waiting = [job for job in self.bridge.get("/api/jobs") if job["state"] == "unknown"]
        for job, choice in zip(reversed(waiting), plan.choices, strict=False):
            if choice in job["choices"]:
                self.decide(job, choice)
                done[choice] += 1
        return done

    def decide(self, job: dict[str, Any], choice: str) -> None:
        """Carry out one decision. What was decided counts even when the answer does not come."""
        body: dict[str, Any] = {"choice": choice}
        if choice == "submit_again":
            unlock = {"op": "set_locked", "node": job["node"], "locked": False}
            self._ops(job["canvas"], f"again-{job['job']}", [unlock])
            self.deeds.again[self.labelled(job["job"])] += 1
            body["max_micros"] = MOST_MICROS
        if choice != "look_again":
            self.deeds.given_up.add(job["job"])
        status, said = self.bridge.post(f"/api/jobs/{job['job']}/resolve", body)
        if status >= 400:
            raise StuckError(f"{choice} of {job['job']} was refused: {status} {said}")

    def cancel_endless(self) -> None:
        """Cancel what never ends."""
        for job in self.bridge.get("/api/jobs"):
            if job["state"] not in ENDED and self.labelled(job["job"]) in self.endless:
                self.deeds.cancelled.add(job["job"])
                self.bridge.post(f"/api/jobs/{job['job']}/cancel", {})

    # --- pieces

    def _ops(self, canvas: str, op_id: str, ops: list[dict[str, Any]]) -> None:
        self._made(f"/api/canvases/{canvas}/ops", {"op_id": op_id, "author": "ann", "ops": ops})

    def _made(self, path: str, body: Any) -> Any:
        status, said = self.bridge.post(path, body)
        if status >= 400:
            raise StuckError(f"{path} {body} was refused: {status} {said}")
        return said

    def all_ended(self) -> bool:
        """Whether no job is under way."""
        return all(job["state"] in ENDED for job in self.bridge.get("/api/jobs"))

    def settled(self) -> None:
        """Wait until every job has ended. Raises GoneError when the bridge dies first, StuckError."""

        def look() -> bool:
            self.cancel_endless()
            return self.all_ended()

        wait_for("the end of all jobs", look, SETTLE_SECONDS)


def _new_node(number: int) -> dict[str, Any]:
    small = {"resolution": "480p", "duration_ms": 400} if number == NODES else {}
    model = {"model": LOCAL} if number == NODES else {}
    return {"op": "add_node", "id": f"n{number}", "kind": "video", "title": f"Shot {number}", "params": small, **model}


def play(world: World, plan: Plan) -> Outcome:
    """Play one round and check everything. The bridge is alive before and after."""
    began = time.monotonic()
    world.deeds.pins = []
    starts, deaths_before = world.bridge.starts, len(world.bridge.deaths())
    charged = len(world.provider.jobs())
    resolved: Counter[str] = Counter()
    left = list(plan.wishes)
    try:
        if plan.earlier:
            world.set_up()
            for wish in plan.earlier:
                world.ask(wish)
            world.settled()
            world.deeds.pins = []
        with _doom(world, plan):
            try:
                world.set_up()
                resolved = world.resolve(plan)
                while left:
                    world.ask(left[0])
                    left.pop(0)
                world.settled()
            except GoneError:
                pass
        _recover(world, plan, left)
        wrong = violations(seen := gather(world.bridge, world.provider), world.deeds)
        if plan.number % _SECOND_BRIDGE_EVERY == 0:
            wrong += list(filter(None, [world.bridge.second_refused()]))
        states = _states(seen, plan)
    except StuckError as error:
        wrong, states = [f"stuck: {error}", *_unended(world)], Counter()
        _revive(world)
    deaths = world.bridge.deaths()[deaths_before:]
    wrong += [f"the rig is out of date: {note}" for note in deaths if "missing" in note]
    died = world.bridge.starts - starts
    points = [note["died"] for note in deaths if "died" in note]
    hit = plan.point in points or (plan.point in (RANDOM, START) and died > 0)
    made = len(world.provider.jobs()) - charged
    fresh = tuple(sentence for sentence in wrong if sentence not in world.reported)
    world.reported |= set(fresh)  # said once: what is wrong stays wrong in a folder that is kept
    return Outcome(plan, hit, died, states, made, resolved, time.monotonic() - began, fresh)


@contextmanager
def _doom(world: World, plan: Plan) -> Iterator[None]:
    """Arrange for the bridge to be killed as planned while the block runs."""
    timer = threading.Timer(plan.random_ms / 1000, world.bridge.kill)
    if plan.point == RANDOM:
        timer.start()
    elif plan.point == START:
        world.bridge.kill()
        world.bridge.launch()
        timer.start()
        world.bridge.ready()
    else:
        world.bridge.arm(f"{plan.point}:{plan.nth}")
    try:
        yield
    finally:
        timer.cancel()
        if timer.ident is not None:
            timer.join()


def _recover(world: World, plan: Plan, left: list[Wish]) -> None:
    """Start again (and be killed again, where planned) until all wishes were asked and all jobs have ended."""
    world.bridge.arm("")
    second = plan.second
    if plan.bare and world.bridge.pid is None:
        world.bridge.launch(bare=True)
        world.bridge.ready()
        world.settled()
        world.bridge.kill()
    for _ in range(_TRIES):
        try:
            if world.bridge.pid is None:
                armed, second = second, ""
                if not world.bridge.start(armed):
                    continue
            world.set_up()
            while left:
                world.ask(left[0])
                left.pop(0)
            world.settled()
            world.bridge.arm("")
            return
        except GoneError:
            continue
    raise StuckError("the bridge keeps dying")


def _revive(world: World) -> None:
    world.bridge.kill()
    world.bridge.start()


def _unended(world: World) -> list[str]:
    try:
        return [f"not ended: {job}" for job in world.bridge.get("/api/jobs") if job["state"] not in ENDED]
    except GoneError:
        return ["the bridge is dead"]


def _states(seen: Evidence, plan: Plan) -> Counter[str]:
    labels = {wish.script.label for wish in (*plan.earlier, *plan.wishes)}
    return Counter(job["state"] for job in seen.jobs.values() if seen.labels.get(job["job"]) in labels)


def clip(folder: Path) -> Path:
    """Make the tiny clip that every paid job delivers."""
    from takebridge.media.testcard import render_test_clip
    from takebridge.timebase import FrameRate

    return render_test_clip(
        folder / "clip.mp4", clip_id=1, frame_count=6, rate=FrameRate(24), width=320, height=180, audio=False
    )
