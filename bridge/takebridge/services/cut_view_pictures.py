"""Where pictures of a cut's clips can be had: the editor's own clips, stored takes; and why not."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from takebridge.canvas.model import Canvas
from takebridge.canvas.model import Take as CanvasTake
from takebridge.cut.hosted import HostClip, HostCut
from takebridge.cut.model import Clip, Media
from takebridge.cut.view_types import Picture
from takebridge.errors import BridgeError
from takebridge.ids import BlobHash, TakeId
from takebridge.media.probe import probe
from takebridge.services.delivery import same_file, take_seconds
from takebridge.services.push import plain_start
from takebridge.services.roundtrip_canvas import Reel, Shot, length_of, placeholder_of
from takebridge.timebase import FrameRate, frame_at

PROBE_SECONDS = 0.5
"""So long files nobody has opened yet are opened for one view; the others count as readable until somebody asks."""
_SHOWN = ("clip", "still")


@dataclass(slots=True)
class Files:
    """What is known of the media of one timeline: each file is looked at once. ``clock`` counts seconds."""

    clock: Callable[[], float] = time.monotonic
    _problems: dict[str, str] = field(default_factory=dict)
    _spent: float = 0.0

    def problem(self, path: str) -> str:
        """Return why a file cannot be shown, in words; "" when it can, as far as is known."""
        if path not in self._problems:
            began = self.clock()
            self._problems[path] = self._look(Path(path))
            self._spent += self.clock() - began
        return self._problems[path]

    def rate(self, path: str) -> FrameRate | None:
        """Return the file's own rate, where it says one that exists."""
        try:
            return probe(Path(path)).rate
        except BridgeError:
            return None

    def _look(self, path: Path) -> str:
        if not path.exists():
            return f"Its media is offline ({path.name})."
        if self._spent >= PROBE_SECONDS:
            return ""
        try:
            info = probe(path)
        except BridgeError as error:
            return error.message.replace(str(path), path.name)
        return "" if info.has_video or info.is_still else "Its file has no picture."


def no_thumb(cut: HostCut | None, clip: HostClip | None, files: Files) -> str:
    """Return why no frame of a clip can be shown; "" when `looking_frames.clip_frame` shows them."""
    if cut is None or clip is None or clip.track.type != "video":
        return "Only clips on video tracks have pictures."
    if clip.kind not in _SHOWN or clip.media is None or not clip.media.path:
        return f"The {clip.kind} has no file to show a frame of."
    if problem := files.problem(clip.media.path):
        return problem
    if clip.kind == "still":
        return ""
    try:
        plain_start(cut, clip, clip.media.rate or files.rate(clip.media.path) or cut.space.rate)
    except BridgeError as error:
        return error.hint or error.message
    return ""


# --- of the three sides -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pictures:
    """Finds pictures of clips of base, editor and canvas; ``clips`` are the editor's, ``reels`` the takes to come.

    Without a ``host_cut`` no editor is there: only takes have pictures then.
    """

    session: str
    host_cut: HostCut | None
    canvas: Canvas
    rate: FrameRate
    reels: Mapping[str, Reel]
    clips: Mapping[str, HostClip]
    files: Files

    def of(self, clip: Clip, shot: Shot | None) -> tuple[Picture | None, str]:
        """Return where a clip's first frame can be had, or None and why not: of the take, else in the editor."""
        if clip.kind not in ("clip", "still", "missing"):
            return None, f"The {clip.kind} has no file to show a frame of."
        found = self._of_take(clip, shot) or self._of_source(clip, shot)
        if found is not None:
            return found, ""
        mine = self.clips.get(clip.key)
        if mine is not None and mine.media and same_file(mine.media.path, _location(clip.media)):
            why = no_thumb(self.host_cut, mine, self.files)
            return (None, why) if why else (self._in_editor(mine, clip), "")
        if self.host_cut is None:
            return None, "Its file is the editor's, and no editor is connected."
        return None, "What it showed is neither a take nor on the timeline now."

    def in_editor(self, clip: Clip, shot: Shot | None) -> tuple[Picture | None, str]:
        """Return where a clip of the editor's cut has its first frame: there, else of the take it shows."""
        mine = self.clips.get(clip.key)
        why = no_thumb(self.host_cut, mine, self.files)
        if mine is not None and not why:
            return self._in_editor(mine, clip), ""
        return (found, "") if (found := self._of_take(clip, shot)) is not None else (None, why)

    def _in_editor(self, mine: HostClip, clip: Clip) -> Picture:
        """The frame of the editor's clip that a clip shows first; what was trimmed off since is not shown any more."""
        at = mine.record.start
        if clip.source is not None and mine.source_start_frame is not None and clip.media and clip.media.rate:
            ahead = (Fraction(clip.source.start) - mine.source_start_frame) / clip.media.rate.fraction
            at += frame_at(ahead, self.rate) if ahead > 0 else 0
        return Picture(session=self.session, clip=mine.key, record_frame=min(at, mine.record.end - 1))

    def _of_take(self, clip: Clip, shot: Shot | None) -> Picture | None:
        """Of a take of ours: one that is to come (a placeholder), or a file that was delivered."""
        if shot is None or clip.media is None or clip.source is None:
            return None
        start = Fraction(clip.source.start) / self.rate.fraction
        if named := placeholder_of(clip.media):
            reel = self.reels.get(named[0])
            return self._of_content(shot, named[1], reel.origin + start) if reel else None
        for item in reversed(shot.deliveries):
            if same_file(clip.media.location, item.path):
                return self._of_content(shot, item.take_id, Fraction(item.origin) + start)
        return None

    def _of_source(self, clip: Clip, shot: Shot | None) -> Picture | None:
        """Of what was pushed, where it has the frame."""
        if shot is None or clip.source is None or not same_file(_location(clip.media), shot.link.media_path):
            return None
        seconds = Fraction(clip.source.start) / shot.link.rate.fraction
        return self._of_content(shot, shot.link.source_take_id, seconds)

    def _of_content(self, shot: Shot, take_id: TakeId, seconds: Fraction) -> Picture | None:
        """The frame of a take that shows a moment of the pushed media's time; None where the take does not say."""
        take = self.canvas.takes.get(take_id)
        length = length_of(take) if take else None
        if take is None or length is None or not take.outputs:
            return None
        try:
            begins = take_seconds(self.canvas, shot.link, take)
        except BridgeError:
            return None
        frame = frame_at(max(seconds - begins, Fraction(0)), length[1])
        return Picture(content=_content(take), frame=min(frame, length[0] - 1))


def _content(take: CanvasTake) -> BlobHash:
    return next(iter(take.outputs.values())).content


def _location(media: Media | None) -> str:
    return media.location if media else ""
