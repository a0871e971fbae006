"""The attributes of many elements of one name, by column.

A feature film has 300,000 attributes, and asking lxml for them one by one is most of what lint costs. Elements of one
name have few different sets of attributes, and a column of them few different values.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree


class Shape(NamedTuple):
    """Elements with the same attributes in the same order, and the values of each attribute, in document order."""

    elements: list[etree._Element]
    columns: dict[str, tuple[str, ...]]


def shapes_of(elements: Iterable[etree._Element]) -> list[Shape]:
    """The elements by the attributes they have, each element once."""
    found: dict[str, tuple[list[etree._Element], list[list[str]]]] = {}
    for element in elements:
        names = " ".join(element.keys())  # no name has a space; one string is quicker to look up than a tuple
        same = found.get(names)
        if same is None:
            same = found[names] = [], []
        same[0].append(element)
        same[1].append(element.values())
    return [Shape(same, _columns(same[0].keys(), rows)) for same, rows in found.values()]


def _columns(names: list[str], rows: list[list[str]]) -> dict[str, tuple[str, ...]]:
    return dict(zip(names, zip(*rows, strict=True), strict=True))
