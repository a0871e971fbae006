"""``host.probe``: what only this build can say. Read facts of the open project; the rest in a project made for it."""

import os
import platform
import sys
import time

from .faults import OpError
from .guards import call_if
from .keeping import Kept
from .paths import need_file, need_folder
from .pen import Pen, refusal, unsure
from .project import save
from .rendering import open_project, refuse_rendering
from .status import edition_of
from .timelines import is_current, timeline_with_id
from .trials import TRIALS, Ground
from .values import short, text, whole


def op_probe(desk, args, expect):
    """``host.probe``. Facts go by the names the emulator's profiles take; what could not be had is in the notes."""
    media, folder = args.get("media") or [], text(args.get("folder"))
    if not isinstance(media, list) or not all(isinstance(path, str) for path in media):
        raise OpError("invalid_param", "The op has no usable 'media'.", name="media")
    for path in media:
        need_file(path)
    if folder:
        need_folder(folder)
    notes = []
    facts = read_facts(desk.resolve, notes)
    if media:
        with Disposable(desk) as project:
            run_trials(desk, Ground(desk, project, media, folder), facts, notes)
    return "verified", {"facts": facts, "notes": notes}


def read_facts(resolve, notes):
    """Return what can be read without writing anything."""
    facts = {
        "product": short(resolve.GetProductName()),
        "version": build_of(resolve),
        "edition": edition_of(resolve),
        "system": sys.platform,
        "python": platform.python_version(),
        "executable": os.path.basename(sys.executable or ""),
        "page": short(resolve.GetCurrentPage()),
        "methods": methods_of(resolve),
    }
    manager = resolve.GetProjectManager()
    project = manager.GetCurrentProject() if manager else None
    timeline = project.GetCurrentTimeline() if project else None
    if timeline:
        names = ("timelineFrameRate", "timelineResolutionWidth", "timelineDropFrameTimecode", "timelineSampleRate")
        facts["setting_types"] = {name: type(timeline.GetSetting(name)).__name__ for name in names}
        facts.update(frame_rate_setting=type_word(timeline.GetSetting("timelineFrameRate")))
    else:
        notes.append("No timeline is open: types of settings are not recorded.")
    return facts


def build_of(resolve):
    """Return the version with its build as numbers and dots: "21.0.3.7"."""
    numbers = [whole(part) for part in resolve.GetVersion() or []]
    return ".".join(str(number) for number in numbers[:4] if number is not None)


def type_word(value):
    """Return "str" or "float": ints and floats are one fact."""
    return "str" if isinstance(value, str) else "float"


def methods_of(resolve):
    """Return what ``dir()`` lists, class by class, of the objects at hand. ``hasattr`` would say True to all."""
    manager = resolve.GetProjectManager()
    project = manager.GetCurrentProject() if manager else None
    pool = project.GetMediaPool() if project else None
    timeline = project.GetCurrentTimeline() if project else None
    root = pool.GetRootFolder() if pool else None
    things = {
        "Resolve": resolve,
        "ProjectManager": manager,
        "Project": project,
        "MediaPool": pool,
        "Folder": root,
        "MediaPoolItem": next(iter(root.GetClipList() or []), None) if root else None,
        "Timeline": timeline,
        "TimelineItem": some_item(timeline),
    }
    return {name: offered(thing) for name, thing in things.items() if thing is not None}


def some_item(timeline):
    """Return some item of the first video track, or None."""
    return next(iter(timeline.GetItemListInTrack("video", 1) or []), None) if timeline else None


def offered(thing):
    """Return the names of an object's methods: capitalised, and no constants."""
    return sorted(name for name in dir(thing) if name[:1].isupper() and not name.isupper() and "_" not in name)


def run_trials(desk, ground, facts, notes):
    """Run every trial; one that fails leaves a note and the others go on."""
    for name, trial in TRIALS:
        try:
            facts.update(trial(ground))
        except OpError as error:
            notes.append("%s: %s" % (name, error.message))
        except Exception as error:
            desk.log.exception("The trial %s failed", name)
            notes.append("%s: %s: %s" % (name, type(error).__name__, error))
    facts["methods"] = dict(methods_of(desk.resolve), **facts.get("methods", {}))
    notes.extend(ground.notes)


class Disposable(object):
    """A project made for a while. The person's is saved before, and opened again in every ending."""

    def __init__(self, desk):
        self.desk, self.manager = desk, desk.resolve.GetProjectManager()
        project = open_project(desk.resolve)
        self.was, self.was_id = text(project.GetName()), project.GetUniqueId()
        timeline = project.GetCurrentTimeline()
        self.timeline_id = timeline.GetUniqueId() if timeline else ""
        self.name = "TakeBridge probe %s %d" % (time.strftime("%Y-%m-%d %H.%M.%S"), os.getpid())
        if self.was not in (self.manager.GetProjectListInCurrentFolder() or []):
            hint = "Open the Project Manager in Resolve, go to the folder of your project, then try again."
            raise OpError("host_rejected", "The open project lies in another folder of the Project Manager.", hint)
        refuse_rendering(project)
        self.kept = Kept(desk)
        self.kept.page()
        save(desk, project)

    def __enter__(self):
        """Make and open the project."""
        made = self.write(lambda: self.manager.CreateProject(self.name), lambda: self.open_name() == self.name)
        if not made:
            raise refusal(open_project(self.desk.resolve), "make a project for the probe")
        return self.manager.GetCurrentProject()

    def __exit__(self, _kind, error, _trace):
        back = self.open_name() not in (self.name, "") or self.open_again()
        if back:
            self.write(self.delete, lambda: self.name not in (self.manager.GetProjectListInCurrentFolder() or []))
            self.kept.put_back()
            return
        lost = OpError("host_rejected", "The project “%s” could not be opened again." % self.was)
        lost.hint = "Open it in the Project Manager; it was saved before. Then delete “%s”." % self.name
        raise unsure(lost) from (error if isinstance(error, OpError) else None)

    def write(self, act, done):
        """Write with the patience of an op."""
        return Pen(self.desk.delays, self.desk.sleep).write(act, done)

    def open_name(self):
        """Return the name of the open project."""
        project = self.manager.GetCurrentProject()
        return text(project.GetName()) if project else ""

    def open_again(self):
        """Open the person's project and timeline; the one of the probe is saved first, so that no dialog asks."""
        self.manager.SaveProject()
        if not self.write(lambda: self.manager.LoadProject(self.was), lambda: self.open_name() == self.was):
            return False
        project = self.manager.GetCurrentProject()
        timeline = timeline_with_id(project, self.timeline_id) if self.timeline_id else None
        if timeline is not None and not is_current(project, self.timeline_id):
            self.write(lambda: project.SetCurrentTimeline(timeline), lambda: is_current(project, self.timeline_id))
        return project.GetUniqueId() == self.was_id

    def delete(self):
        """Delete the project of the probe."""
        return call_if(self.manager, "DeleteProject", self.name)
