"""What of a document OTIO has no word for: it travels in metadata, and the report says so, construct by construct."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.grammar import ITEMS, MARKERS
from takebridge_fcpxml.loss import LossLog

# What becomes OTIO: timelines, tracks, media references, speed.
_NATIVE = frozenset(
    {"fcpxml", "resources", "project", "sequence", "asset", "media-rep", "media", "timeMap", "timept", "conform-rate"}
)
_INSIDE = "It has no place on a track of its own and travels in the XML of the item around it."
_BROWSER = "It stands in the browser beside the projects and travels in the carried document."
_CARRIED = "OTIO has no word for it; it travels as metadata that only this library reads back."
_SPLIT = "The split edit travels as metadata: on OTIO's sound tracks the sound lies under the picture."
_CONFORM = "OTIO conforms rates by itself; what Final Cut Pro does travels as metadata."


def survey(document: Document, exported: set[etree._Element], log: LossLog) -> None:
    """Report every element that is carried. ``exported`` are the story items and marks that became OTIO objects."""
    for element, path in _walk(document.root, "fcpxml"):
        tag = str(element.tag)
        if element.get("audioStart") is not None or element.get("audioDuration") is not None:
            log.add("carried", f"{tag}@audioStart", _SPLIT, path=path, line=element.sourceline)
        if tag == "conform-rate":
            log.add("carried", tag, _CONFORM, path=path, line=element.sourceline)
        elif tag in ITEMS or tag in MARKERS:
            if element not in exported:
                above = element.getparent()
                detail = _BROWSER if above is not None and above.tag in ("event", "fcpxml") else _INSIDE
                log.add("carried", tag, detail, path=path, line=element.sourceline)
        elif tag not in _NATIVE and not (tag == "spine" and _is_primary(element)):
            log.add("carried", tag, _CARRIED, path=path, line=element.sourceline)


def _is_primary(element: etree._Element) -> bool:
    above = element.getparent()
    return above is not None and above.tag == "sequence"


def _walk(root: etree._Element, path: str) -> Iterator[tuple[etree._Element, str]]:
    """Every element with its path, in document order; counts siblings once, so that long spines stay cheap."""
    stack = [(root, path)]
    while stack:
        element, here = stack.pop()
        yield element, here
        children = [child for child in element if isinstance(child.tag, str)]
        total = Counter(child.tag for child in children)
        seen: Counter[str] = Counter()
        steps: list[tuple[etree._Element, str]] = []
        for child in children:
            tag = str(child.tag)
            seen[tag] += 1
            steps.append((child, f"{here}/{tag}[{seen[tag]}]" if total[tag] > 1 else f"{here}/{tag}"))
        stack.extend(reversed(steps))
