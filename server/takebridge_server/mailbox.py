"""The mailbox's postman: speaks for a Lua agent inside Resolve to the `AgentHub`, so that it is a session like any.

While no agent is heard, a hello request lies in the folder and the preferences files are looked at once a second.
While one is, ops go one at a time: write the request, watch for the answer, fetch further parts, hand it to the hub.
Every half minute without an op a ping asks whether the agent is still there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio.to_thread
from pydantic import ValidationError

from takebridge.errors import BridgeError, HostOfflineError, UnsafeFolderError
from takebridge.hosts.protocol import Hello, Op, OpAnswer, Poll, WireError
from takebridge.ids import new_id
from takebridge_server.mailbox_files import (
    MAX_PARTS,
    Box,
    Garbled,
    Letter,
    PrefsWatch,
    find_knock,
    find_letter,
    open_letters,
)
from takebridge_server.mailbox_lock import Taken
from takebridge_server.process_life import life_of
from takebridge_server.sessions import AgentHub, UnknownSessionError

logger = logging.getLogger(__name__)

Until = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between two looks while waiting for an answer and while nobody is there, between pings of an idle
    agent, how long a ping and an op may go unanswered, between looks that do not trust the file's clock, and before
    trying again after a failure of the disk or an agent of another release."""

    look: float = 0.01
    idle: float = 1.0
    ping: float = 30.0
    silence: float = 20.0
    op: float = 900.0
    distrust: float = 0.25
    retry: float = 5.0


PACE = Pace()


class Silent(Exception):
    """No answer came."""


class Gone(Silent):
    """None will come: Resolve's process has ended."""


class Postman:
    """One mailbox. `run` it beside the requests; ``problem`` says in an editor's words why it is off, "" otherwise.

    ``prefs`` and ``stand_in`` as in `PrefsWatch`.
    """

    def __init__(
        self,
        hub: AgentHub,
        folder: Path,
        prefs: Path | None = None,
        pace: Pace | None = None,
        *,
        stand_in: Path | None = None,
    ) -> None:
        self._hub = hub
        self._box = Box(folder)
        self._watch = PrefsWatch(prefs, stand_in=stand_in)
        self._pace = pace or PACE
        self._knocks: set[str] = set()
        self.problem = ""
        self.instance = ""
        """The agent that is heard, "" when none is."""

    async def run(self) -> None:
        """Carry letters until cancelled; then nothing of ours is left in the folder."""
        try:
            await self._move_in()
            while True:
                await self._one_agent()
        except UnsafeFolderError as error:
            self.problem = f"{error.message} {error.hint}"
            logger.warning("the mailbox is off: %s", error.message)
        finally:
            self._box.close()

    async def _move_in(self) -> None:
        """Open the folder, when another bridge has it once that one has left. Raises UnsafeFolderError."""
        while True:
            try:
                self._box.open()
            except Taken as taken:
                if not self.problem:
                    logger.warning("the mailbox waits: %s", taken)
                self.problem = str(taken)
                await asyncio.sleep(self._pace.retry)
            else:
                self.problem = ""
                return

    async def _one_agent(self) -> None:
        try:
            hello: dict[str, Any] | None = await self._ask("hello", {}, pause=self._pace.idle)
            while hello is not None:
                hello = await self._meet(hello)
        except (OSError, BridgeError, Garbled) as error:
            self.problem = f"The mailbox has trouble: {error}"
            logger.warning("the mailbox has trouble: %s", error)
            await asyncio.sleep(self._pace.retry)
            await self._move_back_in()

    async def _move_back_in(self) -> None:
        """The folder may have gone meanwhile, or be another bridge's; what is wrong with it is told by the next try."""
        said = self.problem
        with contextlib.suppress(UnsafeFolderError):
            await self._move_in()
        self.problem = self.problem or said

    async def _meet(self, said: dict[str, Any]) -> dict[str, Any] | None:
        """Hold the session of an agent that said hello; return the hello of another one that took its place."""
        instance = said.pop("instance", "")
        try:
            hello = Hello.model_validate(said)
        except ValidationError as error:
            raise Garbled(
                "An agent inside Resolve says hello in words of another release; install it again."
            ) from error
        if not isinstance(instance, str) or not instance.replace("-", "").isalnum() or len(instance) > 64:
            raise Garbled("An agent inside Resolve does not say which one it is.")
        session = self._hub.hello(hello).session
        self.problem = ""
        self._knocks |= {instance, *map(find_knock, self._look(all_of_them=True))}
        self.instance = instance
        visit = Visit(self, session, hello.pid)
        try:
            self._box.announce(instance)
            return await visit.hold()
        finally:
            self.instance = ""
            self._hub.leave(session, "gone" if visit.is_gone() else "silent")
            with contextlib.suppress(OSError):
                self._box.announce("")

    # - letters

    async def _ask(
        self, kind: str, body: Mapping[str, Any], *, to: str = "", pause: float, until: Until = lambda: False
    ) -> dict[str, Any]:
        """Ask, and return the answer put together. Raises Silent once ``until`` holds, Garbled, and OSError when the
        request could not be put there: nobody has seen it then."""
        first = await self._letter(kind, body, to, pause, until)
        if first.part != 1 or first.parts > MAX_PARTS:
            raise Garbled("The agent's answer is longer than 16 MiB.")
        try:
            rest = [await self._part(first, number, to, until) for number in range(2, first.parts + 1)]
        except OSError as error:
            raise Garbled(f"A part of the agent's answer could not be asked for: {error}") from error
        return await anyio.to_thread.run_sync(open_letters, [first, *rest])

    async def _part(self, first: Letter, number: int, to: str, until: Until) -> Letter:
        letter = await self._letter("part", {"of": first.id, "part": number}, to, self._pace.look, until)
        if (letter.part, letter.parts) != (number, first.parts):
            raise Garbled("A part of the agent's answer is missing.")
        return letter

    async def _letter(self, kind: str, body: Mapping[str, Any], to: str, pause: float, until: Until) -> Letter:
        id, began = new_id("q"), time.monotonic()
        read = began
        self._box.post(id, kind, body, to)
        try:
            while not until():
                distrust = time.monotonic() - read >= max(self._pace.distrust, 10 * pause)
                read = time.monotonic() if distrust else read
                for text in await anyio.to_thread.run_sync(self._look, distrust):
                    letter = find_letter(text, id)
                    if letter:
                        return letter
                await asyncio.sleep(pause if time.monotonic() - began < 1 else max(pause, 0.03))
        finally:
            self._box.clear()
        raise Silent

    def _look(self, all_of_them: bool = False) -> list[bytes]:
        return self._watch.changed(self._watch.files(), all_of_them=all_of_them)

    async def knocker(self) -> dict[str, Any] | None:
        """Return the hello of an agent that was started after the one we hear, or None."""
        for text in await anyio.to_thread.run_sync(self._look):
            knock = find_knock(text)
            if knock and knock not in self._knocks:
                self._knocks.add(knock)
                with contextlib.suppress(Silent):
                    return await self._ask("hello", {}, to=knock, pause=self._pace.look, until=self.patience())
        return None

    def patience(self) -> Until:
        """Return a test that holds once a ping has gone unanswered for too long."""
        end = time.monotonic() + self._pace.silence
        return lambda: time.monotonic() > end


class Visit:
    """One session with one agent."""

    def __init__(self, postman: Postman, session: str, pid: int) -> None:
        self._postman, self._hub, self._pace = postman, postman._hub, postman._pace
        self._session, self._to = session, postman.instance
        self._life = life_of(pid)
        self._inbox: asyncio.Queue[Op | None] = asyncio.Queue()
        self._received = self._busy_with = ""
        self._heard = time.monotonic()

    async def hold(self) -> dict[str, Any] | None:
        """Carry ops until the session ends; return the hello of an agent that takes over, if one does."""
        polling = asyncio.create_task(self._poll())
        try:
            return await self._work()
        except Silent as silence:
            said = "gone" if isinstance(silence, Gone) else "silent"
            logger.warning("the agent of session %s is %s", self._session, said)
            return None
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)

    async def _poll(self) -> None:
        with contextlib.suppress(UnknownSessionError):
            while True:
                poll = Poll(session=self._session, received=self._received, busy_with=self._busy_with)
                op = (await self._hub.poll(poll)).op
                if op is not None:
                    self._received = self._busy_with = op.id
                    self._inbox.put_nowait(op)
        self._inbox.put_nowait(None)

    async def _work(self) -> dict[str, Any] | None:
        while True:
            try:
                op = await asyncio.wait_for(self._inbox.get(), self._pace.idle)
            except TimeoutError:
                other = await self._pause()
                if other is not None:
                    return other
                continue
            if op is None or not await self._carry_out(op):
                return None

    async def _pause(self) -> dict[str, Any] | None:
        """Between ops: look for an agent that takes over, and ping when nothing was heard for long."""
        if self.is_gone():
            raise Gone
        other = await self._postman.knocker()
        if other is None and time.monotonic() - self._heard >= self._pace.ping:
            await self._ping()
        return other

    async def _ping(self) -> None:
        postman, impatient = self._postman, self._postman.patience()
        until: Until = lambda: impatient() or self.is_gone()  # noqa: E731
        await postman._ask("ping", {}, to=self._to, pause=self._pace.look, until=until)
        self._heard = time.monotonic()

    async def _carry_out(self, op: Op) -> bool:
        """Bring an op to the agent and its answer to the hub; say whether the agent goes on after it."""
        try:
            said = await self._postman._ask(
                "op", op.model_dump(mode="json"), to=self._to, pause=self._pace.look, until=self._given_up()
            )
        except Silent:
            if self.is_gone():
                raise Gone from None
            # Its caller waits no longer: is the agent still there? It may be at the op yet, then we part for now.
            self._busy_with = ""
            await self._ping()
            return True
        except OSError as error:
            with contextlib.suppress(UnknownSessionError):
                self._hub.answer(_answer({**_fault(op, error), "outcome": "not_applied"}, self._session, op))
            raise
        except Garbled as error:
            said = _fault(op, error)
        self._busy_with, self._heard = "", time.monotonic()
        answer = _answer(said, self._session, op)
        try:
            self._hub.answer(answer)
        except UnknownSessionError:
            return False
        return not (op.verb in ("agent.stop", "agent.reload") and answer.outcome == "verified")

    def _given_up(self) -> Until:
        """Return a test that holds once nobody waits for the op any more, or nobody is there to answer it."""
        end = time.monotonic() + self._pace.op

        def test() -> bool:
            try:
                waited_for = self._hub.get(self._session).busy
            except HostOfflineError:
                return True
            return not waited_for or self.is_gone() or time.monotonic() > end

        return test

    def is_gone(self) -> bool:
        """Whether Resolve's process, which the agent runs in, has ended or its id belongs to another one."""
        return self._life is not None and self._life.has_ended()


def _answer(said: Mapping[str, Any], session: str, op: Op) -> OpAnswer:
    try:
        return OpAnswer.model_validate({**said, "session": session, "op_id": op.id})
    except ValidationError as error:
        return OpAnswer.model_validate({**_fault(op, error), "session": session})


def _fault(op: Op, error: Exception) -> dict[str, Any]:
    wire = WireError(
        code="agent_fault",
        message=f"The mailbox of the agent failed: {error}"[:4096],
        hint="Look at the timeline in Resolve, then install the agent again: takebridge install resolve.",
    )
    return {"op_id": op.id, "outcome": "committed_unverified", "error": wire.model_dump()}
