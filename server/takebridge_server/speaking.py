"""Who speaks in the request that is being answered. Set by the guard, read wherever a name or a role matters.

``speaker()`` is None where the bridge's own token asks (the command line, agents, paired panels): it acts as the
owner, under whatever author it gives.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass

from takebridge_server.people.roles import Person, Role


@dataclass(frozen=True, slots=True)
class Signed:
    """A person and the session they speak through."""

    person: Person
    session: str


_SIGNED: ContextVar[Signed | None] = ContextVar("takebridge_signed", default=None)


def speaker() -> Person | None:
    """Return the person who asks, None for the bridge's own token."""
    signed = _SIGNED.get()
    return signed.person if signed else None


def session_id() -> str:
    """Return the session of the person who asks, "" for the bridge's own token."""
    signed = _SIGNED.get()
    return signed.session if signed else ""


def speaking_role() -> Role:
    """Return the role of who asks; the token acts as the owner."""
    person = speaker()
    return person.role if person else "owner"


def author_or(given: str) -> str:
    """Return the author of what is being done: the person's name, or what the token gave."""
    person = speaker()
    return person.name if person else given


@contextlib.contextmanager
def speaking(signed: Signed | None) -> Iterator[None]:
    """Let ``signed`` speak until the block ends."""
    before = _SIGNED.set(signed)
    try:
        yield
    finally:
        _SIGNED.reset(before)
