"""Graph files on disk: ``name.takebridge.json`` with its media in a folder beside it (docs/graph-files.md)."""

from __future__ import annotations

import mimetypes
import os
import shutil
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from takebridge.canvas.graphfile import (
    GraphFile,
    MediaEntry,
    Takes,
    read_graph,
    save_graph,
    to_ops,
    wires_cut,
    without_contents,
)
from takebridge.canvas.model import Canvas
from takebridge.canvas.op_types import InsertGraph, Op
from takebridge.canvas.ops import apply_all
from takebridge.errors import BlobMissingError, InvalidDocumentError, UsageError
from takebridge.ids import BlobHash, CanvasId, NodeId, WireId, new_id
from takebridge.media.publish import publishing, require_space
from takebridge.services.bridge import Bridge
from takebridge.store.blobs import hash_file

SUFFIX = ".takebridge.json"
MEDIA = "media"
_EDGE = 10**9
MAX_GRAPH_BYTES = 256 * 1024 * 1024
"""Largest graph file read: 20,000 nodes with ten takes each need about half of it."""


@dataclass(frozen=True, slots=True)
class SavedGraph:
    """What was written. ``cut`` are wires that led out of the selection and stayed behind."""

    path: Path
    nodes: int
    takes: int
    media: int
    bytes: int
    cut: tuple[WireId, ...]


@dataclass(frozen=True, slots=True)
class LoadedGraph:
    """What came in: the new ids by those in the file. ``left_out`` counts takes whose media are nowhere."""

    canvas_id: CanvasId
    nodes: dict[NodeId, NodeId]
    takes: int
    left_out: int


# --- saving ---------------------------------------------------------------------------------------------


def save(
    bridge: Bridge,
    canvas_id: CanvasId,
    nodes: Collection[NodeId] | None,
    path: Path,
    *,
    with_media: bool = True,
    takes: Takes = "pinned",
) -> SavedGraph:
    """Write the canvas, or these nodes of it, to ``path``, and the media of its takes into ``media`` beside it.

    The graph file appears last and whole; one of this name is replaced. Raises UsageError for a bad path,
    BlobMissingError that names the nodes whose media are gone, DiskFullError; nothing is overwritten then.
    """
    target = _target(path)
    canvas = bridge.desk.view(canvas_id).canvas
    graph = _with_media_facts(bridge, save_graph(canvas, nodes, takes))
    if with_media and (missing := [content for content in graph.media if not bridge.blobs.has(content)]):
        raise _missing(graph, missing, "Save without media, or generate these takes again.")
    copied = sum(entry.size for entry in graph.media.values()) if with_media else 0
    with _folder_of(target.parent / MEDIA) as copies:
        if with_media:
            require_space(target.parent, copied)
            for content, entry in graph.media.items():
                _copy_out(bridge.blobs.path_of(content), target.parent / MEDIA / entry.name, content, copies)
        with publishing(target) as part:
            part.write_text(graph.model_dump_json(indent=1) + "\n", "utf-8")
    cut = tuple(wire.id for wire in wires_cut(canvas, nodes))
    return SavedGraph(target, len(graph.nodes), len(graph.takes), len(graph.media), copied, cut)


def _target(path: Path) -> Path:
    if not path.is_absolute():
        raise UsageError(f"“{path}” is not a whole path.", hint=f"Give a path such as /home/me/film{SUFFIX}.")
    if not path.name.endswith(SUFFIX) or path.name == SUFFIX:
        raise UsageError(f"“{path.name}” is not the name of a graph file.", hint=f"Let the name end in {SUFFIX}.")
    if path.is_symlink():
        raise UsageError(f"“{path.name}” is a link.", hint="Choose another name.")
    if not path.parent.is_dir() or path.is_dir():
        raise UsageError(f"“{path}” cannot be a file.", hint="Choose a folder that exists and the name of a file.")
    return path


def _with_media_facts(bridge: Bridge, graph: GraphFile) -> GraphFile:
    return graph.model_copy(update={"media": {content: _entry(bridge, content) for content in graph.media}})


def _entry(bridge: Bridge, content: BlobHash) -> MediaEntry:
    if not bridge.blobs.has(content):
        return MediaEntry(name=content.removeprefix("b3:"))
    path = bridge.blobs.path_of(content)
    suffix = path.suffix if path.suffix[1:].isascii() and path.suffix[1:].isalnum() and len(path.suffix) < 12 else ""
    media_type = mimetypes.guess_type(f"file{suffix}")[0] or ""
    return MediaEntry(size=path.stat().st_size, name=content.removeprefix("b3:") + suffix, media_type=media_type)


@contextmanager
def _folder_of(folder: Path) -> Iterator[list[Path]]:
    """Give a list for the files put into ``folder``; when something fails, they are removed again."""
    copies: list[Path] = []
    try:
        yield copies
    except BaseException:
        for copy in copies:
            copy.unlink(missing_ok=True)
        with suppress(OSError):  # it is not empty: others keep media there
            folder.rmdir()
        raise


def _copy_out(source: Path, target: Path, content: BlobHash, copies: list[Path]) -> None:
    """Copy, never link: what lies in a folder of the user's may be changed there."""
    if target.is_file() and not target.is_symlink() and hash_file(target) == content:
        return
    try:
        target.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"“{target.parent}” cannot be a folder for media: {error.strerror}.",
            hint="Choose another folder, save without media, or move what has this name.",
        ) from error
    with publishing(target) as part:
        shutil.copyfile(source, part)
    copies.append(target)


# --- loading --------------------------------------------------------------------------------------------


def load(
    bridge: Bridge,
    path: Path,
    canvas_id: CanvasId | None,
    *,
    author: str,
    allow_missing: bool = False,
    at: tuple[int, int] | None = None,
) -> LoadedGraph:
    """Put the graph file on a canvas, or (None) on a new one with the file's title. One edit, or none at all.

    Every medium must be in the media store or beside the file, where its bytes are checked. Else BlobMissingError
    names the nodes, or with ``allow_missing`` the takes that need it stay out, and their pins with them. Raises
    InvalidDocumentError for what is no graph file of this or an older release, UsageError for what does not fit.
    """
    graph = read_graph(_read(path))
    beside, missing = _find_media(bridge, graph, path.parent / MEDIA)
    if missing and not allow_missing:
        raise _missing(graph, missing, "Put the media folder beside the file, or load it without these takes.")
    whole = graph
    graph = without_contents(graph, missing) if missing else graph
    base = bridge.desk.view(canvas_id).canvas if canvas_id else Canvas(id=CanvasId("new"))
    ops = to_ops(graph, bridge.desk.kinds, new_id, at or free_place(base))
    apply_all(base, ops, bridge.desk.kinds)  # refused here, nothing has been touched
    for content, file in beside.items():
        if content in graph.media:
            _take_in(bridge, content, file)
    target = put(bridge, canvas_id, graph.title or path.name.removesuffix(SUFFIX), ops, author=author)
    inserted = next(op for op in ops if isinstance(op, InsertGraph))
    new_ids = {old.id: new.id for old, new in zip(graph.nodes, inserted.nodes, strict=True)}
    return LoadedGraph(target, new_ids, len(graph.takes), len(whole.takes) - len(graph.takes))


def put(bridge: Bridge, canvas_id: CanvasId | None, title: str, ops: Collection[Op], *, author: str) -> CanvasId:
    """Apply what came from outside to the canvas, or (None) to a new one; return its id."""
    target = canvas_id or bridge.desk.create(title[:200]).canvas.id
    bridge.desk.apply(target, list(ops), author=author, origin="import")
    return target


def free_place(canvas: Canvas) -> tuple[int, int]:
    """Return a corner below everything on the canvas, as far as the canvas goes."""
    nodes = canvas.nodes.values()
    if not nodes:
        return 0, 0
    return max(min(node.x for node in nodes), -_EDGE), min(max(node.y for node in nodes) + 320, _EDGE)


def _read(path: Path) -> str:
    if not path.is_absolute():
        raise UsageError(f"“{path}” is not a whole path.", hint="Give the path from the root of the drive.")
    # Looked at through the open file, so that it cannot be swapped; not waiting for a pipe to be written to.
    with _readable(path), open(path, "rb", opener=_open_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise UsageError(f"“{path.name}” is not a file.", hint=f"Choose a {SUFFIX} file.")
        data = file.read(MAX_GRAPH_BYTES + 1)
    if len(data) > MAX_GRAPH_BYTES:
        raise InvalidDocumentError(
            f"“{path.name}” is larger than {MAX_GRAPH_BYTES // 1024**2} MB.", hint="Save the canvas in parts."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidDocumentError(f"“{path.name}” is not a text file.", hint=f"Choose a {SUFFIX} file.") from error


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _find_media(bridge: Bridge, graph: GraphFile, folder: Path) -> tuple[dict[BlobHash, Path], list[BlobHash]]:
    """Return the files beside the graph that the store lacks, their bytes checked, and what is nowhere."""
    used = {output.content for take in graph.takes for output in take.outputs.values()}
    beside: dict[BlobHash, Path] = {}
    missing: list[BlobHash] = []
    for content in sorted(used):
        if bridge.blobs.has(content):
            continue
        file = folder / _file_name(graph, content)
        if file.is_file() and not file.is_symlink() and _hash_or_none(file) == content:
            beside[content] = file
        else:
            missing.append(content)
    return beside, missing


def _file_name(graph: GraphFile, content: BlobHash) -> str:
    """Return the medium's name; it is its hash and an ending, so it leads nowhere else."""
    digits = content.removeprefix("b3:")
    name = graph.media[content].name
    return name if name.startswith(digits) else digits


def _hash_or_none(file: Path) -> BlobHash | None:
    try:
        return hash_file(file)
    except OSError:
        return None


def _take_in(bridge: Bridge, content: BlobHash, file: Path) -> None:
    if bridge.blobs.add_foreign(file).hash != content:
        raise InvalidDocumentError(f"“{file.name}” changed while it was read.", hint="Load the graph file again.")


def _missing(graph: GraphFile, missing: Collection[BlobHash], hint: str) -> BlobMissingError:
    gone = frozenset(missing)
    nodes = {node.id: node.title or node.kind for node in graph.nodes}
    needy = dict.fromkeys(
        take.node_id for take in graph.takes if any(output.content in gone for output in take.outputs.values())
    )
    names = [f"“{nodes[node]}”" for node in needy]
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return BlobMissingError(
        f"{len(gone)} files are missing for takes of {', '.join(names[:8])}{more}.",
        hint=hint,
        node=next(iter(needy), None),
        nodes=",".join(list(needy)[:50]),
        files=len(gone),
    )


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"“{path.name}” cannot be read: {error.strerror or error}.", hint="Check the path and who may read it."
        ) from error
