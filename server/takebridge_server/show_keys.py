"""Keys drawn for people in a terminal: where they are, their last four characters at most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.markup import escape

from takebridge_server.show_canvas import table_of

if TYPE_CHECKING:
    from takebridge_server.commands.keys import KeyFacts, KeyTest


def table(found: Sequence[KeyFacts]) -> RenderableType:
    """All providers that can have a key."""
    drawn = table_of("provider", "key", "from", "variable", "get one at")
    for one in found:
        drawn.add_row(one.provider, _state(one), escape(one.name), escape(variables(one.variables)), escape(one.page))
    return Group(
        drawn,
        "Store one: takebridge keys set PROVIDER. Try all: takebridge keys test.",
        "The environment (variable) comes first, then the keyring, then the private file (--file).",
    )


def variables(names: Sequence[str]) -> str:
    """Name the variables that may hold a key: "A or B and C" where the last needs both."""
    return " or ".join(name.replace("+", " and ") for name in names)


def stored(one: KeyFacts) -> RenderableType:
    """A key that was just stored."""
    if one.place == "environment":
        return f"The key is stored, but {escape(one.name)} in the environment comes first."
    ending = f" (…{escape(one.ends_with)})" if one.ends_with else ""
    said = f"The key of {escape(one.title)}{ending} is in {escape(one.name)}."
    return f"{said} Try it: takebridge keys test {one.provider}"


def removed(one: KeyFacts) -> RenderableType:
    """A key that was just removed."""
    left = f" {escape(one.name)} in the environment still holds one." if one.place else ""
    return f"The key of {escape(one.title)} is removed.{left}"


def tests(found: Sequence[KeyTest]) -> RenderableType:
    """What the providers said."""
    if not found:
        return "No provider has a key yet. 'takebridge keys list' shows where to get one."
    drawn = table_of("provider", "", "what it says")
    for one in found:
        said = "\n".join(part for part in (one.message, one.hint) if part)
        drawn.add_row(one.provider, "[green]ok[/green]" if one.ready else "[red]no[/red]", escape(said))
    return drawn


def _state(one: KeyFacts) -> str:
    if one.place:
        return f"…{escape(one.ends_with)}" if one.ends_with else "yes"
    return "none" if one.needed else "not needed"
