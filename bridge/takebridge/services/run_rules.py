"""The rules of a run, without its doing: what starts next, what stops it, how it ends (docs/plans.md §3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from takebridge.canvas.plan_types import Plan, Step
from takebridge.errors import BudgetError, PreconditionError
from takebridge.events import JsonValue
from takebridge.ids import NodeId
from takebridge.store.amounts import money
from takebridge.store.jobs import JobRecord, JobState
from takebridge.store.runs import UNDER_WAY, Attempt, AttemptState, Run, RunState

Recipe = tuple[NodeId, str]
"""A node and the fingerprint of what it asked for."""

EQUAL_FAILURES = 2
"""After so many equal failures the same is not tried again by itself."""

_ENDED_AS: Mapping[JobState, AttemptState] = {"queued": "running"}
"""States of an attempt that its job calls otherwise."""

_BAD = frozenset({"failed", "refused", "cancelled", "unknown"})
_STUCK = frozenset({"blocked", "no_provider"})


@dataclass(frozen=True, slots=True)
class Wave:
    """Attempts to start now, or the reason why nothing is started any more."""

    attempts: tuple[Attempt, ...] = ()
    stop: str = ""


def broken_recipes(failed: Iterable[JobRecord]) -> frozenset[Recipe]:
    """Return what failed twice in the same way: trying once more would only cost once more."""
    counts = Counter(
        (job.node_id, job.recipe_fp, job.error.code if job.error else "") for job in failed if job.state == "failed"
    )
    return frozenset((node, fp) for (node, fp, _), count in counts.items() if count >= EQUAL_FAILURES)


def currency_of(made: Plan) -> str:
    """Return the one currency a run of this plan is paid in. Raises BudgetError when there are several."""
    currencies = sorted({step.currency for step in made.steps if not step.free})
    if len(currencies) > 1:
        raise BudgetError(
            f"This plan is paid in {' and '.join(currencies)}, and one maximum cannot hold for both.",
            hint="Nothing was started. Run the nodes of each currency by themselves.",
        )
    return currencies[0] if currencies else "USD"


def check_consent(made: Plan, digest: str | None, max_micros: int, *, allow_unknown: bool) -> None:
    """Raise PreconditionError or BudgetError when this is not the plan, or not the money, that was agreed to."""
    if digest is not None and digest != made.digest:
        raise PreconditionError(
            f"The plan has changed since it was looked at. It is now: {made.sentence}.",
            hint="Nothing was started. Look at the new plan and agree to it.",
            digest=made.digest,
        )
    currency = currency_of(made)
    if made.unknown_prices and not allow_unknown:
        raise BudgetError(
            f"Nobody knows what {made.unknown_prices} of these {len(made.steps)} jobs will cost.",
            hint="Nothing was started. Allow unknown prices up to a maximum, or choose models with a known price.",
        )
    high = sum(amount.high_micros for amount in made.whole)
    if high > max_micros or (made.unknown_prices and high == max_micros):
        said = "at least" if made.unknown_prices else "up to"
        raise BudgetError(
            f"This may cost {said} {money(high, currency)}, and {money(max_micros, currency)} was agreed to.",
            hint="Nothing was started. Agree to more, or run fewer nodes.",
            asked_micros=high,
            limit_micros=max_micros,
            currency=currency,
        )


def next_wave(run: Run, made: Plan, broken: frozenset[Recipe]) -> Wave:
    """Return what can start: the steps of the first group, each recipe once, within the money that is left.

    ``made`` is the plan of the run's nodes as they are now. A step that failed stays in it, and so holds back what
    is below.
    """
    busy = {one.node for one in run.attempts if one.state in UNDER_WAY}
    gone = {(one.node, one.recipe_fp) for one in run.attempts} | broken
    waiting = [step for step in made.steps if step.node not in busy and (step.node, step.expected_fp) not in gone]
    left = run.max_micros - run.held_micros
    share = _share(left, waiting)
    attempts: list[Attempt] = []
    for step in waiting:
        if step.group or step.expected_fp is None:
            continue
        price = 0 if step.free else share if step.high_micros is None else step.high_micros
        if stop := _refusal(run, step, price, left):
            return Wave(stop=stop)
        left -= price
        attempts.append(Attempt(node=step.node, recipe_fp=step.expected_fp, held_micros=price))
    return Wave(tuple(attempts))


def _share(left: int, waiting: list[Step]) -> int:
    """What each job at an unknown price may cost: an equal part of what the others leave."""
    unknown = sum(step.high_micros is None for step in waiting)
    known = sum(step.high_micros or 0 for step in waiting)
    return max(0, left - known) // unknown if unknown else 0


def _refusal(run: Run, step: Step, price: int, left: int) -> str:
    if step.free:
        return ""
    if step.currency != run.currency:
        return f"“{step.title}” is paid in {step.currency} by now; {run.currency} was agreed to."
    if step.high_micros is None and not (run.allow_unknown and price):
        return f"Nobody knows what “{step.title}” will cost by now, and nothing is left to hold for it."
    if price > left:
        return f"“{step.title}” may cost {money(price, run.currency)}; of the money agreed to, " + (
            f"{money(max(0, left), run.currency)} is left."
        )
    return ""


def ending(run: Run, made: Plan, broken: frozenset[Recipe]) -> tuple[RunState, str]:
    """Return how a run ends that waits for nothing and can start nothing."""
    bad = {one.node: one.words for one in run.attempts if one.state in _BAD}
    left = {step.node: step for step in made.steps}
    failed = [node for node in left if node in bad]
    if failed:
        first = left[failed[0]].title
        return "failed", f"“{first}” did not work out: {bad[failed[0]] or 'see its job.'}"
    if again := [step for step in made.steps if (step.node, step.expected_fp) in broken]:
        return "failed", f"“{again[0].title}” failed twice in the same way: change it, or generate it by hand."
    if stuck := [item for item in made.skipped if item.reason in _STUCK]:
        return "failed", f"“{stuck[0].title}”: {stuck[0].words}"
    if left:
        return "done", f"Until somebody pins a take, {len(left)} wait."
    return "done", ""


def settled(run: Run, made: Plan) -> int:
    """Return how many of the run's nodes need nothing any more."""
    open_nodes = {step.node for step in made.steps} | {item.node for item in made.skipped if item.reason in _STUCK}
    return len(run.nodes) - len(open_nodes & set(run.nodes))


def run_facts(run: Run) -> dict[str, JsonValue]:
    """What clients see of a run. ``spent_micros`` is what its jobs may cost so far, not more than ``max_micros``
    unless a provider charged more than it said.
    """
    failed = [one for one in run.attempts if one.state in _BAD]
    return {
        "run": run.id,
        "canvas": run.canvas_id,
        "author": run.author,
        "state": run.state,
        "reason": run.reason,
        "done": run.done,
        "total": len(run.nodes),
        "under_way": len(run.under_way),
        "failed": len(failed),
        "currency": run.currency,
        "spent_micros": run.held_micros,
        "max_micros": run.max_micros,
        "created_at": run.created_at,
        "ended_at": run.ended_at,
    }


# --- what became of attempts ----------------------------------------------------------------------------


def seen(attempt: Attempt, job: JobRecord) -> Attempt:
    """Return the attempt as its job is now; what it cost counts where that is more than was held."""
    held = max(attempt.held_micros, job.actual_micros or 0)
    words = job.error.message if job.error else ""
    return attempt.model_copy(
        update={"state": _ENDED_AS.get(job.state, job.state), "held_micros": held, "words": words}
    )


def begun(run: Run, attempt: Attempt, job: JobRecord) -> Attempt:
    """Return the attempt with the job it got, or joined: what that makes counts, not what was planned before."""
    own = job.run_id == run.id
    return attempt.model_copy(update={"state": "running", "job_id": job.id, "own": own, "recipe_fp": job.recipe_fp})


def found_again(run: Run, jobs: list[JobRecord]) -> Run:
    """Give attempts that were cut off the job they got; one that got none is forgotten, so that it starts anew.

    ``jobs`` are the run's own. One job of a node at a time: of those no attempt has, the node's only one is it, even
    when somebody changed the recipe between the plan and the job.
    """
    known = {one.job_id for one in run.attempts}
    unclaimed = {job.node_id: job for job in jobs if job.id not in known}
    attempts: list[Attempt] = []
    for one in run.attempts:
        job = unclaimed.get(one.node)
        if one.state != "starting":
            attempts.append(one)
        elif job is not None:
            attempts.append(begun(run, one, job))
    return run.model_copy(update={"attempts": tuple(attempts)})
