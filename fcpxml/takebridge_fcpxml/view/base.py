"""A view is an element with typed names for what it holds. It keeps no state: the tree is the only truth.

Two views of one element are equal. A view of an element whose kind has no class of its own is a plain ``View``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from lxml import etree

from takebridge_fcpxml import grammar, layout
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import StructureError

V = TypeVar("V", bound="View")
_CLASSES: dict[str, type[View]] = {}


class View:
    """Any element. ``element`` is lxml's, ``document`` the document it belongs to."""

    __slots__ = ("document", "element")

    def __init__(self, element: etree._Element, document: Document) -> None:
        self.element = element
        self.document = document

    def __eq__(self, other: object) -> bool:
        return isinstance(other, View) and other.element is self.element

    def __hash__(self) -> int:
        return hash(self.element)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.element.get('name') or self.tag!r} line {self.line}>"

    @property
    def tag(self) -> str:
        """The element's name in FCPXML."""
        return str(self.element.tag)

    @property
    def line(self) -> int | None:
        """The line it stood on in the source, None for an element made since."""
        return self.element.sourceline

    @property
    def path(self) -> str:
        """Where it stands: ``fcpxml/library/event/project[2]``."""
        return self.document.element_path(self.element)

    @property
    def parent(self) -> View | None:
        """The element around it, None for the root."""
        above = self.element.getparent()
        return None if above is None else view_of(above, self.document)

    def children(self, kind: type[V]) -> list[V]:
        """Child elements of this kind, in document order."""
        return [
            view for child in layout.elements(self.element) if isinstance(view := view_of(child, self.document), kind)
        ]

    def first(self, kind: type[V]) -> V | None:
        """The first child of this kind, or None."""
        for child in layout.elements(self.element):
            view = view_of(child, self.document)
            if isinstance(view, kind):
                return view
        return None

    def descendants(self, kind: type[V]) -> Iterator[V]:
        """Elements of this kind anywhere inside, in document order, without itself."""
        for element in self.element.iterdescendants(tag=etree.Element):
            view = view_of(element, self.document)
            if isinstance(view, kind):
                yield view

    def add(self, tag: str, /, **attributes: str) -> View:
        """A new child where the order of this element allows it. ``_`` in a keyword stays; values are written as is."""
        child = etree.Element(tag, dict(attributes))
        grammar.insert(self.element, child)
        return view_of(child, self.document)

    def remove(self) -> None:
        """Take the element out of the document."""
        layout.remove(self.element)
        if self.tag in grammar.RESOURCES:
            self.document.resources_changed()


def views(*tags: str) -> Callable[[type[V]], type[V]]:
    """Class decorator: elements with these names are seen through this class."""

    def register(kind: type[V]) -> type[V]:
        for tag in tags:
            _CLASSES[tag] = kind
        return kind

    return register


def view_of(element: etree._Element, document: Document) -> View:
    """The view of an element."""
    return _CLASSES.get(element.tag, View)(element, document)  # type: ignore[arg-type]


def expect(element: etree._Element, document: Document, kind: type[V]) -> V:
    """The view of an element that must be of this kind. Raises StructureError."""
    view = view_of(element, document)
    if not isinstance(view, kind):
        raise StructureError(
            f"<{view.tag}> stands where {kind.__name__} belongs.",
            hint="Export the file again.",
            path=view.path,
            line=view.line,
        )
    return view
