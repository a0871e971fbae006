"""Comments over HTTP: on nodes, on takes, on frames of takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath
from pydantic import Field

from takebridge.canvas.model import LARGEST_INT
from takebridge.client.comment_types import Comment
from takebridge.ids import NodeId, TakeId
from takebridge.services.comments import LONGEST, Comments, NewComment, NotOwnWordsError, Voice
from takebridge.store.comments import Comment as Kept
from takebridge.store.comments import CommentId
from takebridge_server.api.bodies import Author, AuthorAsked, Body, CanvasPath
from takebridge_server.people.errors import NotAllowedError
from takebridge_server.speaking import speaker

CommentPath = Annotated[CommentId, InPath(max_length=80)]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Id = Field(default=None, min_length=1, max_length=80)


class WriteComment(Body):
    """Words about a node, a take of it, or a frame of that take (counted from 0); ``parent``: an answer."""

    node: NodeId = Field(min_length=1, max_length=80)
    take: TakeId | None = Id
    frame: int | None = Field(default=None, ge=0, le=LARGEST_INT)
    parent: CommentId | None = Id
    text: Text
    author: Author


class ChangeComment(Body):
    """Other words (one's own comments only), or settled or not; what is left out stays."""

    text: Text | None = None
    resolved: bool | None = None
    author: Author


def comment_router(comments: Comments) -> APIRouter:
    """Routes under ``/api/canvases/{canvas_id}/comments``."""
    router = APIRouter(prefix="/api", tags=["comments"])

    @router.get("/canvases/{canvas_id}/comments")
    def all_of(canvas_id: CanvasPath) -> list[Comment]:
        """All comments of a canvas, oldest first; those on removed nodes stay among them."""
        return [_shown(one) for one in comments.of_canvas(canvas_id)]

    @router.post("/canvases/{canvas_id}/comments", status_code=201)
    def write(canvas_id: CanvasPath, body: WriteComment) -> Comment:
        """Say something about a node, a take or a frame, or answer."""
        new = NewComment(body.node, body.text, body.take, body.frame, body.parent)
        return _shown(comments.add(canvas_id, new, _voice(body.author)))

    @router.patch("/canvases/{canvas_id}/comments/{comment_id}")
    def change(canvas_id: CanvasPath, comment_id: CommentPath, body: ChangeComment) -> Comment:
        """Reword one's own comment, settle a thread or open it again."""
        voice = _voice(body.author)
        with _own_words_only(comment_id):
            return _shown(comments.change(canvas_id, comment_id, voice, text=body.text, resolved=body.resolved))

    @router.delete("/canvases/{canvas_id}/comments/{comment_id}")
    def remove(canvas_id: CanvasPath, comment_id: CommentPath, author: AuthorAsked = "editor") -> Comment:
        """Take one's own words back; answers to them stay as comments of their own."""
        with _own_words_only(comment_id):
            return _shown(comments.remove(canvas_id, comment_id, _voice(author)))

    return router


def _voice(author: str) -> Voice:
    """Who speaks. The bridge's own token speaks for whom it names, and changes that person's words only."""
    person = speaker()
    return Voice(person.name, person.id, owner=person.role == "owner") if person else Voice(author)


@contextmanager
def _own_words_only(comment_id: CommentId) -> Iterator[None]:
    try:
        yield
    except NotOwnWordsError as error:
        hint = "Answer them, or ask the owner of the bridge to take them away."
        raise NotAllowedError(error.message, hint=hint, comment=comment_id) from error


def _shown(kept: Kept) -> Comment:
    return Comment.model_validate(kept, from_attributes=True)
