"""The registry: built-ins and packages side by side; a broken package is named and left out."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
from typing import Any

import pytest

from takebridge.errors import UnknownModelError
from takebridge.providers.local.provider import LocalProvider
from takebridge.providers.protocol import ModelProfile, Price
from takebridge.providers.registry import load_registry


class Named(Distribution):
    """A distribution with nothing but a name."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    def read_text(self, filename: str) -> str | None:
        return None

    def locate_file(self, path: Any) -> Any:
        return path


class Acme(LocalProvider):
    """Another provider: the local one under another name, with models of its own."""

    name = "local"

    def __init__(self, home: Path, name: str, models: tuple[str, ...], provider: str | None = None) -> None:
        super().__init__(home)
        self.name = name
        self._own = tuple(
            ModelProfile(
                id=model, provider=provider or name, title=model, kind="previz", inputs=(),
                price=Price(low_micros=None, high_micros=None),
            )
            for model in models
        )  # fmt: skip

    def models(self) -> tuple[ModelProfile, ...]:
        return self._own


@pytest.fixture(autouse=True)
def _only_local(monkeypatch: pytest.MonkeyPatch) -> None:
    """How providers join is shown with the built-in one alone, whatever catalogue files ship."""
    monkeypatch.setattr("takebridge.providers.catalog.names", lambda: ("local",))


def installed(name: str, factory: Callable[[Path], Any] | Exception) -> EntryPoint:
    class Point(EntryPoint):
        def load(self) -> Any:
            if isinstance(factory, Exception):
                raise factory
            return factory

    point = Point(name, "acme.provider:make", "takebridge.providers")
    vars(point)["dist"] = Named("acme-plugin")
    return point


def test_the_built_in_provider_is_there(tmp_path: Path) -> None:
    registry = load_registry(tmp_path, [])
    assert list(registry.providers) == ["local"]
    assert registry.problems == ()
    assert registry.profile("local/span-x2").kind == "upscale"
    assert registry.provider_of("local/previz-1").name == "local"
    assert registry.profiles()[0].id == "local/span-x2"
    assert list(tmp_path.iterdir()) == [], "building a registry writes nothing"


def test_models_are_found_by_what_they_do(tmp_path: Path) -> None:
    registry = load_registry(tmp_path, [installed("acme", lambda home: Acme(home, "acme", ("acme/a-1",)))])
    assert [model.id for model in registry.of_kind("upscale")] == ["local/span-x2", "local/span-x4"]
    assert [model.id for model in registry.of_kind("previz")] == ["local/previz-1", "acme/a-1"]
    assert registry.of_kind("poetry") == ()


def test_retired_models_are_not_offered(tmp_path: Path) -> None:
    acme = Acme(tmp_path, "acme", ("acme/a-1", "acme/a-2"))
    old, new = acme.models()
    acme._own = (old.model_copy(update={"lifecycle": "retired"}), new)
    registry = load_registry(tmp_path, [installed("acme", lambda home: acme)])
    assert [model.id for model in registry.of_kind("previz")] == ["local/previz-1", "acme/a-2"]
    assert registry.profile("acme/a-1").lifecycle == "retired", "takes it made still name it"


def test_the_mapping_is_frozen(tmp_path: Path) -> None:
    providers: Any = load_registry(tmp_path, []).providers
    with pytest.raises(TypeError):
        providers["other"] = None


def test_unknown_models_are_told_their_neighbours(tmp_path: Path) -> None:
    registry = load_registry(tmp_path, [])
    with pytest.raises(UnknownModelError, match="local/span-2x") as near:
        registry.profile("local/span-2x")
    assert "local/span-x2" in near.value.hint
    with pytest.raises(UnknownModelError) as far:
        registry.profile("zzz")
    assert "takebridge models" in far.value.hint


def test_an_installed_provider_joins(tmp_path: Path) -> None:
    registry = load_registry(tmp_path, [installed("acme", lambda home: Acme(home, "acme", ("acme/a-1",)))])
    assert list(registry.providers) == ["local", "acme"]
    assert registry.provider_of("acme/a-1").name == "acme"


@pytest.mark.parametrize(
    ("factory", "told"),
    [
        (ImportError("no module named acme_sdk"), "acme_sdk"),
        (lambda home: Acme(home, "local", ("local/x",)), "taken"),
        (lambda home: Acme(home, "acme", ("local/span-x2",)), "already served by local"),
        (lambda home: Acme(home, "acme", ("acme/a",), provider="other"), "names the provider “other”"),
        (lambda home: None, "NoneType"),
    ],
)
def test_a_broken_provider_is_named_and_left_out(
    factory: Callable[[Path], Any] | Exception, told: str, tmp_path: Path
) -> None:
    registry = load_registry(tmp_path, [installed("acme", factory)])
    assert list(registry.providers) == ["local"]
    (problem,) = registry.problems
    assert (problem.distribution, problem.name) == ("acme-plugin", "acme")
    assert told in problem.message
