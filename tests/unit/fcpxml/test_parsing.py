"""From bytes to a tree: encodings, caps, entity bombs, and files that are something else."""

from __future__ import annotations

import codecs
import gzip
import time

import pytest

import takebridge_fcpxml as fcpxml
from takebridge_fcpxml import parsing
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import FcpxmlError, MalformedXmlError, NotFcpxmlError, TooLargeError, UnsafeXmlError

DECLARED = b'<?xml version="1.0" encoding="UTF-8"?>'


def refused(data: bytes | str, kind: type[FcpxmlError]) -> FcpxmlError:
    with pytest.raises(FcpxmlError) as caught:
        fcpxml.parse(data)
    assert type(caught.value) is kind, caught.value
    assert caught.value.message
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (DECLARED, "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"<?xml version='1.0'?><!DOCTYPE xmeml><xmeml version='5'/>", "xmeml"),
        (b'{"OTIO_SCHEMA": "Timeline.1"}', "JSON"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "<html>"),
        (b"<plist version='1.0'/>", "<plist>"),
        (b"<fcpxml-not/>", "<fcpxml-not>"),
        (b"<FCPXML version='1.10'/>", "<FCPXML>"),
        (b"<x:fcpxml xmlns:x='urn:x'/>", "<x:fcpxml>"),
        (gzip.compress(b"<fcpxml/>", mtime=0), "not XML"),
        (b"\x00\x01\x02\x03" * 64, "not XML"),
        (b"PK\x03\x04....", "not XML"),
        (b"TITLE: Reel\nFCM: NON-DROP FRAME\n", "not XML"),
        (b"</fcpxml>", "not XML"),
        (b"<", "not XML"),
        (b"<!-- never closed <fcpxml/>", "not XML"),
        (b"<?pi never closed <fcpxml/>", "not XML"),
        (b"<![CDATA[<fcpxml/>]]>", "not XML"),
    ],
)
def test_the_root_decides_what_a_file_is(data: bytes, said: str) -> None:
    assert said in refused(data, NotFcpxmlError).message


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"<fcpxml>\n<a>\n</b></fcpxml>", 3),
        (b"<fcpxml", None),
        (b"<fcpxml/>\n\ntext", 3),
        (b"<fcpxml/><fcpxml/>", 1),
        (b"<fcpxml>\n&nope;</fcpxml>", 2),
        (b"<fcpxml a='1' a='2'/>", 1),
        (b"<fcpxml>\n\xff</fcpxml>", 2),
        (b"<fcpxml a='<'/>", 1),
        (b"<fcpxml>\n\x01</fcpxml>", 2),
        (b"<fcpxml><x:a/></fcpxml>", 1),
        (b"<!DOCTYPE fcpxml>\n<!DOCTYPE fcpxml><fcpxml/>", None),
        (b"<!DOCTYPE fcpxml\n<fcpxml/", 1),
        (b"<!-- a -->\n" + DECLARED + b"<fcpxml/>", 2),
    ],
)
def test_a_broken_document_says_where(data: bytes, line: int | None) -> None:
    with pytest.raises((MalformedXmlError, NotFcpxmlError)) as caught:
        fcpxml.parse(data)
    assert caught.value.hint
    if line is not None:
        assert caught.value.line == line


LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE fcpxml [
<!ENTITY a "haha">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
]>
<fcpxml version="1.10"><note>&c;</note></fcpxml>"""


@pytest.mark.parametrize(
    "data",
    [
        LAUGHS,
        LAUGHS.replace(b"\n", b"\r\n"),
        LAUGHS.decode().encode("utf-16"),
        b'<!DOCTYPE fcpxml [<!ENTITY x SYSTEM "file:///etc/passwd">]><fcpxml>&x;</fcpxml>',
        b'<!DOCTYPE fcpxml SYSTEM "x.dtd" [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p"> %p;]><fcpxml/>',
        b'<!DOCTYPE fcpxml PUBLIC "-//x" \'y>z\' [<!ATTLIST fcpxml a CDATA "d">]><fcpxml/>',
        b"<!DOCTYPE fcpxml []><fcpxml/>",
    ],
)
def test_a_document_type_of_its_own_is_not_read(data: bytes) -> None:
    error = refused(data, UnsafeXmlError)
    assert error.line == (2 if b"haha" in data.replace(b"\0", b"") else 1)


@pytest.mark.parametrize(
    "doctype",
    [
        b"<!DOCTYPE fcpxml>",
        b"<!DOCTYPE  fcpxml >",
        b"<!DOCTYPE\nfcpxml\n>",
        b'<!DOCTYPE fcpxml SYSTEM "nowhere.dtd">',
        b"<!DOCTYPE fcpxml SYSTEM 'file:///etc/[passwd'>",
        b'<!DOCTYPE fcpxml PUBLIC "-//a>b" "http://127.0.0.1:1/none.dtd">',
    ],
)
def test_a_plain_document_type_is_kept_and_never_fetched(doctype: bytes) -> None:
    text = DECLARED + b"\n" + doctype + b"\n<fcpxml version='1.10'>\n<a/></fcpxml>\n"
    document = Document.parse(text)
    assert document.to_bytes() == text
    assert document.root[0].sourceline == text[: text.index(b"<a/>")].count(b"\n") + 1


@pytest.mark.parametrize("body", [b"<fcpxml a='x&y;z'/>", b"<fcpxml>x&y;z</fcpxml>"])
def test_an_unknown_entity_is_an_error_even_where_an_unread_dtd_might_define_it(body: bytes) -> None:
    refused(b'<!DOCTYPE fcpxml SYSTEM "nowhere.dtd">' + body, MalformedXmlError)


NAME = "Ä – 日本"
TEXT = f'<?xml version="1.0" encoding="%s"?>\n<!DOCTYPE fcpxml>\n<fcpxml version="1.10" name="{NAME}"/>\n'


@pytest.mark.parametrize(
    "data",
    [
        (TEXT % "UTF-8").encode(),
        codecs.BOM_UTF8 + (TEXT % "UTF-8").encode(),
        codecs.BOM_UTF8 + (TEXT % "ISO-8859-1").encode(),
        (TEXT % "UTF-16").encode("utf-16"),
        codecs.BOM_UTF16_BE + (TEXT % "UTF-16").encode("utf-16-be"),
        (TEXT % "UTF-16").encode("utf-16-le"),
        (TEXT % "UTF-16").encode("utf-16-be"),
        # Written by tools that name the encoding of their strings, not of their files.
        (TEXT % "utf-16").encode("utf-8"),
        (TEXT % "gb18030").encode("gb18030"),
        b"\n\n " + (TEXT % "UTF-8").encode(),
        (TEXT % "UTF-8").replace('<?xml version="1.0" encoding="UTF-8"?>', "").encode(),
        (TEXT % "UTF-8").replace('"1.0" encoding="UTF-8"', "'1.0' encoding = 'utf8' standalone='yes'").encode(),
    ],
)
def test_the_encoding_is_found_out(data: bytes) -> None:
    document = Document.parse(data)
    assert document.root.get("name") == NAME
    written = document.to_bytes()
    assert written.startswith(DECLARED)
    assert written[len(DECLARED) :].lstrip() == (TEXT % "UTF-8").encode()[len(DECLARED) :].lstrip()


def test_latin_1_is_written_as_utf_8() -> None:
    latin = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<fcpxml name="é"/>'.encode("latin-1")
    assert fcpxml.parse(latin).to_bytes() == DECLARED + b'\n<fcpxml name="\xc3\xa9"/>'


@pytest.mark.parametrize("declared", ["ISO-8859-1", "UTF-16", "ascii", "UTF-8", "no-such"])
def test_text_is_taken_as_it_is_whatever_it_declares(declared: str) -> None:
    assert fcpxml.parse(TEXT % declared).element.get("name") == NAME
    assert fcpxml.parse("\ufeff" + TEXT % declared).element.get("name") == NAME


def test_half_a_character_is_an_error() -> None:
    refused("<fcpxml name='\ud800'/>", MalformedXmlError)


@pytest.mark.parametrize(
    "name", ["no-such", "hex", "rot13", "idna", "punycode", "unicode_escape", "undefined", "ascii"]
)
def test_an_encoding_that_is_none_or_does_not_fit_is_an_error(name: str) -> None:
    data = f'<?xml version="1.0" encoding="{name}"?><fcpxml name="'.encode() + b'\\d \xe9"/>'
    assert name in refused(data, MalformedXmlError).message


def nested(depth: int) -> bytes:
    return b"<fcpxml>" + b"<a>" * (depth - 1) + b"</a>" * (depth - 1) + b"</fcpxml>"


def test_nesting_is_capped_at_256() -> None:
    assert len(list(fcpxml.parse(nested(256)).element.iter())) == 256
    refused(nested(257), TooLargeError)
    assert "256" in refused(nested(100_000), TooLargeError).message


def test_more_bytes_than_the_cap_are_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parsing.MAX_BYTES == 256 * 1024 * 1024
    monkeypatch.setattr(parsing, "MAX_BYTES", 100)
    small = b"<fcpxml>" + b" " * 83 + b"</fcpxml>"
    assert len(small) == 100
    fcpxml.parse(small)
    refused(small + b"\n", TooLargeError)
    refused((small + b"\n").decode(), TooLargeError)


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE " + b"a" * 4_000_000,
        b"<!DOCTYPE fcpxml" + b" " * 4_000_000 + b"><fcpxml/>",
        b"<!DOCTYPE fcpxml>" * 100_000 + b"<fcpxml/>",
        b"<!--" * 1_000_000,
        b"<!---->" * 300_000 + b"<fcpxml/>",
        b"<fcpxml><a" + b" " * 4_000_000 + b"/></fcpxml>",
        b"<fcpxml>" + b"<a " * 300_000,
        b"\n" * 4_000_000 + b"<fcpxml/>",
    ],
    ids=["doctype", "wide doctype", "doctypes", "open comments", "comments", "wide tag", "open tags", "lines"],
)
def test_hostile_text_costs_time_in_proportion(data: bytes) -> None:
    begun = time.process_time()
    try:
        Document.parse(data).to_bytes()
    except FcpxmlError as error:
        assert error.hint
    assert time.process_time() - begun < 3


@pytest.mark.parametrize("version", ["1.15", "2.0", "99", "", "x"])
def test_an_unknown_version_is_read_and_kept(version: str) -> None:
    text = DECLARED + f'\n<fcpxml version="{version}"><novel a="1"/></fcpxml>'.encode()
    film = fcpxml.parse(text)
    assert film.version == version
    assert film.to_bytes() == text


def test_lines_beyond_sixteen_bits_are_right() -> None:
    film = fcpxml.parse(b"<fcpxml>" + b"\n" * 70_000 + b"<resources/></fcpxml>")
    assert film.resources.line == 70_001


def test_an_error_prints_what_where_and_what_next() -> None:
    error = refused(b"<fcpxml>\n<a>\n</b></fcpxml>", MalformedXmlError)
    error.path = "film.fcpxml"
    assert str(error).startswith("The XML is not well-formed")
    assert "(line 3, film.fcpxml)" in str(error)
    assert str(error).endswith(error.hint)
    assert error.to_json() == {
        "error": {
            "code": "malformed_xml",
            "message": error.message,
            "hint": error.hint,
            "path": "film.fcpxml",
            "line": 3,
        }
    }
