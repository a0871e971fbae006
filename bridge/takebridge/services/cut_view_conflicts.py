"""What waits for a decision on the open timeline: the conflicts a round trip would ask about now.

They are found anew from base, timeline and canvas, never kept: so they are there after a reload and for everybody, and
are gone as soon as somebody decided them or took back what made them.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from takebridge.cut.view_types import CutConflict
from takebridge.errors import BridgeError
from takebridge.ids import CanvasId
from takebridge.services.bridge import Bridge
from takebridge.services.cut_view_reading import Reading
from takebridge.services.roundtrip_canvas import with_imported
from takebridge.services.roundtrip_plan import plan_trip
from takebridge.services.roundtrip_sides import decisions, sides_of

_CANVASES = 32
_Key = tuple[str, int, str, str]


@dataclass(slots=True)
class Conflicts:
    """The conflicts of each canvas with the timeline it was read with last. Made once a reading, revision and base."""

    _kept: OrderedDict[CanvasId, tuple[_Key, tuple[CutConflict, ...]]] = field(default_factory=OrderedDict)

    def of(self, bridge: Bridge, canvas_id: CanvasId, reading: Reading) -> tuple[CutConflict, ...]:
        """Return what waits for a decision. Empty where there is no base, or where it does not fit. Changes nothing."""
        view = bridge.desk.view(canvas_id)
        base = bridge.cuts.base(reading.host_cut.project_id, reading.host_cut.timeline_id)
        key = (view.epoch, view.rev, reading.id, base.at if base else "")
        kept, found = self._kept.pop(canvas_id, (None, ()))
        if kept != key:
            found = _found(bridge, canvas_id, reading)
        self._kept[canvas_id] = (key, found)
        while len(self._kept) > _CANVASES:
            self._kept.popitem(last=False)
        return found


def _found(bridge: Bridge, canvas_id: CanvasId, reading: Reading) -> tuple[CutConflict, ...]:
    host_cut = reading.host_cut
    base = bridge.cuts.base(host_cut.project_id, host_cut.timeline_id)
    if base is None:
        return ()
    try:
        if reading.document:
            base = with_imported(bridge, canvas_id, reading.cut, base)
        planned = plan_trip(bridge, canvas_id, host_cut, reading.cut, base, {})
        waiting = {one.id for one in planned.undecided}
        if not waiting:
            return ()
        sides = sides_of(planned, bridge.desk.view(canvas_id).canvas, reading.session, frozenset(), "")
        return tuple(
            CutConflict(id=one.id, name=one.name, shot=one.shot, link_id=one.link_id, node=one.node, text=one.text)
            for one in decisions(sides, {})
            if one.id in waiting
        )
    except BridgeError:
        return ()  # the view's own notes, and a comparison, say what is the matter
