"""``comments`` and ``storyboard``: what a team says about the shots, and the shots on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType

from takebridge.canvas.model import Canvas
from takebridge.client.api import Api
from takebridge.client.comment_types import Comment
from takebridge.client.shot_types import StoryboardWritten
from takebridge.errors import UsageError
from takebridge.ids import CanvasId
from takebridge_server import show_board
from takebridge_server.commands.naming import canvas_named, node_named, take_named
from takebridge_server.commands.terminal import (
    DEFAULT_AUTHOR,
    Author,
    CanvasOption,
    Home,
    Json,
    NodeName,
    bridge_at,
    do,
)
from takebridge_server.short_ids import whole_id

PDF_HEAD = b"%PDF-"
PER_PAGE, MOST_PER_PAGE = 6, 12

comments = typer.Typer(help="Comments on nodes, takes and frames: list, add, settle.", invoke_without_command=True)

CommentName = Annotated[str, typer.Argument(help="A comment's id, or its beginning, as 'takebridge comments' shows.")]
Words = Annotated[str, typer.Argument(help="What you say.")]
Done = Callable[[Comment], RenderableType]


@comments.callback()
def list_comments(
    context: typer.Context,
    node: Annotated[str | None, typer.Option("--node", help="Only those on this node, by id or title.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Settled ones too.")] = False,
    canvas: CanvasOption = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List the comments of a canvas, those on removed nodes among them."""
    if context.invoked_subcommand is not None:
        return
    on: list[Canvas] = []

    def work() -> list[Comment]:
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            on.append(api.canvas(canvas_id).canvas)
            found = api.comments(canvas_id)
            # A node that was removed has no title any more: its id still finds what was said about it.
            wanted = None if node is None or any(one.node == node for one in found) else node_named(on[0], node).id
            return [one for one in found if node is None or one.node in (node, wanted)]

    do(as_json, work, lambda found: show_board.comments(found, on[0], settled=every))


@comments.command("add")
def add(
    node: NodeName,
    text: Words,
    take: Annotated[str | None, typer.Option("--take", help="A take's number in the node, or its id.")] = None,
    frame: Annotated[int | None, typer.Option("--frame", help="A frame of that take, counted from 0.")] = None,
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say something about a node, one of its takes, or a frame of a take."""

    def work() -> Comment:
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            there = api.canvas(canvas_id).canvas
            found = node_named(there, node)
            chosen = take_named(there, take, found).id if take is not None else None
            return api.comment(canvas_id, found.id, text, take=chosen, frame=frame, author=author)

    do(as_json, work, show_board.said)


@comments.command("reply")
def reply(
    comment: CommentName,
    text: Words,
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Answer a comment."""

    def answer(api: Api, canvas_id: CanvasId, found: Comment) -> Comment:
        return api.comment(canvas_id, found.node, text, parent=found.id, author=author)

    _with(comment, answer, show_board.said, canvas, home, as_json=as_json)


@comments.command("edit")
def edit(
    comment: CommentName,
    text: Words,
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say your own comment in other words."""
    _change(comment, {"text": text, "author": author}, canvas, home, as_json=as_json)


@comments.command("resolve")
def resolve(
    comment: CommentName,
    reopen: Annotated[bool, typer.Option("--reopen", help="Open it again.")] = False,
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Settle a comment with its answers."""
    _change(comment, {"resolved": not reopen, "author": author}, canvas, home, as_json=as_json)


@comments.command("remove")
def remove(
    comment: CommentName,
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Take your own comment back; answers to it stay."""

    def gone(api: Api, canvas_id: CanvasId, found: Comment) -> Comment:
        return api.remove_comment(canvas_id, found.id, author=author)

    _with(comment, gone, show_board.removed, canvas, home, as_json=as_json)


def storyboard(
    out: Annotated[Path, typer.Option("--out", help="The PDF to write; an older storyboard there is replaced.")],
    export: Annotated[
        str | None, typer.Argument(help="The export or storyboard whose order it has (default: the first).")
    ] = None,
    per_page: Annotated[int, typer.Option("--per-page", min=1, max=MOST_PER_PAGE, help="Cards on a page.")] = PER_PAGE,
    date: Annotated[str | None, typer.Option("--date", help="The date on it, YYYY-MM-DD (default: today).")] = None,
    canvas: CanvasOption = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write the film's shots as a PDF: still, number, title, words, length and model of each."""

    def work() -> StoryboardWritten:
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            chosen = node_named(api.canvas(canvas_id).canvas, export).id if export is not None else None
            _check_free(out)
            pdf, losses = api.storyboard(canvas_id, chosen, per_page=per_page, date=date)
            return StoryboardWritten(path=_written(out, pdf), bytes=len(pdf), losses=losses)

    do(as_json, work, show_board.storyboard)


def _change(comment: str, asked: dict[str, Any], canvas: str | None, home: Path | None, *, as_json: bool) -> None:
    def change(api: Api, canvas_id: CanvasId, found: Comment) -> Comment:
        return api.change_comment(canvas_id, found.id, **asked)

    _with(comment, change, show_board.said, canvas, home, as_json=as_json)


def _with(
    name: str,
    deal: Callable[[Api, CanvasId, Comment], Comment],
    draw: Done,
    canvas: str | None,
    home: Path | None,
    *,
    as_json: bool,
) -> None:
    def work() -> Comment:
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            return deal(api, canvas_id, comment_named(api.comments(canvas_id), name))

    do(as_json, work, draw)


def comment_named(found: list[Comment], name: str) -> Comment:
    """Return a comment by id or the beginning of one. Raises UsageError."""
    whole = whole_id((one.id for one in found), name)
    for one in found:
        if one.id == whole:
            return one
    raise UsageError(f"There is no comment “{name[:80]}”.", hint="'takebridge comments --all' lists them.")


def _check_free(out: Path) -> None:
    """Raise UsageError where something else than a storyboard would be written over."""
    if out.is_dir():
        raise UsageError(f"{out} is a folder.", hint="Name a file in it: --out board.pdf")
    if out.exists() and not _is_storyboard(out):
        raise UsageError(f"{out} is there already and is no storyboard of ours.", hint="Choose another name.")


def _is_storyboard(path: Path) -> bool:
    try:
        held = path.read_bytes()
    except OSError:
        return False
    return held.startswith(PDF_HEAD) and b"/Creator (TakeBridge)" in held


def _written(out: Path, pdf: bytes) -> Path:
    from takebridge.media.publish import publishing  # loads the media tools, which few commands need

    with publishing(out) as part:
        part.write_bytes(pdf)
    return out.absolute()
