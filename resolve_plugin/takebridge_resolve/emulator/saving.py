"""What is on disk of the projects: saved, closed without saving, opened again (resolve.md §1.1, §5.28)."""

from __future__ import annotations

import pickle

from .state import Project

UNTITLED = "Untitled Project"


class Shelf:
    """The database: the last saved state of every project, as bytes nobody can reach into."""

    def __init__(self, projects: list[Project]) -> None:
        self._saved: dict[str, bytes] = {}
        for project in projects:
            if project.name != UNTITLED:
                self.save(project)

    def save(self, project: Project) -> None:
        """Keep the project as it is now."""
        self._saved[project.id] = pickle.dumps(project)

    def last(self, project: Project) -> Project | None:
        """The project as it was last saved, None when it never was."""
        kept = self._saved.get(project.id)
        found = pickle.loads(kept) if kept is not None else None  # noqa: S301 - our own bytes, of this process
        return found if isinstance(found, Project) else None


def drop_ghosts(project: Project, *, unsure: bool) -> None:
    """What opening a project again leaves out: ghosts, and with ``unsure`` what an append that made one placed."""
    for timeline in project.timelines:
        for tracks in timeline.tracks.values():
            for track in tracks:
                for item in track.items:
                    item.deleted |= item.ghost or (unsure and item.unsure)
                track.items = [item for item in track.items if not item.deleted]
