"""What every conversion shares: a copy to change, the places of the source, and the losses met on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from lxml import etree

from takebridge_fcpxml import layout
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.loss import Kind, LossLog, LossReport


class Conversion:
    """A copy of ``source`` under change. Losses name the path and line an element had in ``source``."""

    def __init__(self, source: Document) -> None:
        self.source = source
        self.document = source.copy()
        self.removed_ids: set[str] = set()
        self._log = LossLog()
        self._origins: dict[etree._Element, etree._Element] = {}
        self._steps: dict[etree._Element, dict[etree._Element, str]] = {}

    @property
    def root(self) -> etree._Element:
        """The root of the copy."""
        return self.document.root

    def begin(self) -> None:
        """Remember where everything stands. Call before the first change, and only when there will be one."""
        if not self._origins:
            self._origins = dict(zip(self.root.iter(), self.source.root.iter(), strict=True))

    def loss(self, kind: Kind, construct: str, detail: str, element: etree._Element | None = None) -> None:
        """Note a loss at an element of the copy (its nearest ancestor of the source, when it is new)."""
        while element is not None and element not in self._origins:
            element = element.getparent()
        origin = self.source.root if element is None else self._origins[element]
        self._log.add(kind, construct, detail, path=self._path(origin), line=origin.sourceline)

    def report(self) -> LossReport:
        """What was lost."""
        return self._log.report()

    def alive(self, element: etree._Element) -> bool:
        """Whether an element still is part of the copy."""
        return element is self.root or any(above is self.root for above in element.iterancestors())

    def remove(self, element: etree._Element) -> None:
        """Take an element out of the copy, remembering the ids that went with it."""
        self.removed_ids.update(held.get("id", "") for held in element.iter(tag=etree.Element) if held.get("id"))
        layout.remove(element)

    def drop(self, element: etree._Element, construct: str, detail: str) -> None:
        """Take an element out and say so, with what it held."""
        self.loss("dropped", construct, detail + went_along(element.iterdescendants(tag=etree.Element)), element)
        self.remove(element)

    def _path(self, origin: etree._Element) -> str:
        # Document.element_path counts the siblings of every step; a file with thousands of losses needs them once.
        steps: list[str] = []
        node: etree._Element | None = origin
        while node is not None:
            parent = node.getparent()
            steps.append(str(node.tag) if parent is None else self._step(parent, node))
            node = parent
        return "/".join(reversed(steps))

    def _step(self, parent: etree._Element, child: etree._Element) -> str:
        if parent not in self._steps:
            totals = Counter(str(node.tag) for node in parent)
            met: Counter[str] = Counter()
            steps: dict[etree._Element, str] = {}
            for node in parent:
                tag = str(node.tag)
                met[tag] += 1
                steps[node] = f"{tag}[{met[tag]}]" if totals[tag] > 1 else tag
            self._steps[parent] = steps
        return self._steps[parent][child]


def went_along(elements: Iterable[etree._Element]) -> str:
    """A sentence naming elements that go with another, with counts; empty for none."""
    counts = Counter(str(element.tag) for element in elements)
    if not counts:
        return ""
    return f" With it went {', '.join(f'{count} {tag}' for tag, count in sorted(counts.items()))}."


def wrap_in_library(root: etree._Element, name: str) -> bool:
    """Put events, clips and projects of the root into a library, loose ones into an event called ``name``.

    False when they are in one already. An element of no known kind stays where it is.
    """
    loose = [child for child in layout.elements(root) if child.tag in _IN_EVENT or child.tag == "event"]
    if root.find("library") is not None or not loose:
        return False
    library = etree.Element("library")
    root.insert(root.index(loose[0]), library)
    library.tail = loose[-1].tail
    library.text = "\n        "
    event: etree._Element | None = None
    for child in loose:
        if child.tag == "event":
            holder, event = library, None
        else:
            if event is None:
                event = etree.SubElement(library, "event", {"name": name})
                event.text, event.tail = "\n            ", "\n        "
            holder = event
        # Moved as it is: indenting a subtree anew would touch the white space inside titles.
        child.tail = "\n        " if holder is library else "\n            "
        holder.append(child)
    if event is not None:
        event[-1].tail = "\n        "
    library[-1].tail = "\n    "
    return True


_IN_EVENT = frozenset(
    {
        "clip",
        "audition",
        "mc-clip",
        "ref-clip",
        "sync-clip",
        "asset-clip",
        "collection-folder",
        "keyword-collection",
        "smart-collection",
        "project",
    }
)
