"""From the root down to a sequence: library, events, projects, compound media and multicams."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from lxml import etree

from takebridge_fcpxml import grammar
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import StructureError
from takebridge_fcpxml.view.attributes import Name, Text, Time, TimeOrZero
from takebridge_fcpxml.view.base import View, views
from takebridge_fcpxml.view.notes import Metadata, Note
from takebridge_fcpxml.view.resources import Asset, Effect, Format, Resource, find
from takebridge_fcpxml.view.story import Item, Spine


class Timeline(View):
    """What has a format and a timecode origin: sequences and multicams."""

    __slots__ = ()
    format_id = Text("format")
    duration = Time("duration")
    tc_start = TimeOrZero("tcStart")
    tc_format = Text("tcFormat")

    @property
    def format(self) -> Format | None:
        """Its format."""
        return find(self, self.format_id, Format)

    @property
    def frame_duration(self) -> Fraction | None:
        """Seconds a frame, None when its format has none."""
        rate = self.format.rate if self.format else None
        return 1 / rate if rate else None

    @property
    def drop_frame(self) -> bool:
        """Whether timecode is shown as drop frame; counts nothing differently."""
        return self.tc_format == "DF"


@views("sequence")
class Sequence(Timeline):
    """A timeline with a primary storyline."""

    __slots__ = ()
    audio_layout = Text("audioLayout")
    audio_rate = Text("audioRate")

    @property
    def spine(self) -> Spine:
        """The primary storyline. Raises StructureError when it is missing."""
        spine = self.first(Spine)
        if spine is None:
            raise StructureError(
                "The sequence has no spine.", hint="Export the project again.", path=self.path, line=self.line
            )
        return spine

    @property
    def note(self) -> str | None:
        """Its note."""
        note = self.first(Note)
        return note.text if note else None

    @property
    def metadata(self) -> Metadata | None:
        """Its metadata."""
        return self.first(Metadata)

    @property
    def name(self) -> str:
        """The name of its project or compound."""
        above = self.element.getparent()
        return "" if above is None else above.get("name", "")


@views("mc-angle")
class McAngle(View):
    """One angle of a multicam: a storyline."""

    __slots__ = ()
    name = Text("name")
    angle_id = Name("angleID")

    @property
    def items(self) -> list[Item]:
        """Its items in order."""
        return self.children(Item)


@views("multicam")
class Multicam(Timeline):
    """Angles that run side by side."""

    __slots__ = ()

    @property
    def angles(self) -> list[McAngle]:
        """Its angles in order."""
        return self.children(McAngle)


@views("media")
class Media(Resource):
    """A compound clip's sequence or a multicam."""

    __slots__ = ()
    uid = Text("uid")

    @property
    def sequence(self) -> Sequence | None:
        """The compound's sequence."""
        return self.first(Sequence)

    @property
    def multicam(self) -> Multicam | None:
        """The multicam."""
        return self.first(Multicam)


@views("project")
class Project(View):
    """A named sequence."""

    __slots__ = ()
    name = Name("name")
    uid = Text("uid")

    @property
    def sequence(self) -> Sequence:
        """Its sequence. Raises StructureError when it is missing."""
        sequence = self.first(Sequence)
        if sequence is None:
            raise StructureError(
                f"The project {self.name} has no sequence.", hint="Export it again.", path=self.path, line=self.line
            )
        return sequence


@views("event")
class Event(View):
    """Clips and projects that belong together."""

    __slots__ = ()
    name = Name("name")
    uid = Text("uid")

    @property
    def projects(self) -> list[Project]:
        """Its projects."""
        return self.children(Project)

    @property
    def clips(self) -> list[Item]:
        """Its browser clips."""
        return self.children(Item)


@views("library")
class Library(View):
    """A library: events and smart collections."""

    __slots__ = ()
    location = Text("location")
    color_processing = Text("colorProcessing")

    @property
    def events(self) -> list[Event]:
        """Its events."""
        return self.children(Event)


@views("import-options")
class ImportOptions(View):
    """What Final Cut Pro does on import."""

    __slots__ = ()

    def get(self, key: str) -> str | None:
        """The value of an option."""
        return next(
            (option.get("value") for option in self.element.iterfind("option") if option.get("key") == key), None
        )


@views("resources")
class Resources(View):
    """Everything stories refer to by id."""

    __slots__ = ()

    @property
    def assets(self) -> list[Asset]:
        """Media files."""
        return self.children(Asset)

    @property
    def formats(self) -> list[Format]:
        """Formats."""
        return self.children(Format)

    @property
    def effects(self) -> list[Effect]:
        """Titles, generators, transitions and filters."""
        return self.children(Effect)

    @property
    def media(self) -> list[Media]:
        """Compound clips and multicams."""
        return self.children(Media)

    def new_id(self) -> str:
        """An id no element of the document has: ``r1``, ``r2`` …."""
        taken = {element.get("id") for element in self.document.root.iter() if element.get("id")}
        number = len(self.element) + 1
        while f"r{number}" in taken:
            number += 1
        return f"r{number}"

    def add(self, tag: str, /, **attributes: str) -> View:
        """A new resource without an id; puts the resources into the document when it had none."""
        if self.element.getparent() is None and self.element is not self.document.root:
            grammar.insert(self.document.root, self.element)
        return super().add(tag, **attributes)

    def add_resource(self, tag: str, /, **attributes: str) -> View:
        """A new resource at the end, with a new id unless one is given."""
        added = self.add(tag, **{"id": attributes.get("id") or self.new_id(), **attributes})
        self.document.resource_added(added.element)
        return added


@views("fcpxml")
class Fcpxml(View):
    """The root."""

    __slots__ = ()
    version = Name("version")

    @property
    def resources(self) -> Resources:
        """The resources; when there are none, the first ``add`` puts them into the document."""
        return self.first(Resources) or Resources(etree.Element("resources"), self.document)

    @property
    def library(self) -> Library | None:
        """The library, None in a file of events or clips."""
        return self.first(Library)

    @property
    def events(self) -> list[Event]:
        """All events, of the library or at the root."""
        library = self.library
        return library.events if library else self.children(Event)

    @property
    def projects(self) -> list[Project]:
        """All projects, in document order."""
        return list(self.descendants(Project))

    @property
    def clips(self) -> list[Item]:
        """Browser clips: items directly in an event or at the root."""
        return [*self.children(Item), *(clip for event in self.events for clip in event.clips)]

    @property
    def sequences(self) -> list[Sequence]:
        """All sequences: of compounds first, then of projects, in document order."""
        return list(self.descendants(Sequence))

    def to_bytes(self) -> bytes:
        """The document as text; see ``Document.to_bytes``."""
        return self.document.to_bytes()

    def write(self, path: str | Path) -> None:
        """Write the document; see ``Document.write``."""
        self.document.write(path)


def root_of(document: Document) -> Fcpxml:
    """The typed view of a whole document."""
    return Fcpxml(document.root, document)
