"""What this host can be asked for, and running one op after another."""

import logging
import logging.handlers
import time

from .clips import op_finalize_take, op_rename_clip, op_set_color, op_set_enabled, op_stamp
from .deleting import op_delete_clips
from .faults import OpError
from .guards import has, version_of
from .importing import named_bins, op_import
from .markers import op_add_marker, op_remove_marker
from .media import op_replace_media, op_tag_media
from .pen import Pen, unsure
from .placing import op_place
from .playhead import Meter, current_ones, learn, op_peek, op_set_playhead
from .probing import op_probe
from .project import op_save_project
from .pulling import op_pull
from .quick_export import offers_quick_export, op_render_range
from .reading import op_selection, op_snapshot
from .rendering import op_cancel_render, op_render_status
from .scene import all_tracks
from .status import op_ping, op_reload, op_status, op_stop
from .stills import op_grab_frame
from .takes import op_add_take, op_remove_take, op_select_take
from .terms import PACE
from .timeline_files import op_export_timeline, op_import_timeline
from .timelines import op_add_track, op_delete_timeline, op_duplicate_timeline, op_rename_timeline, op_select_timeline
from .values import short


def capabilities_of(resolve, source=""):
    """Return the verbs of this host, with qualifiers where the version has what they need.

    Asked of the live objects where there are any; with no timeline or an empty pool, of the version. ``source`` is the
    agent's own file, "" when it is not known.
    """
    version, found = version_of(resolve), sorted(set(OPS) - UNSURE)
    manager = resolve.GetProjectManager()
    project = manager.GetCurrentProject() if manager else None
    timeline = project.GetCurrentTimeline() if project else None
    media = any_media(project)
    if has(timeline, "GetSelectedClips") if timeline else version >= (21, 0, 4):
        found.append("selection.get:selected")
    if has(timeline, "GetMarkInOut") if timeline else version >= (19, 1):
        found.append("selection.get:marks")
    if has(media, "SetThirdPartyMetadata") if media else version >= (19, 0, 2):
        found += ["media.import:tags", "clip.stamp:metadata", "media.tag"]
    if offers_quick_export(resolve, project):
        found.append("range.render:quick")
    if source:
        found.append("agent.reload")
    item = any_item(timeline)
    if has(item, "SetName") if item else version >= (20, 2):
        found.append("clip.rename")
    if has(item, "GetLinkedItems") if item else version >= (19, 0):
        found.append("clip.pull")
    return found


def any_item(timeline):
    """Return some item of the timeline to ask for its methods, or None."""
    for track in all_tracks(timeline) if timeline else []:
        for item in timeline.GetItemListInTrack(track[0], track[1]) or []:
            return item
    return None


def any_media(project):
    """Return some pool item of the root bin to ask for its methods, or None."""
    pool = project.GetMediaPool() if project else None
    root = pool.GetRootFolder() if pool else None
    return next(iter(root.GetClipList() or []), None) if root else None


OPS = {
    "agent.ping": op_ping,
    "agent.stop": op_stop,
    "host.status": op_status,
    "timeline.snapshot": op_snapshot,
    "selection.get": op_selection,
    "media.import": op_import,
    "clip.add_take": op_add_take,
    "clip.select_take": op_select_take,
    "clip.remove_take": op_remove_take,
    "clip.pull": op_pull,
    "timeline.duplicate": op_duplicate_timeline,
    "timeline.select": op_select_timeline,
    "timeline.rename": op_rename_timeline,
    "timeline.delete": op_delete_timeline,
    "track.add": op_add_track,
    "clip.place": op_place,
    "clip.delete": op_delete_clips,
    "clip.set_enabled": op_set_enabled,
    "clip.rename": op_rename_clip,
    "clip.stamp": op_stamp,
    "marker.add": op_add_marker,
    "marker.remove": op_remove_marker,
    "selection.peek": op_peek,
    "playhead.set": op_set_playhead,
    "timeline.export": op_export_timeline,
    "timeline.import": op_import_timeline,
    "frame.grab": op_grab_frame,
    "range.render": op_render_range,
    "render.status": op_render_status,
    "render.cancel": op_cancel_render,
    "clip.finalize_take": op_finalize_take,
    "clip.set_color": op_set_color,
    "media.replace": op_replace_media,
    "media.tag": op_tag_media,
    "project.save": op_save_project,
    "agent.reload": op_reload,
    "host.probe": op_probe,
}
UNSURE = frozenset(["clip.rename", "clip.pull", "media.tag", "agent.reload"])
"""Ops that not every version, or not every agent, has."""
EDITS = frozenset(verb for verb in OPS if verb.startswith(("timeline.", "track.", "marker.", "media."))).union(
    [
        "clip.place",
        "clip.delete",
        "clip.set_enabled",
        "clip.set_color",
        "clip.finalize_take",
        "clip.rename",
        "clip.stamp",
    ]
) - {"timeline.export", "media.import"}
"""Ops that do not put back what they had done when they fail half-way, but say so."""


class Desk(object):
    """Runs ops one after another on the thread it lives on.

    ``stopping`` is set by ``agent.stop``, ``reloading`` with it by ``agent.reload``; ``source`` is the agent's file.
    ``known`` is what `selection.peek` remembers of a timeline, by its id; ``manager`` the project manager, the one
    handle that no switch of a project or timeline makes stale; ``build`` the version; ``bins`` the names of bins, by
    project.
    """

    def __init__(self, resolve, delays=PACE.write_delays, sleep=time.sleep, log=None, source=""):
        self.resolve, self.source = resolve, source
        self.delays, self.sleep = delays, sleep
        self.log = log or logging.Logger("takebridge.agent")
        self.pen = Pen(delays, sleep)
        self.stopping = self.reloading = False
        self.known, self.manager, self.build, self.bins = {}, None, None, {}
        self.prepare()

    def prepare(self):
        """Learn what stays and the open timeline, so that the first ops stay within their calls; a host that fails is
        met later.
        """
        try:
            self.project_manager()
            self.version()
            meter = Meter(64)
            project, timeline = current_ones(self, meter)
            if timeline:
                learn(self, meter, project, timeline, short(timeline.GetUniqueId()))
            self.learn_bins()
        except Exception:  # noqa: BLE001 - a host that is starting or ending may raise anything
            self.log.debug("No timeline could be read yet")

    def learn_bins(self):
        """Learn the names of the open project's bins, which a pull would ask for one by one."""
        project = self.manager.GetCurrentProject() if self.manager else None
        if project:
            self.bins[short(project.GetUniqueId())] = named_bins(project.GetMediaPool())

    def project_manager(self):
        """Return the project manager, asked for once."""
        self.manager = self.manager or self.resolve.GetProjectManager()
        return self.manager

    def version(self):
        """Return the version as a tuple of integers, asked for until the host says it."""
        if self.build in (None, (0,)):
            self.build = version_of(self.resolve)
        return self.build

    def execute(self, op):
        """Run one op and return its OpAnswer without the session. Never raises."""
        self.pen = Pen(self.delays, self.sleep)
        try:
            outcome, result = self.dispatch(op)
            return make_answer(op, outcome, result)
        except OpError as error:
            if op.get("verb") in EDITS and self.pen.made and not error.undone and error.outcome == "not_applied":
                unsure(error)
            return make_answer(op, error.outcome, error.result, error)
        except Exception as fault:
            self.log.exception("The op %s failed", op.get("verb"))
            error = OpError("agent_fault", "The agent failed at this op: %s: %s" % (type(fault).__name__, fault))
            outcome = "committed_unverified" if self.pen.touched else "not_applied"
            return make_answer(op, outcome, None, error)

    def dispatch(self, op):
        """Return (outcome, result) of an op."""
        act = OPS.get(op.get("verb"))
        if act is None:
            raise OpError("unsupported_op", "This agent does not know %s." % short(op.get("verb")))
        args, expect = op.get("args") or {}, op.get("expect")
        if not isinstance(args, dict):
            raise OpError("invalid_param", "The op has no usable arguments.")
        return act(self, args, expect)


def make_answer(op, outcome, result, error=None):
    """Return an OpAnswer of the protocol, still without its session."""
    wire = error.to_wire() if error else None
    return {"op_id": short(op.get("id")), "outcome": outcome, "result": result, "error": wire}
