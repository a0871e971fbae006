"""Round trip of ``agent.ping``: caller → hub → held poll → scripted agent → answer → caller, over loopback HTTP.

Run with ``python -m bench.agent_ping [rounds]`` from the root of the repository.
"""

from __future__ import annotations

import http.client
import json
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from tests.support.server import RunningServer, hello_of, running_server

from takebridge.hosts.protocol import PingArgs
from takebridge_server.sessions import AgentSession


class KeptConnection:
    """One keep-alive connection, as the real agent has two of."""

    def __init__(self, server: RunningServer) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port)
        self._headers = {**server.auth, "Content-Type": "application/json"}

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post JSON and return the JSON answer."""
        self._connection.request("POST", f"/agent/{path}", json.dumps(body), self._headers)
        return json.loads(self._connection.getresponse().read())  # type: ignore[no-any-return]


def run_agent(server: RunningServer, session: str) -> None:
    """Answer pings until the session ends; polls and answers on a connection each."""
    polls, answers = KeptConnection(server), KeptConnection(server)
    received = ""
    while "op" in (reply := polls.post("poll", {"session": session, "received": received})):
        if reply["op"]:
            received = reply["op"]["id"]
            answer = {"session": session, "op_id": received, "outcome": "verified"}
            answers.post("answer", answer)


async def measure(session: AgentSession, rounds: int) -> list[float]:
    """Return milliseconds per round trip."""
    times = []
    for _ in range(rounds):
        before = time.perf_counter()
        await session.call("agent.ping", PingArgs())
        times.append((time.perf_counter() - before) * 1000)
    return times


def main(rounds: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder) / "home") as server:
        hub = server.shell.hub
        session = server.on_loop(lambda: hub.get(hub.hello(hello_of()).session))
        agent = threading.Thread(target=run_agent, args=(server, session.session))
        agent.start()
        server.start(measure(session, 50)).result()
        times = sorted(server.start(measure(session, rounds)).result())
        server.on_loop(hub.close)
        agent.join()
    p50, p99 = statistics.median(times), times[int(len(times) * 0.99)]
    print(f"agent.ping  n={rounds}  p50 {p50:.2f} ms  p99 {p99:.2f} ms  max {times[-1]:.2f} ms")  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
