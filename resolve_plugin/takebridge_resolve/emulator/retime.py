"""Speed and transitions of an item by script, both since 21.1 (resolve.md §1.6)."""

from __future__ import annotations

from fractions import Fraction

from .call import ApiObject, Refused, read, write
from .placing import insert, source_span
from .state import Item, Timeline

_SPEED_KEYS = frozenset({"Percentage", "PitchCorrection", "StretchKeyframesToFit", "RippleTimeline"})
_TRANSITION_KEYS = frozenset({"type", "category", "position", "alignment", "duration"})


class Retime(ApiObject):
    """SetSpeed keeps the item's duration and shows more or less of the source."""

    _item: Item
    _timeline: Timeline

    def _editable(self) -> Item:
        raise NotImplementedError

    @read()
    def GetSpeed(self) -> dict[str, object]:
        """``{"Percentage": 200.0}``, negative when reversed. Since 21.1."""
        return {"Percentage": float(self._item.speed * (-100 if self._item.reversed else 100))}

    @write(False)
    def SetSpeed(self, speed: dict[str, object]) -> bool:
        """Retime the item; refused at 0, without media, or where the media has no more frames. Since 21.1."""
        percent = speed.get("Percentage")
        if not speed.keys() <= _SPEED_KEYS or isinstance(percent, bool) or not isinstance(percent, int | float):
            raise Refused
        item, rate = self._editable(), abs(Fraction(str(percent))) / 100
        if item.media is None or item.media.facts.is_still or not rate:
            raise Refused
        end = item.source_start + source_span(item.duration, item.media, self._timeline, rate)
        if end > item.media.frame_count:
            raise Refused
        item.speed, item.reversed, item.source_end = rate, percent < 0, end
        if item.takes:
            take = item.takes[item.selected_take - 1]
            take.start, take.end = item.source_start, item.source_end
        return True

    @write(False)
    def AddTransition(self, transition: dict[str, object]) -> bool:
        """Lay a transition over the item's start or end. Since 21.1.

        ``alignment`` "left" ends on the cut, "right" begins there, "center" lies across it (assumed). Refused over a
        transition that is there, or longer than what it lies on.
        """
        duration = transition.get("duration", 0)
        where, how = transition.get("position", "end"), transition.get("alignment", "center")
        if not transition.keys() <= _TRANSITION_KEYS or where not in ("start", "end"):
            raise Refused
        if isinstance(duration, float) and duration.is_integer():
            duration = int(duration)
        if how not in ("left", "center", "right") or not isinstance(duration, int) or duration < 1:
            raise Refused
        item = self._editable()
        cut = item.start if where == "start" else item.end
        start = {"left": cut - duration, "right": cut, "center": cut - duration // 2}[str(how)]
        self._lay(item, Item("transition", item.track_type, start, duration), str(transition.get("type") or ""))
        return True

    def _lay(self, item: Item, made: Item, name: str) -> None:
        made.name = name or "Cross Dissolve"
        track = self._timeline.track_of(item)
        if track is None or made.start < 0 or made.duration > 2 * item.duration:
            raise Refused
        if any(one.kind == "transition" and one.start < made.end and made.start < one.end for one in track.items):
            raise Refused
        insert(track, made)
