"""What a team beside the graph calls: comments, the film's shots in their order, the storyboard on paper."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from takebridge.client.comment_types import Comment
from takebridge.client.http import BridgeClient
from takebridge.client.replies import Committed, read
from takebridge.client.shot_types import ReferenceUse, ShotFacts
from takebridge.errors import InvalidDocumentError
from takebridge.ids import CanvasId, NodeId, OpId, TakeId, new_id

LOSSES_HEADER = "X-TakeBridge-Losses"
"""Header of a document: a JSON list (ASCII) of sentences that say what it could not show."""
_AUTHOR = "editor"


class BoardApi:
    """The part of `Api` that boards live on."""

    client: BridgeClient

    # --- comments

    def comments(self, canvas_id: CanvasId) -> list[Comment]:
        """All comments of a canvas, oldest first, those on removed nodes among them."""
        return read(list[Comment], self.client.get(f"/api/canvases/{canvas_id}/comments"))

    def comment(
        self,
        canvas_id: CanvasId,
        node_id: NodeId,
        text: str,
        *,
        take: TakeId | None = None,
        frame: int | None = None,
        parent: str | None = None,
        author: str = _AUTHOR,
    ) -> Comment:
        """Say something about a node, a take, or a frame of it (counted from 0); ``parent``: an answer.

        Not repeated by itself when the answer is lost: look at `comments` then.
        """
        body: dict[str, Any] = {"node": node_id, "text": text, "author": author}
        asked = {"take": take, "frame": frame, "parent": parent}
        body |= {name: value for name, value in asked.items() if value is not None}
        return read(Comment, self.client.post(f"/api/canvases/{canvas_id}/comments", body))

    def change_comment(
        self,
        canvas_id: CanvasId,
        comment_id: str,
        *,
        text: str | None = None,
        resolved: bool | None = None,
        author: str = _AUTHOR,
    ) -> Comment:
        """Reword one's own comment, settle a thread or open it again; None stays as it is."""
        asked = {"text": text, "resolved": resolved}
        body = {"author": author} | {name: value for name, value in asked.items() if value is not None}
        return read(Comment, self.client.patch(f"/api/canvases/{canvas_id}/comments/{comment_id}", body))

    def remove_comment(self, canvas_id: CanvasId, comment_id: str, *, author: str = _AUTHOR) -> Comment:
        """Take one's own words back; answers to them stay."""
        return read(Comment, self.client.delete(f"/api/canvases/{canvas_id}/comments/{comment_id}", author=author))

    # --- the film's shots

    def shots(self, canvas_id: CanvasId, export: NodeId | None = None) -> list[ShotFacts]:
        """The film in its order: that of an export's wires, else of a storyboard's, else of titles and places."""
        return read(list[ShotFacts], self.client.get(f"/api/canvases/{canvas_id}/shots", export=export))

    def order_shots(
        self,
        canvas_id: CanvasId,
        export: NodeId,
        nodes: Sequence[NodeId],
        *,
        author: str = _AUTHOR,
        op_id: OpId | None = None,
    ) -> Committed:
        """Bring the shots of an export or storyboard into this order: one edit, undone like any other."""
        body = {"export": export, "nodes": [*nodes], "author": author, "op_id": op_id or new_id("op")}
        return read(Committed, self.client.post(f"/api/canvases/{canvas_id}/shots/order", body, repeatable=True))

    def reference_uses(self, canvas_id: CanvasId, export: NodeId | None = None) -> list[ReferenceUse]:
        """Every reference with what it feeds, and the shots of the film that hang on it."""
        return read(list[ReferenceUse], self.client.get(f"/api/canvases/{canvas_id}/references", export=export))

    def storyboard(
        self,
        canvas_id: CanvasId,
        export: NodeId | None = None,
        *,
        per_page: int = 6,
        date: str | None = None,
    ) -> tuple[bytes, tuple[str, ...]]:
        """The storyboard as PDF, and what it could not show; ``date`` is YYYY-MM-DD (None: today, UTC)."""
        path = f"/api/canvases/{canvas_id}/storyboard.pdf"
        answer = self.client.get_response(path, export=export, per_page=per_page, date=date)
        try:
            losses = read(tuple[str, ...], json.loads(answer.headers.get(LOSSES_HEADER, "[]")))
        except ValueError as error:
            raise InvalidDocumentError(
                "The bridge's answer makes no sense to this client.", hint="Use the client of the bridge's own release."
            ) from error
        return answer.content, losses
