"""``plan``, ``run`` and ``fan``: what would be made for how much, and making it within what was agreed to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from takebridge.canvas.model import Canvas
from takebridge.canvas.plan_types import Plan, Scope
from takebridge.client.replies import RunFacts
from takebridge.errors import BudgetError, PreconditionError, UsageError
from takebridge.store.amounts import money
from takebridge_server import show_jobs, show_plan
from takebridge_server.commands.models import model_id_of
from takebridge_server.commands.naming import canvas_named, node_named
from takebridge_server.commands.terminal import (
    DEFAULT_AUTHOR,
    Author,
    CanvasOption,
    Home,
    Json,
    MaxCost,
    NodeName,
    audience,
    bridge_at,
    console,
    do,
    is_attended,
    micros_of,
)
from takebridge_server.watch import tell_pauses, watch_jobs, watch_run

Nodes = Annotated[list[str] | None, typer.Option("--node", help="These nodes alone, by id or title. Repeatable.")]
Below = Annotated[list[str] | None, typer.Option("--downstream", help="This node and all below it. Repeatable.")]
Stale = Annotated[bool, typer.Option("--stale", help="Everything that has something to make (the default).")]


def plan(
    node: Nodes = None,
    downstream: Below = None,
    stale: Stale = False,
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say what would run now, in which order, for how much and how long. Nothing is started."""

    seen: list[Canvas] = []

    def work() -> Plan:
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            seen.append(api.canvas(canvas_id).canvas)
            scope = scope_of(seen[0], node, downstream, stale=stale)
            return api.plan(canvas_id, scope, author=author)

    do(as_json, work, lambda found: show_plan.plan(found, seen[0]))


def run(
    node: Nodes = None,
    downstream: Below = None,
    stale: Stale = False,
    yes: Annotated[bool, typer.Option("--yes", help="Agree to what the plan says it may cost, unasked.")] = False,
    max_cost: MaxCost = None,
    allow_unknown: Annotated[
        bool, typer.Option("--allow-unknown", help="Run jobs at an unknown price too, within --max-cost.")
    ] = False,
    wait: Annotated[bool, typer.Option(help="Wait for the end, with progress.")] = True,
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show the plan, ask, and carry it out for no more than was agreed to. Exit code 1 when it does not end well."""

    def work() -> RunFacts:
        most = None if max_cost is None else micros_of(max_cost)
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            here = api.canvas(canvas_id).canvas
            scope = scope_of(here, node, downstream, stale=stale)
            found = api.plan(canvas_id, scope, author=author)
            if not as_json:
                console.print(show_plan.plan(found, here))
            must_run(found, scope)
            agreed = consent_to(found, most, yes=yes, allow_unknown=allow_unknown, ask=not as_json and is_attended())
            begun = api.run(
                canvas_id,
                scope,
                author=author,
                digest=found.digest,
                max_micros=agreed,
                allow_unknown=allow_unknown,
            )
            tell_pauses(api, audience(as_json), canvas_id)
            return watch_run(api, begun.run, audience(as_json)) if wait else begun

    ended = do(as_json, work, show_plan.run)
    raise typer.Exit(0 if not wait or ended.state == "done" else 1)


def scope_of(canvas: Canvas, nodes: list[str] | None, below: list[str] | None, *, stale: bool) -> Scope:
    """Return what is meant. Raises UsageError for two scopes at once, and what `node_named` raises."""
    if bool(nodes) + bool(below) + stale > 1:
        raise UsageError("A plan has one scope.", hint="Give --node, --downstream or --stale.")
    if nodes:
        found = tuple(dict.fromkeys(node_named(canvas, name).id for name in nodes))
        return Scope(kind="node" if len(found) == 1 else "selection", nodes=found)
    if below:
        return Scope(kind="downstream", nodes=tuple(dict.fromkeys(node_named(canvas, name).id for name in below)))
    return Scope(kind="stale")


def must_run(found: Plan, scope: Scope) -> None:
    """Raise PreconditionError when nodes were named and none can run, for another reason than being fresh."""
    cannot = [one for one in found.skipped if one.reason in ("no_provider", "blocked", "locked")]
    if scope.kind in ("node", "selection") and not found.steps and cannot:
        raise PreconditionError(
            f"“{cannot[0].title}” cannot run: {cannot[0].words}",
            hint="Nothing was started. 'takebridge node --help' says how to change a node.",
            node=cannot[0].node,
        )


def consent_to(found: Plan, most: int | None, *, yes: bool, allow_unknown: bool, ask: bool) -> int:
    """Return the most that may be paid, in millionths, as a person agrees to it.

    Raises BudgetError when ``most`` is less than the plan may cost, PreconditionError without consent.
    """
    high = sum(one.high_micros for one in found.whole)
    currency = next((one.currency for one in found.whole), "USD")
    unknown = bool(found.unknown_prices)
    if unknown and (most is None or not allow_unknown):
        raise PreconditionError(
            f"{found.unknown_prices} of these jobs have an unknown price.",
            hint="Say what they may cost: --allow-unknown --max-cost 5. Or choose other models.",
        )
    if most is not None and most < high:
        raise BudgetError(
            f"It may cost {money(high, currency)}, and --max-cost allows {money(most, currency)}.",
            hint="Nothing was started. Run less at a time, or allow more.",
        )
    if yes or most is not None or not found.steps or (not high and not ask):
        return high if most is None else most
    if not ask:
        raise PreconditionError(
            f"It may cost {money(high, currency)}, and nobody agreed to that.", hint="Add --yes, or --max-cost."
        )
    question = f"Run {len(found.steps)} jobs for at most {money(high, currency)}?" if high else "Run it?"
    if not typer.confirm(question):
        raise PreconditionError("Nothing was started.", hint="Run it again when you want it.")
    return high


def fan(
    node: NodeName,
    model: Annotated[list[str] | None, typer.Option("--model", help="Model to try. Repeatable.")] = None,
    seeds: Annotated[str | None, typer.Option("--seeds", help="Seeds to try: 1,2,3 or 1-4.")] = None,
    sheet: Annotated[Path | None, typer.Option("--sheet", help="Write a contact sheet (PNG) here.")] = None,
    max_cost: MaxCost = None,
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make one node several times, with other models or seeds, to compare. Nothing is pinned by itself."""

    def work() -> dict[str, Any]:
        numbers = seeds_of(seeds or "")
        most = None if max_cost is None else micros_of(max_cost)
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            found = node_named(api.canvas(canvas_id).canvas, node)
            if sheet is not None:
                check_target(sheet)
            models = [str(model_id_of(home, one)) for one in model or ()]
            begun = api.fan(canvas_id, found.id, models=models, seeds=numbers, author=author, max_micros=most)
            tell_pauses(api, audience(as_json), canvas_id)
            jobs = watch_jobs(api, [job.job for job in begun.jobs], audience(as_json))
            if sheet is not None:
                write(sheet, api.fan_sheet(begun.fan))
            made = {
                take.id: {"seq": take.seq, "seed": take.seed_used}
                for take in api.canvas(canvas_id).canvas.takes_of(found.id)
            }
            return {
                "fan": begun.fan,
                "title": found.title,
                "jobs": jobs,
                "takes": {job["take"]: made[job["take"]] for job in jobs if job["take"] in made},
                "sheet": str(sheet.absolute()) if sheet else None,
            }

    ended = do(as_json, work, show_jobs.fanned)
    raise typer.Exit(0 if all(job["state"] == "done" for job in ended["jobs"]) else 1)


def seeds_of(words: str) -> list[int]:
    """Return the seeds meant by ``1,2,3`` or ``1-4``. Raises UsageError."""
    found: list[int] = []
    for part in filter(None, (part.strip() for part in words.split(","))):
        first, dash, last = part.partition("-")
        if not (first.isdigit() and (last.isdigit() if dash else True) and len(part) < 40):
            raise UsageError(f"“{part}” is no seed.", hint="Write 1,2,3 or 1-4.")
        end = int(last or first)
        if not int(first) <= end < int(first) + 100:
            raise UsageError(f"“{part}” is too many seeds, or none.", hint="Write 1,2,3 or 1-4.")
        found += range(int(first), end + 1)
    return found


def check_target(path: Path) -> None:
    """Raise UsageError when no file can be written there; better before than after the money is spent."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UsageError(f"{path} cannot be a file.", hint="Choose a folder that exists and the name of a file.")


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises UsageError."""
    part = path.with_name(f".{uuid4().hex}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", hint="Choose another folder.") from error
    finally:
        part.unlink(missing_ok=True)
