"""The hub without a network: a moved clock, no server. What needs HTTP is in the contract tests."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator

import pytest
from tests.support.server import hello_of

from takebridge.errors import HostBusyError, HostOfflineError, HostTimeoutError
from takebridge.events import EventBus
from takebridge.hosts.protocol import OpAnswer, PingArgs, Poll, StatusArgs
from takebridge_server.process_life import Life
from takebridge_server.sessions import QUEUE_LIMIT, AgentHub, AgentSession


class MovedClock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Stage:
    """A hub with one session; ``settle`` lets every task run until it waits."""

    def __init__(self) -> None:
        self.clock = MovedClock()
        self.hub = AgentHub(EventBus(), clock=self.clock, poll_seconds=10)
        self.session: AgentSession = self.hub.get(self.hub.hello(hello_of()).session)

    def ping(self, timeout_seconds: int = 30) -> asyncio.Task[OpAnswer]:
        return asyncio.create_task(self.session.call("agent.ping", PingArgs(), timeout_seconds=timeout_seconds))

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def take(self, received: str = "") -> str:
        reply = await self.hub.poll(Poll(session=self.session.session, received=received))
        assert reply.op is not None
        return reply.op.id

    async def pass_time(self, seconds: float) -> None:
        self.clock.now += seconds
        self.hub.sweep()
        await self.settle()


def played(scene: Callable[[Stage], Awaitable[None]]) -> None:
    async def play() -> None:
        await scene(Stage())

    asyncio.run(play())


def test_the_queue_is_bounded() -> None:
    async def scene(stage: Stage) -> None:
        waiting = [stage.ping() for _ in range(QUEUE_LIMIT)]
        await stage.settle()
        with pytest.raises(HostBusyError) as full:
            await stage.ping()
        assert full.value.hint
        stage.hub.close()
        ended = await asyncio.gather(*waiting, return_exceptions=True)
        assert {type(error) for error in ended} == {HostOfflineError}

    played(scene)


def test_an_op_waiting_behind_another_fails_untouched() -> None:
    async def scene(stage: Stage) -> None:
        first, second = stage.ping(60), stage.ping(5)
        await stage.settle()
        taken = await stage.take()
        await stage.pass_time(5)
        with pytest.raises(HostBusyError):
            await second
        assert not first.done()
        held = asyncio.create_task(stage.hub.poll(Poll(session=stage.session.session, received=taken)))
        await stage.settle()
        stage.hub.answer(OpAnswer(session=stage.session.session, op_id=taken, outcome="verified"))
        await stage.settle()
        assert not held.done(), "the op that failed never goes out"
        assert (await first).op_id == taken
        held.cancel()

    played(scene)


def test_an_agent_that_stops_asking_leaves_an_op_untouched() -> None:
    async def scene(stage: Stage) -> None:
        call = stage.ping(5)
        await stage.settle()
        await stage.pass_time(4.9)
        assert not call.done()
        await stage.pass_time(0.1)
        with pytest.raises(HostOfflineError):
            await call

    played(scene)


def test_a_cancelled_call_withdraws_what_nobody_took() -> None:
    async def scene(stage: Stage) -> None:
        given_up, wanted = stage.ping(), stage.ping()
        await stage.settle()
        given_up.cancel()
        await stage.settle()
        taken = await stage.take()
        stage.hub.answer(OpAnswer(session=stage.session.session, op_id=taken, outcome="verified"))
        assert (await wanted).op_id == taken

    played(scene)


def test_a_cancelled_call_in_flight_is_not_handed_out_again() -> None:
    async def scene(stage: Stage) -> None:
        given_up = stage.ping()
        await stage.settle()
        taken = await stage.take()
        given_up.cancel()
        following = stage.ping()
        await stage.settle()
        assert not stage.session.busy
        assert await stage.take(received="") != taken
        stage.hub.close()
        with pytest.raises(HostTimeoutError):
            await following

    played(scene)


def test_the_newest_poll_wins() -> None:
    async def scene(stage: Stage) -> None:
        poll = Poll(session=stage.session.session)
        older = asyncio.create_task(stage.hub.poll(poll))
        await stage.settle()
        newer = asyncio.create_task(stage.hub.poll(poll))
        await stage.settle()
        assert (await older).op is None
        call = stage.ping()
        op = (await newer).op
        assert op is not None
        stage.hub.answer(OpAnswer(session=poll.session, op_id=op.id, outcome="verified"))
        await call

    played(scene)


def test_a_poll_just_before_silence_keeps_the_session() -> None:
    async def scene(stage: Stage) -> None:
        await stage.pass_time(25)
        assert stage.hub.current() is stage.session
        await stage.pass_time(0.1)
        with pytest.raises(HostOfflineError):
            stage.hub.current()

    played(scene)


def test_an_answer_to_an_op_that_never_went_out_is_not_known() -> None:
    async def scene(stage: Stage) -> None:
        call = stage.ping()
        await stage.settle()
        answer = OpAnswer(session=stage.session.session, op_id="op_made_up", outcome="verified")
        assert not stage.hub.answer(answer).known
        assert not call.done()
        stage.hub.close()
        with pytest.raises(HostOfflineError):
            await call

    played(scene)


def test_the_arguments_must_be_those_of_the_verb() -> None:
    async def scene(stage: Stage) -> None:
        with pytest.raises(TypeError, match="PingArgs"):
            await stage.session.call("agent.ping", StatusArgs())

    played(scene)


# --- the agent's process --------------------------------------------------------------------------------


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """Stands for an agent's process."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as one:
        yield one
        one.kill()


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def met(stage: Stage, pid: int) -> AgentSession:
    """Another agent than the stage's own, which leaves."""
    session = stage.hub.get(stage.hub.hello(hello_of(pid=pid)).session)
    stage.hub.leave(stage.session.session)
    return session


def test_a_process_that_ends_between_two_polls_is_missed_at_once(process: subprocess.Popen[bytes]) -> None:
    """What waits fails untouched, what it had taken has an unknown outcome; whoever asks next is told why."""

    async def scene(stage: Stage) -> None:
        session = stage.session = met(stage, process.pid)
        taken, waiting = stage.ping(), stage.ping()
        await stage.settle()
        await stage.take()
        await stage.pass_time(0.25)
        assert stage.hub.list() == (session,)
        end(process)
        await stage.pass_time(0.25)
        with pytest.raises(HostTimeoutError, match="unknown"):
            await taken
        with pytest.raises(HostOfflineError, match="Nothing was changed"):
            await waiting
        for ask in (stage.hub.current, lambda: stage.hub.get(session.session)):
            with pytest.raises(HostOfflineError, match=r"DaVinci Resolve 20\.3\.1 has quit") as told:
                ask()
            assert told.value.hint

    played(scene)


def test_a_held_poll_is_believed_more_than_an_id(process: subprocess.Popen[bytes]) -> None:
    """An agent in a container has another id there; the one it says may be a stranger's here."""

    async def scene(stage: Stage) -> None:
        session = met(stage, process.pid)
        held = asyncio.create_task(stage.hub.poll(Poll(session=session.session)))
        await stage.settle()
        end(process)
        await stage.pass_time(9)
        assert stage.hub.list() == (session,)
        held.cancel()
        await asyncio.gather(held, return_exceptions=True)
        await stage.pass_time(0.25)
        assert stage.hub.list() == ()

    played(scene)


def test_an_id_that_was_never_here_proves_nothing(process: subprocess.Popen[bytes]) -> None:
    async def scene(stage: Stage) -> None:
        end(process)
        session = met(stage, process.pid)
        await stage.pass_time(24)
        assert stage.hub.current() is session

    played(scene)


def test_an_id_given_to_another_process_keeps_nobody_connected(
    process: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agent's process is gone and its id belongs to a younger one."""

    async def scene(stage: Stage) -> None:
        with monkeypatch.context() as earlier:
            earlier.setattr("takebridge_server.sessions.life_of", lambda pid: Life(pid, "1"))
            older = stage.hub.hello(hello_of(pid=process.pid)).session
        assert older in {session.session for session in stage.hub.list()}
        await stage.pass_time(0.25)
        assert older not in {session.session for session in stage.hub.list()}

    played(scene)


def test_a_living_process_that_stays_silent_goes_offline_all_the_same(process: subprocess.Popen[bytes]) -> None:
    async def scene(stage: Stage) -> None:
        met(stage, process.pid)
        await stage.pass_time(25.1)
        with pytest.raises(HostOfflineError, match="stopped answering"):
            stage.hub.current()

    played(scene)
