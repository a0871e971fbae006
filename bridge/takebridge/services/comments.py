"""Comments: say something about a node, a take or a frame, answer, settle, take one's own words back.

Comments are not ops: undo of the graph never takes words away. They stay when their node is removed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from takebridge.canvas.fingerprint import kind_of
from takebridge.canvas.model import LARGEST_INT, Canvas, Kinds, Take
from takebridge.canvas.wiring import get_node, get_take, name_of
from takebridge.errors import InvalidParamError, PreconditionError, UnknownNodeError, UnknownTakeError, UsageError
from takebridge.events import EventBus, JsonValue
from takebridge.ids import CanvasId, NodeId, TakeId, new_id
from takebridge.services.desk import Desk
from takebridge.store.comments import Comment, CommentId, CommentStore
from takebridge.store.ledger import now_text

LONGEST = 10_000
"""Characters of a comment: what is longer is a document, and belongs in a brief or a note."""

MOST_COMMENTS = 20_000
"""Comments on one canvas: every client loads them all."""


_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\U0001d159")
"""Letters and symbols by category that show nothing: Hangul fillers, the empty Braille pattern, the null notehead."""
_IGNORED = ("\U000e0000", "\U000e0fff")
"""Tags and whatever may come beside them: never shown."""


class NotOwnWordsError(Exception):
    """Somebody else said this; ``message`` says whose words they are. The server says it as "not allowed"."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: the name, the signed-in person ("" for the bridge's own token), whether they own the bridge."""

    name: str
    person: str = ""
    owner: bool = False


@dataclass(frozen=True, slots=True)
class NewComment:
    """What is to be said. A ``frame`` needs its ``take``; a reply names its ``parent``."""

    node: NodeId
    text: str
    take: TakeId | None = None
    frame: int | None = None
    parent: CommentId | None = None


class Comments:
    """The comments of all canvases; every change is announced. Thread-safe."""

    def __init__(self, store: CommentStore, desk: Desk, events: EventBus) -> None:
        self._store, self._desk, self._events = store, desk, events

    def of_canvas(self, canvas_id: CanvasId) -> list[Comment]:
        """All comments, oldest first, those on removed nodes among them. Raises NotFoundError."""
        self._desk.view(canvas_id)
        return self._store.of_canvas(canvas_id)

    def add(self, canvas_id: CanvasId, new: NewComment, voice: Voice) -> Comment:
        """Keep a comment. A reply lies where the thread began, also when the node is gone by now.

        Raises NotFoundError, UnknownNodeError, UnknownTakeError, InvalidParamError for bad words or a frame that is
        not there, UsageError for a reply that contradicts its thread, PreconditionError when there are too many.
        """
        canvas = self._desk.view(canvas_id).canvas
        checked_text(new.text, new.node)
        if self._store.count(canvas_id) >= MOST_COMMENTS:
            raise PreconditionError(
                f"A canvas holds at most {MOST_COMMENTS:,} comments.", hint="Remove some that are settled."
            )
        if new.parent is None:
            check_place(canvas, new, self._desk.kinds)
        else:
            new = _in_thread(new, self._store.get(canvas_id, new.parent))
        comment = Comment(
            id=CommentId(new_id("comment")),
            canvas=canvas_id,
            node=new.node,
            take=new.take,
            frame=new.frame,
            text=new.text,
            author=voice.name,
            person=voice.person,
            created_at=now_text(),
            parent=new.parent,
        )
        self._store.add(comment)
        return self._changed(comment)

    def change(
        self,
        canvas_id: CanvasId,
        comment_id: CommentId,
        voice: Voice,
        *,
        text: str | None = None,
        resolved: bool | None = None,
    ) -> Comment:
        """Say it in other words (one's own only), settle a thread or open it again; what is None stays.

        Raises NotFoundError, InvalidParamError, UsageError, NotOwnWordsError; then nothing was changed.
        """
        if text is None and resolved is None:
            raise UsageError("Nothing is to be changed.", hint="Give text, resolved, or both.", comment=comment_id)
        self._desk.view(canvas_id)

        def edit(now: Comment) -> Comment:
            return _settled(_reworded(now, text, voice), resolved, voice)

        return self._changed(self._store.change(canvas_id, comment_id, edit))

    def remove(self, canvas_id: CanvasId, comment_id: CommentId, voice: Voice) -> Comment:
        """Take one's own words back and return them; what others answered stays, as comments of their own.

        Raises NotFoundError, NotOwnWordsError.
        """
        self._desk.view(canvas_id)
        gone, freed = self._store.remove(canvas_id, comment_id, lambda found: _must_own(found, voice, "remove"))
        for reply in freed:
            self._changed(reply)
        self._events.publish("comment.removed", {"canvas": canvas_id, "id": gone.id})
        return gone

    def _changed(self, comment: Comment) -> Comment:
        facts: dict[str, JsonValue] = {"canvas": comment.canvas, "comment": comment.model_dump(mode="json")}
        self._events.publish("comment.changed", facts)
        return comment


def checked_text(text: str, node: NodeId | None = None) -> str:
    """Return the words as they are. Raises InvalidParamError for none, too many, or what no file can store."""
    if len(text) > LONGEST:
        raise InvalidParamError(
            f"The comment has {len(text):,} characters; at most {LONGEST:,} are kept.",
            hint="Say it shorter, or write it into a note or a brief.",
            param="text",
            node=node,
        )
    if any(character == "\0" or unicodedata.category(character) == "Cs" for character in text):
        raise InvalidParamError(
            "The comment holds characters that no file can store.", hint="Type it again as plain text.", param="text"
        )
    if not any(map(_is_seen, text)):
        raise InvalidParamError("The comment says nothing.", hint="Write what you mean.", param="text", node=node)
    return text


def _is_seen(character: str) -> bool:
    """Say whether a character shows something by itself: what joins, marks, directs or spaces others does not.

    What Unicode had not assigned when this Python was made counts: it may be an emoji of a newer one.
    """
    unseen = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me")
    return not unseen and character not in _BLANKS and not _IGNORED[0] <= character <= _IGNORED[1]


def check_place(canvas: Canvas, new: NewComment, kinds: Kinds) -> None:
    """Raise UnknownNodeError, UnknownTakeError or InvalidParamError when there is no such node, take or frame."""
    node = get_node(canvas, new.node)
    if new.take is None:
        if new.frame is not None:
            raise InvalidParamError(
                "A frame belongs to a take.", hint="Say which take it is a frame of.", param="frame", node=node.id
            )
        return
    take = get_take(canvas, new.take)
    # Unlike a pin, words may be about a hidden take: why it was hidden.
    if take.node_id != node.id:
        raise UnknownTakeError(f"“{name_of(node)}” has no take “{take.id}”.", node=node.id, take=take.id)
    if new.frame is not None:
        _check_frame(take, new.frame, frames_of(take, canvas, kinds))


def frames_of(take: Take, canvas: Canvas, kinds: Kinds) -> int | None:
    """Return how many frames a take's picture has: 1 for a still, 0 for no picture, None where nobody counted."""
    types = _types_of(take, canvas, kinds)
    films = [output for name, output in take.outputs.items() if "video" in types.get(name, frozenset())]
    if films:
        count = films[0].facts.get("frame_count")
        return count if isinstance(count, int) and not isinstance(count, bool) else None
    return 1 if any("image" in found for found in types.values()) else 0


def _types_of(take: Take, canvas: Canvas, kinds: Kinds) -> dict[str, frozenset[str]]:
    try:
        kind = kind_of(get_node(canvas, take.node_id), kinds)
    except UnknownNodeError:  # of a kind that is not installed here: its takes are talked about all the same
        return dict.fromkeys(take.outputs, frozenset({"video"}))
    ports = {name: kind.output(name) for name in take.outputs}
    return {name: port.types if port else frozenset() for name, port in ports.items()}


def _check_frame(take: Take, frame: int, count: int | None) -> None:
    last = LARGEST_INT if count is None else count - 1
    if 0 <= frame <= last:
        return
    has = f"has {count} frame{'s' * (count != 1)}" if count else "has no picture"
    raise InvalidParamError(
        f"Take {take.seq} {has}, no frame {frame}." if count is not None else f"There is no frame {frame}.",
        hint="Frames are counted from 0." if count != 0 else "Comment on the take as a whole.",
        param="frame",
        node=take.node_id,
        take=take.id,
    )


def _in_thread(new: NewComment, parent: Comment) -> NewComment:
    """Return the reply at the place its thread is about; an answer to an answer joins the same thread."""
    same = (new.take in (None, parent.take), new.frame in (None, parent.frame), new.node == parent.node)
    if not all(same):
        raise UsageError(
            "A reply is about what its thread is about.",
            hint="Leave take and frame out of it, or begin a thread of its own.",
            comment=parent.id,
        )
    return NewComment(parent.node, new.text, parent.take, parent.frame, parent.parent or parent.id)


def _reworded(now: Comment, text: str | None, voice: Voice) -> Comment:
    if text is None:
        return now
    _must_own(now, voice, "change")
    checked_text(text, now.node)
    return now if text == now.text else now.model_copy(update={"text": text, "edited_at": now_text()})


def _settled(now: Comment, resolved: bool | None, voice: Voice) -> Comment:
    if resolved is None:
        return now
    if now.parent is not None:
        raise UsageError(
            "A reply is settled with its thread.", hint="Resolve the comment it answers.", comment=now.parent
        )
    if resolved == (now.resolved_at is not None):
        return now  # who settled it first stays named
    if not resolved:
        return now.model_copy(update={"resolved_at": None, "resolved_by": ""})
    return now.model_copy(update={"resolved_at": now_text(), "resolved_by": voice.name})


def _must_own(comment: Comment, voice: Voice, verb: str) -> None:
    own = comment.person == voice.person if voice.person else comment.author == voice.name
    if not own and not voice.owner:
        raise NotOwnWordsError(f"These are the words of {comment.author}; you can {verb} only your own.")
