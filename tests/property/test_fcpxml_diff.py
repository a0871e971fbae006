"""No value of a document can change without diff saying so."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.support.fcpxml_rich import RICH

from takebridge_fcpxml.diff import diff
from takebridge_fcpxml.document import Document

TREE = Document.parse(RICH)
ELEMENTS = list(TREE.root.iter(etree.Element))
SPOTS = [(index, str(name)) for index, element in enumerate(ELEMENTS) for name, _ in element.items()] + [
    (index, "") for index, element in enumerate(ELEMENTS) if (element.text or "").strip()
]


#: The same document as another export would number it.
RENUMBERED = re.sub(r'(\s(?:id|ref|format)=")r(\d)"', r'\1r\g<2>00"', RICH)


def changed(index: int, name: str, edit: str, text: str = RICH) -> Document:
    """The document with one attribute, or the text when ``name`` is empty, edited."""
    twin = Document.parse(text)
    element = list(twin.root.iter(etree.Element))[index]
    old = element.get(name, "") if name else element.text or ""
    new = {"before": "7" + old, "after": old + "x", "other": "other", "empty": ""}[edit]
    if name:
        element.set(name, new)
    else:
        element.text = new
    twin.resources_changed()
    return twin


@settings(max_examples=300)
@given(st.sampled_from(SPOTS), st.sampled_from(["before", "after", "other", "empty"]))
def test_one_changed_value_is_never_no_difference(spot: tuple[int, str], edit: str) -> None:
    found = diff(TREE, changed(*spot, edit))
    element = ELEMENTS[spot[0]]
    assert found, f"{element.tag!s}@{spot[1]} at line {element.sourceline} changed and diff says nothing"


def test_every_single_value_is_seen() -> None:
    silent = [
        (str(ELEMENTS[index].tag), name) for index, name in SPOTS if not diff(TREE, changed(index, name, "before"))
    ]
    assert silent == []


def test_renumbered_resources_are_told_once() -> None:
    (change,) = diff(TREE, Document.parse(RENUMBERED))
    assert (change.kind, change.count) == ("ids-changed", 8)


@settings(max_examples=200)
@given(st.sampled_from(SPOTS), st.sampled_from(["before", "after", "other"]))
def test_a_changed_value_is_told_among_renumbered_resources(spot: tuple[int, str], edit: str) -> None:
    element = ELEMENTS[spot[0]]
    if spot[1] == "id":
        return
    found = diff(TREE, changed(*spot, edit, text=RENUMBERED))
    told = [change for change in found if change.kind != "ids-changed"]
    assert told, f"{element.tag!s}@{spot[1]} at line {element.sourceline} changed and diff says nothing"


@settings(max_examples=100)
@given(st.sampled_from(range(1, len(ELEMENTS))))
def test_a_removed_element_is_never_no_difference(index: int) -> None:
    twin = Document.parse(RICH)
    element = list(twin.root.iter(etree.Element))[index]
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)
    twin.resources_changed()
    assert diff(TREE, twin), (
        f"<{ELEMENTS[index].tag!s}> at line {ELEMENTS[index].sourceline} is gone and diff says nothing"
    )
    assert diff(twin, TREE)


def test_the_rich_document_has_no_difference_to_itself() -> None:
    assert diff(TREE, Document.parse(RICH.replace("\n", "\n  ").replace('"100/2500s"', '"1/25s"'))) == ()
