"""``WS /panel``: one panel inside an editor, from the greeting to the end (docs/protocol/panel-socket.md).

The socket is an agent's session and the panel's HTTP and live events at once. A connection that stands is a panel that
is there, however long it says nothing: nothing is ever sent twice for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

import anyio.to_thread
from fastapi import APIRouter, WebSocket
from pydantic import ValidationError
from starlette.types import ASGIApp
from starlette.websockets import WebSocketDisconnect

from takebridge.errors import BridgeError, ProtocolVersionError, UsageError
from takebridge.hosts.protocol import PROTOCOL_VERSION, Hello, HostStatus, OpAnswer, Poll, Welcome, WireError
from takebridge.ids import new_id
from takebridge_server.api.problems import in_words
from takebridge_server.guard import PANEL_PATH, Rules
from takebridge_server.panel_door import OTHER_PROTOCOL, REFUSED, REPLACED, REVOKED, PanelDoor
from takebridge_server.panel_frames import (
    AnswerFrame,
    AuthFrame,
    FollowFrame,
    HelloFrame,
    Joiner,
    PairFrame,
    PingFrame,
    RequestFrame,
    StatusFrame,
    complaint,
    frame_of,
    in_frames,
    parse,
    part_of,
    refused,
    written,
)
from takebridge_server.panel_live import follow
from takebridge_server.panel_requests import Requests, invalid
from takebridge_server.panel_store import PairedPanel
from takebridge_server.sessions import POLL_SECONDS, AgentSession, UnknownSessionError, require_protocol

logger = logging.getLogger(__name__)

Model = TypeVar("Model", Hello, HostStatus, OpAnswer)
TRY_AGAIN_LATER = 1013
CLOSE_SECONDS = 1
_REASON_BYTES = 123
"""RFC 6455 5.5: a control frame carries at most 125 bytes, two of them the code."""
_ENDINGS = {
    "replaced": (REPLACED, "Another connection of this panel has taken over."),
    "stopped": (1000, "The panel was asked to leave the editor."),
    "server stopping": (1001, "The bridge is stopping."),
}
"""How a socket closes whose session has ended for another reason than the socket itself."""


def panel_socket_router(door: PanelDoor, app: ASGIApp, rules: Rules) -> APIRouter:
    """The one route; requests of panels go to ``app``, which is behind the guard of ``rules``."""
    router = APIRouter()

    @router.websocket(PANEL_PATH)
    async def panel(socket: WebSocket) -> None:
        """Let a panel in and hear it out."""
        await socket.accept()
        wire = Wire(socket, door.pace.send)
        try:
            found = await _let_in(wire, door)
            if found is not None:
                with door.present(found.id, wire.end):
                    await Conversation(wire, door, found, app, rules).run()
        finally:
            await wire.close()

    return router


class Wire:
    """One socket: whole texts out, in order and in time; raw texts in."""

    def __init__(self, socket: WebSocket, seconds: float) -> None:
        self._socket = socket
        self._seconds = seconds
        self._frame = asyncio.Lock()
        self._long = asyncio.Lock()
        self._gone = False
        self.over: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()

    async def say(self, text: str) -> None:
        """Send a text. Of long ones only one is on its way at a time; short ones go between its parts. Never raises:
        what cannot be sent ends the connection."""
        frames = in_frames(text)
        first = next(frames)
        if first is text:
            await self._send(text)
            return
        async with self._long:
            await self._send(first)
            for frame in frames:
                await self._send(frame)

    async def _send(self, frame: str) -> None:
        async with self._frame:
            if self.over.done():
                return
            try:
                async with asyncio.timeout(self._seconds):
                    await self._socket.send_text(frame)
            except TimeoutError:
                self.end(TRY_AGAIN_LATER, "The panel reads nothing: connect again.")
            except (WebSocketDisconnect, RuntimeError):
                self.left()

    async def hear(self) -> str | bytes | None:
        """Return the next message, None when the panel has left."""
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            self.left()
            return None
        text: str | None = message.get("text")
        return message.get("bytes") or b"" if text is None else text

    def end(self, code: int, reason: str) -> None:
        """Decide that the connection is over; the first reason counts."""
        if not self.over.done():
            self.over.set_result((code, reason))

    def left(self) -> None:
        """The panel has closed it."""
        self._gone = True
        self.end(1005, "")

    async def close(self) -> None:
        """Close with what was decided. A panel that reads nothing cannot be told; then the connection is cut."""
        code, reason = self.over.result() if self.over.done() else (1011, "")
        if self._gone:
            return
        self._gone = True
        with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._socket.close(code, reason.encode()[:_REASON_BYTES].decode(errors="ignore"))


# --- letting in -------------------------------------------------------------------------------------------


async def _let_in(wire: Wire, door: PanelDoor) -> PairedPanel | None:
    """Greet, and hear who it is. None when the connection is over."""
    with door.stranger() as welcome:
        if not welcome:
            wire.end(TRY_AGAIN_LATER, "Too many connections have not said who they are.")
            return None
        await wire.say(written(door.greeting()))
        try:
            async with asyncio.timeout(door.pace.introduce):
                raw = await wire.hear()
            if raw is not None:
                return await _introduced(wire, door, raw)
        except TimeoutError:
            await _turn_away(wire, UsageError("The panel did not say in time who it is.", hint=_WHO), REFUSED)
        except BridgeError as error:
            await _turn_away(wire, error, REFUSED)
    return None


_WHO = "Send auth with the panel's token, or pair with the code of 'takebridge pair premiere'."


async def _introduced(wire: Wire, door: PanelDoor, raw: str | bytes) -> PairedPanel:
    """Return the panel. Raises BridgeError: whoever it is may not come in."""
    value = parse(raw)
    frame = frame_of(value) if value.get("type") in ("pair", "auth") else None
    if isinstance(frame, PairFrame):
        panel, token = await door.pair(frame.code, frame.name)
        await wire.say(written({"type": "paired", "token": token, "id": panel.id}))
        return panel
    if isinstance(frame, AuthFrame):
        panel = await door.admit(frame.token)
        await wire.say(written({"type": "authenticated", "id": panel.id}))
        return panel
    raise UsageError("Before anything else a panel says who it is.", hint=_WHO)


async def _turn_away(wire: Wire, error: BridgeError, code: int) -> None:
    await wire.say(refused(error))
    wire.end(code, error.message)


# --- the conversation -------------------------------------------------------------------------------------


class Conversation:
    """Everything after the panel was let in."""

    def __init__(self, wire: Wire, door: PanelDoor, panel: PairedPanel, app: ASGIApp, rules: Rules) -> None:
        self._wire = wire
        self._door = door
        self._hub = door.hub
        self._panel = panel
        self._requests = Requests(app, rules, wire.say)
        self._joiner = Joiner()
        self._session: AgentSession | None = None
        self._busy_with = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._following: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Hear the panel out until the connection is over; then the session ends, and requests wind up."""
        self._begin(self._hear())
        try:
            await asyncio.wait({self._wire.over})
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            code = self._wire.over.result()[0] if self._wire.over.done() else 0
            if self._session is not None:
                self._hub.leave(self._session.session, "revoked" if code == REVOKED else "closed")
            await self._wire.close()
            await self._requests.stop()
            await self._door.seen(self._panel.id)

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A fault of ours ends the connection, under an incident the log explains."""
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            incident = new_id("inc")
            logger.error("incident %s: the socket of panel %s", incident, self._panel.id, exc_info=error)
            self._wire.end(1011, incident)

    # --- what the panel says ---

    async def _hear(self) -> None:
        while (raw := await self._wire.hear()) is not None:
            value: dict[str, Any] = {}
            try:
                value = parse(raw)
                if value.get("type") == "part":
                    whole = self._joiner.take(part_of(value))
                    if whole is None:
                        continue
                    value = await anyio.to_thread.run_sync(parse, whole)
                await self._understand(value)
            except BridgeError as error:
                await self._wire.say(self._answer_to(value, error))

    @staticmethod
    def _answer_to(value: dict[str, Any], error: BridgeError) -> str:
        """What is wrong with a message; of a request as its response, so that whoever waits for it hears it."""
        response = invalid(value.get("id"), error.message, error.hint) if value.get("type") == "request" else None
        return response or complaint(error)

    async def _understand(self, value: dict[str, Any]) -> None:
        """Do what a message asks. Raises BridgeError, in words; then nothing was done."""
        frame = frame_of(value)
        if isinstance(frame, AnswerFrame):
            await self._answer(frame.answer)
        elif isinstance(frame, RequestFrame):
            await self._requests.start(frame, self._session.session if self._session else "")
        elif isinstance(frame, StatusFrame):
            self._hub.tell(self._in_session().session, _checked(HostStatus, frame.status))
        elif isinstance(frame, FollowFrame):
            if self._following is not None:
                self._following.cancel()
            self._following = self._begin(follow(self._door, frame, self._wire.say))
        elif isinstance(frame, PingFrame):
            await self._wire.say(written({"type": "pong", "n": frame.n}))
        elif isinstance(frame, HelloFrame):
            await self._hello(frame.hello)
        else:
            raise UsageError("This panel has been let in already.", hint="Go on with hello.")

    def _in_session(self) -> AgentSession:
        if self._session is None:
            raise UsageError("The panel has not said hello yet.", hint="Send hello first.")
        return self._session

    # --- the session ---

    async def _hello(self, said: dict[str, Any]) -> None:
        if self._session is not None:
            raise UsageError("This panel has said hello already.", hint="Connect again to say another one.")
        try:
            if isinstance(said.get("protocol"), str):
                require_protocol(said["protocol"])
        except ProtocolVersionError as error:
            await _turn_away(self._wire, error, OTHER_PROTOCOL)
            return
        self._session = session = self._hub.attach(_checked(Hello, said), self._panel.id)
        welcome = Welcome(session=session.session, protocol=PROTOCOL_VERSION, poll_seconds=POLL_SECONDS)
        await self._wire.say(written({"type": "welcome", "welcome": welcome.model_dump(mode="json")}))
        self._begin(self._hand_out(session))
        self._begin(self._door.seen(self._panel.id, session.status.host))

    async def _hand_out(self, session: AgentSession) -> None:
        """Bring ops to the panel, each once. What it is at stays with it until it answers, however long that takes."""
        received = ""
        with contextlib.suppress(UnknownSessionError):
            while True:
                poll = Poll(session=session.session, received=received, busy_with=self._busy_with)
                op = (await self._hub.poll(poll)).op
                if op is not None:
                    received = self._busy_with = op.id
                    await self._wire.say(written({"type": "op", "op": op.model_dump(mode="json")}))
        self._wire.end(*_ENDINGS.get(session.ended, (1001, "The session has ended.")))

    async def _answer(self, said: dict[str, Any]) -> None:
        session = self._in_session()
        known = False
        if said.get("session", session.session) == session.session:
            answer, problem = _op_answer(said, session.session, self._busy_with)
            if problem is not None:
                await self._wire.say(complaint(problem))
            if answer.op_id == self._busy_with:
                self._busy_with = ""
            with contextlib.suppress(UnknownSessionError):
                known = self._hub.answer(answer).known
        await self._wire.say(written({"type": "ack", "op_id": str(said.get("op_id", ""))[:255], "known": known}))


def _op_answer(said: dict[str, Any], session: str, busy_with: str) -> tuple[OpAnswer, BridgeError | None]:
    """Return the answer, and what is wrong with it: one to the op under way that is no answer leaves it undecided.

    Raises UsageError for one to anything else.
    """
    try:
        return _checked(OpAnswer, {**said, "session": session}), None
    except UsageError as error:
        if not busy_with or said.get("op_id") != busy_with:
            raise
        fault = WireError(
            code="agent_fault",
            message=f"The panel's answer could not be read: {error.message}"[:4096],
            hint="Look at the timeline in the editor, then install the panel of the bridge's release.",
        )
        undecided = OpAnswer(session=session, op_id=busy_with, outcome="committed_unverified", error=fault)
        return undecided, error


def _checked(model: type[Model], said: dict[str, Any]) -> Model:
    """Return what was said as a model. Raises UsageError, in words."""
    try:
        return model.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise UsageError(
            f"What the panel says is not a {model.__name__}: {in_words(first)}.",
            hint="Install the panel of the bridge's release: 'takebridge install premiere'.",
        ) from error
