"""The people of one data folder, their sessions and invites.

A file that others can open, or that is damaged, counts as nobody at all; what is wrong with it is said in words.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from takebridge.errors import BridgeError, NotFoundError, PreconditionError
from takebridge_server.people.errors import NotAllowedError, SignInError
from takebridge_server.people.kept import (
    MOST_GONE,
    MOST_INVITES,
    MOST_PEOPLE,
    MOST_SESSIONS,
    Content,
    KeptInvite,
    KeptPerson,
    KeptSession,
    new_id,
    new_secret,
    sha256,
)
from takebridge_server.people.naming import renamed, require_free
from takebridge_server.people.people_file import PeopleFile
from takebridge_server.people.roles import OWNER_ID, GivenRole, Person
from takebridge_server.speaking import Signed

SESSION_SECONDS = 30 * 24 * 3600
"""A session nobody has used for so long is over."""
INVITE_SECONDS = 7 * 24 * 3600
_SEEN_EVERY = 600
"""Seconds: a session seen again sooner is not written down anew."""

WallClock = Callable[[], float]
"""Unix seconds."""
Change = Callable[[Content], Content]


class PeopleStore:
    """Thread-safe; a file mended or taken away meanwhile counts at once.

    ``owner_name`` is what the owner is called until they say otherwise; ``authors`` says under which names there is
    work on the canvases.
    """

    def __init__(
        self,
        home: Path,
        wall: WallClock = time.time,
        *,
        owner_name: str = "Owner",
        authors: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self._file = PeopleFile(home)
        self._authors = authors
        self._wall = wall
        self._lock = threading.RLock()
        self._owner = KeptPerson(id=OWNER_ID, name=owner_name, role="owner", created_at=iso(wall()))
        self._seen: dict[str, float] = {}
        self._new_bridge = new_id("bridge")

    # --- asking -------------------------------------------------------------------------------------------

    def problem(self) -> str:
        """Say in words what is wrong with the file, "" when nothing is."""
        try:
            self._read()
        except BridgeError as error:
            return f"{error.message} {error.hint}"
        return ""

    def bridge_id(self) -> str:
        """Return what names this data folder to browsers; the same for as long as anybody is known in it."""
        return self._usable().bridge or self._new_bridge

    def people(self) -> list[KeptPerson]:
        """Return everybody, the owner first. Raises UnsafeFolderError and StoreError for an unusable file."""
        content = self._read()
        return [self._owner_in(content), *(one for one in content.people if one.id != OWNER_ID)]

    def person(self, person_id: str) -> Person:
        """Return one person. Raises NotFoundError, and as `people`."""
        found = next((one for one in self.people() if one.id == person_id), None)
        if found is None:
            raise NotFoundError("No such person is known here.", hint="'takebridge people' lists them.")
        return Person(found.id, found.name, found.role)

    def names_of(self, author: str) -> tuple[str, ...]:
        """Return all names of whoever did what lies under ``author``, today's first; of nobody known just that one.

        A name is its holder's for good, so this says whose something is. An unusable file knows nobody.
        """
        content = self._usable()
        known = (self._owner_in(content), *content.people)
        return next((one.names for one in known if author in one.names), (author,))

    def sessions(self) -> list[KeptSession]:
        """Return the sessions that still count, the oldest first, as they were seen last. Raises as `people`."""
        return [self._with_seen(one) for one in self._read().sessions if not self._is_over(one)]

    def invites(self) -> list[KeptInvite]:
        """Return the invites that may still be used, the oldest first. Raises as `people`."""
        return [one for one in self._read().invites if seconds(one.expires_at) > self._wall()]

    def session_of(self, secret: str) -> Signed | None:
        """Return who is signed in with this secret. An unusable file knows nobody."""
        given = sha256(secret)
        content = self._usable()
        found = next((one for one in content.sessions if one.secret_sha256 == given), None)
        if found is None or self._is_over(found):
            return None
        person = next((one for one in (*content.people, self._owner) if one.id == found.person), None)
        return Signed(Person(person.id, person.name, person.role), found.id) if person else None

    def session_alive(self, session_id: str) -> bool:
        """Say whether a session may still ask; "" is the bridge's own token and always may."""
        if not session_id:
            return True
        return any(one.id == session_id and not self._is_over(one) for one in self._usable().sessions)

    def sessions_of(self, person_id: str) -> list[str]:
        """Return the ids of a person's sessions. Raises as `people`."""
        return [one.id for one in self.sessions() if one.person == person_id]

    # --- sessions -----------------------------------------------------------------------------------------

    def sign_in(self, person_id: str, device: str) -> tuple[Signed, str]:
        """Open a session; return it with its secret, never to be had again. Raises as `person` and `_write`."""
        with self._lock:
            person = self.person(person_id)
            session, secret = self._new_session(person_id, device)
            self._write(lambda content: self._with_session(content, session))
            return Signed(person, session.id), secret

    def seen(self, session_id: str) -> bool:
        """Note that a session asks now; True when that should be written down, with `write_seen`."""
        now = self._wall()
        before = self._seen.get(session_id)
        if before is None:
            kept = next((one for one in self._usable().sessions if one.id == session_id), None)
            before = seconds(kept.last_seen) if kept else now
        if now - before >= _SEEN_EVERY:
            self._seen[session_id] = now
            return True
        self._seen.setdefault(session_id, before)
        return False

    def write_seen(self) -> None:
        """Write down when sessions were seen last. Raises as `_write`."""
        with self._lock:
            self._write(lambda content: content.model_copy(update=self._seen_in(content)))

    def remove_session(self, person_id: str, session_id: str) -> None:
        """End one session of a person. Raises NotFoundError, and as `_write`."""
        with self._lock:
            if session_id not in self.sessions_of(person_id):
                raise NotFoundError("This person has no such session.", hint="GET /api/people lists the sessions.")
            self._write(lambda content: _without_sessions(content, lambda one: one.id == session_id))

    # --- people -------------------------------------------------------------------------------------------

    def change(self, person_id: str, *, name: str | None = None, role: GivenRole | None = None) -> Person:
        """Give a person another name or role.

        Raises as `person`, ConflictError for a name that is taken, PreconditionError for one too many, NotAllowedError
        for the owner's role, and as `_write`.
        """
        with self._lock:
            before = next((one for one in self.people() if one.id == person_id), None)
            if before is None:
                raise NotFoundError("No such person is known here.", hint="'takebridge people' lists them.")
            if role is not None and person_id == OWNER_ID:
                raise NotAllowedError("The owner of the bridge stays its owner.", hint="Change somebody else's role.")
            now = before.model_copy(update={"role": role or before.role})
            if name is not None:
                self._require_free(name, before)
                now = renamed(now, name)
            self._write(lambda content: _with_person(content, now))
            return Person(now.id, now.name, now.role)

    def remove(self, person_id: str) -> list[str]:
        """Let a person in no more; return the ids of the sessions that ended. Raises as `person` and `_write`."""
        with self._lock:
            if person_id == OWNER_ID:
                raise NotAllowedError("The owner of the bridge cannot be removed.", hint="End their sessions instead.")
            self.person(person_id)
            ended = self.sessions_of(person_id)
            self._write(lambda content: _without_person(content, person_id))
            return ended

    # --- invites ------------------------------------------------------------------------------------------

    def invite(self, role: GivenRole, note: str, by: str) -> tuple[KeptInvite, str]:
        """Make an invite; return it with its secret, which is never to be had again.

        Raises PreconditionError when too many wait, and as `_write`.
        """
        with self._lock:
            waiting = self.invites()
            if len(waiting) >= MOST_INVITES:
                raise PreconditionError(f"{MOST_INVITES} invites wait to be used.", hint="Take some back first.")
            secret, now = new_secret(), self._wall()
            facts = {"note": note, "by": by, "secret_sha256": sha256(secret)}
            made = KeptInvite(
                id=new_id("invite"), role=role, created_at=iso(now), expires_at=iso(now + INVITE_SECONDS), **facts
            )
            self._write(lambda content: content.model_copy(update={"invites": (*waiting, made)}))
            return made, secret

    def remove_invite(self, invite_id: str) -> KeptInvite:
        """Take an invite back. Raises NotFoundError, and as `_write`."""
        with self._lock:
            found = next((one for one in self.invites() if one.id == invite_id), None)
            if found is None:
                raise NotFoundError("No such invite waits to be used.", hint="'takebridge people' lists them.")
            self._write(lambda content: _without_invite(content, invite_id))
            return found

    def invite_of(self, secret: str) -> KeptInvite:
        """Return the invite a link holds. Raises SignInError for one that does not count."""
        given = sha256(secret)
        invite = next((one for one in self.invites() if one.secret_sha256 == given), None)
        if invite is None:
            raise SignInError("This invite was used, taken back or is older than 7 days.")
        return invite

    def accept(self, secret: str, name: str, device: str) -> tuple[Signed, str]:
        """Use an invite up: somebody called ``name`` is known from now on and signed in; return as `sign_in`.

        Raises SignInError for an invite that does not count, ConflictError for a name that is taken (the invite stays),
        PreconditionError when too many people are known, and as `_write`.
        """
        with self._lock:
            invite = self.invite_of(secret)
            self._require_free(name)
            if len(self._read().gone) >= MOST_GONE:
                raise PreconditionError("Too many people have come and gone here.", hint="Ask the owner.")
            if len(self.people()) >= MOST_PEOPLE:
                raise PreconditionError(f"{MOST_PEOPLE} people are known here.", hint="The owner may remove some.")
            person = KeptPerson(id=new_id("person"), name=name, role=invite.role, created_at=iso(self._wall()))
            session, cookie = self._new_session(person.id, device)
            self._write(
                lambda content: self._with_session(_with_person(_without_invite(content, invite.id), person), session)
            )
            return Signed(Person(person.id, person.name, person.role), session.id), cookie

    # --- within -------------------------------------------------------------------------------------------

    def _require_free(self, name: str, whose: KeptPerson | None = None) -> None:
        """Raise ConflictError unless ``whose`` (None: somebody new) may be called ``name``."""
        others = [one for one in self.people() if whose is None or one.id != whose.id]
        require_free(name, whose, others, (*self._read().gone, *self._authors()))

    def _new_session(self, person_id: str, device: str) -> tuple[KeptSession, str]:
        secret, now = new_secret(), iso(self._wall())
        session = KeptSession(
            id=new_id("session"),
            person=person_id,
            secret_sha256=sha256(secret),
            created_at=now,
            last_seen=now,
            device=device[:80],
        )
        return session, secret

    def _with_session(self, content: Content, session: KeptSession) -> Content:
        """Add a session; those that are over, and a person's stalest beyond `MOST_SESSIONS`, go."""
        kept = [self._with_seen(one) for one in content.sessions if not self._is_over(one)]
        theirs = sorted((one for one in kept if one.person == session.person), key=lambda one: one.last_seen)
        stale = {one.id for one in theirs[: max(0, len(theirs) + 1 - MOST_SESSIONS)]}
        return content.model_copy(update={"sessions": (*(one for one in kept if one.id not in stale), session)})

    def _with_seen(self, session: KeptSession) -> KeptSession:
        seen = self._seen.get(session.id)
        if seen is None or seen <= seconds(session.last_seen):
            return session
        return session.model_copy(update={"last_seen": iso(seen)})

    def _seen_in(self, content: Content) -> dict[str, object]:
        sessions = tuple(self._with_seen(one) for one in content.sessions)
        latest: dict[str, str] = {}
        for one in sessions:
            latest[one.person] = max(latest.get(one.person, ""), one.last_seen)
        people = tuple(
            one.model_copy(update={"last_seen": max(one.last_seen, latest.get(one.id, ""))}) for one in content.people
        )
        return {"sessions": sessions, "people": people}

    def _is_over(self, session: KeptSession) -> bool:
        return self._wall() - seconds(self._with_seen(session).last_seen) >= SESSION_SECONDS

    def _owner_in(self, content: Content) -> KeptPerson:
        return next((one for one in content.people if one.id == OWNER_ID), self._owner)

    def _usable(self) -> Content:
        try:
            return self._read()
        except BridgeError:
            return Content()

    def _read(self) -> Content:
        with self._lock:
            return self._file.read()

    def _write(self, change: Change) -> None:
        """Change the file. Raises UnsafeFolderError, StoreError, DiskFullError; then nothing was kept."""
        now = change(self._file.read())
        self._file.write(now.model_copy(update={"bridge": now.bridge or self._new_bridge}))


def iso(moment: float) -> str:
    """Return Unix seconds as ISO 8601 in UTC, whole seconds."""
    return datetime.fromtimestamp(int(moment), UTC).isoformat().replace("+00:00", "Z")


def seconds(moment: str) -> float:
    """Return ISO 8601 as Unix seconds, 0 for what is none."""
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return 0.0


def _with_person(content: Content, person: KeptPerson) -> Content:
    others = content.people
    if any(one.id == person.id for one in others):
        people: Iterable[KeptPerson] = (person if one.id == person.id else one for one in others)
    else:
        people = (*others, person)
    return content.model_copy(update={"people": tuple(people)})


def _without_person(content: Content, person_id: str) -> Content:
    left = _without_sessions(content, lambda one: one.person == person_id)
    gone = [name for one in left.people if one.id == person_id for name in one.names]
    stay = tuple(one for one in left.people if one.id != person_id)
    return left.model_copy(update={"people": stay, "gone": (*left.gone, *gone)})


def _without_sessions(content: Content, ended: Callable[[KeptSession], bool]) -> Content:
    return content.model_copy(update={"sessions": tuple(one for one in content.sessions if not ended(one))})


def _without_invite(content: Content, invite_id: str) -> Content:
    return content.model_copy(update={"invites": tuple(one for one in content.invites if one.id != invite_id)})
