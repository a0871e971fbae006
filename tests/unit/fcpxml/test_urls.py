"""File URLs, against RFC 3986 by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from takebridge_fcpxml import urls


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/Media/A.mov", "file:///Media/A.mov"),
        ("/Media/A B.mov", "file:///Media/A%20B.mov"),
        ("/Média/日本 — 1.mov", "file:///M%C3%A9dia/%E6%97%A5%E6%9C%AC%20%E2%80%94%201.mov"),
        ("/a'b&c(d)+e,f;g=h@i:j!k*l$m.mov", "file:///a%27b%26c%28d%29%2Be%2Cf%3Bg%3Dh%40i%3Aj%21k%2Al%24m.mov"),
        ("/100%/a#1?.mov", "file:///100%25/a%231%3F.mov"),
        ("/~user/a-b_c.d", "file:///~user/a-b_c.d"),
        (r"C:\Media\A B.mov", "file:///C:/Media/A%20B.mov"),
        ("D:/Media/ü.mov", "file:///D:/Media/%C3%BC.mov"),
    ],
)
def test_a_path_becomes_a_url_and_comes_back(path: str, url: str) -> None:
    assert urls.to_url(path) == url
    assert urls.to_path(url) == path.replace("\\", "/")
    assert urls.is_encoded(url)


def test_a_path_object_will_do() -> None:
    assert urls.to_url(Path("/a b")) == "file:///a%20b"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:///Media/A B.mov", "/Media/A B.mov"),
        ("file://localhost/Media/A.mov", "/Media/A.mov"),
        ("file:/Media/A.mov", "/Media/A.mov"),
        ("Media/A%20B.mov", "Media/A B.mov"),
        ("file:///Media/is it?.mov", "/Media/is it?.mov"),
        ("file:///Media/take#2.mov", "/Media/take#2.mov"),
        ("file:///Media/50%.mov", "/Media/50%.mov"),
        ("  file:///Media/A.mov\n", "/Media/A.mov"),
        ("https://example.org/A.mov", None),
        ("file://server/share/A.mov", None),
        ("file://[broken/A.mov", None),
        ("", ""),
    ],
)
def test_a_url_as_others_write_it(url: str, path: str | None) -> None:
    assert urls.to_path(url) == path


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("file:///a(1).mov", "file:///a%281%29.mov", True),
        ("file:///a b.mov", "file:///a%20b.mov", True),
        ("file:///caf%C3%A9.mov", "file:///cafe%CC%81.mov", True),
        ("file:///m//a.mov", "file:///m/./a.mov", True),
        ("file:///m/.a.mov", "file:///m/a.mov", False),
        ("file:///m/../a.mov", "file:///m/a.mov", False),
        ("file://localhost/a.mov", "file:///a.mov", True),
        ("file:///a.mov", "file:///A.mov", False),
        ("https://x/a.mov", "https://x/a.mov", True),
        ("https://x/a.mov", "file:///a.mov", False),
    ],
)
def test_urls_are_compared_as_the_files_they_name(one: str, other: str, same: bool) -> None:
    assert urls.same_media(one, other) is same
    assert urls.same_media(other, one) is same


@pytest.mark.parametrize(
    ("url", "name"),
    [("file:///m/A%20B.mov", "A B.mov"), ("https://x/y%20z.mov", "y z.mov"), ("file:///m/folder/", "folder"), ("", "")],
)
def test_the_file_name_is_decoded(url: str, name: str) -> None:
    assert urls.file_name(url) == name


@pytest.mark.parametrize(
    "url", ["file:///a b", "file:///é", 'file:///a"b', "file:///a&b", "file:///a<b", "file:///a\\b"]
)
def test_raw_characters_are_noticed(url: str) -> None:
    assert not urls.is_encoded(url)


def test_what_final_cut_leaves_raw_counts_as_encoded() -> None:
    assert urls.is_encoded("file:///Still%20(1)'s,v=2;x.mov")
