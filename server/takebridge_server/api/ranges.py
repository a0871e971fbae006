"""Byte ranges as RFC 9110 §14 reads them, over what Starlette serves.

Starlette refuses a whole request for one range beyond the end (§14.2: those that can be served are), refuses an invalid
one instead of passing over it (§14.1.1), takes numbers Python knows but HTTP does not, and answers ranges to HEAD.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from takebridge_server.api.files import StoredFile

MOST_RANGES = 16
"""Of one request; whoever asks for more gets the whole file, as §14.2 allows."""
_SPEC = re.compile(r"([0-9]*)-([0-9]*)")
_LONGEST = 18
"""Digits; beyond them no file reaches, and Python slows down."""


def served_ranges(asked: str, size: int) -> str | None:
    """Return the ranges of the header that a file of ``size`` bytes has, None where the header is to be passed over.

    When the file has none of them, the answer is one it has not either, so that it is refused (416).
    """
    unit, equals, listed = asked.partition("=")
    specs = [part.strip() for part in listed.split(",") if part.strip()]
    if not equals or unit.strip().lower() != "bytes" or not specs or len(specs) > MOST_RANGES:
        return None
    found = [_SPEC.fullmatch(spec) for spec in specs]
    pairs = [(one[1], one[2]) for one in found if one is not None]
    if len(pairs) < len(specs) or any(map(_is_invalid, pairs)):
        return None
    there = [f"{first}-{last}" for first, last in pairs if _is_there(first, last, size)]
    return f"bytes={','.join(there)}" if there else f"bytes={size}-"


def _is_invalid(pair: tuple[str, str]) -> bool:
    first, last = pair
    if not first:
        return not last
    return bool(last) and _number(last) < _number(first)


def _is_there(first: str, last: str, size: int) -> bool:
    return _number(first) < size if first else _number(last) > 0 and size > 0


def _number(digits: str) -> int:
    return int(digits) if len(digits.lstrip("0")) <= _LONGEST else 10**_LONGEST


class _GoneError(Exception):
    """Whoever the file is for may have no more of it."""


class RangedFile(StoredFile):
    """A file whose bytes never change: its ``etag`` names them. Ranges, If-Range and If-None-Match are answered.

    ``still`` is asked before every part that is sent: once it says no, the connection is cut.
    """

    still: Callable[[], bool] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, what was asked of it, that it has not changed (304), or the refusal (416)."""
        headers = Headers(scope=scope)
        if self._is_known(headers.get("if-none-match", "")):
            kept = {name: self.headers[name] for name in ("etag", "cache-control") if name in self.headers}
            await Response(None, 304, kept)(scope, receive, send)
            return
        assert self.stat_result is not None
        asked = headers.get("range", "") if scope["method"] == "GET" else ""
        ranges = served_ranges(asked, self.stat_result.st_size) if asked else None
        with contextlib.suppress(_GoneError):  # uvicorn closes a connection whose answer was not completed
            await super().__call__(_with_range(scope, ranges), receive, self._while_wanted(send))

    def _while_wanted(self, send: Send) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.body" and self.still and not self.still():
                raise _GoneError
            await send(message)

        return sent

    def _is_known(self, tags: str) -> bool:
        wanted = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        return "*" in wanted or self.headers["etag"] in wanted


def ranged_file(path: str | os.PathLike[str], tag: str, media_type: str, headers: dict[str, str]) -> RangedFile:
    """Return the answer for a file whose content ``tag`` names. Raises OSError when it is gone."""
    return RangedFile(path, media_type=media_type, headers={**headers, "ETag": f'"{tag}"'}, stat_result=os.stat(path))


def _with_range(scope: Scope, ranges: str | None) -> Scope:
    others: Iterable[tuple[bytes, bytes]] = (pair for pair in scope["headers"] if pair[0].lower() != b"range")
    return {**scope, "headers": [*others, *([(b"range", ranges.encode())] if ranges else [])]}
