"""Values compared by what they mean: ``100/2500s`` is ``1/25s``, whatever id a resource has, however a URL is encoded.

Equal: spelling of times and URLs, order of attributes, white space between elements, comments, an attribute that is
left out and one that says its default. Ids of resources and of text styles are labels, so references are compared by
what they reach; that the labels differ is told once for the whole document.
"""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction

from lxml import etree

from takebridge_fcpxml import layout, urls
from takebridge_fcpxml.errors import TimeValueError
from takebridge_fcpxml.grammar import ITEMS, RESOURCES
from takebridge_fcpxml.times import parse_time

TIMES = frozenset(
    {
        "offset",
        "start",
        "duration",
        "tcStart",
        "audioStart",
        "audioDuration",
        "frameDuration",
        "posterOffset",
        "time",
    }
)
REFERENCES = frozenset({"ref", "format", "projectRef"})
_URLS = frozenset({"src", "url", "location"})

#: DTD defaults that exports sometimes spell out.
_DEFAULTS: dict[str, Hashable] = {
    "enabled": "1",
    "active": "1",
    "lane": 0,
    "scaleEnabled": "1",
    "preservesPitch": "1",
    "srcEnable": "all",
    "bold": "0",
    "italic": "0",
}


class Side:
    """One of the two documents. ``tokens`` says by resource id what the resource is on both sides."""

    def __init__(self, root: etree._Element, tokens: dict[str, Hashable]) -> None:
        self.root = root
        self.tokens = tokens

    def value(self, element: etree._Element, name: str) -> Hashable:
        """The meaning of an attribute, None when it is absent and has no default."""
        text = element.get(name)
        if text is None:
            return self._default(element, name)
        if name in REFERENCES:
            return self._reference(element, text)
        if name in TIMES or (name == "value" and element.tag == "timept"):
            return _time(text)
        if name in _URLS:
            return urls.to_path(text) or text
        if name == "lane":
            return int(text) if text.strip().lstrip("+-").isdecimal() and len(text) < 19 else text
        return text

    def attributes(self, element: etree._Element) -> dict[str, Hashable]:
        """All attributes by meaning, labels (ids) and defaults left out."""
        found = {}
        for name in map(str, element.keys()):
            if name == "id" and is_labelled(element):
                continue
            value = self.value(element, name)
            if value != self._default(element, name):
                found[name] = value
        return found

    def form(self, element: etree._Element) -> Hashable:
        """The whole element by meaning: equal forms, equal elements."""
        children = tuple((self.form(child), blank(child.tail)) for child in layout.elements(element))
        return (
            str(element.tag),
            tuple(sorted(self.attributes(element).items(), key=_by_name)),
            own_text(element),
            children,
        )

    def _default(self, element: etree._Element, name: str) -> Hashable:
        if name == "start" and element.tag in (*ITEMS, "asset"):
            return Fraction(0)
        if name == "kind" and element.tag == "media-rep":
            return "original-media"
        return _DEFAULTS.get(name)

    def _reference(self, element: etree._Element, text: str) -> Hashable:
        if element.tag == "text-style":
            return style_number(element, text)
        return self.tokens.get(text, text)


def tag_of(element: etree._Element) -> str:
    """The element's name."""
    return str(element.tag)


def is_labelled(element: etree._Element) -> bool:
    """Whether the element's ``id`` is a label only: resources and text styles."""
    above = element.getparent()
    return element.tag == "text-style-def" or (
        element.tag in RESOURCES and above is not None and above.tag == "resources"
    )


def style_number(element: etree._Element, identifier: str) -> Hashable:
    """Which style of its title or caption a run has: ids of styles are renumbered by every export."""
    host = element.getparent()
    while host is not None and host.tag not in ITEMS:
        host = host.getparent()
    if host is not None:
        for number, definition in enumerate(host.iterchildren("text-style-def")):
            if definition.get("id") == identifier:
                return number
    return identifier


def own_text(element: etree._Element) -> str:
    """The text before the first child. White space counts only where words are kept, not between elements."""
    if len(element) == 0 and element.tag in ("text-style", "note", "string"):
        return element.text or ""
    return blank(element.text)


def blank(text: str | None) -> str:
    """The text, or nothing when it is white space."""
    return text if text and text.strip() else ""


def seconds(element: etree._Element, name: str) -> Fraction | None:
    """A time attribute, None when it is absent or cannot be read."""
    text = element.get(name)
    value = _time(text) if text is not None else None
    return value if isinstance(value, Fraction) else None


def _time(text: str) -> Hashable:
    try:
        return parse_time(text)
    except TimeValueError:
        return text


def _by_name(entry: tuple[str, Hashable]) -> str:
    return entry[0]
