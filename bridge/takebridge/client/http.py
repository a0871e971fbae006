"""Calls of the running bridge: JSON in, JSON out, its own errors raised here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import httpx

from takebridge.client.address import BridgeAddress, read_token_file
from takebridge.errors import BridgeError, HostTimeoutError, NotFoundError, UsageError, from_wire

LONG_SECONDS = 1800
"""A pull conforms the take before it answers; nothing else takes as long."""
CONNECT_SECONDS = 5
UNAUTHORIZED = 401
REPEATABLE = frozenset({"GET", "PUT", "DELETE"})

Query = str | bool | int | Sequence[str] | None
"""A query parameter; a sequence repeats it, None leaves it out."""


class BridgeClient:
    """Calls of one bridge. Use as a context manager; calls may come from several threads.

    A request that cannot have been carried out (nothing listens at the address, or the token is an earlier one) is
    sent once more when the data folder names another address by now, if repeating it is harmless anyway. Whatever
    may have arrived is never sent twice.
    """

    def __init__(self, home: Path) -> None:
        """Find the bridge of a data folder. Raises NotFoundError and UnsafeFolderError."""
        self._set_up(read_token_file(home), home)

    @classmethod
    def at(cls, address: BridgeAddress) -> Self:
        """Return a client of the bridge at ``address``; it does not look for another one."""
        client = cls.__new__(cls)
        client._set_up(address, None)
        return client

    def _set_up(self, address: BridgeAddress, home: Path | None) -> None:
        self.address = address
        self._home = home
        self._http = httpx.Client(timeout=httpx.Timeout(LONG_SECONDS, connect=CONNECT_SECONDS), trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def get(self, path: str, **query: Query) -> Any:  # noqa: ANN401 - JSON
        """GET and return the JSON. Raises the bridge's own error, or NotFoundError when it does not answer."""
        return self._send("GET", path, params=_params(query))

    def get_bytes(self, path: str, **query: Query) -> bytes:
        """GET and return the bytes of a file; same errors."""
        return self.get_response(path, **query).content

    def get_response(self, path: str, **query: Query) -> httpx.Response:
        """GET and return the answer with its headers; same errors."""
        return self._exchange("GET", path, params=_params(query))

    def post(self, path: str, body: Any = None, *, repeatable: bool = False) -> Any:  # noqa: ANN401 - JSON
        """POST JSON and return the JSON; same errors. ``repeatable``: doing it twice is the same as once."""
        return self._send("POST", path, repeatable=repeatable, json={} if body is None else body)

    def put(self, path: str, body: Any = None) -> Any:  # noqa: ANN401 - JSON
        """PUT JSON and return the JSON; same errors."""
        return self._send("PUT", path, json={} if body is None else body)

    def patch(self, path: str, body: Any = None) -> Any:  # noqa: ANN401 - JSON
        """PATCH JSON and return the JSON; same errors."""
        return self._send("PATCH", path, json={} if body is None else body)

    def delete(self, path: str, **query: Query) -> Any:  # noqa: ANN401 - JSON
        """DELETE and return the JSON, if any; same errors."""
        return self._send("DELETE", path, params=_params(query), headers={"X-TakeBridge": "1"})

    def refresh(self) -> bool:
        """Look for the bridge again; says whether it is at another address (or has another token) now."""
        before = self.address
        if self._home is not None:
            self.address = read_token_file(self._home)
        return self.address != before

    def _send(self, method: str, path: str, *, repeatable: bool = False, **options: Any) -> Any:  # noqa: ANN401
        reply = self._exchange(method, path, repeatable=repeatable, **options)
        return reply.json() if reply.content else None

    def _exchange(
        self,
        method: str,
        path: str,
        *,
        repeatable: bool = False,
        **options: Any,  # noqa: ANN401
    ) -> httpx.Response:
        reply = self._attempt(method, path, options)
        if not _arrived(reply) and (repeatable or method in REPEATABLE) and self._moved():
            reply = self._attempt(method, path, options)
        if isinstance(reply, httpx.TransportError):
            raise _no_answer(method, reply, self.address.url) from reply
        if reply.is_success:
            return reply
        raise _error(reply)

    def _attempt(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response | httpx.TransportError:
        """Send once. What stops a request before it is sent is returned like an answer, to be judged with it."""
        address = self.address
        headers = {"Authorization": f"Bearer {address.token}", **options.get("headers", {})}
        try:
            return self._http.request(method, address.url + path, **{**options, "headers": headers})
        except httpx.ConnectTimeout as error:
            return error
        except httpx.TimeoutException as error:
            raise HostTimeoutError("The bridge did not answer in time.", hint="Look at 'takebridge status'.") from error
        except httpx.TransportError as error:
            return error

    def _moved(self) -> bool:
        try:
            return self.refresh()
        except BridgeError:
            return False


def is_away(error: BridgeError) -> bool:
    """Say whether a call failed because the bridge did not answer, rather than because of what it answered."""
    return isinstance(error.__cause__, httpx.TransportError)


def _arrived(reply: httpx.Response | httpx.TransportError) -> bool:
    """Say whether the bridge may have begun to work on the request; its guard turns a wrong token away before that."""
    if isinstance(reply, httpx.Response):
        return reply.status_code != UNAUTHORIZED
    return not isinstance(reply, httpx.ConnectError | httpx.ConnectTimeout)


def _no_answer(method: str, reply: httpx.TransportError, url: str) -> NotFoundError:
    if method == "GET" or not _arrived(reply):
        return NotFoundError("The bridge does not answer.", hint="Start it with 'takebridge serve'.", url=url)
    return NotFoundError(
        "The bridge went away before it answered; whether it did what was asked is not known.",
        hint="Start it with 'takebridge serve', and look whether it was done before you ask again.",
        url=url,
    )


def _params(query: dict[str, Query]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value is not None}


def _error(reply: httpx.Response) -> BridgeError:
    try:
        wire = reply.json()
    except ValueError:
        wire = None
    if isinstance(wire, dict) and wire.get("message"):
        return from_wire(wire, UsageError)
    return UsageError(f"The bridge answered {reply.status_code}.", hint="Run 'takebridge doctor'.")
