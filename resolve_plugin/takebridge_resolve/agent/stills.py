"""``frame.grab``: one frame of the timeline as a still, as graded."""

import os

from .faults import OpError
from .keeping import Kept
from .paths import SANDBOX_HINT, landed, need_folder, need_free, need_path, sweep
from .pen import carry_out
from .playhead import PLAYHEAD_HINT, park, same_timeline
from .scene import frame_or_gone, open_scene
from .timecodes import clock_of, playhead_of

STILLS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".dpx", ".exr")
PAGES_WITHOUT_PLAYHEAD = ("media", "fusion", "photo")


def op_grab_frame(desk, args, expect):
    """``frame.grab``. ExportCurrentFrameAsStill is the only still export that works unattended (resolve.md 1.8)."""
    path, frame = need_path(args), args.get("record_frame")
    if frame is not None and (isinstance(frame, bool) or not isinstance(frame, int)):
        raise OpError("invalid_param", "The op has no usable 'record_frame'.", name="record_frame")
    if os.path.splitext(path)[1].lower() not in STILLS:
        raise OpError("invalid_param", "A still is written as .png, .jpg or .tif.", "Choose one of these endings.")
    scene = open_scene(desk.resolve)
    need_folder(os.path.dirname(path))
    need_free([path])
    with Kept(desk) as kept:
        if desk.resolve.GetCurrentPage() in PAGES_WITHOUT_PLAYHEAD:
            kept.page("edit")
        frame = grab(desk, kept, scene, path, frame)
    return kept.outcome(), {"path": path, "record_frame": frame}


def grab(desk, kept, scene, path, frame):
    """Park, write, look at the file; return the frame that was written. Raises with no file left."""
    timeline, clock = scene.timeline, clock_of(scene)
    there = playhead_of(timeline, clock)
    if there is None:
        raise OpError("host_rejected", "Resolve does not say where the playhead is.", PLAYHEAD_HINT)
    frame = there if frame is None else frame
    if not frame_or_gone(timeline.GetStartFrame()) <= frame < frame_or_gone(timeline.GetEndFrame()):
        raise OpError("invalid_param", "The timeline shows nothing at frame %d." % frame, "Choose a frame of the cut.")
    kept.playhead(timeline)
    park(desk, scene, frame)
    try:
        carry_out(
            desk,
            scene.project,
            "write the frame",
            lambda: scene.project.ExportCurrentFrameAsStill(path),
            lambda: landed([path]),
            lambda: same_timeline(desk, scene),
        )
        same_timeline(desk, scene)
    except OpError as error:
        sweep([path])
        error.outcome = "not_applied"
        if error.code == "host_rejected":
            error.hint = SANDBOX_HINT
        raise
    return frame
