"""Edits through the typed view in documents spelled in unusual ways; expected texts are written out."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from lxml import etree

import takebridge_fcpxml as fcpxml
from takebridge_fcpxml import layout, spelling
from takebridge_fcpxml.view import Item, Title

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
FILM = """
<!DOCTYPE fcpxml>
<!-- before --><?pi before?>
<fcpxml version='1.10'>
    <resources></resources>
    <spine name='a "b"'  odd = '1'>
        <gap name="Gap &amp; &#65;" start="0s"
             duration="5s"></gap>
        <!-- between -->
        <title name="T" duration="5s" note="one
two\tthree">
            <text>
                <text-style ref="ts1">a<![CDATA[<b> & c]]> &gt; > d</text-style>
            </text>
            <novel:thing xmlns:novel="urn:novel" novel:x='1'/>
        </title >
    </spine>
</fcpxml>
<!-- after -->
<?pi after?>
"""
ENDS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}


@pytest.fixture(params=ENDS)
def end(request: pytest.FixtureRequest) -> str:
    return ENDS[request.param]


def spelled(text: str, end: str) -> bytes:
    return (HEAD + text.replace("\n", end)).encode()


def edited(end: str, *changes: tuple[str, str]) -> bytes:
    """The film with these texts replaced, each of which stands in it once."""
    text = FILM
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return spelled(text, end)


def items(film: fcpxml.Fcpxml) -> list[Item]:
    return list(film.descendants(Item))


def test_nothing_changes_when_nothing_is_changed(end: str) -> None:
    assert fcpxml.parse(spelled(FILM, end)).to_bytes() == spelled(FILM, end)


def test_a_changed_attribute(end: str) -> None:
    film = fcpxml.parse(spelled(FILM, end))
    items(film)[0].duration = Fraction(6)
    assert film.to_bytes() == edited(end, ('duration="5s"></gap>', 'duration="6s"></gap>'))
    items(film)[0].duration = Fraction(5)
    assert film.to_bytes() == spelled(FILM, end)


def test_a_changed_attribute_beside_one_with_raw_line_ends(end: str) -> None:
    film = fcpxml.parse(spelled(FILM, end))
    items(film)[1].name = 'new "name"'
    assert film.to_bytes() == edited(end, ('<title name="T"', '<title name="new &quot;name&quot;"'))


def test_an_attribute_that_goes_and_one_that_comes(end: str) -> None:
    film = fcpxml.parse(spelled(FILM, end))
    items(film)[0].element.attrib.pop("start")
    items(film)[1].lane = 1
    expected = edited(end, (' start="0s"', ""), ('two\tthree">', 'two\tthree" lane="1">'))
    assert film.to_bytes() == expected


def test_an_element_that_goes_takes_its_line_along(end: str) -> None:
    film = fcpxml.parse(spelled(FILM, end))
    items(film)[0].remove()
    gone = '        <gap name="Gap &amp; &#65;" start="0s"\n             duration="5s"></gap>\n'
    assert film.to_bytes() == edited(end, (gone, ""))


def test_the_last_element_goes(end: str) -> None:
    film = fcpxml.parse(spelled(FILM, end))
    items(film)[1].remove()
    at = FILM.index("        <title"), FILM.index("    </spine>")
    assert film.to_bytes() == spelled(FILM[: at[0]] + FILM[at[1] :], end)


def test_an_element_that_comes_stands_on_a_line_of_its_own(end: str) -> None:
    film = fcpxml.parse(spelled(FILM, end))
    items(film)[1].add_marker(Fraction(1), "here")
    made = """            </text>
            <marker start="1s" value="here"/>
            <novel"""
    assert film.to_bytes() == edited(end, ("            </text>\n            <novel", made))


def test_the_first_child_of_an_empty_element(end: str) -> None:
    film = fcpxml.parse(spelled(FILM, end))
    items(film)[0].note = "n"
    old = '             duration="5s"></gap>'
    made = '             duration="5s">\n            <note>n</note>\n        </gap>'
    assert film.to_bytes() == edited(end, (old, made))


def test_a_move_keeps_the_spelling_of_what_moves(end: str) -> None:
    film = fcpxml.parse(spelled(FILM, end))
    gap, title = (item.element for item in items(film))
    parent = gap.getparent()
    assert parent is not None
    layout.remove(gap)
    layout.insert(parent, parent.index(title) + 1, gap)
    text = FILM.replace('        <gap name="Gap &amp; &#65;" start="0s"\n             duration="5s"></gap>\n', "")
    moved = '</title >\n        <gap name="Gap &amp; &#65;" start="0s"\n             duration="5s"></gap>\n'
    assert film.to_bytes() == spelled(text.replace("</title >\n", moved), end)


def test_words_keep_their_white_space_when_a_title_moves() -> None:
    text = (
        "<fcpxml><spine><title><text><text-style>a</text-style> <text-style> </text-style>\n</text></title></spine>"
        "<audition>\n    <gap/>\n</audition></fcpxml>"
    )
    film = fcpxml.parse(text)
    title = next(film.descendants(Title))
    before = title.words
    target = film.element.find("audition")
    assert target is not None
    layout.insert(target, 0, title.element)
    assert title.words == before == "a  "
    assert b"<text><text-style>a</text-style> <text-style> </text-style>\n</text>" in film.to_bytes()


@pytest.mark.parametrize(
    ("before", "index", "after"),
    [
        ("<a>words<b/>more</a>", 0, "<a>words</a>"),
        ("<a>words<b/></a>", 0, "<a>words</a>"),
        ("<a>one<b/>two<c/>\n</a>", 1, "<a>one<b/>two</a>"),
        ("<a>\n  <b/>\n  <c/>\n</a>", 0, "<a>\n  <c/>\n</a>"),
        ("<a>\n  <b/>\n  <c/>\n</a>", 1, "<a>\n  <b/>\n</a>"),
        ("<a>\n  <b/>\n</a>", 0, "<a/>"),
        ("<a>\n  <b/>words\n</a>", 0, "<a>\n  words\n</a>"),
    ],
)
def test_removing_never_takes_words_along(before: str, index: int, after: str) -> None:
    root = etree.fromstring(before)
    expected = after if after != "<a>words</a>" or "more" not in before else "<a>wordsmore</a>"
    layout.remove(root[index])
    assert etree.tostring(root).decode() == expected


@pytest.mark.parametrize(
    ("before", "index", "after"),
    [
        ("<a>x<b/>words</a>", 1, "<a>x<b/>words<n/></a>"),
        ("<a/>", 0, "<a>\n    <n/>\n</a>"),
        ("<a>\n    <b/>\n</a>", 1, "<a>\n    <b/>\n    <n/>\n</a>"),
        ("<a>\n    <b/>\n</a>", 0, "<a>\n    <n/>\n    <b/>\n</a>"),
        ("<a>\n\t<b/>\n</a>", 1, "<a>\n\t<b/>\n\t<n/>\n</a>"),
    ],
)
def test_inserting_never_doubles_words(before: str, index: int, after: str) -> None:
    root = etree.fromstring(before)
    layout.insert(root, index, etree.Element("n"))
    assert etree.tostring(root).decode() == after


def test_an_inserted_tree_is_indented_with_its_siblings() -> None:
    root = etree.fromstring("<a>\n    <b>\n        <c/>\n    </b>\n</a>")
    layout.insert(root[0], 1, etree.fromstring("<n><o/><p><q/></p></n>"))
    assert etree.tostring(root).decode() == (
        "<a>\n    <b>\n        <c/>\n        <n>\n            <o/>\n            <p>\n                <q/>\n"
        "            </p>\n        </n>\n    </b>\n</a>"
    )


def test_replacing_keeps_the_white_space() -> None:
    root = etree.fromstring("<a>\n  <b/>\n  <c/>\n</a>")
    layout.replace(root[0], etree.Element("n"))
    assert etree.tostring(root) == b"<a>\n  <n/>\n  <c/>\n</a>"
    layout.replace(root, etree.Element("n"))
    layout.remove(root)


def test_tokens_join_to_the_text_again() -> None:
    text = FILM[FILM.index("<fcpxml") :].encode()
    assert b"".join(spelling.tokens(text)) == text
    assert text[: spelling.first_element_end(text)].endswith(b"</fcpxml>")
    assert spelling.first_element_end(b"<a><a/></a><!-- <b> -->") == len(b"<a><a/></a>")
    assert spelling.first_element_end(b"<a></a >tail") == len(b"<a></a >")


@pytest.mark.parametrize("name", ["a", "b:a"])
def test_an_empty_element_inside_one_of_the_same_name(name: str) -> None:
    text = f"<fcpxml xmlns:b='u'><{name}><{name} x='1'/></{name}><{name}></{name}></fcpxml>"
    film = fcpxml.parse(text)
    film.element.set("v", "1")
    assert film.to_bytes().decode() == HEAD + text.replace("'u'>", "'u' v=\"1\">")


def test_touching_every_clip_of_an_oddly_spelled_document_takes_time_in_proportion() -> None:
    clip = '<asset-clip ref="r1" offset="{0}s" name="c{0}" duration="1s"\r\n/>\r\n'
    film = fcpxml.parse(
        "<fcpxml><spine>" + "".join(clip.format(index) for index in range(10_000)) + "</spine></fcpxml>"
    )
    for item in film.descendants(Item):
        item.offset = (item.offset or 0) + Fraction(1, 2)
    begun = time.process_time()
    written = film.to_bytes()
    assert time.process_time() - begun < 5
    assert written.count(b's" name="c') == 10_000
    assert b'<asset-clip ref="r1" offset="19999/2s" name="c9999" duration="1s"\r\n/>\r\n' in written


MIXED = (
    "<fcpxml>\r\n  <spine>\n    <gap/>\r\n    <gap name='b'/>\n  </spine>\r\n"
    "  <event>\r\n    <clip/>\r\n  </event>\n</fcpxml>"
)


def test_mixed_line_ends_stay_where_they_are_when_the_last_element_goes() -> None:
    film = fcpxml.parse(MIXED)
    items(film)[1].remove()
    assert film.to_bytes().decode() == HEAD + MIXED.replace("<gap/>\r\n    <gap name='b'/>\n", "<gap/>\n")


def test_mixed_line_ends_stay_where_they_are_when_an_element_comes_last() -> None:
    film = fcpxml.parse(MIXED)
    spine = film.element.find("spine")
    assert spine is not None
    layout.insert(spine, 2, etree.Element("gap", name="c"))
    written = film.to_bytes().decode()
    # What stands between the two last gaps is new; the old line end is still the one before </spine>.
    head, tail = MIXED.split("<gap name='b'/>")
    assert written.startswith(HEAD + head + "<gap name='b'/>")
    assert written.endswith('<gap name="c"/>' + tail)
