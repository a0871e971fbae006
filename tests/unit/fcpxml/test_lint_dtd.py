"""Validation against a DTD of the caller, and what the order table promises about all of Apple's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from tests.support.fcpxml import dtd_folder, film, require_corpus
from tests.support.fcpxml_lint import gap

from takebridge_fcpxml import grammar
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.lint import validate
from takebridge_fcpxml.lint.dtd import MAX_FINDINGS

# A DTD of our own, with a grammar as small as the tests need.
_SMALL = """
<!ELEMENT fcpxml (resources?, event*)>
<!ATTLIST fcpxml version CDATA #FIXED "1.10">
<!ELEMENT resources (asset*)>
<!ELEMENT asset EMPTY>
<!ATTLIST asset id ID #REQUIRED kind (still | moving) "still" format IDREF #IMPLIED>
<!ELEMENT event EMPTY>
"""


@pytest.fixture(params=["FCPXMLv1_10.dtd", "fcpxml-1.10.dtd", "FCPXMLv1.10.dtd"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    (tmp_path / request.param).write_text(_SMALL)
    return tmp_path


def _document(inside: str) -> Document:
    return Document.parse(f'<fcpxml version="1.10">\n{inside}\n</fcpxml>')


def test_a_valid_document_has_no_findings(folder: Path) -> None:
    assert validate(_document('<resources><asset id="a" kind="moving"/></resources>'), folder) == ()


@pytest.mark.parametrize(
    ("inside", "message", "path"),
    [
        (
            "<event/>\n<resources/>",
            "FCPXML 1.10 does not allow these inside <fcpxml> in this order or number: event, resources.",
            "fcpxml",
        ),
        ("<resources><asset/></resources>", "The asset lacks its attribute id.", "fcpxml/resources/asset"),
        ('<resources><asset id="a" kind="x"/></resources>', "kind of the asset is 'x'", "fcpxml/resources/asset"),
        (
            '<resources><asset id="a" uid="x"/></resources>',
            "The asset has an attribute uid, which it cannot have.",
            "fcpxml/resources/asset",
        ),
        (
            '<resources><asset id="a"/><asset id="a"/></resources>',
            "The id 'a' stands twice.",
            "fcpxml/resources/asset[2]",
        ),
        (
            '<resources><asset id="a" format="f"/></resources>',
            "format names 'f', which no element has as id.",
            "fcpxml/resources/asset",
        ),
    ],
)
def test_what_the_dtd_refuses_is_told_in_words(tmp_path: Path, inside: str, message: str, path: str) -> None:
    (tmp_path / "FCPXMLv1_10.dtd").write_text(_SMALL)
    (finding,) = validate(_document(inside), tmp_path)
    assert finding.message.startswith(message)
    assert (finding.code, finding.severity, finding.path) == ("dtd", "error", path)
    assert finding.line == (1 if path == "fcpxml" else 2)


def test_an_unknown_element_is_named(tmp_path: Path) -> None:
    (tmp_path / "FCPXMLv1_10.dtd").write_text(_SMALL)
    messages = [finding.message for finding in validate(_document("<smell/>"), tmp_path)]
    assert "There is no element smell." in messages


def test_findings_are_capped_and_the_rest_counted(tmp_path: Path) -> None:
    (tmp_path / "FCPXMLv1_10.dtd").write_text(_SMALL)
    assets = "".join(f'<asset id="a{number}" uid="x"/>\n' for number in range(MAX_FINDINGS + 7))
    findings = validate(_document(f"<resources>{assets}</resources>"), tmp_path)
    assert len(findings) == MAX_FINDINGS + 1
    assert findings[-1].message == "And 7 more DTD errors."
    assert [finding.line for finding in findings[:3]] == [2, 3, 4]


@pytest.mark.parametrize("version", ["1.9", "1.99", "", "one", "1.10/../../x", "9" * 400])
def test_a_missing_dtd_is_one_info(tmp_path: Path, version: str) -> None:
    (tmp_path / "FCPXMLv1_10.dtd").write_text(_SMALL)
    (finding,) = validate(Document.parse(f'<fcpxml version="{version}"/>'), tmp_path)
    assert (finding.code, finding.severity) == ("dtd-missing", "info")


@pytest.mark.parametrize("text", [b"", b"<!ELEMENT fcpxml (", b"\x00\xff", b"<xml/>"])
def test_a_broken_dtd_counts_as_missing(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "FCPXMLv1_10.dtd").write_bytes(text)
    findings = validate(_document("<resources/>"), tmp_path)
    assert {finding.code for finding in findings} <= {"dtd", "dtd-missing"} and findings


def test_a_folder_that_is_none_is_no_crash(tmp_path: Path) -> None:
    (finding,) = validate(_document(""), tmp_path / "absent")
    assert finding.code == "dtd-missing"


def test_a_dtd_that_changed_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "FCPXMLv1_10.dtd"
    file.write_text(_SMALL)
    assert validate(_document("<event/>"), tmp_path) == ()
    file.write_text(_SMALL.replace("event*", "event, event"))
    assert len(validate(_document("<event/>"), tmp_path)) == 1


def test_every_real_file_but_one_is_valid_for_its_version() -> None:
    # Structure holds a project beside its library, which no DTD allows.
    folder = dtd_folder()
    invalid = {
        path.name.partition("__")[2]: {finding.code for finding in validate(Document.read(path), folder)}
        for path in require_corpus()
    }
    assert {name: codes for name, codes in invalid.items() if codes} == {"Structure.fcpxml": {"dtd"}}


def test_a_hand_made_film_is_valid_in_the_dtds_since_colour_spaces() -> None:
    folder = dtd_folder()
    for minor in range(7, 15):
        assert validate(film(gap(9), version=f"1.{minor}").document, folder) == ()


@pytest.mark.parametrize("minor", range(5, 15))
def test_the_order_table_never_contradicts_a_dtd(minor: int) -> None:
    """What lint calls misplaced, the DTD of every version refuses."""
    dtd = etree.DTD(str(dtd_folder() / f"FCPXMLv1_{minor}.dtd"))
    for element in dtd.iterelements():
        if element.name not in grammar.ORDER or element.content is None:
            continue
        groups = [_ranks(element.name, names) for names in _groups(element.content)]
        ranks = [rank for group in groups for rank in group]
        assert all(len(group) < 2 for group in groups), element.name
        assert ranks == sorted(ranks), element.name


def _ranks(parent: str, names: set[str]) -> set[int]:
    unknown = len(grammar.ORDER[parent])
    return {rank for name in names if (rank := grammar.rank(parent, name)) != unknown}


def _groups(content: Any) -> list[set[str]]:
    """The parts of a content model that follow one another, as sets of names in any order."""
    if content is None or content.type == "pcdata":
        return []
    if content.type == "element":
        return [{content.name}]
    parts = [*_groups(content.left), *_groups(content.right)]
    return parts if content.type == "seq" and content.occur in ("once", "opt") else [set().union(*parts)]
