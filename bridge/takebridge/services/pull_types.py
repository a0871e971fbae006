"""What a pull is asked and what it answers."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from takebridge.ids import LinkId, TakeId
from takebridge.media.codecs import CodecName


class PullRequest(BaseModel):
    """Which take goes to which clip.

    ``select`` False only adds it to the clip's takes. ``codec`` None takes dnxhr_lb, or prores_aw for small pictures.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    link_id: LinkId
    take_id: TakeId
    select: bool = True
    codec: CodecName | None = None
    author: str = "editor"


class PullReport(BaseModel):
    """What was read back. Record frames are absolute, ranges half-open.

    ``changed`` is False when the clip had the take (and showed it, if asked to) already.
    """

    model_config = ConfigDict(frozen=True)

    link_id: LinkId
    shot: str
    clip: str
    take_id: TakeId
    number: int
    path: str
    changed: bool
    record_before: tuple[int, int]
    record_after: tuple[int, int]
    takes_before: int
    takes_after: int
    selected_take: int
    frame_count: int
    head: int
    tail: int
    neighbours: int
    linked: int
    notes: tuple[str, ...] = ()
