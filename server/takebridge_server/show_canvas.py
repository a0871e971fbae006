"""Canvases, nodes and takes drawn for people in a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from takebridge.canvas.fingerprint import Change
from takebridge.canvas.model import Canvas, Node, Take
from takebridge.client.replies import LoadedGraph, SavedGraph, Snapshot, StateFacts
from takebridge.errors import BridgeError
from takebridge.timebase import format_timecode, parse_media_rate
from takebridge_server.short_ids import shortened

_COLOURS = {
    "fresh": "green",
    "accepted": "green",
    "locked": "blue",
    "stale": "yellow",
    "upstream": "magenta",
    "empty": "dim",
    "blocked": "red",
}
_MOST_LINES = 12
_WHOLE = frozenset(
    {"model", "kind", "state", "id", "pin", "price", "take", "job", "status", "canvas", "time", "takes", "seed"}
    | {"length", "rating", "best", "done", "jobs", "paid", "held", "unknown", "returned"}
)
"""Columns that are not broken over several lines while another can be."""


def table_of(*columns: str, title: str = "") -> Table:
    """A plain table; long cells go on in the next line."""
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in _WHOLE)
    return table


def filled(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> Table:
    """A table without the columns that are empty in every row."""
    kept = [place for place in range(len(columns)) if any(row[place] for row in rows)]
    table = table_of(*(columns[place] for place in kept), title=title)
    for row in rows:
        table.add_row(*(row[place] for place in kept))
    return table


def titles(found: dict[Any, str]) -> RenderableType:
    """Ids and titles."""
    if not found:
        return "No canvas yet."
    table = table_of("canvas", "title")
    for canvas_id, title in found.items():
        table.add_row(canvas_id, escape(title))
    return table


def in_order(canvas: Canvas) -> list[Node]:
    """Nodes from left to right, then from top to bottom."""
    return sorted(canvas.nodes.values(), key=lambda node: (node.x, node.y, node.id))


def state_words(state: StateFacts | None) -> str:
    """A state in capitals, as the canvas shows it, coloured."""
    if state is None:
        return ""
    colour = _COLOURS.get(state.status, "white")
    return f"[{colour}]{state.status.upper()}[/{colour}]"


def nodes(snapshot: Snapshot) -> RenderableType:
    """Every node: kind, model, state, pin. What is blocked says by what."""
    canvas = snapshot.canvas
    counts: dict[str, int] = {}
    for take in canvas.takes.values():
        counts[take.node_id] = counts.get(take.node_id, 0) + (not take.hidden)
    table = table_of("node", "kind", "model", "state", "pin", "takes")
    for node in in_order(canvas):
        state = snapshot.states.get(node.id)
        pinned = canvas.takes.get(node.pin) if node.pin else None
        words = state_words(state)
        if state and (state.problem or state.blocked_by):
            words += f" {escape(state.problem) or 'by ' + ', '.join(state.blocked_by)}"
        taken = str(counts.get(node.id, 0) or "")
        pin = f"take {pinned.seq}" if pinned else ""
        table.add_row(escape(node.title or node.id), node.kind, node.model, words, pin, taken)
    head = f"“{escape(canvas.title)}” ({canvas.id}): {len(canvas.nodes)} nodes, {len(canvas.wires)} wires"
    return Group(head, table)


def tray(found: dict[str, Any]) -> RenderableType:
    """A version tray."""
    takes = [Take.model_validate(take) for take in found["takes"]]
    if not takes:
        return f"“{escape(found['title'])}” has no take yet."
    ids = shortened(take.id for take in takes)
    rows = []
    for take in takes:
        best = f"{take.best.start}–{take.best.end}" if take.best else ""
        marks = (("[green]pinned[/green]", take.id == found["pin"]), ("previz", take.previz), ("hidden", take.hidden))
        notes = " ".join(word for word, holds in marks if holds)
        number, rating = str(take.seq), (take.rating or "").replace("_", "-")
        facts = (model_of(take), seed_of(take), length_of(take), rating, best)
        rows.append((number, notes, *facts, ids[take.id]))
    columns = ("take", "", "model", "seed", "length", "rating", "best", "id")
    lines: list[RenderableType] = [filled(columns, rows, title=escape(found["title"]))]
    lines += [escape(f"Take {take.seq}: {note}") for take in takes for note in take.notes]
    revert = next((take for take in takes if take.id == found["revert"]), None)
    if revert is not None and revert.id != found["pin"]:
        lines.append(f"Take {revert.seq} was made for what the node wants now: pinning it costs nothing.")
    return Group(*lines)


def model_of(take: Take) -> str:
    """The model, or where else the take comes from."""
    return take.model_requested or take.origin


def seed_of(take: Take) -> str:
    """The seed that was drawn or asked for."""
    return "" if take.seed_used is None else str(take.seed_used)


def length_of(take: Take) -> str:
    """How long the first output is: timecode for pictures that move, seconds for sound, characters for words."""
    for output in sorted(take.outputs.values(), key=lambda one: "frame_count" not in one.facts):
        facts = output.facts
        frames, rate = facts.get("frame_count"), facts.get("rate")
        if isinstance(frames, int) and isinstance(rate, str) and rate:
            return timecode(frames, rate) or f"{frames} frames"
        if isinstance(milliseconds := facts.get("duration_ms"), int):
            return f"{milliseconds / 1000:.2f} s"
        if "width" in facts:
            return f"{facts['width']}×{facts['height']}"
        if "characters" in facts:
            return f"{facts['characters']} chars"
    return ""


def timecode(frames: int, rate: str) -> str:
    """A length as timecode; nothing at a rate that has none."""
    try:
        return format_timecode(frames, parse_media_rate(rate))
    except BridgeError:
        return ""


def saved(found: SavedGraph) -> RenderableType:
    """A graph file that was written."""
    cut = f" {len(found.cut)} wires led out of it and stayed behind." if found.cut else ""
    size = f"{found.bytes / 1_000_000:.1f} MB"
    return f"{found.nodes} nodes, {found.takes} takes, {found.media} files ({size}) in {escape(str(found.path))}.{cut}"


def loaded(found: LoadedGraph) -> RenderableType:
    """Where a graph file went."""
    left = f" {found.left_out} takes were left out: their media are gone." if found.left_out else ""
    return f"{len(found.nodes)} nodes and {found.takes} takes are on canvas {found.canvas_id}.{left}"


def stepped(found: dict[str, Any]) -> RenderableType:
    """What an undo or redo changed."""
    head = f"Done. {found['undo']} edits can be undone, {found['redo']} redone."
    return "\n".join([head, *_changed(found)])


def edited(found: dict[str, Any]) -> RenderableType:
    """Which nodes an edit changed the state of."""
    return "\n".join(["Done." if found["states"] else "Done; no node's state changed.", *_changed(found)])


def written(found: dict[str, Any]) -> RenderableType:
    """The take that words became, and what that did to the nodes that use them."""
    return "\n".join([f"Kept as take {found['seq']}, pinned.", *_changed(found)])


def _changed(found: dict[str, Any]) -> list[str]:
    lines = []
    for node, state in sorted(found["states"].items(), key=lambda item: found["titles"].get(item[0], item[0])):
        title = escape(found["titles"].get(node, node))
        lines.append(f"  {title}: {state['status'].upper() if state else 'is gone'}")
    more = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], f"  and {more} more"] if more > 0 else lines


def why(found: dict[str, Any]) -> RenderableType:
    """What a node's recipe has become since its take."""
    status = found["state"]["status"].upper()
    if found["pin"] is None:
        return f"“{escape(found['title'])}” is {status}: no take of it is pinned."
    if not found["changes"] and found["state"]["status"] == "upstream":
        return f"“{escape(found['title'])}” is UPSTREAM: a node above it is stale, so its inputs may yet change."
    if not found["changes"]:
        return f"“{escape(found['title'])}” is {status}: its recipe is what its pinned take was made for."
    lines = [f"“{escape(found['title'])}” is {status}. Since its pinned take was asked for:"]
    return "\n".join([*lines, *(f"  {line}" for line in change_lines(found["changes"], found["takes"]))])


def change_lines(changes: Iterable[dict[str, Any]], takes: Mapping[str, str]) -> list[str]:
    """One line a change: ``prompt: dusk → dawn``, ``panels 1: …``. ``takes`` says what takes are called."""
    return [
        f"{_place(change['path'])}: {_value(change['before'], takes)} → {_value(change['after'], takes)}"
        for change in changes
    ]


def _place(path: str) -> str:
    """Where it changed, in a person's words: inputs are counted from 1."""
    if found := re.fullmatch(r"inputs\.(.+)\[(\d+)\](\.best)?", path):
        return f"{found[1]} {int(found[2]) + 1}{' best frames' if found[3] else ''}"
    return path.removeprefix("params.")


def take_names(canvas: Canvas, changes: Iterable[Change]) -> dict[str, str]:
    """What the takes that changes name are called: ``take 2 of “Hero”``."""
    named = {str(value) for change in changes for value in (change.before, change.after)}
    found = {}
    for take in canvas.takes.values():
        node = canvas.nodes.get(take.node_id)
        if take.id in named:
            found[str(take.id)] = f"take {take.seq} of “{node.title if node else 'a node that is gone'}”"
    return found


def _value(value: object, takes: Mapping[str, str]) -> str:
    if value is None or value == "":
        return "nothing"
    value = takes.get(str(value), value)
    text = escape(str(value).replace("\n", " / "))
    return text if len(text) <= 80 else f"{text[:79]}…"
