"""Files as answers: stored media and pictures, whole or in ranges."""

from __future__ import annotations

from typing import Any

from fastapi.responses import FileResponse, JSONResponse
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from takebridge_server.wire_errors import HTTP_CODES, wire_body

NO_SUCH_RANGE = "range_not_satisfiable"


class StoredFile(FileResponse):
    """A file; a range that cannot be served is refused in the one shape instead of in plain text."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, the ranges asked for, or the refusal."""
        refused: Message | None = None

        async def watched(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] >= 400:
                refused = message
            if refused is None:
                await send(message)

        await super().__call__(scope, receive, watched)
        if refused is not None:
            await _refusal(refused)(scope, receive, send)


def _refusal(start: Message) -> JSONResponse:
    size = Headers(raw=start["headers"]).get("content-range")
    status = int(start["status"])
    code = NO_SUCH_RANGE if status == 416 else HTTP_CODES[status]
    body = wire_body(code, "The file has no such range.", "Ask for bytes=first-last within the file.")
    return JSONResponse(body, status, {"Content-Range": size} if size else None)


def file_answers(media_type: str, *, ranges: bool = False) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI should say about a route that answers a file."""
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    whole: dict[int | str, dict[str, Any]] = {200: {"description": "The file.", "content": content}}
    return {**whole, 206: {"description": "The range asked for.", "content": content}} if ranges else whole
