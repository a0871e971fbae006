"""From bytes to a tree, safely: size and depth caps, no entities, no document type of its own, no network.

The root element decides what a file is, never its suffix.
"""

from __future__ import annotations

import codecs
import re

from lxml import etree

from takebridge_fcpxml.errors import (
    FcpxmlError,
    MalformedXmlError,
    NotFcpxmlError,
    TooLargeError,
    UnsafeXmlError,
)

#: A feature film with sound is around 50 MB; a tree needs about 15 times its file.
MAX_BYTES = 256 * 1024 * 1024

_DECLARATION = re.compile(rb"\s*<\?xml\s[^>]*?\?>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_SKIPPED = re.compile(rb"\s+|<!--.*?-->|<\?.*?\?>", re.DOTALL)
# Possessive: a document type of megabytes must not cost a stack of megabytes.
_DOCTYPE = re.compile(rb"""<!DOCTYPE(?:[^\[>"']++|"[^"]*+"|'[^']*+')*+(\[|>)""", re.DOTALL)
_ROOT = re.compile(rb"<([^\s/>!?]{1,200})")
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF16_UNMARKED = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
# Encodings of text. Python knows more (punycode, unicode_escape ...), some of them slow to decode by design.
_TEXT_ENCODINGS = re.compile(
    r"utf-(8|16|32)(-[bl]e)?|ascii|iso8859-\d+|cp\d+|mac-.+|koi8-.|shift_jis.*|euc_.*|gb.*|big5.*|iso2022_.*|tis-620"
)


def to_utf8(data: bytes) -> bytes:
    """The document as UTF-8 without byte order mark and XML declaration; line numbers stay.

    Raises MalformedXmlError when the bytes are not what their declaration says, TooLargeError over MAX_BYTES.
    """
    encoding = _encoding(within_cap(data))
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        if encoding.lower() in ("utf-8", "utf8", "us-ascii"):
            text = data
        elif _TEXT_ENCODINGS.fullmatch(codecs.lookup(encoding).name):
            text = data.decode(encoding).removeprefix("\ufeff").encode("utf-8")
        else:
            raise LookupError(encoding)
    except (LookupError, UnicodeError) as error:
        raise MalformedXmlError(
            f"The document is not the {encoding} text it says it is.", hint="Save it as UTF-8."
        ) from error
    return without_declaration(text)


def within_cap(data: bytes) -> bytes:
    """``data``, when it is no more than MAX_BYTES. Raises TooLargeError."""
    if len(data) > MAX_BYTES:
        raise TooLargeError(
            f"The document has {len(data):,} bytes; the cap is {MAX_BYTES:,}.", hint="Export fewer projects at once."
        )
    return data


def _encoding(data: bytes) -> str:
    """What the text is in. A byte order mark knows better than the declaration."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if data.startswith(_UTF16_MARKS):
        return "utf-16"
    if data[:2] in _UTF16_UNMARKED:
        return _UTF16_UNMARKED[data[:2]]
    declaration = _DECLARATION.match(data)
    named = _ENCODING.search(declaration.group()) if declaration else None
    name = named.group(1).decode("ascii") if named else "utf-8"
    # A declaration legible byte by byte is not in UTF-16, whatever it says: tools name the encoding of their strings.
    return "utf-8" if name.lower().startswith(("utf-16", "utf-32", "ucs-")) else name


def without_declaration(text: bytes) -> bytes:
    """UTF-8 text without its XML declaration, whatever encoding that names."""
    declaration = _DECLARATION.match(text)
    if declaration is None:
        return text
    # Blank lines before the declaration are not XML; Final Cut Pro forgives them, so they only keep the line count.
    return declaration.group().split(b"<", 1)[0] + text[declaration.end() :]


def root_start(body: bytes) -> int:
    """Where the root element begins. Raises NotFcpxmlError, naming what the file is, or UnsafeXmlError."""
    return _prolog(body)[0]


def _prolog(body: bytes) -> tuple[int, re.Match[bytes] | None]:
    """Where the root element begins, and the document type before it."""
    position = 0
    doctype: re.Match[bytes] | None = None
    while True:
        if skipped := _SKIPPED.match(body, position):
            position = skipped.end()
        elif doctype is None and body.startswith(b"<!DOCTYPE", position):
            doctype = _doctype(body, position)
            position = doctype.end()
        else:
            break
    root = _ROOT.match(body, position)
    name = root.group(1).decode("utf-8", "replace") if root else ""
    if name != "fcpxml":
        raise _not_fcpxml(name, body[position : position + 64])
    return position, doctype


def _doctype(body: bytes, position: int) -> re.Match[bytes]:
    doctype = _DOCTYPE.match(body, position)
    if doctype is not None and doctype.group(1) == b">":
        return doctype
    line = body.count(b"\n", 0, position) + 1
    if doctype is not None:
        raise UnsafeXmlError(
            "The document declares its own entities or document type.",
            hint="Final Cut Pro and Resolve write none: export the file again, or remove the [ ... ] part.",
            line=line,
        )
    raise MalformedXmlError("The document type is never closed.", hint="Export the file again.", line=line)


def _not_fcpxml(root: str, head: bytes) -> NotFcpxmlError:
    if root == "xmeml":
        return NotFcpxmlError(
            "This is FCP 7 XML (xmeml), not FCPXML.", hint="Premiere and Resolve read it as it is; FCPXML is another."
        )
    if head.startswith(b"{"):
        return NotFcpxmlError("This is JSON, perhaps an OTIO file.", hint="Convert it: convert IN.otio OUT.fcpxml.")
    if root:
        return NotFcpxmlError(
            f"The root element is <{root}>, not <fcpxml>.", hint="Export the timeline as FCPXML and use that file."
        )
    if not head.strip():
        return NotFcpxmlError("The file is empty.", hint="Export the timeline again.")
    return NotFcpxmlError("This is not XML.", hint="Export the timeline as FCPXML and use that file.")


def parse_tree(body: bytes) -> etree._Element:
    """The root element of a UTF-8 body as ``to_utf8`` returns it.

    Raises the errors of ``root_start``, TooLargeError for nesting deeper than 256, MalformedXmlError for the rest.
    """
    _, doctype = _prolog(body)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        strip_cdata=False,
        remove_comments=False,
        remove_pis=False,
    )
    try:
        return etree.fromstring(_without_external_type(body, doctype), parser)
    except etree.XMLSyntaxError as error:
        raise _syntax_error(error) from error


def _without_external_type(body: bytes, doctype: re.Match[bytes] | None) -> bytes:
    """The body with a document type that names an external DTD taken out, lines kept.

    That DTD is never loaded, and with one named, libxml2 drops unknown entities without a word: ``name="A&B;"`` would
    lose its ``&B;``. Without, they are the errors they are.
    """
    if doctype is None or not re.search(rb"\s(?:SYSTEM|PUBLIC)\s", doctype.group()):
        return body
    return body[: doctype.start()] + b"\n" * doctype.group().count(b"\n") + body[doctype.end() :]


def _syntax_error(error: etree.XMLSyntaxError) -> FcpxmlError:
    line = error.position[0] or None
    text = str(error.msg or "")
    if "xcessive depth" in text:
        return TooLargeError(
            "The elements are nested more than 256 deep.",
            hint="No editor writes this: export the file again.",
            line=line,
        )
    # libxml2 appends "line N, column M"; the line is a field of its own here.
    reason = re.sub(r", line \d+, column \d+.*$", "", text) or "it cannot be parsed"
    return MalformedXmlError(
        f"The XML is not well-formed: {reason}.", hint="Export the file again, or mend it at that line.", line=line
    )
