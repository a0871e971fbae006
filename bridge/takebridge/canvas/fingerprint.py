"""Recipes and the fingerprints that name them (docs/canvas.md §2).

    fp = "fp/1:" + sha256(["fp/1", kind, semantic_version, {params}, [[port, rank, content], …], route])

An input of which only a range of frames is used reads ``[port, rank, content, [start, end]]``.

written as canonical JSON: sorted keys, no blanks, NFC text, UTF-8, no floats. A fingerprint names a
*request*, never a result: the same request twice makes two takes with one fingerprint.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from itertools import chain
from typing import NamedTuple

from takebridge.canvas.graph import wires_into
from takebridge.canvas.model import (
    LARGEST_INT,
    Canvas,
    FrameRange,
    Kinds,
    Node,
    NodeKind,
    ParamValue,
    Recipe,
    RecipeInput,
    Take,
    Value,
    Wire,
)
from takebridge.errors import InvalidParamError, PreconditionError, UnknownNodeError
from takebridge.ids import BlobHash, NodeId, TakeId

Feed = tuple[str, int, TakeId, BlobHash, FrameRange | None]
"""Port, rank, take and content of one input, and the frames of it that are used (None: all)."""

_write = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class Change(Value):
    """One difference between two recipes. ``path`` reads like ``params.prompt`` or ``inputs.references[1]``.

    ``before``/``after`` are parameter values, routes or take ids; None means it was not there. Of an input of equal
    content, ``inputs.clips[1].best`` says which of its frames were and are used, as ``10-40`` with the end exclusive;
    None is all of them.
    """

    path: str
    before: ParamValue | None
    after: ParamValue | None


# --- recipes --------------------------------------------------------------------------------------------


def kind_of(node: Node, kinds: Kinds) -> NodeKind:
    """Return the node's kind. Raises UnknownNodeError when it is not installed."""
    kind = kinds.get(node.kind)
    if kind is None:
        raise UnknownNodeError(
            f"“{node.title or node.id}” is a “{node.kind}” node, and no such kind is installed.",
            hint="Install the package that brings this node kind, then restart the bridge.",
            node=node.id,
        )
    return kind


def check_param(kind: NodeKind, name: str, value: object) -> None:
    """Raise InvalidParamError when the kind has no such parameter or does not accept the value."""
    spec = kind.param(name)
    if spec is None:
        known = ", ".join(spec.name for spec in kind.params) or "none"
        raise InvalidParamError(f"{kind.title} has no parameter “{name}”.", hint=f"It has: {known}.", param=name)
    if reason := spec.refusal(value):
        raise InvalidParamError(f"{kind.title}: “{name}” {reason}.", param=name)


def filled_params(kind: NodeKind, params: Mapping[str, ParamValue]) -> dict[str, ParamValue]:
    """Check every parameter and fill in the defaults. Raises InvalidParamError."""
    for name, value in params.items():
        check_param(kind, name, value)
    return {spec.name: params.get(spec.name, spec.default) for spec in kind.params}


def semantic_params(kind: NodeKind, params: Mapping[str, ParamValue]) -> dict[str, ParamValue]:
    """Return what decides the result: checked, defaults filled in, text in NFC; left out are the cosmetic, and what
    came later than the kind while it has its default.
    """
    filled = filled_params(kind, params)
    return {
        spec.name: _normal(filled[spec.name])
        for spec in kind.params
        if spec.semantic and not (spec.later and filled[spec.name] == spec.default)
    }


class _Needs(NamedTuple):
    """What a kind's inputs ask for: names that block without a take, names that use a best range."""

    required: frozenset[str]
    ranged: frozenset[str]


# A pure function of a frozen value, asked for every node of every pass.
@lru_cache(maxsize=1000)
def _needs(kind: NodeKind) -> _Needs:
    return _Needs(
        frozenset(port.name for port in kind.inputs if port.required),
        frozenset(port.name for port in kind.inputs if port.ranged),
    )


def feeds_of(canvas: Canvas, wires: Iterable[Wire], kind: NodeKind) -> list[Feed]:
    """Return the inputs that carry a take: each wire's own, else the pin of its source.

    ``wires`` come in recipe order; ranks count only the inputs that are there.
    """
    nodes, takes = canvas.nodes, canvas.takes
    feeds: list[Feed] = []
    last_port, rank = "", 0
    for wire in wires:
        chosen = wire.take or (nodes[wire.src_node].pin if wire.src_node in nodes else None)
        take = takes.get(chosen) if chosen else None
        output = take.outputs.get(wire.src_port) if take else None
        if take and output:
            port = wire.dst_port
            rank = rank + 1 if port == last_port else 0
            last_port = port
            feeds.append((port, rank, take.id, output.content, _used(take, kind, port)))
    return feeds


def blocking_ports(kind: NodeKind, wires: tuple[Wire, ...], feeds: list[Feed]) -> tuple[str, ...]:
    """Return the inputs that miss a take and cannot do without.

    Required ones that are not wired, or one of whose wires carries nothing; and any whose wire names a part
    (``shot.s03``) that is not there: a scene that was deleted must not silently leave the recipe.
    """
    required = _needs(kind).required
    wired = [wire.dst_port for wire in wires]
    fed = [feed[0] for feed in feeds]
    parts = {wire.dst_port for wire in wires if "." in wire.src_port}
    short = {name for name in required | parts if fed.count(name) < wired.count(name)}
    missing = short | required.difference(fed)
    return tuple(port.name for port in kind.inputs if port.name in missing)


def recipe_of(canvas: Canvas, node_id: NodeId, kinds: Kinds) -> Recipe:
    """Return what generating this node now would ask for.

    Raises UnknownNodeError, InvalidParamError, and PreconditionError when a required input has no take.
    """
    node = canvas.nodes.get(node_id)
    if node is None:
        raise UnknownNodeError(f"There is no node “{node_id}” on this canvas.", node=node_id)
    kind = kind_of(node, kinds)
    wires = wires_into(canvas, node_id)
    feeds = feeds_of(canvas, wires, kind)
    if missing := blocking_ports(kind, wires, feeds):
        raise PreconditionError(
            f"“{node.title or kind.title}” has no take on its input {' and '.join(missing)}.",
            hint="Wire a node to it, and pin a take on every node that is wired to it.",
            node=node_id,
            ports=",".join(missing),
        )
    return Recipe(
        kind=kind.key,
        semantic_version=kind.semantic_version,
        params=semantic_params(kind, node.params),
        inputs=tuple(RecipeInput(port=p, rank=r, take=t, content=c, used=u) for p, r, t, c, u in feeds),
        route=node.model,
    )


# --- fingerprints ---------------------------------------------------------------------------------------


def fingerprint(recipe: Recipe) -> str:
    """Return the recipe's name. Raises InvalidParamError for a value canonical JSON does not have."""
    params = _write({name: _normal(value) for name, value in recipe.params.items()})
    inputs = sorted(recipe.inputs, key=lambda item: (item.port, item.rank, item.take, item.content))
    texts = ",".join(_feed_text(item.port, item.rank, item.content, item.used) for item in inputs)
    head, tail = _ends(recipe.kind, recipe.semantic_version, params, recipe.route)
    return "fp/1:" + sha256(f"{head}{texts}{tail}".encode()).hexdigest()


def expectation(canvas: Canvas, node: Node, kind: NodeKind, wires: tuple[Wire, ...]) -> tuple[str, tuple[str, ...]]:
    """Return ``fingerprint(recipe_of(…))`` without building the recipe, or "" and the inputs that block the node.

    ``wires`` are those into the node, in recipe order. Raises InvalidParamError.
    """
    nodes, takes = canvas.nodes, canvas.takes
    texts: list[str] = []
    last_port, rank = "", 0
    for wire in wires:
        chosen = wire.take or (nodes[wire.src_node].pin if wire.src_node in nodes else None)
        take = takes.get(chosen) if chosen else None
        output = take.outputs.get(wire.src_port) if take else None
        if take and output:
            port = wire.dst_port
            rank = rank + 1 if port == last_port else 0
            last_port = port
            if take.best is None:
                texts.append(f'["{port}",{rank},"{output.content}"]')
            else:
                texts.append(_feed_text(port, rank, output.content, _used(take, kind, port)))
    needs = _needs(kind)
    if len(texts) < len(wires) or (needs.required and not needs.required <= {wire.dst_port for wire in wires}):
        missing = blocking_ports(kind, wires, feeds_of(canvas, wires, kind))
        if missing:
            return "", missing
    head, tail = _ends_of(kind, node.model, *chain.from_iterable(node.params.items()))
    return "fp/1:" + sha256(f"{head}{','.join(texts)}{tail}".encode()).hexdigest(), ()


# The ends are most of the work and change only with the node's own parameters. They are a pure function of the
# arguments, so remembering them is invisible; ``typed`` keeps 1 and True apart.
@lru_cache(maxsize=20_000, typed=True)
def _ends_of(kind: NodeKind, route: str, *names_and_values: ParamValue) -> tuple[str, str]:
    params = dict(zip(names_and_values[::2], names_and_values[1::2], strict=True))
    canonical = semantic_params(kind, {str(name): value for name, value in params.items()})
    return _ends(kind.key, kind.semantic_version, _write(canonical), route)


def _ends(kind: str, semantic_version: int, params: str, route: str) -> tuple[str, str]:
    return f'["fp/1",{_write(kind)},{semantic_version},{params},[', f"],{_write(route)}]"


def _feed_text(port: str, rank: int, content: BlobHash, used: FrameRange | None) -> str:
    return f'["{port}",{rank},"{content}"{f",[{used.start},{used.end}]" if used else ""}]'


def _used(take: Take, kind: NodeKind, port: str) -> FrameRange | None:
    return take.best if take.best and port in _needs(kind).ranged else None


def _normal(value: object) -> ParamValue:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, int) and abs(value) <= LARGEST_INT:
        return value
    raise InvalidParamError(
        f"{value!r} cannot be part of a recipe.",
        hint="Use whole numbers up to 2^53, true or false, or text.",
    )


# --- why ------------------------------------------------------------------------------------------------


def explain(old: Recipe, new: Recipe) -> tuple[Change, ...]:
    """Return what differs, in words a person can follow; nothing when both have one fingerprint.

    Two inputs with the same content are the same input, whichever takes they came from.
    """
    changes = [
        _change("kind", old.kind, new.kind),
        _change("version", old.semantic_version, new.semantic_version),
    ]
    names = sorted({*old.params, *new.params})
    changes += [_change(f"params.{name}", _known(old, name), _known(new, name)) for name in names]
    changes.append(_change("model", old.route, new.route))
    was, now = _inputs(old), _inputs(new)
    for key in sorted({*was, *now}):
        before, after = was.get(key), now.get(key)
        path = f"inputs.{key[0]}[{key[1]}]"
        if (before and before.content) != (after and after.content):
            changes.append(
                Change(path=path, before=before.take if before else None, after=after.take if after else None)
            )
        elif before and after:
            changes.append(_change(f"{path}.best", _frames(before.used), _frames(after.used)))
    return tuple(change for change in changes if change is not None)


def _change(path: str, before: ParamValue | None, after: ParamValue | None) -> Change | None:
    same = type(before) is type(after) and before == after
    return None if same else Change(path=path, before=before, after=after)


def _known(recipe: Recipe, name: str) -> ParamValue | None:
    return _normal(recipe.params[name]) if name in recipe.params else None


def _frames(used: FrameRange | None) -> str | None:
    return f"{used.start}-{used.end}" if used else None


def _inputs(recipe: Recipe) -> dict[tuple[str, int], RecipeInput]:
    return {(item.port, item.rank): item for item in recipe.inputs}
