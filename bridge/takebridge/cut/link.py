"""Clip link: ties a clip of a cut to a node of the canvas and says which source frames the node was given."""

from __future__ import annotations

from fractions import Fraction

from pydantic import BaseModel, ConfigDict

from takebridge.ids import CanvasId, ClipKey, LinkId, NodeId, TakeId
from takebridge.timebase import FrameRange, FrameRate, to_seconds


class ClipLink(BaseModel):
    """One pushed clip, or one gap that is to be filled.

    ``source_start_frame``/``source_end_frame`` are the source frames the clip showed when it was pushed;
    ``given_start_frame``/``given_end_frame`` those of the file made from it, handles included (same space:
    ``media_path``'s own frames at ``media_rate``). Ends are exclusive. Rates are exact (``"24000/1001"``).

    With ``fills_gap`` nothing was pushed: the shot was made for a gap, and its clip does not exist before a take is put
    there (``clip_key`` is empty, the record range is the gap's). There is no media and no source take; the takes of the
    node itself begin at frame 0 of the gap, counted at the timeline's rate.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: LinkId
    canvas_id: CanvasId
    node_id: NodeId
    source_take_id: TakeId
    shot: str
    project_id: str
    project_name: str
    timeline_id: str
    timeline_name: str
    clip_key: ClipKey
    track_type: str
    track_index: int
    start_record_frame: int
    end_record_frame: int
    media_path: str
    media_rate: str
    source_start_frame: int
    source_end_frame: int
    given_start_frame: int
    given_end_frame: int
    width: int
    height: int
    created_at: str
    fills_gap: bool = False

    @property
    def waits(self) -> bool:
        """Say whether the clip does not exist yet: a gap no take was put into."""
        return self.fills_gap and not self.clip_key

    @property
    def record(self) -> FrameRange:
        """Record frames of the clip when it was last tied, or of the gap."""
        return FrameRange(self.start_record_frame, self.end_record_frame)

    @property
    def rate(self) -> FrameRate:
        """The media's rate."""
        numerator, _, denominator = self.media_rate.partition("/")
        return FrameRate(int(numerator), int(denominator or 1))

    @property
    def given(self) -> FrameRange:
        """Source frames of the file made from the clip."""
        return FrameRange(self.given_start_frame, self.given_end_frame)

    @property
    def given_seconds(self) -> Fraction:
        """Media time at which the file made from the clip begins; takes of the shot begin there too."""
        return to_seconds(self.given_start_frame, self.rate)
