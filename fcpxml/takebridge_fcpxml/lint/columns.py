"""The attributes of many elements of one name, by column.

A feature film has 300,000 attributes, and asking lxml for them one by one is most of what lint costs. Elements of one
name have few different sets of attributes, and a column of them few different values.
"""

from __future__ import annotations

from typing import NamedTuple

from lxml import etree

#: So many elements at once: lxml makes a new string for each value, and these should fit the processor's cache.
_BATCH = 1000


class Shape(NamedTuple):
    """Elements with the same attributes in the same order, and the values of each attribute, in document order.

    Equal values are one object.
    """

    elements: list[etree._Element]
    columns: dict[str, list[str]]


def shapes_of(elements: list[etree._Element], words: dict[str, str]) -> list[Shape]:
    """The elements by the attributes they have, each element once. ``words`` are the values known so far."""
    return [
        Shape(same, {name: _shared(column, words) for name, column in zip(same[0].keys(), zip(*rows, strict=True))})
        for first in range(0, len(elements), _BATCH)
        for same, rows in _grouped(elements[first : first + _BATCH])
    ]


def _grouped(elements: list[etree._Element]) -> list[tuple[list[etree._Element], list[list[str]]]]:
    found: dict[str, tuple[list[etree._Element], list[list[str]]]] = {}
    for element in elements:
        names = " ".join(element.keys())  # no name has a space; one string is quicker to look up than a tuple
        same = found.get(names)
        if same is None:
            same = found[names] = [], []
        same[0].append(element)
        same[1].append(element.values())
    return list(found.values())


def _shared(column: tuple[str, ...], words: dict[str, str]) -> list[str]:
    for value in set(column).difference(words):
        words[value] = value
    return [words[value] for value in column]
