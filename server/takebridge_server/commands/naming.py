"""Finding canvases, nodes, takes and shots by the names people see."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from shlex import quote
from typing import Any

from takebridge.canvas.model import Canvas, Node, Take
from takebridge.client.api import Api
from takebridge.errors import NotFoundError, UnknownTakeError, UsageError
from takebridge.ids import CanvasId, JobId, NodeId, TakeId
from takebridge_server.short_ids import whole_id

PUSH_FIRST = "Put the playhead on a clip and run: takebridge push"
_MOST_NAMES = 12


def canvas_named(api: Api, name: str | None, *, make: bool = False) -> CanvasId:
    """Return the canvas asked for (by id, else by title), else the first one, else (``make``) a new one.

    Raises NotFoundError, and UsageError for a title that several have.
    """
    known = api.canvases()
    if name is not None:
        return _canvas(known, name)
    if known:
        return next(iter(known))
    if not make:
        raise NotFoundError("There is no canvas yet.", hint=PUSH_FIRST)
    return api.create_canvas("Canvas").canvas.id


def _canvas(known: dict[CanvasId, str], name: str) -> CanvasId:
    found = [canvas_id for canvas_id, title in known.items() if title == name]
    if CanvasId(name) in known or not found:
        return CanvasId(name)  # the bridge says what is wrong with an id nobody has
    if len(found) > 1:
        raise UsageError(
            f"{len(found)} canvases are called “{name}”.", hint="Use its id: 'takebridge canvas list' shows them."
        )
    return found[0]


def node_named(canvas: Canvas, name: str) -> Node:
    """Return a node by id, else by title. Raises NotFoundError, and UsageError for a title that several have."""
    if found := canvas.nodes.get(NodeId(name)):
        return found
    titled = [node for node in canvas.nodes.values() if node.title == name]
    if len(titled) == 1:
        return titled[0]
    if titled:
        raise UsageError(
            f"{len(titled)} nodes are called “{name}”.", hint=f"Use its id: {_listed(node.id for node in titled)}."
        )
    titles = sorted(node.title for node in canvas.nodes.values())
    if near := [title for title in titles if name.casefold() in title.casefold()]:
        raise NotFoundError(f"There is no node “{name}”.", hint=f"Write the whole title: {_listed(near)}.")
    raise NotFoundError(f"There is no node “{name}”.", hint=f"There are: {_listed(titles)}." if titles else PUSH_FIRST)


def take_named(canvas: Canvas, name: str, node: Node | None = None) -> Take:
    """Return a take by id (its beginning will do), or by its number in ``node``. Raises UnknownTakeError."""
    known = [take.id for take in canvas.takes.values() if node in (None, canvas.nodes.get(take.node_id))]
    if (take_id := whole_id(known, name)) is not None:
        return canvas.takes[TakeId(take_id)]
    tray = canvas.takes_of(node.id) if node else ()
    number = re.fullmatch(r"(?:take\s*)?(\d{1,9})", name, re.IGNORECASE)
    if number and (found := next((take for take in tray if take.seq == int(number[1])), None)):
        return found
    if node is None:
        say_whose = "Say whose take it is: --node TITLE." if number else ""
        listed = "'takebridge takes NODE' lists them with their ids."
        raise UnknownTakeError(f"There is no take “{name}”.", hint=f"{say_whose} {listed}".strip())
    numbers = ", ".join(str(take.seq) for take in tray)
    hint = f"It has take {numbers}." if numbers else f"It has none yet. Run: takebridge generate {quote(node.title)}"
    raise UnknownTakeError(f"“{node.title}” has no take “{name}”.", hint=hint)


def job_named(api: Api, name: str) -> JobId:
    """Return a job by id, or by the beginning of one as tables show it; the bridge says what is wrong with others."""
    return JobId(whole_id((job["job"] for job in api.client.get("/api/jobs")), name) or name)


def titles_of_jobs(api: Api, jobs: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Return what the nodes of these jobs are called, by id; nothing for what is gone."""
    titles: dict[str, str] = {}
    for canvas_id in dict.fromkeys(CanvasId(job["canvas"]) for job in jobs):
        with suppress(NotFoundError):
            titles.update({str(key): node.title for key, node in api.canvas(canvas_id).canvas.nodes.items()})
    return titles


def link_named(links: list[dict[str, Any]], shot: str) -> dict[str, Any]:
    """Return a clip link by shot name or id. Raises NotFoundError."""
    for link in links:
        if shot in (link["shot"], link["id"]):
            return link
    shots = _listed(link["shot"] for link in links)
    raise NotFoundError(f"There is no shot “{shot}”.", hint=f"There are: {shots}." if shots else PUSH_FIRST)


def newest_take(canvas: Canvas, link: dict[str, Any]) -> str:
    """Return the newest pinned take of the nodes directly behind the shot's source. Raises NotFoundError."""
    behind = {wire.dst_node for wire in canvas.wires.values() if wire.src_node == link["node_id"]}
    nodes = [canvas.nodes[key] for key in canvas.nodes if key in behind]
    pins = [canvas.takes[node.pin] for node in nodes if node.pin]
    if not pins:
        titles = sorted(node.title for node in nodes)
        hint = f"Run: takebridge generate {quote(titles[0])}" if titles else "Push it again with --process upscale."
        raise NotFoundError(f"{link['shot']} has no take yet.", hint=hint)
    return max(pins, key=lambda take: take.created_at).id


def _listed(names: Iterable[str]) -> str:
    all_names = list(names)
    shown = ", ".join(all_names[:_MOST_NAMES])
    return f"{shown} and {len(all_names) - _MOST_NAMES} more" if len(all_names) > _MOST_NAMES else shown
