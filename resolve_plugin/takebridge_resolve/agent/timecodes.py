"""Timecode labels and record frames. Frames are the truth, a label only names one (resolve.md trap 10)."""

import re

from .scene import setting
from .values import rate_text, whole

LABEL = re.compile(r"(\d\d):(\d\d):(\d\d)([:;.])(\d{2,3})\Z")
MOST_FRAMES_A_SECOND = 240


def base_of(rate):
    """Return the frames counted per labelled second: 24 for "23.976"; None for a rate nobody knows."""
    said = re.match(r"\s*(\d+(?:\.\d+)?)", rate_text(rate))
    base = round(float(said.group(1))) if said else 0
    return base if 0 < base <= MOST_FRAMES_A_SECOND else None


def clock_of(scene):
    """Return (frames per labelled second, whether labels are drop-frame) of a timeline."""
    rate = setting(scene, "timelineFrameRate")
    drop = rate_text(rate).upper().endswith(" DF") or setting(scene, "timelineDropFrameTimecode") in ("1", 1, True)
    return base_of(rate), drop


def frame_at(label, base, drop=False):
    """Return the frame a label names, counted from 00:00:00:00, or None. A ``;`` says drop-frame by itself."""
    parts = LABEL.match(str(label or ""))
    if not parts or not base:
        return None
    hours, minutes, seconds, frames = (int(parts.group(place)) for place in (1, 2, 3, 5))
    frame = ((hours * 60 + minutes) * 60 + seconds) * base + frames
    if not drop and parts.group(4) != ";":
        return frame
    passed = hours * 60 + minutes
    return frame - dropped(base) * (passed - passed // 10)


def label_at(frame, base, drop=False):
    """Return the label of a frame counted from 00:00:00:00."""
    if drop:
        tens, rest = divmod(frame, base * 600 - 9 * dropped(base))
        minutes = max(rest - dropped(base), 0) // (base * 60 - dropped(base))
        frame += dropped(base) * (9 * tens + minutes)
    seconds, frames = divmod(frame, base)
    minutes, seconds = divmod(seconds, 60)
    mark = ";" if drop else ":"
    return "%02d:%02d:%02d%s%02d" % (minutes // 60 % 24, minutes % 60, seconds, mark, frames)


def dropped(base):
    """Return the labels left out a minute: 2 at 29.97, 4 at 59.94."""
    return base // 15


def playhead_of(timeline, clock):
    """Return the record frame under the playhead, or None on pages that do not say (Media, Fusion)."""
    return whole(frame_at(timeline.GetCurrentTimecode(), clock[0], clock[1]))
