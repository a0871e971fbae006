"""Reading values that may be broken: each problem is noted once, with its place, and the reading goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from lxml import etree

from takebridge_fcpxml import layout
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.grammar import ITEMS
from takebridge_fcpxml.info.model import ProblemInfo
from takebridge_fcpxml.view import View

T = TypeVar("T")


class Reading:
    """One document being told about; ``problems`` grows on the way."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[ProblemInfo] = []

    @cached_property
    def paths(self) -> dict[etree._Element, str]:
        """Where every element stands."""
        return layout.paths(self.document.root)

    @cached_property
    def uses(self) -> Counter[str]:
        """How many story items of the whole document play each resource."""
        return Counter(element.get("ref", "") for element in self.document.root.iter(*ITEMS))

    def soft(self, read: Callable[[], T], default: T, view: View) -> T:
        """What ``read`` gives, or ``default`` with the problem noted at ``view``."""
        try:
            return read()
        except FcpxmlError as error:
            self.note(error, view.element)
            return default

    def note(self, error: FcpxmlError, element: etree._Element) -> None:
        """Note a problem at an element, unless it is known already."""
        problem = ProblemInfo(
            error.code,
            error.message,
            error.hint,
            error.path or self.paths.get(element, ""),
            error.line or element.sourceline,
        )
        if problem not in self.problems:
            self.problems.append(problem)
