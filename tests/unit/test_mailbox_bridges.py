"""Two bridges and one mailbox, and what a crashed bridge leaves there: one speaks, the other says why it does not."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.mailbox_stage import BRISK, Stage, encoded, play
from tests.support.server import PATIENCE

from takebridge.errors import HostTimeoutError, UnsafeFolderError
from takebridge.events import EventBus
from takebridge.hosts.protocol import PingArgs
from takebridge_server import mailbox_lock
from takebridge_server.mailbox import Postman
from takebridge_server.mailbox_files import Box, bridge_text, request_text
from takebridge_server.mailbox_lock import MailboxLock, Taken
from takebridge_server.sessions import AgentHub

HOLDER = """
import sys, time
from pathlib import Path
from takebridge_server.mailbox_files import Box
box = Box(Path(sys.argv[1]))
box.open()
box.post("q_1", "op", {"verb": "clip.add_take"})
print(box.token, flush=True)
sys.stdin.read()
"""
"""Another bridge's process, with a request out; it ends without a word."""


def holding(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLDER, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def second(stage: Stage) -> Postman:
    """Another bridge's postman, on the same folder."""
    return Postman(AgentHub(EventBus()), stage.folder, stage.folder.parent / "Other.prefs", BRISK)


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_the_second_bridge_stays_off_and_says_so(tmp_path: Path) -> None:
    """The first one goes on with its agent as if nobody had come."""

    async def scene(stage: Stage) -> None:
        session = await stage.connect()
        other = second(stage)
        working = asyncio.create_task(other.run())
        await stage.until(lambda: other.problem)
        assert f"process {os.getpid()}" in other.problem and str(stage.folder) in other.problem
        assert "TAKEBRIDGE_MAILBOX" in other.problem and "Stop that bridge" in other.problem
        asking = asyncio.create_task(session.call("agent.ping", PingArgs()))
        asked = await stage.request("op")
        stage.say(asked["id"], {"op_id": "x", "outcome": "verified", "result": {"alive": True}})
        assert (await asking).outcome == "verified"
        await ended(working)
        assert 'instance="lua-1"' in (stage.folder / "bridge.lua").read_text(), "it took what was not its own"

    play(tmp_path, scene)


def test_the_second_bridge_moves_in_when_the_first_one_is_killed(tmp_path: Path) -> None:
    first = Held(tmp_path / "mailbox")

    async def scene(stage: Stage) -> None:
        await stage.until(lambda: f"process {first.pid}" in stage.postman.problem)
        lying = stage.lying()
        assert lying is not None and lying["token"] == first.token, "the first one's request was touched"
        first.kill()
        await stage.connect()
        assert stage.postman.problem == ""

    with first:
        play(tmp_path, scene)


class Held:
    """The mailbox in another process's hands; killed at the end of the block, as by a crash."""

    def __init__(self, folder: Path) -> None:
        self._process = holding(folder)
        assert self._process.stdout is not None
        self.token = self._process.stdout.readline().strip()
        self.pid = self._process.pid

    def __enter__(self) -> Held:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=PATIENCE)


def test_what_a_killed_bridge_left_locks_nobody_out_and_is_not_carried_out(tmp_path: Path) -> None:
    folder = tmp_path / "mailbox"
    with Held(folder) as first:
        (folder / ".request.lua.00ff00ff").write_text("half a request")
        with pytest.raises(Taken):
            Box(folder).open()
    assert sorted(os.listdir(folder)) == [".request.lua.00ff00ff", "bridge.lock", "bridge.lua", "request.lua"]
    box = Box(folder)
    box.open()
    assert sorted(os.listdir(folder)) == ["bridge.lock", "bridge.lua"]
    assert first.token not in (folder / "bridge.lua").read_text()
    box.close()
    assert os.listdir(folder) == []


LEFT: dict[str, Callable[[Path], object]] = {
    "a lock file of a process that runs": lambda path: path.write_text(json.dumps({"pid": os.getpid()})),
    "a lock file of a process that is gone": lambda path: path.write_text(json.dumps({"pid": 999_999})),
    "an empty one": lambda path: path.write_text(""),
    "garbage": lambda path: path.write_bytes(os.urandom(3000)),
    "a bridge and a request of yesterday": lambda path: (
        (path.parent / "bridge.lua").write_text(bridge_text("ab" * 32, "lua-0")),
        (path.parent / "request.lua").write_text(request_text("q_1", 1, "lua-0", "ab" * 32, "op", {})),
    ),
}


@pytest.mark.parametrize("what", LEFT)
def test_files_alone_lock_nobody_out(what: str, tmp_path: Path) -> None:
    """A process id is given out again: only a lock that somebody holds counts."""
    folder = tmp_path / "mailbox"
    folder.mkdir(mode=0o700)
    LEFT[what](folder / "bridge.lock")

    async def scene(stage: Stage) -> None:
        session = await stage.connect()
        assert stage.postman.problem == "" and stage.hub.list() == (session,)

    play(tmp_path, scene)


def test_a_lock_that_is_no_file_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "mailbox").mkdir(mode=0o700)
    (tmp_path / "mailbox" / "bridge.lock").mkdir()
    with pytest.raises(UnsafeFolderError) as caught:
        Box(tmp_path / "mailbox").open()
    assert "TAKEBRIDGE_MAILBOX" in caught.value.hint
    assert os.listdir(tmp_path / "mailbox") == ["bridge.lock"]


def test_a_lock_file_that_went_meanwhile_is_another_one(tmp_path: Path) -> None:
    """The owner deletes it as it leaves: whoever waited for the old file has nothing."""
    first, other = MailboxLock(tmp_path), MailboxLock(tmp_path)
    assert first.take() and not first.take()
    with pytest.raises(Taken):
        other.take()
    (tmp_path / "bridge.lock").unlink()
    assert other.take(), "a folder made anew is free"
    with pytest.raises(Taken):
        first.take()
    first.release()
    assert (tmp_path / "bridge.lock").exists(), "the other one's lock was taken away"
    other.release()
    assert os.listdir(tmp_path) == []


def test_a_volume_without_locks_is_used_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: Any) -> bool:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(mailbox_lock, "held_by_another", refuse)
    lock = MailboxLock(tmp_path)
    assert lock.take()
    lock.release()


# --- answers that never end, and files that are none ------------------------------------------------------


def test_parts_that_never_come_are_an_unknown_outcome(tmp_path: Path) -> None:
    """The agent says part 1 of 3 and then nothing but that it is there."""

    async def scene(stage: Stage) -> None:
        session = await stage.connect()
        asking = asyncio.create_task(session.call("agent.ping", PingArgs(), timeout_seconds=5))
        stage.say((await stage.request("op"))["id"], "A" * 196_608, part="1/3")
        await stage.request("part")
        stage.now = 6
        stage.hub.sweep()
        with pytest.raises(HostTimeoutError):
            await asking
        stage.say((await stage.request("ping"))["id"], {"alive": True})
        await stage.until(lambda: stage.lying() is None)
        assert stage.hub.list() == (session,)

    play(tmp_path, scene)


@pytest.mark.parametrize("part", ["1/1", "3/3", "2/4"])
def test_another_part_than_the_one_asked_for_is_the_agents_fault(part: str, tmp_path: Path) -> None:
    """1/1 is what an agent says that has forgotten the answer."""

    async def scene(stage: Stage) -> None:
        session = await stage.connect()
        asking = asyncio.create_task(session.call("agent.ping", PingArgs()))
        stage.say((await stage.request("op"))["id"], "A" * 196_608, part="1/3")
        number, count = part.split("/")
        data = encoded({}) if number == count else "A" * 196_608
        stage.say((await stage.request("part"))["id"], data, part=part)
        answer = await asking
        assert (answer.outcome, answer.error and answer.error.code) == ("committed_unverified", "agent_fault")

    play(tmp_path, scene)


def test_an_agent_whose_resolve_is_gone_is_not_waited_for(tmp_path: Path) -> None:
    """No ping, no 20 s: the op's caller is told at once, and the next agent is heard."""
    resolve = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)

    async def scene(stage: Stage) -> None:
        asked = await stage.request("hello")
        stage.say(asked["id"], stage.hello("lua-1", {"pid": resolve.pid}))
        await stage.until(lambda: stage.postman.instance)
        asking = asyncio.create_task(stage.hub.list()[-1].call("agent.ping", PingArgs()))
        await stage.request("op")
        resolve.kill()
        resolve.communicate()
        with pytest.raises(HostTimeoutError, match=r"DaVinci Resolve 20\.3\.1 has quit.*unknown"):
            await asking
        assert stage.hub.list() == ()
        await stage.connect("lua-2")

    try:
        play(tmp_path, scene)
    finally:
        resolve.kill()
        resolve.communicate()
