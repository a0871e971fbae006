"""The agent on a real socket: sessions, lost replies, restarts, stopping, and who it will talk to."""

from __future__ import annotations

import json
import logging
import os
import queue
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.support.agent_rig import PROFILES, Rig, spec
from tests.support.agent_server import TOKEN, AgentServer, check_answer

from takebridge_resolve import agent, building

PACE = agent.PACE._replace(write_delays=(0.0, 0.0), tick=0.02, first_retry=0.01, last_retry=0.05)


class Running:
    """An agent at work on a thread of its own; ``reason`` is why it left."""

    def __init__(self, resolve: Any, home: Path, pace: agent.Pace = PACE) -> None:
        self.agent = agent.Agent(resolve, str(home), logging.Logger("test"), pace)
        self.reason = ""
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def _work(self) -> None:
        self.reason = self.agent.run()

    def join(self) -> str:
        self.thread.join(20)
        assert not self.thread.is_alive()
        assert not self.agent.link.thread.is_alive()
        return self.reason


@contextmanager
def serving(rig: Rig, home: Path, **options: Any) -> Iterator[tuple[AgentServer, Running]]:
    """A server and an agent that has said hello; the agent is stopped at the end, if it has not left."""
    with AgentServer(home, **options) as server:
        running = Running(rig.resolve, home)
        server.wait_for(lambda: server.polls)
        yield server, running
        if running.thread.is_alive():
            server.call("agent.stop")
        running.join()


# --- round trips ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_every_verb_makes_its_round_trip(make_rig: Callable[..., Rig], tmp_path: Path, profile: str) -> None:
    rig = make_rig(profile)
    with serving(rig, tmp_path) as (server, _):
        hello = server.hellos[0]
        assert hello["status"]["timeline"]["timeline_name"] == "Cut"
        assert server.call("agent.ping")["result"] == {"alive": True}
        assert server.call("host.status")["result"] == hello["status"]
        clip = server.call("selection.get", {"mode": "playhead"})["result"]["items"][0]
        assert clip["name"] == "a.mov"
        args = {"path": rig.files["take1"], "bin": ["TakeBridge"], "tags": {"takebridge.take": "tk_1"}}
        media = server.call("media.import", args)["result"]["media"]["id"]
        where = {key: clip[key] for key in ("track", "start_record_frame", "end_record_frame")}
        take = {**where, "clip": clip["key"], "media_id": media}
        source = {"start_source_frame": 6, "end_source_frame": 54}
        assert server.call("clip.add_take", take | source, expect(server))["outcome"] == "verified"
        back = {**take, "media_id": clip["media"]["id"]}
        assert server.call("clip.select_take", back, expect(server))["outcome"] == "verified"
        assert server.call("clip.remove_take", take, expect(server))["outcome"] == "verified"
        after = server.call("timeline.snapshot", {"tracks": [clip["track"]]})["result"]["items"][0]
        assert (after["look"], after["media"]["path"]) == (clip["look"], rig.files["a"])
        assert not any(answer["error"] for answer in server.answers)


def expect(server: AgentServer) -> dict[str, Any]:
    tracks = [{"type": "video", "index": 1}]
    info = server.call("timeline.snapshot", {"tracks": tracks})["result"]["timeline"]
    return {**{key: info[key] for key in ("project_id", "timeline_id", "revision")}, "tracks": tracks}


def test_a_running_op_shows_in_the_polls(rig: Rig, tmp_path: Path) -> None:
    with serving(rig, tmp_path, poll_seconds=1) as (server, _):
        arrived, go_on = threading.Event(), threading.Event()

        def hold() -> None:
            arrived.set()
            assert go_on.wait(20)

        rig.when("GetCurrentDatabase", hold)
        op = server.send("agent.ping")
        assert arrived.wait(20)
        server.wait_for(lambda: server.polls[-1]["busy_with"] == op and server.polls[-1]["received"] == op)
        go_on.set()
        assert server.answer_to(op)["outcome"] == "verified"


def test_an_answer_longer_than_a_packet_arrives_whole(rig: Rig, tmp_path: Path) -> None:
    clip = {"kind": "title", "name": "T" * 3000, "track": 1, "duration": 1}
    many = Rig(rig.files, clips=[{**clip, "timeline_start": n} for n in range(100)])
    with serving(many, tmp_path) as (server, _):
        assert len(server.call("timeline.snapshot")["result"]["items"]) == 100


# --- what networks do -----------------------------------------------------------------------------------


def test_a_lost_poll_reply_is_delivered_again_and_done_once(rig: Rig, tmp_path: Path) -> None:
    with serving(rig, tmp_path) as (server, _):
        server.lose_replies = 1
        args = {"path": rig.files["take1"], "bin": ["TakeBridge"]}
        op = server.send("media.import", args)
        assert server.answer_to(op)["outcome"] == "verified"
        assert server.deliveries == [op, op]
        assert rig.ui.call_counts()["ImportMedia"] == 1


def test_a_lost_acknowledgement_does_not_repeat_the_op(rig: Rig, tmp_path: Path) -> None:
    with serving(rig, tmp_path) as (server, _):
        server.lose_acks = 1
        op = server.send("media.import", {"path": rig.files["take1"], "bin": ["TakeBridge"]})
        server.wait_for(lambda: len(server.answers) >= 2)
        assert [answer["op_id"] for answer in server.answers] == [op, op]
        assert rig.ui.call_counts()["ImportMedia"] == 1


def test_an_op_sent_again_is_answered_from_memory(rig: Rig, tmp_path: Path) -> None:
    with serving(rig, tmp_path) as (server, _):
        op = server.send("host.status")
        first = server.answer_to(op)
        calls = len(rig.ui.call_log)
        server.resend(op)
        server.wait_for(lambda: len(server.answers) == 2)
        assert server.answers[1] == first
        assert len(rig.ui.call_log) == calls


def test_only_the_last_answers_are_remembered(tmp_path: Path) -> None:
    link = agent.Link(str(tmp_path), queue.Queue(), logging.Logger("test"))
    for number in range(70):
        link.remember({"op_id": f"op-{number}", "outcome": "verified"})
    assert list(link.answers) == [f"op-{number}" for number in range(6, 70)]


def test_a_repeated_op_is_ignored_while_it_runs(tmp_path: Path) -> None:
    inbox: Any = queue.Queue()
    link = agent.Link(str(tmp_path), inbox, logging.Logger("test"))
    for _ in range(2):
        link.accept({"id": "op-1", "verb": "agent.ping"})
    assert inbox.qsize() == 1
    link.remember({"op_id": "op-1"})
    link.accept({"id": "op-1", "verb": "agent.ping"})
    assert [inbox.get_nowait()[0] for _ in range(2)] == ["op", "again"]


def test_a_forgotten_session_is_followed_by_hello(rig: Rig, tmp_path: Path) -> None:
    with serving(rig, tmp_path) as (server, _):
        server.call("agent.ping")
        server.forget_session()
        server.wait_for(lambda: len(server.hellos) == 2)
        assert server.call("agent.ping")["session"] == "session-2"


def test_a_server_restart_on_another_port_is_followed(rig: Rig, tmp_path: Path) -> None:
    with serving(rig, tmp_path) as (server, _):
        server.call("agent.ping")
        server.stop()
        server.start()
        server.wait_for(lambda: len(server.hellos) == 2)
        assert server.call("host.status")["outcome"] == "verified"


def test_an_answer_made_while_the_server_was_gone_is_posted_later(rig: Rig, tmp_path: Path) -> None:
    with serving(rig, tmp_path) as (server, _):
        arrived, go_on = threading.Event(), threading.Event()

        def hold() -> None:
            arrived.set()
            assert go_on.wait(20)

        rig.when("ImportMedia", hold)
        op = server.send("media.import", {"path": rig.files["take1"], "bin": ["TakeBridge"]})
        assert arrived.wait(20)
        server.stop()
        go_on.set()
        server.start()
        assert server.answer_to(op)["outcome"] == "verified"
        assert rig.ui.call_counts()["ImportMedia"] == 1


def test_an_agent_started_first_waits_for_the_bridge(rig: Rig, tmp_path: Path) -> None:
    running = Running(rig.resolve, tmp_path)
    with AgentServer(tmp_path) as server:
        assert server.call("agent.ping")["outcome"] == "verified"
        server.call("agent.stop")
        running.join()


def test_a_refused_agent_keeps_asking_politely(rig: Rig, tmp_path: Path) -> None:
    with AgentServer(tmp_path) as server:
        server.hello_refusal = (426, "protocol_version")
        running = Running(rig.resolve, tmp_path)
        server.wait_for(lambda: len(server.hellos) >= 3)
        server.hello_refusal = None
        assert server.call("agent.ping")["outcome"] == "verified"
        server.call("agent.stop")
        running.join()


# --- leaving --------------------------------------------------------------------------------------------


def test_stop_answers_and_leaves(rig: Rig, tmp_path: Path) -> None:
    with serving(rig, tmp_path, poll_seconds=30) as (server, running):
        began = time.monotonic()
        assert server.call("agent.stop")["outcome"] == "verified"
        assert "stop" in running.join()
        assert time.monotonic() - began < 20


def test_a_dead_api_ends_the_agent(rig: Rig, tmp_path: Path) -> None:
    rig.ui.wedged = True
    running = Running(rig.resolve, tmp_path, PACE._replace(liveness=0.0, dead_after=0.05))
    assert running.join() == "Resolve no longer answers."


def test_an_api_that_comes_back_does_not(rig: Rig, tmp_path: Path) -> None:
    seat = agent.Agent(rig.resolve, str(tmp_path), logging.Logger("test"), PACE._replace(liveness=0.0))
    rig.ui.wedged = True
    seat.last_alive -= 60
    assert seat.reason_to_leave() == ""
    rig.ui.wedged = False
    assert seat.reason_to_leave() == ""
    assert time.monotonic() - seat.last_alive < 60


def test_a_dead_parent_ends_the_agent(rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seat = agent.Agent(rig.resolve, str(tmp_path), logging.Logger("test"), PACE)
    assert seat.reason_to_leave() == ""
    monkeypatch.setattr(os, "getppid", lambda: 1)
    assert seat.reason_to_leave() == "Resolve has closed."


CHILD = """
import os, runpy, subprocess, sys
script = "import runpy; runpy.run_path(%r, {'resolve': object()}, '__main__')" % sys.argv[1]
child = subprocess.Popen([sys.executable, "-c", script])
print(child.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.name == "nt", reason="reparenting is told by getppid only outside Windows")
def test_an_orphaned_agent_process_ends(tmp_path: Path, built: Path) -> None:
    """Resolve is killed: its menu script, a child process, ends by itself."""
    environment = {**os.environ, "TAKEBRIDGE_HOME": str(tmp_path)}
    command = [sys.executable, "-c", CHILD, str(built)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True
    ) as parent:
        assert parent.stdout is not None and parent.stderr is not None
        int(parent.stdout.readline())
        assert "started" in parent.stderr.readline()
        parent.kill()
        assert "Resolve has closed" in parent.stderr.read()  # ends when the child, the last writer, has ended


def test_run_works_when_executed_with_a_global(rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way Resolve's menu runs a script: the source, executed, with ``resolve`` among its globals."""
    monkeypatch.setenv("TAKEBRIDGE_HOME", str(tmp_path))
    source = building.python_agent()
    names = {"__name__": "__main__", "resolve": rig.resolve}
    with AgentServer(tmp_path) as server:
        thread = threading.Thread(target=exec, args=(compile(source, "agent.py", "exec"), names), daemon=True)
        thread.start()
        assert server.call("host.status")["result"]["product"] == "DaVinci Resolve Studio"
        server.call("agent.stop")
        thread.join(20)
        assert not thread.is_alive()
    assert "asked the agent to stop" in (tmp_path / "agent.log").read_text("utf-8")
    assert TOKEN not in (tmp_path / "agent.log").read_text("utf-8")


NOTHING_ANSWERS = """
import runpy, sys

class Nothing(object):
    def __getattr__(self, name):
        return lambda *args: None

runpy.run_path(sys.argv[1], {"resolve": Nothing()}, "__main__")
"""
INTERPRETERS = [sys.executable, *filter(None, os.environ.get("TAKEBRIDGE_PYTHONS", "").split(os.pathsep))]


@pytest.mark.parametrize("interpreter", INTERPRETERS)
def test_it_serves_as_a_process_of_any_python(tmp_path: Path, built: Path, interpreter: str) -> None:
    """TAKEBRIDGE_PYTHONS names more interpreters (paths, separated as in PATH); the API here answers only None."""
    environment = {**os.environ, "TAKEBRIDGE_HOME": str(tmp_path)}
    command = [interpreter, "-W", "error", "-c", NOTHING_ANSWERS, str(built)]
    with (
        AgentServer(tmp_path) as server,
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as child,
    ):
        assert server.call("agent.ping")["result"] == {"alive": False}
        assert server.call("host.status")["result"]["timeline"] is None
        assert server.call("timeline.snapshot")["error"]["code"] == "not_found"
        assert server.hellos[0]["pid"] == child.pid
        server.call("agent.stop")
        assert child.wait(20) == 0
        assert child.stderr is not None and "asked the agent to stop" in child.stderr.read()


def test_it_serves_inside_an_emulated_resolve(files: dict[str, str], tmp_path: Path) -> None:
    """The agent file on the main thread of another process, as a menu script; that process ends with its stdin."""
    (tmp_path / "spec.json").write_text(json.dumps(spec(files)), "utf-8")
    command = [sys.executable, "-m", "takebridge_resolve.emulator", "--spec", str(tmp_path / "spec.json")]
    command += ["--profile", "20.3", "--agent", "--home", str(tmp_path)]
    with (
        AgentServer(tmp_path) as server,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
    ):
        names = [item["name"] for item in server.call("timeline.snapshot")["result"]["items"]]
        assert names == ["a.mov", "b.mov", "Text", "a.mov"]
        assert server.call("agent.stop")["outcome"] == "verified"


# --- whom it talks to -----------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["http://127.0.0.1:8765", "http://localhost:8765", "http://127.0.0.1:8765/"])
def test_loopback_is_accepted(url: str) -> None:
    assert agent.loopback_port(url) == 8765


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:8765",
        "http://192.168.1.5:8765",
        "http://example.com:80",
        "http://127.0.0.1.example.com:80",
        "http://127.0.0.1@example.com:80",
        "http://user@127.0.0.1:80",
        "http://127.0.0.1",
        "http://127.0.0.1:0",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:80/elsewhere",
        "http://127.0.0.1:80?x=1",
        "file:///etc/passwd",
        "",
        None,
        7,
    ],
)
def test_anything_else_is_refused(url: Any) -> None:
    with pytest.raises(agent.LinkError):
        agent.loopback_port(url)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"url": "http://127.0.0.1:1"}', json.dumps({"url": "http://127.0.0.1:1", "token": "a\r\nb: c"})],
)
def test_a_damaged_bridge_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "bridge.json").write_text(content, "utf-8")
    with pytest.raises(agent.LinkError):
        agent.read_endpoint(str(tmp_path))


def test_proxies_are_ignored(rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(rig, tmp_path) as (server, _):
        assert server.call("agent.ping")["outcome"] == "verified"


def test_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAKEBRIDGE_HOME", "/somewhere")
    assert agent.default_home() == "/somewhere"
    monkeypatch.delenv("TAKEBRIDGE_HOME")
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.setattr(sys, "platform", "linux")
    assert agent.default_home() == "/home/ann/.local/share/takebridge"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert agent.default_home() == "/home/ann/Library/Application Support/takebridge"


# --- finding Resolve ------------------------------------------------------------------------------------


class App:
    def GetResolve(self) -> str:
        return "from app"


def test_where_resolve_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert agent.find_resolve({"resolve": "global"}) == "global"
    assert agent.find_resolve({"app": App()}) == "from app"
    modules = tmp_path / "Modules"
    modules.mkdir()
    (modules / "DaVinciResolveScript.py").write_text("def scriptapp(name):\n    return 'script ' + name\n")
    monkeypatch.setenv("RESOLVE_SCRIPT_API", str(tmp_path))
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setitem(sys.modules, "DaVinciResolveScript", None)
    assert agent.find_resolve({}) is None
    monkeypatch.delitem(sys.modules, "DaVinciResolveScript")
    assert agent.find_resolve({"resolve": None}) == "script Resolve"
    sys.modules.pop("DaVinciResolveScript")


def test_the_answer_of_a_fault_fits_the_wire(tmp_path: Path) -> None:
    """An API whose every call raises: the worst host there is."""
    answer = agent.Desk(object(), delays=()).execute({"id": "op-1", "verb": "host.status", "args": {}})
    assert check_answer("host.status", {"session": "s", **answer}).error.code == "agent_fault"  # type: ignore[union-attr]


def test_ping_round_trip_is_quick(rig: Rig, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """200 pings one after another; the bound only catches a delayed-acknowledgement stall (40 ms each)."""
    with serving(rig, tmp_path) as (server, _):
        server.call("agent.ping")
        spent = []
        for _ in range(200):
            began = time.perf_counter()
            server.call("agent.ping")
            spent.append(time.perf_counter() - began)
    median = statistics.median(spent) * 1000
    record_property("ping_median_ms", round(median, 2))
    print(f"ping median {median:.2f} ms, worst {max(spent) * 1000:.2f} ms")
    assert median < 35
