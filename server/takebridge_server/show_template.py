"""Templates, and what is made of one, drawn for people in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.markup import escape

from takebridge.canvas.model import Canvas, Node, Take
from takebridge.client.replies import StateFacts, TemplateInfo
from takebridge.ids import NodeId
from takebridge_server.show_canvas import in_order, length_of, model_of, seed_of, state_words, table_of


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one job ran, in seconds on this machine's clock."""

    title: str
    model: str
    seconds: float


def templates(found: list[TemplateInfo]) -> RenderableType:
    """Every template with its slots."""
    parts: list[RenderableType] = []
    for info in found:
        parts.append(f"[bold]{info.name}[/bold]  {escape(info.title)}")
        parts.append(f"  {escape(info.about)}")
        table = table_of("  slot", "takes", "what")
        for slot in info.slots:
            table.add_row(f"  {slot.name}", slot.kind, escape(slot.about or slot.title))
        parts.append(table)
    return Group(*parts)


def takes(canvas: Canvas, nodes: Iterable[Node] | None = None) -> RenderableType:
    """The takes of these nodes (all of them), tray by tray."""
    table = table_of("node", "take", "", "model", "seed", "length", "")
    wanted = {node.id for node in (canvas.nodes.values() if nodes is None else nodes)}
    trays: dict[str, list[Take]] = {}
    for take in canvas.takes.values():
        trays.setdefault(take.node_id, []).append(take)
    for node in in_order(canvas):
        for take in sorted(trays.get(node.id, ()) if node.id in wanted else (), key=lambda one: one.seq):
            mark = "pinned" if node.pin == take.id else ""
            badge = "previz" if take.previz else ""
            table.add_row(
                escape(node.title), str(take.seq), mark, model_of(take), seed_of(take), length_of(take), badge
            )
    return table


def _cells(take: Take, *, pinned: bool) -> tuple[str, ...]:
    facts = (model_of(take), seed_of(take), length_of(take), "previz" if take.previz else "")
    return (str(take.seq), "pinned" if pinned else "", *facts)


def ring(canvas: Canvas, before: Mapping[NodeId, StateFacts], after: Mapping[NodeId, StateFacts]) -> RenderableType:
    """Every node whose state a re-pin changed."""
    table = table_of("node", "was", "is")
    for node in in_order(canvas):
        was, now = before[node.id], after[node.id]
        if was.status != now.status:
            table.add_row(escape(node.title), state_words(was), state_words(now))
    return table


def time_spent(timings: Iterable[Timing]) -> RenderableType:
    """Where the time went, by model, the longest first. Jobs that ran side by side count in full."""
    by_model: dict[str, list[float]] = {}
    for timing in timings:
        by_model.setdefault(timing.model, []).append(timing.seconds)
    table = table_of("model", "jobs", "seconds", "longest")
    for model, seconds in sorted(by_model.items(), key=lambda item: -sum(item[1])):
        table.add_row(model, str(len(seconds)), f"{sum(seconds):.1f}", f"{max(seconds):.1f}")
    return table
