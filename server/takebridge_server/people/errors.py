"""What signing in and roles may refuse."""

from __future__ import annotations

from typing import ClassVar

from takebridge.errors import BridgeError
from takebridge_server.people.roles import Role, who_gives


class NotAllowedError(BridgeError):
    """The role of who asks is not enough; nothing was changed."""

    code: ClassVar[str] = "not_allowed"
    default_hint: ClassVar[str] = "Ask the owner of the bridge."


class SignInError(BridgeError):
    """A key or an invite was not taken; nobody was let in."""

    code: ClassVar[str] = "sign_in"
    default_hint: ClassVar[str] = (
        "On the bridge's machine run 'takebridge open'; elsewhere ask who invited you for a new link."
    )


class TooManyTriesError(SignInError):
    """Too many wrong keys came from one address; none is looked at for a while."""

    code: ClassVar[str] = "too_many_tries"
    retryable: ClassVar[bool] = True
    default_hint: ClassVar[str] = "Wait a minute, then open the link again."


def needs(what: str, least: Role) -> NotAllowedError:
    """Return the error for who may not do ``what`` (a sentence's subject) with the role they have."""
    hint = f"Ask {who_gives(least)} to give you that role, or to do it for you."
    return NotAllowedError(f"{what} needs the role {least}.", hint=hint, role=least)
