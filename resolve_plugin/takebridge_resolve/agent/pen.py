"""Writing with patience: a write counts when it is read back. What an op expects is looked at before."""

import time

from .arguments import parse_track
from .faults import OpError
from .scene import is_locked, open_scene, revision, survey


class Pen(object):
    """Writes with patience. ``touched`` is True when something of this op may be in the project, ``made`` counts the
    writes that were seen to be done.
    """

    def __init__(self, delays, sleep=time.sleep):
        self.delays, self.sleep = delays, sleep
        self.waits = list(delays)
        self.touched = False
        self.made = 0

    def renew(self):
        """Give putting things back the same patience again."""
        self.waits = list(self.delays)

    def write(self, act, done, still=None):
        """Call ``act`` until ``done`` reads True; say whether it did.

        A dialog, playback or a backup make every write answer False for a while, so a refusal is tried again
        until the op's waits are spent, each time after ``still`` (which raises when the ground has moved). A
        write that was answered with True and is not there is not repeated: that could do it twice.
        """
        while True:
            before, self.touched = self.touched, True
            said = act()
            if done():
                self.made += 1
                return True
            if said:
                return False
            self.touched = before
            if not self.waits:
                return False
            self.sleep(self.waits.pop(0))
            if still:
                still()


def refusal(project, what):
    """Return the error for a refused write: busy when even choosing the bin that is chosen already is
    refused.

    That write changes nothing and leaves no step in the undo history.
    """
    pool = project.GetMediaPool()
    folder = pool.GetCurrentFolder() if pool else None
    if not folder:
        return OpError("timeline_switched", "The project was closed meanwhile.")
    if not pool.SetCurrentFolder(folder):
        return OpError("host_busy", "Resolve is busy and refused to %s." % what)
    hint = "Try it by hand in Resolve: it may say more about why."
    return OpError("host_rejected", "Resolve refused to %s." % what, hint)


def check_expectation(resolve, expect, pool=None):
    """Return the Scene when project, timeline and revision are as expected; raise before anything is
    written. ``pool`` takes what was read of the expected tracks: their rows, and media by id.
    """
    scene = same_scene(resolve, expect)
    if expect.get("revision"):
        tracks = [parse_track(track) for track in expect.get("tracks") or []]
        rows = survey(scene, tracks, {} if pool is None else pool)
        if revision(scene, rows) != expect["revision"]:
            raise OpError("timeline_changed", "The timeline was edited since it was last read.")
        if pool is not None:
            pool["rows"] = {track: [row for row in rows if row.track == track] for track in tracks}
    return scene


def same_scene(resolve, expect, manager=None):
    """Return the open Scene when it is the expected one, else raise ``timeline_switched``. ``manager`` spares asking
    for it, and is asked for again where it no longer answers.
    """
    try:
        scene = open_scene(resolve, manager)
    except OpError as error:
        if manager:
            return same_scene(resolve, expect)
        raise OpError("timeline_switched", error.message) from None
    if (scene.project_id, scene.timeline_id) != (expect.get("project_id"), expect.get("timeline_id")):
        raise OpError("timeline_switched", "Another project or timeline is open in Resolve.")
    return scene


def carry_out(desk, project, what, act, done, look):
    """Write with patience; return when it is seen to be done, else raise.

    ``look`` finds handles again and raises when the ground has moved: "committed_unverified" then, when something may
    have been written.
    """
    if desk.pen.write(act, done, look):
        return
    try:
        look()
    except OpError as moved:
        raise (unsure(moved) if desk.pen.touched else moved) from None
    if not done():
        raise refusal(project, what)


def unsure(error):
    """Mark an error: something may be left behind."""
    error.outcome = "committed_unverified"
    error.hint = "Look at the timeline in Resolve: the change may be there. " + error.hint
    return error


def refuse_locked(timeline, track):
    """Raise when a track is locked."""
    if is_locked(timeline, track):
        raise locked_error(track)


def locked_error(track):
    """Return the error for a track that is locked."""
    message = "%s track %d is locked." % (track[0].capitalize(), track[1])
    return OpError("host_rejected", message, "Unlock the track in Resolve, then try again.")


def same_project(resolve, expect):
    """Return the open project when it is the expected one, else raise ``timeline_switched``."""
    manager = resolve.GetProjectManager()
    project = manager.GetCurrentProject() if manager else None
    if not project or project.GetUniqueId() != expect["project_id"]:
        raise OpError("timeline_switched", "Another project is open in Resolve.")
    return project


def is_open(resolve, expect):
    """Say whether the expected timeline is the current one: what was read just before may be trusted then. Handles die
    when another is opened, and a dead item looks like one that is not there.
    """
    try:
        same_scene(resolve, expect)
    except OpError:
        return False
    return True
