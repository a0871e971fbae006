"""Plans and runs drawn for people in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from shlex import quote

from rich.console import Group, RenderableType
from rich.markup import escape

from takebridge.canvas.model import Canvas
from takebridge.canvas.plan_types import Amount, Plan, Skipped, Step
from takebridge.client.replies import RunFacts
from takebridge.store.amounts import money, money_range
from takebridge_server.show_canvas import table_of

_QUIET = {"constant", "fresh"}
"""Reasons that go without saying: the plan's sentence has their number."""


def plan(found: Plan, canvas: Canvas | None = None) -> RenderableType:
    """Steps group by group with price and time, totals, what may follow, what is left out and why.

    With the canvas also which older takes are what a node wants now.
    """
    parts: list[RenderableType] = []
    if found.steps:
        table = table_of("group", "node", "model", "price", "time", "")
        for step in found.steps:
            table.add_row(*_row(step))
        parts.append(table)
        parts.append(f"Total: {_totals(found)}; longest chain {_seconds(found.seconds_low, found.seconds_high)}")
    parts.append(escape(found.sentence))
    if found.may_follow:
        names = ", ".join(f"“{step.title}”" for step in found.may_follow)
        parts.append(f"May follow: {escape(names)}")
    parts += [escape(f"“{step.title}”: {note}") for step in found.steps for note in step.notes]
    parts += [f"Left out: {escape(line)}" for line in _left_out(found.skipped)]
    parts += [escape(line) for line in _reverts(found, canvas)]
    parts += [f"[yellow]{escape(binding.words)}[/yellow]" for binding in found.bindings]
    return Group(*parts)


def _row(step: Step) -> tuple[str, ...]:
    sure = "" if step.certain else "only if its input changes"
    time = _seconds(step.seconds_low, step.seconds_high)
    return str(step.group + 1), escape(step.title), step.model, _price(step), time, sure


def _price(step: Step) -> str:
    return "free" if step.free else money_range(step.low_micros, step.high_micros, step.currency)


def _totals(found: Plan) -> str:
    return f"{amounts(found.now)} now, {amounts(found.whole)} for all steps"


def amounts(found: Sequence[Amount]) -> str:
    """A sum of every currency, and how many jobs are not in it because nobody knows their price."""
    words = []
    for one in found:
        words.append(money_range(one.low_micros, one.high_micros, one.currency))
        if one.unknown:
            words.append(f"{one.unknown} at an unknown price")
    return " + ".join(words) or "nothing"


def _seconds(low: int | None, high: int | None) -> str:
    if low is None:
        return "unknown" if high is None else f"up to {_duration(high)}"
    return f"at least {_duration(low)}" if high is None else f"{_duration(low)}–{_duration(high)}"


def _duration(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def _reverts(found: Plan, canvas: Canvas | None) -> list[str]:
    lines: list[str] = []
    if canvas is None:
        return lines
    for one in found.reverts:
        node, take = canvas.nodes.get(one.node), canvas.takes.get(one.take)
        if node and take:
            how = f"takebridge node pin {quote(node.title or node.id)} {take.seq}"
            lines.append(f"“{node.title}” need not be made again, take {take.seq} is what it wants now: {how}")
    return lines


def _left_out(skipped: Iterable[Skipped]) -> list[str]:
    said = [f"“{item.title}”: {item.words}" for item in skipped if item.reason not in _QUIET]
    return said


def run(found: RunFacts) -> RenderableType:
    """How a run ended, or how far it is."""
    colour = {"done": "green", "running": "cyan", "paused": "yellow"}.get(found.state, "red")
    spent = money(found.spent_micros, found.currency)
    words = (
        f"[{colour}]{found.state}[/{colour}] {found.run}: {found.done} of {found.total} steps, {spent} spent or held"
    )
    if not found.total and found.state == "done":
        return Group()  # the plan has said so
    failed = f"{found.failed} without a take" if found.failed else ""
    return "\n".join([words, *(f"  {escape(line)}" for line in (failed, found.reason) if line)])
