"""Tables for a terminal: aligned, at most so wide, harmless."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takebridge_fcpxml.tables import Column, clean, display_width, shorten, table, wrap

COLUMNS = (Column("Name", "wrap"), Column("Path", "middle"), Column("Used", right=True))


def test_columns_line_up() -> None:
    assert table(COLUMNS, [("a", "/a.mov", 1), ("long", "/b.mov", 12)]).splitlines() == [
        "Name  Path    Used",
        "a     /a.mov     1",
        "long  /b.mov    12",
    ]


def test_a_column_that_is_empty_everywhere_is_left_out() -> None:
    assert table(COLUMNS, [("a", "", 1), ("b", None, 2)]).splitlines() == ["Name  Used", "a        1", "b        2"]


def test_no_rows_no_table() -> None:
    assert table(COLUMNS, []) == ""


def test_long_text_wraps_under_its_title_and_paths_lose_their_middle() -> None:
    rows = [("one two three four", "/volumes/raid/projects/2024/film/clip.mov", 1)]
    text = table(COLUMNS, rows, width=40)
    assert max(map(len, text.splitlines())) == 40
    assert "...film/clip.mov" in text or "clip.mov" in text.splitlines()[1]
    assert "/vol" in text


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("abc", 3, "abc"),
        ("/a/very/long/path.mov", 12, "/a/...th.mov"),
        ("abcdef", 3, "abc"),
        ("日本日本日本", 7, "...日本"),
    ],
)
def test_shorten_keeps_the_ends(text: str, width: int, short: str) -> None:
    assert shorten(text, width) == short


def test_wide_and_combining_letters_count_as_the_terminal_shows_them() -> None:
    assert display_width("日本") == 4
    assert display_width("e\u0301") == 1
    lines = table((Column("A"), Column("B")), [("日本", "x"), ("abcd", "y")]).splitlines()
    assert [line.index("x") if "x" in line else line.index("y") for line in lines[1:]] == [4, 6]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("a\x1b[31m", "a\\x1b[31m"), ("two\nlines", "two lines"), ("\u202eevil", "\\u202eevil"), ("\udce9", "\\udce9")],
)
def test_nothing_reaches_the_terminal_that_drives_it(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_wrap_cuts_words_that_are_too_long() -> None:
    assert wrap("ab cdefghijk l", 4) == ["ab", "cdef", "ghij", "k l"]
    assert wrap("aa bb cc", 5, indent="  ") == ["aa bb", "  cc"]
    assert wrap("", 5) == [""]


@given(st.lists(st.tuples(st.text(), st.text(), st.integers()), min_size=1), st.integers(40, 120))
def test_no_line_is_wider_than_asked(rows: list[tuple[str, str, int]], width: int) -> None:
    kept = max(len(str(row[2])) for row in rows)
    for line in table(COLUMNS, rows, width=width).splitlines():
        assert display_width(line) <= max(width, kept + 24)


@given(st.text(), st.integers(4, 40))
def test_wrapping_loses_no_letter(text: str, width: int) -> None:
    shown = clean(text)
    assert "".join(wrap(shown, width)).replace(" ", "") == shown.replace(" ", "")
    assert all(display_width(line) <= width for line in wrap(shown, width))


@pytest.mark.parametrize(("columns", "width"), [(80, 80), (20, 60), (500, 160), (0, 100)])
def test_tables_are_as_wide_as_the_terminal_within_reason(
    columns: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((columns, 24)))
    with Path(os.devnull).open("w") as terminal:
        monkeypatch.setattr(sys, "stdout", terminal)
        found = table((Column("Text", "wrap"),), [("word " * 200,)])
    assert width - 5 < max(map(len, found.splitlines())) <= width


def test_without_a_terminal_tables_have_100_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert max(map(len, table((Column("Text", "wrap"),), [("word " * 200,)]).splitlines())) == 99
