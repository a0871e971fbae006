"""The emulated application: projects, what is open, and the root object a script starts from."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from .media_facts import MediaFacts
from .profiles import Profile
from .project import Resolve
from .render_state import Queue
from .saving import UNTITLED, Shelf, drop_ghosts
from .state import Media, Project
from .state import Timeline as TimelineState
from .timecode import parse_rate, parse_timecode
from .timeline import Timeline
from .ui import Ui


class World:
    """One running stand-in Resolve. ``resolve`` is what a script gets, ``ui`` the human in front of it.

    One reentrant lock around every API call and hook: a control thread may edit while a script reads.
    """

    def __init__(self, profile: Profile, projects: list[Project]) -> None:
        self.profile = profile
        self.projects = projects
        self.project = projects[0]
        self.page = "edit"
        self.keyframe_mode = "KEYFRAME_MODE_ALL"
        self.pool_selection: list[Media] = []
        self.lock = threading.RLock()
        self.ui = Ui(self)
        self.shelf = Shelf(projects)
        self._queues: dict[str, Queue] = {}
        self._project_epoch = 0
        self._timeline_epoch = 0
        self.resolve = Resolve(self)

    @classmethod
    def from_spec(cls, spec: Mapping[str, object], profile: str | Path | Profile = "20.3") -> World:
        """Build a world from a JSON-shaped description (docs/emulator.md). Raises SpecError.

        ``profile`` is a name, a recorded profile (a path that ends in .json) or a `Profile`; a wrong one raises
        ValueError.
        """
        from .spec import read_projects

        chosen = profile if isinstance(profile, Profile) else Profile.named(str(profile))
        return cls(chosen, read_projects(spec))

    def stamp(self, scope: str) -> tuple[int, ...]:
        """What a handle of this scope must still match to be alive."""
        keeping = self.profile.habits.handles_survive_timeline_switch
        return {
            "app": (),
            "project": (self._project_epoch,),
            "timeline": (self._project_epoch, 0 if keeping else self._timeline_epoch),
        }[scope]

    def open_project(self, project: Project) -> None:
        """Switch projects; handles into the other one go stale, ghosts of this one are gone."""
        if project is not self.project:
            drop_ghosts(project, unsure=self.ui.unsure_vanish)
            self.project = project
            self.pool_selection = []
            self._project_epoch += 1

    def close_project(self) -> None:
        """Close the open project without saving: it is as it was last saved, and an untitled one opens."""
        closed, kept = self.project, self.shelf.last(self.project)
        self.projects[:] = [one for one in self.projects if one is not closed and one.name != UNTITLED]
        if kept is not None:
            self.projects.append(kept)
        untitled = Project(UNTITLED, parse_rate("24"), {})
        self.projects.append(untitled)
        self.open_project(untitled)

    def make_current(self, timeline: TimelineState | None) -> None:
        """Switch timelines; item handles go stale."""
        if timeline is not self.project.current_timeline:
            self.project.current_timeline = timeline
            self._timeline_epoch += 1

    def queue(self, project: Project) -> Queue:
        """The Deliver page of a project."""
        return self._queues.setdefault(project.id, Queue())

    def add_timeline(self, project: Project, timeline: TimelineState) -> None:
        """Add a timeline and its pool item."""
        add_timeline(project, timeline)

    def timeline_handle(self, timeline: TimelineState | None) -> Timeline | None:
        """API handle of a timeline."""
        return None if timeline is None else Timeline(self, timeline)

    @staticmethod
    def hour_one(rate: Fraction, drop: bool) -> int:
        """record_frame of 01:00:00:00."""
        return parse_timecode("01:00:00:00", rate, drop)


def add_timeline(project: Project, timeline: TimelineState) -> None:
    """Register a timeline with its pool item in the current bin."""
    facts = MediaFacts(True, True, rate=timeline.rate, width=timeline.width, height=timeline.height)
    media = Media(timeline.name, "", facts, timeline.rate, "Timeline", timeline=timeline)
    project.timelines.append(timeline)
    project.current_bin.media.append(media)
