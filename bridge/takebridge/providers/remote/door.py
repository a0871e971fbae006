"""The one door to a provider's API: plain httpx, a key that never crosses origins, and two kinds of request.

`Door.spend` is for what may cost money: sent once. `Door.ask` is for what may be repeated: status, uploads, cancel.
"""

from __future__ import annotations

import asyncio
import json
import random
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from time import time
from typing import Any

import httpx

from takebridge.errors import ProviderBusyError, ProviderKeyError, ProviderUnavailableError, UnknownOutcomeError
from takebridge.providers.facts import Json, ProviderFacts
from takebridge.providers.remote.addresses import joined, origin_of
from takebridge.providers.remote.refusals import Refusal, cleaned, error_of, plain_refusal, shortened, without
from takebridge.providers.remote.secrets import Secret

LARGEST_ANSWER = 96 * 2**20
"""Bytes of an API answer held in memory: a 4K picture as base64 fits."""

LONGEST_WAIT = 120.0
"""Seconds a Retry-After may ask for; more counts as this."""

MOST_WAITED = 60.0
"""Seconds one `Door.look` waits between its tries, all together: well below what the job runner gives it."""

_TRIES = 4
_FIRST_PAUSE = 0.5
_TIMEOUT = httpx.Timeout(30.0, connect=15.0)
_HASTY = httpx.Timeout(8.0, connect=4.0)
_SPEND_TIMEOUT = httpx.Timeout(280.0, connect=15.0)
"""Below what the job runner gives a submit, so that it is us who say what happened."""

_NEVER_ARRIVED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    httpx.LocalProtocolError,
)
"""Failures that prove that no byte of the request reached the provider."""

_SHORTEST_HIDDEN = 6
"""Letters; a shorter key or part of one is no secret, and stands in texts by chance."""

_GZIP = frozenset({"gzip", "x-gzip"})

_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})

Auth = Callable[[Secret | None], Mapping[str, str]]
"""Makes the authentication headers, anew for each request."""
_SPENT: ContextVar[bool] = ContextVar("spent", default=False)


def has_spent() -> bool:
    """Say whether `Door.spend` has begun to send anything in this task (`forget_spending` sets it back)."""
    return _SPENT.get()


def forget_spending() -> None:
    """Begin anew: nothing has been sent by this task yet."""
    _SPENT.set(False)


Explain = Callable[["Reply"], Refusal]
Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Account:
    """One provider's facts with the addresses and the key in force. ``base_url`` may be a server of the user's own."""

    facts: ProviderFacts
    base_url: str
    hosts: Mapping[str, str] = field(default_factory=dict)
    key: Secret | None = None

    @property
    def own(self) -> tuple[str, ...]:
        """All configured addresses."""
        return (self.base_url, *self.hosts.values())


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer, read whole. ``hidden`` are the texts of our own proof that must not come out of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    hidden: tuple[str, ...] = field(default=(), repr=False)

    def json(self) -> Json:
        """Return the JSON value, without the key and lone surrogates. Raises ValueError for anything else."""
        try:
            return cleaned(json.loads(self.body), self.hidden)
        except (ValueError, RecursionError) as error:
            raise ValueError("no JSON") from error

    def fields(self) -> dict[str, Any]:
        """Return the JSON object, ``{}`` where the body is none: for reading errors."""
        try:
            value = self.json()
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def retry_after(self) -> float | None:
        """Seconds the server asks to wait (both forms of the header, RFC 9110 §10.2.3, and ``retry-after-ms``)."""
        if (ms := self.headers.get("retry-after-ms", "")).isdecimal():
            return min(float(ms) / 1000, LONGEST_WAIT)
        said = self.headers.get("retry-after", "").strip()
        if not said:
            return None
        try:
            seconds = float(said)
        except ValueError:
            try:
                seconds = parsedate_to_datetime(said).timestamp() - time()
            except (ValueError, TypeError, OverflowError):
                return None
        return min(max(seconds, 0.0), LONGEST_WAIT) if seconds == seconds else None


def explain_by_status(reply: Reply) -> Refusal:
    """Classify an error answer by its status, with whatever text it carries as the reason."""
    return plain_refusal(reply.status, _text_of(reply), reply.retry_after)


class Door:
    """Requests to one account. Paths are relative to ``base_url``; whole URLs must share an origin of the account.

    Use from one event loop; close with `aclose`. ``pause`` is how it waits (tests pass another).
    """

    def __init__(
        self, account: Account, auth: Auth, explain: Explain = explain_by_status, pause: Pause = asyncio.sleep
    ) -> None:
        self.account = account
        self._auth, self._explain, self._pause = auth, explain, pause
        self._tries, self._patience = _TRIES, _TIMEOUT
        self.client = httpx.AsyncClient(
            timeout=_TIMEOUT,
            follow_redirects=False,
            verify=_tls(),
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
            headers={"User-Agent": "TakeBridge", "Accept-Encoding": "gzip"},
        )

    def hasty(self) -> Door:
        """Return a door over the same connections that asks once and not for long: for a look in passing."""
        other = copy(self)
        other._tries, other._patience = 1, _HASTY
        return other

    async def aclose(self) -> None:
        """Close all connections."""
        await self.client.aclose()

    async def spend(self, path: str, *, method: str = "POST", seconds: float | None = None, **body: Json) -> Reply:
        """Send a request that may start (and bill) something, exactly once; return its answer (2xx).

        ``body``: httpx's ``json``, ``data``, ``files``, ``content``, ``headers``, ``params``. Raises
        ProviderBusyError, ProviderKeyError, ProviderQuotaError, CapabilityError (with ModerationError,
        RetiredModelError) where nothing was started, else UnknownOutcomeError.
        """
        if "files" in body:
            body["files"] = _opened(body["files"])  # a file that is gone fails before anything is sent
        _SPENT.set(True)
        try:
            reply = await self._send(
                method, path, _SPEND_TIMEOUT if seconds is None else httpx.Timeout(seconds, connect=15.0), body
            )
        except _NEVER_ARRIVED as error:
            raise self._unreached(error) from error
        except httpx.HTTPError as error:
            raise UnknownOutcomeError(
                f"{self.title} did not answer after the job was sent; whether it runs is not known."
            ) from error
        if 200 <= reply.status < 300:
            return reply
        raise self.refused(reply)

    async def ask(self, path: str, *, method: str = "GET", again: bool = True, **body: Json) -> Reply:
        """Send a request that may be repeated, waiting and trying again where that may help; return its 2xx answer.

        Raises what `spend` does, never UnknownOutcomeError: a provider that fails or is away is a ProviderBusyError.
        404 is a RetiredModelError of kind ``not_found``: use `look` where it means something else.
        """
        reply = await self.look(path, method=method, again=again, **body)
        if 200 <= reply.status < 300:
            return reply
        raise self._refused(self._explain(reply), proved=True)

    async def look(self, path: str, *, method: str = "GET", again: bool = True, **body: Json) -> Reply:
        """Like `ask`, but return an answer of any status that trying again will not better (404, 400 …).

        Raises ProviderBusyError for a provider that is away, still fails (408, 429, 5xx) in the end, or asks to wait
        longer than `MOST_WAITED`.
        """
        waited, left, tries = _FIRST_PAUSE, MOST_WAITED, self._tries if again else 1
        for turn in range(1, tries + 1):
            last = turn == tries
            try:
                reply = await self._send(method, path, self._patience, body)
            except httpx.HTTPError as error:
                if last:
                    raise self._unreached(error) from error
                reply = None
            if reply is not None and reply.status not in _TRY_AGAIN:
                return reply
            asked = reply.retry_after if reply is not None else None
            wait = asked if asked is not None else waited * random.uniform(0.5, 1.5)  # noqa: S311
            if reply is not None and (last or wait > left):
                raise self._overloaded(reply)
            await self._pause(wait)
            waited, left = waited * 2, left - wait
        raise AssertionError("unreachable")

    def refused(self, reply: Reply) -> Exception:
        """Return the error of a refused submit."""
        refusal = self._explain(reply)
        return self._refused(refusal, proved=reply.status in self.account.facts.sheds_load or reply.status == 429)

    def refused_in_words(self, refusal: Refusal) -> Exception:
        """Return the error of a submit that was refused inside a 2xx answer (Kling, sync.so): nothing was started."""
        return self._refused(refusal, proved=True)

    def garbled(self) -> UnknownOutcomeError:
        """Return the error of a submit that was answered with something nobody understands."""
        return UnknownOutcomeError(
            f"{self.title} answered with something unreadable; whether the job runs is not known."
        )

    @property
    def title(self) -> str:
        """What people call the provider."""
        return self.account.facts.title

    def url_of(self, path: str) -> str:
        """Return the absolute URL of a path, or of a whole URL that lies at one of the account's own origins.

        ``name:/path`` is a path at the further address of that name. Raises ProviderUnavailableError for others: the
        key is never sent there.
        """
        name, _, rest = path.partition(":/")
        if name in self.account.hosts:
            return f"{self.account.hosts[name].rstrip('/')}/{rest.lstrip('/')}"
        if "://" not in path:
            return f"{self.account.base_url.rstrip('/')}/{path.lstrip('/')}"
        if not self.is_own(path):
            raise ProviderUnavailableError(
                f"{self.title} named an address outside its own API; the key was not sent there.",
                hint="If the address is right, add it to hosts in your providers file, then look again.",
            )
        return path

    def is_own(self, url: str) -> bool:
        """Say whether a URL lies at one of the account's own origins."""
        wanted = origin_of(url)
        return any(origin_of(one) == wanted for one in self.account.own)

    def own_headers(self) -> dict[str, str]:
        """Return fresh authentication headers, for the account's own origins only.

        Raises ProviderKeyError for a key that cannot stand in a header (RFC 9110 §5.5).
        """
        try:
            proof = dict(self._auth(self.account.key))
        except UnicodeError:
            raise self._impossible_key() from None
        if self.account.key is not None and not all(map(_fits_a_header, proof.values())):
            raise self._impossible_key()
        return proof

    def build(self, method: str, url: str, **more: Json) -> httpx.Request:
        """Return httpx's request. Raises ProviderUnavailableError where a URL or a text cannot stand in one."""
        try:
            return self.client.build_request(method, url, **more)
        except (httpx.InvalidURL, ValueError) as error:
            raise ProviderUnavailableError(
                f"No request can be made of what {self.title} named; nothing was sent.",
                hint="Try again, or choose another model.",
            ) from error

    def cause(self, error: Exception) -> str:
        """Return in words why a connection failed, without the key."""
        return shortened(without(_cause(error), _hidden(self.account.key, {})))

    def resolve(self, url: str) -> str:
        """Return an address a provider named, made absolute against ``base_url``. Raises ProviderUnavailableError."""
        return joined(f"{self.account.base_url.rstrip('/')}/", url)

    # --- pieces

    async def _send(self, method: str, path: str, patience: httpx.Timeout | float, body: Mapping[str, Any]) -> Reply:
        """Send once; the answer is read up to `LARGEST_ANSWER` bytes. No redirect is followed."""
        more, proof = dict(body), self.own_headers()
        headers = {**proof, **(more.pop("headers", None) or {})}
        if "files" in more:
            more["files"] = _opened(more["files"])
        request = self.build(method, self.url_of(path), headers=headers, timeout=patience, **more)
        try:
            answer = await self.client.send(request, stream=True)
        except UnicodeError as error:  # a host name no DNS can hold
            raise httpx.ConnectError("its address was not found") from error
        try:
            read = await _body_of(answer)
        finally:
            await answer.aclose()
        hidden = _hidden(self.account.key, proof)
        return Reply(answer.status_code, dict(answer.headers), read, str(answer.url), hidden)

    def _refused(self, refusal: Refusal, *, proved: bool) -> Exception:
        facts = self.account.facts
        told = replace(refusal, reason=without(refusal.reason, _hidden(self.account.key, {})))
        return error_of(told, title=facts.title, provider=facts.provider, proved=proved)

    def _impossible_key(self) -> ProviderKeyError:
        return ProviderKeyError(
            f"The key for {self.title} holds characters no key has; it was not sent.",
            hint=f"Set it again, whole: 'takebridge keys set {self.account.facts.provider}'. Nothing was submitted.",
        )

    def _overloaded(self, reply: Reply) -> ProviderBusyError:
        refusal = self._explain(reply)
        reason = shortened(without(refusal.reason, reply.hidden))
        said = f" It says: {reason}" if reason else ""
        asked = reply.retry_after if refusal.retry_after is None else refusal.retry_after
        wait = None if asked is None else round(asked)
        return ProviderBusyError(f"{self.title} does not answer properly right now.{said}", retry_after=wait)

    def _unreached(self, error: Exception) -> ProviderBusyError:
        return ProviderBusyError(
            f"{self.title} cannot be reached ({self.cause(error)}).",
            hint="Check the network and the proxy. The job waits and is tried again by itself; nothing was submitted.",
        )


def _opened(files: Json) -> Json:
    """Read files named by a Path now: a repeated request needs them again from the start."""
    if isinstance(files, Mapping):
        return {name: _part(value) for name, value in files.items()}
    return [(name, _part(value)) for name, value in files]


def _part(value: Json) -> Json:
    if isinstance(value, Path):
        return value.name, value.read_bytes()
    if isinstance(value, tuple) and len(value) > 1 and isinstance(value[1], Path):
        return (value[0], value[1].read_bytes(), *value[2:])
    return value


async def _body_of(answer: httpx.Response) -> bytes:
    """Return the body, unpacked. Raises httpx.DecodingError for a 2xx one that is too large or unreadable."""
    try:
        return await _unpacked(answer)
    except httpx.DecodingError:
        if answer.is_success:
            raise
        return b""  # a refusal is one without its words, too


async def _unpacked(answer: httpx.Response) -> bytes:
    """Read up to `LARGEST_ANSWER` bytes, before and after unpacking. Raises httpx.DecodingError."""
    coding = "" if answer.is_stream_consumed else answer.headers.get("content-encoding", "").strip().lower()
    if coding not in {"", "identity", *_GZIP}:
        raise httpx.DecodingError("the answer is packed in a way nobody asked for")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16) if coding in _GZIP else None
    body, size = bytearray(), 0
    async for part in pieces_of(answer):
        size += len(part)
        try:
            body += unpacker.decompress(part, LARGEST_ANSWER + 1 - len(body)) if unpacker else part
        except zlib.error as error:
            raise httpx.DecodingError("the answer cannot be unpacked") from error
        if max(size, len(body)) > LARGEST_ANSWER:
            raise httpx.DecodingError("the answer is larger than any answer may be")
    if unpacker and size and not unpacker.eof:
        raise httpx.DecodingError("the answer was cut short")
    return bytes(body)


def pieces_of(answer: httpx.Response) -> AsyncIterator[bytes]:
    """Return the bytes of an answer as they come, packed; one a transport of httpx has read already, unpacked."""
    return answer.aiter_bytes() if answer.is_stream_consumed else answer.aiter_raw()


def _fits_a_header(value: str) -> bool:
    return bool(value) and value.isascii() and value.isprintable() and value == value.strip()


def _hidden(key: Secret | None, proof: Mapping[str, str]) -> tuple[str, ...]:
    """Return what must not be seen of a key: all of it, its parts around a colon, and what was made of it."""
    if key is None:
        return ()
    made = (value.rpartition(" ")[2] for name, value in proof.items() if name.lower() == "authorization")
    found = {key.reveal(), *key.reveal().split(":"), *made}
    return tuple(sorted((one for one in found if len(one) >= _SHORTEST_HIDDEN), key=len, reverse=True))


@cache
def _tls() -> ssl.SSLContext:
    """One TLS context for all doors: making one takes tens of milliseconds."""
    return httpx.create_ssl_context()


def _cause(error: Exception) -> str:
    said = str(error) or type(error).__name__
    return (
        "its address was not found"
        if "Name or service" in said or "nodename" in said or "getaddrinfo" in said
        else said
    )


def _text_of(reply: Reply) -> str:
    """Find a reason in an error body of the usual shapes; never a page of HTML."""
    found: Any = reply.fields()
    for name in ("error", "detail", "message", "title"):
        value = found.get(name) if isinstance(found, dict) else None
        if isinstance(value, dict):
            inner = value.get("message") or value.get("detail")
            value = inner if isinstance(inner, str) else None
        if isinstance(value, str) and value:
            return value
    if found or b"<" in reply.body[:200]:
        return ""
    return without(reply.body[:4096].decode("utf-8", "replace"), reply.hidden)[:300]
