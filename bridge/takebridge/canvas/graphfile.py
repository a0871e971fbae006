"""Graph files: a canvas or a selection as one JSON text, media named by their hash (docs/graph-files.md).

What comes in never starts anything: it has no jobs, no accepted drift, and every node waits for a person.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NoReturn

from pydantic import Field, ValidationError

from takebridge.canvas.fingerprint import filled_params, kind_of
from takebridge.canvas.graph import sorted_wires
from takebridge.canvas.graphfile_versions import upgraded
from takebridge.canvas.model import (
    LARGEST_INT,
    MAX_NODES,
    Canvas,
    Content,
    Kinds,
    Node,
    Recipe,
    Take,
    Value,
    Wire,
)
from takebridge.canvas.op_types import InsertGraph, Op
from takebridge.errors import InvalidDocumentError, InvalidParamError, UnknownNodeError
from takebridge.ids import BlobHash, NodeId, TakeId, WireId

Takes = Literal["pinned", "all", "none"]
"""Which takes go along: those in use (pinned, or carried by a wire), every one, or none."""


class MediaEntry(Value):
    """One file of the takes. ``size`` in bytes, 0 where it is not known; ``name`` is its name in the media folder."""

    size: int = Field(default=0, ge=0)
    name: str = Field(default="", pattern=r"^([0-9a-f]{64}(\.[a-z0-9]{1,10})?)?$")
    media_type: str = Field(default="", max_length=100)


class GraphFile(Value):
    """A saved graph. Every wire, pin, group and take in it refers to what is in it."""

    format: Literal["takebridge.graph"] = "takebridge.graph"
    version: Literal[1] = 1
    title: str = Field(default="", max_length=200)
    nodes: tuple[Node, ...] = Field(min_length=1, max_length=MAX_NODES)
    wires: tuple[Wire, ...] = ()
    takes: tuple[Take, ...] = ()
    media: Mapping[Content, MediaEntry] = Field(default_factory=dict)


# --- saving ---------------------------------------------------------------------------------------------


def save_graph(canvas: Canvas, nodes: Collection[NodeId] | None = None, takes: Takes = "pinned") -> GraphFile:
    """Return the canvas, or these nodes of it, as a graph file. `wires_cut` tells what a selection loses.

    Raises UnknownNodeError for a node that is not there, and for nothing to save.
    """
    chosen = _chosen(canvas, nodes)
    kept = _takes_kept(canvas, chosen, takes)
    files = {output.content for take in kept.values() for output in take.outputs.values()}
    return GraphFile(
        title=canvas.title,
        nodes=tuple(_with_refs_in(canvas.nodes[node], chosen, kept) for node in chosen),
        wires=tuple(
            wire.model_copy(update={"take": wire.take if wire.take in kept else None})
            for wire in canvas.wires.values()
            if wire.src_node in chosen and wire.dst_node in chosen
        ),
        takes=tuple(kept.values()),
        media={content: MediaEntry() for content in sorted(files)},
    )


def wires_cut(canvas: Canvas, nodes: Collection[NodeId] | None) -> tuple[Wire, ...]:
    """Return the wires with one end among the nodes: a saved selection does not have them."""
    if nodes is None:
        return ()
    chosen = frozenset(nodes)
    return tuple(wire for wire in canvas.wires.values() if (wire.src_node in chosen) != (wire.dst_node in chosen))


def _chosen(canvas: Canvas, nodes: Collection[NodeId] | None) -> dict[NodeId, None]:
    for node in nodes or ():
        if node not in canvas.nodes:
            raise UnknownNodeError(f"There is no node “{node}” on this canvas.", node=node)
    chosen = canvas.nodes if nodes is None else frozenset(nodes)
    if not chosen:
        raise UnknownNodeError("There is nothing to save.", hint="Add or select a node first.")
    return dict.fromkeys(node for node in canvas.nodes if node in chosen)


def _takes_kept(canvas: Canvas, chosen: Collection[NodeId], takes: Takes) -> dict[TakeId, Take]:
    used = {canvas.nodes[node].pin for node in chosen}
    used |= {wire.take for wire in canvas.wires.values() if wire.src_node in chosen and wire.dst_node in chosen}
    return {
        take.id: take
        for take in canvas.takes.values()
        if take.node_id in chosen and (takes == "all" or (takes == "pinned" and take.id in used))
    }


def _with_refs_in(node: Node, nodes: Collection[NodeId], takes: Collection[TakeId]) -> Node:
    accepted = frozenset(pair for pair in node.accepted if pair[0] in takes)
    pin = node.pin if node.pin in takes else None
    return node.model_copy(
        update={"pin": pin, "accepted": accepted, "group": node.group if node.group in nodes else None}
    )


_SUSPECT = re.compile(r"\\u[dD][89a-fA-F]")
"""Escapes that may be half of a surrogate pair; most files have none."""

# --- reading --------------------------------------------------------------------------------------------


def read_graph(text: str) -> GraphFile:
    """Read a graph file of this version or an older one.

    Raises InvalidDocumentError whose message and ``details["node"]`` name what is wrong.
    """
    document = upgraded(_json(text))
    _check_counts(document)
    try:
        graph = GraphFile.model_validate(document)
    except ValidationError as error:
        _explain(error, document)
    _check_references(graph)
    return graph


def without_contents(graph: GraphFile, missing: Collection[BlobHash]) -> GraphFile:
    """Return the graph without the takes that need one of these files; their pins become empty."""
    kept = {
        take.id: take for take in graph.takes if not any(output.content in missing for output in take.outputs.values())
    }
    nodes = {node.id for node in graph.nodes}
    return graph.model_copy(
        update={
            "nodes": tuple(_with_refs_in(node, nodes, kept) for node in graph.nodes),
            "wires": tuple(
                wire.model_copy(update={"take": wire.take if wire.take in kept else None}) for wire in graph.wires
            ),
            "takes": tuple(kept.values()),
            "media": {content: entry for content, entry in graph.media.items() if content not in missing},
        }
    )


def _json(text: str) -> dict[str, Any]:
    try:
        # Whatever it is, `upgraded` refuses anything but a table.
        document: dict[str, Any] = json.loads(text, parse_constant=_no_number, parse_int=_whole_number)
        if _SUSPECT.search(text):
            json.dumps(document, ensure_ascii=False).encode()
    except RecursionError as error:
        raise _damaged("it is nested too deeply") from error
    except UnicodeEncodeError as error:
        raise _damaged("it holds half of a surrogate pair, which no file can store") from error
    except ValueError as error:
        raise _damaged(f"it is not JSON: {error}") from error
    return document


def _whole_number(digits: str) -> int:
    # Python refuses to read thousands of digits; no number within the limit has more than 17 characters.
    if len(digits) > 17 or abs(int(digits)) > LARGEST_INT:
        raise _damaged(f"the number {digits[:20]}{'…' * (len(digits) > 20)} is beyond ±(2^53 − 1)")
    return int(digits)


def _no_number(name: str) -> NoReturn:
    raise _damaged(f"{name} is not a number")


def _damaged(reason: str) -> InvalidDocumentError:
    return InvalidDocumentError(f"The graph file cannot be read: {reason}.", hint="Save it again where it came from.")


def _check_counts(document: Mapping[str, Any]) -> None:
    for what, most in (("nodes", MAX_NODES), ("wires", 10 * MAX_NODES), ("takes", 10 * MAX_NODES)):
        found = document.get(what)
        if isinstance(found, list) and len(found) > most:
            raise InvalidDocumentError(
                f"The graph file has {len(found):,} {what}; at most {most:,} are put on a canvas at once.",
                hint="Save it in parts.",
                **{what: len(found)},
            )


def _explain(error: ValidationError, document: Mapping[str, Any]) -> NoReturn:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = [str(step) for step in first["loc"]]
    owner = _owner(document, first["loc"])
    node = owner.get("node_id") or owner.get("dst_node") or owner.get("id")
    name = owner.get("title") or node
    subject = f"“{str(name)[:80]}”: " if name else ""
    raise InvalidDocumentError(
        f"The graph file does not fit: {subject}{'.'.join(where) or 'file'}: {first['msg']}.",
        hint="Correct that place in the file, or save it again where it came from.",
        node=str(node)[:80] if node else None,
        path=".".join(where)[:200],
    ) from error


def _owner(document: Mapping[str, Any], path: Sequence[int | str]) -> Mapping[str, Any]:
    if len(path) > 1 and path[0] in ("nodes", "wires", "takes") and isinstance(path[1], int):
        item = document[str(path[0])][path[1]]
        return item if isinstance(item, dict) else {}
    return {}


def _check_references(graph: GraphFile) -> None:
    _check_unique("node", (node.id for node in graph.nodes))
    _check_unique("wire", (wire.id for wire in graph.wires))
    _check_unique("take", (take.id for take in graph.takes))
    nodes = {node.id: node for node in graph.nodes}
    owner = {take.id: take.node_id for take in graph.takes}
    for node in graph.nodes:
        if node.pin is not None and owner.get(node.pin) != node.id:
            raise _dangling(node, f"it pins the take “{node.pin}”, which is not among its takes")
        if node.group is not None and node.group not in nodes:
            raise _dangling(node, f"it lies in the group “{node.group}”, which is not in the file")
    for wire in graph.wires:
        _check_wire(wire, nodes, owner)
    for take in graph.takes:
        if take.node_id not in nodes:
            raise InvalidDocumentError(
                f"The graph file does not fit: take “{take.id}” belongs to no node of the file.",
                hint="Save it again where it came from.",
                take=take.id,
            )
        for output in take.outputs.values():
            if output.content not in graph.media:
                raise _dangling(nodes[take.node_id], f"take {take.seq} needs {output.content[:15]}…, not in “media”")


def _check_wire(wire: Wire, nodes: Mapping[NodeId, Node], owner: Mapping[TakeId, NodeId]) -> None:
    for end, other in ((wire.src_node, wire.dst_node), (wire.dst_node, wire.src_node)):
        if end not in nodes:
            reason = f"wire “{wire.id}” leads to the node “{end}”, which is not in the file"
            if other in nodes:
                raise _dangling(nodes[other], reason)
            raise InvalidDocumentError(f"The graph file does not fit: {reason}.", hint="Remove the wire.", wire=wire.id)
    if wire.take is not None and owner.get(wire.take) != wire.src_node:
        raise _dangling(nodes[wire.dst_node], f"wire “{wire.id}” carries a take that its source does not have")


def _check_unique(what: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in ids:
        if key in seen:
            raise InvalidDocumentError(
                f"The graph file does not fit: two {what}s have the id “{key}”.",
                hint="Give one of them another id.",
                **{what: key},
            )
        seen.add(key)


def _dangling(node: Node, reason: str) -> InvalidDocumentError:
    return InvalidDocumentError(
        f"The graph file does not fit: “{node.title or node.id}”: {reason}.",
        hint="Correct that place in the file, or save it again where it came from.",
        node=node.id,
    )


# --- inserting ------------------------------------------------------------------------------------------


def to_ops(graph: GraphFile, kinds: Kinds, ids: Callable[[str], str], at: tuple[int, int]) -> tuple[Op, ...]:
    """Return the one op that puts the graph on a canvas with its upper left corner at ``at``.

    ``ids`` makes a new id of a prefix (`takebridge.ids.new_id`); nodes, wires and takes all get one. Jobs, accepted
    drift and policies stay behind. Raises UnknownNodeError and InvalidParamError for kinds and parameters.
    """
    nodes = {node.id: NodeId(ids("node")) for node in graph.nodes}
    takes = {take.id: TakeId(ids("take")) for take in graph.takes}
    left, top = min(node.x for node in graph.nodes), min(node.y for node in graph.nodes)
    shift = (at[0] - left, at[1] - top)
    return (
        InsertGraph(
            nodes=tuple(_new_node(node, kinds, nodes, takes, shift) for node in graph.nodes),
            wires=tuple(_new_wire(wire, WireId(ids("wire")), nodes, takes) for wire in _settled(graph.wires)),
            takes=tuple(_new_take(take, nodes, takes) for take in graph.takes),
        ),
    )


def _new_node(
    node: Node,
    kinds: Kinds,
    nodes: Mapping[NodeId, NodeId],
    takes: Mapping[TakeId, TakeId],
    shift: tuple[int, int],
) -> Node:
    kind = kind_of(node, kinds)
    try:
        # Written down as for a node added by hand, so that a later default does not make it stale.
        params = filled_params(kind, node.params)
    except InvalidParamError as error:
        raise InvalidParamError(f"“{node.title or node.id}”: {error.message}", hint=error.hint, node=node.id) from error
    return Node(
        id=nodes[node.id],
        kind=node.kind,
        title=node.title or kind.title,
        x=_within(node.x + shift[0]),
        y=_within(node.y + shift[1]),
        params=params,
        model=node.model,
        pin=takes[node.pin] if node.pin else None,
        locked=node.locked,
        group=nodes.get(node.group) if node.group else None,
    )


def _within(place: int) -> int:
    return max(-LARGEST_INT, min(place, LARGEST_INT))


def _settled(wires: tuple[Wire, ...]) -> Iterator[Wire]:
    """Number the wires of each port: equal order keys are settled by the ids, and those do not stay."""
    ranks: Counter[tuple[NodeId, str]] = Counter()
    for wire in sorted_wires(wires):
        yield wire.model_copy(update={"order": ranks[wire.dst_node, wire.dst_port]})
        ranks[wire.dst_node, wire.dst_port] += 1


def _new_wire(wire: Wire, key: WireId, nodes: Mapping[NodeId, NodeId], takes: Mapping[TakeId, TakeId]) -> Wire:
    ends = {"src_node": nodes[wire.src_node], "dst_node": nodes[wire.dst_node]}
    return wire.model_copy(update={"id": key, **ends, "take": takes[wire.take] if wire.take else None})


def _new_take(take: Take, nodes: Mapping[NodeId, NodeId], takes: Mapping[TakeId, TakeId]) -> Take:
    return take.model_copy(
        update={
            "id": takes[take.id],
            "node_id": nodes[take.node_id],
            "job_id": None,
            "recipe": _new_recipe(take.recipe, takes) if take.recipe else None,
        }
    )


def _new_recipe(recipe: Recipe, takes: Mapping[TakeId, TakeId]) -> Recipe:
    """Point at the new takes; they are provenance, so the fingerprint stays."""
    inputs = tuple(item.model_copy(update={"take": takes.get(item.take, item.take)}) for item in recipe.inputs)
    return recipe.model_copy(update={"inputs": inputs})
