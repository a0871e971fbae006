"""Validation against the DTDs of FCPXML, which the caller has: they are Apple's and come with Final Cut Pro."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.lint.findings import Finding

#: More findings than this help nobody; the rest is counted.
MAX_FINDINGS = 200

_NAMES = ("FCPXMLv1_{0}.dtd", "fcpxmlv1_{0}.dtd", "FCPXMLv1.{0}.dtd", "fcpxml-1.{0}.dtd", "fcpxml-1_{0}.dtd")
_CACHE: dict[tuple[str, int, int], etree.DTD] = {}
_CONTENT = re.compile(r"Element (\S+) content does not follow the DTD, expecting (.*), got ?\(?(.*?)\)?$", re.DOTALL)
# libxml2's other messages for a document of this kind, and how an editor would say it.
_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"No declaration for attribute (\S+) of element (\S+)"),
        "The {1} has an attribute {0}, which it cannot have.",
    ),
    (re.compile(r"No declaration for element (\S+)"), "There is no element {0}."),
    (re.compile(r"Element (\S+) does not carry attribute (\S+)"), "The {0} lacks its attribute {1}."),
    (
        re.compile(r'Value "(.*)" for attribute (\S+) of (\S+) is not among the enumerated set', re.DOTALL),
        "{1} of the {2} is {0!r}, which is none of its words.",
    ),
    (re.compile(r"ID (.+) already defined", re.DOTALL), "The id {0!r} stands twice."),
    (
        re.compile(r'IDREF attribute (\S+) references an unknown ID "(.*)"', re.DOTALL),
        "{0} names {1!r}, which no element has as id.",
    ),
)
_HINT = "Final Cut Pro refuses the whole document over any DTD error: mend it at that line, or convert the document."


def validate(document: Document, dtd_folder: Path) -> tuple[Finding, ...]:
    """What the DTD of the stated version says, in document order, at most MAX_FINDINGS and one that counts the rest.

    A folder without a readable DTD of that version gives one ``dtd-missing`` info. Nothing is raised.
    """
    folder, version = Path(dtd_folder), document.version
    dtd = _load(folder, version)
    if dtd is None:
        return (
            Finding(
                "dtd-missing",
                "info",
                f"There is no readable DTD of version {version[:40] or '(none)'} in {folder.name or str(folder)}.",
                "Put FCPXMLv1_N.dtd there; Final Cut Pro has them inside its application bundle.",
                "fcpxml@version",
                document.root.sourceline,
            ),
        )
    if dtd.validate(document.root):
        return ()
    entries = [entry for entry in dtd.error_log if entry.type_name != "DTD_ATTRIBUTE_DEFAULT"]
    found = [_finding(document, entry) for entry in entries]
    found.sort(key=lambda finding: finding.line or 1 << 62)
    if len(found) > MAX_FINDINGS:
        rest = len(found) - MAX_FINDINGS
        more = Finding("dtd", "error", f"And {rest} more DTD errors.", _HINT, "fcpxml", None)
        found = [*found[:MAX_FINDINGS], more]
    return tuple(found)


def _load(folder: Path, version: str) -> etree.DTD | None:
    match = re.fullmatch(r"1\.(\d{1,3})", version)
    if match is None:
        return None
    for name in _NAMES:
        file = folder / name.format(match.group(1))
        try:
            status = file.stat()
            key = str(file.resolve()), status.st_mtime_ns, status.st_size
            if key not in _CACHE:
                with file.open("rb") as stream:
                    _CACHE[key] = etree.DTD(stream)
            return _CACHE[key]
        except (OSError, ValueError, etree.LxmlError):
            continue
    return None


def _finding(document: Document, entry: etree._LogEntry) -> Finding:
    path = (getattr(entry, "path", None) or "").lstrip("/")
    line = entry.line if entry.line and entry.line > 0 else None
    return Finding("dtd", "error", _say(entry.message or "", document.version), _HINT, path or "fcpxml", line)


def _say(message: str, version: str) -> str:
    if content := _CONTENT.match(message):
        element, expected, got = content.groups()
        held = got.split()
        if not held:
            return f"The {element} is empty; FCPXML {version} wants {_cut(expected, 120)}."
        return (
            f"FCPXML {version} does not allow these inside <{element}> in this order or number: "
            f"{_cut(', '.join(held), 200)}."
        )
    for pattern, words in _WORDS:
        if match := pattern.match(message):
            return words.format(*[_cut(group, 80) for group in match.groups()])
    return _cut(message, 300).rstrip(".") + "."


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
