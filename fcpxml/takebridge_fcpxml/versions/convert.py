"""From one version of FCPXML to another, saying what the wanted version cannot hold.

The same body is right for 1.9 to 1.14 unless it uses something a version in between brought; then only the places that
do are changed. What no known version has (an unknown element, attribute or value) is kept as it is. Which construct
belongs to which version is in ``history``; this module walks a document once and asks that table.

A document already stamped with the wanted version comes back as it is, even where it breaks that version's rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from takebridge_fcpxml.conversion import Conversion, wrap_in_library
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import VersionError
from takebridge_fcpxml.grammar import ITEMS
from takebridge_fcpxml.loss import LossReport
from takebridge_fcpxml.versions import clips, items, media
from takebridge_fcpxml.versions.history import HISTORY, READABLE, Life

__all__ = ["DEFAULT", "READABLE", "WRITABLE", "apply", "number", "to_version"]

WRITABLE = READABLE
#: Read by every Final Cut Pro since 10.6 and by every Resolve since 18.
DEFAULT = "1.10"


def to_version(document: Document, version: str) -> tuple[Document, LossReport]:
    """A document of ``version`` and what got lost; the given one is not touched.

    Raises VersionError for a version that cannot be written.
    """
    number(version)
    change = Conversion(document)
    if document.version != version:
        apply(change, version)
    return change.document, change.report()


def apply(change: Conversion, version: str) -> None:
    """Bring the copy of a running conversion to ``version``, also where it says so already and does not keep to it."""
    _note_unknown_version(change)
    rules = _rules(version)
    hits = [element for element in change.root.iter(tag=etree.Element) if rules.touch(element, change.source.version)]
    if hits:
        change.begin()
        for element in hits:
            _mend(change, element, rules)
        _forget_removed_ids(change)
        change.document.resources_changed()
    change.root.set("version", version)


def number(version: str) -> int:
    """The place of a writable version in their order. Raises VersionError for any other, naming the writable ones."""
    if version not in WRITABLE:
        raise VersionError(
            f"FCPXML {version[:20]} cannot be written.",
            hint=f"Choose one of {', '.join(WRITABLE)}; {DEFAULT} is read most.",
        )
    return WRITABLE.index(version)


def _note_unknown_version(change: Conversion) -> None:
    told = change.source.version
    if told not in READABLE:
        words = f"Version {told[:20]!r} is not known here: what only that version has was kept as it is."
        change.loss("approximated", "fcpxml@version", words)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a version does not hold, by element name."""

    version: str
    elements: dict[str, Life] = field(default_factory=dict)
    children: dict[tuple[str, str], Life] = field(default_factory=dict)
    attributes: dict[str, dict[str, Life]] = field(default_factory=dict)
    values: dict[tuple[str, str], dict[str, Life]] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)

    def touch(self, element: etree._Element, source_version: str) -> bool:
        """Whether anything about an element may be illegal; a cheap test that never misses."""
        tag = str(element.tag)
        if tag in _PECULIAR and _is_peculiar(element, self.version, source_version):
            return True
        if tag not in self.tags:
            return False
        if tag in self.elements:
            return True
        known = self.attributes.get(tag, {})
        if any(name in known or (tag, name) in self.values for name in element.attrib):
            return True
        parent = element.getparent()
        return parent is not None and (parent.tag, tag) in self.children


#: Elements with a rule about more than one name.
_PECULIAR = frozenset({"fcpxml", "match-property", "filter-video", "text", "asset"})


def _is_peculiar(element: etree._Element, version: str, source_version: str) -> bool:
    tag = element.tag
    if tag == "fcpxml":
        return _before(version, "1.6")
    if tag == "asset":
        return element.get("colorSpaceOverride") is not None and "1.6" in (version, source_version)
    if tag == "text":
        return source_version == "1.8" and not _before(version, "1.9")
    return _before(version, "1.9")


@lru_cache(maxsize=len(READABLE))
def _rules(version: str) -> _Rules:
    rules = _Rules(version)
    for life in HISTORY:
        if life.holds(version):
            continue
        if life.aspect != "exists":
            continue
        rules.tags.add(life.child or life.element)
        if life.child:
            rules.children[life.element, life.child] = life
        elif life.value:
            rules.values.setdefault((life.element, life.attribute), {})[life.value] = life
        elif life.attribute:
            rules.attributes.setdefault(life.element, {})[life.attribute] = life
        else:
            rules.elements[life.element] = life
    return rules


def _before(version: str, other: str) -> bool:
    return READABLE.index(version) < READABLE.index(other)


def _mend(change: Conversion, element: etree._Element, rules: _Rules) -> None:
    if not change.alive(element):
        return
    tag = str(element.tag)
    parent = element.getparent()
    above = "" if parent is None else str(parent.tag)
    # What stands beside a library is moved into one as a whole (_wrap_root).
    life = rules.elements.get(tag) or (rules.children.get((above, tag)) if above != "fcpxml" else None)
    if life is not None:
        _mend_element(change, element, life, rules.version)
        if not change.alive(element) or element.tag == tag:
            return
    for name in list(element.keys()):
        if not _mend_attribute(change, element, str(name), rules):
            return
    _mend_peculiar(change, element, rules.version)


def _mend_element(change: Conversion, element: etree._Element, life: Life, version: str) -> None:
    tag = str(element.tag)
    detail = f"FCPXML {version} has no {life.words} ({life.span})."
    parent = element.getparent()
    if handler := _HANDLERS.get(tag):
        handler(change, element, detail)
    elif tag == "media-rep" and parent is not None and parent.tag == "asset":
        media.media_reps_to_src(change, parent, version)
    elif tag in ITEMS:
        items.drop_item(change, element, tag, detail)
    else:
        change.drop(element, life.construct, f"{detail} Removed.")


_HANDLERS: dict[str, Callable[[Conversion, etree._Element, str], None]] = {
    "asset-clip": clips.asset_clip_to_clip,
    "sync-clip": clips.sync_clip_to_clip,
    "audio-source": media.old_audio_source,
    "audio-aux-source": media.old_audio_source,
    "audio-channel-source": media.channel_source_to_old,
    "info-asc-cdl": media.cdl_to_comment,
    "bookmark": lambda change, element, detail: media.bookmark_to_media_rep(change, element),
}


def _mend_attribute(change: Conversion, element: etree._Element, name: str, rules: _Rules) -> bool:
    """Make one attribute legal; False when the element went with it."""
    tag, value = str(element.tag), element.get(name)
    if value is None:
        return True
    life = rules.values.get((tag, name), {}).get(value) or rules.attributes.get(tag, {}).get(name)
    if life is None:
        return True
    detail = f"FCPXML {rules.version} has no {life.words} ({life.span})."
    if handler := _ATTRIBUTE_HANDLERS.get(life.construct):
        handler(change, element, rules.version, detail)
        return True
    if value == life.neutral:
        del element.attrib[name]
        return True
    if life.instead is not None and not _is_gone(rules, tag, name):
        change.loss("approximated", life.construct, f'{detail} It is "{life.instead}" now.', element)
        element.set(name, life.instead)
        return True
    if life.removes != "attribute" and tag != change.root.tag:
        return _remove_with_attribute(change, element, life, detail)
    change.loss("dropped", life.construct, f"{detail} Removed.", element)
    del element.attrib[name]
    return True


def _is_gone(rules: _Rules, tag: str, name: str) -> bool:
    """Whether the version has no such attribute at all, so that no other value helps."""
    return name in rules.attributes.get(tag, {})


def _remove_with_attribute(change: Conversion, element: etree._Element, life: Life, detail: str) -> bool:
    parent = element.getparent()
    masked = life.removes == "parent" and parent is not None and parent.tag == "filter-video-mask"
    target = parent if masked and parent is not None else element
    change.drop(
        target, life.construct, f"{detail} Without it <{target.tag!s}> means something else, so all of it went."
    )
    return False


_ATTRIBUTE_HANDLERS: dict[str, Callable[[Conversion, etree._Element, str, str], None]] = {
    "asset@src": lambda change, element, version, detail: media.src_to_media_rep(change, element),
    "asset@customLogOverride": media.override_to_new,
    "sequence@renderColorSpace": media.color_space_to_format,
    "multicam@renderColorSpace": media.color_space_to_format,
    "format@colorSpace": media.color_space_to_timeline,
}


def _mend_peculiar(change: Conversion, element: etree._Element, version: str) -> None:
    if element.tag == "fcpxml" and _before(version, "1.6"):
        _wrap_root(change)
    elif element.tag == "match-property" and _before(version, "1.9") and element.get("value") is None:
        words = f"FCPXML {version} wants a value in every property rule; it is empty."
        change.loss("approximated", "match-property@value", words, element)
        element.set("value", "")
    elif element.tag == "filter-video" and _before(version, "1.9"):
        for extra in list(element.iterchildren("data"))[1:]:
            words = f"FCPXML {version} has one block of data in a video effect; this further one was removed."
            change.drop(extra, "data", words)
    elif element.tag == "asset" and _is_peculiar(element, version, change.source.version):
        media.respell_override(change, element, version)
    elif element.tag == "text" and _is_peculiar(element, version, change.source.version):
        parent = element.getparent()
        # A caption of 1.8 without placement stands at the bottom; later versions leave that open.
        if parent is not None and parent.tag == "caption" and element.get("placement") is None:
            element.set("placement", "bottom")


def _wrap_root(change: Conversion) -> None:
    root = change.root
    first = root.find(".//project")
    name = "Event" if first is None else first.get("name", "") or "Event"
    if wrap_in_library(root, name):
        change.loss("approximated", "library", "FCPXML 1.5 has one library and nothing beside it: all went into one.")
    elif root.find("library") is None:
        library = etree.SubElement(root, "library")
        library.tail = "\n"


def _forget_removed_ids(change: Conversion) -> None:
    """Remove references to what was removed: trackers and side data."""
    if not change.removed_ids:
        return
    elements = list(change.root.iter(tag=etree.Element))
    gone = change.removed_ids - {element.get("id", "") for element in elements}
    for element in elements:
        for name in ("tracking", "dataLocator"):
            if element.get(name) in gone:
                words = "What it refers to was removed, so the reference went."
                change.loss("dropped", f"{element.tag!s}@{name}", words, element)
                del element.attrib[name]
