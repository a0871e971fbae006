"""People over HTTP: who there is, invites, roles, sessions."""

from __future__ import annotations

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter
from fastapi import Path as InPath
from pydantic import AfterValidator, BaseModel, Field, model_validator

from takebridge_server.api.bodies import Body, OneLine
from takebridge_server.api.session import GivenName
from takebridge_server.people.door import PeopleDoor
from takebridge_server.people.errors import NotAllowedError, needs
from takebridge_server.people.kept import KeptInvite, KeptPerson, KeptSession
from takebridge_server.people.roles import GivenRole, Person, Role, may
from takebridge_server.speaking import author_or, speaker, speaking_role

PersonPath = Annotated[str, InPath(max_length=80)]
SessionPath = Annotated[str, InPath(max_length=80)]
InvitePath = Annotated[str, InPath(max_length=80)]


class SessionShown(BaseModel):
    """A browser somebody is signed in with; times are ISO 8601 in UTC."""

    id: str
    created_at: str
    last_seen: str
    device: str


class PersonShown(BaseModel):
    """Somebody; ``last_seen`` is "" for who never came. ``sessions`` are shown to themselves and to producers."""

    id: str
    name: str
    role: Role
    created_at: str
    last_seen: str
    sessions: list[SessionShown]


class PersonChange(Body):
    """Another name, another role, or both."""

    name: GivenName | None = None
    role: GivenRole | None = None

    @model_validator(mode="after")
    def _something(self) -> PersonChange:
        if self.name is None and self.role is None:
            raise ValueError("it changes nothing")
        return self


class PersonLink(BaseModel):
    """A link that signs one person in, once."""

    link: str
    expires_at: str


def _trimmed(text: str) -> str:
    return text.strip()


class NewInvite(Body):
    """The role of who comes, and a note for oneself: for whom it is."""

    role: GivenRole
    note: Annotated[OneLine, AfterValidator(_trimmed)] = Field(default="", max_length=200)


class InviteShown(BaseModel):
    """An invite that waits to be used. ``link`` is "" but in the answer that made it: only its hash is kept."""

    id: str
    role: GivenRole
    note: str
    by: str
    link: str
    created_at: str
    expires_at: str


def people_router(people: PeopleDoor) -> APIRouter:
    """Routes under ``/api/people``."""
    router = APIRouter(prefix="/api/people", tags=["people"])
    store = people.store

    @router.get("")
    def list_people() -> list[PersonShown]:
        """Everybody, the owner first."""
        sessions = store.sessions()
        return [_shown(one, [session for session in sessions if session.person == one.id]) for one in store.people()]

    @router.get("/invites")
    def list_invites() -> list[InviteShown]:
        """Invites that wait to be used, the oldest first."""
        return [_invite(one) for one in store.invites()]

    @router.post("/invites", status_code=201)
    def invite(body: NewInvite) -> InviteShown:
        """Make an invite: one person, once, within 7 days."""
        _require_may_give(body.role)
        made, link = people.invite(body.role, body.note, author_or(store.person("owner").name))
        return _invite(made, link)

    @router.delete("/invites/{invite}")
    def take_back(invite: InvitePath) -> InviteShown:
        """Take an invite back: its link counts no more."""
        return _invite(store.remove_invite(invite))

    @router.patch("/{person}")
    async def change(person: PersonPath, body: PersonChange) -> PersonShown:
        """Give somebody another name or role, from their next request on. Everybody may rename themselves."""
        found = await anyio.to_thread.run_sync(store.person, person)
        _require_over(found, but_oneself=body.role is None)
        if body.role is not None:
            _require_may_give(body.role)
        await anyio.to_thread.run_sync(lambda: people.change(person, name=body.name, role=body.role))
        return await anyio.to_thread.run_sync(_now, people, person)

    @router.delete("/{person}")
    def remove(person: PersonPath) -> PersonShown:
        """Let somebody in no more: sessions and live connections end at once. What they did stays."""
        _require_over(store.person(person))
        before = _now(people, person)
        people.remove(person)
        return before

    @router.post("/{person}/link", status_code=201)
    def link(person: PersonPath) -> PersonLink:
        """Make a link that signs somebody in again, once, within a day."""
        _require_over(store.person(person))
        made, expires = people.link_for(person)
        return PersonLink(link=made, expires_at=expires)

    @router.delete("/{person}/sessions/{session}")
    def end_session(person: PersonPath, session: SessionPath) -> PersonShown:
        """End one session; its live connections close at once. Everybody may end their own."""
        _require_over(store.person(person), but_oneself=True)
        people.sign_out(person, session)
        return _now(people, person)

    return router


def _require_over(person: Person, *, but_oneself: bool = False) -> None:
    """Raise NotAllowedError unless who asks may decide about ``person``: producers about who is below them."""
    asks = speaker()
    if asks is None or asks.role == "owner" or (but_oneself and asks.id == person.id):
        return
    if not may(asks.role, "producer"):
        raise needs("Changing other people", "producer")
    if may(person.role, "producer"):
        raise NotAllowedError(
            f"Only the owner of the bridge may do that to a {person.role}.", hint="Ask the owner.", role="owner"
        )


def _require_may_give(role: GivenRole) -> None:
    """Raise NotAllowedError for a role above one's own."""
    if not may(speaking_role(), role):
        raise needs(f"Giving the role {role}", role)


def _now(people: PeopleDoor, person: str) -> PersonShown:
    found = next(one for one in people.store.people() if one.id == person)
    return _shown(found, [one for one in people.store.sessions() if one.person == person])


def _shown(person: KeptPerson, sessions: list[KeptSession]) -> PersonShown:
    asks = speaker()
    open_to = asks is None or asks.id == person.id or may(asks.role, "producer")
    facts = person.model_dump(exclude={"last_seen"})
    last = max([person.last_seen, *(one.last_seen for one in sessions)])
    shown = [SessionShown.model_validate(one, from_attributes=True) for one in sessions if open_to]
    return PersonShown(**facts, last_seen=last, sessions=shown)


def _invite(invite: KeptInvite, link: str = "") -> InviteShown:
    return InviteShown(**invite.model_dump(exclude={"secret_sha256"}), link=link)
