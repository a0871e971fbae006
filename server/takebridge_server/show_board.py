"""Comments and storyboards drawn for people in a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from takebridge.canvas.model import Canvas
from takebridge.client.comment_types import Comment
from takebridge.client.shot_types import StoryboardWritten
from takebridge_server.short_ids import shortened

_ISOLATED = ("\u2068", "\u2069")
_REDIRECTING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def harmless(text: str) -> str:
    """Return words of others as a terminal may show them: no control sequences, no direction that leaks out."""
    shown = "".join(c if c == "\n" or unicodedata.category(c) != "Cc" else "\ufffd" for c in text)
    shown = "".join(c for c in shown if c not in _REDIRECTING)
    mixed = any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in shown)
    return f"{_ISOLATED[0]}{shown}{_ISOLATED[1]}" if mixed else shown


def comments(found: Sequence[Comment], canvas: Canvas, *, settled: bool) -> RenderableType:
    """Threads by the time they began, answers under what they answer; settled ones only where asked for."""
    shown = [one for one in found if one.parent is None and (settled or one.resolved_at is None)]
    hidden = sum(one.parent is None for one in found) - len(shown)
    ids = shortened(one.id for one in found)
    more = f"{hidden} settled: takebridge comments --all" if hidden else ""
    if not shown:
        return more or "No comments."
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("about", "who", "words", "id"):
        table.add_column(column, overflow="fold", no_wrap=column == "id")
    for one in shown:
        table.add_row(*_row(one, canvas, ids, place(one, canvas)))
        for reply in found:
            if reply.parent == one.id:
                table.add_row(*_row(reply, canvas, ids, "  answer"))
    return Group(table, more) if more else table


def _row(one: Comment, canvas: Canvas, ids: Mapping[str, str], about: str) -> tuple[str, str, str, str]:
    marks = f" [green](settled by {escape(harmless(one.resolved_by))})[/green]" if one.resolved_at else ""
    edited = " [dim](edited)[/dim]" if one.edited_at else ""
    return about, escape(harmless(one.author)), escape(harmless(one.text)) + edited + marks, ids[one.id]


def place(one: Comment, canvas: Canvas) -> str:
    """What a comment is about: the node, the take's number, the frame."""
    node = canvas.nodes.get(one.node)
    title = escape(harmless(node.title or node.id)) if node else f"{one.node} [dim](removed)[/dim]"
    take = canvas.takes.get(one.take) if one.take else None
    taken = f", take {take.seq}" if take else ""
    return f"{title}{taken}" + (f", frame {one.frame}" if one.frame is not None else "")


def said(one: Comment) -> RenderableType:
    """One comment after it was written or changed."""
    state = f"settled by {harmless(one.resolved_by)}" if one.resolved_at else "open"
    return f"[green]{one.id}[/green] by {escape(harmless(one.author))}, {escape(state)}: {escape(harmless(one.text))}"


def removed(one: Comment) -> RenderableType:
    """One comment after it was taken back."""
    return f"{one.id} is gone; answers to it stay."


def storyboard(found: StoryboardWritten) -> RenderableType:
    """Where the document is, and what it could not show."""
    lines = [f"[green]{escape(str(found.path))}[/green]  {found.bytes:,} bytes"]
    return "\n".join([*lines, *(f"  [yellow]{escape(harmless(loss))}[/yellow]" for loss in found.losses)])
