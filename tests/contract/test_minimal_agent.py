"""The example agent on a real bridge, run through the public host cases; and the cases on a host known to be good."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.support.agent_rig import START, Rig, footage

from takebridge.errors import UnsupportedOpError
from takebridge.hosts import calls
from takebridge.hosts.protocol import Expectation, HostStatus, OpAnswer, SelectionArgs, Verb, WireModel
from takebridge.testing.hosts import CASES, GREEN, NOT_OFFERED, Case, Shown, Stage, matrix
from takebridge_resolve import agent
from takebridge_server.testing import AgentBridge, agent_bridge

OFFERED = {"agent.ping", "agent.stop", "host.status", "timeline.snapshot", "media.import", "clip.place"}
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "minimal_agent.py"


# --- the example ------------------------------------------------------------------------------------------


class MinimalStage(Stage):
    """The JSON file is the editor, and the truth."""

    frame_count = 100

    def __init__(self, bridge: AgentBridge, film: Path, take: Path) -> None:
        self.bridge, self.film, self.take = bridge, film, take
        self.host = bridge.wait_for_agent()

    def truth(self) -> Sequence[Shown]:
        clips = json.loads(self.film.read_text("utf-8"))["clips"]
        return [Shown(("video", one["track"]), one["start"], one["end"], one["path"]) for one in clips]

    def edit(self) -> None:
        said = json.loads(self.film.read_text("utf-8"))
        said["clips"][-1]["end"] += 5
        self.film.write_text(json.dumps(said), "utf-8")

    def run(self, work: Any) -> None:
        self.bridge.run(work)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AgentBridge, Path]]:
    """A bridge with the example connected to it, and the file that is its editor."""
    folder = tmp_path_factory.mktemp("example")
    film = reset(folder / "editor.json")
    with agent_bridge(folder / "home") as bridge:
        process = subprocess.Popen([sys.executable, str(EXAMPLE), str(folder / "home"), str(film)])
        try:
            host = bridge.wait_for_agent()
            yield bridge, film
            bridge.run(calls.stop(host))
            assert process.wait(20) == 0, "the agent leaves when it is told to stop"
        finally:
            process.kill()
            process.wait()


def reset(film: Path) -> Path:
    """Two clips side by side and an empty bin."""
    clips = [
        {"key": "k1", "path": "/m/a.mov", "track": 1, "start": 0, "end": 50, "source": 7},
        {"key": "k2", "path": "/m/b.mov", "track": 1, "start": 50, "end": 80, "source": 0},
    ]
    film.write_text(json.dumps({"name": "Cut", "rate": "25", "bin": [], "clips": clips}), "utf-8")
    return film


@pytest.fixture
def stage(running: tuple[AgentBridge, Path]) -> MinimalStage:
    bridge, film = running
    take = reset(film).with_name("take é.mov")
    take.write_bytes(b"a film, as far as this editor knows")
    return MinimalStage(bridge, film, take)


@pytest.mark.parametrize("case", [case for case in CASES if set(case.needs) <= OFFERED], ids=str)
def test_the_example_keeps_the_contract(case: Case, stage: MinimalStage) -> None:
    assert case.run(stage) == GREEN


def test_what_the_example_does_not_offer_is_said_to_be_so(stage: MinimalStage) -> None:
    assert stage.host.capabilities == OFFERED
    assert (stage.host.status.host, stage.host.status.product) == ("other", "Minimal")
    rest = {case.run(stage) for case in CASES if not set(case.needs) <= OFFERED}
    assert rest == {NOT_OFFERED}

    async def select() -> None:
        await calls.selection(stage.host, SelectionArgs(mode="playhead"))

    with pytest.raises(UnsupportedOpError) as refused:
        stage.bridge.run(select())
    assert "Minimal 1" in refused.value.message and "Resolve" not in refused.value.hint  # it is another editor


@pytest.mark.parametrize("words", [(), ("only-one",), ("{}/no bridge", "{}/editor.json")])
def test_the_example_started_wrong_says_how(tmp_path: Path, words: tuple[str, ...]) -> None:
    reset(tmp_path / "editor.json")
    command = [sys.executable, str(EXAMPLE), *(word.format(tmp_path) for word in words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert ("takebridge serve" if len(words) == 2 else "EDITOR.json") in done.stderr


def test_an_op_that_is_sent_again_is_answered_from_memory(tmp_path: Path) -> None:
    """As when the reply to its poll was lost: the agent is spoken to by hand here."""
    sent: list[Any] = []
    said: list[Any] = []
    place = {"media_id": "/m/a.mov", "track": {"type": "video", "index": 1}, "start_source_frame": 0}
    place |= {"start_record_frame": 200, "end_record_frame": 210, "end_source_frame": 10}
    expect = {"project_id": "p1", "timeline_id": "t1", "tracks": [], "revision": ""}
    ops: list[dict[str, Any]] = [{"id": "same", "verb": "clip.place", "args": place, "expect": expect}] * 2
    ops.append({"id": "last", "verb": "agent.stop", "args": {}, "expect": None})

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reply: dict[str, Any] = {"session": "s", "protocol": "1.2", "poll_seconds": 5}
            if self.path == "/agent/poll":
                reply = {"op": ops[len(sent)]}
                sent.append(body)
            elif self.path == "/agent/answer":
                said.append(body)
                reply = {"known": True}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(reply).encode())

        def log_message(self, *_: Any) -> None:
            pass

    film = tmp_path / "editor.json"
    film.write_text(json.dumps({"name": "Cut", "rate": "25", "bin": ["/m/a.mov"], "clips": []}), "utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
        facts = {"url": f"http://127.0.0.1:{http.server_address[1]}", "token": "t", "pid": 1, "protocol": "1.2"}
        (tmp_path / "bridge.json").write_text(json.dumps(facts), "utf-8")
        subprocess.run([sys.executable, str(EXAMPLE), str(tmp_path), str(film)], timeout=20, check=True)
        http.shutdown()
    assert said[0] == said[1] and said[0]["result"]["changed"] and len(said) == 3
    assert len(json.loads(film.read_text("utf-8"))["clips"]) == 1


def test_the_page_for_authors_works_as_it_stands(tmp_path: Path) -> None:
    """Its own test file, taken out of the page; some cases stand for all."""
    page = (EXAMPLE.parents[1] / "connect-another-editor.md").read_text("utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code is not None
    (tmp_path / "test_ours.py").write_text(code[1], "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-k", "ping or stamp or (free and once)"]
    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path), "-c", os.devnull, str(tmp_path / "test_ours.py")],
        cwd=EXAMPLE.parents[2],
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0 and "2 passed, 1 skipped" in done.stdout, done.stdout + done.stderr


# --- a host known good ------------------------------------------------------------------------------------


class InProcess:
    """The Resolve agent over its emulator, as a host."""

    session = "emulator"

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self.capabilities = frozenset(agent.desk.capabilities_of(rig.resolve))

    @property
    def status(self) -> HostStatus:
        return HostStatus.model_validate(self._rig.result("host.status"))

    async def call(
        self, verb: Verb, args: WireModel, *, expect: Expectation | None = None, timeout_seconds: int = 30
    ) -> OpAnswer:
        if verb not in self.capabilities:
            raise UnsupportedOpError("not offered", hint="-")
        told = expect.model_dump(mode="json") if expect else None
        return OpAnswer.model_validate(self._rig.run(verb, args.model_dump(mode="json"), told).model_dump())


class EmulatorStage(Stage):
    """Resolve's emulator; the truth is its own state."""

    frame_count = 120

    def __init__(self, rig: Rig) -> None:
        self.rig, self.host, self.take = rig, InProcess(rig), Path(rig.files["take1"])

    def truth(self) -> Sequence[Shown]:
        timeline = self.rig.world.project.current_timeline
        assert timeline is not None
        return [
            Shown(
                (kind, number),
                START + item.start,
                START + item.start + item.duration,
                str(item.media.path) if item.media else "",
                item.enabled,
            )
            for kind, tracks in timeline.tracks.items()
            for number, track in enumerate(tracks, 1)
            for item in track.items
        ]

    def edit(self) -> None:
        self.rig.ui.trim_item(self.rig.clip("b")["key"], tail=3)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return footage(tmp_path_factory.mktemp("footage"))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_resolve_agent_is_green_in_every_case(case: Case, files: dict[str, str]) -> None:
    assert case.run(EmulatorStage(Rig(files))) == GREEN


# --- the cases can fail -----------------------------------------------------------------------------------


class Lying(InProcess):
    """Says of every op that it was done, and does nothing."""

    async def call(self, verb: Verb, args: WireModel, **more: Any) -> OpAnswer:
        answer = await super().call(verb, args, **more)
        return answer.model_copy(update={"outcome": "verified", "error": None, "result": answer.result or {}})


class Forgetful(InProcess):
    """Places clips without looking at what is expected."""

    async def call(self, verb: Verb, args: WireModel, *, expect: Expectation | None = None, **more: Any) -> OpAnswer:
        if verb == "clip.place" and expect is not None:
            told = self._rig.expect()
            expect = Expectation.model_validate({**told, "timeline_id": told["timeline_id"]})
        return await super().call(verb, args, expect=expect, **more)


@pytest.mark.parametrize(
    ("host", "failing"),
    [
        (Lying, {"nothing is placed over a clip", "a clip that is not where it was seen is left alone"}),
        (
            Forgetful,
            {"nothing is placed on a timeline that was edited meanwhile", "nothing is placed on another timeline"},
        ),
    ],
)
def test_a_host_that_does_not_keep_its_word_is_found_out(
    host: type[InProcess], failing: set[str], files: dict[str, str]
) -> None:
    @contextmanager
    def stage() -> Iterator[Stage]:
        made = EmulatorStage(Rig(files))
        made.host = host(made.rig)
        yield made

    found = {case.name for case, verdict in matrix(stage) if verdict.startswith("failed")}
    assert failing <= found, found


def test_a_snapshot_that_hides_a_clip_is_found_out(files: dict[str, str]) -> None:
    class Blind(InProcess):
        async def call(self, verb: Verb, args: WireModel, **more: Any) -> OpAnswer:
            answer = await super().call(verb, args, **more)
            if verb == "timeline.snapshot" and answer.result:
                answer.result["items"].pop()
            return answer

    made = EmulatorStage(Rig(files))
    made.host = Blind(made.rig)
    case = next(one for one in CASES if one.name == "a snapshot is what the editor has")
    with pytest.raises(AssertionError, match="the editor has"):
        case.run(made)


def test_cases_do_not_need_pytest() -> None:
    """A plugin author's own runner is enough."""
    code = "import sys; from takebridge.testing.hosts import CASES; assert CASES and 'pytest' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
