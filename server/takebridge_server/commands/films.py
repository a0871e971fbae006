"""``export``: an assembled film with its cut."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from takebridge.canvas.model import Canvas, Node
from takebridge.client.api import Api
from takebridge.client.replies import ExportedFor, FilmExported
from takebridge.errors import NotFoundError, StoreError, UsageError
from takebridge_server import show_film
from takebridge_server.commands.capcut import STEPS as CAPCUT_STEPS
from takebridge_server.commands.capcut import DraftRoot, Register, handed_to_capcut
from takebridge_server.commands.naming import canvas_named, node_named
from takebridge_server.commands.terminal import CanvasOption, Home, Json, audience, bridge_at, do

EXPORT_KIND = "nle_export"
DOCUMENTS = {"resolve": ".otio", "premiere": ".xml", "fcp": ".fcpxml", "avid": ".aaf", "capcut": ""}
STEPS = {
    "resolve": "In Resolve: File > Import > Timeline, choose this file and leave every option as it is.",
    "premiere": "In Premiere: File > Import, choose this file.",
    "fcp": "In Final Cut: File > Import > XML, choose this file.",
    "avid": "In Media Composer: File > Input > Import Media, choose this file and link to its media.",
    "capcut": CAPCUT_STEPS,
}
"""What a person does with the document, by editor. A draft of CapCut is a folder: no suffix."""
_MOST_DOCUMENTS = 1000


def export(
    node: Annotated[str | None, typer.Argument(help="The export, by id or title (default: the only one).")] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the film, its cut and the media of the cut.")] = Path(),
    title: Annotated[str | None, typer.Option("--title", help="What the files are called.")] = None,
    editor: Annotated[
        str | None, typer.Option("--for", help="Also write the cut for resolve, premiere, fcp, avid or capcut.")
    ] = None,
    draft_root: DraftRoot = None,
    register: Register = False,
    canvas: CanvasOption = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write an assembled film as .mp4, its cut as .otio, and the media of the cut under readable names."""

    def work() -> ExportedFor:
        if editor is not None and editor not in DOCUMENTS:
            raise UsageError(f"There is no export for “{editor}”.", hint=f"Choose one of {', '.join(DOCUMENTS)}.")
        if editor != "capcut" and (draft_root is not None or register):
            raise UsageError("Only CapCut has drafts.", hint="Give --draft-root and --register with --for capcut.")
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            chosen = export_node(api.canvas(canvas_id).canvas, node)
            film = api.export_film(canvas_id, chosen.id, out.absolute(), title=title)
            if editor == "capcut":
                return handed_to_capcut(film, draft_root, register=register, told=audience(as_json))
            return written_for(api, film, editor)

    do(as_json, work, show_film.film)


def written_for(api: Api, film: FilmExported, editor: str | None) -> ExportedFor:
    """Write the cut of an exported film once more, as an editor takes it. Raises StoreError, InterchangeError."""
    if editor is None:
        return ExportedFor(**film.model_dump())
    wanted = film.otio.with_name(f"{film.otio.stem} for {editor}{DOCUMENTS[editor]}")
    made = api.convert_cut(film.otio, wanted.name, target=editor)
    target = _kept(wanted, b64decode(made.document.content))
    losses = (*film.losses, *(line for line in made.losses if line not in film.losses))
    return ExportedFor(**{**film.model_dump(), "losses": losses}, document=target, steps=STEPS[editor])


def _kept(wanted: Path, content: bytes) -> Path:
    """Write under this name, or the next free one: "Film for resolve 2.otio". Nothing that is there is replaced.

    A file of these very bytes counts as written. Raises StoreError; nothing is left then.
    """
    for number in range(1, _MOST_DOCUMENTS + 1):
        path = wanted if number == 1 else wanted.with_name(f"{wanted.stem} {number}{wanted.suffix}")
        try:
            with path.open("xb") as file:
                _written(file, path, content)
            return path
        except FileExistsError:
            if path.is_file() and path.read_bytes() == content:
                return path
        except OSError as error:
            raise StoreError(f"{path} cannot be written: {error.strerror}.", hint="Choose another folder.") from error
    raise StoreError(f"There are {_MOST_DOCUMENTS} exports in {wanted.parent}.", hint="Choose another folder.")


def _written(file: BinaryIO, path: Path, content: bytes) -> None:
    try:
        file.write(content)
        file.flush()
    except OSError:
        path.unlink(missing_ok=True)
        raise


def export_node(canvas: Canvas, name: str | None = None) -> Node:
    """Return the export asked for, or the only one. Raises NotFoundError, and UsageError when there are several."""
    if name is not None:
        return node_named(canvas, name)
    found = [node for node in canvas.nodes.values() if node.kind == EXPORT_KIND]
    if not found:
        raise NotFoundError(
            "There is no export on this canvas.", hint="Add an “Export to editor” node and wire clips in."
        )
    if len(found) > 1:
        names = ", ".join(f"'{node.title}'" for node in found)
        raise UsageError(f"There are {len(found)} exports on this canvas.", hint=f"Name one: {names}.")
    return found[0]
