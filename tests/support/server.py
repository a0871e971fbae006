"""A real server on 127.0.0.1:0 in a thread of its own, and a scripted agent that talks to it over HTTP."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import os
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from takebridge.events import EventBus
from takebridge.hosts.protocol import VERBS, Hello, HostStatus, OpAnswer, Poll, PollReply
from takebridge_server.guard import Limits
from takebridge_server.listen import Outside
from takebridge_server.serve import BridgeServer, bind
from takebridge_server.sessions import AgentHub
from takebridge_server.settings import Settings, prepare_home
from takebridge_server.shell import Shell, build_shell
from takebridge_server.token_file import BridgeAddress, new_address

PATIENCE = 30
"""Seconds after which a test gives up waiting for something that should come at once."""


@dataclass
class RunningServer:
    """A server that accepts connections. ``loop`` is the one it runs on."""

    address: BridgeAddress
    home: Path
    shell: Shell
    server: BridgeServer
    loop: asyncio.AbstractEventLoop
    thread: threading.Thread

    @property
    def url(self) -> str:
        return self.address.url

    @property
    def port(self) -> int:
        return self.address.port

    @property
    def token(self) -> str:
        return self.address.token

    @property
    def auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def client(self) -> httpx.Client:
        """A client that sends the token."""
        return httpx.Client(base_url=self.url, headers=self.auth, timeout=PATIENCE, trust_env=False)

    def start(self, work: Coroutine[Any, Any, Any]) -> concurrent.futures.Future[Any]:
        """Run a coroutine on the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def on_loop(self, function: Callable[[], Any]) -> Any:
        """Run a plain function on the server's loop and return its result."""

        async def call() -> Any:
            return function()

        return self.start(call()).result(PATIENCE)

    def wait_until(self, condition: Callable[[], Any]) -> None:
        """Let the server's loop run until ``condition``, asked on that loop, holds."""

        async def asked() -> None:
            while not condition():  # noqa: ASYNC110 - the condition is the server's inner state, no event tells it
                await asyncio.sleep(0)

        self.start(asked()).result(PATIENCE)


BuildShell = Callable[[BridgeAddress], Shell]


@contextlib.contextmanager
def running_server(
    home: Path,
    *,
    bus: EventBus | None = None,
    hub: AgentHub | None = None,
    limits: Limits | None = None,
    add: Callable[[Shell], None] = lambda shell: None,
    build: BuildShell | None = None,
    also: tuple[Outside, socket.socket] | None = None,
) -> Iterator[RunningServer]:
    """Serve from a thread until the block ends.

    ``add`` may add routes; ``build`` replaces the whole application (then bus, hub and limits are not used); ``also``
    is a second listener, for people on other machines.
    """
    settings = Settings(home=home)
    prepare_home(home)
    listener = bind(settings)
    address = new_address(listener.getsockname()[1])
    shell = build(address) if build else build_shell(address, bus=bus, hub=hub, limits=limits)
    add(shell)
    loops: concurrent.futures.Future[asyncio.AbstractEventLoop] = concurrent.futures.Future()
    server = BridgeServer(shell, settings, address, lambda _: loops.set_result(asyncio.get_running_loop()))
    if also is not None:
        server.also_serve(*also)
    thread = threading.Thread(target=server.run, args=([listener],), name="server")
    thread.start()
    try:
        yield RunningServer(address, home, shell, server, loops.result(PATIENCE), thread)
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()
    assert not thread.is_alive(), "the server did not stop"


def resolve_status(**changes: Any) -> HostStatus:
    """Status of a running Resolve without a timeline."""
    return HostStatus(
        **{"product": "DaVinci Resolve", "version": "20.3.1", "edition": "studio", "page": "edit"} | changes
    )


def hello_of(
    *, pid: int | None = None, agent: str = "scripted", capabilities: list[str] | None = None, protocol: str = "1.0"
) -> Hello:
    """A hello of this process with every verb of the protocol."""
    return Hello(
        protocol=protocol,
        agent=agent,
        agent_version="0.1.0",
        pid=os.getpid() if pid is None else pid,
        status=resolve_status(),
        capabilities=[*VERBS] if capabilities is None else capabilities,
    )


@dataclass
class ScriptedAgent:
    """An agent whose every step the test takes itself, over real HTTP."""

    client: httpx.Client
    session: str = ""
    received: str = ""
    seen: list[str] = field(default_factory=list)

    def post(self, path: str, body: Any) -> httpx.Response:
        return self.client.post(f"/agent/{path}", json=body.model_dump(mode="json"))

    def hello(self, hello: Hello | None = None) -> httpx.Response:
        """Say hello and keep the session."""
        response = self.post("hello", hello or hello_of())
        self.session = response.json().get("session", "")
        return response

    def poll(self, *, busy_with: str = "", received: str | None = None) -> PollReply:
        """Ask for the next op; pass ``received`` to lie about the last one."""
        last = self.received if received is None else received
        response = self.post("poll", Poll(session=self.session, received=last, busy_with=busy_with))
        assert response.status_code == 200, response.text
        reply = PollReply.model_validate(response.json())
        if reply.op:
            self.received = reply.op.id
            self.seen.append(reply.op.id)
        return reply

    def answer(self, op_id: str, outcome: str = "verified", **fields: Any) -> httpx.Response:
        """Answer an op."""
        answer = OpAnswer.model_validate({"session": self.session, "op_id": op_id, "outcome": outcome} | fields)
        return self.post("answer", answer)
