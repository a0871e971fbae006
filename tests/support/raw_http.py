"""Requests spelled out byte by byte, for what well-behaved clients refuse to send."""

from __future__ import annotations

import socket
from dataclasses import dataclass

PATIENCE = 30


@dataclass(frozen=True)
class RawAnswer:
    """Status and headers (names in lower case) of an answer; the body as far as it arrived."""

    status: int
    headers: dict[str, str]
    body: bytes


def exchange(port: int, request: bytes, *, body_parts: tuple[bytes, ...] = ()) -> RawAnswer:
    """Send ``request``, then the parts as long as the server listens, and read the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(request)
        try:
            for part in body_parts:
                connection.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server has answered and closed already
        return read_answer(connection, with_body=not request.startswith(b"HEAD "))


def read_answer(connection: socket.socket, *, with_body: bool = True) -> RawAnswer:
    """Read one answer; the body by Content-Length, or nothing without one."""
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65536)
        assert chunk, f"closed without an answer after {received!r}"
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while with_body and len(body) < int(headers.get("content-length", "0")):
        chunk = connection.recv(65536)
        if not chunk:
            break
        body += chunk
    return RawAnswer(int(status_line.split()[1]), headers, body)


def request_bytes(
    method: str, target: str, headers: list[tuple[str, str]], body: bytes = b"", *, version: str = "1.1"
) -> bytes:
    """Spell a request; Content-Length is added when there is a body and no Transfer-Encoding."""
    lines = [f"{method} {target} HTTP/{version}", *(f"{name}: {value}" for name, value in headers)]
    names = {name.lower() for name, _ in headers}
    if body and not names & {"transfer-encoding", "content-length"}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


WEBSOCKET_HEADERS = [
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
]
