"""People and invites drawn for people in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from rich.console import Group, RenderableType
from rich.markup import escape

from takebridge_server.people.roles import MAY
from takebridge_server.show_canvas import table_of

_WITH_ARTICLE = {"editor": "an"}


def table(found: Mapping[str, Any]) -> RenderableType:
    """Everybody, and the invites that wait."""
    drawn = table_of("name", "role", "signed in", "last seen, UTC", "id")
    for column in drawn.columns:
        column.no_wrap = True
    for one in found["people"]:
        seen = _moment(one["last_seen"]) or "never"
        drawn.add_row(escape(one["name"]), one["role"], str(len(one["sessions"]) or ""), seen, escape(one["id"]))
    parts: list[RenderableType] = [drawn]
    if found["invites"]:
        waiting = table_of("invite for", "role", "until, UTC", "id")
        for one in found["invites"]:
            waiting.add_row(escape(one["note"]), one["role"], _moment(one["expires_at"]), escape(one["id"]))
        parts.append(waiting)
    return Group(*parts, "takebridge people invite ROLE lets somebody in, takebridge people revoke NAME-or-ID out.")


def invited(made: Mapping[str, Any]) -> str:
    """A new invite, with its link on a line of its own."""
    who = f"{_WITH_ARTICLE.get(made['role'], 'a')} {made['role']}: {MAY[made['role']]}"
    words = f"Send this link to one person. It works once, until {_until(made)}.\nWho opens it is {who}."
    return f"{made['link']}\n{words}{_where(made)}"


def linked(made: Mapping[str, Any]) -> str:
    """A link for somebody who is known."""
    return f"{made['link']}\nSend this link to {made['name']}. It works once, until {_until(made)}.{_where(made)}"


def revoked(found: Mapping[str, Any]) -> RenderableType:
    """Somebody, or an invite, that counts no more."""
    if "invite" in found:
        return "The invite's link counts no more."
    return f"{escape(found['person']['name'])} is signed out everywhere and may not come back. What they did stays."


def _where(made: Mapping[str, Any]) -> str:
    """Say so where the link leads nobody but this machine to the bridge."""
    if urlsplit(str(made["link"])).hostname not in ("127.0.0.1", "localhost", "::1"):
        return ""
    return "\nIt opens on this machine only; 'takebridge serve --listen' lets people in from others: docs/people.md."


def _until(made: Mapping[str, Any]) -> str:
    return f"{_moment(made['expires_at'])} UTC"


def _moment(moment: str) -> str:
    return escape(moment.replace("T", " ")[:16])
