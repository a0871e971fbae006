"""Which element of a document each object of its OTIO came from, so that what was changed there can be edited here."""

from __future__ import annotations

from lxml import etree

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.loss import LossLog
from takebridge_fcpxml.otio.export import composed


def origins(document: Document) -> dict[str, etree._Element]:
    """The story elements of a document by the ``key`` that `to_otio` gives them in its ``takebridge_fcpxml`` metadata.

    An audition stands for its takes. Raises what `to_otio` raises.
    """
    work = document.copy()
    numbers = {element: number for number, element in enumerate(work.root.iter())}
    nodes = list(document.root.iter())
    composer, _ = composed(work, None, LossLog())
    return {entry.key: nodes[numbers[entry.element]] for entry, _, _ in composer.made}
