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
_DOCTYPE = re.compile(rb"""<!DOCTYPE(?:[^\[>"']|"[^"]*"|'[^']*')*(\[|>)""", re.DOTALL)
_ROOT = re.compile(rb"<([^\s/>!?]{1,200})")
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def to_utf8(data: bytes) -> bytes:
    """The document as UTF-8 without byte order mark and XML declaration; line numbers stay.

    Raises MalformedXmlError when the bytes are not what their declaration says, TooLargeError over MAX_BYTES.
    """
    if len(data) > MAX_BYTES:
        raise TooLargeError(
            f"The document has {len(data):,} bytes; the cap is {MAX_BYTES:,}.", hint="Export fewer projects at once."
        )
    data = data.removeprefix(codecs.BOM_UTF8)
    encoding = "utf-8"
    if data.startswith(_UTF16_MARKS):
        encoding = "utf-16"
    elif (declaration := _DECLARATION.match(data)) and (named := _ENCODING.search(declaration.group())):
        encoding = named.group(1).decode("ascii")
    try:
        text = data if encoding.lower() in ("utf-8", "utf8", "us-ascii") else data.decode(encoding).encode("utf-8")
    except (LookupError, UnicodeError) as error:
        raise MalformedXmlError(
            f"The document is not the {encoding} text it says it is.", hint="Save it as UTF-8."
        ) from error
    declaration = _DECLARATION.match(text)
    if declaration is None:
        return text
    # Blank lines before the declaration are not XML; Final Cut Pro forgives them, so they only keep the line count.
    return declaration.group().split(b"<", 1)[0] + text[declaration.end() :]


def root_start(body: bytes) -> int:
    """Where the root element begins. Raises NotFcpxmlError, naming what the file is, or UnsafeXmlError."""
    position = 0
    while True:
        if skipped := _SKIPPED.match(body, position):
            position = skipped.end()
        elif body.startswith(b"<!DOCTYPE", position):
            doctype = _DOCTYPE.match(body, position)
            if doctype is None:
                raise MalformedXmlError("The document type is never closed.", hint="Export the file again.")
            if doctype.group(1) == b"[":
                raise UnsafeXmlError(
                    "The document declares its own entities or document type.",
                    hint="Final Cut Pro and Resolve write none: export the file again, or remove the [ ... ] part.",
                    line=body.count(b"\n", 0, position) + 1,
                )
            position = doctype.end()
        else:
            break
    root = _ROOT.match(body, position)
    name = root.group(1).decode("utf-8", "replace") if root else ""
    if name != "fcpxml":
        raise _not_fcpxml(name, body[position : position + 64])
    return position


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
    root_start(body)
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
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise _syntax_error(error) from error


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
