"""The words of titles and captions."""

from __future__ import annotations

from lxml import etree

from takebridge_fcpxml import layout
from takebridge_fcpxml.view.attributes import Flag, Name, Text, legible
from takebridge_fcpxml.view.base import View, views


@views("text-style")
class TextStyle(View):
    """A run of styled text, or the style a definition holds."""

    __slots__ = ()
    style_id = Text("ref")
    font = Text("font")
    font_size = Text("fontSize")
    font_color = Text("fontColor")
    bold = Flag("bold", False)
    italic = Flag("italic", False)


@views("text-style-def")
class TextStyleDef(View):
    """A style by id; ids are unique in the whole document."""

    __slots__ = ()
    id = Name("id")

    @property
    def style(self) -> TextStyle | None:
        """The style."""
        return self.first(TextStyle)


@views("text")
class TextBlock(View):
    """One text of a title, or one line block of a caption."""

    __slots__ = ()
    placement = Text("placement")
    display_style = Text("display-style")

    @property
    def words(self) -> str:
        """The text without styles. Line ends between the runs are layout, not words."""
        parts = [self.element.text]
        for run in layout.elements(self.element):
            parts += [run.text if run.tag == "text-style" else None, run.tail]
        return "".join(part for part in parts if part and (part.strip() or "\n" not in part))

    @property
    def styles(self) -> list[TextStyle]:
        """Its runs."""
        return self.children(TextStyle)


class Worded(View):
    """A title or caption."""

    __slots__ = ()

    @property
    def text_blocks(self) -> list[TextBlock]:
        """Its texts."""
        return self.children(TextBlock)

    @property
    def text_styles(self) -> list[TextStyleDef]:
        """Its style definitions."""
        return self.children(TextStyleDef)

    @property
    def words(self) -> str:
        """All its text, one line a block."""
        return "\n".join(block.words for block in self.text_blocks)

    def set_words(self, value: str) -> None:
        """Replace the text by one block in the first style it has."""
        blocks = self.text_blocks
        first = blocks[0] if blocks else None
        style = next((run.style_id for run in (first.styles if first else [])), None)
        style = style or next((definition.id for definition in self.text_styles), None)
        for extra in blocks[1:]:
            extra.remove()
        block = (first or self.add("text")).element
        with legible("text"):
            run = etree.Element("text" if style is None else "text-style")
            run.text = value
        for child in list(block):
            block.remove(child)
        block.text = value if style is None else None
        if style is not None:
            run.set("ref", style)
            block.append(run)
