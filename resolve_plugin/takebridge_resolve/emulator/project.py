"""Resolve, ProjectManager and Project (resolve.md §1.1)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from .call import ApiObject, Refused, read, write
from .constants import KEYFRAME_MODES, constants_of, named
from .gallery import Gallery
from .media_pool import MediaPool, MediaStorage
from .rendering import Rendering
from .saving import UNTITLED
from .settings import DEFAULTS, setting
from .state import Project as ProjectState
from .timecode import parse_rate
from .timeline import Timeline

if TYPE_CHECKING:
    from .world import World

PAGES = ("media", "cut", "edit", "fusion", "color", "fairlight", "deliver")


class Project(Rendering):
    """A handle to the open project."""

    scope = "project"

    def __init__(self, world: World, project: ProjectState) -> None:
        super().__init__(world)
        self._project = project

    @read()
    def GetUniqueId(self) -> str:
        """Id of the project."""
        return self._project.id

    @read()
    def GetName(self) -> str:
        """Its name."""
        return self._project.name

    @write(False)
    def SetName(self, projectName: str) -> bool:
        """Rename the project; names are unique in a database."""
        if not projectName or any(other.name == projectName for other in self._world.projects):
            raise Refused
        self._project.name = projectName
        return True

    @read()
    def GetMediaPool(self) -> MediaPool:
        """The media pool."""
        return MediaPool(self._world)

    @read(0)
    def GetTimelineCount(self) -> int:
        """Number of timelines."""
        return len(self._project.timelines)

    @read()
    def GetTimelineByIndex(self, idx: int) -> Timeline:
        """A timeline, 1-based."""
        if not 1 <= idx <= len(self._project.timelines):
            raise Refused
        return Timeline(self._world, self._project.timelines[idx - 1])

    @read()
    def GetCurrentTimeline(self) -> Timeline | None:
        """The open timeline, None without one."""
        return self._world.timeline_handle(self._project.current_timeline)

    @write(False)
    def SetCurrentTimeline(self, timeline: Timeline) -> bool:
        """Open a timeline; item handles of the one left behind go stale."""
        self._world.make_current(timeline._timeline)
        return True

    @read()
    def GetSetting(self, settingName: str | None = None) -> object:
        """A setting, as a string except where 21.1 gives numbers; all of them without a name."""
        return setting(self._world.profile, self._project, settingName)

    @write(False)
    def SetSetting(self, settingName: str, settingValue: str) -> bool:
        """Set a known setting. The playback rate never, the frame rate only before there is media or a timeline."""
        project = self._project
        if settingName == "timelineFrameRate":
            if project.timelines or any(project.all_media()):
                raise Refused
            project.rate = _rate(settingValue)
        elif settingName in DEFAULTS:
            project.settings[settingName] = settingValue
        else:
            raise Refused
        return True

    @read()
    def GetSettings(self) -> object:
        """All settings. Since 21.1."""
        return setting(self._world.profile, self._project, None)

    @write(False)
    def SetSettings(self, settings: dict[str, str]) -> bool:
        """Set several settings; the first wrong one ends it. Since 21.1."""
        return bool(settings) and all(Project.SetSetting(self, key, value) for key, value in settings.items())

    @read()
    def GetGallery(self) -> Gallery:
        """The gallery."""
        return Gallery(self._world)


def _rate(label: str) -> Fraction:
    try:
        return parse_rate(label)
    except ValueError:
        raise Refused from None


class ProjectManager(ApiObject):
    """The project database."""

    @read()
    def GetCurrentProject(self) -> Project:
        """The open project."""
        return Project(self._world, self._world.project)

    @read([])
    def GetProjectListInCurrentFolder(self) -> list[str]:
        """Names of the projects."""
        return [project.name for project in self._world.projects]

    @write(None)
    def LoadProject(self, projectName: str) -> Project:
        """Open a project; every handle into the one left behind goes stale."""
        self._leave()
        self._world.open_project(self._named(projectName))
        return Project(self._world, self._world.project)

    def _leave(self) -> None:
        """Refused while the open project does not let itself be left (``ui.blocks_switch``)."""
        if self._world.ui.blocks_switch:
            raise Refused

    def _named(self, name: str) -> ProjectState:
        for project in self._world.projects:
            if project.name == name:
                return project
        raise Refused

    @write(None)
    def CreateProject(self, projectName: str, mediaLocationPath: str | None = None) -> Project:
        """Make an empty 24 fps project and open it; None when the name is taken or the open one cannot be left."""
        self._leave()
        if not projectName or any(project.name == projectName for project in self._world.projects):
            raise Refused
        project = ProjectState(projectName, parse_rate("24"), {})
        self._world.projects.append(project)
        self._world.open_project(project)
        return Project(self._world, project)

    @write(False)
    def SaveProject(self) -> bool:
        """Save; False on "Untitled Project"."""
        if self._world.project.name == UNTITLED:
            raise Refused
        self._world.shelf.save(self._world.project)
        return True

    @write(False)
    def CloseProject(self, project: Project) -> bool:
        """Close the open project; what was not saved is lost. An untitled one opens in its place."""
        if project._project is not self._world.project:
            raise Refused
        self._leave()
        self._world.close_project()
        return True

    @write(False)
    def DeleteProject(self, projectName: str) -> bool:
        """Delete a project; refused for the open one."""
        found = self._named(projectName)
        if found is self._world.project:
            raise Refused
        self._world.projects.remove(found)
        return True

    @read()
    def GetCurrentDatabase(self) -> dict[str, str] | None:
        """The database; None says the instance is wedged (`ui.wedged`), whatever cheaper calls say."""
        return None if self._world.ui.wedged else {"DbType": "Disk", "DbName": "Local Database"}


class Resolve(ApiObject):
    """The scripting API's root object: what a menu script finds as the global ``resolve``."""

    if not TYPE_CHECKING:

        def __getattribute__(self, name: str) -> object:
            """Enum constants are upper-case attributes too: opaque values, never strings."""
            constants = constants_of(object.__getattribute__(self, "_world").profile)
            return constants[name] if name in constants else super().__getattribute__(name)

    def __dir__(self) -> list[str]:
        """Methods and constants of this build."""
        return sorted([*super().__dir__(), *constants_of(self._world.profile)])

    @read()
    def GetProductName(self) -> str:
        """ "DaVinci Resolve" or "DaVinci Resolve Studio"."""
        return self._world.profile.product_name

    @read()
    def GetVersion(self) -> list[object]:
        """``[major, minor, patch, build, suffix]``."""
        return [*self._world.profile.version, ""]

    @read()
    def GetVersionString(self) -> str:
        """``"20.3.2.0009"``-like."""
        major, minor, patch, build = self._world.profile.version
        return f"{major}.{minor}.{patch}.{build:04}"

    @read()
    def GetProjectManager(self) -> ProjectManager:
        """The project manager."""
        return ProjectManager(self._world)

    @read()
    def GetMediaStorage(self) -> MediaStorage:
        """The media storage."""
        return MediaStorage(self._world)

    @read()
    def GetCurrentPage(self) -> str:
        """Name of the open page."""
        return self._world.page

    @write(False)
    def OpenPage(self, pageName: str) -> bool:
        """Open a page."""
        if pageName not in PAGES and not (pageName == "photo" and self._world.profile.version >= (21,)):
            raise Refused
        self._world.page = pageName
        return True

    @read()
    def GetKeyframeMode(self) -> object:
        """The keyframe mode as an enum constant."""
        return constants_of(self._world.profile)[self._world.keyframe_mode]

    @write(False)
    def SetKeyframeMode(self, keyframeMode: object) -> bool:
        """Set the keyframe mode by its constant; a string in its place is silently refused."""
        name = named(self._world.profile, keyframeMode)
        if name not in KEYFRAME_MODES:
            raise Refused
        self._world.keyframe_mode = name
        return True

    @read(False)
    def IsStudio(self) -> bool:
        """Whether this is Studio. Since 21.1."""
        return self._world.profile.studio

    @read()
    def GetCurrentProject(self) -> Project:
        """The open project. Since 21.1."""
        return Project(self._world, self._world.project)

    @read()
    def GetCurrentTimeline(self) -> Timeline | None:
        """The open timeline. Since 21.1."""
        return self._world.timeline_handle(self._world.project.current_timeline)

    @read()
    def GetMediaPool(self) -> MediaPool:
        """The media pool of the open project. Since 21.1."""
        return MediaPool(self._world)

    @read()
    def GetGallery(self) -> Gallery:
        """The gallery of the open project. Since 21.1."""
        return Gallery(self._world)

    @write(False)
    def SetHighPriority(self, highPriority: bool) -> bool:
        """Ask for more of the machine; changes nothing here. Since 21.1."""
        return True
