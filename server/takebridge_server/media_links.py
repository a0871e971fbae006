"""Links to stored media for pages: signed, short-lived, and dead with the session that asked for them.

A ``<video>`` or ``<img>`` can send no token. Its address carries one made for this content, this use of it and this
session, good until the hour after next. All links of an hour are the same, so that what a browser has kept is found.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol, get_args

from takebridge.ids import BlobHash

What = Literal["poster", "sprite", "proxy", "still", "original", "peaks"]
WHATS: tuple[What, ...] = get_args(What)
PREFIX = "/m"
HOUR = 3600
TOKEN_SESSION = "token"  # noqa: S105 - a name, not a token
"""How links made for the bridge's own token call its session; it lives as long as the bridge."""


class Sessions(Protocol):
    """Whoever knows which sessions of people are still good."""

    def session_alive(self, session_id: str) -> bool:
        """Say whether a session may still ask; "" is the bridge's own token and always may."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a link is not followed, in words."""

    code: str
    message: str
    hint: str


_FORGED = Refused("forbidden", "This link to a medium was not made by the bridge.", "Load the page again.")
_EXPIRED = Refused("link_expired", "This link to a medium has expired.", "Load the page again: it gets new links.")
_REVOKED = Refused("link_expired", "The session this link was made for has ended.", "Sign in again.")


class MediaLinks:
    """Makes links and judges them. The key is new at every start: links of an earlier bridge are dead."""

    def __init__(self, sessions: Sessions, *, now: Callable[[], float] = time.time) -> None:
        self._sessions, self._now = sessions, now
        self._key = secrets.token_bytes(32)

    def expiry(self) -> int:
        """Return when links made now expire: the end of the next hour, 60 to 120 minutes away, as Unix time."""
        return (int(self._now()) // HOUR + 2) * HOUR

    def remaining(self, expires: int) -> int:
        """Return the seconds left, 0 when there are none."""
        return max(0, expires - int(self._now()))

    def urls(self, content: BlobHash, session: str, expires: int) -> dict[What, str]:
        """Return the link of every use of a content, for the session that asks."""
        return {what: self._url(content, what, session or TOKEN_SESSION, expires) for what in WHATS}

    def refusal(self, content: str, what: str, expires: str, session: str, signature: str) -> Refused | None:
        """Return why the link is not good, None when it is. Nothing in it is believed before its signature is."""
        when = int(expires) if expires.isascii() and expires.isdigit() and len(expires) < 16 else -1
        if not hmac.compare_digest(self._sign(content, what, session, when).encode(), signature.encode()):
            return _FORGED
        if self._now() >= when:
            return _EXPIRED
        return None if self.alive(session) else _REVOKED

    def alive(self, session: str) -> bool:
        """Say whether the session of a link may still ask."""
        return self._sessions.session_alive("" if session == TOKEN_SESSION else session)

    def _url(self, content: str, what: str, session: str, expires: int) -> str:
        return f"{PREFIX}/{content}/{what}?e={expires}&s={session}&g={self._sign(content, what, session, expires)}"

    def _sign(self, content: str, what: str, session: str, expires: int) -> str:
        # A part with a line end in it makes a text of more lines than any that was ever signed.
        text = "\n".join((content, what, session, str(expires)))
        return hmac.new(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def iso(seconds: int) -> str:
    """Return Unix time as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
