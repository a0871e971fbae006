"""The journal of round trips as clients see it."""

from __future__ import annotations

from takebridge.cut.trip_types import TripFacts
from takebridge.services.bridge import Bridge
from takebridge.store.cuts import Trip


def trip_facts(trip: Trip) -> TripFacts:
    """Return what clients see of a trip."""
    return TripFacts(
        trip=trip.id,
        canvas=trip.canvas_id,
        timeline=trip.timeline_name,
        state=trip.state,
        steps=[step.text for step in trip.steps],
        done=sum(step.state == "done" for step in trip.steps),
        copy_name=trip.copy_name if trip.copy_id else "",
        reason=trip.reason,
        created_at=trip.created_at,
        ended_at=trip.ended_at,
    )


def cut_off(bridge: Bridge) -> list[str]:
    """Return one line for every round trip that neither ended nor was undone."""
    return [
        f"A round trip of “{trip.timeline_name}” was cut off: with it open, 'takebridge roundtrip --resume' ends it."
        for trip in bridge.cuts.open_trips()
    ]
