"""Whatever a document's spelling, an edit changes what it edits and nothing else.

Documents are made from a model that knows the source text of every piece. Each edit is made twice, on the parsed tree
and on the model's text; the written bytes must be the model's.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from takebridge_fcpxml.document import Document

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


@dataclass
class Node:
    """An element, comment or processing instruction as it is spelled; ``texts`` stand before and between children."""

    name: str
    attributes: list[list[str]] = field(default_factory=list)  # space before, name, equals sign, quoted value
    closing_space: str = ""
    pair: bool = False
    end_space: str = ""
    children: list[Node] = field(default_factory=list)
    texts: list[str] = field(default_factory=lambda: [""])
    verbatim: str = ""

    def __post_init__(self) -> None:
        self.was_empty = not self.children and self.texts == [""]

    def text(self) -> str:
        if self.verbatim:
            return self.verbatim
        start = "<" + self.name + "".join("".join(parts) for parts in self.attributes)
        if self.children or any(self.texts):
            inside = self.texts[0] + "".join(
                child.text() + text for child, text in zip(self.children, self.texts[1:], strict=True)
            )
            if self.was_empty:
                return f"{start}>{inside}</{self.name}>"
            return f"{start}{self.closing_space}>{inside}</{self.name}{self.end_space}>"
        if not self.was_empty:
            return start + "/>"
        if self.pair:
            return f"{start}{self.closing_space}></{self.name}{self.end_space}>"
        return f"{start}{self.closing_space}/>"

    def preorder(self) -> list[Node]:
        return [self, *(node for child in self.children for node in child.preorder())]


space = st.sampled_from([" ", "  ", "\n", "\r\n", "\t", "\r", "\n        "])
maybe_space = st.sampled_from(["", "", "", " ", "\n"])
piece = st.sampled_from(
    ["a", "é", "–", "&amp;", "&lt;", "&gt;", ">", "&#65;", "&#x42;", "&#13;", "\n", "\r\n", "\r", "\t", " ", "] ", "/>"]
)
words = st.lists(piece, max_size=5).map("".join)
cdata = words.map(lambda inside: f"<![CDATA[{inside}<a>&]]>")
blank = st.sampled_from(["", "", "\n", "\r\n", "\r", "\n    ", "\r\n    ", "\t", " "])
text = st.one_of(blank, blank, st.lists(st.one_of(words, cdata), max_size=3).map("".join))
value = words.flatmap(lambda inside: st.sampled_from([f'"{inside}\'"', f"'{inside}\"'", f'"{inside}"', f"'{inside}'"]))
attribute_names = st.lists(st.sampled_from(["name", "b", "c", "x:d", "value"]), max_size=4, unique=True)


@st.composite
def nodes(draw: st.DrawFn, depth: int = 0) -> Node:
    kind = draw(st.integers(0, 9)) if depth else 9
    if kind == 0:
        return Node("", verbatim=f"<!--{draw(words).replace('&', '').replace('-', '')}-->")
    if kind == 1:
        return Node("", verbatim=f"<?pi {draw(words).replace('?', '')}x?>")
    attributes = [
        [draw(space), name, draw(maybe_space) + "=" + draw(maybe_space), draw(value)] for name in draw(attribute_names)
    ]
    children = draw(st.lists(nodes(depth + 1), max_size=4)) if depth < 3 else []
    return Node(
        draw(st.sampled_from(["a", "md", "marker", "x:y"])),
        attributes,
        draw(maybe_space),
        draw(st.booleans()),
        draw(maybe_space),
        children,
        [draw(text) for _ in range(len(children) + 1)],
    )


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, Node, str]:
    root = draw(nodes())
    root.name = "fcpxml"
    root.attributes.insert(
        draw(st.integers(0, len(root.attributes))),
        [draw(space), "xmlns:x", "=", draw(st.sampled_from(['"u:x"', "'u:x'"]))],
    )
    before = draw(
        st.sampled_from(["", "\n", "\r\n", "\n<!DOCTYPE fcpxml>\n\n", "\r\n<!-- made\rby -->\r\n<?go on?>\n", " \t"])
    )
    after = draw(st.sampled_from(["", "\n", "\r\n", "\n<!-- end -->\r\n", "<?end?>", " "]))
    return before, root, after


KEYS = {"name": "name", "b": "b", "c": "c", "value": "value", "x:d": "{u:x}d"}


def edit(draw: st.DrawFn, pairs: list[tuple[Node, etree._Element]]) -> None:
    """One edit on both sides; removed subtrees leave ``pairs``."""
    elements = [(node, element) for node, element in pairs if not node.verbatim]
    node, element = draw(st.sampled_from(elements))
    what = draw(st.sampled_from(["set", "unset", "add", "insert", "remove", "append text"]))
    present = [parts for parts in node.attributes if parts[1] in KEYS]
    if what == "set" and present:
        parts = draw(st.sampled_from(present))
        element.set(KEYS[parts[1]], "changed to this")
        parts[3] = '"changed to this"'
    elif what == "unset" and present:
        parts = draw(st.sampled_from(present))
        del element.attrib[KEYS[parts[1]]]
        node.attributes.remove(parts)
    elif what == "add" and all(parts[1] != "new" for parts in node.attributes):
        element.set("new", "1")
        node.attributes.append([" ", "new", "=", '"1"'])
    elif what == "insert":
        place = draw(st.integers(0, len(node.children)))
        element.insert(place, etree.Element("inserted", {"q": "1"}))
        node.children.insert(place, Node("inserted", [[" ", "q", "=", '"1"']]))
        node.texts.insert(place + 1, "")
    elif what == "remove" and node.children:
        place = draw(st.integers(0, len(node.children) - 1))
        element.remove(element[place])
        gone = node.children.pop(place).preorder()
        node.texts.pop(place + 1)
        pairs[:] = [pair for pair in pairs if all(pair[0] is not lost for lost in gone)]
    elif what == "append text" and not node.children and not any(node.texts):
        element.text = "words"
        node.texts = ["words"]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Document, str, str]:
    before, root, after = draw(documents())
    source = before + root.text() + after
    document = Document.parse(encoded(draw(st.sampled_from(["utf-8", "bom", "utf-16", "gb18030", "none"])), source))
    assert document.to_bytes().decode() == DECLARATION + source
    pairs = list(zip(root.preorder(), document.root.iter(), strict=True))
    for _ in range(draw(st.integers(1, 4))):
        edit(draw, pairs)
    return document, before + root.text() + after, source


def encoded(how: str, source: str) -> bytes:
    if how == "none":
        # Only white space may come first without a declaration, and it stays.
        return source.encode()
    if how == "bom":
        return codecs.BOM_UTF8 + (DECLARATION + source).encode()
    return (DECLARATION.replace("UTF-8", how) + source).encode(how)


@given(cases())
def test_an_edit_changes_what_it_edits_and_nothing_else(case: tuple[Document, str, str]) -> None:
    document, expected, _ = case
    assert document.to_bytes().decode() == DECLARATION + expected
    again = Document.parse(document.to_bytes())
    assert again.to_bytes() == document.to_bytes()
    assert again._canonical() == document._canonical()


@given(documents())
def test_a_copy_is_spelled_like_the_original(case: tuple[str, Node, str]) -> None:
    before, root, after = case
    document = Document.parse(before + root.text() + after)
    copy = document.copy()
    copy.root.set("name", "other")
    assert document.to_bytes().decode() == DECLARATION + before + root.text() + after
