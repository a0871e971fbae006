"""The order of children, against the DTDs themselves where they are, and against the field's rules where not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree
from tests.support.fcpxml import dtd_folder, film

from takebridge_fcpxml import grammar
from takebridge_fcpxml.view import AssetClip

GOLDEN = Path(__file__).parent / "golden"
VERSIONS = [f"1_{minor}" for minor in range(5, 15)]


@pytest.mark.parametrize("file", sorted(GOLDEN.rglob("*.fcpxml")), ids=lambda file: file.stem)
def test_no_golden_has_a_misplaced_child(file: Path) -> None:
    if file.read_bytes().startswith(b"<!--"):
        pytest.skip("side data, no document")
    for element in etree.parse(file).iter(etree.Element):
        assert grammar.misplaced(element) is None


def model(content: object) -> list[set[str]]:
    """The groups of a DTD content model in order: names of a choice together, each part of a sequence on its own."""
    if content is None:
        return []
    kind, name = content.type, content.name  # type: ignore[attr-defined]
    left, right = content.left, content.right  # type: ignore[attr-defined]
    if kind == "element":
        return [{name}]
    if kind == "seq":
        return model(left) + model(right)
    if kind == "or":
        return [set().union(*model(left), *model(right))]
    return []


@pytest.mark.parametrize("version", VERSIONS)
def test_the_order_agrees_with_the_dtd(version: str) -> None:
    path = dtd_folder() / f"FCPXMLv{version}.dtd"
    if not path.is_file():
        pytest.skip(f"{path.name} is absent")
    with path.open("rb") as text:
        declared = {element.name: element for element in etree.DTD(text).iterelements()}
    wrong = []
    for parent in grammar.ORDER.keys() & declared.keys():
        groups = model(declared[parent].content)
        names = set().union(*groups) if groups else set()
        ranks = [{grammar.rank(parent, name) for name in group} for group in groups]
        wrong += [
            f"{parent}: {sorted(earlier)} before {sorted(later)}"
            for (first, earlier), (second, later) in zip(
                zip(ranks, groups, strict=True), list(zip(ranks, groups, strict=True))[1:], strict=False
            )
            if max(first) > min(second)
        ]
        wrong += [
            f"{parent}: {name} is unknown" for name in names if grammar.rank(parent, name) >= len(grammar.ORDER[parent])
        ]
    assert wrong == []


@pytest.mark.parametrize("version", VERSIONS)
def test_every_element_with_an_order_in_the_dtd_has_one_here_or_needs_none(version: str) -> None:
    path = dtd_folder() / f"FCPXMLv{version}.dtd"
    if not path.is_file():
        pytest.skip(f"{path.name} is absent")
    with path.open("rb") as text:
        ordered = {e.name for e in etree.DTD(text).iterelements() if len(model(e.content)) > 1}
    # Collections, trackers and drawings are kept as they are; nothing here adds children to them.
    foreign = re.compile(
        r"smart-collection|collection-folder|library|event|tracking-shape|object-tracker|.*shape.*|adjust-.*"
    )
    assert {name for name in ordered - grammar.ORDER.keys() if not foreign.fullmatch(name)} == set()


def test_an_insertion_goes_where_the_order_wants_it() -> None:
    clip = (
        film(
            '<asset-clip ref="r2" offset="0s" duration="1s"><note>n</note><marker start="0s" value="m"/>'
            '<filter-audio ref="r3"/><metadata/></asset-clip>'
        )
        .projects[0]
        .sequence.spine.items[0]
    )
    assert isinstance(clip, AssetClip)
    for tag in ("adjust-volume", "title", "adjust-crop", "keyword", "timeMap", "conform-rate", "audio-channel-source"):
        clip.add(tag)
    clip.add("novelty")
    assert [child.tag for child in clip.element] == [
        "note", "conform-rate", "timeMap", "adjust-crop", "adjust-volume", "title", "marker", "keyword",
        "audio-channel-source", "filter-audio", "metadata", "novelty",
    ]  # fmt: skip
    assert grammar.misplaced(clip.element) is None


def test_comments_do_not_count_in_the_order() -> None:
    parent = etree.fromstring("<gap><!-- a --><marker/><?pi?></gap>")
    grammar.insert(parent, etree.Element("note"))
    assert [child.tag for child in parent.iterchildren(etree.Element)] == ["note", "marker"]


def test_an_insertion_before_a_sibling() -> None:
    parent = etree.fromstring("<spine><gap/><title/></spine>")
    grammar.insert(parent, etree.Element("clip"), before=parent[1])
    assert [child.tag for child in parent] == ["gap", "clip", "title"]


def test_the_first_misplaced_child_is_named() -> None:
    parent = etree.fromstring("<asset-clip><metadata/><marker/><note/></asset-clip>")
    found = grammar.misplaced(parent)
    assert found is not None
    assert found.tag == "marker"


def test_what_an_audition_may_hold() -> None:
    assert "mc-clip" not in grammar.PICKS
    assert "spine" not in grammar.PICKS
    assert grammar.PICKS < grammar.ITEMS
    assert not grammar.ANCHORED & {"gap", "transition"}
