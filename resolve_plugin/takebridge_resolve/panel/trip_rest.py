"""What of a round trip can go in while a conflict is left for later: takes on clips that no conflict is about.

A round trip cannot leave a part open: when it ends, the whole merged cut is the new base, so a conflict nobody decided
would count as agreed. Takes on clips apart from every conflict need no round trip: they are put on the timeline as a
pull does it, and the base is told of each (services/placing_takes.py). Everything else waits. Pure but for `put_rest`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from takebridge.client.api import Api
from takebridge.client.panel_types import PutClip, PutRequest
from takebridge.cut.report_types import EditEntry, Entry
from takebridge.ids import CanvasId, LinkId, TakeId
from takebridge_resolve.panel.trip_calls import Found, still_so, what_changed
from takebridge_resolve.panel.trip_sides import link_of, shown_by

_TAKE_ALONE = frozenset({"import", "add_take"})
"""Operations of an edit that does nothing but give a clip a take."""


@dataclass(frozen=True, slots=True)
class Rest:
    """How it ended. ``done`` None: the plan had become another one, and nothing was done. ``found`` is the plan now."""

    done: tuple[PutClip, ...] | None
    found: Found


def undisputed(found: Found) -> dict[LinkId, TakeId]:
    """Return the takes that can go in apart from the round trip, by clip link.

    Left out: clips of conflicts, clips that other changes are about as well, and everything where the editor is
    driven by documents, which know no single takes.
    """
    if found.folder:
        return {}
    taken = {spot for one in found.trip.conflicts for spot in _spots(one)}
    owners = (link_of(one, found.links, found.places) for one in found.trip.conflicts)
    disputed = {owner.id for owner in owners if owner is not None}
    named = Counter(shown.link_id for one in found.trip.edits if (shown := shown_by(one)))
    free = {one.id for one in found.links} - disputed
    able: dict[LinkId, TakeId] = {}
    for one in found.trip.edits:
        shown = shown_by(one)
        if shown is None or not _is_take_alone(one) or taken & _spots(one):
            continue
        link = LinkId(shown.link_id)
        if link in free and named[shown.link_id] == 1:
            able[link] = shown.take_id
    return able


def _is_take_alone(entry: EditEntry) -> bool:
    return entry.editor is not None and {str(one.get("op")) for one in entry.operations} <= _TAKE_ALONE


def _spots(entry: Entry) -> set[tuple[str, str]]:
    """The clips an entry is about or covers, each with its side: two entries that share one are about one clip."""
    own = (("base", entry.base), ("editor", entry.editor), ("canvas", entry.canvas))
    also = (("base", entry.covers.base), ("editor", entry.covers.editor), ("canvas", entry.covers.canvas))
    found = {(side, str([*place])) for side, place in own if place is not None}
    return found | {(side, str([*place])) for side, places in also for place in places}


def put_rest(api: Api, canvas_id: CanvasId, seen: Found) -> Rest:
    """Put the undisputed takes of exactly the plan that was seen on the timeline, and look again.

    One clip that fails does not stop the others. Raises what looks and puts raise.
    """
    if not still_so(api, canvas_id, seen):
        return Rest(None, what_changed(api, canvas_id, {}))
    takes = undisputed(seen)
    done = api.put(PutRequest(canvas_id=canvas_id, links=tuple(takes), takes=takes))
    return Rest(tuple(done), what_changed(api, canvas_id, {}))
