"""Takes on the timeline, as a native take, in the clip's place, or above it: for one clip, several, or all that wait.

Every way may be asked for again and then changes nothing. One clip that cannot be done does not stop the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import anyio.to_thread

from takebridge.canvas.model import Canvas, Node, Take
from takebridge.cut.hosted import HostClip, HostCut
from takebridge.cut.link import ClipLink
from takebridge.errors import BridgeError, NotFoundError, PreconditionError, UsageError
from takebridge.events import JsonValue
from takebridge.hosts import calls
from takebridge.hosts.port import Host
from takebridge.hosts.reading import read_cut
from takebridge.ids import CanvasId, LinkId, TakeId
from takebridge.services.bridge import Bridge
from takebridge.services.looking import shown_take
from takebridge.services.placing_takes_above import place_above
from takebridge.services.placing_takes_gap import place_in_gap
from takebridge.services.placing_takes_replace import replace_clip
from takebridge.services.placing_takes_steps import Placed, name_of
from takebridge.services.pull import PullRequest, agree_on_take, find_clip, take_named
from takebridge.services.roundtrip_canvas import deliverers, usable_take
from takebridge.services.stacking import bring, stack, stacks

PlaceHow = Literal["take", "replace", "above"]


@dataclass(frozen=True, slots=True)
class PutTakes:
    """Which takes go on the timeline, and how.

    ``links`` empty: every clip of the canvas on the open timeline whose pinned take is not what it shows, gaps that
    wait for their first take with them. ``takes`` names other takes than the pinned ones.
    """

    canvas_id: CanvasId
    links: tuple[LinkId, ...] = ()
    takes: Mapping[LinkId, TakeId] = field(default_factory=dict)
    how: PlaceHow = "take"
    author: str = "editor"


@dataclass(frozen=True, slots=True)
class PutOutcome:
    """What became of one clip; ``error`` as on the wire, None when it was read back as asked."""

    link_id: LinkId
    shot: str
    take_id: TakeId | None
    how: PlaceHow
    changed: bool
    sentence: str
    error: dict[str, object] | None = None


async def put(bridge: Bridge, host: Host, asked: PutTakes) -> list[PutOutcome]:
    """Put takes on the timeline, one clip after another, in record order unless they were named.

    Raises NotFoundError and UsageError for a request that names what is not there, HostError when the timeline cannot
    be read; then nothing was done. What goes wrong with one clip is in its outcome.
    """
    canvas = bridge.desk.view(asked.canvas_id).canvas
    todo = await _todo(bridge, host, canvas, asked)
    outcomes = []
    for number, link in enumerate(todo):
        _tell(bridge, asked, link, number, len(todo))
        outcomes.append(await _put_one(bridge, host, canvas, link, asked))
    if todo:
        _tell(bridge, asked, todo[-1], len(todo), len(todo))
    return outcomes


def _tell(bridge: Bridge, asked: PutTakes, link: ClipLink, done: int, total: int) -> None:
    facts: dict[str, JsonValue] = {"canvas": asked.canvas_id, "link": link.id, "shot": link.shot, "how": asked.how}
    coalesce = f"put {asked.canvas_id}"
    bridge.events.publish("put.progress", {**facts, "done": done, "total": total}, coalesce=coalesce)


async def _put_one(bridge: Bridge, host: Host, canvas: Canvas, link: ClipLink, asked: PutTakes) -> PutOutcome:
    take_id: TakeId | None = asked.takes.get(link.id)
    try:
        take_id = take_id or pinned_take(bridge, canvas, link)
        placed = await _placed(bridge, host, link, take_id, asked)
        await anyio.to_thread.run_sync(agree_on_take, bridge, link, take_id)
    except BridgeError as error:
        return PutOutcome(link.id, link.shot, take_id, asked.how, False, error.message, error.to_wire())
    return PutOutcome(link.id, link.shot, take_id, asked.how, placed.changed, placed.sentence)


async def _placed(bridge: Bridge, host: Host, link: ClipLink, take_id: TakeId, asked: PutTakes) -> Placed:
    take = take_named(bridge.desk.view(link.canvas_id).canvas, take_id)
    if link.waits:
        return await place_in_gap(bridge, host, link, take)
    try:
        return await _onto_clip(bridge, host, link, take, asked)
    except NotFoundError:
        if not link.fills_gap:
            raise
        return await place_in_gap(bridge, host, link, take)  # putting it was undone in the editor


async def _onto_clip(bridge: Bridge, host: Host, link: ClipLink, take: Take, asked: PutTakes) -> Placed:
    request, name = PullRequest(link_id=link.id, take_id=take.id, author=asked.author), name_of(link, take)
    if asked.how == "replace" and stacks(host):
        swapped = await stack(bridge, host, request, "auto")
        said = "took the place of" if swapped.changed else "is in the place of"
        return Placed(swapped.changed, f"{link.shot}: {name} {said} “{swapped.clip}”.")
    if asked.how == "replace":
        return await replace_clip(bridge, host, link, take)
    if asked.how == "above":
        return await place_above(bridge, host, link, take)
    report = await bring(bridge, host, request)
    if not report.changed:
        return Placed(False, f"{link.shot} shows {name} already.")
    if stacks(host):
        return Placed(True, " ".join([f"{link.shot} shows {name} now.", *report.notes[-1:]]))
    return Placed(True, f"{link.shot} shows {name} now. In the editor's take list it is “{Path(report.path).name}”.")


# --- which clips, which takes ---------------------------------------------------------------------------


async def _todo(bridge: Bridge, host: Host, canvas: Canvas, asked: PutTakes) -> list[ClipLink]:
    if not asked.links:
        if asked.takes:
            raise UsageError("Takes were named, but not the clips they are for.", hint="Name the clips as well.")
        cut = read_cut(await calls.snapshot(host, detail=()))
        return await anyio.to_thread.run_sync(waiting_links, bridge, canvas, cut)
    links = [bridge.links.get(key) for key in dict.fromkeys(asked.links)]
    if strange := next((link for link in links if link.canvas_id != canvas.id), None):
        raise NotFoundError(f"{strange.shot} is not of this canvas.", hint="Name clips of one canvas.", link=strange.id)
    if others := set(asked.takes) - set(asked.links):
        raise UsageError("A take was named for a clip that was not.", hint="Name the clip too.", link=min(others))
    return links


def waiting_links(bridge: Bridge, canvas: Canvas, cut: HostCut) -> list[ClipLink]:
    """Return the links of the clips on this timeline that show another take than the pinned one, in record order.

    Clips that are gone are not on the timeline; a shot for which several nodes have a take is listed, so that it is
    said why nothing is done about it.
    """
    found = []
    for link in bridge.links.of_timeline(canvas.id, cut.project_id, cut.timeline_id):
        if link.node_id not in canvas.nodes:
            continue
        deliveries = bridge.links.deliveries(link.id)
        nodes = deliverers(canvas, link, deliveries)
        clip = _there(bridge, cut, link)
        if not nodes or (clip is None and not link.waits):
            continue
        shown = shown_take(deliveries, clip) if clip else None
        if len(nodes) > 1 or (_has_take(canvas, link, nodes[0]) and nodes[0].pin != shown):
            found.append((clip.record.start if clip else link.start_record_frame, link))
    return [link for _, link in sorted(found, key=lambda pair: pair[0])]


def _there(bridge: Bridge, cut: HostCut, link: ClipLink) -> HostClip | None:
    try:
        return find_clip(bridge, cut, link)
    except NotFoundError:
        return None


def _has_take(canvas: Canvas, link: ClipLink, node: Node) -> bool:
    return usable_take(canvas, link, node) is not None


def pinned_take(bridge: Bridge, canvas: Canvas, link: ClipLink) -> TakeId:
    """Return the take that is pinned for a clip. Raises PreconditionError when there is none, or several might be."""
    if link.node_id not in canvas.nodes:
        raise PreconditionError(
            f"The source of {link.shot} is no longer on the canvas.", hint="Undo its removal, or push the clip again."
        )
    nodes = deliverers(canvas, link, bridge.links.deliveries(link.id))
    if len(nodes) > 1:
        names = ", ".join(f"“{node.title or node.id}”" for node in nodes)
        raise PreconditionError(
            f"{link.shot}: {names} all have a take for it.", hint="Choose the take that counts in its tray."
        )
    take = usable_take(canvas, link, nodes[0]) if nodes else None
    if take is None:
        raise PreconditionError(
            f"{link.shot} has no pinned take that fits it.", hint="Generate one, and pin it in the tray."
        )
    return take.id
