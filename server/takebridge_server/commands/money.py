"""``spend`` and ``budget``: who spent what, and how much may still be spent."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import typer

from takebridge.client.api import Api
from takebridge.client.replies import CapFacts, SpendFacts
from takebridge_server import show_money
from takebridge_server.commands.naming import canvas_named, job_named
from takebridge_server.commands.terminal import Home, Json, bridge_at, do, micros_of

budget = typer.Typer(help="Caps: per job, canvas, day and person.", no_args_is_help=True)

Scope = Annotated[Literal["job", "canvas", "day", "user"], typer.Argument(help="What the cap is for.")]
Key = Annotated[
    str, typer.Option("--key", help="One job, canvas (id or title), date or person; without it each of them.")
]
Currency = Annotated[str, typer.Option("--currency", help="ISO code.")]


class Group(StrEnum):
    """What spending can be grouped by. typer takes no list of Literals."""

    AUTHOR = "author"
    CANVAS = "canvas"
    NODE = "node"
    SHOT = "shot"
    PROVIDER = "provider"
    MODEL = "model"
    DAY = "day"


_FIELDS = {Group.CANVAS: "canvas_id", Group.NODE: "node_id"}


def spend(
    by: Annotated[list[Group] | None, typer.Option(help="Group by. Repeatable (default: author, shot).")] = None,
    canvas: Annotated[str | None, typer.Option("--canvas", help="Only this canvas, by id or title.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say who spent what on which shot."""
    groups = [_FIELDS.get(group, str(group)) for group in by or (Group.AUTHOR, Group.SHOT)]

    def work() -> list[SpendFacts]:
        with bridge_at(home) as api:
            return api.spend(groups, canvas_id=canvas_named(api, canvas) if canvas else None)

    do(as_json, work, lambda lines: show_money.spend(lines, groups))


@budget.command("list")
def budget_list(home: Home = None, as_json: Json = False) -> None:
    """List the caps."""

    def work() -> list[CapFacts]:
        with bridge_at(home) as api:
            return api.caps()

    do(as_json, work, show_money.caps)


@budget.command("set")
def budget_set(
    scope: Scope,
    limit: Annotated[str, typer.Argument(help="The most that may be committed, such as 25 or 0.50.")],
    key: Key = "",
    currency: Currency = "USD",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Set a cap, or change it. What would go beyond it is refused before anything is sent."""

    def work() -> list[CapFacts]:
        micros = micros_of(limit)
        with bridge_at(home) as api:
            return api.set_cap(scope, micros, key=_key(api, scope, key), currency=currency)

    do(as_json, work, show_money.caps)


@budget.command("remove")
def budget_remove(
    scope: Scope, key: Key = "", currency: Currency = "USD", home: Home = None, as_json: Json = False
) -> None:
    """Remove a cap."""

    def work() -> list[CapFacts]:
        with bridge_at(home) as api:
            kept = any((cap.scope, cap.key) == (scope, key) for cap in api.caps())
            return api.remove_cap(scope, key=key if kept else _key(api, scope, key), currency=currency)

    do(as_json, work, show_money.caps)


def _key(api: Api, scope: str, key: str) -> str:
    """What the ledger calls it: a cap for a title, or for a canvas that does not exist, would hold nobody back."""
    if not key:
        return ""
    if scope == "canvas":
        found = canvas_named(api, key)
        return api.canvas(found).canvas.id  # refused here when there is no such canvas
    if scope == "job":
        return job_named(api, key)
    return key
