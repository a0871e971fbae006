"""Signing in, who one is, signing out. Who is not signed in reaches signing in and the look at an invite alone."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Request, Response
from pydantic import AfterValidator, BaseModel, Field, model_validator

from takebridge_server.api.bodies import Body
from takebridge_server.doorkeeper import address_of
from takebridge_server.people.cookies import cookies_of, drop_cookie, set_cookie
from takebridge_server.people.devices import device_of
from takebridge_server.people.door import PeopleDoor
from takebridge_server.people.names import clean_name
from takebridge_server.people.roles import OWNER_ID, GivenRole, Person, Role
from takebridge_server.speaking import Signed, session_id, speaker

GivenName = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(clean_name)]


class SignIn(Body):
    """Either a one-time ``key``, or an ``invite`` together with the ``name`` one wants to go by."""

    key: str | None = Field(default=None, min_length=1, max_length=200, repr=False)
    invite: str | None = Field(default=None, min_length=1, max_length=200, repr=False)
    name: GivenName | None = None

    @model_validator(mode="after")
    def _one_way(self) -> SignIn:
        if (self.key is None) == (self.invite is None):
            raise ValueError("it holds either a key or an invite")
        if (self.invite is None) != (self.name is None):
            raise ValueError("a name comes with an invite, and only with one")
        return self


class Invited(Body):
    """The secret of an invite's link."""

    invite: str = Field(min_length=1, max_length=200, repr=False)


class Invitation(BaseModel):
    """What an invite is for: who made it, as what one would come in, until when (ISO 8601, UTC)."""

    by: str
    role: GivenRole
    expires_at: str


class Me(BaseModel):
    """Who one is. ``page`` names the build of the page that is served, "" without one; ``bridge`` the data folder."""

    id: str
    name: str
    role: Role
    page: str
    version: str
    bridge: str


class OpenLink(BaseModel):
    """A link that signs the owner in, once, within ``seconds``."""

    link: str
    seconds: int


def session_router(people: PeopleDoor) -> APIRouter:
    """Routes under ``/api/session``."""
    router = APIRouter(prefix="/api/session", tags=["session"])

    @router.post("")
    async def sign_in(body: SignIn, request: Request, response: Response) -> Me:
        """Sign in with a one-time key or an invite; sets the session's cookie."""
        signed, secret = await anyio.to_thread.run_sync(_signed_in, people, body, request)
        set_cookie(response, people.cookie, secret, secure=_is_secure(request))
        return await _me(people, signed.person)

    @router.post("/invite")
    async def invitation(body: Invited, request: Request) -> Invitation:
        """Say what an invite is for, before one signs in with it; it is not used up by this."""
        found = await anyio.to_thread.run_sync(people.invite_of, body.invite, _address(request))
        return Invitation(by=found.by, role=found.role, expires_at=found.expires_at)

    @router.get("")
    async def me(request: Request, response: Response) -> Me:
        """Who one is. The cookie lives on from now."""
        person = speaker()
        if person is None:
            return await _me(people, await anyio.to_thread.run_sync(people.store.person, OWNER_ID))
        for cookie in cookies_of(request.headers, people.cookie):
            if (signed := people.signed(cookie)) and signed.session == session_id():
                set_cookie(response, people.cookie, cookie, secure=_is_secure(request))
        return await _me(people, person)

    @router.delete("")
    async def sign_out(request: Request, response: Response) -> dict[str, bool]:
        """Sign out; live connections of this session close. The token stays what it is."""
        person = speaker()
        if person is not None:
            await anyio.to_thread.run_sync(people.sign_out, person.id, session_id())
            drop_cookie(response, people.cookie, secure=_is_secure(request))
        return {"signed_out": person is not None}

    @router.post("/key")
    async def new_key() -> OpenLink:
        """Make a link that signs the owner in once; for programs on the bridge's machine."""
        return OpenLink(link=people.open_link(), seconds=people.key_seconds)

    return router


def _signed_in(people: PeopleDoor, body: SignIn, request: Request) -> tuple[Signed, str]:
    device = device_of(request.headers.get("user-agent", ""))
    address = _address(request)
    if body.key is not None:
        return people.with_key(body.key, device, address)
    return people.with_invite(body.invite or "", body.name or "", device, address)


def _address(request: Request) -> str:
    return address_of(request.client.host) if request.client else ""


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


async def _me(people: PeopleDoor, person: Person) -> Me:
    return Me(
        id=person.id,
        name=person.name,
        role=person.role,
        page=people.page(),
        version=version("takebridge"),
        bridge=people.store.bridge_id(),
    )
