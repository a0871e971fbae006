"""Graph files and templates over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi import Path as InPath
from pydantic import Field

from takebridge.canvas.model import Content
from takebridge.client.replies import InsertedTemplate, LoadedGraph, SavedGraph, TemplateInfo, TemplateSlot
from takebridge.errors import UsageError
from takebridge.ids import CanvasId, NodeId
from takebridge.services import graphs, templates
from takebridge_server.api.bodies import Author, Body, CanvasPath, FilePath, OneLine
from takebridge_server.permissions import require
from takebridge_server.works import Works

Coordinate = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
Place = tuple[Coordinate, Coordinate]
"""Where the first node goes, in whole canvas units."""


class Save(Body):
    """Where to write, and what: ``nodes`` None means the whole canvas."""

    path: FilePath
    nodes: list[NodeId] | None = Field(default=None, max_length=20_000)
    takes: Literal["pinned", "all", "none"] = "pinned"
    with_media: bool = True


class Load(Body):
    """A graph file, and the canvas it goes on (None: a new one)."""

    path: FilePath
    canvas_id: CanvasId | None = None
    allow_missing: bool = False
    at: Place | None = None
    author: Author


class SlotMedium(Body):
    """What fills a picture or clip: an upload that is complete, or a medium the bridge has, by its content."""

    upload: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    content: Content | None = None
    name: Annotated[OneLine, Field(max_length=200)] = ""


class Insert(Body):
    """What fills a template's slots; what is left out gets the built-in default.

    ``inputs``: words, and the paths of files on the bridge's machine, which are the owner's. ``media``: what was
    uploaded, or what the bridge has.
    """

    canvas_id: CanvasId | None = None
    inputs: dict[str, str] = Field(default_factory=dict, max_length=50)
    media: dict[str, SlotMedium] = Field(default_factory=dict, max_length=50)
    at: Place | None = None
    author: Author


def graph_router(works: Works) -> APIRouter:
    """``/api/canvases/{id}/save``, ``/api/graphs`` and ``/api/templates``."""
    router = APIRouter(prefix="/api", tags=["graph files"])
    bridge = works.bridge

    @router.post("/canvases/{canvas_id}/save", status_code=201)
    def save(canvas_id: CanvasPath, body: Save) -> SavedGraph:
        """Write the canvas or a selection as a graph file, with its media beside it."""
        nodes = None if body.nodes is None else set(body.nodes)
        done = graphs.save(bridge, canvas_id, nodes, Path(body.path), with_media=body.with_media, takes=body.takes)
        return SavedGraph.model_validate(done, from_attributes=True)

    @router.post("/graphs/load", status_code=201)
    def load(body: Load) -> LoadedGraph:
        """Put a graph file on a canvas: one edit, or none at all."""
        done = graphs.load(
            bridge,
            Path(body.path),
            body.canvas_id,
            author=body.author,
            allow_missing=body.allow_missing,
            at=body.at,
        )
        return LoadedGraph.model_validate(done, from_attributes=True)

    @router.get("/templates")
    def templates_() -> list[TemplateInfo]:
        """The templates that ship, with their slots."""
        return [_info(templates.load_template(name)) for name in templates.template_names()]

    @router.post("/templates/{name}", status_code=201)
    def insert_template(name: Annotated[str, InPath(max_length=64)], body: Insert) -> InsertedTemplate:
        """Put a template on a canvas, or (without one) on a new canvas. Nothing is generated."""
        stored = {slot: _stored(works, one) for slot, one in body.media.items()}
        inputs = {**_by_slot(templates.load_template(name), body.inputs), **stored}
        done = templates.insert_template(bridge, body.canvas_id, name, inputs, author=body.author, at=body.at)
        return InsertedTemplate.model_validate(done, from_attributes=True)

    return router


def _stored(works: Works, given: SlotMedium) -> templates.Stored:
    """Return the medium of the store. Raises UsageError, and what `Uploads.finish` raises."""
    if given.upload and works.uploads is not None:
        done = works.uploads.finish(given.upload)
        assert done.content is not None
        return templates.Stored(done.content, given.name or done.name)
    if given.content is None:
        raise UsageError("A picture or clip is an upload or a content.", hint="Name one of the two.")
    return templates.Stored(given.content, given.name or "brought in")


def _by_slot(template: templates.Template, given: dict[str, str]) -> dict[str, templates.Given]:
    """Words stay words; what fills a picture or clip is the path of a file."""
    files = {str(slot.node) for slot in template.inputs if slot.kind != "text"}
    if files & given.keys():
        require("owner", "Naming a file on the bridge's machine")
    return {name: Path(value) if name in files else value for name, value in given.items()}


def _info(template: templates.Template) -> TemplateInfo:
    slots = tuple(
        TemplateSlot(name=slot.node, kind=slot.kind, title=slot.title, about=slot.about) for slot in template.inputs
    )
    return TemplateInfo(name=template.name, title=template.title, about=template.about, slots=slots)
