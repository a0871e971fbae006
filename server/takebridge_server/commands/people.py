"""``open`` and ``people``: the canvas in a browser, and who may look at it and change it."""

from __future__ import annotations

import webbrowser
from typing import Annotated, Any, get_args

import typer

from takebridge.errors import NotFoundError, UsageError
from takebridge_server import show_people
from takebridge_server.commands.terminal import Home, Json, Verbatim, bridge_at, console, do
from takebridge_server.people.names import same_name
from takebridge_server.people.roles import MAY, GivenRole

people = typer.Typer(help="People who may use the canvas: list, invite, help, send away.", invoke_without_command=True)

PersonName = Annotated[str, typer.Argument(help="A person's name or id, as 'takebridge people' shows them.")]
RoleName = Annotated[str, typer.Argument(help="viewer, reviewer, editor or producer.")]


def open_canvas(
    only_print: Annotated[
        bool, typer.Option("--print", help="Print the link instead of opening the browser; it works once.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Open the canvas in the browser, signed in as the owner of the bridge."""

    def work() -> dict[str, Any]:
        with bridge_at(home) as api:
            made = dict(api.client.post("/api/session/key", {}))
        made["opened"] = not (only_print or as_json) and _opened(str(made["link"]))
        return made

    def show(made: dict[str, Any]) -> str:
        if made["opened"]:
            return "The canvas is open in your browser."
        if not only_print:
            console.print("There is no browser to open here. This link signs you in, once, within 10 minutes:")
        return Verbatim(f"{made['link']}\n")  # a link that is wrapped is no link

    do(as_json, work, show)


def _opened(link: str) -> bool:
    try:
        return webbrowser.open(link)
    except (webbrowser.Error, OSError):
        return False


@people.callback()
def list_people(context: typer.Context, home: Home = None, as_json: Json = False) -> None:
    """List the people, their sessions and the invites that wait."""
    if context.invoked_subcommand is None:
        _list(home, as_json)


@people.command("list")
def list_again(home: Home = None, as_json: Json = False) -> None:
    """List the people, their sessions and the invites that wait."""
    _list(home, as_json)


@people.command("invite")
def invite(
    role: RoleName,
    note: Annotated[str, typer.Option(help="For whom it is; only you see it.")] = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make a link that lets one person in, once, within 7 days. They choose their name themselves."""

    def work() -> dict[str, Any]:
        wanted = role.strip().casefold()
        if wanted not in get_args(GivenRole):
            words = " ".join(f"{name}: {MAY[name]}." for name in get_args(GivenRole))
            raise UsageError(f"There is no role “{role}” to give.", hint=f"Each may all of the one before it. {words}")
        with bridge_at(home) as api:
            return dict(api.client.post("/api/people/invites", {"role": wanted, "note": note}))

    do(as_json, work, lambda made: Verbatim(f"{show_people.invited(made)}\n"))


@people.command("link")
def link(person: PersonName, home: Home = None, as_json: Json = False) -> None:
    """Make a link that signs somebody in again, once, within a day: for a new browser, or a lost session."""

    def work() -> dict[str, Any]:
        with bridge_at(home) as api:
            found = _one(api.client.get("/api/people"), person)
            made = dict(api.client.post(f"/api/people/{found['id']}/link", {}))
            return made | {"name": found["name"]}

    do(as_json, work, lambda made: Verbatim(f"{show_people.linked(made)}\n"))


@people.command("revoke")
def revoke(
    person: Annotated[str, typer.Argument(help="A person's name or id, or an invite's id.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Let somebody in no more, at once, or take an invite back. What they did stays."""

    def work() -> dict[str, Any]:
        with bridge_at(home) as api:
            if any(one["id"] == person.strip() for one in api.client.get("/api/people/invites")):
                return {"invite": api.client.delete(f"/api/people/invites/{person.strip()}")}
            found = _one(api.client.get("/api/people"), person)
            return {"person": api.client.delete(f"/api/people/{found['id']}")}

    do(as_json, work, show_people.revoked)


def _list(home: Home, as_json: bool) -> None:
    def work() -> dict[str, Any]:
        with bridge_at(home) as api:
            return {"people": api.client.get("/api/people"), "invites": api.client.get("/api/people/invites")}

    do(as_json, work, show_people.table)


def _one(known: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """Return the person with this id or name. Raises NotFoundError."""
    wanted = name.strip()
    found = [one for one in known if one["id"] == wanted or same_name(one["name"]) == same_name(wanted)]
    if not found:
        raise NotFoundError(f"Nobody here is called “{name}”.", hint="'takebridge people' lists everybody.")
    return found[0]
