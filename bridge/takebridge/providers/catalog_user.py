"""A person's own catalogue, ``<home>/providers.toml``: other facts, further models and providers, without a release.

    schema = 1

    [provider.fal]              # replaces single facts of a provider; a name of its own with a transport is a new one
    concurrency = 4

    [[model]]                   # an id that exists: the fields given replace those shipped
    id = "fal/seedance-2.0"
    max_prompt = 3000

    [[model]]                   # a new id: like a model that exists, but for what is given
    id = "fal/seedance-3.0"
    like = "fal/seedance-2.5"
    remote_id = "bytedance/seedance-3.0/image-to-video"

Each entry is checked by itself: one that is wrong is left out and named, and what is shipped stays.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from takebridge.errors import ProviderUnavailableError
from takebridge.providers.catalog import Catalog, catalog_of, names, raw_file

USER_FILE = "providers.toml"
LARGEST = 4_000_000
"""Bytes."""

_NOT_LIKE = (
    *("aliases", "lifecycle", "released", "retires_on", "retired_on", "replaced_by", "why"),
    *("price", "prices", "price_on", "price_evidence", "evidence"),
)
"""What a new model does not have from the one it is like: names, dates and money are nobody else's."""


@dataclass(frozen=True, slots=True)
class UserCatalog:
    """What the file says, by provider, and one sentence for each fault."""

    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    models: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    def further(self) -> tuple[str, ...]:
        """Return the providers that no shipped catalogue has."""
        shipped = names()
        return tuple(name for name in self.facts if name not in shipped)


def read_user(home: Path) -> UserCatalog:
    """Read the file of a data folder; empty where there is none. Never raises: what is wrong is in ``faults``."""
    path = home / USER_FILE
    try:
        if not path.is_file():
            return UserCatalog()
        if path.stat().st_size > LARGEST:
            return _nothing(f"it has more than {LARGEST // 1_000_000} MB")
        return _sorted_out(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        return _nothing(f"it cannot be read ({error.strerror})")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        return _nothing(f"it is no TOML ({error})")


def catalog_with(name: str, user: UserCatalog, today: date) -> tuple[Catalog, tuple[str, ...]]:
    """Return a provider's catalogue with what the user file adds, and a sentence for each entry left out.

    Raises ProviderUnavailableError where what is shipped is unfit, or a provider of the user's own is.
    """
    facts, models = user.facts.get(name, {}), user.models.get(name, ())
    if name not in names():
        return _own_provider(name, facts, models, today)
    raw, faults = raw_file(name), []
    found = catalog_of(raw, f"{name}.toml")
    if facts:
        try:
            changed = {**raw, **facts}
            found, raw = catalog_of(changed, USER_FILE), changed
        except ProviderUnavailableError as error:
            faults.append(_fault(f"provider.{name}", error))
    for entry in models:
        try:
            changed = _with_model(raw, entry, today)
            found, raw = catalog_of(changed, USER_FILE), changed
        except ProviderUnavailableError as error:
            faults.append(_fault("", error))
    return found, tuple(faults)


def _own_provider(
    name: str, facts: Mapping[str, Any], models: tuple[Mapping[str, Any], ...], today: date
) -> tuple[Catalog, tuple[str, ...]]:
    """A provider of the user's own: its models are kept one by one as long as each is sound."""
    raw: dict[str, Any] = {"schema": 1, **facts, "provider": name, "model": []}
    faults = []
    found: Catalog | None = None
    for entry in models:
        try:
            changed = _with_model(raw, entry, today)
            found, raw = catalog_of(changed, USER_FILE), changed
        except ProviderUnavailableError as error:
            faults.append(_fault("", error))
    if found is None:
        told = faults[0] if faults else f"{USER_FILE}: provider.{name}: it has no model."
        raise ProviderUnavailableError(told, hint=_HINT)
    return found, tuple(faults)


def _with_model(raw: Mapping[str, Any], entry: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return the file with one more model, or one changed. Raises ProviderUnavailableError."""
    given = dict(entry)
    models: list[dict[str, Any]] = list(raw["model"])
    by_id = {model.get("id"): place for place, model in enumerate(models)}
    like = given.pop("like", None)
    if (place := by_id.get(given["id"])) is not None:
        models[place] = {**models[place], **given}
        return {**raw, "model": models}
    base: dict[str, Any] = {"licence": "unknown", "source": USER_FILE, "price": {}}
    if like is not None:
        if like not in by_id:
            raise _wrong(f"{given['id']}: like names {like}, which this provider has not")
        kept = {key: value for key, value in models[by_id[like]].items() if key not in _NOT_LIKE}
        base = {**kept, "price": {}, "source": f"{USER_FILE}, like {like}"}
    fresh = {**base, "title": given["id"].partition("/")[2], "checked_on": today.isoformat(), **given}
    return {**raw, "model": [*models, fresh]}


def _sorted_out(raw: Mapping[str, Any]) -> UserCatalog:
    faults: list[str] = []
    if raw.get("schema", 1) != 1:
        return _nothing(f"schema {raw.get('schema')!r} is not one this release reads; it reads 1")
    faults += [f"{USER_FILE}: “{key}” means nothing here." for key in raw.keys() - {"schema", "provider", "model"}]
    tables, entries = raw.get("provider", {}), raw.get("model", [])
    facts: dict[str, Mapping[str, Any]] = {}
    for name, table in tables.items() if _is_table(tables) else ():
        if name == "local" or not _is_table(table) or "model" in table:
            faults.append(f"{USER_FILE}: provider.{name} cannot be changed like this.")
        else:
            facts[name] = table
    models: dict[str, tuple[Mapping[str, Any], ...]] = {}
    for number, entry in enumerate(entries if isinstance(entries, list) else (), 1):
        model_id = entry.get("id") if _is_table(entry) else None
        provider = model_id.partition("/")[0] if isinstance(model_id, str) else ""
        if not provider or provider == "local" or (provider not in names() and provider not in facts):
            said = f"“{model_id}” belongs to no provider" if model_id else "it has no id"
            faults.append(f"{USER_FILE}: model {number}: {said}.")
        else:
            models[provider] = (*models.get(provider, ()), entry)
    return UserCatalog(facts, models, tuple(faults))


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _nothing(fault: str) -> UserCatalog:
    return UserCatalog(faults=(f"{USER_FILE} is not used: {fault}.",))


_HINT = f"Correct {USER_FILE} in the data folder, then restart the bridge."


def _fault(where: str, error: ProviderUnavailableError) -> str:
    place = f"{where}: " if where else ""
    return f"{USER_FILE}: {place}{error.details.get('fault', error.message)}. What is shipped stays."


def _wrong(fault: str) -> ProviderUnavailableError:
    return ProviderUnavailableError(f"{USER_FILE} cannot be used: {fault}.", hint=_HINT, fault=fault)
