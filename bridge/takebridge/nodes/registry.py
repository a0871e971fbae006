"""Which node kinds exist: the built-in ones, and those other packages bring.

A package adds kinds with an entry point of the group ``takebridge.nodes`` that names a `NodeKind`, several of
them, or a function without arguments that returns either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType

from takebridge.canvas.model import NodeKind
from takebridge.nodes import (
    analysis,
    board,
    captions,
    delivery,
    framing,
    image,
    lip_sync,
    previz,
    sound,
    source,
    spatial,
    storyboard,
    upscale,
    video,
    writing,
)

GROUP = "takebridge.nodes"

_FAMILIES: tuple[tuple[NodeKind, ...], ...] = (
    writing.KINDS,
    source.KINDS,
    image.KINDS,
    video.KINDS,
    previz.KINDS,
    sound.KINDS,
    lip_sync.KINDS,
    upscale.KINDS,
    analysis.KINDS,
    framing.KINDS,
    captions.KINDS,
    spatial.KINDS,
    storyboard.KINDS,
    board.KINDS,
    delivery.KINDS,
)
"""In the order people are offered them."""

_BUILTIN: Mapping[str, NodeKind] = MappingProxyType({kind.key: kind for family in _FAMILIES for kind in family})


@dataclass(frozen=True, slots=True)
class LoadedKinds:
    """Kinds by key, and one sentence for each entry point that could not be used."""

    kinds: Mapping[str, NodeKind]
    problems: tuple[str, ...]


def builtin_kinds() -> Mapping[str, NodeKind]:
    """Return the kinds that are always there, by key."""
    return _BUILTIN


def load_kinds(found: Iterable[EntryPoint] | None = None) -> LoadedKinds:
    """Return the built-in kinds and those of installed packages (``found`` replaces the search, for tests).

    A package that fails, or brings a key that is taken, is left out and named in ``problems``.
    """
    kinds = dict(_BUILTIN)
    problems: list[str] = []
    for point in entry_points(group=GROUP) if found is None else found:
        try:
            kinds |= _new_kinds(point, kinds)
        # Foreign code may fail in any way while it is imported; none of it may keep the bridge from starting.
        except Exception as error:  # noqa: BLE001
            problems.append(f"{_origin(point)}: node kinds “{point.name}” were not loaded: {_sentence(error)}")
    return LoadedKinds(MappingProxyType(kinds), tuple(problems))


def _new_kinds(point: EntryPoint, taken: Mapping[str, NodeKind]) -> dict[str, NodeKind]:
    loaded = point.load()
    if callable(loaded):
        loaded = loaded()
    fresh: dict[str, NodeKind] = {}
    for kind in (loaded,) if isinstance(loaded, NodeKind) else loaded:
        if not isinstance(kind, NodeKind):
            raise TypeError(f"{kind!r} is not a NodeKind")
        if kind.key in taken or kind.key in fresh:
            raise ValueError(f"the kind “{kind.key}” exists already")
        fresh[kind.key] = kind
    return fresh


def _origin(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value


def _sentence(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0].rstrip(".") + "."
