"""``clip.pull``: a file becomes a native take of a clip in one op. Part of `hosts.protocol`.

What `media.import`, `clip.add_take` and a look before and after do one by one; a host is asked far less for it.
"""

from __future__ import annotations

from pydantic import Field

from takebridge.hosts.report import ShortText, Text, TrackRef, WireModel


class PullClipArgs(WireModel):
    """``clip.pull``: import a file, add it to a clip's takes and (by default) select it.

    ``media_path`` is the file the clip plays now, ``left_offset_frame`` the source frame at its head (None: any);
    ``width`` and ``height`` are the timeline's. Where any of it, or the clip's place, is otherwise, the clip is not
    changed and the answer is ``timeline_changed``. ``frame_count`` is what the host must read in the file at ``path``,
    which comes into ``bin`` with ``tags`` as by `ImportArgs`, and stays there. Source frames are of that file,
    half-open, as many as the clip is long.
    """

    clip: ShortText
    track: TrackRef
    start_record_frame: int
    end_record_frame: int
    media_path: Text
    left_offset_frame: int | None = None
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    path: Text
    bin: list[ShortText] = Field(min_length=1, max_length=8)
    tags: dict[ShortText, Text] = Field(default={})
    frame_count: int = Field(gt=0)
    start_source_frame: int = Field(ge=0)
    end_source_frame: int
    select: bool = True


class PullClipResult(WireModel):
    """Result of ``clip.pull``: the clip as read back.

    ``neighbours`` are the other items of its track, ``linked`` the items linked with it, all as they were. ``reused``
    when the bin had the file, ``changed`` is False when the clip showed those frames already.
    """

    name: Text
    start_record_frame: int
    end_record_frame: int
    takes_before: int = Field(ge=0)
    takes_after: int = Field(ge=0)
    selected_take: int = Field(ge=0)
    neighbours: int = Field(ge=0)
    linked: int = Field(ge=0)
    reused: bool
    changed: bool
