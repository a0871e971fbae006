"""A bridge in this process for agents that are being written: the real server, its transports, the host behind them.

What an agent must do is in `takebridge.testing.hosts`; docs/connect-another-editor.md shows both together.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from takebridge.errors import HostOfflineError
from takebridge.hosts.port import Host
from takebridge_server.serve import BridgeServer, bind
from takebridge_server.settings import Settings, prepare_home
from takebridge_server.shell import Shell, build_shell
from takebridge_server.token_file import new_address

PATIENCE = 30
"""Seconds after which waiting gives up."""


@dataclass(frozen=True, slots=True)
class AgentBridge:
    """A running bridge. ``home`` is its data folder: agents find ``bridge.json`` there."""

    home: Path
    shell: Shell
    loop: asyncio.AbstractEventLoop

    def wait_for_agent(self, seconds: float = PATIENCE) -> Host:
        """Return the agent that said hello last. Raises HostOfflineError when none comes in time."""
        deadline = time.monotonic() + seconds
        while not (found := self._sessions()):
            if time.monotonic() > deadline:
                raise HostOfflineError("No agent said hello.", hint="Start the agent with this data folder.")
            time.sleep(0.02)
        return found[-1]

    def run(self, work: Coroutine[Any, Any, None], seconds: float = PATIENCE * 2) -> None:
        """Run a coroutine where the host lives, and wait for it."""
        asyncio.run_coroutine_threadsafe(work, self.loop).result(seconds)

    def _sessions(self) -> tuple[Host, ...]:
        asked: Future[tuple[Host, ...]] = Future()
        self.loop.call_soon_threadsafe(lambda: asked.set_result(self.shell.hub.list()))
        return asked.result(PATIENCE)


@contextlib.contextmanager
def agent_bridge(home: Path) -> Iterator[AgentBridge]:
    """Serve agents from a thread until the block ends, on a free port of this machine, with ``home`` as data folder."""
    settings = Settings(home=home)
    prepare_home(home)
    with bind(settings) as listener:
        address = new_address(listener.getsockname()[1])
        shell = build_shell(address)
        loops: Future[asyncio.AbstractEventLoop] = Future()
        server = BridgeServer(shell, settings, address, lambda _: loops.set_result(asyncio.get_running_loop()))
        thread = threading.Thread(target=server.run, args=([listener],), name="bridge")
        thread.start()
        try:
            yield AgentBridge(home, shell, loops.result(PATIENCE))
        finally:
            with contextlib.suppress(RuntimeError):  # the loop may have ended by itself
                loops.result(PATIENCE).call_soon_threadsafe(shell.hub.close)  # polls that are held would hold us up
            server.should_exit = True
            thread.join(PATIENCE)
