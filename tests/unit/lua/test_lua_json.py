"""JSON, base64 and values of the Lua agent against Python's own."""

from __future__ import annotations

import base64
import json
import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.lua import functions, lua_host

WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SCALARS = st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | TEXT
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5), max_leaves=20
)


def again(text: str) -> str:
    """JSON read and written by the agent."""
    lua = functions()
    value = lua.decode(text)
    assert value is not None, text
    return str(lua.encode(value))


@settings(deadline=None)
@given(VALUES)
def test_what_is_read_is_written_again(value: Any) -> None:
    seen = json.loads(again(json.dumps(value)))
    assert seen == value
    assert [type(part) is bool for part in flat(seen)] == [type(part) is bool for part in flat(value)]


@settings(deadline=None)
@given(VALUES)
def test_unescaped_json_is_the_same_json(value: Any) -> None:
    assert again(json.dumps(value)) == again(json.dumps(value, ensure_ascii=False, indent=1))


def flat(value: Any) -> list[Any]:
    """All scalars of a value, the order of keys aside."""
    if isinstance(value, dict):
        return [part for key in sorted(value) for part in flat(value[key])]
    return [part for entry in value for part in flat(entry)] if isinstance(value, list) else [value]


def test_whole_numbers_have_no_point() -> None:
    assert again("[86400, -3, 0, 9007199254740991, 1e3]") == "[86400,-3,0,9007199254740991,1000]"


def test_an_empty_list_is_no_empty_object() -> None:
    assert again('{"a": [], "b": {}}') == '{"a":[],"b":{}}'


def test_null_is_a_missing_key_but_keeps_its_place_in_a_list() -> None:
    assert again('{"a": null, "b": [1, null, 2]}') == '{"b":[1,null,2]}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1,]",
        '{"a" 1}',
        '{"a":1,}',
        "01",
        "1.",
        "+1",
        "tru",
        "nul",
        '"a',
        '"\\x"',
        '"a\nb"',
        "1 2",
        "NaN",
        "'a'",
        '{"a":}',
        "[",
        '"\\u12"',
        "[1 2]",
    ],
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        strict(text)
    assert functions().decode(text)[0] is None


def strict(text: str) -> Any:
    def refuse(_word: str) -> None:
        raise ValueError

    return json.loads(text, parse_constant=refuse)


def test_deep_nesting_is_refused() -> None:
    assert functions().decode("[" * 100000)[0] is None


def test_bytes_that_are_no_text_are_replaced() -> None:
    """A host may hand out names in another encoding: the answer must be JSON nonetheless."""
    encode = lua_host()._lua.eval(r'function(encode) return encode({ name = "a\255b\195", fine = "\195\169" }) end')
    assert json.loads(encode(functions().encode)) == {"name": "a\ufffdb\ufffd", "fine": "é"}


def test_tables_of_the_api_lose_their_flags() -> None:
    """Lists come from Resolve 21.1 with a key ``__flags`` beside their entries."""
    lua = lua_host()
    assert functions().encode(lua.to_lua(["a", 1])) == '["a",1]'
    assert functions().encode(lua.to_lua({"b": 2.5, "a": True})) == '{"a":true,"b":2.5}'


def test_not_a_number_becomes_null() -> None:
    assert functions().encode(lua_host().table([math.nan, math.inf, -math.inf])) == "[null,null,null]"


# --- base64 ---------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(TEXT)
def test_base64_is_base64(text: str) -> None:
    assert functions().base64(text) == base64.b64encode(text.encode()).decode()


def test_a_long_answer_is_cut_into_parts_that_fit_together() -> None:
    text = "x" * (192 * 1024 * 2 + 7)
    parts = list(functions().parts_of(text).values())
    assert [len(part) for part in parts] == [196608, 196608, 7]
    assert "".join(parts) == text


# --- fingerprints ---------------------------------------------------------------------------------------


def test_equal_facts_have_equal_fingerprints_whatever_the_order() -> None:
    lua = functions()
    assert lua.digest(lua.decode('{"a":1,"b":[2]}')) == lua.digest(lua.decode('{"b":[2.0],"a":1}'))


@settings(deadline=None)
@given(st.lists(TEXT, unique=True, min_size=2, max_size=30))
def test_other_texts_have_other_fingerprints(texts: list[str]) -> None:
    hashes = {functions().text_hash(text) for text in texts}
    assert len(hashes) == len(texts)
    assert all(len(entry) == 24 and int(entry, 16) >= 0 for entry in hashes)


def test_the_fingerprint_is_two_sums_modulo_primes() -> None:
    def sums(text: bytes) -> str:
        first, second = 7, 11
        for byte in text:
            first, second = (first * 257 + byte + 1) % (2**44 - 17), (second * 509 + byte + 1) % (2**44 - 117)
        return f"{first:012x}{second:012x}"

    assert functions().text_hash("takebridge é") == sums("takebridge é".encode())


# --- values ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (24.0, 24),
        ("86400", 86400),
        (" 7 ", 7),
        ("1e3", 1000),
        (None, None),
        (True, None),
        ("", None),
        ("0x10", None),
        ("24.5", None),
        (24.5, None),
        ("abc", None),
        ("nan", None),
        ("inf", None),
        (math.nan, None),
        (math.inf, None),
    ],
)
def test_whole(said: object, expected: int | None) -> None:
    assert functions().whole(said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [(24.0, "24"), (23.976, "23.976"), (29.97, "29.97"), ("29.97 DF", "29.97 DF"), (None, ""), (60, "60")],
)
def test_rates_are_spelled_shortly(said: object, expected: str) -> None:
    assert functions().rate_text(said) == expected


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=600))
@settings(deadline=None)
def test_text_is_cut_by_characters(text: str) -> None:
    assert functions().short(text) == text[:255]


PERCENTS = (100.0, 50.0, 33.333, 33.333333333333336, 0.0, -100.0, 66.66666666666667, 12.5, 1234.5, 0.01, 99.9, 25.0)


@pytest.mark.parametrize("percent", PERCENTS)
def test_a_speed_is_the_exact_fraction_python_finds(percent: float) -> None:
    exact = (Fraction(str(percent)) / 100).limit_denominator(100000)
    lua = functions()
    assert lua.speed_text(lua.speed_of(percent)) == str(exact)


@settings(deadline=None)
@given(st.integers(1, 9999), st.integers(1, 2000))
def test_a_rational_speed_survives_its_decimal(numerator: int, denominator: int) -> None:
    speed = Fraction(numerator, denominator)
    lua = functions()
    assert lua.speed_text(lua.speed_of(float(speed * 100))) == str(speed)


@pytest.mark.parametrize("percent", [None, "100", True, math.nan, math.inf, 1e9])
def test_what_is_no_speed_has_no_fraction(percent: object) -> None:
    assert functions().speed_of(percent) is None


# --- paths ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("/a/b.mov", "/a/b.mov", True),
        ("/a//b.mov", "/a/./b.mov", True),
        ("/a/c/../b.mov", "/a/b.mov", True),
        ("/a/b.mov", "/a/B.mov", False),
        ("", "/a", False),
        (None, "/a", False),
        ("/../a", "/a", True),
    ],
)
def test_paths_are_compared_as_the_system_would(left: str | None, right: str, same: bool) -> None:
    assert functions().same_path(left, right) is same


def test_windows_paths_are_compared_as_windows_would() -> None:
    lua = functions()
    lua.WINDOWS = True
    try:
        assert lua.same_path("C:\\Shots\\A.mov", "c:/shots/a.MOV")
        assert not lua.same_path("C:\\Shots\\A.mov", "D:\\Shots\\A.mov")
        assert [lua.is_absolute(path) for path in ("C:\\a", "c:/a", "\\\\nas\\a", "a\\b", "C:a")] == [True] * 3 + [
            False
        ] * 2
        assert lua.base_name("C:\\Shots\\A.mov") == "A.mov"
    finally:
        lua.WINDOWS = False


@pytest.mark.parametrize(
    ("path", "ending"),
    [("/a/b.mov", ".mov"), ("/a.b/c", ""), ("/a/.hidden", ""), ("/a/b.c.otio", ".otio"), ("/a/b.", ".")],
)
def test_endings(path: str, ending: str) -> None:
    assert list(functions().split_ending(path)) == [path.removesuffix(ending) if ending else path, ending]
