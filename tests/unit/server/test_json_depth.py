from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from takebridge_server.json_depth import nests_within

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='[]{}"\\a\n'),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet='[]{}"\\', max_size=3), inner),
    max_leaves=40,
)


def depth_of(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


@given(VALUES, st.integers(0, 3))
def test_agrees_with_the_parsed_value(value: Any, spare: int) -> None:
    depth = depth_of(value)
    text = json.dumps(value).encode()
    assert nests_within(text, depth + spare)
    assert depth == 0 or not nests_within(text, depth - 1)


@given(st.binary(max_size=200), st.integers(1, 10))
def test_any_bytes_get_an_answer(body: bytes, limit: int) -> None:
    assert nests_within(body, limit) in (True, False)


def test_brackets_without_partners_count() -> None:
    assert nests_within(b"[" * 10, 10)
    assert not nests_within(b"[" * 11, 10)
