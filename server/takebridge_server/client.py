"""A client of the running bridge for the command line: finds it by its token file, speaks JSON, raises BridgeErrors."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import httpx

from takebridge.errors import BridgeError, HostTimeoutError, NotFoundError, UsageError, from_wire
from takebridge_server.token_file import read_token_file

LONG_SECONDS = 1800
"""A pull conforms the take before it answers; nothing else takes as long."""


class BridgeClient:
    """Calls of one bridge. Use as a context manager."""

    def __init__(self, home: Path) -> None:
        self.address = read_token_file(home)
        self._http = httpx.Client(
            base_url=self.address.url,
            headers={"Authorization": f"Bearer {self.address.token}"},
            timeout=httpx.Timeout(LONG_SECONDS, connect=5),
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **query: str | bool | int) -> Any:  # noqa: ANN401 - JSON
        """GET and return the JSON. Raises the bridge's own error, or NotFoundError when it does not answer."""
        return self._send("GET", path, params=query)

    def post(self, path: str, body: Any = None) -> Any:  # noqa: ANN401 - JSON
        """POST JSON and return the JSON; same errors."""
        return self._send("POST", path, json={} if body is None else body)

    def _send(self, method: str, path: str, **options: Any) -> Any:  # noqa: ANN401
        try:
            reply = self._http.request(method, path, **options)
        except httpx.TimeoutException as error:
            raise HostTimeoutError("The bridge did not answer in time.", hint="Look at 'takebridge status'.") from error
        except httpx.TransportError as error:
            raise NotFoundError(
                "The bridge does not answer.", hint="Start it with 'takebridge serve'.", url=self.address.url
            ) from error
        if reply.is_success:
            return reply.json()
        raise _error(reply)


def _error(reply: httpx.Response) -> BridgeError:
    try:
        return from_wire(reply.json(), UsageError)
    except ValueError:
        return UsageError(f"The bridge answered {reply.status_code}.", hint="Run 'takebridge doctor'.")
