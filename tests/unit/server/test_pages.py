"""The built page: its nonce, its build id, and nothing of the machine but what the build made."""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path

import pytest

from takebridge_server.pages import NOT_BUILT, page_build, page_file, page_html


@pytest.fixture
def web(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text('<script nonce="__CSP_NONCE__"></script><style nonce="__CSP_NONCE__"></style>')
    (folder / "manifest.json").write_text('{"a": 1}')
    (folder / "assets" / "index-a1B2.js").write_text("x" * 5000)
    (folder / "assets" / "inter-9.woff2").write_bytes(b"\0" * 5000)
    (folder / ".sources").write_text("secret")
    (tmp_path / "secret.js").write_text("secret")
    return folder


def test_the_nonce_stands_wherever_the_build_left_room_for_it(web: Path) -> None:
    assert page_html("n0", web) == '<script nonce="n0"></script><style nonce="n0"></style>'
    assert page_html("n0", web.parent / "none") is None
    assert "__CSP_NONCE__" in NOT_BUILT and "make canvas" in NOT_BUILT


def test_the_build_id_is_the_hash_of_the_manifest(web: Path) -> None:
    assert page_build(web) == hashlib.sha256(b'{"a": 1}').hexdigest()
    (web / "manifest.json").write_text('{"a": 2}')
    assert page_build(web) == hashlib.sha256(b'{"a": 2}').hexdigest()
    (web / "manifest.json").rename(web / "assets" / "manifest.json")
    (web / ".vite").mkdir()
    (web / ".vite" / "manifest.json").write_text("{}")
    assert page_build(web) == hashlib.sha256(b"{}").hexdigest()
    (web / "index.html").unlink()
    assert page_build(web) == ""


def test_files_have_fixed_types_and_are_packed_where_that_helps(web: Path) -> None:
    script, font = page_file("assets/index-a1B2.js", web), page_file("assets/inter-9.woff2", web)
    assert script is not None and font is not None
    assert (script.media_type, font.media_type) == ("text/javascript; charset=utf-8", "font/woff2")
    assert script.packed is not None and gzip.decompress(script.packed) == script.data == b"x" * 5000
    assert len(script.packed) < 100 and font.packed is None


def test_a_new_build_is_seen_at_once(web: Path) -> None:
    path = web / "assets" / "index-a1B2.js"
    assert page_file("assets/index-a1B2.js", web) is not None
    path.write_text("new")
    found = page_file("assets/index-a1B2.js", web)
    assert found is not None and found.data == b"new"


@pytest.mark.parametrize(
    "name",
    [
        "../secret.js",
        "assets/../../secret.js",
        "assets/..",
        "assets/.",
        "assets//index-a1B2.js",
        "/etc/passwd",
        "assets/index-a1B2.js/",
        "assets\\..\\..\\secret.js",
        "assets/index-a1B2.js\0.png",
        "assets/%2e%2e/%2e%2e/secret.js",
        ".sources",
        "assets/.hidden.js",
        "assets/gone-1.js",
        "assets",
        "",
        "assets/index.html",
        "assets/" + "a" * 5000 + ".js",
    ],
)
def test_nothing_else_is_given_out(name: str, web: Path) -> None:
    assert page_file(name, web) is None


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_that_leads_out_is_not_followed(web: Path) -> None:
    (web / "assets" / "out.js").symlink_to(web.parent / "secret.js")
    (web / "assets" / "etc").symlink_to(web.parent)
    assert page_file("assets/out.js", web) is None and page_file("assets/etc/secret.js", web) is None
