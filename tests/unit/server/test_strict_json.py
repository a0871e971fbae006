from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takebridge_server.api.strict_json import NotIJsonError, read_strictly

WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)


@given(VALUES, st.booleans())
def test_what_is_i_json_is_read_as_it_was_written(value: Any, escaped: bool) -> None:
    assert read_strictly(json.dumps(value, ensure_ascii=escaped).encode()) == value


@given(st.lists(st.sampled_from("abc"), min_size=4))
def test_a_field_is_given_once_wherever_it_is(names: list[str]) -> None:
    """Four names out of three repeat one."""
    fields = ", ".join(f'"{name}": 1' for name in names)
    with pytest.raises(NotIJsonError, match="is given twice"):
        read_strictly(f'[{{"deep": {{{fields}}}}}]'.encode())


@pytest.mark.parametrize(
    ("text", "words", "path"),
    [
        (r'{"a": [{"b": "\u0000"}]}', "“a.0.b” holds a NUL character", "a.0.b"),
        (r'{"a": {"\ud800": 1}}', "“a name in a” holds half of a surrogate pair", "a name in a"),
        (r'"\udc00\ud800"', "“body” holds half", ""),
        ('{"a": 1, "a": 2}', "the field “a” is given twice", "a"),
    ],
)
def test_the_place_is_named(text: str, words: str, path: str) -> None:
    with pytest.raises(NotIJsonError, match=words) as caught:
        read_strictly(text.encode())
    assert caught.value.path == path


@pytest.mark.parametrize("digits", ["9007199254740992", "-9007199254740992", "1" + "0" * 5000, "-" + "9" * 17])
def test_numbers_that_doubles_cannot_hold_are_refused(digits: str) -> None:
    with pytest.raises(NotIJsonError, match="beyond"):
        read_strictly(digits.encode())


def test_the_largest_numbers_are_read() -> None:
    assert read_strictly(b"[9007199254740991, -9007199254740991]") == [2**53 - 1, 1 - 2**53]
