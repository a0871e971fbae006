"""The bridge is killed while an agent is at an op: the agent finishes and goes on, and nothing is done twice."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.support.resolve_person import until
from tests.support.server import PATIENCE
from tests.support.trip import Trip, card, clip, spec

from takebridge.client.http import BridgeClient
from takebridge.errors import BridgeError
from takebridge_server.demo.actors import Emulator, Server, wait_for_agent

PROFILES = {"lua": ("21.1 free", "takebridge-lua"), "python": ("20.3", "takebridge-resolve")}
SLOW_MS = 1000
"""How long Resolve takes for each call behind the one that was reached, until the test lets it go on."""


class Scene:
    """An editor with one pushed clip, and a bridge that can be killed and started again on the same data folder."""

    def __init__(self, folder: Path, server: Server, emulator: Emulator, agent: str) -> None:
        self.folder, self.home, self.agent = folder, folder / "home", PROFILES[agent][1]
        self.server, self.emulator = server, emulator
        self.trip: Trip | None = None
        self.stack = ExitStack()

    def meet(self) -> Trip:
        """A client of the bridge as it is now, once the agent has said hello to it."""
        client = self.stack.enter_context(BridgeClient(self.home))
        wait_for_agent(client, self.agent)
        canvas = self.trip.canvas if self.trip else client.post("/api/canvases", {"title": "Film"})["canvas"]["id"]
        self.trip = Trip(client, self.emulator, str(canvas))
        return self.trip

    def stop_at(self, call: str) -> None:
        """From the first such call on, Resolve is slow: the op is out, and the bridge has no answer."""
        self.emulator.do("clear_calls")
        slow = {"do": "knobs", "latency_ms": SLOW_MS}
        self.emulator.do("on_call", name=call, when="after", then=slow)

    def reached(self, call: str) -> None:
        until(lambda: call in self.calls())

    def calls(self) -> list[str]:
        return [one["name"] for one in self.emulator.do("calls")]

    def kill(self) -> None:
        """SIGKILL: nobody is told anything."""
        self.server.kill()
        self.server.end()

    def start(self) -> Trip:
        self.server = Server(self.home, self.folder / "server.log")
        return self.meet()

    def close(self) -> None:
        self.stack.close()
        self.server.end()


@contextmanager
def scene(folder: Path, agent: str) -> Iterator[Scene]:
    path = card(folder / "a.mp4")
    described = folder / "timeline.json"
    described.write_text(json.dumps(spec([clip(path), clip(path, timeline_start=24)])), "utf-8")
    server = Server(folder / "home", folder / "server.log")
    log = folder / "emulator.log"
    with Emulator(described, PROFILES[agent][0], folder / "home", log, agent=agent) as emulator:
        found = Scene(folder, server, emulator, agent)
        try:
            yield found
        finally:
            found.close()


def told(asked: Future[Any]) -> BridgeError:
    with pytest.raises(BridgeError) as caught:
        asked.result(PATIENCE)
    return caught.value


def brought(pool: dict[str, Any]) -> list[str]:
    """Paths of what is in the media pool below its root: only takes are there."""
    below = [path for folder in pool["bins"] for path in brought(folder)]
    return below + [media["path"] for folder in pool["bins"] for media in folder["media"]]


def settled(look: Callable[[], Any]) -> Any:
    """What it is once it stays the same for longer than one call takes: the agent has nothing left to do."""
    last, since, end = look(), time.monotonic(), time.monotonic() + PATIENCE
    while time.monotonic() - since < 2 * SLOW_MS / 1000:
        assert time.monotonic() < end, "it did not settle"
        time.sleep(0.1)
        if (now := look()) != last:
            last, since = now, time.monotonic()
    return last


@pytest.mark.parametrize(
    ("agent", "call"),
    [
        ("lua", "AddTake"),
        pytest.param("lua", "ImportMedia", marks=pytest.mark.slow),
        pytest.param("python", "AddTake", marks=pytest.mark.slow),
        pytest.param("python", "ImportMedia", marks=pytest.mark.slow),
    ],
)
def test_nothing_is_done_twice_and_the_agent_goes_on(agent: str, call: str, tmp_path: Path) -> None:
    with scene(tmp_path, agent) as play, ThreadPoolExecutor(1) as pool:
        trip = play.meet()
        pushed = trip.push()
        before = trip.timeline()
        play.stop_at(call)
        asked = pool.submit(trip.pull, pushed)
        play.reached(call)
        play.kill()
        error = told(asked)
        assert "not known" in error.message and "takebridge serve" in error.hint
        play.emulator.do("knobs", latency_ms=0)
        done_alone = settled(trip.timeline)

        trip = play.start()
        host = trip.client.get("/api/status", fresh=True)["hosts"]
        assert [one["agent"] for one in host] == [play.agent] and "error" not in host[0], "the agent does not go on"
        assert trip.timeline() == done_alone, "an op of the bridge that is gone was carried out"
        report = trip.pull(pushed)
        again = trip.pull(pushed)
        assert (report["takes_after"], again["changed"]) == (2, False)
        item = trip.item()
        assert (len(item["takes"]), item["selected_take"]) == (2, 2)
        place = ("start_record_frame", "end_record_frame")
        old = before["tracks"][0]["items"]
        assert [[one[key] for key in place] for one in trip.timeline()["tracks"][0]["items"]] == [
            [one[key] for key in place] for one in old
        ]
        assert brought(trip.emulator.do("state")["pool"]) == [report["path"]], "a file is in the media pool twice"
        assert list((play.home / "mailbox").glob(".*")) == []


@pytest.mark.slow
def test_a_second_bridge_takes_over_from_one_that_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have the same TAKEBRIDGE_MAILBOX; the agent in Resolve is started once."""
    monkeypatch.setenv("TAKEBRIDGE_MAILBOX", str(tmp_path / "shared"))
    monkeypatch.setenv("TAKEBRIDGE_FUSION_PREFS", str(tmp_path / "Fusion.prefs"))
    described = tmp_path / "timeline.json"
    described.write_text(json.dumps(spec([])), "utf-8")
    one, two = tmp_path / "one", tmp_path / "two"
    with ExitStack() as stack:
        first = stack.enter_context(Server(one, tmp_path / "one.log"))
        client = stack.enter_context(BridgeClient(one))
        stack.enter_context(Emulator(described, "21.1 free", one, tmp_path / "emulator.log", agent="lua"))
        wait_for_agent(client, "takebridge-lua")
        stack.enter_context(Server(two, tmp_path / "two.log"))
        client = stack.enter_context(BridgeClient(two))
        (said,) = until(lambda: client.get("/api/status")["problems"])
        assert f"process {first.pid}" in said and client.get("/api/status")["hosts"] == []
        first.kill()
        host = wait_for_agent(client, "takebridge-lua")
        assert client.post(f"/api/hosts/{host['session']}/ping") == {"alive": True}
        assert client.get("/api/status")["problems"] == []
