"""What the bridge answers about the film's shots and about references."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from takebridge.canvas.model import FrameRange, Rating
from takebridge.client.replies import Reply
from takebridge.ids import NodeId, TakeId


class ShotLength(Reply):
    """How long a shot lasts in the film: ``frames`` at ``rate``, in ``words`` ``3 s 08 f``; None and "" are not known.

    ``start`` is its first frame in the film, from 0; None where a length before it is not known. ``source``: the
    take's own frames, what its node asks for, the export's edits, a storyboard's panels.
    """

    frames: int | None = None
    rate: str
    source: Literal["take", "asked", "edits", "panel", "unknown"]
    start: int | None = None
    words: str = ""


class ShotFacts(Reply):
    """One shot of the film. ``rank`` counts from 0; ``wire`` is "" where no wire says the order.

    ``still`` is the content its picture is made from ("" without a take), at ``still_frame`` of its own frames.
    ``scene`` is the heading of the scene it hangs on, ``script_shot`` the id there. Costs are millionths of
    ``currency``; None is unknown. ``takes`` counts those that are not hidden.
    """

    node: NodeId
    wire: str = ""
    rank: int
    title: str
    scene: str = ""
    script_shot: str = ""
    kind: str
    model: str = ""
    prompt: str = ""
    length: ShotLength
    still: str = ""
    still_kind: Literal["", "image", "video"] = ""
    still_frame: int = 0
    take: TakeId | None = None
    take_number: int | None = None
    takes: int = 0
    state: str
    locked: bool = False
    previz: bool = False
    rating: Rating | None = None
    best: FrameRange | None = None
    cost_actual_micros: int | None = None
    cost_estimated_micros: int | None = None
    currency: str = "USD"


class Use(Reply):
    """An input a reference is wired to."""

    node: NodeId
    port: str
    title: str


class UsingShot(Reply):
    """A shot of the film that hangs on a reference, however many nodes lie between. ``rank`` counts from 0."""

    node: NodeId
    rank: int
    title: str


class ReferenceUse(Reply):
    """A reference with everything that uses it. ``content`` is its picture, else its sound or words (``shows``)."""

    node: NodeId
    title: str
    role: str
    content: str = ""
    shows: str = ""
    used_by: tuple[Use, ...] = ()
    shots: tuple[UsingShot, ...] = ()


class StoryboardWritten(Reply):
    """A storyboard that was written; ``losses`` say what it could not show."""

    path: Path
    bytes: int
    losses: tuple[str, ...] = ()
