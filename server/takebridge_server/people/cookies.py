"""The session cookie: its name, how it is set and taken away, and how it is read.

Browsers keep cookies per host, whatever the port. Every data folder has a name of its own for its cookie, so that two
bridges on one machine do not sign each other's people out.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import Response

from takebridge_server.people.store import SESSION_SECONDS

_PREFIX = "takebridge_"
_MOST_COOKIES = 4
"""Looked at under our name: another server of this machine may have set one of it for a narrower path."""


def cookie_name(bridge_id: str) -> str:
    """Return what the cookie of a data folder's bridge is called: ``takebridge_`` and 8 digits of its id."""
    return _PREFIX + bridge_id.removeprefix("bridge-")[:8]


def cookies_of(headers: Headers, name: str) -> list[str]:
    """Return what came under the ``name`` of our cookie, at most `_MOST_COOKIES`."""
    pairs = (pair.strip().partition("=") for line in headers.getlist("cookie") for pair in line.split(";"))
    return [value for key, _, value in pairs if key == name and value][:_MOST_COOKIES]


def set_cookie(response: Response, name: str, secret: str, *, secure: bool) -> None:
    """Let the browser keep the session for as long as it may stay unused, and send it to nobody but us."""
    response.set_cookie(
        name, secret, max_age=SESSION_SECONDS, path="/", httponly=True, samesite="strict", secure=secure
    )


def drop_cookie(response: Response, name: str, *, secure: bool) -> None:
    """Let the browser forget the session."""
    response.delete_cookie(name, path="/", httponly=True, samesite="strict", secure=secure)
