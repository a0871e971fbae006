"""Export of an assembled film: the film itself, its cut as OTIO, and the media of the cut under readable names."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from takebridge.canvas.model import Canvas, Output, RecipeInput, Take
from takebridge.canvas.state import NodeState, Status
from takebridge.canvas.wiring import get_node, name_of
from takebridge.errors import BlobMissingError, InterchangeError, PreconditionError, StoreError, UsageError
from takebridge.ids import BlobHash, CanvasId, NodeId, TakeId
from takebridge.interchange.assembly import Assembly, read_assembly
from takebridge.interchange.film_types import Film, FilmSource, FilmTake, film_in
from takebridge.interchange.generated_media import Generated
from takebridge.media.publish import publishing, require_space
from takebridge.services.bridge import Bridge
from takebridge.services.naming import plain
from takebridge.store.blobs import BlobStore, hash_file
from takebridge.timebase import FrameRate, format_timecode, parse_media_rate

MEDIA = "media"
_KIND = "nle_export"
_GENERATE = "Generate the export first: takebridge generate NODE."


@dataclass(frozen=True, slots=True)
class FilmExport:
    """What was written. ``frame_count`` frames at ``rate`` is the length of both; ``timecode`` says it in hours.

    ``status`` is the state of the export's node: STALE means that the canvas has moved on since the film was made.
    """

    video: Path
    otio: Path
    media: tuple[Path, ...]
    frame_count: int
    rate: str
    timecode: str
    status: str
    losses: tuple[str, ...]


def export_film(
    bridge: Bridge, canvas_id: CanvasId, node_id: NodeId, folder: Path, *, title: str | None = None
) -> FilmExport:
    """Write ``<title>.mp4``, ``<title>.otio`` and ``media/`` into ``folder``, which is made if it is not there.

    An earlier export of this node is replaced, any other file of these names is not. Raises PreconditionError for a
    node without a film, BlobMissingError, UsageError for a bad folder or a name that is taken, DiskFullError and
    StoreError; the folder is then as it was.
    """
    from takebridge.interchange.film_out import write_film  # with it comes OpenTimelineIO

    view = bridge.desk.view(canvas_id)
    take = _film_of(view.canvas, node_id)
    assembly = read_assembly(_text(bridge.blobs, take.outputs["timeline"]))
    name = title or _title(view.canvas, node_id)
    target = _checked(folder, plain(name), view.canvas, node_id)
    gathered = _Gathering(bridge.blobs, view.canvas, take, target / MEDIA)
    film = gathered.film(name, node_id, assembly)
    losses = [*_moved_on(view.states[node_id]), *gathered.losses]
    video, otio = (target / f"{plain(name)}{suffix}" for suffix in (".mp4", ".otio"))
    with _written(target) as written:
        sizes = sum(path.stat().st_size for path in gathered.files.values())
        require_space(target, sizes + film_path(bridge, take).stat().st_size)
        for path, source in gathered.files.items():
            _copy(source, path, written)
        with publishing(video) as film_part, publishing(otio) as cut_part:
            shutil.copyfile(film_path(bridge, take), film_part)
            losses += write_film(film, cut_part)
    return FilmExport(
        video=video,
        otio=otio,
        media=tuple(sorted(gathered.files)),
        frame_count=assembly.frame_count,
        rate=str(assembly.rate),
        timecode=format_timecode(assembly.frame_count, assembly.rate),
        status=view.states[node_id].status.value,
        losses=tuple(losses),
    )


def film_path(bridge: Bridge, take: Take) -> Path:
    """Return the stored film of an export's take. Raises BlobMissingError."""
    return bridge.blobs.path_of(take.outputs["video"].content)


def _film_of(canvas: Canvas, node_id: NodeId) -> Take:
    node = get_node(canvas, node_id)
    if node.kind != _KIND:
        exports = ", ".join(f"“{name_of(one)}”" for one in canvas.nodes.values() if one.kind == _KIND)
        hint = f"Exports of this canvas: {exports}." if exports else "Add an “Export to editor” node and wire clips in."
        raise UsageError(f"“{name_of(node)}” is no export.", hint=hint, node=node_id)
    take = canvas.takes.get(node.pin) if node.pin else None
    if take is None:
        raise PreconditionError(f"“{name_of(node)}” has no pinned take.", hint=_GENERATE, node=node_id)
    if not {"video", "timeline"} <= take.outputs.keys():
        raise PreconditionError(
            f"The pinned take of “{name_of(node)}” has no film with its cut.",
            hint=_GENERATE,
            node=node_id,
            take=take.id,
        )
    return take


def _moved_on(state: NodeState) -> list[str]:
    if state.status in (Status.FRESH, Status.ACCEPTED):
        return []
    return [f"The export is {state.status.upper()}: the film shows the canvas as it was when it was assembled."]


def _title(canvas: Canvas, node_id: NodeId) -> str:
    """The canvas's title; with the node's where a canvas has several exports."""
    exports = [node for node in canvas.nodes.values() if node.kind == _KIND]
    own = name_of(canvas.nodes[node_id])
    return (canvas.title or own) if len(exports) == 1 else f"{canvas.title} {own}".strip()


def _text(blobs: BlobStore, output: Output) -> str:
    return blobs.path_of(output.content).read_text("utf-8", errors="replace")


# --- what the film was made of --------------------------------------------------------------------------


class _Gathering:
    """Collects the sources of a film. ``files`` maps every file that is to be written to the stored one."""

    def __init__(self, blobs: BlobStore, canvas: Canvas, take: Take, folder: Path) -> None:
        self._blobs = blobs
        self._canvas = canvas
        self._take = take
        self._folder = folder
        self.files: dict[Path, Path] = {}
        self.losses: list[str] = []

    def film(self, title: str, node: NodeId, assembly: Assembly) -> Film:
        """Return the film with all its sources. Raises BlobMissingError for one that is gone."""
        clips = [self._source("clips", clip.content, clip.name, clip.rank) for clip in assembly.clips]
        sounds = [self._source(sound.role, sound.content, sound.name, None) for sound in assembly.sounds]
        if assembly.captions is not None:
            self._source("captions", assembly.captions.content, assembly.captions.name, None)
        return Film(
            title=title,
            canvas=self._canvas.id,
            node=node,
            take=self._take.id,
            content=self._take.outputs["video"].content,
            assembly=assembly,
            clips=tuple(clips),
            sounds=tuple(replace(sound, others=()) for sound in sounds),
        )

    def _source(self, port: str, content: BlobHash, name: str, rank: int | None) -> FilmSource:
        take = self._used(port, content, rank)
        if take is None:
            return FilmSource(title=name or "clip", node=NodeId(""), used=self._lone(content, name))
        out = next(key for key, output in take.outputs.items() if output.content == content)
        node = self._canvas.nodes.get(take.node_id)
        title = name_of(node) if node else name or "clip"
        if node is not None and node.pin != take.id:
            self.losses.append(f"“{title}”: another take is pinned by now; the film has take {take.seq}.")
        others = self._others(take, out, title) if port == "clips" else ()
        return FilmSource(title=title, node=take.node_id, used=self._as_file(take, out, title), others=others)

    def _used(self, port: str, content: BlobHash, rank: int | None) -> Take | None:
        """Return the take that brought this content, as the recipe of the film has it."""
        inputs = self._take.recipe.inputs if self._take.recipe else ()
        found = next((one for one in inputs if _is(one, port, content, rank)), None)
        return self._canvas.takes.get(found.take) if found else None

    def _others(self, used: Take, port: str, title: str) -> tuple[FilmTake, ...]:
        found: list[FilmTake] = []
        for take in self._canvas.takes_of(used.node_id):
            if take.id == used.id or take.hidden or port not in take.outputs:
                continue
            if self._blobs.has(take.outputs[port].content):
                found.append(self._as_file(take, port, title))
            else:
                self.losses.append(f"Take {take.seq} of “{title}” is not in the media store; it is not offered.")
        return tuple(found)

    def _as_file(self, take: Take, port: str, title: str) -> FilmTake:
        output = take.outputs[port]
        path = self._file(output.content, title, take.seq)
        frames, rate = _length(output)
        return FilmTake(
            seq=take.seq,
            take=take.id,
            content=output.content,
            path=path,
            frames=frames,
            rate=rate,
            previz=take.previz,
            generated=self._generated(take),
        )

    def _generated(self, take: Take) -> Generated | None:
        """What made a take; None for one that was brought in."""
        if take.recipe is None:
            return None
        node = self._canvas.nodes.get(take.node_id)
        pinned = node is not None and node.pin == take.id
        model = take.model_reported or take.model_requested
        return Generated(kind=take.recipe.kind, model=model, pinned=pinned, pending=take.rating is None)

    def _lone(self, content: BlobHash, name: str) -> FilmTake:
        """A file nobody knows the take of: the film was brought in with its cut."""
        return FilmTake(seq=1, take=TakeId(""), content=content, path=self._file(content, name or "clip", 1))

    def _file(self, content: BlobHash, title: str, seq: int) -> Path:
        try:
            stored = self._blobs.path_of(content)
        except BlobMissingError as error:
            raise BlobMissingError(
                f"The media of “{title}” are not in the media store any more.",
                hint="Generate its take again, or restore the data folder from a backup.",
                content=content,
            ) from error
        path = self._folder / f"{plain(title)}_take{seq:02}_{content.removeprefix('b3:')[:8]}{stored.suffix}"
        self.files[path] = stored
        return path


def _is(one: RecipeInput, port: str, content: BlobHash, rank: int | None) -> bool:
    return one.port == port and one.content == content and rank in (None, one.rank)


def _length(output: Output) -> tuple[int | None, FrameRate | None]:
    frames, rate = output.facts.get("frame_count"), output.facts.get("rate")
    if not isinstance(frames, int) or not isinstance(rate, str) or not rate:
        return None, None
    return frames, parse_media_rate(rate)


# --- writing --------------------------------------------------------------------------------------------


def _checked(folder: Path, name: str, canvas: Canvas, node: NodeId) -> Path:
    if not folder.is_absolute():
        raise UsageError(f"“{folder}” is not a whole path.", hint="Give a folder such as /home/me/film.")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"“{folder.name}” is a file.", hint="Choose a folder.")
    video, otio = folder / f"{name}.mp4", folder / f"{name}.otio"
    ours = film_in(otio) == (canvas.id, node)
    for path in (video, otio):
        if path.exists() and not ours:
            raise UsageError(
                f"“{path.name}” is there already and is not an export of this node.",
                hint="Choose another folder, or move it away.",
            )
    return folder


@contextmanager
def _written(folder: Path) -> Iterator[list[Path]]:
    """Make the folders; give a list for what is put there: when something fails all of it is removed again."""
    media, written = folder / MEDIA, list[Path]()
    made = [path for path in (media, folder) if not path.exists()]
    try:
        media.mkdir(parents=True, exist_ok=True)
        yield written
    except BaseException as error:
        for path in written:
            path.unlink(missing_ok=True)
        for path in made:
            with suppress(OSError):
                path.rmdir()
        if isinstance(error, OSError):
            raise InterchangeError(
                f"The film could not be written: {error.strerror or error}.", hint="Choose another folder."
            ) from error
        raise


def _copy(source: Path, target: Path, written: list[Path]) -> None:
    """Copy, never link: what lies in a folder of the user's may be changed there."""
    if target.exists():
        if target.is_file() and hash_file(target) == hash_file(source):
            return
        raise StoreError(f"{target.name} exists and is another file.", hint=f"Move it away: {target}")
    with publishing(target) as part:
        shutil.copyfile(source, part)
    written.append(target)
