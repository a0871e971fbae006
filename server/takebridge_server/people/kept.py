"""What ``people.json`` holds. Of every secret only the SHA-256: 32 random bytes need no salt and no slow hash."""

from __future__ import annotations

import hashlib
import secrets
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from takebridge_server.people.roles import GivenRole, Role

PEOPLE_FILE = "people.json"
MOST_PEOPLE = 200
MOST_SESSIONS = 20
"""Of one person; who signs in once more is signed out where they have not been for the longest."""
MOST_INVITES = 100
MOST_NAMES = 20
"""One person may have had."""
MOST_GONE = 5000
"""Names of people who are gone before nobody new is let in; all who are here may still go."""
_TIME = 32

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
PersonId = Annotated[str, StringConstraints(pattern=r"^(owner|person-[0-9a-f]{16})$")]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class Kept(BaseModel):
    """Base: what is unknown is damage."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class KeptPerson(Kept):
    """Somebody who was let in once. ``created_at`` and ``last_seen`` are ISO 8601 in UTC, "" for never.

    ``earlier`` are names they had: what they did lies under them, so they stay theirs.
    """

    id: PersonId
    name: Name
    role: Role
    created_at: str = Field(max_length=_TIME)
    last_seen: str = Field(default="", max_length=_TIME)
    earlier: tuple[Name, ...] = Field(default=(), max_length=MOST_NAMES)

    @property
    def names(self) -> tuple[str, ...]:
        """All names they have had, today's first."""
        return (self.name, *self.earlier)


class KeptSession(Kept):
    """One browser somebody is signed in with."""

    id: Annotated[str, StringConstraints(pattern=r"^session-[0-9a-f]{16}$")]
    person: PersonId
    secret_sha256: Sha256 = Field(repr=False)
    created_at: str = Field(max_length=_TIME)
    last_seen: str = Field(max_length=_TIME)
    device: str = Field(max_length=80)


class KeptInvite(Kept):
    """A link that lets one person in, once, until ``expires_at``. ``by`` is the name of who made it."""

    id: Annotated[str, StringConstraints(pattern=r"^invite-[0-9a-f]{16}$")]
    role: GivenRole
    note: str = Field(max_length=200)
    by: str = Field(max_length=80)
    secret_sha256: Sha256 = Field(repr=False)
    created_at: str = Field(max_length=_TIME)
    expires_at: str = Field(max_length=_TIME)


class Content(Kept):
    """The whole file."""

    version: Literal[1] = 1
    bridge: Annotated[str, StringConstraints(pattern=r"^(bridge-[0-9a-f]{16})?$")] = ""
    """Names the data folder; "" in a file that was never written by who knows of it."""
    people: tuple[KeptPerson, ...] = Field(default=(), max_length=MOST_PEOPLE)
    sessions: tuple[KeptSession, ...] = Field(default=(), max_length=MOST_PEOPLE * MOST_SESSIONS)
    invites: tuple[KeptInvite, ...] = Field(default=(), max_length=MOST_INVITES)
    gone: tuple[Name, ...] = Field(default=(), max_length=MOST_GONE + MOST_PEOPLE * (MOST_NAMES + 1))
    """Names of people who were removed: nobody else is given what was theirs."""


def new_secret() -> str:
    """Return 32 random bytes as text for a URL's fragment or a cookie."""
    return secrets.token_urlsafe(32)


def sha256(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def new_id(kind: str) -> str:
    """Return an id that tells nothing about when or for whom it was made."""
    return f"{kind}-{secrets.token_hex(8)}"
