"""The mailbox: its files to the byte, and the postman against an agent whose every answer the test writes."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.mailbox_stage import BRISK, Stage, encoded, lua_table, play, prefs_of

from takebridge.errors import HostTimeoutError, UnsafeFolderError
from takebridge.events import EventBus
from takebridge.hosts.protocol import PROTOCOL_VERSION, OpAnswer, PingArgs, StopArgs
from takebridge_server.mailbox import Pace, Postman
from takebridge_server.mailbox_files import (
    PART_BYTES,
    Box,
    Garbled,
    Letter,
    PrefsWatch,
    bridge_text,
    find_knock,
    find_letter,
    open_letters,
    prefs_folders,
    request_text,
)
from takebridge_server.sessions import AgentHub

# --- what is written ------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=8), st.text(max_size=20) | st.lists(st.integers(), max_size=3), max_size=4))
def test_a_request_is_read_by_lua_as_it_was_meant(body: dict[str, Any]) -> None:
    found = lua_table(request_text("q_1", 7, "lua-1", "t" * 64, "op", body))
    assert json.loads(found.pop("body")) == body
    assert found == {"id": "q_1", "seq": 7, "to": "lua-1", "token": "t" * 64, "kind": "op"}


@pytest.mark.parametrize("text", ["]==]", "]==] ]===] os.exit()", "]=]", "[==[", "\n\r\n\\]]", "é ]====]"])
def test_no_text_gets_out_of_its_brackets(text: str) -> None:
    found = lua_table(request_text("q_1", 1, "", "t", "op", {"name": text}))
    assert json.loads(found["body"]) == {"name": text}


def test_a_bridge_says_its_token_and_whom_it_hears() -> None:
    found = lua_table(bridge_text("ab" * 32, "lua-1"))
    assert found == {"protocol": PROTOCOL_VERSION, "token": "ab" * 32, "instance": "lua-1", "pid": os.getpid()}


# --- what is read ---------------------------------------------------------------------------------------


def test_an_answer_is_found_among_other_preferences() -> None:
    prefs = b'{ Answer = "q_1;1/1;AAAA", Other = { Answer = "q_1;1/1;BBBB" } }' + prefs_of(
        "q_1;1/1;Q0ND", Knock="lua-9"
    )
    assert find_letter(prefs, "q_1") == Letter("q_1", 1, 1, "Q0ND")
    assert find_knock(prefs) == "lua-9"


@pytest.mark.parametrize(
    "answer",
    [
        "q_2;1/1;AAAA",
        "q_1;0/1;AAAA",
        "q_1;2/1;AAAA",
        "q_1;1/1;AAA",
        "q_1;1/1;",
        "q_1;1/2;AAAA",
        "q_1;1/1;AA!A",
        "",
        "q_1;1/1",
        "q_1",
        "q_1;1/1;" + "A" * (PART_BYTES + 4),
        "q_1;99999/1;AAAA",
    ],
)
def test_what_does_not_fit_is_no_answer(answer: str) -> None:
    assert find_letter(prefs_of(answer), "q_1") is None


def test_a_file_cut_anywhere_is_no_answer_until_it_is_whole() -> None:
    prefs = prefs_of("q_1;1/1;" + encoded({"alive": True}))
    whole = prefs.index(b"}")
    for end in range(len(prefs)):
        assert (find_letter(prefs[:end], "q_1") is not None) == (end > whole), end


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_garbage_is_no_answer(garbage: bytes) -> None:
    assert find_letter(garbage, "q_1") is None
    assert find_letter(b"TakeBridge = {" + garbage, "q_1") is None
    assert find_knock(garbage) == ""


@pytest.mark.parametrize(
    "data", ["====", "AAAA", encoded([1]), encoded("text"), base64.b64encode(b'"\xff"').decode(), encoded({})[:-4]]
)
def test_an_answer_that_is_no_object_is_garbled(data: str) -> None:
    with pytest.raises(Garbled):
        open_letters([Letter("q_1", 1, 1, data)])


def test_parts_are_put_together() -> None:
    data = encoded({"text": "x" * PART_BYTES})
    letters = [Letter("q", n, 2, data[at : at + PART_BYTES]) for n, at in ((1, 0), (2, PART_BYTES))]
    assert open_letters(letters) == {"text": "x" * PART_BYTES}


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {"HOME": "/home/ed"}, "/home/ed/.local/share/DaVinciResolve/Fusion/Profiles"),
        (
            "darwin",
            {"HOME": "/Users/ed"},
            "/Users/ed/Library/Application Support/Blackmagic Design/DaVinci Resolve/Fusion/Profiles",
        ),
        ("win32", {"APPDATA": "/r"}, "/r/Blackmagic Design/DaVinci Resolve/Support/Fusion/Profiles"),
    ],
)
def test_where_resolve_keeps_its_profiles(platform: str, environ: dict[str, str], expected: str) -> None:
    assert prefs_folders(environ, platform)[0] == Path(expected)


def test_every_profile_is_looked_at(tmp_path: Path) -> None:
    for name in ("Default", "Studio"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Fusion.prefs").write_text(name)
    (tmp_path / "stray.txt").write_text("")
    watch = PrefsWatch(folders=[tmp_path, tmp_path / "missing"])
    assert watch.changed(watch.files()) == [b"Default", b"Studio"]


def test_an_emulated_resolve_has_a_place_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "Fusion.prefs").write_text("emulated")
    watch = PrefsWatch(folders=[], stand_in=tmp_path / "Fusion.prefs")
    assert watch.changed(watch.files()) == [b"emulated"]
    assert PrefsWatch(tmp_path / "named", stand_in=tmp_path / "Fusion.prefs").files() == [tmp_path / "named"]


def test_a_file_is_read_again_when_it_changed_or_when_its_clock_is_not_trusted(tmp_path: Path) -> None:
    path = tmp_path / "Fusion.prefs"
    watch = PrefsWatch(path)
    assert watch.changed([path]) == []
    path.write_text("one")
    assert (watch.changed([path]), watch.changed([path])) == ([b"one"], [])
    status = path.stat()
    path.write_text("two")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert watch.changed([path]) == []
    assert watch.changed([path], all_of_them=True) == [b"two"]
    path.unlink()
    assert watch.changed([path], all_of_them=True) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no owner to compare")
def test_files_of_others_and_folders_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "Fusion.prefs"
    path.write_text("x")
    assert PrefsWatch(tmp_path).changed([tmp_path]) == []
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    assert PrefsWatch(path).changed([path]) == []


# --- the folder -----------------------------------------------------------------------------------------


def test_the_folder_is_its_owners_alone(tmp_path: Path) -> None:
    box = Box(tmp_path / "deep" / "mailbox")
    box.open()
    box.post("q_1", "hello", {})
    assert stat.S_IMODE(box.folder.stat().st_mode) == 0o700
    assert {name: stat.S_IMODE((box.folder / name).stat().st_mode) for name in os.listdir(box.folder)} == {
        "bridge.lock": 0o600,
        "bridge.lua": 0o600,
        "request.lua": 0o600,
    }
    box.close()
    assert os.listdir(box.folder) == []


def test_files_that_are_not_ours_are_left_there(tmp_path: Path) -> None:
    box = Box(tmp_path / "mailbox")
    box.open()
    (box.folder / "bridge.lua").write_text(bridge_text("cd" * 32, ""))
    box.close()
    assert os.listdir(box.folder) == ["bridge.lua"]


def shared(path: Path) -> None:
    path.mkdir(mode=0o755)
    path.chmod(0o755)


UNFIT: dict[str, Callable[[Path], object]] = {
    "open to others": shared,
    "a file": lambda path: path.write_text(""),
    "a link": lambda path: path.symlink_to(path.parent),
    "below a file": lambda path: path.parent.joinpath("file").write_text(""),
}


@pytest.mark.parametrize("how", UNFIT)
def test_an_unfit_folder_is_refused(how: str, tmp_path: Path) -> None:
    UNFIT[how](tmp_path / "mailbox")
    place = tmp_path / "file" / "mailbox" if how == "below a file" else tmp_path / "mailbox"
    with pytest.raises(UnsafeFolderError) as found:
        Box(place).open()
    assert found.value.hint


def test_without_a_folder_the_mailbox_is_off_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "mailbox").write_text("")
    postman = Postman(AgentHub(EventBus()), tmp_path / "mailbox", tmp_path / "Fusion.prefs", BRISK)
    asyncio.run(postman.run())
    assert "not a folder" in postman.problem and "TAKEBRIDGE_MAILBOX" in postman.problem


# --- the postman ----------------------------------------------------------------------------------------


def test_an_agent_says_hello_and_does_an_op(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        session = await stage.connect()
        assert (session.status.version, session.hello.agent) == ("20.3.1", "takebridge-lua")
        assert 'instance="lua-1"' in (stage.folder / "bridge.lua").read_text()
        asking = asyncio.create_task(session.call("agent.ping", PingArgs()))
        asked = await stage.request("op")
        assert asked["to"] == "lua-1" and json.loads(asked["body"])["verb"] == "agent.ping"
        stage.say(asked["id"], {"op_id": "x", "outcome": "verified", "result": {"alive": True}})
        answer = await asking
        assert (answer.outcome, answer.result) == ("verified", {"alive": True})
        await stage.until(lambda: stage.lying() is None)

    play(tmp_path, scene)


def test_stale_half_and_foreign_answers_are_waited_past(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        session = await stage.connect()
        asking = asyncio.create_task(session.call("agent.ping", PingArgs()))
        asked = await stage.request("op")
        data = encoded({"op_id": "x", "outcome": "verified", "result": {"alive": True}})
        stage.say("q_of_yesterday", data)
        stage.prefs.path.write_bytes(prefs_of(f"{asked['id']};1/1;{data}")[:-40])
        stage.say(asked["id"], data[:-3])
        stage.say(asked["id"], data, part="2/1")
        stage.prefs.path.write_bytes(os.urandom(5000))
        await asyncio.sleep(0)
        assert not asking.done()
        stage.say(asked["id"], data)
        assert (await asking).outcome == "verified"

    play(tmp_path, scene)


def test_a_long_answer_is_fetched_part_by_part(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        session = await stage.connect()
        asking = asyncio.create_task(session.call("agent.ping", PingArgs()))
        data = encoded({"op_id": "x", "outcome": "verified", "result": {"text": "é" * 100_000}})
        parts = [data[at : at + PART_BYTES] for at in range(0, len(data), PART_BYTES)]
        asked = await stage.request("op")
        stage.say(asked["id"], parts[0], part=f"1/{len(parts)}")
        for number in range(2, len(parts) + 1):
            rest = await stage.request("part")
            while json.loads(rest["body"]) != {"of": asked["id"], "part": number}:
                rest = await stage.request("part")
            stage.say(rest["id"], parts[number - 1], part=f"{number}/{len(parts)}")
        assert len(parts) > 3
        assert (await asking).result == {"text": "é" * 100_000}

    play(tmp_path, scene)


def test_an_answer_over_16_mib_is_the_agents_fault(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        session = await stage.connect()
        asking = asyncio.create_task(session.call("agent.ping", PingArgs()))
        asked = await stage.request("op")
        stage.say(asked["id"], "A" * PART_BYTES, part="1/9999")
        answer = await asking
        assert (answer.outcome, answer.error and answer.error.code) == ("committed_unverified", "agent_fault")

    play(tmp_path, scene)


@pytest.mark.parametrize("body", [{}, {"op_id": 3, "outcome": "perhaps"}, "AAAA"], ids=["empty", "made up", "no json"])
def test_an_answer_that_makes_no_sense_is_the_agents_fault(tmp_path: Path, body: Any) -> None:
    async def scene(stage: Stage) -> None:
        session = await stage.connect()
        asking = asyncio.create_task(session.call("agent.ping", PingArgs()))
        stage.say((await stage.request("op"))["id"], body)
        answer: OpAnswer = await asking
        assert (answer.outcome, answer.error and answer.error.code) == ("committed_unverified", "agent_fault")

    play(tmp_path, scene)


def test_a_caller_who_gives_up_leaves_no_request_behind(tmp_path: Path) -> None:
    """A request that is still there could be carried out long after everybody has gone."""

    async def scene(stage: Stage) -> None:
        session = await stage.connect()
        asking = asyncio.create_task(session.call("agent.ping", PingArgs(), timeout_seconds=5))
        await stage.request("op")
        stage.now = 6
        stage.hub.sweep()
        with pytest.raises(HostTimeoutError):
            await asking
        ping = await stage.request("ping")
        stage.say(ping["id"], {"alive": True})
        await stage.until(lambda: stage.lying() is None)
        assert stage.hub.list() == (session,)

    play(tmp_path, scene)


def test_a_silent_agent_loses_its_session_and_may_come_back(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        session = await stage.connect()
        await stage.until(lambda: session not in stage.hub.list())
        assert stage.postman.instance == ""
        again = await stage.connect()
        assert again.session != session.session

    play(tmp_path, scene, Pace(look=0.001, idle=0.01, ping=0.02, silence=0.05, op=60, distrust=0.02, retry=0.01))


def test_an_idle_agent_is_pinged_and_stays(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        session = await stage.connect()
        for _ in range(3):
            ping = await stage.request("ping")
            stage.say(ping["id"], {"alive": True})
            await stage.until(lambda seen=ping["id"]: (stage.lying() or {}).get("id") != seen)
        assert stage.hub.list() == (session,)

    play(tmp_path, scene, Pace(look=0.001, idle=0.01, ping=0.02, silence=20, op=60, distrust=0.02, retry=0.01))


def test_a_stopped_agent_leaves_a_standing_hello(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        session = await stage.connect()
        asking = asyncio.create_task(session.call("agent.stop", StopArgs()))
        stage.say((await stage.request("op"))["id"], {"op_id": "x", "outcome": "verified", "result": {}})
        assert (await asking).outcome == "verified"
        await stage.request("hello")
        assert stage.hub.list() == ()

    play(tmp_path, scene)


def test_an_agent_started_later_takes_over(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        first = await stage.connect("lua-1")
        stage.prefs.set("Global.TakeBridge.Knock", "lua-2")
        stage.prefs.save()
        asked = await stage.request("hello")
        assert asked["to"] == "lua-2"
        stage.say(asked["id"], stage.hello("lua-2"))
        await stage.until(lambda: stage.postman.instance == "lua-2")
        assert first not in stage.hub.list() and len(stage.hub.list()) == 1
        assert 'instance="lua-2"' in (stage.folder / "bridge.lua").read_text()

    play(tmp_path, scene)


@pytest.mark.parametrize(
    "change",
    [{"capabilities": 3}, {"protocol": "9.0"}, {"instance": 5}, {"instance": "no/such\nname"}, {"more": 1}],
    ids=lambda change: next(iter(change)),
)
def test_a_hello_of_another_release_is_told_and_the_next_one_is_heard(tmp_path: Path, change: dict[str, Any]) -> None:
    async def scene(stage: Stage) -> None:
        stage.say((await stage.request("hello"))["id"], stage.hello("lua-1", change))
        await stage.until(lambda: stage.postman.problem)
        assert stage.hub.list() == ()
        await stage.connect("lua-2")
        assert stage.postman.problem == ""

    play(tmp_path, scene)


def test_the_folder_may_vanish_and_come_back(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await stage.request("hello")
        session = await stage.connect()
        for name in os.listdir(stage.folder):
            (stage.folder / name).unlink()
        stage.folder.rmdir()
        asking = asyncio.create_task(session.call("agent.ping", PingArgs()))
        answer = await asking
        assert (answer.outcome, answer.error and answer.error.code) == ("not_applied", "agent_fault")
        await stage.connect("lua-2")

    play(tmp_path, scene)
