"""Elements in the child order Premiere writes and Final Cut's DTD asks for."""

from __future__ import annotations

from lxml import etree

from takebridge.interchange.xmeml_parse import Element, clean

CLIP_ORDER = (
    "uuid",
    "masterclipid",
    "ismasterclip",
    "name",
    "enabled",
    "duration",
    "rate",
    "start",
    "end",
    "in",
    "out",
    "pproTicksIn",
    "pproTicksOut",
    "subclipinfo",
    "alphatype",
    "pixelaspectratio",
    "anamorphic",
    "compositemode",
    "stillframe",
    "file",
    "sequence",
    "multiclip",
    "effect",
    "filter",
    "sourcetrack",
    "marker",
    "comments",
    "link",
    "logginginfo",
    "filmdata",
    "colorinfo",
    "labels",
)
FILE_ORDER = ("name", "pathurl", "rate", "duration", "timecode", "mediaSource", "media")
SEQUENCE_ORDER = ("uuid", "name", "duration", "rate", "media", "timecode", "marker", "labels")


def place(parent: Element, child: Element, order: tuple[str, ...]) -> Element:
    """Put ``child`` where the order wants it, after others of its name, and return it."""
    rank = order.index(str(child.tag)) if child.tag in order else len(order)
    for index, sibling in enumerate(parent):
        if sibling.tag in order and order.index(str(sibling.tag)) > rank:
            parent.insert(index, child)
            return child
    parent.append(child)
    return child


def put(parent: Element, tag: str, text: object, order: tuple[str, ...]) -> Element:
    """Give the child ``tag`` this text, adding it in its place where there is none."""
    found = parent.find(tag)
    if found is None:
        found = place(parent, etree.Element(tag), order)
    found.text = clean(str(text)) or None
    return found


def swap(parent: Element, child: Element, order: tuple[str, ...]) -> Element:
    """Put ``child`` in the place of the one of its name, or where the order wants it."""
    found = parent.find(str(child.tag))
    if found is None:
        return place(parent, child, order)
    parent.replace(found, child)
    return child


def drop(parent: Element, *tags: str) -> None:
    """Remove all children of these names."""
    for child in [one for one in parent if one.tag in tags]:
        parent.remove(child)


def add(parent: Element, tag: str, text: object = "") -> Element:
    """Append a child with a text."""
    child = etree.SubElement(parent, tag)
    child.text = clean(str(text)) if text != "" else None
    return child
