"""The words of titles and captions."""

from __future__ import annotations

from lxml import etree

from takebridge_fcpxml.view.attributes import Flag, Name, Text
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
        """The text without styles."""
        return "".join(str(part) for part in self.element.itertext("text", "text-style"))

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
        for child in list(block):
            block.remove(child)
        block.text = None
        if style is None:
            block.text = value
            return
        run = etree.SubElement(block, "text-style", {"ref": style})
        run.text = value
