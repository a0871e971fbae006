"""A view is an element with typed names for what it holds. It keeps no state: the tree is the only truth.

Two views of one element are equal. A view of an element whose kind has no class of its own is a plain ``View``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar, cast

from lxml import etree

from takebridge_fcpxml import grammar, layout
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import StructureError
from takebridge_fcpxml.view.attributes import legible

V = TypeVar("V", bound="View")
_CLASSES: dict[str, type[View]] = {}
_TAGS: dict[object, frozenset[str]] = {}
#: So many children are looked at in the time lxml needs to get ready for choosing by name.
_FEW = 16
_new = object.__new__


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
        return [cast("V", view_of(child, self.document)) for child in _named(self.element, kind)]

    def first(self, kind: type[V]) -> V | None:
        """The first child of this kind, or None."""
        for child in _named(self.element, kind):
            return cast("V", view_of(child, self.document))
        return None

    def descendants(self, kind: type[V]) -> Iterator[V]:
        """Elements of this kind anywhere inside, in document order, without itself."""
        names = {etree.Element} if kind is View else tags_of(kind)
        # Without a name lxml would give every element.
        for element in self.element.iterdescendants(*names) if names else ():
            yield cast("V", view_of(element, self.document))

    def add(self, tag: str, /, **attributes: str) -> View:
        """A new child where the order of this element allows it. ``_`` in a keyword stays; values are written as is."""
        with legible(tag):
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
        _TAGS.clear()
        return kind

    return register


def tags_of(kind: type[View]) -> frozenset[str]:
    """The element names that are seen through this class or one below it."""
    found = _TAGS.get(kind)
    if found is None:
        found = frozenset(tag for tag, owner in _CLASSES.items() if issubclass(owner, kind))
        _TAGS[kind] = found
    return found


def _named(parent: etree._Element, kind: type[View]) -> Iterable[etree._Element]:
    """Children of a kind. By name first: making a view of every child to ask its class is most of the cost."""
    if kind is View:
        return layout.elements(parent)
    tags = tags_of(kind)
    if len(parent) <= _FEW:
        return [child for child in parent[:] if child.tag in tags]
    return parent.iterchildren(*tags) if tags else ()


def view_of(element: etree._Element, document: Document) -> View:
    """The view of an element."""
    # As View(element, document) would make it, in a third of the time; no class has more to set up.
    view = _new(_CLASSES.get(element.tag, View))  # type: ignore[arg-type]
    view.element = element
    view.document = document
    return view


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
