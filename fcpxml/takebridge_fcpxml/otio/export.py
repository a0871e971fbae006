"""FCPXML to OTIO: one Timeline a project, a SerializableCollection around several or around browser clips alone."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
from lxml import etree

from takebridge_fcpxml import layout
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import FcpxmlError, OtioError
from takebridge_fcpxml.loss import LossLog, LossReport
from takebridge_fcpxml.otio import carry, tags
from takebridge_fcpxml.otio.marks import marks_of
from takebridge_fcpxml.otio.rational import rational_time
from takebridge_fcpxml.otio.survey import survey
from takebridge_fcpxml.otio.tracks import Composer
from takebridge_fcpxml.otio.walk import Entry
from takebridge_fcpxml.placement import place, sequence_rate
from takebridge_fcpxml.view import Audition, Fcpxml, Gap, MediaItem, Project, Sequence, root_of


def to_otio(
    document: Document | Fcpxml, *, project: str | None = None
) -> tuple[otio.schema.Timeline | otio.schema.SerializableCollection, LossReport]:
    """The document as OTIO, and what travels only as metadata or approximated. The document is not changed.

    A Timeline for one project; a SerializableCollection of Timelines for several, or of clips for a document of browser
    clips alone. ``project`` names the one to take; the others are dropped and reported. Raises OtioError for an unknown
    name or a document that holds neither projects nor clips, and the errors of a document that cannot be walked.
    """
    given = document.document if isinstance(document, Fcpxml) else document
    work = given.copy()
    root, log = root_of(work), LossLog()
    if carry.clear_marks(work.root):
        log.add("dropped", "processing-instruction", f"Marks named {tags.MARK} were left over from another conversion.")
    composer, timelines = composed(work, project, log)
    if len(timelines) == 1:
        found = timelines[0]
    elif timelines:
        found = otio.schema.SerializableCollection(name=_name(given), children=timelines)
    else:
        found = otio.schema.SerializableCollection(name=_name(given), children=_clips(root, composer))
        if not composer.made:
            raise OtioError("The document holds neither a project nor a clip.", hint="Export a project.")
    survey(work, _exported(composer), log)
    _carry(work, composer, found)
    return found, log.report()


def composed(work: Document, project: str | None, log: LossLog) -> tuple[Composer, list[otio.schema.Timeline]]:
    """What made the timelines of a document, and the timelines. Projects nobody asked for are taken out of ``work``."""
    chosen = _choose(root_of(work), project, log)
    composer = Composer(work, carry.identify(work), log)
    return composer, [_timeline(one, composer, index) for index, one in enumerate(chosen)]


def _choose(root: Fcpxml, name: str | None, log: LossLog) -> list[Project]:
    chosen: list[Project] = []
    projects = root.projects
    if name is not None and name not in [project.name for project in projects]:
        names = ", ".join(project.name for project in projects) or "none"
        raise OtioError(f"There is no project {name!r}.", hint=f"The projects are: {names}.")
    for project in projects:
        if project.element.find("sequence") is None:
            log.add("carried", "project", "It has no sequence.", path=project.path, line=project.line)
        elif name is None or (project.name == name and not chosen):
            chosen.append(project)
        else:
            log.add("dropped", "project", f"Only {name!r} was asked for.", path=project.path, line=project.line)
            layout.remove(project.element)
    return chosen


def _timeline(project: Project, composer: Composer, index: int) -> otio.schema.Timeline:
    sequence = project.sequence
    timeline = otio.schema.Timeline(name=project.name)
    timeline.global_start_time = rational_time(_origin(sequence), sequence_rate(sequence))
    timeline.tracks.extend(composer.tracks(sequence))
    tags.write(timeline, {"id": composer.document_id, "project": index})
    return timeline


def _origin(sequence: Sequence) -> Fraction:
    try:
        return sequence.tc_start
    except FcpxmlError:
        return Fraction(0)


def _clips(root: Fcpxml, composer: Composer) -> list[otio.core.Item]:
    clips: list[otio.core.Item] = []
    for clip in root.clips:
        if isinstance(clip, Audition) and not clip.items:
            continue
        composer.last_key += 1
        placed = place(clip, problems=[])[0]
        if placed.duration < 0:
            continue
        asset = clip.asset if isinstance(clip, MediaItem) else None
        rate = asset.format.rate if asset and asset.format else None
        clips.append(composer.lone(Entry(str(composer.last_key), placed, "", "", 0), rate))
    return clips


def _exported(composer: Composer) -> set[etree._Element]:
    found: set[etree._Element] = set()
    for entry, made, _ in composer.made:
        found.add(entry.element)
        if isinstance(made, otio.schema.Transition):
            continue
        found.update(mark.element for mark in marks_of(entry.played))
        item = entry.placed.item
        if isinstance(item, Audition):
            found.update(pick.element for pick in item.items if not isinstance(pick, Gap))
    return found


def _carry(
    work: Document, composer: Composer, found: otio.schema.Timeline | otio.schema.SerializableCollection
) -> None:
    texts = carry.take_out((entry.key, entry.element) for entry, _, _ in _in_order(composer))
    for entry, made, tag in composer.made:
        tags.write(made, {**tag, "xml": texts.get(entry.key)})
    root = {**tags.read(found), "id": composer.document_id, "schema": tags.SCHEMA, "version": work.version}
    tags.write(found, {**root, "document": work.to_bytes().decode("utf-8")})


def _in_order(composer: Composer) -> list[tuple[Entry, otio.core.Composable, tags.Tag]]:
    """Hosts first: keys count up from hosts to what is connected to them."""
    return sorted(composer.made, key=lambda made: int(made[0].key))


def _name(document: Document) -> str:
    return document.path.stem if document.path else ""
