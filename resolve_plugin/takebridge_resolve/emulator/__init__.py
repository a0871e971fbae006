"""A stand-in DaVinci Resolve, shaped like its scripting API, for tests and the demo."""

from __future__ import annotations

from .call import ApiObject
from .edits import EditError
from .gallery import Gallery, GalleryStill, GalleryStillAlbum
from .grade import Graph
from .media_pool import Folder, MediaPool, MediaStorage
from .pool_item import MediaPoolItem
from .profiles import NAMES, Habits, Profile
from .project import Project, ProjectManager, Resolve
from .spec import SpecError
from .timeline import Timeline
from .timeline_item import TimelineItem
from .world import World

API_CLASSES: tuple[type[ApiObject], ...] = (
    Resolve,
    ProjectManager,
    Project,
    MediaStorage,
    MediaPool,
    Folder,
    MediaPoolItem,
    Timeline,
    TimelineItem,
    Graph,
    Gallery,
    GalleryStillAlbum,
    GalleryStill,
)
"""Every emulated class; its name is the API's."""

__all__ = ["API_CLASSES", "NAMES", "EditError", "Habits", "Profile", "SpecError", "World"]
