"""Measure the fan-out of live events: 100 clients, 1,000 events of 8 KB, and one more client that never reads.

Prints one line, ``{"name": "live_100x1000", "healthy", "delivered", "seconds", "dropped_for_stuck", "rss_mb", …}``:
clients that got every event, events they got, seconds from the first publish to the last receipt, events the stuck
client was never sent because the bridge cut it off, and the most memory the server used. A healthy client that is
closed with 1013 connects again with ``stream`` and ``since``; ``resyncs`` counts that.

The server is a process of its own. Usage: python bench/live.py
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psutil
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from takebridge.client.address import BridgeAddress, read_token_file
from takebridge.events import EventBus
from takebridge_server.serve import serve
from takebridge_server.settings import Settings
from takebridge_server.shell import Shell, build_shell

CLIENTS = 100
EVENTS = 1000
PADDING = "x" * 8000
BURST = 20
"""Events published before anybody gets a turn; a client's queue holds 256."""
LIMIT_SECONDS = 60


# --- the server's process -------------------------------------------------------------------------------


def run_server(home: Path) -> None:
    """Serve a bare shell with one route more, which publishes."""

    def build(address: BridgeAddress) -> Shell:
        shell = build_shell(address, bus=EventBus(history=EVENTS))

        async def publish() -> None:
            task = asyncio.create_task(_publish(shell.bus))
            _RUNNING.add(task)
            task.add_done_callback(_RUNNING.discard)

        shell.add_api_route("/publish", publish, methods=["POST"], status_code=202)
        return shell

    serve(Settings(home=home, log_level="error"), build, ready=lambda _url: print("ready", flush=True))  # noqa: T201


_RUNNING: set[asyncio.Task[None]] = set()


async def _publish(bus: EventBus) -> None:
    for number in range(EVENTS):
        bus.publish("canvas.changed", {"canvas": "bench", "n": number, "padding": PADDING})
        if number % BURST == BURST - 1:
            await asyncio.sleep(0)


# --- the clients' process -------------------------------------------------------------------------------


class Listener:
    """One healthy client: reads to the last event, connects again when it is told to."""

    def __init__(self, address: BridgeAddress) -> None:
        self._address = address
        self._place = ""
        self.seen: list[int] = []
        self.connections = 0
        self.ready = asyncio.Event()

    async def run(self) -> None:
        """Listen until the last event is here."""
        while not self.seen or self.seen[-1] < EVENTS:
            async with self._connect() as connection:
                self.connections += 1
                await self._read(connection)

    def _connect(self) -> connect:
        url = self._address.url.replace("http", "ws", 1) + f"/live?canvas=bench{self._place}"
        protocols = [Subprotocol("takebridge.v1"), Subprotocol(f"bearer.{self._address.token}")]
        return connect(url, subprotocols=protocols, compression=None, proxy=None, max_queue=64, open_timeout=30)

    async def _read(self, connection: ClientConnection) -> None:
        try:
            hello = json.loads(await connection.recv())
            assert hello["complete"], "the replay window holds every event"
            self.ready.set()
            async for text in connection:
                seq = _seq(text)
                self.seen.append(seq)
                self._place = f"&stream={hello['stream']}&since={seq}"
                if seq == EVENTS:
                    return
        except ConnectionClosed:
            pass


def _seq(text: str | bytes) -> int:
    """Read ``{"type":"event","seq":7,…`` without parsing 8 KB a hundred thousand times: the server is measured."""
    head = str(text[:60])
    return int(head.partition('"seq":')[2].partition(",")[0])


def stuck_client(address: BridgeAddress) -> socket.socket:
    """Open a live connection that takes as little as it can and reads none of it beyond the handshake."""
    stuck = socket.socket()
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stuck.settimeout(LIMIT_SECONDS)
    stuck.connect(("127.0.0.1", address.port))
    lines = [
        "GET /live HTTP/1.1",
        f"Host: 127.0.0.1:{address.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        f"Authorization: Bearer {address.token}",
    ]
    stuck.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += stuck.recv(1)
    assert answer.startswith(b"HTTP/1.1 101"), answer
    return stuck


def sent_to(stuck: socket.socket) -> int:
    """Count the events the stuck client was sent, by reading what lies there until the server's end."""
    data = bytearray()
    try:
        while chunk := stuck.recv(1 << 16):
            data += chunk
    except ConnectionResetError:
        pass
    return data.count(b'{"type":"event"')


async def measure(address: BridgeAddress, server: psutil.Process) -> dict[str, Any]:
    """Connect everybody, have the events published, wait for the last receipt."""
    listeners = [Listener(address) for _ in range(CLIENTS)]
    tasks = [asyncio.create_task(listener.run()) for listener in listeners]
    stuck = await asyncio.to_thread(stuck_client, address)
    await asyncio.gather(*(listener.ready.wait() for listener in listeners))
    peak = asyncio.create_task(_peak_memory(server))
    began = time.perf_counter()
    await asyncio.to_thread(_post, f"{address.url}/publish", address.token)
    async with asyncio.timeout(LIMIT_SECONDS):
        await asyncio.gather(*tasks)
    seconds = time.perf_counter() - began
    sent = await asyncio.to_thread(sent_to, stuck)
    peak.cancel()
    stuck.close()
    return {
        "name": f"live_{CLIENTS}x{EVENTS}",
        "healthy": sum(listener.seen == list(range(1, EVENTS + 1)) for listener in listeners),
        "delivered": sum(len(listener.seen) for listener in listeners),
        "seconds": round(seconds, 2),
        "dropped_for_stuck": EVENTS - sent,
        "rss_mb": round(_PEAK[0] / 2**20),
        "resyncs": sum(listener.connections for listener in listeners) - CLIENTS,
    }


_PEAK = [0]


async def _peak_memory(server: psutil.Process) -> None:
    while True:
        _PEAK[0] = max(_PEAK[0], server.memory_info().rss)
        await asyncio.sleep(0.05)


def _post(url: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with urlopen(Request(url, b"{}", headers), timeout=LIMIT_SECONDS):  # noqa: S310 - our own server
        pass


def main() -> None:
    """Start the server, measure, stop it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        command = [sys.executable, __file__, "--serve", str(home)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout and server.stdout.readline() == "ready\n", "the server did not start"
                figures = asyncio.run(measure(read_token_file(home), psutil.Process(server.pid)))
            finally:
                server.terminate()
        sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        run_server(options.serve)
    else:
        main()
