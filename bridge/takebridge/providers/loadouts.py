"""Loadouts: which models serve which type of shot. Dated data, and a person's own beside it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from pydantic import Field, ValidationError

from takebridge.errors import NotFoundError, PreconditionError, ProviderUnavailableError
from takebridge.providers.facts import GenerationKind, Value
from takebridge.providers.naming import key_of
from takebridge.providers.offer_types import LoadoutChoice, LoadoutFacts

USER_FILE = "loadouts.toml"


class Loadout(Value):
    """One type of shot: ``models`` are ids, the first choice first."""

    shot: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    title: str
    kind: GenerationKind
    why: str = ""
    models: tuple[str, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Loadouts:
    """All of them, in order, and a sentence for each fault of the user's file."""

    all: tuple[Loadout, ...]
    faults: tuple[str, ...] = ()

    def of(self, shot: str) -> Loadout:
        """Return the loadout of a type of shot, by its name or title. Raises NotFoundError naming those there are."""
        wanted = key_of(shot)
        for one in self.all:
            if wanted in (key_of(one.shot), key_of(one.title)):
                return one
        known = ", ".join(one.shot for one in self.all)
        raise NotFoundError(f"There is no loadout “{shot}”.", hint=f"There are {known}.")


def load_loadouts(home: Path | None = None) -> Loadouts:
    """Return the shipped loadouts with those of ``<home>/loadouts.toml``: same ``shot`` replaces, others are added.

    A wrong entry there is named in ``faults`` and left out; what ships stays.
    """
    text = (resources.files("takebridge.providers") / "loadouts.toml").read_text("utf-8")
    shipped = {one["shot"]: Loadout.model_validate(one) for one in tomllib.loads(text)["loadout"]}
    faults: list[str] = []
    for one in _user_entries(home, faults):
        try:
            own = Loadout.model_validate(one)
        except ValidationError as error:
            first = error.errors()[0]
            name = one.get("shot", "an entry") if isinstance(one, dict) else "an entry"
            place = ".".join(map(str, first["loc"]))
            faults.append(f"{USER_FILE}: {name}: {place}: {first['msg']}. What is shipped stays.")
        else:
            shipped[own.shot] = own
    return Loadouts(tuple(shipped.values()), tuple(faults))


def _user_entries(home: Path | None, faults: list[str]) -> Iterable[object]:
    path = home / USER_FILE if home else None
    if path is None or not path.is_file():
        return ()
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        faults.append(f"{USER_FILE} is not used: {error}.")
        return ()
    entries = raw.get("loadout", [])
    if not isinstance(entries, list):
        faults.append(f"{USER_FILE} is not used: each loadout needs a [[loadout]] table of its own.")
        return ()
    return entries


def choose(found: LoadoutFacts, *, fallback: bool = False) -> LoadoutChoice:
    """Return the model of a loadout to use now. ``fallback``: somebody agreed to what stands in for the first choice.

    Raises PreconditionError for a fallback at another price that nobody agreed to, ProviderUnavailableError when none
    is ready.
    """
    first = found.choices[0]
    chosen = next((one for one in found.choices if one.model == found.chosen), None)
    if chosen is None:
        raise ProviderUnavailableError(
            f"None of the models for “{found.title}” can be asked: {first.words}",
            hint=f"Set a key for one of {', '.join(one.model for one in found.choices)}.",
        )
    if found.consent and not fallback:
        raise PreconditionError(
            f"{first.model} cannot be asked: {first.words} {chosen.model} would stand in, at {chosen.list_price} "
            f"instead of {first.list_price}.",
            hint="Nothing was changed. Say yes to the other price with --fallback, or set the key.",
            model=chosen.model,
        )
    return chosen


def costs_otherwise(first: LoadoutChoice, chosen: LoadoutChoice) -> bool:
    """Whether a stand-in has another price; what nobody knows always is, what is free never."""
    if chosen.model == first.model or chosen.list_price == "free":
        return False
    return chosen.list_price != first.list_price or chosen.list_price == "unknown"
