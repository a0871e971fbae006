"""Taking story items out of a document and putting them back, byte for byte where nothing changed.

Where an item stood, a processing instruction with its key stays behind; the item travels as XML text with such marks
for what was connected to it. White space stays where it is, so putting everything back gives the same document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from lxml import etree

from takebridge_fcpxml import layout
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.grammar import ITEMS
from takebridge_fcpxml.otio.tags import MARK

_MAX_ITEM = 16 * 1024 * 1024


def identify(document: Document) -> str:
    """Sixteen digits that say which document items belong to: their XML means nothing in another."""
    return hashlib.sha256(document.to_bytes()).hexdigest()[:16]


def take_out(items: Iterable[tuple[str, etree._Element]]) -> dict[str, str]:
    """Replace every item by its mark; their XML by key. Hosts come before what is connected to them."""
    texts: dict[str, str] = {}
    for key, element in reversed(list(items)):
        parent = element.getparent()
        if parent is None:
            continue
        mark = etree.ProcessingInstruction(MARK, key)
        mark.tail, element.tail = element.tail, None
        parent.replace(element, mark)
        texts[key] = etree.tostring(element, encoding="unicode", with_tail=False)
    return texts


def parse_item(text: str) -> etree._Element | None:
    """The element of an item's XML, None when it is damaged or no story item. Entities are never resolved."""
    if not text or len(text) > _MAX_ITEM or "<!DOCTYPE" in text or "<!ENTITY" in text:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False)
    try:
        element = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return element if element.tag in ITEMS else None


def parse_document(text: str) -> Document | None:
    """The document of the carried text, None when it is damaged."""
    try:
        return Document.parse(text)
    except (FcpxmlError, ValueError):
        return None


def marks_in(element: etree._Element) -> dict[str, etree._ProcessingInstruction]:
    """The marks inside an element by key; the first one of a key wins."""
    found: dict[str, etree._ProcessingInstruction] = {}
    for mark in _marks(element):
        found.setdefault((mark.text or "").strip(), mark)
    return found


def put_back(mark: etree._Element, element: etree._Element) -> bool:
    """Put an element where its mark stands; False when it would end up inside itself."""
    if element in (mark, *mark.iterancestors()):
        return False
    layout.replace(mark, element)
    return True


def clear_marks(root: etree._Element) -> int:
    """Remove the marks nobody came back for; how many there were."""
    marks = _marks(root)
    for mark in marks:
        layout.remove(mark)
    return len(marks)


def _marks(root: etree._Element) -> list[etree._ProcessingInstruction]:
    nodes = root.iter(etree.PI)
    return [node for node in nodes if isinstance(node, etree._ProcessingInstruction) and node.target == MARK]
