"""What is in a document, read tolerantly: a value that cannot be read is listed and everything else is still told."""

from __future__ import annotations

from pathlib import Path

from takebridge_fcpxml import urls
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.info.model import (
    AuditionInfo,
    BrowserClip,
    DocumentInfo,
    EventInfo,
    MediaInfo,
    ProblemInfo,
    StoryItem,
    TimelineInfo,
    plain,
)
from takebridge_fcpxml.info.reading import Reading
from takebridge_fcpxml.info.timelines import browser_clip, media_list, timeline_info
from takebridge_fcpxml.view import Fcpxml, Library, Project, root_of

__all__ = [
    "AuditionInfo",
    "BrowserClip",
    "DocumentInfo",
    "EventInfo",
    "MediaInfo",
    "ProblemInfo",
    "StoryItem",
    "TimelineInfo",
    "describe",
    "plain",
]


def describe(document: Document) -> DocumentInfo:
    """Everything ``info`` tells. Never raises for what the document says; see ``DocumentInfo.problems``."""
    root = root_of(document)
    reading = Reading(document)
    return DocumentInfo(
        file=str(document.path) if document.path else None,
        kind="bundle" if document.bundle else "file",
        version=document.version,
        library=_library_name(root.library),
        events=tuple(EventInfo(event.name, len(event.projects), len(event.clips)) for event in root.events),
        projects=tuple(info for project in root.projects if (info := _project(project, reading)) is not None),
        compounds=_compounds(root, reading),
        clips=tuple(browser_clip(clip, reading) for clip in root.clips),
        media=media_list(reading, reading.uses),
        problems=tuple(reading.problems),
    )


def _library_name(library: Library | None) -> str | None:
    if library is None:
        return None
    path = urls.to_path(library.location) if library.location else None
    return Path(path).name if path else ""


def _project(project: Project, reading: Reading) -> TimelineInfo | None:
    sequence = reading.soft(lambda: project.sequence, None, project)
    if sequence is None:
        return None
    above = project.element.getparent()
    event = above.get("name", "") if above is not None and above.tag == "event" else None
    return timeline_info(sequence, "project", project, reading, event)


def _compounds(root: Fcpxml, reading: Reading) -> tuple[TimelineInfo, ...]:
    found = []
    for media in root.resources.media if root.element.find("resources") is not None else []:
        timeline = media.sequence or media.multicam
        if timeline is not None:
            kind = "compound" if media.sequence else "multicam"
            found.append(timeline_info(timeline, kind, media, reading, None))
    return tuple(found)
