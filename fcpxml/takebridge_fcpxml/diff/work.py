"""The comparison under way: both documents, what is paired, and the changes found so far."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from lxml import etree

from takebridge_fcpxml import layout
from takebridge_fcpxml.diff.canon import REFERENCES, tag_of
from takebridge_fcpxml.diff.change import Change
from takebridge_fcpxml.diff.pairing import Pairs, pair_containers, pair_resources
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.grammar import ITEMS
from takebridge_fcpxml.timecode import frames_on_grid, timecode
from takebridge_fcpxml.times import fits, format_time
from takebridge_fcpxml.urls import file_name
from takebridge_fcpxml.view import Asset, Title, view_of

Element = etree._Element


@dataclass(frozen=True, slots=True)
class Scope:
    """Where changes are: a timeline with its grid, or ``document`` and ``resources`` without one."""

    where: str
    frame_duration: Fraction | None = None
    drop_frame: bool = False
    rank: int = 0

    def timecode(self, record: Fraction | None) -> str | None:
        """The timecode of a record time."""
        return (
            timecode(record, self.frame_duration, self.drop_frame)
            if self.frame_duration and record is not None
            else None
        )

    def frames(self, span: Fraction) -> int | None:
        """A span in frames of the timeline, None between frames."""
        return frames_on_grid(span, self.frame_duration)

    def length(self, span: Fraction) -> str:
        """A span without its sign: ``12 frames``, else exact seconds."""
        frames = self.frames(abs(span))
        return spoken(abs(span)) if frames is None else f"{frames} frame{'' if frames == 1 else 's'}"

    def place(self, record: Fraction) -> str:
        """A record time: timecode, else exact seconds."""
        return self.timecode(record) or spoken(record)


#: What the meaning of a text may hang on beside the text itself.
_REFERENCE = re.compile(rb"\s(ref|format|projectRef)=")

DOCUMENT = Scope("document", rank=-2)
RESOURCES = Scope("resources", rank=-1)


def spoken(seconds: Fraction) -> str:
    """Exact seconds as text."""
    return format_time(seconds) if fits(seconds) else f"{seconds}s"


class Work:
    """The state of one comparison. ``changes`` are in the order they were found; ``sorted_changes`` closes it."""

    def __init__(self, first: Document, second: Document) -> None:
        self.first, self.second = first, second
        self.pairs = Pairs()
        self.one, self.other = pair_resources(first, second, self.pairs)
        #: Whether every id names the same on both sides, so that equal text has equal meaning.
        self.same_ids = self.one.tokens == self.other.tokens
        pair_containers(first, second, self.pairs)
        self.renumbered: list[tuple[str, str]] = []
        self._found: list[tuple[tuple[int, Fraction, int], Change]] = []

    @cached_property
    def _paths(self) -> tuple[dict[Element, str], dict[Element, str]]:
        return layout.paths(self.first.root), layout.paths(self.second.root)

    def add(
        self,
        scope: Scope,
        kind: str,
        message: str,
        before: Element | None,
        after: Element | None,
        *,
        name: str | None = None,
        record: Fraction | None = None,
        span: Fraction | None = None,
        count: int = 1,
        values: tuple[str | None, str | None] = (None, None),
    ) -> None:
        """Note a change. ``before`` and ``after`` are the elements it is about, one of them None when it is new."""
        said = name
        if said is None:
            said = (
                label(after, self.second)
                if after is not None
                else label(before, self.first)
                if before is not None
                else ""
            )
        change = Change(
            kind=kind,
            message=message,
            where=scope.where,
            name=said,
            record_start=record,
            timecode=scope.timecode(record),
            frames=None if span is None else scope.frames(span),
            count=count,
            before=values[0],
            after=values[1],
            before_path=None if before is None else self._paths[0].get(before),
            before_line=None if before is None else before.sourceline,
            after_path=None if after is None else self._paths[1].get(after),
            after_line=None if after is None else after.sourceline,
        )
        order = (scope.rank, Fraction(0) if record is None else record, len(self._found))
        self._found.append((order, change))

    def __len__(self) -> int:
        return len(self._found)

    def same(self, one: Element, other: Element) -> bool:
        """Whether two elements mean the same, all the way down."""
        text = etree.tostring(one, with_tail=False)
        if text == etree.tostring(other, with_tail=False) and (self.same_ids or not _REFERENCE.search(text)):
            return True
        return self.one.form(one) == self.other.form(other)

    def same_attributes(self, one: Element, other: Element) -> bool:
        """Whether the attributes are spelled alike and mean the same; False says nothing."""
        first, second = one.items(), other.items()
        if self.same_ids:
            return first == second
        return len(first) == len(second) and all(
            name == name_too
            and (
                self.one.value(one, str(name)) == self.other.value(other, str(name))
                if name in REFERENCES
                else text == text_too
            )
            for (name, text), (name_too, text_too) in zip(first, second, strict=True)
        )

    def sorted_changes(self) -> tuple[Change, ...]:
        """Document first, then resources, then each timeline in record time."""
        return tuple(change for _, change in sorted(self._found, key=lambda entry: entry[0]))


def label(element: Element, document: Document) -> str:
    """What an editor calls an element: its name, its words, its file, else what it is."""
    name = _own_name(element)
    if name:
        return name
    view = view_of(element, document)
    if isinstance(view, Title) and view.words.strip():
        return view.words.strip()
    asset = document.resource(element.get("ref"))
    if asset is not None and asset.tag == "asset":
        return file_name(Asset(asset, document).src or "") or asset.get("name", "")
    if element.tag == "audition":
        first = next(layout.elements(element), None)
        if first is not None:
            return label(first, document)
    above = next((said for around in element.iterancestors() if (said := _own_name(around))), None)
    return f"<{tag_of(element)}> in {above}" if above and element.tag not in ITEMS else f"<{tag_of(element)}>"


def _own_name(element: Element) -> str | None:
    return element.get("name") or element.get("displayName") or element.get("value") or element.get("key")
