"""Whose name is whose. What somebody did lies under the name they had then, so a name is its holder's for good."""

from __future__ import annotations

from collections.abc import Iterable

from takebridge.errors import ConflictError, PreconditionError
from takebridge_server.people.kept import MOST_NAMES, KeptPerson
from takebridge_server.people.names import RESERVED, same_name
from takebridge_server.people.roles import OWNER_ID


def require_free(name: str, whose: KeptPerson | None, others: Iterable[KeptPerson], left: Iterable[str]) -> None:
    """Raise ConflictError unless ``whose`` (None: somebody new) may be called ``name``.

    ``left`` are names of people who are gone, and those under which there is work: older data folders do not know who
    had which name before, and nobody new may take back what somebody else did. The owner may all that anyway.
    """
    wanted = same_name(name)
    is_owner = whose is not None and whose.id == OWNER_ID
    held = {same_name(one) for other in others for one in other.names} | (set() if is_owner else RESERVED)
    if wanted in held:
        raise ConflictError(f"Somebody here is called “{name}” already.", hint="Choose another name.")
    own = {same_name(one) for one in whose.names} if whose else set()
    if not is_owner and wanted not in own and wanted in {same_name(one) for one in left}:
        raise ConflictError(
            f"What was done here as “{name}” is somebody else's.",
            hint="Choose another, with a family name perhaps.",
        )


def renamed(person: KeptPerson, name: str) -> KeptPerson:
    """Return the person under another name, or one they had before. Raises PreconditionError for one too many."""
    earlier = tuple(one for one in person.names if one != name)
    if len(earlier) >= MOST_NAMES and name not in person.names:
        raise PreconditionError(f"{person.name} has had {MOST_NAMES} names here.", hint="Take one of them again.")
    return person.model_copy(update={"name": name, "earlier": earlier})
