"""What lint says: findings, and the table of rules they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lxml import etree

from takebridge_fcpxml.document import Document

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about one place.

    ``code`` is stable and names a rule. ``path`` is the element, with ``@name`` when an attribute is meant; ``line``
    counts from 1 in the file as read, None for an element made since.
    """

    code: str
    severity: Severity
    message: str
    hint: str
    path: str
    line: int | None

    def to_json(self) -> dict[str, object]:
        """The finding as plain data."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "hint": self.hint,
            "path": self.path,
            "line": self.line,
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: the code its findings carry, the severity they usually have, and what it looks for.

    An error is what Final Cut Pro refuses or loses an edit over; a warning is what it imports differently from what the
    file says; an info is worth knowing and seen in healthy files too. Some infos become warnings for a named target.
    """

    code: str
    severity: Severity
    summary: str


RULES: tuple[Rule, ...] = (
    # The document.
    Rule("version-missing", "error", "The document states no FCPXML version."),
    Rule("version-unknown", "warning", "A version that is not one of 1.5 to 1.14."),
    Rule("nothing-to-do", "info", "No project and no clip: nothing would be imported."),
    Rule("no-resources", "info", "Clips or projects without a resources section."),
    Rule("no-sequence", "error", "A project without a sequence."),
    Rule("no-spine", "error", "A sequence without a spine."),
    Rule("element-order", "error", "Elements in an order no version of the DTD allows."),
    Rule("enum-value", "error", "A word outside the fixed set of an attribute, such as audioLayout or srcFrameRate."),
    Rule("same-project-name", "info", "Two projects of one name in an event: the import asks which to keep."),
    Rule("clips-beside-project", "info", "Clips directly in an event that also holds a project."),
    Rule("mod-date", "info", "A modDate in a form Final Cut Pro does not write."),
    # References.
    Rule("duplicate-id", "error", "An id that stands twice."),
    Rule("dangling-reference", "error", "A reference to an id that does not exist, or none where one is needed."),
    Rule("wrong-reference", "error", "A reference to a resource of the wrong kind."),
    Rule("unknown-angle", "info", "A multicam clip naming an angle its multicam has not; for a target a warning."),
    Rule("recursive-compound", "error", "A compound clip that contains itself."),
    # Values.
    Rule("bad-time", "error", "A time that is not rational seconds."),
    Rule("time-width", "error", "A time over 64/32 bits; a warning when only its spelling is that wide."),
    Rule("decimal-time", "warning", "A time in decimals, outside the FCPXML grammar."),
    Rule("bad-lane", "error", "A lane that is not a whole number."),
    # Media.
    Rule("no-frame-duration", "error", "A format without a usable frameDuration on a sequence or moving picture."),
    Rule("no-media-file", "error", "An asset that names no file."),
    Rule("url-encoding", "info", "A media URL with characters that must be percent-encoded; for a target a warning."),
    Rule("url-not-file", "info", "A media URL that is no absolute file URL, outside a bundle; for a target a warning."),
    Rule("same-file", "info", "Several assets of one file."),
    # Timelines.
    Rule("off-grid", "warning", "A storyline offset or duration between two frames of its sequence."),
    Rule("overlap", "error", "Storyline items that overlap."),
    Rule("hole", "warning", "A hole between storyline items; before the first one it is an info."),
    Rule("duration", "error", "A negative duration, or none at all on a storyline item."),
    Rule("duration-missing", "error", "An item without the duration it needs."),
    Rule("no-lane", "info", "A connected item without a lane; for a target a warning."),
    Rule("lane-on-gap", "error", "A gap or transition with a lane."),
    Rule("lane-in-storyline", "info", "A lane on an item that stands in a storyline."),
    Rule("audition-empty", "error", "An audition without a pick."),
    Rule("audition-pick", "error", "An audition holding what it cannot hold: a multicam clip, gap or storyline."),
    Rule("audition-offset", "warning", "An audition's pick with an offset or lane of its own."),
    Rule("outside-media", "error", "A clip that uses more than its media has; through a retiming it is an info."),
    Rule("audio-outside-media", "warning", "A split edit (J or L cut) that uses more sound than the media has."),
    Rule("outside-compound", "info", "A compound or multicam clip that reaches beyond what it plays."),
    Rule("marker-outside", "info", "Markers outside the part their clips show; one finding a document."),
    # Retiming.
    Rule("conform-missing", "info", "Media of another frame rate without conform-rate or retiming."),
    Rule("conform-source", "info", "A conform-rate whose source rate is missing or not that of the media."),
    Rule("time-map", "warning", "A time map with fewer than two points or with points out of order."),
    # Transitions.
    Rule("transition-alone", "warning", "A transition without an item before or after it."),
    Rule("transition-off-cut", "info", "A transition that does not touch the cut beside it; for a target a warning."),
    Rule("transition-too-long", "info", "A transition longer than an item beside it; for a target a warning."),
    Rule("transition-handles", "info", "Too little media under a transition; for a target a warning."),
    # Targets.
    Rule("resolve-version", "warning", "For Resolve: a version that not every release from 18 on reads."),
    Rule("resolve-name", "warning", "For Resolve: an asset or clip whose name is not its file name with extension."),
    Rule("resolve-volume", "warning", "For Resolve: a level with a dB suffix, which it drops."),
    Rule("resolve-time-map", "warning", "For Resolve: a time map that ends with its clip, which blacks the tail."),
    # DTD validation, by ``validate`` only.
    Rule("dtd", "error", "Something the DTD of the stated version refuses."),
    Rule("dtd-missing", "info", "No readable DTD of the stated version in the folder."),
)
_SEVERITY: dict[str, Severity] = {rule.code: rule.severity for rule in RULES}


class Report:
    """Collects findings while the rules run."""

    def __init__(self, document: Document) -> None:
        self._findings: list[Finding] = []
        self._paths = Paths(document.root)

    def add(
        self,
        code: str,
        element: etree._Element,
        message: str,
        hint: str,
        *,
        attribute: str = "",
        severity: Severity | None = None,
    ) -> None:
        """Note one finding; the rule's own severity unless another is given."""
        path = self._paths.of(element) + (f"@{attribute}" if attribute else "")
        self._findings.append(Finding(code, severity or _SEVERITY[code], message, hint, path, element.sourceline))

    def findings(self) -> tuple[Finding, ...]:
        """All findings by line, those without one last."""
        return tuple(sorted(self._findings, key=lambda finding: finding.line or 1 << 62))


class Paths:
    """``Document.element_path`` for many elements: siblings are counted once, so a finding each stays linear."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._steps: dict[etree._Element, dict[etree._Element, str]] = {}

    def of(self, element: etree._Element) -> str:
        """Where an element stands: ``fcpxml/library/event/project[2]``."""
        steps: list[str] = []
        node: etree._Element | None = element
        while node is not None:
            parent = node.getparent()
            steps.append(str(node.tag) if parent is None else self._children(parent)[node])
            node = parent
        return "/".join(reversed(steps))

    def _children(self, parent: etree._Element) -> dict[etree._Element, str]:
        known = self._steps.get(parent)
        if known is None:
            same: dict[str, list[etree._Element]] = {}
            for child in parent.iterchildren(tag=etree.Element):
                same.setdefault(str(child.tag), []).append(child)
            known = {
                child: tag if len(children) == 1 else f"{tag}[{number}]"
                for tag, children in same.items()
                for number, child in enumerate(children, 1)
            }
            self._steps[parent] = known
        return known
