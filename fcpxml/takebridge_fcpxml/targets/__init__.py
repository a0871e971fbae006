"""Documents in the dialect of one host: what Final Cut Pro refuses and what Resolve silently changes, mended or told.

``fcp`` keeps the document's own version when it can be written (every Final Cut Pro reads its own and older ones).
``resolve`` writes 1.10, the only version every Resolve from 18 on takes, unless another is asked for.

A loss with ``dropped`` or ``approximated`` here also names what stays in the file but does not survive in the host.
"""

from __future__ import annotations

from takebridge_fcpxml import versions
from takebridge_fcpxml.conversion import Conversion
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import BadValueError
from takebridge_fcpxml.loss import LossReport
from takebridge_fcpxml.targets.fcp import adapt as adapt_to_fcp
from takebridge_fcpxml.targets.fcp import choose_version as choose_fcp_version
from takebridge_fcpxml.targets.resolve import adapt as adapt_to_resolve
from takebridge_fcpxml.targets.resolve import choose_version as choose_resolve_version

__all__ = ["TARGETS", "for_target"]

TARGETS = ("fcp", "resolve")


def for_target(document: Document, target: str, version: str | None = None) -> tuple[Document, LossReport]:
    """A document for ``target`` and what got lost on the way or will get lost there; the given one is not touched.

    Raises BadValueError for a target that is not in TARGETS, VersionError for a version that cannot be written.
    """
    if target not in TARGETS:
        raise BadValueError(f"There is no target {target[:20]!r}.", hint=f"Choose one of {', '.join(TARGETS)}.")
    if version is not None:
        versions.number(version)
    change = Conversion(document)
    change.begin()
    if target == "fcp":
        versions.apply(change, choose_fcp_version(change, version))
        adapt_to_fcp(change)
    else:
        versions.apply(change, choose_resolve_version(change, version))
        adapt_to_resolve(change)
    change.document.resources_changed()
    return change.document, change.report()
