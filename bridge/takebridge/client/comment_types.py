"""What the bridge answers about comments."""

from __future__ import annotations

from takebridge.client.replies import Reply
from takebridge.ids import CanvasId, NodeId, TakeId


class Comment(Reply):
    """What somebody said about a node, a take of it, or one frame of a take.

    ``frame`` counts from 0 in the take's own picture. ``person`` is "" for words that came with the bridge's token.
    ``parent`` is the comment that began the thread; only that one is resolved. Times are ISO 8601 in UTC.
    """

    id: str
    canvas: CanvasId
    node: NodeId
    take: TakeId | None = None
    frame: int | None = None
    text: str
    author: str
    person: str = ""
    created_at: str
    edited_at: str | None = None
    parent: str | None = None
    resolved_at: str | None = None
    resolved_by: str = ""


class CommentChanged(Reply):
    """Data of the event ``comment.changed``: a comment is new, was reworded, settled, or set free of its thread."""

    canvas: CanvasId
    comment: Comment


class CommentRemoved(Reply):
    """Data of the event ``comment.removed``."""

    canvas: CanvasId
    id: str
