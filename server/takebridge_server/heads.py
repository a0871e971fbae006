"""How long a connection may take to say what it wants, and in how many bytes: uvicorn alone waits for ever."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 20.0
"""From the opening of a connection, or from the first byte of a further request, to the end of its headers."""
HEAD_BYTES = 64 * 1024
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class HeadsInTime(HttpToolsProtocol):
    """Lets go of who dawdles before the end of the headers. What comes after them is the guard's business."""

    _late: asyncio.TimerHandle | None = None
    _in_head = False
    """True from the first byte of a request to the end of its headers."""
    _in_body = False
    _moved = False
    _bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take bytes in; those of headers that go on and on are counted."""
        goes_on, self._moved = self._in_head, False
        super().data_received(data)
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            self._stop_waiting()
        elif self._in_head or not (self._moved or self._in_body):  # blank lines before a request are none yet
            self._wait()
            self._bytes += len(data) if goes_on else 0
            if self._bytes > HEAD_BYTES:
                self.transport.write(_TOO_LARGE)
                self._let_go()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Another request begins."""
        super().on_message_begin()
        self._in_head, self._moved, self._bytes = True, True, 0

    def on_headers_complete(self) -> None:
        """The headers are here."""
        self._in_head, self._in_body, self._moved = False, True, True
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is here."""
        self._in_body, self._moved = False, True
        super().on_message_complete()

    def _wait(self) -> None:
        if self._late is None:
            self._late = asyncio.get_running_loop().call_later(HEAD_SECONDS, self._let_go)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _let_go(self) -> None:
        self._stop_waiting()
        if not self.transport.is_closing():
            self.transport.close()
