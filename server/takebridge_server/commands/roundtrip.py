"""``roundtrip``: the open timeline and the canvas become one cut again."""

from __future__ import annotations

from typing import Annotated

import typer

from takebridge.cut.merge_types import Choice
from takebridge.cut.trip_types import RoundTrip, RoundTripRequest, TripFacts
from takebridge.errors import UsageError
from takebridge_server import show_roundtrip
from takebridge_server.commands.naming import canvas_named
from takebridge_server.commands.terminal import (
    DEFAULT_AUTHOR,
    Author,
    CanvasOption,
    Home,
    Json,
    audience,
    bridge_at,
    do,
    micros_of,
)
from takebridge_server.watch import tell_pauses, with_progress

_CHOICES: tuple[Choice, ...] = ("editor", "canvas", "both")
STOPPED = (
    "Stopped. Unless the timeline was already being changed, the trip is called off and nothing was changed; else it "
    "is being finished. See: takebridge roundtrip --trips. Takes that were ordered are still made: takebridge jobs"
)
_UNFINISHED = ("undecided", "waiting")


def roundtrip(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    choose: Annotated[
        list[str] | None,
        typer.Option("--choose", help="Decide a conflict: ID=editor, ID=canvas or ID=both; all=… for all. Repeatable."),
    ] = None,
    generate: Annotated[bool, typer.Option("--generate", help="Make the takes the merged cut asks for.")] = False,
    max_price: Annotated[
        str | None, typer.Option("--max-price", help="The most these takes may cost, such as 1.50 (default: 0).")
    ] = None,
    allow_unknown: Annotated[
        bool, typer.Option("--allow-unknown", help="Make takes at an unknown price too, within --max-price.")
    ] = False,
    keep_copy: Annotated[bool, typer.Option("--keep-copy", help="Keep the safety copy of the timeline.")] = False,
    new_base: Annotated[
        bool, typer.Option("--new-base", help="Start from the timeline as it is now; merge nothing.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Only end a round trip that was cut off.")] = False,
    trips: Annotated[bool, typer.Option("--trips", help="List the last round trips instead.")] = False,
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Merge the open timeline with the canvas, on a safety copy's safety. Exit code 1 when something waits for you."""
    if trips:
        do(as_json, lambda: _trips(home, canvas), show_roundtrip.trips)
        return

    def work() -> RoundTrip:
        most = 0 if max_price is None else micros_of(max_price)
        choices = choices_of(choose or [])
        with bridge_at(home) as api:
            body = RoundTripRequest(
                canvas_id=canvas_named(api, canvas),
                dry_run=dry_run,
                choices=choices,
                generate=generate,
                max_micros=most,
                allow_unknown=allow_unknown,
                keep_copy=keep_copy,
                new_base=new_base,
                resume=resume,
                author=author,
            )
            if generate:
                tell_pauses(api, audience(as_json), body.canvas_id)
            return with_progress(api.client, audience(as_json), lambda: api.roundtrip(body), STOPPED)

    found = do(as_json, work, show_roundtrip.roundtrip)
    raise typer.Exit(1 if found.outcome in _UNFINISHED else 0)


def choices_of(words: list[str]) -> dict[str, Choice]:
    """Return choices by conflict id from ``ID=editor``. Raises UsageError."""
    found: dict[str, Choice] = {}
    for one in words:
        name, equals, said = one.rpartition("=")
        choice = next((word for word in _CHOICES if word == said), None)
        if not equals or not name or choice is None:
            raise UsageError(f"“{one[:80]}” is no choice.", hint="Write --choose ID=editor, ID=canvas or ID=both.")
        found[name] = choice
    return found


def _trips(home: Home, canvas: CanvasOption) -> list[TripFacts]:
    with bridge_at(home) as api:
        return api.roundtrips(canvas_named(api, canvas) if canvas else None)
