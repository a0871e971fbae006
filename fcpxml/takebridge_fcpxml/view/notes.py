"""Marks on a clip: markers, keywords, ratings, notes, metadata.

``start`` of a mark is in the local time of the clip that carries it, so it moves with the media, not with the cut.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from lxml import etree

from takebridge_fcpxml import grammar
from takebridge_fcpxml.view.attributes import Flag, Name, Text, Time, TimeOrZero, check_words, write, write_time
from takebridge_fcpxml.view.base import View, views


class Mark(View):
    """What markers, keywords and ratings share: a range in their host's local time."""

    __slots__ = ()
    start = TimeOrZero("start")
    duration = Time("duration")
    note = Text("note")


@views("marker")
class Marker(Mark):
    """A standard or to-do marker. ``value`` is its name."""

    __slots__ = ()
    value = Name("value")

    @property
    def completed(self) -> bool | None:
        """For a to-do marker whether it is done, None for a standard marker (DTD: ``completed`` present or not)."""
        text = self.element.get("completed")
        return None if text is None else text == "1"


@views("chapter-marker")
class ChapterMarker(Mark):
    """A chapter. ``poster_offset`` is the poster frame relative to ``start``."""

    __slots__ = ()
    value = Name("value")
    poster_offset = Time("posterOffset")


@views("keyword")
class Keyword(Mark):
    """Keywords over a range; without a range, over the whole clip."""

    __slots__ = ()
    value = Name("value")

    @property
    def words(self) -> tuple[str, ...]:
        """The single keywords: ``value`` is a list with commas."""
        return tuple(word.strip() for word in self.value.split(",") if word.strip())


@views("rating")
class Rating(Mark):
    """Favourite or rejected, over a range."""

    __slots__ = ()
    name = Text("name")
    value = Name("value")


@views("analysis-marker")
class AnalysisMarker(Mark):
    """What the analysis found (shot types, shake)."""

    __slots__ = ()


@views("hidden-clip-marker")
class HiddenClipMarker(Mark):
    """A mark that hides a range in the browser (1.13)."""

    __slots__ = ()


@views("note")
class Note(View):
    """Free text on an item, sequence or title."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """The note."""
        return self.element.text or ""

    @text.setter
    def text(self, value: str) -> None:
        if self.text != value:
            check_words("note", value)
            self.element.text = value


@views("md")
class Md(View):
    """One metadata entry. ``value`` is None when it holds an array."""

    __slots__ = ()
    key = Name("key")
    value = Text("value")
    type = Text("type")
    display_name = Text("displayName")
    editable = Flag("editable", False)

    @property
    def array(self) -> tuple[str, ...]:
        """The strings of an array entry."""
        return tuple(string.text or "" for string in self.element.iterfind("array/string"))


@views("metadata")
class Metadata(View):
    """Metadata by key. Final Cut Pro's own keys begin with ``com.apple.proapps``."""

    __slots__ = ()

    def entry(self, key: str) -> Md | None:
        """The first entry with this key."""
        return next((md for md in self.children(Md) if md.key == key), None)

    def get(self, key: str) -> str | None:
        """The value of the first entry with this key."""
        entry = self.entry(key)
        return entry.value if entry else None

    def set(self, key: str, value: str, *, display_name: str | None = None) -> Md:
        """Set a text entry, adding it when there is none; an equal value leaves the entry alone."""
        entry = self.entry(key)
        if entry is None:
            added = self.add("md", key=key, value=value, type="string")
            entry = Md(added.element, self.document)
            entry.display_name = display_name
        entry.value = value
        return entry


class Marked(View):
    """An element that carries marks and metadata: story items."""

    __slots__ = ()

    @property
    def markers(self) -> list[Marker]:
        """Standard and to-do markers."""
        return self.children(Marker)

    @property
    def chapter_markers(self) -> list[ChapterMarker]:
        """Chapters."""
        return self.children(ChapterMarker)

    @property
    def keywords(self) -> list[Keyword]:
        """Keyword ranges."""
        return self.children(Keyword)

    @property
    def ratings(self) -> list[Rating]:
        """Favourite and rejected ranges."""
        return self.children(Rating)

    @property
    def marks(self) -> list[Mark]:
        """All markers, keywords and ratings in document order."""
        return self.children(Mark)

    @property
    def note(self) -> str | None:
        """The text of its note."""
        note = self.first(Note)
        return note.text if note else None

    @note.setter
    def note(self, value: str | None) -> None:
        note = self.first(Note)
        if value is None:
            if note:
                note.remove()
            return
        check_words("note", value)
        Note((note or self.add("note")).element, self.document).text = value

    @property
    def metadata(self) -> Metadata | None:
        """Its metadata, if any."""
        return self.first(Metadata)

    def add_marker(
        self,
        start: Fraction,
        value: str,
        *,
        duration: Fraction | None = None,
        note: str | None = None,
        completed: bool | None = None,
    ) -> Marker:
        """A marker at ``start`` in local time; ``completed`` makes it a to-do marker."""
        marker = Marker(etree.Element("marker"), self.document)
        _write_mark(marker, start, value, duration)
        marker.note = note
        if completed is not None:
            marker.element.set("completed", "01"[completed])
        grammar.insert(self.element, marker.element)
        return marker

    def add_chapter(self, start: Fraction, value: str, *, poster_offset: Fraction | None = None) -> ChapterMarker:
        """A chapter at ``start`` in local time."""
        chapter = ChapterMarker(etree.Element("chapter-marker"), self.document)
        _write_mark(chapter, start, value, None)
        chapter.poster_offset = poster_offset
        grammar.insert(self.element, chapter.element)
        return chapter

    def add_keyword(self, value: str, *, start: Fraction | None = None, duration: Fraction | None = None) -> Keyword:
        """Keywords (a list with commas) over a local range, or over the whole item."""
        keyword = Keyword(etree.Element("keyword"), self.document)
        _write_mark(keyword, start, value, duration)
        grammar.insert(self.element, keyword.element)
        return keyword

    def add_rating(
        self, value: Literal["favorite", "reject"], *, start: Fraction | None = None, duration: Fraction | None = None
    ) -> Rating:
        """A rating over a local range, or over the whole item."""
        rating = Rating(etree.Element("rating"), self.document)
        _write_mark(rating, start, value, duration)
        grammar.insert(self.element, rating.element)
        return rating

    def ensure_metadata(self) -> Metadata:
        """Its metadata, made when there is none."""
        return self.metadata or Metadata(self.add("metadata").element, self.document)


def _write_mark(mark: Mark, start: Fraction | None, value: str, duration: Fraction | None) -> None:
    """Fill a mark that is not in the document yet, so that a bad value leaves the document as it was."""
    write_time(mark, "start", start)
    write(mark, "value", value)
    mark.duration = duration
