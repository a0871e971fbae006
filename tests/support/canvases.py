"""Builds canvases for tests: through the ops, with content hashes chosen by number."""

from __future__ import annotations

from takebridge.canvas.fingerprint import fingerprint, recipe_of
from takebridge.canvas.model import Canvas, Kinds, Output, Take
from takebridge.canvas.ops import AddNode, AddTake, Connect, Op, Pin, apply_all
from takebridge.ids import BlobHash, CanvasId, NodeId, TakeId, WireId
from takebridge.nodes.registry import builtin_kinds

KINDS = builtin_kinds()
EMPTY = Canvas(id=CanvasId("canvas"))


def content(number: int) -> BlobHash:
    """Return the content hash that stands for file ``number``."""
    return BlobHash(f"b3:{number:064x}")


def do(canvas: Canvas, *ops: Op, kinds: Kinds = KINDS) -> Canvas:
    """Apply the ops one after the other."""
    return apply_all(canvas, ops, kinds).canvas


def add(kind: str, node: str, **params: bool | int | str) -> AddNode:
    """Add a node whose id is its title."""
    return AddNode(id=NodeId(node), kind=kind, title=node, params=params)


def wire(source: str, target: str, order: int | None = None, *, take: str | None = None) -> Connect:
    """Connect ``node.port`` to ``node.port``; the wire's id is ``source>target``."""
    (src, out), (dst, into) = source.split("."), target.split(".")
    return Connect(
        id=WireId(f"{source}>{target}"),
        src_node=NodeId(src),
        src_port=out,
        dst_node=NodeId(dst),
        dst_port=into,
        order=order,
        take=TakeId(take) if take else None,
    )


def imported(canvas: Canvas, node: str, number: int, port: str = "video") -> Take:
    """Make a take of file ``number`` that was brought in; its id is ``node/number``."""
    seq = canvas.next_seq(NodeId(node))
    return Take(
        id=TakeId(f"{node}/{number}"),
        node_id=NodeId(node),
        seq=seq,
        origin="imported",
        outputs={port: Output(content=content(number))},
    )


def generated(canvas: Canvas, node: str, number: int, port: str = "video", kinds: Kinds = KINDS) -> Take:
    """Make a take of file ``number`` for the recipe the node has now; its id is ``node/number``."""
    recipe = recipe_of(canvas, NodeId(node), kinds)
    take = imported(canvas, node, number, port)
    return take.model_copy(update={"origin": "generated", "recipe": recipe, "recipe_fp": fingerprint(recipe)})


def pinned(canvas: Canvas, take: Take, kinds: Kinds = KINDS) -> Canvas:
    """Add the take and pin it."""
    before = canvas.nodes[take.node_id].pin
    return do(canvas, AddTake(take=take), Pin(node=take.node_id, take=take.id, expected=before), kinds=kinds)


def with_import(canvas: Canvas, node: str, number: int, port: str = "video") -> Canvas:
    """Bring file ``number`` in and pin it."""
    return pinned(canvas, imported(canvas, node, number, port))


def with_take(canvas: Canvas, node: str, number: int, port: str = "video") -> Canvas:
    """Generate file ``number`` from what the node is now and pin it."""
    return pinned(canvas, generated(canvas, node, number, port))


def shot() -> Canvas:
    """Build clip → up → up2 → cut, everything pinned and fresh (files 1 to 4)."""
    canvas = do(
        EMPTY,
        add("source_clip", "clip"),
        add("upscale", "up"),
        add("upscale", "up2"),
        add("nle_export", "cut"),
        wire("clip.video", "up.source"),
        wire("up.video", "up2.source"),
        wire("up2.video", "cut.clips"),
    )
    canvas = with_take(with_take(with_import(canvas, "clip", 1), "up", 2), "up2", 3)
    return with_take(canvas, "cut", 4, "timeline")


def board() -> Canvas:
    """Build two references (files 1, 2) → previz (file 3), fresh, with the seed left to chance."""
    canvas = do(
        EMPTY,
        add("reference", "hero"),
        add("reference", "place"),
        add("previz", "panel", prompt="she waits"),
        wire("hero.image", "panel.references"),
        wire("place.image", "panel.references"),
    )
    canvas = with_import(with_import(canvas, "hero", 1, "image"), "place", 2, "image")
    return with_take(canvas, "panel", 3)
