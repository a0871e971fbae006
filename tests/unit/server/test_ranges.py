"""Range headers are read as RFC 9110 §14 reads them. Expected values are worked out from the text by hand."""

from __future__ import annotations

import pytest

from takebridge_server.api.ranges import MOST_RANGES, served_ranges

SIZE = 100
NONE_THERE = "bytes=100-"
"""Refused by whoever serves it: a range that begins where the file ends."""


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("bytes=0-9", "bytes=0-9"),
        ("bytes=90-", "bytes=90-"),
        ("bytes=-5", "bytes=-5"),
        ("bytes=-500", "bytes=-500"),
        ("BYTES = 0-0", "bytes=0-0"),
        ("bytes=0-0,-1", "bytes=0-0,-1"),
        ("bytes=0-9, ,90-99", "bytes=0-9,90-99"),
        ("bytes=50-1000", "bytes=50-1000"),
        ("bytes=0-9,200-300", "bytes=0-9"),  # §14.2: those that can be served are
        ("bytes=99-99", "bytes=99-99"),
        ("bytes=0-99999999999999999999999999", "bytes=0-99999999999999999999999999"),
    ],
)
def test_what_the_file_has_is_served(asked: str, served: str) -> None:
    assert served_ranges(asked, SIZE) == served


@pytest.mark.parametrize(
    "asked", ["bytes=100-", "bytes=200-300", "bytes=-0", "bytes=99999999999999999999-", "bytes=-0,100-"]
)
def test_what_it_has_not_is_refused(asked: str) -> None:
    assert served_ranges(asked, SIZE) == NONE_THERE


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-2",
        "bytes=0-9,5-2",  # one invalid range makes the whole invalid (§14.1.1)
        "bytes=1_0-20",
        "bytes=+1-2",
        "bytes=١-٢",
        "items=0-9",
        "0-9",
        "bytes=0-9;1-2",
        "bytes=" + ",".join(f"{n}-{n}" for n in range(MOST_RANGES + 1)),
    ],
)
def test_what_is_invalid_is_passed_over(asked: str) -> None:
    assert served_ranges(asked, SIZE) is None


def test_an_empty_file_has_no_range() -> None:
    assert [served_ranges(asked, 0) for asked in ("bytes=0-", "bytes=-1", "bytes=0-0")] == ["bytes=0-"] * 3
