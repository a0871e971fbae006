"""``keys``: which providers have a key, setting one, trying it, taking it away. A key is never printed."""

from __future__ import annotations

import asyncio
import getpass
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from takebridge.errors import NotFoundError, UsageError
from takebridge.providers import registry
from takebridge.providers.facts import ProviderFacts
from takebridge.providers.remote.keys import Held, KeyChain, has_keyring
from takebridge.providers.remote.provider import RemoteProvider
from takebridge_server import show_keys
from takebridge_server.commands.terminal import Home, Json, do, settings_of

keys = typer.Typer(help="Keys of providers: where they are, never what they are.", no_args_is_help=True)

ProviderName = Annotated[str, typer.Argument(help="A provider, as 'takebridge keys list' names it.")]
_LONGEST_LINE = 10_000


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A provider and its key: ``place`` "" without one, ``ends_with`` the last four characters at most."""

    provider: str
    title: str
    place: str
    name: str
    ends_with: str
    variables: tuple[str, ...]
    page: str
    needed: bool


@dataclass(frozen=True, slots=True)
class KeyTest:
    """What a provider said to its key."""

    provider: str
    ready: bool
    message: str
    hint: str


@keys.command("list")
def list_keys(home: Home = None, as_json: Json = False) -> None:
    """List the providers, whether each has a key, and where to get one."""

    def work() -> list[KeyFacts]:
        folder = settings_of(home).home
        chain = KeyChain(folder)
        return [_facts_of(facts, chain.held(facts)) for facts in _remote(folder)]

    do(as_json, work, show_keys.table)


@keys.command("set")
def set_key(
    provider: ProviderName,
    file: Annotated[
        bool, typer.Option("--file", help="Keep it in a private file of the data folder, not in the keyring.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Store a key: typed without being shown, or read as one line from standard input."""

    def work() -> KeyFacts:
        folder = settings_of(home).home
        facts = _named(folder, provider)
        if not file and not has_keyring():
            ways = show_keys.variables(facts.key_env) or "it"
            raise UsageError(
                "This system has no keyring to keep a key in.",
                hint=f"Set {ways} in the bridge's environment, or add --file for a private file of the data folder.",
            )
        chain = KeyChain(folder)
        chain.put(facts, _read_key(facts), "file" if file else "keyring")
        return _facts_of(facts, chain.held(facts))

    do(as_json, work, show_keys.stored)


@keys.command("test")
def test_keys(
    provider: Annotated[str | None, typer.Argument(help="One provider; without it all that have a key.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Ask the providers whether they take their keys. Costs nothing. Exit code 1 when one does not."""

    def work() -> list[KeyTest]:
        folder = settings_of(home).home
        chain = KeyChain(folder)
        asked = [_named(folder, provider)] if provider else _remote(folder)
        held = [one for one in asked if chain.held(one)]  # raises for a keys file that may not be used
        found = asked if provider else held
        return asyncio.run(_test_all(folder, found))

    if not all(one.ready for one in do(as_json, work, show_keys.tests)):
        raise typer.Exit(1)


@keys.command("remove")
def remove_key(provider: ProviderName, home: Home = None, as_json: Json = False) -> None:
    """Delete a key from the keyring and the file."""

    def work() -> KeyFacts:
        folder = settings_of(home).home
        facts = _named(folder, provider)
        chain = KeyChain(folder)
        if not chain.remove(facts):
            held = chain.held(facts)
            raise NotFoundError(
                f"No key of {facts.title} is stored here.",
                hint=f"It comes from the environment: {held.name}." if held else "'takebridge keys list' shows all.",
            )
        return _facts_of(facts, chain.held(facts))

    do(as_json, work, show_keys.removed)


# --- pieces -------------------------------------------------------------------------------------------------


def _remote(home: Path) -> list[ProviderFacts]:
    found = registry.load_registry(home).providers.values()
    return [one.facts for one in found if isinstance(one, RemoteProvider)]


def _named(home: Path, name: str) -> ProviderFacts:
    known = {facts.provider: facts for facts in _remote(home)}
    wanted = name.strip().lower()
    titles = {facts.title.lower(): facts for facts in known.values()}
    if (found := known.get(wanted) or titles.get(wanted)) is not None:
        return found
    if wanted == "local":
        raise NotFoundError("What runs on this machine needs no key.", hint="'takebridge keys list' shows who does.")
    near = get_close_matches(wanted, known, 1, 0.5)
    told = f"Did you mean {near[0]}?" if near else f"There are {', '.join(known)}."
    raise NotFoundError(f"No provider is called “{name}”.", hint=told)


def _read_key(facts: ProviderFacts) -> str:
    parts = " (both parts, joined by a colon)" if any("+" in name for name in facts.key_env) else ""
    if sys.stdin.isatty():
        return getpass.getpass(f"Key of {facts.title}{parts}: ")
    return sys.stdin.readline(_LONGEST_LINE)


async def _test_all(home: Path, found: list[ProviderFacts]) -> list[KeyTest]:
    providers = registry.load_registry(home).providers
    return await asyncio.gather(*(_test(providers[facts.provider]) for facts in found))


async def _test(provider: object) -> KeyTest:
    assert isinstance(provider, RemoteProvider)
    try:
        status = await provider.check()
        return KeyTest(provider.name, status.ready, status.message, status.hint)
    finally:
        await provider.aclose()


def _facts_of(facts: ProviderFacts, held: Held | None) -> KeyFacts:
    return KeyFacts(
        provider=facts.provider,
        title=facts.title,
        place=held.place if held else "",
        name=held.name if held else "",
        ends_with=held.key.tail if held else "",
        variables=facts.key_env,
        page=facts.key_page,
        needed=not facts.key_optional,
    )
