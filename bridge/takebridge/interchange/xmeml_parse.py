"""From bytes to an xmeml tree, safely, with its files and nested sequences taken out of the clips that define them.

No document type of its own, no entities, no network, at most `MAX_BYTES` and 256 levels. Which root element there is
decides what the document is: a whole document, or a fragment of one (`FRAGMENTS`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from takebridge.errors import InvalidDocumentError, UnsupportedFormatError
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.parsing import to_utf8

Element = etree._Element

MAX_BYTES = 256 * 1024 * 1024
FRAGMENTS = ("project", "bin", "sequence", "track", "clipitem", "generatoritem", "filter")

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SKIPPED = re.compile(rb"\s+|<!--.*?-->|<\?.*?\?>", re.DOTALL)
# Possessive: a document type of megabytes must not cost a stack of megabytes.
_DOCTYPE = re.compile(rb"""<!DOCTYPE(?:[^\[>"']++|"[^"]*+"|'[^']*+')*+(\[|>)""", re.DOTALL)
_ROOT = re.compile(rb"<([^\s/>!?]{1,200})")


@dataclass(slots=True)
class Document:
    """A parsed document.

    Every `<file>` and every `<sequence>` within a clip is an empty stub in the tree; what it defines is found through
    `definition`. Two definitions under one id stay apart: a stub that had content of its own means that content.
    """

    root: Element
    own: dict[Element, Element] = field(default_factory=dict)
    files: dict[str, Element] = field(default_factory=dict)
    sequences: dict[str, Element] = field(default_factory=dict)

    def definition(self, stub: Element) -> Element | None:
        """Return the full element a `<file>` or `<sequence>` stands for, None when the document has none."""
        known = self.files if stub.tag == "file" else self.sequences
        return self.own.get(stub, known.get(stub.get("id", "")))


def parse_document(data: bytes) -> Document:
    """Parse and index. Raises InvalidDocumentError, or UnsupportedFormatError for XML of another kind."""
    if len(data) > MAX_BYTES:
        raise InvalidDocumentError(
            f"The document has {len(data):,} bytes; the cap is {MAX_BYTES:,}.", hint="Export fewer sequences at once."
        )
    try:
        body = to_utf8(data)
    except FcpxmlError as error:
        raise InvalidDocumentError(str(error), hint="Export the sequence again as Final Cut Pro XML.") from error
    return _indexed(_tree(_checked(body)))


def parse_kept(text: str) -> Element | None:
    """Parse an element kept from a document; None for what is no well-formed element (a file edited by hand)."""
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), _parser())
    except etree.XMLSyntaxError:
        return None


def text_of(element: Element | None, path: str, default: str = "") -> str:
    """Return the stripped text of the first element at ``path``, "" for an empty one."""
    found = element.find(path) if element is not None else None
    return (found.text or "").strip() if found is not None else default


def words_of(element: Element | None, path: str) -> str:
    """Return a person's text (a name, a note) as it is, spaces at its ends included."""
    found = element.find(path) if element is not None else None
    return (found.text or "").strip("\r\n\t") if found is not None else ""


def clean(text: str) -> str:
    """Return text as XML can hold it: characters it has no place for become U+FFFD."""
    return _ILLEGAL.sub("\ufffd", text)


def is_true(element: Element | None, path: str, *, default: bool) -> bool:
    """Read a TRUE/FALSE element; hosts also write 1/0 and small letters."""
    text = text_of(element, path).upper()
    return {"TRUE": True, "1": True, "YES": True, "FALSE": False, "0": False, "NO": False}.get(text, default)


def serialized(element: Element) -> str:
    """Return an element's own text, without what follows it."""
    return str(etree.tostring(element, encoding="unicode", with_tail=False))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_blank_text=True,
        remove_comments=True,
        remove_pis=True,
    )


def _tree(body: bytes) -> Element:
    try:
        return etree.fromstring(body, _parser())
    except etree.XMLSyntaxError as error:
        line = error.position[0] if error.position else None
        raise InvalidDocumentError(
            f"The XML is broken: {error.msg}.", hint="Export the sequence again as Final Cut Pro XML.", line=line
        ) from error


def _checked(body: bytes) -> bytes:
    """Return the body without its document type. Raises for one that declares anything, and for other roots."""
    position = 0
    doctype: re.Match[bytes] | None = None
    while True:
        if skipped := _SKIPPED.match(body, position):
            position = skipped.end()
        elif doctype is None and body.startswith(b"<!DOCTYPE", position):
            doctype = _DOCTYPE.match(body, position)
            if doctype is None or doctype.group(1) != b">":
                raise InvalidDocumentError(
                    "The document declares its own entities or document type.",
                    hint="Editors write none: export it again, or remove the [ ... ] part.",
                )
            position = doctype.end()
        else:
            break
    root = _ROOT.match(body, position)
    name = root.group(1).decode("utf-8", "replace") if root else ""
    if name != "xmeml" and name not in FRAGMENTS:
        raise _other(name)
    if doctype is None:
        return body
    lines = b"\n" * doctype.group().count(b"\n")
    return body[: doctype.start()] + lines + body[doctype.end() :]


def _other(name: str) -> UnsupportedFormatError | InvalidDocumentError:
    if name:
        return UnsupportedFormatError(f"The root element is <{name}>, not <xmeml>: this is no Final Cut Pro 7 XML.")
    return InvalidDocumentError("This is not XML.", hint="Export the sequence as Final Cut Pro XML.")


def _indexed(root: Element) -> Document:
    document = Document(root)
    for element in list(root.iter("sequence")):
        name = element.get("id", "")
        if len(element) and name:
            document.sequences.setdefault(name, element)
    for element in list(root.iter("file", "sequence")):
        parent = element.getparent()
        if parent is not None and (element.tag == "file" or parent.tag == "clipitem"):
            _take_out(document, element, parent)
    return document


def _take_out(document: Document, element: Element, parent: Element) -> None:
    """Put an empty stub where a definition stands; a stub that was one already stays."""
    if not len(element):
        return
    name = element.get("id", "")
    stub = etree.Element(element.tag, {"id": name} if name else {})
    stub.tail, element.tail = element.tail, None
    parent.replace(element, stub)
    document.own[stub] = element
    if element.tag == "file" and name:
        document.files.setdefault(name, element)
