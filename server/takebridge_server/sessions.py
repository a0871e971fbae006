"""Connected agents: one session each, ops handed out one at a time, answers brought back to whoever asked.

All methods run on the server's event loop. Time comes from one injected clock and passes only in
`AgentHub.sweep`, which `AgentHub.watch` calls four times a second: op deadlines, held polls and silence are
therefore exact under a test clock.

A panel's session lives and dies with its socket (`attach`): how long its editor is silent says nothing, because a
modal dialog of Premiere freezes all JavaScript for minutes.

An op's life: *queued* → *taken* (a poll reply carried it) → *answered*. A queued op that fails has touched
nothing; a taken op without an answer has an unknown outcome.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import ClassVar, Literal

from takebridge.errors import (
    BridgeError,
    HostBusyError,
    HostError,
    HostOfflineError,
    HostTimeoutError,
    ProtocolVersionError,
    UnsupportedOpError,
)
from takebridge.events import EventBus, JsonValue
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import (
    MUTATING,
    PROTOCOL_VERSION,
    VERBS,
    Ack,
    Expectation,
    Hello,
    HostStatus,
    Op,
    OpAnswer,
    Poll,
    PollReply,
    SelectionArgs,
    Verb,
    Welcome,
    WireModel,
)
from takebridge.ids import new_id
from takebridge_server.answers import checked_answer
from takebridge_server.process_life import life_of

logger = logging.getLogger(__name__)

Clock = Callable[[], float]
QUEUE_LIMIT = 64
POLL_SECONDS = 30
"""How long a poll is held: an idle agent asks twice a minute. That it went away shows at once, by its connection or
between two polls by its process."""
SILENT_POLLS = 2.5
HUNG_UP_SECONDS = 8
"""Silence after a held poll's connection broke: longer than an agent's longest pause between two attempts (5 s)."""
SWEEP_SECONDS = 0.25
_FAREWELLS = {
    "gone": "{editor} has quit, or its agent's process was ended.",
    "silent": "The agent in {editor} stopped answering.",
    "stopped": "The agent in {editor} was stopped.",
    "closed": "The panel in {editor} was closed.",
    "revoked": "The panel in {editor} may not use the bridge any more.",
}
"""Why the last session ended, for whoever asks for an editor next."""
_OPEN_THE_PANEL = "Open the TakeBridge panel in the editor: it connects by itself."
_meant: ContextVar[str | None] = ContextVar("meant", default=None)


@contextmanager
def meaning(session: str) -> Iterator[None]:
    """Within the block, and in what is started there, "the editor" is this session and no other; "" is none yet."""
    token = _meant.set(session)
    try:
        yield
    finally:
        _meant.reset(token)


def _own_agent_version() -> str:
    from takebridge_resolve.agent import AGENT_VERSION  # thirty modules a bridge has no other use for

    return str(AGENT_VERSION)


class UnknownSessionError(HostError):
    """The server does not know this session (any more): the agent says hello again."""

    code: ClassVar[str] = "unknown_session"
    retryable: ClassVar[bool] = True
    default_hint: ClassVar[str] = "Say hello again to get a new session."


@dataclass(eq=False, slots=True)
class _Pending:
    """One op on its way. ``deadline`` in clock seconds; ``done`` resolves with the answer or a HostError."""

    op: Op
    deadline: float
    done: asyncio.Future[OpAnswer]
    taken: bool = False

    def fail(self, error: BridgeError) -> None:
        if not self.done.done():
            self.done.set_exception(error)


@dataclass(eq=False, slots=True)
class _HeldPoll:
    deadline: float
    reply: asyncio.Future[Op | None]

    def answer(self, op: Op | None) -> None:
        if not self.reply.done():
            self.reply.set_result(op)


class AgentSession:
    """One connected agent; implements `takebridge.hosts.port.Host`."""

    def __init__(self, session: str, hello: Hello, *, clock: Clock, poll_seconds: int, panel: str = "") -> None:
        self.session = session
        self.panel = panel
        """The paired panel whose socket holds this session, "" for an agent that polls."""
        self.ended = ""
        """Why the session is over, "" while it is not."""
        self.times_written = 0
        """Grows with every op that may change something in the editor: a reading from before is out of date."""
        self.hello = hello
        self.status: HostStatus = hello.status
        self.capabilities: frozenset[str] = frozenset(hello.capabilities)
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._queue: deque[_Pending] = deque()
        self._in_flight: _Pending | None = None
        self._held: _HeldPoll | None = None
        self._heard = clock()
        self._hung_up = False
        self._open = True
        # The id a panel tells may be of another sandbox, or 0: its socket alone says whether it is there.
        self._life = None if panel else life_of(hello.pid)

    # --- the services' side ---

    async def call(
        self, verb: Verb, args: WireModel, *, expect: Expectation | None = None, timeout_seconds: int = 30
    ) -> OpAnswer:
        """Run one op; ``timeout_seconds`` counts from now, waiting in the queue included.

        Raises UnsupportedOpError, HostOfflineError (nothing was done), HostBusyError (nothing was done: the queue
        is full, or the agent was still at an earlier op when time ran out), HostTimeoutError (taken and not
        answered, or the session ended meanwhile: outcome unknown), HostRejectedError (the answer makes no sense).
        A cancelled call withdraws an op that is still queued.
        """
        self._require_offered(verb, args)
        pending = self._enqueue(verb, args, expect, timeout_seconds)
        self.times_written += verb in MUTATING
        try:
            answer = await pending.done
        finally:
            self.times_written += verb in MUTATING  # again: somebody may have read while it was carried out
            if pending in self._queue:
                self._queue.remove(pending)
        answer = checked_answer(verb, answer)
        if verb == "host.status" and answer.result is not None:
            self.status = HostStatus.model_validate(answer.result)
        return answer

    def _require_offered(self, verb: Verb, args: WireModel) -> None:
        if type(args) is not VERBS[verb]:
            raise TypeError(f"{verb} takes {VERBS[verb].__name__}, not {type(args).__name__}")
        needed: list[str] = [verb]
        if isinstance(args, SelectionArgs) and args.mode == "selected":
            needed.append("selection.get:selected")
        for capability in needed:
            if capability not in self.capabilities:
                raise UnsupportedOpError(
                    f"{self.status.product} {self.status.version} does not offer “{capability}”.",
                    hint=self._way_on(capability),
                    capability=capability,
                )

    @property
    def way_back(self) -> str | None:
        """What makes a session again once this one has ended; None is what helps an agent."""
        return _OPEN_THE_PANEL if self.panel else None

    def _way_on(self, capability: str) -> str:
        """What helps where a capability is missing: a newer agent, when this one is not of the bridge's release."""
        if self.panel:
            return "Do it in the editor by hand, or use a newer version of the editor and of its panel."
        resolve = self.hello.status.host == "resolve"
        if resolve and capability.partition(":")[0] in VERBS and self.hello.agent_version != _own_agent_version():
            return "Run 'takebridge install resolve', then start the agent again in Resolve: it is of another release."
        return "Use another way to choose or place the clip, or a newer version of the editor."

    def _enqueue(self, verb: Verb, args: WireModel, expect: Expectation | None, timeout_seconds: int) -> _Pending:
        if not self._open:
            raise HostOfflineError("The editor's agent is not connected any more.", hint=self.way_back)
        if len(self._queue) >= QUEUE_LIMIT:
            raise HostBusyError(f"{QUEUE_LIMIT} requests are waiting for the editor already; nothing was changed.")
        op = Op(id=new_id("op"), verb=verb, args=args.model_dump(mode="json"), expect=expect)
        future: asyncio.Future[OpAnswer] = asyncio.get_running_loop().create_future()
        pending = _Pending(op, self._clock() + timeout_seconds, future)
        self._queue.append(pending)
        self._hand_out()
        return pending

    # --- the agent's side ---

    async def poll(self, poll: Poll) -> PollReply:
        """Wait for the next op; the newest poll wins and an older one still held ends empty.

        An op whose reply never arrived (``received`` and ``busy_with`` name another) is handed out again.
        """
        self._heard = self._clock()
        self._hung_up = False
        self._release_held()
        self._free_abandoned(poll)
        if self._in_flight and self._in_flight.op.id not in (poll.received, poll.busy_with):
            return PollReply(op=self._in_flight.op)
        held = _HeldPoll(self._heard + self._poll_seconds, asyncio.get_running_loop().create_future())
        self._held = held
        self._hand_out()
        try:
            return PollReply(op=await held.reply)
        except asyncio.CancelledError:
            self._hung_up = True
            raise
        finally:
            self._heard = self._clock()
            if self._held is held:
                self._held = None

    def answer(self, answer: OpAnswer) -> tuple[Ack, Verb | None]:
        """Settle the op in flight. Returns the receipt and the verb; unknown and late ones are not ``known``."""
        self._heard = self._clock()
        pending = self._in_flight
        if pending is None or pending.op.id != answer.op_id:
            return Ack(known=False), None
        self._in_flight = None
        known = not pending.done.done()
        if known:
            pending.done.set_result(answer)
        self._hand_out()
        return Ack(known=known), pending.op.verb

    def _hand_out(self) -> None:
        """Give the oldest waiting op to the held poll, if there is one and nothing is in flight."""
        while self._queue and self._queue[0].done.done():
            self._queue.popleft()
        if self._in_flight or not self._queue or not self._held or self._held.reply.done():
            return
        self._in_flight = self._queue.popleft()
        self._in_flight.taken = True
        self._held.answer(self._in_flight.op)

    def _free_abandoned(self, poll: Poll) -> None:
        """Forget an op its caller gave up on, once the agent is not at it: it must never be handed out again."""
        pending = self._in_flight
        if pending and pending.done.done() and poll.busy_with != pending.op.id:
            self._in_flight = None

    def _release_held(self) -> None:
        if self._held:
            self._held.answer(None)
            self._held = None

    # --- time ---

    @property
    def busy(self) -> bool:
        """Whether someone still waits for an op the agent has taken."""
        return self._in_flight is not None and not self._in_flight.done.done()

    @property
    def hung_up(self) -> bool:
        """Whether the connection of the last poll broke: then the process is gone, not just held up by its host."""
        return self._hung_up

    def gone(self) -> bool:
        """Whether the agent's process has ended, as far as this machine can tell.

        A held poll says that it has not, whatever the id does: an agent in a container has another one there. A
        process that was never seen here is no evidence either, and one that is there is no sign of life.
        """
        return self._held is None and self._life is not None and self._life.has_ended()

    def silent(self) -> bool:
        """Whether the agent has not been heard of for 2.5 polls, or for 8 s after its connection broke.

        A held poll is being heard of, and so is a panel whose socket stands.
        """
        if self.panel:
            return False
        patience = HUNG_UP_SECONDS if self._hung_up else SILENT_POLLS * self._poll_seconds
        return self._held is None and self._clock() - self._heard > patience

    def expire(self) -> None:
        """Fail ops past their deadline and end a poll held long enough."""
        now = self._clock()
        if self._held and now >= self._held.deadline:
            self._release_held()
        for pending in [*self._queue, *([self._in_flight] if self._in_flight else [])]:
            if now >= pending.deadline:
                pending.fail(self._overdue(pending))

    def _overdue(self, pending: _Pending) -> BridgeError:
        if pending.taken:
            return HostTimeoutError("The editor took the request and did not answer in time.", op=pending.op.id)
        if self._in_flight:
            return HostBusyError("The editor was still at an earlier request; nothing was changed.")
        return HostOfflineError("The editor's agent did not ask for work in time; nothing was changed.")

    def close(self, farewell: str = "") -> None:
        """End the session: queued ops fail as offline, a taken one as outcome unknown. ``farewell`` says why."""
        self._open = False
        why = farewell or "The editor's agent went away."
        for pending in self._queue:
            pending.fail(HostOfflineError(f"{why} Nothing was changed.", hint=self.way_back))
        self._queue.clear()
        if self._in_flight:
            op = self._in_flight.op.id
            self._in_flight.fail(HostTimeoutError(f"{why} It was at the request: the outcome is unknown.", op=op))
            self._in_flight = None
        self._release_held()


class AgentHub:
    """All sessions. ``bus`` gets host.connected, host.changed, host.disconnected and host.heartbeat-lost."""

    def __init__(self, bus: EventBus, *, clock: Clock = time.monotonic, poll_seconds: int = POLL_SECONDS) -> None:
        self._bus = bus
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._sessions: dict[str, AgentSession] = {}
        self._lost: set[str] = set()
        self._last: tuple[str, str, str | None] = ("", "", None)
        self.folder: Host | None = None

    # --- the agents' side ---

    def hello(self, hello: Hello) -> Welcome:
        """Open a session; an earlier one of the same process and agent ends. Raises ProtocolVersionError."""
        require_protocol(hello.protocol)
        session = self._open(
            hello,
            lambda old: not old.panel and (old.hello.pid, old.hello.agent) == (hello.pid, hello.agent),
        )
        return Welcome(session=session.session, protocol=PROTOCOL_VERSION, poll_seconds=self._poll_seconds)

    def attach(self, hello: Hello, panel: str) -> AgentSession:
        """Open the session of a panel's socket, which ends with `leave`; an earlier one of the same panel ends.

        Raises ProtocolVersionError.
        """
        require_protocol(hello.protocol)
        return self._open(hello, lambda old: old.panel == panel, panel)

    def tell(self, session: str, status: HostStatus) -> None:
        """Take what a panel says of its editor without having been asked. Raises UnknownSessionError."""
        known = self._known(session)
        known.status = status
        self._bus.publish("host.changed", {"session": session, **status.model_dump(mode="json")})

    def _open(self, hello: Hello, replaces: Callable[[AgentSession], bool], panel: str = "") -> AgentSession:
        for old in self.list():
            if replaces(old):
                self._end(old, "replaced")
        session = AgentSession(new_id("ses"), hello, clock=self._clock, poll_seconds=self._poll_seconds, panel=panel)
        self._sessions[session.session] = session
        self._last = ("", "", None)
        self._bus.publish("host.connected", _description(session))
        return session

    async def poll(self, poll: Poll) -> PollReply:
        """Hold until an op is there. Raises UnknownSessionError."""
        session = self._known(poll.session)
        self._lost.discard(session.session)
        return await session.poll(poll)

    def answer(self, answer: OpAnswer) -> Ack:
        """Take an answer; a stopped agent's session ends with it. Raises UnknownSessionError."""
        session = self._known(answer.session)
        self._lost.discard(session.session)
        ack, verb = session.answer(answer)
        if verb == "agent.stop" and answer.outcome == "verified":
            self._end(session, "stopped")
        return ack

    def leave(self, session: str, reason: Literal["silent", "gone", "closed", "revoked"] = "silent") -> None:
        """End the session of an agent its transport hears no more; one that has ended already is no error."""
        if session in self._sessions:
            self._end(self._sessions[session], reason)

    def _known(self, session: str) -> AgentSession:
        if session not in self._sessions:
            raise UnknownSessionError("The bridge does not know this session.")
        return self._sessions[session]

    # --- the services' side ---

    def current(self) -> Host:
        """Return the session that said hello last, or the exchange folder where no agent is connected.

        What a panel asks through its socket (`meaning`) is meant for the panel's own session alone. Raises
        HostOfflineError when there is none.
        """
        meant = _meant.get()
        if meant == "":
            raise HostOfflineError("The panel has not said yet which editor it is in.", hint="Say hello first.")
        if meant is not None:
            return self.get(meant)
        self.sweep()
        if self._sessions:
            return next(reversed(self._sessions.values()))
        if self.folder is None:
            raise HostOfflineError(f"No editor is connected. {self._last[1]}".rstrip(), hint=self._last[2])
        return self.folder

    def get(self, session: str) -> AgentSession:
        """Return one session. Raises HostOfflineError when it is gone."""
        self.sweep()
        if session not in self._sessions:
            why, hint = self._last[1:] if session == self._last[0] else ("", None)
            raise HostOfflineError(f"This editor is not connected any more. {why}".rstrip(), hint=hint, session=session)
        return self._sessions[session]

    def list(self) -> tuple[AgentSession, ...]:
        """All sessions, the oldest first."""
        return tuple(self._sessions.values())

    # --- time ---

    def sweep(self) -> None:
        """Let time pass: expire ops and polls, report lost heartbeats, end sessions that are gone or silent.

        A session that is busy is waited for, as a host may hold up its script, unless its connection broke.
        """
        for session in self.list():
            session.expire()
            if session.gone():
                self._end(session, "gone")
                continue
            if not session.silent():
                continue
            if session.session not in self._lost:
                self._lost.add(session.session)
                self._bus.publish("host.heartbeat-lost", {"session": session.session, "busy": session.busy})
            if session.hung_up or not session.busy:
                self._end(session, "silent")

    async def watch(self) -> None:
        """Sweep for ever; the server runs this beside the requests."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self.sweep()

    def close(self) -> None:
        """End every session: the server is stopping."""
        for session in self.list():
            self._end(session, "server stopping")

    def _end(self, session: AgentSession, reason: str) -> None:
        self._sessions.pop(session.session, None)
        self._lost.discard(session.session)
        farewell = _FAREWELLS.get(reason, "").format(
            editor=f"{session.status.product} {session.status.version}".strip()
        )
        self._last = (session.session, farewell, session.way_back)
        session.ended = reason
        session.close(farewell)
        logger.info("agent session %s ended: %s", session.session, reason)
        self._bus.publish("host.disconnected", {"session": session.session, "reason": reason})


def require_protocol(spoken: str) -> None:
    """Raise ProtocolVersionError unless ``spoken`` has our major version."""
    if spoken.partition(".")[0] != PROTOCOL_VERSION.partition(".")[0]:
        raise ProtocolVersionError(
            f"The agent speaks protocol {spoken[:32]}, the server {PROTOCOL_VERSION}.",
            agent=spoken[:32],
            server=PROTOCOL_VERSION,
        )


def _description(session: AgentSession) -> dict[str, JsonValue]:
    status, hello = session.status, session.hello
    return {
        "session": session.session,
        "host": status.host,
        "product": status.product,
        "version": status.version,
        "edition": status.edition,
        "agent": hello.agent,
        "agent_version": hello.agent_version,
        "capabilities": [*sorted(session.capabilities)],
    }
