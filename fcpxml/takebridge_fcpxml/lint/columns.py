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


def shapes_of(elements: Iterable[etree._Element], words: dict[str, str]) -> list[Shape]:
    """The elements by the attributes they have, each element once.

    ``words`` are the values seen so far. Equal ones are kept as one object: lxml makes a new string for each, and
    memory that grows by all of them takes more time than looking them up.
    """
    found: dict[str, tuple[list[etree._Element], list[tuple[str, ...]]]] = {}
    share = words.setdefault
    for element in elements:
        names = " ".join(element.keys())  # no name has a space; one string is quicker to look up than a tuple
        same = found.get(names)
        if same is None:
            same = found[names] = [], []
        same[0].append(element)
        values = element.values()
        same[1].append(tuple(map(share, values, values)))
    return [Shape(same, _columns(same[0].keys(), rows)) for same, rows in found.values()]


def _columns(names: list[str], rows: list[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return dict(zip(names, zip(*rows, strict=True), strict=True))
