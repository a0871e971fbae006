"""What a user does by hand in the emulated Resolve. Frames are timeline_frames; wrong names raise EditError."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from .media_pool import delete_media, import_file
from .placing import insert, is_free, link, unlink
from .state import Item, Project, Timeline, Track, new_id
from .takes import select_take
from .timecode import parse_timecode
from .timeline import remove
from .timeline_item import retrim

if TYPE_CHECKING:
    from .world import World


class EditError(ValueError):
    """The edit cannot be done by hand either: no such item, track or room. Nothing has changed."""


class UserEdits:
    """Edits on the open timeline, whatever scripts may do at the moment."""

    def __init__(self, world: World) -> None:
        self._world = world

    def _timeline(self) -> Timeline:
        timeline = self._world.project.current_timeline
        if timeline is None:
            raise EditError("No timeline is open.")
        return timeline

    def _found(self, item_id: str) -> tuple[Timeline, Track, Item]:
        timeline = self._timeline()
        for _, _, track, item in timeline.located():
            if item.id == item_id:
                return timeline, track, item
        raise EditError(f"No item {item_id!r} on the open timeline.")

    # --- where the user looks ---

    def set_playhead(self, timecode: str) -> None:
        """Put the playhead at a timecode label."""
        with self._world.lock:
            timeline = self._timeline()
            frame = parse_timecode(timecode, timeline.rate, timeline.drop_frame)
            timeline.playhead = max(0, frame - timeline.start_frame)

    def select(self, item_ids: list[str]) -> None:
        """Select items, in this order."""
        with self._world.lock:
            found = [self._found(item_id)[2].id for item_id in item_ids]
            self._timeline().selection = found

    def mark(self, first: int | None, last: int | None) -> None:
        """Set in and out (out included), or clear both with None."""
        with self._world.lock:
            self._timeline().marks = None if first is None or last is None else (first, last)

    def switch_timeline(self, name: str) -> None:
        """Open another timeline of the project."""
        with self._world.lock:
            found = [t for t in self._world.project.timelines if t.name == name]
            if not found:
                raise EditError(f"No timeline {name!r}.")
            self._world.make_current(found[0])

    def switch_project(self, name: str) -> None:
        """Open another project."""
        with self._world.lock:
            self._world.open_project(self._project(name))

    def _project(self, name: str) -> Project:
        for project in self._world.projects:
            if project.name == name:
                return project
        raise EditError(f"No project {name!r}.")

    def lock_track(self, track_type: str, index: int, locked: bool = True) -> None:
        """Lock or unlock a track of the open timeline, 1-based."""
        with self._world.lock:
            tracks = self._timeline().tracks.get(track_type, [])
            if not 1 <= index <= len(tracks):
                raise EditError(f"No {track_type} track {index}.")
            tracks[index - 1].locked = locked

    # --- what the user changes ---

    def move_item(self, item: str, timeline_start: int) -> None:
        """Move an item in time; its linked items keep their distance."""
        with self._world.lock:
            timeline, _, found = self._found(item)
            offset = timeline_start - found.start
            moving = [found, *(other for key in found.linked if (other := timeline.item(key)))]
            tracks = [timeline.track_of(part) for part in moving]
            for part, track in zip(moving, tracks, strict=True):
                rest = [other for other in track.items if other not in moving] if track else []
                if track is None or not is_free(Track("", rest), part.start + offset, part.duration):
                    raise EditError("There is no room to move the item there.")
            for part, track in zip(moving, tracks, strict=True):
                part.start += offset
                if track is not None:
                    track.items.sort(key=lambda other: (other.start, other.kind == "transition"))

    def trim_item(self, item: str, head: int = 0, tail: int = 0) -> None:
        """Take record frames off the head and the tail (negative: add, as far as the media goes)."""
        with self._world.lock:
            timeline, track, found = self._found(item)
            duration = found.duration - head - tail
            rest = Track("", [other for other in track.items if other is not found])
            if duration < 1 or not is_free(rest, found.start + head, duration):
                raise EditError("The trim leaves nothing, or runs into a neighbour.")
            shift = 0
            if found.media is not None:
                shift = round(Fraction(head) / timeline.rate * found.media.rate * found.speed)
            if found.source_start + shift < 0:
                raise EditError("The media has no more frames at the head.")
            found.start, found.duration, found.source_start = found.start + head, duration, found.source_start + shift
            retrim(timeline, found)

    def slip_item(self, item: str, source_frames: int) -> None:
        """Show another part of the media; start and duration stay."""
        with self._world.lock:
            timeline, _, found = self._found(item)
            if found.source_start + source_frames < 0:
                raise EditError("The media has no frames there.")
            found.source_start += source_frames
            retrim(timeline, found)

    def delete_item(self, item: str, ripple: bool = False) -> None:
        """Delete an item and, as the user does, what is linked with it."""
        with self._world.lock:
            timeline, _, found = self._found(item)
            linked = [other for key in found.linked if (other := timeline.item(key))]
            remove(timeline, [found, *linked], ripple=ripple)

    def razor_item(self, item: str, timeline_frame: int) -> str:
        """Cut an item in two; the left half keeps the id, the right one's new id is returned."""
        with self._world.lock:
            timeline, track, found = self._found(item)
            if not found.start < timeline_frame < found.end:
                raise EditError("The cut is not inside the item.")
            right = _right_half(timeline, found, timeline_frame)
            insert(track, right)
            partners = [timeline.item(key) for key in found.linked]
            halves = [right]
            for partner in partners:
                where = timeline.track_of(partner) if partner else None
                if partner and where and partner.start < timeline_frame < partner.end:
                    halves.append(_right_half(timeline, partner, timeline_frame))
                    insert(where, halves[-1])
            link(*halves)
            return right.id

    def rename_item(self, item: str, name: str) -> None:
        """Rename an item; its id stays."""
        with self._world.lock:
            self._found(item)[2].name = name

    def set_item(
        self,
        item: str,
        *,
        color: str | None = None,
        enabled: bool | None = None,
        properties: dict[str, object] | None = None,
        grade_nodes: int | None = None,
    ) -> None:
        """Change how an item looks."""
        with self._world.lock:
            found = self._found(item)[2]
            found.color = found.color if color is None else color
            found.enabled = found.enabled if enabled is None else enabled
            found.properties |= properties or {}
            if grade_nodes is not None:
                found.grade.versions[found.grade.current] = grade_nodes

    def unlink_item(self, item: str) -> None:
        """Take an item out of its link group."""
        with self._world.lock:
            timeline, _, found = self._found(item)
            unlink(timeline, [found])

    def select_take(self, item: str, index: int) -> None:
        """Choose a take in the take selector."""
        with self._world.lock:
            timeline, _, found = self._found(item)
            if not 1 <= index <= len(found.takes):
                raise EditError(f"The item has no take {index}.")
            select_take(timeline, found, index)

    def import_file(self, path: str) -> str:
        """Drop a file into the current bin; its pool item's id."""
        with self._world.lock:
            media = import_file(self._world, path)
            if media is None:
                raise EditError(f"{path!r} is no media.")
            return media.id

    def delete_media(self, media: str) -> None:
        """Delete a pool item by id, and every item and take that shows it."""
        with self._world.lock:
            gone = [m for m in self._world.project.all_media() if m.id == media]
            if not gone:
                raise EditError(f"No pool item {media!r}.")
            for timeline in self._world.project.timelines:
                remove(timeline, [item for *_, item in timeline.located() if item.media is gone[0]])
            delete_media(self._world.project, gone)


def _right_half(timeline: Timeline, item: Item, timeline_frame: int) -> Item:
    head = timeline_frame - item.start
    consumed = 0
    if item.media is not None:
        consumed = round(Fraction(head) / timeline.rate * item.media.rate * item.speed)
    right = Item(
        item.kind,
        item.track_type,
        timeline_frame,
        item.end - timeline_frame,
        item.media,
        item.source_start + consumed,
        item.source_end,
        item.speed,
        item.reversed,
        item.name,
        new_id(),
        properties=dict(item.properties),
        color=item.color,
        enabled=item.enabled,
    )
    item.duration = head
    retrim(timeline, item)
    retrim(timeline, right)
    return right
