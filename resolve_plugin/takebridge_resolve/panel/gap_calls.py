"""The calls of the gap tab, in order, off the GUI thread and without a window."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from takebridge.canvas.model import Canvas
from takebridge.client.api import Api
from takebridge.client.panel_types import FillRequest, GapFilled, GapFound, PutClip, PutRequest
from takebridge.client.replies import Job
from takebridge.cut.link import ClipLink
from takebridge.errors import BridgeError, UsageError, from_wire
from takebridge.ids import CanvasId, LinkId
from takebridge_resolve.panel.models import Model, load_models

Mode = Literal["marks", "gaps"]


@dataclass(frozen=True, slots=True)
class Shots:
    """What a canvas has for gaps: links, nodes with takes, jobs."""

    links: tuple[ClipLink, ...] = ()
    canvas: Canvas | None = None
    jobs: tuple[Job, ...] = ()


@dataclass(frozen=True, slots=True)
class GapsFound:
    """The gaps of a look, of one editor session, and what the canvas has for them."""

    gaps: tuple[GapFound, ...]
    session: str
    shots: Shots


def find(api: Api, canvas_id: CanvasId | None, mode: Mode) -> GapsFound:
    """Look for gaps. Changes nothing. Raises HostError, UsageError without marks."""
    gaps = tuple(api.gaps(mode))
    return GapsFound(gaps, _session(api), shots(api, canvas_id))


def _session(api: Api) -> str:
    with suppress(BridgeError):
        return api.spot(fresh=False).session
    with suppress(BridgeError):
        return next((str(host.get("session", "")) for host in reversed(api.status().hosts)), "")
    return ""


def shots(api: Api, canvas_id: CanvasId | None) -> Shots:
    """Return what a canvas has for gaps; nothing without a canvas."""
    if canvas_id is None:
        return Shots()
    return Shots(tuple(api.links(canvas_id)), api.canvas(canvas_id).canvas, tuple(api.jobs(canvas_id)))


def models(api: Api) -> list[Model]:
    """Return the models that can be asked now."""
    return load_models(api)


def fill(api: Api, request: FillRequest) -> tuple[GapFilled, Shots]:
    """Make a shot for a gap; nothing is generated. Raises what filling raises."""
    made = api.fill(request)
    return made, shots(api, CanvasId(request.canvas_id))


def put(api: Api, canvas_id: CanvasId, link_id: LinkId) -> PutClip:
    """Put a shot's pinned take into its gap. Raises what became of it when that did not work."""
    found = api.put(PutRequest(canvas_id=canvas_id, links=(link_id,)))
    if not found:
        raise UsageError("Nothing was put: the shot has no pinned take.", hint="Pin a take, then try again.")
    if found[0].error is not None:
        raise from_wire(found[0].error, UsageError)
    return found[0]
