"""Which providers there are: the built-in one, and those of installed packages (entry points)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType

from takebridge.errors import UnknownModelError
from takebridge.providers import catalog
from takebridge.providers.capability import check_request
from takebridge.providers.local.provider import local_provider
from takebridge.providers.protocol import ModelProfile, Provider
from takebridge.providers.remote.keys import from_environment
from takebridge.providers.remote.provider import RemoteProvider
from takebridge.providers.transports import transport_named

__all__ = ["GROUP", "LoadProblem", "ProviderFactory", "ProviderRegistry", "check_request", "load_registry"]

GROUP = "takebridge.providers"
"""Entry-point group. Each entry point names a ``ProviderFactory``."""

ProviderFactory = Callable[[Path], Provider]
"""Builds a provider from the data folder; must not touch the network."""

BUILT_IN: Mapping[str, ProviderFactory] = MappingProxyType({"local": local_provider})


@dataclass(frozen=True, slots=True)
class LoadProblem:
    """A provider that was left out, and the package to blame."""

    distribution: str
    name: str
    message: str


class ProviderRegistry:
    """A frozen mapping of provider name → provider, with all their profiles by model id."""

    def __init__(self, providers: Iterable[Provider], problems: Iterable[LoadProblem] = ()) -> None:
        kept = tuple(providers)
        self.providers: Mapping[str, Provider] = MappingProxyType({one.name: one for one in kept})
        self.problems = tuple(problems)
        self._profiles = MappingProxyType({model.id: model for one in kept for model in one.models()})

    def profiles(self) -> tuple[ModelProfile, ...]:
        """Every model, in the order of providers and of their catalogues."""
        return tuple(self._profiles.values())

    def of_kind(self, kind: str) -> tuple[ModelProfile, ...]:
        """Return the models a node of this kind of model can be set to, in order; retired ones are left out."""
        return tuple(one for one in self._profiles.values() if one.kind == kind and one.lifecycle != "retired")

    def profile(self, model_id: str) -> ModelProfile:
        """Return one model's facts. Raises UnknownModelError with the nearest names in its hint."""
        if (found := self._profiles.get(model_id)) is not None:
            return found
        near = get_close_matches(model_id, self._profiles, 3, 0.5)
        told = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(self._profiles)}."
        raise UnknownModelError(f"No model is called “{model_id}”.", hint=told)

    def provider_of(self, model_id: str) -> Provider:
        """Return the provider that serves a model. Raises UnknownModelError."""
        return self.providers[self.profile(model_id).provider]


def load_registry(home: Path, installed: Iterable[EntryPoint] | None = None) -> ProviderRegistry:
    """Build every provider once. One that cannot be loaded becomes a `LoadProblem` and is left out.

    ``installed``: entry points to use instead of those of the installed packages.
    """
    found: list[Provider] = []
    problems: list[LoadProblem] = []
    for distribution, name, load in _factories(entry_points(group=GROUP) if installed is None else installed):
        try:
            found.append(_fitting(load()(home), found))
        except Exception as error:  # noqa: BLE001 - another package's code; it must never stop our start
            problems.append(LoadProblem(distribution, name, str(error) or type(error).__name__))
    return ProviderRegistry(found, problems)


def _factories(installed: Iterable[EntryPoint]) -> Iterable[tuple[str, str, Callable[[], ProviderFactory]]]:
    for name, factory in BUILT_IN.items():
        yield "takebridge", name, partial(_itself, factory)
    for name in catalog.names():
        if name not in BUILT_IN:
            yield "takebridge", name, partial(_itself, partial(remote_provider, name))
    for point in installed:
        yield point.dist.name if point.dist else point.value, point.name, point.load


def remote_provider(name: str, home: Path) -> Provider:
    """Build the provider of a catalogue file over its transport; its address may be set in the environment.

    ``TAKEBRIDGE_<NAME>_URL`` replaces the catalogue's ``base_url``. Raises ProviderUnavailableError for an unfit file.
    """
    file = catalog.load_file(name)
    url = os.environ.get(f"TAKEBRIDGE_{name.upper()}_URL", "")
    transport = transport_named(file.facts.transport)
    return RemoteProvider(home, file.facts, file.models, transport, from_environment, base_url=url)


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
