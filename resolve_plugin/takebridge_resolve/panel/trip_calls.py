"""The calls of the round trip tab, in order, off the GUI thread and without a window."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from takebridge.canvas.model import Canvas
from takebridge.client.api import Api
from takebridge.client.panel_types import LookMode
from takebridge.client.replies import Status
from takebridge.cut.link import ClipLink
from takebridge.cut.merge_types import Choice
from takebridge.cut.report_types import ConflictEntry
from takebridge.cut.trip_types import RoundTrip, RoundTripRequest, TripFacts
from takebridge.errors import BridgeError, UsageError
from takebridge.ids import CanvasId
from takebridge_resolve.panel.trip_sides import Place, place_of
from takebridge_resolve.panel.trip_words import OPEN, same_plan

_LOOKS: tuple[LookMode, ...] = ("marks", "selected", "playhead")


@dataclass(frozen=True, slots=True)
class Found:
    """What a dry run with ``choices`` said, and all that is needed to show it.

    ``folder``: the editor is driven by documents, so applying writes one.
    """

    trip: RoundTrip
    choices: Mapping[str, Choice]
    links: tuple[ClipLink, ...] = ()
    canvas: Canvas | None = None
    trips: tuple[TripFacts, ...] = ()
    places: tuple[Place, ...] = ()
    folder: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """How applying ended. ``trip`` None: the plan had become another one, `found`, and nothing was done."""

    trip: RoundTrip | None
    trips: tuple[TripFacts, ...] = ()
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a person agreed to beside the plan itself."""

    choices: Mapping[str, Choice] = field(default_factory=dict)
    keep_copy: bool = False
    generate: bool = False
    max_micros: int = 0
    allow_unknown: bool = False


def what_changed(api: Api, canvas_id: CanvasId, choices: Mapping[str, Choice]) -> Found:
    """Make a dry run and gather what shows it. Changes nothing. Raises what a round trip raises."""
    trip = api.roundtrip(RoundTripRequest(canvas_id=canvas_id, choices=dict(choices)))
    links: tuple[ClipLink, ...] = ()
    canvas: Canvas | None = None
    with suppress(BridgeError):  # only names and pictures hang on these
        links = tuple(api.links(canvas_id))
        canvas = api.canvas(canvas_id).canvas
    places = tuple(_places(api, trip.conflicts)) if trip.conflicts else ()
    return Found(trip, dict(choices), links, canvas, past(api, canvas_id), places, is_folder(api))


def past(api: Api, canvas_id: CanvasId) -> tuple[TripFacts, ...]:
    """Return the trips of a canvas, the newest first; none where the bridge cannot say."""
    with suppress(BridgeError):
        return tuple(api.roundtrips(canvas_id))
    return ()


def _places(api: Api, conflicts: Iterable[ConflictEntry]) -> Iterable[Place]:
    """Look at the editor's clips until all that are in question were seen. A version may not know every mode."""
    wanted = [one for one in conflicts if one.editor is not None]
    found: list[Place] = []
    for mode in _LOOKS:
        if all(place_of(one, found) for one in wanted):
            break
        with suppress(BridgeError):
            look = api.look(mode)
            found += [Place(look.session, clip) for clip in look.clips]
    return found


def is_folder(api: Api) -> bool:
    """Say whether the editor is driven by documents alone."""
    with suppress(BridgeError):
        return only_folder(api.status())
    return False


def only_folder(status: Status) -> bool:
    """Say whether no agent is connected but a folder is watched."""
    live = any(host.get("host") != "folder" for host in status.hosts)
    return not live and (status.exchange is not None or bool(status.hosts))


def still_so(api: Api, canvas_id: CanvasId, seen: Found) -> bool:
    """Say whether the plan that was seen is the plan now. Raises what a round trip raises."""
    try:
        now = api.roundtrip(RoundTripRequest(canvas_id=canvas_id, choices=dict(seen.choices)))
    except UsageError as error:
        if "unknown" not in error.details:
            raise
        return False  # a colleague has decided one of the conflicts
    return same_plan(now, seen.trip)


def apply_seen(api: Api, canvas_id: CanvasId, seen: Found, agreed: Agreed) -> Applied:
    """Apply exactly the plan that was seen; when it is another one by now, return that and change nothing.

    Raises what a round trip raises.
    """
    if not still_so(api, canvas_id, seen):
        return Applied(None, found=what_changed(api, canvas_id, {}))
    request = RoundTripRequest(
        canvas_id=canvas_id,
        dry_run=False,
        choices=dict(agreed.choices),
        keep_copy=agreed.keep_copy,
        generate=agreed.generate,
        max_micros=agreed.max_micros,
        allow_unknown=agreed.allow_unknown,
    )
    done = api.roundtrip(request)
    return Applied(done, past(api, canvas_id))


def new_base(api: Api, canvas_id: CanvasId) -> Applied:
    """Take the open cut as the base; merges nothing."""
    done = api.roundtrip(RoundTripRequest(canvas_id=canvas_id, dry_run=False, new_base=True))
    return Applied(done, past(api, canvas_id))


def finish_or_undo(api: Api, canvas_id: CanvasId) -> Applied:
    """End what was cut off: finished when nobody edited since, else undone."""
    done = api.roundtrip(RoundTripRequest(canvas_id=canvas_id, dry_run=False, resume=True))
    return Applied(done, past(api, canvas_id))


def left_open(trips: Iterable[TripFacts]) -> TripFacts | None:
    """Return the newest trip that did not end."""
    return next((one for one in trips if one.state in OPEN and not one.ended_at), None)
