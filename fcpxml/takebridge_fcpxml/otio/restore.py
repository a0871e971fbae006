"""OTIO to FCPXML: what this library carried comes back as it was, the rest is built."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import opentimelineio as otio

from takebridge_fcpxml import layout
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import OtioError
from takebridge_fcpxml.loss import LossLog, LossReport
from takebridge_fcpxml.otio import carry, tags
from takebridge_fcpxml.otio.flatten import MAX_DEPTH
from takebridge_fcpxml.otio.marks import clean
from takebridge_fcpxml.otio.pieces import Bringer
from takebridge_fcpxml.otio.rational import read_time
from takebridge_fcpxml.otio.registry import Registry
from takebridge_fcpxml.otio.timeline import Job, event_of, restore_clip, restore_sequence
from takebridge_fcpxml.view import Project, root_of

DEFAULT_VERSION = "1.10"


def from_otio(obj: otio.core.SerializableObject, *, version: str | None = None) -> tuple[Document, LossReport]:
    """A document for a timeline, a collection, or any item alone, and what could not be kept.

    ``version`` None keeps the version a carried document had and takes 1.10 for any other timeline. The OTIO object is
    not changed. Raises OtioError for what is no timeline and VersionError for a version that cannot be written.
    """
    if not isinstance(obj, otio.core.SerializableObject):
        raise OtioError(f"{type(obj).__name__} is no OTIO object.", hint="Read the file with read_otio.")
    log = LossLog()
    document, document_id = _carried(obj, log)
    job = _job(document, document_id, log)
    job.registry.study(obj)
    try:
        _fill(obj, job)
    except RecursionError as error:
        raise OtioError("The timeline is nested too deeply.", hint="Flatten it first.") from error
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        # OTIO's objects hold whatever a file put there; a value of the wrong kind shows only when it is used.
        hint = "Write the timeline again from the application it came from."
        raise OtioError(f"The timeline holds a value that cannot be used: {str(error)[:120]}.", hint=hint) from error
    # What is gone from the timeline is gone from the document: that is the edit, not a loss.
    carry.clear_marks(document.root)
    return _stamped(document, version, log)


def _carried(obj: otio.core.SerializableObject, log: LossLog) -> tuple[Document, str]:
    tag = tags.read(obj)
    text, identifier = tags.text(tag, "document"), tags.text(tag, "id")
    if not text:
        return Document.new(DEFAULT_VERSION), ""
    document = carry.parse_document(text)
    if document is None or not identifier:
        log.add("dropped", "metadata", "The carried document is damaged; everything is built from OTIO alone.")
        return Document.new(DEFAULT_VERSION), ""
    return document, identifier


def _job(document: Document, document_id: str, log: LossLog) -> Job:
    root = root_of(document)
    return Job(document, Registry(root, log), Bringer(document, document_id, log), log)


def _fill(obj: otio.core.SerializableObject, job: Job) -> None:
    projects = dict(enumerate(_with_sequences(job)))
    claimed: set[int] = set()
    met = False
    for child in _roots(obj, job.log, 0):
        met = True
        if isinstance(obj, otio.schema.SerializableCollection) and _is_browser_clip(child):
            restore_clip(job, child)
            continue
        timeline = _timeline(child)
        index = tags.read(timeline).get("project")
        ours = bool(job.bringer.document_id) and tags.read(timeline).get("id") == job.bringer.document_id
        known = None
        if ours and isinstance(index, int) and index not in claimed and index in projects:
            known = projects[index]
            claimed.add(index)
        project = known or _new_project(job, timeline.name)
        if timeline.name != project.name:
            project.name = clean(timeline.name)
        begin = timeline.global_start_time
        tracks = timeline.tracks or otio.schema.Stack()
        restore_sequence(job, project, tracks, Fraction(0) if begin is None else read_time(begin).seconds)
    if not met and not job.bringer.document_id:
        raise OtioError("There is no timeline in it.", hint="Choose a file with a timeline, a stack or a clip.")
    for index, project in projects.items():
        if index not in claimed:
            layout.remove(project.element)


def _with_sequences(job: Job) -> list[Project]:
    return [project for project in root_of(job.document).projects if project.element.find("sequence") is not None]


def _roots(obj: otio.core.SerializableObject, log: LossLog, depth: int) -> Iterator[otio.core.SerializableObject]:
    """The timelines and clips in an object; what is neither is reported."""
    if isinstance(obj, (otio.schema.Timeline, otio.schema.Stack, otio.schema.Track, otio.schema.Clip)):
        yield obj
    elif isinstance(obj, otio.schema.SerializableCollection) and depth < MAX_DEPTH:
        for child in obj:
            yield from _roots(child, log, depth + 1)
    else:
        detail = "It is no timeline, stack, track or clip."
        log.add("dropped", obj.schema_name(), detail, path=str(getattr(obj, "name", "") or ""))


def _is_browser_clip(child: otio.core.SerializableObject) -> bool:
    """Whether a child of a collection stands in a browser: a clip, or a compound we wrote as one."""
    return isinstance(child, otio.schema.Clip) or tags.read(child).get("kind") == "ref-clip"


def _timeline(obj: otio.core.SerializableObject) -> otio.schema.Timeline:
    """A timeline around a stack, track or clip; the object itself is not moved."""
    if isinstance(obj, otio.schema.Timeline):
        return obj
    timeline = otio.schema.Timeline(name=obj.name)
    timeline.tracks.append(obj.deepcopy())
    return timeline


def _new_project(job: Job, name: str) -> Project:
    made = event_of(job).add("project", name=clean(name))
    assert isinstance(made, Project)
    return made


def _stamped(document: Document, version: str | None, log: LossLog) -> tuple[Document, LossReport]:
    if version is None or version == document.version:
        return Document.parse(document.to_bytes()), log.report()
    from takebridge_fcpxml.versions import to_version

    converted, report = to_version(Document.parse(document.to_bytes()), version)
    return converted, log.report() + report
