"""The table of constructs against the DTDs: nothing missing, nothing too much. Skips where the DTDs are absent."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from lxml import etree
from tests.support.fcpxml import dtd_folder

from takebridge_fcpxml.versions.history import HISTORY, READABLE, Life

#: In content models up to 1.9 and declared by no DTD.
UNDECLARED = {"info-asc-cdl"}


@cache
def _dtd(version: str) -> etree.DTD:
    return etree.DTD(str(dtd_folder() / f"FCPXMLv{version.replace('.', '_')}.dtd"))


def _tree(content: Any) -> Iterator[tuple[str, str]]:
    """Child names of a content model with how often they may occur."""
    if content is None:
        return
    if content.type == "element":
        yield content.name, content.occur
    elif content.type != "pcdata":
        yield from _tree(content.left)
        yield from _tree(content.right)


@cache
def _children(version: str) -> dict[str, dict[str, str]]:
    return {element.name: dict(_tree(element.content)) for element in _dtd(version).iterelements()}


@cache
def _attributes(version: str) -> dict[str, dict[str, tuple[str, str | None, tuple[str, ...]]]]:
    return {
        element.name: {
            attribute.name: (attribute.default, attribute.default_value, tuple(attribute.itervalues()))
            for attribute in element.iterattributes()
        }
        for element in _dtd(version).iterelements()
    }


def _said(version: str, **which: str) -> bool:
    """Whether the table lets a version hold a construct; what it does not list is held by all."""
    wanted = {"element": "", "attribute": "", "value": "", "child": "", "aspect": "exists", **which}
    return all(life.holds(version) for life in HISTORY if all(getattr(life, name) == wanted[name] for name in wanted))


@pytest.fixture(scope="module", autouse=True)
def _dtds() -> None:
    dtd_folder()


@pytest.mark.parametrize("version", READABLE)
def test_every_element_lives_as_the_table_says(version: str) -> None:
    known = set().union(*(_children(each) for each in READABLE))
    assert {name for name in known if _said(version, element=name)} == set(_children(version))


@pytest.mark.parametrize("version", READABLE)
def test_every_attribute_lives_as_the_table_says(version: str) -> None:
    for element, held in _attributes(version).items():
        known = set().union(*(_attributes(each).get(element, {}) for each in READABLE)) - {"version"}
        said = {name for name in known if _said(version, element=element, attribute=name)}
        assert said == set(held) - {"version"}, element


@pytest.mark.parametrize("version", READABLE)
def test_every_value_lives_as_the_table_says(version: str) -> None:
    for element, held in _attributes(version).items():
        for name, (_, _, values) in held.items():
            known = {
                value for each in READABLE for value in _attributes(each).get(element, {}).get(name, ("", None, ()))[2]
            }
            said = {value for value in known if _said(version, element=element, attribute=name, value=value)}
            assert said == set(values), (element, name)


@pytest.mark.parametrize("version", READABLE)
def test_every_child_stands_where_the_table_says(version: str) -> None:
    for parent, held in _children(version).items():
        known = set().union(*(_children(each).get(parent, {}) for each in READABLE))
        living = {name for name in known if name in _children(version) or name in UNDECLARED}
        said = {name for name in living if _said(version, element=parent, child=name)}
        assert said == set(held), parent


def test_how_often_a_child_may_stand_changes_only_as_the_table_says() -> None:
    changes = set()
    for earlier, later in pairwise(READABLE):
        for parent, held in _children(later).items():
            before = _children(earlier).get(parent, {})
            changes |= {(parent, child, later) for child in held.keys() & before.keys() if held[child] != before[child]}
    # The library of 1.5 became one of three choices: said by the rows about what stands outside of it.
    changes -= {("fcpxml", "library", "1.6")}
    assert changes == {(life.element, life.child, life.since) for life in HISTORY if life.aspect == "repeats"}


def test_required_attributes_and_defaults_change_only_as_the_table_says() -> None:
    optional, defaults = set(), set()
    for earlier, later in pairwise(READABLE):
        for element, held in _attributes(later).items():
            before = _attributes(earlier).get(element, {})
            for name in (held.keys() & before.keys()) - {"version"}:
                (old_need, old_default, _), (need, default, _) = before[name], held[name]
                if (old_need == "required") != (need == "required"):
                    optional.add((element, name, later))
                if old_default != default:
                    defaults.add((element, name, earlier, old_default))
    assert optional == {(life.element, life.attribute, life.since) for life in _aspect("optional")}
    assert defaults == {(life.element, life.attribute, life.until, life.value) for life in _aspect("default")}


def _aspect(aspect: str) -> list[Life]:
    return [life for life in HISTORY if life.aspect == aspect]


def test_neutral_values_are_the_defaults_of_their_version() -> None:
    """A value is dropped in silence only where leaving it out says the same."""
    # Implied, not defaulted: one video source is what every asset had before they were counted.
    told = {"videoSources": "1", "underline": "0"}
    for life in HISTORY:
        if life.neutral is not None and life.aspect == "exists" and life.attribute not in told:
            assert _attributes(life.until)[life.element][life.attribute][1] == life.neutral, life.construct


def test_what_stands_in_for_a_value_is_older_than_it() -> None:
    for life in HISTORY:
        if life.instead is not None:
            older = READABLE[READABLE.index(life.since) - 1]
            held = _attributes(older)[life.element].get(life.attribute)
            assert held is None or life.instead in held[2], life.construct
