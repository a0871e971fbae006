"""An origin nobody should ever ask: it logs each request it gets."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route


class TrapHost:
    """``seen`` holds the paths and headers of all requests."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str]]] = []

    def app(self) -> Starlette:
        """Return the ASGI app: every path answers alike."""
        return Starlette(routes=[Route("/{path:path}", self._answer, methods=["GET", "POST", "PUT", "HEAD"])])

    async def _answer(self, request: Request) -> PlainTextResponse:
        self.seen.append((request.url.path, dict(request.headers)))
        return PlainTextResponse("caught")
