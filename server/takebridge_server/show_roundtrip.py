"""Round trips drawn for people in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from shlex import quote

from rich.console import Group, RenderableType
from rich.markup import escape

from takebridge.cut.trip_types import Price, RoundTrip, TakeRequest, TripFacts
from takebridge.store.amounts import money_range
from takebridge_server.show_canvas import filled

_OUTCOMES = {
    "base_kept": "[green]The base is kept.[/green]",
    "no_base": "[yellow]There is no base yet.[/yellow]",
    "planned": "[cyan]Dry run: nothing was changed.[/cyan]",
    "undecided": "[yellow]Nothing was changed: decide first.[/yellow]",
    "waiting": "[yellow]Takes are still being made; run it again when they are there.[/yellow]",
    "nothing": "[green]Both sides agree.[/green]",
    "applied": "[green]Applied, read back, and equal to the merged cut.[/green]",
}
_STATES = {"done": "green", "rolled_back": "yellow", "left": "red"}


def roundtrip(found: RoundTrip) -> RenderableType:
    """What a round trip does: edits, requests with their price, conflicts with choices, removed clips, the outcome."""
    parts: list[RenderableType] = [f"“{escape(found.timeline)}” of “{escape(found.project)}”: {escape(found.sentence)}"]
    if found.edits:
        rows = [(_where(edit.editor or edit.base), escape(edit.name), escape(edit.text)) for edit in found.edits]
        parts.append(filled(("clip", "name", "edit"), rows, "Edits"))
    if found.requests:
        parts.append(filled(("shot", "kind", "frames", "request", ""), [*map(_request, found.requests)], "Requests"))
        parts += _price(found.price)
    if found.conflicts:
        conflicts = [
            (one.id, escape(one.name), escape(one.text), " or ".join(one.choices), _chosen(found, one.id, one.chosen))
            for one in found.conflicts
        ]
        parts.append(filled(("id", "name", "conflict", "choices", "chosen"), conflicts, "Conflicts"))
    if found.removed:
        removed = [(escape(one.name), one.by, escape(one.text)) for one in found.removed]
        parts.append(filled(("name", "by", "why"), removed, "Not on the merged cut"))
    parts += [f"[yellow]{escape(note)}[/yellow]" for note in found.notes]
    parts += [_trip(one) for one in found.settled]
    if found.answer:
        parts.append(f"The merged cut, to import in the editor: {escape(found.answer)}")
    parts.append("[green]Written.[/green]" if found.answer else _OUTCOMES[found.outcome])
    if found.outcome == "applied" and found.trip is not None:
        parts.append(_carried_out(found.trip))
    parts += [escape(line) for line in _next(found)]
    return Group(*parts)


def _chosen(found: RoundTrip, conflict: str, choice: str) -> str:
    return "" if conflict in found.undecided else choice


def _carried_out(trip: TripFacts) -> str:
    copy = f"kept: “{escape(trip.copy_name)}”" if trip.copy_name else "deleted after it"
    return f"{trip.done} of {len(trip.steps)} steps done; the safety copy is {copy}."


def trips(found: Sequence[TripFacts]) -> RenderableType:
    """The last trips, the newest first."""
    return Group(*(_trip(one) for one in found)) if found else "No round trip has changed a timeline yet."


def _trip(one: TripFacts) -> str:
    colour = _STATES.get(one.state, "cyan")
    state = one.state.replace("_", " ")
    words = f"[{colour}]{state}[/{colour}] {one.trip}: “{escape(one.timeline)}”, {one.done} of {len(one.steps)} steps"
    copy = f"\n  safety copy: “{escape(one.copy_name)}”" if one.copy_name else ""
    return words + (f"\n  {escape(one.reason)}" if one.reason else "") + copy


def _where(address: Iterable[str | int] | None) -> str:
    return "" if address is None else " ".join(map(str, address))


def _request(one: TakeRequest) -> tuple[str, ...]:
    frames = f"{one.needs_frames} at the {one.edge}" if one.kind == "media" else str(one.needs_frames)
    return one.shot, one.kind, frames, escape(one.text), "can be made" if one.possible else ""


def _price(price: Price | None) -> list[str]:
    if price is None or not price.jobs:
        return []
    cost = "free" if price.high_micros == 0 else money_range(price.low_micros, price.high_micros, price.currency)
    return [f"Making them: {price.jobs} {'job' if price.jobs == 1 else 'jobs'}, {cost}. {escape(price.sentence)}"]


def _next(found: RoundTrip) -> list[str]:
    if found.outcome == "undecided" or (found.outcome == "planned" and found.undecided):
        first = next(one for one in found.conflicts if one.id in found.undecided)
        said = quote(f"{first.id}={first.choices[0]}")
        return [f"Decide with: takebridge roundtrip --choose {said} …, or --choose all=editor"]
    if found.outcome == "planned" and any(one.possible for one in found.requests):
        return ["Carry it out with: takebridge roundtrip --generate"]
    if found.outcome == "planned":
        return ["Carry it out with: takebridge roundtrip"]
    if found.outcome == "no_base":
        return ["Keep the base with: takebridge roundtrip"]
    return []
