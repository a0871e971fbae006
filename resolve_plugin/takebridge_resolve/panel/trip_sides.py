"""Which shot an entry of a round trip is about, and what each side shows of it. Pure.

Entries name clips by address and in words; the links and the canvas say which takes those are. What is not certain is
None: then there is no picture, never a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from takebridge.canvas.model import Canvas, Take
from takebridge.client.panel_types import SeenClip
from takebridge.cut.link import ClipLink
from takebridge.cut.report_types import Entry
from takebridge.ids import BlobHash, NodeId, TakeId

if TYPE_CHECKING:
    from takebridge.cut.report_types import EditEntry

GIVEN_START = "given_start_frame"
"""Fact of a source clip's take: the source frame that its frame 0 is (services/push.py)."""
_SCHEME = "takebridge:"
"""Location of a take that is no file yet: ``takebridge:<link>/<take>`` (services/roundtrip_canvas.py)."""
_TAKE_IN_WORDS = re.compile(r"([\w.-]+) take (\d+)")


@dataclass(frozen=True, slots=True)
class Place:
    """A clip as the editor has it now, of one session."""

    session: str
    clip: SeenClip


@dataclass(frozen=True, slots=True)
class Shown:
    """Frames of a take that the timeline will show: ``start`` to ``end`` (exclusive) on the take's own grid."""

    link_id: str
    take_id: TakeId
    start: Fraction
    end: Fraction
    rate: str


def link_of(entry: Entry, links: Sequence[ClipLink], places: Iterable[Place] = ()) -> ClipLink | None:
    """Return the clip link an entry is about: by the shot it names, by the clip in the editor, by the media's name."""
    named = {shot for shot, _ in takes_named(entry.text)}
    by_shot = [link for link in links if link.shot in named]
    if len(by_shot) == 1:
        return by_shot[0]
    place = place_of(entry, places)
    ids = {one.link_id for one in place.clip.links} if place else set()
    by_clip = [link for link in links if link.id in ids or (place and link.clip_key == place.clip.clip)]
    if len(by_clip) == 1:
        return by_clip[0]
    by_media = [link for link in links if entry.name and entry.name in _names(link.media_path)]
    return by_media[0] if len(by_media) == 1 else None


def takes_named(text: str) -> list[tuple[str, int]]:
    """Return ``(shot, number)`` of every take that a text names: ``SH080 take 1``."""
    return [(shot, int(number)) for shot, number in _TAKE_IN_WORDS.findall(text)]


def place_of(entry: Entry, places: Iterable[Place]) -> Place | None:
    """Return the editor's clip an entry is about, when only one of that name is on its track."""
    if entry.editor is None:
        return None
    kind, track = str(entry.editor[0]), int(entry.editor[1]) + 1
    found = {
        one.clip.clip: one
        for one in places
        if one.clip.name == entry.name and one.clip.track_type == kind and one.clip.track_index == track
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _names(path: str) -> set[str]:
    posix, windows = PurePath(path), PureWindowsPath(path)
    return {posix.name, posix.stem, windows.name, windows.stem}


# --- the canvas's side ----------------------------------------------------------------------------------


def canvas_take(entry: Entry, link: ClipLink, canvas: Canvas) -> Take | None:
    """Return the take the canvas has for a shot: the pinned one of the last node behind its source.

    A number the entry names decides where several nodes have a take.
    """
    pinned = [canvas.takes[pin] for node in behind(link.node_id, canvas) if (pin := canvas.nodes[node].pin)]
    numbers = {number for shot, number in takes_named(entry.text) if shot == link.shot}
    if numbers:
        pinned = [take for take in pinned if take.seq in numbers] or pinned
    made = [take for take in pinned if take.node_id != link.node_id or link.fills_gap]
    return made[-1] if made else None


def behind(node: NodeId, canvas: Canvas) -> list[NodeId]:
    """Return a node and all that hangs on it, the nearest first; none when the node is not there."""
    if node not in canvas.nodes:
        return []
    found = [node]
    for at in found:
        fed = [wire.dst_node for wire in canvas.wires.values() if wire.src_node == at]
        found += [one for one in dict.fromkeys(fed) if one not in found]
    return found


def picture(take: Take | None) -> BlobHash | None:
    """Return the content of a take's picture."""
    if take is None:
        return None
    found = next((take.outputs[name] for name in ("video", "image") if name in take.outputs), None)
    return found.content if found else None


# --- what a step shows ----------------------------------------------------------------------------------


def shown_by(entry: EditEntry) -> Shown | None:
    """Return the frames of a take of ours that an edit puts into its slot; None when it does nothing of the kind."""
    for operation in entry.operations:
        take = operation.get("take")
        found = _shown(take if isinstance(take, Mapping) else operation)
        if found is not None:
            return found
    return None


def _shown(where: Mapping[str, Any]) -> Shown | None:
    media, source = where.get("media"), where.get("source")
    if not isinstance(media, Mapping) or not isinstance(source, list | tuple) or len(source) != 2:
        return None
    link, _, take = str(media.get("location", "")).removeprefix(_SCHEME).partition("/")
    if not str(media.get("location", "")).startswith(_SCHEME) or not take:
        return None
    start, end = (Fraction(str(one)) for one in source)
    return Shown(link, TakeId(take), start, end, str(media.get("rate", "")))


def offset_of(take: Take, link: ClipLink, canvas: Canvas) -> int:
    """Return the source frame that frame 0 of a take is: what it was made from says so, else the link."""
    for at in _ancestors(take, canvas):
        output = at.outputs.get("video")
        given = output.facts.get(GIVEN_START) if output else None
        if isinstance(given, int):
            return given
    return link.given_start_frame


def _ancestors(take: Take, canvas: Canvas) -> Iterator[Take]:
    todo, seen = [take], {take.id}
    while todo:
        at = todo.pop(0)
        yield at
        for one in at.recipe.inputs if at.recipe else ():
            if one.take not in seen and one.take in canvas.takes:
                seen.add(one.take)
                todo.append(canvas.takes[one.take])
