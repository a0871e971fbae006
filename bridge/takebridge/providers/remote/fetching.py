"""Bringing a result here: at once, whole, from allowed hosts only, without keys for strangers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx

from takebridge.errors import NotFoundError, ProviderBusyError, ProviderUnavailableError, UnsafeMediaError
from takebridge.media.publish import publishing
from takebridge.providers.remote.addresses import check_allowed, joined, pinned
from takebridge.providers.remote.door import Door, pieces_of

LARGEST_RESULT = 8 * 2**30
"""Bytes: a minute of 4K ProRes fits."""
SLOWEST = 4 * 1024
"""Bytes a second, averaged over `SLOW_SECONDS`, below which a download is given up."""
SLOW_SECONDS = 60.0
_MOST_REDIRECTS = 4
_TIMEOUT = httpx.Timeout(60.0, connect=15.0)
_PLAIN = {"Accept-Encoding": "identity"}
"""Media is packed already, and a few bytes that unpack to gigabytes are not asked for."""
_GONE = frozenset({401, 403, 404, 410})
Progress = Callable[[int, int], None]


class ExpiredLinkError(NotFoundError):
    """The address of a result no longer works; a fresh one may be asked for."""

    default_hint = "Look again: a fresh address is asked for where the provider gives one."


async def fetch(
    door: Door,
    url: str,
    target: Path,
    progress: Progress | None = None,
    *,
    largest: int = LARGEST_RESULT,
    clock: Callable[[], float] = time.monotonic,
) -> Path:
    """Download ``url`` to ``target``; the file is complete when it is there. ``progress`` counts bytes (total 0: not
    known).

    The key goes along only to the account's own origins. Raises ExpiredLinkError, ProviderBusyError (cut short, too
    slow, away), ProviderUnavailableError (address not allowed), UnsafeMediaError (too large).
    """
    here = url
    for _ in range(_MOST_REDIRECTS + 1):
        onward = await _fetch_once(door, here, target, progress, largest, clock)
        if onward is None:
            return target
        here = joined(here, onward)
    raise ProviderUnavailableError(f"{door.title} sends the download in circles.", hint="Look again later.")


async def _fetch_once(
    door: Door, url: str, target: Path, progress: Progress | None, largest: int, clock: Callable[[], float]
) -> str | None:
    """Download, or return where a redirect leads (unchecked)."""
    check_allowed(url, door.account.own, door.account.facts.result_hosts)
    request = await _request(door, url)
    try:
        answer = await door.client.send(request, stream=True)
    except (httpx.HTTPError, UnicodeError) as error:  # UnicodeError: a host name no DNS can hold
        raise _away(door, error) from error
    try:
        if answer.is_redirect:
            return str(answer.headers.get("location", ""))
        _check_status(door, answer)
        await _save(door, answer, target, progress, largest, clock)
        return None
    finally:
        await answer.aclose()


async def _request(door: Door, url: str) -> httpx.Request:
    """Build the request. A foreign host is connected to by an address seen to be public, under its own name."""
    if door.is_own(url):
        return door.build("GET", url, headers=_PLAIN | door.own_headers(), timeout=_TIMEOUT)
    target, host = await pinned(url)
    named = {"sni_hostname": host} if host else None
    headers = _PLAIN | ({"Host": host} if host else {})
    return door.build("GET", target, headers=headers, timeout=_TIMEOUT, extensions=named)


def _check_status(door: Door, answer: httpx.Response) -> None:
    if answer.status_code in _GONE:
        raise ExpiredLinkError(f"The result is no longer at the address {door.title} gave.")
    if answer.status_code != 200:
        raise ProviderBusyError(f"{door.title} does not hand the result over (HTTP {answer.status_code}).")
    if answer.headers.get("content-encoding", "").strip().lower() not in ("", "identity"):
        raise ProviderBusyError(f"{door.title} hands the result over packed, which was not asked for.")


async def _save(
    door: Door,
    answer: httpx.Response,
    target: Path,
    progress: Progress | None,
    largest: int,
    clock: Callable[[], float],
) -> None:
    total = _length(answer)
    if total > largest:
        raise _too_large(door, largest)
    done, mark, since = 0, 0, clock()
    with publishing(target) as part, part.open("wb") as file:
        try:
            async for chunk in pieces_of(answer):  # as they come: gathered pieces would hide that they drip
                done += len(chunk)
                if done > largest:
                    raise _too_large(door, largest)
                await asyncio.to_thread(file.write, chunk)
                if progress:
                    progress(done, total)
                if clock() - since >= SLOW_SECONDS:
                    if done - mark < SLOWEST * SLOW_SECONDS:
                        raise ProviderBusyError(f"The download from {door.title} is too slow to finish.")
                    mark, since = done, clock()
        except httpx.HTTPError as error:
            raise _away(door, error) from error
        if done == 0 or (total and done != total):
            raise ProviderBusyError(f"The download from {door.title} was cut short at {done:,} of {total:,} bytes.")


def _length(answer: httpx.Response) -> int:
    with suppress(ValueError):
        return max(0, int(answer.headers.get("content-length", "0")))
    return 0


def _too_large(door: Door, largest: int) -> UnsafeMediaError:
    return UnsafeMediaError(
        f"{door.title} sends more than {largest / 2**30:,.1f} GB; nothing was kept.",
        hint="Ask for a smaller result, or fetch it by hand at the provider.",
    )


def _away(door: Door, error: Exception) -> ProviderBusyError:
    return ProviderBusyError(
        f"The result could not be fetched from {door.title} ({door.cause(error)}).",
        hint="Look again: the result is still at the provider for a while.",
    )
