"""``project.save``."""

from .faults import OpError
from .pen import carry_out
from .rendering import open_project
from .values import short, text

UNTITLED = "Untitled Project"


def op_save_project(desk, args, expect):
    """``project.save``. A project that was never saved has no name: SaveProject would only say False."""
    project = open_project(desk.resolve)
    save(desk, project)
    return "verified", {"project_id": short(project.GetUniqueId()), "project_name": text(project.GetName())}


def save(desk, project):
    """Save the open project. Nothing reads back that it is saved, so the host's word counts."""
    name = text(project.GetName())
    if name == UNTITLED:
        message = "The project was never saved and has no name yet."
        raise OpError("host_rejected", message, "Save it once in Resolve (File > Save Project As), then try again.")
    said, manager = [], desk.resolve.GetProjectManager()

    def act():
        said[:] = [manager.SaveProject()]
        return said[0]

    carry_out(desk, project, "save the project", act, lambda: said == [True], lambda: None)
