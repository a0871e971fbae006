"""The native take selector of a timeline item (resolve.md §1.6, §5.13).

Measured: 0/0 before there is a selector; AddTake makes the original take 1; adding the same media answers False
and still starts the selector. Assumed, until someone measures it: AddTake does not select, the selected take cannot
be deleted, a take range must lie inside its media, a locked track refuses every take change.
"""

from __future__ import annotations

from .call import ApiObject, Refused, read, write
from .placing import source_span
from .pool_item import MediaPoolItem
from .state import Item, Media, Take, Timeline


class Takes(ApiObject):
    """The seven take methods; ``_editable`` gives the item when a script may change it, else raises Refused."""

    _item: Item
    _timeline: Timeline

    def _editable(self) -> Item:
        raise NotImplementedError

    def _selector(self, index: int) -> Item:
        item = self._editable()
        if not 1 <= index <= len(item.takes):
            raise Refused
        return item

    @write(False)
    def AddTake(self, mediaPoolItem: MediaPoolItem, startFrame: int | None = None, endFrame: int | None = None) -> bool:
        """Add media as a take, whole or a range of its source frames; end exclusive from 19, inclusive on 18.x."""
        item = self._editable()
        if item.media is None:
            raise Refused
        take = self._take(mediaPoolItem._media, startFrame, endFrame)
        habits = self._world.profile.habits
        known = [item.media] if not item.takes else [other.media for other in item.takes]
        again = take.media in known and habits.same_media_take != "added"
        if again and habits.same_media_take == "refused":
            raise Refused
        if not item.takes:
            item.takes = [Take(item.media, item.source_start, item.source_end)]
            item.selected_take = 1
        if again:
            raise Refused
        item.takes.append(take)
        if habits.add_take_selects:
            select_take(self._timeline, item, len(item.takes))
        return True

    def _take(self, media: Media, start: int | None, end: int | None) -> Take:
        if media.timeline is not None:
            raise Refused
        first = start or 0
        last = media.frame_count if end is None else end + int(self._world.profile.end_frame_inclusive)
        if media.facts.is_still:
            return Take(media, 0, 1)
        checked = self._world.profile.habits.take_range_checked
        if not 0 <= first < last or (checked and last > media.frame_count):
            raise Refused
        return Take(media, first, last)

    @read(0)
    def GetTakesCount(self) -> int:
        """Number of takes, 0 without a selector."""
        return len(self._item.takes)

    @read(0)
    def GetSelectedTakeIndex(self) -> int:
        """1-based index of the selected take, 0 without a selector."""
        return self._item.selected_take

    @read()
    def GetTakeByIndex(self, idx: int) -> dict[str, object]:
        """``{startFrame, endFrame, mediaPoolItem}``, the end as this build counts it."""
        if not 1 <= idx <= len(self._item.takes):
            raise Refused
        take = self._item.takes[idx - 1]
        end = take.end - int(self._world.profile.end_frame_inclusive)
        return {
            "startFrame": take.start,
            "endFrame": end,
            "mediaPoolItem": MediaPoolItem(self._world, take.media),
        }

    @write(False)
    def SelectTakeByIndex(self, idx: int) -> bool:
        """Show another take: media and source change; start, duration and look stay."""
        select_take(self._timeline, self._selector(idx), idx)
        return True

    @write(False)
    def DeleteTakeByIndex(self, idx: int) -> bool:
        """Delete a take that is not selected; later ones move up."""
        item = self._selector(idx)
        if idx == item.selected_take:
            if not self._world.profile.habits.selected_take_deletable or len(item.takes) == 1:
                raise Refused
            select_take(self._timeline, item, 2 if idx == 1 else 1)
        del item.takes[idx - 1]
        item.selected_take -= int(idx < item.selected_take)
        return True

    @write(False)
    def FinalizeTake(self) -> bool:
        """Keep the selected take as plain media; the selector is gone."""
        item = self._editable()
        if not item.takes:
            raise Refused
        item.takes, item.selected_take = [], 0
        return True


def select_take(timeline: Timeline, item: Item, index: int) -> None:
    """Make take ``index`` (1-based) the item's media, over the item's own duration."""
    take = item.takes[index - 1]
    item.selected_take, item.media, item.source_start = index, take.media, take.start
    item.source_end = take.start + source_span(item.duration, take.media, timeline, item.speed)
