"""What older graph files said, brought to the form this release writes: one step a version, in order.

Version 0 is what release 0.1 answered for a canvas, saved as it came: ``{"rev": …, "canvas": {…}, …}``. It has no
list of media, knows no orphan tray of its own, and keeps nodes, wires and takes by id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from takebridge.errors import InvalidDocumentError

FORMAT = "takebridge.graph"
VERSION = 1
"""The version this release writes. It reads this one and every older one."""

Document = dict[str, Any]


def version_of(document: object) -> int:
    """Return the version the document says it has. Raises InvalidDocumentError for anything but a graph file."""
    if not isinstance(document, dict):
        raise _foreign()
    if "format" not in document and isinstance(document.get("canvas"), dict) and "rev" in document:
        return 0
    version = document.get("version")
    if document.get("format") != FORMAT or not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _foreign()
    if version > VERSION:
        raise InvalidDocumentError(
            f"This graph file was written by a newer TakeBridge (version {version}; this one reads up to {VERSION}).",
            hint="Update TakeBridge, then open the file again.",
            version=version,
        )
    return version


def upgraded(document: Document) -> Document:
    """Return the document in today's form; it is not validated yet. Raises InvalidDocumentError."""
    for version in range(version_of(document), VERSION):
        document = _STEPS[version](document)
    return document


def _from_canvas(document: Document) -> Document:
    canvas = document["canvas"]
    nodes, wires, takes = (_values(canvas, name) for name in ("nodes", "wires", "takes"))
    known = {str(node.get("id")) for node in nodes if isinstance(node, dict)}
    kept = [_without_seed(take) for take in takes if not isinstance(take, dict) or str(take.get("node_id")) in known]
    return {
        "format": FORMAT,
        "version": 1,
        "title": canvas.get("title", ""),
        "nodes": nodes,
        "wires": wires,
        "takes": kept,
        "media": {content: {} for take in kept for content in _contents(take)},
    }


def _without_seed(take: object) -> object:
    """The seed asked for is in the recipe; release 0.1 wrote it a second time."""
    return {key: value for key, value in take.items() if key != "seed_requested"} if isinstance(take, dict) else take


def _values(canvas: Mapping[str, Any], name: str) -> list[Any]:
    found = canvas.get(name, {})
    if not isinstance(found, dict):
        raise InvalidDocumentError(f"“{name}” of the saved canvas is not a table.", hint="Save the canvas again.")
    return list(found.values())


def _contents(take: object) -> list[str]:
    outputs = take.get("outputs") if isinstance(take, dict) else None
    outputs = outputs.values() if isinstance(outputs, dict) else ()
    contents = (output.get("content") for output in outputs if isinstance(output, dict))
    return [content for content in contents if isinstance(content, str)]


def _foreign() -> InvalidDocumentError:
    return InvalidDocumentError(
        "This file is not a TakeBridge graph.", hint="Choose a file that was saved as *.takebridge.json."
    )


_STEPS: Mapping[int, Callable[[Document], Document]] = {0: _from_canvas}
