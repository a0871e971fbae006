"""Handing a file over to the storage address a provider named for it: without the key, to public hosts only."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from takebridge.errors import ProviderBusyError, ProviderUnavailableError
from takebridge.providers.remote.addresses import origin_of, pinned
from takebridge.providers.remote.door import Door

_TIMEOUT = httpx.Timeout(120.0, connect=15.0)
_PIECE = 1 << 18
_TRIES = 3
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


async def hand_over(
    door: Door,
    url: str,
    path: Path,
    *,
    method: str = "PUT",
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> None:
    """Send a file's bytes to a presigned address; repeating it overwrites, so what may pass is tried again.

    ``form``: fields of a multipart form whose last part, ``file``, is the file (held in memory), as S3 wants a POST.

    The address proves itself: the provider's key never goes along. Raises ProviderBusyError (away, refused) and
    ProviderUnavailableError (an address that may not be sent to); nothing was started in either case.
    """
    size = (await asyncio.to_thread(path.stat)).st_size
    given = {str(name).lower(): str(value) for name, value in (headers or {}).items()}
    if form is None:
        given = {"content-length": str(size), **given}
    target, host = await _target(door, url)
    if host:
        given["host"] = host
    named = {"sni_hostname": host} if host else None
    for turn in range(1, _TRIES + 1):
        try:
            body = await _body(path, form)
            request = door.build(method, target, headers=given, timeout=_TIMEOUT, extensions=named, **body)
            answer = await door.client.send(request, stream=True)
            await answer.aclose()  # its status says all: what else it sends is not read
        except (httpx.HTTPError, UnicodeError) as error:
            if turn == _TRIES:
                raise _away(door, door.cause(error)) from error
        else:
            if 200 <= answer.status_code < 300:
                return
            if answer.status_code not in _TRY_AGAIN or turn == _TRIES:
                raise _away(door, f"HTTP {answer.status_code}")
        await asyncio.sleep(0.2 * turn * random.uniform(0.5, 1.5))  # noqa: S311
    raise AssertionError("unreachable")


async def _target(door: Door, url: str) -> tuple[str, str]:
    """Return the address to connect to, and the name to ask there by where that is an address seen to be public."""
    if door.is_own(url):
        return url, ""
    scheme, host, port = origin_of(url)
    if scheme != "https" or port != 443:
        raise ProviderUnavailableError(
            f"{door.title} wants the file sent to {host} without encryption; it was not sent.",
            hint="Try again later, or choose another provider's model.",
        )
    return await pinned(url)


async def _body(path: Path, form: Mapping[str, str] | None) -> dict[str, Any]:
    if form is None:
        return {"content": _pieces(path)}
    data = await asyncio.to_thread(path.read_bytes)
    return {"data": dict(form), "files": {"file": (f"input{path.suffix.lower()}", data)}}


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


def _away(door: Door, cause: str) -> ProviderBusyError:
    return ProviderBusyError(f"The file could not be handed to {door.title} ({cause}).")
