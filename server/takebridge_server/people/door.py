"""The people's door: who is let in, under which name, and how one is sent away. One per bridge."""

from __future__ import annotations

import asyncio
import getpass
import logging
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from takebridge.errors import BridgeError
from takebridge_server.people.cookies import cookie_name
from takebridge_server.people.errors import SignInError
from takebridge_server.people.kept import KeptInvite
from takebridge_server.people.keys import KEY_SECONDS, LINK_SECONDS, OneTimeKeys
from takebridge_server.people.leaving import Leaving
from takebridge_server.people.names import clean_name
from takebridge_server.people.roles import OWNER_ID, GivenRole, Person
from takebridge_server.people.store import PeopleStore, iso
from takebridge_server.people.tries import Tries
from takebridge_server.speaking import Signed

logger = logging.getLogger(__name__)


class PeopleDoor:
    """``home_url`` is where the owner's browser finds the bridge; ``team_url`` where everybody else's does.

    ``clock`` counts steady seconds, ``wall`` Unix seconds. Thread-safe; the store is read and written on the way.
    """

    def __init__(
        self,
        home: Path,
        home_url: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        owner_name: str = "",
        authors: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self.store = PeopleStore(home, wall, owner_name=owner_name or system_user(), authors=authors)
        self.keys = OneTimeKeys(clock)
        self.tries = Tries(clock)
        self.leaving = Leaving()
        self.home_url = home_url
        self.team_url = home_url
        self.page: Callable[[], str] = lambda: ""
        """What names the build of the page that is served; set by who serves it."""
        self._wall = wall

    @property
    def key_seconds(self) -> int:
        """How long a link of `open_link` may wait."""
        return KEY_SECONDS

    @property
    def cookie(self) -> str:
        """What the cookie of a session is called here."""
        return cookie_name(self.store.bridge_id())

    # --- coming in ----------------------------------------------------------------------------------------

    def open_link(self) -> str:
        """Return a link that signs the owner in once, within `KEY_SECONDS`, in a browser on this machine."""
        return f"{self.home_url}/#key={self.keys.new(OWNER_ID, KEY_SECONDS)}"

    def link_for(self, person_id: str) -> tuple[str, str]:
        """Return a link that signs one person in once, and until when. Raises NotFoundError, and as the store."""
        self.store.person(person_id)
        key = self.keys.new(person_id, LINK_SECONDS)
        return f"{self.team_url}/#key={key}", iso(self._wall() + LINK_SECONDS)

    def invite(self, role: GivenRole, note: str, by: str) -> tuple[KeptInvite, str]:
        """Make an invite; return it with its link. Raises as `PeopleStore.invite`."""
        made, secret = self.store.invite(role, note, by)
        return made, f"{self.team_url}/join#invite={secret}"

    def with_key(self, key: str, device: str, address: str) -> tuple[Signed, str]:
        """Sign in with a one-time key; return the session and its cookie.

        Raises SignInError, TooManyTriesError, and as the store.
        """
        self.tries.require_room(address)
        try:
            return self.store.sign_in(self.keys.use(key), device)
        except SignInError:
            self.tries.wrong(address)
            raise

    def with_invite(self, secret: str, name: str, device: str, address: str) -> tuple[Signed, str]:
        """Sign in with an invite, under a name of one's own; return as `with_key`, raises as it and as the store."""
        self.tries.require_room(address)
        try:
            return self.store.accept(secret, name, device)
        except SignInError:
            self.tries.wrong(address)
            raise

    def invite_of(self, secret: str, address: str) -> KeptInvite:
        """Return the invite a link holds, which is not used up by this. Raises as `with_key`: it is a try as well."""
        self.tries.require_room(address)
        try:
            return self.store.invite_of(secret)
        except SignInError:
            self.tries.wrong(address)
            raise

    def signed(self, secret: str) -> Signed | None:
        """Return who is signed in with a cookie, None for one that does not count."""
        return self.store.session_of(secret)

    def alive(self, session_id: str) -> bool:
        """Say whether a session may still ask; "" is the bridge's own token and always may."""
        return self.store.session_alive(session_id)

    def name_of(self, person_id: str) -> str:
        """Return what somebody is called now, "" for who is not known any more."""
        try:
            return self.store.person(person_id).name
        except BridgeError:
            return ""

    def note(self, session_id: str) -> None:
        """Note that a session asks now. Called on the loop; what is to be written is written beside it."""
        if self.store.seen(session_id):
            asyncio.get_running_loop().run_in_executor(None, self.note_seen)

    def note_seen(self) -> None:
        """Write down who was here. What cannot be written is only logged: nobody is kept waiting for it."""
        try:
            self.store.write_seen()
        except (BridgeError, OSError) as error:
            logger.warning("when people were seen last could not be written down: %s", error)

    # --- going --------------------------------------------------------------------------------------------

    def sign_out(self, person_id: str, session_id: str) -> None:
        """End a session; its live connections close at once. Raises NotFoundError, and as the store."""
        self.store.remove_session(person_id, session_id)
        self.leaving.tell([session_id])

    def remove(self, person_id: str) -> None:
        """Let a person in no more: sessions, links and live connections end at once. Raises as the store."""
        ended = self.store.remove(person_id)
        self.keys.forget(person_id)
        self.leaving.tell(ended)

    def change(self, person_id: str, *, name: str | None, role: GivenRole | None) -> Person:
        """Give a person another name or role, from the next request on. Raises as `PeopleStore.change`."""
        return self.store.change(person_id, name=name, role=role)


def system_user() -> str:
    """Return what the system calls who runs this process, as a name."""
    try:
        return clean_name(getpass.getuser())
    except (OSError, KeyError, ImportError, ValueError):
        return "Owner"
