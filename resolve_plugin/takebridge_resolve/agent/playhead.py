"""``selection.peek`` and ``playhead.set``: where the person is, and parking the playhead."""

from .arguments import need
from .faults import OpError
from .guards import has
from .pen import carry_out
from .scene import frame_or_gone, open_scene
from .timecodes import base_of, clock_of, frame_at, label_at, playhead_of
from .values import rate_text, short

PEEK_CALLS = 8
PLAYHEAD_HINT = "Open the Cut, Edit, Color, Fairlight or Deliver page in Resolve: the others have no playhead."


class Meter(object):
    """Makes at most so many API calls; whatever is asked after that is None."""

    def __init__(self, left):
        self.left = left

    def ask(self, method, *args):
        """Return what a call says."""
        if self.left < 1:
            return None
        self.left -= 1
        return method(*args)


def op_peek(desk, args, expect):
    """``selection.peek``. Asked every second, so a timeline's rate and project are remembered by its id."""
    return "verified", peek(desk)


def peek(desk):
    """Return a PeekResult within eight calls; of many selected items only as many as fit in."""
    meter, said = Meter(PEEK_CALLS), {"project_id": "", "timeline_id": "", "timecode": "", "record_frame": None}
    said.update(clip="", selected=[])
    project, timeline = current_ones(desk, meter)
    key = short(meter.ask(timeline.GetUniqueId)) if timeline else ""
    if not key:
        project = project or open_project_of(desk, meter)
        return dict(said, project_id=short(meter.ask(project.GetUniqueId)) if project else "")
    known = desk.known.get(key) or learn(desk, meter, project, timeline, key)
    label = short(meter.ask(timeline.GetCurrentTimecode))
    frame = frame_at(label, known[1], known[2])
    said.update(project_id=known[0], timeline_id=key, timecode=label, record_frame=frame)
    item = meter.ask(timeline.GetCurrentVideoItem)
    said["clip"] = short(meter.ask(item.GetUniqueId)) if item else ""
    if has(timeline, "GetSelectedClips"):
        chosen = meter.ask(timeline.GetSelectedClips) or []
        keys = [short(meter.ask(other.GetUniqueId)) for other in chosen[: meter.left]]
        said["selected"] = [found for found in keys if found]
    return said


def current_ones(desk, meter):
    """Return the open project and timeline; 21.1 says the timeline at once, then the project is asked when needed."""
    if has(desk.resolve, "GetCurrentTimeline"):
        return None, meter.ask(desk.resolve.GetCurrentTimeline)
    if not desk.manager:
        desk.manager = meter.ask(desk.resolve.GetProjectManager)
    project = meter.ask(desk.manager.GetCurrentProject) if desk.manager else None
    if not project:
        desk.manager = None
    return project, meter.ask(project.GetCurrentTimeline) if project else None


def open_project_of(desk, meter):
    """Return the open project at once (21.1), or None."""
    return meter.ask(desk.resolve.GetCurrentProject) if has(desk.resolve, "GetCurrentProject") else None


def learn(desk, meter, project, timeline, key):
    """Return (project id, frames per labelled second, drop-frame) of a timeline not seen before."""
    project = project or open_project_of(desk, meter)
    rate = meter.ask(timeline.GetSetting, "timelineFrameRate")
    if rate in (None, "", False) and project:
        rate = meter.ask(project.GetSetting, "timelineFrameRate")
    project_id = short(meter.ask(project.GetUniqueId)) if project else ""
    known = (project_id, base_of(rate), rate_text(rate).upper().endswith(" DF"))
    if project_id and known[1]:
        desk.known[key] = known
    return known


def op_set_playhead(desk, args, expect):
    """``playhead.set``."""
    wanted, frame = need(args, "timeline_id", str), need(args, "record_frame", int)
    scene = open_scene(desk.resolve)
    if scene.timeline_id != wanted:
        raise OpError("timeline_switched", "Another timeline is open in Resolve.")
    park(desk, scene, frame)
    return "verified", peek(desk)


def park(desk, scene, frame):
    """Put the playhead on a record frame of the timeline; nothing is written when it is there."""
    timeline = scene.timeline
    first, end = frame_or_gone(timeline.GetStartFrame()), frame_or_gone(timeline.GetEndFrame())
    if not first <= frame <= max(end, first):
        raise OpError("invalid_param", "Frame %d lies outside the timeline." % frame, "Choose a frame of the timeline.")
    clock = clock_of(scene)
    now = playhead_of(timeline, clock)
    if now is None or clock[0] is None:
        raise OpError("host_rejected", "Resolve does not say where the playhead is.", PLAYHEAD_HINT)
    if now == frame:
        return
    label = label_at(frame, clock[0], clock[1])
    try:
        carry_out(
            desk,
            scene.project,
            "move the playhead",
            lambda: timeline.SetCurrentTimecode(label),
            lambda: playhead_of(timeline, clock) == frame,
            lambda: same_timeline(desk, scene),
        )
    except OpError as error:
        if error.code == "host_rejected":
            error.hint = PLAYHEAD_HINT
        raise


def same_timeline(desk, scene):
    """Raise when another timeline is open than the one of a Scene."""
    now = open_scene(desk.resolve)
    if (now.project_id, now.timeline_id) != (scene.project_id, scene.timeline_id):
        raise OpError("timeline_switched", "Another timeline was opened in Resolve meanwhile.")
