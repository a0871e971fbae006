"""Which providers there are: the built-in one, those of the catalogue, and those of installed packages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType

from takebridge.errors import UnknownModelError
from takebridge.providers import catalog
from takebridge.providers.capability import check_request
from takebridge.providers.catalog_user import USER_FILE, UserCatalog, catalog_with, read_user
from takebridge.providers.comfyui.profiles import PROVIDER as COMFYUI
from takebridge.providers.comfyui.profiles import comfyui_models, workflow_problems
from takebridge.providers.comfyui.workflows import FOLDER as WORKFLOWS
from takebridge.providers.facts import ProviderFacts
from takebridge.providers.loadouts import USER_FILE as LOADOUTS_FILE
from takebridge.providers.loadouts import load_loadouts
from takebridge.providers.local.provider import local_provider
from takebridge.providers.naming import named
from takebridge.providers.protocol import ModelProfile, Provider
from takebridge.providers.remote.keys import KeyChain
from takebridge.providers.remote.provider import RemoteProvider
from takebridge.providers.remote.transport import Transport
from takebridge.providers.transports import transport_named

__all__ = [
    "GROUP",
    "LoadProblem",
    "ProviderFactory",
    "ProviderRegistry",
    "check_request",
    "load_registry",
    "provider_over",
    "remote_provider",
]

GROUP = "takebridge.providers"
"""Entry-point group. Each entry point names a ``ProviderFactory``."""

ProviderFactory = Callable[[Path], Provider]
"""Builds a provider from the data folder; must not touch the network."""

_YOURS = "your catalogue"

BUILT_IN: Mapping[str, ProviderFactory] = MappingProxyType({"local": local_provider})


@dataclass(frozen=True, slots=True)
class LoadProblem:
    """A provider that was left out, and the package to blame."""

    distribution: str
    name: str
    message: str


class ProviderRegistry:
    """A frozen mapping of provider name → provider, with all their profiles by model id.

    Profiles are as of ``today``: a model counts as retired from the day it retires on.
    """

    def __init__(
        self,
        providers: Iterable[Provider],
        problems: Iterable[LoadProblem] = (),
        *,
        today: Callable[[], date] = date.today,
    ) -> None:
        kept = tuple(providers)
        self._today = today
        self.providers: Mapping[str, Provider] = MappingProxyType({one.name: one for one in kept})
        self.problems = tuple(problems)
        self._profiles = MappingProxyType({model.id: model for one in kept for model in one.models()})

    def profiles(self) -> tuple[ModelProfile, ...]:
        """Every model, in the order of providers and of their catalogues."""
        today = self._today()
        return tuple(catalog.as_of(one, today) for one in self._profiles.values())

    def facts(self) -> dict[str, ProviderFacts]:
        """What holds for each provider that has a catalogue file."""
        found = {name: getattr(one, "facts", None) for name, one in self.providers.items()}
        return {name: facts for name, facts in found.items() if isinstance(facts, ProviderFacts)}

    def of_kind(self, kind: str) -> tuple[ModelProfile, ...]:
        """Return the models a node of this kind of model can be set to, in order; retired ones are left out."""
        return tuple(one for one in self.profiles() if one.kind == kind and one.lifecycle != "retired")

    def profile(self, model_id: str) -> ModelProfile:
        """Return one model's facts. Raises UnknownModelError; its hint has the id of a name, or the nearest ids."""
        if (found := self._profiles.get(model_id)) is not None:
            return catalog.as_of(found, self._today())
        raise self._unknown(model_id)

    def _unknown(self, text: str) -> UnknownModelError:
        """The error of a name, or of something near an id, in an id's place."""
        found = named(text, self.profiles())
        if found.known:
            ids = " or ".join(one.id for one in found.usable[:3])
            told = f"Its id is {ids}." if ids else found.words
            return UnknownModelError(f"“{text}” is a model's name, not its id.", hint=told)
        near = get_close_matches(text, self._profiles, 3, 0.5)
        told = f"Did you mean {' or '.join(near)}?" if near else "'takebridge models' lists them."
        return UnknownModelError(f"No model is called “{text}”.", hint=told)

    def provider_of(self, model_id: str) -> Provider:
        """Return the provider that serves a model. Raises UnknownModelError."""
        return self.providers[self.profile(model_id).provider]


def load_registry(
    home: Path, installed: Iterable[EntryPoint] | None = None, *, today: Callable[[], date] = date.today
) -> ProviderRegistry:
    """Build every provider once. One that cannot be loaded becomes a `LoadProblem` and is left out.

    What the user's own catalogue says wrongly is a `LoadProblem` as well, and what is shipped stays. ``installed``:
    entry points to use instead of those of the installed packages.
    """
    found: list[Provider] = []
    user = read_user(home)
    problems = [LoadProblem(_YOURS, USER_FILE, fault) for fault in user.faults]
    problems += [LoadProblem(_YOURS, LOADOUTS_FILE, fault) for fault in load_loadouts(home).faults]
    points = entry_points(group=GROUP) if installed is None else installed
    for distribution, name, load in _factories(points, user, today(), problems):
        try:
            found.append(_fitting(load()(home), found))
        except Exception as error:  # noqa: BLE001 - another package's code; it must never stop our start
            problems.append(LoadProblem(distribution, name, str(error) or type(error).__name__))
    problems += [LoadProblem(WORKFLOWS, name, told) for name, told in workflow_problems(home)]
    return ProviderRegistry(found, problems, today=today)


def _factories(
    installed: Iterable[EntryPoint], user: UserCatalog, today: date, problems: list[LoadProblem]
) -> Iterable[tuple[str, str, Callable[[], ProviderFactory]]]:
    def remote(name: str, home: Path) -> Provider:
        file, faults = catalog_with(name, user, today)
        problems.extend(LoadProblem(_YOURS, name, fault) for fault in faults)
        return _over_its_transport(file, home)

    for name, factory in BUILT_IN.items():
        yield "takebridge", name, partial(_itself, factory)
    for name in (*catalog.names(), *user.further()):
        if name not in BUILT_IN:
            yield "takebridge", name, partial(_itself, partial(remote, name))
    for point in installed:
        yield point.dist.name if point.dist else point.value, point.name, point.load


def remote_provider(name: str, home: Path) -> Provider:
    """Build the provider of a catalogue file over its transport; its address may be set in the environment.

    ``TAKEBRIDGE_<NAME>_URL`` replaces the catalogue's ``base_url``. Raises ProviderUnavailableError for an unfit file.
    """
    return _over_its_transport(catalog.load_file(name), home)


def provider_over(file: catalog.Catalog, transport: Transport, home: Path) -> RemoteProvider:
    """Build a provider from a catalogue and a transport that need not be ours: what a package's factory returns.

    Its key is looked for where all keys are; ``TAKEBRIDGE_<NAME>_URL`` replaces the catalogue's ``base_url``.
    """
    url = os.environ.get(f"TAKEBRIDGE_{file.facts.provider.upper()}_URL", "")
    return RemoteProvider(home, file.facts, file.models, transport, KeyChain(home).find, base_url=url)


def _over_its_transport(file: catalog.Catalog, home: Path) -> Provider:
    more = comfyui_models(home) if file.facts.provider == COMFYUI else ()
    whole = file.model_copy(update={"models": (*file.models, *more)})
    return provider_over(whole, transport_named(file.facts.transport), home)


def _itself(factory: ProviderFactory) -> ProviderFactory:
    return factory


def _fitting(provider: Provider, found: Iterable[Provider]) -> Provider:
    """Return ``provider`` unless its name or one of its model ids is taken (ValueError)."""
    for other in found:
        if other.name == provider.name:
            raise ValueError(f"the provider name “{provider.name}” is taken")
        taken = {model.id for model in other.models()} & {model.id for model in provider.models()}
        if taken:
            raise ValueError(f"model {min(taken)} is already served by {other.name}")
    for model in provider.models():
        if model.provider != provider.name:
            raise ValueError(f"model {model.id} names the provider “{model.provider}”, not “{provider.name}”")
    return provider
