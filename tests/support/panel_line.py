"""A bridge with the panels' socket on 127.0.0.1:0, and a panel whose every step the test takes itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import Response
from tests.support.server import PATIENCE, RunningServer, hello_of, running_server
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from takebridge.events import EventBus
from takebridge.hosts.protocol import PingArgs
from takebridge_server.api.panels import panels_router
from takebridge_server.panel_door import Pace, PanelDoor
from takebridge_server.panel_socket import panel_socket_router
from takebridge_server.sessions import AgentHub
from takebridge_server.shell import Shell

Json = dict[str, Any]


class Clock:
    """Seconds, which pass only when told to."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


PICTURE = bytes(range(256)) * 4


class Probes:
    """Routes that show what a request of a panel meets."""

    def __init__(self) -> None:
        self.waiting = 0
        self.ended: list[str] = []
        self.go: asyncio.Event | None = None

    def add(self, shell: Shell) -> None:
        @shell.post("/api/probe/echo")
        async def echo(body: dict[str, Any]) -> dict[str, Any]:
            return body

        @shell.get("/api/probe/editor")
        async def editor(then_sync: bool = False) -> str:
            host = shell.hub.current()
            await host.call("agent.ping", PingArgs())
            return host.session

        @shell.get("/api/probe/in-a-thread")
        def in_a_thread() -> str:
            return shell.hub.current().session

        @shell.get("/api/probe/picture")
        async def picture() -> Response:
            return Response(PICTURE, media_type="image/jpeg", headers={"X-TakeBridge-Cells": "5x4", "X-Other": "1"})

        @shell.get("/api/probe/large")
        async def large(megabytes: int) -> Response:
            return Response(b"x" * megabytes * 2**20, media_type="video/mp4")

        @shell.api_route("/api/probe/hold", methods=["GET", "POST"])
        async def hold() -> str:
            self.go = self.go or asyncio.Event()
            self.waiting += 1
            try:
                await self.go.wait()
            except asyncio.CancelledError:
                self.ended.append("cancelled")
                raise
            else:
                self.ended.append("done")
            return "done"

        @shell.get("/api/probe/fault")
        async def fault() -> str:
            raise RuntimeError("a canary in a traceback")


@dataclass
class Bench:
    """The server and its door."""

    running: RunningServer
    door: PanelDoor
    clock: Clock

    @property
    def hub(self) -> AgentHub:
        return self.running.shell.hub

    def code(self) -> str:
        """A new pairing code, as the command line gets it."""
        with self.running.client() as client:
            return str(client.post("/api/panels/pair", json={}).raise_for_status().json()["code"])

    def dial(self, **options: Any) -> Panel:
        """A connection that has been greeted."""
        return dial(self.running.port, **options)

    def paired(self, name: str = "Premiere", **options: Any) -> Panel:
        """A panel that was paired just now."""
        panel = self.dial(**options)
        panel.say("pair", code=self.code(), name=name)
        told = panel.hear("paired")
        panel.token, panel.id = told["token"], told["id"]
        return panel

    def back(self, token: str, **options: Any) -> Panel:
        """A panel that comes back with its token."""
        panel = self.dial(**options)
        panel.say("auth", token=token)
        panel.token, panel.id = token, panel.hear("authenticated")["id"]
        return panel


@dataclass
class Panel:
    """One connection. ``put_by`` holds what came while something else was waited for."""

    wire: ClientConnection
    greeting: Json = field(default_factory=dict)
    token: str = ""
    id: str = ""
    session: str = ""
    put_by: list[Json] = field(default_factory=list)

    def say(self, kind: str, **fields: Any) -> None:
        self.wire.send(json.dumps({"type": kind, **fields}))

    def next(self) -> Json:
        """The next message, put together from its parts."""
        message = self._frame()
        if message["type"] != "part":
            return message
        texts = [message["text"]]
        while len(texts) < message["count"]:
            part = self._frame()
            if part["type"] != "part":
                self.put_by.append(part)
                continue
            assert (part["of"], part["n"]) == (message["of"], len(texts))
            texts.append(part["text"])
        return dict(json.loads("".join(texts)))

    def _frame(self) -> Json:
        text = self.wire.recv(timeout=PATIENCE)
        assert len(text.encode() if isinstance(text, str) else text) <= 512 * 1024
        return dict(json.loads(text))

    def hear(self, kind: str, **fields: Any) -> Json:
        """The next message of this type with these fields; others are put by."""
        for index, one in enumerate(self.put_by):
            if _is(one, kind, fields):
                return self.put_by.pop(index)
        while not _is(message := self.next(), kind, fields):
            self.put_by.append(message)
        return message

    def hello(self, **changes: Any) -> Panel:
        """Say hello, as Premiere would unless told otherwise."""
        status = {"host": "premiere", "product": "Adobe Premiere", "version": "26.3.0", "edition": "unknown"}
        hello = hello_of(pid=0, agent="premiere-panel", protocol="1.2").model_dump(mode="json")
        self.say("hello", hello={**hello, "status": status, **changes})
        self.session = self.hear("welcome")["welcome"]["session"]
        return self

    def ask(self, method: str, path: str, body: Any = None, *, id: int | str = 1) -> Json:
        """Ask and wait for the response."""
        self.say("request", id=id, method=method, path=path, body=body)
        return self.hear("response", id=id)

    def answer(self, op_id: str, outcome: str = "verified", **fields: Any) -> Json:
        """Answer an op and return the receipt."""
        self.say("answer", answer={"session": self.session, "op_id": op_id, "outcome": outcome, **fields})
        return self.hear("ack", op_id=op_id)

    def closed_with(self) -> int:
        """The code the server closes with."""
        try:
            while True:
                self.put_by.append(self.next())
        except ConnectionClosed as closed:
            assert closed.rcvd is not None, "cut off without a word"
            return closed.rcvd.code

    def is_there(self) -> bool:
        """Whether the server still hears this connection."""
        self.say("ping", n=77)
        return self.hear("pong", n=77) == {"type": "pong", "n": 77}

    def close(self) -> None:
        self.wire.close()

    def __enter__(self) -> Panel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _is(message: Json, kind: str, fields: Json) -> bool:
    return message["type"] == kind and all(message.get(name) == value for name, value in fields.items())


def dial(port: int, **options: Any) -> Panel:
    """Connect as a panel does, and be greeted."""
    panel = Panel(opened(port, **options))
    panel.greeting = panel.hear("bridge")
    return panel


def opened(port: int, path: str = "/panel", **options: Any) -> ClientConnection:
    """A WebSocket that whoever asked for it closes."""
    url = f"ws://127.0.0.1:{port}{path}"
    patience: dict[str, Any] = {"open_timeout": PATIENCE, "close_timeout": 1}
    context = connect(url, compression=None, proxy=None, **patience, **options)
    return context.__enter__()  # websockets 17 warns of any other way to open one; closing it is all __exit__ does


@contextlib.contextmanager
def panel_bench(
    home: Path,
    *,
    pace: Pace | None = None,
    hub_clock: Callable[[], float] | None = None,
    add: Callable[[Shell], None] = lambda shell: None,
) -> Iterator[Bench]:
    """Serve until the block ends; pairing codes go by ``Bench.clock``. ``add`` may add routes."""
    bus, clock, made = EventBus(), Clock(), []
    hub = AgentHub(bus, clock=hub_clock) if hub_clock else AgentHub(bus)

    def with_panels(shell: Shell) -> None:
        door = PanelDoor(home, hub, bus, shell.board, clock=clock, pace=pace)
        made.append(door)
        shell.include_router(panels_router(door, shell.rules.port))
        shell.include_router(panel_socket_router(door, shell, shell.rules))
        add(shell)

    with running_server(home, bus=bus, hub=hub, add=with_panels) as running:
        yield Bench(running, made[0], clock)
