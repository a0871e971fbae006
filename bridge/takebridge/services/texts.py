"""Texts people write: briefs, scripts and styles, kept as takes like everything else."""

from __future__ import annotations

from collections.abc import Mapping

from takebridge.canvas.fingerprint import fingerprint, kind_of, recipe_of
from takebridge.canvas.model import Canvas, Kinds, NodeKind, Output, Take
from takebridge.canvas.op_types import AddTake, Op, Pin
from takebridge.canvas.script import parse_script, parts_of, with_ids
from takebridge.canvas.script_rows import canonical
from takebridge.canvas.wiring import get_node, name_of
from takebridge.errors import BlobMissingError, InvalidParamError, MediaError, PreconditionError, UnknownTakeError
from takebridge.ids import CanvasId, NodeId, TakeId, new_id
from takebridge.services.bridge import Bridge
from takebridge.store.blobs import BlobStore
from takebridge.store.ledger import now_text

MAX_TEXT_BYTES = 1_000_000
"""A text has at most this many bytes as UTF-8: a long novel, and far more than any model reads."""

_TEXT_PORTS = ("script", "text", "style")
"""Outputs a written text may fill, the first a kind has."""


def save_text(
    bridge: Bridge, canvas_id: CanvasId, node_id: NodeId, text: str, *, author: str, seen: TakeId | None = None
) -> Take:
    """Keep the text as a new take of the node and pin it; return that take, or the pinned one if it says the same.

    A script gets an id on every scene, shot and line, and each of them content of its own. ``seen`` is the take
    whose text was edited: PreconditionError when another is pinned by now. Raises InvalidParamError for a text that
    is too long, empty or no script (``details["line"]``), and UnknownNodeError.
    """
    canvas = bridge.desk.view(canvas_id).canvas
    node = get_node(canvas, node_id)
    if seen is not None and node.pin != seen:
        raise PreconditionError(
            f"Somebody saved another text in “{name_of(node)}” in the meantime.",
            hint="Read it, then save yours again: theirs stays in the version tray.",
            node=node_id,
            take=node.pin,
        )
    take, ops = text_ops(canvas, bridge.desk.kinds, bridge.blobs, node_id, text, author=author)
    bridge.desk.apply(canvas_id, ops, author=author)
    return take


def read_text(bridge: Bridge, take: Take, port: str) -> str:
    """Return the text of one output. Raises UnknownTakeError, BlobMissingError, or MediaError for no text."""
    return _stored(bridge.blobs, take, port)


def text_ops(
    canvas: Canvas, kinds: Kinds, blobs: BlobStore, node_id: NodeId, text: str, *, author: str
) -> tuple[Take, tuple[Op, ...]]:
    """Store the text; return its take and the ops that add and pin it, none if the pinned take says the same.

    Raises what `save_text` does.
    """
    node = get_node(canvas, node_id)
    kind = kind_of(node, kinds)
    port = _port_of(kind, node_id)
    pinned = canvas.takes.get(node.pin) if node.pin else None
    try:
        outputs = _outputs(kind, port, _checked(text, node_id), pinned, canvas.takes_of(node_id), blobs)
    except InvalidParamError as error:
        error.details["node"] = node_id  # a script knows its lines, not where it is kept
        raise
    if pinned is not None and _contents(pinned.outputs) == _contents(outputs):
        return pinned, ()
    recipe = None if kind.category == "constant" else recipe_of(canvas, node_id, kinds)
    take = Take(
        id=TakeId(new_id("take")),
        node_id=node_id,
        seq=canvas.next_seq(node_id),
        origin="manual",
        recipe=recipe,
        recipe_fp=fingerprint(recipe) if recipe else None,
        outputs=outputs,
        author=author,
        created_at=now_text(),
    )
    return take, (AddTake(take=take), Pin(node=node_id, take=take.id, expected=node.pin))


def _port_of(kind: NodeKind, node_id: NodeId) -> str:
    for port in kind.outputs:
        # A breakdown's shots are clips: words of a script must not take their places.
        if port.name in _TEXT_PORTS and not any(other.parts and "text" not in other.types for other in kind.outputs):
            return port.name
    raise InvalidParamError(
        f"{kind.title} nodes hold no text of their own.", hint="Write into a brief, script or reference.", node=node_id
    )


def _checked(text: str, node_id: NodeId) -> str:
    if len(text) > MAX_TEXT_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise InvalidParamError(
            f"The text is longer than {MAX_TEXT_BYTES:,} bytes.", hint="Split it over several nodes.", node=node_id
        )
    plain = canonical(text)
    if not plain.strip():
        raise InvalidParamError(
            "There is no text to save.", hint="Write something, or unpin the take to empty the node.", node=node_id
        )
    return plain


def _outputs(
    kind: NodeKind, port: str, text: str, pinned: Take | None, tray: tuple[Take, ...], blobs: BlobStore
) -> dict[str, Output]:
    if port != "script":
        # A reference's picture or voice stays when its words change.
        others = {} if pinned is None else {name: out for name, out in pinned.outputs.items() if name != port}
        return {**others, port: _stored_output(blobs, text)}
    used = {name for take in tray for name in take.outputs}
    whole = with_ids(text, _text_or_none(blobs, pinned, port), used=used)
    texts = {port: whole, **parts_of(parse_script(whole))}
    return {name: _stored_output(blobs, words) for name, words in texts.items() if kind.output(name)}


def _stored_output(blobs: BlobStore, text: str) -> Output:
    blob = blobs.add_bytes(text.encode(), ".txt")
    return Output(content=blob.hash, facts={"characters": len(text), "words": len(text.split())})


def _text_or_none(blobs: BlobStore, take: Take | None, port: str) -> str | None:
    try:
        return _stored(blobs, take, port) if take is not None and port in take.outputs else None
    except (BlobMissingError, MediaError):
        return None  # nothing to carry ids over from; those in the text itself stay


def _stored(blobs: BlobStore, take: Take, port: str) -> str:
    if port not in take.outputs:
        raise UnknownTakeError(
            f"Take {take.seq} has no “{port}”.",
            hint=f"It has: {', '.join(list(take.outputs)[:12])}.",
            node=take.node_id,
            take=take.id,
        )
    try:
        return blobs.path_of(take.outputs[port].content).read_text("utf-8")
    except UnicodeDecodeError as error:
        raise MediaError(
            f"“{port}” of take {take.seq} is no text.", hint="Choose an output of words.", take=take.id
        ) from error


def _contents(outputs: Mapping[str, Output]) -> dict[str, str]:
    return {name: output.content for name, output in outputs.items()}
